"""Connecting a chat to its account: what is kept, what is refused, what a rejected token means."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from pydantic import SecretStr
from sqlalchemy import update
from sqlmodel import col

from bot.otpbuddy import InvalidParameter, NoAnswer, NoSuchCall, NotSent, TokenRejected
from bot.services.accounts import fingerprint
from bot.services.errors import HoldsNumbers, NotConnected, NotFound, OtherAccount, TokenRefused
from storage import chats
from storage.database import Database
from storage.models import Chat, State
from storage.vault import Vault, new_key
from tests.services.world import ALICE, BOB, World, world_of


class _Late:
    """A question with Alice's present token that reaches the provider when it no longer knows that token."""

    def __init__(self, world: World) -> None:
        self.opened, self.released = asyncio.Event(), asyncio.Event()
        self._world = world
        self.task = asyncio.create_task(world.accounts.ask(ALICE, self._balance))

    async def _balance(self, token: SecretStr) -> Decimal:
        self.opened.set()
        await self.released.wait()
        del self._world.provider.accounts[token.get_secret_value()]
        return await self._world.client.balance(token)


async def test_a_chat_is_made_once_however_often_it_writes(local: World) -> None:
    chat, new = await local.accounts.enter(ALICE, "ru")
    assert (chat.id, chat.language, chat.created_at, new) == (ALICE, "ru", local.clock.now, True)
    local.clock.advance(hours=1)
    chat, new = await local.accounts.enter(ALICE, "ru")
    assert (chat.created_at, new) == (local.clock.now - timedelta(hours=1), False)


async def test_a_chat_speaks_its_clients_language_unless_it_chose_another(local: World) -> None:
    assert (await local.accounts.enter(ALICE, None))[0].speaks == "en"
    assert (await local.accounts.enter(ALICE, "hi"))[0].speaks == "hi"
    assert (await local.accounts.enter(ALICE, None))[0].speaks == "hi", "a client that says nothing changes nothing"
    async with local.database.writing() as session:
        await chats.change(session, ALICE, chosen_language="ru")
    chat, _ = await local.accounts.enter(ALICE, "en")
    assert (chat.language, chat.speaks) == ("en", "ru")
    assert await local.accounts.language(ALICE) == "ru"
    assert await local.accounts.language(BOB) is None


async def test_a_chat_that_never_wrote_is_not_found(local: World) -> None:
    with pytest.raises(NotFound):
        await local.accounts.chat(ALICE)
    await local.accounts.enter(ALICE, "en")
    assert (await local.accounts.chat(ALICE)).id == ALICE


async def test_what_telegram_tells_of_a_user_is_remembered_as_far_as_it_can_be_kept(world: World) -> None:
    chat, _ = await world.accounts.enter(ALICE, "x" * 60, name="\0Al\ud83dice " + "ö" * 200, username="alice\0")
    assert (chat.language, chat.username) == ("x" * 16, "alice")
    assert chat.name == "Al?ice " + "ö" * 121
    chat, _ = await world.accounts.enter(ALICE, "en", username="a" * 65)
    assert chat.username == "a" * 64
    chat, _ = await world.accounts.enter(ALICE, "en", name="Alicia", username="alice")
    assert (chat.name, chat.username) == ("Alicia", "alice")
    assert (await world.chat()).name == "Alicia"


async def test_it_is_remembered_once_an_hour_that_a_user_was_here(local: World) -> None:
    await local.accounts.enter(ALICE, "en")
    first = local.clock.now
    for minutes, seen in ((59, first), (1, first + timedelta(hours=1)), (-90, first - timedelta(minutes=30))):
        local.clock.advance(minutes=minutes)
        await local.accounts.enter(ALICE, "en")
        assert (await local.chat()).seen_at == seen, "also where the clock was set back"


async def test_fifty_first_messages_at_once_make_one_chat(world: World) -> None:
    entered = await asyncio.gather(*(world.accounts.enter(ALICE, "en") for _ in range(50)))
    assert sum(new for _, new in entered) == 1


async def test_a_chat_that_left_is_reachable_again_when_it_writes(world: World) -> None:
    await world.accounts.enter(ALICE, "en")
    await world.accounts.leave(ALICE)
    left = (await world.chat()).unreachable_at
    world.clock.advance(hours=1)
    await world.accounts.leave(ALICE)
    assert left is not None
    assert (await world.chat()).unreachable_at == left
    chat, new = await world.accounts.enter(ALICE, "en")
    assert (chat.unreachable_at, chat.seen_at, new) == (None, world.clock.now, False)


async def test_connecting_seals_the_token_and_gives_the_balance(world: World) -> None:
    await world.accounts.enter(ALICE, "en")
    await world.accounts.await_token(ALICE, awaited=True)
    assert (await world.chat()).awaiting == "token"
    assert await world.connected() == Decimal(500)
    chat = await world.chat()
    assert (chat.balance, chat.awaiting) == (Decimal(500), None)
    assert chat.token is not None
    assert "demo-token" not in chat.token
    assert world.vault.open(chat.token, f"chat:{ALICE}") == b"demo-token-alice"
    assert (await world.accounts.token(ALICE)).get_secret_value() == "demo-token-alice"


async def test_waiting_for_a_token_can_end_without_one(local: World) -> None:
    await local.accounts.enter(ALICE, "en")
    await local.accounts.await_token(ALICE, awaited=True)
    await local.accounts.await_token(ALICE, awaited=False)
    assert (await local.chat()).awaiting is None


@pytest.mark.parametrize("answer", ["http401", "http403", "201", "206"])
async def test_a_token_that_the_provider_does_not_know_is_refused_and_not_kept(local: World, answer: str) -> None:
    local.provider.configure(wrong_token=answer)
    with pytest.raises(TokenRefused) as refused:
        await local.connected(token="canary-wrong-token")
    assert "canary" not in repr(refused.value)
    assert (await local.chat()).token is None


@pytest.mark.parametrize(
    ("fault", "expected"),
    [({"kind": "cut"}, NoAnswer), ({"kind": "http", "status": 404}, NoSuchCall)],
)
async def test_an_unclear_answer_connects_nothing(local: World, fault: dict[str, object], expected: type[Exception]) -> None:
    local.provider.faults.add("getBalance", **fault)  # type: ignore[arg-type]  # The kind is among them.
    with pytest.raises(expected):
        await local.connected()
    assert (await local.chat()).token is None


async def test_another_token_is_refused_while_numbers_hang_on_the_present_one(world: World) -> None:
    await world.connected()
    await world.holds()
    with pytest.raises(HoldsNumbers) as refused:
        await world.connected(token="demo-token-bob")
    assert refused.value.count == 1
    assert (await world.accounts.token(ALICE)).get_secret_value() == "demo-token-alice"
    assert world.asked("getSms") == 0, "nobody else is asked for the numbers"


async def test_a_purchase_in_doubt_holds_the_token_too(world: World) -> None:
    await world.connected()
    world.provider.faults.add("getNumber", "cut_after", count=1)
    assert (await world.buys()).state is State.UNKNOWN
    with pytest.raises(HoldsNumbers):
        await world.connected(token="demo-token-bob")
    with pytest.raises(HoldsNumbers):
        await world.accounts.disconnect(ALICE)


async def test_the_same_token_may_be_connected_again_with_numbers_active(local: World) -> None:
    await local.connected()
    await local.holds()
    assert await local.connected() == Decimal("461.50")


async def test_a_rejected_token_may_be_replaced_with_numbers_active(local: World) -> None:
    await local.connected()
    await local.holds()
    local.provider.faults.add("getBalance", "http", status=401, count=1)
    with pytest.raises(TokenRejected):
        await local.accounts.balance(ALICE)
    assert (await local.chat()).rejected_at == local.clock.now
    local.provider.accounts["demo-token-alice-new"] = local.provider.accounts["demo-token-alice"]
    await local.connected(token="demo-token-alice-new")
    assert (await local.chat()).rejected_at is None


async def test_a_token_whose_key_is_lost_counts_as_not_connected_and_can_be_connected_again(local: World) -> None:
    await local.connected()
    await local.holds()
    local.vault = Vault([new_key()])
    local.__post_init__()
    with pytest.raises(NotConnected):
        await local.accounts.token(ALICE)
    with pytest.raises(OtherAccount):
        await local.connected(token="demo-token-bob")
    await local.connected()
    assert (await local.accounts.token(ALICE)).get_secret_value() == "demo-token-alice"


async def test_a_sealed_token_moved_to_another_chat_does_not_open(local: World) -> None:
    await local.connected()
    await local.accounts.enter(BOB, "en")
    stolen = (await local.chat(ALICE)).token
    async with local.database.writing() as session:
        await session.execute(update(Chat).where(col(Chat.id) == BOB).values(token=stolen))
    with pytest.raises(NotConnected):
        await local.accounts.token(BOB)


async def test_nobody_is_connected_before_they_connect(local: World) -> None:
    with pytest.raises(NotConnected):
        await local.accounts.token(ALICE)
    await local.accounts.enter(ALICE, "en")
    with pytest.raises(NotConnected):
        await local.accounts.balance(ALICE)


async def test_disconnecting_forgets_the_token_but_not_numbers_unless_they_are_abandoned(world: World) -> None:
    await world.connected()
    bought = await world.holds()
    with pytest.raises(HoldsNumbers) as refused:
        await world.accounts.disconnect(ALICE)
    assert refused.value.count == 1
    await world.accounts.disconnect(ALICE, abandon=True)
    chat = await world.chat()
    assert (chat.token, chat.balance) == (None, None)
    assert await world.state(bought) is State.ACTIVE
    await world.polled(world.poller())
    assert world.asked("getSms") == 0
    await world.connected()
    await world.accounts.enter(BOB, "en")
    await world.accounts.disconnect(BOB)


async def test_a_rejection_is_noted_once_and_only_for_the_token_it_was_about(world: World) -> None:
    await world.connected()
    world.provider.faults.add("getBalance", "http", status=403, count=2)
    for _ in range(2):
        with pytest.raises(TokenRejected):
            await world.accounts.balance(ALICE)
        world.clock.advance(minutes=1)
    noted = (await world.chat()).rejected_at
    assert noted is not None
    assert world.clock.now.timestamp() - noted.timestamp() == 120


async def test_a_late_rejection_of_the_old_token_does_not_count_against_the_new_one(local: World) -> None:
    await local.connected()
    late = _Late(local)
    await late.opened.wait()
    await local.connected(token="demo-token-bob")
    late.released.set()
    with pytest.raises(TokenRejected):
        await late.task
    assert (await local.chat()).rejected_at is None


async def test_trouble_is_noted_from_its_start_and_cleared_with_its_notice(world: World) -> None:
    await world.connected()
    await world.accounts.note_trouble(ALICE)
    since = (await world.chat()).troubled_at
    world.clock.advance(minutes=5)
    await world.accounts.note_trouble(ALICE)
    assert (await world.chat()).troubled_at == since
    async with world.database.writing() as session:
        await chats.change(session, ALICE, trouble_told_at=world.clock.now)
    await world.accounts.clear_trouble(ALICE)
    chat = await world.chat()
    assert (chat.troubled_at, chat.trouble_told_at) == (None, None)


async def test_a_provider_that_is_not_there_is_said_to_be_not_there(sqlite: Database) -> None:
    async with world_of(sqlite) as world:
        pass  # Its server is gone from here on.
    with pytest.raises(NotSent):
        await world.connected()


async def test_a_definite_no_to_another_call_is_passed_on(local: World) -> None:
    await local.connected()
    local.provider.faults.add("getBalance", "code", code=206, count=1)
    with pytest.raises(InvalidParameter):
        await local.accounts.balance(ALICE)
    assert (await local.chat()).rejected_at is None


def test_a_fingerprint_is_the_same_for_the_same_token_and_is_not_the_token() -> None:
    token = SecretStr("canary\ud800")
    assert fingerprint(token) == fingerprint(SecretStr("canary\ud800"))
    assert fingerprint(token) != fingerprint(SecretStr("canary"))
    assert "canary" not in fingerprint(token)
