"""What friends, neighbours, colleagues and family write about.

Each theme has the rules `subject`, `opening`, `news`, `question`, `answer` and `closing`. A name in
capitals stands for the same thing through a whole thread.
"""

from pillarbox.sample.grammar import Rules

__all__ = ["CHOIR", "FAMILY_NEWS", "GARDEN", "TRAVEL", "WORKSHOP_TALK"]

_CLOSINGS = ("Warmly,", "See you soon,", "All the best,", "Until then,", "Cheers,", "Take care,")

GARDEN: Rules = {
    "subject": (
        "{plant} for the {BED}",
        "Who waters in {month}?",
        "The {BED} after the {weather}",
        "Seed swap: bring your {plant}",
        "A plan for the {BED}",
        "Slugs 4, {plant} 0",
        "Work party in {month}",
    ),
    "opening": (
        "I walked past the {BED} this morning and stood there smiling like a fool.",
        "A short report from the {BED}, before I forget.",
        "The {weather} did us no harm, as far as I can see.",
        "Good news first: the {plant} came up.",
        "I counted, and we have more {plant} than we have neighbours.",
    ),
    "news": (
        "there are twice as many {plant} along the fence as on Sunday.",
        'somebody left {number} pots of {plant} at the gate with a note that said only "please".',
        "the water butt is full again, and the tap still drips, so we lose nothing.",
        "I moved the {plant} next to the {plant}, where they get the afternoon sun.",
        "the compost is warm enough to keep a hand in your pocket for.",
        "two children asked whether the scarecrow is the mayor.",
        "the hedgehog is back under the {BED} and does not pay rent.",
        "we still need {number} metres of string, {number} canes and one patient person.",
        "the bees prefer the {plant}, which settles last year's argument.",
        "after the {weather} the path needs a barrow or two of gravel.",
    ),
    "question": (
        "Could you take the watering can on {day}?",
        "Do we want {plant} or {plant} in the {BED} next year?",
        "Who has the key to the shed?",
        "Shall we ask the school whether they want a row of their own?",
        "Is {day} at ten too early for a work party?",
    ),
    "answer": (
        "{day} suits me, and I bring the long hose.",
        "I would rather have {plant}; my grandmother swore by them.",
        "The key hangs behind the blue pot, as it always has, except when it does not.",
        "Count me in, and count my brother in, though he does not know it yet.",
        "I have {number} spare canes and a ball of string the size of a cat.",
        "Only if somebody else talks to the slugs.",
        "Yes to all of it. I will draw the plan on graph paper and send it round.",
    ),
    "closing": _CLOSINGS,
    "plant": (
        "sweet peas",
        "runner beans",
        "nasturtiums",
        "leeks",
        "marigolds",
        "foxgloves",
        "tomatoes",
        "chives",
        "lupins",
        "pumpkins",
        "radishes",
        "hollyhocks",
    ),
    "BED": ("herb spiral", "long bed", "corner by the gate", "greenhouse", "orchard strip", "raised bed"),
    "weather": ("hail", "warm spell", "wind", "late frost", "week of rain", "dry fortnight"),
    "month": ("April", "May", "June", "July", "August", "September"),
    "day": ("Tuesday", "Wednesday", "Friday", "Saturday", "Sunday"),
    "number": ("three", "five", "six", "eight", "eleven", "a dozen"),
}

TRAVEL: Rules = {
    "subject": (
        "By train to {TOWN}?",
        "{TOWN}: where to sleep",
        "Three days in {TOWN}",
        "Packing list for {TOWN}",
        "The slow train from {TOWN}",
        "Postcard from {TOWN}",
    ),
    "opening": (
        "I have the map of {TOWN} open and a pot of tea beside it.",
        "The timetable for {TOWN} is out, and it is kinder than last year's.",
        "I dreamt of the {place} in {TOWN} again, so we had better go.",
        "Greetings from {TOWN}, where the {place} smells of rain and oranges.",
    ),
    "news": (
        "there is a night train that arrives at {hour}, in time for the bakeries.",
        "the room over the {place} has two beds and a window on the water.",
        "from the {place} it is {hour2} on foot to the old lighthouse.",
        "I was told not to miss the {food} and to miss the museum of spoons.",
        "the seats are booked: one by the window, one by the person at the window.",
        "if it rains there is always the {place}, which has a roof and a piano.",
        "we would change once, with time enough for {food}.",
        "my old guidebook has a pressed leaf at the page on {TOWN}.",
    ),
    "question": (
        "Shall I book, or do you want to think it over until {day}?",
        "Do you get seasick?",
        "One suitcase each, or one between us?",
        "Would you rather see the {place} or sleep until ten?",
    ),
    "answer": (
        "Book it. I have already told my boots.",
        "I would trade the {place} for one more morning with {food}.",
        "{day} is fine, if we are back before the choir sings.",
        "I never get seasick, only quiet.",
        "One suitcase. I mean it this time.",
        "Yes! And let us come home the slow way.",
    ),
    "closing": ("Off to look for my passport,", *_CLOSINGS),
    "TOWN": ("Trieste", "Bergen", "Ljubljana", "Porto", "Ghent", "Kotor", "Tallinn", "Cádiz"),
    "place": ("harbour", "covered market", "botanical garden", "old station", "café by the canal", "bathhouse"),
    "food": ("almond cake", "grilled sardines", "coffee in small cups", "plum dumplings", "pickled herring"),
    "hour": ("06:12", "07:40", "half past six", "a quarter to eight"),
    "hour2": ("twenty minutes", "half an hour", "an hour, with stops", "ten minutes"),
    "day": ("Thursday", "Friday", "Sunday evening", "the end of the week"),
}

FAMILY_NEWS: Rules = {
    "subject": (
        "The {ANIMAL}, again",
        "Sunday lunch",
        "Found in the attic: {THING}",
        "Recipe for {dish}",
        "Happy birthday in advance",
        "A parcel is on its way",
    ),
    "opening": (
        "It is raining here and the {ANIMAL} is asleep on my letter paper, so you get this instead.",
        "Just a line between two pots of tea.",
        "You will not believe what turned up while I looked for the {THING}.",
        "Everybody is well, and the {ANIMAL} is insufferable.",
    ),
    "news": (
        "the {ANIMAL} has learned to open the pantry.",
        "I made {dish} by your great-aunt's card and it came out the colour it should.",
        "the neighbours have a trumpet now, and so we all do.",
        "we found the {THING} under the stairs, wrapped in a newspaper about the moon landing.",
        "the apple tree gave {number} baskets, and two of them have your name on.",
        "I have knitted something; whether it is a scarf or a ladder will be seen.",
        "your cousin passed her examination and celebrated by sleeping.",
    ),
    "question": (
        "Will you come on Sunday?",
        "Do you still have the big {dish} dish?",
        "What would you like for your birthday, apart from peace?",
        "Shall I send the {THING}, or will you fetch it?",
    ),
    "answer": (
        "I will come on Sunday and bring the {dish}.",
        "Keep the {THING} for me, please, and hide it from the {ANIMAL}.",
        "The parcel came, in one piece, and is already half eaten.",
        "Tell the {ANIMAL} that I know what it did.",
        "I would like a day in the kitchen with all of you.",
    ),
    "closing": ("Love,", "A hug,", "With love from all of us,", "Love, and crumbs,"),
    "ANIMAL": ("cat", "goose", "old dog", "tortoise", "neighbours' donkey"),
    "THING": ("brass telescope", "box of slides", "accordion", "blue teapot", "family tree"),
    "dish": ("plum cake", "leek pie", "lentil soup", "quince jelly", "bread pudding"),
    "number": ("four", "seven", "nine", "more than ten"),
}

WORKSHOP_TALK: Rules = {
    "subject": (
        "{part} for the {BIKE}",
        "Opening hours in {MONTH}",
        "Stocktaking: {part}",
        "The {BIKE} is ready",
        "Apprentice day",
        "Figures for {MONTH}",
    ),
    "opening": (
        "Quick one before the shutters go up.",
        "The {BIKE} is on the stand, and this time it stays in one piece.",
        "I went through the shelf with the {part}, and then through it again.",
        "Notes from this morning's stand-up, which most of us sat through.",
    ),
    "news": (
        "we have {number} {part} left, and the supplier says two weeks.",
        "the {BIKE} runs quietly now; it was a single bent washer.",
        "the new lamp over bench two makes us all look competent.",
        "a customer paid in apples and a very good joke.",
        "the {MONTH} figures are better than they feel.",
        'somebody labelled every drawer, including the one that says "drawer".',
        "I moved the appointment with the school to {day}.",
    ),
    "question": (
        "Can you close on {day}?",
        "Do we order the {part} in steel or wait for brass?",
        "Who writes to the customer with the {BIKE}?",
        "Does anybody remember why we own a tuba?",
    ),
    "answer": (
        "I can close on {day} if somebody else opens.",
        "Steel. Brass is for doorbells.",
        "I wrote to them, and they send their regards to the {BIKE}.",
        "Agreed, and thank you for the drawers.",
        "Let us look at it together after lunch.",
    ),
    "closing": ("Back to the bench,", *_CLOSINGS),
    "part": ("brake cables", "bells", "spokes", "saddle springs", "chain links", "mudguards"),
    "BIKE": ("green tandem", "cargo bike", "folding bike", "postman's bicycle", "tall red one"),
    "MONTH": ("January", "March", "May", "September", "November"),
    "day": ("Monday", "Thursday", "Friday", "Saturday"),
    "number": ("six", "nineteen", "forty", "three"),
}

CHOIR: Rules = {
    "subject": ("Rehearsal on {DAY}", "Bar {NUMBER} of the {PIECE}", "Who sings tenor?", "Tea after the {PIECE}"),
    "opening": ("Dear voices,", "A note from the back row.", "The {PIECE} is nearly a piece."),
    "news": (
        "we meet on {DAY} at seven, with pencils.",
        "bar {NUMBER} is softer than we think and slower than we fear.",
        "the hall has a new heater, which hums in B flat.",
        "the altos have cake; the basses have promised to deserve it.",
        "please look at the last page of the {PIECE}, which exists.",
    ),
    "question": ("Can you come early and help with the chairs?", "Does the {PIECE} lie too high for you?"),
    "answer": (
        "I will be there with chairs and lozenges.",
        "The {PIECE} lies high, but I can stand on something.",
        "Late by ten minutes, in tune by twenty.",
    ),
    "closing": ("In harmony,", *_CLOSINGS),
    "PIECE": ("madrigal", "evening hymn", "round about the cuckoo", "lullaby"),
    "DAY": ("Monday", "Tuesday", "Thursday"),
    "NUMBER": ("12", "31", "48", "77"),
}
