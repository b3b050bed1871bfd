"""Email/query: filters (RFC 8621 section 4.4.1)."""

from typing import Any

import pytest
from tests.conversations.jmap.email.letters import letter
from tests.driver import JMAP


def found(alice: JMAP, **filter_: Any) -> list[str]:
    """The ids that a FilterCondition finds, oldest object first."""
    return list(alice.asks("Email/query", filter=filter_)["ids"])


def finds(alice: JMAP, message: str | bytes, **filter_: Any) -> bool:
    """Whether a FilterCondition finds a message, and its negation does not, beside one that nothing sought is in."""
    other = alice.receives("From: x@y.example\nSubject: q\n\nz\n")
    email = alice.receives(message)
    ids = found(alice, **filter_)
    negated = alice.asks("Email/query", filter={"operator": "NOT", "conditions": [filter_]})["ids"]
    assert sorted([*ids, *negated]) == sorted([other, email])
    assert other not in ids
    return email in ids


def test_in_mailbox(alice: JMAP) -> None:
    """RFC 8621 section 4.4.1, "inMailbox"."""
    inbox, archive = alice.mailbox("inbox"), alice.mailbox("archive")
    one = alice.receives(letter())
    both = alice.receives(letter(), mailboxIds={inbox: True, archive: True})

    assert found(alice, inMailbox=inbox) == [one, both]
    assert found(alice, inMailbox=archive) == [both]
    assert found(alice, inMailbox=alice.mailbox("trash")) == []


def test_in_a_mailbox_that_is_not_there_is_nothing(alice: JMAP) -> None:
    """RFC 8621 section 4.4.1: an Email must be in this Mailbox."""
    email = alice.receives(letter())
    inbox = alice.mailbox("inbox")

    for id_ in ("m999", "nobody", email, f"x{inbox[1:]}"):
        assert found(alice, inMailbox=id_) == []


def test_in_mailbox_other_than(alice: JMAP) -> None:
    """RFC 8621 section 4.4.1, "inMailboxOtherThan": in at least one Mailbox not in this list."""
    inbox, trash = alice.mailbox("inbox"), alice.mailbox("trash")
    alice.receives(letter(), mailboxIds={trash: True})
    both = alice.receives(letter(), mailboxIds={inbox: True, trash: True})
    one = alice.receives(letter())

    assert found(alice, inMailboxOtherThan=[trash]) == [both, one]
    assert found(alice, inMailboxOtherThan=[trash, inbox]) == []
    assert len(found(alice, inMailboxOtherThan=[])) == 3


def test_before_and_after(alice: JMAP) -> None:
    """RFC 8621 section 4.4.1: receivedAt is before this, or the same or after."""
    early = alice.receives(letter(), receivedAt="2026-01-01T00:00:00Z")
    late = alice.receives(letter(), receivedAt="2026-01-02T00:00:00Z")

    assert found(alice, before="2026-01-02T00:00:00Z") == [early]
    assert found(alice, before="2026-01-02T00:00:01Z") == [early, late]
    assert found(alice, after="2026-01-02T00:00:00Z") == [late]
    assert found(alice, after="2026-01-01T00:00:00Z", before="2026-01-02T00:00:00Z") == [early]


def test_min_size_and_max_size(alice: JMAP) -> None:
    """RFC 8621 section 4.4.1: equal or greater, and less than."""
    small = alice.receives(b"Subject: x\r\n\r\n" + b"x" * 86)
    large = alice.receives(b"Subject: x\r\n\r\n" + b"x" * 87)

    assert found(alice, minSize=100) == [small, large]
    assert found(alice, minSize=101) == [large]
    assert found(alice, maxSize=101) == [small]
    assert found(alice, maxSize=100) == []


def test_keywords_of_the_thread(alice: JMAP) -> None:
    """RFC 8621 section 4.4.1, all-, some- and noneInThreadHaveKeyword, in any case."""
    mixed = [
        alice.receives(letter(Message_ID="<a@x>"), keywords={"$seen": True}),
        alice.receives(letter(Message_ID="<b@x>", In_Reply_To="<a@x>")),
    ]
    whole = alice.receives(letter(Message_ID="<c@x>"), keywords={"$seen": True})
    none = alice.receives(letter(Message_ID="<d@x>"))

    assert found(alice, allInThreadHaveKeyword="$seen") == [whole]
    assert found(alice, someInThreadHaveKeyword="$SEEN") == [*mixed, whole]
    assert found(alice, noneInThreadHaveKeyword="$seen") == [none]


def test_keywords_of_the_email(alice: JMAP) -> None:
    """RFC 8621 section 4.4.1, "hasKeyword" and "notKeyword"."""
    seen = alice.receives(letter(), keywords={"$seen": True})
    unseen = alice.receives(letter())

    assert found(alice, hasKeyword="$Seen") == [seen]
    assert found(alice, notKeyword="$seen") == [unseen]
    assert found(alice, hasKeyword="other") == []


def test_has_attachment(alice: JMAP) -> None:
    """RFC 8621 section 4.4.1, "hasAttachment"."""
    with_one = alice.receives(letter(Content_Type="application/pdf"))
    without = alice.receives(letter())

    assert found(alice, hasAttachment=True) == [with_one]
    assert found(alice, hasAttachment=False) == [without]


FIELDS = "From: Anna Apple <anna@far.example>\nTo: Ben Berry <ben@far.example>\nCc: Carl Cherry <carl@far.example>\n\
Bcc: Dora Date <dora@far.example>\nSubject: Elder and Fig\n\nGrape in the body\n"


@pytest.mark.parametrize(
    "sought",
    ["Apple", "anna@far.example", "berry", "BEN", "cherry", "carl", "date", "dora", "elder", "fig", "grape"],
)
def test_text_looks_everywhere(alice: JMAP, sought: str) -> None:
    """RFC 8621 section 4.4.1, "text": From, To, Cc, Bcc and Subject MUST, bodies SHOULD; in any case."""
    assert finds(alice, FIELDS, text=sought)


@pytest.mark.parametrize(
    ("name", "words", "others"),
    [
        ("from", ["apple", "Anna Apple", "anna@far.example", "anna"], ["berry", "fig", "grape", "carl"]),
        ("to", ["berry", "ben@far.example"], ["apple", "cherry"]),
        ("cc", ["cherry", "carl"], ["apple", "berry"]),
        ("bcc", ["date", "dora"], ["apple", "cherry"]),
        ("subject", ["elder", "FIG", "fig elder"], ["grape", "apple"]),
        ("body", ["grape", "the body"], ["elder", "apple"]),
    ],
)
def test_a_field_is_looked_for_in_itself(alice: JMAP, name: str, words: list[str], others: list[str]) -> None:
    """RFC 8621 section 4.4.1, "from" to "body"; both name and address (clarifications, question 10)."""
    email = alice.receives(FIELDS)

    assert {word: found(alice, **{name: word}) for word in words} == {word: [email] for word in words}
    assert {word: found(alice, **{name: word}) for word in others} == {word: [] for word in others}


@pytest.mark.parametrize(
    ("sought", "is_found"),
    [
        ('"elder and fig"', True), ("'elder and fig'", True), ('"fig and elder"', False), ("fig elder and", True),
        ('"elder and" fig', True), ('"elder fig"', False), ("elder nothing", False), ('"Elder" apple', True),
        ("don't", False), ('"and fig"', True), ("", True), ("  ", True), ("!!!", False),
    ],
)  # fmt: skip
def test_quotes_make_a_phrase(alice: JMAP, sought: str, *, is_found: bool) -> None:
    """RFC 8621 section 4.4.1: a phrase is that exact sequence of words; outside, all words MUST be present."""
    email = alice.receives(FIELDS)

    assert found(alice, text=sought) == [email] * is_found


@pytest.mark.parametrize("sought", [r'"he said \"go\" and"', r"'don\'t go'", r'"back\\slash"', r"'\"go\"'"])
def test_quotes_in_a_phrase_are_escaped(alice: JMAP, sought: str) -> None:
    """RFC 8621 section 4.4.1: with a backslash."""
    assert finds(alice, letter('He said "go" and don\'t go to back\\slash'), body=sought)


@pytest.mark.parametrize(
    "sought",
    ["grüße", "GRÜSSE", "grusse", "Grüsse", "你好", "世界", "你好世界", "日本語", "Ελλάδα", "ελλαδα", "Привет", "안녕"],
)
def test_words_of_all_scripts_are_found(alice: JMAP, sought: str) -> None:
    """RFC 8621 section 4.4.1: case-insensitive; diacritics, and scripts without spaces, are ours."""
    message = letter(
        "Grüße! 你好世界。これは日本語です。 Ελλάδα Привет 안녕하세요", Content_Type="text/plain; charset=utf-8"
    )

    assert finds(alice, message, body=sought)


def test_encoded_words_are_decoded(alice: JMAP) -> None:
    """RFC 8621 section 4.4.1: before matching."""
    message = letter(Subject="=?utf-8?q?Gr=C3=BC=C3=9Fe?=", From="=?utf-8?b?SsO2cmc=?= <j@far.example>")

    assert finds(alice, message, subject="grüße", **{"from": "jörg"}, header=["Subject", "grüße"])


HTML = letter(
    "<html><head><title>Titled</title><style>p {color: styled}</style></head><body class=classy>"
    "<script>var scripted;</script><p title='shown'>Hel<b>lo</b> &amp; good&nbsp;bye <img src=s.png alt='pictured'>"
    "<!-- commented --></p></body></html>",
    Content_Type="text/html",
)


@pytest.mark.parametrize("sought", ["hello", "bye", "pictured", "shown"])
def test_the_text_of_html_is_found(alice: JMAP, sought: str) -> None:
    """RFC 8621 section 4.4.1: content, and attributes such as alt and title."""
    assert finds(alice, HTML, body=sought)


@pytest.mark.parametrize("sought", ["styled", "scripted", "classy", "commented", "titled", "img", "color"])
def test_the_markup_of_html_is_not_found(alice: JMAP, sought: str) -> None:
    """RFC 8621 section 4.4.1: tags, most attributes, head, CSS and JavaScript SHOULD be ignored."""
    assert not finds(alice, HTML, body=sought)


def test_names_of_attachments_are_found(alice: JMAP) -> None:
    """RFC 8621 section 4.4.1, "text": any additional textual property MAY be searched."""
    message = letter(Content_Type="application/pdf", Content_Disposition="attachment; filename=quarterly-plan.pdf")

    assert finds(alice, message, text="quarterly")


def test_a_header_field_that_is_there(alice: JMAP) -> None:
    """RFC 8621 section 4.4.1, "header" with one element; names in any case."""
    message = letter(X_Spam="yes")

    assert finds(alice, message, header=["x-spam"])


@pytest.mark.parametrize(
    ("header", "is_found"),
    [
        (["X-Spam", "very likely"], True), (["x-spam", "LIKELY"], True), (["X-Spam", "no"], False),
        (["X-Spam", ""], True), (["X-Other", "likely"], False), (["X-Spam", "second"], True),
        (["X-Spam", "likely very"], True), (["X-Spam", '"very likely"'], True), (["X-Spam", '"likely very"'], False),
        (["X-Spam", "very second"], True), (["X-Spam", '"likely second"'], False), (["X-Spam", "kely"], False),
        (["X-Spam", "!"], False), (["X-Spam", "likély"], True), (["Spam", "likely"], False), (["X-Spam:", ""], False),
        (["", ""], False), (["X-Spam-Very", "likely"], False), (["X_Spam", "likely"], False),
    ],
)  # fmt: skip
def test_a_header_field_with_a_text(alice: JMAP, header: list[str], *, is_found: bool) -> None:
    """RFC 8621 section 4.4.1, "header" with two elements; any instance counts."""
    assert finds(alice, "X-Spam: Very likely\nX-Spam: second\n" + letter(), header=header) == is_found


STRANGE_FIELDS = f"""\
X-Level: *****
X-Kanji: =?utf-8?b?5p2x5Lqs6YO9?=
X-Long: {"some " * 50}needle
X-Long-Signs: {"+" * 200}
Received: from far.example by home.example; Tue, 5 May 2026 10:00:00 +0000
References: {" ".join(f"<{number}@far.example>" for number in range(90))}
Message-ID: <a+b.c@far.example>
List-Id: All of it <all.far.example>
X-{"n" * 70}: yes
To: alice@home.example
"""


@pytest.mark.parametrize(
    ("header", "is_found"),
    [
        (["X-Level", "***"], True), (["X-Level", "*****"], True), (["X-Level", "******"], False),
        (["X-Level", "+"], False), (["X-Level", "five"], False), (["X-Kanji", "京都"], True), (["X-Kanji", "都"], True),
        (["X-Long"], True), (["X-Long", "needle"], True), (["X-Long", '"some needle"'], True),
        (["X-Long", "thread"], False), (["X-Long", "*"], False), (["X-Long-Signs", "++"], True),
        (["X-Long-Signs", "+-"], False), (["Received", "far.example"], True), (["received", "near.example"], False),
        (["References", "<89@far.example>"], True), (["References", "<90@far.example>"], False),
        (["message-id", "<a+b.c@far.example>"], True), (["Message-ID", "<b.a@far.example>"], False),
        (["List-Id", "all.far.example"], True), (["List-Id", '"All of it"'], True), ([f"X-{'N' * 70}", "YES"], True),
        (["To", "alice@home.example"], True), (["To", "bob"], False), (["Cc"], False), (["To"], True),
    ],
)  # fmt: skip
def test_header_fields_of_all_kinds_are_found(alice: JMAP, header: list[str], *, is_found: bool) -> None:
    """RFC 8621 section 4.4.1, "header": traces and long values as well as what an index has the words of."""
    assert finds(alice, STRANGE_FIELDS + letter(), header=header) == is_found


def test_header_fields_are_no_text(alice: JMAP) -> None:
    """RFC 8621 section 4.4.1: "text" looks into From, To, Cc, Bcc, Subject and bodies."""
    alice.receives(letter(X_Mailer="Pine", Message_ID="<needle@far.example>"))

    assert {sought: found(alice, text=sought) for sought in ("needle", "pine", "mailer", "x-mailer")} == {
        "needle": [],
        "pine": [],
        "mailer": [],
        "x-mailer": [],
    }


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        ({}, "abc"), (None, "abc"),
        ({"operator": "AND", "conditions": []}, "abc"), ({"operator": "OR", "conditions": []}, ""),
        ({"operator": "NOT", "conditions": []}, "abc"), ({"operator": "NOT", "conditions": [{}]}, ""),
        ({"subject": "a", "from": "bob"}, "a"), ({"subject": "a", "from": "eve"}, ""),
        ({"operator": "AND", "conditions": [{"subject": "a"}, {"from": "bob"}]}, "a"),
        ({"operator": "OR", "conditions": [{"subject": "a"}, {"subject": "c"}]}, "ac"),
        ({"operator": "NOT", "conditions": [{"subject": "a"}, {"subject": "c"}]}, "b"),
        ({"operator": "AND", "conditions": [
            {"operator": "NOT", "conditions": [{"subject": "a"}]},
            {"operator": "OR", "conditions": [{"subject": "a"}, {"operator": "AND", "conditions": [{"subject": "b"}]}]},
        ]}, "b"),
        ({"operator": "AND", "conditions": [{"header": ["Subject", "a"]}, {"header": ["From", "bob"]}]}, "a"),
        ({"operator": "NOT", "conditions": [{"header": ["Subject", "a"]}]}, "bc"),
    ],
)  # fmt: skip
def test_filters_are_combined(alice: JMAP, filter_: Any, expected: str) -> None:
    """RFC 8620 section 5.5, FilterOperator; several properties of a condition are ANDed (RFC 8621 section 4.4.1)."""
    ids = {alice.receives(letter(Subject=name)): name for name in "abc"}

    assert "".join(ids[id_] for id_ in alice.asks("Email/query", filter=filter_)["ids"]) == expected


@pytest.mark.parametrize("filter_", [{"nothing": 1}, {"operator": "AND", "conditions": [{"inmailbox": "m1"}]}])
def test_a_condition_that_is_unknown_is_unsupported(alice: JMAP, filter_: Any) -> None:
    """RFC 8620 section 5.5, "unsupportedFilter"."""
    alice.says("Email/query", filter=filter_)

    alice.hears("error", type="unsupportedFilter")


@pytest.mark.parametrize(
    "filter_",
    [
        [], "x", {"inMailbox": 1}, {"inMailbox": None}, {"inMailboxOtherThan": "m1"}, {"inMailboxOtherThan": [1]},
        {"before": "yesterday"}, {"after": "2026-01-01T00:00:00+01:00"}, {"minSize": -1}, {"maxSize": "1"},
        {"hasKeyword": True}, {"hasAttachment": "yes"}, {"text": 1}, {"from": None}, {"header": []},
        {"header": ["a", "b", "c"]}, {"header": "Subject"}, {"header": [1]}, {"operator": "XOR", "conditions": []},
        {"operator": "AND"}, {"operator": "AND", "conditions": {}}, {"operator": "AND", "conditions": [None]},
        {"operator": "AND", "conditions": [], "text": "x"},
    ],
)  # fmt: skip
def test_a_filter_of_the_wrong_type_is_refused(alice: JMAP, filter_: Any) -> None:
    """RFC 8620 section 3.6.2, invalidArguments."""
    alice.says("Email/query", filter=filter_)

    alice.hears("error", type="invalidArguments")


def test_too_many_header_conditions_are_unsupported(alice: JMAP) -> None:
    """RFC 8620 section 5.5, "unsupportedFilter": each of them may have to read many messages."""
    alice.says("Email/query", filter={"operator": "OR", "conditions": [{"header": ["X-A", "b"]}] * 100})

    alice.hears("error", type="unsupportedFilter")


def test_a_filter_that_is_too_deep_is_unsupported(alice: JMAP) -> None:
    """RFC 8620 section 5.5, "unsupportedFilter": the server cannot process it."""
    filter_: dict[str, Any] = {"text": "x"}
    for _ in range(40):
        filter_ = {"operator": "NOT", "conditions": [filter_]}

    alice.says("Email/query", filter=filter_)

    alice.hears("error", type="unsupportedFilter")


@pytest.mark.parametrize(
    "text", ['"', "'", '"unclosed', "a AND b", "NEAR(a b)", "a*", "-a", "{from}: a", "\0", "%", "\\"]
)
def test_what_a_store_might_take_for_syntax_is_only_text(alice: JMAP, text: str) -> None:
    """RFC 8621 section 4.4.1: quotes and backslash alone mean something."""
    email = alice.receives(letter("a and near b from unclosed"))

    for name in ("text", "from", "body"):
        assert found(alice, **{name: text}) in ([], [email])


def test_dates_are_compared_to_the_millisecond(alice: JMAP) -> None:
    """RFC 8621 section 4.4.1, "before" and "after"; RFC 8620 section 1.4 allows fractions."""
    email = alice.receives(letter(), receivedAt="2026-01-01T00:00:00.5Z")

    assert found(alice, before="2026-01-01T00:00:00.7Z") == [email]
    assert found(alice, before="2026-01-01T00:00:00.5Z") == []
    assert found(alice, after="2026-01-01T00:00:00.5Z") == [email]
    assert found(alice, after="2026-01-01T00:00:00.7Z") == []
