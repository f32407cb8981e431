"""The pictures of what was spent: real PNGs, legible, true to their numbers, whatever comes from outside."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.locales import Words
from bot.sandbox.telegram.uploads import image_size
from bot.screens import chart
from bot.services.spending import Day, Share, Spending, Waits
from tests.screens.gallery import LANGUAGES, WORDS
from tests.screens.gallery_money import LONGEST_MONEY, spent
from tests.screens.test_gallery import HOSTILE

D = Decimal
FIRST = date(2026, 2, 4)
Draw = Callable[[Words, Spending], bytes]
BLUE = (47, 143, 229)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def days(*amounts: str) -> Spending:
    every = [Day(FIRST + timedelta(days=number), D(amount), 1) for number, amount in enumerate(amounts)]
    return Spending(sum((day.spent for day in every), D(0)), D(0), len(every), every, [], Waits(0, 0, None, None))


def is_blue(colour: object) -> bool:
    """Whether a pixel is a bar's, give or take what smoothing and the palette change."""
    assert isinstance(colour, tuple)
    return all(abs(int(part) - other) < 12 for part, other in zip(colour, BLUE, strict=True))


def heights(image: Image.Image) -> list[int]:
    """Measure the bars of days from left to right, in pixels."""
    found: list[int] = []
    inside = False
    for x in range(image.width):
        height = sum(is_blue(image.getpixel((x, y))) for y in range(image.height))
        if height and not inside:
            found.append(height)
        elif height:
            found[-1] = max(found[-1], height)
        inside = bool(height)
    return found


@pytest.mark.parametrize("code", LANGUAGES.codes)
@pytest.mark.parametrize("draw", [chart.by_day, chart.by_product])
def test_a_picture_is_a_png_that_telegram_takes(draw: Draw, code: str) -> None:
    """https://core.telegram.org/bots/api#sendphoto: up to 10 MB, width and height together up to 10,000, their ratio up to 20."""
    content = draw(LANGUAGES.words(code), spent("WhatsApp", D("38.50")))
    width, height = image_size(content)
    assert (width, opened(content).size) == (1000, (width, height))
    assert 0 < height < 2000
    assert len(content) < 200_000


def test_bars_are_as_tall_as_what_was_spent() -> None:
    measured = heights(opened(chart.by_day(WORDS, days("100", "0", "50", "25", "0", "75"))))
    assert len(measured) == 4, "a day without spending has no bar"
    assert [round(height / measured[0], 2) for height in measured] == pytest.approx([1, 0.5, 0.25, 0.75], abs=0.02)


def test_a_day_of_almost_nothing_can_be_seen() -> None:
    assert len(heights(opened(chart.by_day(WORDS, days("1000", "0.01"))))) == 2


def test_what_came_back_beyond_what_was_spent_draws_nothing() -> None:
    assert heights(opened(chart.by_day(WORDS, days("-5", "10")))) != []
    assert len(heights(opened(chart.by_day(WORDS, days("-5", "10"))))) == 1


def test_pictures_of_different_numbers_differ_and_of_the_same_do_not() -> None:
    assert chart.by_day(WORDS, days("1", "2")) == chart.by_day(WORDS, days("1", "2"))
    assert chart.by_day(WORDS, days("1", "2")) != chart.by_day(WORDS, days("2", "1"))


@pytest.mark.parametrize("draw", [chart.by_day, chart.by_product])
def test_the_ground_is_white_and_the_ink_is_dark(draw: Draw) -> None:
    image = opened(draw(WORDS, spent("WhatsApp", D("38.50"))))
    corners = [(0, 0), (image.width - 1, 0), (0, image.height - 1), (image.width - 1, image.height - 1)]
    assert {image.getpixel(corner) for corner in corners} == {(255, 255, 255)}
    darkest = min(sum(colour) for _, colour in image.getcolors(image.width * image.height) or [] if isinstance(colour, tuple))
    assert darkest < 150


@pytest.mark.parametrize(("products", "shown", "rest"), [(0, 0, 0), (1, 1, 0), (9, 9, 0), (10, 8, 2), (40, 8, 32)])
def test_the_rest_is_never_a_single_product(products: int, shown: int, rest: int) -> None:
    parts = chart.split([Share(str(number), "x", D(1), 1) for number in range(products)])
    assert tuple(map(len, parts)) == (shown, rest)


def test_a_picture_of_nothing_is_one_all_the_same() -> None:
    nothing = days("0", "0")
    for draw in (chart.by_day, chart.by_product):
        assert image_size(draw(WORDS, nothing))[0] == 1000


def test_the_longest_amounts_fit() -> None:
    for draw in (chart.by_day, chart.by_product):
        image = opened(draw(LANGUAGES.words("ru"), spent("x" * 100, LONGEST_MONEY)))
        edge = chart.EDGE // 2
        margins = [image.crop((0, 0, edge, image.height)), image.crop((image.width - edge, 0, image.width, image.height))]
        assert [margin.getextrema() for margin in margins] == [((255, 255),) * 3] * 2, "nothing runs over the edge"


@pytest.mark.parametrize("outside", HOSTILE.values(), ids=HOSTILE)
def test_any_name_can_be_drawn(outside: str) -> None:
    assert image_size(chart.by_product(WORDS, spent(outside, D("38.50"))))[0] == 1000


@given(st.text(min_size=1, max_size=60), st.decimals("-1e15", "1e15", places=2))
@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_anything_can_be_drawn(outside: str, amount: Decimal) -> None:
    for draw in (chart.by_day, chart.by_product):
        assert image_size(draw(WORDS, spent(outside, amount, 10)))[0] == 1000


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("WhatsApp", True),
        ("Вконтакте", True),
        ("Ürün – №1 (é)", True),
        ("₹ ₽ ₸ € $", True),
        ("微信", False),
        ("카카오톡", False),
        ("व्हाट्सएप", False),
        ("شيفرة", False),
        ("👩‍👩‍👧", False),
        ("a\u202eb", False),
    ],
)
def test_a_name_that_the_font_lacks_gives_way_to_the_products_id(name: str, drawn: bool) -> None:
    """Nothing is drawn as an empty box; the caption has every name."""
    by_name = chart.by_product(WORDS, _one(name, "wx"))
    by_id = chart.by_product(WORDS, _one("wx", "other"))
    assert (by_name == by_id) is not drawn
    assert chart.by_product(WORDS, _one("微信 WeChat", "wc")) == chart.by_product(WORDS, _one("WeChat", "wc")), "what can be drawn, is"
    assert chart.by_product(WORDS, _one("微信", "微信")) == chart.by_product(WORDS, _one("\x00", "\x00")), "a number alone"


def _one(name: str, product_id: str) -> Spending:
    return Spending(D(1), D(0), 1, [Day(FIRST, D(1), 1)], [Share(product_id, name, D(1), 1)], Waits(0, 0, None, None))
