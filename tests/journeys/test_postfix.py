"""A real Postfix takes mail by SMTP and hands it over by LMTP: what it was told is filed is there, once.

The instance is the test's own: its configuration, queue and data are in a folder that is gone afterwards, it listens on
loopback alone, and knows nothing of a Postfix that this machine may run.
"""

import json
import os
import shutil
import smtplib
import subprocess
import tempfile
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from tests.journeys.program import Server, free_port, until

pytestmark = [pytest.mark.neighbour, pytest.mark.slow]

LARGEST = 100_000


class Postfix:
    """An instance that relays everything for two domains to one LMTP server."""

    def __init__(self, folder: Path, lmtp_port: int) -> None:
        self.port = free_port()
        self._folder = folder
        self._forgotten = 0
        self._config = folder / "config"
        for name in ("config", "queue", "data"):
            (folder / name).mkdir(mode=0o755)
        shutil.chown(folder / "data", "postfix")
        (self._config / "main.cf").write_text(
            f"""compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = relay.far.example
mydestination =
local_recipient_maps =
alias_maps =
relay_domains = home.example, near.example
relay_transport = lmtp:inet:127.0.0.1:{lmtp_port}
transport_maps = inline:{{ {{ far.example = retry:nobody is there }} }}
notify_classes =
smtpd_relay_restrictions = permit_mynetworks, reject
message_size_limit = 10000000
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
lmtp_connect_timeout = 5s
lmtp_destination_concurrency_limit = 4
"""
        )
        (self._config / "master.cf").write_text(_MASTER.format(port=self.port))

    def __enter__(self) -> "Postfix":
        self._run("postfix", "start")
        until(self._greets, "Postfix greets", 30)
        return self

    def __exit__(self, *_: object) -> None:
        self._run("postfix", "stop")

    def send(self, recipient: str, message: bytes, sender: str = "bob@far.example") -> None:
        """Hands it a message by SMTP; it is in its queue afterwards."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=20) as smtp:
            smtp.sendmail(sender, [recipient], message)

    def queue(self) -> list[dict[str, object]]:
        """What it has still to deliver."""
        listed = self._run("postqueue", "-j").splitlines()
        return [json.loads(line) for line in listed]

    def flush(self) -> None:
        """Asks it to try everything now."""
        self._run("postqueue", "-f")

    def log(self) -> str:
        """What it has written since it was told to forget, or ever."""
        return self._written()[self._forgotten :]

    def forget(self) -> None:
        """Empties its queue, and begins a new log."""
        self._run("postsuper", "-d", "ALL")
        self._forgotten = len(self._written())

    def _written(self) -> str:
        path = self._folder / "mail.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def _run(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [program, "-c", str(self._config), *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"},
            check=False,
        )
        assert done.returncode == 0, f"{program} {arguments}: {done.stdout}{done.stderr}\n{self.log()}"
        return done.stdout

    def _greets(self) -> bool:
        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=5) as smtp:
                return smtp.noop()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False


_MASTER = """127.0.0.1:{port} inet n - n - - smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
smtp      unix  - - n - - smtp
lmtp      unix  - - n - - lmtp
relay     unix  - - n - - smtp
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
showq     unix  n - n - - showq
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for all tests; each has accounts of its own, and whoever stops it starts it again."""
    settings = f"[session.data.limits]\nsize = {LARGEST}\n[server]\nhostname = 'home.example'\n"
    with Server(tmp_path_factory.mktemp("postfix") / "server", settings).running() as server:
        yield server


@pytest.fixture(scope="module")
def relay(server: Server) -> Iterator[Postfix]:
    if shutil.which("postfix", path=f"{os.environ['PATH']}:/usr/sbin:/sbin") is None:
        pytest.fail("Postfix is missing; scripts/neighbours installs it")
    if os.geteuid() != 0:
        pytest.fail("Postfix starts as root only; run this test as root")
    # Its processes are another user's, who cannot enter pytest's folders.
    with tempfile.TemporaryDirectory(prefix="pillarbox-postfix-") as folder:
        Path(folder).chmod(0o755)
        with Postfix(Path(folder), server.lmtp_port) as postfix:
            yield postfix


@pytest.fixture
def postfix(relay: Postfix) -> Iterator[Postfix]:
    """The instance of all tests, with nothing in its queue."""
    yield relay
    relay.forget()


def _letter(number: int, words: str = "Hello.") -> bytes:
    return (
        f"From: Bob <bob@far.example>\r\nTo: alice@home.example\r\nSubject: Letter {number}\r\n"
        f"Message-ID: <{number}@far.example>\r\nDate: Sat, 1 Mar 2025 10:00:00 +0000\r\n\r\n{words}\r\n"
    ).encode()


def test_mail_is_heard_of_and_read(server: Server, postfix: Postfix) -> None:
    alice = server.account("reader@home.example")
    account = alice.account
    events = alice.listen(types="Email")

    postfix.send(
        "reader@home.example", _letter(1, "\r\n".join((".", "..", "From here on", "Grüße".encode().decode("latin-1"))))
    )

    events.change(account, "Email", within=20)
    (email,) = alice.emails(alice.ids(), ["subject", "from", "blobId", "mailboxIds", "headers", "keywords"])
    assert email["subject"] == "Letter 1"
    assert email["from"] == [{"name": "Bob", "email": "bob@far.example"}]
    assert email["mailboxIds"] == {alice.role("inbox"): True}
    assert email["keywords"] == {}
    message = message_from_bytes(alice.download(email["blobId"]), policy=policy.SMTP)
    assert message["Return-Path"] == "<bob@far.example>"
    first, second, *_ = message.get_all("Received", [])
    assert "with LMTP" in first
    assert "home.example" in first
    assert "relay.far.example" in second
    # A dot that was doubled for the way is single again (RFC 5321 section 4.5.2).
    assert alice.download(email["blobId"]).split(b"\r\n\r\n", 1)[1].startswith(b".\r\n..\r\nFrom here on\r\n")
    until(lambda: postfix.queue() == [], "the queue is empty")


def test_aliases_and_tags_reach_their_account(server: Server, postfix: Postfix) -> None:
    alice = server.account("tagged@home.example")
    server.program("account", "alias", "tagged@home.example", "add", "info@near.example")

    for number, recipient in enumerate(("info@near.example", "tagged+news@home.example", "Tagged@HOME.example")):
        postfix.send(recipient, _letter(number))

    until(lambda: len(alice.ids()) == 3, "three messages are there", 20)


def test_an_unknown_recipient_bounces_and_the_others_get_theirs(server: Server, postfix: Postfix) -> None:
    alice = server.account("one@home.example")

    with smtplib.SMTP("127.0.0.1", postfix.port, timeout=20) as smtp:
        smtp.sendmail("one@home.example", ["nobody@home.example", "one@home.example"], _letter(1))

    # Her own message, and the bounce that says whom it did not reach.
    until(lambda: len(alice.ids()) == 2, "the message and the bounce are there", 20)
    (bounce,) = alice.emails(alice.ids(**{"from": "MAILER-DAEMON"}), ["subject", "blobId"])
    report = alice.download(bounce["blobId"]).decode()
    assert "nobody@home.example" in report
    assert "550 5.1.1" in report
    assert "Return-Path: <>\r\n" in report
    until(lambda: postfix.queue() == [], "the queue is empty")


def test_a_message_larger_than_the_limit_bounces(server: Server, postfix: Postfix) -> None:
    alice = server.account("large@home.example")

    postfix.send("large@home.example", _letter(1, "x" * 70 + "\r\n" * LARGEST), sender="large@home.example")

    until(lambda: len(alice.ids()) == 1, "the bounce is there", 20)
    (bounce,) = alice.emails(alice.ids(), ["from"])
    assert bounce["from"][0]["email"].lower().startswith("mailer-daemon@")
    assert "5.3.4" in postfix.log() or "size limit" in postfix.log()


def test_a_server_that_was_away_gets_everything_once(server: Server, postfix: Postfix) -> None:
    """Stopped, with mail for it in the queue; then killed while that is delivered; then there for good."""
    alice = server.account("away@home.example")
    assert server.stop() == 0
    for number in range(60):
        postfix.send("away@home.example", _letter(number))
    assert len(postfix.queue()) == 60

    server.start()
    postfix.flush()
    until(lambda: len(alice.ids()) >= 10, "some have come", 60)
    server.kill()
    server.start()
    deadline = time.monotonic() + 90
    while postfix.queue():
        assert time.monotonic() < deadline, postfix.log()
        postfix.flush()

    subjects = sorted(email["subject"] for email in alice.emails(alice.ids(), ["subject"]))
    assert subjects == sorted(f"Letter {number}" for number in range(60))
    assert server.program.doctor() == []


def test_a_message_for_somebody_over_quota_bounces(server: Server, postfix: Postfix) -> None:
    program = server.program
    program("account", "add", "carol@home.example", "--password-stdin", "--quota", "20000", stdin="open sesame\n")
    alice, carol = server.account("writer@home.example"), server.client("carol@home.example")

    postfix.send("carol@home.example", _letter(1, "x " * 6000), sender="writer@home.example")
    until(lambda: len(carol.ids()) == 1, "the first is there", 20)
    postfix.send("carol@home.example", _letter(2, "x " * 6000), sender="writer@home.example")

    # Full today may have room tomorrow: it is offered again (RFC 3463, X.2.2), and stays in the queue meanwhile.
    until(lambda: "452" in postfix.log() or "552" in postfix.log(), "it was refused", 20)
    assert len(carol.ids()) == 1
    assert len(alice.ids()) <= 1
