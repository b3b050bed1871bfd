"""SearchSnippet/get (RFC 8621 section 5.1)."""

from typing import Any

import pytest
from tests.conversations.jmap.email.letters import letter
from tests.driver import JMAP


def snippet(alice: JMAP, email: str, filter_: Any) -> tuple[str | None, str | None]:
    """The subject and the preview of one snippet."""
    answer = alice.asks("SearchSnippet/get", filter=filter_, emailIds=[email])
    assert answer["accountId"] == alice.account_id
    assert answer["notFound"] is None
    (told,) = answer["list"]
    assert set(told) == {"emailId", "subject", "preview"}
    assert told["emailId"] == email
    return told["subject"], told["preview"]


LUNCH = letter("We meet for lunch at noon.\nLunch is on me.", Subject="Lunch on Friday")


@pytest.mark.parametrize(
    ("filter_", "subject", "preview"),
    [
        (
            {"text": "lunch"},
            "<mark>Lunch</mark> on Friday",
            "We meet for <mark>lunch</mark> at noon. <mark>Lunch</mark> is on me.",
        ),
        ({"subject": "lunch"}, "<mark>Lunch</mark> on Friday", None),
        (
            {"body": "lunch noon"},
            None,
            "We meet for <mark>lunch</mark> at <mark>noon</mark>. <mark>Lunch</mark> is on me.",
        ),
        ({"text": '"on friday"'}, "Lunch <mark>on Friday</mark>", None),
        ({"text": '"lunch at noon"'}, None, "We meet for <mark>lunch at noon</mark>. Lunch is on me."),
        ({"text": "dinner"}, None, None),
        ({"from": "lunch"}, None, None),
        ({"hasAttachment": False}, None, None),
        (None, None, None),
        ({}, None, None),
        (
            {"operator": "OR", "conditions": [{"subject": "friday"}, {"body": "noon"}]},
            "Lunch on <mark>Friday</mark>",
            "We meet for lunch at <mark>noon</mark>. Lunch is on me.",
        ),
        (
            {"operator": "AND", "conditions": [
                {"subject": "friday"}, {"operator": "NOT", "conditions": [{"body": "noon"}]}
            ]},
            "Lunch on <mark>Friday</mark>",
            None,
        ),
    ],
)  # fmt: skip
def test_what_matches_is_marked(alice: JMAP, filter_: Any, subject: str | None, preview: str | None) -> None:
    """RFC 8621 section 5: words and phrases within <mark>; null where nothing matches, as what is negated does not."""
    email = alice.receives(LUNCH)

    assert snippet(alice, email, filter_) == (subject, preview)


def test_markup_becomes_entities(alice: JMAP) -> None:
    """RFC 8621 section 5: each & < > MUST be replaced by an entity."""
    email = alice.receives(letter("if a<b && b>c then <script>", Subject="<script> & co"))

    assert snippet(alice, email, {"text": "script"}) == (
        "&lt;<mark>script</mark>&gt; &amp; co",
        "if a&lt;b &amp;&amp; b&gt;c then &lt;<mark>script</mark>&gt;",
    )


def test_html_is_shown_as_its_text(alice: JMAP) -> None:
    """RFC 8621 section 5, "preview": converted to plaintext if originally HTML."""
    page = "<html><head><style>p {color: red}</style></head><p>a <b>gar</b>den &lt;plan&gt; in red</p></html>"
    email = alice.receives(letter(page, Content_Type="text/html"))

    assert snippet(alice, email, {"text": "plan"}) == (None, "a garden &lt;<mark>plan</mark>&gt; in red")
    assert snippet(alice, email, {"text": "color"}) == (None, None)


@pytest.mark.parametrize(
    ("body", "sought", "preview"),
    [
        ("Die Grüße von Jörg", "grusse", "Die <mark>Grüße</mark> von Jörg"),
        ("cafe\u0301 creme", "café", "<mark>café</mark> creme"),
        ("私は東京都に住む", "京都", "私は東<mark>京都</mark>に住む"),
        ("私は東京都に住む", "東京都", "私は<mark>東京都</mark>に住む"),
        ("私は東京都に住む", "都", "私は東京<mark>都</mark>に住む"),
        ("안녕하세요 여러분", '"안녕하세요 여러분"', "<mark>안녕하세요 여러분</mark>"),
        ("ΕΛΛΆΔΑ", "ελλαδα", "<mark>ΕΛΛΆΔΑ</mark>"),
        ("mail bob@far.example now", "bob@far.example", "mail <mark>bob@far.example</mark> now"),
    ],
)
def test_what_the_search_finds_is_marked(alice: JMAP, body: str, sought: str, preview: str) -> None:
    """RFC 8621 section 5: the matching words or phrases, whatever the case, the diacritics and the script."""
    email = alice.receives(letter(body, Content_Type="text/plain; charset=utf-8"))
    alice.receives(letter("nothing of it"))

    assert alice.asks("Email/query", filter={"body": sought})["ids"] == [email]
    assert snippet(alice, email, {"body": sought}) == (None, preview)


@pytest.mark.parametrize("filler", ["word ", "ö&<> ", "漢字", "x" * 300 + " "])
def test_a_preview_is_short(alice: JMAP, filler: str) -> None:
    """RFC 8621 section 5: it MUST NOT be bigger than 255 octets, and is of the relevant section."""
    body = f"{filler * 200}\nneedle {filler * 200}"
    email = alice.receives(letter(body, Content_Type="text/plain; charset=utf-8", Content_Transfer_Encoding="8bit"))

    preview = snippet(alice, email, {"text": "needle"})[1]

    assert preview is not None
    assert len(preview.encode()) <= 255
    assert "<mark>needle</mark>" in preview
    assert preview.startswith("…")
    assert preview.endswith("…")


def test_an_attached_message_is_shown_too(alice: JMAP) -> None:
    """RFC 8621 section 5: what "body" finds; section 4.4.1 allows for parts of type message."""
    email = alice.receives(letter("Subject: inner\n\nthe needle within", Content_Type="message/rfc822"))

    assert snippet(alice, email, {"body": "needle"}) == (None, "inner the <mark>needle</mark> within")


def test_emails_that_are_not_there_are_told(alice: JMAP) -> None:
    """RFC 8621 section 5.1, "notFound"."""
    email = alice.receives(LUNCH)
    gone = alice.receives(LUNCH)
    alice.asks("Email/set", destroy=[gone])

    answer = alice.asks("SearchSnippet/get", filter={"text": "lunch"}, emailIds=[gone, email, "nobody", gone, email])

    assert [told["emailId"] for told in answer["list"]] == [email]
    assert answer["notFound"] == [gone, "nobody"]


def test_no_emails_are_no_snippets(alice: JMAP) -> None:
    """RFC 8621 section 5.1: one for each id."""
    alice.says("SearchSnippet/get", filter={"text": "lunch"}, emailIds=[])

    alice.hears_exactly("SearchSnippet/get", accountId=alice.account_id, list=[], notFound=None)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"filter": {"nothing": 1}, "emailIds": []}, "unsupportedFilter"),
        ({"filter": {"text": 1}, "emailIds": []}, "invalidArguments"),
        ({"filter": [], "emailIds": []}, "invalidArguments"),
        ({"filter": {"text": "x"}}, "invalidArguments"),
        ({"filter": {"text": "x"}, "emailIds": None}, "invalidArguments"),
        ({"filter": {"text": "x"}, "emailIds": [], "more": 1}, "invalidArguments"),
        ({"filter": {"text": "x"}, "emailIds": [f"e{number}" for number in range(101)]}, "requestTooLarge"),
        ({"filter": {"text": "x"}, "emailIds": [], "accountId": "a999"}, "accountNotFound"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_asked_is_an_error(alice: JMAP, arguments: dict[str, Any], error: str) -> None:
    """RFC 8621 section 5.1."""
    alice.says("SearchSnippet/get", **arguments)

    alice.hears("error", type=error)
