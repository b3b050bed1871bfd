"""Letters that arrive without a friend behind them: newsletters, notices, junk, and what was thrown away."""

from html import escape

from pillarbox.sample.bulletins import JUNK, NEWSLETTERS, NOTICES
from pillarbox.sample.desk import Desk
from pillarbox.sample.grammar import Voice
from pillarbox.sample.letter import Letter
from pillarbox.sample.occasion import styled
from pillarbox.sample.paper import sheet
from pillarbox.sample.people import Person

__all__ = ["discarded", "junk", "newsletter", "notice"]


def newsletter(desk: Desk) -> list[Letter]:
    """One issue, in HTML and text, which one can leave with a click (RFC 2369, RFC 8058)."""
    bulletin = desk.chance.choice(NEWSLETTERS)
    voice = Voice(desk.chance, bulletin.rules)
    title, lead, button = voice.say("subject"), voice.say("lead"), voice.say("button")
    stories = [voice.say("story") for _ in range(3)]
    host = bulletin.sender.address.rpartition("@")[2]
    text = "\n\n".join([title.upper(), lead, *stories, f"{button}: https://{host}/"]) + "\n"
    letter = desk.letter(bulletin.sender, title, text, desk.moment())
    letter.html = styled(
        f'<h1 style="color:{bulletin.colour}">{escape(title)}</h1><p><em>{escape(lead)}</em></p>'
        + "".join(f"<p>{escape(story)}</p>" for story in stories)
        + f'<p><a href="https://{host}/" style="background:{bulletin.colour};color:#ffffff;padding:.6em 1.2em;'
        f'border-radius:4px;text-decoration:none">{escape(button)}</a></p>'
        + f'<p style="font-size:12px">{escape(bulletin.sender.name)} &middot; <a href="https://{host}/leave">'
        "Unsubscribe</a></p>"
    )
    letter.fields = (
        # A name that would want encoded words is better left out (RFC 2919 section 3).
        ("List-Id", f"{bulletin.sender.name if bulletin.sender.name.isascii() else ''} <news.{host}>".strip()),
        ("List-Unsubscribe", f"<https://{host}/leave?who=1>, <mailto:leave@{host}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Precedence", "bulk"),
    )
    return [letter]


def notice(desk: Desk) -> list[Letter]:
    """A line or two by a machine (RFC 3834 section 5); a bank's statement comes with its PDF."""
    bulletin = desk.chance.choice(NOTICES)
    voice = Voice(desk.chance, bulletin.rules)
    subject, line = voice.say("notice").split("\n")
    text = f"Hello {desk.owner.given},\n\n{line}\n\n-- \n{bulletin.sender.name}\nThis message was sent by a machine.\n"
    letter = desk.letter(bulletin.sender, subject, text, desk.moment())
    letter.fields = (("Auto-Submitted", "auto-generated"),)
    if "statement" in subject:
        sums = tuple(
            f"{day:02}   {desk.chance.randrange(3, 900)}.{desk.chance.randrange(10, 99)}" for day in (3, 9, 14, 27)
        )
        letter.attachments = (sheet("statement.pdf", bulletin.sender.name, (subject, *sums)),)
    return [letter]


def junk(desk: Desk) -> list[Letter]:
    """Somebody means well by nobody."""
    voice = Voice(desk.chance, JUNK)
    pride, claim = desk.chance.choice(("mega", "ultra", "very")), desk.chance.choice(("legit", "bargain", "lucky"))
    host = f"{pride}-{claim}.example"
    sender = Person(desk.chance.choice(("Prize Office", "Dr. Prince", "Winner Desk")), f"winner@{host}")
    letter = desk.letter(sender, voice.say("subject"), "", desk.moment(), "junk")
    lines = [voice.say("line") for _ in range(3)]
    letter.text = "\n\n".join(lines) + f"\n\nhttps://{host}/claim\n"
    letter.html = styled(
        "".join(f'<p style="color:#c00000;font-size:20px">{escape(line)}</p>' for line in lines), "#c00000"
    )
    letter.keywords = {"$junk"}
    return [letter]


def discarded(desk: Desk) -> list[Letter]:
    """A newsletter or a notice that was read and thrown away."""
    [letter] = desk.chance.choice((newsletter, notice))(desk)
    letter.place = "trash"
    letter.keywords = {"$seen"}
    return [letter]
