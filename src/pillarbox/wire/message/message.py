"""A whole message, read once (RFC 5322, RFC 2045; RFC 8621 section 4.1)."""

from dataclasses import dataclass

from pillarbox.wire.message.header import Field
from pillarbox.wire.message.limits import Limits
from pillarbox.wire.message.part import Part
from pillarbox.wire.message.preview import preview
from pillarbox.wire.message.structure import structure
from pillarbox.wire.message.view import has_attachment, view


@dataclass(frozen=True, slots=True)
class Message:
    """What a message holds, but for the contents of its parts."""

    size: int
    """Octets."""

    headers: tuple[Field, ...]
    root: Part
    """The property bodyStructure."""

    text_body: tuple[Part, ...]
    html_body: tuple[Part, ...]
    attachments: tuple[Part, ...]
    has_attachment: bool
    preview: str

    is_cut: bool
    """Whether a limit kept something of the message out of all this."""


_USUAL = Limits()


def parse(raw: bytes, limits: Limits = _USUAL) -> Message:
    """The message that octets are; any octets are one, if not a good one. Never raises.

    The time is about linear in the size. `limits` bound what is made of it.
    """
    root, is_cut = structure(raw, limits)
    found = view(root)
    return Message(
        size=len(raw),
        headers=root.headers,
        root=root,
        text_body=found.text_body,
        html_body=found.html_body,
        attachments=found.attachments,
        has_attachment=has_attachment(raw, found),
        preview=preview(raw, found),
        is_cut=is_cut,
    )


def attachment_names(message: Message) -> tuple[str, ...]:
    """The file names of the attachments that have one."""
    return tuple(part.name for part in message.attachments if part.name)
