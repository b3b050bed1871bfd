"""JMAP requests and their answers, whatever carries them."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from bench.figure import Wrong

__all__ = ["NEWEST", "USING", "Arguments", "Call", "Talk", "answers", "request"]

USING = ("urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail")

Arguments: TypeAlias = Mapping[str, Any]
Call: TypeAlias = tuple[str, Arguments]


def request(*calls: Call) -> bytes:
    """The octets of a Request object (RFC 8620 section 3.3)."""
    invocations = [[name, arguments, str(at)] for at, (name, arguments) in enumerate(calls)]
    return json.dumps({"using": USING, "methodCalls": invocations}, separators=(",", ":")).encode()


def answers(octets: bytes) -> list[tuple[str, dict[str, Any]]]:
    """Names and arguments of a Response object. Raises Wrong if one of them is an error."""
    try:
        found = [(name, arguments) for name, arguments, _ in json.loads(octets)["methodResponses"]]
    except (ValueError, KeyError, TypeError):
        raise Wrong(f"no Response object: {octets[:200]!r}") from None
    for name, arguments in found:
        if name == "error":
            raise Wrong(f"a call failed: {arguments}")
    return found


@dataclass(frozen=True, slots=True)
class Talk:
    """One account, spoken with through `ask`: the octets of a request in, those of the answer out."""

    ask: Callable[[bytes], bytes]
    account: str

    def calls(self, *calls: Call) -> list[dict[str, Any]]:
        """The arguments of the answers. Raises Wrong."""
        asked = request(*((name, {"accountId": self.account, **arguments}) for name, arguments in calls))
        return [arguments for _, arguments in answers(self.ask(asked))]

    def call(self, name: str, **arguments: Any) -> dict[str, Any]:
        """The same for one call."""
        return self.calls((name, arguments))[0]

    def ids(self, most: int, **filter_: Any) -> list[str]:
        """The ids of the newest Emails that match, no more than `most`."""
        found: list[str] = []
        while len(found) < most:
            page = self.call("Email/query", filter=filter_ or None, sort=NEWEST, position=len(found), limit=most)["ids"]
            if not page:
                break
            found += page
        return found[:most]

    def set_keyword(self, ids: Sequence[str], keyword: str) -> None:
        """Gives Emails a keyword, 500 a call. Raises Wrong."""
        for at in range(0, len(ids), 500):
            update = {id_: {f"keywords/{keyword}": True} for id_ in ids[at : at + 500]}
            if self.call("Email/set", update=update).get("notUpdated"):
                raise Wrong("a keyword was not set")


NEWEST = [{"property": "receivedAt", "isAscending": False}]
