"""A person's mail of two years, put together from episodes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import TypeAlias

from pillarbox.sample.arrival import discarded, junk, newsletter, notice
from pillarbox.sample.conversation import BAKING, LETTERS, conversation, joined_late, mailing_list
from pillarbox.sample.desk import Desk
from pillarbox.sample.letter import Letter, Place, octets
from pillarbox.sample.occasion import draft, forward, invited, papers, photographs
from pillarbox.sample.people import Person

__all__ = ["Sample", "mailbox"]


@dataclass(frozen=True, slots=True)
class Sample:
    """A message nobody wrote: its octets, and where and how it lies in its mailbox.

    `folder` is a role ("inbox"), or a path of mailbox names (`("Projects", "Garden")`).
    """

    raw: bytes
    folder: Place
    keywords: frozenset[str]
    received_at: datetime


def mailbox(owner: str, count: int = 320, seed: int = 1, *, now: datetime) -> Iterator[Sample]:
    """The mail of the person with the address `owner`, oldest first, the newest just before `now`.

    The same arguments give the same octets. With a `count` of 100 or more there is everything a client
    may want to show: threads, pictures, attachments, invitations, lists, five scripts, and all roles.
    What a reply refers to comes before it, unless its message id begins with "elsewhere".
    `now` must be aware.
    """
    # Not for secrets; a seed must give the same mail each time.
    desk = Desk(_owner(owner), Random(seed), now.astimezone(UTC).replace(microsecond=0))  # noqa: S311
    letters: list[Letter] = []
    for episode in _episodes(desk.chance):
        if len(letters) >= count:
            break
        letters += _shelved(desk, episode(desk))[: count - len(letters)]
    for letter in sorted(letters, key=lambda letter: letter.when):
        yield Sample(octets(letter), letter.place, frozenset(letter.keywords), letter.when)


Episode: TypeAlias = Callable[[Desk], list[Letter]]

_WEIGHTS: tuple[tuple[Episode, int], ...] = (
    *((partial(conversation, theme=theme), 8) for theme in LETTERS[:5]),
    *((partial(conversation, theme=theme), 4) for theme in LETTERS[5:]),
    (partial(mailing_list, theme=BAKING), 8),
    (partial(joined_late, theme=LETTERS[0]), 1),
    (newsletter, 12),
    (notice, 14),
    (photographs, 7),
    (papers, 6),
    (invited, 3),
    (forward, 2),
    (draft, 2),
    (junk, 6),
    (discarded, 4),
)


def _episodes(chance: Random) -> Iterator[Episode]:
    """One of each kind, then for ever by weight."""
    kinds = [episode for episode, _ in _WEIGHTS]
    yield from kinds
    while True:
        yield chance.choices(kinds, [weight for _, weight in _WEIGHTS])[0]


def _shelved(desk: Desk, letters: list[Letter]) -> list[Letter]:
    """What the owner did with an episode: read most of it, flag a little, archive what is old."""
    chance = desk.chance
    age = desk.now - letters[-1].when
    archived = age > timedelta(days=120) and chance.random() < 0.65
    for letter in letters:
        if letter.place == "inbox" and archived:
            letter.place = "archive"
        if letter.place not in {"junk", "trash", "drafts"}:
            if chance.random() < (0.97 if age > timedelta(days=14) else 0.5):
                letter.keywords.add("$seen")
            if chance.random() < 0.06:
                letter.keywords.add("$flagged")
    return letters


def _owner(address: str) -> Person:
    """A person of the name that their address suggests: "alice.finch@…" is Alice Finch."""
    words = address.partition("@")[0].replace(".", " ").replace("_", " ").replace("-", " ").split()
    return Person(" ".join(word.capitalize() for word in words) or "Somebody", address)
