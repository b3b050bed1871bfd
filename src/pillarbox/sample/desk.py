"""Where an owner's letters are written: one clock, one source of chance, one row of message ids."""

from datetime import UTC, datetime, timedelta
from random import Random

from pillarbox.sample.grammar import Voice
from pillarbox.sample.letter import Letter, Place
from pillarbox.sample.people import Person

__all__ = ["Desk", "page", "quoted"]

_SPAN = 728
"""Days before `now` in which letters begin: two years, but for a day or two."""

_QUOTED = 9
"""Lines of a letter that a reply quotes."""

# Hours of the day at which people write; each as likely as it is often here.
_HOURS = (6, 7, 7, 8, 8, 9, 9, 9, 10, 10, 11, 12, 13, 14, 14, 15, 16, 17, 18, 19, 19, 20, 20, 21, 22, 23)


class Desk:
    """What an episode needs to write letters to and from `owner` before `now`."""

    def __init__(self, owner: Person, chance: Random, now: datetime) -> None:
        self.owner = owner
        self.chance = chance
        self.now = now
        self._written = 0
        self._series = f"{chance.getrandbits(32):08x}"

    def moment(self) -> datetime:
        """A time at which somebody might write, more often lately than long ago."""
        day = self.now - timedelta(days=_SPAN * self.chance.random() ** 1.5)
        when = day.replace(
            hour=self.chance.choice(_HOURS),
            minute=self.chance.randrange(60),
            second=self.chance.randrange(60),
            microsecond=0,
        )
        return when if when < self.now else when - timedelta(days=1)

    def later(self, when: datetime) -> datetime:
        """When an answer comes: mostly the same day, sometimes in half a week."""
        return when + timedelta(
            minutes=self.chance.choice((9, 34, 75, 190, 600, 1500, 4400)) * (1 + self.chance.random())
        )

    def new_id(self, domain: str) -> str:
        """A message id that no other letter of this desk has."""
        self._written += 1
        return f"{self._series}.{self._written:05}@{domain}"

    def letter(self, sender: Person, subject: str, text: str, when: datetime, place: Place = "inbox") -> Letter:
        """A letter to the owner, or one of the owner's own, to be addressed and filed as sent."""
        own = sender == self.owner
        return Letter(
            message_id=self.new_id(sender.address.rpartition("@")[2]),
            sender=sender,
            to=() if own else (self.owner,),
            when=when.astimezone(UTC).replace(microsecond=0),
            subject=subject,
            text=text,
            place="sent" if own else place,
            keywords={"$seen"} if own else set(),
        )


def page(voice: Voice, greeting: str, body: str, name: str) -> str:
    """A greeting, paragraphs, a closing by the voice's rules and a name."""
    return f"{greeting}\n\n{body}\n\n{voice.say('closing')}\n{name}\n"


def quoted(text: str) -> str:
    """The first lines of a text as a reply shows them, without what it quotes itself."""
    lines = text.splitlines()
    inner = next((number for number, line in enumerate(lines) if line.startswith(">")), None)
    # Over what a letter quotes stand an empty line and one that says whose words they are.
    own = lines if inner is None else lines[: inner - 2]
    return "".join(f"> {line}".rstrip() + "\n" for line in own[:_QUOTED])
