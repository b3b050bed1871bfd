"""`pillarbox queue …`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pillarbox.cli.shared import ConfigOption, DataOption, JsonOption, console, existing, fail, say_json, table, text
from pillarbox.datatypes.queue import QUEUED_MESSAGE, Queued, upcoming
from pillarbox.datatypes.server import ACCOUNT, QUEUE, due
from pillarbox.store import NoAccount, Store
from pillarbox.wire.values import utc_date

if TYPE_CHECKING:
    from pillarbox.app import House
    from pillarbox.queue import Books

__all__ = ["app"]

app = typer.Typer(help="Mail on its way out: what waits, and why.", no_args_is_help=True)

_Keys = Annotated[list[str] | None, typer.Argument(metavar="MESSAGE…", help="As `pillarbox queue list` shows it.")]
_Key = Annotated[str, typer.Argument(metavar="MESSAGE", help="As `pillarbox queue list` shows it.", callback=text)]
_VAR = Path("var")
_MOST = 10_000
"""Messages of one account that are shown."""


@app.command("list")
def list_(as_json: JsonOption = False, config: ConfigOption = None, data: DataOption = _VAR) -> None:
    """Show what is on its way, those that are tried next first."""
    with existing(config, data) as built:
        found = _all(built.store)
    if as_json:
        say_json([_shown(account, message) for account, message in found])
        return
    rows = table("Message", "From", "To", "Status", "Next attempt", "Last reply")
    for account, message in found:
        for place, one in enumerate(message.recipients):
            first = (_key(account, message), message.sender or "<>") if place == 0 else ("", "")
            when = "" if one.is_over else utc_date(one.next_attempt)
            rows.add_row(*first, one.address, one.status, when, one.reply or "")
    console.print(rows if found else "Nothing is on its way.")


@app.command("retry")
def retry(
    messages: _Keys = None,
    everything: Annotated[bool, typer.Option("--all", help="All there are.")] = False,
    config: ConfigOption = None,
    data: DataOption = _VAR,
) -> None:
    """Try messages now, whenever their next attempt would be."""
    if bool(messages) == everything:
        fail("name messages as `pillarbox queue list` shows them, or say --all")
    with existing(config, data) as built:
        kept = _books(built)
        asked = [(account, one.number) for account, one in _all(built.store)] if everything else _parsed(messages or [])
        missing = [asked[at] for at, (account, number) in enumerate(asked) if not kept.retry(account, number)]
    if missing and not everything:
        fail("not all of them are there; `pillarbox queue list` shows which are")
    console.print(f"{len(asked) - len(missing)} to be tried now.", highlight=False)


@app.command("cancel")
def cancel(message: _Key, config: ConfigOption = None, data: DataOption = _VAR) -> None:
    """Give a message up for all who do not have it yet; its sender is told."""
    ((account, number),) = _parsed([message])
    with existing(config, data) as built:
        is_there = _books(built).cancel(account, number)
    if not is_there:
        fail(f"there is no message {message}; `pillarbox queue list` shows which there are")
    console.print(f"{message} is given up.", highlight=False)


def _books(built: "House") -> "Books":
    # What speaks to other servers takes longer to load than most commands.
    from pillarbox.app.background import queueing  # noqa: PLC0415

    return queueing.books(built)


def _all(store: Store) -> list[tuple[int, Queued]]:
    found = []
    for account in due(store, QUEUE):
        try:
            with store.read(account) as unit:
                found += [(account, message) for message in upcoming(unit, _MOST)]
        except NoAccount:
            # Removed, with all that it had.
            continue
    return sorted(found, key=lambda one: one[1].next_attempt)


def _key(account: int, message: Queued) -> str:
    return f"{ACCOUNT.id(account)}/{message.id}"


def _parsed(keys: list[str]) -> list[tuple[int, int]]:
    parsed = []
    for key in keys:
        account_id, _, id_ = key.partition("/")
        account, number = ACCOUNT.number(account_id), QUEUED_MESSAGE.number(id_)
        if account is None or number is None:
            fail(f"{key!r} names no message; write it as `pillarbox queue list` shows it")
        parsed.append((account, number))
    return parsed


def _shown(account: int, message: Queued) -> dict[str, object]:
    return {
        "message": _key(account, message),
        "sender": message.sender,
        "created": utc_date(message.created),
        "expires": utc_date(message.expires),
        "isReleased": message.is_released,
        "recipients": [
            {
                "address": one.address,
                "status": one.status,
                "tries": one.tries,
                "nextAttempt": None if one.is_over else utc_date(one.next_attempt),
                "reply": one.reply,
            }
            for one in message.recipients
        ],
    }
