"""jmaplib, from PyPI, reads, searches, flags and moves mail.

It takes a plain http:// address with Basic credentials as they are. It offers what the session says the server has, so
that what it finds is checked as well.
"""

from collections.abc import Iterator
from email import message_from_bytes, policy
from itertools import count
from pathlib import Path

import pytest
from jmap.auth import BasicAuth
from jmap.client import JMAPClient
from jmap.core.ids import Id
from jmap.core.patch import keyword_patch, mailbox_patch
from jmap.models.push import StateChange
from jmap.push import EventSourceClient, Ping
from jmap.sync import ChangeStream
from tests.journeys.client import Client
from tests.journeys.program import SESAME, Server

from pillarbox.sample import RARE, many

pytestmark = pytest.mark.neighbour

SEED = 4
_NUMBERS = count(1)


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a hundred messages."""
    folder = tmp_path_factory.mktemp("mail")
    for number, sample in enumerate(many(100, SEED)):
        (folder / f"{number:03}.eml").write_bytes(sample.raw)
    return folder


@pytest.fixture
def alice(shared: Server, mail: Path) -> Client:
    """An account with a hundred messages in it, another for each test; what the client did is looked up with this."""
    address = f"alice{next(_NUMBERS)}@far.example"
    alice = shared.account(address)
    shared.program("import", address, mail)
    return alice


@pytest.fixture
def client(shared: Server, alice: Client) -> Iterator[JMAPClient]:
    with JMAPClient.connect(f"{shared.url}/.well-known/jmap", auth=BasicAuth(alice.address, SESAME)) as client:
        yield client


def test_it_finds_what_the_server_can(client: JMAPClient) -> None:
    for method in ("Mailbox/set", "Thread/get", "Email/query", "Email/queryChanges", "Email/import"):
        assert client.capabilities.supports(method), method
    assert client.echo(hello=True) == {"hello": True}


def test_it_lists_mailboxes_and_makes_one(client: JMAPClient, alice: Client) -> None:
    with client.batch() as batch:
        made = batch.mail.mailbox.set(create={"r": {"name": "Receipts"}})
        listed = batch.mail.mailbox.get(ids=None)

    expected = alice.mailboxes()
    assert {one.name: (one.id, one.role, one.total_emails) for one in listed.result.items} == {
        name: (one["id"], one["role"], one["totalEmails"]) for name, one in expected.items()
    }
    assert made.result.created_id("r") == expected["Receipts"]["id"]


def test_it_reads_mail_in_one_request(client: JMAPClient) -> None:
    with client.batch() as batch:
        found = batch.mail.email.query(sort=[{"property": "receivedAt", "isAscending": True}], calculate_total=True)
        emails = batch.mail.email.get(
            ids=found.ref_ids(),
            properties=["subject", "from", "sentAt", "textBody", "bodyValues"],
            fetchTextBodyValues=True,
        )

    assert found.result.total == 100
    for email, sample in zip(emails.result.items, many(100, SEED), strict=True):
        message = message_from_bytes(sample.raw, policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        assert email.subject == message["Subject"]
        assert email.from_[0].email == message["From"].addresses[0].addr_spec
        assert email.body_values[email.text_body[0].part_id].value.split() == body.get_content().split()


def test_it_searches(client: JMAPClient) -> None:
    word = next(many(1, SEED)).raw.decode().split()[-1]
    for sought in (word, RARE, "nowhere-to-be-found"):
        with client.batch() as batch:
            found = batch.mail.email.query(filter={"operator": "AND", "conditions": [{"text": sought}]})
        with_it = [sample for sample in many(100, SEED) if sought in sample.raw.decode().lower().split()]
        assert len(found.result.ids) == len(with_it)


def test_it_flags_and_moves_mail_and_keeps_a_copy_in_step(client: JMAPClient, alice: Client) -> None:
    email, other, *_ = alice.ids()
    inbox, archive = alice.role("inbox"), alice.role("archive")
    with client.batch() as batch:
        state = batch.mail.email.get(ids=[])
    stream = ChangeStream(client, "Email")
    stream.seed(state.result.state)

    patch = {**keyword_patch(add=["$flagged"]), **mailbox_patch(add=[Id(archive)], remove=[Id(inbox)])}
    with client.batch() as batch:
        changed = batch.mail.email.set(update={email: patch}, destroy=[Id(other)])

    assert not changed.result.has_errors
    (seen,) = alice.emails([email], ["keywords", "mailboxIds"])
    assert seen["mailboxIds"] == {archive: True}
    assert seen["keywords"]["$flagged"] is True
    assert other not in alice.ids()
    changes = stream.catch_up()
    assert (list(changes.updated), list(changes.destroyed)) == ([email], [other])


def test_it_uploads_attaches_and_downloads(client: JMAPClient, alice: Client) -> None:
    octets = bytes(range(256)) * 50
    uploaded = client.upload(octets, content_type="application/pdf")
    with client.batch() as batch:
        made = batch.mail.email.set(
            create={
                "draft": {
                    "mailboxIds": {alice.role("drafts"): True},
                    "keywords": {"$draft": True},
                    "from": [{"email": "alice@far.example"}],
                    "subject": "Plans",
                    "textBody": [{"partId": "body", "type": "text/plain"}],
                    "bodyValues": {"body": {"value": "Here they are."}},
                    "attachments": [{"blobId": uploaded.blob_id, "type": "application/pdf", "name": "plans.pdf"}],
                }
            }
        )
    draft = made.result.created_id("draft")
    with client.batch() as batch:
        got = batch.mail.email.get(ids=[draft], properties=["attachments", "blobId"])

    (email,) = got.result.items
    part = email.attachments[0]
    assert client.download(part.blob_id, name="plans.pdf", content_type="application/pdf") == octets
    message = message_from_bytes(alice.download(str(email.blob_id)), policy=policy.default)
    assert [one.get_content() for one in message.iter_attachments()] == [octets]


def test_it_hears_of_changes(client: JMAPClient, alice: Client) -> None:
    events = EventSourceClient(client, types=("Email", "Mailbox"), ping=5).listen()
    # It has connected when it hears the first sign of life.
    assert isinstance(next(events), Ping)

    email = alice.import_(next(many(1, 9)).raw)

    change = next(event for event in events if isinstance(event, StateChange))
    states = change.changed[alice.account]
    assert states["Email"] == alice.call("Email/get", ids=[email["id"]])["state"]
    assert "Mailbox" in states
    events.close()
