"""The tree of an expression: what the grammar gives and code is made from."""

from dataclasses import dataclass, field
from typing import TypeAlias, assert_never

from pillarbox.settings.expressions.value import Value, text_of

__all__ = [
    "Array",
    "Call",
    "Capture",
    "Chain",
    "Index",
    "Literal",
    "Matches",
    "Name",
    "Node",
    "Unary",
    "children",
    "names",
    "show",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """What stands somewhere in the text, which does not make it another tree."""

    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Literal(_Placed):
    """A number or a text as written."""

    value: Value


@dataclass(frozen=True, slots=True)
class Name(_Placed):
    """A variable or a constant."""

    name: str


@dataclass(frozen=True, slots=True)
class Capture(_Placed):
    """`$n`: a group of the pattern that matched last."""

    number: int


@dataclass(frozen=True, slots=True)
class Array(_Placed):
    """`[a, b]`."""

    elements: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Index(_Placed):
    """`a[i][j]`."""

    base: "Node"
    indexes: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Unary(_Placed):
    """`!a` or `-a`."""

    operator: str
    operand: "Node"


@dataclass(frozen=True, slots=True)
class Chain(_Placed):
    """Operands with operators of one precedence between them, from left to right.

    Flat, so that no number of alternatives makes a tree deep.
    """

    first: "Node"
    rest: "tuple[tuple[str, Node], ...]"


@dataclass(frozen=True, slots=True)
class Call(_Placed):
    """A function and its arguments."""

    function: str
    arguments: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Matches(_Placed):
    """`matches('pattern', a)`: the pattern as written, with its backslashes."""

    pattern: str
    subject: "Node"


Node: TypeAlias = Literal | Name | Capture | Array | Index | Unary | Chain | Call | Matches


def show(node: Node) -> str:
    """A text that the same tree is read from."""
    match node:
        case Literal():
            return _literal(node.value)
        case Name():
            return node.name
        case Capture():
            return f"${node.number}"
        case Array():
            return f"[{_several(node.elements)}]"
        case Index():
            return _operand(node.base, Chain, Unary, Index) + "".join(f"[{show(index)}]" for index in node.indexes)
        case Unary():
            return node.operator + _operand(node.operand, Chain)
        case Chain():
            rest = (f" {operator} {_operand(operand, Chain)}" for operator, operand in node.rest)
            return _operand(node.first, Chain) + "".join(rest)
        case Call():
            return f"{node.function}({_several(node.arguments)})"
        case Matches():
            pattern = node.pattern.replace("'", "\\'")
            return f"matches('{pattern}', {show(node.subject)})"
    assert_never(node)


def children(node: Node) -> tuple[Node, ...]:
    """The trees that it is made of."""
    match node:
        case Array():
            return node.elements
        case Index():
            return (node.base, *node.indexes)
        case Unary():
            return (node.operand,)
        case Chain():
            return (node.first, *(operand for _, operand in node.rest))
        case Call():
            return node.arguments
        case Matches():
            return (node.subject,)
    return ()


def names(node: Node) -> frozenset[str]:
    """The variables and constants that are in it."""
    found: set[str] = set()
    layer: tuple[Node, ...] = (node,)
    while layer:
        found.update(one.name for one in layer if isinstance(one, Name))
        layer = tuple([child for one in layer for child in children(one)])
    return frozenset(found)


def _several(nodes: tuple[Node, ...]) -> str:
    return ", ".join(map(show, nodes))


def _operand(node: Node, *loose: type[Node]) -> str:
    return f"({show(node)})" if isinstance(node, loose) else show(node)


def _literal(value: Value) -> str:
    match value:
        case str():
            return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
        case float():
            digits = text_of(value)
            return digits if "." in digits else f"{digits}.0"
    return text_of(value)
