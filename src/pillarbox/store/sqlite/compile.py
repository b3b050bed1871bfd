"""Queries as SQL: the only place where SQL is composed of what a client sent, and that always as bindings.

A condition on a set or on the text is asked in one of two ways: whether an object is in a list, made once, of all that
meet it, which costs what the list holds; or by a look-up for each object that is tested. The first is for few members
and for results that are read whole, the second for a page of many, which then costs what it shows. Sizes are known from
totals (`sizes`), so that SQLite need not guess. Subqueries of one row stand where EXISTS could: SQLite turns that into
a join, in an order of its own choice.
"""

from dataclasses import dataclass, field, replace
from typing import TypeAlias, assert_never

import orjson

from pillarbox.store.query import (
    AllOf,
    Among,
    AnyOf,
    AtLeast,
    Below,
    Contains,
    Equal,
    Everything,
    Filter,
    InGroup,
    Member,
    MemberOutside,
    Not,
    Order,
    Quantity,
    Select,
    Text,
)
from pillarbox.store.sqlite.schema import NOWHERE, names_of, quoted
from pillarbox.store.sqlite.sizes import Sizes
from pillarbox.store.table import Scalar, Table
from pillarbox.wire.words import Phrase, is_open

__all__ = ["Statement", "counted", "listed", "placed"]

Binding: TypeAlias = Scalar | bytes

_FEW = 1000
"""A list of no more members is made for any number of rows; a text that finds no more is where to begin."""
_MANY_VALUES = 8
"""Of a set with more values, each row would be looked up too often."""
_ALL = 2**63
"""Rows, of a result that is read whole."""
_MANY = 10_000
"""For so many rows, what they are looked for in is read once."""


@dataclass(slots=True)
class Statement:
    """SQL and what its question marks stand for, in order."""

    sql: str
    bindings: list[Binding] = field(default_factory=list)


def listed(table: Table, select: Select, sizes: Sizes, rows: int) -> Statement:
    """Rows of number and group, in the order of the result, without its collapsing; about so many will be read."""
    plan = _plan(_View(table, sizes, rows), select)
    return Statement(
        f"SELECT {plan.number}, {plan.group} FROM {plan.source} WHERE {plan.where.sql} ORDER BY {plan.order.sql}",
        [*plan.where.bindings, *plan.order.bindings],
    )


def placed(table: Table, select: Select, number: int, sizes: Sizes) -> Statement | None:
    """One row, or none: the number, and its place in the result, by counting what an index has before it.

    None where no index has the order of the result: reading that is then no slower.
    """
    view = _View(table, sizes, _ALL)
    ordering = _ordering(select)
    leading = _leading(view, select.where, ordering) if ordering else None
    if leading is None:
        return None
    plan = _plan(view, select)
    column = quoted(table.set_index(leading[0].set).ordered_by or "")
    before = ">" if select.order[0].descending else "<"
    rows = f"FROM {plan.source} WHERE {plan.where.sql} AND (m.place, m.number) {before} (o.place, o.number)"
    what, first = "*", ""
    if select.one_of_group:
        what, first = "DISTINCT m.grp", f" WHERE NOT EXISTS (SELECT 1 {rows} AND m.grp = o.grp)"
    # The one object is found by its place, which its column tells, and not by reading all members.
    return Statement(
        f"SELECT o.number, (SELECT count({what}) {rows}) FROM (SELECT m.number, m.place, m.grp FROM {plan.source}"
        f" WHERE {plan.where.sql} AND m.number = ? AND m.place ="
        f" (SELECT coalesce({column}, {NOWHERE}) FROM {names_of(table).columns} WHERE number = ?)) o{first}",
        [
            *plan.where.bindings,
            *plan.where.bindings,
            number,
            number,
            *(plan.where.bindings if select.one_of_group else ()),
        ],
    )


def counted(table: Table, select: Select, sizes: Sizes) -> Statement:
    """One row: the length of the result."""
    names = names_of(table)
    match select:
        case Select(where=Member(set=index, value=value), one_of_group=False) if table.set_index(index).ordered_by:
            return Statement(f"SELECT total FROM {names.totals(index)} WHERE value = ?", [value])
        case Select(where=Member(set=index, value=value)):
            what = "DISTINCT grp" if select.one_of_group else "*"
            return Statement(f"SELECT count({what}) FROM {names.members(index)} WHERE value = ?", [value])
        case Select(where=Not(condition=Member(set=index, value=value)), one_of_group=False):
            # Without a condition SQLite counts pages, not rows.
            return Statement(
                f"SELECT (SELECT count(*) FROM {names.columns})"
                f" - (SELECT count(*) FROM {names.members(index)} WHERE value = ?)"
                if table.set_index(index).ordered_by is None
                else f"SELECT (SELECT count(*) FROM {names.columns})"
                f" - coalesce((SELECT total FROM {names.totals(index)} WHERE value = ?), 0)",
                [value],
            )
        case Select(where=Text(fields=fields, phrases=phrases), one_of_group=False) if phrases:
            return Statement("SELECT ?", [sizes.hits(_match(fields, phrases))])
        case Select(where=Everything(), one_of_group=False):
            return Statement(f"SELECT count(*) FROM {names.columns}")
    view = _View(table, sizes, _ALL)
    leading = _leading(view, select.where, None)
    source = _Source(f"{names.columns} e", _condition(view, select.where)) if leading is None else _led(view, *leading)
    group = f"e.{quoted(table.group or '')}" if leading is None else "m.grp"
    what = f"DISTINCT {group}" if select.one_of_group and table.group else "*"
    return Statement(f"SELECT count({what}) FROM {source.tables} WHERE {source.where.sql}", source.where.bindings)


@dataclass(frozen=True, slots=True)
class _Source:
    """Where rows come from, and which of them."""

    tables: str
    where: Statement


@dataclass(frozen=True, slots=True)
class _View:
    """What conditions are put into words for: a type, the sizes of its indexes, and about how many rows are tested."""

    table: Table
    sizes: Sizes
    rows: int
    is_led: bool = False
    """Whether it is settled where rows come from, so that no condition can change it."""

    @property
    def is_whole(self) -> bool:
        """Whether all of the type, or much of it, is tested."""
        return self.rows >= _MANY

    def lists(self, members: int) -> bool:
        """Whether so many members are better listed once than looked up for each row."""
        return members <= max(_FEW, self.rows)

    def same(self, index: str) -> str:
        """Where the members of a set are the object."""
        column = self.table.set_index(index).ordered_by
        # The function also takes the column's affinity away, for which no index could be used.
        place = f"coalesce(e.{quoted(column)}, {NOWHERE})" if column else "0"
        return f"m.place = {place} AND m.number = e.number"


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where a result's rows come from, which of them, and in which order."""

    number: str
    group: str
    source: str
    where: Statement
    order: Statement


def _plan(view: _View, select: Select) -> _Plan:
    names = names_of(view.table)
    ordering = _ordering(select)
    leading = _leading(view, select.where, ordering) if ordering else None
    if leading is None:
        order = Statement("")
        for part in select.order:
            _extend(order, _ordered(view, part))
        direction = "DESC" if select.order and select.order[-1].descending else "ASC"
        _extend(order, Statement(f"e.number {direction}"))
        group = f"e.{quoted(view.table.group)}" if view.table.group else "NULL"
        if select.order and not (ordering and view.table.column(ordering).sorted):
            # All of it is read, to be sorted.
            view = replace(view, rows=_ALL)
        return _Plan("e.number", group, f"{names.columns} e", _condition(view, select.where), order)
    source = _led(view, *leading)
    direction = "DESC" if select.order[0].descending else "ASC"
    order = Statement(f"m.place {direction}, m.number {direction}")
    return _Plan("m.number", "m.grp", source.tables, source.where, order)


def _led(view: _View, member: Member, rest: tuple[Filter, ...]) -> _Source:
    """The members of a set for which the rest holds."""
    names = names_of(view.table)
    source, where = f"{names.members(member.set)} m", Statement("m.value = ?", [member.value])
    if rest:
        # CROSS JOIN, because SQLite then reads the members in their order instead of guessing a better one.
        source += f" CROSS JOIN {names.columns} e ON e.number = m.number"
        within = replace(view, rows=min(view.rows, view.sizes.members(member.set, member.value)), is_led=True)
        _extend(where, Statement(" AND "))
        _extend(where, _condition(within, AllOf(rest)))
    return _Source(source, where)


def _ordering(select: Select) -> str | None:
    """The column that orders a result all by itself."""
    match select.order:
        case (Order(by=str(column)),):
            return column
        case _:
            return None


def _leading(view: _View, where: Filter, column: str | None) -> tuple[Member, tuple[Filter, ...]] | None:
    """The smallest set of members that is in order of a column, or of any, and what else must hold.

    None if there is none such, or if a text finds so little that it is better to begin with that.
    """
    if isinstance(where, Member):
        return (where, ()) if _has_order(view.table, where, column) else None
    conditions = where.conditions if isinstance(where, AllOf) else ()
    able = [
        (view.sizes.members(condition.set, condition.value), at, condition)
        for at, condition in enumerate(conditions)
        if isinstance(condition, Member) and _has_order(view.table, condition, column)
    ]
    if not able:
        return None
    size, at, leading = min(able, key=lambda one: one[:2])
    texts = (condition for condition in conditions if isinstance(condition, Text) and condition.phrases)
    if any(view.sizes.hits(_match(text.fields, text.phrases)) < min(size, _FEW) for text in texts):
        return None
    return leading, conditions[:at] + conditions[at + 1 :]


def _has_order(table: Table, member: Member, column: str | None) -> bool:
    """Whether the members are kept in the order of a column; any order will do for None."""
    order = table.set_index(member.set).ordered_by
    return order is not None if column is None else order == column


def _ordered(view: _View, order: Order) -> Statement:
    direction = "DESC" if order.descending else "ASC"
    if isinstance(order.by, str):
        return Statement(f"e.{quoted(order.by)} {direction}, ")
    if isinstance(order.by, tuple):
        return Statement(f"coalesce({', '.join(f'e.{quoted(column)}' for column in order.by)}) {direction}, ")
    condition = _condition(replace(view, rows=_ALL), order.by)
    # A constant alone would be the number of a column to sort by.
    return Statement(f"iif({condition.sql}, 1, 0) {direction}, ", condition.bindings)


def _condition(view: _View, condition: Filter) -> Statement:  # noqa: C901, PLR0912 - one arm a word of the query
    match condition:
        case Everything():
            return Statement("1")
        case AllOf(conditions=()):
            return Statement("1")
        case AnyOf(conditions=()):
            return Statement("0")
        case AllOf(conditions=conditions):
            return _joined(view, conditions, " AND ")
        case AnyOf(conditions=conditions):
            return _joined(view, conditions, " OR ")
        case Not(condition=inner):
            negated = _condition(view, inner)
            return Statement(f"NOT ({negated.sql})", negated.bindings)
        case Equal(column=column, value=value):
            return Statement(f"e.{quoted(column)} IS ?", [value])
        # NULL must not make a condition unknown, or its negation would not hold either.
        case Below(column=column, bound=bound):
            return Statement(f"(e.{quoted(column)} IS NOT NULL AND e.{quoted(column)} < ?)", [bound])
        case AtLeast(column=column, bound=bound):
            return Statement(f"(e.{quoted(column)} IS NOT NULL AND e.{quoted(column)} >= ?)", [bound])
        case Contains(column=column, part=part):
            return Statement(f"(e.{quoted(column)} IS NOT NULL AND instr(e.{quoted(column)}, ?) > 0)", [part])
        case Member():
            return _member(view, condition)
        case MemberOutside():
            return _member_outside(view, condition)
        case InGroup(quantity=Quantity.SOME):
            return _some_in_group(view, condition)
        case InGroup():
            return _all_in_group(view, condition)
        case Text(phrases=()):
            return Statement("1")
        case Text():
            return _text(view, condition)
        case Among(numbers=numbers):
            return Statement("e.number IN (SELECT value FROM json_each(?))", [_array(numbers)])
        case _:
            assert_never(condition)


def _member(view: _View, condition: Member) -> Statement:
    index, value = condition.set, condition.value
    members = names_of(view.table).members(index)
    if view.lists(view.sizes.members(index, value)):
        return Statement(f"e.number IN (SELECT number FROM {members} WHERE value = ?)", [value])
    return Statement(f"(SELECT 1 FROM {members} m WHERE m.value = ? AND {view.same(index)}) IS NOT NULL", [value])


def _member_outside(view: _View, condition: MemberOutside) -> Statement:
    index, names = condition.set, names_of(view.table)
    given = _array(condition.values)
    if view.table.set_index(index).ordered_by is None:
        return Statement(
            f"e.number IN (SELECT number FROM {names.members(index)}"
            " WHERE value NOT IN (SELECT value FROM json_each(?)))",
            [given],
        )
    others = f"SELECT value FROM {names.totals(index)} WHERE value NOT IN (SELECT value FROM json_each(?))"
    if view.is_whole or view.sizes.values(index) > _MANY_VALUES:
        return Statement(f"e.number IN (SELECT number FROM {names.members(index)} WHERE value IN ({others}))", [given])
    return Statement(
        f"(SELECT 1 FROM ({others}) other CROSS JOIN {names.members(index)} m ON m.value = other.value"
        f" AND {view.same(index)}) IS NOT NULL",
        [given],
    )


def _some_in_group(view: _View, condition: InGroup) -> Statement:
    """Always by a list: to look through its group for each object would cost the square of a large group."""
    index, value = condition.set, condition.value
    # The plus as for texts; where it is not needed, a list of whole numbers is faster without it.
    plus = "" if view.is_led or view.lists(view.sizes.members(index, value)) else "+"
    return Statement(
        f"{plus}e.{quoted(view.table.group or '')} IN (SELECT grp FROM {names_of(view.table).members(index)}"
        " WHERE value = ?)",
        [value],
    )


def _all_in_group(view: _View, condition: InGroup) -> Statement:
    """All have it where none is without it."""
    index, value = condition.set, condition.value
    names, group = names_of(view.table), quoted(view.table.group or "")
    members = f"{names.members(index)} WHERE value = ?"
    without = f"SELECT x.{group} FROM {names.columns} x WHERE x.number NOT IN (SELECT number FROM {members})"
    if view.sizes.members(index, value) > _FEW:
        return Statement(f"e.{group} NOT IN ({without})", [value])
    # Only the groups of those few need be looked at.
    some = f"IN (SELECT grp FROM {members})"
    return Statement(f"(e.{group} {some} AND e.{group} NOT IN ({without} AND x.{group} {some}))", [value, value, value])


def _text(view: _View, condition: Text) -> Statement:
    text, match = names_of(view.table).text, _match(condition.fields, condition.phrases)
    found = view.sizes.found(match)
    if found is not None:
        return Statement("e.number IN (SELECT value FROM json_each(?))", [_array(tuple(found))])
    # A plus keeps SQLite from beginning with all that is found, to sort it for one page.
    number = "e.number" if view.is_whole or view.sizes.hits(match) <= _FEW else "+e.number"
    return Statement(f"{number} IN (SELECT rowid FROM {text} WHERE {text} MATCH ?)", [match])


def _joined(view: _View, conditions: tuple[Filter, ...], word: str) -> Statement:
    whole = Statement("")
    parts = []
    for condition in conditions:
        part = _condition(view, condition)
        parts.append(f"({part.sql})")
        whole.bindings += part.bindings
    whole.sql = word.join(parts)
    return whole


def _extend(statement: Statement, other: Statement) -> None:
    statement.sql += other.sql
    statement.bindings += other.bindings


def _match(fields: tuple[str, ...], phrases: tuple[Phrase, ...]) -> str:
    """FTS5's own language; words hold letters and digits only, and fields are names of a declaration."""
    columns = "{" + " ".join(map(quoted, fields)) + "} : " if fields else ""
    return columns + "(" + " AND ".join(map(_phrase, phrases)) + ")"


def _phrase(words: Phrase) -> str:
    return quoted(" ".join(words)) + (" *" if is_open(words) else "")


def _array(values: tuple[int | str, ...]) -> str:
    return orjson.dumps(values).decode()
