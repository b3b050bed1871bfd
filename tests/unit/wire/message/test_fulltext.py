"""The words of a message."""

from pillarbox.wire.message import parse, searchable


def found(raw: str, max_chars: int = 500_000) -> list[str]:
    octets = raw.replace("\n", "\r\n").encode()
    return searchable(octets, parse(octets), max_chars).split("\n")


def part(header: str, text: str) -> str:
    return f"--x\n{header}\n\n{text}\n"


def mixed(*parts: str) -> str:
    return "Content-Type: multipart/mixed; boundary=x\n\n" + "".join(parts) + "--x--\n"


def test_all_texts_are_found_a_line_for_each() -> None:
    """RFC 8621 section 4.4.1, "body": parts of type text, attached ones too."""
    raw = mixed(
        part("", "Hello\n  Bob"),
        part("Content-Type: text/html", "<p>How <b>are</b><br>you <img alt='Snow'>"),
        part("Content-Type: text/csv\nContent-Disposition: attachment", "a,b"),
        part("Content-Type: image/png", "PNG"),
    )

    assert found(raw) == ["Hello Bob", "How are you Snow", "a,b"]


def test_the_same_words_are_found_once() -> None:
    """Ours: alternatives mostly say the same."""
    assert found(mixed(part("", "Hello Bob"), part("Content-Type: text/html", "<p>Hello<br>Bob"))) == ["Hello Bob"]


def test_attached_messages_are_searched_with_their_subjects() -> None:
    """Ours: what a person would say is in the message."""
    raw = mixed(part("Content-Type: message/rfc822", "Subject: =?utf-8?q?Pl=C3=A4ne?=\nFrom: bob\n\nHello"))

    assert found(raw) == ["Pläne", "Hello"]


def test_an_encoded_attached_message_is_searched() -> None:
    """Ours: RFC 2046 section 5.2.1 forbids to encode one, and some do."""
    assert found("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nQTogYgoKSGVsbG8=") == ["Hello"]


def test_messages_within_messages_are_searched_five_deep() -> None:
    """Ours: a bound."""
    inner = "Subject: last\n\nHello"
    for number in range(6):
        inner = f"Subject: {number}\nContent-Type: message/rfc822\n\n{inner}"

    assert found(inner) == ["4", "3", "2", "1", "0"]


def test_no_more_is_given_than_wanted() -> None:
    """Ours: a bound for the index."""
    raw = mixed(*(part("", f"{number} " + "word " * 100) for number in range(100)))

    assert len("\n".join(found(raw, 1000))) == 1000
    assert found("\nHello Bob", 5) == ["Hello"]


def test_a_message_without_words_gives_nothing() -> None:
    """Ours."""
    assert found("Content-Type: image/png\n\nPNG") == [""]


def test_nul_is_no_part_of_words() -> None:
    """Ours: databases refuse it in text."""
    assert found("\nHel\0lo") == ["Hello"]


def test_flowed_text_is_joined() -> None:
    """RFC 3676 section 4: a word may go on behind a soft line end with delsp."""
    assert found("Content-Type: text/plain; format=flowed; delsp=yes\n\npar \na") == ["para"]
