"""The screens about money: alerts, warnings, statements."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

from bot.locales import Words
from bot.otpbuddy import Product
from bot.screens import account, alerts, export, overview, problems, record, spending
from bot.screens.overview import BY_DAY, BY_PRODUCT
from bot.screens.screen import Screen
from bot.services.alerts import CEILING
from bot.services.amounts import LARGEST
from bot.services.errors import NotOnSale
from bot.services.spending import Day, Share, Spending, Waits
from bot.services.statements import Bought, History, Kept
from storage.models import Activation, Alert, AlertKind, State
from storage.statements import Entry

NOON = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
LONGEST_MONEY = Decimal("999999999999999.12345678901234567891")


def alert(outside: str, kind: AlertKind, **values: Any) -> Alert:
    at_most = LARGEST - Decimal("0.01") if kind is AlertKind.PRICE else None
    given: dict[str, Any] = {"id": "Zz_-" * 6, "chat_id": 2**52 - 1, "product_id": outside[:128], "product_name": outside, "kind": kind}
    return Alert(**given | {"at_most": at_most, "created_at": NOON} | values)


def waiting(outside: str, words: Words) -> Iterator[tuple[str, Screen]]:
    for price in (LONGEST_MONEY, Decimal("38.50"), Decimal(0)):
        yield f"at which price, {price}", alerts.ask_price(words, Product("wa", outside, price), outside)
    yield "cheap enough", alerts.cheap_enough(words, Product("wa", outside, LONGEST_MONEY))
    yield "on sale already", alerts.on_sale_already(words, Product("wa", outside, LONGEST_MONEY))
    yield "no alerts", alerts.listed(words, [])
    every = [alert(outside, kind) for kind in AlertKind]
    yield "an alert", alerts.listed(words, every[:1])
    yield "alerts", alerts.listed(words, every * (CEILING // 2))
    for kind, late in product(AlertKind, (False, True)):
        yield f"waits, {kind}", alerts.waits(words, alert(outside, kind))
        yield f"met, {kind}, {late}", alerts.met(words, alert(outside, kind, met_at=NOON, met_price=LONGEST_MONEY), late=late)
    yield "gone", problems.explain(NotOnSale(Product("wa", outside, LONGEST_MONEY)), words)
    yield "low balance", account.low_balance(words, -LONGEST_MONEY, LONGEST_MONEY)


def purchase(outside: str, state: State = State.CANCELLED, **values: Any) -> Activation:
    given: dict[str, Any] = {
        "id": "Zz_-" * 6,
        "chat_id": 1,
        "state": state,
        "product_id": outside[:128],
        "product_name": outside,
        "country": "in",
        "price": LONGEST_MONEY,
        "offered_at": NOON,
        "requested_at": NOON,
        "purchased_at": NOON,
        "closed_at": NOON,
        "number": outside[:64],
        "provider_id": outside[:64],
        "balance_before": LONGEST_MONEY,
        "balance_after": -LONGEST_MONEY,
        "closing_before": -LONGEST_MONEY,
        "closing_after": LONGEST_MONEY,
    }
    return Activation(**given | values)


def spent(outside: str, amount: Decimal = LONGEST_MONEY, count: int = 20, **values: Any) -> Spending:
    """Make what was spent, on every day of a month and on many products."""
    given: dict[str, Any] = {
        "spent": amount * 30,
        "returned": amount,
        "purchases": 300,
        "days": [Day(date(2026, 2, 4) + timedelta(days=day), amount, 10) for day in range(30)],
        "products": [Share(f"p{number}", outside, amount, 15) for number in range(count)],
        "waits": Waits(250, 249, timedelta(seconds=23), timedelta(seconds=100)),
    }
    return Spending(**given | values)


def captions(outside: str, words: Words) -> Iterator[tuple[str, Screen]]:
    """Draw what stands below pictures and files."""
    entry = Entry(purchase(outside), 3, NOON)
    silent = Waits(0, 0, None, None)
    for by in (BY_DAY, BY_PRODUCT):
        yield f"spent by {by}", spending.caption(words, spent(outside), by)
        yield f"little spent by {by}", spending.caption(words, spent(outside, Decimal("38.5"), 3, waits=silent, returned=Decimal(0)), by)
    yield "export", export.export(words, [entry])[1]
    yield "export of many", export.export(words, [entry] * 2)[1]


def statements(outside: str, words: Words) -> Iterator[tuple[str, Screen]]:
    every = [purchase(outside, state) for state in (State.CANCELLED, State.CHARGED)]
    for kept in Kept:
        yield f"history of {kept}", overview.history(words, History(1, 3, every, 18, LONGEST_MONEY, LONGEST_MONEY, kept, 40))
        yield f"history of one {kept}", overview.history(words, History(0, 1, every[:1], 1, LONGEST_MONEY, LONGEST_MONEY, kept, 40))
        yield f"history without {kept}", overview.history(words, History(0, 1, [], 0, Decimal(0), Decimal(0), kept, 40))
    yield (
        "history of a product",
        overview.history(words, History(1, 3, every, 18, LONGEST_MONEY, LONGEST_MONEY, Kept.ALL, 40, product=outside, key="k" * 11)),
    )
    for page in (0, 1, 9):
        yield f"which product, page {page}", overview.bought(words, [Bought("k" * 11, outside, 9999, LONGEST_MONEY)] * 17, page)
    yield "nothing bought so far", overview.bought(words, [], 0)
    yield "nothing bought", overview.nothing_bought(words)
    yield "nothing spent", spending.nothing(words)
    yield "record", record.record(words, Entry(every[0], 3, NOON))
    bare = dict.fromkeys(("purchased_at", "closed_at", "number", "provider_id", "closing_before", "closing_after"))
    yield "short record", record.record(words, Entry(purchase("WhatsApp", State.UNRESOLVED, **bare, price=Decimal("38.5")), 0, None))


def money(outside: str, words: Words) -> Iterator[tuple[str, Screen]]:
    """Draw them all."""
    for part in (waiting, statements, captions):
        yield from part(outside, words)
