"""Thread/get and Thread/changes (RFC 8621 section 3)."""

from itertools import count

import pytest
from tests.driver import ANY, JMAP

NUMBERS = count(1)


def mail(alice: JMAP, thread: str, received: str = "2026-05-01T12:00:00Z") -> str:
    message = f"Message-ID: <{next(NUMBERS)}@far.example>\nReferences: <{thread}@far.example>\nSubject: {thread}\n\nx"
    return alice.receives(message, receivedAt=received)


def thread_of(alice: JMAP, email: str) -> str:
    return str(alice.asks("Email/get", ids=[email], properties=["threadId"])["list"][0]["threadId"])


def test_every_email_is_of_a_thread(alice: JMAP) -> None:
    """RFC 8621 section 3: if alone."""
    email = mail(alice, "a")
    thread = thread_of(alice, email)
    alice.says("Thread/get", ids=[thread])

    alice.hears_exactly(
        "Thread/get",
        accountId=alice.account_id,
        state=ANY,
        list=[{"id": thread, "emailIds": [email]}],
        notFound=[],
    )


def test_emails_are_in_order_of_their_dates(alice: JMAP) -> None:
    """RFC 8621 section 3, "emailIds": by receivedAt, oldest first; those of one date in a stable order."""
    days = [f"2026-05-{day:02}T12:00:00Z" for day in (9, 3, 27, 3, 14)]
    emails = [mail(alice, "a", day) for day in days]
    got = alice.asks("Thread/get", ids=[thread_of(alice, emails[0])])["list"][0]["emailIds"]

    assert [days[emails.index(email)] for email in got] == sorted(days)
    assert alice.asks("Thread/get", ids=[thread_of(alice, emails[0])])["list"][0]["emailIds"] == got


def test_threads_that_are_not_there_are_told(alice: JMAP) -> None:
    """RFC 8620 section 5.1, "notFound"."""
    alice.says("Thread/get", ids=["t9999", "m1"])

    alice.hears("Thread/get", list=[], notFound=["t9999", "m1"])


def test_all_threads_can_be_got(alice: JMAP) -> None:
    """RFC 8620 section 5.1: ids null."""
    emails = [mail(alice, "a"), mail(alice, "a"), mail(alice, "b")]
    got = alice.asks("Thread/get", ids=None)["list"]

    assert sorted(thread["emailIds"] for thread in got) == sorted([emails[:2], emails[2:]])


@pytest.mark.parametrize("name", ["Thread/set", "Thread/query", "Thread/queryChanges", "Thread/copy"])
def test_threads_have_no_other_methods(alice: JMAP, name: str) -> None:
    """RFC 8621 section 3: get and changes."""
    alice.says(name)

    alice.hears("error", type="unknownMethod")


def test_what_became_of_threads_is_told(alice: JMAP) -> None:
    """RFC 8621 section 3.2: created with its first Email, updated with others, destroyed with its last."""
    first, other = mail(alice, "a"), mail(alice, "b")
    gone, grown = thread_of(alice, other), thread_of(alice, first)
    since = alice.state("Thread")
    new = thread_of(alice, mail(alice, "c"))
    mail(alice, "a")
    alice.asks("Email/set", destroy=[other])
    alice.says("Thread/changes", sinceState=since)

    alice.hears_exactly(
        "Thread/changes",
        accountId=alice.account_id,
        oldState=since,
        newState=ANY,
        hasMoreChanges=False,
        created=[new],
        updated=[grown],
        destroyed=[gone],
    )


def test_a_thread_does_not_change_with_what_its_emails_are_marked_as(alice: JMAP) -> None:
    """RFC 8621 section 3.2: a Thread's only property is emailIds."""
    email = mail(alice, "a")
    since = alice.state("Thread")
    alice.asks("Email/set", update={email: {"keywords/$seen": True, "mailboxIds": {alice.mailbox("trash"): True}}})

    assert alice.state("Thread") == since


def test_a_thread_is_shorter_when_one_of_its_emails_is_destroyed(alice: JMAP) -> None:
    """RFC 8621 section 3: emailIds are those that are there."""
    emails = [mail(alice, "a"), mail(alice, "a")]
    thread = thread_of(alice, emails[0])
    since = alice.state("Thread")
    alice.asks("Email/set", destroy=emails[:1])
    alice.says("Thread/get", ids=[thread])
    alice.hears("Thread/get", list=[{"id": thread, "emailIds": emails[1:]}])
    alice.says("Thread/changes", sinceState=since)

    alice.hears("Thread/changes", updated=[thread])
