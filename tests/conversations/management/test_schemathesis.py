"""A program that knows nothing of the management API but its OpenAPI document looks for where the two differ."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import schemathesis.openapi
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import EngineEvent, FatalError, NonFatalError, ScenarioFinished
from tests.driver import Home
from tests.driver.administrator import Administrator

EXAMPLES = 5
"""Requests of each kind for each operation, beside those that try each border of what is declared."""
OF_MEANING = ("postSettings", "postApply", "postBans", "postPrincipal", "patchPrincipalByName")
"""Operations of which no schema can tell all that they refuse: what a setting may be, what a type of principal has,
which text is a network or an address, when a ban may end. That what fits no schema is refused holds for them too.
"""

VAST = "postApply"
"""It has as many borders as all others together; of those of each kind of shape see tests/properties/test_shapes.py."""


def findings(events: Iterable[EngineEvent]) -> Iterator[str]:
    """What it found, each with the request that shows it."""
    for event in events:
        if isinstance(event, FatalError):
            yield f"the search ended: {event.exception!r}"
        elif isinstance(event, NonFatalError):
            yield f"{event.label}: {event.value!r}"
        elif isinstance(event, ScenarioFinished):
            for case, checks in event.recorder.checks.items():
                for check in checks:
                    if check.failure_info is not None:
                        response = event.recorder.interactions[case].response
                        told = "" if response is None else f"{response.status_code} {response.content[:500]!r}"
                        found = check.failure_info
                        yield f"{check.name}: {found.failure}\n{found.code_sample[:2000]}\n{told}"


def config(person: Any) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "seed": 7,
            "auth": {"basic": {"username": person.name, "password": person.password}},
            "generation": {"max-examples": EXAMPLES, "deterministic": True, "database": "none", "no-shrink": True},
            "checks": {
                # Whether something is there that is named, no schema can tell.
                "positive_data_acceptance": {"expected-statuses": ["2xx", 304, 401, 403, 404, 409, 422]},
            },
            "operations": [
                {
                    "include-operation-id": name,
                    "checks": {"positive_data_acceptance": {"enabled": False}},
                    "phases": {"coverage": {"enabled": name != VAST}},
                }
                for name in OF_MEANING
            ],
        }
    )


@pytest.mark.slow
@pytest.mark.parametrize("data", ["sqlite"], indirect=True)
def test_the_document_says_what_is_accepted_and_answered(home: Home) -> None:
    """Issue 6: complete enough that schemathesis finds nothing."""
    root = Administrator(home).person
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", home.web.application, config=config(root))

    found = list(findings(from_schema(schema).execute()))
    assert not found, f"{len(found)} findings:\n\n" + "\n\n".join(found)
