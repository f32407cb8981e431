"""Whatever text comes, from a user, a product or an SMS: reading and cutting it ends in a text, never in an error."""

from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from bot.handlers.token import find_token, is_surely_token
from bot.locales import Languages
from bot.otpbuddy import Product
from bot.screens.callback import MAX_BYTES
from bot.screens.callbacks import Shop
from bot.screens.screen import html, shorten
from bot.services.codes import extract_code
from bot.services.errors import TokenRefused
from bot.services.numbers import copyable, international
from bot.services.search import search
from tests.fuzz.engine import RAN, profile
from tests.fuzz.texts import texts

ANY = texts(10_000, surrogates=True)
WORDS = Languages("INR")


@profile(60)
@given(ANY)
def test_a_code_is_a_short_word_out_of_the_text_or_none(text: str) -> None:
    RAN["extract_code"] += 1
    code = extract_code(text)
    assert code is None or (3 <= len(code) <= 12 and code.isascii() and code.isalnum())


@profile(60)
@given(ANY, texts(8, surrogates=True))
def test_a_number_is_shown_as_a_number_or_as_it_came(number: str, country: str) -> None:
    RAN["international"] += 1
    for shown in (international(number, country), copyable(number, country)):
        assert shown == number or (shown.startswith("+") and shown.isascii())


@profile(60)
@given(ANY, st.integers(1, 4096))
def test_a_text_is_cut_to_its_length_and_stays_one(text: str, length: int) -> None:
    RAN["shorten"] += 1
    cut = shorten(text, length)
    assert len(cut.encode("utf-16-le", "surrogatepass")) // 2 <= length
    assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))


@profile(40)
@given(ANY, st.lists(st.builds(Product, id=texts(128), name=texts(300), price=st.just(Decimal(1))), max_size=8))
def test_a_search_finds_only_what_is_on_sale_and_everything_by_its_own_name(query: str, products: list[Product]) -> None:
    RAN["search"] += 1
    assert all(found in products for found in search(products, query).products)
    assert all(product in search(products, product.name).products for product in products)
    assert len(Shop(999_999, query).pack().encode()) <= MAX_BYTES


@profile(60)
@given(ANY)
def test_a_token_is_a_word_of_the_text_or_refused(text: str) -> None:
    RAN["find_token"] += 1
    is_surely_token(text)
    try:
        token = find_token(text).get_secret_value()
    except TokenRefused:
        return
    assert token in text
    assert len(token) <= 512


@profile(60)
@given(ANY)
@example("{0.__class__}")
def test_outside_text_cannot_leave_its_place_in_a_template(text: str) -> None:
    RAN["html"] += 1
    filled = html("<b>{name}</b> and {name}", name=text)
    assert filled.count("<") == 2
    assert filled.unescape() == f"<b>{text}</b> and {text}"


@profile(60)
@given(texts(40, surrogates=True))
def test_any_language_code_has_words(code: str) -> None:
    RAN["languages"] += 1
    assert WORDS.words(code).gettext("") == ""
