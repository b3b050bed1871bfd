"""An ordinary user of the machine does it all, and is told what is not theirs to do."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.everybody import for_everybody
from tests.journeys.program import Program, free_port, until

pytestmark = pytest.mark.slow


def test_a_privileged_port_is_explained_to_an_ordinary_user(somebody: "Somebody") -> None:
    somebody.program.config.write_text("[server.listener.http]\nprotocol = 'http'\nbind = '127.0.0.1:81'\n")

    done = somebody.run("serve")

    assert done.returncode == 1
    assert "choose a port from 1024 on" in done.stderr


def test_an_ordinary_user_can_do_it_all(somebody: "Somebody") -> None:
    """Adds, serves, reads and examines; of files of others it is told what to do."""
    port = free_port()
    somebody.program.config.write_text(f"[server.listener.http]\nprotocol = 'http'\nbind = '127.0.0.1:{port}'\n")
    assert somebody.run("account", "add", "alice@far.example", "--password-stdin", stdin="x\n").returncode == 0

    serving = somebody.start("serve")
    try:
        until(lambda: _accepts(port, serving), "the server accepts connections", 30)
        with socket.create_connection(("127.0.0.1", port), 5) as connection:
            connection.sendall(
                b"GET /.well-known/jmap HTTP/1.0\r\nAuthorization: Basic YWxpY2VAZmFyLmV4YW1wbGU6eA==\r\n\r\n"
            )
            assert connection.recv(12) in (b"HTTP/1.1 200", b"HTTP/1.1 307", b"HTTP/1.1 301")
    finally:
        serving.terminate()
        serving.communicate(timeout=20)
    assert serving.returncode == 0

    done = somebody.run("doctor")
    assert done.returncode == 0, done.stderr
    owners = {path.stat().st_uid for path in somebody.program.data.rglob("*")}
    assert owners == {somebody.uid}


def test_files_of_another_user_are_told_with_what_to_do(somebody: "Somebody") -> None:
    assert somebody.run("account", "add", "alice@far.example", "--password-stdin", stdin="x\n").returncode == 0
    for path in (somebody.program.data, *somebody.program.data.rglob("*")):
        os.chown(path, 0, 0)

    done = somebody.run("account", "list")

    assert done.returncode == 1
    assert "permission denied; run it as the user that owns the data" in done.stderr


def test_mail_that_may_not_be_read_is_told(somebody: "Somebody") -> None:
    somebody.run("account", "add", "alice@far.example", "--password-stdin", stdin="x\n")
    path = somebody.program.folder / "secret.mbox"
    path.write_bytes(b"From x@far.example Thu Nov 24 18:22:48 1986\nSubject: x\n\nx\n")
    path.chmod(0o600)
    os.chown(path, 0, 0)

    done = somebody.run("import", "alice@far.example", str(path))

    assert done.returncode == 1
    assert "may not be read by this user" in done.stderr


def _accepts(port: int, process: "subprocess.Popen[str]") -> bool:
    assert process.poll() is None, "the server ended"
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
    except ConnectionRefusedError:
        return False
    return True


class Somebody:
    """An ordinary user of this machine, made for a test, who runs `pillarbox`."""

    def __init__(self, name: str, folder: Path) -> None:
        entry = pwd.getpwnam(name)
        self.uid = entry.pw_uid
        self._group = entry.pw_gid
        home = folder / "home"
        home.mkdir()
        self.program = Program(home, home / "var", home / "pillarbox.toml", {"PATH": os.environ["PATH"]})
        self.program.config.write_text("")
        for path in (home, self.program.config):
            os.chown(path, self.uid, self._group)
        for_everybody(self.program, folder)
        is_root = os.geteuid() == 0
        self._identity: Any = {"user": self.uid, "group": self._group, "extra_groups": []} if is_root else {}

    def run(self, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        process = self.start(*arguments)
        out, err = process.communicate(stdin, timeout=60)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*self.program.command, *self.program.complete(arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.program.folder,
            env=self.program.environment,
            **self._identity,
        )


@pytest.fixture
def somebody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Somebody]:
    """A user made for the test where this one is root, and else this one, who is no root."""
    # pytest's own folders are closed to others.
    folder = Path(f"/tmp/pillarbox-{secrets.token_hex(4)}")  # noqa: S108
    folder.mkdir(mode=0o755)
    if os.geteuid() != 0:
        name, made = pwd.getpwuid(os.geteuid()).pw_name, False
    else:
        name, made = f"pbox{secrets.token_hex(3)}", True
        subprocess.run(["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name], check=True)
    try:
        yield Somebody(name, folder)
    finally:
        shutil.rmtree(folder)
        if made:
            subprocess.run(["userdel", name], check=True, capture_output=True)
