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

__all__ = ["Tab", "tab"]

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
        while not self.says(f"Boolean({condition})"):
            assert time.monotonic() < latest, f"{condition}\n{self.says('document.body.innerText')}"
            time.sleep(0.05)

    def _asks(self, method: str, **parameters: Any) -> Any:
        self._at += 1
        self._connection.send(json.dumps({"id": self._at, "method": method, "params": parameters}))
        while True:
            told = json.loads(self._connection.recv(timeout=_PATIENCE))
            if told.get("id") == self._at:
                assert "error" not in told, told
                return told["result"]


@contextmanager
def tab() -> Iterator[Tab]:
    """A page of a browser of our own, which is empty."""
    program = shutil.which("chromium")
    assert program is not None, "there is no chromium: scripts/neighbours installs it"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = subprocess.Popen(
            [program, *_FLAGS, f"--user-data-dir={folder}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with connect(_address(Path(folder), browser), max_size=None, proxy=None) as connection:
                yield Tab(connection)
        finally:
            browser.terminate()
            try:
                browser.wait(20)
            except subprocess.TimeoutExpired:
                browser.kill()
                browser.wait()


def _address(folder: Path, browser: "subprocess.Popen[bytes]") -> str:
    """Where a new page listens, once the browser has said where it does."""
    said = folder / "DevToolsActivePort"
    latest = time.monotonic() + _PATIENCE
    while not said.exists() or "\n" not in said.read_text():
        assert browser.poll() is None, "chromium ended"
        assert time.monotonic() < latest, "chromium does not start"
        time.sleep(0.05)
    port = int(said.read_text().split()[0])
    with urlopen(Request(f"http://127.0.0.1:{port}/json/new", method="PUT"), timeout=_PATIENCE) as answer:
        return str(json.load(answer)["webSocketDebuggerUrl"])
