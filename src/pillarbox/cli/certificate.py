"""`pillarbox certificate …`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pillarbox.acme import due
from pillarbox.cli.shared import (
    ConfigOption,
    DataOption,
    JsonOption,
    console,
    existing,
    fail,
    say_json,
    table,
    text,
    when,
)
from pillarbox.datatypes.server import KeptCertificate, certificates, hasten
from pillarbox.settings import Authority, catalogue
from pillarbox.wire.values import utc_date

if TYPE_CHECKING:
    from pillarbox.app import House

__all__ = ["app"]

app = typer.Typer(help="Certificates that are had from authorities by ACME.", no_args_is_help=True)

_Ids = Annotated[
    list[str] | None, typer.Argument(metavar="ID…", help="As in acme.<id> of the settings; all if none is named.")
]
_VAR = Path("var")


@app.command("list")
def list_(as_json: JsonOption = False, config: ConfigOption = None, data: DataOption = _VAR) -> None:
    """Show what there is, until when it is good, when the next is ordered, and why the last attempt failed."""
    with existing(config, data) as built:
        found = _all(built)
    now = datetime.now(UTC)
    if as_json:
        say_json([_shown(kept, wanted, now) for kept, wanted in found])
        return
    rows = table("Id", "Names", "Issuer", "Ends (UTC)", "Next attempt (UTC)", "Last failure")
    for kept, wanted in found:
        told = _shown(kept, wanted, now)
        upcoming = when(str(told["nextAttempt"])) if wanted is not None else "not in the settings"
        rows.add_row(
            kept.authority,
            ", ".join(_names(kept, wanted)),
            str(told["issuer"] or "none yet"),
            when(str(told["ends"] or "")),
            upcoming,
            kept.failure,
        )
    console.print(rows if found else "The settings want no certificates by ACME, and there are none.")


@app.command("renew")
def renew(ids: _Ids = None, config: ConfigOption = None, data: DataOption = _VAR) -> None:
    """Order new ones now, whenever that would be; the server does it while it runs."""
    named = [text(one) for one in ids or []]
    with existing(config, data) as built:
        known = [one.id for one in built.settings[catalogue.AUTHORITIES]]
        unknown = sorted(set(named) - set(known))
        if unknown or not known:
            missing = ", ".join(f"acme.{one}" for one in unknown) or "acme.<id>"
            fail(f"the settings have no {missing} that is complete; they have: {', '.join(known) or 'none'}")
        for one in named or known:
            hasten(built.store, one)
    console.print(f"To be ordered now: {', '.join(named or known)}.", highlight=False)


def _all(built: "House") -> list[tuple[KeptCertificate, Authority | None]]:
    wanted = {one.id: one for one in built.settings[catalogue.AUTHORITIES]}
    kept = {one.authority: one for one in certificates(built.store)}
    return [(kept.get(id_) or KeptCertificate(id_), wanted.get(id_)) for id_ in sorted(wanted.keys() | kept.keys())]


def _names(kept: KeptCertificate, wanted: Authority | None) -> tuple[str, ...]:
    if kept.issued is not None:
        return kept.issued.names
    return () if wanted is None else wanted.domains


def _shown(kept: KeptCertificate, wanted: Authority | None, now: datetime) -> dict[str, object]:
    issued = kept.issued
    return {
        "id": kept.authority,
        "isWanted": wanted is not None,
        "directory": issued.directory if issued is not None else wanted.directory if wanted is not None else None,
        "names": list(_names(kept, wanted)),
        "issuer": issued.issuer if issued is not None else None,
        "begins": utc_date(issued.begins) if issued is not None else None,
        "ends": utc_date(issued.ends) if issued is not None else None,
        "nextAttempt": None if wanted is None else utc_date(due(kept, wanted, now)),
        "tries": kept.tries,
        "failure": kept.failure or None,
    }
