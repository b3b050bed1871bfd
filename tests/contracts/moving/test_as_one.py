"""Two stores as one keep what each store promises of its units."""

# What is promised is written down there, and is all the same here.
from tests.contracts.test_blobs import *  # noqa: F403
from tests.contracts.test_changes import *  # noqa: F403
from tests.contracts.test_objects import *  # noqa: F403

# Which stores a promise is asked of is said there, and here by the fixture.
pytestmark = []  # type: ignore[assignment]
