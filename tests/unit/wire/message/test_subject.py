"""The base subject."""

import pytest

from pillarbox.wire.message import base_subject


@pytest.mark.parametrize(
    "subject",
    [
        "Plans for Sunday",
        "Re: Plans for Sunday",
        "RE : Plans for Sunday",
        "re: fw: Fwd: Plans for Sunday",
        "Re: [friends] Plans for Sunday",
        "[friends] Re: Plans for Sunday",
        "[friends] [all] Plans for Sunday",
        "Re[2]: Plans for Sunday",
        "Fw [2] : Plans for Sunday",
        "  Plans \t for\r\n Sunday ",
        "Plans for Sunday (fwd)",
        "Plans for Sunday (fwd) (FWD) ",
        "[Fwd: Plans for Sunday]",
        "[fwd: Re: [fwd: [friends] Plans for Sunday (fwd)]]",
    ],
)
def test_replies_and_forwards_are_about_the_same(subject: str) -> None:
    """RFC 5256 section 2.1."""
    assert base_subject(subject) == "Plans for Sunday"


@pytest.mark.parametrize(
    ("subject", "base"),
    [
        ("[friends]", "[friends]"),
        ("Re: [friends]", "[friends]"),
        ("[a] [b]", "[b]"),
        ("Re:", ""),
        ("", ""),
        ("[fwd: ]", ""),
        ("Reply: Plans", "Reply: Plans"),
        ("AW: Plans", "AW: Plans"),
        ("[[a] Plans", "[[a] Plans"),
    ],
)
def test_what_is_no_artifact_is_the_subject(subject: str, base: str) -> None:
    """RFC 5256 section 2.1: a blob goes only if something is left, tokens are not translated (section 7)."""
    assert base_subject(subject) == base


@pytest.mark.parametrize("subject", ["[a]" * 300_000, "re: " * 300_000, "[fwd:" * 300_000 + "]" * 300_000])
def test_a_long_subject_is_looked_at_no_further_than_need_be(subject: str) -> None:
    """Ours."""
    assert len(base_subject(subject)) <= 1000
