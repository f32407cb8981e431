"""The calls of the provider's API, in both revisions: from parameters to an envelope."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bot.sandbox.provider.catalog import COUNTRIES
from bot.sandbox.provider.records import Account, Activation
from bot.sandbox.provider.state import Provider

DONE, WAITING, INVALID_ID, NO_MONEY, NO_PRODUCT, EXPIRED, INVALID = 200, 210, 201, 202, 203, 204, 206
CANCEL_STATUS = "8"
_MESSAGES = {
    WAITING: "Waiting for message",
    INVALID_ID: "Invalid id",
    NO_MONEY: "Insufficient balance",
    NO_PRODUCT: "Product not found",
    EXPIRED: "Number expired",
    205: "Server error",
    INVALID: "Invalid parameter",
}
Parameters = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Envelope:
    """An answer: its code, what else its JSON object holds, and the number it speaks of."""

    code: int
    rest: dict[str, Any] = field(default_factory=dict)
    purchase_id: str = ""

    def text(self, *, text_numbers: bool) -> str:
        """Write the answer as JSON, with numbers as numbers or as text."""
        write = _as_text if text_numbers else _as_number
        return json.dumps(_walk({"status": self.code, **self.rest}, write), ensure_ascii=False)


def _as_number(value: int | Decimal) -> Any:
    return int(value) if value == int(value) else float(value)


def _as_text(value: int | Decimal) -> Any:
    return str(value)


def _walk(value: Any, write: Callable[[int | Decimal], Any]) -> Any:
    if isinstance(value, dict):
        return {name: _walk(entry, write) for name, entry in value.items()}
    if isinstance(value, list):
        return [_walk(entry, write) for entry in value]
    return write(value) if isinstance(value, int | Decimal) else value


def refusal(code: int, message: str | None = None) -> Envelope:
    """Give the envelope of a code that is no success."""
    return Envelope(code, {"message": message or _MESSAGES.get(code, "Unknown")})


def get_balance(_: Provider, account: Account, __: Parameters) -> Envelope:
    """Answer `getBalance`."""
    return Envelope(DONE, {"data": {"balance": account.balance}})


def get_products(provider: Provider, _: Account, __: Parameters) -> Envelope:
    """Answer the product list: revision 1 as an object by name, revision 2 as a list."""
    offers = provider.offers.values()
    if provider.settings.revision == 1:
        return Envelope(DONE, {"data": {offer.name: {"id": offer.id, "price": offer.price} for offer in offers}})
    rows = [{"product_name": offer.name, "price": offer.price, "product_id": offer.id} for offer in offers]
    return Envelope(DONE, {"data": rows})


def get_number(provider: Provider, account: Account, parameters: Parameters) -> Envelope:
    """Answer `getNumber`: every check first, then the charge."""
    country = parameters.get("server") or parameters.get("sever", "")
    offer = provider.offers.get(parameters.get("product_id", ""))
    if country not in COUNTRIES:
        return refusal(INVALID)
    if offer is None:
        return refusal(NO_PRODUCT)
    if offer.stock <= 0:
        return refusal(provider.settings.out_of_stock_code, "No numbers available")
    if account.balance < offer.price:
        return refusal(NO_MONEY)
    bought = provider.buy(account, offer, country)
    return Envelope(DONE, {"data": {"number": bought.number, "id": bought.id}}, bought.id)


def _said(provider: Provider, message: str, purchase_id: str) -> Envelope:
    """Put a message where the revision has it; revision 1 documents nothing, and here keeps it under `data`."""
    rest: dict[str, Any] = {"message": message} if provider.settings.revision == 2 else {"data": {"message": message}}  # noqa: PLR2004  # The revision's own number.
    return Envelope(DONE, rest, purchase_id)


def _find(provider: Provider, account: Account, parameters: Parameters) -> Activation | None:
    activation = provider.activations.get(parameters.get("id", ""))
    return activation if activation is not None and activation.account == account.label else None


def get_sms(provider: Provider, account: Account, parameters: Parameters) -> Envelope:
    """Answer `getSms`: the latest SMS on every call, or all of them where the settings say so."""
    activation = _find(provider, account, parameters)
    if activation is None or activation.state == "cancelled":
        return refusal(INVALID_ID)
    if activation.state == "expired":
        return refusal(EXPIRED)
    if not activation.sms:
        return refusal(WAITING)
    if provider.settings.all_messages:
        return Envelope(DONE, {"data": list(activation.sms)}, activation.id)
    return _said(provider, activation.sms[-1], activation.id)


def cancel_number(provider: Provider, account: Account, parameters: Parameters) -> Envelope:
    """Answer `cancelNumber`; what no code is documented for is refused with the code of the settings."""
    settings = provider.settings
    activation = _find(provider, account, parameters)
    if activation is None or activation.state == "cancelled":
        return refusal(INVALID_ID)
    if activation.state == "expired":
        return refusal(EXPIRED)
    if activation.state == "received":
        return refusal(settings.cancel_refusal_code, "SMS already received")
    if settings.cancel_policy == "refuse":
        return refusal(settings.cancel_refusal_code, "This number cannot be cancelled")
    if (provider.now() - activation.bought_at).total_seconds() < settings.cancel_after:
        return refusal(settings.cancel_refusal_code, "Too early to cancel")
    provider.close(activation, "cancelled", refund=settings.cancel_policy == "refund")
    return _said(provider, "Cancelled", activation.id)


def set_status(provider: Provider, account: Account, parameters: Parameters) -> Envelope:
    """Answer `setStatus`, which knows one status: 8, cancel."""
    if CANCEL_STATUS not in {parameters.get("status"), parameters.get("status_code")}:
        return refusal(INVALID)
    return cancel_number(provider, account, parameters)


def get_status(provider: Provider, account: Account, parameters: Parameters) -> Envelope:
    """Answer `getStatus`, which without an id is revision 1's product list."""
    return get_sms(provider, account, parameters) if "id" in parameters else get_products(provider, account, parameters)


Handler = Callable[[Provider, Account, Parameters], Envelope]
CALLS: dict[int, dict[str, Handler]] = {
    1: {"getBalance": get_balance, "getNumber": get_number, "getSms": get_sms, "setStatus": set_status, "getStatus": get_status},
    2: {
        "getBalance": get_balance,
        "getNumber": get_number,
        "getSms": get_sms,
        "cancelNumber": cancel_number,
        "getProducts": get_products,
    },
}
"""The calls of each revision; any other name is HTTP 404."""
