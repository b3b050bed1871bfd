"""`pillarbox doctor`."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from pillarbox.access import Principal
from pillarbox.app import House, NotServed, asked, house, settled
from pillarbox.cli.shared import ConfigOption, DataOption, JsonOption, any_text, console, fail, own, present, say_json
from pillarbox.datatypes import REGISTRY
from pillarbox.settings import BootstrapError, Problem, Snapshot, catalogue, load, report, snapshot
from pillarbox.store import StoreError
from pillarbox.telemetry import configure
from pillarbox.upkeep import Deed, Patient, Step, Trouble, examined, mended, patients

__all__ = ["doctor"]

_SECONDS = 45.0
"""For which a server is waited for, which may have to wait for others."""


def doctor(
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended, and look again.")] = False,
    account: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Only this account.", callback=any_text),
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    data: DataOption = Path("var"),
) -> None:
    """Verify the settings and all that is kept. Exits with 1 if something is wrong.

    A server that runs is asked whether its URL leads to it. With --repair, what follows from the mail itself is made
    anew; the exit code is 1 if something is left.
    """
    present(data)
    read = _read(config)
    if isinstance(read, Trouble):
        said = _Said(1, quiet=as_json)
        said.hear([read], is_repaired=repair)
        _end(said, as_json=as_json, is_repaired=repair, well="")
        return
    settings, problems = read
    if account is not None:
        report(problems)
    own(settings, data)
    settled(data)
    with house(settings, data) as built:
        only = None if account is None else _principal(built, account)
        patient = Patient(built.store, REGISTRY, built.directory, built.data, built.settings)
        steps = mended(patient, time.time, only) if repair else examined(patient, only)
        said = _Said(patients(patient, only), quiet=as_json)
        if only is None:
            # What everything else goes by is told at once, and not after gigabytes.
            said.hear([_of_setting(one) for one in problems], is_repaired=repair)
        said.watch(steps)
        if only is None:
            said.hear(_of_certificates(built), is_repaired=repair)
            said.hear(_of_signing_in(settings, quiet=as_json), is_repaired=repair)
    if only is None:
        said.hear(_of_server(data), is_repaired=repair)
    well = "the account" if only is not None else f"the server and {len(said.accounts) - 1} accounts"
    _end(said, as_json=as_json, is_repaired=repair, well=well)


def _end(said: "_Said", *, as_json: bool, is_repaired: bool, well: str) -> None:
    """Prints what is to be said in the end, and ends with 1 if something is wrong."""
    troubles = [one for one in (said.left if is_repaired else said.found) if one.weight == "trouble"]
    if as_json:
        found = [_trouble(one) for one in said.found]
        deeds = [{"account": one.account, "place": one.place, "done": one.done} for one in said.deeds]
        left = [_trouble(one) for one in said.left]
        say_json({"found": found, "mended": deeds, "left": left} if is_repaired else found)
    elif not troubles:
        console.print(f"All is well{' now' if said.deeds else ''}: {well}.")
    if troubles:
        raise typer.Exit(1)


class _Said:
    """What the steps told, shown while they are made."""

    def __init__(self, total: int, *, quiet: bool) -> None:
        self.found: list[Trouble] = []
        self.deeds: list[Deed] = []
        self.left: list[Trouble] = []
        self.accounts: set[str] = set()
        self._total = total
        self._quiet = quiet

    def hear(self, found: list[Trouble], *, is_repaired: bool) -> None:
        """What only those can mend who write the settings."""
        self._tell(Step("server", 1.0, found, left=found if is_repaired else []))

    def watch(self, steps: Iterator[Step]) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        hidden = self._quiet or not console.is_terminal
        with Progress(*columns, console=console, transient=True, disable=hidden) as progress:
            task = progress.add_task("", total=self._total)
            for step in steps:
                self.accounts.add(step.account)
                self._tell(step)
                behind = len(self.accounts) - 1 + step.done
                progress.update(task, description=step.account, completed=behind, total=max(self._total, behind))

    def _tell(self, step: Step) -> None:
        self.found += step.found
        self.deeds += step.deeds
        self.left += step.left
        if self._quiet:
            return
        for one in step.found:
            colour = "red" if one.weight == "trouble" else "yellow"
            _line(colour, one.account, one.place, one.problem)
        for deed in step.deeds:
            _line("green", deed.account, deed.place, f"mended: {deed.done}")
        for one in step.left:
            if one.weight == "trouble":
                _line("red", one.account, one.place, f"not mended: {one.problem}")


def _line(colour: str, account: str, place: str, said: str) -> None:
    # Never broken or read as markup: somebody may look for a line, or a name have brackets.
    console.print(account, style=colour, end="", markup=False, highlight=False, soft_wrap=True)
    console.print(f", {place}: {said}", markup=False, highlight=False, soft_wrap=True)


def _read(config: Path | None) -> tuple[Snapshot, list[Problem]] | Trouble:
    """The settings and what is not in force as written; or the one trouble that keeps them from being read."""
    try:
        configuration = load(config)
    except BootstrapError as problem:
        why = "nothing else was looked at, since the settings say where everything is kept"
        return Trouble("server", "settings", f"{problem.told.rstrip('.')}; {why}")
    settings, problems = snapshot(configuration.pairs)
    configure(settings[catalogue.LOG_LEVEL], settings[catalogue.LOG_FORMAT])
    return settings, [*configuration.problems, *problems]


def _of_setting(one: Problem) -> Trouble:
    """What is deprecated is in force, and so no damage."""
    return Trouble("server", one.key, one.text, "remark" if one.kind == "deprecated" else "trouble")


def _of_certificates(built: House) -> list[Trouble]:
    # It reads certificates with libraries that other commands do not wait for.
    from pillarbox.app import expiring  # noqa: PLC0415

    try:
        return list(expiring.expiring(built.settings, built.store, datetime.now(UTC)))
    except StoreError as problem:
        return [Trouble("server", "certificates", problem.known)]


def _of_signing_in(settings: Snapshot, *, quiet: bool) -> list[Trouble]:
    """What apps and passkeys know this server by is said, since neither may change; and what keeps passkeys away."""
    # It knows the authorization server, for which other commands do not wait.
    from pillarbox.app import authorizing  # noqa: PLC0415

    party, domain = authorizing.relying_party(settings), settings[catalogue.PASSKEY_DOMAIN]
    if party is None:
        why = f"nobody can use a passkey: the server's public URL is no https URL with a name in {domain}"
        return [] if domain is None else [Trouble("server", catalogue.PASSKEY_DOMAIN.key, why)]
    if not quiet:
        issuer = authorizing.oauth_policy(settings).issuer
        said = f"Apps know this server by {issuer}, passkeys by {party.domain}, on pages of {party.origin}."
        console.print(said, markup=False, highlight=False, soft_wrap=True)
    return []


def _of_server(data: Path) -> list[Trouble]:
    """What a server that has the folder says of itself; nothing, if none has it."""
    try:
        answer = asked(data, {"do": "doctor"}, _SECONDS)
    except NotServed:
        return []
    return [Trouble(**one) for one in answer.get("found", ())]


def _principal(built: House, address: str) -> Principal:
    principal = built.directory.find(address)
    if principal is None:
        fail(f"there is no account {address}; `pillarbox account list` shows which there are")
    return principal


def _trouble(one: Trouble) -> dict[str, Any]:
    return {"account": one.account, "place": one.place, "problem": one.problem, "weight": one.weight}
