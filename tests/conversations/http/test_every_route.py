"""What holds for each row of the table of routes."""

import re

import pytest
from tests.driver import JMAP, Home
from tests.neighbour.stores import whichever

from pillarbox.http.route import Credential, Limit, Route
from pillarbox.http.routes import ROUTES

data = whichever
"""What the server does before a store is asked is the same over each."""

_STABLE = "/api/v1/"
each_route = pytest.mark.parametrize(
    "route", [one for one in ROUTES if not one.path.startswith(_STABLE)], ids=lambda route: route.path
)


def path(route: Route) -> str:
    """One that leads there."""
    return re.sub(r"\{\w+\}", "x", route.path)


@each_route
def test_who_has_no_credentials_gets_no_further_than_the_table_says(home: Home, route: Route) -> None:
    """Ours: 401 where an account is asked for, before anything of the request is looked at."""
    for method in route.methods:
        status = home.web.sends(method, path(route), body=b"x").status

        if route.credential is not Credential.OWN:
            assert (status == 401) == (route.credential is Credential.ACCOUNT), (method, status)
        else:
            assert status != 200


@each_route
def test_a_method_that_is_not_in_the_table_is_refused(alice: JMAP, route: Route) -> None:
    """RFC 9110 section 15.5.6: 405, with those that are."""
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "BREW"} - set(route.methods):
        reply = alice.sends(method, path(route))

        assert reply.status == 405, method
        assert set(reply.headers["allow"].split(", ")) >= set(route.methods)


@each_route
def test_head_is_answered_where_get_is(alice: JMAP, route: Route) -> None:
    """RFC 9110 section 9.1: GET and HEAD; the same status, without content."""
    if "GET" in route.methods and route.socket is None and route.name != "eventsource":
        get, head = alice.sends("GET", path(route)), alice.sends("HEAD", path(route))

        assert (head.status, head.octets) == (get.status, b"")


@each_route
def test_no_answer_may_be_kept_that_is_for_one_account(alice: JMAP, route: Route) -> None:
    """RFC 9111 section 5.2.2: what needs credentials is private or not stored at all; so are refusals."""
    if route.credential is Credential.ACCOUNT and "GET" in route.methods and route.name != "eventsource":
        reply = alice.sends("GET", path(route))

        assert any(word in reply.headers["cache-control"] for word in ("private", "no-store"))


@each_route
def test_requests_of_an_account_are_counted_with_it(route: Route) -> None:
    """Ours: whoever is let in by an account is counted with it, and only they."""
    assert (route.credential is Credential.ACCOUNT) == (route.limit is Limit.ACCOUNT)


def test_what_is_promised_to_stay_is_what_there_is() -> None:
    """Ours: /api/v1 has the rows of /api, so that what holds for the ones holds for the others."""
    first = {one.path: one for one in ROUTES if one.path.startswith("/api/") and not one.path.startswith(_STABLE)}
    again = {one.path.replace(_STABLE, "/api/"): one for one in ROUTES if one.path.startswith(_STABLE)}

    assert first.keys() == again.keys()
    for at, one in first.items():
        same = {name: getattr(one, name) for name in one.__slots__ if name not in ("path", "methods", "doc")}
        assert same == {name: getattr(again[at], name) for name in same}
        assert one.methods.keys() == again[at].methods.keys()
