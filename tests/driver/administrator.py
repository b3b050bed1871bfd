"""Whoever manages the server over its REST API, and what they are answered."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import orjson
from tests.driver.home import Home
from tests.driver.jmap import JMAP
from tests.driver.like import assert_is
from tests.driver.roles import RoleChange, change_permissions
from tests.driver.web import Reply

from pillarbox.access import ADMIN
from pillarbox.access.permission import OF_ADMIN

__all__ = ["Administrator"]


class Administrator:
    """Somebody with an account who calls endpoints; by default a new one with the role `admin`."""

    def __init__(self, home: Home, person: JMAP | None = None, *roles: str) -> None:
        self.home = home
        self.person = person or home.person("root")
        if person is None or roles:
            change = RoleChange([*(roles or (ADMIN,))])
            change_permissions(home.store, self.person.name, change, OF_ADMIN, home.now())

    def calls(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None, **query: str
    ) -> Reply:
        """The whole answer. A body that is no octets is sent as JSON; `query` has an underscore for each hyphen."""
        given = "&".join(f"{name.replace('_', '-')}={quote(value, safe='')}" for name, value in query.items())
        octets = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
        target = f"/api/{path}" + (f"?{given}" if given else "")
        return self.person.sends(method, target, {"content-type": "application/json", **(headers or {})}, octets)

    def does(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """The data of an answer that says that all went well."""
        reply = self.calls(method, path, body, None, **query)
        assert reply.status == 200, (reply.status, reply.octets)
        return orjson.loads(reply.octets)["data"]

    def is_refused(self, status: int, method: str, path: str, body: Any = None, **members: Any) -> Any:
        """The problem document of an answer with this status, which has at least these members."""
        reply = self.calls(method, path, body)
        assert reply.status == status, (reply.status, reply.octets)
        assert reply.headers["content-type"] == "application/problem+json"
        found = orjson.loads(reply.octets)
        for name, value in members.items():
            assert_is(value, found.get(name))
        return found
