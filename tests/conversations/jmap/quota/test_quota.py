"""Quota/get, /changes, /query and /queryChanges (RFC 9425)."""

from typing import Any

import pytest
from tests.driver import ANY, CORE, JMAP, MAIL, QUOTA, Home

LIMIT = 100_000
LETTER = "Subject: hello\n\ntext"
SIZE = len(LETTER) + 2


def knowing(person: JMAP) -> JMAP:
    person.using = [CORE, MAIL, QUOTA]
    return person


@pytest.fixture
def erin(home: Home) -> JMAP:
    """Somebody with a quota."""
    return knowing(home.person("erin", LIMIT))


def the_quota(person: JMAP) -> dict[str, Any]:
    (found,) = person.asks("Quota/get")["list"]
    return dict(found)


def test_a_quota_says_what_is_used_of_what(erin: JMAP) -> None:
    """Section 4.1: all properties; "count" and "octets" are its resource types, "account" its scope."""
    erin.receives(LETTER)
    assert the_quota(erin) == {
        "id": ANY,
        "resourceType": "octets",
        "used": SIZE,
        "hardLimit": LIMIT,
        "scope": "account",
        "name": "Mail",
        "types": ["Email"],
        "warnLimit": None,
        "softLimit": None,
        "description": None,
    }


def test_it_is_a_capability_of_server_and_account(erin: JMAP) -> None:
    """Section 2.1: empty objects."""
    session = erin.sends("GET", "/.well-known/jmap").json()
    assert session["capabilities"][QUOTA] == {}
    assert session["accounts"][erin.account_id]["accountCapabilities"][QUOTA] == {}


def test_an_account_without_a_limit_has_none(alice: JMAP) -> None:
    """Section 4.1: a quota has a hardLimit."""
    assert knowing(alice).asks("Quota/get")["list"] == []
    assert alice.asks("Quota/query")["ids"] == []


def test_the_limit_of_all_accounts_is_one_s_own(home: Home, alice: JMAP) -> None:
    """Ours: account.quota is for accounts without a quota of their own."""
    home.build(quota=5000)
    assert the_quota(knowing(alice))["hardLimit"] == 5000


def test_each_sees_their_account_s_alone(home: Home, erin: JMAP, alice: JMAP) -> None:
    """Section 8: what others use is confidential; a group's is seen by its members."""
    team = home.group("team", erin, quota=7000)
    (shared,) = erin.asks("Quota/get", accountId=team.id)["list"]
    assert (shared["used"], shared["hardLimit"]) == (0, 7000)
    knowing(alice).says("Quota/get", accountId=erin.account_id)
    alice.hears("error", type="accountNotFound")


def test_who_does_not_know_mail_is_told_of_no_quota_for_it(erin: JMAP) -> None:
    """Section 4.1, "types": no objects without a type that the client knows."""
    erin.using = [CORE, QUOTA]
    assert erin.asks("Quota/get")["list"] == []
    erin.using = [CORE, MAIL]
    erin.says("Quota/get")
    erin.hears("error", type="unknownMethod")


def test_some_properties_of_some_quotas(erin: JMAP) -> None:
    """RFC 8620 section 5.1."""
    id_ = the_quota(erin)["id"]
    erin.says("Quota/get", ids=[id_, "u9", id_], properties=["used"])
    erin.hears("Quota/get", list=[{"id": id_, "used": 0}], notFound=["u9"])
    erin.says("Quota/get", properties=["much"])
    erin.hears("error", type="invalidArguments")


def test_what_is_used_changes_with_mail(erin: JMAP) -> None:
    """Section 4.3; updatedProperties is null where the server cannot tell that only "used" changed."""
    it = the_quota(erin)["id"]
    state = erin.state("Quota")
    erin.says("Quota/changes", sinceState=state)
    erin.hears("Quota/changes", newState=state, updated=[])

    email = erin.receives(LETTER)
    erin.says("Quota/changes", sinceState=state, maxChanges=1)
    heard = erin.hears(
        "Quota/changes",
        oldState=state,
        created=[],
        updated=[it],
        destroyed=[],
        hasMoreChanges=False,
        updatedProperties=None,
    )
    assert heard["newState"] == erin.state("Quota") != state

    erin.asks("Email/set", destroy=[email])
    assert erin.state("Quota") != heard["newState"]
    assert the_quota(erin)["used"] == 0


@pytest.mark.parametrize("state", ["x", "", "abcdefgh-1", "abcdefgh-999999"])
def test_a_state_that_was_never_told_is_refused(erin: JMAP, state: str) -> None:
    """RFC 8620 section 5.2, cannotCalculateChanges."""
    for method, name in (("Quota/changes", "sinceState"), ("Quota/queryChanges", "sinceQueryState")):
        erin.says(method, **{name: state})
        erin.hears("error", type="cannotCalculateChanges")


def test_who_listens_hears_of_it(erin: JMAP) -> None:
    """Section 6: the state that Quota/get tells."""
    stream = erin.listens("Quota")
    erin.receives(LETTER)
    assert stream.change()["changed"] == {erin.account_id: {"Quota": erin.state("Quota")}}


@pytest.mark.parametrize(
    ("filter_", "is_found"),
    [
        (None, True),
        ({}, True),
        ({"name": "mai"}, True),
        ({"name": "calendar"}, False),
        ({"scope": "account"}, True),
        ({"scope": "domain"}, False),
        ({"resourceType": "octets"}, True),
        ({"resourceType": "oct"}, False),
        ({"type": "Email"}, True),
        ({"type": "Calendar"}, False),
        ({"type": "Email", "scope": "global"}, False),
        ({"operator": "NOT", "conditions": [{"type": "Email"}]}, False),
        ({"operator": "OR", "conditions": [{"type": "Calendar"}, {"type": "Email"}]}, True),
        ({"operator": "AND", "conditions": [{"type": "Calendar"}, {"type": "Email"}]}, False),
    ],
)
def test_a_filter_finds_what_matches(erin: JMAP, filter_: Any, is_found: bool) -> None:  # noqa: FBT001 - a parameter
    """Section 4.4."""
    erin.says("Quota/query", filter=filter_, sort=[{"property": "used"}, {"property": "name", "isAscending": False}])
    heard = erin.hears("Quota/query", canCalculateChanges=True, position=0)
    assert heard["ids"] == ([the_quota(erin)["id"]] if is_found else [])


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"filter": {"owner": "x"}}, "unsupportedFilter"),
        ({"filter": {"operator": "OR", "conditions": [{}, {"owner": "x"}]}}, "unsupportedFilter"),
        ({"filter": {"name": 1}}, "invalidArguments"),
        ({"filter": []}, "invalidArguments"),
        ({"filter": {"operator": "XOR", "conditions": []}}, "invalidArguments"),
        ({"sort": [{"property": "hardLimit"}]}, "unsupportedSort"),
        ({"sort": [{"property": "name", "collation": "i;odd"}]}, "unsupportedSort"),
        ({"sort": ["name"]}, "invalidArguments"),
        ({"anchor": "u9"}, "anchorNotFound"),
        ({"limit": -1}, "invalidArguments"),
        ({"order": "name"}, "invalidArguments"),
    ],
)
def test_what_cannot_be_asked_is_an_error(alice: JMAP, arguments: dict[str, Any], error: str) -> None:
    """RFC 8620 section 5.5; also where there is nothing to be found."""
    knowing(alice).says("Quota/query", **arguments)
    alice.hears("error", type=error)


def test_a_filter_has_its_bounds(erin: JMAP) -> None:
    """RFC 8620 section 5.5, unsupportedFilter."""
    deep: Any = {"type": "Email"}
    for _ in range(40):
        deep = {"operator": "NOT", "conditions": [deep]}
    wide = {"operator": "AND", "conditions": [{}] * 600}
    for filter_ in (deep, wide):
        erin.says("Quota/query", filter=filter_)
        erin.hears("error", type="unsupportedFilter")


def test_windows_of_the_result(erin: JMAP) -> None:
    """RFC 8620 section 5.5: position, anchor, limit, total."""
    it = the_quota(erin)["id"]
    for arguments, ids in (
        ({"position": -5}, [it]),
        ({"position": 1}, []),
        ({"anchor": it, "anchorOffset": -1}, [it]),
        ({"anchor": it, "anchorOffset": 1}, []),
        ({"limit": 0}, []),
    ):
        erin.says("Quota/query", calculateTotal=True, **arguments)
        erin.hears("Quota/query", ids=ids, total=1)


def test_a_query_s_changes(erin: JMAP) -> None:
    """Section 4.5: what may have moved is removed and added."""
    it = the_quota(erin)["id"]
    state = erin.asks("Quota/query")["queryState"]
    erin.says("Quota/queryChanges", sinceQueryState=state, calculateTotal=True)
    erin.hears("Quota/queryChanges", removed=[], added=[], total=1)
    erin.receives(LETTER)
    erin.says("Quota/queryChanges", sinceQueryState=state, filter={"type": "Email"})
    erin.hears("Quota/queryChanges", removed=[it], added=[{"id": it, "index": 0}])
    erin.says("Quota/queryChanges", sinceQueryState=state, maxChanges=1)
    erin.hears("error", type="tooManyChanges")
