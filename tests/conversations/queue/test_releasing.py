"""From the submission to the queue and back: released, told, and told of doubt (RFC 8621 section 7)."""

import time
from datetime import UTC, datetime
from email import message_from_bytes
from typing import Any

import dkim
from tests.conversations.jmap.submission.outbox import sent
from tests.conversations.queue.conftest import LETTER, Post
from tests.driver import JMAP
from tests.neighbour.mx import STALL

from pillarbox.datatypes.queue import keep, queued_message
from pillarbox.datatypes.server import add_dkim_key, remove_dkim_key
from pillarbox.queue.outcome import begun
from pillarbox.wire.dkim import new_key, record


def status(person: JMAP, submission: str) -> Any:
    """A submission as its owner sees it."""
    (one,) = person.asks("EmailSubmission/get", ids=[submission])["list"]
    return one


def test_a_submission_is_final_once_it_goes_out(sending: Post, alice: JMAP) -> None:
    """RFC 8621 section 7, "undoStatus" and "deliveryStatus": changes like any other."""
    before = alice.asks("EmailSubmission/get", ids=[])["state"]
    submission = sent(alice)

    sending.mx.takes()
    sending.empties(alice)

    told = status(alice, submission)
    assert told["undoStatus"] == "final"
    assert told["deliveryStatus"]["bob@far.example"]["smtpReply"] == "250 2.1.5 Recipient OK"
    assert told["deliveryStatus"]["bob@far.example"]["delivered"] == "unknown"
    assert alice.asks("EmailSubmission/changes", sinceState=before)["created"] == [submission]


def test_what_is_put_off_is_told(sending: Post, alice: JMAP) -> None:
    """RFC 8621 section 7: "queued", with the last reply."""
    sending.mx.says("RCPT", "451 4.7.1 Greylisted")
    submission = sent(alice)

    sending.waits_for(alice, lambda left: left[0]["recipients"][0]["tries"] == 1)

    told = status(alice, submission)["deliveryStatus"]["bob@far.example"]
    assert (told["smtpReply"], told["delivered"]) == ("451 4.7.1 Greylisted", "queued")


def test_a_doubt_from_before_is_told_and_the_message_goes_again(post: Post, alice: JMAP) -> None:
    """RFC 1047; architecture section 3: repeated only then, and told in deliveryStatus."""
    submission = sent(alice)
    (number,) = _numbers(post, alice)
    with post.store.write(alice.number) as unit:
        message = queued_message(unit, number)
        assert message is not None
        keep(unit, begun(message, frozenset({"bob@far.example"})))

    post.starts()
    post.waits_for(alice, lambda left: left[0]["recipients"][0]["tries"] == 1)

    told = status(alice, submission)["deliveryStatus"]["bob@far.example"]
    assert told["smtpReply"].startswith("451 4.3.2 the attempt was interrupted")
    post.passes(61, alice)
    post.mx.takes()
    post.empties(alice)


def test_a_stop_in_doubt_is_written_down(post: Post, alice: JMAP) -> None:
    """Ours: a server that says nothing more is not waited for without end, and what it may have is known."""
    post.grace = 0.2
    post.mx.says(".", STALL)
    post.starts()
    post.queues(alice, "bob@far.example")
    post.mx.takes()

    post.ends()

    (message,) = post.left(alice)
    assert message["recipients"][0]["status"] == "sending"


def test_a_domain_with_a_key_signs(post: Post, alice: JMAP) -> None:
    """RFC 6376: verified by another implementation; RFC 8463 beside it."""
    # Who verifies looks at the real time.
    post.clock.now = time.time()
    keys = [new_key("home.example", "r1", "rsa"), new_key("home.example", "e1", "ed25519")]
    for key in keys:
        add_dkim_key(post.store, "home.example", key, datetime.now(UTC))
    post.starts()
    post.queues(alice, "bob@far.example", octets=LETTER.replace(b"Plans", b"Plans  \r\n\t of  ours"))

    octets = post.mx.takes().octets

    published = {f"{name}.".encode(): text.encode() for name, text in map(record, keys)}
    verifier = dkim.DKIM(octets)
    assert all(verifier.verify(idx=at, dnsfunc=lambda name, **_: published[name]) for at in range(2))
    assert dkim.verify(octets.replace(b"Hello", b"Hullo"), dnsfunc=lambda name, **_: published[name]) is False
    # Nobody can add another author.
    forged = octets.replace(b"\r\nTo:", b"\r\nFrom: eve@far.example\r\nTo:", 1)
    assert dkim.verify(forged, dnsfunc=lambda name, **_: published[name]) is False


def test_a_domain_signs_in_any_spelling(sending: Post, alice: JMAP) -> None:
    """RFC 6376 section 3.5, "d=": internationalized names are A-labels, also where From has U-labels."""
    sending.home.directory.add_alias(alice.name, "alice@bücher.example")
    key = new_key("xn--bcher-kva.example", "e1", "ed25519")
    add_dkim_key(sending.store, "xn--bcher-kva.example", key, datetime.now(UTC))
    sending.queues(alice, "bob@far.example", octets=LETTER.replace(b"alice@home", "alice@Bücher".encode()))

    assert b"; d=xn--bcher-kva.example; s=e1;" in sending.mx.takes().octets


def test_who_has_no_key_does_not_sign(post: Post, alice: JMAP) -> None:
    """Ours; a key that was removed is none, and a message keeps the signature it was released with."""
    add_dkim_key(post.store, "home.example", new_key("home.example", "e1", "ed25519"), datetime.now(UTC))
    post.mx.says("RCPT", "451 4.7.1 Later")
    post.starts()
    post.queues(alice, "bob@far.example")
    post.waits_for(alice, lambda left: left[0]["recipients"][0]["tries"] == 1)
    assert remove_dkim_key(post.store, "home.example", "e1")
    post.queues(alice, "carol@far.example")
    second = post.mx.takes()

    post.passes(61, alice)
    first = post.mx.takes()

    assert "DKIM-Signature" not in message_from_bytes(second.octets)
    assert "DKIM-Signature" in message_from_bytes(first.octets)


def test_lines_of_any_kind_go_out_with_crlf(sending: Post, alice: JMAP) -> None:
    """RFC 5321 section 2.3.8: no CR and no LF alone."""
    sending.queues(alice, "bob@far.example", octets=b"Subject: a\nTo: b\r\r\nwords\n.\nmore")

    assert sending.mx.takes().octets == b"Subject: a\r\nTo: b\r\n\r\nwords\r\n.\r\nmore\r\n"


def test_an_administrator_gives_up_and_tries_again(sending: Post, alice: JMAP) -> None:
    """Ours: `pillarbox queue retry` and `cancel`."""
    sending.mx.says("RCPT", *["451 4.7.1 Later"] * 2)
    sending.queues(alice, "bob@far.example")
    sending.waits_for(alice, lambda left: left[0]["recipients"][0]["tries"] == 1)
    (number,) = _numbers(sending, alice)

    assert sending.books().postpone(alice.number, (number,), sending.now)
    sending.waits_for(alice, lambda left: left[0]["recipients"][0]["tries"] == 2)
    assert sending.books().cancel_each(alice.number, (number,))

    assert "Status: 5.7.1" in sending.gets(alice).as_string()
    assert not sending.books().postpone(alice.number, (number,), sending.now)
    assert not sending.books().cancel_each(alice.number, (number,))


def test_what_is_given_up_in_the_midst_of_an_attempt_is_not_tried_again(post: Post, alice: JMAP) -> None:
    """Ours: `pillarbox queue cancel`; what some server may have taken is told as it turns out."""
    submission = sent(alice)
    (number,) = _numbers(post, alice)
    with post.store.write(alice.number) as unit:
        message = queued_message(unit, number)
        assert message is not None
        keep(unit, begun(message, frozenset({"bob@far.example"})))

    assert post.books().cancel_each(alice.number, (number,))
    post.starts()

    post.empties(alice)

    told = status(alice, submission)["deliveryStatus"]["bob@far.example"]
    assert told["smtpReply"].startswith("554 5.4.7 given up")
    assert told["delivered"] == "no"
    assert not post.books().cancel_each(alice.number, (number,))


def _numbers(post: Post, person: JMAP) -> list[int]:
    return [one.number for one in post.books().look(person.number, 100).messages]
