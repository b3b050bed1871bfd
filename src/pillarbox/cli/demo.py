"""`pillarbox demo`: what `make run` shows a newcomer."""

import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import Progress
from rich.text import Text

from pillarbox.access import Principal
from pillarbox.app import House, folders
from pillarbox.cli.shared import ConfigOption, DataOption, console, opened
from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.mail import EMAIL
from pillarbox.transfer import Found, imported

if TYPE_CHECKING:
    from pillarbox.sample import Sample

__all__ = ["demo"]

_PEOPLE = ("alice@example.org", "bob@example.org")
_MESSAGES = 320


def demo(config: ConfigOption = None, data: DataOption = Path("var")) -> None:
    """Prepare a demo: the accounts alice and bob of example.org, with a mailbox to look at.

    Once is enough; again, it finishes what was interrupted.
    """
    passwords = data / "demo-passwords.txt"
    with opened(config, data) as built:
        for address, password in _people(built, passwords).items():
            principal = built.directory.find(address) or _move_in(built, address, password)
            _receive(built, principal, _began(passwords))
    console.print(_TEXT.format(passwords=passwords), highlight=False)


_TEXT = """
Try, in another terminal, with a password from {passwords}:

  curl -u alice@example.org http://127.0.0.1:8080/.well-known/jmap
  .venv/bin/pillarbox account add carol@example.org

README.md shows how to read, search and move mail, and how to let mail in.
"""


def _people(built: House, passwords: Path) -> dict[str, str]:
    """The demo's people and their passwords, which are in the file before anybody has one.

    Whoever has an account and no password there is somebody else, and is left alone.
    """
    lines = passwords.read_text("utf-8").splitlines() if passwords.exists() else []
    known = dict(line.split() for line in lines if len(line.split()) == 2)
    new = [address for address in _PEOPLE if address not in known and built.directory.find(address) is None]
    if new:
        known.update((address, secrets.token_urlsafe(12)) for address in new)
        # Readable by the owner alone from its first moment, and under its name only when it is whole.
        writing = passwords.with_name(f"{passwords.name}.{secrets.token_hex(4)}")
        descriptor = os.open(writing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(f"{address} {password}\n" for address, password in known.items())
        writing.replace(passwords)
    return {address: known[address] for address in _PEOPLE if address in known}


def _began(passwords: Path) -> datetime:
    """When the demo was first asked for; the sample's dates follow from it, so that it is the same in a second run."""
    return datetime.fromtimestamp(int(passwords.stat().st_mtime), UTC)


def _move_in(built: House, address: str, password: str) -> Principal:
    principal = built.directory.add(address, built.passwords.hash(password), folders(built.settings))
    console.print(Text.assemble(f"{address} has the password ", (password, "bold")))
    return principal


def _receive(built: House, principal: Principal, began: datetime) -> None:
    """Files what is missing of the sample; what was filed once, and deleted since, stays away."""
    with built.store.read(principal.number) as unit:
        if len(unit.numbers(EMAIL.table, _MESSAGES)) == _MESSAGES:
            return
    address, now = principal.address, datetime.now(UTC)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"Sample mail for {address}", total=_MESSAGES)
        for state in imported(built.store, REGISTRY, principal.number, _found(address, began), lambda: now):
            progress.update(task, completed=state.added + state.known)


def _found(address: str, now: datetime) -> Iterator[Found]:
    # Its vocabulary takes a tenth of a second to make, which every command would pay.
    from pillarbox.sample import mailbox  # noqa: PLC0415

    seed = _PEOPLE.index(address) + 1
    for position, sample in enumerate(mailbox(address, _MESSAGES, seed, now=now)):
        yield Found(
            sample.raw, _path(sample), sample.keywords, sample.received_at, f"sample {seed}, {position}", position
        )


def _path(sample: "Sample") -> tuple[str, ...]:
    # A role is a name that every account has a Mailbox for.
    return (sample.folder,) if isinstance(sample.folder, str) else sample.folder
