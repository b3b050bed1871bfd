"""`pillarbox queue …`."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from pillarbox.cli.client import Client, Refused, at, items, managing
from pillarbox.cli.shared import JsonOption, console, fail, say_json, table, text, when

__all__ = ["app"]

app = typer.Typer(help="Mail on its way out: what waits, and why.", no_args_is_help=True)

_MESSAGES = at("queue", "messages")
_known = items(_MESSAGES)
_Keys = Annotated[
    list[str] | None,
    typer.Argument(metavar="MESSAGE…", help="As `pillarbox queue list` shows it.", autocompletion=_known),
]
_Key = Annotated[
    str,
    typer.Argument(metavar="MESSAGE", help="As `pillarbox queue list` shows it.", callback=text, autocompletion=_known),
]
_Part = Annotated[
    str | None, typer.Option("--filter", metavar="TEXT", help="Only messages that have this in an address.")
]
_STATUS = {"completed": "delivered", "temp_fail": "waiting", "perm_fail": "failed"}


@app.command("list")
@managing
def list_(server: Client, part: _Part = None, as_json: JsonOption = False) -> None:
    """Show what is on its way, those that are tried next first."""
    found = [_message(one) for one in server.pages(_MESSAGES, {"values": True, "text": part})]
    found.sort(key=_next_attempt)
    if as_json:
        say_json(found)
        return
    rows = table("Message", "From", "To", "Status", "Next attempt (UTC)", "Last reply")
    for message in found:
        for place, one in enumerate(message["recipients"]):
            first = (message["message"], message["sender"] or "<>") if place == 0 else ("", "")
            rows.add_row(*first, one["address"], one["status"], when(one["nextAttempt"] or ""), one["reply"] or "")
    console.print(rows if found else "Nothing is on its way.")
    if not server.get(at("queue", "status")):
        console.print("The queue is paused; `pillarbox queue resume` ends that.")


@app.command("show")
@managing
def show(server: Client, message: _Key, as_json: JsonOption = False) -> None:
    """Show one message, and how far it is with each of its recipients."""
    with _named([message]):
        found = server.get(at("queue", "messages", message))
    if as_json:
        say_json(found)
        return
    told = _message(found)
    console.print(f"{told['message']} from {told['sender'] or '<>'}, {found['size']} octets", highlight=False)
    console.print(f"made {when(told['created'])}, given up {when(told['expires'])} (UTC)", highlight=False)
    rows = table("To", "Status", "Tries", "Next attempt (UTC)", "Last reply")
    for one in told["recipients"]:
        rows.add_row(
            one["address"], one["status"], str(one["tries"]), when(one["nextAttempt"] or ""), one["reply"] or ""
        )
    console.print(rows)


@app.command("retry")
@managing
def retry(
    server: Client,
    messages: _Keys = None,
    everything: Annotated[bool, typer.Option("--all", help="All there are.")] = False,
) -> None:
    """Try messages now, whenever their next attempt would be."""
    if bool(messages) == everything:
        fail("name messages as `pillarbox queue list` shows them, or say --all")
    if everything:
        number = server.get(_MESSAGES, {"limit": 1})["total"]
        server.patch(_MESSAGES)
    else:
        named = [text(one) for one in messages or []]
        with _named(named):
            number = sum(server.patch(at("queue", "messages", one)) for one in named)
    console.print(f"{number} to be tried now.", highlight=False)


@app.command("cancel")
@managing
def cancel(server: Client, message: _Key) -> None:
    """Give a message up for all who do not have it yet; its sender is told."""
    with _named([message]):
        server.delete(at("queue", "messages", message))
    console.print(f"{message} is given up.", highlight=False)


@app.command("pause")
@managing
def pause(server: Client) -> None:
    """Begin no attempt any more, until the queue is resumed; mail is taken in as before."""
    server.patch(at("queue", "status", "stop"))
    console.print("The queue is paused, also after a restart; `pillarbox queue resume` ends that.", highlight=False)


@app.command("resume")
@managing
def resume(server: Client) -> None:
    """Try messages again, at once those whose time has come."""
    server.patch(at("queue", "status", "start"))
    console.print("The queue goes on.", highlight=False)


@contextmanager
def _named(messages: Sequence[str]) -> Iterator[None]:
    """A block for messages that are named; one that is not there ends the command."""
    try:
        yield
    except Refused as refused:
        if refused.status != 404:
            raise
        item = refused.document.get("item") or ", ".join(messages)
        fail(f"{item!r} names no message that waits; `pillarbox queue list` shows which do")


def _next_attempt(message: Mapping[str, Any]) -> str:
    # All of them are written in one form, whose order is that of time; none comes after those that there are.
    return min((one["nextAttempt"] or "~" for one in message["recipients"]), default="~")


def _message(told: Mapping[str, Any]) -> dict[str, Any]:
    """A message as it is shown: for each recipient what is known."""
    return {
        "message": told["id"],
        "sender": told["return_path"],
        "created": told["created"],
        "expires": max(one["expires"] for one in told["domains"]),
        "isReleased": told["released"],
        "recipients": [_recipient(domain, one) for domain in told["domains"] for one in domain["recipients"]],
    }


def _recipient(domain: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    status = told["status"]
    # Nothing has been heard yet, or a reply.
    kind, reply = ("waiting", None) if isinstance(status, str) else next(iter(status.items()))
    known = _STATUS.get(kind, kind)
    return {
        "address": told["address"],
        "status": known,
        "tries": domain["retry_num"],
        "nextAttempt": domain["next_retry"] if known == "waiting" else None,
        "reply": reply,
    }
