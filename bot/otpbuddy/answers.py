"""What the provider's successful answers say, in either revision's shape."""

from dataclasses import dataclass
from decimal import Decimal

from bot.otpbuddy.values import UnclearError, amount, describe, identifier, price, text

_PLAIN_SUCCESS = frozenset({"ok", "success", "done", "successful"})


@dataclass(frozen=True, slots=True)
class Product:
    """A service that a number can be bought for; `price` is in the account's currency, which the API never names."""

    id: str
    name: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class ProductList:
    """The products that could be read, in the provider's order, and the names of the entries that could not."""

    products: tuple[Product, ...]
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Purchase:
    """A bought number: the provider's id for it and the telephone number as the provider writes it."""

    id: str
    number: str


@dataclass(frozen=True, slots=True)
class SmsAnswer:
    """The SMS texts that the provider shows now, in its order; none while it says "waiting"."""

    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Envelope:
    """An answer's outcome code, its `data` and its `message`, as they came."""

    code: int
    data: object = None
    message: object = None


def balance(envelope: Envelope) -> Decimal:
    """Read `data.balance`; it may be negative."""
    return amount(_record(envelope.data).get("balance"), "data.balance")


def purchase(envelope: Envelope) -> Purchase:
    """Read `data.id` and `data.number`."""
    record = _record(envelope.data)
    return Purchase(identifier(record.get("id"), "data.id"), identifier(record.get("number"), "data.number"))


def sms(envelope: Envelope) -> SmsAnswer:
    """Read the SMS texts: the documented `message`, and whatever `data` holds of the kind; none for 210."""
    if envelope.code != 200:  # noqa: PLR2004  # The envelope's only other success, "waiting for message", is 210.
        return SmsAnswer()
    texts = _texts(envelope.data)
    said = text(envelope.message)
    if said and said not in texts and not (texts and said.lower() in _PLAIN_SUCCESS):
        texts.insert(0, said)
    if not texts:
        raise UnclearError("message", describe(envelope.message))
    return SmsAnswer(tuple(texts))


def cancelled(envelope: Envelope) -> str:
    """Read what the provider says to a cancellation; "" where it says nothing."""
    return text(envelope.message) or next(iter(_texts(envelope.data)), "")


def products(envelope: Envelope) -> ProductList:
    """Read the product list: an object of name → {id, price}, or a list of {product_name, price, product_id}.

    Entries that cannot be read are skipped and named, and so are those whose id stands there at two prices: nobody
    could say what such a product would cost.

    Raises:
        UnclearError: where there are entries, and not one could be read.

    """
    read: list[Product] = []
    skipped: list[str] = []
    first_problem: UnclearError | None = None
    for label, name, entry in _entries(envelope.data):
        try:
            read.append(_product(label, name, entry))
        except UnclearError as error:
            first_problem = first_problem or error
            skipped.append(label)
    prices: dict[str, set[Decimal]] = {}
    for product in read:
        prices.setdefault(product.id, set()).add(product.price)
    clear = tuple(product for product in read if len(prices[product.id]) == 1)
    skipped += [product.name for product in read if len(prices[product.id]) > 1]
    if skipped and not clear:
        raise first_problem or UnclearError("data", "one id at several prices")
    return ProductList(clear, tuple(skipped))


def _entries(data: object) -> list[tuple[str, str | None, object]]:
    """Give each entry of a product list with what to call it in an error, and its name where it has one."""
    if isinstance(data, dict):
        named = [(text(key), entry) for key, entry in data.items()]
    elif isinstance(data, list):
        named = [(None, entry) for entry in data]
    else:
        raise UnclearError("data", describe(data))
    entries: list[tuple[str, str | None, object]] = []
    for index, (key, entry) in enumerate(named, 1):
        inner = entry if isinstance(entry, dict) else {}
        name = text(inner.get("product_name")) or text(inner.get("name")) or key
        entries.append((name or f"#{index}", name, entry))
    return entries


def _product(label: str, name: str | None, entry: object) -> Product:
    if not isinstance(entry, dict):
        raise UnclearError(f"data.{label}", describe(entry))
    if name is None:
        raise UnclearError(f"data.{label}.product_name", describe(entry.get("product_name")))
    id_field = "product_id" if "product_id" in entry else "id"
    return Product(
        id=identifier(entry.get(id_field), f"data.{label}.{id_field}"),
        name=name,
        price=price(entry.get("price"), f"data.{label}.price"),
    )


def _record(data: object) -> dict[str, object]:
    """Give the one object in `data`, which may be wrapped in a list."""
    if isinstance(data, list) and len(data) == 1:
        (data,) = data
    if not isinstance(data, dict):
        raise UnclearError("data", describe(data))
    return data


def _texts(data: object) -> list[str]:
    """Collect the SMS texts in `data`: text, an object with a `message`, or a list of either."""
    entries = data if isinstance(data, list) else [data]
    found = (text(entry.get("message") if isinstance(entry, dict) else entry) for entry in entries)
    return [words for words in found if words]
