"""What commands about principals share: who is meant, and how they are made and changed."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import typer

from pillarbox.access import BadAddress, RoleSet, effective, normal
from pillarbox.cli.client import Client, Refused, at
from pillarbox.cli.shared import console, fail

__all__ = [
    "adding",
    "called",
    "change",
    "effective_of",
    "every",
    "existing",
    "known",
    "leave",
    "mailbox",
    "make",
    "named",
    "removing",
    "role_set",
    "say_anew",
    "setting",
]

_NOUNS = {"individual": "account", "apiKey": "API key", "oauthClient": "OAuth client"}
_COMMANDS = {"resource": "group", "location": "group", "apiKey": "apikey"}
_LAST = 2**31 - 1
"""No message has a greater number."""


def every(server: Client, *types: str) -> list[dict[str, Any]]:
    """All principals of these types, in order of name."""
    return server.pages(at("principal"), {"types": ",".join(types)})


def existing(server: Client, name: str, *types: str) -> dict[str, Any]:
    """The principal of one of these types that has a name, or an address. Ends the command where there is none."""
    found = known(server, name, *types)
    first = types[0]
    if found is None:
        fail(f"there is no {_noun(first)} {name}; `pillarbox {_command(first)} list` shows which there are")
    if found["type"] not in types:
        fail(f"{name} is {_article(_noun(found['type']))}; see `pillarbox {_command(found['type'])} --help`")
    return found


def named(server: Client, name: str) -> dict[str, Any] | None:
    """The principal of this name, of whatever type; None where there is none."""
    try:
        found: dict[str, Any] = server.get(at("principal", name))
    except Refused as refused:
        if refused.status != 404:
            raise
        return None
    return found


def called(found: Mapping[str, Any]) -> str:
    """What people know a principal by: its address, or its name if it has none."""
    addresses = [one for one in found.get("emails", ()) if not one.startswith("@")]
    return str(addresses[0] if addresses else found["name"])


def mailbox(given: str) -> str:
    """An address in the form that is kept and compared. Ends the command for what is none."""
    try:
        return normal(given)
    except BadAddress as problem:
        fail(str(problem))


def make(server: Client, type_: str, name: str, **fields: object) -> str:
    """A new principal, with the domains of its addresses, if they are new; its id. What is None is not said."""
    body = {"type": type_, "name": name, **{key: value for key, value in fields.items() if value is not None}}
    tenant = None if fields.get("tenant") is None else str(fields["tenant"])
    made: str = _taking_in(server, lambda: server.post(at("principal"), body), tenant)
    return made


def change(server: Client, name: str, *steps: Mapping[str, object]) -> None:
    """A principal is another, by these steps, all of them or none; a domain that an address needs is made."""
    _taking_in(server, lambda: server.patch(at("principal", name), [*steps]), None)


def say_anew(server: Client, name: str, **fields: object) -> None:
    """These fields of a principal have these values, each as a whole; what is None stays as it is.

    Ends the command where nothing is said.
    """
    steps = [setting(field, value) for field, value in fields.items() if value is not None]
    if not steps:
        fail("nothing is said that is to be another; --help has the options that say it")
    change(server, name, *steps)


def setting(field: str, value: object) -> dict[str, object]:
    """A step: a field has this value."""
    return {"action": "set", "field": field, "value": value}


def adding(field: str, value: str) -> dict[str, object]:
    """A step: a list has one item more."""
    return {"action": "addItem", "field": field, "value": value}


def removing(field: str, value: str) -> dict[str, object]:
    """A step: a list has one item less."""
    return {"action": "removeItem", "field": field, "value": value}


def leave(server: Client, found: Mapping[str, Any], address: str, *, is_sure: bool) -> None:
    """An account, a group or a list is removed with what it has still to send; somebody is asked first unless sure."""
    query = {"range-start": f"{found['id']}.q1", "range-end": f"{found['id']}.q{_LAST}", "limit": 1}
    messages = server.get(at("queue", "messages"), query)["total"]
    counted = "1 message" if messages == 1 else f"{messages} messages"
    if not is_sure:
        and_what = f", and {counted} still to be sent," if messages else ""
        typer.confirm(f"Remove {address} and all its mail{and_what} for good?", abort=True)
    server.delete(at("principal", found["name"]))
    and_what = f"; {counted} still to be sent went with it" if messages else ""
    console.print(f"{address} is gone{and_what}.", highlight=False)


def role_set(found: Mapping[str, Any]) -> RoleSet:
    """What a principal is given and denied."""
    return RoleSet(
        frozenset(found["roles"]), frozenset(found["enabledPermissions"]), frozenset(found["disabledPermissions"])
    )


def effective_of(server: Client, has: RoleSet) -> frozenset[str]:
    """What somebody may do who has this; what their tenant leaves of that is not looked at."""
    made = {one["name"]: role_set(one) for one in every(server, "role")}
    return effective(has, made.get)


def _taking_in(server: Client, does: Callable[[], Any], tenant: str | None) -> Any:
    """Does it; where domains are not here yet, makes them, as long as the rest can be done."""
    made: list[str] = []
    try:
        while True:
            try:
                done = does()
            except Refused as refused:
                domain = str(refused.document.get("item", ""))
                if refused.error != "notFound" or refused.document.get("field") != "emails" or domain in made:
                    raise
                server.post(at("principal"), {"type": "domain", "name": domain, "tenant": tenant})
                made.append(domain)
            else:
                break
    except Refused as refused:
        for domain in reversed(made):
            server.delete(at("principal", domain))
        fail(_said(refused))
    for domain in made:
        # Of a domain that was mistyped nobody would hear otherwise.
        console.print(f"{domain} is a domain here now.", highlight=False)
    return done


def known(server: Client, name: str, *types: str) -> dict[str, Any] | None:
    """The principal that has a name, or one of these types that has it as an address; None where there is none."""
    found = named(server, name)
    if found is not None:
        return found
    # One that is called otherwise may have the address.
    some = server.pages(at("principal"), {"types": ",".join(types), "filter": name})
    wanted = name.casefold()
    return next((one for one in some if wanted in [mail.casefold() for mail in one.get("emails", ())]), None)


def _said(refused: Refused) -> str:
    """Why a principal is not made or changed, for who types commands."""
    item, field = refused.document.get("item"), refused.document.get("field")
    if refused.error == "notFound" and field in ("roles", "members", "readers", "memberOf", "lists", "tenant"):
        noun = {"roles": "role", "tenant": "tenant"}.get(field, "principal")
        lists = f"; `pillarbox {noun} list` shows which there are" if noun != "principal" else ""
        return f"there is no {noun} {item}{lists}"
    if refused.error == "fieldAlreadyExists":
        return f"{refused.document.get('value')} is taken: somebody or something is called so already"
    # Steps are of the call, and nobody who types commands has seen them.
    return re.sub(r"(^|; )\d+/value: ", r"\1", str(refused)).removeprefix("Invalid parameter: ")


def _noun(type_: str) -> str:
    return _NOUNS.get(type_, type_)


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeAO" else f"a {noun}"


def _command(type_: str) -> str:
    return _COMMANDS.get(type_, _NOUNS.get(type_, type_))
