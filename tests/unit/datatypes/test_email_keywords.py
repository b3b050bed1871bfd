"""Keywords of Emails (RFC 8621 section 4.1.1)."""

import pytest

from pillarbox.datatypes.mail.email.record import is_keyword, keywords_normal


@pytest.mark.parametrize("text", ["$seen", "a", "!", "~", "a" * 255, "foo/bar", "[x", "}"])
def test_what_is_a_keyword(text: str) -> None:
    """RFC 8621 section 4.1.1: 1 to 255 characters of %x21-%x7e."""
    assert is_keyword(text)


@pytest.mark.parametrize("text", ["", "a b", "\x7f", "é", "a" * 256, *(f"a{sign}" for sign in '(){]%*"\\'), "a\n"])
def test_what_is_none(text: str) -> None:
    """RFC 8621 section 4.1.1: none of ( ) { ] % * " and backslash."""
    assert not is_keyword(text)


def test_keywords_are_kept_in_lower_case() -> None:
    """RFC 8621 section 4.1.1; a letter whose lower case happens to be ASCII is still none."""
    assert keywords_normal({"$Seen": True, "$SEEN": True, "\u212a": True}) == {"$seen": True, "\u212a": True}
