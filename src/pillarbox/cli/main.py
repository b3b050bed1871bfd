"""`pillarbox` and its commands, each of which is loaded when it is given: with all of them, `serve` began later."""

from collections.abc import Mapping
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

from pillarbox import __version__

__all__ = ["main"]

_MODULES: Mapping[str, str] = {
    "serve": "serve",
    "reload": "reload",
    "import": "import_",
    "export": "export",
    "doctor": "doctor",
    "demo": "demo",
    "account": "account",
    "group": "group",
    "domain": "domain",
    "certificate": "certificate",
    "queue": "queue",
    "ban": "ban",
}
"""Where a command is, in the order of the help: a module of this package, with `app` or a function of its own name."""


class _Commands(TyperGroup):
    """Those of `_MODULES`."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - of typer's, whose class of it is its own
        return list(_MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        if cmd_name not in self.commands and cmd_name in _MODULES:
            self.commands[cmd_name] = _loaded(cmd_name, _MODULES[cmd_name])
        return self.commands.get(cmd_name)

    def invoke(self, ctx: Any) -> Any:
        # Whoever asks for the version or for help is told without it, and it knows all that can fail.
        from pillarbox.cli.shared import failures  # noqa: PLC0415

        with failures():
            return super().invoke(ctx)


app = typer.Typer(
    cls=_Commands,
    name="pillarbox",
    help="A mail server whose front door is HTTP: JMAP for clients, LMTP for the mail that comes in.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _loaded(name: str, module_name: str) -> Any:
    """The command, as typer makes it."""
    module = import_module(f"pillarbox.cli.{module_name}")
    group: typer.Typer | None = getattr(module, "app", None)
    if group is None:
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        alone.command(name)(getattr(module, module_name))
        return get_command(alone)
    command = get_group(group)
    command.name = name
    return command


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
    app(prog_name="pillarbox")
