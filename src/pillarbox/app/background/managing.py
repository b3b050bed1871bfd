"""The command line's calls of the management API, done in the background worker."""

from collections.abc import Mapping
from functools import partial

from pillarbox.app.background.standing import Standing
from pillarbox.app.channel import Message
from pillarbox.app.supervisor import asked

__all__ = ["managed"]

_PATIENCE = 60.0
"""Seconds in which the supervisor answers: it asks each of its processes in turn."""


def managed(standing: Standing, written: Mapping[str, str], question: Message) -> Message:
    """What the endpoint answers; `written` are the texts of the local file."""
    # Loaded when it is first asked for: most servers are managed seldom.
    from pillarbox.app.office import office  # noqa: PLC0415
    from pillarbox.app.performing import answer  # noqa: PLC0415

    built = standing.built
    ask = partial(_asked, standing)
    return answer(office(built, lambda: standing.built.settings, lambda: written, ask), question)


def _asked(standing: Standing, question: Message) -> Message:
    return asked(standing.built.data, question, _PATIENCE)
