"""The queries that jobs live on: which SMS, cards, numbers and recipients are still to be seen to."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import true

from storage import activations, broadcasts, chats, messages
from storage.activations import Watched
from storage.database import Database
from storage.models import Activation, Broadcast, BroadcastState, Outcome, Sms, State
from tests.storage import rows
from tests.storage.rows import CHAT, NOW

MINUTE = timedelta(minutes=1)


async def _sms(database: Database, activation_id: str, text: str) -> bool:
    async with database.writing() as session:
        return await messages.add(session, activation_id, text, NOW)


async def _watched(database: Database) -> dict[str, Watched]:
    async with database.reading() as session:
        return {row.id: row for row in await activations.watched(session, NOW - 10 * MINUTE)}


async def _undrawn(database: Database, limit: int = 100) -> list[str]:
    async with database.reading() as session:
        return await activations.undrawn(session, limit)


async def _of(database: Database, activation_id: str) -> Sequence[Sms]:
    async with database.reading() as session:
        return await messages.of(session, activation_id)


# SMS


async def test_sms_are_unique_by_text_and_numbered_within_their_activation(database: Database) -> None:
    await rows.chat(database)
    for activation_id in ("a", "b"):
        await rows.number(database, activation_id)
        assert await _sms(database, activation_id, "same")
        assert not await _sms(database, activation_id, "same")
        assert await _sms(database, activation_id, "other")
    assert [(sms.position, sms.text) for sms in await _of(database, "a")] == [(1, "same"), (2, "other")]
    async with database.reading() as session:
        assert await messages.count(session, "b") == 2
        assert await messages.count(session, "c") == 0


async def test_different_sms_added_at_once_by_two_processes_get_positions_of_their_own(database: Database) -> None:
    await rows.chat(database)
    await rows.number(database, "a")
    async with Database(database._url.render_as_string(hide_password=False)) as second:
        added = await asyncio.gather(*(_sms((database, second)[n % 2], "a", f"text {n}") for n in range(30)))
    assert all(added)
    assert [sms.position for sms in await _of(database, "a")] == list(range(1, 31))


async def test_an_sms_is_delivered_once(database: Database) -> None:
    await rows.chat(database)
    await rows.number(database, "a")
    await _sms(database, "a", "code")
    (sms,) = await _of(database, "a")
    assert sms.id is not None
    for message_id, moment in ((5, NOW), (6, NOW + MINUTE)):
        async with database.writing() as session:
            await messages.mark_delivered(session, sms.id, message_id, moment)
    (sms,) = await _of(database, "a")
    assert (sms.message_id, sms.delivered_at) == (5, NOW)


# What is to be shown


async def test_an_sms_that_was_not_pushed_goes_before_a_card_that_is_outdated(database: Database) -> None:
    await rows.chat(database)
    await rows.number(database, "old", version=2, card_version=1)
    await rows.number(database, "drawn", version=2, card_version=2, offered_at=NOW + MINUTE)
    await rows.number(database, "code", version=2, card_version=2, offered_at=NOW + 2 * MINUTE)
    await _sms(database, "code", "123456")
    assert await _undrawn(database) == ["code", "old"]
    assert await _undrawn(database, 1) == ["code"]


@pytest.mark.parametrize("state", list(State))
async def test_an_undelivered_sms_is_found_in_every_state_and_an_outdated_card_but_for_an_offer(database: Database, state: State) -> None:
    await rows.chat(database)
    await rows.number(database, "sms", state=state, version=0, card_version=0)
    await _sms(database, "sms", "123456")
    await rows.number(database, "card", state=state)
    assert set(await _undrawn(database)) == ({"sms"} if state is State.OFFERED else {"sms", "card"})


async def test_nothing_is_to_be_shown_to_a_chat_that_cannot_be_reached(database: Database) -> None:
    await rows.chat(database, unreachable_at=NOW)
    await rows.number(database, "a")
    await _sms(database, "a", "123456")
    assert await _undrawn(database) == []
    await rows.chat(database, unreachable_at=None)
    assert await _undrawn(database) == ["a"]


async def test_chats_are_told_of_a_rejection_and_of_trouble_once_and_only_if_they_can_be(database: Database) -> None:
    async with database.writing() as session:
        for chat_id in range(1, 5):
            await chats.ensure(session, chat_id, "en", NOW)
        for chat_id in (1, 2, 3):
            await chats.change(session, chat_id, rejected_at=NOW, troubled_at=NOW)
        await chats.change(session, 2, unreachable_at=NOW)
        await chats.change(session, 3, rejected_told_at=NOW, trouble_told_at=NOW)
    async with database.reading() as session:
        assert await chats.rejected_untold(session) == [1]
        assert await chats.troubled_untold(session, NOW + MINUTE) == [1]
        assert await chats.troubled_untold(session, NOW) == []
        assert await chats.addressable(session) == [1, 3, 4]


# What is to be polled


@pytest.mark.parametrize("state", list(State))
async def test_open_numbers_are_watched_and_expired_ones_for_one_last_look(database: Database, state: State) -> None:
    await rows.chat(database, token="sealed")
    await rows.number(database, "a", state=state, closed_at=NOW)
    assert set(await _watched(database)) == ({"a"} if state in {State.ACTIVE, State.CANCELLING, State.EXPIRED} else set())


async def test_an_expired_number_is_watched_for_a_while_and_once(database: Database) -> None:
    await rows.chat(database, token="sealed")
    await rows.number(database, "recent", state=State.EXPIRED, closed_at=NOW - 9 * MINUTE)
    await rows.number(database, "looked", state=State.EXPIRED, closed_at=NOW, grace_polled_at=NOW)
    await rows.number(database, "long ago", state=State.EXPIRED, closed_at=NOW - 10 * MINUTE)
    assert set(await _watched(database)) == {"recent"}


async def test_the_numbers_of_a_chat_without_a_working_token_wait(database: Database) -> None:
    await rows.chat(database)
    await rows.number(database, "a")
    assert await _watched(database) == {}
    await rows.chat(database, token="sealed", rejected_at=NOW)
    assert await _watched(database) == {}
    await rows.chat(database, rejected_at=None)
    expected = Watched("a", CHAT, "p-a", "wa", State.ACTIVE, NOW, NOW + 20 * MINUTE, None)
    assert await _watched(database) == {"a": expected}


async def test_a_later_purchase_under_the_same_id_is_found_with_its_chat(database: Database) -> None:
    await rows.chat(database)
    await rows.chat(database, 1002)
    await rows.number(database, "first", provider_id="p")
    await rows.number(database, "before", provider_id="p", purchased_at=NOW - MINUTE)
    await rows.number(database, "other", purchased_at=NOW + MINUTE)
    await rows.number(database, "later", provider_id="p", purchased_at=NOW + MINUTE, chat_id=1002)
    first = Watched("first", CHAT, "p", "wa", State.ACTIVE, NOW, NOW, None)
    async with database.reading() as session:
        assert await activations.later_owners(session, first) == [1002]


# Changing


async def test_a_change_needs_its_state_its_conditions_and_its_row(database: Database) -> None:
    await rows.chat(database)
    await rows.activation(database)
    async with database.writing() as session:
        assert await activations.change(session, "a", {State.ACTIVE}, state=State.FINISHED) is None
        assert await activations.change(session, "a", {State.OFFERED}, Activation.chat_id == CHAT + 1, state=State.REQUESTED) is None
        assert await activations.change(session, "b", set(State), state=State.REQUESTED) is None
        changed = await activations.change(session, "a", {State.OFFERED}, state=State.REQUESTED, redraw=False)
        assert changed is not None
        assert (changed.state, changed.version) == (State.REQUESTED, 0)
        redrawn = await activations.change(session, "a", {State.REQUESTED}, state=State.ACTIVE)
        assert redrawn is not None
        assert (redrawn.state, redrawn.version) == (State.ACTIVE, 1)


async def test_an_activation_is_read_by_its_owner_only(database: Database) -> None:
    await rows.chat(database)
    await rows.activation(database)
    async with database.reading() as session:
        assert await activations.get(session, "a") is not None
        assert await activations.get(session, "a", CHAT) is not None
        assert await activations.get(session, "a", CHAT + 1) is None


async def test_a_chat_is_changed_only_where_the_conditions_hold(database: Database) -> None:
    await rows.chat(database, language="en")
    async with database.writing() as session:
        assert not await chats.change(session, CHAT + 1, language="ru")
        assert await chats.change(session, CHAT, language="ru")
        assert not await chats.ensure(session, CHAT, "en", NOW)


# Broadcasts


async def _broadcast(database: Database, broadcast_id: str = "b", recipients: Sequence[int] = (1, 2, 3)) -> None:
    async with database.writing() as session:
        session.add(
            Broadcast(id=broadcast_id, author_id=9, text="t", state=BroadcastState.SENDING, created_at=NOW, started_at=NOW, version=1)
        )
        for chat_id in recipients:
            await chats.ensure(session, chat_id, "en", NOW)
        await session.flush()
        assert await broadcasts.address(session, broadcast_id, true()) == len(recipients)
        assert await broadcasts.address(session, broadcast_id, true()) == 0


async def test_a_recipient_is_claimed_by_one_of_two_processes(database: Database) -> None:
    await _broadcast(database, recipients=range(1, 41))

    async def claim(process: Database) -> list[int]:
        async with process.writing() as session:
            return await broadcasts.claim(session, "b", 5, NOW)

    async with Database(database._url.render_as_string(hide_password=False)) as second:
        claims = await asyncio.gather(*(claim((database, second)[n % 2]) for n in range(8)))
    taken = [chat_id for claimed in claims for chat_id in claimed]
    assert len(taken) == len(set(taken))


async def test_an_outcome_is_final_and_a_release_is_not(database: Database) -> None:
    await _broadcast(database)
    async with database.writing() as session:
        assert await broadcasts.claim(session, "b", 10, NOW) == [1, 2, 3]
        await broadcasts.conclude(session, "b", 1, Outcome.SENT, 77)
        await broadcasts.conclude(session, "b", 1, Outcome.FAILED, None)
        await broadcasts.release(session, "b", 1)
        await broadcasts.release(session, "b", 2)
        assert await broadcasts.tally(session, "b") == {Outcome.SENT: 1, None: 2}
        assert await broadcasts.give_up_attempts(session) == 1
        assert await broadcasts.tally(session, "b") == {Outcome.SENT: 1, Outcome.UNCLEAR: 1, None: 1}
        assert await broadcasts.claim(session, "b", 10, NOW) == [2]


async def test_broadcasts_are_sent_in_the_order_in_which_they_were_started(database: Database) -> None:
    for name, start in (("second", 2), ("first", 1), ("third", 3)):
        await _broadcast(database, name, recipients=())
        async with database.writing() as session:
            assert await broadcasts.change(session, name, {BroadcastState.SENDING}, started_at=NOW + start * MINUTE) is not None
    async with database.writing() as session:
        assert await broadcasts.change(session, "third", {BroadcastState.DRAFT}, state=BroadcastState.DONE) is None
        assert [row.id for row in await broadcasts.sending(session)] == ["first", "second", "third"]
        assert await broadcasts.change(session, "first", {BroadcastState.SENDING}, state=BroadcastState.STOPPED, card_version=1) is not None
        assert [row.id for row in await broadcasts.sending(session)] == ["second", "third"]
        assert sorted(await broadcasts.undrawn(session)) == ["second", "third"]
        assert await broadcasts.get(session, "first", 10) is None
        assert await broadcasts.get(session, "first", 9) is not None
