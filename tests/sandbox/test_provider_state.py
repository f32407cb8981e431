"""The simulated provider's state: money, time and SMS, without any HTTP."""

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.sandbox.provider import Account, Activation, Provider, many_offers


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


Bought = Callable[[Provider], Activation]


def alice(provider: Provider) -> Account:
    return provider.accounts["demo-token-alice"]


def buy(provider: Provider, product_id: str = "wa") -> Activation:
    return provider.buy(alice(provider), provider.offers[product_id], "in")


def test_three_accounts_and_a_full_shop_are_there_from_the_start() -> None:
    provider = Provider()
    assert {token: account.balance for token, account in provider.accounts.items()} == {
        "demo-token-alice": Decimal(500),
        "demo-token-bob": Decimal(42),
        "demo-token-empty": Decimal(0),
    }
    assert len(provider.offers) >= 60
    assert provider.offers["vk"].name == "Вконтакте"
    prices = [offer.price for offer in provider.offers.values()]
    assert (min(prices), max(prices)) == (Decimal("2.50"), Decimal("95.00"))


def test_a_purchase_charges_takes_from_the_stock_and_is_written_down(clock: Clock) -> None:
    provider = Provider(clock=clock)
    stock = provider.offers["wa"].stock
    bought = buy(provider)
    assert re.fullmatch(r"91[6-9]\d{9}", bought.number)
    assert re.fullmatch(r"[0-9a-f]{24}", bought.id)
    assert provider.offers["wa"].stock == stock - 1
    assert alice(provider).balance == Decimal("461.50")
    (charge,) = provider.charges
    assert (charge.at, charge.amount, charge.balance, charge.product) == (clock.now, Decimal("-38.50"), Decimal("461.50"), "WhatsApp")
    assert (charge.account, charge.purchase_id) == ("Alice", bought.id)


def test_the_same_seed_sells_the_same_numbers() -> None:
    first, again, other = (buy(Provider(seed=seed)) for seed in (1, 1, 2))
    assert (first.id, first.number) == (again.id, again.number)
    assert first.number != other.number


def test_an_sms_comes_by_itself_after_a_while_and_only_once(clock: Clock) -> None:
    provider = Provider(clock=clock, auto_sms_after=4)
    bought = buy(provider)
    clock.forward(3.9)
    provider.settle()
    assert bought.sms == []
    clock.forward(0.1)
    provider.settle()
    provider.settle()
    assert bought.state == "received"
    assert len(bought.sms) == 1
    assert re.search(r"\d{3}-\d{3}", bought.sms[0])


def test_no_sms_comes_by_itself_when_told_not_to(clock: Clock) -> None:
    provider = Provider(clock=clock)
    bought = buy(provider)
    provider.configure(auto_sms_after=None)
    later = buy(provider)
    clock.forward(60)
    provider.settle()
    assert [bought.sms, later.sms] == [[], []]


def test_a_number_without_an_sms_expires_with_a_refund_and_one_with_does_not(clock: Clock) -> None:
    provider = Provider(clock=clock, auto_sms_after=None)
    silent, spoken = buy(provider), buy(provider)
    provider.send_sms(spoken.number, "hello")
    clock.forward(1200)
    provider.settle()
    provider.settle()
    assert (silent.state, spoken.state) == ("expired", "received")
    assert [entry.purchase_id for entry in provider.ledger if entry.kind == "refund"] == [silent.id]
    assert alice(provider).balance == Decimal("461.50")


def test_an_sms_that_is_due_before_the_expiry_comes_although_nobody_looked_in_time(clock: Clock) -> None:
    provider = Provider(clock=clock)
    bought = buy(provider)
    clock.forward(5000)
    provider.settle()
    assert bought.state == "received"


def test_sms_are_sent_by_number_or_id_to_open_numbers_only() -> None:
    provider = Provider(auto_sms_after=None)
    bought = buy(provider)
    provider.send_sms(f"+{bought.number}", "one")
    provider.send_sms(bought.id, "two")
    assert bought.sms == ["one", "two"]
    provider.close(bought, "cancelled", refund=False)
    for wanted in (bought.id, "919999999999", ""):
        with pytest.raises(ValueError, match="no open number"):
            provider.send_sms(wanted, "three")


def test_every_products_typical_text_is_complete() -> None:
    provider = Provider()
    for product_id in [*provider.offers, "gone"]:
        text = provider.typical_text(product_id)
        assert re.search(r"\d{3}", text)
        assert "{" not in text


def test_settings_are_checked() -> None:
    provider = Provider()
    provider.configure(revision=1, cancel_policy="refuse", lifetime=5, auto_sms_after=None)
    assert (provider.settings.revision, provider.settings.lifetime) == (1, 5)
    for wrong in (
        {"revision": 3},
        {"colour": "red"},
        {"lifetime": -1},
        {"lifetime": True},
        {"mirror_http_status": 1},
        {"cancel_policy": "maybe"},
        {"cancel_refusal_code": 200},
        {"wrong_token": "404"},
    ):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            provider.configure(**wrong)
    assert provider.settings.revision == 1


def test_stock_prices_and_accounts_can_be_set() -> None:
    provider = Provider()
    offer = provider.set_stock("wa", stock=0, price=Decimal("1.25"))
    assert (offer.stock, offer.price) == (0, Decimal("1.25"))
    assert provider.set_stock("wa").stock == 0
    with pytest.raises(ValueError, match="negative"):
        provider.set_stock("wa", stock=-1)
    with pytest.raises(KeyError):
        provider.set_stock("nothing", stock=1)
    provider.add_account("demo-token-bob", Decimal(1))
    assert provider.accounts["demo-token-bob"].balance == Decimal(1)
    assert provider.add_account("new", Decimal(7)).label == "Account 4"
    provider.set_products(many_offers(2500))
    assert len(provider.offers) == 2500


async def test_until_wakes_at_a_change_and_says_what_happened_when_it_gives_up() -> None:
    provider = Provider(auto_sms_after=None)
    waiting = asyncio.create_task(provider.until(lambda it: it.charges))
    bought = buy(provider)
    assert (await waiting)[0].purchase_id == bought.id
    provider.record("getSms", "Alice", "210")
    with pytest.raises(TimeoutError, match="getSms by Alice: 210"):
        await provider.until(lambda _: False, timeout=0.01)


def test_a_repr_shows_no_token() -> None:
    assert "demo-token" not in repr(Provider().accounts.values())
