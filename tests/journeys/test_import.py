"""Ten thousand messages from a file, read back through a real client: what is in the file is in the account.

The other side of each comparison is Python's own `mailbox` and `email`, which share no line with ours.
"""

import json
import mailbox
import os
import pty
import re
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_binary_file, policy
from email.message import EmailMessage
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, cast

import jmapc
import pytest
from jmapc.methods import EmailGet, EmailGetResponse, EmailQuery, EmailQueryResponse
from tests.journeys.client import Client
from tests.journeys.program import PILLARBOX, SESAME, Program, Server, free_port, until
from tests.journeys.tls import Certificate, Proxy

from pillarbox.sample import Sample, many
from pillarbox.sample import mailbox as sample_mailbox

pytestmark = pytest.mark.slow

MANY = 10_000
NOW = datetime(2025, 6, 1, tzinfo=UTC)


def test_maildir_keeps_folders_flags_and_dates(pillarbox: Program, server: Server, folder: Path) -> None:
    """A Maildir as Python's `mailbox` writes one, with folders in it."""
    maildir = mailbox.Maildir(folder / "Maildir", factory=None)
    plans = maildir.add_folder("Work.Plans")
    flags = {"": {}, "S": {"$seen": True}, "FRS": {"$flagged": True, "$answered": True, "$seen": True}}
    for number, (sample, letters) in enumerate(zip(many(30, 7), list(flags) * 10, strict=True)):
        message = mailbox.MaildirMessage(sample.raw)
        message.set_subdir("cur" if letters else "new")
        message.set_flags(letters)
        message.set_date(sample.received_at.timestamp())
        box = plans if number % 2 else maildir
        key = box.add(message)
        # The time of delivery is in the name; Python's own has that of now.
        path = next(Path(box._path).glob(f"*/{key}*"))
        path.rename(path.with_name(f"{int(sample.received_at.timestamp())}.{number}.host{path.name[len(key) :]}"))
    alice = server.account("alice@far.example")

    server.program("import", "alice@far.example", folder / "Maildir")

    boxes = {one["id"]: name for name, one in alice.mailboxes().items()}
    emails = alice.emails(alice.ids(), ["mailboxIds", "keywords", "receivedAt", "messageId"])
    for number, (email, sample) in enumerate(zip(emails, many(30, 7), strict=True)):
        assert [boxes[one] for one in email["mailboxIds"]] == ["Plans" if number % 2 else "Inbox"]
        assert email["keywords"] == list(flags.values())[number % 3]
        assert _time(email["receivedAt"]) == sample.received_at
    assert alice.mailboxes()["Plans"]["parentId"] == alice.mailboxes()["Work"]["id"]


def test_a_message_in_a_file_is_imported_once(server: Server) -> None:
    alice = server.account("alice@far.example")
    sample = next(many(1, 8))
    path = server.folder / "a letter.eml"
    path.write_bytes(sample.raw.replace(b"\r\n", b"\n"))

    for added in (1, 0):
        told = json.loads(server.program("import", "alice@far.example", path, "--json"))
        assert (told["added"], told["known"]) == (added, 1 - added)

    (email,) = alice.emails(alice.ids(), ["blobId", "receivedAt", "mailboxIds"])
    assert alice.download(email["blobId"]) == sample.raw
    assert _time(email["receivedAt"]) == sample.received_at
    assert email["mailboxIds"] == {alice.role("inbox"): True}


def test_what_is_left_out_is_told_and_ends_with_1(pillarbox: Program, folder: Path) -> None:
    pillarbox.account("alice@far.example")
    mail = folder / "mail"
    mail.mkdir()
    (mail / "good.eml").write_bytes(next(many(1, 1)).raw)
    (mail / "notes.zip").write_bytes(b"PK\3\4" + b"\0" * 100)

    done = pillarbox.run("import", "alice@far.example", mail)

    assert done.returncode == 1
    assert "1 messages added" in done.stdout
    assert "notes.zip: It is an archive: unpack it" in done.stdout


def test_a_terminal_shows_how_far_it_is(pillarbox: Program, folder: Path) -> None:
    """On a terminal there is a bar with messages and time; elsewhere nothing but the sum."""
    pillarbox.account("alice@far.example")
    path = folder / "Archive.mbox"
    _write_mbox(path, many(600, 2))
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [PILLARBOX, *pillarbox.complete(("import", "alice@far.example", path))],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120"},
    )
    os.close(theirs)
    shown = b"".join(_read(ours))
    os.close(ours)

    assert process.wait(30) == 0
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())
    assert "Archive.mbox" in text
    assert re.search(r"\d+%.* MB +\d+ messages", text), text[:500]
    assert "600 messages added, 0 were there already, 0 left out." in text
    quiet = pillarbox("import", "alice@far.example", path)
    assert quiet.strip() == "0 messages added, 600 were there already, 0 left out."


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An mbox of 10,000 messages: a person's two years, with HTML, pictures and every script, and very many more."""
    path = tmp_path_factory.mktemp("large") / "Years.mbox"
    _write_mbox(path, _years(MANY))
    return path


@dataclass
class Filed:
    """A server with an account into which the large file was imported, and how much memory that took, in KiB."""

    server: Server
    alice: Client
    peak: int
    told: dict[str, Any]


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory, large: Path) -> Iterator[Filed]:
    folder = tmp_path_factory.mktemp("filed")
    with Server(folder).running() as server:
        alice = server.account("alice@far.example")
        peak, told = _imported(server.program, large)
        yield Filed(server, alice, peak, json.loads(told))
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.neighbour
def test_ten_thousand_messages_are_what_is_in_the_file(
    filed: Filed, large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts, subjects, dates and attachments, asked for by jmapc; and a second run adds nothing."""
    server, alice = filed.server, filed.alice
    assert filed.told == {"added": MANY, "known": 0, "skipped": []}

    found = {email.blob_id: email for email in _through_jmapc(server, alice, tmp_path, monkeypatch)}

    assert len(found) == MANY
    # jmapc takes half a minute to read what all these bodies are made of.
    bodies = alice.emails(alice.ids(), ["blobId", "htmlBody"], bodyProperties=["blobId", "name"])
    shown = {email["blobId"]: [(part["name"], part["blobId"]) for part in email["htmlBody"]] for email in bodies}
    seen = Counter(
        (email.subject, email.sent_at, email.received_at, _named(alice, email, shown[email.blob_id]))
        for email in found.values()
    )
    assert seen == Counter(_mark(message, when) for message, when in _messages(large))

    told = json.loads(server.program("import", "alice@far.example", large, "--json"))
    assert told == {"added": 0, "known": MANY, "skipped": []}
    assert alice.call("Email/query", calculateTotal=True)["total"] == MANY
    assert server.program.doctor() == []


def test_an_import_that_was_killed_is_completed_by_the_next(server: Server, folder: Path) -> None:
    """Killed thrice on its way: in the end each message is there once."""
    alice = server.account("alice@far.example")
    program = server.program
    path, most = folder / "Months.mbox", 3_000
    _write_mbox(path, many(most, 6))
    for part in (0.2, 0.4, 0.6):
        process = program.start("import", "alice@far.example", path)
        until(lambda part=part: _total(alice) >= most * part, f"{part:.0%} are there", 120)  # type: ignore[misc]
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert _total(alice) < most
        assert program.doctor() == []

    before = _total(alice)
    told = json.loads(program("import", "alice@far.example", path, "--json"))

    assert told == {"added": most - before, "known": before, "skipped": []}
    messages = [email["messageId"] for email in alice.emails(alice.ids(), ["messageId"])]
    expected = [message["Message-ID"].strip("<>") for message, _ in _messages(path)]
    assert sorted(one[0] for one in messages) == sorted(expected)
    assert program.doctor() == []


def test_memory_does_not_grow_with_the_file(filed: Filed, pillarbox: Program, folder: Path) -> None:
    """Ten times the messages take hardly more memory; and no more than a worker at rest may have."""
    pillarbox.account("alice@far.example")
    path = folder / "Months.mbox"
    _write_mbox(path, _years(MANY // 10))

    few, _ = _imported(pillarbox, path)

    print(f"at most {few} KiB, and {filed.peak} KiB")
    assert filed.peak - few < 16 * 1024
    assert filed.peak < 100 * 1024


def test_a_huge_message_is_told_of_and_left(pillarbox: Program, folder: Path) -> None:
    """Of a message larger than may be imported not even its size is in memory."""
    pillarbox.account("alice@far.example")
    path = folder / "huge.mbox"
    with path.open("wb") as file:
        file.write(b"From x@far.example Thu Nov 24 18:22:48 1986\nSubject: huge\n\n")
        for _ in range(200):
            file.write(b"x" * 999_999 + b"\n")
        file.write(b"\nFrom x@far.example Thu Nov 24 18:22:49 1986\nSubject: small\n\nHello.\n")

    peak, _ = _imported(pillarbox, path, status=1)

    assert peak < 100 * 1024


def _through_jmapc(
    server: Server, alice: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[jmapc.models.Email]:
    """All Emails of the account. jmapc insists on https; see `test_jmapc`."""
    certificate, port = Certificate(folder), free_port()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.path))
    with Proxy(certificate, port, server.port):
        client = jmapc.Client.create_with_password(f"127.0.0.1:{port}", user=alice.address, password=SESAME)
        try:
            position = 0
            while True:
                page = client.request(EmailQuery(position=position, limit=500), raise_errors=True)
                assert isinstance(page, EmailQueryResponse)
                assert isinstance(page.ids, list)
                if not page.ids:
                    return
                position += len(page.ids)
                wanted = ["blobId", "subject", "sentAt", "receivedAt", "attachments"]
                got = client.request(EmailGet(ids=page.ids, properties=wanted), raise_errors=True)
                assert isinstance(got, EmailGetResponse)
                yield from got.data
        finally:
            client.requests_session.close()


def _messages(path: Path) -> Iterator[tuple[EmailMessage, datetime]]:
    """The messages of an mbox and their times, as Python reads them."""
    box = mailbox.mbox(path, factory=None)
    try:
        for key in box.iterkeys():
            with box.get_file(key, from_=True) as file:
                written = file.readline().decode().rstrip()
                message = message_from_binary_file(cast("BinaryIO", file), policy=policy.default)
            when = datetime.strptime(written.split(" ", 2)[2] + " +0000", "%a %b %d %H:%M:%S %Y %z")
            yield message, when
    finally:
        box.close()


def _named(alice: Client, email: jmapc.models.Email, shown: list[tuple[str | None, str]]) -> frozenset[tuple[str, str]]:
    """The files that came with a message: names, and digests of what is downloaded.

    A picture that stands between texts is part of the body that is shown (RFC 8621 section 4.1.4).
    """
    parts = [*((part.name, part.blob_id or "") for part in email.attachments or ()), *shown]
    return frozenset((name, sha256(alice.download(blob)).hexdigest()) for name, blob in parts if name)


def _mark(message: EmailMessage, when: datetime) -> tuple[Any, ...]:
    named = ((part.get_filename(), _digest(part)) for part in message.walk() if part.get_filename())
    return (message["Subject"], message["Date"].datetime, when, frozenset(named))


def _digest(part: Any) -> str:
    if part.get_content_type() == "message/rfc822":
        return sha256(part.get_content().as_bytes()).hexdigest()
    return sha256(part.get_payload(decode=True)).hexdigest()


def _write_mbox(path: Path, samples: Iterator[Sample]) -> None:
    with path.open("wb") as file:
        for sample in samples:
            when = sample.received_at.astimezone(UTC)
            file.write(f"From writer@far.example {when:%a %b %d %H:%M:%S %Y}\n".encode())
            file.write(re.sub(rb"(?m)^(>*From )", rb">\1", sample.raw.replace(b"\r\n", b"\n")) + b"\n")


def _years(count: int) -> Iterator[Sample]:
    return chain(sample_mailbox("alice@far.example", 400, 1, now=NOW), many(count - 400, 1))


def _imported(pillarbox: Program, path: Path, status: int = 0) -> tuple[int, str]:
    """The most KiB that an import of the file has in memory, by the kernel's account, and what it tells.

    Read while it runs: what `wait4` tells begins with what this process had when it made that one.
    """
    process = pillarbox.start("import", "alice@far.example", path, "--json")
    peak = 0
    while process.poll() is None:
        with suppress(OSError):
            text = Path(f"/proc/{process.pid}/status").read_text("ascii")
            if (found := re.search(r"VmHWM:\s*(\d+) kB", text)) and "pillarbox" in text:
                peak = int(found[1])
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.01)
    told, _ = process.communicate()
    assert process.returncode == status
    return peak, told.decode()


def _total(alice: Client) -> int:
    return int(alice.call("Email/query", calculateTotal=True, limit=1)["total"])


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _read(terminal: int) -> Iterator[bytes]:
    """What is shown until the last process has closed the terminal."""
    while True:
        try:
            octets = os.read(terminal, 65536)
        except OSError:
            return
        if not octets:
            return
        yield octets
