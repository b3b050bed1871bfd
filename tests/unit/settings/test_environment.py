"""Environment variables stand in for keys of the file."""

from pillarbox.settings import catalogue
from pillarbox.settings.environment import override, variable


def test_a_variable_is_the_key_in_upper_case_with_marks_for_dot_and_hyphen() -> None:
    """Ours."""
    assert variable("jmap.protocol.request.max-size") == "PILLARBOX_JMAP__PROTOCOL__REQUEST__MAX_SIZE"


def test_every_setting_can_be_read_off_its_variable() -> None:
    """Ours: no key in the catalogue has a character that the mapping loses."""
    keys = {key for setting in catalogue.CATALOGUE for line in setting.described() for key in line.spellings()}

    pairs, given, problems = override({}, {variable(key): key for key in keys})

    assert pairs == {key: key for key in keys}
    assert given == keys
    assert problems == []


def test_a_variable_wins_over_the_file() -> None:
    """Ours."""
    pairs, _, _ = override({"server.hostname": "a.example"}, {"PILLARBOX_SERVER__HOSTNAME": "b.example"})

    assert pairs == {"server.hostname": "b.example"}


def test_a_variable_takes_the_place_of_a_whole_list() -> None:
    """Ours."""
    pairs, _, _ = override({"a.b.0000": "x", "a.b.0001": "y", "a.bc": "z"}, {"PILLARBOX_A__B": "w"})

    assert pairs == {"a.bc": "z", "a.b": "w"}


def test_an_id_that_cannot_be_read_off_is_found_in_the_file() -> None:
    """Ours."""
    key = "server.listener.My_Http.max-connections"

    pairs, _, problems = override({key: "1"}, {"PILLARBOX_SERVER__LISTENER__MY_HTTP__MAX_CONNECTIONS": "2"})

    assert pairs == {key: "2"}
    assert problems == []


def test_a_variable_for_two_keys_of_the_file_is_told_and_changes_neither() -> None:
    """Ours."""
    written = {"a.b-c": "1", "a.b_c": "2"}

    pairs, given, problems = override(written, {"PILLARBOX_A__B_C": "3"})

    assert pairs == written
    assert given == frozenset()
    assert [(problem.key, problem.kind) for problem in problems] == [("PILLARBOX_A__B_C", "parse")]
    assert "a.b-c or a.b_c" in problems[0].text


def test_three_underscores_in_a_row_are_told() -> None:
    """Ours: they may be a dot and a hyphen in either order."""
    pairs, _, problems = override({}, {"PILLARBOX_A___B": "x"})

    assert pairs == {}
    assert [problem.key for problem in problems] == ["PILLARBOX_A___B"]


def test_other_variables_are_none_of_ours() -> None:
    """Ours."""
    assert override({}, {"PATH": "/bin", "XPILLARBOX_A": "1"})[0] == {}
