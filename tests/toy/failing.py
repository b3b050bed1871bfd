"""Blocks that come to a bad end."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import TypeVar

__all__ = ["failing"]

T = TypeVar("T")


class _Stopped(Exception):
    pass


@contextmanager
def failing(block: AbstractContextManager[T]) -> Iterator[T]:
    """The block, left by an exception after what is done in it."""
    with suppress(_Stopped), block as value:
        yield value
        raise _Stopped
