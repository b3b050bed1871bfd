"""Somebody with two accounts: their own, and one that they were let into."""

import json
from typing import Any

from tests.driver.home import Home
from tests.driver.jmap import JMAP
from tests.driver.web import Reply

from pillarbox.access import Actor, Grant, Rights
from pillarbox.access.permission import OF_USER
from pillarbox.jmap import process
from pillarbox.wire.values import Id

__all__ = ["Pair"]


class Pair(JMAP):
    """A client of both; its own account is meant where no accountId is given."""

    def __init__(
        self, home: Home, mine: JMAP, other: JMAP, rights: Rights = Rights.FULL, quota: int | None = None
    ) -> None:
        super().__init__(mine.web, mine.name, mine.password, mine.account_id, mine.number)
        self._home = home
        self._actor = Actor(
            mine.name,
            {
                Id(mine.account_id): Grant(mine.number, mine.name, personal=True, rights=Rights.FULL),
                Id(other.account_id): Grant(other.number, other.name, personal=False, rights=rights, quota=quota),
            },
            OF_USER,
        )

    def posts(self, body: Any, content_type: str | None = None) -> Reply:  # noqa: ARG002 - there is no HTTP
        """The answer to a POST to the API."""
        octets = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Reply(200, {}, process(self._home.setup.service, self._actor, octets, "s"))
