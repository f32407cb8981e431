"""The screens by which admins look after people and the bot's doors."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from typing import Any

from bot.locales import Words
from bot.screens.admin import doors, moderation, people, usage
from bot.screens.screen import Screen, shorten
from bot.services.admin.doors import NOTICE_LENGTH, Invites, state_of
from bot.services.admin.people import Found, Person
from bot.services.purchases import Ceilings
from bot.services.spending import Spending, Waits
from bot.services.statements import PAGE as PURCHASES_ON_A_PAGE
from bot.services.statements import History, Kept
from storage.models import Activation, Chat, House, Invite, Mode, State, UnusualUse
from storage.usage import Noted
from tests.screens.gallery_admin import LARGEST_ID, NOON, chat


def purchases(outside: str, count: int) -> list[Activation]:
    """Make what somebody bought, of every state that is listed."""
    states = [state for state in State if state not in {State.OFFERED, State.REJECTED, State.NOT_CHARGED}]
    base: dict[str, Any] = {"chat_id": LARGEST_ID, "product_id": "wa", "country": "in", "price": Decimal("99999999.99"), "offered_at": NOON}
    return [
        Activation(id=f"{n:024}", state=states[n % len(states)], product_name=outside or "?", number="919876543210", **base)
        for n in range(count)
    ]


def peoples(outside: str, words: Words) -> Iterator[tuple[str, Screen]]:
    nobody = Chat(id=LARGEST_ID, created_at=NOON)
    known: dict[str, Any] = {"username": "x" * 32, "seen_at": NOON, "token": "sealed", "chosen_language": "hi", "max_active": 999}
    banned = chat(outside, banned_at=NOON, ban_reason=outside or None, rejected_at=NOON, unreachable_at=NOON, invite_id="i" * 24)
    everybody = [nobody, chat(outside, **known), banned]
    yield "nobody found", people.people(words, Found(outside, [], 0, 0, 1))
    yield "people", people.people(words, Found("", everybody, 3, 0, 1))
    yield "found", people.people(words, Found(outside, everybody * 3, 10**6, 7, 10**5))
    yield "who is looked for", people.ask(words)
    spending = Spending(Decimal("12345678.90"), Decimal(0), 10**6, [], [], Waits(10**6, 999, None, None))
    for who, owner, uninvited, looks in product((*everybody, chat(outside, admin_at=NOON)), (False, True), (False, True), (False, True)):
        shown = Person(who, owner, uninvited, 5, 20, Ceilings(5, 20), spending, 10**6)
        yield f"card {who.id}, {owner}, {uninvited}, {looks}", people.card(words, shown, owner=looks)
    for count in (0, 1, 40):
        yield f"{count} numbers", people.held(words, chat(outside), purchases(outside, count), Ceilings(5, 20))
    for page in range(3):
        bought = purchases(outside, PURCHASES_ON_A_PAGE)
        past = History(page, 3, bought, 10**6, Decimal("12345678.90"), Decimal(0), Kept.ALL, 10**6)
        yield f"past {page}", people.past(words, chat(outside), past)


def moderations(outside: str, words: Words) -> Iterator[tuple[str, Screen]]:
    yield "why ban", moderation.ask_reason(words, chat(outside))
    for own in (None, 3, 999):
        yield f"limits {own}", moderation.limits(words, chat(outside, max_active=own, max_per_hour=own), Ceilings(5, 20))
    yield "what to write", moderation.ask_message(words, chat(outside))
    yield "from the team", moderation.from_the_team(words, shorten(outside, moderation.MESSAGE_LENGTH))
    for arrived in (False, True):
        yield f"written {arrived}", moderation.written(words, chat(outside), arrived=arrived)
    yield "no text", moderation.not_a_text(words, chat(outside))
    for command in ("ban", "unban", "limits", "write"):
        yield f"how to {command}", moderation.how_to(words, command)
    noted = Noted(UnusualUse(chat_id=1, purchases=480, cancels=1, noted_at=NOON, quiet_until=NOON), chat(outside))
    yield "unusual use", usage.notice(words, noted)
    yield "fine", usage.fine(words, noted)
    yield "nothing unusual", usage.lately(words, [])
    yield "much that is unusual", usage.lately(words, [noted] * 40)


def houses(outside: str, words: Words) -> Iterator[tuple[str, Screen]]:
    for mode, notice in product(Mode, (None, outside[:NOTICE_LENGTH])):
        yield f"mode {mode}, {notice is not None}", doors.mode(words, House(name="house", mode=mode, notice=notice, changed_at=NOON))
    yield "which notice", doors.ask_notice(words)
    yield "how many", doors.how_many(words)
    yield "how long", doors.how_long(words, 10_000)
    limited = Invite(id="i" * 24, created_by=LARGEST_ID, created_at=NOON, expires_at=NOON, max_uses=10_000, uses=10_000)
    endless = Invite(id="j" * 24, created_by=1, created_at=NOON, uses=3)
    revoked = Invite(id="k" * 24, created_by=1, created_at=NOON, revoked_at=NOON, uses=3)
    expired = Invite(id="l" * 24, created_by=1, created_at=NOON, expires_at=NOON, max_uses=2, uses=1)
    every = [limited, endless, revoked, expired]
    yield "no invitations", doors.invites(words, Invites([], 0, 1, NOON))
    yield "invitations", doors.invites(words, Invites(every, 1, 3, NOON))
    for one in every:
        yield f"invitation {one.id}", doors.invite(words, one, state_of(one, NOON), "otpbuddy_bot")


def looking_after(outside: str, words: Words) -> Iterator[tuple[str, Screen]]:
    """Draw them all, with a text from outside wherever one is shown."""
    for gallery in (peoples, moderations, houses):
        yield from gallery(outside, words)
