"""What senders are told: delivery status notifications (RFC 3461, RFC 3464)."""

from email.message import EmailMessage
from typing import Any

from tests.conversations.queue.conftest import DAY, HOST, LETTER, Post, until
from tests.driver import JMAP

from pillarbox.datatypes.queue import Recipient


def test_a_refusal_is_told_to_the_sender(sending: Post, alice: JMAP) -> None:
    """RFC 3464 section 2: multipart/report; what each part has."""
    sending.mx.says("RCPT", "550 5.1.1 No such user")
    sending.queues(alice, "nobody@far.example")

    told = sending.gets(alice)

    assert told.get_content_type() == "multipart/report"
    assert told.get_param("report-type") == "delivery-status"
    assert told["Return-Path"] == "<>"
    assert told["To"] == "alice@home.example"
    assert told["Auto-Submitted"] == "auto-replied"
    assert told["In-Reply-To"] == "<1@home.example>"
    words, status, original = told.iter_parts()
    assert "<nobody@far.example>" in words.get_content()
    message, recipient = _groups(status)
    assert message["Reporting-MTA"] == f"dns; {HOST}"
    assert "Original-Envelope-ID" not in message
    assert recipient["Final-Recipient"] == "rfc822; nobody@far.example"
    assert recipient["Action"] == "failed"
    assert recipient["Status"] == "5.1.1"
    assert recipient["Remote-MTA"] == "dns; mx.far.example"
    assert recipient["Diagnostic-Code"] == "smtp; 550 5.1.1 No such user"
    assert original.get_content_type() == "message/rfc822"
    assert original.get_content()["Subject"] == "Plans"
    sending.empties(alice)


def test_only_the_header_comes_back_if_that_was_asked_for(sending: Post, alice: JMAP) -> None:
    """RFC 3461 section 4.3: RET=HDRS; section 6.3: the envelope's id and the original recipient come back too."""
    sending.mx.says("RCPT", "550 5.1.1 No such user")
    to = Recipient("nobody@far.example", {"ORCPT": "rfc822;one@list.example"})
    sending.queues(alice, to, parameters={"RET": "HDRS", "ENVID": "a=1"})

    told = sending.gets(alice)

    _, status, original = told.iter_parts()
    message, recipient = _groups(status)
    assert message["Original-Envelope-ID"] == "a=1"
    assert recipient["Original-Recipient"] == "rfc822; one@list.example"
    assert original.get_content_type() == "text/rfc822-headers"
    assert "Hello" not in original.get_content()


def test_what_is_tried_for_days_is_given_up(sending: Post, alice: JMAP) -> None:
    """RFC 5321 section 4.5.4.1: after four to five days; RFC 3461 section 5.2.6: with a notification."""
    sending.mx.says("RCPT", *["451 4.7.1 Later"] * 2)
    sending.queues(alice, Recipient("bob@far.example", {"NOTIFY": "FAILURE"}))
    sending.waits_for(alice, lambda left: left[0]["recipients"][0]["tries"] == 1)

    sending.passes(5 * DAY + 1, alice)

    _, status, _ = sending.gets(alice).iter_parts()
    assert _groups(status)[1]["Status"] == "5.4.7"
    sending.empties(alice)


def test_a_delay_is_told_once(sending: Post, alice: JMAP) -> None:
    """RFC 3461 section 5.2.5; RFC 3464 section 2.3.9: until when it is tried."""
    sending.mx.says("RCPT", *["451 4.7.1 Later"] * 3)
    sending.queues(alice, "bob@far.example")
    sending.waits_for(alice, lambda left: left[0]["recipients"][0]["tries"] == 1)
    sending.passes(DAY + 1, alice)

    told = sending.gets(alice)
    sending.passes(DAY, alice)
    sending.waits_for(alice, lambda left: left[0]["recipients"][0]["tries"] == 3)

    _, status, _ = told.iter_parts()
    recipient = _groups(status)[1]
    assert recipient["Action"] == "delayed"
    assert recipient["Status"] == "4.7.1"
    assert "Will-Retry-Until" in recipient
    assert len(sending.messages(alice)) == 1


def test_nothing_is_told_to_who_does_not_want_it(sending: Post, alice: JMAP) -> None:
    """RFC 3461 section 5.2.6: NOTIFY=NEVER, or without FAILURE."""
    sending.mx.says("RCPT", *["550 5.1.1 No such user"] * 2)
    to = (Recipient("a@far.example", {"NOTIFY": "NEVER"}), Recipient("b@far.example", {"NOTIFY": "SUCCESS,DELAY"}))
    sending.queues(alice, *to)

    sending.empties(alice)

    assert sending.messages(alice) == []


def test_success_is_told_to_who_wants_it(sending: Post, alice: JMAP, bob: JMAP) -> None:
    """RFC 3461 sections 5.2.2 and 5.2.3: "delivered" of an account here, "relayed" of a server that tells nothing."""
    sending.mx.extensions = []
    wish: dict[str, str | None] = {"NOTIFY": "SUCCESS"}
    sending.queues(alice, Recipient("bob@home.example", wish), Recipient("carol@far.example", wish))

    until(lambda: len(sending.messages(alice)), lambda count: count == 2)

    told = b"".join(sending.messages(alice))
    assert b"Action: delivered" in told
    assert b"Action: relayed" in told


def test_a_server_that_tells_by_itself_is_left_to(sending: Post, alice: JMAP) -> None:
    """RFC 3461 section 5.2.1: who announces DSN has taken over what was asked for."""
    sending.queues(alice, Recipient("carol@far.example", {"NOTIFY": "SUCCESS"}))

    sending.mx.takes()
    sending.empties(alice)

    assert sending.messages(alice) == []


def test_nobody_is_told_of_a_notification(sending: Post, alice: JMAP) -> None:
    """RFC 3461 section 5.2: a DSN MUST NOT be returned for a null reverse-path; section 6.1: NOTIFY=NEVER."""
    sending.mx.says("RCPT", *["550 5.1.1 No such user"] * 2)
    sending.queues(alice, "nobody@far.example", sender="other@far.example")

    sending.empties(alice)

    envelopes = [one for one in sending.mx.commands if one.startswith("MAIL")]
    assert [one.split(" SIZE")[0] for one in envelopes] == ["MAIL FROM:<other@far.example>", "MAIL FROM:<>"]
    assert [one for one in sending.mx.commands if one.startswith("RCPT")][1] == (
        "RCPT TO:<other@far.example> NOTIFY=NEVER"
    )
    assert sending.messages(alice) == []


def test_an_address_beyond_ascii_is_told_in_ascii(sending: Post, alice: JMAP) -> None:
    """RFC 3464 section 2.1: message/delivery-status is 7bit; RFC 6533 section 3: how such an address is written."""
    sending.mx.says("RCPT", "550 5.1.1 No such user")
    sending.queues(alice, "jürgen@far.example")

    _, status, _ = sending.gets(alice).iter_parts()

    assert _groups(status)[1]["Final-Recipient"] == "utf-8; j\\x{FC}rgen@far.example"


def test_a_large_message_does_not_come_back_whole(sending: Post, alice: JMAP) -> None:
    """RFC 3461 section 6.2: above a length of ours, the header alone, even if RET=FULL."""
    sending.mx.says("RCPT", "550 5.1.1 No such user")
    sending.queues(alice, "nobody@far.example", octets=LETTER + b"long line\r\n" * 50_000, parameters={"RET": "FULL"})

    _, _, original = sending.gets(alice).iter_parts()

    assert original.get_content_type() == "text/rfc822-headers"


def _groups(status: Any) -> list[EmailMessage]:
    """The groups of fields of a message/delivery-status."""
    return [group for group in status.get_payload() if group.keys()]
