"""Pushes to URLs: what arrives at a real endpoint (RFC 8620 section 7.2)."""

import asyncio
import json
import secrets
import threading
from collections.abc import Callable

import pytest
from tests.conversations.push.conftest import Browser, Pusher, makes, subscribes, told, verified, verifies
from tests.driver import ANY, JMAP, NOTHING, Home, like
from tests.journeys.program import until
from tests.neighbour.endpoint import Endpoint
from tests.toy.clock import Clock
from tests.unit.wire.test_webpush import verified as claims

from pillarbox.datatypes.push import PUSH_KEY, push_key, subscribed
from pillarbox.net import Guard
from pillarbox.store import Store
from pillarbox.wire.values import Id
from pillarbox.wire.webpush import base64url


def there(person: JMAP) -> list[str]:
    """The ids of a person's subscriptions."""
    found = person.asks("PushSubscription/get", accountId=NOTHING)["list"]
    return [one["id"] for one in found]


class Held:
    """An answer that is not given before the test says so."""

    def __init__(self, status: int = 201) -> None:
        self._status = status
        self._release = threading.Event()

    async def __call__(self, writer: asyncio.StreamWriter) -> None:
        await asyncio.to_thread(self._release.wait, 20)
        writer.write(b"HTTP/1.1 %d Told\r\nContent-Length: 0\r\n\r\n" % self._status)
        await writer.drain()

    def release(self) -> None:
        self._release.set()


@pytest.mark.usefixtures("pusher")
def test_a_new_subscription_is_sent_its_code_at_once(alice: JMAP, endpoint: Endpoint) -> None:
    """RFC 8620 section 7.2.2: a PushVerification object, with the subscription's id and a code."""
    id_ = subscribes(alice, endpoint.url("/a?b=c"))
    received = endpoint.takes()

    assert (received.method, received.target) == ("POST", "/a?b=c")
    assert received.json() == {"@type": "PushVerification", "pushSubscriptionId": id_, "verificationCode": ANY}
    assert len(received.json()["verificationCode"]) == 32


@pytest.mark.usefixtures("pusher")
def test_a_push_is_a_post_of_json_with_a_ttl(alice: JMAP, endpoint: Endpoint) -> None:
    """RFC 8620 section 7.2, RFC 8030 sections 5.2 and 5.3."""
    subscribes(alice, endpoint.url())

    fields = endpoint.takes().fields
    assert fields == like(**{"content-type": "application/json", "ttl": "3600", "urgency": "high"})


@pytest.mark.usefixtures("pusher")
def test_a_change_is_pushed(alice: JMAP, endpoint: Endpoint) -> None:
    """RFC 8620 section 7.1: a StateChange object with the type's new state; kept for a day at most."""
    verified(alice, endpoint)
    makes(alice, "Plans")
    received = endpoint.takes()

    assert told(received, alice) == {"Mailbox": alice.state("Mailbox")}
    assert received.fields == like(ttl="86400", urgency="normal")


@pytest.mark.usefixtures("pusher")
def test_a_phone_may_ask_for_deliveries_alone(alice: JMAP, endpoint: Endpoint) -> None:
    """RFC 8621 section 1.5: pushed when an Email was added, and not when one is marked as read or deleted."""
    verified(alice, endpoint, types=["EmailDelivery"])
    email = alice.receives("Subject: hello\n\nbody")
    assert set(told(endpoint.takes(), alice)) == {"EmailDelivery"}
    alice.asks("Email/set", update={email: {"keywords/$seen": True}})
    alice.asks("Email/set", destroy=[email])

    assert endpoint.took_nothing()


@pytest.mark.usefixtures("pusher")
def test_nothing_but_the_code_is_pushed_before_it_came_back(alice: JMAP, endpoint: Endpoint) -> None:
    """RFC 8620 sections 7.2 and 7.2.2: what happened before is not told afterwards, either."""
    id_ = subscribes(alice, endpoint.url())
    code = endpoint.takes().json()["verificationCode"]
    makes(alice, "Plans")
    alice.receives("Subject: hello\n\nbody")
    verifies(alice, id_, code)
    makes(alice, "Trips")

    assert told(endpoint.takes(), alice) == {"Mailbox": alice.state("Mailbox")}
    assert endpoint.took_nothing()


@pytest.mark.usefixtures("pusher")
def test_with_keys_all_that_is_pushed_is_encrypted(alice: JMAP, endpoint: Endpoint) -> None:
    """RFC 8620 section 7.2, "keys", and RFC 8291 section 4: aes128gcm, and decrypted by another's library."""
    browser = Browser()
    id_ = subscribes(alice, endpoint.url(), keys=browser.keys)
    received = endpoint.takes()
    asked = json.loads(browser.reads(received))
    assert asked == {"@type": "PushVerification", "pushSubscriptionId": id_, "verificationCode": ANY}
    verifies(alice, id_, asked["verificationCode"])
    makes(alice, "Plans")
    change = endpoint.takes()

    assert received.fields["content-encoding"] == change.fields["content-encoding"] == "aes128gcm"
    assert json.loads(browser.reads(change)) == {
        "@type": "StateChange",
        "changed": {alice.account_id: {"Mailbox": alice.state("Mailbox")}},
    }


@pytest.mark.usefixtures("pusher")
def test_no_two_pushes_are_encrypted_alike(alice: JMAP, endpoint: Endpoint) -> None:
    """RFC 8188 section 4.3, RFC 8291 section 2: a salt and a key pair of its own for each."""
    browser = Browser()
    id_ = subscribes(alice, endpoint.url(), keys=browser.keys)
    first = endpoint.takes()
    verifies(alice, id_, json.loads(browser.reads(first))["verificationCode"])
    makes(alice, "Plans")
    second = endpoint.takes()

    assert first.octets[:16] != second.octets[:16]
    assert first.octets[21:86] != second.octets[21:86]


@pytest.mark.usefixtures("pusher")
def test_without_keys_nothing_is_encrypted(alice: JMAP, endpoint: Endpoint) -> None:
    """RFC 8620 section 7.2, "keys"."""
    subscribes(alice, endpoint.url())

    assert "content-encoding" not in endpoint.takes().fields


@pytest.mark.usefixtures("pusher")
def test_every_push_is_signed_with_the_servers_key(alice: JMAP, endpoint: Endpoint, store: Store, clock: Clock) -> None:
    """RFC 9749 section 4, RFC 8292 section 2: for the endpoint's origin, no longer than 24 hours."""
    key = base64url(push_key(store, lambda _: b"").public)
    id_ = subscribes(alice, endpoint.url())
    received = endpoint.takes()
    verifies(alice, id_, received.json()["verificationCode"])
    makes(alice, "Plans")

    for one in (received, endpoint.takes()):
        scheme, token, signed_by = one.fields["authorization"].split(" ")
        assert (scheme, signed_by) == ("vapid", f"k={key}")
        assert claims(token.removeprefix("t=").removesuffix(","), key) == {
            "aud": f"https://127.0.0.1:{endpoint.port}",
            "exp": int(clock()) + 12 * 3600,
            "sub": "mailto:postmaster@home.example",
        }


@pytest.mark.usefixtures("pusher")
def test_only_the_types_asked_for_are_told(alice: JMAP, endpoint: Endpoint) -> None:
    """RFC 8620 section 7.2, "types": others are omitted, and alone are no reason to push."""
    verified(alice, endpoint, types=["Thread", "CalendarEvent"])
    makes(alice, "Plans")
    alice.receives("Subject: hello\n\nbody")

    assert told(endpoint.takes(), alice) == {"Thread": alice.state("Thread")}


@pytest.mark.usefixtures("pusher")
def test_types_can_be_changed_while_it_runs(alice: JMAP, endpoint: Endpoint) -> None:
    """RFC 8620 section 7.2, "types"."""
    id_ = verified(alice, endpoint, types=["Thread"])
    makes(alice, "Plans")
    alice.asks("PushSubscription/set", accountId=NOTHING, update={id_: {"types": ["Mailbox"]}})
    before = alice.state("Mailbox")
    makes(alice, "Trips")

    # Whether the first one is told depends on which of the two is heard first.
    last = told(endpoint.takes(), alice)
    while last != {"Mailbox": alice.state("Mailbox")}:
        assert last == {"Mailbox": before}
        last = told(endpoint.takes(), alice)


@pytest.mark.usefixtures("pusher")
def test_nobody_is_told_of_another(alice: JMAP, bob: JMAP, endpoint: Endpoint) -> None:
    """RFC 8620 section 7.1: the accounts that the user has access to."""
    verified(alice, endpoint)
    makes(bob, "Plans")
    makes(alice, "Plans")

    assert told(endpoint.takes(), alice) == {"Mailbox": alice.state("Mailbox")}
    assert endpoint.took_nothing()


@pytest.mark.usefixtures("pusher")
def test_what_changes_while_one_push_is_on_its_way_is_told_together(alice: JMAP, endpoint: Endpoint) -> None:
    """RFC 8620 section 7.2: changes are coalesced."""
    verified(alice, endpoint)
    held = Held()
    endpoint.answers_by(held)
    makes(alice, "Plans")
    endpoint.takes()
    for name in ("Trips", "Shopping", "Books"):
        makes(alice, name)
    alice.receives("Subject: hello\n\nbody")
    held.release()

    changed = told(endpoint.takes(), alice)
    assert changed == {name: alice.state(name) for name in ("Mailbox", "Email", "Thread")} | {
        "EmailDelivery": ANY,
        "Quota": ANY,
    }
    assert endpoint.took_nothing()


def test_a_code_is_not_pushed_again_by_the_next_who_runs(
    alice: JMAP, endpoint: Endpoint, pushes: Callable[..., Pusher]
) -> None:
    """RFC 8620 section 7.2: no further requests until it came back, also after a restart."""
    with pushes():
        id_ = subscribes(alice, endpoint.url())
        code = endpoint.takes().json()["verificationCode"]
    with pushes():
        verifies(alice, id_, code)
        makes(alice, "Plans")

        assert told(endpoint.takes(), alice) == {"Mailbox": alice.state("Mailbox")}


def test_what_was_made_while_nobody_pushed_is_verified_then(
    alice: JMAP, endpoint: Endpoint, pushes: Callable[..., Pusher]
) -> None:
    """Ours: the server's account knows whose subscriptions are waiting."""
    id_ = subscribes(alice, endpoint.url())
    with pushes():
        assert endpoint.takes().json() == like(pushSubscriptionId=id_)


def test_what_changed_while_nobody_pushed_is_told_then(
    alice: JMAP, home: Home, endpoint: Endpoint, pushes: Callable[..., Pusher]
) -> None:
    """Ours: after a restart, all that was missed and nothing that was told; once it is known that it was."""

    def is_noted(name: str) -> bool:
        (one,) = subscribed(home.store, alice.number, home.now())
        return one.told[Id(alice.account_id)][name] == alice.state(name)

    with pushes():
        verified(alice, endpoint)
        makes(alice, "Plans")
        endpoint.takes()
        until(lambda: is_noted("Mailbox"), "it is noted")
    alice.receives("Subject: hello\n\nbody")
    with pushes():
        received = told(endpoint.takes(), alice)
        assert received == like(Email=alice.state("Email"), Thread=alice.state("Thread"))
        until(lambda: is_noted("Email"), "it is noted")
    with pushes():
        makes(alice, "Trips")
        assert told(endpoint.takes(), alice) == {"Mailbox": alice.state("Mailbox")}


def test_a_url_that_turns_out_to_be_inside_is_never_asked(
    alice: JMAP, endpoint: Endpoint, pushes: Callable[..., Pusher]
) -> None:
    """RFC 8620 section 8.6: judged once more when it is sent, and gone then."""
    with pushes(guard=Guard()):
        subscribes(alice, endpoint.url())
        until(lambda: there(alice) == [], "the subscription is gone")

    assert endpoint.connections == 0


@pytest.mark.usefixtures("pusher")
def test_nothing_is_pushed_after_it_expired(alice: JMAP, endpoint: Endpoint, clock: Clock) -> None:
    """RFC 8620 section 7.2, "expires": no further requests; and it is destroyed."""
    verified(alice, endpoint)
    clock.now += 7 * 86_400
    makes(alice, "Plans")
    other = subscribes(alice, endpoint.url("/other"))

    assert endpoint.takes().json() == like(pushSubscriptionId=other)
    assert there(alice) == [other]


@pytest.mark.usefixtures("pusher")
def test_nothing_is_pushed_after_the_password_was_changed(alice: JMAP, endpoint: Endpoint, home: Home) -> None:
    """RFC 8620 section 7.2: a subscription ends with the credentials that it was made with."""
    verified(alice, endpoint)
    home.gives_password(alice, "another")
    alice.password = "another"
    makes(alice, "Plans")
    other = subscribes(alice, endpoint.url("/other"))

    assert endpoint.takes().json() == like(pushSubscriptionId=other)


def test_a_subscription_of_another_key_is_gone(
    alice: JMAP, endpoint: Endpoint, store: Store, pushes: Callable[..., Pusher]
) -> None:
    """RFC 9749 sections 4 and 5: with another key than was announced, nothing is sent to it, and it is destroyed."""
    with pushes():
        verified(alice, endpoint)
    with store.write(0) as server:
        for kept in list(server.get(PUSH_KEY.table, server.numbers(PUSH_KEY.table, 1))):
            server.delete(PUSH_KEY.table, kept.number, json.loads(kept.document))
    push_key(store, secrets.token_bytes)
    with pushes():
        makes(alice, "Plans")
        other = subscribes(alice, endpoint.url("/other"))

        assert endpoint.takes().json() == like(pushSubscriptionId=other)
        assert there(alice) == [other]


@pytest.mark.usefixtures("pusher")
def test_nothing_is_pushed_to_what_was_destroyed(alice: JMAP, endpoint: Endpoint) -> None:
    """RFC 8620 section 7.2."""
    gone = verified(alice, endpoint)
    alice.asks("PushSubscription/set", accountId=NOTHING, destroy=[gone])
    stays = subscribes(alice, endpoint.url("/stays"))
    verifies(alice, stays, endpoint.takes().json()["verificationCode"])
    makes(alice, "Plans")

    assert endpoint.takes().target == "/stays"
    assert endpoint.took_nothing()


@pytest.mark.usefixtures("pusher")
def test_each_subscription_is_told_for_itself(alice: JMAP, bob: JMAP, endpoint: Endpoint) -> None:
    """Ours: one that does not answer keeps no other waiting."""
    verified(alice, endpoint)
    verified(bob, endpoint)
    held = Held()
    endpoint.answers_by(held)
    makes(alice, "Plans")
    endpoint.takes()
    makes(bob, "Plans")

    assert told(endpoint.takes(), bob) == {"Mailbox": bob.state("Mailbox")}
    held.release()


@pytest.mark.usefixtures("pusher")
def test_an_account_that_is_gone_is_told_nothing(alice: JMAP, bob: JMAP, endpoint: Endpoint, home: Home) -> None:
    """RFC 8620 section 7.2: its credentials are gone, and the URL with all else."""
    verified(alice, endpoint)
    home.directory.remove(alice.name)
    verified(bob, endpoint)
    makes(bob, "Plans")

    assert told(endpoint.takes(), bob) == {"Mailbox": bob.state("Mailbox")}
