"""`pillarbox config …`."""

import typer

from pillarbox.cli.apply import apply
from pillarbox.cli.client import Client, at, managing
from pillarbox.cli.plan import plan
from pillarbox.cli.shared import JsonOption, say_json
from pillarbox.wire.toml import toml

__all__ = ["app"]

app = typer.Typer(
    help="The server in one file: settings of the database, domains, accounts, groups, lists.", no_args_is_help=True
)


@app.command("export")
@managing
def export(server: Client, as_json: JsonOption = False) -> None:
    """Write what there is as a file that declares it, without secrets."""
    document = server.get(at("export"))
    if as_json:
        say_json(document)
        return
    typer.echo(toml(document), nl=False)


app.command("plan")(plan)
app.command("apply")(apply)
