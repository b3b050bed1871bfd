"""Macros are filled in: the settings reference, section 3."""

from collections.abc import Mapping

import pytest

from pillarbox.settings.macro import expand

FILES = {"/etc/secret": "pass\nword\n", "/etc/dos": "secret\r\n"}


def content(path: str) -> str:
    if path == "/etc/latin":
        return b"\xe9".decode()
    if path not in FILES:
        raise FileNotFoundError(2, "No such file or directory", path)
    return FILES[path]


def filled(pairs: Mapping[str, str]) -> dict[str, str]:
    expanded, problems = expand(pairs, frozenset(), {"USER": "alice", "TRICK": "%{env:USER}%"}, content)
    assert problems == []
    return expanded


def test_env_is_an_environment_variable() -> None:
    """The settings reference, section 3, "env"."""
    assert filled({"a": "%{env:USER}%"}) == {"a": "alice"}


def test_a_value_may_have_several() -> None:
    """The settings reference, section 3: several macros per value are allowed."""
    assert filled({"a": "<%{env:USER}%|%{env:USER}%>"}) == {"a": "<alice|alice>"}


@pytest.mark.parametrize(("path", "text"), [("/etc/secret", "pass\nword"), ("/etc/dos", "secret")])
def test_file_is_its_text_without_one_final_newline(path: str, text: str) -> None:
    """The settings reference, section 3: one trailing newline of a secret is stripped."""
    assert filled({"a": f"%{{file:{path}}}%"}) == {"a": text}


def test_the_path_of_a_file_may_begin_as_in_a_url() -> None:
    """The settings reference, section 3, "file": a leading // is stripped."""
    assert filled({"a": "%{file:///etc/dos}%"}) == {"a": "secret"}


def test_cfg_is_another_setting_with_its_own_macros_filled_in() -> None:
    """The settings reference, section 3, "cfg"; ours: in whatever order they are written."""
    expected = {"a": "<alice>", "b": "<alice>", "c": "alice"}

    assert filled({"a": "%{cfg:b}%", "b": "<%{cfg:c}%>", "c": "%{env:USER}%"}) == expected


def test_what_was_filled_in_is_not_looked_at_again() -> None:
    """Ours: a secret may hold any characters."""
    assert filled({"a": "%{env:TRICK}%"}) == {"a": "%{env:USER}%"}


def test_what_is_no_macro_stays() -> None:
    """The settings reference, section 3."""
    assert filled({"a": "100%", "b": "%{x}%", "c": "%{env:USER}"}) == {"a": "100%", "b": "%{x}%", "c": "%{env:USER}"}


@pytest.mark.parametrize(
    "macro",
    ["%{env:NOBODY}%", "%{file:/etc/none}%", "%{file:/etc/latin}%", "%{cfg:none}%", "%{cfg:a}%", "%{sql:x}%"],
)
def test_a_macro_that_fails_costs_its_entry_alone(macro: str) -> None:
    """Ours: half a value is worse than none."""
    expanded, problems = expand({"a": f"x{macro}", "b": "y"}, frozenset(), {}, content)

    assert expanded == {"b": "y"}
    assert [(problem.key, problem.kind) for problem in problems] == [("a", "macro")]


def test_a_circle_is_told_for_each_setting_on_it() -> None:
    """Ours."""
    expanded, problems = expand({"a": "%{cfg:b}%", "b": "%{cfg:a}%", "c": "z"}, frozenset(), {}, content)

    assert expanded == {"c": "z"}
    assert [problem.key for problem in problems] == ["a", "b"]


def test_what_the_environment_gave_is_taken_as_it_is() -> None:
    """The settings reference, section 3: macros are for the local file alone."""
    expanded, _ = expand({"a": "%{env:USER}%", "b": "%{cfg:a}%"}, frozenset({"a"}), {"USER": "alice"}, content)

    assert expanded == {"a": "%{env:USER}%", "b": "%{env:USER}%"}
