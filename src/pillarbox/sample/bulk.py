"""Very many messages quickly, for benchmarks: plain octets, formatted by hand.

Their words are of `VOCABULARY`, commonest first. As in a language, the word at place n (from 1) is about
1/n as common as the first (Zipf's law), so that a search can be for a word as common or as rare as wanted:
`expected_share` says in how many of the messages a word stands. `COMMON` is in about one of four messages
of 300 words, `RARE` in about one of 700.
"""

from base64 import encodebytes
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate, product
from random import Random

from pillarbox.sample.composition import Sample
from pillarbox.sample.letter import Place

__all__ = ["COMMON", "RARE", "VOCABULARY", "expected_share", "many"]

COMMON = "harbour"
RARE = "zephyr"

_SIZE = 20_000
_COMMON_PLACE = 100

_CONSONANTS = "bdfgklmnprstvz"
_SYLLABLES = tuple(f"{consonant}{vowel}" for consonant, vowel in product(_CONSONANTS, "aeiou"))


def _vocabulary() -> tuple[str, ...]:
    """Words of two to four syllables, none twice, with two real ones at their places."""
    made = Random(20_000)  # noqa: S311  # the same words for every seed
    words: dict[str, None] = {}
    while len(words) < _SIZE:
        words["".join(made.choices(_SYLLABLES, k=made.choice((2, 3, 3, 4))))] = None
    listed = list(words)
    listed[_COMMON_PLACE - 1], listed[-1] = COMMON, RARE
    return tuple(listed)


VOCABULARY = _vocabulary()

_SHARES = tuple(1 / place for place in range(1, _SIZE + 1))
_SUMS = tuple(accumulate(_SHARES))

_BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
_PACE = timedelta(minutes=3)
_CORRESPONDENTS = 200
_OWNER = "owner@home.example"

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_WORDS_IN_LINE = 10
_OPEN_THREADS = 64
"""Threads that an answer may go to; a few at a time, as people have them."""


def expected_share(word: str, words: int = 300) -> float:
    """The share of messages of so many words that are expected to hold `word` of the vocabulary in their text.

    Raises ValueError if it is not of the vocabulary.
    """
    return float(1 - (1 - _SHARES[VOCABULARY.index(word)] / _SUMS[-1]) ** words)


def many(count: int, seed: int, words: int = 300) -> Iterator[Sample]:
    """That many messages of about `words` words, three minutes apart from the first day of 2020 on.

    They come from 200 correspondents in threads of four on average; one in ten has an attachment of
    some 3 KB, and one in twelve is the owner's own. The same arguments give the same octets.
    """
    chance = Random(seed)  # noqa: S311  # for benchmarks, not for secrets
    threads: list[tuple[str, list[str]]] = []
    for number in range(count):
        if threads and chance.random() < 0.75:
            subject, before = chance.choice(threads)
            subject = f"Re: {subject}"
        else:
            subject, before = " ".join(_words(chance, 4)), []
            threads.append((subject, before))
            if len(threads) > _OPEN_THREADS:
                threads.pop(chance.randrange(_OPEN_THREADS))
        yield _sample(chance, number, seed, subject, before, words)


def _sample(chance: Random, number: int, seed: int, subject: str, before: list[str], words: int) -> Sample:
    when = _BEGIN + number * _PACE
    own = chance.random() < 1 / 12
    writer = chance.randrange(_CORRESPONDENTS)
    other = f"Correspondent {writer} <c{writer}@far{writer % 20}.example>"
    message_id = f"<{seed}.{number}@bulk.example>"
    header = (
        f"From: {_OWNER if own else other}\r\nTo: {other if own else _OWNER}\r\nSubject: {subject}\r\n"
        f"Date: {_date(when)}\r\nMessage-ID: {message_id}\r\nMIME-Version: 1.0\r\n"
    )
    if before:
        # The first and the last few, as clients do that keep the field short (RFC 5322 section 3.6.4).
        shown = before if len(before) < 10 else before[:1] + before[-8:]
        header += f"In-Reply-To: {before[-1]}\r\nReferences: " + "\r\n ".join(shown) + "\r\n"
    before.append(message_id)
    text = _lines(_words(chance, words))
    if chance.random() < 0.1:
        raw = header + _with_attachment(chance, number, text)
    else:
        raw = f"{header}Content-Type: text/plain; charset=us-ascii\r\n\r\n{text}"
    keywords = frozenset({"$seen"}) if own or chance.random() < 0.9 else frozenset[str]()
    place: Place = "sent" if own else "inbox" if chance.random() < 0.7 else "archive"
    return Sample(raw.encode("ascii"), place, keywords, when)


def _with_attachment(chance: Random, number: int, text: str) -> str:
    boundary = f"=_{number}"
    content = encodebytes(chance.randbytes(3_000)).decode("ascii").replace("\n", "\r\n")
    return (
        f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'
        f"--{boundary}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n{text}\r\n"
        f"--{boundary}\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: attachment; filename="paper-{number}.bin"\r\n\r\n{content}\r\n--{boundary}--\r\n'
    )


def _words(chance: Random, count: int) -> list[str]:
    return chance.choices(VOCABULARY, cum_weights=_SUMS, k=count)


def _lines(words: list[str]) -> str:
    lines = (" ".join(words[at : at + _WORDS_IN_LINE]) for at in range(0, len(words), _WORDS_IN_LINE))
    return "\r\n".join(lines) + "\r\n"


def _date(when: datetime) -> str:
    """RFC 5322 section 3.3; the library's own takes a third of the time of a whole message."""
    return (
        f"{_DAYS[when.weekday()]}, {when.day} {_MONTHS[when.month - 1]} {when.year} "
        f"{when.hour:02}:{when.minute:02}:{when.second:02} +0000"
    )
