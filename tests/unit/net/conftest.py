"""Listeners with a mirror behind them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest
import trustme
from tests.driver.entrance import MirrorListener


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Who signs certificates."""
    return trustme.CA()


@pytest.fixture
def listens() -> Iterator[Callable[..., MirrorListener]]:
    """Opens listeners."""
    with ExitStack() as opened:

        def listen(**options: Any) -> MirrorListener:
            return opened.enter_context(closing(MirrorListener(**options)))

        yield listen
