"""The mailboxes of a new account: `jmap.folders.<role>.*`."""

from pillarbox.settings import Folder, snapshot


def folder(role: str, pairs: dict[str, str]) -> Folder:
    settings, _ = snapshot(pairs)
    (found,) = (each for each in settings.folders if each.role == role)
    return found


def test_a_new_account_has_a_mailbox_for_each_role() -> None:
    """Ours, after the settings reference, "Mailboxes and default folders"."""
    settings, problems = snapshot({})

    assert problems == []
    assert [(each.role, each.name, each.create, each.subscribe) for each in settings.folders] == [
        ("inbox", "Inbox", True, True),
        ("drafts", "Drafts", True, True),
        ("sent", "Sent", True, True),
        ("junk", "Junk", True, True),
        ("trash", "Trash", True, True),
        ("archive", "Archive", True, True),
    ]


def test_each_is_changed_by_its_role() -> None:
    """The settings reference, `jmap.folders.<role>`."""
    pairs = {
        "jmap.folders.sent.name": "Gesendet",
        "jmap.folders.sent.subscribe": "false",
        "jmap.folders.sent.create": "false",
    }

    assert folder("sent", pairs) == Folder("sent", "Gesendet", create=False, subscribe=False)


def test_an_inbox_is_always_created() -> None:
    """The settings reference: inbox, trash and junk always are."""
    pairs = {"jmap.folders.inbox.create": "false"}

    assert folder("inbox", pairs).create
    assert [(problem.key, problem.kind) for problem in snapshot(pairs)[1]] == [("jmap.folders.inbox.create", "build")]


def test_a_bad_name_gives_way_to_that_of_the_role() -> None:
    """The settings reference, section 2."""
    assert folder("drafts", {"jmap.folders.drafts.name": " "}).name == "Drafts"


def test_another_role_is_told() -> None:
    """Ours."""
    _, problems = snapshot({"jmap.folders.notes.name": "Notes"})

    assert [(problem.key, problem.kind) for problem in problems] == [("jmap.folders.notes.name", "unread")]
