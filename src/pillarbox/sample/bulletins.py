"""What arrives without a friend behind it: newsletters, a mailing list, notices, and junk.

The rules of each are `subject` and those its episode asks for.
"""

from dataclasses import dataclass

from pillarbox.sample.grammar import Rules
from pillarbox.sample.people import Person

__all__ = ["BAKERS", "JUNK", "NEWSLETTERS", "NOTICES", "Bulletin"]


@dataclass(frozen=True, slots=True)
class Bulletin:
    """Who sends it, what it says, and the colour of its headline."""

    sender: Person
    rules: Rules
    colour: str = "#335577"


NEWSLETTERS = (
    Bulletin(
        Person("The Tuesday Kettle", "hello@tuesday-kettle.example"),
        {
            "subject": ("{leaf} weather", "How to hear water boil", "Five cups and a {pot}", "A letter about {leaf}"),
            "lead": ("This week we put the {pot} on and wait for {leaf}.", "Some weeks want {leaf}; this is one."),
            "story": (
                "A reader from the hills sends us her {leaf}, dried above the stove, and asks what to call it.",
                "We timed eleven kettles. The slowest makes the best tea, since nobody is in a hurry by then.",
                "The {pot} in the picture was mended with gold lacquer by someone who says it was only glue.",
                "Our tasting ended at midnight with a vote, a tie, and a second pot.",
                "A short history of the saucer, from dish to hat for the cup.",
            ),
            "button": ("Read the rest", "See all teas", "Pour yourself a cup"),
            "leaf": ("smoked oolong", "mint", "first-flush Darjeeling", "linden blossom", "roasted barley"),
            "pot": ("brown pot", "chipped pot", "cast-iron kettle", "glass pot"),
        },
        "#8a4b2a",
    ),
    Bulletin(
        Person("Slow Rails Monthly", "editors@slow-rails.example"),
        {
            "subject": ("The {line}, end to end", "A seat on the left", "Timetables we love: {line}"),
            "lead": ("We rode the {line} so that you may ride it too.", "The best view is always from the left."),
            "story": (
                "At the third halt the driver gets out to pick plums. Nobody minds; it is in the timetable.",
                "The {line} has {count} tunnels and one echo that answers in another key.",
                "A station café has kept its clock ten minutes fast since the war, and missed no train.",
                "Our map now shows which stations have a cat.",
            ),
            "button": ("Plan a journey", "Open the map", "Meet the station cats"),
            "line": ("narrow-gauge line", "harbour branch", "night train", "rack railway"),
            "count": ("nine", "twenty-two", "four"),
        },
        "#1f5f4a",
    ),
    Bulletin(
        Person("Sternwarte am Hügel", "post@sternwarte.example"),
        {
            "subject": ("Himmel im {monat} ✨", "Öffnungszeiten im {monat}", "Führung: {ziel}"),
            "lead": ("Der {monat} bringt klare Nächte und kalte Füße.", "Im {monat} lohnt der Blick auf {ziel}."),
            "story": (
                "Um Mitternacht steht {ziel} so hoch, dass man sich am besten ins Gras legt.",
                "Das große Fernrohr ist geputzt; es hatte eine Spinne, die nun draußen weiterforscht.",
                "Für Kinder gibt es Taschenlampen mit rotem Licht und Kakao.",
            ),
            "button": ("Plätze reservieren", "Sternkarte öffnen"),
            "monat": ("Februar", "März", "August", "November"),
            "ziel": ("Jupiter", "die Plejaden", "der Orionnebel", "die Mondkrater"),
        },
        "#2b2f6b",
    ),
)

BAKERS: Rules = {
    "subject": ("{flour} and a tired starter", "Crust like a drum", "What hydration for {flour}?", "Photos: {bread}"),
    "opening": (
        "My starter is called {name} and sulks.",
        "First post here, long-time eater.",
        "Reporting back on last week's {bread}.",
    ),
    "news": (
        "With {flour} the dough took {percent} water and held its shape.",
        "I folded it four times and apologised once.",
        "The oven runs hot on the left, so one side of the {bread} is braver.",
        "After a night in the cold it smelled of apples.",
        "Steam for the first twenty minutes made all the difference.",
    ),
    "question": ("Does anybody proof in a basket without a cloth?", "Is {percent} too much for {flour}?"),
    "answer": (
        "Feed it rye and play it the radio.",
        "{percent} is fine if you do not tell the dough.",
        "Try a hotter stone and a shorter speech.",
        "Rice flour on the cloth. Always.",
    ),
    "closing": ("Happy baking,", "Floury regards,", "Crumbs,"),
    "flour": ("spelt", "dark rye", "einkorn", "strong white flour"),
    "bread": ("country loaf", "baguette", "seeded rye", "plaited loaf"),
    "name": ("Gerald", "Bubbles", "The Admiral", "Yeastie"),
    "percent": ("65 %", "72 %", "80 %", "85 %"),
}

NOTICES = (
    Bulletin(
        Person("Pigeon Parcels", "no-reply@pigeon-parcels.example"),
        {
            "subject": ("Your parcel {code} is on its way", "Delivered: parcel {code}", "Parcel {code} waits for you"),
            "line": (
                "Your parcel {code} left our depot in {town} today.",
                "Parcel {code} was left with {who}, who is looking after it.",
                "We tried to bring parcel {code}; it waits for you at the corner shop in {town}.",
            ),
            "code": ("PP-4071-K", "PP-2218-D", "PP-9350-A", "PP-6604-M", "PP-1187-S"),
            "town": ("Ashby", "Little Wick", "Northgate"),
            "who": ("your neighbour", "the bakery", "the green door"),
        },
    ),
    Bulletin(
        Person("Northgate Library", "desk@northgate-library.example"),
        {
            "subject": ("Due on Friday: {title}", "Ready for you: {title}", "Thank you for returning {title}"),
            "line": (
                '"{title}" is ready for you at the front desk, under the stuffed owl.',
                '"{title}" is due on Friday. Nobody else is waiting; renew it with one click.',
                'Thank you for bringing "{title}" back, and for the bookmark.',
            ),
            "title": ("A Field Guide to Clouds", "The Patient Carpenter", "Letters from a Lighthouse", "On Moss"),
        },
    ),
    Bulletin(
        Person("Brookside Bank", "statements@brookside-bank.example"),
        {
            "subject": ("Your statement for {month}", "A payment to {shop}"),
            "line": (
                "Your statement for {month} is attached. Your balance is comfortable.",
                "We paid {sum} to {shop} for you. If that surprises you, call us.",
            ),
            "month": ("January", "April", "July", "October"),
            "shop": ("Kestrel Cycles", "the seed merchant", "the ferry company"),
            "sum": ("18.40", "63.00", "7.95", "112.20"),
        },
    ),
    Bulletin(
        Person("Lantern Tracker", "tracker@lantern-works.example"),
        {
            "subject": ("[lantern] {verb}: {issue}",),
            "line": (
                '{who} {verb} the issue "{issue}".',
                'The build of "{issue}" passed in 3 min 12 s.',
                '{who} left a comment on "{issue}": {remark}',
            ),
            "verb": ("opened", "closed", "commented on", "reopened"),
            "issue": (
                "Lamp flickers at dusk",
                "Dark mode is too dark",
                'Typo in the word "tyop"',
                "Dates in 1970 look odd",
            ),
            "who": ("rowan-b", "tilda", "the nightly robot"),
            "remark": ("works on my bench.", "I can see it too, with one eye closed.", "a test would be lovely."),
        },
    ),
)

JUNK: Rules = {
    "subject": (
        "You have WON a {prize}!!!",
        "Re: your {prize} is waiting",
        "Doctors baffled by this {prize}",
        "FINAL notice about a {prize}",
        "{prize}: 97 % off, today only",
    ),
    "line": (
        "Dear Beloved Customer, a distant uncle of yours has left you a {prize}.",
        "Simply answer with your shoe size and the {prize} is yours.",
        "This is no joke and only a little bit of a lie.",
        "Our {prize} is endorsed by nine out of ten people we invented.",
        "Hurry! The {prize} leaves the warehouse with or without you.",
    ),
    "prize": ("golden toaster", "lifetime of socks", "self-driving wheelbarrow", "miracle turnip", "castle (small)"),
}
