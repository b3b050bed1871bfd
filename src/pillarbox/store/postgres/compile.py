"""Queries as SQL: the only place where SQL is composed of what a client sent, and that always as bindings.

`$1` is the account in every statement, and stands beside every table.
"""

from dataclasses import dataclass, field
from typing import assert_never

from pillarbox.store.entries import NOWHERE
from pillarbox.store.postgres.schema import key_of, keys_of, names_of, ordering, quoted, unpacked
from pillarbox.store.postgres.session import Value
from pillarbox.store.postgres.text import begin, query
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
from pillarbox.store.table import Scalar, Table

__all__ = ["Statement", "counted", "has_place", "listed", "page", "placed", "ranked"]


@dataclass(slots=True)
class Statement:
    """SQL and what its numbers stand for, the account first; `is_fixed` if it has few forms, and is worth preparing."""

    sql: str
    values: list[Value]
    is_fixed: bool


@dataclass(slots=True)
class _Bindings:
    values: list[Value] = field(default_factory=list)

    def add(self, value: Value) -> str:
        """What stands for the value."""
        self.values.append(value)
        return f"${len(self.values)}"


def listed(account: int, table: Table, select: Select) -> Statement:
    """Rows of number and group, in the order of the result, without its collapsing."""
    plan = _plan(account, table, select)
    sql = f"SELECT {plan.number}, {plan.group} FROM {plan.source} WHERE {plan.where} ORDER BY {plan.order}"
    return Statement(sql, plan.bindings.values, plan.is_fixed)


def page(account: int, table: Table, select: Select, offset: int, limit: int) -> Statement:
    """A part of a result that is not collapsed: rows of numbers."""
    plan = _plan(account, table, select)
    most, first = plan.bindings.add(limit), plan.bindings.add(offset)
    sql = (
        f"SELECT {plan.number} FROM {plan.source} WHERE {plan.where} ORDER BY {plan.order}"
        f" LIMIT {most}::bigint OFFSET {first}::bigint"
    )
    return Statement(sql, plan.bindings.values, plan.is_fixed)


def has_place(table: Table, select: Select) -> bool:
    """Whether an index has the order of the result, so that `placed` need not read all of it."""
    return _leading(table, select) is not None


def placed(account: int, table: Table, select: Select, number: int) -> Statement:
    """One row, or none: the number, and its place in the result, by counting what the index has before it."""
    leading = _leading(table, select)
    if leading is None:
        raise ValueError("no index has the order of this result")
    plan = _plan(account, table, select)
    one = plan.bindings.add(number)
    column = quoted(table.set_index(leading[0].set).ordered_by or "")
    before = ">" if select.order[0].descending else "<"
    rows = f"FROM {plan.source} WHERE {plan.where} AND (m.place, m.number) {before} (o.place, o.number)"
    what, first = "*", ""
    if select.one_of_group:
        what, first = "DISTINCT m.grp", f" WHERE NOT EXISTS (SELECT 1 {rows} AND m.grp = o.grp)"
    # The one object is found by its place, which its column tells, and not by reading all members.
    sql = (
        f"SELECT o.number, (SELECT count({what}) {rows}) FROM (SELECT m.number, m.place, m.grp FROM {plan.source}"
        f" WHERE {plan.where} AND m.number = {one} AND m.place = (SELECT coalesce({column}, {NOWHERE})"
        f" FROM {names_of(table).columns} WHERE account_id = $1 AND number = {one})) o{first}"
    )
    return Statement(sql, plan.bindings.values, plan.is_fixed)


def ranked(account: int, table: Table, select: Select, numbers: list[int]) -> Statement:
    """Rows of those numbers that are in a result that is not collapsed, each with its place."""
    plan = _plan(account, table, select)
    some = plan.bindings.add(numbers)
    sql = (
        f"SELECT r.number, r.place FROM (SELECT {plan.number} AS number,"
        f" row_number() OVER (ORDER BY {plan.order}) - 1 AS place FROM {plan.source} WHERE {plan.where}) r"
        f" WHERE r.number = ANY({some}::bigint[])"
    )
    return Statement(sql, plan.bindings.values, is_fixed=False)


def counted(account: int, table: Table, select: Select) -> Statement:
    """One row, or none for 0: the length of the result."""
    names = names_of(table)
    bindings = _Bindings([account])
    match select:
        case Select(where=Member(set=index, value=value), one_of_group=collapsed):
            one = bindings.add(key_of(value))
            if table.set_index(index).ordered_by and not collapsed:
                what, source = "total", names.totals(index)
            else:
                what, source = "count(DISTINCT grp)" if collapsed else "count(*)", names.members(index)
            sql = f"SELECT {what} FROM {source} WHERE account_id = $1 AND value = {one}"
            return Statement(sql, bindings.values, is_fixed=True)
    if isinstance(select.where, Text) and select.where.phrases and not select.one_of_group:
        sql = f"SELECT count(*) FROM {names.text} t WHERE {_has_text(table, select.where, bindings)}"
        return Statement(sql, bindings.values, is_fixed=False)
    where = _whole(table, select.where, bindings)
    what = f"DISTINCT e.{quoted(table.group)}" if select.one_of_group and table.group else "*"
    sql = f"SELECT count({what}) FROM {names.columns} e WHERE e.account_id = $1 AND ({where})"
    return Statement(sql, bindings.values, select == Select())


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where a result's rows come from, which of them, and in which order."""

    number: str
    group: str
    source: str
    where: str
    order: str
    bindings: _Bindings
    is_fixed: bool


def _plan(account: int, table: Table, select: Select) -> _Plan:
    leading = _leading(table, select)
    names = names_of(table)
    bindings = _Bindings([account])
    if leading is None:
        where = f"e.account_id = $1 AND ({_whole(table, select.where, bindings)})"
        order = "".join(_ordered(table, part, bindings) for part in select.order)
        direction = "DESC" if select.order and select.order[-1].descending else "ASC"
        group = f"e.{quoted(table.group)}" if table.group else "NULL::bigint"
        source = f"{names.columns} e"
        return _Plan("e.number", group, source, where, f"{order}e.number {direction}", bindings, is_fixed=False)
    member, rest = leading
    direction = "DESC" if select.order[0].descending else "ASC"
    source, where = (
        f"{names.members(member.set)} m",
        f"m.account_id = $1 AND m.value = {bindings.add(key_of(member.value))}",
    )
    if rest:
        source += f" JOIN {names.columns} e ON e.account_id = $1 AND e.number = m.number"
        where += f" AND ({_condition(table, AllOf(rest), bindings)})"
    order = f"m.place {direction}, m.number {direction}"
    return _Plan("m.number", "m.grp", source, where, order, bindings, not rest)


def _leading(table: Table, select: Select) -> tuple[Member, tuple[Filter, ...]] | None:
    """The member condition whose index has the wanted order already, and what else must hold."""
    match select.order:
        case (Order(by=str(column)),) if table.column(column).kind == "integer":
            pass
        case _:
            return None
    conditions = _conjuncts(select.where)
    if any(isinstance(condition, Text) and condition.phrases for condition in conditions):
        # Words are looked up first, and few objects have rare ones: no order is worth reading a whole Mailbox in.
        return None
    for at, condition in enumerate(conditions):
        if isinstance(condition, Member) and table.set_index(condition.set).ordered_by == column:
            return condition, conditions[:at] + conditions[at + 1 :]
    return None


def _conjuncts(condition: Filter) -> tuple[Filter, ...]:
    return condition.conditions if isinstance(condition, AllOf) else (condition,)


def _whole(table: Table, condition: Filter, bindings: _Bindings) -> str:
    """A whole condition. Text that must be there is looked up by its index once, before anything else.

    Left to itself, the planner reads objects in the order asked for and unpacks the words of each, until it has found
    enough: of a rare word never.
    """
    parts = []
    for one in _conjuncts(condition):
        if isinstance(one, Text) and one.phrases:
            found = f"SELECT t.number FROM {names_of(table).text} t WHERE {_has_text(table, one, bindings)}"
            parts.append(f"e.number = ANY (ARRAY({found}))")
        else:
            parts.append(f"({_condition(table, one, bindings)})")
    return " AND ".join(parts) or "TRUE"


def _ordered(table: Table, order: Order, bindings: _Bindings) -> str:
    direction = "DESC NULLS LAST" if order.descending else "ASC NULLS FIRST"
    if isinstance(order.by, str):
        column = table.column(order.by)
        name = f"e.{quoted(column.name)}"
        if column.sorted and column.kind == "text":
            # The index has the beginning of each, and the rest decides among equal ones.
            return f"{ordering(column, name)} {direction}, {name} {direction}, "
        return f"{name} {direction}, "
    if isinstance(order.by, tuple):
        columns = (f"e.{quoted(table.column(name).name)}" for name in order.by)
        return f"coalesce({', '.join(columns)}) {direction}, "
    # A constant alone cannot be sorted by.
    return f"CASE WHEN {_condition(table, order.by, bindings)} THEN 1 ELSE 0 END {direction}, "


def _condition(table: Table, condition: Filter, bindings: _Bindings) -> str:  # noqa: C901, PLR0912 - one arm a word
    names = names_of(table)
    match condition:
        case Everything() | AllOf(conditions=()) | Text(phrases=()):
            return "TRUE"
        case AnyOf(conditions=()):
            return "FALSE"
        case AllOf(conditions=conditions):
            return " AND ".join(f"({_condition(table, one, bindings)})" for one in conditions)
        case AnyOf(conditions=conditions):
            return " OR ".join(f"({_condition(table, one, bindings)})" for one in conditions)
        case Not(condition=inner):
            return f"NOT ({_condition(table, inner, bindings)})"
        # NULL must not make a condition unknown, or its negation would not hold either.
        case Equal(column=column, value=None):
            return f"e.{quoted(column)} IS NULL"
        case Equal(column=column, value=value):
            return _compared(table, column, "=", value, bindings)
        case Below(column=column, bound=bound):
            return _compared(table, column, "<", bound, bindings)
        case AtLeast(column=column, bound=bound):
            return _compared(table, column, ">=", bound, bindings)
        case Contains(column=column, part=part):
            name = f"e.{quoted(column)}"
            return f"({name} IS NOT NULL AND position({bindings.add(part.encode())}::bytea IN {name}) > 0)"
        case Member(set=index, value=value):
            return (
                f"EXISTS (SELECT 1 FROM {names.members(index)} m WHERE m.account_id = $1"
                f" AND m.value = {bindings.add(key_of(value))} AND m.place = {_place(table, index, 'e')}"
                " AND m.number = e.number)"
            )
        case MemberOutside(set=index, values=values):
            kind = "bigint" if table.set_index(index).kind == "integer" else "bytea"
            return (
                f"EXISTS (SELECT 1 FROM {names.members(index)} m WHERE m.account_id = $1 AND m.number = e.number"
                f" AND m.value <> ALL ({bindings.add(keys_of(values))}::{kind}[]))"
            )
        case InGroup():
            return _in_group(table, condition, bindings)
        case Text():
            # As a list: it is made once, and never of the words of one object after the other.
            return f"e.number IN (SELECT t.number FROM {names.text} t WHERE {_has_text(table, condition, bindings)})"
        case Among(numbers=numbers):
            return f"e.number = ANY ({bindings.add(list(numbers))}::bigint[])"
        case _:
            assert_never(condition)


def _compared(table: Table, column: str, operator: str, value: Scalar, bindings: _Bindings) -> str:
    declared = table.column(column)
    name = f"e.{quoted(column)}"
    one = bindings.add(value.encode() if isinstance(value, str) else value)
    exact = f"{name} {operator} {one}"
    if operator == "=" and declared.kind == "text" and declared.sorted:
        exact += f" AND {ordering(declared, name)} = {ordering(declared, one)}"
    return f"({name} IS NOT NULL AND {exact})"


def _place(table: Table, index: str, alias: str) -> str:
    """Where an object stands in a set, so that a member is looked up by the whole of its key."""
    ordered_by = table.set_index(index).ordered_by
    if ordered_by is None or table.column(ordered_by).kind == "text":
        return "0"
    return f"coalesce({alias}.{quoted(ordered_by)}, {NOWHERE})"


def _in_group(table: Table, condition: InGroup, bindings: _Bindings) -> str:
    names = names_of(table)
    members = names.members(condition.set)
    group = quoted(table.group or "")
    value = bindings.add(key_of(condition.value))
    if condition.quantity is Quantity.SOME:
        # As a list: it is made once, where the planner would look through all members for each object.
        return f"e.{group} IN (SELECT m.grp FROM {members} m WHERE m.account_id = $1 AND m.value = {value})"
    # All have it where none is without it.
    return (
        f"NOT EXISTS (SELECT 1 FROM {names.columns} x WHERE x.account_id = $1 AND x.{group} = e.{group}"
        f" AND NOT EXISTS (SELECT 1 FROM {members} m WHERE m.account_id = $1 AND m.value = {value}"
        f" AND m.place = {_place(table, condition.set, 'x')} AND m.number = x.number))"
    )


def _has_text(table: Table, condition: Text, bindings: _Bindings) -> str:
    """Whether a row of text has every phrase."""
    sought = bindings.add(query(table, condition.fields, condition.phrases))
    where = f"t.account_id = $1 AND {unpacked('t.words')} @@ {sought}::tsquery"
    for phrase in condition.phrases:
        if len(phrase) > 1:
            words = bindings.add(begin(phrase))
            found = (f"strpos(t.{quoted(f'f_{name}')}, {words}::text) > 0" for name in condition.fields or table.text)
            where += f" AND ({' OR '.join(found)})"
    return where
