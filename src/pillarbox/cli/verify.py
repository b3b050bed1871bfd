"""`pillarbox verify`."""

from pathlib import Path
from typing import Annotated

import typer

from pillarbox.cli.backup import last_of, told
from pillarbox.cli.shared import JsonOption, console, say_json
from pillarbox.datatypes import REGISTRY
from pillarbox.transfer.backup import Verified
from pillarbox.transfer.backup import verify as verified

__all__ = ["verify"]


def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a backup.", readable=False)],
    as_json: JsonOption = False,
) -> None:
    """Read a backup to its last octet. Exits with 1 if it is not whole, or not what was written."""
    with told():
        found = last_of(verified(REGISTRY, folder), Verified(0), quiet=as_json)
    if as_json:
        say_json(
            {
                "begun": found.begun,
                "accounts": found.total - 1,
                "objects": found.objects,
                "blobs": found.blobs,
                "octets": found.octets,
                "lost": found.lost,
                "problems": found.problems,
                "more": found.more,
            }
        )
    else:
        _say(found)
    if found.problems:
        raise typer.Exit(1)


def _say(found: Verified) -> None:
    for problem in found.problems:
        console.print(problem, style="red", highlight=False, soft_wrap=True)
    if found.more:
        console.print(f"and {found.more} more", style="red", highlight=False)
    many = f"{found.total - 1} accounts, {found.objects} objects, {found.octets} octets in blobs"
    well = "damaged" if found.problems else "whole"
    console.print(f"The backup of {found.begun} is {well}: {many}.", highlight=False)
    if found.lost:
        console.print(f"{found.lost} blobs were lost already when it was made.", highlight=False)
    if found.is_followed:
        console.print("Another backup was begun in this folder, and is not finished.", highlight=False)
