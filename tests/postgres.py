"""A private PostgreSQL server for the tests: started once, a fresh database for each test, gone at the end."""

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.schema import prepare_now


@dataclass(frozen=True)
class Cluster:
    """A server of its own that listens on a Unix socket only, so that no port can collide."""

    programs: Path
    home: Path
    user: str | None
    """Who runs it, where we are root: PostgreSQL refuses to."""
    in_a_hurry: bool = True
    """Whether a commit may be lost when the server is stopped at once."""

    def call(self, program: str, *arguments: str | Path) -> None:
        """Run one of PostgreSQL's programs; raises AssertionError with what it said."""
        said = self.home / "said"
        # A file, for the server inherits it and would keep a pipe open for ever.
        with said.open("w", encoding="utf-8") as output:
            result = subprocess.run(
                [self.programs / program, *arguments],
                cwd=self.home,
                env={"LC_ALL": "C", "PATH": os.environ["PATH"], "PGHOST": str(self.home), "PGUSER": "postgres"},
                user=self.user,
                group=None if self.user is None else pwd.getpwnam(self.user).pw_gid,
                extra_groups=None if self.user is None else [],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        assert result.returncode == 0, f"{program} failed: {said.read_text(encoding='utf-8')}"

    def start(self) -> None:
        """Start the server and wait until it takes connections; what it keeps need not survive the machine."""
        options = "-c listen_addresses= -c fsync=off -c full_page_writes=off -c shared_buffers=32MB"
        hurry = "-c synchronous_commit=off" if self.in_a_hurry else ""
        control = ("start", "--wait", "--pgdata", self.data, "--log", self.home / "log", "--options", f"{options} {hurry} -k {self.home}")
        self.call("pg_ctl", *control)

    def stop(self) -> None:
        """Stop the server at once, as a crash would."""
        self.call("pg_ctl", "stop", "--wait", "--mode=immediate", "--pgdata", self.data)

    @property
    def data(self) -> Path:
        return self.home / "data"

    def url(self, database: str) -> str:
        """Return SQLAlchemy's address of a database."""
        return f"postgresql+asyncpg://postgres@/{database}?host={self.home}"


def _programs() -> Path | None:
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda path: float(path.parts[4]), default=None)
    found = newest or shutil.which("initdb")
    return None if found is None else Path(found).resolve().parent


def _unprivileged_user() -> str | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


class NotInstalledError(Exception):
    """This machine has no PostgreSQL."""


@contextmanager
def running(*, in_a_hurry: bool = True) -> Iterator[Cluster]:
    """Run a server until the block ends; raises `NotInstalledError`."""
    programs = _programs()
    if programs is None:
        raise NotInstalledError("PostgreSQL's initdb is not installed")
    user = _unprivileged_user()
    # Not pytest's own folder: that one is closed to the other user, and its path may be too long for a socket.
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        if user is not None:
            shutil.chown(home, user)
        cluster = Cluster(programs, home, user, in_a_hurry)
        init = ("--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "--username=postgres", "--pgdata", cluster.data)
        cluster.call("initdb", *init)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(home)


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    with _running_or_skipped() as cluster:
        yield cluster


@pytest.fixture
def postgres_of_its_own() -> Iterator[Cluster]:
    """Give the test a server that it may stop."""
    with _running_or_skipped(in_a_hurry=False) as cluster:
        yield cluster


@contextmanager
def _running_or_skipped(*, in_a_hurry: bool = True) -> Iterator[Cluster]:
    try:
        with running(in_a_hurry=in_a_hurry) as cluster:
            yield cluster
    except NotInstalledError as error:
        if os.environ.get("REQUIRE_POSTGRES") == "1":
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture
def postgres_url(postgres_cluster: Cluster) -> Iterator[str]:
    """Give SQLAlchemy's address of an empty database."""
    with _database(postgres_cluster, "template0") as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_cluster: Cluster) -> Iterator[str]:
    """Give the name of a database with the newest schema, to be copied."""
    with _database(postgres_cluster, "template0") as url:
        prepare_now(url)
        yield url.partition("@/")[2].partition("?")[0]


@pytest.fixture
def migrated_url(postgres_cluster: Cluster, postgres_template: str) -> Iterator[str]:
    """Give SQLAlchemy's address of a database with the newest schema and nothing in it."""
    with _database(postgres_cluster, postgres_template) as url:
        yield url


@contextmanager
def _database(cluster: Cluster, template: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    cluster.call("createdb", f"--template={template}", name)
    try:
        yield cluster.url(name)
    finally:
        cluster.call("dropdb", "--force", name)
