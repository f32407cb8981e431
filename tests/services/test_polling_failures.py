"""Polls that fail: gently repeated, told once, never deaf."""

import asyncio
import logging
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.sandbox.provider import Fault
from storage.database import Database
from storage.models import Activation, State
from tests.services.world import ALICE, BOB, World, provider_id, world_of

SECOND = timedelta(seconds=1)


async def _many(world: World, count: int, product: str = "fb") -> list[Activation]:
    return [await world.holds(product) for _ in range(count)]


async def test_failures_of_a_chat_are_asked_about_less_and_less_often(local: World) -> None:
    await local.connected()
    await local.connected(BOB)
    await local.holds()
    bobs = await local.holds("fb", BOB)
    fault = local.provider.faults.add("getSms", "code", code=205, label="Alice")
    poller = local.poller()
    await local.passes(poller, 62)
    # After half a second, and then 2, 4, 8 and 16 s later; the next pause is 32 s long.
    assert fault.struck == 5
    assert local.polls(bobs) >= 28


@pytest.mark.parametrize(("jitter", "expected"), [(0.0, 6), (1.0, 5)])
async def test_the_pauses_are_scattered(local: World, jitter: float, expected: int) -> None:
    await local.connected()
    await local.holds()
    fault = local.provider.faults.add("getSms", "cut")
    await local.passes(local.poller(jitter=jitter), 62, step=1)
    assert fault.struck == expected


async def test_a_storm_of_errors_is_noted_once_and_cleared_when_it_is_over(world: World) -> None:
    await world.connected()
    await _many(world, 3)
    poller = world.poller()
    await world.polled(poller)
    fault = world.provider.faults.add("getSms", "code", code=205)
    await world.passes(poller, 55)
    assert (await world.chat()).troubled_at is None
    await world.passes(poller, 60)
    since = (await world.chat()).troubled_at
    assert since is not None
    await world.passes(poller, 300, step=5)
    assert (await world.chat()).troubled_at == since
    assert fault.struck < 60
    world.provider.faults.clear()
    await world.passes(poller, 125, step=5)
    assert (await world.chat()).troubled_at is None


async def test_trouble_that_an_earlier_process_noted_is_cleared_at_the_first_answer(local: World) -> None:
    await local.connected()
    await local.holds()
    await local.accounts.note_trouble(ALICE)
    await local.polled(local.poller())
    assert (await local.chat()).troubled_at is None


@pytest.mark.parametrize("status", [429, 503])
async def test_a_provider_that_asks_for_time_gets_it_from_all_chats(local: World, status: int) -> None:
    await local.connected()
    await local.connected(BOB)
    await local.holds()
    bobs = await local.holds("fb", BOB)
    poller = local.poller()
    local.provider.faults.add("getSms", "http", status=status, retry_after="30", count=1, label="Alice")
    await local.polled(poller)
    before = len(local.provider.calls)
    await local.passes(poller, 29)
    assert len(local.provider.calls) == before
    await local.passes(poller, 3)
    assert local.polls(bobs) >= 2


async def test_a_provider_that_is_away_and_does_not_say_for_how_long_is_soon_asked_again(local: World) -> None:
    await local.connected()
    held = await local.holds()
    local.provider.faults.add("getSms", "http", status=503, count=1)
    poller = local.poller()
    await local.polled(poller)
    local.receives(held, "code")
    local.clock.advance(seconds=2)
    await local.polled(poller)
    assert await local.texts(held) == ["code"]


async def test_a_retry_after_of_an_hour_is_capped(local: World) -> None:
    await local.connected()
    held = await local.holds()
    local.provider.faults.add("getSms", "http", status=429, retry_after="3600", count=1)
    poller = local.poller()
    await local.polled(poller)
    local.receives(held, "code")
    await local.passes(poller, 302, step=2)
    assert await local.texts(held) == ["code"]


@pytest.mark.parametrize(
    "variant", ["html", "empty", "truncated", "nan", "deep", "big_int", "list", "true_status", "unknown_code", "too_large"]
)
async def test_an_answer_that_means_nothing_keeps_the_number_and_the_polling(local: World, variant: str) -> None:
    await local.connected()
    held = await local.holds()
    local.provider.faults.add("getSms", "garbage", variant=variant, count=1)
    local.receives(held, "code")
    await local.passes(local.poller(), 5)
    assert await local.state(held) is State.ACTIVE
    assert await local.texts(held) == ["code"]


async def test_a_rejected_token_lets_the_numbers_wait_and_a_new_one_goes_on(world: World) -> None:
    await world.connected()
    held = await world.holds()
    account = world.provider.accounts.pop("demo-token-alice")
    poller = world.poller()
    await world.passes(poller, 3)
    assert (await world.chat()).rejected_at is not None
    before = len(world.provider.calls)
    await world.passes(poller, 3600, step=60)
    assert len(world.provider.calls) == before
    assert await world.state(held) is State.ACTIVE
    world.provider.accounts["demo-token-new"] = account
    world.provider.activations[provider_id(held)].expires_at += timedelta(hours=2)
    await world.connected(token="demo-token-new")
    world.receives(held, "still mine")
    poller.notice()
    await world.polled(poller)
    assert await world.texts(held) == ["still mine"]


async def test_a_token_that_is_forgotten_while_a_question_is_due_ends_nothing(local: World) -> None:
    await local.connected()
    held = await local.holds()
    poller = local.poller()
    await local.polled(poller)
    await local.accounts.disconnect(ALICE, abandon=True)
    local.clock.advance(seconds=2)
    for _ in range(2):
        await local.polled(poller)
    assert await local.state(held) is State.ACTIVE


async def test_a_bug_in_one_question_comes_out_at_the_next_tick(local: World) -> None:
    await local.connected()
    await local.holds()
    poller = local.poller(schedule=lambda _age, _product: SECOND)
    async with local.database.writing() as session:
        await session.execute(text("UPDATE chat SET token = 'v1.not.sealed'"))
    await local.polled(poller)
    await poller.tick()
    poller._accounts = None  # type: ignore[assignment]  # A bug, as real as one can be made.
    local.clock.advance(seconds=10)
    await local.polled(poller)
    with pytest.raises(AttributeError):
        await poller.tick()
    with pytest.raises(AttributeError):
        await poller.tick()


async def test_a_database_that_is_away_for_one_answer_does_not_make_the_poller_deaf(
    sqlite: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with world_of(sqlite) as world:
        await world.connected()
        held = await world.holds()
        poller = world.poller()
        world.receives(held, "code")
        answer = world.provider.faults.add("getSms", "hold_after", count=1)
        await poller.tick()
        await world.struck(answer)
        async with sqlite.engine.connect() as connection:
            await connection.exec_driver_sql("ALTER TABLE sms RENAME TO away")
            await connection.commit()
            with caplog.at_level(logging.ERROR):
                answer.release()
                await poller.drain()
            await connection.exec_driver_sql("ALTER TABLE away RENAME TO sms")
            await connection.commit()
        assert "the database is away" in caplog.text
        await world.passes(poller, 5)
        assert await world.texts(held) == ["code"]


async def test_questions_that_are_cancelled_at_the_end_are_no_bug(local: World) -> None:
    await local.connected()
    await local.holds()
    poller = local.poller()
    held: Fault = local.provider.faults.add("getSms", "hold")
    await poller.tick()
    await local.struck(held)
    for task in list(poller._running.values()):
        task.cancel()
    await poller.drain()
    await asyncio.sleep(0)
    await poller.tick()
