"""A call of an endpoint on its way between processes: as a message of JSON, its octets in base64."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pillarbox.app.channel import Message

__all__ = ["MOST", "EndpointCall", "Outcome"]

MOST = 16 * 1024 * 1024
"""Octets of a body, in either direction."""


@dataclass(frozen=True, slots=True)
class EndpointCall:
    """What is called: a method, a path with its query as they stand in a URL, and a body; `matching` is If-Match."""

    method: str
    target: str
    body: bytes = field(default=b"", repr=False)
    matching: str | None = None

    def written(self) -> Message:
        """As a question to the supervisor."""
        body = b64encode(self.body).decode()
        return {"do": "call", "method": self.method, "target": self.target, "body": body, "matching": self.matching}

    @classmethod
    def taken(cls, question: Message) -> "EndpointCall":
        """What `written` gave. Raises KeyError; ValueError."""
        return cls(
            str(question["method"]), str(question["target"]), b64decode(question["body"]), question.get("matching")
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: a status of HTTP, header fields, and content with its media type."""

    status: int
    headers: Mapping[str, str]
    octets: bytes = field(repr=False)
    media_type: str

    def written(self) -> Message:
        """As an answer of the supervisor."""
        return {
            "status": self.status,
            "headers": dict(self.headers),
            "type": self.media_type,
            "body": b64encode(self.octets).decode(),
        }

    @classmethod
    def taken(cls, answer: Mapping[str, Any]) -> "Outcome":
        """What `written` gave. Raises KeyError; ValueError."""
        return cls(int(answer["status"]), answer["headers"], b64decode(answer["body"]), str(answer["type"]))
