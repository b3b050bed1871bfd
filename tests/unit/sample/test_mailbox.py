import email.policy
import re
import struct
import zlib
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, message_from_string
from email.message import EmailMessage, Message
from itertools import pairwise

import pytest

from pillarbox.sample import Sample, mailbox

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
OWNER = "alice@home.example"


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    return list(mailbox(OWNER, now=NOW))


def parsed(sample: Sample) -> EmailMessage:
    return message_from_bytes(sample.raw, policy=email.policy.default)


def test_there_are_as_many_as_asked_for(samples: list[Sample]) -> None:
    assert len(samples) == 320
    assert len(list(mailbox(OWNER, 7, now=NOW))) == 7
    assert list(mailbox(OWNER, 0, now=NOW)) == []


def test_the_same_arguments_give_the_same_octets_and_another_seed_others(samples: list[Sample]) -> None:
    first = list(mailbox(OWNER, 60, now=NOW))

    assert first == list(mailbox(OWNER, 60, now=NOW))
    assert not {sample.raw for sample in first} & {sample.raw for sample in mailbox(OWNER, 60, 2, now=NOW)}


def test_no_two_have_one_message_id(samples: list[Sample]) -> None:
    assert len({parsed(sample)["Message-ID"] for sample in samples}) == 320


def test_what_a_reply_refers_to_came_before_it_or_is_said_to_be_elsewhere(samples: list[Sample]) -> None:
    """RFC 5322 section 3.6.4."""
    seen: set[str] = set()
    replies = missing = 0
    for sample in samples:
        message = parsed(sample)
        references = str(message.get("References", "")).split()
        assert str(message.get("In-Reply-To", "")).split() == references[-1:]
        lost = {reference for reference in references if reference.startswith("<elsewhere.")}
        assert set(references) - lost <= seen
        seen.add(str(message["Message-ID"]))
        replies, missing = replies + bool(references), missing + bool(lost)

    assert replies > 90
    assert 0 < missing < 30


def test_all_parse_without_defects(samples: list[Sample]) -> None:
    for sample in samples:
        assert [part.defects for part in parsed(sample).walk() if part.defects] == []
        # RFC 6532: a header in raw UTF-8 is text, which the library's parser of bytes does not know.
        header = sample.raw.partition(b"\r\n\r\n")[0].decode()
        fields = message_from_string(header, policy=email.policy.SMTPUTF8)
        assert [(name, value) for name, value in fields.items() if getattr(value, "defects", ())] == []


def test_lines_are_as_the_standard_has_them(samples: list[Sample]) -> None:
    """RFC 5322 section 2.1.1, section 2.3."""
    for sample in samples:
        assert sample.raw.count(b"\n") == sample.raw.count(b"\r\n") == sample.raw.count(b"\r")
        assert max(map(len, sample.raw.split(b"\r\n"))) <= 998


def test_they_come_in_order_over_two_years(samples: list[Sample]) -> None:
    times = [sample.received_at for sample in samples]

    assert all(earlier <= later for earlier, later in pairwise(times))
    assert NOW - timedelta(days=731) < times[0] < NOW - timedelta(days=600)
    assert NOW - timedelta(days=7) < times[-1] < NOW
    assert all(email.utils.parsedate_to_datetime(parsed(s)["Date"]) == s.received_at for s in samples)


def test_nobody_but_the_owner_is_real(samples: list[Sample]) -> None:
    for sample in samples:
        addresses = re.findall(rb"[\w.+-]+@([\w.-]+)", sample.raw.partition(b"\r\n\r\n")[0])
        assert all(domain.endswith(b".example") for domain in addresses)


def test_every_mailbox_and_every_keyword_is_there(samples: list[Sample]) -> None:
    assert {sample.folder for sample in samples} == {
        *("inbox", "sent", "drafts", "archive", "junk", "trash"),
        *(("Projects", "Garden"), ("Travel",), ("Bücher",)),
    }
    assert set().union(*(sample.keywords for sample in samples)) == {
        *("$seen", "$flagged", "$answered", "$draft", "$junk")
    }
    assert 10 < sum("$seen" not in sample.keywords for sample in samples) < 100


def test_there_is_everything_a_client_may_show() -> None:
    """Of 100 already, since the first of each kind come first."""
    parts: list[Message] = [part for s in mailbox(OWNER, 100, now=NOW) for part in parsed(s).walk()]
    fields = {name for part in parts for name in part}
    charsets = {part.get_content_charset() for part in parts}

    assert {part.get_content_type() for part in parts} >= {
        *("text/plain", "text/html", "multipart/alternative", "multipart/related", "multipart/mixed"),
        *("image/png", "text/calendar", "message/rfc822"),
    }
    assert fields >= {"List-Id", "List-Post", "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted"}
    assert charsets >= {"utf-8", "iso-2022-jp", "windows-1252"}
    assert any(part.get_param("format") == "flowed" for part in parts)


def test_headers_are_in_encoded_words_and_in_raw_utf_8(samples: list[Sample]) -> None:
    """RFC 2047, RFC 6532."""
    headers = [sample.raw.partition(b"\r\n\r\n")[0] for sample in samples]

    assert any(b"=?utf-8?" in header for header in headers)
    assert any("Ελένη".encode() in header for header in headers)
    for script in ("ü", "の", "ال", "ά", "📷"):
        assert any(script in str(parsed(sample)["Subject"]) for sample in samples), script


def test_pictures_are_shown_by_html_and_are_whole(samples: list[Sample]) -> None:
    """RFC 2392; RFC 2083 section 3."""
    pictures = 0
    for sample in samples:
        html = parsed(sample).get_body(("html",))
        for part in parsed(sample).walk():
            if part.get_content_type() != "image/png":
                continue
            assert html is not None
            assert f"cid:{part['Content-ID'].strip('<>')}" in html.get_content()
            octets = part.get_content()
            assert octets.startswith(b"\x89PNG\r\n\x1a\n")
            assert chunks(octets) == [b"IHDR", b"IDAT", b"IEND"]
            pictures += 1
    assert pictures >= 5


def chunks(png: bytes) -> list[bytes]:
    """The kinds of a PNG's chunks, each with the check sum it says."""
    kinds, at = [], 8
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", png, at + 8 + length) == (zlib.crc32(kind + data),)
        kinds.append(kind)
        at += 12 + length
    return kinds


def test_attachments_are_what_they_say(samples: list[Sample]) -> None:
    files = {
        name: part.get_content()
        for sample in samples
        for part in parsed(sample).iter_attachments()
        if (name := part.get_filename())
    }
    endings = {name.rpartition(".")[2] for name in files}

    assert endings >= {"pdf", "csv", "ics", "txt"}
    assert "Überstunden & Wünsche ☕.txt" in files
    for name, content in files.items():
        if name.endswith(".pdf"):
            assert content.startswith(b"%PDF-1.4\n")
            start = int(content.split(b"startxref\n")[1].split()[0])
            assert content[start:].startswith(b"xref\n0 6\n")
        if name.endswith(".csv"):
            assert {line.count(",") for line in content.splitlines()} == {2}
        if name.endswith(".ics"):
            assert content.startswith("BEGIN:VCALENDAR")
            assert content.rstrip().endswith("END:VCALENDAR")
