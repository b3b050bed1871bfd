"""Nested tables become flat pairs."""

import tomllib

import pytest

from pillarbox.settings.flatten import flatten


def flat(toml: str) -> dict[str, str]:
    pairs, problems = flatten(tomllib.loads(toml))
    assert problems == []
    return pairs


def test_a_key_is_the_path_to_its_value() -> None:
    """The settings reference, section 1, "Tables"."""
    assert flat('[server.listener."smtp"]\nsocket.backlog = 5') == {"server.listener.smtp.socket.backlog": "5"}


def test_the_name_of_a_table_is_kept_as_written() -> None:
    """The settings reference, section 1: quoted parts are kept."""
    assert flat('["Domains"."A.example"]\nx = "y"') == {"Domains.A.example.x": "y"}


def test_an_element_of_a_list_has_its_index_in_four_digits() -> None:
    """The settings reference, section 1, "Arrays"."""
    assert flat('a = ["x", "y"]\nb = ["z"]') == {"a.0000": "x", "a.0001": "y", "b.0000": "z"}


def test_tables_in_a_list_lie_under_their_index() -> None:
    """The settings reference, section 1, "Array of tables"."""
    expected = {"a.0000.if": "x", "a.0000.then": "y", "a.0001.else": "z"}

    assert flat('a = [{ if = "x", then = "y" }, { else = "z" }]') == expected
    assert flat('[[a]]\nif = "x"\nthen = "y"\n[[a]]\nelse = "z"') == expected


@pytest.mark.parametrize(
    ("written", "text"),
    [("true", "true"), ("false", "false"), ("8080", "8080"), ("1_000", "1000"), ("-1.50", "-1.5"), ("'a\\n'", "a\\n")],
)
def test_booleans_and_numbers_become_text(written: str, text: str) -> None:
    """The settings reference, section 1, "Booleans/numbers"."""
    assert flat(f"a = {written}") == {"a": text}


@pytest.mark.parametrize("written", ["1979-05-27", "07:32:00", "1979-05-27T07:32:00Z"])
def test_a_date_costs_its_entry_alone(written: str) -> None:
    """The settings reference, section 1: dates are not supported."""
    pairs, problems = flatten(tomllib.loads(f"a = {written}\nb = 1"))

    assert pairs == {"b": "1"}
    assert [(problem.key, problem.kind) for problem in problems] == [("a", "parse")]


def test_ten_levels_are_read_and_the_eleventh_is_told() -> None:
    """The settings reference, section 1, "Nesting"."""
    ten = ".".join("abcdefghij")
    pairs, problems = flatten(tomllib.loads(f"{ten} = 1\n[x]\n{ten} = 2"))

    assert pairs == {ten: "1"}
    assert [problem.key for problem in problems] == ["x.a.b.c.d.e.f.g.h.i"]


def test_one_key_written_in_two_ways_is_told() -> None:
    """The settings reference, section 1, "Duplicate keys"."""
    pairs, problems = flatten(tomllib.loads('"a.b" = 1\n[a]\nb = 2'))

    assert pairs == {"a.b": "1"}
    assert [(problem.key, problem.kind) for problem in problems] == [("a.b", "parse")]
