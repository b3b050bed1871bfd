"""Who is away answers at delivery (RFC 8621 section 8, RFC 3834, RFC 5230)."""

import email
import email.policy
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from tests.conversations.lmtp.conftest import MTA, Office

from pillarbox.access import Actor, Grant, Principal, Rights
from pillarbox.access.permission import OF_USER
from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.mail import Wording
from pillarbox.datatypes.queue import upcoming
from pillarbox.datatypes.server import QUEUE, due
from pillarbox.objects import Context, Limits, perform

LETTER = (
    b"From: Bob <bob@far.example>\r\nTo: alice@ours.example\r\nSubject: Plans\r\n"
    b"Message-ID: <2@far.example>\r\nReferences: <1@far.example>\r\n\r\nHello.\r\n"
)
DAY = 86_400


def letter(*fields: str, body: str = "Hello.") -> bytes:
    """A message to Alice with further fields."""
    return "\r\n".join(("From: bob@far.example", "To: alice@ours.example", *fields, "", body, "")).encode()


@dataclass
class Sent:
    """An answer in the queue: its envelope and itself."""

    sender: str
    recipients: list[tuple[str, dict[str, str | None]]]
    message: EmailMessage
    raw: bytes


@pytest.fixture
def sets(office: Office, alice: Principal) -> Callable[..., None]:
    """Changes Alice's VacationResponse, or makes an Identity of hers, as her client would."""
    addresses = ("alice@ours.example", "alice.jones@ours.example")

    def change(type_name: str = "VacationResponse", **arguments: Any) -> None:
        kind = REGISTRY[type_name]
        (method,) = (one for one in kind.methods if one.name == "set")
        grant = Grant(alice.number, "Alice", personal=True, rights=Rights.FULL, addresses=addresses)
        now = datetime.fromtimestamp(office.now, UTC)
        actor = Actor("alice@ours.example", {alice.id: grant}, OF_USER)
        context = Context(actor, office.store, REGISTRY, Limits(), now, lambda: "t")
        if type_name == "VacationResponse":
            arguments = {"update": {"singleton": arguments}}
        answer = perform(context, kind, method, {"accountId": alice.id, **arguments})
        assert not answer["notUpdated"], answer
        assert not answer["notCreated"], answer

    return change


@pytest.fixture
def away(sets: Callable[..., None]) -> Callable[..., None]:
    """Alice is away from now on."""
    sets(isEnabled=True, textBody="I am at the beach.")
    return sets


def answers(office: Office, alice: Principal) -> list[Sent]:
    """What the account has to send."""
    found = []
    with office.store.read(alice.number) as unit:
        for queued in upcoming(unit, 100):
            blob = unit.blob(queued.blob)
            assert blob is not None
            raw = unit.octets(blob, 0, blob.size)
            message = email.message_from_bytes(raw, policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            found.append(
                Sent(queued.sender, [(one.address, one.parameters) for one in queued.recipients], message, raw)
            )
    return found


def delivers(
    mta: MTA, message: bytes = LETTER, sender: str = "bob@far.example", to: str = "alice@ours.example"
) -> None:
    mta.offers(message, to, sender=sender)
    mta.hears("250")


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content()).strip()


def test_a_letter_is_answered(office: Office, mta: MTA, alice: Principal, away: Callable[..., None]) -> None:
    """RFC 3834 section 3, RFC 5230 section 5: to the reverse-path, from an empty one, with all its fields."""
    delivers(mta)

    (sent,) = answers(office, alice)
    assert (sent.sender, sent.recipients) == ("", [("bob@far.example", {"NOTIFY": "NEVER"})])
    told = sent.message
    assert told["To"] == "bob@far.example"
    assert told["From"] == "alice@ours.example"
    assert told["Subject"] == "Auto: Plans"
    assert told["Auto-Submitted"] == "auto-replied"
    assert told["In-Reply-To"] == "<2@far.example>"
    assert told["References"] == "<1@far.example> <2@far.example>"
    assert told["Date"].datetime == datetime.fromtimestamp(office.now, UTC)
    assert told["Message-ID"].endswith("@ours.example>")
    assert text_of(told) == "I am at the beach."
    assert len(office.emails(alice)) == 1
    assert due(office.store, QUEUE) == [alice.number]


def test_who_is_not_away_answers_nothing(office: Office, mta: MTA, alice: Principal, sets: Callable[..., None]) -> None:
    """RFC 8621 section 8: only while isEnabled; nobody expects anything to send."""
    delivers(mta)
    sets(isEnabled=False, textBody="x")
    delivers(mta, letter("Subject: 2"))

    assert answers(office, alice) == []
    assert len(office.emails(alice)) == 2
    assert due(office.store, QUEUE) == []


def test_answers_begin_and_end(office: Office, mta: MTA, alice: Principal, sets: Callable[..., None]) -> None:
    """RFC 8621 section 8: on or after fromDate, before toDate."""
    now = datetime.fromtimestamp(office.now, UTC)
    begin, end = (f"{now + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}" for hours in (1, 2))
    sets(isEnabled=True, fromDate=begin, toDate=end)

    for at, (minutes, so_far) in enumerate([(0, 0), (59, 0), (60, 1), (119, 2), (120, 2), (500, 2)]):
        office.now = now.timestamp() + 60 * minutes
        delivers(mta, letter(f"Subject: {at}"), sender=f"bob{at}@far.example")
        assert len(answers(office, alice)) == so_far


def test_the_same_sender_is_answered_once_a_week(
    office: Office, mta: MTA, alice: Principal, away: Callable[..., None]
) -> None:
    """RFC 3834 section 2: 7 days; whatever the case of letters."""
    for seconds, sender, so_far in (
        (0, "bob@far.example", 1),
        (1, "Bob@FAR.example", 1),
        (2, "carol@far.example", 2),
        (7 * DAY - 1, "bob@far.example", 2),
        (7 * DAY + 1, "bob@far.example", 3),
    ):
        office.now = 1_800_000_000.0 + seconds
        delivers(mta, letter(f"Subject: {seconds}"), sender)
        assert len(answers(office, alice)) == so_far


def test_nobody_is_forgotten_for_a_thousand_others(
    office: Office, mta: MTA, alice: Principal, away: Callable[..., None]
) -> None:
    """RFC 5230 section 4.2: at least 1000 responses are remembered."""
    delivers(mta)
    now = int(office.now)
    with office.store.write(alice.number) as unit:
        for at in range(1000):
            unit.once(b"another response %d" % at, now + 7 * DAY, now)

    delivers(mta, letter("Subject: 2"))

    assert len(answers(office, alice)) == 1


def test_another_answer_is_given_to_those_who_had_the_first(
    office: Office, mta: MTA, alice: Principal, away: Callable[..., None]
) -> None:
    """RFC 5230 section 4.2: tracking takes the response itself into account."""
    delivers(mta)
    away(textBody="I am in the mountains.")
    delivers(mta, letter("Subject: 2"))

    assert [text_of(one.message) for one in answers(office, alice)] == ["I am at the beach.", "I am in the mountains."]


def test_a_message_offered_again_is_not_answered_again(
    office: Office, mta: MTA, alice: Principal, away: Callable[..., None]
) -> None:
    """Ours: it was filed once, so it is answered once."""
    office.obeys(vacation_period=0)
    mta = office.greets()
    delivers(mta)
    delivers(mta)

    assert (len(office.emails(alice)), len(answers(office, alice))) == (1, 1)


def test_what_is_not_filed_is_not_answered(office: Office, alice: Principal, away: Callable[..., None]) -> None:
    """Ours: both happen in one unit."""
    office.obeys(quota=50)
    mta = office.greets()
    mta.offers(LETTER, "alice@ours.example")
    mta.hears("552")

    assert answers(office, alice) == []


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "MAILER-DAEMON@far.example",
        "owner-talk@far.example",
        "talk-request@far.example",
        "talk-owner@far.example",
        "talk-bounces@far.example",
        "bounces+alice=ours.example@far.example",
        "listserv@far.example",
        "majordomo@far.example",
        "no-reply@far.example",
        "alice@ours.example",
        "Alice+x@ours.example",
        "alice.jones@ours.example",
    ],
)
def test_software_and_oneself_are_not_answered(
    office: Office, mta: MTA, alice: Principal, away: Callable[..., None], sender: str
) -> None:
    """RFC 3834 section 2, RFC 5230 section 4.6: nobody is there who would read it; a loop, for one's own addresses."""
    delivers(mta, sender=sender)
    assert answers(office, alice) == []


@pytest.mark.parametrize(
    "field",
    [
        "Auto-Submitted: auto-generated",
        "Auto-submitted: Auto-Replied; owner-email=x",
        "List-Id: <talk.far.example>",
        "List-Unsubscribe: <mailto:x@far.example>",
        "List-Post: NO",
        "Precedence: bulk",
        "Precedence: List",
        "Precedence: junk",
        "X-Auto-Response-Suppress: DR, OOF",
        "X-Spam-Flag: YES",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=x",
    ],
)
def test_what_no_person_wrote_to_one_is_not_answered(
    office: Office, mta: MTA, alice: Principal, away: Callable[..., None], field: str
) -> None:
    """RFC 3834 section 2 and 5, RFC 5230 section 4.6."""
    delivers(mta, letter(field))
    assert answers(office, alice) == []


def test_what_a_person_wrote_is_answered(office: Office, mta: MTA, alice: Principal, away: Callable[..., None]) -> None:
    """RFC 3834 section 5.2: `Auto-Submitted: no` is a person; so are other values of what is not standard."""
    delivers(mta, letter("Auto-Submitted: No (really)", "Precedence: first-class", "X-Spam-Flag: NO"))
    assert len(answers(office, alice)) == 1


@pytest.mark.parametrize(
    ("fields", "answered"),
    [
        (["To: Alice <ALICE@ours.example>, carol@far.example"], 1),
        (["To: carol@far.example", "Cc: alice+holiday@ours.example"], 1),
        (["Bcc: alice@ours.example"], 1),
        (["To: carol@far.example", "Resent-To: alice.jones@ours.example"], 1),
        (["To: Friends: alice@ours.example;"], 1),
        (["To: carol@far.example"], 0),
        (["To: undisclosed-recipients:;"], 0),
        (["X-To: alice@ours.example"], 0),
        ([], 0),
    ],
)
def test_it_must_have_been_written_to_the_one_who_answers(
    office: Office, mta: MTA, alice: Principal, away: Callable[..., None], fields: list[str], answered: int
) -> None:
    """RFC 5230 section 4.5: To, Cc, Bcc and the Resent fields name an address of the account."""
    message = "\r\n".join(["From: bob@far.example", *fields, "", "x", ""]).encode()
    delivers(mta, message)
    assert len(answers(office, alice)) == answered


def test_it_answers_as_the_one_it_was_written_to(
    office: Office, mta: MTA, alice: Principal, away: Callable[..., None]
) -> None:
    """RFC 3834 section 3.1.1, RFC 5230 erratum 2035: the address, and the name that its Identity has."""
    away("Identity", create={"i": {"email": "alice.jones@ours.example", "name": "Älice"}})
    delivers(mta, b"From: bob@far.example\r\nTo: alice.jones@ours.example\r\n\r\nx\r\n", to="alice.jones@ours.example")

    (sent,) = answers(office, alice)
    (author,) = sent.message["From"].addresses
    assert (author.display_name, author.addr_spec) == ("Älice", "alice.jones@ours.example")


def test_the_subject_is_the_users_or_follows_from_the_letters(
    office: Office, mta: MTA, alice: Principal, away: Callable[..., None]
) -> None:
    """RFC 8621 section 8, RFC 5230 section 5.3."""
    long = "é" * 1000
    delivers(mta, letter(), "a@far.example")
    delivers(mta, letter("Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe=0D=0ABcc:_x@y?="), "b@far.example")
    delivers(mta, letter(f"Subject: {long}"), "c@far.example")
    away(subject="Fort und weg, über alle Berge")
    delivers(mta, letter("Subject: Plans"), "d@far.example")
    office.obeys(wording=Wording("Automatisch: ", "Abwesend"))
    mta = office.greets()
    away(subject=None)
    delivers(mta, letter(), "e@far.example")
    delivers(mta, letter("Subject: Plans"), "f@far.example")

    subjects = {one.recipients[0][0][0]: str(one.message["Subject"]) for one in answers(office, alice)}
    assert subjects.pop("c").startswith("Auto: éééé")
    assert subjects == {
        "a": "Automated reply",
        "b": "Auto: GrüßeBcc: x@y",
        "d": "Fort und weg, über alle Berge",
        "e": "Abwesend",
        "f": "Automatisch: Plans",
    }
    assert all("Bcc" not in one.message for one in answers(office, alice))


def test_the_body_is_what_there_is_of_it(office: Office, mta: MTA, alice: Principal, sets: Callable[..., None]) -> None:
    """RFC 8621 section 8: text is made of HTML; of neither there is a body of the server's."""
    bodies: list[tuple[dict[str, str | None], str, str | None]] = [
        ({"textBody": None, "htmlBody": None}, "This is an automatic answer.", None),
        ({"textBody": "Wög.\n.\n", "htmlBody": None}, "Wög.\n.", None),
        ({"textBody": None, "htmlBody": "<p>Wög &amp; weg</p><p>bald</p>"}, "Wög & weg\n\nbald", "<p>Wög"),
        ({"textBody": "Text.", "htmlBody": "<b>HTML</b>"}, "Text.", "<b>HTML"),
    ]
    for at, (body, text, html) in enumerate(bodies):
        sets(isEnabled=True, **body)
        delivers(mta, letter(f"Subject: {at}"))
        told = answers(office, alice)[-1].message
        assert text_of(told).replace("\r", "").startswith(text)
        assert told.is_multipart() == (html is not None)
        assert html is None or text_of(told, "html").startswith(html)


def test_a_letter_without_an_id_is_answered_without_reference(
    office: Office, mta: MTA, alice: Principal, away: Callable[..., None]
) -> None:
    """RFC 5230 section 5.8."""
    delivers(mta, letter())
    (sent,) = answers(office, alice)
    assert "In-Reply-To" not in sent.message
    assert "References" not in sent.message


def test_an_answer_is_not_answered(office: Office, mta: MTA, alice: Principal, away: Callable[..., None]) -> None:
    """RFC 3834 section 2: two who are away do not write to each other for ever."""
    delivers(mta)
    (sent,) = answers(office, alice)
    raw = sent.raw.replace(b"To: bob@far.example", b"To: alice@ours.example")
    delivers(mta, raw, sender="bob2@far.example")
    delivers(mta, raw + b"x\r\n", sender="")

    assert len(answers(office, alice)) == 1
