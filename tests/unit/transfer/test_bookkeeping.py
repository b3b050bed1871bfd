import pytest

from pillarbox.transfer.bookkeeping import Marks, keyword, marks


@pytest.mark.parametrize(
    ("header", "keywords"),
    [
        (b"Subject: Plans\r\n", set()),
        (b"Status: O\r\n", set()),
        (b"Status: RO\r\nX-Status: AFT\r\n", {"$seen", "$answered", "$flagged", "$draft"}),
        (b"status:RO\r\n", {"$seen"}),
        (b"X-Keywords: Plans  NonJunk $Forwarded (no)      \r\n", {"plans", "$notjunk", "$forwarded"}),
        (b"X-Keywords: one\r\n two\r\n", {"one", "two"}),
        (b"X-Mozilla-Status: 1007\r\n", {"$seen", "$answered", "$flagged", "$forwarded"}),
        (b"X-Mozilla-Status: what\r\nX-Mozilla-Keys: $label1 garden\r\n", {"$label1", "garden"}),
        (b"X-Mozilla-Status2: 00000001\r\nComment: Status: R\r\n", set()),
    ],
)
def test_fields_are_keywords(header: bytes, keywords: set[str]) -> None:
    assert marks(header) == Marks(frozenset(keywords))


@pytest.mark.parametrize(
    ("labels", "folders", "keywords"),
    [
        ("Inbox", ((),), {"$seen"}),
        ("Inbox,Important,Unread,Category Updates", ((),), set()),
        ("Sent,Starred", (("Sent",),), {"$seen", "$flagged"}),
        ("Draft", (("Drafts",),), {"$seen", "$draft"}),
        ("Inbox,Work/Garden,Opened", ((), ("Work", "Garden")), {"$seen"}),
        ("Archived,Opened", (("Archive",),), {"$seen"}),
        ("Archived,Plans", (("Plans",),), {"$seen"}),
        ("Important,Unread", (("Archive",),), set()),
        ('"Plans, old",Sent', (("Plans, old",), ("Sent",)), {"$seen"}),
        ("=?UTF-8?Q?Inbox,B=C3=BCcher?=", ((), ("Bücher",)), {"$seen"}),
        ("=?UTF-8?Q?Inbox,B=C3=BC?=\r\n =?UTF-8?Q?cher,Unread?=", ((), ("Bücher",)), set()),
        ("Trash,Plans", (("Trash",),), {"$seen"}),
        ("Spam,Unread", (("Junk",),), set()),
        ("/", (("/",),), {"$seen"}),
    ],
)
def test_gmails_labels_are_mailboxes_and_keywords(
    labels: str, folders: tuple[tuple[str, ...], ...], keywords: set[str]
) -> None:
    header = f"X-Gmail-Labels: {labels}\r\nSubject: Plans\r\n".encode()

    assert marks(header) == Marks(frozenset(keywords), folders)


def test_deleted_and_expunged_are_not_the_same() -> None:
    assert marks(b"X-Status: D\r\n") == Marks(deleted=True)
    assert marks(b"X-Mozilla-Status: 0008\r\n") == Marks(expunged=True)


def test_a_keyword_is_one_of_jmaps_or_none() -> None:
    """RFC 8621 section 4.1.1, "keywords"."""
    assert keyword("$Forwarded") == "$forwarded"
    assert keyword("Junk") == "$junk"
    assert keyword("two words") is None
    assert keyword("a*") is None
    assert keyword("") is None
    assert keyword("bücher") is None
    assert keyword("k" * 256) is None
