"""A server whose files are ours and whose answers are those of the test: for what a real one does not do when asked."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeAlias

from pillarbox.http.headers import SIGN_IN_PAGE

__all__ = ["Answer", "Line", "Script", "scripted"]

_WEB = Path(str(files("pillarbox") / "web"))
_PAGES = {
    "/login": "sign-in/login.html",
    "/authorize": "sign-in/device.html",
    "/authorize/code": "sign-in/authorize.html",
    "/account": "account/account.html",
}
_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Answer:
    """A status, a JSON body, header fields, and how many seconds it takes."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


Line: TypeAlias = Answer | dict[str, Any] | Callable[[Any], "Answer | dict[str, Any]"]


@dataclass
class Script:
    """What is answered to `METHOD path`: one line after the other, the last one again and again."""

    url: str = ""
    lines: dict[str, list[Line]] = field(default_factory=dict)
    asked: list[tuple[str, Any]] = field(default_factory=list)

    def says(self, question: str, *lines: Line) -> None:
        self.lines[question] = list(lines)

    def heard(self, question: str) -> list[Any]:
        """The bodies of all requests of this kind so far."""
        return [body for one, body in self.asked if one == question]

    def answers(self, question: str, body: Any) -> Answer:
        self.asked.append((question, body))
        lines = self.lines.get(question)
        if not lines:
            return Answer({"type": "about:blank", "status": 404, "detail": "no such thing"}, 404)
        line = lines.pop(0) if len(lines) > 1 else lines[0]
        told = line(body) if callable(line) else line
        return told if isinstance(told, Answer) else Answer(told)


@contextmanager
def scripted() -> Iterator[Script]:
    """Such a server, for a block."""
    script = Script()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path in _PAGES:
                self._file(_PAGES[path])
            elif path.startswith("/static/"):
                self._file(path.removeprefix("/static/"))
            else:
                self.do_POST()

        def do_POST(self) -> None:
            octets = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = json.loads(octets) if octets else None
            answer = script.answers(f"{self.command} {self.path.partition('?')[0]}", body)
            time.sleep(answer.seconds)
            self._sends(answer.status, "application/json", json.dumps(answer.body).encode(), answer.headers)

        do_PUT = do_DELETE = do_POST  # noqa: N815 - the library's names

        def _file(self, name: str) -> None:
            file = _WEB / name
            page = {name.decode(): value.decode() for name, value in SIGN_IN_PAGE}
            self._sends(200, _TYPES[file.suffix], file.read_bytes(), page)

        def _sends(self, status: int, kind: str, octets: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(octets)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(octets)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's word
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        # A name of this machine, since a number has no passkeys.
        script.url = f"http://localhost:{serving.server_port}"
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        try:
            yield script
        finally:
            serving.shutdown()
            thread.join()
