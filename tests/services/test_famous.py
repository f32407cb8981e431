"""Well-known services: each is known by what people type for it, and stands beside its emoji."""

from decimal import Decimal
from pathlib import Path

import pytest

from bot.otpbuddy import Product
from bot.services.famous import emoji, famous, stands_for_any
from bot.services.search import search

ROWS = [tuple(line.split("\t")) for line in Path(__file__).with_name("famous.tsv").read_text("utf-8").splitlines()]
"""What is typed, the service's name, and its emoji."""
SHELF = [Product(name, name, Decimal(1)) for name in dict.fromkeys(name for _, name, _ in ROWS)]


@pytest.mark.parametrize(("typed", "name", "shown"), ROWS)
def test_a_service_is_known_by_what_people_call_it_and_found_first(typed: str, name: str, shown: str) -> None:
    assert [(known.name, known.emoji) for known in famous(typed)] == [(name, shown)]
    assert emoji(name) == shown
    assert search(SHELF, typed).products[0].name == name


def test_what_two_services_are_called_finds_both() -> None:
    shelf = [Product(name, name, Decimal(1)) for name in ("ChatGPT", "OpenAI")]
    assert list(search(shelf, "gpt").products) == shelf


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("WhatsApp", "💬"),
        ("whats app", "💬"),
        ("X (Twitter)", "🐦"),
        ("Google / YouTube", "🔍"),
        ("微信 WeChat", "💬"),
        ("Тинькофф Tinkoff", "💳"),
        ("Google Maps Guide", ""),
        ("Xylophone", ""),
        ("", ""),
    ],
)
def test_a_well_known_service_has_its_emoji_and_what_only_resembles_one_has_none(name: str, shown: str) -> None:
    assert emoji(name) == shown
    assert bool(famous(name)) == bool(shown)


@pytest.mark.parametrize(
    ("name", "stands"), [("Any other", True), ("Другой", True), ("Other", True), ("WhatsApp", False), ("Another World", False)]
)
def test_a_product_may_stand_for_services_that_are_not_listed(name: str, stands: bool) -> None:
    assert stands_for_any(name) == stands
