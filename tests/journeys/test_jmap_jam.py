"""jmap-jam, from npm, reads, searches, flags and moves mail; `node/jam.mjs` drives it and says how it signs in.

Its event source is left out: it needs a browser's EventSource, and cannot send credentials of any kind.
"""

import base64
import json
import subprocess
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from tests.journeys.program import SESAME, Server

from pillarbox.sample import COMMON, many

pytestmark = pytest.mark.neighbour

ROOT = Path(__file__).parents[2]
PACKAGES = ROOT / ".work" / "node"
SCRIPT = Path(__file__).with_name("node") / "jam.mjs"

SEED = 5


def test_it_lists_reads_searches_flags_moves_downloads_and_imports(server: Server) -> None:
    assert (PACKAGES / "node_modules" / "jmap-jam").is_dir(), "jmap-jam is missing; scripts/neighbours installs it"
    alice = server.account("alice@far.example")
    folder = server.folder / "mail"
    folder.mkdir()
    samples = list(many(100, SEED))
    for number, sample in enumerate(samples):
        (folder / f"{number:03}.eml").write_bytes(sample.raw)
    server.program("import", "alice@far.example", folder)
    before = alice.mailboxes()

    done = subprocess.run(
        ["node", SCRIPT, PACKAGES, f"{server.url}/.well-known/jmap", alice.address, SESAME],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["accountId"] == alice.account
    assert {one["name"]: one for one in told["mailboxes"]} == {
        name: {key: one[key] for key in ("id", "name", "role", "totalEmails")} for name, one in before.items()
    }
    for email, sample in zip(told["emails"], samples, strict=True):
        message = message_from_bytes(sample.raw, policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        assert email["subject"] == message["Subject"]
        assert datetime.fromisoformat(email["receivedAt"]).astimezone(UTC) == sample.received_at
        assert email["text"].split() == body.get_content().split()
    with_word = [sample for sample in samples if COMMON in sample.raw.decode().lower().split()]
    assert len(told["found"]) == len(with_word) > 0
    first = told["emails"][0]["id"]
    assert told["moved"] == {first: None}
    (moved,) = alice.emails([first], ["keywords", "mailboxIds"])
    assert (moved["keywords"], moved["mailboxIds"]) == ({"$flagged": True}, {alice.role("archive"): True})
    (attached,) = alice.emails([told["attachment"]["email"]], ["blobId"])
    (part, *_) = message_from_bytes(alice.download(attached["blobId"]), policy=policy.default).iter_attachments()
    assert base64.b64decode(told["attachment"]["octets"]) == part.get_content()
    (imported,) = alice.emails([told["imported"]], ["subject"])
    assert imported["subject"] == "From Jam"
    assert told["refusal"] == "accountNotFound"
