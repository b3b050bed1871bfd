"""What Mailboxes count (RFC 8621 section 2)."""

from itertools import count
from typing import Any

import pytest
from tests.driver import JMAP

NUMBERS = count(1)


def counts(alice: JMAP, role: str) -> list[int]:
    """Emails, unread ones, Threads, unread ones."""
    (mailbox,) = alice.asks("Mailbox/get", ids=[alice.mailbox(role)])["list"]
    return [mailbox[name] for name in ("totalEmails", "unreadEmails", "totalThreads", "unreadThreads")]


def mail(alice: JMAP, thread: str, *roles: str, **keywords: bool) -> str:
    """An Email of a thread in Mailboxes, with keywords written without $."""
    message = f"Message-ID: <{next(NUMBERS)}@far.example>\nReferences: <{thread}@far.example>\nSubject: {thread}\n\nx"
    mailboxes = {alice.mailbox(role): True for role in roles}
    return alice.receives(message, mailboxIds=mailboxes, keywords={f"${name}": True for name in keywords})


def change(alice: JMAP, email: str, **patch: Any) -> None:
    patch = {name.replace("__", "/$"): value for name, value in patch.items()}
    answer = alice.asks("Email/set", update={email: patch})
    assert answer["updated"] == {email: None}, answer


def move(alice: JMAP, email: str, *roles: str) -> None:
    change(alice, email, mailboxIds={alice.mailbox(role): True for role in roles})


def test_an_email_counts_where_it_is(alice: JMAP) -> None:
    """RFC 8621 section 2: totalEmails, unreadEmails, totalThreads, unreadThreads."""
    mail(alice, "a", "inbox", "archive")
    mail(alice, "b", "inbox", seen=True)

    assert counts(alice, "inbox") == [2, 1, 2, 1]
    assert counts(alice, "archive") == [1, 1, 1, 1]
    assert counts(alice, "junk") == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("keywords", "unread"), [({}, 1), ({"seen": True}, 0), ({"draft": True}, 0), ({"flagged": True}, 1)]
)
def test_neither_what_is_seen_nor_a_draft_is_unread(alice: JMAP, keywords: dict[str, bool], unread: int) -> None:
    """RFC 8621 section 2, "unreadEmails": neither $seen nor $draft."""
    mail(alice, "a", "inbox", **keywords)

    assert counts(alice, "inbox") == [1, unread, 1, unread]


def test_emails_of_one_thread_are_one_thread(alice: JMAP) -> None:
    """RFC 8621 section 2, "totalThreads": where at least one Email of the Thread is in this Mailbox."""
    mail(alice, "a", "inbox")
    mail(alice, "a", "inbox")
    mail(alice, "a", "sent", seen=True)

    assert counts(alice, "inbox") == [2, 2, 1, 1]
    assert counts(alice, "sent") == [1, 0, 1, 1]


def test_a_thread_is_unread_wherever_its_unread_email_is(alice: JMAP) -> None:
    """RFC 8621 section 2, "unreadThreads": any Email in the Thread is unread, though perhaps not in this Mailbox."""
    mail(alice, "a", "inbox", seen=True)
    assert counts(alice, "inbox")[3] == 0
    unread = mail(alice, "a", "archive")
    assert counts(alice, "inbox")[3] == 1
    change(alice, unread, keywords__seen=True)

    assert counts(alice, "inbox")[3] == counts(alice, "archive")[3] == 0


def test_what_is_unread_in_the_trash_does_not_count_elsewhere(alice: JMAP) -> None:
    """RFC 8621 section 2, "unreadThreads": Emails only in the trash are ignored for other Mailboxes."""
    mail(alice, "a", "inbox", seen=True)
    mail(alice, "a", "trash")

    assert counts(alice, "inbox") == [1, 0, 1, 0]
    assert counts(alice, "trash") == [1, 1, 1, 1]


def test_what_is_unread_elsewhere_does_not_count_in_the_trash(alice: JMAP) -> None:
    """RFC 8621 section 2, "unreadThreads": for the trash, only Emails in the trash count."""
    mail(alice, "a", "inbox")
    mail(alice, "a", "trash", seen=True)

    assert counts(alice, "inbox") == [1, 1, 1, 1]
    assert counts(alice, "trash") == [1, 0, 1, 0]


def test_what_is_in_the_trash_and_elsewhere_counts_in_both(alice: JMAP) -> None:
    """RFC 8621 section 2, "unreadThreads": it is not *only* in the trash."""
    mail(alice, "a", "inbox", "trash")

    assert counts(alice, "inbox") == [1, 1, 1, 1]
    assert counts(alice, "trash") == [1, 1, 1, 1]


def test_counts_follow_a_move_into_the_trash_and_back(alice: JMAP) -> None:
    """RFC 8621 section 2: the counts are what the Emails say, at any time."""
    mail(alice, "a", "inbox", seen=True)
    email = mail(alice, "a", "inbox")
    assert counts(alice, "inbox") == [2, 1, 1, 1]
    move(alice, email, "trash")
    assert counts(alice, "inbox") == [1, 0, 1, 0]
    assert counts(alice, "trash") == [1, 1, 1, 1]
    move(alice, email, "trash", "archive")
    assert counts(alice, "inbox") == [1, 0, 1, 1]
    assert counts(alice, "archive") == [1, 1, 1, 1]
    move(alice, email, "inbox")

    assert counts(alice, "inbox") == [2, 1, 1, 1]
    assert counts(alice, "trash") == counts(alice, "archive") == [0, 0, 0, 0]


def test_counts_follow_reading_and_unreading(alice: JMAP) -> None:
    """RFC 8621 section 2: the same for keywords."""
    one, two = mail(alice, "a", "inbox"), mail(alice, "a", "inbox")
    change(alice, one, keywords__seen=True)
    assert counts(alice, "inbox") == [2, 1, 1, 1]
    change(alice, two, keywords__seen=True)
    assert counts(alice, "inbox") == [2, 0, 1, 0]
    change(alice, one, keywords__seen=None)

    assert counts(alice, "inbox") == [2, 1, 1, 1]


def test_counts_follow_the_end_of_an_email(alice: JMAP) -> None:
    """RFC 8621 section 2: the same for destroying."""
    emails = [mail(alice, "a", "inbox"), mail(alice, "a", "inbox", "archive"), mail(alice, "b", "inbox")]
    alice.asks("Email/set", destroy=emails[:1])
    assert counts(alice, "inbox") == [2, 2, 2, 2]
    alice.asks("Email/set", destroy=emails[1:])

    assert counts(alice, "inbox") == counts(alice, "archive") == [0, 0, 0, 0]


def test_another_trash_means_counting_anew(alice: JMAP) -> None:
    """RFC 8621 section 2, "unreadThreads": the Mailbox with the role trash is the trash."""
    mail(alice, "a", "inbox", seen=True)
    mail(alice, "a", "junk")
    mail(alice, "b", "inbox", seen=True)
    mail(alice, "b", "trash")
    assert counts(alice, "inbox") == [2, 0, 2, 1]
    trash, junk = alice.mailbox("trash"), alice.mailbox("junk")
    alice.asks("Mailbox/set", update={trash: {"role": None}})
    assert counts(alice, "inbox") == [2, 0, 2, 2]
    alice.asks("Mailbox/set", update={junk: {"role": "trash"}})
    assert counts(alice, "inbox") == [2, 0, 2, 1]
    alice.asks("Mailbox/set", update={junk: {"role": None}, trash: {"role": "trash"}})

    assert counts(alice, "inbox") == [2, 0, 2, 1]


def test_a_swap_of_trash_and_junk_counts_anew(alice: JMAP) -> None:
    """RFC 8621 section 2, "unreadThreads": in one call, too."""
    mail(alice, "a", "inbox", seen=True)
    mail(alice, "a", "junk")
    trash, junk = alice.mailbox("trash"), alice.mailbox("junk")
    alice.asks("Mailbox/set", update={trash: {"role": "junk"}, junk: {"role": "trash"}})

    assert counts(alice, "inbox") == [1, 0, 1, 0]
    assert counts(alice, "trash") == [1, 1, 1, 1]


def test_a_destroyed_trash_takes_what_it_hid_with_it(alice: JMAP) -> None:
    """RFC 8621 section 2: what was in the trash and elsewhere is elsewhere now."""
    mail(alice, "a", "inbox", seen=True)
    mail(alice, "a", "trash")
    mail(alice, "b", "archive", "trash")
    alice.asks("Mailbox/set", destroy=[alice.mailbox("trash")], onDestroyRemoveEmails=True)

    assert counts(alice, "inbox") == [1, 0, 1, 0]
    assert counts(alice, "archive") == [1, 1, 1, 1]


def test_a_change_of_counts_is_a_change_of_the_mailboxes_it_is_in(alice: JMAP) -> None:
    """RFC 8621 section 2.2: what a client caches is told as changed; what did not change is not."""
    mail(alice, "a", "inbox", seen=True)
    since = alice.state("Mailbox")
    mail(alice, "a", "archive")
    updated = alice.asks("Mailbox/changes", sinceState=since)["updated"]

    assert sorted(updated) == sorted([alice.mailbox("inbox"), alice.mailbox("archive")])
