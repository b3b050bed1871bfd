"""Letters with something in them: pictures, papers, an invitation, another letter; and those never sent."""

from datetime import timedelta
from html import escape

from pillarbox.sample import english, people
from pillarbox.sample.desk import Desk, page
from pillarbox.sample.grammar import Voice
from pillarbox.sample.letter import Letter
from pillarbox.sample.paper import invitation, note, sheet, table
from pillarbox.sample.picture import flowers, landscape

__all__ = ["draft", "forward", "invited", "papers", "photographs", "styled"]

_PICTURE = '<p><img src="cid:{}" alt="{}" width="384" height="216" style="border-radius:8px"></p>'


def photographs(desk: Desk) -> list[Letter]:
    """A letter in HTML with one to three pictures within it."""
    chance = desk.chance
    garden = chance.random() < 0.5
    rules = english.GARDEN if garden else english.TRAVEL
    voice = Voice(chance, rules)
    sender = chance.choice(people.NEIGHBOURS if garden else people.FRIENDS)
    count = chance.choice((1, 2, 3))
    pictures = tuple((flowers if garden else landscape)(chance) for _ in range(count))
    stories = [voice.say("news") for _ in pictures]
    text = page(voice, f"Hi {desk.owner.given},", "\n\n".join([voice.say("opening"), *stories]), sender.given)
    subject = f"{count} {'picture' if count == 1 else 'pictures'}: {voice.say('subject')} 📷"
    letter = desk.letter(sender, subject, text, desk.moment(), ("Projects", "Garden") if garden else ("Travel",))
    shown = "".join(
        f"<p>{escape(story)}</p>{_PICTURE.format(number, 'flowers' if garden else 'hills')}"
        for number, story in enumerate(stories)
    )
    letter.html = styled(f"<p>Hi {escape(desk.owner.given)},</p>{shown}<p>{escape(sender.given)}</p>")
    letter.pictures = pictures
    return [letter]


def papers(desk: Desk) -> list[Letter]:
    """A letter from the workshop with a PDF, a table, or both and a list in a file of another script."""
    chance = desk.chance
    voice = Voice(chance, english.WORKSHOP_TALK)
    sender = chance.choice(people.WORKSHOP)
    month, parts = voice.say("MONTH"), [voice.say("part") for _ in range(4)]
    rows = tuple((part, str(chance.randrange(3, 90)), f"{chance.randrange(2, 40)}.50") for part in parts)
    body = f"{voice.say('opening')} The papers for {month} are attached.\n\n{voice.paragraph('news', 2)}"
    letter = desk.letter(
        sender,
        f"Papers for {month}",
        page(voice, f"Hi {desk.owner.given},", body, sender.given),
        desk.moment(),
    )
    pdf = sheet(
        f"stocktaking-{month.lower()}.pdf",
        f"Stocktaking, {month}",
        tuple(f"{part}: {count} at {price}" for part, count, price in rows),
    )
    csv = table(f"stock-{month.lower()}.csv", (("part", "count", "price"), *rows))
    todo = note("Überstunden & Wünsche ☕.txt", ("Kaffee", "Kettenöl", "eine Tuba, notfalls", "☕ ☕ ☕"))
    letter.attachments = chance.choice(((pdf,), (csv,), (pdf, csv), (pdf, csv, todo)))
    return [letter]


def invited(desk: Desk) -> list[Letter]:
    """An invitation to a rehearsal, as a file that a calendar reads."""
    voice = Voice(desk.chance, english.CHOIR)
    host = desk.chance.choice(people.FRIENDS)
    when = desk.moment()
    start = (when + timedelta(days=9)).replace(hour=18, minute=0, second=0)
    letter = desk.letter(host, f"Invitation: {voice.say('subject')}", "", when)
    piece = voice.say("PIECE")
    body = f"We sing on {start.date()} at six (UTC), and you are invited. {voice.paragraph('news', 2)}"
    letter.text = page(voice, f"Dear {desk.owner.given},", body, host.given)
    letter.attachments = (invitation(letter.message_id, f"Rehearsal: {piece}", "Parish hall", start, host, desk.owner),)
    return [letter]


def forward(desk: Desk) -> list[Letter]:
    """A letter that encloses another one whole, which the owner had not received."""
    voice = Voice(desk.chance, english.FAMILY_NEWS)
    sender, author = desk.chance.sample(people.FAMILY, 2)
    when = desk.moment()
    enclosed = desk.letter(
        author,
        voice.say("subject"),
        page(voice, f"Dear {sender.given},", voice.paragraph("news", 3), author.given),
        when - timedelta(hours=5),
    )
    enclosed.to = (sender,)
    letter = desk.letter(
        sender,
        f"Fwd: {enclosed.subject}",
        page(voice, f"Dear {desk.owner.given},", f"You must read this. {voice.say('opening')}", sender.given),
        when,
    )
    letter.forwarded = enclosed
    return [letter]


def draft(desk: Desk) -> list[Letter]:
    """A letter of the owner's that is not finished, and lately begun."""
    voice = Voice(desk.chance, english.TRAVEL)
    to = desk.chance.choice(people.FRIENDS)
    when = desk.now - timedelta(hours=desk.chance.uniform(1, 800))
    text = f"Dear {to.given},\n\n{voice.say('opening')} {voice.paragraph('news', 2)} And another thing:\n"
    letter = desk.letter(desk.owner, voice.say("subject"), text, when)
    letter.to, letter.place = (to,), "drafts"
    letter.keywords = {"$draft", "$seen"}
    return [letter]


def styled(body: str, colour: str = "#333333") -> str:
    """A page of HTML around a body."""
    return (
        '<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head>'
        '<body style="font-family:Georgia,serif;font-size:16px;line-height:1.5;max-width:36em;'
        f'margin:1.5em auto;color:{colour}">\n{body}\n</body></html>\n'
    )
