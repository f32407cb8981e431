"""A checker of JSON against the Bot API specification: types, required and unknown fields, all the way down."""

import functools
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

SPEC_PATH = Path(os.environ.get("TELEGRAM_API_SPEC", Path(__file__).parents[2] / "../shared/telegram/bot-api-10.1.json")).resolve()
needs_spec = pytest.mark.skipif(not SPEC_PATH.is_file(), reason=f"no Bot API specification at {SPEC_PATH} (set TELEGRAM_API_SPEC)")
_PLAIN: dict[str, type | tuple[type, ...]] = {"Integer": int, "String": str, "Boolean": bool, "True": bool, "Float": (int, float)}
_ALWAYS = re.compile(r"always [\"“](\w+)[\"”]")
_DISCRIMINATORS = ("status", "type", "source")


@functools.cache
def spec() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(SPEC_PATH.read_text(encoding="utf-8"))
    return loaded


def problems(value: Any, types: list[str], where: str) -> list[str]:
    """Return why a value is none of the types, nothing when it is one of them."""
    attempts = [_problems(value, name, where) for name in types]
    return min(attempts, key=len)


def _problems(value: Any, name: str, where: str) -> list[str]:
    if name.startswith("Array of "):
        if not isinstance(value, list):
            return [f"{where}: {value!r} is no array"]
        inner = [name.removeprefix("Array of ")]
        return [problem for index, item in enumerate(value) for problem in problems(item, inner, f"{where}[{index}]")]
    if name in _PLAIN:
        fits = isinstance(value, _PLAIN[name]) and (name in {"Boolean", "True"} or not isinstance(value, bool))
        return [] if fits else [f"{where}: {value!r} is no {name}"]
    described = spec()["types"][name]
    if "subtypes" in described:
        return problems(value, described["subtypes"], where)
    return _object_problems(value, name, described.get("fields", []), where)


def _object_problems(value: Any, name: str, fields: list[dict[str, Any]], where: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where}: {value!r} is no {name}"]
    known = {field["name"]: field for field in fields}
    found = [f"{where}: {field!r} is unknown to {name}" for field in value if field not in known]
    found += [f"{where}: {name} lacks {field}" for field in known if known[field]["required"] and field not in value]
    for field, content in value.items():
        if field in known:
            found += problems(content, known[field]["types"], f"{where}.{field}")
            found += _discriminator_problems(content, known[field], f"{where}.{field}")
    return found


def _discriminator_problems(content: Any, field: dict[str, Any], where: str) -> list[str]:
    """A field such as ChatMember.status says «always “kicked”»: it tells the subtypes apart."""
    if field["name"] not in _DISCRIMINATORS:
        return []
    wanted = _ALWAYS.findall(field["description"])
    return [] if not wanted or content in wanted else [f"{where}: {content!r} instead of {wanted}"]


def update_problems(update: dict[str, Any]) -> list[str]:
    """Return why this is no Update with exactly one body."""
    return problems(update, ["Update"], "update") + ([] if len(update) == 2 else [f"update: fields {list(update)}"])


def answer_problems(method: str, answer: dict[str, Any]) -> list[str]:
    """Return why an answer to a method is not what the specification says of it."""
    if answer.get("ok") is True:
        if method == "getUpdates":
            return [problem for update in answer["result"] for problem in update_problems(update)]
        return problems(answer["result"], spec()["methods"][method]["returns"], method)
    expected = {"ok", "error_code", "description", "parameters"}
    found = [f"{method}: {name} is unknown to a refusal" for name in answer if name not in expected]
    if not isinstance(answer.get("error_code"), int) or not isinstance(answer.get("description"), str):
        found.append(f"{method}: {answer!r} is no refusal")
    if "parameters" in answer:
        found += problems(answer["parameters"], ["ResponseParameters"], f"{method}.parameters")
    return found
