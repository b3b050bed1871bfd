"""One-time codes by time."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillarbox.access.totp import BadTotp, Totp

_SEED = b"12345678901234567890"


def _rfc(algorithm: str, length: int) -> Totp:
    return Totp(base64.b32encode((_SEED * 4)[:length]).decode().rstrip("="), 8, 30, algorithm)


@pytest.mark.parametrize(
    ("at", "algorithm", "length", "code"),
    [
        (59, "SHA1", 20, "94287082"),
        (59, "SHA256", 32, "46119246"),
        (59, "SHA512", 64, "90693936"),
        (1111111109, "SHA1", 20, "07081804"),
        (1111111109, "SHA256", 32, "68084774"),
        (1111111109, "SHA512", 64, "25091201"),
        (20000000000, "SHA1", 20, "65353130"),
        (20000000000, "SHA256", 32, "77737706"),
        (20000000000, "SHA512", 64, "47863826"),
    ],
)
def test_the_codes_are_those_of_the_rfc(at: int, algorithm: str, length: int, code: str) -> None:
    """RFC 6238 appendix B."""
    totp = _rfc(algorithm, length)

    assert totp.at(at // 30) == code
    assert totp.step(code, at) == at // 30


def test_a_clock_may_be_a_step_off_and_no_more() -> None:
    """RFC 6238 section 5.2."""
    totp, now = Totp.fresh(), 1_000_000_000.0
    here = int(now // 30)

    assert [totp.step(totp.at(here + off), now) for off in (-2, -1, 0, 1, 2)] == [None, here - 1, here, here + 1, None]


def test_a_code_that_was_used_is_none_nor_is_one_before_it() -> None:
    """RFC 6238 section 5.2: a second attempt with it is not accepted."""
    totp, now = Totp.fresh(), 1_000_000_000.0
    here = int(now // 30)

    assert totp.step(totp.at(here), now, after=here) is None
    assert totp.step(totp.at(here - 1), now, after=here) is None
    assert totp.step(totp.at(here + 1), now, after=here) == here + 1


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "\ud800" * 6, " 123456"])
def test_what_is_no_code_is_none(code: str) -> None:
    """Ours."""
    assert Totp(base64.b32encode(_SEED).decode()).step(code, 1000.0) is None


def test_what_a_url_tells_is_what_the_url_was_made_of() -> None:
    """The form that programs which make codes agree on."""
    totp = Totp.fresh()

    assert totp.url("alice@home.example", "Pillarbox").startswith("otpauth://totp/Pillarbox:alice%40home.example?")
    assert Totp.of(totp.url("alice@home.example", "Pillarbox")) == totp
    secret = "GEZDGNBVGY3TQOJQ"
    other = Totp.of(f"otpauth://totp/x?secret={secret.lower()}&digits=8&period=60&algorithm=SHA256")
    assert other == Totp(secret, 8, 60, "SHA256")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "otpauth://totp/x",
        "otpauth://hotp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
        "https://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
        "otpauth://totp/x?secret=1",
        "otpauth://totp/x?secret=",
        "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=1",
        "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=x",
        "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&period=0",
        "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=MD5",
    ],
)
def test_what_is_no_such_url_is_told(url: str) -> None:
    """Ours."""
    with pytest.raises(BadTotp):
        Totp.of(url)


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(-3, 3)), max_size=30))
def test_no_sequence_of_tries_has_a_step_taken_twice(tries: list[tuple[int, int]]) -> None:
    """RFC 6238 section 5.2: whatever the clocks do, and however often it is tried."""
    totp, now, taken = Totp(base64.b32encode(_SEED).decode()), 1_000_000_000, [0]
    for seconds, off in tries:
        now += seconds
        step = totp.step(totp.at(now // 30 + off), now, taken[-1])
        if step is not None:
            assert step > taken[-1]
            assert abs(step - now // 30) <= 1
            taken.append(step)
