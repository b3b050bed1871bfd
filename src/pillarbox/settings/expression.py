"""Settings that are expressions: one text, or a table of conditions and what follows from each.

Such a setting knows what its expressions may name and what they must give. Its value is a function of the
variables. What is wrong with it is a problem with a position; then the default is in force, or what is safe.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pillarbox.settings.declare import Described
from pillarbox.settings.expressions import (
    NO_LISTS,
    Code,
    Context,
    EvaluationError,
    ExpressionError,
    Lists,
    Program,
    Value,
    compiled,
    names,
    parse,
)
from pillarbox.settings.kind import BadValue, quoted
from pillarbox.settings.outcome import Outcome, is_base_url
from pillarbox.settings.source import Source

__all__ = ["Computed", "ExpressionSetting"]

V = TypeVar("V")
T = TypeVar("T")


class Computed(Generic[V, T]):
    """The value of a setting that is an expression, once there are variables.

    Two are equal if they were written in the same words and look up the same: so a reload tells what has changed.
    """

    __slots__ = ("_known", "_outcome", "_program", "constant", "text", "uses")

    def __init__(
        self,
        text: str,
        program: Program[V],
        outcome: Outcome[T],
        known: object = None,
        uses: frozenset[str] = frozenset(),
    ) -> None:
        """Raises BadValue if a value that it may have is none for the setting."""
        self.uses = uses
        """The variables that it looks at."""
        self.text = text
        """As it is written; conditions are on lines of their own."""
        self._program = program
        self._outcome = outcome
        self._known = known
        for value in program.constants:
            outcome.take(value)
        constant = program.constant
        self.constant: T | None = None if constant is None else outcome.take(constant)
        """The value, if it is the same for all variables; else None."""

    def __call__(self, variables: V) -> T:
        """The value for these variables; raises EvaluationError if there is none."""
        if self.constant is not None:
            return self.constant
        value = self._program.value(variables)
        try:
            return self._outcome.take(value)
        except BadValue:
            # What it gives instead may come from the request, and is not for the log.
            raise EvaluationError(f"the expression gives no {self._outcome.name} for this request") from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Computed) and (self.text, self._known) == (other.text, other._known)

    def __hash__(self) -> int:
        return hash(self.text)


def _no_lists(_: Source) -> Lists:
    return NO_LISTS


@dataclass(frozen=True, slots=True)
class ExpressionSetting(Generic[V, T]):
    """One expression under one key, or a table: `key.N.if` and `key.N.then`, in the end `key.N.else`.

    `mistaken` is in force where what is written is wrong, instead of the default: what is to keep people out must not
    let them in because of a slip.
    """

    key: str
    outcome: Outcome[T]
    variables: Mapping[str, Callable[[V], Value]]
    default: str
    doc: str
    default_said: str = ""
    lists: Callable[[Source], Lists] = _no_lists
    mistaken: str | None = None

    def read(self, source: Source) -> Computed[V, T]:
        """The expression in force."""
        return _Reading(self, source).computed()

    def described(self) -> Iterator[Described]:
        """Its line in the documentation."""
        said = self.default_said or f"`{self.default}`"
        yield Described(self.key, f"expression ({self.outcome.name})", said, self.doc)


class _Reading(Generic[V, T]):
    """One setting while it is read, with all that it looked up in other settings."""

    def __init__(self, setting: ExpressionSetting[V, T], source: Source) -> None:
        self._setting = setting
        self._source = source
        self._lists = setting.lists(source)
        self._asked: dict[str, str | None] = {}
        self._uses: set[str] = set()
        self._context = Context(setting.variables, lists=self._lists, settings=self._config)

    def computed(self) -> Computed[V, T]:
        key, source = self._setting.key, self._source
        text = source.text(key)
        read = self._single(text) if text is not None else self._table() if source.has(key) else None
        if read is None:
            default = (self._setting.mistaken if source.has(key) else None) or self._setting.default
            self._uses.clear()
            read = self._made(default, Program((), self._compiled(default)))
        return read

    def _single(self, text: str) -> Computed[V, T] | None:
        key = self._setting.key
        try:
            return self._made(text, Program((), self._compiled(text)))
        except ExpressionError as wrong:
            unquoted = is_base_url(text.strip())
            hint = f"{quoted(text)} is an expression without its own quotes; write \"'{text.strip()}'\""
            self._source.wrong(key, "parse", hint if unquoted else f"{quoted(text)} is no expression: {wrong}")
        except BadValue as wrong:
            self._source.wrong(key, "parse", str(wrong))
        return None

    def _table(self) -> Computed[V, T] | None:
        """The rules: an if, each with its then, and one else after the last."""
        key, source = self._setting.key, self._source
        rows: dict[int, dict[str, str]] = {}
        is_right = True
        for index, field, member in source.members(key):
            if field not in ("if", "then", "else") or field in rows.get(index, ()):
                source.wrong(member, "parse", _ROW)
                is_right = False
            rows.setdefault(index, {})[field] = member
        last = len(rows) - 1
        for place, row in enumerate(rows.values()):
            expected = {"else"} if place == last and place > 0 else {"if", "then"}
            if is_right and row.keys() != expected:
                is_right = False
                source.wrong(next(iter(row.values())), "parse", _ORDER)
        if is_right and len(rows) < 2:
            is_right = False
            source.wrong(key, "parse", _ORDER)
        codes = {member: self._code(member) for row in rows.values() for member in row.values()}
        right = {member: code for member, code in codes.items() if code is not None}
        if not is_right or len(right) < len(codes):
            return None
        *branches, otherwise = rows.values()
        program = Program([(right[row["if"]], right[row["then"]]) for row in branches], right[otherwise["else"]])
        words = [f"{field} {source.text(member)}" for row in rows.values() for field, member in row.items()]
        try:
            return self._made("\n".join(words), program)
        except BadValue as wrong:
            source.wrong(key, "parse", str(wrong))
            return None

    def _code(self, key: str) -> Code[V] | None:
        text = self._source.text(key) or ""
        try:
            return self._compiled(text)
        except ExpressionError as wrong:
            self._source.wrong(key, "parse", f"{quoted(text)} is no expression: {wrong}")
            return None

    def _made(self, text: str, program: Program[V]) -> Computed[V, T]:
        return Computed(text, program, self._setting.outcome, (self._lists, self._asked), frozenset(self._uses))

    def _compiled(self, text: str) -> Code[V]:
        self._uses |= names(parse(text)) & self._setting.variables.keys()
        return compiled(text, self._context)

    def _config(self, key: str) -> str | None:
        hostname = self._lists["default"].find("hostname") if "default" in self._lists else None
        text = str(hostname) if key == "server.hostname" and hostname else self._source.told(key)
        self._asked[key] = text
        return text


_ROW = "a row of a table of conditions has one `if` and one `then`, or an `else`"
_ORDER = "a table of conditions has rows with `if` and `then`, and after them one row with `else` alone"
