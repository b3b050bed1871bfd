"""`pillarbox demo`: what `make run` shows a newcomer."""

import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import Progress

from pillarbox.app import House, folders
from pillarbox.cli.shared import ConfigOption, DataOption, console, opened
from pillarbox.datatypes import REGISTRY
from pillarbox.transfer import Found, imported

if TYPE_CHECKING:
    from pillarbox.sample import Sample

__all__ = ["demo"]

_PEOPLE = ("alice@example.org", "bob@example.org")
_MESSAGES = 320


def demo(config: ConfigOption = None, data: DataOption = Path("var")) -> None:
    """Prepare a demo: the accounts alice and bob of example.org, with a mailbox to look at. Once is enough."""
    passwords = data / "demo-passwords.txt"
    with opened(config, data) as built:
        for address in _PEOPLE:
            if built.directory.find(address) is None:
                _move_in(built, address, passwords)
    console.print(_TEXT.format(passwords=passwords), highlight=False)


_TEXT = """
Try, in another terminal, with a password from [bold]{passwords}[/bold]:

  curl -u alice@example.org http://127.0.0.1:8080/.well-known/jmap
  .venv/bin/pillarbox account add carol@example.org

README.md shows how to read, search and move mail, and how to let mail in.
"""


def _move_in(built: House, address: str, passwords: Path) -> None:
    password = secrets.token_urlsafe(12)
    principal = built.directory.add(address, built.passwords.hash(password), folders(built.settings))
    # Written before it is shown, and readable by the owner alone from its first moment.
    descriptor = os.open(passwords, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        file.write(f"{address} {password}\n")
    console.print(f"{address} has the password [bold]{password}[/bold]", highlight=False)
    now = datetime.now(UTC)
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(f"Sample mail for {address}", total=_MESSAGES)
        for state in imported(built.store, REGISTRY, principal.number, _found(address, now), lambda: now):
            progress.update(task, completed=state.added)


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
