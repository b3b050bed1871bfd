"""What is wrong with an account, if anything: each truth held against all that follows from it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from pillarbox.store.contract import Finding
from pillarbox.store.entries import values
from pillarbox.store.postgres.account import Account, Kind
from pillarbox.store.postgres.blobs import Blobs
from pillarbox.store.postgres.index import PORTION, documents, kept_members
from pillarbox.store.postgres.schema import key_of, keys_of, names_of, quoted, sql_kind
from pillarbox.store.postgres.session import Session, Value
from pillarbox.store.table import Entry, Scalar, SetIndex, Table

__all__ = [
    "forgotten",
    "held_size",
    "inspect",
    "last_change",
    "least_counters",
    "logged_only",
    "misgrouped",
    "unlogged",
]


def inspect(session: Session, blobs: Blobs, row: Account, tables: dict[Table, Kind]) -> Iterator[Finding]:
    """Yields what indexes, log, text and pieces of blobs have wrong; nothing for a sound account."""
    for table, kind in tables.items():
        for problem in (
            *_differences(session, row.number, table),
            *_log(session, row.number, table, kind),
            *_rest(session, row.number, table),
        ):
            yield Finding(row.number, table.name, problem)
        if table.text:
            # A place of its own: that needs no index made anew.
            for problem in _unsearchable(session, row.number, table):
                yield Finding(row.number, f"{table.name} text", problem)
    for problem in _counters(session, row, list(tables)):
        yield Finding(row.number, "counters", problem)
    for number in blobs.strays():
        yield Finding(row.number, "blobs", f"the octets kept as {number} belong to no blob")


def forgotten(session: Session, account: int, tables: Iterable[Table]) -> Iterator[Finding]:
    """Yields which of these types, none of which the account knows, have documents in it all the same."""
    for table in tables:
        if session.ask(f"SELECT 1 FROM {names_of(table).documents} WHERE account_id = $1 LIMIT 1", account):
            yield Finding(account, "file", f"it has documents of {table.name}, and does not know that type any more")


def _differences(session: Session, account: int, table: Table) -> Iterator[str]:
    """What the indexes say that the documents do not, or the other way round."""
    names = names_of(table)
    totals: dict[str, Counter[int | bytes]] = {index.name: Counter() for index in table.sets}
    counts = dict.fromkeys(totals, 0)
    objects = 0
    rest = ((number, table.entry(document)) for number, document in documents(session, account, table))
    while portion := list(islice(rest, PORTION)):
        objects += len(portion)
        yield from _wrong_columns(session, account, table, portion)
        for index in table.sets:
            yield from _wrong_members(session, account, table, index, portion)
            for _, entry in portion:
                those = kept_members(table, index, entry)
                totals[index.name].update(key_of(value) for value in values(those))
                counts[index.name] += len(those)
    if _one(session, f"SELECT count(*) FROM {names.columns} WHERE account_id = $1", account) != objects:
        yield "there are columns of objects that do not exist"
    for index in table.sets:
        if index.ordered_by is not None:
            sql = f"SELECT value, total FROM {names.totals(index.name)} WHERE account_id = $1"
            if dict(session.ask(sql, account)) != dict(totals[index.name]):
                yield f"the totals of {index.name} are not what the documents say"
        sql = f"SELECT count(*) FROM {names.members(index.name)} WHERE account_id = $1"
        if _one(session, sql, account) != counts[index.name]:
            yield f"there are members of {index.name} whose objects do not exist or do not have them"


def _wrong_columns(session: Session, account: int, table: Table, portion: list[tuple[int, Entry]]) -> Iterator[str]:
    columns = "".join(f", {quoted(column.name)}" for column in table.columns)
    sql = f"SELECT number{columns} FROM {names_of(table).columns} WHERE account_id = $1 AND number = ANY ($2::bigint[])"
    there = {row[0]: row[1:] for row in session.ask(sql, account, [number for number, _ in portion])}
    for number, entry in portion:
        if there.get(number) != tuple(_kept(entry.columns[column.name]) for column in table.columns):
            yield f"object {number}: its columns are not what its document says"


def _wrong_members(
    session: Session, account: int, table: Table, index: SetIndex, portion: list[tuple[int, Entry]]
) -> Iterator[str]:
    expected = [
        (key_of(value), place, number, entry.columns[table.group] if table.group else None)
        for number, entry in portion
        for value, place in kept_members(table, index, entry)
    ]
    found = session.ask(
        "SELECT m.value, m.place, m.number, m.grp"
        f" FROM unnest($2::{sql_kind(index)}[], $3::bigint[], $4::bigint[]) AS x (value, place, number)"
        f" JOIN {names_of(table).members(index.name)} m ON m.account_id = $1 AND m.value = x.value"
        " AND m.place = x.place AND m.number = x.number",
        account,
        keys_of(value for value, _, _, _ in expected),
        [int(place) for _, place, _, _ in expected],
        [number for _, _, number, _ in expected],
    )
    for value, _, number, _ in set(expected) - set(found):
        yield f"object {number}: not found by its {index.name} {value!r}"


def _log(session: Session, account: int, table: Table, kind: Kind) -> Iterator[str]:
    for number in unlogged(session, account, table, kind.code):
        yield f"object {number} exists, but the change log does not know it"
    for number in logged_only(session, account, table, kind.code):
        yield f"object {number} is in the change log, but does not exist"
    for number, _ in misgrouped(session, account, table, kind.code):
        yield f"object {number} is in another group by the change log than by its document"
    last = last_change(session, account, kind.code)
    if last > kind.state:
        yield f"its state is {kind.state}, but the change log goes on to {last}"


def _rest(session: Session, account: int, table: Table) -> Iterator[str]:
    """What is kept of objects beside their documents and indexes."""
    names = names_of(table)
    for number in _without(session, account, names.apart, names.documents):
        yield f"object {number} has a second document, but is gone"
    if table.text:
        for number in _without(session, account, names.text, names.documents):
            yield f"object {number} has text, but is gone"


def _unsearchable(session: Session, account: int, table: Table) -> Iterator[str]:
    names = names_of(table)
    for number in _without(session, account, names.documents, names.text):
        yield f"object {number} is not searchable"
    cut = _one(session, f"SELECT count(*) FROM {names.text} WHERE account_id = $1 AND is_cut", account)
    if cut:
        yield f"{cut} objects have more words than can be searched, and are found by some of them"


def _counters(session: Session, row: Account, tables: list[Table]) -> Iterator[str]:
    least_number, least_sequence = least_counters(session, row, tables)
    if row.next_number < least_number:
        yield f"the next number is {row.next_number}, below {least_number}"
    if row.sequence < least_sequence:
        yield f"the sequence is {row.sequence}, below {least_sequence}"
    size = held_size(session, row.number)
    if row.held_size != size:
        yield f"the size held is said to be {row.held_size}, but is {size}"


def least_counters(session: Session, row: Account, tables: Iterable[Table]) -> tuple[int, int]:
    """What the next number and the sequence must at least be."""
    places = ("change", "blob", "dropped", *(names_of(table).documents for table in tables))
    used = [0]
    for place in places:
        column = "blob" if place == "dropped" else "number"
        used.append(_one(session, f"SELECT max({column}) FROM {place} WHERE account_id = $1", row.number) or 0)
    logged = _one(session, "SELECT max(updated) FROM change WHERE account_id = $1", row.number) or 0
    return max(used) + 1, max([logged, *(kind.state for kind in row.kinds.values())])


def last_change(session: Session, account: int, code: int) -> int:
    """The number of the last change that the log has of a type."""
    return _one(session, "SELECT max(updated) FROM change WHERE account_id = $1 AND code = $2", account, code) or 0


def held_size(session: Session, account: int) -> int:
    """The size of all blobs that objects hold, counted for each of them."""
    sql = "SELECT coalesce(sum(size * refs), 0)::bigint FROM blob WHERE account_id = $1 AND refs > 0"
    return _one(session, sql, account) or 0


def unlogged(session: Session, account: int, table: Table, code: int) -> list[int]:
    """Objects that the change log does not know."""
    sql = (
        f"SELECT number FROM {names_of(table).documents} WHERE account_id = $1"
        " EXCEPT SELECT number FROM change WHERE account_id = $1 AND code = $2 AND destroyed IS NULL ORDER BY 1"
    )
    return [number for (number,) in session.ask(sql, account, code)]


def logged_only(session: Session, account: int, table: Table, code: int) -> list[int]:
    """Objects that the change log knows and that do not exist."""
    sql = (
        "SELECT number FROM change WHERE account_id = $1 AND code = $2 AND destroyed IS NULL"
        f" EXCEPT SELECT number FROM {names_of(table).documents} WHERE account_id = $1 ORDER BY 1"
    )
    return [number for (number,) in session.ask(sql, account, code)]


def misgrouped(session: Session, account: int, table: Table, code: int) -> list[tuple[int, int]]:
    """Objects whose group the change log has wrong, with the one that their columns have."""
    if table.group is None:
        return []
    group = quoted(table.group)
    rows = session.ask(
        f"SELECT i.number, i.{group} FROM {names_of(table).columns} i"
        " JOIN change c ON c.account_id = $1 AND c.code = $2 AND c.number = i.number"
        f" WHERE i.account_id = $1 AND c.grp IS DISTINCT FROM i.{group} ORDER BY i.number",
        account,
        code,
    )
    return [(number, its) for number, its in rows]


def _without(session: Session, account: int, here: str, there: str) -> list[int]:
    """Numbers that one table has and the other does not."""
    sql = f"SELECT number FROM {here} WHERE account_id = $1 EXCEPT SELECT number FROM {there} WHERE account_id = $1"
    return sorted(number for (number,) in session.ask(sql, account))


def _kept(value: Scalar) -> int | bytes | None:
    return value.encode() if isinstance(value, str) else value


def _one(session: Session, sql: str, *values: Value) -> int | None:
    ((value,),) = session.ask(sql, *values)
    return None if value is None else int(value)
