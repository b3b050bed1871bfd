"""What is shown as the body, and what beside it."""

import pytest

from pillarbox.wire.message import Message, Part, parse

Tree = tuple[str, "Tree | list[Tree]"]


def leaf(name: str, header: str) -> str:
    return f"Content-Type: {header}\nContent-Description: {name}\n\n{name}"


def multi(subtype: str, *parts: str, boundary: str) -> str:
    inner = "".join(f"\n--{boundary}\n{part}" for part in parts)
    return f"Content-Type: multipart/{subtype}; boundary={boundary}\n{inner}\n--{boundary}--"


def read(text: str) -> Message:
    return parse(text.replace("\n", "\r\n").encode())


def names(parts: tuple[Part, ...]) -> str:
    return "".join(field.value.strip() for part in parts for field in part.headers if field.name.endswith("description")
                   or field.name.endswith("Description"))  # fmt: skip


def shown(text: str) -> tuple[str, str, str]:
    message = read(text)
    return names(message.text_body), names(message.html_body), names(message.attachments)


PLAIN, HTML, JPEG = "text/plain", "text/html", "image/jpeg"


def test_the_example_of_the_rfc_comes_out() -> None:
    """RFC 8621 section 4.1.4: the message of a list with header and footer."""
    inline = "\nContent-Disposition: inline"
    raw = multi("mixed",
        leaf("A", PLAIN + inline),
        multi("mixed",
            multi("alternative",
                multi("mixed", leaf("B", PLAIN + inline), leaf("C", JPEG + inline), leaf("D", PLAIN + inline),
                      boundary="m3"),
                multi("related", leaf("E", HTML), leaf("F", JPEG), boundary="r"),
                boundary="a"),
            leaf("G", JPEG + "\nContent-Disposition: attachment"), leaf("H", "application/x-excel"),
            leaf("J", "message/rfc822"), boundary="m2"),
        leaf("K", PLAIN + inline), boundary="m1")  # fmt: skip

    assert shown(raw) == ("ABCDK", "AEK", "CFGHJ")


@pytest.mark.parametrize(
    ("raw", "lists"),
    [
        (leaf("A", PLAIN), ("A", "A", "")),
        (leaf("A", HTML), ("A", "A", "")),
        (leaf("A", JPEG), ("A", "A", "")),
        (leaf("A", "application/pdf"), ("", "", "A")),
        (leaf("A", PLAIN + "\nContent-Disposition: attachment"), ("", "", "A")),
        (multi("alternative", leaf("A", PLAIN), leaf("B", HTML), boundary="x"), ("A", "B", "")),
        (multi("alternative", leaf("A", HTML), boundary="x"), ("A", "A", "")),
        (multi("alternative", leaf("A", PLAIN), boundary="x"), ("A", "A", "")),
        (multi("alternative", leaf("A", PLAIN), leaf("B", HTML), leaf("C", "text/calendar"), boundary="x"),
         ("A", "B", "C")),
        (multi("alternative", leaf("A", PLAIN), leaf("B", HTML), leaf("C", JPEG), boundary="x"), ("A", "B", "C")),
        (multi("mixed", leaf("A", PLAIN), leaf("B", HTML), leaf("C", JPEG), boundary="x"), ("ABC", "ABC", "")),
        (multi("x-unknown", leaf("A", PLAIN), leaf("B", HTML), leaf("C", JPEG), boundary="x"), ("ABC", "ABC", "")),
        (multi("mixed", leaf("A", PLAIN), leaf("B", PLAIN + "; name=b.txt"), boundary="x"), ("A", "A", "B")),
        (multi("mixed", leaf("A", PLAIN + "; name=a.txt"), boundary="x"), ("A", "A", "")),
        (multi("related", leaf("A", HTML), leaf("B", JPEG), leaf("C", PLAIN), boundary="x"), ("A", "A", "BC")),
        (multi("alternative", multi("related", leaf("A", HTML), leaf("B", JPEG), boundary="y"), boundary="x"),
         ("A", "A", "B")),
        (multi("alternative", leaf("A", PLAIN), multi("mixed", leaf("B", HTML), leaf("C", "application/pdf"),
                                                      leaf("D", HTML), boundary="y"), boundary="x"),
         ("A", "BD", "C")),
        (multi("alternative", leaf("A", PLAIN), multi("mixed", leaf("B", PLAIN), leaf("C", HTML), boundary="y"),
               boundary="x"), ("AB", "AB", "C")),
        ("Content-Type: multipart/mixed; boundary=x\n\n--x--", ("", "", "")),
    ],
)  # fmt: skip
def test_each_part_is_where_a_person_would_look_for_it(raw: str, lists: tuple[str, str, str]) -> None:
    """RFC 8621 section 4.1.4: textBody, htmlBody and attachments; RFC 2046 section 5.1.3 for unknown multiparts."""
    assert shown(raw) == lists


def test_the_root_of_related_parts_is_the_body_wherever_it_stands() -> None:
    """RFC 2387 section 3.2: the "start" parameter."""
    image, html = leaf("A", JPEG + "\nContent-ID: <a@far.example>"), leaf("B", HTML + "\nContent-ID: <b@far.example>")

    assert shown(multi('related; start="<b@far.example>"', image, html, boundary="x")) == ("B", "B", "A")
    assert shown(multi('related; start="<no@far.example>"', image, html, boundary="x")) == ("A", "A", "B")


PICTURE = "image/png\nContent-ID: <p@far.example>\nContent-Location: https://far.example/p.png"


@pytest.mark.parametrize(
    ("html", "picture", "has"),
    [
        ('<img src="cid:p@far.example">', PICTURE, False),
        ("<img src=cid:p%40far.example>", PICTURE, False),
        ('<img src="https://far.example/p.png">', PICTURE, False),
        ("<p style=\"background: url('cid:p@far.example')\">", PICTURE, False),
        ('<img src="cid:q@far.example">', PICTURE, True),
        ("<p>Hello", PICTURE, True),
        ("<p>Hello", PICTURE + "\nContent-Disposition: inline", False),
        ('<img src="cid:p@far.example">', PICTURE.replace("image/png", "application/pdf"), True),
        ("<p>Hello", "image/png", True),
    ],
)
def test_a_picture_of_the_html_is_no_attachment_to_offer(html: str, picture: str, *, has: bool) -> None:
    """RFC 8621 section 4.1.4, "hasAttachment": an attachment that is neither inline nor embedded."""
    raw = multi("related", f"Content-Type: text/html\n\n{html}", leaf("P", picture), boundary="x")

    assert read(raw).has_attachment is has


def test_only_html_refers_to_pictures() -> None:
    """RFC 8621 section 4.1.4, "hasAttachment"."""
    raw = multi("related", "Content-Type: text/plain\n\nsrc=cid:p@far.example", leaf("P", PICTURE), boundary="x")

    assert read(raw).has_attachment


def test_a_message_without_attachments_has_none() -> None:
    """RFC 8621 section 4.1.4, "hasAttachment"."""
    assert not read(leaf("A", PLAIN)).has_attachment
