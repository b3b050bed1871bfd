"""Chromium without a window, told what to do over its remote debugging protocol."""

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from websockets.sync.client import ClientConnection, connect

__all__ = ["Browser", "Tab", "browser", "tab"]

_PATIENCE = 60.0
_FLAGS = (
    "--headless",
    "--no-sandbox",  # it refuses to run as root with one
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    "--remote-debugging-port=0",
)


class Tab:
    """One page."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._at = 0

    def opens(self, url: str) -> None:
        """Goes to a page."""
        self._asks("Page.navigate", url=url)

    def says(self, script: str) -> Any:
        """What an expression is, or resolves to, in the page."""
        told = self._asks("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def waits(self, condition: str, seconds: float = 20.0) -> None:
        """Returns once an expression is true in the page."""
        latest = time.monotonic() + seconds
        while not self._is(condition):
            assert time.monotonic() < latest, f"{condition}\n{self.says('document.body.innerText')}"
            time.sleep(0.05)

    def commands(self, method: str, **parameters: Any) -> Any:
        """What the browser answers to a command of its debugging protocol."""
        return self._asks(method, **parameters)

    def _is(self, condition: str) -> bool:
        told = self._told("Runtime.evaluate", expression=f"Boolean({condition})", awaitPromise=True, returnByValue=True)
        # A page that is just being left answers nothing.
        if "error" in told:
            return False
        assert "exceptionDetails" not in told["result"], told
        return bool(told["result"]["result"]["value"])

    def _asks(self, method: str, **parameters: Any) -> Any:
        told = self._told(method, **parameters)
        assert "error" not in told, told
        return told["result"]

    def _told(self, method: str, **parameters: Any) -> Any:
        self._at += 1
        self._connection.send(json.dumps({"id": self._at, "method": method, "params": parameters}))
        while True:
            told = json.loads(self._connection.recv(timeout=_PATIENCE))
            if told.get("id") == self._at:
                return told


class Browser:
    """One that runs; its pages know nothing of those before them."""

    def __init__(self, port: int) -> None:
        self._port = port

    @contextmanager
    def tab(self) -> Iterator[Tab]:
        """A page that is empty; what sites have left in the browser goes with it."""
        opened = self._asks("new", "PUT")
        with connect(opened["webSocketDebuggerUrl"], max_size=None, proxy=None) as connection:
            page = Tab(connection)
            try:
                yield page
            finally:
                page.commands("Network.clearBrowserCookies")
                page.commands("Network.clearBrowserCache")
                self._asks(f"close/{opened['id']}", "GET")

    def _asks(self, what: str, method: str) -> Any:
        url = f"http://127.0.0.1:{self._port}/json/{what}"
        with urlopen(Request(url, method=method), timeout=_PATIENCE) as answer:
            told = answer.read()
        return json.loads(told) if what == "new" else None


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser of our own, for a block."""
    program = shutil.which("chromium")
    assert program is not None, "there is no chromium: scripts/neighbours installs it"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        running = subprocess.Popen(
            [program, *_FLAGS, f"--user-data-dir={folder}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield Browser(_port(Path(folder), running))
        finally:
            running.terminate()
            try:
                running.wait(20)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


@contextmanager
def tab() -> Iterator[Tab]:
    """A page of a browser of its own, which is empty."""
    with browser() as running, running.tab() as page:
        yield page


def _port(folder: Path, running: "subprocess.Popen[bytes]") -> int:
    """Where it listens, once it has said so."""
    said = folder / "DevToolsActivePort"
    latest = time.monotonic() + _PATIENCE
    while not said.exists() or "\n" not in said.read_text():
        assert running.poll() is None, "chromium ended"
        assert time.monotonic() < latest, "chromium does not start"
        time.sleep(0.05)
    return int(said.read_text().split()[0])
