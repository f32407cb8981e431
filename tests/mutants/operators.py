"""Small mistakes to be made in a module, one at a time; a test suite that does not notice one has a hole there.

What is not code that runs in production stays as it is: docstrings, annotations, decorators, asserts, imports, and what transactions
are called, which only crash tests are told.
"""

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
_OTHER_FUNCTION = {"min": "max", "max": "min", "any": "all", "all": "any"}
_SHAPING = frozenset({"strip", "lstrip", "rstrip", "removeprefix", "lower", "upper", "casefold", "copy_abs"})
"""Methods of text and numbers without which the value goes on as it was."""
_PLAIN = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.NamedExpr, ast.Await)
"""Conditions that are negated; in others the operators are swapped anyway."""
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_UNTOUCHED = (ast.Import, ast.ImportFrom, ast.Assert, ast.JoinedStr)
_FIELDS_UNTOUCHED = frozenset({"annotation", "returns", "decorator_list", "type_params", "bases"})


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one mistake in it: the function or class, its line before and after, and the lines of code that it concerns."""

    where: str
    before: str
    after: str
    number: int
    lines: range
    source: str

    @property
    def name(self) -> str:
        """What it is called in results and in the list of equivalent ones; the same again after edits elsewhere in the module."""
        again = f" (#{self.number})" if self.number > 1 else ""
        return f"{self.where}: {self.before} → {self.after}{again}"


@dataclass(frozen=True, slots=True)
class _Place:
    """A node where it hangs in the tree, with the path of names to it and the statement that it belongs to."""

    owner: ast.AST
    field: str
    index: int | None
    node: ast.AST
    scope: tuple[str, ...]
    statement: ast.stmt

    def put(self, node: ast.AST) -> None:
        """Hang another node there."""
        if self.index is None:
            setattr(self.owner, self.field, node)
        else:
            getattr(self.owner, self.field)[self.index] = node


def mutants(source: str) -> Iterator[Mutant]:
    """Give every mutant of a module, in the order of its lines."""
    tree = ast.parse(source)
    plain = ast.unparse(tree).splitlines()
    seen: Counter[tuple[str, str, str]] = Counter()
    for place in list(_places(tree, (), None)):
        for other in _others(place):
            place.put(other)
            text = ast.unparse(ast.fix_missing_locations(tree))
            place.put(place.node)
            before, after = _changed_line(plain, text.splitlines())
            where = ".".join(place.scope) or "<module>"
            seen[where, before, after] += 1
            yield Mutant(where, before, after, seen[where, before, after], _lines(place), text + "\n")


def _places(owner: ast.AST, scope: tuple[str, ...], statement: ast.stmt | None) -> Iterator[_Place]:
    """Walk over what may be mutated."""
    for field, value in ast.iter_fields(owner):
        if field in _FIELDS_UNTOUCHED:
            continue
        if field == "args" and _is_transaction(owner):
            continue
        single = not isinstance(value, list)
        for index, node in enumerate([value] if single else value):
            if not isinstance(node, ast.AST) or isinstance(node, _UNTOUCHED) or _is_name_of_type(node):
                continue
            inside = node if isinstance(node, ast.stmt) else statement
            if inside is not None and not _is_docstring(node):
                yield _Place(owner, field, None if single else index, node, scope, inside)
                yield from _places(node, (*scope, node.name) if isinstance(node, _SCOPES) else scope, inside)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_transaction(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "writing"


def _is_name_of_type(node: ast.AST) -> bool:
    """Whether it declares a type variable or a public name, which say nothing at run time."""
    if not isinstance(node, ast.Assign):
        return False
    called = isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name) and node.value.func.id == "TypeVar"
    return called or (isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__")


def _lines(place: _Place) -> range:
    """The lines whose execution shows that a test gets there: those of the statement, or of the head of one that holds others."""
    statement = place.statement
    body = getattr(statement, "body", None)
    end = body[0].lineno - 1 if body else statement.end_lineno or statement.lineno
    return range(statement.lineno, max(end, statement.lineno) + 1)


def _changed_line(before: list[str], after: list[str]) -> tuple[str, str]:
    """The first line that differs; nothing but one statement's line ever does."""
    return next((old.strip(), new.strip()) for old, new in zip(before, after, strict=False) if old != new)


def _others(place: _Place) -> Iterator[ast.AST]:
    node = place.node
    if isinstance(node, ast.stmt):
        yield from _other_statements(node)
    elif isinstance(node, ast.Constant):
        yield from _other_constants(node)
    elif isinstance(node, ast.ExceptHandler) and isinstance(node.type, ast.Tuple):
        for index in range(len(node.type.elts)):
            caught = ast.Tuple(_without(node.type.elts, index), ast.Load())
            yield ast.ExceptHandler(type=caught, name=node.name, body=node.body)
    elif isinstance(node, ast.expr):
        yield from _other_expressions(node)
        if place.field in {"test", "ifs"} and isinstance(node, _PLAIN):
            yield ast.UnaryOp(ast.Not(), node)


def _other_statements(node: ast.stmt) -> Iterator[ast.AST]:
    if isinstance(node, ast.Return):
        if node.value is not None and not (isinstance(node.value, ast.Constant) and not node.value.value):
            yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Continue):
        yield from (ast.Pass(), ast.Break())
    elif isinstance(node, (ast.Expr, ast.Raise, ast.Delete, ast.Break)) or (isinstance(node, ast.Assign) and _overwrites(node)):
        yield ast.Pass()
    elif isinstance(node, ast.AugAssign):
        yield from (ast.Pass(), ast.AugAssign(node.target, _COMPUTED[type(node.op)](), node.value))


def _overwrites(node: ast.Assign) -> bool:
    """Whether the program would go on without it; without the first value of a name none does."""
    target = node.targets[0]
    return not isinstance(target, ast.Name) or any(isinstance(read, ast.Name) and read.id == target.id for read in ast.walk(node.value))


def _other_constants(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield from (ast.Constant(value + 1), ast.Constant(value - 1))
    elif isinstance(value, str):
        yield ast.Constant("" if value else "~")
    elif isinstance(value, bytes):
        yield ast.Constant(b"" if value else b"~")


def _other_expressions(node: ast.expr) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare):
        for index, operator in enumerate(node.ops):
            for other in _COMPARED[type(operator)]:
                yield ast.Compare(node.left, [*node.ops[:index], other(), *node.ops[index + 1 :]], node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        for index in range(len(node.values)):
            left = _without(node.values, index)
            yield left[0] if len(left) == 1 else ast.BoolOp(node.op, left)
    elif isinstance(node, ast.BinOp):
        yield ast.BinOp(node.left, _COMPUTED[type(node.op)](), node.right)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
        yield node.operand
    elif isinstance(node, ast.Call):
        yield from _other_calls(node)


def _other_calls(node: ast.Call) -> Iterator[ast.AST]:
    for index, keyword in enumerate(node.keywords):
        if keyword.arg is not None:
            yield ast.Call(node.func, node.args, _without(node.keywords, index))
    if isinstance(node.func, ast.Name) and node.func.id in _OTHER_FUNCTION:
        yield ast.Call(ast.Name(_OTHER_FUNCTION[node.func.id], ast.Load()), node.args, node.keywords)
    if isinstance(node.func, ast.Attribute) and node.func.attr in _SHAPING:
        yield node.func.value


def _without(items: Sequence[T], index: int) -> list[T]:
    return [*items[:index], *items[index + 1 :]]
