"""What is measured, and what it may cost: the one table of it.

A budget is for one core of the machine that it is measured on; `share` is a part of the floor, the same octets with
nothing behind them. Where figures come from is in the architecture's notes on performance; here they are obeyed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from bench.figure import Figure
from bench.load import FILTERS, TREES

__all__ = ["LINES", "Budget", "Line", "Verdict"]


class Verdict(Enum):
    """What a figure is beside its budget; open, where it is of another number of messages and does not tell."""

    MET = "met"
    MISSED = "missed"
    OPEN = "open"
    NONE = "no budget"


@dataclass(frozen=True, slots=True)
class Budget:
    """Bounds; each that is given has to hold. `messages` is the size of the account that they are for."""

    least: float | None = None
    most: float | None = None
    share: float | None = None
    messages: int | None = None

    def __str__(self) -> str:
        parts = []
        if self.least is not None:
            parts.append(f"≥ {self.least:,g}")
        if self.most is not None:
            parts.append(f"≤ {self.most:,g}")
        if self.share is not None:
            parts.append(f"≥ {self.share:.0%} of the floor")
        if self.messages is not None:
            parts.append(f"at {self.messages:,}")
        return ", ".join(parts) or "–"

    def judges(self, figure: Figure) -> Verdict:
        """Whether the figure is within."""
        if self == Budget():
            return Verdict.NONE
        found = {self._is_met(figure, figure.value)}
        if self.messages and figure.messages:
            # A time grows at most as the account does, or not at all: it is told only if both come to the same.
            found.add(self._is_met(figure, figure.value * self.messages / figure.messages))
        if len(found) > 1:
            return Verdict.OPEN
        return Verdict.MET if found == {True} else Verdict.MISSED

    def _is_met(self, figure: Figure, value: float) -> bool:
        share = figure.share
        return (
            (self.least is None or value >= self.least)
            and (self.most is None or value <= self.most)
            and (self.share is None or (share is not None and share >= self.share))
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the result: its name for `ONLY`, what people read, the unit of its figure, its budget."""

    name: str
    title: str
    unit: str = "/s"
    budget: Budget = Budget()


LINES: Sequence[Line] = (
    Line("start", "start-up, until connections are accepted", "s"),
    Line("memory-rest", "memory of the largest process at rest", "MB", Budget(most=100)),
    Line("session", "session", budget=Budget(share=0.20)),
    Line("autoconfig", "autoconfig, for a mail program", budget=Budget(share=0.20)),
    Line("static", "a static file", budget=Budget(share=0.20)),
    Line("robots", "robots.txt", budget=Budget(share=0.20)),
    Line("refused", "a path at which nothing is: 404", budget=Budget(share=0.20)),
    Line("unauthorized", "a request without credentials: 401", budget=Budget(share=0.20)),
    Line("echo", "Core/echo", budget=Budget(share=0.20)),
    Line("inbox", "inbox view", budget=Budget(least=1500, share=0.10)),
    Line("inbox-large", "inbox view: its time in the large account, against the other", "×", Budget(most=1.3)),
    Line("collapsed", "threads, with all their Emails", budget=Budget(least=400)),
    Line("mailboxes", "Mailbox/get", budget=Budget(least=3000)),
    Line("open", "open a message", budget=Budget(least=2000)),
    Line("text-common", "search: a common word", budget=Budget(least=400)),
    Line("text-rare", "search: a rare word", budget=Budget(least=1500)),
    Line("from", "search: from", budget=Budget(least=1000)),
    Line("subject", "search: subject", budget=Budget(least=1000)),
    Line("changes", "Email/changes over 1,000 changes", budget=Budget(least=500)),
    Line("query-changes", "Email/queryChanges over 10 changes", budget=Budget(least=400)),
    Line("query-changes-1000", "Email/queryChanges over 1,000 changes"),
    *(
        Line(f"filter-{name}", f"filter {name}, first page with total", "ms", Budget(most=50, messages=100_000))
        for name in FILTERS
    ),
    *(Line(f"tree-{name}", f"filter tree {name}", "ms", Budget(most=500, messages=100_000)) for name in TREES),
    Line("keyword", "set a keyword, durable", budget=Budget(least=800)),
    Line("move", "move, durable", budget=Budget(least=800)),
    Line("keyword-accounts", "set a keyword in four accounts at once, against one", "×", Budget(least=0.95)),
    Line("draft", "draft by Email/set, durable", budget=Budget(least=400)),
    Line("import", "upload and Email/import of 5 kB, durable", budget=Budget(least=400)),
    Line("lmtp", "LMTP delivery of 5 kB to four accounts", budget=Budget(least=400)),
    Line("download", "download of 1 MB", budget=Budget(least=500)),
    Line("upload", "upload of 10 MB", budget=Budget(least=50)),
    Line("bulk", "import by the command line, 300 words a message", budget=Budget(least=1000)),
    Line("push", "delivery to push event, median", "ms", Budget(most=50)),
    Line("push-across", "delivery to push event on every worker, median", "ms", Budget(most=50)),
    Line("idle", "idle event source, in the clear", "kB", Budget(most=20)),
    Line("idle-many", "idle event source, in the clear, of 10,000 on one worker", "kB", Budget(most=20)),
    Line("idle-tls", "idle event source, TLS", "kB", Budget(most=45)),
    Line("memory-growth", "memory that load leaves behind", "%", Budget(most=5)),
    Line("workers", "two workers against one, on reads", "×", Budget(least=1.8)),
    Line("account-disk", "disk of an empty account", "kB", Budget(most=150)),
    Line("account-make", "making an account", "ms"),
    # Of however many accounts there are, a worker has 64 open, of 0.2 MB each.
    Line("account-memory", "memory at rest with many accounts, against none", "MB", Budget(most=16)),
)
