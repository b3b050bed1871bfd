"""Who comes in by the settings alone."""

import pytest

from pillarbox.settings import catalogue, snapshot


@pytest.mark.parametrize("who", ["fallback-admin", "master"])
@pytest.mark.parametrize(("given", "missing"), [("user", "secret"), ("secret", "user")])
def test_of_a_name_and_a_secret_that_are_not_both_there_it_is_told(who: str, given: str, missing: str) -> None:
    """Ours: whoever writes one of them would find out when nothing else works."""
    _, problems = snapshot({f"authentication.{who}.{given}": "something"})

    assert [(one.key, one.kind) for one in problems] == [(f"authentication.{who}.{missing}", "missing")]


def test_both_of_them_are_in_force_and_the_secret_is_not_shown() -> None:
    """Ours."""
    settings, problems = snapshot({"authentication.master.user": "master", "authentication.master.secret": "skeleton"})
    secret = settings[catalogue.MASTER_SECRET]

    assert not problems
    assert settings[catalogue.MASTER_USER] == "master"
    assert secret is not None
    assert secret.reveal() == "skeleton"
    assert "skeleton" not in repr(secret)
