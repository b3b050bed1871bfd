"""Pairs become a snapshot, and problems beside it."""

import pytest

from pillarbox.settings import Duration, Problem, Snapshot, snapshot
from pillarbox.settings.catalogue import (
    CATALOGUE,
    HOSTNAME,
    HTTP_URL,
    MAX_CHANGES_HISTORY,
    MAX_OBJECTS_IN_GET,
    MAX_SIZE_REQUEST,
    SUB_ADDRESSING,
)


def right(pairs: dict[str, str]) -> Snapshot:
    settings, problems = snapshot(pairs)
    assert problems == []
    return settings


def test_a_setting_that_is_not_written_has_its_default() -> None:
    """The settings reference, section 2."""
    settings = right({})

    assert settings[MAX_OBJECTS_IN_GET] == 4096
    assert settings[MAX_CHANGES_HISTORY] == Duration(30 * 86_400_000)
    assert settings[HOSTNAME] is None


def test_a_setting_that_is_written_has_its_value() -> None:
    """The settings reference, section 2."""
    settings = right(
        {
            "jmap.protocol.request.max-size": "1000",
            "jmap.protocol.changes.max-history": "never",
            "session.rcpt.sub-addressing": "false",
            "server.http.url": "'https://mail.far.example/'",
        }
    )

    assert settings[MAX_SIZE_REQUEST] == 1000
    assert settings[MAX_CHANGES_HISTORY] is None
    assert settings[SUB_ADDRESSING] is False
    assert settings[HTTP_URL].constant == "https://mail.far.example"


def test_a_bad_value_costs_that_entry_alone() -> None:
    """The settings reference, section 2: recorded, and the default used."""
    settings, problems = snapshot({"jmap.protocol.request.max-size": "10M", "jmap.protocol.get.max-objects": "7"})

    assert settings[MAX_SIZE_REQUEST] == 10_000_000
    assert settings[MAX_OBJECTS_IN_GET] == 7
    assert [(problem.key, problem.kind) for problem in problems] == [("jmap.protocol.request.max-size", "parse")]


@pytest.mark.parametrize(
    "text", ["", "\0", "x" * 10_000, "-1", "99999999999999999999", "%{cfg:x}%", "'", "[", "\ud800"]
)
def test_nothing_in_the_pairs_makes_it_fail(text: str) -> None:
    """The settings reference, section 2: errors never stop the server."""
    keys = [key for setting in CATALOGUE for line in setting.described() for key in line.spellings()]

    for suffix in ("", ".0000", ".x", ".0000.if"):
        snapshot({key + suffix: text for key in keys})


def test_an_older_name_is_read() -> None:
    """The settings reference, `server.hostname`: the old key is read as a fallback."""
    assert right({"lookup.default.hostname": "mail.far.example"})[HOSTNAME] == "mail.far.example"


def test_an_older_name_beside_the_present_one_is_told() -> None:
    """Ours: nothing that is written is passed over in silence."""
    settings, problems = snapshot({"lookup.default.hostname": "a.example", "server.hostname": "b.example"})

    assert settings[HOSTNAME] == "b.example"
    assert [(problem.key, problem.kind) for problem in problems] == [("lookup.default.hostname", "unread")]


def test_a_list_where_one_value_belongs_is_told() -> None:
    """Ours."""
    settings, problems = snapshot({"server.hostname.0000": "a.example"})

    assert settings[HOSTNAME] is None
    assert [(problem.key, problem.kind) for problem in problems] == [("server.hostname", "parse")]


@pytest.mark.parametrize(
    ("key", "nearest"),
    [
        ("jmap.protocol.request.max-sise", "jmap.protocol.request.max-size"),
        ("JMAP.Protocol.Request.Max-Size", "jmap.protocol.request.max-size"),
        ("server.listener.web.max-conections", "server.listener.web.max-connections"),
        ("jmap.folders.inbox.nmae", "jmap.folders.inbox.name"),
    ],
)
def test_a_key_that_no_setting_has_is_told_with_the_nearest(key: str, nearest: str) -> None:
    """Ours: an unknown key is never ignored."""
    _, problems = snapshot({key: "1"})

    assert problems == [Problem(key, "unread", f"no setting has this key; the nearest is {nearest}")]


def test_a_key_that_is_like_none_is_told() -> None:
    """Ours."""
    _, problems = snapshot({"zebra.x.stripes": "many"})

    assert problems == [Problem("zebra.x.stripes", "unread", "no setting has this key; and none is like it")]


def test_a_snapshot_does_not_change_with_its_pairs() -> None:
    """Ours."""
    pairs = {"jmap.protocol.request.max-size": "1000"}
    settings = right(pairs)

    pairs["jmap.protocol.request.max-size"] = "2000"

    assert settings[MAX_SIZE_REQUEST] == 1000
