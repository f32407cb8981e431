"""What a chat decides: checked against what there is to choose, and kept in its row."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.services.errors import NotFound
from bot.services.preferences import Preference, Preferences
from storage import chats
from storage.models import SortOrder, State
from tests.services.world import ALICE, BOB, World


def preferences(world: World, currency: str = "INR", lifetime: timedelta = timedelta(minutes=20)) -> Preferences:
    return Preferences(world.database, languages=("en", "hi", "ru"), countries=("in", "gb"), lifetime=lifetime, currency=currency)


CHOICES: list[tuple[str, str, dict[str, Any]]] = [
    ("lang", "ru", {"chosen_language": "ru"}),
    ("lang", "none", {"chosen_language": None}),
    ("country", "gb", {"country": "gb"}),
    ("country", "none", {"country": None}),
    ("sort", "price", {"sort_order": SortOrder.PRICE}),
    ("sort", "name", {"sort_order": SortOrder.NAME}),
    ("auto", "10", {"auto_cancel_minutes": 10}),
    ("auto", "none", {"auto_cancel_minutes": None}),
    ("warn", "off", {"warn_before_expiry": False}),
    ("warn", "on", {"warn_before_expiry": True}),
    ("sound", "off", {"quiet": True}),
    ("sound", "on", {"quiet": False}),
    ("low", "50", {"low_balance": Decimal(50), "low_balance_told_at": None}),
    ("low", "none", {"low_balance": None, "low_balance_told_at": None}),
    ("news", "off", {"mutes_broadcasts": True}),
    ("news", "on", {"mutes_broadcasts": False}),
]


@pytest.mark.parametrize(("name", "value", "columns"), CHOICES, ids=[f"{name} {value}" for name, value, _ in CHOICES])
async def test_a_choice_is_kept_for_its_chat_alone(world: World, name: str, value: str, columns: dict[str, Any]) -> None:
    for chat_id in (ALICE, BOB):
        await world.accounts.enter(chat_id, "en")
    async with world.database.writing() as session:
        await chats.change(session, ALICE, low_balance=Decimal(7), low_balance_told_at=world.clock.now)
    before = (await world.chat(BOB)).model_dump()
    assert await preferences(world).choose(ALICE, name, value) == Preference(name)
    after = (await world.chat()).model_dump()
    assert {column: after[column] for column in columns} == columns
    assert (await world.chat(BOB)).model_dump() == before


def test_every_setting_can_be_changed() -> None:
    assert {name for name, _, _ in CHOICES} == set(Preference)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nothing", "on"),
        ("lang", "xx"),
        ("lang", ""),
        ("country", "us"),
        ("sort", "none"),
        ("auto", "4"),
        ("auto", "off"),
        ("auto", "-3"),
        ("warn", "none"),
        ("sound", "1"),
        ("low", "51"),
        ("low", "1e3"),
        ("news", "ON"),
    ],
)
async def test_what_is_no_choice_is_not_found_and_changes_nothing(local: World, name: str, value: str) -> None:
    await local.accounts.enter(ALICE, "en")
    before = (await local.chat()).model_dump()
    with pytest.raises(NotFound):
        await preferences(local).choose(ALICE, name, value)
    assert (await local.chat()).model_dump() == before


def test_what_can_be_chosen_fits_the_operators_settings(local: World) -> None:
    assert list(preferences(local).options.auto_cancel) == [3, 5, 10, 15]
    assert list(preferences(local, lifetime=timedelta(minutes=10)).options.auto_cancel) == [3, 5], "a number lives no longer"


@pytest.mark.parametrize("currency", ["INR", "RUB", "USD", "EUR"])
def test_the_amounts_to_choose_from_are_round_ones_of_the_accounts_currency(local: World, currency: str) -> None:
    amounts = (20, 50, 100, 200, 500) if currency in {"INR", "RUB"} else (1, 2, 5, 10, 20)
    assert preferences(local, currency=currency).options.low_balance == amounts


async def test_another_language_has_the_cards_of_numbers_drawn_anew(world: World) -> None:
    await world.connected()
    bought = await world.holds()
    ended = await world.holds("tg")
    await world.edit(ended, state=State.EXPIRED)
    versions = [(await world.row(each)).version for each in (bought, ended)]
    await preferences(world).choose(ALICE, "sort", "price")
    assert [(await world.row(each)).version for each in (bought, ended)] == versions
    await preferences(world).choose(ALICE, "lang", "hi")
    assert [(await world.row(each)).version for each in (bought, ended)] == [versions[0] + 1, versions[1]]


async def test_any_amount_may_be_the_balance_below_which_to_warn(world: World) -> None:
    await world.accounts.enter(ALICE, "en")
    async with world.database.writing() as session:
        await chats.change(session, ALICE, low_balance=Decimal(7), low_balance_told_at=world.clock.now)
    await preferences(world).warn_below(ALICE, Decimal("75.50"))
    chat = await world.chat()
    assert (chat.low_balance, chat.low_balance_told_at) == (Decimal("75.50"), None), "being below the new one has not been told"
