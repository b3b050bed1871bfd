"""The mail that is measured with: files to import, and messages to deliver, none like another."""

from collections.abc import Iterator
from pathlib import Path

from pillarbox.sample import Sample, many

__all__ = ["COUNTER", "LETTERS", "letter", "mailbox", "numbered", "numbers", "template"]

COUNTER = b"@@@@@@@@"
"""Stands for eight digits, others in each message."""

LETTERS = 50
"""Messages in text and HTML with an attachment, in a Mailbox of that name, to be opened."""

_PAPER = f"{'QUJD' * 19}\n" * 160
_FILES = {"inbox": "Inbox", "sent": "Sent", "archive": "Archive"}


def mailbox(folder: Path, messages: int, seed: int) -> Path:
    """A folder of mbox files with so many messages of 300 words, and the letters; made if it is not there."""
    made = folder / f"{messages} of {seed}"
    if made.exists():
        return made
    writing = folder / f"{messages} of {seed}, half written"
    writing.mkdir(parents=True, exist_ok=True)
    files = {place: (writing / name).open("wb") for place, name in _FILES.items()}
    try:
        for sample in many(messages, seed):
            place = sample.folder if isinstance(sample.folder, str) else "archive"
            files[place].write(_entry(sample))
    finally:
        for file in files.values():
            file.close()
    with (writing / "Letters").open("wb") as file:
        for number in range(LETTERS):
            file.write(b"From somebody@far.example Wed Jan  1 12:00:00 2020\n" + letter(number) + b"\n")
    return writing.rename(made)


def letter(number: int) -> bytes:
    """A message in text and HTML with an attachment of 9 kB, some 17 kB in all; lines end in LF."""
    paragraphs = [sample.raw.partition(b"\r\n\r\n")[2][:1500].decode() for sample in many(3, number)]
    text = "\n\n".join(paragraphs)
    html = "".join(f"<p style='color:#333'>{paragraph}</p>" for paragraph in paragraphs)
    return (
        (
            f"From: Correspondent {number} <c{number}@far.example>\nTo: Owner <owner@home.example>\n"
            f"Subject: A letter, the {number}th\nDate: Wed, 1 Jan 2020 12:{number:02}:00 +0000\n"
            f"Message-ID: <letter.{number}@far.example>\nReceived: from far.example by home.example; Wed, 1 Jan 2020\n"
            'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="one"\nStatus: RO\n\n'
            '--one\nContent-Type: multipart/alternative; boundary="two"\n\n'
            f"--two\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
            f"--two\nContent-Type: text/html; charset=utf-8\n\n<html><body>{html}</body></html>\n--two--\n"
            '--one\nContent-Type: application/pdf\nContent-Disposition: attachment; filename="a.pdf"\n'
            f"Content-Transfer-Encoding: base64\n\n{_PAPER}--one--\n"
        )
        .replace("\r\n", "\n")
        .encode()
    )


def template(size: int = 5_000) -> bytes:
    """A message of about so many octets with `COUNTER` where it differs from others; lines end in CRLF."""
    head = (
        b"From: Bob <bob@far.example>\r\nTo: Owner <owner@home.example>\r\nSubject: Message " + COUNTER + b"\r\n"
        b"Date: Wed, 1 Jan 2020 12:00:00 +0000\r\nMessage-ID: <" + COUNTER + b"@far.example>\r\n"
        b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
    )
    (sample,) = many(1, 5, words=size // 4)
    body = sample.raw.partition(b"\r\n\r\n")[2][: size - len(head)]
    return head + body[: body.rindex(b"\r\n") + 2]


def _entry(sample: Sample) -> bytes:
    """A message as it stands in an mbox file, with whether it was read."""
    status = b"Status: RO\n" if "$seen" in sample.keywords else b"Status: O\n"
    head, _, body = sample.raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    when = sample.received_at.strftime("%a %b %e %H:%M:%S %Y").encode()
    return b"From somebody@far.example " + when + b"\n" + head + b"\n" + status + b"\n" + body + b"\n"


def numbered(raw: bytes, number: int) -> bytes:
    """The template's message of this number."""
    return raw.replace(COUNTER, b"%08x" % number)


def numbers(start: int) -> Iterator[int]:
    """Numbers that no message of this run has, beginning at a multiple of a million."""
    number = start * 1_000_000
    while True:
        yield number
        number += 1
