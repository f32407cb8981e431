"""Asking for SMS: what is due and nothing else, within limits, gently when it fails, and never deaf."""

import asyncio
import logging
import sqlite3
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.sandbox.provider import Fault
from bot.services.polling import GRACE_AFTER, Concurrency, Poller
from bot.services.schedule import curve
from storage.database import Database
from storage.models import Activation, State
from tests.services.world import ALICE, BOB, World, world_of

SECOND = timedelta(seconds=1)


def _provider_id(activation: Activation) -> str:
    return activation.provider_id or ""


def _polls(world: World, activation: Activation | None = None) -> int:
    wanted = None if activation is None else activation.provider_id
    return sum(call.call == "getSms" and wanted in {None, call.purchase_id} for call in world.provider.calls)


async def _run(world: World, poller: Poller, seconds: float, step: float = 0.5) -> None:
    """Let time pass in steps, with a whole round of the poller at each."""
    ends = world.clock.now + timedelta(seconds=seconds)
    while world.clock.now < ends:
        world.clock.advance(seconds=step)
        await world.polled(poller)


async def _many(world: World, count: int, product: str = "fb") -> list[Activation]:
    return [await world.holds(product) for _ in range(count)]


# When it asks


async def test_a_new_number_is_asked_for_at_once_and_then_by_its_age(local: World) -> None:
    await local.connected()
    await local.holds()
    poller = local.poller(schedule=lambda age, _product: SECOND if age < 10 * SECOND else 5 * SECOND)
    await local.polled(poller)
    assert _polls(local) == 1
    await local.polled(poller)
    assert _polls(local) == 1
    await _run(local, poller, 9)
    assert _polls(local) == 10
    await _run(local, poller, 21)
    assert _polls(local) == 10 + 5


async def test_the_schedule_learns_the_product_and_the_age(local: World) -> None:
    await local.connected()
    await local.holds("wa")
    asked: list[tuple[timedelta, str]] = []

    def schedule(age: timedelta, product_id: str) -> timedelta:
        asked.append((age, product_id))
        return SECOND

    local.clock.advance(seconds=90)
    await local.polled(local.poller(schedule=schedule))
    assert asked == [(timedelta(seconds=90), "wa")]


@pytest.mark.parametrize(("age", "factor"), [(0, 1), (59, 1), (60, 2), (179, 2), (180, 4), (599, 4), (600, 8), (10**6, 8)])
def test_the_curve_asks_often_while_a_number_is_young(age: int, factor: int) -> None:
    assert curve(timedelta(seconds=2))(timedelta(seconds=age), "wa") == factor * timedelta(seconds=2)


async def test_a_number_bought_meanwhile_is_found_by_a_notice_or_within_seconds(local: World) -> None:
    await local.connected()
    poller = local.poller()
    await local.polled(poller)
    first = await local.holds()
    await local.polled(poller)
    assert _polls(local, first) == 0
    poller.notice(first.id)
    await local.polled(poller)
    assert _polls(local, first) == 1
    second = await local.holds()
    await _run(local, poller, 5)
    assert _polls(local, second) >= 1


async def test_after_a_restart_everything_is_asked_for_at_once(world: World) -> None:
    await world.connected()
    held = await _many(world, 3)
    await world.polled(world.poller())
    for number in held:
        world.provider.send_sms(_provider_id(number), f"code for {number.id}")
    await world.polled(world.replica().poller())
    for number in held:
        assert await world.texts(number) == [f"code for {number.id}"]


async def test_finished_and_cancelled_numbers_are_asked_for_no_more(local: World) -> None:
    await local.connected()
    done, cancelled = await _many(local, 2)
    await local.life.record(done.id, ["code"])
    await local.life.finish(ALICE, done.id)
    await local.life.cancel(ALICE, cancelled.id)
    before = _polls(local)
    await _run(local, local.poller(), 10)
    assert _polls(local) == before


async def test_a_number_that_ends_while_it_waits_for_its_turn_is_passed_over(local: World) -> None:
    await local.connected()
    held = await local.holds()
    poller = local.poller()
    await local.polled(poller)
    await local.life.record(held.id, ["code"])
    await local.life.finish(ALICE, held.id)
    poller.notice()
    before = _polls(local)
    await _run(local, poller, 10)
    assert _polls(local) == before


async def test_a_number_that_leaves_the_watch_and_comes_back_is_not_asked_for_twice_as_often(local: World) -> None:
    await local.connected()
    await local.holds()
    poller = local.poller(schedule=lambda _age, _product: 4 * SECOND)
    await local.polled(poller)
    for _ in range(3):
        token = (await local.accounts.token(ALICE)).get_secret_value()
        await local.accounts.disconnect(ALICE, abandon=True)
        poller.notice()
        await _run(local, poller, 1)
        await local.connected(token=token)
        poller.notice()
        await _run(local, poller, 1)
    before = _polls(local)
    await _run(local, poller, 40)
    assert _polls(local) - before == 10


# What it brings


async def test_an_sms_is_recorded_once_however_often_the_provider_shows_it(world: World) -> None:
    await world.connected()
    held = await world.holds()
    poller = world.poller()
    world.provider.send_sms(_provider_id(held), "first")
    await _run(world, poller, 6)
    world.provider.send_sms(_provider_id(held), "second")
    await _run(world, poller, 6)
    world.provider.send_sms(_provider_id(held), "first")
    await _run(world, poller, 6)
    assert await world.texts(held) == ["first", "second"]


async def test_a_list_of_sms_is_recorded_whole(local: World) -> None:
    local.provider.configure(all_messages=True)
    await local.connected()
    held = await local.holds()
    for message in ("one", "two", "three"):
        local.provider.send_sms(_provider_id(held), message)
    await local.polled(local.poller())
    assert await local.texts(held) == ["one", "two", "three"]


async def test_a_poll_that_finds_nothing_new_writes_nothing(sqlite: Database) -> None:
    async with world_of(sqlite) as world:
        await world.connected()
        held = (await world.holds(), await world.holds("tg"))
        world.provider.send_sms(_provider_id(held[0]), "known")
        poller = world.poller()
        await world.polled(poller)
        assert sqlite.file is not None
        with sqlite3.connect(sqlite.file) as witness:
            before = witness.execute("PRAGMA data_version").fetchone()
            polls = _polls(world)
            await _run(world, poller, 60)
            assert _polls(world) - polls >= 40
            assert witness.execute("PRAGMA data_version").fetchone() == before
            world.provider.send_sms(_provider_id(held[1]), "new")
            await _run(world, poller, 5)
            assert witness.execute("PRAGMA data_version").fetchone() != before
        witness.close()


async def test_nothing_crosses_between_chats_that_poll_side_by_side(world: World) -> None:
    await world.connected()
    await world.connected(BOB)
    alices, bobs = await _many(world, 2), [await world.holds("fb", BOB) for _ in range(2)]
    for number in [*alices, *bobs]:
        world.provider.send_sms(_provider_id(number), f"for {number.id}")
    await world.polled(world.poller())
    for number in [*alices, *bobs]:
        assert await world.texts(number) == [f"for {number.id}"]


async def test_an_sms_under_an_id_that_the_provider_gave_out_again_belongs_to_the_later_number(world: World) -> None:
    await world.connected()
    first = await world.holds()
    world.clock.advance(minutes=1)
    second = await world.holds()
    await world.edit(second, provider_id=first.provider_id)
    world.provider.send_sms(_provider_id(first), "whose?")
    await world.polled(world.poller())
    assert await world.texts(first) == []
    assert await world.texts(second) == ["whose?"]


@pytest.mark.parametrize(("bobs_token", "expected"), [("demo-token-alice", []), ("demo-token-bob", ["whose?"])])
async def test_a_reused_id_crosses_between_chats_only_within_one_account(world: World, bobs_token: str, expected: list[str]) -> None:
    await world.connected()
    await world.connected(BOB, bobs_token)
    alices = await world.holds()
    world.clock.advance(minutes=1)
    bobs = await world.holds("fb", BOB)
    await world.edit(bobs, provider_id=alices.provider_id)
    world.provider.send_sms(_provider_id(alices), "whose?")
    await world.polled(world.poller())
    assert await world.texts(alices) == expected


async def test_a_reused_id_of_a_chat_that_left_takes_nothing_away(local: World) -> None:
    await local.connected()
    await local.connected(BOB)
    alices = await local.holds()
    local.clock.advance(minutes=1)
    bobs = await local.holds("fb", BOB)
    await local.edit(bobs, provider_id=alices.provider_id)
    await local.accounts.disconnect(BOB, abandon=True)
    local.provider.send_sms(_provider_id(alices), "mine")
    await local.polled(local.poller())
    assert await local.texts(alices) == ["mine"]


# How much at a time


async def test_no_more_questions_are_under_way_than_allowed_in_all(local: World) -> None:
    await local.connected()
    await local.connected(BOB)
    await _many(local, 3)
    await local.holds("fb", BOB)
    poller = local.poller(concurrency=Concurrency(overall=2, per_chat=5))
    held = local.provider.faults.add("getSms", "hold")
    await poller.tick()
    await local.struck(held, 2)
    await poller.tick()
    assert held.struck == 2
    held.release()
    await poller.drain()
    await local.polled(poller)
    assert _polls(local) >= 4


async def test_one_chat_cannot_starve_another(local: World) -> None:
    await local.connected()
    await local.connected(BOB)
    await _many(local, 5)
    local.clock.advance(seconds=1)
    bobs = await local.holds("fb", BOB)
    poller = local.poller(concurrency=Concurrency(overall=16, per_chat=2))
    held = local.provider.faults.add("getSms", "hold", label="Alice")
    local.provider.send_sms(_provider_id(bobs), "for Bob")
    await poller.tick()
    await local.struck(held, 2)
    await local.provider.until(lambda _: _polls(local, bobs))
    assert held.struck == 2
    local.clock.advance(seconds=1)
    await poller.tick()
    assert held.struck == 2
    held.release()
    await poller.drain()
    assert await local.texts(bobs) == ["for Bob"]
    await _run(local, poller, 3)
    assert all(_polls(local, row) for row in await _open(local))


async def _open(world: World) -> list[Activation]:
    from bot.services.statements import Statements

    return list(await Statements(world.database).held(ALICE))


# When it fails


async def test_failures_of_a_chat_are_asked_about_less_and_less_often(local: World) -> None:
    await local.connected()
    await local.connected(BOB)
    await local.holds()
    bobs = await local.holds("fb", BOB)
    fault = local.provider.faults.add("getSms", "code", code=205, label="Alice")
    poller = local.poller()
    await _run(local, poller, 62)
    # After half a second, and then 2, 4, 8 and 16 s later; the next pause is 32 s long.
    assert fault.struck == 5
    assert _polls(local, bobs) >= 28


@pytest.mark.parametrize(("jitter", "expected"), [(0.0, 6), (1.0, 5)])
async def test_the_pauses_are_scattered(local: World, jitter: float, expected: int) -> None:
    await local.connected()
    await local.holds()
    fault = local.provider.faults.add("getSms", "cut")
    await _run(local, local.poller(jitter=jitter), 62, step=1)
    assert fault.struck == expected


async def test_a_storm_of_errors_is_noted_once_and_cleared_when_it_is_over(world: World) -> None:
    await world.connected()
    await _many(world, 3)
    fault = world.provider.faults.add("getSms", "code", code=205)
    poller = world.poller()
    await _run(world, poller, 55)
    assert (await world.chat()).troubled_at is None
    await _run(world, poller, 60)
    since = (await world.chat()).troubled_at
    assert since is not None
    await _run(world, poller, 300, step=5)
    assert (await world.chat()).troubled_at == since
    assert fault.struck < 60
    world.provider.faults.clear()
    await _run(world, poller, 125, step=5)
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
    await _run(local, poller, 29)
    assert len(local.provider.calls) == before
    await _run(local, poller, 3)
    assert _polls(local, bobs) >= 2


async def test_a_retry_after_of_an_hour_is_capped(local: World) -> None:
    await local.connected()
    held = await local.holds()
    local.provider.faults.add("getSms", "http", status=429, retry_after="3600", count=1)
    poller = local.poller()
    await local.polled(poller)
    local.provider.send_sms(_provider_id(held), "code")
    await _run(local, poller, 302, step=2)
    assert await local.texts(held) == ["code"]


@pytest.mark.parametrize(
    "variant", ["html", "empty", "truncated", "nan", "deep", "big_int", "list", "true_status", "unknown_code", "too_large"]
)
async def test_an_answer_that_means_nothing_keeps_the_number_and_the_polling(local: World, variant: str) -> None:
    await local.connected()
    held = await local.holds()
    local.provider.faults.add("getSms", "garbage", variant=variant, count=1)
    local.provider.send_sms(_provider_id(held), "code")
    await _run(local, local.poller(), 5)
    assert await local.state(held) is State.ACTIVE
    assert await local.texts(held) == ["code"]


async def test_a_rejected_token_lets_the_numbers_wait_and_a_new_one_goes_on(world: World) -> None:
    await world.connected()
    held = await world.holds()
    account = world.provider.accounts.pop("demo-token-alice")
    poller = world.poller()
    await _run(world, poller, 3)
    assert (await world.chat()).rejected_at is not None
    before = len(world.provider.calls)
    await _run(world, poller, 3600, step=60)
    assert len(world.provider.calls) == before
    assert await world.state(held) is State.ACTIVE
    world.provider.accounts["demo-token-new"] = account
    world.provider.activations[_provider_id(held)].expires_at += timedelta(hours=2)
    await world.connected(token="demo-token-new")
    world.provider.send_sms(_provider_id(held), "still mine")
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
    await local.polled(poller)
    assert await local.state(held) is State.ACTIVE


# How it ends


async def test_the_providers_word_ends_a_number_and_shows_what_came_back(world: World) -> None:
    world.provider.configure(lifetime=300)
    await world.connected()
    held = await world.holds()
    await _run(world, world.poller(), 310, step=10)
    row = await world.row(held)
    assert row.state is State.EXPIRED
    assert row.closing_after == world.balance() == row.closing_before + row.price  # type: ignore[operator]  # Both were read.


async def test_at_its_last_moment_a_number_is_asked_for_once_more_and_a_code_found_there_is_shown(world: World) -> None:
    world.provider.configure(lifetime=3600)
    await world.connected()
    held = await world.holds()
    poller = world.poller(schedule=lambda _age, _product: timedelta(minutes=7))
    for _ in range(2):
        await world.polled(poller)
        world.clock.advance(minutes=7)
    await world.polled(poller)
    world.provider.send_sms(_provider_id(held), "at the last moment")
    world.clock.advance(minutes=6)
    await world.polled(poller)
    assert await world.texts(held) == ["at the last moment"]
    assert await world.state(held) is State.EXPIRED


async def test_an_sms_after_the_end_is_found_by_the_last_look(world: World) -> None:
    world.provider.configure(lifetime=3600)
    await world.connected()
    held = await world.holds()
    poller = world.poller()
    world.clock.advance(minutes=20)
    await world.polled(poller)
    assert await world.state(held) is State.EXPIRED
    world.provider.send_sms(_provider_id(held), "late")
    await _run(world, poller, GRACE_AFTER.total_seconds() - 1)
    assert await world.texts(held) == []
    await _run(world, poller, 2)
    assert await world.texts(held) == ["late"]
    row = await world.row(held)
    assert row.grace_polled_at is not None
    before = _polls(world)
    await _run(world, poller, 60)
    assert _polls(world) == before


async def test_a_last_look_that_fails_is_repeated_for_a_while_and_then_given_up(local: World) -> None:
    local.provider.configure(lifetime=3600)
    await local.connected()
    held = await local.holds()
    poller = local.poller()
    local.clock.advance(minutes=20)
    await local.polled(poller)
    fault = local.provider.faults.add("getSms", "cut")
    await _run(local, poller, 700, step=5)
    assert 3 < fault.struck < 20
    before = fault.struck
    await _run(local, poller, 300, step=5)
    assert fault.struck == before
    assert (await local.row(held)).grace_polled_at is None


async def test_a_process_that_starts_after_an_end_takes_the_last_look(local: World) -> None:
    local.provider.configure(lifetime=3600)
    await local.connected()
    held = await local.holds()
    local.provider.send_sms(_provider_id(held), "late")
    await local.edit(held, state=State.EXPIRED, closed_at=local.clock.now)
    poller = local.poller()
    await local.polled(poller)
    assert await local.texts(held) == []
    local.clock.now += GRACE_AFTER
    await local.polled(poller)
    assert await local.texts(held) == ["late"]


async def test_a_number_that_the_provider_does_not_know_yet_is_given_a_minute(local: World) -> None:
    await local.connected()
    held = await local.holds()
    theirs = local.provider.activations.pop(_provider_id(held))
    poller = local.poller()
    await _run(local, poller, 50)
    assert await local.state(held) is State.ACTIVE
    local.provider.activations[theirs.id] = theirs
    local.provider.send_sms(theirs.id, "code")
    await _run(local, poller, 40)
    assert await local.texts(held) == ["code"]
    del local.provider.activations[theirs.id]
    await _run(local, poller, 10)
    assert await local.state(held) is State.EXPIRED


@pytest.mark.parametrize(
    ("fault", "minutes", "expected"),
    [
        ({"kind": "code", "code": 206}, 19, State.ACTIVE),
        ({"kind": "code", "code": 206}, 23, State.EXPIRED),
        ({"kind": "code", "code": 202}, 23, State.EXPIRED),
        ({"kind": "http", "status": 404}, 70, State.ACTIVE),
        ({"kind": "code", "code": 205}, 70, State.ACTIVE),
        ({"kind": "garbage"}, 70, State.ACTIVE),
        ({"kind": "cut"}, 70, State.ACTIVE),
        ({"kind": "http", "status": 404}, 90, State.EXPIRED),
        ({"kind": "code", "code": 205}, 90, State.EXPIRED),
        ({"kind": "garbage"}, 90, State.EXPIRED),
        ({"kind": "cut"}, 90, State.EXPIRED),
    ],
)
async def test_no_number_is_endless_and_none_ends_by_an_unclear_answer_alone(
    local: World, fault: dict[str, Any], minutes: int, expected: State
) -> None:
    await local.connected()
    held = await local.holds()
    local.provider.faults.add("getSms", **fault)
    await _run(local, local.poller(), minutes * 60, step=30)
    assert await local.state(held) is expected


async def test_a_clock_that_jumps_back_an_hour_ends_nothing_early_makes_nobody_wait_and_nothing_endless(local: World) -> None:
    await local.connected()
    held, failing = await local.holds(), await local.holds("tg")
    poller = local.poller()
    await local.polled(poller)
    local.provider.faults.add("getSms", "code", code=205, count=1)
    await _run(local, poller, 3)
    local.clock.advance(hours=-1)
    for number in (held, failing):
        local.provider.send_sms(_provider_id(number), "code")
    await local.polled(poller)
    for number in (held, failing):
        assert await local.texts(number) == ["code"]
        assert await local.state(number) is State.ACTIVE
    local.provider.faults.add("getSms", "code", code=204)
    await _run(local, poller, 5)
    assert await local.state(held) is State.EXPIRED


# When it breaks


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
        world.provider.send_sms(_provider_id(held), "code")
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
        await _run(world, poller, 5)
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
