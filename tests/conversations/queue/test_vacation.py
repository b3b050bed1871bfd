"""Vacation responses and receipts go the way of all mail: queued, sent, and never answered themselves."""

from tests.conversations.queue.conftest import Post
from tests.driver import CORE, JMAP, MAIL

VACATION = "urn:ietf:params:jmap:vacationresponse"
SUBMISSION = "urn:ietf:params:jmap:submission"
MDN = "urn:ietf:params:jmap:mdn"
TO_BOB = (
    b"From: Alice <alice@home.example>\r\nTo: bob@home.example\r\nSubject: Plans\r\nMessage-ID: <1@home.example>\r\n"
    b"Disposition-Notification-To: alice@home.example\r\nDate: Fri, 1 May 2026 10:00:00 +0000\r\n\r\nHello.\r\n"
)


def goes_away(person: JMAP, text: str) -> None:
    person.using = [CORE, MAIL, VACATION]
    person.asks("VacationResponse/set", update={"singleton": {"isEnabled": True, "textBody": text}})


def test_two_who_are_away_hear_it_once_each(post: Post, alice: JMAP, bob: JMAP) -> None:
    """RFC 8621 section 8, RFC 3834: the answer is delivered, with an empty Return-Path, and nobody answers that."""
    goes_away(alice, "I am at the beach.")
    goes_away(bob, "I am in the mountains.")
    post.starts()
    post.queues(alice, "bob@home.example", octets=TO_BOB)

    answer = post.gets(alice)
    assert answer["Return-Path"] == "<>"
    assert answer["From"] == "bob@home.example"
    assert answer["To"] == "alice@home.example"
    assert answer["Subject"] == "Auto: Plans"
    assert answer["In-Reply-To"] == "<1@home.example>"
    assert answer["Auto-Submitted"] == "auto-replied"
    assert answer.get_content().strip() == "I am in the mountains."
    post.empties(alice)
    post.empties(bob)
    assert (len(post.messages(alice)), len(post.messages(bob))) == (1, 1)


def test_an_answer_is_in_the_thread_of_what_it_answers(post: Post, alice: JMAP, bob: JMAP) -> None:
    """RFC 8621 section 3: In-Reply-To, and a subject that is the same but for what was put before it, if it is."""
    goes_away(bob, "Away.")
    bob.asks("VacationResponse/set", update={"singleton": {"subject": "Re: Plans"}})
    mine = alice.receives(TO_BOB, "sent")
    post.starts()
    post.queues(alice, "bob@home.example", octets=TO_BOB)
    post.gets(alice, 2)

    emails = alice.asks("Email/get", ids=alice.asks("Email/query")["ids"], properties=["threadId"])["list"]
    assert mine in {one["id"] for one in emails}
    assert len({one["threadId"] for one in emails}) == 1


def test_a_receipt_comes_to_who_asked_for_it(post: Post, alice: JMAP, bob: JMAP) -> None:
    """RFC 9007: what one sends the other can parse, and finds the Email that it is about."""
    alice.using = bob.using = [CORE, MAIL, SUBMISSION, MDN]
    mine = alice.receives(TO_BOB, "sent")
    post.starts()
    post.queues(alice, "bob@home.example", octets=TO_BOB)
    post.gets(bob)
    (letter,) = bob.asks("Email/query")["ids"]
    modes = {"actionMode": "manual-action", "sendingMode": "mdn-sent-manually", "type": "displayed"}
    bob.asks(
        "MDN/send",
        identityId=bob.asks("Identity/get")["list"][0]["id"],
        send={"k": {"forEmailId": letter, "disposition": modes}},
        onSuccessUpdateEmail={"#k": {"keywords/$mdnsent": True}},
    )

    assert post.gets(alice, 2)["Return-Path"] == "<>"
    emails = alice.asks("Email/get", ids=alice.asks("Email/query")["ids"], properties=["blobId"])["list"]
    (blob,) = (one["blobId"] for one in emails if one["id"] != mine)
    told = alice.asks("MDN/parse", blobIds=[blob])["parsed"][blob]
    assert (told["forEmailId"], told["disposition"]) == (mine, modes)
    assert told["finalRecipient"] == "rfc822; bob@home.example"
