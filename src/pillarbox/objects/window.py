"""Which part of a result a /query wants (RFC 8620 section 5.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pillarbox.objects.call import Call
from pillarbox.objects.errors import MethodError
from pillarbox.objects.kind import BOOLEAN, ID, INT, nullable
from pillarbox.wire.values import JSON, Id

__all__ = ["Window"]


@dataclass(frozen=True, slots=True)
class Window:
    """From `position` or `anchor` and `offset` on, no more than `limit` ids; `asked_limit` is what was sent."""

    position: int
    offset: int
    anchor: Id | None
    limit: int
    asked_limit: int | None
    with_total: bool

    @staticmethod
    def taken(call: Call[Any]) -> "Window":
        """What a call asks for. Raises MethodError invalidArguments."""
        take = call.arguments.take
        position, offset = take("position", INT, 0), take("anchorOffset", INT, 0)
        anchor = take("anchor", nullable(ID), None)
        asked_limit = take("limit", nullable(INT), None)
        with_total = take("calculateTotal", BOOLEAN, default=False)
        if asked_limit is not None and asked_limit < 0:
            raise MethodError("invalidArguments", "limit must not be negative")
        most = call.context.limits.query_results
        limit = most if asked_limit is None else min(asked_limit, most)
        return Window(position, offset, None if anchor is None else Id(anchor), limit, asked_limit, with_total)

    def answer(self, call: Call[Any], ids: Sequence[Id]) -> dict[str, JSON]:
        """The answer where the whole result is at hand, and no change of it can be told. Raises anchorNotFound."""
        if self.anchor is not None and self.anchor not in ids:
            raise MethodError("anchorNotFound")
        begin = self.position if self.anchor is None else ids.index(self.anchor) + self.offset
        first = max(0, len(ids) + begin if self.anchor is None and begin < 0 else begin)
        answer: dict[str, JSON] = {
            "accountId": call.account_id,
            "queryState": call.state(),
            "canCalculateChanges": False,
            "position": first,
            "ids": [*ids[first : first + self.limit]],
        }
        return answer | self.more(len(ids) if self.with_total else None)

    def more(self, total: int | None) -> dict[str, JSON]:
        """What an answer has where it was asked for, or where the limit is another one than was asked for."""
        told: dict[str, JSON] = {} if total is None else {"total": total}
        return told if self.limit == self.asked_limit else {**told, "limit": self.limit}
