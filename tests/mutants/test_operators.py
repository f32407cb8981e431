"""Which mistakes are made in a piece of code, and which are not."""

import textwrap

import pytest

from tests.mutants.operators import mutants


def changes(source: str) -> set[str]:
    """What becomes of the only line that changes."""
    return {mutant.after for mutant in mutants(textwrap.dedent(source))}


@pytest.mark.parametrize(
    ("line", "mistakes"),
    [
        ("a < b", {"a <= b", "a >= b"}),
        ("a <= b <= c", {"a < b <= c", "a > b <= c", "a <= b < c", "a <= b > c"}),
        ("a == b", {"a != b"}),
        ("a is not b", {"a is b"}),
        ("a in b", {"a not in b"}),
        ("a and b", {"a or b", "a", "b"}),
        ("a or b or c", {"a and b and c", "b or c", "a or c", "a or b"}),
        ("not a", {"a"}),
        ("-a", {"a"}),
        ("a + b * c", {"a - b * c", "a + b / c"}),
        ("True", {"False"}),
        ("7", {"8", "6"}),
        ("0.5", {"1.5", "-0.5"}),
        ("'text'", {"''"}),
        ("b''", {"b'~'"}),
        ("f(a, b=c, **d)", {"f(a, **d)"}),
        ("min(a, b)", {"max(a, b)"}),
        ("a.strip()", {"a"}),
        ("[a for a in b if a]", {"[a for a in b if not a]"}),
        ("a if b else c", {"a if not b else c"}),
        ("a[1:]", {"a[2:]", "a[0:]"}),
        ("f'{a} of 5'", set()),
        ("a.writing('note it')", set()),
    ],
)
def test_mistakes_in_an_expression(line: str, mistakes: set[str]) -> None:
    assert changes(f"value = {line}") == {f"value = {mistake}" for mistake in mistakes}


@pytest.mark.parametrize(
    ("line", "mistakes"),
    [
        ("f(a)", {"pass"}),
        ("await f(a)", {"pass"}),
        ("raise a", {"pass"}),
        ("del a", {"pass"}),
        ("a.b = c", {"pass"}),
        ("a = a.b", {"pass"}),
        ("a = b", set()),
        ("a += b", {"pass", "a -= b"}),
        ("return a", {"return None"}),
        ("return None", set()),
        ("return False", {"return True"}),
        ("assert a == b", set()),
        ("import a", set()),
    ],
)
def test_mistakes_in_a_statement(line: str, mistakes: set[str]) -> None:
    found = list(mutants(f"async def work():\n    {line}\n"))
    assert {mutant.after for mutant in found} == mistakes
    assert {mutant.where for mutant in found} <= {"work"}


def test_what_is_caught_loses_one_kind_at_a_time() -> None:
    assert changes("try:\n    a\nexcept (B, C):\n    c") >= {"except (C,):", "except (B,):"}


def test_a_loop_goes_on_or_ends_where_it_should_not() -> None:
    assert changes("while a:\n    continue") == {"while not a:", "pass", "break"}


def test_words_for_readers_and_for_the_type_checker_stay() -> None:
    assert not changes(
        '''
        """Module."""
        T = TypeVar("T")
        __all__ = ["a"]

        @decorated(1, key=True)
        class A(B, metaclass=C):
            """Class."""

            a: "int | None"

            def b(self, c: "dict[str, 1]") -> "list[2]":
                """Function."""
        '''
    )


def test_a_mutant_has_a_name_that_edits_elsewhere_do_not_change_and_the_lines_that_lead_to_it() -> None:
    source = "class A:\n    def b(self):\n        if c:\n            d = 1\n        return (e,\n            1, 1)\n"
    found = list(mutants(source))
    assert [mutant.name for mutant in found] == [
        "A.b: if c: → if not c:",
        "A.b: d = 1 → d = 2",
        "A.b: d = 1 → d = 0",
        "A.b: return (e, 1, 1) → return None",
        "A.b: return (e, 1, 1) → return (e, 2, 1)",
        "A.b: return (e, 1, 1) → return (e, 0, 1)",
        "A.b: return (e, 1, 1) → return (e, 1, 2)",
        "A.b: return (e, 1, 1) → return (e, 1, 0)",
    ]
    assert [mutant.lines for mutant in found] == [range(3, 4)] + [range(4, 5)] * 2 + [range(5, 7)] * 5
    assert [mutant.name for mutant in mutants(f"# moved\n\n{source}")] == [mutant.name for mutant in found]


def test_the_same_mistake_twice_has_two_names() -> None:
    assert [mutant.name for mutant in mutants("f(a)\nf(a)\n")] == ["<module>: f(a) → pass", "<module>: f(a) → pass (#2)"]
