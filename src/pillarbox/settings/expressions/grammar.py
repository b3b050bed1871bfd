"""The grammar: tokens become a tree (docs/reference/expressions.md, "Operators").

level   := operand (operator operand)*      seven levels of operators, each from left to right
operand := ('!' | '-') operand | primary ('[' level ']')*
primary := number | text | name | $n | name '(' levels ')' | '(' level ')' | '[' levels ']'
"""

from collections.abc import Mapping

from pillarbox.settings.expressions.error import ExpressionError
from pillarbox.settings.expressions.token import Sort, Token, raw, tokens
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
    children,
)

__all__ = ["DEEPEST", "PRECEDENCE", "parse"]

DEEPEST = 64
"""How many operators, brackets and calls may lie within each other; many more would exhaust Python's stack."""

PRECEDENCE: Mapping[str, int] = {
    "||": 1,
    "&&": 2,
    "^": 3,
    "==": 4,
    "!=": 4,
    "<": 5,
    "<=": 5,
    ">": 5,
    ">=": 5,
    "+": 6,
    "-": 6,
    "*": 7,
    "/": 7,
}
"""Operators that bind more tightly have a larger number."""


def parse(text: str) -> Node:
    """The tree of the whole text; raises ExpressionError at the first place where it is none.

    Names are not looked up: that is what code is made for.
    """
    return _Parser(text).whole()


_TOO_DEEP = f"more than {DEEPEST} operators, brackets or calls lie within each other"


class _Parser:
    """The tokens, and how far they were taken."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(tokens(text))
        self._next = 0
        self._depth = 0

    def whole(self) -> Node:
        whole = self._level(1)
        if self._token.sort is not Sort.END:
            raise self._wrong("an operator or the end is expected here")
        # From left to right, operators that bind less and less tightly make a tree deep without a bracket.
        layer, depth = [whole], 0
        while layer:
            if (depth := depth + 1) > DEEPEST:
                raise ExpressionError(_TOO_DEEP, self._text, layer[0].at)
            layer = [child for node in layer for child in children(node)]
        return whole

    def _level(self, loosest: int) -> Node:
        """Operands with operators of this precedence or a tighter one between them."""
        self._deeper()
        node = self._operand()
        while (precedence := self._precedence) >= loosest:
            at = self._token.at
            rest: list[tuple[str, Node]] = []
            while self._precedence == precedence:
                rest.append((self._taken().written, self._level(precedence + 1)))
            node = Chain(node, tuple(rest), at=at)
        self._depth -= 1
        return node

    def _operand(self) -> Node:
        if self._token.sort is Sort.SIGN and self._token.written in "!-":
            self._deeper()
            sign = self._taken()
            operand = self._operand()
            self._depth -= 1
            return Unary(sign.written, operand, at=sign.at)
        node = self._primary()
        at = self._token.at
        indexes: list[Node] = []
        while self._passed("["):
            indexes.append(self._level(1))
            self._must("]", "an operator or ] is expected here")
        return Index(node, tuple(indexes), at=at) if indexes else node

    def _primary(self) -> Node:
        token = self._token
        match token.sort:
            case Sort.NUMBER | Sort.TEXT:
                self._taken()
                return Literal(token.value, at=token.at)
            case Sort.NAME:
                return self._name(self._taken())
        if self._passed("("):
            node = self._level(1)
            self._must(")", "an operator or ) is expected here")
            return node
        if self._passed("["):
            return Array(tuple(self._several("]")), at=token.at)
        raise self._wrong("a value is expected here: a number, a text in quotes, a name, ( or [")

    def _name(self, token: Token) -> Node:
        name = token.written
        if self._passed("("):
            return self._matches(token) if name == "matches" else Call(name, tuple(self._several(")")), at=token.at)
        if name in ("true", "false"):
            return Literal(int(name == "true"), at=token.at)
        if name[0] == "$":
            if not name[1:].isdecimal() or len(name) > 3:
                raise ExpressionError("after $ comes the number of a group of the last pattern", self._text, token.at)
            return Capture(int(name[1:]), at=token.at)
        return Name(name, at=token.at)

    def _matches(self, token: Token) -> Node:
        pattern = self._token
        if pattern.sort is not Sort.TEXT:
            raise self._wrong("the first argument of matches is a pattern, in quotes")
        self._taken()
        self._must(",", "matches takes 2 arguments, a pattern and what is to match it; a comma is expected here")
        subject = self._level(1)
        self._must(")", "an operator or ) is expected here")
        return Matches(raw(pattern), subject, at=token.at)

    def _several(self, closing: str) -> list[Node]:
        """What stands between commas, up to the closing bracket."""
        nodes: list[Node] = []
        if self._passed(closing):
            return nodes
        nodes.append(self._level(1))
        while self._passed(","):
            nodes.append(self._level(1))
        self._must(closing, f"an operator, a comma or {closing} is expected here")
        return nodes

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    @property
    def _precedence(self) -> int:
        """That of the operator that comes next, or 0 if there is none."""
        token = self._token
        return PRECEDENCE.get(token.written, 0) if token.sort is Sort.SIGN else 0

    def _taken(self) -> Token:
        self._next += 1
        return self._tokens[self._next - 1]

    def _passed(self, sign: str) -> bool:
        if self._token.sort is Sort.SIGN and self._token.written == sign:
            self._next += 1
            return True
        return False

    def _must(self, sign: str, reason: str) -> None:
        if not self._passed(sign):
            raise self._wrong(reason)

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._wrong(_TOO_DEEP)

    def _wrong(self, reason: str) -> ExpressionError:
        return ExpressionError(reason, self._text, self._token.at)
