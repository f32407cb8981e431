"""Keys rotate while the bot runs, in steps that a crash may cut anywhere."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.otpbuddy import Client
from bot.sandbox.server import Sandbox
from bot.services.accounts import Accounts
from bot.services.errors import NotConnected
from bot.services.rotation import Resealed, reseal
from storage import chats
from storage.database import Database
from storage.vault import Vault, load_or_create_keys, new_key, prepend_key

TOKENS = {41: "demo-token-alice", 42: "demo-token-bob"}


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
async def provider(sandbox: Sandbox) -> AsyncIterator[Client]:
    async with Client(sandbox.otpbuddy_base_url) as client:
        yield client


async def connected(database: Database, provider: Client, vault: Vault) -> Accounts:
    accounts = Accounts(database, vault, provider, now)
    for chat_id, token in TOKENS.items():
        await accounts.enter(chat_id, "en")
        await accounts.connect(chat_id, SecretStr(token))
    return accounts


async def test_the_old_and_the_new_process_read_what_either_sealed(database: Database, provider: Client, tmp_path: Path) -> None:
    path = tmp_path / "keys"
    running = Vault(load_or_create_keys(path), lambda: load_or_create_keys(path))
    accounts = await connected(database, provider, running)
    prepend_key(path, new_key())
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(load_or_create_keys(path)) == 2

    assert await reseal(database, Vault(load_or_create_keys(path))) == Resealed(done=2)
    assert await reseal(database, Vault(load_or_create_keys(path))) == Resealed(current=2)
    # The running process has never heard of the new key, and finds it in the file.
    for chat_id, token in TOKENS.items():
        assert (await accounts.token(chat_id)).get_secret_value() == token


async def test_a_rotation_that_was_cut_half_way_goes_on(database: Database, provider: Client) -> None:
    old, new = new_key(), new_key()
    accounts = await connected(database, provider, Vault([old]))
    both = Vault([new, old])
    async with database.writing() as session:
        await chats.change(session, 41, token=both.seal(b"demo-token-alice", "chat:41"))
    assert await reseal(database, both) == Resealed(done=1, current=1)
    accounts = Accounts(database, Vault([new]), provider, now)
    assert (await accounts.token(42)).get_secret_value() == "demo-token-bob"


async def test_a_lost_key_costs_a_new_connection_and_nothing_else(database: Database, provider: Client) -> None:
    await connected(database, provider, Vault([new_key()]))
    stranger = Vault([new_key()])
    assert await reseal(database, stranger) == Resealed(lost=2)
    accounts = Accounts(database, stranger, provider, now)
    with pytest.raises(NotConnected):
        await accounts.token(41)
    await accounts.connect(41, SecretStr("demo-token-alice"))
    assert (await accounts.token(41)).get_secret_value() == "demo-token-alice"


async def test_rows_that_were_swapped_between_chats_do_not_open(database: Database, provider: Client) -> None:
    vault = Vault([new_key()])
    accounts = await connected(database, provider, vault)
    async with database.writing() as session:
        sealed = dict(await chats.sealed(session))
        await chats.change(session, 41, token=sealed[42])
    with pytest.raises(NotConnected):
        await accounts.token(41)
    assert await reseal(database, Vault([new_key()])) == Resealed(lost=2)
