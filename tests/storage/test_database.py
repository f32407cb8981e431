"""Both databases: transactions that lose nothing, values that keep what they are, errors that tell no secret."""

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import col

from storage import activations, chats, migrations
from storage.database import Database
from storage.models import Activation, Broadcast, BroadcastState, Chat, Sms, State
from storage.types import Money, UtcDateTime
from tests.storage import rows
from tests.storage.rows import CHAT, NOW

# Secrets


def test_a_database_shows_no_password() -> None:
    shown = repr(Database("postgresql+asyncpg://bot:canary-password@localhost/bot"))
    assert "canary" not in shown
    assert "localhost" in shown


async def test_an_error_shows_no_parameter(database: Database) -> None:
    await rows.chat(database)
    async with database.writing() as session:
        with pytest.raises(IntegrityError) as failed:
            await session.execute(insert(Chat).values(id=CHAT, created_at=NOW, language="en", token="canary-token"))
    assert "canary" not in str(failed.value)
    assert "canary" not in repr(failed.value)


async def test_a_chat_and_a_receipt_show_no_token(database: Database) -> None:
    await rows.chat(database, token="canary-token")
    async with database.reading() as session:
        assert "canary" not in repr(await chats.get(session, CHAT))


# What SQLite must be told


async def test_sqlite_writes_ahead_in_full_and_minds_foreign_keys(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("these are SQLite's switches")
    async with database.reading() as session:
        for pragma, expected in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
            assert (await session.execute(text(f"PRAGMA {pragma}"))).scalar_one() == expected


async def test_an_activation_needs_its_chat_and_goes_with_it(database: Database) -> None:
    with pytest.raises(IntegrityError):
        await rows.activation(database)
    await rows.chat(database)
    await rows.activation(database)
    async with database.writing() as session:
        session.add(Sms(activation_id="a", position=1, digest="d", text="t", received_at=NOW))
    async with database.writing() as session:
        await session.delete(await chats.get(session, CHAT))
    async with database.reading() as session:
        assert await activations.get(session, "a") is None
        assert (await session.execute(select(Sms))).first() is None


async def test_a_state_that_is_none_is_refused(database: Database) -> None:
    await rows.chat(database)
    await rows.activation(database)
    async with database.writing() as session:
        with pytest.raises(IntegrityError):
            await session.execute(text("UPDATE activation SET state = 'stolen'"))


# Transactions


async def test_what_raises_is_undone_and_what_only_reads_keeps_nothing(database: Database) -> None:
    async def fails() -> None:
        async with database.writing() as session:
            await chats.ensure(session, CHAT, "en", NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()
    async with database.reading() as session:
        await chats.ensure(session, CHAT, "en", NOW)
    async with database.reading() as session:
        assert await chats.get(session, CHAT) is None


async def test_the_probe_hears_of_a_commit_before_and_after_it(tmp_path: Path) -> None:
    heard: list[tuple[str, int]] = []
    path = tmp_path / "probed.sqlite3"

    async def probe(point: str) -> None:
        with sqlite3.connect(path) as witness:
            heard.append((point, witness.execute("SELECT count(*) FROM chat").fetchone()[0]))
        witness.close()

    async with Database(f"sqlite+aiosqlite:///{path}", probe=probe) as database:
        await migrations.upgrade(database)
        async with database.writing("make a chat") as session:
            await chats.ensure(session, CHAT, "en", NOW)
    assert heard == [("about to make a chat", 0), ("did make a chat", 1)]


async def test_fifty_claimers_of_one_row_have_one_winner(database: Database, second: Database) -> None:
    await rows.chat(database)
    await rows.activation(database)

    async def claim(process: Database) -> bool:
        async with process.writing() as session:
            claimed = await activations.change(session, "a", {State.OFFERED}, state=State.REQUESTED, requested_at=NOW)
        return claimed is not None

    won = await asyncio.gather(*(claim((database, second)[n % 2]) for n in range(50)))
    assert sum(won) == 1


async def test_writers_that_read_first_lose_no_update(database: Database, second: Database) -> None:
    await rows.chat(database, max_active=0)

    async def increment(process: Database) -> None:
        async with process.writing() as session:
            await chats.lock(session, CHAT)
            chat = await chats.get(session, CHAT)
            assert chat is not None
            assert chat.max_active is not None
            await chats.change(session, CHAT, max_active=chat.max_active + 1)

    await asyncio.gather(*(increment((database, second)[n % 2]) for n in range(60)))
    async with database.reading() as session:
        chat = await chats.get(session, CHAT)
    assert chat is not None
    assert chat.max_active == 60


async def test_fifty_versions_are_counted(database: Database, second: Database) -> None:
    await rows.chat(database)
    await rows.activation(database)

    async def outdate(process: Database) -> None:
        async with process.writing() as session:
            await activations.change(session, "a", set(State))

    await asyncio.gather(*(outdate((database, second)[n % 2]) for n in range(50)))
    async with database.reading() as session:
        row = await activations.get(session, "a")
    assert row is not None
    assert row.version == 50


# Values


@pytest.mark.parametrize("written", ["0", "-0.01", "38.50", "461.500", "123456789012345.12345678901234567890", "-99999.99", "1E+3"])
async def test_money_comes_back_exactly_as_it_went(database: Database, written: str) -> None:
    amount = Decimal(written)
    await rows.chat(database, balance=amount)
    async with database.reading() as session:
        chat = await chats.get(session, CHAT)
        kept = (await session.execute(text("SELECT balance FROM chat"))).scalar_one()
    assert chat is not None
    assert chat.balance == amount
    assert kept == format(amount, "f")
    assert str(chat.balance) == kept


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.decimals(allow_nan=False, allow_infinity=False, places=20, min_value=-(10**15), max_value=10**15))
def test_every_amount_of_a_balance_fits_its_column_and_survives(amount: Decimal) -> None:
    kept = Money().process_bind_param(amount, None)  # type: ignore[arg-type]  # The dialect is not looked at.
    assert kept is not None
    assert len(kept) <= 64
    assert Money().process_result_value(kept, None) == amount  # type: ignore[arg-type]  # As above.


@pytest.mark.parametrize("wrong", [1.5, 10, "38.50", Decimal("NaN"), Decimal("Infinity")])
async def test_what_is_no_exact_amount_is_refused(database: Database, wrong: Any) -> None:
    with pytest.raises(StatementError):
        await rows.chat(database, balance=wrong)


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=5, minutes=30)), timezone(-timedelta(hours=11))])
async def test_a_time_comes_back_in_utc_to_the_microsecond(database: Database, zone: timezone) -> None:
    moment = datetime(2026, 3, 1, 23, 59, 59, 999_999, tzinfo=zone)
    await rows.chat(database, unreachable_at=moment)
    async with database.reading() as session:
        chat = await chats.get(session, CHAT)
    assert chat is not None
    assert chat.unreachable_at == moment
    assert chat.unreachable_at.tzinfo is UTC


async def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="zone"):
        await rows.chat(database, unreachable_at=datetime(2026, 3, 1))  # noqa: DTZ001  # That is the point.


def test_an_answer_with_another_zone_is_turned_into_utc() -> None:
    there = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    given = UtcDateTime().process_result_value(there, None)  # type: ignore[arg-type]  # The dialect is not looked at.
    assert given == there
    assert given.tzinfo is UTC


@pytest.mark.parametrize("chat_id", [-(2**52), -1, 1, 2**31, 2**40, 2**52, 2**63 - 1])
async def test_ids_of_64_bits_are_kept(database: Database, chat_id: int) -> None:
    await rows.chat(database, chat_id)
    await rows.activation(database, chat_id=chat_id, card_message_id=2**40)
    async with database.reading() as session:
        row = await activations.get(session, "a", chat_id)
        assert await activations.is_card(session, chat_id, 2**40)
    assert row is not None
    assert row.chat_id == chat_id


async def test_words_are_stored_as_words(database: Database) -> None:
    await rows.chat(database)
    await rows.activation(database, state=State.NOT_CHARGED)
    async with database.writing() as session:
        session.add(Broadcast(id="b", author_id=1, text="t", state=BroadcastState.DRAFT, created_at=NOW))
    async with database.reading() as session:
        assert (await session.execute(text("SELECT state FROM activation"))).scalar_one() == "not_charged"
        assert (await session.execute(select(col(Activation.state)))).scalar_one() is State.NOT_CHARGED
        assert (await session.execute(text("SELECT state FROM broadcast"))).scalar_one() == "draft"


@pytest.mark.parametrize("hostile", ["'; DROP TABLE chat; --", '"', "%s :name ?", "\\", "🇮🇳 \u202eRTL", "a" * 10_000])
async def test_every_text_is_only_text(database: Database, hostile: str) -> None:
    await rows.chat(database)
    await rows.activation(database, product_id=hostile, product_name=hostile, provider_id=hostile)
    async with database.writing() as session:
        await session.execute(update(Activation).where(col(Activation.provider_id) == hostile).values(number=hostile))
    async with database.reading() as session:
        row = await activations.get(session, "a")
    assert row is not None
    assert {row.product_id, row.product_name, row.number} == {hostile}
