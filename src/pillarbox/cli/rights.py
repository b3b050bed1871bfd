"""`pillarbox account role` and `pillarbox account permission`: what an account may do."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated

import typer

from pillarbox.access import BUILT_IN, PERMISSIONS
from pillarbox.cli.client import Client, at, managing, principals
from pillarbox.cli.principal import adding, change, effective_of, existing, removing, role_set
from pillarbox.cli.shared import ActionArgument, AddOrRemove, console, text

__all__ = ["permission", "role"]

_Address = Annotated[
    str,
    typer.Argument(
        metavar="ADDRESS", help="As in alice@example.org.", callback=text, autocompletion=principals("individual")
    ),
]


def _roles(context: typer.Context, begun: str) -> list[str]:
    return [one for one in BUILT_IN if one.startswith(begun)] + principals("role")(context, begun)


def _permissions(begun: str) -> list[str]:
    return sorted(one for one in PERMISSIONS if one.startswith(begun))


@managing
def role(
    server: Client,
    address: _Address,
    action: ActionArgument,
    name: Annotated[
        str, typer.Argument(metavar="ROLE", help="One that `role list` shows.", callback=text, autocompletion=_roles)
    ],
) -> None:
    """Let an account do what a role gives, or no longer; at once, while serving too."""
    is_added = action is AddOrRemove.ADD
    found = existing(server, address, "individual")
    change(server, found["name"], (adding if is_added else removing)("roles", name))
    console.print(f"{address} has the role {name}{'' if is_added else ' no longer'}.", highlight=False)


class _OfOne(StrEnum):
    ENABLE = "enable"
    DISABLE = "disable"
    RESET = "reset"


_Steps = list[Mapping[str, object]]
_STEPS: Mapping[_OfOne, Callable[[str], _Steps]] = {
    _OfOne.ENABLE: lambda one: [removing("disabledPermissions", one), adding("enabledPermissions", one)],
    _OfOne.DISABLE: lambda one: [removing("enabledPermissions", one), adding("disabledPermissions", one)],
    _OfOne.RESET: lambda one: [removing("enabledPermissions", one), removing("disabledPermissions", one)],
}


@managing
def permission(
    server: Client,
    address: _Address,
    action: Annotated[_OfOne, typer.Argument(metavar="enable|disable|reset", help="What to do.")],
    name: Annotated[
        str, typer.Argument(metavar="PERMISSION", help="As in email-send.", callback=text, autocompletion=_permissions)
    ],
) -> None:
    """Let an account do one thing more, or one less, than its roles say; or again what they say."""
    account = existing(server, address, "individual")["name"]
    change(server, account, *_STEPS[action](name))
    may = name in effective_of(server, role_set(server.get(at("principal", account))))
    console.print(f"{address} has the permission {name}{'' if may else ' no longer'}.", highlight=False)
