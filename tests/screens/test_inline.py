"""What inline mode shows: Telegram takes every result whatever the product is called, and no price leaves the chat with the bot."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.otpbuddy import NoAnswer, OtpbuddyError, Product, TokenRejected
from bot.sandbox.telegram.methods_queries import inline_text
from bot.screens import inline, links
from bot.services.catalog import product_key
from bot.services.errors import NotConnected, ServiceError
from tests.screens.gallery import WORDS
from tests.screens.test_gallery import HOSTILE

NAMES = st.one_of(st.sampled_from(list(HOSTILE.values())), st.text(st.characters(codec="utf-8"), min_size=1, max_size=300))


@given(NAMES, st.booleans())
def test_telegram_takes_every_product_and_its_link_leads_to_it(name: str, priced: bool) -> None:
    (result,) = inline.results(WORDS, [Product("x" * 128, name, Decimal("38.50"))], "otpbuddy_bot", priced=priced)
    given_result = json.loads(result.to_json())
    text, entities = inline_text(given_result["input_message_content"])
    assert text.startswith("🛒")
    assert [links.product_behind(entity["url"]) for entity in entities if entity["type"] == "text_link"] in ([product_key("x" * 128)], [])
    assert result.title
    assert len(result.id) == 11
    assert "38.50" not in text
    assert ("38.50" in str(result.description)) == priced


@pytest.mark.parametrize("parameter", ["", "buy_", "buy_short", "buy_" + "k" * 12, "connect", "buy_ABCDEFGHIJ?", "xbuy_ABCDEFGHIJK"])
def test_a_parameter_that_no_link_of_ours_carries_names_no_product(parameter: str) -> None:
    assert links.product_in(parameter) is None
    assert links.product_behind(f"https://t.me/otpbuddy_bot?start={parameter}") is None


def test_a_link_names_its_product() -> None:
    key = product_key("wa")
    link = links.product_link("otpbuddy_bot", key)
    assert links.product_behind(link) == key
    assert links.product_in(link.partition("start=")[2]) == key
    assert links.product_behind("https://example.org/") is None


@pytest.mark.parametrize(
    ("error", "parameter"),
    [(NotConnected(), links.CONNECT), (TokenRejected("products", "401"), links.CONNECT), (NoAnswer("products", "cut"), links.MENU)],
)
def test_a_problem_has_one_line_and_leads_to_where_it_is_mended(error: ServiceError | OtpbuddyError, parameter: str) -> None:
    button = inline.problem(WORDS, error)
    assert button.start_parameter == parameter
    assert len(button.text) <= 60
