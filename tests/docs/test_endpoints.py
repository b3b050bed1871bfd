"""The page of endpoints: each is there as it is declared, with an example that is answered as it says."""

import json
from typing import Any

import pytest
from tests.docs.endpoints import PAGE, answers, example, page, shown_answers
from tests.docs.scene import REFUSED, furnished
from tests.driver import Home

from pillarbox.management import ENDPOINTS
from pillarbox.management.later import ENDPOINTS as LATER


def test_the_page_is_what_is_declared() -> None:
    """House style: documentation is tested. To mend: python -m tests.docs.endpoints > docs/reference/endpoints.md"""
    text = PAGE.read_text("utf-8")

    assert page(shown_answers(text)) == text


def test_an_example_fills_in_what_its_path_leaves_open() -> None:
    """Ours: one can be sent as it stands."""
    assert [one.path for one in ENDPOINTS if "{" in example(one).target] == []
    assert [one.path for one in ENDPOINTS if one.body is not None and example(one).body is None] == []


def test_examples_are_answered_as_the_page_says(home: Home) -> None:
    """Issue 6: the docs describe each endpoint with an example that a test executes."""
    shown = shown_answers(PAGE.read_text("utf-8"))
    later = {(one.method, one.path) for one in LATER}
    with furnished(home) as root:
        told = answers(root)
    for at, answer in told.items():
        assert answer.status == (501 if at in later else 422 if at[1] in REFUSED else 200), (at, answer)
        assert bool(answer.text) == bool(shown[at]), at
        if "json" in answer.media_type:
            assert_alike(json.loads(answer.text), json.loads(shown[at]), at)


def assert_alike(found: Any, shown: Any, at: Any) -> None:
    """They have the same form: members, and kinds of values; entries of lists may be more or fewer."""
    if isinstance(shown, dict) and isinstance(found, dict):
        assert found.keys() == shown.keys(), at
        for name in shown:
            assert_alike(found[name], shown[name], (at, name))
    elif isinstance(shown, list) and isinstance(found, list):
        assert bool(found) == bool(shown), at
        for one, other in zip(found, shown, strict=False):
            assert_alike(one, other, at)
    else:
        assert type(found) is type(shown), (at, found, shown)


@pytest.mark.parametrize(("shown", "same"), [({"a": [1]}, True), ({"a": []}, False), ({"b": [1]}, False), ("a", False)])
def test_forms_are_told_apart(shown: Any, same: bool) -> None:  # noqa: FBT001 - a case
    """Ours."""
    try:
        assert_alike({"a": [2, 3]}, shown, "")
    except AssertionError:
        assert not same
    else:
        assert same
