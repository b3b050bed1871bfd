"""What is exported is imported again without loss, whatever the format: all that JMAP tells of it is the same."""

import hashlib
import mailbox
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from tests.driver import JMAP, Home

from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.mail import NewEmail, arrival, file
from pillarbox.sample import mailbox as sample
from pillarbox.transfer import Format, Found, export, imported, source
from pillarbox.wire.values import UTCDate

NOW = datetime(2026, 5, 1, tzinfo=UTC)

HOSTILE = {
    "8-bit": "Subject: gr\xfc\xdfe\r\n\r\n\xe4\xf6\xfc\r\n".encode("latin-1"),
    "not UTF-8": b"Subject: \xff\xfe\r\n\r\n\x80\x81\r\n",
    "CR alone": b"Subject: old\rX-Status: F\r\rlines\rof CR\r",
    "LF alone": b"Subject: unix\n\nlines\nof LF\n",
    "mixed line ends": b"Subject: mixed\r\n\nFrom here\r\r\n>From there\n\rthe end",
    "NUL": b"Subject: nul\r\n\r\na\0b\0\r\n",
    "a huge header": b"Subject: " + b"huge " * 60_000 + b"\r\nX-Last: 1\r\n\r\nbody\r\n",
    "nothing": b"",
    "blank lines": b"\r\n\r\n\r\n",
    "no header": b"\r\nonly a body",
    "no body": b"Subject: no body",
    "begins with From": b"From alice@far.example Thu Nov 24 18:22:48 1986\r\nSubject: x\r\n\r\n.\r\n",
    "quoted From": b"Subject: x\r\n\r\nFrom a\r\n>From b\r\n>>From c\r\n >From d\r\nFrom",
    "separators within": b"Subject: x\r\n\r\n\r\n\r\nFrom a@b Thu Nov 24 18:22:48 1986\r\nSubject: y\r\n\r\n",
    "a status of its own": b"Status: RO\r\nX-Status: FD\r\nX-Keywords: theirs\r\nX-Gmail-Labels: Spam\r\n\r\nx\r\n",
    "deleted by Thunderbird": b"X-Mozilla-Status: 0009\r\nSubject: gone\r\n\r\nx\r\n",
    "begins with a space": b" folded\r\nSubject: x\r\n\r\nx\r\n",
    "large": b"Subject: large\r\n\r\n" + b"From one line to another\r\n" * 20_000,
}

NAMES = (
    "R&D",
    "A&AOQ-B",
    "Œuvre",
    "東京",
    "a/b",
    "..",
    ".hidden",
    "dots.in.it",
    "Plans.mbox",
    "x.eml",
    "CON: what?",
    "plans",
    "PLANS",
    "inbox",
    " around ",
    "tmp",
    "pillarbox-export.jsonl",
    "dovecot-users",
    "~",
    "-",
    "long " + "ü" * 110,
)


@pytest.fixture(params=get_args(Format))
def format_(request: pytest.FixtureRequest) -> Format:
    made: Format = request.param
    return made


def furnish(home: Home, alice: JMAP) -> None:
    """Mail like people's, and what nobody hopes to get."""
    found = (
        Found(
            one.raw,
            (one.folder,) if isinstance(one.folder, str) else one.folder,
            one.keywords,
            one.received_at,
            str(at),
            0,
        )
        for at, one in enumerate(sample(alice.name, 60, now=NOW))
    )
    for _ in imported(home.store, REGISTRY, alice.number, found, lambda: NOW):
        pass
    inbox, archive, sent = (alice.mailbox(role) for role in ("inbox", "archive", "sent"))
    create: dict[str, Any] = {f"n{at}": {"name": name} for at, name in enumerate(NAMES)}
    create |= {f"c{at}": {"name": name, "parentId": "#n2", "isSubscribed": False} for at, name in enumerate(NAMES)}
    create |= {
        "within": {"name": "within", "parentId": inbox, "sortOrder": 7},
        "deep": {"name": "deep", "parentId": "#c3"},
    }
    answer = alice.asks("Mailbox/set", create=create)
    assert answer["notCreated"] is None
    made = answer["created"]
    alice.asks(
        "Mailbox/set",
        update={
            inbox: {"name": "Posteingang", "sortOrder": 99},
            sent: {"name": "Gesendet", "parentId": made["n0"]["id"]},
            archive: {"role": None, "isSubscribed": False},
        },
        destroy=[alice.mailbox("junk")],
    )
    alice.asks("Mailbox/set", create={"memos": {"name": "Sent", "role": "memos"}})
    places = [inbox, archive, made["within"]["id"], made["deep"]["id"], *(made[f"n{at}"]["id"] for at in range(9))]
    many = [f"word-{number}" for number in range(40)]
    with home.store.write(alice.number) as unit:
        for at, raw in enumerate(HOSTILE.values()):
            numbers = [REGISTRY["Mailbox"].number(places[(at + step) % len(places)]) for step in range(at % 4 + 1)]
            keywords = [*(("$seen", "$flagged", "$forwarded") if at % 2 else ("$answered",)), *many[: at * 3]]
            date = UTCDate(("1969-12-31T23:59:59Z", "2016-12-31T23:59:60Z", "2026-05-01T00:00:00.123456789Z")[at % 3])
            new = NewEmail([number for number in numbers if number is not None], keywords, date)
            file(unit, REGISTRY, unit.add_blob(raw, 0), arrival(raw), new)


def everything(person: JMAP) -> dict[str, Any]:
    """All that JMAP tells of somebody's mail, but for ids and states."""
    mailboxes = {one["id"]: one for one in person.asks("Mailbox/get")["list"]}
    paths = {id_: _path(mailboxes, id_) for id_ in mailboxes}
    properties = ["blobId", "threadId", "mailboxIds", "keywords", "receivedAt", "size", "subject", "preview"]
    emails = person.asks("Email/get", ids=person.asks("Email/query")["ids"], properties=properties)["list"]
    threads: dict[str, list[str]] = {}
    told = []
    for one in emails:
        octets = person.downloads(one.pop("blobId")).octets
        digest = hashlib.sha256(octets).hexdigest()
        threads.setdefault(one.pop("threadId"), []).append(digest)
        one.pop("id")
        told.append({**one, "octets": digest, "mailboxIds": sorted(paths[id_] for id_ in one["mailboxIds"])})
    for one in mailboxes.values():
        one.pop("id")
        one.pop("parentId")
    return {
        "mailboxes": {paths[id_]: one for id_, one in mailboxes.items()},
        "emails": sorted(told, key=lambda one: (one["octets"], one["receivedAt"], sorted(one["keywords"]))),
        "threads": sorted(sorted(digests) for digests in threads.values()),
    }


def _path(mailboxes: dict[str, Any], id_: str) -> tuple[str, ...]:
    one = mailboxes[id_]
    return (*(() if one["parentId"] is None else _path(mailboxes, one["parentId"])), one["name"])


def leaves(home: Home, person: JMAP, folder: Path, format_: Format) -> Any:
    """The end of an export."""
    *_, last = export(home.store, REGISTRY, person.number, (person.name, format_), folder, NOW)
    return last


def comes(home: Home, person: JMAP, folder: Path) -> Any:
    """The end of an import."""
    *_, last = imported(home.store, REGISTRY, person.number, source(folder), lambda: NOW)
    return last


def test_what_was_exported_is_the_same_when_it_is_imported(
    home: Home, alice: JMAP, bob: JMAP, tmp_path: Path, format_: Format
) -> None:
    """Mailboxes with roles, parents, order and subscription; messages octet by octet; dates, keywords, threads."""
    furnish(home, alice)
    before = everything(alice)

    done = leaves(home, alice, tmp_path / "out", format_)
    back = comes(home, bob, tmp_path / "out")

    assert (done.messages, done.missing) == (60 + len(HOSTILE), [])
    assert (back.added, back.skipped) == (60 + len(HOSTILE), [])
    assert everything(bob) == before
    assert everything(alice) == before


def test_an_import_of_an_export_is_repeated_without_effect(
    home: Home, alice: JMAP, bob: JMAP, tmp_path: Path, format_: Format
) -> None:
    furnish(home, alice)
    leaves(home, alice, tmp_path / "out", format_)
    comes(home, bob, tmp_path / "out")
    before = everything(bob), bob.state("Email"), bob.state("Mailbox")

    again = comes(home, bob, tmp_path / "out")

    assert (again.added, again.known, again.skipped) == (0, 60 + len(HOSTILE), [])
    assert (everything(bob), bob.state("Email"), bob.state("Mailbox")) == before


def test_an_import_that_was_cut_off_goes_on(
    home: Home, alice: JMAP, bob: JMAP, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(home, alice)
    leaves(home, alice, tmp_path / "out", "maildir")
    monkeypatch.setattr("pillarbox.transfer.importer._BATCH", 20)
    next(imported(home.store, REGISTRY, bob.number, source(tmp_path / "out"), lambda: NOW))
    assert len(bob.asks("Email/query")["ids"]) == 20

    comes(home, bob, tmp_path / "out")

    assert everything(bob) == everything(alice)


def test_where_there_is_mail_mailboxes_stay_as_they_are(home: Home, alice: JMAP, bob: JMAP, tmp_path: Path) -> None:
    """Those of a role meet by it, others by their names; nothing goes, and no name changes."""
    furnish(home, alice)
    bob.receives("Subject: mine\n\nmine\n")
    before = {one["id"]: one["name"] for one in bob.asks("Mailbox/get")["list"]}
    leaves(home, alice, tmp_path / "out", "mbox")

    comes(home, bob, tmp_path / "out")

    after = {one["id"]: one["name"] for one in bob.asks("Mailbox/get")["list"]}
    assert before.items() <= after.items()
    inbox = next(one for one in alice.asks("Mailbox/get")["list"] if one["role"] == "inbox")
    assert len(bob.asks("Email/query", filter={"inMailbox": bob.mailbox("inbox")})["ids"]) == inbox["totalEmails"] + 1


def test_mail_that_is_moved_or_comes_in_meanwhile_is_there_once(
    home: Home, alice: JMAP, bob: JMAP, tmp_path: Path
) -> None:
    """What was there when the export began, each message once, wherever it is now; what was destroyed is not."""
    ids = [alice.receives(f"Subject: {number}\n\n{number}\n") for number in range(250)]
    going = export(home.store, REGISTRY, alice.number, (alice.name, "mbox"), tmp_path / "out", NOW)
    next(going)
    next(going)

    made = alice.asks("Mailbox/set", create={"new": {"name": "made since"}})["created"]["new"]["id"]
    alice.asks("Email/set", update={id_: {"mailboxIds": {made: True}} for id_ in ids[50:200]}, destroy=ids[220:230])
    alice.receives("Subject: late\n\nlate\n")
    *_, last = going

    assert (last.messages, last.total) == (240, 250)
    comes(home, bob, tmp_path / "out")
    subjects = [one["subject"] for one in _emails(bob)]
    assert sorted(map(int, subjects)) == [*range(220), *range(230, 250)]
    assert {one["name"] for one in bob.asks("Mailbox/get")["list"]} >= {"made since"}


def test_without_the_manifest_the_mail_is_mail_like_any_other(
    home: Home, alice: JMAP, bob: JMAP, tmp_path: Path, format_: Format
) -> None:
    """Octets, folders and flags, as far as the format has them."""
    alice.asks("Mailbox/set", create={"a": {"name": "Arbeit & Spaß"}, "b": {"name": "a/b.c", "parentId": "#a"}})
    place = next(one["id"] for one in alice.asks("Mailbox/get")["list"] if one["name"] == "a/b.c")
    keywords = {"$seen": True, "$flagged": True, "garden": True}
    raw = "From: a@far.example\nDate: Fri, 1 May 2026 00:00:00 +0000\nSubject: plans\n\nFrom here\n>From there\n"
    alice.receives(raw, mailboxIds={place: True}, keywords=keywords, receivedAt="2026-05-01T00:00:00Z")
    leaves(home, alice, tmp_path / "out", format_)
    (tmp_path / "out" / "pillarbox-export.jsonl").unlink()

    comes(home, bob, tmp_path / "out")

    (email,) = _emails(bob)
    octets = bob.downloads(email["blobId"]).octets
    assert octets.endswith(raw.replace("\n", "\r\n").encode())
    assert email["receivedAt"] == "2026-05-01T00:00:00Z"
    assert email["keywords"] == ({} if format_ == "eml" else keywords)
    mailboxes = {one["id"]: one for one in bob.asks("Mailbox/get")["list"]}
    (id_,) = email["mailboxIds"]
    assert _path(mailboxes, id_) == ("Arbeit & Spaß", "a/b.c")


def test_pythons_mailbox_module_reads_a_maildir(home: Home, alice: JMAP, tmp_path: Path) -> None:
    """An independent reader: every message is in every folder it is in, with its flags."""
    furnish(home, alice)
    leaves(home, alice, tmp_path / "out", "maildir")

    box = mailbox.Maildir(tmp_path / "out", create=False)
    read = [(key, box) for key in box.iterkeys()]
    for name in box.list_folders():
        folder = box.get_folder(name)
        read += [(key, folder) for key in folder.iterkeys()]

    told = sorted(
        (hashlib.sha256(folder.get_bytes(key)).hexdigest(), folder.get_message(key).get_flags().translate(_NO_LETTERS))
        for key, folder in read
    )
    assert told == sorted(_flagged(alice, "maildir"))


def test_pythons_mailbox_module_reads_mbox_files(home: Home, alice: JMAP, tmp_path: Path) -> None:
    """As many messages in each file as there are in its mailbox; none is taken for two."""
    furnish(home, alice)
    leaves(home, alice, tmp_path / "out", "mbox")

    counts = []
    for path in (tmp_path / "out").rglob("*.mbox"):
        with closing(mailbox.mbox(path, create=False)) as box:
            counts.append(len(box))

    assert sorted(counts) == sorted(one["totalEmails"] for one in alice.asks("Mailbox/get")["list"])


_NO_LETTERS = {ord(letter): None for letter in "abcdefghijklmnopqrstuvwxyz"}
_FLAGS = {"$draft": "D", "$flagged": "F", "$forwarded": "P", "$answered": "R", "$seen": "S"}


def _flagged(person: JMAP, format_: Format) -> Iterator[tuple[str, str]]:
    assert format_ == "maildir"
    for one in _emails(person):
        digest = hashlib.sha256(person.downloads(one["blobId"]).octets).hexdigest()
        flags = "".join(sorted(_FLAGS[keyword] for keyword in one["keywords"] if keyword in _FLAGS))
        for _ in one["mailboxIds"]:
            yield digest, flags


def _emails(person: JMAP) -> list[Any]:
    found: list[Any] = person.asks("Email/get", ids=person.asks("Email/query")["ids"])["list"]
    return found
