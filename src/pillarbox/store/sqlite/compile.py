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
from pillarbox.store.sqlite.schema import Names, quoted
from pillarbox.store.table import Scalar, Table

__all__ = ["Statement", "counted", "listed"]

Binding: TypeAlias = Scalar | bytes


@dataclass(slots=True)
class Statement:
    """SQL and what its question marks stand for, in order."""

    sql: str
    bindings: list[Binding] = field(default_factory=list)


def listed(table: Table, select: Select) -> Statement:
    """Rows of number and group, in the order of the result, without its collapsing."""
    leading = _leading(table, select)
    group = quoted(table.group) if table.group else "NULL"
    if leading is None:
        where = _condition(table, select.where)
        order = Statement("")
        for part in select.order:
            _extend(order, _ordered(table, part))
        direction = "DESC" if select.order and select.order[-1].descending else "ASC"
        return Statement(
            f"SELECT e.number, {f'e.{group}' if table.group else 'NULL'} FROM {Names(table).columns} e"
            f" WHERE {where.sql} ORDER BY {order.sql} e.number {direction}",
            [*where.bindings, *order.bindings],
        )
    member, rest = leading
    names = Names(table)
    direction = "DESC" if select.order[0].descending else "ASC"
    if not rest:
        joined, where = "", Statement("1")
    else:
        # CROSS JOIN, because SQLite then reads the members in their order instead of guessing a better one.
        joined = f" CROSS JOIN {names.columns} e ON e.number = m.number"
        where = _condition(table, AllOf(rest))
    return Statement(
        f"SELECT m.number, m.grp FROM {names.members(member.set)} m{joined} WHERE m.value = ? AND {where.sql}"
        f" ORDER BY m.place {direction}, m.number {direction}",
        [member.value, *where.bindings],
    )


def counted(table: Table, select: Select) -> Statement:
    """One row: the length of the result."""
    names = Names(table)
    match select:
        case Select(where=Member(set=index, value=value), one_of_group=False):
            return Statement(f"SELECT total FROM {names.totals(index)} WHERE value = ?", [value])
        case Select(where=Member(set=index, value=value)):
            return Statement(f"SELECT count(DISTINCT grp) FROM {names.members(index)} WHERE value = ?", [value])
    where = _condition(table, select.where)
    what = f"DISTINCT e.{quoted(table.group)}" if select.one_of_group and table.group else "*"
    return Statement(f"SELECT count({what}) FROM {names.columns} e WHERE {where.sql}", where.bindings)


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
    return Statement(f"({condition.sql}) {direction}, ", condition.bindings)


def _condition(table: Table, condition: Filter) -> Statement:  # noqa: C901, PLR0912 - one arm a word of the query
    names = Names(table)
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
    names = Names(table)
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
    return columns + "(" + " AND ".join('"' + " ".join(words) + '"' for words in phrases) + ")"


def _array(values: tuple[int | str, ...]) -> str:
    return orjson.dumps(values).decode()
