"""Accounts full of mail to measure on, and what has to be known of them."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.mail import mailbox
from bench.server import Installation
from bench.talk import NEWEST, Talk

__all__ = ["BASE", "LARGE", "READER", "WRITERS", "Filled", "Ground", "History", "fill", "ground", "history"]

READER = "reader@bench.example"
LARGE = "large@bench.example"
WRITERS = tuple(f"writer{number}@bench.example" for number in range(1, 5))

BASE = 10_000
"""The most messages that the reader's account is given: with more, another account is the large one."""
_WRITERS_SHARE = 10
_SEED = 1


@dataclass(frozen=True, slots=True)
class Filled:
    """What was imported for the reader, and how long the command took, from its start to its end."""

    messages: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Ground:
    """An account as it is measured on: ids by role or by a mailbox's name, and how many Emails it has."""

    talk: Talk
    messages: int
    mailboxes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class History:
    """States of Emails and of the Inbox's query, with 1,000 and 10 Emails changed since."""

    thousand: str
    query_thousand: str
    ten: str
    query_ten: str


def fill(installation: Installation, messages: int, sources: Path, tell: Callable[[str], None]) -> Filled:
    """Makes the accounts anew and imports their mail by the command line; a large one that is there is kept."""
    base = min(messages, BASE)
    sources.mkdir(parents=True, exist_ok=True)
    tell("writing the mail")
    folder = mailbox(sources, base, _SEED)
    small = mailbox(sources, max(base // _WRITERS_SHARE, 1), _SEED + 1)
    installation.accounts(READER, *WRITERS)
    tell(f"importing {base:,} messages")
    began = time.monotonic()
    installation.command("import", READER, *_files(folder))
    seconds = time.monotonic() - began
    tell("importing the writers' mail")
    for address in WRITERS:
        installation.command("import", address, *_files(small))
    if messages > base:
        _fill_large(installation, messages, sources, tell)
    return Filled(base, seconds)


def ground(talk: Talk) -> Ground:
    """What is known of an account. Raises Wrong."""
    found = talk.call("Mailbox/get", ids=None)["list"]
    mailboxes = {one["role"] or one["name"]: one["id"] for one in found}
    total = talk.call("Email/query", limit=1, calculateTotal=True)["total"]
    return Ground(talk, int(total), mailboxes)


def history(on: Ground) -> History:
    """The states before 1,000 Emails (or all there are) changed, and before ten more of the Inbox did. Raises Wrong."""
    talk, inbox = on.talk, on.mailboxes["inbox"]
    thousand, query_thousand = _states(talk, inbox)
    # A keyword that they did not have, whatever was measured here before.
    talk.set_keyword(talk.ids(1000), f"then{os.getpid()}")
    ten, query_ten = _states(talk, inbox)
    talk.set_keyword(talk.ids(10, inMailbox=inbox), f"now{os.getpid()}")
    return History(thousand, query_thousand, ten, query_ten)


def _states(talk: Talk, inbox: str) -> tuple[str, str]:
    state = talk.call("Email/get", ids=[])["state"]
    query = talk.call("Email/query", filter={"inMailbox": inbox}, sort=NEWEST, limit=1)
    return str(state), str(query["queryState"])


def _fill_large(installation: Installation, messages: int, sources: Path, tell: Callable[[str], None]) -> None:
    """Takes minutes, so it is done once; what was interrupted goes on, for an import passes over what is there."""
    done = installation.folder / f"large {messages}"
    if done.exists():
        return
    tell(f"writing {messages:,} messages")
    folder = mailbox(sources, messages, _SEED + 2)
    if LARGE not in installation.addresses():
        installation.accounts(LARGE)
    tell(f"importing {messages:,} messages")
    installation.command("import", LARGE, *_files(folder))
    done.touch()


def _files(folder: Path) -> Sequence[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file())
