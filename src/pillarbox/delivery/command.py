"""Command lines: a verb, and what follows it (RFC 5321 section 4.1.1); pure."""

import re
from dataclasses import dataclass

from pillarbox.delivery.path import Malformed, Path, path

__all__ = ["MAX_LINE", "Addressed", "Command", "addressed", "command", "is_client_name"]

MAX_LINE = 2048
"""Octets of a command line with its CRLF. The RFC's least is 512 and what extensions add to it."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_VERB = re.compile(rb"[A-Za-z]+")
# Extensions have keywords of any case; a value is anything visible (section 4.1.2, RFC 6531 section 3.3).
_PARAMETERS = re.compile(r"(?: +[A-Za-z0-9][A-Za-z0-9-]*(?:=[!-<>-~\u00a1-\U0010ffff]+)?)*")
_CLIENT_NAME = re.compile(r"(?:[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?|\[[A-Za-z0-9.:]+\])")


@dataclass(frozen=True, slots=True)
class Command:
    """A line: its verb in upper case, and the rest without the space around it."""

    verb: str
    argument: str


@dataclass(frozen=True, slots=True)
class Addressed:
    """What MAIL and RCPT are given: a path, and parameters by their names in upper case."""

    path: Path
    parameters: dict[str, str | None]


def command(line: bytes) -> Command:
    """The command on a line, given without its CRLF. Raises Malformed.

    CR and LF alone end no line (section 2.3.8), so here they are like any control character: not allowed.
    """
    found = _VERB.match(line)
    if found is None or line[found.end() : found.end() + 1] not in (b"", b" "):
        raise Malformed(0)
    try:
        argument = line[found.end() :].decode().strip(" ")
    except UnicodeDecodeError as error:
        raise Malformed(found.end() + error.start) from None
    if (control := _CONTROL.search(argument)) is not None:
        raise Malformed(found.end() + control.start())
    return Command(found[0].decode().upper(), argument)


def addressed(keyword: str, argument: str) -> Addressed:
    """What follows MAIL or RCPT: the keyword `FROM:` or `TO:`, a path, parameters. Raises Malformed.

    Space before the path is against the grammar and so frequent that everybody takes it.
    """
    if argument[: len(keyword)].upper() != keyword:
        raise Malformed(0)
    start = len(keyword)
    while argument[start : start + 1] == " ":
        start += 1
    mailbox, end = path(argument, start)
    if _PARAMETERS.fullmatch(argument, end) is None:
        raise Malformed(end)
    parameters: dict[str, str | None] = {}
    for parameter in argument[end:].split():
        name, equals, value = parameter.partition("=")
        if name.upper() in parameters:
            raise Malformed(argument.index(parameter, end))
        parameters[name.upper()] = value if equals else None
    return Addressed(mailbox, parameters)


def is_client_name(name: str) -> bool:
    """Whether it can be what LHLO gives: a domain in ASCII or an address in brackets (section 4.1.1.1).

    Nothing else is asked of it (section 4.1.4); an underscore is no reason to refuse mail.
    """
    return len(name) <= 255 and _CLIENT_NAME.fullmatch(name) is not None
