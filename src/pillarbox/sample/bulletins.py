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
            "subject": ("{LEAF} weather", "How to hear water boil", "Five cups and a {POT}", "A letter about {LEAF}"),
            "lead": ("This week we put the {POT} on and wait for {LEAF}.", "Some weeks want {LEAF}; this is one."),
            "story": (
                "A reader from the hills sends us her {LEAF}, dried above the stove, and asks what to call it.",
                "We timed eleven kettles. The slowest makes the best tea, since nobody is in a hurry by then.",
                "The {POT} in the picture was mended with gold lacquer by someone who says it was only glue.",
                "Our tasting ended at midnight with a vote, a tie, and a second pot.",
                "A short history of the saucer, from dish to hat for the cup.",
            ),
            "button": ("Read the rest", "See all teas", "Pour yourself a cup"),
            "LEAF": ("smoked oolong", "mint", "first-flush Darjeeling", "linden blossom", "roasted barley"),
            "POT": ("brown pot", "chipped pot", "cast-iron kettle", "glass pot"),
        },
        "#8a4b2a",
    ),
    Bulletin(
        Person("Slow Rails Monthly", "editors@slow-rails.example"),
        {
            "subject": ("The {LINE}, end to end", "A seat on the left", "Timetables we love: {LINE}"),
            "lead": ("We rode the {LINE} so that you may ride it too.", "The best view is always from the left."),
            "story": (
                "At the third halt the driver gets out to pick plums. Nobody minds; it is in the timetable.",
                "The {LINE} has {count} tunnels and one echo that answers in another key.",
                "A station café has kept its clock ten minutes fast since the war, and missed no train.",
                "Our map now shows which stations have a cat.",
            ),
            "button": ("Plan a journey", "Open the map", "Meet the station cats"),
            "LINE": ("narrow-gauge line", "harbour branch", "night train", "rack railway"),
            "count": ("nine", "twenty-two", "four"),
        },
        "#1f5f4a",
    ),
    Bulletin(
        Person("Sternwarte am Hügel", "post@sternwarte.example"),
        {
            "subject": ("Himmel im {MONAT} ✨", "Öffnungszeiten im {MONAT}", "Führung: {ZIEL}"),
            "lead": ("Der {MONAT} bringt klare Nächte und kalte Füße.", "Im {MONAT} lohnt der Blick auf {ZIEL}."),
            "story": (
                "Um Mitternacht steht {ZIEL} so hoch, dass man sich am besten ins Gras legt.",
                "Das große Fernrohr ist geputzt; es hatte eine Spinne, die nun draußen weiterforscht.",
                "Für Kinder gibt es Taschenlampen mit rotem Licht und Kakao.",
            ),
            "button": ("Plätze reservieren", "Sternkarte öffnen"),
            "MONAT": ("Februar", "März", "August", "November"),
            "ZIEL": ("Jupiter", "Saturn", "Mars", "Venus", "Wega"),
        },
        "#2b2f6b",
    ),
)

BAKERS: Rules = {
    "greeting": ("Hello bakers,", "Dear all,", "Good morning, list!", "Hi everybody,"),
    "subject": ("{FLOUR} and a tired starter", "Crust like a drum", "What hydration for {FLOUR}?", "Photos: {BREAD}"),
    "opening": (
        "My starter is called {NAME} and sulks.",
        "First post here, long-time eater.",
        "Reporting back on last week's {BREAD}.",
    ),
    "news": (
        "With {FLOUR} the dough took {percent} water and held its shape.",
        "I folded it four times and apologised once.",
        "The oven runs hot on the left, so one side of the {BREAD} is braver.",
        "After a night in the cold it smelled of apples.",
        "Steam for the first twenty minutes made all the difference.",
    ),
    "question": ("Does anybody proof in a basket without a cloth?", "Is {percent} too much for {FLOUR}?"),
    "answer": (
        "Feed it rye and play it the radio.",
        "{percent} is fine if you do not tell the dough.",
        "Try a hotter stone and a shorter speech.",
        "Rice flour on the cloth. Always.",
    ),
    "closing": ("Happy baking,", "Floury regards,", "Crumbs,"),
    "FLOUR": ("spelt", "dark rye", "einkorn", "strong white flour"),
    "BREAD": ("country loaf", "baguette", "seeded rye", "plaited loaf"),
    "NAME": ("Gerald", "Bubbles", "The Admiral", "Yeastie"),
    "percent": ("65 %", "72 %", "80 %", "85 %"),
}

# A subject, and after the line end the text that goes with it.
NOTICES = (
    Bulletin(
        Person("Pigeon Parcels", "no-reply@pigeon-parcels.example"),
        {
            "notice": (
                "Your parcel {CODE} is on its way\nYour parcel {CODE} left our depot in {TOWN} today.",
                "Delivered: parcel {CODE}\nParcel {CODE} was left with {WHO}, who is looking after it.",
                "Parcel {CODE} waits for you\nWe rang twice; it waits at the corner shop in {TOWN}.",
            ),
            "CODE": ("PP-4071-K", "PP-2218-D", "PP-9350-A", "PP-6604-M", "PP-1187-S"),
            "TOWN": ("Ashby", "Little Wick", "Northgate"),
            "WHO": ("your neighbour", "the baker", "the lady behind the green door"),
        },
    ),
    Bulletin(
        Person("Northgate Library", "desk@northgate-library.example"),
        {
            "notice": (
                'Ready for you: {TITLE}\n"{TITLE}" is at the front desk for you, under the stuffed owl.',
                'Due on Friday: {TITLE}\nNobody else is waiting for "{TITLE}"; renew it with one click.',
                "Thank you for returning {TITLE}\nIt is back on its shelf. We kept the bookmark for you.",
            ),
            "TITLE": ("A Field Guide to Clouds", "The Patient Carpenter", "Letters from a Lighthouse", "On Moss"),
        },
    ),
    Bulletin(
        Person("Brookside Bank", "statements@brookside-bank.example"),
        {
            "notice": (
                "Your statement for {MONTH}\nYour statement is attached. Your balance is comfortable.",
                "A payment to {SHOP}\nWe paid {SUM} to {SHOP} for you. If that surprises you, call us.",
            ),
            "MONTH": ("January", "April", "July", "October"),
            "SHOP": ("Kestrel Cycles", "the seed merchant", "the ferry company"),
            "SUM": ("18.40", "63.00", "7.95", "112.20"),
        },
    ),
    Bulletin(
        Person("Lantern Tracker", "tracker@lantern-works.example"),
        {
            "notice": (
                '[lantern] opened: {ISSUE}\n{WHO} opened the issue "{ISSUE}".',
                '[lantern] closed: {ISSUE}\n{WHO} closed the issue "{ISSUE}" with a lamp and a nod.',
                "[lantern] comment on: {ISSUE}\n{WHO} wrote: {REMARK}",
                "[lantern] build passed: {ISSUE}\nAll 412 tests passed in 3 min 12 s.",
            ),
            "ISSUE": (
                "Lamp flickers at dusk",
                "Dark mode is too dark",
                'Typo in the word "tyop"',
                "Dates in 1970 look odd",
            ),
            "WHO": ("rowan-b", "tilda", "the nightly robot"),
            "REMARK": ("works on my bench.", "I see it too, with one eye closed.", "a test would be lovely."),
        },
    ),
)

JUNK: Rules = {
    "subject": (
        "You have WON a {PRIZE}!!!",
        "Re: your {PRIZE} is waiting",
        "Doctors baffled by this {PRIZE}",
        "FINAL notice about a {PRIZE}",
        "{PRIZE}: 97 % off, today only",
    ),
    "line": (
        "Dear Beloved Customer, a distant uncle of yours has left you a {PRIZE}.",
        "Simply answer with your shoe size and the {PRIZE} is yours.",
        "This is no joke and only a little bit of a lie.",
        "Our {PRIZE} is endorsed by nine out of ten people we invented.",
        "Hurry! The {PRIZE} leaves the warehouse with or without you.",
    ),
    "PRIZE": ("golden toaster", "lifetime of socks", "self-driving wheelbarrow", "miracle turnip", "castle (small)"),
}
