"""What Python's own mailbox module writes comes back as it was."""

import mailbox
import re
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from pillarbox.transfer import Found, source

FLAGS_OF_MBOX = {"R": "$seen", "A": "$answered", "F": "$flagged"}
FLAGS_OF_MAILDIR = FLAGS_OF_MBOX | {"S": "$seen", "R": "$answered", "D": "$draft", "P": "$forwarded"}

# A line that begins with ">From " is left out: an mboxo file does not say who put the mark there.
LINES = st.one_of(
    st.sampled_from(["", "From here on", "From a@b.example Mon Nov 24 12:22:48 1986", "> From", "--x"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=60),
).filter(lambda line: not re.match(r">+From ", line))

MESSAGES = st.lists(LINES, max_size=8).map(
    lambda lines: ("Subject: Plans\n\n" + "".join(f"{line}\n" for line in lines)).encode()
)


def flagged(letters: str) -> st.SearchStrategy[str]:
    return st.sets(st.sampled_from(letters)).map(lambda flags: "".join(sorted(flags)))


def read(path: Path) -> list[Found]:
    return [item for item in source(path) if isinstance(item, Found)]


@settings(deadline=None)
@given(st.lists(st.tuples(MESSAGES, flagged("RAFOD")), max_size=5))
def test_an_mbox_comes_back(messages: list[tuple[bytes, str]]) -> None:
    with TemporaryDirectory() as directory:
        path = Path(directory) / "archive"
        box = mailbox.mbox(path)
        written = []
        for octets, flags in messages:
            status = "".join(flag for flag in "RO" if flag in flags)
            x_status = "".join(flag for flag in "DFA" if flag in flags)
            raw = f"Status: {status}\nX-Status: {x_status}\n".encode() + octets
            box.add(b"From alice@far.example Mon Nov 24 12:22:48 1986\n" + raw)
            written.append(raw.replace(b"\n", b"\r\n"))
        box.close()

        found = read(path)

    assert [item.raw for item in found] == written
    assert [item.keywords for item in found] == [
        {FLAGS_OF_MBOX[flag] for flag in flags if flag in FLAGS_OF_MBOX} for _, flags in messages
    ]
    assert [item.folder for item in found] == [("Trash",) if "D" in flags else ("archive",) for _, flags in messages]


@settings(deadline=None)
@given(st.lists(st.tuples(MESSAGES, flagged("SRFDPT")), max_size=5))
def test_a_maildir_comes_back(messages: list[tuple[bytes, str]]) -> None:
    with TemporaryDirectory() as directory:
        path = Path(directory) / "Maildir"
        box = mailbox.Maildir(path, create=True)
        written = {}
        for octets, flags in messages:
            key = box.add(octets)
            message = mailbox.MaildirMessage()
            message.set_subdir("cur")
            message.set_flags(flags)
            # Rename as a mail server does; the module would write the message anew.
            (path / "new" / key).rename(path / "cur" / f"{key}{box.colon}{message.get_info()}")
            written[f"Maildir, message {key}"] = (octets.replace(b"\n", b"\r\n"), flags)

        found = {item.key: item for item in read(path)}

    assert {key: item.raw for key, item in found.items()} == {key: raw for key, (raw, _) in written.items()}
    for key, (_, flags) in written.items():
        assert found[key].keywords == {FLAGS_OF_MAILDIR[flag] for flag in flags if flag != "T"}
        assert found[key].folder == (("Trash",) if "T" in flags else ())
