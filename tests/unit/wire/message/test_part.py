"""What a part's header says about it."""

import pytest

from pillarbox.wire.message import Part, parse


def root(*lines: str) -> Part:
    return parse("\r\n".join([*lines, "", "Hello"]).encode()).root


@pytest.mark.parametrize(
    ("lines", "kind", "charset"),
    [
        ((), "text/plain", "us-ascii"),
        (("Content-Type: Text/HTML; charset=UTF-8",), "text/html", "UTF-8"),
        (("Content-Type: text/html",), "text/html", "us-ascii"),
        (('Content-Type: text/html; charset=""',), "text/html", "us-ascii"),
        (("Content-Type: image/png",), "image/png", None),
        (("Content-Type: application/xml; charset=utf-8",), "application/xml", "utf-8"),
        (("Content-Type: text",), "text/plain", "us-ascii"),
        (("Content-Type: text; charset=utf-8",), "text/plain", "utf-8"),
        (("Content-Type:",), "text/plain", "us-ascii"),
        (("Content-Type: /", "Content-Type: image/png"), "image/png", None),
        (("Content-Type: image/gif", "Content-Type: image/png"), "image/gif", None),
    ],
)
def test_type_and_charset(lines: tuple[str, ...], kind: str, charset: str | None) -> None:
    """RFC 8621 section 4.1.4, "type" and "charset"; RFC 2045 section 5.2 for what is malformed."""
    part = root(*lines)

    assert (part.type, part.charset) == (kind, charset)


@pytest.mark.parametrize(
    ("lines", "disposition", "name"),
    [
        ((), None, None),
        (("Content-Disposition: Inline",), "inline", None),
        (("Content-Disposition: ATTACHMENT; filename=a.txt",), "attachment", "a.txt"),
        (("Content-Disposition: attachment", "Content-Type: text/plain; name=b.txt"), "attachment", "b.txt"),
        (("Content-Disposition: attachment; filename=a.txt", "Content-Type: text/plain; name=b.txt"),
         "attachment", "a.txt"),
        (("Content-Disposition: attachment; filename=", "Content-Type: text/plain; name=b.txt"), "attachment",
         "b.txt"),
        (("Content-Disposition: filename=a.txt",), None, "a.txt"),
        (("Content-Disposition: attachment", "Content-Disposition: inline; filename=a.txt"), "attachment",
         "a.txt"),
        (("Content-Disposition: attachment; filename=\"../etc/passwd\"",), "attachment", "../etc/passwd"),
    ],
)  # fmt: skip
def test_disposition_and_name(lines: tuple[str, ...], disposition: str | None, name: str | None) -> None:
    """RFC 8621 section 4.1.4, "disposition" and "name"."""
    part = root(*lines)

    assert (part.disposition, part.name) == (disposition, name)


@pytest.mark.parametrize(
    ("line", "cid"),
    [
        ("Content-Id: <a@far.example>", "a@far.example"),
        ("Content-Id: (one)\r\n <a@far.example> (two)", "a@far.example"),
        ("Content-Id: a@far.example ", "a@far.example"),
        ("Content-Id: <>", None),
        ("Content-Id:", None),
        ("X-Id: a", None),
    ],
)
def test_cid(line: str, cid: str | None) -> None:
    """RFC 8621 section 4.1.4, "cid"."""
    assert root(line).cid == cid


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("Content-Language: en, de-CH (Swiss)", ("en", "de-CH")),
        ("Content-Language: ,", None),
        ("Content-Language:", None),
        ("X-Language: en", None),
    ],
)
def test_language(line: str, language: tuple[str, ...] | None) -> None:
    """RFC 8621 section 4.1.4, "language"; RFC 3282."""
    assert root(line).language == language


@pytest.mark.parametrize(
    ("line", "location"),
    [
        ("Content-Location: https://far.example/a\r\n /b.png", "https://far.example/a/b.png"),
        ("Content-Location: =?utf-8?Q?https://far.example/=C3=A4?=", "https://far.example/ä"),
        ("Content-Location:", None),
        ("X-Location: a", None),
    ],
)
def test_location(line: str, location: str | None) -> None:
    """RFC 8621 section 4.1.4, "location"; RFC 2557 section 4.4 for folded and encoded ones."""
    assert root(line).location == location


def test_the_parameters_of_the_type_are_told() -> None:
    """RFC 3676 section 4: format and delsp."""
    part = root("Content-Type: text/plain; Format=flowed; delsp=yes")

    assert part.parameters == (("format", "flowed"), ("delsp", "yes"))
