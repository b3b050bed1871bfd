"""Queries as SQL: the only place where SQL is composed of what a client sent, and that always as bindings."""

from dataclasses import dataclass, field
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
from pillarbox.store.table import Scalar, Table

__all__ = ["Statement", "counted", "listed", "placed"]

Binding: TypeAlias = Scalar | bytes


@dataclass(slots=True)
class Statement:
    """SQL and what its question marks stand for, in order."""

    sql: str
    bindings: list[Binding] = field(default_factory=list)


def listed(table: Table, select: Select) -> Statement:
    """Rows of number and group, in the order of the result, without its collapsing."""
    plan = _plan(table, select)
    return Statement(
        f"SELECT {plan.number}, {plan.group} FROM {plan.source} WHERE {plan.where.sql} ORDER BY {plan.order.sql}",
        [*plan.where.bindings, *plan.order.bindings],
    )


def placed(table: Table, select: Select, number: int) -> Statement | None:
    """One row, or none: the number, and its place in the result, by counting what an index has before it.

    None where no index has the order of the result: reading that is then no slower.
    """
    leading = _leading(table, select)
    if leading is None:
        return None
    plan = _plan(table, select)
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


def counted(table: Table, select: Select) -> Statement:
    """One row: the length of the result."""
    names = names_of(table)
    match select:
        case Select(where=Member(set=index, value=value), one_of_group=False):
            return Statement(f"SELECT total FROM {names.totals(index)} WHERE value = ?", [value])
        case Select(where=Member(set=index, value=value)):
            return Statement(f"SELECT count(DISTINCT grp) FROM {names.members(index)} WHERE value = ?", [value])
    if select == Select():
        # Without a condition SQLite counts pages, not rows.
        return Statement(f"SELECT count(*) FROM {names.columns}")
    where = _condition(table, select.where)
    what = f"DISTINCT e.{quoted(table.group)}" if select.one_of_group and table.group else "*"
    return Statement(f"SELECT count({what}) FROM {names.columns} e WHERE {where.sql}", where.bindings)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where a result's rows come from, which of them, and in which order."""

    number: str
    group: str
    source: str
    where: Statement
    order: Statement


def _plan(table: Table, select: Select) -> _Plan:
    leading = _leading(table, select)
    names = names_of(table)
    if leading is None:
        order = Statement("")
        for part in select.order:
            _extend(order, _ordered(table, part))
        direction = "DESC" if select.order and select.order[-1].descending else "ASC"
        _extend(order, Statement(f"e.number {direction}"))
        group = f"e.{quoted(table.group)}" if table.group else "NULL"
        return _Plan("e.number", group, f"{names.columns} e", _condition(table, select.where), order)
    member, rest = leading
    direction = "DESC" if select.order[0].descending else "ASC"
    source, where = f"{names.members(member.set)} m", Statement("m.value = ?", [member.value])
    if rest:
        # CROSS JOIN, because SQLite then reads the members in their order instead of guessing a better one.
        source += f" CROSS JOIN {names.columns} e ON e.number = m.number"
        _extend(where, Statement(" AND "))
        _extend(where, _condition(table, AllOf(rest)))
    return _Plan("m.number", "m.grp", source, where, Statement(f"m.place {direction}, m.number {direction}"))


def _leading(table: Table, select: Select) -> tuple[Member, tuple[Filter, ...]] | None:
    """The member condition whose index has the wanted order already, and what else must hold."""
    match select.order:
        case (Order(by=str(column)),):
            pass
        case _:
            return None
    conditions = select.where.conditions if isinstance(select.where, AllOf) else (select.where,)
    for at, condition in enumerate(conditions):
        if isinstance(condition, Member) and table.set_index(condition.set).ordered_by == column:
            return condition, conditions[:at] + conditions[at + 1 :]
    return None


def _ordered(table: Table, order: Order) -> Statement:
    direction = "DESC" if order.descending else "ASC"
    if isinstance(order.by, str):
        return Statement(f"e.{quoted(order.by)} {direction}, ")
    condition = _condition(table, order.by)
    # A constant alone would be the number of a column to sort by.
    return Statement(f"iif({condition.sql}, 1, 0) {direction}, ", condition.bindings)


def _condition(table: Table, condition: Filter) -> Statement:  # noqa: C901, PLR0912 - one arm a word of the query
    names = names_of(table)
    match condition:
        case Everything():
            return Statement("1")
        case AllOf(conditions=()):
            return Statement("1")
        case AnyOf(conditions=()):
            return Statement("0")
        case AllOf(conditions=conditions):
            return _joined(table, conditions, " AND ")
        case AnyOf(conditions=conditions):
            return _joined(table, conditions, " OR ")
        case Not(condition=inner):
            negated = _condition(table, inner)
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
        case Member(set=index, value=value):
            return Statement(f"e.number IN (SELECT number FROM {names.members(index)} WHERE value = ?)", [value])
        case MemberOutside(set=index, values=values):
            return Statement(
                f"e.number IN (SELECT number FROM {names.members(index)}"
                " WHERE value NOT IN (SELECT value FROM json_each(?)))",
                [_array(values)],
            )
        case InGroup():
            return _in_group(table, condition)
        case Text(phrases=()):
            return Statement("1")
        case Text(fields=fields, phrases=phrases):
            return Statement(
                f"e.number IN (SELECT rowid FROM {names.text} WHERE {names.text} MATCH ?)",
                [_match(fields, phrases)],
            )
        case Among(numbers=numbers):
            return Statement("e.number IN (SELECT value FROM json_each(?))", [_array(numbers)])
        case _:
            assert_never(condition)


def _in_group(table: Table, condition: InGroup) -> Statement:
    names = names_of(table)
    members = names.members(condition.set)
    group = quoted(table.group or "")
    if condition.quantity is Quantity.SOME:
        return Statement(f"e.{group} IN (SELECT grp FROM {members} WHERE value = ?)", [condition.value])
    # All have it where none is without it.
    return Statement(
        f"e.{group} NOT IN (SELECT x.{group} FROM {names.columns} x"
        f" WHERE x.number NOT IN (SELECT number FROM {members} WHERE value = ?))",
        [condition.value],
    )


def _joined(table: Table, conditions: tuple[Filter, ...], word: str) -> Statement:
    whole = Statement("")
    parts = []
    for condition in conditions:
        part = _condition(table, condition)
        parts.append(f"({part.sql})")
        whole.bindings += part.bindings
    whole.sql = word.join(parts)
    return whole


def _extend(statement: Statement, other: Statement) -> None:
    statement.sql += other.sql
    statement.bindings += other.bindings


def _match(fields: tuple[str, ...], phrases: tuple[tuple[str, ...], ...]) -> str:
    """FTS5's own language; words hold letters and digits only, and fields are names of a declaration."""
    columns = "{" + " ".join(map(quoted, fields)) + "} : " if fields else ""
    return columns + "(" + " AND ".join(quoted(" ".join(words)) for words in phrases) + ")"


def _array(values: tuple[int | str, ...]) -> str:
    return orjson.dumps(values).decode()
