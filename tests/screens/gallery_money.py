"""The screens about money: alerts, warnings, statements."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from typing import Any

from bot.locales import Words
from bot.otpbuddy import Product
from bot.screens import account, alerts, problems
from bot.screens.screen import Screen
from bot.services.alerts import CEILING
from bot.services.amounts import LARGEST
from bot.services.errors import NotOnSale
from storage.models import Alert, AlertKind

NOON = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
LONGEST_MONEY = Decimal("999999999999999.12345678901234567891")


def alert(outside: str, kind: AlertKind, **values: Any) -> Alert:
    at_most = LARGEST - Decimal("0.01") if kind is AlertKind.PRICE else None
    given: dict[str, Any] = {"id": "Zz_-" * 6, "chat_id": 2**52 - 1, "product_id": outside[:128], "product_name": outside, "kind": kind}
    return Alert(**given | {"at_most": at_most, "created_at": NOON} | values)


def waiting(outside: str, words: Words) -> Iterator[tuple[str, Screen]]:
    for price in (LONGEST_MONEY, Decimal("38.50"), Decimal(0)):
        yield f"at which price, {price}", alerts.ask_price(words, Product("wa", outside, price))
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


def money(outside: str, words: Words) -> Iterator[tuple[str, Screen]]:
    """Draw them all."""
    yield from waiting(outside, words)
