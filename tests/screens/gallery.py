"""Every screen of the bot in every state, with the worst that may come from outside in it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product
from string import ascii_lowercase
from typing import Any

from bot.locales import Languages, Words
from bot.otpbuddy import Product, ServerError
from bot.screens import access, account, farewell, holding, listing, number, numbers, overview, preferences, problems, shop, welcome
from bot.screens.callbacks import Shop
from bot.screens.places import LAST_PAGE, fitting
from bot.screens.screen import Screen
from bot.services.activations import Cancelling, Held
from bot.services.errors import (
    Banned,
    Closed,
    InviteOver,
    IsAdmin,
    IsBanned,
    NotInvited,
    NotOnSale,
    OtherAccount,
    PurchaseUnderWay,
    TooManyActive,
)
from bot.services.farewell import Belongings
from bot.services.lists import Listing
from bot.services.preferences import Options, Preference
from bot.services.purchases import Ceilings
from bot.services.search import Found
from bot.services.shelves import Kept, Shelf, Stock
from bot.services.statements import History
from bot.services.statements import Kept as Purchases
from storage.models import CLOSED, OPEN, Activation, Chat, Sms, SortOrder, State
from tests.screens.gallery_admin import running
from tests.screens.gallery_broadcast import broadcasts
from tests.screens.gallery_money import money
from tests.screens.gallery_people import looking_after

LANGUAGES = Languages("INR")
WORDS = LANGUAGES.words("en")
NOON = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
LONGEST_ID = "Zz_-" * 6
LONGEST_MONEY = Decimal("999999999999999.12345678901234567891")
WITH_NUMBER = OPEN | CLOSED
EVERY_CODE = [first + second for first in ascii_lowercase for second in ascii_lowercase]
REASONS = (
    "insufficient_balance",
    "product_not_found",
    "number_expired",
    "invalid_id",
    "invalid_parameter",
    "no_such_call",
    "token_rejected",
    "not_sent",
    "no_answer",
    "server_error",
    "unavailable",
    "unexpected_answer",
    "interrupted",
)
BALANCES = (
    (None, None),
    (None, Decimal(5)),
    (Decimal(100), None),
    (Decimal(100), Decimal("138.50")),
    (LONGEST_MONEY, LONGEST_MONEY),
    (LONGEST_MONEY, -LONGEST_MONEY),
)


def activation(state: State, **values: Any) -> Activation:
    """Make an activation with everything that its state brings."""
    bought = state in WITH_NUMBER
    given: dict[str, Any] = {
        "id": LONGEST_ID,
        "chat_id": 2**52 - 1,
        "state": state,
        "product_id": "wa",
        "product_name": "WhatsApp",
        "country": "in",
        "price": Decimal("38.50"),
        "offered_at": NOON,
        "requested_at": None if state is State.OFFERED else NOON,
        "number": "919876543210" if bought else None,
        "provider_id": "63dca665627" if bought else None,
        "expires_at": NOON + timedelta(minutes=20) if bought else None,
        "version": 1,
    }
    return Activation(**given | values)


def sms(text: str, position: int = 1) -> Sms:
    return Sms(id=position, activation_id=LONGEST_ID, position=position, digest="", text=text, received_at=NOON)


def held(bought: Activation, *texts: str) -> Held:
    return Held(bought, tuple(sms(text, position) for position, text in enumerate(texts, start=1)))


def cards(outside: str, words: Words = WORDS) -> Iterator[tuple[str, Screen]]:
    """Draw the card in every state that it can show, with and without SMS, reason, balances and the question."""
    for state in sorted(set(State) - {State.OFFERED}):
        reasons = (None, *REASONS) if state in {State.ACTIVE, State.REJECTED} else (None, "interrupted")
        texts = ((), ("Your code is 123-456",), tuple(f"{outside} {count}" for count in range(7))) if state in WITH_NUMBER else ((),)
        for messages, asking in product(texts, (False, True) if state in OPEN else (False,)):
            for reason, (before, after) in product(reasons, BALANCES):
                shown = activation(
                    state,
                    asking=asking,
                    product_name=outside,
                    product_id=outside[:128],
                    reason=reason,
                    balance_before=before,
                    balance_after=after,
                    closing_before=before,
                    closing_after=after,
                    price=LONGEST_MONEY if before == LONGEST_MONEY else Decimal("38.50"),
                )
                title = f"{state} with {len(messages)} SMS, {reason}, {before} to {after}{', asking' if asking else ''}"
                yield title, number.card(words, held(shown, *messages))


def pushes(outside: str, words: Words) -> Iterator[tuple[str, Screen]]:
    texts = (outside, f"Your code is 123456. {outside}", f"{outside} код 12 34 56", outside[:256], outside[:257])
    for position, text in enumerate(texts):
        for phone in ("919876543210", "9163001XXXXX", "X" * 128):
            shown = activation(State.ACTIVE, product_name=outside, number=phone)
            yield f"SMS {position} on {phone[:12]}", number.sms_push(words, shown, sms(text))


def letters(count: int) -> tuple[Product, ...]:
    """Make products that begin with as many different letters."""
    return tuple(Product(f"p{number}", chr(0x4E00 + number) * 20, LONGEST_MONEY + number) for number in range(count))


def shops(outside: str, words: Words) -> Iterator[tuple[str, Screen]]:
    products = tuple(Product(outside[:128] + str(count), outside, LONGEST_MONEY) for count in range(100))
    query = outside[:64]
    for page in (0, 1, 12, 999_999):
        yield f"products, page {page}", listing.products(words, Found(products), page, "")
        yield f"found, page {page}", listing.products(words, Found(products), page, fitting(query))
    yield "similar", listing.products(words, Found(products[:8], similar=True), 0, fitting(query))
    yield "nothing found", listing.products(words, Found(()), 0, query)
    yield "nothing found but another", listing.products(words, Found(()), 0, fitting(query), other=products[0])
    yield "no products", listing.products(words, Found(()), 0, "")
    for order, kept in product(SortOrder, (Kept(), Kept(True, False), Kept(True, True))):
        look = listing.Look(order, kept, inline=True)
        yield f"products {order} with {kept}", listing.products(words, Found(products), 1, "", look)
        yield f"nothing found, {order} with {kept}", listing.products(words, Found(()), 0, query, look)
        for shelf, stock in product(Shelf, (Stock((), 0), Stock((), 1), Stock(products, 2), Stock(products[:1], 0))):
            yield f"{shelf} {len(stock.products)} {stock.gone} {kept}", listing.own(words, shelf, stock, 1, look)
        yield f"jump {order}", listing.jump(words, products, order)
        yield f"jump {order}, many", listing.jump(words, letters(200), order)
    place = Shop(LAST_PAGE, fitting(query)).pack()
    offered = activation(State.OFFERED, product_name=outside, place=place)
    for codes, page in ((["in", "gb", "zz"], 0), (EVERY_CODE, 0), (EVERY_CODE, 13), (EVERY_CODE, 99)):
        yield f"countries, page {page} of {len(codes)}", shop.countries(words, products[0], codes, page, place)
        yield f"other countries, page {page} of {len(codes)}", shop.other_countries(words, offered, codes, page)
    yield "offer with everything", shop.offer(words, offered, starred=True, movable=True)
    for balance in (None, Decimal(0), LONGEST_MONEY):
        offered = activation(State.OFFERED, product_name=outside, balance_before=balance)
        yield f"offer with {balance}", shop.offer(words, offered)
        yield f"changed offer with {balance}", shop.offer(words, offered, old_price=LONGEST_MONEY)
    yield "declined", shop.declined(words)
    yield "connect first", shop.connect_first(words)


def overviews(outside: str, words: Words) -> Iterator[tuple[str, Screen]]:
    every = [activation(state, product_name=outside, price=LONGEST_MONEY) for state in State]
    yield "no history", overview.history(words, History(0, 1, [], 0, Decimal(0), Decimal(0), Purchases.ALL, 0))
    for page, start in ((0, 0), (1, 8), (5, 0)):
        past = History(page, 6, every[start : start + 8], 41, LONGEST_MONEY, Decimal(0), Purchases.ALL, 41)
        yield f"history, page {page}", overview.history(words, past)
    yield "one purchase", overview.history(words, History(0, 1, every[:1], 1, Decimal(0), Decimal(0), Purchases.ALL, 1))


def holdings(outside: str, words: Words) -> Iterator[tuple[str, Screen]]:
    open_ones = [activation(state, product_name=outside, number=phone) for state in OPEN for phone in (outside[:128], None, "919876543210")]
    every = [held(one, *texts) for one in open_ones for texts in ((), (outside,), (f"Your code is 123456. {outside}",))]
    chat = Chat(id=1, created_at=NOON)
    yield "no numbers", numbers.listing(words, Listing(chat, [], 5))
    yield "numbers", numbers.listing(words, Listing(chat, every[:5], 5))
    yield "a hundred numbers", numbers.listing(words, Listing(chat, every * 6, 1000))
    for one in every:
        title = f"{one.activation.state} number with {len(one.messages)} SMS"
        yield f"warning of a {title}", holding.warning(words, one)
        yield f"kept {title}", holding.kept(words, one)
        yield f"too late for a {title}", holding.see_card(words, one)
        yield f"cancelled {title}", holding.cancelled(words, one)
        for outcome, replacing in product((Cancelling.REFUSED, Cancelling.UNCLEAR), (False, True)):
            yield f"{outcome.name} {title}, {replacing}", holding.not_cancelled(words, one, outcome, replacing=replacing)
    for error in (NotOnSale(), TooManyActive(5), ServerError("205")):
        yield f"nothing offered: {type(error).__name__}", holding.nothing_offered(words, LONGEST_ID, error)


def accounts(outside: str, words: Words) -> Iterator[tuple[str, Screen]]:
    for flag in (False, True):
        yield f"ask for a token, {flag}", account.ask_for_token(words, "https://otpbuddy.xyz", connected=flag)
        yield f"connected, {flag}", account.connected(words, LONGEST_MONEY, deleted=flag)
        yield f"menu, {flag}", welcome.menu(words, connected=flag)
        yield f"menu of an admin, {flag}", welcome.menu(words, connected=flag, admin=True)
        yield f"help, {flag}", welcome.help_screen(words, Ceilings(5, 20), admin=flag)
        yield f"token in a group, {flag}", welcome.token_in_group(words, "otpbuddy_bot", deleted=flag)
    for obstacle in (Banned(outside), Banned("bulk"), Banned(None), Closed(None), Closed(outside), NotInvited()):
        yield f"menu without {obstacle!r:.30}", welcome.menu(words, connected=True, obstacle=obstacle)
        yield f"kept out by {obstacle!r:.30}", problems.explain(obstacle, words)
    for error in (*map(InviteOver, ("used", "expired", "revoked", "unknown")), IsAdmin(), IsBanned()):
        yield f"not so: {error!r}", problems.explain(error, words)
    yield "greeting without an invitation", welcome.uninvited(words, outside[:64])
    yield "ban lifted", access.ban_lifted(words)
    yield "admitted", access.admitted(words)
    yield "balance", account.balance(words, LONGEST_MONEY)
    yield "disconnected", account.disconnected(words)
    yield "nothing to disconnect", account.nothing_to_disconnect(words)
    yield "confirm disconnecting one", account.confirm_disconnect(words, 1)
    yield "confirm disconnecting many", account.confirm_disconnect(words, 1000)
    yield "greeting", welcome.greeting(words, outside[:64])
    yield "not understood", welcome.not_understood(words)
    yield "only in private", welcome.only_in_private(words, "otpbuddy_bot")
    yield "no code yet", number.no_code_yet(words)
    yield "code arrived instead", number.code_arrived_instead(words)
    yield "token rejected", problems.token_rejected(words)
    yield "provider trouble", problems.provider_trouble(words)
    yield "broken", problems.broken(words)
    yield "flooding", problems.flooding(words)


def decisions(_outside: str, words: Words) -> Iterator[tuple[str, Screen]]:
    """Draw the settings with each choice made and none, and what is said before and after a chat is forgotten."""
    chosen: dict[str, Any] = {
        "chosen_language": "hi",
        "country": "gb",
        "sort_order": SortOrder.PRICE,
        "auto_cancel_minutes": 15,
        "quiet": True,
        "warn_before_expiry": False,
        "low_balance": Decimal("999999999999.99"),
        "mutes_broadcasts": True,
    }
    codes = [code.lower() for code in sorted(words.locale.territories) if len(code) == 2][:70]
    every = Options(LANGUAGES.codes, codes, (3, 5, 10, 15), (20, 50, 100, 200, 500))
    for options, values in product((every, replace(every, countries=("in",))), ({}, chosen)):
        chat = Chat(id=1, created_at=NOON, **values)
        name = f"{len(options.countries)} countries, {'all' if values else 'nothing'} chosen"
        yield f"settings, {name}", preferences.settings(words, chat, options)
        for preference, page in product(Preference, (0, 2, 999_999)):
            drawn = preferences.choices(words, preference, chat, options, page)
            if drawn is not None:
                yield f"choices of {preference}, page {page}, {name}", drawn
    for active, doubtful in product((0, 1, 3), (0, 1, 3)):
        left = Belongings(active, doubtful, restricted=active == 1, by_invitation=doubtful == 1)
        yield f"forget {active} and {doubtful}?", farewell.confirm(words, left)
        yield f"forgot {active} and {doubtful}", farewell.forgotten(words, left)
    yield "purchase under way", problems.explain(PurchaseUnderWay(), words)
    yield "other account", problems.explain(OtherAccount(2), words)


def everything(outside: str, words: Words = WORDS) -> Iterator[tuple[str, Screen]]:
    """Draw all screens in one language, with a text from outside wherever one is shown."""
    for gallery in (pushes, shops, holdings, overviews, accounts, decisions, money, running, looking_after, broadcasts):
        yield from gallery(outside, words)
