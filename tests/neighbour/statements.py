"""Every statement that a PostgreSQL store executes, held against the rule that lets a distributed engine route it.

Each names one account, as `$1`, beside each table it reads or writes; or it is told by `store/postgres/server`.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pillarbox.store.postgres import server
from pillarbox.store.postgres.session import Session, Value

__all__ = ["Broken", "checked", "problem"]

_SERVER = str(Path(server.__file__).parent)
_OF_NO_TABLE = re.compile(r"(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|FETCH|CLOSE)\b|SELECT current_setting\(")
_NAME = r"(\"[^\"]+\"|[a-z_]+)(?: AS)?(?: ([a-z])\b)?"
_READ = re.compile(rf"\b(?:(?<!DISTINCT )FROM|JOIN|USING|UPDATE) (?![a-z]+\(|SET\b)(?:ONLY )?{_NAME}")
_FILLED = re.compile(rf"\bINSERT INTO {_NAME} \(account_id, [^)]*\) (?:VALUES \(\$1[,)]|SELECT \$1,)")
_INSERT = re.compile(r"\bINSERT INTO\b")
_ACCOUNT = re.compile(r"\b(?:([a-z])\.)?account_id = \$1\b")


class Broken(AssertionError):
    """A statement that names no account, or not beside each of its tables."""


def problem(sql: str) -> str | None:
    """What is wrong with a statement, if anything."""
    if _OF_NO_TABLE.match(sql):
        return None
    if len(_INSERT.findall(sql)) != len(_FILLED.findall(sql)):
        return "it inserts rows that do not begin with the account ($1)"
    tables = sum(1 for _ in _READ.finditer(sql))
    named = sum(1 for _ in _ACCOUNT.finditer(sql))
    if named < tables or (not tables and not _INSERT.search(sql)):
        return f"it names {tables} tables, and an account (account_id = $1) beside {named} of them"
    return None


@contextmanager
def checked() -> Iterator[None]:
    """A block in which every statement is held against the rule. Raises Broken."""
    told: dict[str, str | None] = {}
    real = Session._send, Session._send_anew

    def look(sql: str) -> None:
        if sql not in told:
            if _is_of_server():
                return
            told[sql] = problem(sql)
        if wrong := told[sql]:
            raise Broken(
                f"a statement names one account beside each table, or stands in store/postgres/server: {wrong}: {sql}"
            )

    def send(session: Session, sql: str, values: tuple[Value, ...], expected: object) -> None:
        look(sql)
        real[0](session, sql, values, expected)  # type: ignore[arg-type]

    def send_anew(session: Session, sql: str, values: tuple[Value, ...], expected: object) -> None:
        look(sql)
        real[1](session, sql, values, expected)  # type: ignore[arg-type]

    Session._send, Session._send_anew = send, send_anew  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        Session._send, Session._send_anew = real  # type: ignore[method-assign]


def _is_of_server() -> bool:
    frame = sys._getframe(3)
    while frame.f_code.co_filename.endswith("session.py") and frame.f_back:
        frame = frame.f_back
    return frame.f_code.co_filename.startswith(_SERVER)
