"""Each setting, event, route, command and data type is in the docs, and none that is not there."""

import re
from typing import Any

import pytest
import typer.main
from tests.docs.page import DOCS, SOURCE, section

from pillarbox.access.permission import OF_ADMIN, OF_TENANT_ADMIN, OF_USER
from pillarbox.cli.main import app
from pillarbox.datatypes import REGISTRY
from pillarbox.http.routes import ROUTES
from pillarbox.jmap.methods import ECHO
from pillarbox.objects import DataType
from pillarbox.settings import catalogue
from pillarbox.telemetry import EVENTS, METRICS, exposition

DATA_TYPES = DOCS / "reference" / "data-types.md"
COMMANDS = DOCS / "reference" / "commands.md"

each_type = pytest.mark.parametrize("kind", list(REGISTRY), ids=lambda kind: kind.name)


def test_every_setting_is_documented() -> None:
    """Ours."""
    page = (DOCS / "settings.md").read_text("utf-8")

    assert [line.key for one in catalogue.CATALOGUE for line in one.described() if f"`{line.key}`" not in page] == []


def test_every_event_is_documented() -> None:
    """Ours."""
    page = (DOCS / "events.md").read_text("utf-8")

    assert [event for event in EVENTS if f"| `{event}` |" not in page] == []


def test_the_routes_are_those_of_the_table() -> None:
    """Ours."""
    page = (DOCS / "reference" / "routes.md").read_text("utf-8")
    rows = re.findall(r"^\| `(/\S*)` \| ([A-Z, ]+) \| (\w+) \| (\w+) \|", page, re.MULTILINE)
    # Those of the management API have a page of their own.
    declared = [
        (one.path, ", ".join(one.methods), one.credential.value, one.limit.value)
        for one in ROUTES
        if one.name != "management"
    ]

    assert rows == declared


def test_the_permissions_are_those_of_the_roles() -> None:
    """Ours."""
    page = (DOCS / "reference" / "permissions.md").read_text("utf-8")
    roles = dict(zip(*[iter(re.split(r"^## `(.+)`$", page, flags=re.MULTILINE)[1:])] * 2, strict=True))

    assert {name: set(re.findall(r"^- `(.+)`$", listed, re.MULTILINE)) for name, listed in roles.items()} == {
        "user": OF_USER,
        "tenant-admin": OF_TENANT_ADMIN - OF_USER,
        "admin": OF_ADMIN - OF_TENANT_ADMIN,
    }


def test_the_metrics_are_those_of_the_table() -> None:
    """Ours."""
    page = (DOCS / "reference" / "metrics.md").read_text("utf-8")
    rows = re.findall(r"^\| `(pillarbox_\w+)` \| (\w+) \| ?([a-z, ]*) \|", page, re.MULTILINE)

    assert rows == [
        *((one.name, one.kind.value, ", ".join(one.labels)) for one in METRICS),
        *((one.name, one.kind.value, "process") for one in exposition.PROCESS_METRICS),
    ]


def test_the_classes_of_requests_are_those_of_the_routes() -> None:
    """Ours."""
    named = re.search(r"`route` is a class.+?`none`", (DOCS / "reference" / "metrics.md").read_text("utf-8"), re.DOTALL)

    assert named is not None
    assert set(re.findall(r"`([a-z-]+)`", named[0])[1:]) == {"none", *(one.name for one in ROUTES)}


def test_the_files_with_statements_of_no_account_are_those_there_are() -> None:
    """Ours: distributing.md, "What an engine must have"."""
    table = section(DOCS / "administrators" / "distributing.md", "What an engine must have")
    files = {path.name for path in (SOURCE / "store" / "postgres" / "server").glob("*.py")} - {"__init__.py"}

    assert set(re.findall(r"^\| `(\w+\.py)` \|", table, re.MULTILINE)) == files


def commands() -> dict[str, Any]:
    """All commands by what is typed; typer has no public name for their type."""
    found: dict[str, Any] = {}
    waiting: list[tuple[str, Any]] = [("pillarbox", typer.main.get_command(app))]
    while waiting:
        name, command = waiting.pop()
        # Those of a group are loaded when they are asked for.
        names = command.list_commands(None) if hasattr(command, "list_commands") else []
        within = {word: command.get_command(None, word) for word in names}
        if command.params or not within:
            found[name] = command
        waiting += [(f"{name} {word}", one) for word, one in within.items()]
    return found


def test_the_commands_are_those_there_are() -> None:
    """Ours."""
    headings = re.findall(r"^## `(.+)`$", COMMANDS.read_text("utf-8"), re.MULTILINE)

    assert sorted(headings) == sorted(commands())


@pytest.mark.parametrize("name", sorted(commands()))
def test_the_options_of_a_command_are_those_it_has(name: str) -> None:
    """Ours."""
    options = {option for one in commands()[name].params if one.param_type_name == "option" for option in one.opts}

    assert set(re.findall(r"`(--[a-z-]+)`", section(COMMANDS, f"`{name}`"))) == options


@pytest.mark.parametrize("name", sorted(commands()))
def test_the_arguments_of_a_command_are_those_it_has(name: str) -> None:
    """Ours: they stand in the line that shows how to call it."""
    arguments = [str(one.metavar) for one in commands()[name].params if one.param_type_name == "argument"]

    assert not arguments or f"`{name} {' '.join(arguments)}`" in section(COMMANDS, f"`{name}`")


def test_the_data_types_are_those_of_the_registry() -> None:
    """Ours."""
    headings = re.findall(r"^## (.+)$", DATA_TYPES.read_text("utf-8"), re.MULTILINE)

    assert headings == [kind.name for kind in REGISTRY]


def listed(kind: DataType[Any], *words: str) -> set[str]:
    """What the paragraphs of a type's section name that begin with one of the words."""
    paragraphs = section(DATA_TYPES, kind.name).replace("\n\nArgument", "\n\n\nArgument").split("\n\n")
    lines = (line for paragraph in paragraphs for line in re.split(r"\n(?=Argument)", paragraph))
    return {name for line in lines if line.strip().startswith(words) for name in re.findall(r"`([^`]+)`", line)}


@each_type
def test_the_methods_of_a_type_are_those_it_has(kind: DataType[Any]) -> None:
    """Ours."""
    assert listed(kind, "Method") == {f"{kind.name}/{method.name}" for method in kind.methods}


def test_the_method_of_no_type_is_documented() -> None:
    """Ours."""
    assert f"`{ECHO}`" in DATA_TYPES.read_text("utf-8")


@each_type
def test_the_properties_of_a_type_are_those_it_has(kind: DataType[Any]) -> None:
    """Ours."""
    cells = re.findall(r"^\| ([^|]+) \|", section(DATA_TYPES, kind.name), re.MULTILINE)
    names = {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}
    of_pattern = {name for name in names if ":" in name}

    assert names - of_pattern == set(kind.properties)
    assert bool(of_pattern) == (kind.pattern is not None)


@each_type
def test_the_filters_and_sorts_of_a_type_are_those_it_has(kind: DataType[Any]) -> None:
    """Ours."""
    assert listed(kind, "Filter") == set(kind.conditions)
    assert listed(kind, "Sort") == set(kind.comparators)


@each_type
def test_the_arguments_of_a_types_methods_are_those_it_has(kind: DataType[Any]) -> None:
    """Ours."""
    named = {name for name in listed(kind, "Argument") if "/" not in name}

    assert named == {argument.name for argument in kind.arguments}
