"""Which numbers in a text could be a code at all: by their shape, and by what stands right beside them."""

import itertools

import pytest

from bot.services.codes.scan import HIDDEN, Candidate, candidates, hide_addresses, lowered, normalise

SPACED = {(3, 3), (2, 2), (2, 2, 2), (2, 2, 2, 2), *((1,) * count for count in range(4, 9))}
HYPHENED = (SPACED | {(4, 4)}) - {(2, 2)}
SHAPES = [shape for count in (2, 3) for shape in itertools.product(range(1, 6), repeat=count)] + [
    *((1,) * count for count in range(4, 11)),
    *((2,) * count for count in range(4, 7)),
    (2, 2, 2, 1),
    (1, 2, 2, 2),
    (2, 2, 3, 2),
    (2, 1, 2, 2),
    (3, 3, 3, 3),
    (4, 4, 4, 4),
]


def found(text: str) -> list[str]:
    return [candidate.code for candidate in candidates(text)]


def groups(shape: tuple[int, ...], separator: str) -> str:
    digits = iter("1234567890" * 5)
    return separator.join("".join(next(digits) for _ in range(size)) for size in shape)


@pytest.mark.parametrize("shape", SHAPES)
def test_groups_are_one_code_where_codes_are_printed_so(shape: tuple[int, ...]) -> None:
    spaced, hyphened = groups(shape, " "), groups(shape, "-")
    assert (candidates(f"a {spaced} b") == [Candidate(spaced.replace(" ", ""), 2, 2 + len(spaced))]) is (shape in SPACED)
    assert (candidates(f"a {hyphened} b") == [Candidate(hyphened.replace("-", ""), 2, 2 + len(hyphened))]) is (shape in HYPHENED)
    if shape not in HYPHENED:
        assert candidates(f"a {hyphened} b") == []


@pytest.mark.parametrize("size", range(1, 14))
def test_four_to_eight_digits_may_be_a_code(size: int) -> None:
    digits = groups((size,), "")
    assert candidates(f"a {digits} b") == ([Candidate(digits, 2, 2 + size)] if 4 <= size <= 8 else [])


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("in 5 482913", ["482913"]),
        ("482913 10", ["482913"]),
        ("5 123-456 10", ["123456"]),
        ("5 1-2-34 10", []),
        ("5 123456789", []),
        ("4829 4829", []),
        ("123 4567", []),
        ("4567 123", []),
        ("12 345 6789", []),
        ("48291  3948", ["48291", "3948"]),
        ("48291\n3948", ["48291", "3948"]),
        ("482913 a 394857", ["482913", "394857"]),
        ("123-456 789", []),
        ("12-34-56", ["123456"]),
        ("1-2 345", []),
    ],
)
def test_among_small_numbers_the_only_long_one_may_be_a_code(text: str, codes: list[str]) -> None:
    assert found(text) == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("A1B2", ["A1B2"]),
        ("a1b", []),
        ("A1B2C3D4E5", ["A1B2C3D4E5"]),
        ("A1B2C3D4E5F", []),
        ("ABCDEF", []),
        ("XX4321", []),
        ("4321XXX", []),
        ("12xx34", []),
        ("X4321", ["X4321"]),
        ("RS500", []),
        ("rs5000", []),
        ("10min", []),
        ("10MINS", []),
        ("B612", ["B612"]),
        ("G-482913", ["482913"]),
        ("g-482913", ["482913"]),
        ("FB-48291", ["48291"]),
        ("G-123-456", ["123456"]),
        ("G-12", []),
        ("QWRT-482913", []),
        ("OTP-4821", ["4821"]),
        ("code-482913", ["482913"]),
        ("A1B-C2D", []),
        ("a1b-c2d", []),
        ("A1B2-C3D4", ["A1B2-C3D4"]),
        ("a1b2-c3d4", []),
        ("A1B2-C3D", []),
        ("A1-B2", []),
        ("ABC-DEF", []),
        ("ABC-DEF1", []),
        ("ABCD-EFG1", ["ABCD-EFG1"]),
    ],
)
def test_letters_and_digits_may_be_a_code_together(text: str, codes: list[str]) -> None:
    assert found(f"it is {text}.") == codes


@pytest.mark.parametrize("text", ["G-482913", "OTP-4821", "A1B2-C3D4", "A1B2C3"])
def test_a_candidate_stands_where_its_digits_do(text: str) -> None:
    (candidate,) = candidates(f"it is {text} now")
    length = len(text) if text[0] in "GA" else 4
    assert (candidate.start, candidate.end) == (6 + len(text) - length, 6 + len(text))


@pytest.mark.parametrize("number", ["4821", "482913", "A1B2C3", "12 34 56", "123-456"])
@pytest.mark.parametrize("beside", [*"+#@_/\\&^~$%•·●…?éÉ€₹", "..", "1.", "1,", "1:", "1'", "*", "₹ ", "Rs. ", "rs ", "USD "])
def test_what_stands_before_may_make_a_number_something_else(number: str, beside: str) -> None:
    assert found(f"see {number}") != []
    assert found(f"see {beside}{number}") == []


@pytest.mark.parametrize("number", ["4821", "482913", "A1B2C3", "12 34 56", "123-456"])
@pytest.mark.parametrize(
    "beside",
    [*"#@_\\&^~%•·●é€₹*", "/-", ".5", ",5", ":5", "'5", "/5", "-é", "É", " %", " €", " mins", " MINS", " minutes", " rupees", " hours"],
)
def test_what_stands_after_may_make_a_number_something_else(number: str, beside: str) -> None:
    assert found(f"see {number}{beside} b") == []


@pytest.mark.parametrize(("text", "codes"), [("Rs{}4821", [[], ["4821"]]), ("4821{}   mins", [[], ["4821"]])])
def test_a_currency_or_a_unit_reaches_over_ten_spaces(text: str, codes: list[list[str]]) -> None:
    assert [found(text.format(" " * spaces)) for spaces in (10, 11)] == codes


@pytest.mark.parametrize("number", ["4821", "482913", "A1B2C3", "12 34 56", "123-456"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("see ", "."),
        ("see: ", ", b"),
        ("see.", ".b"),
        ("(", ")"),
        ('"', '"'),
        ("'", "'"),
        ("验", "码"),
        ("see:", ": b"),
        ("see,", ","),
        ("<", ">"),
        ("- ", "-"),
        ("see ", "- b"),
        ("see ", "/"),
        ("see ", "?"),
        ("see ", "…"),
        ("a ", "/ b"),
    ],
)
def test_other_neighbours_leave_a_number_as_it_is(number: str, before: str, after: str) -> None:
    assert found(f"{before}{number}{after}") == [number.replace(" ", "").replace("-", "")]


@pytest.mark.parametrize("number", ["4821", "482913", "A1B2C3", "123-456", "123 456", "12 34 56", "1 2 3 4"])
@pytest.mark.parametrize("stars", ["*", "**"])
def test_a_number_in_bold_stays_one(number: str, stars: str) -> None:
    assert found(f"see {stars}{number}{stars} b") == [number.replace("-", "").replace(" ", "")]


@pytest.mark.parametrize(("before", "after"), [("*", "**"), ("**", "*"), ("", "*"), ("***", "")])
@pytest.mark.parametrize("number", ["4821", "12 34 56"])
def test_a_number_between_unlike_stars_is_masked(number: str, before: str, after: str) -> None:
    assert found(f"see {before}{number}{after} b") == []


def test_every_character_is_read_as_what_it_looks_like() -> None:
    printable = "".join(map(chr, range(0x20, 0x7F)))
    assert normalise(printable) == printable
    assert normalise("".join(chr(code) for code in range(0xFF01, 0xFF5F))) == printable[1:]
    assert normalise("\uff00\uff5f") == "\uff00\uff5f"
    assert normalise("٠١٢٣٤٥٦٧٨٩ ०१२३४५६७८९ 𝟘𝟙") == "0123456789 0123456789 01"
    assert normalise("1\u20102\u20113\u20124\u20135\u20146\u20157\u22128\ufe589\ufe630\uff0d") == "1-2-3-4-5-6-7-8-9-0-"
    assert normalise("\u200f\u200b\u2060\u00ad\ufeff1\ufe0f\u20e32\ufe003") == "123"
    assert normalise("\ufdff\ufe10") == "\ufdff\ufe10"
    assert normalise("\n\r\u0085\u2028\u2029") == "\n" * 5
    assert normalise("\t\x00\x1f\x7f\u00a0\u3000\u2003") == " " * 7
    assert normalise("e\u0301") == "é"


def test_lower_case_keeps_every_character_in_its_place() -> None:
    assert lowered("İSTANBUL Straße ΑΣ 1") == "istanbul straße ασ 1"
    assert len(lowered("İİİ")) == 3


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("see https://a.b/1234 now", "see {} now"),
        ("(https://a.b/1234)", "({}"),
        ("x:https://a.b/1234", "x:{}"),
        ("://1234 now", "{} now"),
        ("://1234/a now", "{} now"),
        ("a1https://b/1234", "a1{}"),
        ("see a.example.com/1234 now", "see {} now"),
        ("see A.Example.COM/1234 now", "see {} now"),
        ("see <a.com:8080/1234", "see <{}"),
        ("mail a1234@b2345.com now", "mail {} now"),
        ("a@ 1234 @b", "a@ 1234 @b"),
        ("1/2 and and/or 1234/5678", "1/2 and and/or 1234/5678"),
        ("a.com 1234", "a.com 1234"),
    ],
)
def test_addresses_are_not_read(text: str, seen: str) -> None:
    head, hidden, tail = seen.partition("{}")
    length = len(text) - len(head) - len(tail)
    assert hide_addresses(text) == (head + HIDDEN * length + tail if hidden else text)
