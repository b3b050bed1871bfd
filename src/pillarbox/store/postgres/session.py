"""A connection that is told much and asked little: statements are queued, and only an answer is waited for.

Over a network the waiting is what a unit costs, so everything between two questions travels together (libpq's pipeline
mode). psycopg's own pipeline costs more time in Python than a round trip does on one machine; `psycopg.pq`, the library
beneath it, costs a sixth (adr/0021). What is needed of types is little: integers of 64 bit, octets, text and arrays.
"""

import select
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeAlias

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer

from pillarbox.store.error import StoreError, Unavailable
from pillarbox.store.postgres.failure import Lost, failure, is_over
from pillarbox.store.postgres.octets import WRITERS, Value

__all__ = ["Row", "Session", "Value"]

Row: TypeAlias = tuple[Any, ...]
"""What the columns of a statement say; whoever wrote the statement knows their types."""

_PREPARED = 1000
"""Statements kept prepared on a connection; there are a few dozen a type. What is beyond is sent as it is."""
_UNSENT = 256 * 1024
"""So many octets are queued at most before they are sent."""
_RESULTS = 4
"""More than there are of a commit that fails and then ends: an error, the end of its results, the end of all."""
_BAD = pq.ConnStatus.BAD
_READ_ONLY = b"default_transaction_read_only"
_COMMIT = 5.0
"""Seconds that one waits for the end of a transaction, before it is asked on another connection what has become of it.

The server may wait for a standby that is not there any more, and others have turned to another one.
"""


class Session:
    """One connection, in pipeline mode for all of its life.

    Not for two threads at once. An error undoes nothing by itself: whoever began a transaction ends it. A server that
    says nothing for `silence` seconds, though it has been asked, is as good as gone: Lost.
    """

    def __init__(self, connection: "psycopg.Connection[Any]", place: str, silence: float) -> None:
        self._connection = connection
        self._place = place
        self._silence = silence
        self._raw = connection.pgconn
        self._raw.nonblocking = 1
        self._raw.enter_pipeline_mode()
        self._names: dict[str, bytes] = {}
        self._named = 0
        self._left = False
        self._expected: deque[_Expected] = deque()
        self._unsent = 0
        self._rows = Transformer(connection)
        self._ready = select.poll()
        self._ready.register(self._raw.socket, select.POLLIN)
        self._problem: StoreError | None = None
        self._answer: list[Row] = []
        self._is_over = self._has_committed = False
        self._warning: str | None = None
        connection.add_notice_handler(self._noticed)
        self.history = ""
        """Letters that stand for which database this is, in which of its histories: another one after a promotion."""
        self.stamp = b""
        """Two octets for the same."""

    @property
    def is_usable(self) -> bool:
        """Whether another unit can begin here: no transaction is open, or its end is on its way."""
        return not self.is_lost and (
            self._left or (not self._expected and self._raw.transaction_status == pq.TransactionStatus.IDLE)
        )

    @property
    def is_lost(self) -> bool:
        """Whether it is known that nothing can be sent any more, or nothing written."""
        return self._is_over or self._connection.closed or self._raw.status == _BAD

    @property
    def has_failed(self) -> bool:
        """Whether an answer said that the transaction can only be ended, or undone to a savepoint; or it is lost."""
        return self.is_lost or self._raw.transaction_status == pq.TransactionStatus.INERROR

    def tell(self, sql: str, *values: Value) -> None:
        """Queues a statement whose rows nobody wants. If it fails, the next question does, and what is in between."""
        self._send(sql, values, _Told)

    def ask(self, sql: str, *values: Value) -> list[Row]:
        """The rows of a statement, after all that was told before it. Raises Unavailable, StoreError, Lost."""
        self._send(sql, values, _Asked)
        return self.settle()

    def ask_anew(self, sql: str, *values: Value) -> list[Row]:
        """The same, planned for these values alone: for statements of many forms."""
        self._send_anew(sql, values, _Asked)
        return self.settle()

    def tell_anew(self, sql: str, *values: Value) -> None:
        """A statement that is told, planned for these values alone."""
        self._send_anew(sql, values, _Told)

    def ask_alone(self, sql: str, *values: Value) -> list[Row]:
        """The rows of a statement that is a transaction by itself.

        Raises Unavailable also where it was done, and may be lost with this server.
        """
        with self._ending():
            rows = self.ask(sql, *values)
        if self._warning is not None:
            self._is_over = True
            raise Unavailable(self._warning)
        return rows

    def commit(self) -> None:
        """Ends the transaction, durably; all that was told before is part of it.

        Raises Lost if it may have been committed, on this server alone perhaps, and Undone, Unavailable or StoreError
        if it was not.
        """
        self._send("COMMIT", (), _Committed)
        self._has_committed = False
        try:
            with self._ending():
                self.settle()
        except Lost:
            if not self._has_committed:
                raise
        if self._warning is not None:
            self._is_over = True
            raise Lost(self._warning)

    @contextmanager
    def _ending(self) -> Iterator[None]:
        """A block in which a transaction ends."""
        kept, self._silence = self._silence, min(self._silence, _COMMIT)
        try:
            yield
        finally:
            self._silence = kept

    def end(self) -> None:
        """Sends what is queued, the end of a transaction, without waiting: whoever asks next hears of it first."""
        self.mark()
        self._flush()
        self._left = True

    def mark(self) -> None:
        """What is told from here on is done even if something before it failed."""
        self._try(self._raw.pipeline_sync)
        self._expected.append(_Mark)

    def settle(self) -> list[Row]:
        """Waits until all that was sent is answered; the rows of the last question. Raises what went wrong first."""
        self.mark()
        self._flush()
        self._answer, self._problem, self._warning = [], None, None
        try:
            while self._expected:
                self._expected.popleft()(self)
        except BaseException:
            # Nobody knows any more which answer is to what.
            self.close()
            raise
        # Told by the server whenever it changes: somebody has turned to another one.
        self._is_over = self._is_over or self._raw.parameter_status(_READ_ONLY) == b"on"
        if self._problem is not None:
            raise self._problem
        return self._answer

    def undo(self, savepoint: str) -> None:
        """Back to before the savepoint: what failed since then has failed for nobody.

        Raises what had failed before it; not that the connection is gone, of which whoever asks next hears.
        """
        try:
            self.settle()
        except Lost:
            return
        except StoreError as problem:
            self._undo(savepoint)
            try:
                self.settle()
            except Lost:
                return
            except StoreError:
                raise problem from None
        else:
            self._undo(savepoint)

    def _undo(self, savepoint: str) -> None:
        if self.is_lost:
            return
        self.tell(f"ROLLBACK TO SAVEPOINT {savepoint}")
        self.tell(f"RELEASE SAVEPOINT {savepoint}")

    @property
    def descriptor(self) -> int:
        """Of the socket; it is readable when something has come, or the server is gone."""
        return int(self._raw.socket)

    def notified(self) -> list[str]:
        """What LISTEN has brought since it was last asked, without waiting. Raises Lost."""
        self._try(self._raw.consume_input)
        told = []
        while (one := self._raw.notifies()) is not None:
            told.append(bytes(one.extra).decode("utf-8", "replace"))
        return told

    def close(self) -> None:
        """The connection is over, and so is what was not committed on it."""
        self._connection.close()

    def _send(self, sql: str, values: tuple[Value, ...], expected: "_Expected") -> None:
        self._check()
        name = self._names.get(sql)
        if name is None:
            if len(self._names) >= _PREPARED:
                self._send_anew(sql, values, expected)
                return
            self._named += 1
            name = self._names[sql] = b"s%d" % self._named
            self._try(partial(self._raw.send_prepare, name, sql.encode()))
            self._expected.append(lambda session: session._prepared(sql))  # noqa: SLF001 - its own
        self._left = False
        octets, formats = self._written(values)
        self._try(lambda: self._raw.send_query_prepared(name, octets, formats, 1))
        self._expected.append(expected)

    def _send_anew(self, sql: str, values: tuple[Value, ...], expected: "_Expected") -> None:
        self._check()
        self._left = False
        octets, formats = self._written(values)
        self._try(lambda: self._raw.send_query_params(sql.encode(), octets, None, formats, 1))
        self._expected.append(expected)

    def _check(self) -> None:
        if self._is_over:
            raise Lost(f"{self._place}: nothing can be written there any more")

    def _written(self, values: tuple[Value, ...]) -> tuple[list[bytes | None], list[int]]:
        octets, formats = [], []
        for value in values:
            one, form = WRITERS[type(value)](value)
            octets.append(one)
            formats.append(form)
            self._unsent += len(one) if one else 0
        if self._unsent > _UNSENT:
            self._flush()
        return octets, formats

    def _prepared(self, sql: str) -> None:
        if self._result() is None:
            del self._names[sql]

    def _told(self) -> None:
        self._result()

    def _asked(self) -> None:
        result = self._result()
        if result is not None:
            self._rows.set_pgresult(result)
            self._answer = self._rows.load_rows(0, result.ntuples, tuple)

    def _committed(self) -> None:
        # What a statement before it was warned of, as each is where their numbers run out, says nothing of the commit.
        self._warning = None
        result = self._result()
        if result is None:
            return
        self._has_committed = result.command_status == b"COMMIT"
        if not self._has_committed:
            # A transaction in which something had failed ends with a rollback, which is no error.
            self._problem = Unavailable(f"{self._place}: something that was to be committed had failed")

    def _marked(self) -> None:
        # A statement without a transaction around it is committed here, and may fail here.
        for _ in range(_RESULTS):
            self._wait()
            result: pq.abc.PGresult | None = self._try(self._raw.get_result)
            if result is not None and result.status == pq.ExecStatus.PIPELINE_SYNC:
                return
            if result is not None:
                self._note(result)
        raise Lost(f"{self._place}: the connection was closed")

    def _result(self) -> pq.abc.PGresult | None:
        """What a statement gave, or None with the first problem kept."""
        self._wait()
        result: pq.abc.PGresult | None = self._try(self._raw.get_result)
        if result is None:
            raise Lost(f"{self._place}: the connection was closed")
        # A statement's results end with none.
        self._wait()
        self._try(self._raw.get_result)
        match result.status:
            case pq.ExecStatus.TUPLES_OK | pq.ExecStatus.COMMAND_OK:
                return result
            case pq.ExecStatus.PIPELINE_ABORTED:
                return None
        self._note(result)
        return None

    def _note(self, result: pq.abc.PGresult) -> None:
        """Keeps what a failed statement says, if it is the first."""
        if self._problem is not None:
            return
        severity = result.error_field(pq.DiagnosticField.SEVERITY_NONLOCALIZED)
        error = psycopg.errors.error_from_result(result)
        self._is_over = self._is_over or is_over(error)
        is_lost = self.is_lost or severity in {b"FATAL", b"PANIC"}
        self._problem = failure(self._place, error, is_lost=is_lost)

    def _noticed(self, notice: psycopg.errors.Diagnostic) -> None:
        """Called while answers are read; less than a warning is not sent."""
        self._warning = f"{self._place}: {notice.message_primary} ({notice.message_detail})"

    def _wait(self) -> None:
        while self._raw.is_busy():
            self._heard(self._ready)
            self._try(self._raw.consume_input)

    def _flush(self) -> None:
        self._unsent = 0
        if not self._try(self._raw.flush):
            return
        both = select.poll()
        both.register(self._raw.socket, select.POLLIN | select.POLLOUT)
        while self._try(self._raw.flush):
            # The server may wait for us to read before it reads on.
            if any(event & select.POLLIN for _, event in self._heard(both)):
                self._try(self._raw.consume_input)

    def _heard(self, poll: select.poll) -> list[tuple[int, int]]:
        """What happened to the socket."""
        if events := poll.poll(self._silence * 1000):
            return events
        self._expected.clear()
        self.close()
        raise Lost(f"{self._place}: it has said nothing for {self._silence:g} seconds")

    def _try(self, action: Callable[[], Any]) -> Any:
        try:
            return action()
        except psycopg.Error as problem:
            self._expected.clear()
            self.close()
            raise failure(self._place, problem, is_lost=True) from problem


_Expected: TypeAlias = Callable[[Session], None]
_Told: _Expected = Session._told  # noqa: SLF001 - its own
_Asked: _Expected = Session._asked  # noqa: SLF001 - its own
_Committed: _Expected = Session._committed  # noqa: SLF001 - its own
_Mark: _Expected = Session._marked  # noqa: SLF001 - its own
