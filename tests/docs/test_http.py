"""The page about HTTP has every setting that HTTP goes by."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests.docs.page import DOCS, blocks, section

from pillarbox.settings import catalogue, load, snapshot
from pillarbox.settings.declare import Described

PAGE = DOCS / "administrators" / "http.md"
GROUPS = (
    "server.http.",
    "server.listener.",
    "server.max-connections",
    "server.proxy.",
    "server.tls.",
    "server.socket.",
    "certificate.",
    "acme.",
    "jmap.rate-limit.",
    "authentication.",
    "server.auto-ban.",
    "server.blocked-ip.",
    "server.allowed-ip.",
    "server.log.requests",
    "metrics.prometheus.",
    "metrics.disabled-events",
    "session.mta-sts.",
)
SIGNING_IN = ("authentication.fallback-admin.", "authentication.master.", "authentication.passkey.")
"""What the page about signing in has."""
LINES = [
    one
    for setting in catalogue.CATALOGUE
    for one in setting.described()
    if one.key.startswith(GROUPS) and not one.key.startswith(SIGNING_IN)
]


def general(line: Described) -> str | None:
    """The setting that a listener's own one takes the place of."""
    found = re.fullmatch(r"as `(.+)`", line.default)
    return found[1] if found else None


LISTED = [line for line in LINES if general(line) is None and not line.key.endswith(".override")]


def test_what_is_of_signing_in_is_on_its_page() -> None:
    """Ours: each in an example, or by its whole name."""
    page = (DOCS / "administrators" / "sign-in.md").read_text("utf-8")
    lines = [one.key for setting in catalogue.CATALOGUE for one in setting.described()]
    shown = {
        key
        for block in blocks(DOCS / "administrators" / "sign-in.md")
        if block.language == "toml"
        for key in parsed(block.text)
    }

    assert [key for key in lines if key.startswith(SIGNING_IN) and key not in shown and f"`{key}`" not in page] == []


def test_all_groups_have_settings() -> None:
    """Ours: none is missing since it was renamed."""
    assert [group for group in GROUPS if not any(line.key.startswith(group) for line in LINES)] == []


def test_what_is_a_listeners_own_is_there_for_all() -> None:
    """Ours: so that one sentence of the page says it of all of them."""
    keys = {line.key for line in LINES}
    own = {general(line): line.key for line in LINES if general(line) is not None}

    assert [one for one in own if one not in keys] == []
    assert [general_ for general_, key in own.items() if not key.endswith(str(general_).removeprefix("server"))] == []


@pytest.mark.parametrize("line", LISTED, ids=lambda line: line.key)
def test_every_setting_is_there_with_an_example(line: Described) -> None:
    """Issue: one page with every HTTP setting, its default and an example."""
    key = re.escape(line.key).replace("<id>", "[^.]+").replace("<network>", ".+")
    # A listener's own is as good as the general one.
    key = re.sub(r"^server\\\.(?=tls|proxy|socket)", r"server\\.(listener\\.[^.]+\\.)?", key)
    pattern = re.compile(rf"{key}(\.\d+)?(\.(if|then|else))?")

    assert f"`{line.key}`" in PAGE.read_text("utf-8")
    assert any(pattern.fullmatch(one) for one in written()), line.key


def written() -> set[str]:
    """All keys in the examples of the page."""
    found: set[str] = set()
    for block in blocks(PAGE):
        if block.language == "toml":
            found |= set(parsed(block.text))
    return found


def parsed(text: str) -> dict[str, str]:
    """The settings of an example, of which none is wrong."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "settings.toml"
        file.write_text(text, "utf-8")
        configuration = load(file, {"HOSTNAME": "mail.example.org"})
    _, problems = snapshot(configuration.pairs)
    assert [*configuration.problems, *problems] == []
    return dict(configuration.pairs)


@pytest.mark.parametrize("line", LISTED, ids=lambda line: line.key)
def test_defaults_are_those_of_the_settings(line: Described) -> None:
    """Issue: with its default; the tables of the page say it in the words of docs/settings.md."""
    text = PAGE.read_text("utf-8")
    rows = dict(re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", text, re.MULTILINE))

    assert rows.get(line.key, line.default) == line.default
    assert line.key in rows or line.default in " ".join(text.split())


def test_what_there_is_not_is_told() -> None:
    """Issue: each key exists, or the docs say why not."""
    missing = {"webadmin.path": "/srv", "webadmin.resource": "https://a.example", "form.enable": "true",
               "acme.a.challenge": "dns-01", "acme.a.cache": "/srv", "acme.a.provider": "cloudflare"}  # fmt: skip
    _, problems = snapshot(missing)

    assert missing.keys() <= {one.key for one in problems}
    for key in ("webadmin.*", "form.*", "dns-01", "acme.<id>.cache"):
        assert key in section(PAGE, "What there is not")
