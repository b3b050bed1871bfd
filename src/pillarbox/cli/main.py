"""`pillarbox` and its commands, each of which is loaded when it is given: with all of them, `serve` began later."""

from collections.abc import Mapping
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

from pillarbox import __version__

__all__ = ["COMMANDS", "app", "main"]

COMMANDS: Mapping[str, tuple[str, str]] = {
    "serve": ("serve", "Serve JMAP, take in mail and send it, until Ctrl-C or SIGTERM."),
    "reload": ("reload", "Have the running server read its settings again, without dropping a connection."),
    "import": ("import_", "File mail from mbox, Maildir or .eml, with its dates, flags and folders."),
    "export": (
        "export",
        "Write all mail of an account to files, from which `import` makes the same again: a Maildir, mbox files, or "
        ".eml.",
    ),
    "backup": (
        "backup",
        "Write a backup of everything, while the server runs. Exits with 1 if something could not be read.",
    ),
    "verify": (
        "verify",
        "Read a backup to its last octet. Exits with 1 if it is not whole, or not what was written.",
    ),
    "restore": (
        "restore",
        "Bring back everything that a backup has, where nothing is yet; or one account, while the server runs as well.",
    ),
    "migrate": (
        "migrate",
        "Move everything to the store that `storage.migrate-to` names, account by account, while the server runs.",
    ),
    "doctor": ("doctor", "Verify the settings and all that is kept. Exits with 1 if something is wrong."),
    "demo": ("demo", "Prepare a demo: the accounts alice and bob of example.org, with a mailbox to look at."),
    "account": ("account", "Accounts: who has mail here."),
    "group": ("group", "Groups: accounts that several people see."),
    "list": ("list", "Lists: addresses whose mail goes on to others."),
    "role": ("role", "Roles: names for what accounts may do."),
    "tenant": ("tenant", "Tenants: parts of the server that are somebody's own, and see nothing of others."),
    "apikey": ("apikey", "API keys: for programs that manage the server."),
    "admin": ("admin", "Make or open an administrator's account, and print its new password: this once."),
    "domain": ("domain", "Domains: what accounts here have addresses in."),
    "certificate": ("certificate", "Certificates that are had from authorities by ACME."),
    "queue": ("queue", "Mail on its way out: what waits, and why."),
    "settings": ("settings", "Settings: which are in force, whoever has them, and those of the database."),
    "config": ("config", "The server in one file: settings of the database, domains, accounts, groups, lists."),
    "plan": ("plan", "Show what `apply` would change for the server to be as a file declares it, and change nothing."),
    "apply": ("apply", "Make the server as a file declares it, all of it or nothing, and show what was changed."),
    "journal": (
        "journal",
        "Show what became of messages into an account and out of it, the latest first; or the way of one of them.",
    ),
    "logs": ("logs", "Show the log of the server, the latest lines last."),
    "ban": ("ban", "Addresses that are not let in: which, why, and until when."),
    "api": ("api", "Call an endpoint of the management API, and print what it answers."),
}
"""In the order of the help: a module of this package, with `app` or a function of its own name, and what it says first.

That is written here once more, for it is shown of all of them when none is loaded.
"""


class _Commands(TyperGroup):
    """Those of `COMMANDS`."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - of typer's, whose class of it is its own
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        if cmd_name not in self.commands and cmd_name in COMMANDS:
            self.commands[cmd_name] = _loaded(cmd_name, COMMANDS[cmd_name][0])
        return self.commands.get(cmd_name)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        listed: dict[str, Any] = {name: TyperCommand(name, help=said) for name, (_, said) in COMMANDS.items()}
        shown = TyperGroup(
            name=self.name,
            commands=listed,
            params=self.params,
            help=self.help,
            rich_markup_mode=self.rich_markup_mode,
        )
        shown.format_help(ctx, formatter)

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
