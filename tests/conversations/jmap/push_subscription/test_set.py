"""PushSubscription/set (RFC 8620 section 7.2.2); nothing is sent here."""

from ipaddress import ip_network
from typing import Any

import pytest
from tests.driver import ANY, JMAP, NOTHING, Home, like
from tests.toy.clock import Clock

from pillarbox.net import Guard

URL = "https://push.example/device/1"
KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}

# The clock of the tests stands at 2027-01-15T08:00:00Z.
WEEK_LATER = "2027-01-22T08:00:00Z"


def says(person: JMAP, **arguments: Any) -> None:
    person.says("PushSubscription/set", accountId=NOTHING, **arguments)


def creates(person: JMAP, **properties: Any) -> None:
    """Says that a subscription is to be made, with these properties among others."""
    sent = {"deviceClientId": "phone", "url": URL, **properties}
    says(person, create={"s": {name: value for name, value in sent.items() if value is not NOTHING}})


def made(person: JMAP, **properties: Any) -> str:
    """The id of a new subscription."""
    creates(person, **properties)
    return str(person.hears("PushSubscription/set", created={"s": like(id=ANY)})["created"]["s"]["id"])


def gets(person: JMAP, id_: str) -> Any:
    """A subscription as its owner sees it."""
    (one,) = person.asks("PushSubscription/get", accountId=NOTHING, ids=[id_])["list"]
    return one


@pytest.fixture(autouse=True)
def codes(home: Home) -> None:
    """Each subscription's code is known here: code1, code2 and so on."""
    made = iter(range(1, 1000))
    home.token = lambda: f"code{next(made)}"
    home.build()


def test_a_new_one_is_told_what_it_did_not_say(alice: JMAP) -> None:
    """RFC 8620 section 7.2.3: id, keys and expires; not the code, which comes by push."""
    creates(alice)

    alice.hears_exactly(
        "PushSubscription/set",
        created={
            "s": {"id": ANY, "keys": None, "verificationCode": None, "expires": WEEK_LATER, "types": None},
        },
        updated=None,
        destroyed=None,
        notCreated=None,
        notUpdated=None,
        notDestroyed=None,
    )


@pytest.mark.parametrize("argument", [{"accountId": "a1"}, {"ifInState": "x"}, {"more": 1}])
def test_there_is_no_account_and_no_state(alice: JMAP, argument: dict[str, Any]) -> None:
    """RFC 8620 section 7.2.2: neither accountId nor ifInState is an argument."""
    alice.says("PushSubscription/set", **{"accountId": NOTHING, **argument})

    alice.hears("error", type="invalidArguments")


def test_keys_are_taken_and_never_told(alice: JMAP) -> None:
    """RFC 8620 section 7.2, "keys"."""
    creates(alice, keys=KEYS)

    alice.hears(
        "PushSubscription/set",
        created={"s": {"id": ANY, **dict.fromkeys(("verificationCode", "types")), "expires": WEEK_LATER}},
    )


@pytest.mark.parametrize(
    "properties",
    [
        {"deviceClientId": NOTHING},
        {"deviceClientId": ""},
        {"deviceClientId": "x" * 256},
        {"url": NOTHING},
        {"url": "http://push.example/"},
        {"url": "push.example"},
        {"url": "https://"},
        {"url": "https://alice@push.example/"},
        {"url": "https://push.example/" + "x" * 3000},
        {"keys": {}},
        {"keys": {"p256dh": KEYS["p256dh"]}},
        {"keys": {**KEYS, "auth": "+/+/"}},
        {"keys": {**KEYS, "p256dh": KEYS["auth"]}},
        {"keys": "none"},
        {"verificationCode": "code1"},
        {"verificationCode": ""},
        {"expires": "tomorrow"},
        {"expires": "2027-01-15T08:00:00Z"},
        {"types": "Email"},
        {"types": [7]},
        {"types": [""]},
        {"types": ["Email"] * 65},
    ],
    ids=repr,
)
def test_what_is_wrong_with_a_new_one_is_told(alice: JMAP, properties: dict[str, Any]) -> None:
    """RFC 8620 section 7.2: each property's own rule; verificationCode is null at first."""
    creates(alice, **properties)

    alice.hears(
        "PushSubscription/set",
        created=None,
        notCreated={"s": like(type="invalidProperties", properties=list(properties))},
    )


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "localhost",
        "LOCALHOST.",
        "10.1.2.3",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104
        "224.0.0.1",
        "2130706433",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[fd00::1]",
        "[fe80::1]",
        "[64:ff9b::7f00:1]",
    ],
)
def test_a_url_that_leads_into_our_network_is_refused(alice: JMAP, host: str) -> None:
    """RFC 8620 section 8.6: the server must not be made to ask its own network."""
    creates(alice, url=f"https://{host}:8443/push")

    alice.hears("PushSubscription/set", notCreated={"s": like(type="invalidProperties", properties=["url"])})


def test_the_operator_may_allow_a_network(alice: JMAP, home: Home) -> None:
    """Ours: server.outbound.allow-networks."""
    home.build(guard=Guard((ip_network("10.0.0.0/8"),)))

    assert made(alice, url="https://10.1.2.3/push")


@pytest.mark.parametrize("name", ["code", "codeExpires", "codeSent", "standing", "told"])
def test_what_is_the_servers_own_can_neither_be_set_nor_seen(alice: JMAP, name: str) -> None:
    """Ours: the code would verify any URL."""
    creates(alice, **{name: None})
    alice.hears("PushSubscription/set", notCreated={"s": like(type="invalidProperties", properties=[name])})

    id_ = made(alice)
    says(alice, update={id_: {name: "x"}})
    alice.hears("PushSubscription/set", notUpdated={id_: like(type="invalidProperties", properties=[name])})

    assert name not in gets(alice, id_)
    alice.says("PushSubscription/get", accountId=NOTHING, properties=[name])
    alice.hears("error", type="invalidArguments")


def test_the_code_verifies(alice: JMAP) -> None:
    """RFC 8620 section 7.2.2."""
    id_ = made(alice)
    says(alice, update={id_: {"verificationCode": "code1"}})

    alice.hears("PushSubscription/set", updated={id_: None}, notUpdated=None)
    assert gets(alice, id_)["verificationCode"] == "code1"


@pytest.mark.parametrize("code", ["code2", "", "CODE1", "code1 ", "\ud83d\ude00", "x" * 10_000])
def test_another_code_does_not(alice: JMAP, code: str) -> None:
    """RFC 8620 section 7.2.2: invalidProperties."""
    id_ = made(alice)
    says(alice, update={id_: {"verificationCode": code}})

    alice.hears(
        "PushSubscription/set", notUpdated={id_: like(type="invalidProperties", properties=["verificationCode"])}
    )
    assert gets(alice, id_)["verificationCode"] is None


def test_a_code_is_that_of_its_subscription(alice: JMAP) -> None:
    """RFC 8620 section 7.2.2."""
    made(alice)
    other = made(alice)
    says(alice, update={other: {"verificationCode": "code1"}})

    alice.hears("PushSubscription/set", notUpdated={other: like(type="invalidProperties")})


def test_a_code_that_was_right_cannot_be_taken_back(alice: JMAP) -> None:
    """RFC 8620 section 7.2.2: only the right code is taken."""
    id_ = made(alice)
    says(alice, update={id_: {"verificationCode": "code1"}})
    says(alice, update={id_: {"verificationCode": None}})

    alice.hears("PushSubscription/set", notUpdated={id_: like(type="invalidProperties")})


def test_what_is_not_verified_in_time_is_gone(alice: JMAP, clock: Clock) -> None:
    """Ours: a code is good for jmap.push.timeout.verify."""
    id_ = made(alice)
    clock.now += 3600
    says(alice, update={id_: {"verificationCode": "code1"}})

    alice.hears("PushSubscription/set", notUpdated={id_: like(type="notFound")})


def test_what_was_verified_stays_until_it_expires(alice: JMAP, clock: Clock) -> None:
    """RFC 8620 section 7.2, "expires"."""
    id_ = made(alice)
    says(alice, update={id_: {"verificationCode": "code1"}})
    clock.now += 7 * 86_400 - 1
    assert gets(alice, id_)["expires"] == WEEK_LATER
    clock.now += 1

    assert alice.asks("PushSubscription/get", accountId=NOTHING, ids=[id_]) == {"list": [], "notFound": [id_]}
    assert alice.asks("PushSubscription/get", accountId=NOTHING) == {"list": [], "notFound": []}


@pytest.mark.parametrize("name", ["url", "keys", "deviceClientId"])
def test_what_is_immutable_stays(alice: JMAP, name: str) -> None:
    """RFC 8620 sections 7.2 and 7.2.2."""
    id_ = made(alice)
    says(alice, update={id_: {name: {"url": URL + "/2", "keys": KEYS, "deviceClientId": "tablet"}[name]}})

    alice.hears("PushSubscription/set", notUpdated={id_: like(type="invalidProperties", properties=[name])})


def test_an_expiry_that_is_near_is_kept(alice: JMAP) -> None:
    """RFC 8620 section 7.2, "expires": 7 days are a limit, no rule."""
    assert gets(alice, made(alice, expires="2027-01-16T09:00:00Z"))["expires"] == "2027-01-16T09:00:00Z"


def test_an_expiry_that_is_far_is_limited_and_told(alice: JMAP) -> None:
    """RFC 8620 sections 7.2 and 7.2.2: 7 days at least are given."""
    creates(alice, expires="2030-01-01T00:00:00Z")

    alice.hears("PushSubscription/set", created={"s": like(expires=WEEK_LATER)})


def test_an_expiry_can_be_moved_within_the_limit(alice: JMAP, clock: Clock) -> None:
    """RFC 8620 section 7.2.2: extended, shortened, and limited; without another verification."""
    id_ = made(alice)
    says(alice, update={id_: {"verificationCode": "code1"}})
    clock.now += 86_400

    says(alice, update={id_: {"expires": "2030-01-01T00:00:00Z"}})
    alice.hears("PushSubscription/set", updated={id_: {"expires": "2027-01-23T08:00:00Z"}})
    says(alice, update={id_: {"expires": "2027-01-20T00:00:00Z"}})
    alice.hears("PushSubscription/set", updated={id_: None})
    says(alice, update={id_: {"expires": None}})
    alice.hears("PushSubscription/set", updated={id_: {"expires": "2027-01-23T08:00:00Z"}})
    assert gets(alice, id_)["verificationCode"] == "code1"


def test_types_can_be_changed_and_need_not_exist(alice: JMAP) -> None:
    """RFC 8620 section 7.2, "types"; null is all of them."""
    id_ = made(alice, types=["Email", "Recipe"])
    says(alice, update={id_: {"types": None}})

    alice.hears("PushSubscription/set", updated={id_: None})
    assert gets(alice, id_)["types"] is None


def test_one_is_destroyed(alice: JMAP) -> None:
    """RFC 8620 section 5.3."""
    id_ = made(alice)
    says(alice, destroy=[id_])

    alice.hears("PushSubscription/set", destroyed=[id_])
    assert alice.asks("PushSubscription/get", accountId=NOTHING)["list"] == []


def test_one_can_be_made_and_changed_in_one_request(alice: JMAP) -> None:
    """RFC 8620 section 5.3: creation ids."""
    says(alice, create={"s": {"deviceClientId": "phone", "url": URL}}, update={"#s": {"types": ["Email"]}})

    alice.hears("PushSubscription/set", created={"s": like(id=ANY)}, updated=ANY, notUpdated=None)


def test_there_are_only_so_many(alice: JMAP, home: Home) -> None:
    """RFC 8620 section 8.6: their number is limited; those that have ended do not count."""
    home.build(push_subscriptions=2)
    first = made(alice)
    made(alice)
    creates(alice)
    alice.hears("PushSubscription/set", notCreated={"s": like(type="overQuota")})

    says(alice, destroy=[first])
    assert made(alice)


def test_so_many_can_be_made_in_a_minute(alice: JMAP, clock: Clock) -> None:
    """RFC 8620 section 8.6: the rate of creation is limited, also of those that are destroyed at once."""
    for _ in range(20):
        says(alice, destroy=[made(alice)])
    creates(alice)
    alice.hears("PushSubscription/set", notCreated={"s": like(type="rateLimit")})
    clock.now += 61

    assert made(alice)


def test_other_types_are_not_disturbed(alice: JMAP) -> None:
    """RFC 8620 section 7.1: there is no state of it that clients could be told."""
    stream = alice.listens()
    made(alice)

    assert stream.is_quiet()
