"""What a connection clears away, and what comes between its beginning and its end."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.otpbuddy import TokenRejected
from bot.services.errors import Banned, NotConnected, NotFound
from bot.services.farewell import Farewell
from storage import chats
from storage.database import Database
from tests.services.world import ALICE, BOB, World, together, world_of
from tests.support.schema import sqlite_url


async def edited(world: World, **values: Any) -> None:
    async with world.database.writing() as session:
        await chats.change(session, ALICE, **values)


async def forgotten(world: World) -> None:
    await Farewell(world.database, world.accounts, world.clock).forget(ALICE)


async def test_a_new_token_ends_all_that_was_wrong_with_the_old_one(local: World) -> None:
    await local.connected()
    wrong = ("awaiting", "rejected_at", "rejected_told_at", "troubled_at", "trouble_told_at")
    await edited(local, awaiting="token", **dict.fromkeys(wrong[1:], local.clock.now))
    await local.connected(token="demo-token-bob")
    chat = await local.chat()
    assert [getattr(chat, column) for column in wrong] == [None] * 5


async def test_with_a_token_all_that_was_known_by_it_is_forgotten(local: World) -> None:
    await local.connected()
    await edited(local, awaiting="token", rejected_at=local.clock.now, rejected_told_at=local.clock.now)
    await local.accounts.disconnect(ALICE)
    chat = await local.chat()
    assert (chat.token, chat.awaiting, chat.balance, chat.rejected_at, chat.rejected_told_at) == (None,) * 5


async def test_a_chat_that_is_forgotten_while_it_connects_stays_forgotten(local: World) -> None:
    await local.accounts.enter(ALICE, "en")
    asked = local.provider.faults.add("getBalance", "hold", count=1)

    async def forget() -> None:
        await local.struck(asked)
        await forgotten(local)
        asked.release()

    assert await together(local.connected, forget) == [Decimal(500), None]
    with pytest.raises(NotFound):
        await local.accounts.chat(ALICE)
    with pytest.raises(NotConnected):
        await local.accounts.token(ALICE)


@pytest.mark.parametrize("goes", ["token", "chat"])
async def test_a_rejection_that_comes_after_the_token_is_gone_is_nobodys(local: World, goes: str) -> None:
    await local.connected()
    del local.provider.accounts["demo-token-alice"]

    async def late(token: SecretStr) -> Decimal:
        await (local.accounts.disconnect(ALICE) if goes == "token" else forgotten(local))
        return await local.client.balance(token)

    with pytest.raises(TokenRejected):
        await local.accounts.ask(ALICE, late)
    await local.accounts.enter(ALICE, "en")
    assert (await local.chat()).rejected_at is None


async def test_nothing_is_asked_with_the_token_of_a_banned_chat_unless_it_holds_a_number(local: World) -> None:
    await local.connected()
    bought = await local.holds()
    await edited(local, banned_at=local.clock.now)
    await local.connected()
    await local.life.cancel(ALICE, bought.id)
    asked = local.asked("getBalance")
    with pytest.raises(Banned):
        await local.connected()
    assert local.asked("getBalance") == asked


async def test_what_is_known_already_is_not_written_down_again_within_the_hour(tmp_path: Path) -> None:
    written: list[str] = []

    async def probe(point: str) -> None:
        written.append(point)

    async with Database(sqlite_url(tmp_path / "one.sqlite3"), probe=probe) as database, world_of(database) as world:
        told: dict[str, Any] = {"language": "en", "name": "Alice", "username": "alice"}
        await world.accounts.enter(ALICE, **told)
        written.clear()
        world.clock.advance(minutes=59)
        for _ in range(2):
            assert not (await world.accounts.enter(ALICE, **told))[1]
        assert written == []
        world.clock.now += timedelta(minutes=1)
        await world.accounts.enter(ALICE, **told)
        assert written != []


async def test_a_chat_that_is_gone_may_have_used_any_account(local: World) -> None:
    await local.connected()
    assert await local.accounts.may_share(ALICE, BOB)
