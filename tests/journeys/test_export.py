"""`pillarbox export` and `pillarbox doctor --repair` beside a server that runs, and ended at bad moments."""

import json
import signal
from pathlib import Path

import apsw
import pytest
from tests.journeys.program import Program, Server, until

from pillarbox.sample import many

pytestmark = pytest.mark.slow


def test_mail_is_exported_and_comes_back_beside_a_server_that_runs(server: Server, folder: Path) -> None:
    alice, bob = server.account("alice@far.example"), server.account("bob@far.example")
    for sample in many(20, 1):
        alice.import_(sample.raw)

    told = json.loads(server.program("export", "alice@far.example", folder / "out", "--format", "mbox", "--json"))
    server.program("import", "bob@far.example", folder / "out")

    assert (told["messages"], told["missing"]) == (20, [])
    assert len(bob.ids()) == 20
    assert server.program.doctor() == []


def test_an_export_that_was_killed_is_begun_anew(pillarbox: Program, folder: Path) -> None:
    pillarbox.account("alice@far.example")
    pillarbox.account("bob@far.example")
    mail = folder / "mail"
    mail.mkdir()
    for number, sample in enumerate(many(600, 1)):
        (mail / f"{number}.eml").write_bytes(sample.raw)
    pillarbox("import", "alice@far.example", mail)
    out = folder / "out"

    process = pillarbox.start("export", "alice@far.example", out)
    until(lambda: (out / "cur").exists() and any((out / "cur").iterdir()), "the export writes messages", 30)
    process.send_signal(signal.SIGKILL)
    process.communicate()

    if not (out / "pillarbox-export.jsonl").exists():
        assert "was not finished" in pillarbox("import", "bob@far.example", out, status=1)
        pillarbox("export", "alice@far.example", out)
    told = json.loads(pillarbox("import", "bob@far.example", out, "--json"))
    assert (told["added"], told["skipped"]) == (600, [])


def test_an_account_is_mended_beside_a_server_that_runs(server: Server) -> None:
    alice = server.account("alice@far.example")
    for sample in many(20, 1):
        alice.import_(sample.raw)
    before = {name: one["totalEmails"] for name, one in alice.mailboxes().items()}
    (path,) = server.program.data.glob("accounts/*/account.db")
    database = apsw.Connection(str(path))
    for table in ("s_Email_mailboxIds", "t_Email", "d_Thread", "change"):
        database.execute(f'DELETE FROM "{table}"')  # noqa: S608
    database.close()
    assert server.program.doctor() != []

    assert "All is well now" in server.program("doctor", "--repair")

    assert {name: one["totalEmails"] for name, one in alice.mailboxes().items()} == before
    assert len(alice.ids()) == 20
    assert server.program.doctor() == []
    alice.import_(next(many(1, 2)).raw)
    assert len(alice.ids()) == 21
