"""What is said before and after an account is removed: mail of its own that is still on its way goes with it."""

from collections.abc import Callable

import typer

from pillarbox.app import House
from pillarbox.cli.shared import console
from pillarbox.datatypes.queue import how_many
from pillarbox.store import NoAccount

__all__ = ["leave"]


def leave(built: House, address: str, removal: Callable[[str], None], *, is_sure: bool) -> None:
    """An account, a group or a list is removed, by this; somebody is asked first unless that `is_sure`.

    Raises what the removal raises; store.StoreError.
    """
    messages = _unsent(built, address)
    if not is_sure:
        _ask(address, messages)
    removal(address)
    _say_gone(address, messages)


def _unsent(built: House, address: str) -> int:
    """How many messages wait to be sent for who has an address; 0 if nobody has it. Raises store.StoreError."""
    found = built.directory.find(address)
    if found is None:
        return 0
    try:
        with built.store.read(found.number) as unit:
            return how_many(unit)
    except NoAccount:
        return 0


def _ask(address: str, messages: int) -> None:
    """Ends the command unless somebody says yes."""
    and_what = f", and {_counted(messages)} still to be sent," if messages else ""
    typer.confirm(f"Remove {address} and all its mail{and_what} for good?", abort=True)


def _say_gone(address: str, messages: int) -> None:
    """The account is removed, and what went with it unsent."""
    and_what = f"; {_counted(messages)} still to be sent went with it" if messages else ""
    console.print(f"{address} is gone{and_what}.", highlight=False)


def _counted(messages: int) -> str:
    return "1 message" if messages == 1 else f"{messages} messages"
