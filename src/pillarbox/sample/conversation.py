"""Threads: people who answer each other, in one language, about one thing."""

import textwrap
from dataclasses import dataclass

from pillarbox.sample import english, people, tongues
from pillarbox.sample.bulletins import BAKERS
from pillarbox.sample.desk import Desk, page, quoted
from pillarbox.sample.grammar import Rules, Voice
from pillarbox.sample.letter import Letter, Place
from pillarbox.sample.people import Person

__all__ = ["BAKING", "LETTERS", "Theme", "conversation", "joined_late", "mailing_list"]


@dataclass(frozen=True, slots=True)
class Theme:
    """What is talked about, by whom, and how it is put into octets.

    `charsets` are pairs of a charset and a transfer encoding, of which each letter takes one.
    """

    rules: Rules
    people: tuple[Person, ...]
    place: Place = "inbox"
    charsets: tuple[tuple[str, str], ...] = (("utf-8", "quoted-printable"), ("utf-8", "8bit"))
    raw_header: bool = False


LETTERS = (
    Theme(english.GARDEN, people.NEIGHBOURS, ("Projects", "Garden")),
    Theme(english.TRAVEL, people.FRIENDS, ("Travel",)),
    Theme(english.FAMILY_NEWS, people.FAMILY),
    Theme(english.WORKSHOP_TALK, people.WORKSHOP),
    Theme(english.CHOIR, people.FRIENDS + people.NEIGHBOURS[:2]),
    Theme(
        tongues.GERMAN_TALK,
        people.GERMAN,
        ("Bücher",),
        (("windows-1252", "quoted-printable"), ("utf-8", "quoted-printable")),
    ),
    Theme(tongues.JAPANESE_TALK, people.JAPANESE, charsets=(("iso-2022-jp", "7bit"), ("utf-8", "base64"))),
    Theme(tongues.ARABIC_TALK, people.ARABIC, charsets=(("utf-8", "base64"), ("utf-8", "8bit"))),
    Theme(tongues.GREEK_TALK, people.GREEK, charsets=(("utf-8", "8bit"),), raw_header=True),
)

BAKING = Theme(BAKERS, people.FRIENDS + people.NEIGHBOURS + people.FAMILY[2:], charsets=(("utf-8", "8bit"),))

_LIST = Person("Sourdough", "sourdough@lists.crumb.example")

_LIST_FIELDS = (
    ("List-Id", "Sourdough, slowly <sourdough.lists.crumb.example>"),
    ("List-Post", f"<mailto:{_LIST.address}>"),
    ("List-Help", "<https://lists.crumb.example/sourdough/help>"),
    ("List-Archive", "<https://lists.crumb.example/sourdough/>"),
    ("List-Unsubscribe", "<mailto:sourdough-leave@lists.crumb.example>"),
    ("Precedence", "list"),
)


def conversation(desk: Desk, theme: Theme) -> list[Letter]:
    """One to seven letters, each but the first answering the one before; the owner is mostly one of them."""
    chance = desk.chance
    others = chance.sample(theme.people, min(len(theme.people), chance.choice((1, 1, 2, 3))))
    turns = chance.choices((1, 2, 3, 4, 5, 7), (4, 6, 6, 4, 2, 1))[0]
    speakers = [chance.choice([*others, desk.owner])]
    while len(speakers) < turns:
        speakers.append(chance.choice([*others, desk.owner, desk.owner]))
        if speakers[-1] == speakers[-2]:
            speakers[-1] = others[0] if speakers[-2] == desk.owner else desk.owner
    return _thread(desk, theme, speakers, others)


def mailing_list(desk: Desk, theme: Theme) -> list[Letter]:
    """A thread on a mailing list, of which the owner only reads (RFC 2919, RFC 2369)."""
    members = desk.chance.sample(theme.people, desk.chance.choice((2, 3, 4)))
    letters = _thread(desk, theme, members, members)
    for letter in letters:
        letter.to, letter.cc = (_LIST,), ()
        answer = letter.subject.startswith("Re: ")
        letter.subject = f"{'Re: ' if answer else ''}[sourdough] {letter.subject.removeprefix('Re: ')}"
        letter.fields = _LIST_FIELDS
    return letters


def joined_late(desk: Desk, theme: Theme) -> list[Letter]:
    """A thread whose first letters went to others: they are referred to, and are not there.

    Their message ids begin with "elsewhere".
    """
    letters = conversation(desk, theme)
    host = letters[0].sender.address.rpartition("@")[2]
    missing = tuple(f"elsewhere.{desk.new_id(host)}" for _ in range(2))
    letters[0].subject = f"Re: {letters[0].subject}"
    for letter in letters:
        letter.references = missing + letter.references
    return letters


def _thread(desk: Desk, theme: Theme, speakers: list[Person], others: list[Person]) -> list[Letter]:
    voice = Voice(desk.chance, theme.rules)
    subject, when = voice.say("subject"), desk.moment()
    letters: list[Letter] = []
    for sender in speakers:
        if when >= desk.now:
            break
        before = letters[-1] if letters else None
        letter = desk.letter(sender, f"Re: {subject}" if before else subject, "", when, theme.place)
        addressed = before.sender if before else others[0] if sender == desk.owner else desk.owner
        letter.to = (addressed,)
        letter.cc = tuple(one for one in [desk.owner, *others] if one not in {sender, addressed})
        letter.text = _text(voice, theme, letter, before)
        if before:
            letter.references = (*before.references, before.message_id)
            if sender == desk.owner:
                before.keywords |= {"$answered", "$seen"}
        _form(desk, theme, letter)
        letters.append(letter)
        when = desk.later(when)
    return letters


def _text(voice: Voice, theme: Theme, letter: Letter, before: Letter | None) -> str:
    addressed = letter.to[0].given
    greeting = voice.say("greeting") if "greeting" in theme.rules else f"Hi {addressed},"
    if before is None:
        body = f"{voice.say('opening')} {voice.paragraph('news', 2)}\n\n{voice.say('news')} {voice.say('question')}"
        return page(voice, greeting, body, letter.sender.given)
    wrote = theme.rules["wrote"][0] if "wrote" in theme.rules else "On %s, %s wrote:"
    body = f"{voice.say('answer')} {voice.say('news')}"
    answer = page(voice, greeting, body, letter.sender.given)
    return f"{answer}\n{wrote % (before.when.date(), before.sender.name)}\n{quoted(before.text)}"


def _form(desk: Desk, theme: Theme, letter: Letter) -> None:
    """Settle a letter's charset, transfer encoding and line breaks."""
    letter.charset, letter.encoding = desk.chance.choice(theme.charsets)
    letter.raw_header = theme.raw_header
    if theme.place == "inbox" and letter.encoding == "8bit" and not theme.raw_header:
        letter.flowed = True
        letter.text = "".join(_flowed(line) for line in letter.text.splitlines())


def _flowed(line: str) -> str:
    """A paragraph in lines that a reader may join again: those that end in a space (RFC 3676)."""
    if line.startswith(">") or len(line) <= 72:
        return f"{line}\n"
    return " \n".join(textwrap.wrap(line, 70)) + "\n"
