"""What came in is written down for who it came to, in the unit that files it (ours)."""

from typing import Any

import orjson
from tests.conversations.lmtp.conftest import MTA, Office

from pillarbox.access import Principal
from pillarbox.datatypes.journal import JOURNAL_ENTRY
from pillarbox.datatypes.mail import EMAIL
from pillarbox.objects import number_of
from pillarbox.store import Unavailable

LETTER = b"From: bob@far.example\r\nMessage-ID: <2@far.example>\r\nSubject: Plans\r\n\r\nHello.\r\n"


def journal(office: Office, principal: Principal) -> list[dict[str, Any]]:
    """The entries of an account, in the order in which they were made."""
    with office.store.read(principal.number) as unit:
        found = unit.get(JOURNAL_ENTRY.table, unit.numbers(JOURNAL_ENTRY.table, 100))
        return [orjson.loads(stored.document) for stored in found]


def whats(entry: dict[str, Any]) -> list[str]:
    return [step["what"] for step in entry["steps"]]


def test_a_message_that_is_filed_is_in_the_journal(office: Office, mta: MTA, alice: Principal) -> None:
    """Ours: from whom, for whom, when, and which Email it is; nothing of what it says."""
    mta.offers(LETTER, "alice.jones@ours.example")
    mta.hears("250")

    (entry,) = journal(office, alice)
    (email,) = office.emails(alice)
    with office.store.read(alice.number) as unit:
        number = number_of(entry["emailId"])
        assert [orjson.loads(one.document) for one in unit.get(EMAIL.table, (number,))] == [email]
    assert (entry["direction"], entry["outcome"], entry["sender"]) == ("in", "delivered", "bob@far.example")
    assert (entry["recipients"], entry["messageId"]) == (["alice.jones@ours.example"], "2@far.example")
    assert (whats(entry), entry["size"], entry["tls"]) == (["received", "filed"], email["size"], None)
    assert entry["client"] in ("127.0.0.1", "mx.far.example")
    assert "Plans" not in str(entry)


def test_each_recipient_has_an_entry_of_their_own(office: Office, mta: MTA, alice: Principal, carol: Principal) -> None:
    """RFC 5321 section 7.2: nobody learns who else got a message."""
    mta.offers(LETTER, "alice@ours.example", "carol@ours.example")
    mta.hears("250", "250")

    assert [one["recipients"] for one in journal(office, alice)] == [["alice@ours.example"]]
    assert [one["recipients"] for one in journal(office, carol)] == [["carol@ours.example"]]


def test_a_message_that_comes_again_is_told(office: Office, mta: MTA, alice: Principal) -> None:
    """RFC 1047: it is filed once."""
    for _ in range(2):
        mta.offers(LETTER, "alice@ours.example")
        mta.hears("250")

    assert [one["outcome"] for one in journal(office, alice)] == ["delivered", "repeated"]


def test_a_message_for_which_there_is_no_room_is_told(office: Office, mta: MTA) -> None:
    """Ours: people learn why mail did not come."""
    dave = office.has("dave@ours.example", quota=500)
    mta.offers(LETTER, "dave@ours.example")
    mta.hears("250")
    mta.offers(LETTER + b"x" * 100 + b"\r\n", "dave@ours.example")
    mta.hears("452")
    mta.offers(LETTER + b"x" * 1000 + b"\r\n", "dave@ours.example")
    mta.hears("552")

    full, ever = journal(office, dave)[1:]
    assert [(one["outcome"], one["emailId"]) for one in (full, ever)] == [("deferred", None), ("refused", None)]
    assert full["steps"][-1]["detail"].startswith("452 ")


def test_a_message_that_is_too_large_for_anybody_is_told(office: Office, mta: MTA, alice: Principal) -> None:
    """Ours: after RCPT it is known whose mail it would have been."""
    office.obeys(max_size=100)
    mta = office.greets()
    mta.offers(LETTER + b"x" * 300 + b"\r\n", "alice@ours.example")
    mta.hears("552")

    assert [(one["outcome"], whats(one)) for one in journal(office, alice)] == [("refused", ["received", "refused"])]


def test_what_is_not_filed_after_all_is_not_in_the_journal(office: Office, mta: MTA, alice: Principal) -> None:
    """Ours: both are one unit."""

    def fails(account: int, when: str) -> None:
        if account == alice.number and when == "end":
            raise Unavailable("a full disk")

    office.store.trouble = fails
    mta.offers(LETTER, "alice@ours.example")
    mta.hears("451")
    office.store.trouble = None

    assert journal(office, alice) == []


def test_a_journal_that_cannot_be_written_changes_no_reply(office: Office, mta: MTA) -> None:
    """Ours: who offers a message is told the truth of the message."""
    dave = office.has("dave@ours.example", quota=10)

    def fails(account: int, _: str) -> None:
        if account == dave.number:
            raise Unavailable("a full disk")

    office.store.trouble = fails
    mta.offers(LETTER, "dave@ours.example")
    mta.hears("552")


def test_nothing_is_written_down_where_that_is_switched_off(office: Office, alice: Principal) -> None:
    """Settings: `journal.keep`."""
    office.obeys(keeps_journal=False)
    mta = office.greets()
    for _ in range(2):
        mta.offers(LETTER, "alice@ours.example")
        mta.hears("250")

    assert journal(office, alice) == []
    assert len(office.emails(alice)) == 1
