"""Core/echo (RFC 8620 section 4)."""

from tests.driver import JMAP


def test_arguments_come_back_as_they_were(alice: JMAP) -> None:
    """RFC 8620 section 4: the response has exactly the arguments of the call."""
    alice.says("Core/echo", hello=True, high=5, deep={"list": [1, "two", None]})

    alice.hears_exactly("Core/echo", hello=True, high=5, deep={"list": [1, "two", None]})
