"""What a mailbox is called becomes the name of a file or directory, and can be told from it."""

from pathlib import PurePosixPath
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillarbox.transfer import Format
from pillarbox.transfer.export.layout import Layout, file_name
from pillarbox.transfer.folder import below, below_maildir, readable

each_format = pytest.mark.parametrize("format_", get_args(Format))

NAMES = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=40),
    st.sampled_from(["a.mbox", "a.EML", "..", ".", "&", "&-", "&AOQ-", "a/b", "Inbox", "INBOX", "cur", "x.sbd.mbox"]),
).map(readable)


@given(NAMES)
def test_a_name_can_be_told_from_a_file_name(name: str) -> None:
    written = file_name(name, in_maildir=False)

    assert below((), written) == below((), f"{written}.mbox") == (name,)
    assert "/" not in written
    assert written not in (".", "..")


@given(NAMES)
def test_a_name_can_be_told_from_that_of_a_maildirs_folder(name: str) -> None:
    written = file_name(name, in_maildir=True)

    assert below_maildir((), f".{written}") == (name,)
    assert written.isascii()
    assert "." not in written


@pytest.mark.parametrize(
    ("name", "in_maildir", "written"),
    [
        ("Bücher", True, "B&APw-cher"),
        ("Bücher", False, "Bücher"),
        ("R&D", True, "R&-D"),
        ("1.5", True, "1&AC4-5"),
        ("1.5", False, "1.5"),
        ("a/b", False, "a&AC8-b"),
        ("Plans.mbox", False, "Plans&AC4-mbox"),
    ],
)
def test_names_are_written_as_mail_programs_do(name: str, *, in_maildir: bool, written: str) -> None:
    """RFC 9051 section A.1."""
    assert file_name(name, in_maildir=in_maildir) == written


@each_format
@given(st.lists(st.tuples(NAMES, st.integers(0, 20)), max_size=20))
def test_no_two_mailboxes_have_the_same_place(format_: Format, tree: list[tuple[str, int]]) -> None:
    """Not on a file system that takes upper case for lower case either; and none lies outside."""
    layout = Layout(format_)
    paths = [layout.path("m0", "Inbox", None, "inbox")]
    for number, (name, above) in enumerate(tree, 1):
        parent = f"m{above}" if above < number else None
        paths.append(layout.path(f"m{number}", name, parent, None))

    assert len({str(path).casefold() for path in paths}) == len(paths)
    assert not any(path.is_absolute() or ".." in path.parts for path in paths)


@each_format
def test_a_name_that_is_too_long_for_a_file_is_cut(format_: Format) -> None:
    layout = Layout(format_)
    paths: list[PurePosixPath] = []
    parent = None
    for number in range(10):
        paths.append(layout.path(f"m{number}", "ü" * 127, parent, None))
        parent = f"m{number}"

    assert len({str(path) for path in paths}) == 10
    assert max(len(part.encode()) for path in paths for part in path.parts) <= 255
