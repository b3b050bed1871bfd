"""From a tree to code: names are looked up once, what is constant is worked out once, the rest is closures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Generic, TypeVar, assert_never

from pillarbox.settings.expressions import closure
from pillarbox.settings.expressions.closure import Code, Constant, folded
from pillarbox.settings.expressions.error import ExpressionError
from pillarbox.settings.expressions.function import FUNCTIONS, UNAVAILABLE
from pillarbox.settings.expressions.grammar import parse
from pillarbox.settings.expressions.lookup import NO_LISTS, Lists
from pillarbox.settings.expressions.operator import BEFORE, BETWEEN, COMPARISONS
from pillarbox.settings.expressions.pattern import BadPattern, Pattern
from pillarbox.settings.expressions.tree import (
    Array,
    Call,
    Capture,
    Chain,
    Index,
    Literal,
    Matches,
    Name,
    Node,
    Unary,
)
from pillarbox.settings.expressions.value import Value, text_of

__all__ = ["Context", "compiled"]

V = TypeVar("V")


def _nothing(_: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Context(Generic[V]):
    """What an expression of one setting may name.

    `settings` gives the text under a key of the configuration, or None.
    """

    variables: Mapping[str, Callable[[V], Value]]
    constants: Mapping[str, Value] = field(default_factory=dict)
    lists: Lists = field(default_factory=lambda: NO_LISTS)
    settings: Callable[[str], str | None] = _nothing


def compiled(text: str, context: Context[V]) -> Code[V]:
    """The code of an expression.

    Raises ExpressionError where the text is none, or names or takes what there is not.
    """
    return _Compiler(text, context).code(parse(text))


class _Compiler(Generic[V]):
    """One text, and what it may name."""

    def __init__(self, text: str, context: Context[V]) -> None:
        self._text = text
        self._context = context

    def code(self, node: Node) -> Code[V]:
        match node:
            case Literal():
                return Constant(node.value)
            case Name():
                return self._name(node)
            case Capture():
                return closure.capture(node.number)
            case Array():
                return self._array(node)
            case Index():
                return self._index(node)
            case Unary():
                return self._unary(node)
            case Chain():
                return self._chain(node)
            case Call():
                return self._call(node)
            case Matches():
                return self._matches(node)
        assert_never(node)

    def _name(self, node: Name) -> Code[V]:
        if node.name in self._context.constants:
            return Constant(self._context.constants[node.name])
        read = self._context.variables.get(node.name)
        if read is None:
            known = [*self._context.variables, *self._context.constants]
            raise self._wrong(node, f"there is no variable {_cut(node.name)} here; {_nearest(node.name, known)}")

        return lambda run: read(run.variables)

    def _array(self, node: Array) -> Code[V]:
        codes = self._codes(node.elements)
        return folded(closure.array(codes), codes)

    def _index(self, node: Index) -> Code[V]:
        base, indexes = self.code(node.base), self._codes(node.indexes)
        return folded(closure.element(base, indexes), [base, *indexes])

    def _unary(self, node: Unary) -> Code[V]:
        operate, operand = BEFORE[node.operator], self.code(node.operand)
        return folded(lambda run: operate(operand(run)), [operand])

    def _chain(self, node: Chain) -> Code[V]:
        codes = self._codes([node.first, *(operand for _, operand in node.rest)])
        # All operators of a chain have one precedence, and these two are alone in theirs.
        match [operator for operator, _ in node.rest]:
            case ["||", *_]:
                code = closure.disjunction(codes)
            case ["&&", *_]:
                code = closure.conjunction(codes)
            case [operator] if operator in COMPARISONS:
                code = closure.comparison(BETWEEN[operator], *codes)
            case operators:
                code = closure.chain(codes[0], [*zip(map(BETWEEN.__getitem__, operators), codes[1:], strict=True)])
        return folded(code, codes)

    def _call(self, node: Call) -> Code[V]:
        name = node.function
        if name in _SPECIAL:
            self._check_arity(node, _SPECIAL[name])
            return self._special(node)
        if name in UNAVAILABLE:
            raise self._wrong(node, f"{name} {UNAVAILABLE[name]}")
        function = FUNCTIONS.get(name)
        if function is None:
            known = [*FUNCTIONS, *_SPECIAL, "matches"]
            raise self._wrong(node, f"there is no function {_cut(name)}; {_nearest(name, known)}")
        self._check_arity(node, function.arity)
        codes = self._codes(node.arguments)
        return folded(closure.application(function, codes), codes)

    def _special(self, node: Call) -> Code[V]:
        match node.function:
            case "if_then":
                codes = self._codes(node.arguments)
                return folded(closure.choice(*codes), codes)
            case "key_get":
                return self._looked_up(node, lambda found: "" if found is None else found)
            case "key_exists":
                return self._looked_up(node, lambda found: int(found is not None))
        return self._config_get(node)

    def _matches(self, node: Matches) -> Code[V]:
        try:
            pattern = Pattern(node.pattern)
        except BadPattern as wrong:
            raise self._wrong(node, f"the pattern is none: {wrong}") from None
        # Not folded, even where the text is constant: what it captures is read later.
        return closure.match(pattern, self.code(node.subject))

    def _looked_up(self, node: Call, told: Callable[[Value | None], Value]) -> Code[V]:
        lists = self._context.lists
        named, key = self._codes(node.arguments)
        if isinstance(named, Constant) and text_of(named.value) not in lists:
            name = text_of(named.value)
            raise self._wrong(
                node, f"there is no list {_cut(name)!r}; lookup.<list>.<key> makes one; {_nearest(name, [*lists])}"
            )

        return folded(closure.look_up(lists, named, key, told), [named, key])

    def _config_get(self, node: Call) -> Code[V]:
        key = node.arguments[0]
        if not isinstance(key, Literal) or not isinstance(key.value, str):
            raise self._wrong(node, "config_get takes a key in quotes")
        if key.value.rpartition(".")[2].rpartition("-")[2] in _SECRET:
            raise self._wrong(key, f"{_cut(key.value)} is a secret, and what expressions give is told to clients")
        text = self._context.settings(key.value)
        if text is None:
            raise self._wrong(key, f"nothing is written under {_cut(key.value)}")
        return Constant(text)

    def _check_arity(self, node: Call, arity: int) -> None:
        given = len(node.arguments)
        if given != arity:
            arguments = "1 argument" if arity == 1 else f"{arity} arguments"
            raise self._wrong(
                node, f"{node.function} takes {arguments}, and here {'is' if given == 1 else 'are'} {given}"
            )

    def _codes(self, nodes: Sequence[Node]) -> list[Code[V]]:
        return [self.code(node) for node in nodes]

    def _wrong(self, node: Node, reason: str) -> ExpressionError:
        return ExpressionError(reason, self._text, node.at)


# How many arguments they take.
_SPECIAL: Mapping[str, int] = {"if_then": 3, "key_get": 2, "key_exists": 2, "config_get": 1}

# The last word of each key that has a secret under it.
_SECRET = frozenset({"secret", "password", "token", "key", "pin"})


def _nearest(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name[:100], known, n=1, cutoff=0.6)
    return f"the nearest is {near[0]}" if near else f"there are {', '.join(sorted(known)) or 'none'}"


def _cut(name: str) -> str:
    return name if len(name) <= 60 else name[:57] + "..."
