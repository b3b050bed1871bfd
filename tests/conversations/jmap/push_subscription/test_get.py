"""PushSubscription/get (RFC 8620 section 7.2.1)."""

from typing import Any

import pytest
from tests.driver import ANY, JMAP, NOTHING, Home


def made(person: JMAP, **properties: Any) -> str:
    """The id of a new subscription."""
    sent = {"deviceClientId": "phone", "url": "https://push.example/1", **properties}
    answer = person.asks("PushSubscription/set", accountId=NOTHING, create={"s": sent})
    return str(answer["created"]["s"]["id"])


def gets(person: JMAP, **arguments: Any) -> Any:
    return person.asks("PushSubscription/get", accountId=NOTHING, **arguments)


def test_all_are_told_without_account_state_url_or_keys(alice: JMAP) -> None:
    """RFC 8620 section 7.2.1: null means all properties but these two; there is no accountId and no state."""
    id_ = made(alice, types=["Email"])

    assert gets(alice, ids=None) == {
        "list": [
            {"id": id_, "deviceClientId": "phone", "verificationCode": None, "expires": ANY, "types": ["Email"]},
        ],
        "notFound": [],
    }


def test_an_account_is_no_argument(alice: JMAP) -> None:
    """RFC 8620 section 7.2.1."""
    alice.says("PushSubscription/get")

    alice.hears("error", type="invalidArguments")


@pytest.mark.parametrize("name", ["url", "keys"])
def test_url_and_keys_are_forbidden(alice: JMAP, name: str) -> None:
    """RFC 8620 section 7.2.1: explicitly requested, the call is rejected with forbidden."""
    made(alice)
    alice.says("PushSubscription/get", accountId=NOTHING, properties=["id", name])

    alice.hears("error", type="forbidden")


def test_properties_can_be_chosen(alice: JMAP) -> None:
    """RFC 8620 section 5.1."""
    id_ = made(alice)

    assert gets(alice, ids=[id_], properties=["deviceClientId"])["list"] == [{"id": id_, "deviceClientId": "phone"}]


def test_what_is_not_there_is_told(alice: JMAP) -> None:
    """RFC 8620 section 5.1."""
    assert gets(alice, ids=["p9", "x"]) == {"list": [], "notFound": ["p9", "x"]}


def test_nobody_sees_anothers(alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 7.2.1: only those made with the same credentials."""
    id_ = made(alice)

    assert gets(bob) == {"list": [], "notFound": []}
    assert gets(bob, ids=[id_]) == {"list": [], "notFound": [id_]}


def test_another_password_ends_what_was_made_with_the_one_before(alice: JMAP, home: Home) -> None:
    """RFC 8620 section 7.2: revoked credentials take their subscriptions with them."""
    id_ = made(alice)
    home.gives_password(alice, "another")
    alice.password = "another"

    assert gets(alice, ids=[id_]) == {"list": [], "notFound": [id_]}
    answer = alice.asks("PushSubscription/set", accountId=NOTHING, update={id_: {"types": None}})
    assert answer["notUpdated"] == {id_: {"type": "notFound"}}


def test_it_is_of_the_core_capability(alice: JMAP) -> None:
    """RFC 8620 section 7.2: whoever uses it names no other capability."""
    alice.using = ["urn:ietf:params:jmap:core"]

    assert gets(alice) == {"list": [], "notFound": []}


def test_there_are_no_other_methods(alice: JMAP) -> None:
    """RFC 8620 section 7.2: get and set are all."""
    for method in ("changes", "query", "queryChanges", "copy"):
        alice.says(f"PushSubscription/{method}", accountId=NOTHING)
        alice.hears("error", type="unknownMethod")


def test_the_key_that_pushes_are_signed_with_is_in_the_session(alice: JMAP, home: Home) -> None:
    """RFC 9749 section 3: applicationServerKey, uncompressed and in base64url."""
    home.build(push_key="BA1Hxz")

    assert alice.sends("GET", "/.well-known/jmap").json()["capabilities"]["urn:ietf:params:jmap:webpush-vapid"] == {
        "applicationServerKey": "BA1Hxz"
    }


def test_another_key_is_another_session(alice: JMAP, home: Home) -> None:
    """RFC 9749 section 5: the server must update the sessionState."""
    home.build(push_key="BA1Hxz")
    before = alice.sends("GET", "/.well-known/jmap").json()["state"]
    home.build(push_key="BP4z9K")

    gets(alice)
    assert alice.response["sessionState"] != before
