"""A purchase as the seller's support reads it."""

from decimal import Decimal

from bot.screens.callbacks import OpenCard
from bot.screens.record import record, written
from storage.models import State
from storage.statements import Entry
from tests.screens.gallery import LANGUAGES, WORDS
from tests.screens.gallery_money import NOON, purchase
from tests.screens.test_number import buttons, text


def test_a_record_says_all_that_can_be_looked_up() -> None:
    bought = purchase(
        "WhatsApp",
        product_id="wa",
        price=Decimal("38.50"),
        number="919876543210",
        provider_id="63dca665627",
        balance_before=Decimal(500),
        balance_after=Decimal("461.5"),
        closing_before=None,
        closing_after=Decimal("461.5"),
        reason="invalid_id",
    )
    assert written(WORDS, Entry(bought, 2, NOON)).splitlines() == [
        "Call: getNumber",
        "Server: in",
        "Product id: wa",
        "Product: WhatsApp",
        "Price: 38.50 INR",
        "Asked: 2026-03-05 12:00:00 UTC",
        "Answered: 2026-03-05 12:00:00 UTC",
        "Id: 63dca665627",
        "Number: 919876543210",
        "State: cancelled",
        "Reason: invalid_id",
        "SMS: 2",
        "First SMS: 2026-03-05 12:00:00 UTC",
        "Ended: 2026-03-05 12:00:00 UTC",
        "Balance: 500.00 -> 461.50 INR",
        "At the end: ? -> 461.50 INR",
        "Record: Zz_-Zz_-Zz_-Zz_-Zz_-Zz_-",
    ]


def test_what_is_not_known_is_left_out_and_a_short_record_goes_to_the_clipboard() -> None:
    bare = dict.fromkeys(
        ("purchased_at", "closed_at", "number", "provider_id", "balance_before", "balance_after", "closing_before", "closing_after")
    )
    entry = Entry(purchase("WhatsApp", State.UNRESOLVED, **bare, product_id="wa", price=Decimal(9)), 0, None)
    names = [line.partition(":")[0] for line in written(WORDS, entry).splitlines()]
    assert names == ["Call", "Server", "Product id", "Product", "Price", "Asked", "State", "SMS", "Record"]
    screen = record(WORDS, entry)
    copied = next(key.copy_text for row in screen.rows for key in row if key.copy_text is not None)
    assert copied.text == written(WORDS, entry)
    assert OpenCard(entry.purchase.id) in buttons(screen)
    assert copied.text in text(screen)


def test_the_record_is_the_same_in_every_language() -> None:
    entry = Entry(purchase("WhatsApp"), 1, NOON)
    assert len({written(LANGUAGES.words(code), entry) for code in LANGUAGES.codes}) == 1
    assert not [key for row in record(WORDS, entry).rows for key in row if key.copy_text is not None], "too long for a button"
