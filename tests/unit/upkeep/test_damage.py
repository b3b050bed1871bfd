"""Each kind of damage, done behind the store's back: doctor names it, repair mends it, and then nothing is found."""

import os

import orjson
import pytest
from tests.driver.installation import ALICE, BOB, BOBS, Installation

from pillarbox.datatypes.mail import EMAIL, MAILBOX, inbox
from pillarbox.upkeep import Step, Trouble, mended

STATEMENTS = {
    "a column": ('UPDATE "i_Email" SET size = 1 WHERE number = (SELECT min(number) FROM "i_Email")', "Email"),
    "columns gone": ('DELETE FROM "i_Email"', "Email"),
    "members gone": ('DELETE FROM "s_Email_mailboxIds"', "Email"),
    "a keyword of nothing": ("INSERT INTO \"s_Email_keywords\" VALUES ('$seen', 0, 99999, 1)", "Email"),
    "totals": ('UPDATE "n_Email_keywords" SET total = total + 1', "Email"),
    "an index gone": ('DROP TABLE "s_Email_keywords"', "Email"),
    "a Mailbox's columns": ('DELETE FROM "i_Mailbox"', "Mailbox"),
    "the change log gone": ("DELETE FROM change", "Email"),
    "the log's groups": ("UPDATE change SET grp = 1 WHERE grp IS NOT NULL", "Email"),
    "a state": ("UPDATE account SET kinds = json_set(kinds, '$.Email[1]', 0)", "Email"),
    "the next number": ("UPDATE account SET next_number = 1", "counters"),
    "the sequence": ("UPDATE account SET sequence = 1", "counters"),
    "the held size": ("UPDATE account SET held_size = 7", "counters"),
    "a blob held too often": ("UPDATE blob SET refs = refs + 1", "held"),
    "blobs held by nobody": ("UPDATE blob SET refs = 0", "held"),
    "a blob held less than never": ("UPDATE blob SET refs = -1", "held"),
    "text gone": ('DELETE FROM "t_Email"', "Email text"),
    "some text gone": ('DELETE FROM "t_Email" WHERE rowid > (SELECT avg(number) FROM "d_Email")', "Email text"),
    "text of nothing": ("INSERT INTO \"t_Email\" (rowid, subject) VALUES (99999, 'garden')", "Email"),
    "the table of text gone": ('DROP TABLE "t_Email"', "Email"),
    "text that does not fit together": (
        'DELETE FROM "t_Email_data" WHERE id = (SELECT min(id) FROM "t_Email_data" WHERE id > 1000)',
        "Email",
    ),
    "a Thread gone": ('DELETE FROM "d_Thread" WHERE number = (SELECT min(number) FROM "d_Thread")', "counts"),
    "a Thread of nothing": (
        'INSERT INTO "d_Thread" SELECT 99999, document FROM "d_Thread" LIMIT 1',
        "counts",
    ),
    "a tally": (
        "UPDATE \"d_Thread\" SET document = CAST(json_set(CAST(document AS TEXT), '$.unread', 77) AS BLOB)",
        "counts",
    ),
    "a Mailbox's counts": (
        "UPDATE \"d_Mailbox\" SET document = CAST(json_set(CAST(document AS TEXT), '$.totalEmails', 77) AS BLOB)",
        "counts",
    ),
}


@pytest.mark.parametrize("damage", STATEMENTS)
def test_what_follows_from_the_mail_is_made_anew(installation: Installation, damage: str) -> None:
    statement, place = STATEMENTS[damage]
    before = installation.tables(1, "i_Email", "s_Email_mailboxIds", "d_Thread", "blob")
    installation.damage(statement)

    troubles = installation.troubles()
    assert {one.account for one in troubles} == {ALICE}
    assert place in {one.place for one in troubles}

    deeds, left = installation.mended()
    assert place.removesuffix(" text") in {one.place for one in deeds}
    assert left == []
    assert installation.troubles() == []
    assert _without_times(installation.tables(1, *before)) == _without_times(before)


@pytest.mark.parametrize("damage", [damage for damage in STATEMENTS if "text" in damage])
def test_what_was_found_before_is_found_again(installation: Installation, damage: str) -> None:
    before = {word: installation.emails(word) for word in ("large", "alice", "the", "report", "nonsensical")}
    assert before["large"]
    installation.damage(STATEMENTS[damage][0])

    installation.mended()

    assert {word: installation.emails(word) for word in before} == before


def test_a_sound_installation_has_nothing_to_tell(installation: Installation) -> None:
    assert installation.found() == []
    assert installation.mended() == ([], [])


def test_an_installation_is_mended_once(installation: Installation) -> None:
    """What was mended needs no mending; and the second time changes nothing."""
    installation.damage(*(statement for name, (statement, _) in STATEMENTS.items() if "table" not in name))
    installation.mended()
    state = _files(installation)

    assert installation.mended() == ([], [])
    assert _files(installation) == state


def test_a_repair_that_was_interrupted_is_done_again(installation: Installation) -> None:
    """After whichever step."""
    damage = [STATEMENTS[one][0] for one in ("members gone", "text gone", "a tally", "blobs held by nobody")]
    installation.damage(*damage)
    parts = len(installation.steps())
    assert parts > 10
    for stop in range(0, parts, 3):
        installation.damage(*damage)
        _interrupted(installation, stop)

        assert installation.mended()[1] == []
        assert installation.troubles() == []


def test_of_many_troubles_in_one_place_the_first_are_told_and_how_many_more(installation: Installation) -> None:
    installation.damage(STATEMENTS["text gone"][0])

    problems = [one.problem for one in installation.troubles()]

    assert len(problems) == 21
    assert problems[-1] == "and 21 more"


def test_an_email_in_a_mailbox_that_is_gone_goes_to_the_inbox(installation: Installation) -> None:
    """And one that is in another besides stays there; a Mailbox in one that is gone is at the top."""
    installation.damage(
        _says("Email", "(SELECT min(number) FROM d_Email)", "mailboxIds", '{"mzzz":true}'),
        _says("Email", "(SELECT max(number) FROM d_Email)", "mailboxIds", '{"mzzz":true,"m2":true}'),
        _says("Mailbox", "3", "parentId", '"mzzz"'),
    )
    assert len([one for one in installation.troubles() if one.place == "references"]) == 3

    deeds, left = installation.mended()

    assert "references" in {one.place for one in deeds}
    assert left == []
    assert installation.troubles() == []
    with installation.opened() as patient, patient.store.read(1) as unit:
        emails = [orjson.loads(one.document) for one in unit.get(EMAIL.table, unit.numbers(EMAIL.table, 999))]
        assert list(emails[0]["mailboxIds"]) == [MAILBOX.id(inbox(unit))]
        assert list(emails[-1]["mailboxIds"]) == ["m2"]


def test_an_account_without_an_inbox_gets_one(installation: Installation) -> None:
    """Where no Mailbox is left either: all its mail is there."""
    installation.damage('DELETE FROM "d_Mailbox"')
    assert "there is no Inbox" in " ".join(one.problem for one in installation.troubles())

    assert installation.mended()[1] == []

    assert installation.troubles() == []
    with installation.opened() as patient, patient.store.read(1) as unit:
        emails = [orjson.loads(one.document) for one in unit.get(EMAIL.table, unit.numbers(EMAIL.table, 999))]
        assert len(emails) == 41
        assert {tuple(one["mailboxIds"]) for one in emails} == {(MAILBOX.id(inbox(unit)),)}


def test_documents_of_a_type_that_the_file_does_not_know_are_told_and_keep_their_blobs(
    installation: Installation,
) -> None:
    """They are there, and only a backup says the rest: nothing of theirs may be given away."""
    before = installation.tables(1, "blob", "d_Email")
    installation.damage("UPDATE account SET kinds = json_remove(kinds, '$.Email')")
    assert ("file", "it has documents of Email, and does not know that type any more") in {
        (one.place, one.problem) for one in installation.troubles()
    }

    _, left = installation.mended()

    assert "file" in {one.place for one in left}
    assert installation.tables(1, "blob", "d_Email") == before


def test_one_account_alone_is_mended(installation: Installation) -> None:
    installation.damage(STATEMENTS["totals"][0])
    installation.damage(STATEMENTS["totals"][0], account=BOBS)

    assert installation.mended(BOB)[1] == []

    assert {one.account for one in installation.troubles()} == {ALICE}
    assert installation.troubles(BOB) == []


def test_the_server_itself_is_mended(installation: Installation) -> None:
    installation.damage("DELETE FROM \"s_Account_addresses\" WHERE value LIKE 'bob%'", account=0)
    assert [(one.account, one.place) for one in installation.troubles()] == [("server", "Account")] * 2

    assert installation.mended()[1] == []

    with installation.opened() as patient:
        assert patient.directory.find(BOB) is not None
    assert installation.troubles() == []


def test_an_account_without_data_is_told_and_left_to_the_administrator(installation: Installation) -> None:
    installation.account(BOBS).rename(installation.data.parent / "elsewhere")

    told = Trouble(BOB, "file", "the account has no data")

    assert installation.troubles() == [told]
    assert installation.mended() == ([], [told])


def test_mail_of_an_account_without_a_name_is_told_and_kept(installation: Installation) -> None:
    with installation.opened() as patient, patient.store.write(0) as unit:
        (stored,) = unit.get(patient.registry["Account"].table, [BOBS])
        unit.delete(patient.registry["Account"].table, BOBS, {"address": BOB, "aliases": []})

    told = Trouble(f"number {BOBS}", "directory", "there is data of an account that does not exist")

    assert stored.number == BOBS
    assert installation.troubles() == [told]
    assert installation.mended() == ([], [told])
    assert (installation.account(BOBS) / "account.db").exists()


def test_what_interrupted_commands_left_is_finished(installation: Installation) -> None:
    going = installation.data / "accounts" / ".going-8-ab"
    going.mkdir(mode=0o700)
    with installation.opened() as patient:
        patient.store.create(9)
    assert {one.problem for one in installation.troubles()} == {
        ".going-8-ab is of an account that was removed",
        "there is data of an account that does not exist",
    }

    deeds, left = installation.mended()

    assert (len(deeds), left) == (2, [])
    assert not going.exists()
    assert not installation.account(9).exists()


@pytest.mark.parametrize("mode", [0o644, 0o602, 0o620])
def test_what_others_may_use_is_closed_to_them(installation: Installation, mode: int) -> None:
    file = installation.account(1) / "account.db"
    file.chmod(mode)
    (found,) = installation.troubles()
    assert found.place == "permissions"
    assert f"{file}: others may use it" in found.problem

    assert installation.mended()[1] == []

    assert file.stat().st_mode & 0o027 == 0


def test_a_group_may_read(installation: Installation) -> None:
    """Ours: an administrator may have a group for backups."""
    (installation.account(1) / "account.db").chmod(0o640)

    assert installation.troubles() == []


def test_a_file_of_another_user_is_told(installation: Installation) -> None:
    file = installation.account(1) / "account.db"
    os.chown(file, 12345, -1)

    assert [one.problem for one in installation.troubles()] == [
        f"{file}: it belongs to another user than the data folder, which the server may not be"
    ]


def test_a_file_of_another_user_keeps_nothing_else_from_being_closed(installation: Installation) -> None:
    others, own = installation.account(1) / "account.db", installation.account(BOBS) / "account.db"
    os.chown(others, 12345, -1)
    own.chmod(0o644)

    deeds, left = installation.mended()

    assert [one.done for one in deeds] == [f"{own}: it is for its owner alone now"]
    assert [one.problem for one in left] == [
        f"{others}: it belongs to another user than the data folder, which the server may not be"
    ]


def test_an_account_beyond_its_quota_is_remarked(installation: Installation) -> None:
    installation.settings["account.quota"] = "100000"
    installation.settings["session.data.limits.size"] = "1000"

    (found,) = installation.found()

    assert (found.account, found.place, found.weight) == (ALICE, "quota", "remark")
    assert "the quota is 100000" in found.problem
    assert installation.mended() == ([], [])


def test_the_last_step_of_each_account_says_that_it_is_done(installation: Installation) -> None:
    installation.damage(STATEMENTS["totals"][0])

    steps = installation.steps()

    last = {step.account: step for step in steps}
    assert [step.done for step in last.values()] == [1.0] * 4
    assert all(0 <= step.done <= 1 for step in steps)
    assert _ascends([step for step in steps if step.account == ALICE])


def _says(kind: str, number: str, name: str, value: str) -> str:
    """The statement by which a document gets another value."""
    new = f"json_set(CAST(document AS TEXT), '$.{name}', json('{value}'))"
    return f'UPDATE "d_{kind}" SET document = CAST({new} AS BLOB) WHERE number = {number}'  # noqa: S608


def _ascends(steps: list[Step]) -> bool:
    done = [step.done for step in steps]
    return done == sorted(done)


def _interrupted(installation: Installation, stop: int) -> None:
    with installation.opened() as patient:
        for number, _ in enumerate(mended(patient, installation.clock)):
            if number >= stop:
                return


def _files(installation: Installation) -> dict[str, object]:
    return dict(installation.tables(1, "account", "change", "blob", "i_Email", "d_Thread", "d_Mailbox"))


def _without_times(tables: dict[str, set[tuple[object, ...]]]) -> dict[str, set[tuple[object, ...]]]:
    """Blobs without when they expire."""
    return {name: {row[:4] if name == "blob" else row for row in rows} for name, rows in tables.items()}
