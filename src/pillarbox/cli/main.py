"""`pillarbox` and its commands."""

from typing import Annotated

import typer

from pillarbox import __version__
from pillarbox.cli import account, demo, doctor, domain, export, group, import_, queue, serve
from pillarbox.cli.shared import failures

__all__ = ["main"]

app = typer.Typer(
    name="pillarbox",
    help="A mail server whose front door is HTTP: JMAP for clients, LMTP for the mail that comes in.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("serve")(serve.serve)
app.command("import")(import_.import_)
app.command("export")(export.export)
app.command("doctor")(doctor.doctor)
app.command("demo")(demo.demo)
app.add_typer(account.app, name="account")
app.add_typer(group.app, name="group")
app.add_typer(domain.app, name="domain")
app.add_typer(queue.app, name="queue")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"pillarbox {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    # Asked for alone, without a command: answered before it is looked whether there is one.
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    pass


def main() -> None:
    """Runs a command. Exits with 0, with 1 if it could not be done, with 2 if it was not understood."""
    with failures():
        app(prog_name="pillarbox")
