"""`pillarbox restore`."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pillarbox.app.lock import served
from pillarbox.cli.backup import last_of, told
from pillarbox.cli.shared import ConfigOption, DataOption, JsonOption, any_text, console, existing, opened, say_json
from pillarbox.datatypes import REGISTRY
from pillarbox.telemetry import Event, emit
from pillarbox.transfer.backup import Damage, Restored, restore_account
from pillarbox.transfer.backup import restore as restored

__all__ = ["restore"]


def restore(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a backup.", readable=False)],
    account: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Only this account.", callback=any_text),
    ] = None,
    is_lossy: Annotated[
        bool,
        typer.Option("--without-damaged", help="Leave out what is damaged of the messages, and bring back the rest."),
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    data: DataOption = Path("var"),
) -> None:
    """Bring back everything that a backup has, where nothing is yet; or one account, while the server runs as well.

    What that account holds becomes what it held. Exits with 1 if it could not be done.
    """
    began = time.monotonic()
    damage = Damage.LOST if is_lossy else Damage.REFUSED
    if account is None:
        done = _everything(folder, config, data, damage, quiet=as_json)
    else:
        done = _one(folder, account, config, data, damage, quiet=as_json)
    emit(
        Event.RESTORE_DONE,
        account=account or "all",
        objects=done.objects,
        lost=done.lost + done.damaged,
        seconds=round(time.monotonic() - began, 1),
    )
    accounts = 1 if account is not None else done.total - 1
    if as_json:
        say_json(
            {
                "accounts": accounts,
                "objects": done.objects,
                "blobs": done.blobs,
                "lost": done.lost,
                "damaged": done.damaged,
            }
        )
        return
    who = f"{accounts} accounts are" if account is None else f"{account} is"
    console.print(f"{who} restored: {done.objects} objects, {done.blobs} blobs.", highlight=False)
    if done.lost:
        console.print(f"{done.lost} blobs were lost already when the backup was made.", highlight=False)
    if done.damaged:
        told = (
            f"{done.damaged} blobs are damaged in the backup, and left out; `pillarbox doctor` tells of what they were."
        )
        console.print(told, highlight=False)


def _everything(folder: Path, config: Path | None, data: Path, damage: Damage, *, quiet: bool) -> Restored:
    with opened(config, data) as built, served(data), told():
        return last_of(restored(built.store, REGISTRY, folder, datetime.now(UTC), damage), Restored(0), quiet=quiet)


def _one(folder: Path, account: str, config: Path | None, data: Path, damage: Damage, *, quiet: bool) -> Restored:
    with existing(config, data) as built, told():
        steps = restore_account(built.store, REGISTRY, folder, account, datetime.now(UTC), damage)
        return last_of(steps, Restored(0), quiet=quiet)
