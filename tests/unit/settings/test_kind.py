"""The kinds of values: the settings reference, section 2."""

from ipaddress import ip_network

import pytest

from pillarbox.settings.address import ADDRESS, NETWORK
from pillarbox.settings.kind import (
    BOOLEAN,
    COUNT,
    HOST_NAME,
    INTEGER,
    NAME,
    SECRET,
    STRING,
    BadValue,
    Kind,
    choice,
    optional,
)
from pillarbox.settings.quantity import BYTES, DURATION, RATE, Duration, Rate

COLOUR = choice(("red", "green"))


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (INTEGER, "0", 0),
        (INTEGER, "-42", -42),
        (INTEGER, "9007199254740991", 2**53 - 1),
        (COUNT, "1", 1),
        (BOOLEAN, "true", True),
        (BOOLEAN, "false", False),
        (STRING, "", ""),
        (NAME, "Post aus Köln", "Post aus Köln"),
        (HOST_NAME, "Mail.Example.ORG.", "mail.example.org"),
        (COLOUR, "red", "red"),
        (BYTES, "1048576", 1048576),
        (NETWORK, "192.0.2.1", ip_network("192.0.2.1/32")),
        (NETWORK, "192.0.2.1/24", ip_network("192.0.2.0/24")),
        (NETWORK, "2001:db8::/32", ip_network("2001:db8::/32")),
    ],
)
def test_a_value_is_read(kind: Kind[object], text: str, value: object) -> None:
    """The settings reference, section 2, row by row."""
    assert kind.parse(text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *((INTEGER, text) for text in ("+5", "1_000", "0x10", "", " 1", "1.0", "٣", "9007199254740992", "9" * 9999)),
        *((COUNT, text) for text in ("0", "-1")),
        *((BOOLEAN, text) for text in ("True", "yes", "1", "", "true ")),
        *((NAME, text) for text in ("", " ", "a\nb", "\x1b[2J")),
        *((HOST_NAME, text) for text in ("", "a b", "a..b", "-a.example", "https://a", "a:25", "x" * 254)),
        *((COLOUR, text) for text in ("Red", "blue", "")),
        *((DURATION, text) for text in ("", "0", "0s", "-1s", "1h30m", "m", "5 weeks", "1.5s", "m5", "9" * 16 + "d")),
        *((BYTES, text) for text in ("", "0", "-1", "10M", "1.5")),
        *((RATE, text) for text in ("", "5", "0/1m", "5/", "5/0", "/1m", "none", "a/b")),
        *((NETWORK, text) for text in ("", "192.0.2.0/7", "::/0", "192.0.2.0/33", "host.example")),
        *((ADDRESS, text) for text in ("", "127.0.0.1", "2001:db8::2", "[::1]", "localhost:80", "127.0.0.1:65536")),
        *((ADDRESS, text) for text in ("[127.0.0.1]:80", ":80", "unix:", "unix:run/x", "unix:/" + "x" * 107)),
    ],
)
def test_what_is_no_value_is_refused(kind: Kind[object], text: str) -> None:
    """The settings reference, section 2, row by row."""
    with pytest.raises(BadValue):
        kind.parse(text)


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("250", 250),
        ("250ms", 250),
        ("30s", 30_000),
        ("5m", 300_000),
        ("1h", 3_600_000),
        ("2D", 172_800_000),
        (" 1 0 M ", 600_000),
    ],
)
def test_a_duration_is_in_milliseconds_unless_it_has_a_unit(text: str, milliseconds: int) -> None:
    """The settings reference, section 2, "duration"."""
    assert DURATION.parse(text) == Duration(milliseconds)


def test_a_duration_is_told_in_seconds_too() -> None:
    """Ours: clocks and timeouts take seconds."""
    assert Duration(1500).seconds == 1.5


@pytest.mark.parametrize(
    ("text", "hint"), [("10k", "10000 or 10240"), ("1 MiB", "1000000 or 1048576"), ("2GB", "2000000000 or 2147483648")]
)
def test_a_size_with_a_suffix_is_told_as_a_plain_number(text: str, hint: str) -> None:
    """The settings reference, section 2, "size": no suffixes."""
    with pytest.raises(BadValue, match=f"write {hint}"):
        BYTES.parse(text)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("1000/1m", Rate(1000, Duration(60_000))),
        (" 20 / 5 m ", Rate(20, Duration(300_000))),
        ("5/10ms", Rate(5, Duration(1000))),
    ],
)
def test_a_rate_is_a_count_in_a_period_of_a_second_or_more(text: str, rate: Rate) -> None:
    """The settings reference, section 2, "rate"."""
    assert RATE.parse(text) == rate


OFF = ("", "false", "disable", "disabled", "never", "0", "none", "unlimited", "Never", "NONE")


@pytest.mark.parametrize("word", OFF)
@pytest.mark.parametrize("kind", [RATE, DURATION, BYTES, COUNT], ids=lambda kind: kind.name)
def test_every_word_for_off_turns_every_optional_kind_off(kind: Kind[object], word: str) -> None:
    """The settings reference, section 2, "optional T", and its note on optional rates."""
    assert optional(kind).parse(word) is None


def test_an_optional_kind_takes_what_the_kind_takes() -> None:
    """The settings reference, section 2, "optional T"."""
    assert optional(DURATION).parse("30d") == Duration(30 * 86_400_000)
    with pytest.raises(BadValue):
        optional(DURATION).parse("soon")


@pytest.mark.parametrize(
    "text", ["127.0.0.1:8080", "0.0.0.0:0", "[::1]:2424", "[2001:db8::1]:65535", "unix:/run/pillarbox/http"]
)
def test_an_address_is_shown_as_it_is_written(text: str) -> None:
    """The settings reference, section 2, "socket address"; ours: unix."""
    assert ADDRESS.show(ADDRESS.parse(text)) == text


@pytest.mark.parametrize(("text", "hint"), [("2001:db8::2", r"\[2001:db8::2\]:8080"), ("10.0.0.1", "10.0.0.1:8080")])
def test_an_address_without_its_port_is_told_with_one(text: str, hint: str) -> None:
    """The settings reference, section 2: the port is required."""
    with pytest.raises(BadValue, match=hint):
        ADDRESS.parse(text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [(DURATION, "90m"), (DURATION, "1500ms"), (RATE, "20/5m"), (BOOLEAN, "false")],
)
def test_what_is_shown_can_be_written(kind: Kind[object], text: str) -> None:
    """Ours: `show` is the way back from `parse`."""
    assert kind.show(kind.parse(text)) == text


def test_a_secret_is_read_and_never_shown() -> None:
    """Ours."""
    secret = SECRET.parse("geheim")

    assert secret.reveal() == "geheim"
    assert "geheim" not in SECRET.show(secret) + repr(secret)


def test_a_message_quotes_little_and_nothing_that_moves_a_cursor() -> None:
    """Ours: it ends in a log that people read."""
    with pytest.raises(BadValue) as raised:
        BOOLEAN.parse("\x1b[2J" + "x" * 10_000)

    assert len(str(raised.value)) < 200
    assert str(raised.value).isprintable()
