# `make help` lists what there is. Everything runs in .venv, which is made when it is needed.

PORT ?= 8080
ARGS ?=
# Most tests wait for something to happen, so more of them run side by side than there are cores.
WORKERS ?= 4
KILLS ?= 100
EXAMPLES ?= 5000
MODULES ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
READY := .venv/ready
# Prints the first interpreter that is new enough and can make a virtual environment.
FIND_PYTHON := for python in python3.13 python3.12 python3.11 python3; do \
	"$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done
UV_COMPILE := .venv-lock/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	--no-header --python-version 3.11

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo run test coverage chaos fuzz mutants lint types architecture check words lock audit clean

help: ## List these commands.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## Make .venv with what requirements-dev.txt locks; done again only after that file changed.

$(READY): requirements-dev.txt
	@if ! $(BIN)/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		python=$$($(FIND_PYTHON)); \
		if [ -z "$$python" ]; then \
			echo "Python 3.11 or newer with its venv module is needed (Debian, Ubuntu: apt-get install python3-venv)." >&2; exit 1; \
		fi; \
		echo "Making .venv with $$("$$python" --version); this takes a minute, once."; \
		"$$python" -m venv --clear .venv; \
	fi
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

demo: $(READY) ## Try the bot in the browser, without Telegram and without money (PORT=8080).
	@exec $(BIN)/python -m bot demo --port $(PORT)

run: $(READY) ## Run the bot in production; the settings come from the environment and .env.
	@exec $(BIN)/python -m bot run

test: $(READY) ## Run all tests; ARGS="-k wallet" goes to pytest.
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) $(ARGS)

# PostgreSQL makes a difference to what the storage does, and the admins' figures are its work; none to what is covered elsewhere.
coverage: $(READY) ## See that their own tests take every branch of services, provider client and storage (needs PostgreSQL).
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest --quiet --numprocesses $(WORKERS) -k "storage or admin or not postgres" tests/storage tests/services tests/otpbuddy
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

chaos: $(READY) ## Kill the bot again and again under random journeys, and audit the ledgers (KILLS=100, ARGS=--postgres).
	@$(BIN)/python -m tests.chaos.campaign --kills $(KILLS) $(ARGS)

fuzz: $(READY) ## Throw generated nonsense at everything that comes from outside, different each time (EXAMPLES=5000).
	@FUZZ_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest tests/fuzz $(ARGS)

mutants: $(READY) ## Make small mistakes in the code and count those that tests notice (MODULES=storage/vault.py ARGS=--fresh).
	@$(BIN)/python -m tests.mutants.run $(ARGS) $(MODULES)

lint: $(READY) ## Check style, formatting and what is known to be unsafe.
	@$(BIN)/ruff check
	@$(BIN)/bandit --quiet --recursive --configfile pyproject.toml bot storage
	@$(BIN)/ruff format --check

types: $(READY) ## Check types.
	@$(BIN)/mypy

architecture: $(READY) ## Check that imports run one way.
	@$(BIN)/lint-imports

check: lint types architecture test ## Check everything.

words: $(READY) ## Collect the words that users read, and bring the translators' catalogs up to date with them.
	@PYTHONUTF8=1 $(BIN)/python -m bot.locales.template > bot/locales/messages.pot.new
	@mv bot/locales/messages.pot.new bot/locales/messages.pot
	@$(BIN)/python -m bot.locales.merge

lock: ## Lock the newest allowed versions' hashes into both requirements files.
	@python=$$($(FIND_PYTHON)) && "$$python" -m venv --clear .venv-lock
	@.venv-lock/bin/python -m pip --disable-pip-version-check --quiet install uv
	@$(UV_COMPILE) --output-file requirements.txt pyproject.toml
	@$(UV_COMPILE) --extra dev --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml
	@rm -rf .venv-lock

audit: $(READY) ## Look the locked dependencies up among known vulnerabilities; needs the package index's own service.
	@python=$$($(FIND_PYTHON)) && "$$python" -m venv --clear .venv-audit
	@.venv-audit/bin/python -m pip --disable-pip-version-check --quiet install pip-audit
	@.venv-audit/bin/pip-audit --format json --disable-pip --require-hashes --requirement requirements.txt 2>/dev/null | $(BIN)/python -m tests.support.audit
	@rm -rf .venv-audit

clean: ## Remove .venv and all caches; data/ and .env stay.
	@rm -rf .venv .venv-lock .venv-audit .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.* .mutants
	@find bot storage tests -name __pycache__ -type d -prune -exec rm -rf {} +
