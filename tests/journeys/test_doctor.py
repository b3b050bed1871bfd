"""The doctor looks at data folders that something happened to, and the server lives with them."""

import json
import re
import shutil
from pathlib import Path

import apsw
import pytest
from tests.journeys.client import Failed
from tests.journeys.program import Program, Server

from pillarbox.sample import many

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def furniture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of one account with some mail, one message of it large enough for a file of its own."""
    folder = tmp_path_factory.mktemp("furniture")
    config = folder / "pillarbox.toml"
    config.write_text("")
    program = Program(folder, folder / "var", config)
    program.account("alice@far.example")
    mail = folder / "mail"
    mail.mkdir()
    for number, sample in enumerate(many(20, 1)):
        (mail / f"{number}.eml").write_bytes(sample.raw)
    (mail / "large.eml").write_bytes(next(many(1, 2)).raw + b"large\r\n" * 200_000)
    program("import", "alice@far.example", mail)
    assert program.doctor() == []
    return program.data


@pytest.fixture
def furnished(pillarbox: Program, furniture: Path) -> None:
    """`pillarbox` has a copy of that folder."""
    shutil.copytree(furniture, pillarbox.data)


def test_the_doctor_is_content_with_a_server_in_use(server: Server) -> None:
    alice = server.account("alice@far.example")
    for sample in many(20, 1):
        alice.import_(sample.raw)
    alice.call("Email/set", destroy=alice.ids()[:5])

    assert "All is well" in server.program("doctor")
    assert server.program.doctor() == []


@pytest.mark.usefixtures("furnished")
def test_the_doctor_finds_a_blob_whose_bytes_changed(pillarbox: Program) -> None:
    (blob,) = (path for path in (pillarbox.data / "accounts").rglob("*") if re.fullmatch("[0-9a-f]{64}", path.name))
    octets = bytearray(blob.read_bytes())
    octets[1000] ^= 1
    blob.write_bytes(octets)

    told = pillarbox.run("doctor")

    assert told.returncode == 1
    assert "alice@far.example" in told.stdout
    assert "blob" in told.stdout


@pytest.mark.usefixtures("furnished")
def test_the_doctor_finds_a_blob_that_is_gone(pillarbox: Program) -> None:
    (blob,) = (path for path in (pillarbox.data / "accounts").rglob("*") if re.fullmatch("[0-9a-f]{64}", path.name))
    blob.unlink()

    (found,) = pillarbox.doctor()

    assert "missing" in found["problem"]


@pytest.mark.usefixtures("furnished")
def test_the_doctor_finds_a_row_that_is_gone_from_an_index(pillarbox: Program) -> None:
    database = apsw.Connection(str(_file_of(pillarbox)))
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE name LIKE 's_Email_%'")]
    assert tables
    for table in tables:
        database.execute(f'DELETE FROM "{table}"')  # noqa: S608
    database.close()

    found = pillarbox.doctor()

    assert {one["account"] for one in found} == {"alice@far.example"}
    assert len(found) >= len(tables)


@pytest.mark.usefixtures("furnished")
def test_the_doctor_finds_a_count_that_is_wrong(pillarbox: Program) -> None:
    database = apsw.Connection(str(_file_of(pillarbox)))
    for number, document in database.execute('SELECT number, document FROM "d_Mailbox"').fetchall():
        assert isinstance(document, bytes)
        changed = json.dumps({**json.loads(document), "totalEmails": 7}).encode()
        database.execute('UPDATE "d_Mailbox" SET document = ? WHERE number = ?', (changed, number))
    database.close()

    assert {"counts"} <= {one["place"] for one in pillarbox.doctor()}


@pytest.mark.usefixtures("furnished")
def test_the_doctor_finds_a_file_that_was_cut_off(pillarbox: Program) -> None:
    """And tells of it instead of falling over it; the other accounts are examined all the same."""
    pillarbox.account("bob@far.example")
    file = _file_of(pillarbox)
    with file.open("r+b") as database:
        database.truncate(file.stat().st_size // 2)

    done = pillarbox.run("doctor", "--json")

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert {one["account"] for one in json.loads(done.stdout)} == {"alice@far.example"}


@pytest.mark.usefixtures("furnished")
def test_the_doctor_finds_an_account_without_its_file(pillarbox: Program) -> None:
    shutil.rmtree(_file_of(pillarbox).parent)

    (found,) = pillarbox.doctor()

    assert (found["account"], found["problem"]) == ("alice@far.example", "the account has no data")


def test_a_damaged_account_does_not_keep_the_others_from_their_mail(folder: Path) -> None:
    server = Server(folder / "damaged")
    server.start()
    alice, bob = server.account("alice@far.example"), server.account("bob@far.example")
    bob.import_(next(many(1, 1)).raw)
    alice.import_(next(many(1, 1)).raw)
    server.stop()
    for path in _file_of(server.program).parent.glob("account.db*"):
        path.write_bytes(b"\0" * 8192)
    server.start()

    assert len(bob.ids()) == 1
    with pytest.raises(Failed) as failed:
        alice.ids()
    assert failed.value.kind == "serverFail"
    assert "is damaged" in server.events("store.failed")[0]["known"]
    assert server.stop() == 0


def _file_of(pillarbox: Program) -> Path:
    """The database of the first account."""
    first = min((pillarbox.data / "accounts").iterdir(), key=lambda path: int(path.name))
    return first / "account.db"
