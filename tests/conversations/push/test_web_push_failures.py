"""What becomes of a push that fails (RFC 8620 section 7.2, RFC 8030)."""

import pytest
from tests.conversations.push.conftest import makes, subscribes, told, verified
from tests.conversations.push.test_web_push import Held, there
from tests.driver import ANY, JMAP
from tests.journeys.program import until
from tests.neighbour.endpoint import Endpoint


@pytest.mark.usefixtures("pusher")
@pytest.mark.parametrize("status", [404, 410])
def test_what_the_push_service_does_not_know_is_destroyed(alice: JMAP, endpoint: Endpoint, status: int) -> None:
    """RFC 8030 section 7.3: the subscription has expired there."""
    verified(alice, endpoint)
    endpoint.answers(status)
    makes(alice, "Plans")

    until(lambda: there(alice) == [], "the subscription is gone")


@pytest.mark.usefixtures("pusher")
@pytest.mark.parametrize("status", [307, 400, 403, 413, 500, 503])
def test_what_failed_is_tried_again(alice: JMAP, endpoint: Endpoint, status: int) -> None:
    """RFC 8620 section 7.2: answers are handled in a reasonable manner."""
    verified(alice, endpoint)
    endpoint.answers(status)
    makes(alice, "Plans")
    first, second = endpoint.takes(), endpoint.takes()

    assert first.octets == second.octets
    assert told(second, alice) == {"Mailbox": alice.state("Mailbox")}


@pytest.mark.usefixtures("pusher")
def test_what_was_cut_off_is_tried_again(alice: JMAP, endpoint: Endpoint) -> None:
    """Ours."""
    verified(alice, endpoint)
    endpoint.answers_by(b"HTTP/1.1 2")
    makes(alice, "Plans")

    assert endpoint.takes().octets == endpoint.takes().octets


@pytest.mark.usefixtures("pusher")
def test_a_redirect_leads_nowhere(alice: JMAP, endpoint: Endpoint) -> None:
    """Issue: a push URL that redirects into our network."""
    verified(alice, endpoint)
    for _ in range(3):
        endpoint.answers(307, {"Location": endpoint.url("/inside")})
    makes(alice, "Plans")

    assert [endpoint.takes().target for _ in range(3)] == ["/push"] * 3


@pytest.mark.usefixtures("pusher")
def test_what_was_given_up_is_told_with_what_comes_next(alice: JMAP, endpoint: Endpoint) -> None:
    """Ours: a client never misses a type for good."""
    verified(alice, endpoint)
    for _ in range(3):
        endpoint.answers(500)
    makes(alice, "Plans")
    for _ in range(3):
        endpoint.takes()
    alice.receives("Subject: hello\n\nbody", mailbox="archive")
    received = told(endpoint.takes(), alice)

    assert received == {name: alice.state(name) for name in ("Mailbox", "Email", "Thread")} | {
        "EmailDelivery": ANY,
        "Quota": ANY,
    }


@pytest.mark.usefixtures("pusher")
def test_what_comes_during_the_last_attempt_is_told(alice: JMAP, endpoint: Endpoint) -> None:
    """Ours: it is more to tell, so there is another row of attempts."""
    verified(alice, endpoint)
    held = Held(500)
    endpoint.answers(500)
    endpoint.answers(500)
    endpoint.answers_by(held)
    makes(alice, "Plans")
    for _ in range(3):
        endpoint.takes()
    alice.receives("Subject: hello\n\nbody", mailbox="archive")
    held.release()

    changed = told(endpoint.takes(), alice)
    assert changed == {name: alice.state(name) for name in ("Mailbox", "Email", "Thread")} | {
        "EmailDelivery": ANY,
        "Quota": ANY,
    }


@pytest.mark.usefixtures("pusher")
def test_a_code_is_pushed_once_whatever_is_answered(alice: JMAP, endpoint: Endpoint) -> None:
    """RFC 8620 section 7.2, RFC 9749 section 6: a rejected PushVerification is not tried again."""
    endpoint.answers(403)
    first = subscribes(alice, endpoint.url("/first"))
    assert endpoint.takes().target == "/first"
    subscribes(alice, endpoint.url("/second"))

    assert endpoint.takes().target == "/second"
    assert endpoint.took_nothing()
    assert first in there(alice)
