"""Mailbox/set: what becomes of children and Emails (RFC 8621 section 2.5)."""

from typing import Any

from tests.driver import ANY, JMAP, like


def made(alice: JMAP, name: str, **properties: Any) -> str:
    return str(alice.asks("Mailbox/set", create={"it": {"name": name, **properties}})["created"]["it"]["id"])


def test_an_empty_mailbox_is_destroyed(alice: JMAP) -> None:
    """RFC 8620 section 5.3, "destroyed"."""
    mailbox = made(alice, "Plans")
    alice.says("Mailbox/set", destroy=[mailbox, mailbox])
    alice.hears("Mailbox/set", destroyed=[mailbox], notDestroyed=None)

    assert alice.asks("Mailbox/get", ids=[mailbox])["notFound"] == [mailbox]


def test_a_mailbox_with_a_child_stays(alice: JMAP) -> None:
    """RFC 8621 section 2.5: mailboxHasChild."""
    top = made(alice, "Top")
    made(alice, "Below", parentId=top)
    alice.says("Mailbox/set", destroy=[top])

    alice.hears("Mailbox/set", destroyed=None, notDestroyed={top: like(type="mailboxHasChild")})


def test_a_mailbox_with_a_child_keeps_its_emails(alice: JMAP) -> None:
    """RFC 8621 section 2.5, as clarified (Q18): onDestroyRemoveEmails is about Emails alone."""
    top = made(alice, "Top")
    below = made(alice, "Below", parentId=top)
    email = alice.receives("Subject: x\n\nx", mailboxIds={top: True})
    inside = alice.receives("Subject: y\n\ny", mailboxIds={below: True})
    alice.says("Mailbox/set", destroy=[top], onDestroyRemoveEmails=True)
    alice.hears("Mailbox/set", notDestroyed={top: like(type="mailboxHasChild")})

    assert alice.asks("Email/get", ids=[email, inside], properties=["mailboxIds"])["list"] == [
        {"id": email, "mailboxIds": {top: True}},
        {"id": inside, "mailboxIds": {below: True}},
    ]


def test_parent_and_child_are_destroyed_in_one_call(alice: JMAP) -> None:
    """RFC 8620 section 5.3: the final state is what must be valid, in whatever order they are named."""
    top = made(alice, "Top")
    below = made(alice, "Below", parentId=top)
    alice.says("Mailbox/set", destroy=[top, below])

    alice.hears("Mailbox/set", destroyed=[top, below])


def test_parent_and_child_are_destroyed_though_another_is_refused(alice: JMAP) -> None:
    """RFC 8620 section 5.3: each is accepted or refused by itself."""
    top, inbox = made(alice, "Top"), alice.mailbox("inbox")
    below = made(alice, "Below", parentId=top)
    answer = alice.asks("Mailbox/set", destroy=[top, below, inbox])

    assert sorted(answer["destroyed"]) == sorted([top, below])
    assert answer["notDestroyed"] == {inbox: like(type="forbidden")}


def test_a_child_may_be_moved_away_in_the_same_call(alice: JMAP) -> None:
    """RFC 8620 section 5.3: the final state is what must be valid."""
    top = made(alice, "Top")
    below = made(alice, "Below", parentId=top)
    alice.says("Mailbox/set", update={below: {"parentId": None}}, destroy=[top])

    alice.hears("Mailbox/set", updated={below: None}, destroyed=[top])


def test_a_parent_that_is_destroyed_in_the_call_is_no_parent(alice: JMAP) -> None:
    """RFC 8621 section 2, "parentId": of a Mailbox that is there."""
    top, other = made(alice, "Top"), made(alice, "Other")
    answer = alice.asks("Mailbox/set", update={other: {"parentId": top}}, destroy=[top])
    got = alice.asks("Mailbox/get", ids=[other], properties=["parentId"])["list"][0]

    gone = answer["destroyed"] == [top]
    assert got["parentId"] == (None if gone else top)


def test_a_mailbox_with_an_email_stays(alice: JMAP) -> None:
    """RFC 8621 section 2.5: mailboxHasEmail, without onDestroyRemoveEmails."""
    mailbox = made(alice, "Plans")
    email = alice.receives("Subject: x\n\nx", mailboxIds={mailbox: True})
    alice.says("Mailbox/set", destroy=[mailbox])
    alice.hears("Mailbox/set", notDestroyed={mailbox: like(type="mailboxHasEmail")})
    alice.says("Mailbox/set", destroy=[mailbox], onDestroyRemoveEmails=False)
    alice.hears("Mailbox/set", notDestroyed={mailbox: like(type="mailboxHasEmail")})

    assert alice.asks("Email/get", ids=[email], properties=[])["list"] == [{"id": email}]


def test_emails_go_with_their_only_mailbox_if_asked(alice: JMAP) -> None:
    """RFC 8621 section 2.5: onDestroyRemoveEmails; those in no other Mailbox are destroyed."""
    mailbox, inbox = made(alice, "Plans"), alice.mailbox("inbox")
    alone = alice.receives("Subject: alone\n\nx", mailboxIds={mailbox: True})
    both = alice.receives("Subject: both\n\nx", mailboxIds={mailbox: True, inbox: True})
    elsewhere = alice.receives("Subject: elsewhere\n\nx")
    states = {name: alice.state(name) for name in ("Email", "Thread")}
    alice.says("Mailbox/set", destroy=[mailbox], onDestroyRemoveEmails=True)
    alice.hears("Mailbox/set", destroyed=[mailbox])

    got = alice.asks("Email/get", ids=[alone, both, elsewhere], properties=["mailboxIds"])
    assert got["notFound"] == [alone]
    assert {email["id"]: email["mailboxIds"] for email in got["list"]} == {
        both: {inbox: True},
        elsewhere: {inbox: True},
    }
    alice.says("Email/changes", sinceState=states["Email"])
    alice.hears("Email/changes", created=[], updated=[both], destroyed=[alone])
    alice.says("Thread/changes", sinceState=states["Thread"])
    alice.hears("Thread/changes", created=[], updated=[], destroyed=[ANY])


def test_an_email_in_two_that_go_goes_with_them(alice: JMAP) -> None:
    """RFC 8621 section 2.5: an Email is always in a Mailbox (section 2)."""
    one, two = made(alice, "One"), made(alice, "Two")
    email = alice.receives("Subject: x\n\nx", mailboxIds={one: True, two: True})
    alice.says("Mailbox/set", destroy=[one, two], onDestroyRemoveEmails=True)
    alice.hears("Mailbox/set", destroyed=[one, two])

    assert alice.asks("Email/get", ids=[email])["notFound"] == [email]


def test_counts_elsewhere_follow(alice: JMAP) -> None:
    """RFC 8621 section 2: the counts of a Mailbox that shared Emails or Threads with it."""
    mailbox, inbox = made(alice, "Plans"), alice.mailbox("inbox")
    alice.receives("Message-ID: <a@far.example>\nSubject: talk\n\nx", keywords={"$seen": True})
    reply = "Message-ID: <b@far.example>\nIn-Reply-To: <a@far.example>\nSubject: Re: talk\n\nx"
    alice.receives(reply, mailboxIds={mailbox: True})
    counts = {"totalEmails": 1, "unreadEmails": 0, "totalThreads": 1}
    before = alice.asks("Mailbox/get", ids=[inbox])["list"][0]
    assert before == like(**counts, unreadThreads=1)
    alice.asks("Mailbox/set", destroy=[mailbox], onDestroyRemoveEmails=True)

    assert alice.asks("Mailbox/get", ids=[inbox])["list"][0] == like(**counts, unreadThreads=0)


def test_what_is_destroyed_is_not_found_again(alice: JMAP) -> None:
    """RFC 8620 section 5.3: notFound; ids are never given again."""
    mailbox = made(alice, "Plans")
    alice.asks("Mailbox/set", destroy=[mailbox])
    alice.says("Mailbox/set", update={mailbox: {"name": "x"}}, destroy=[mailbox])
    alice.hears(
        "Mailbox/set", notUpdated={mailbox: like(type="notFound")}, notDestroyed={mailbox: like(type="notFound")}
    )

    assert made(alice, "Plans") != mailbox
