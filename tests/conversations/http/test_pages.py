"""The pages for people: what they are served with, and that the files they are made of fit together."""

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest
from tests.driver import Home

from pillarbox.access.scope import SCOPES
from pillarbox.datatypes.server import SecurityKind

PAGES = ["/login", "/authorize", "/account"]
WEB = Path(str(files("pillarbox") / "web"))
MODULES = sorted(WEB.glob("*/*.js"))

each_page = pytest.mark.parametrize("path", PAGES)


def texts(language: str) -> dict[str, str]:
    """What a language has for each key; the file is read as the JavaScript that it is made of."""
    source = (WEB / "text" / f"{language}.js").read_text("utf-8")
    found = re.findall(r'^  (?:"([^"]+)"|(\w+)):\s+("(?:[^"\\]|\\.)*"),$', source, re.MULTILINE)
    assert len(found) == source.count('",\n')
    return {quoted or plain: json.loads(text) for quoted, plain, text in found}


def code(module: Path) -> str:
    return module.read_text("utf-8")


@each_page
def test_a_page_lets_in_nothing_that_is_not_named(home: Home, path: str) -> None:
    """Issue: a strict policy, no inline script; and no text becomes markup (Trusted Types)."""
    reply = home.web.sends("GET", path)
    policy = dict(one.split(" ", 1) for one in reply.headers["content-security-policy"].split("; "))

    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert reply.headers["referrer-policy"] == "no-referrer"


@each_page
def test_a_page_is_kept_nowhere(home: Home, path: str) -> None:
    """Ours: no cache has it, and no back button shows what somebody else was shown."""
    headers = home.web.sends("GET", path).headers

    assert headers["cache-control"] == "no-store"
    assert "etag" in headers


@each_page
def test_pages_of_other_sites_may_not_read_it_whatever_is_set(home: Home, path: str) -> None:
    """Architecture section 4: no CORS on the sign-in pages."""
    home.abides_by(permissive_cors="true")

    assert "access-control-allow-origin" in home.web.sends("GET", "/static/icon.svg").headers
    headers = home.web.sends("GET", path, {"Origin": "https://elsewhere.example"}).headers
    assert [name for name in headers if name.startswith("access-control-")] == []


@each_page
def test_all_that_a_page_names_is_there(home: Home, path: str) -> None:
    """Ours: as what it is, so that a browser that is told not to guess takes it."""
    page = home.web.sends("GET", path).octets.decode()
    named = re.findall(r'(?:href|src)="([^"]+)"', page)
    kinds = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}

    assert len(named) > 5
    for name in named:
        reply = home.web.sends("GET", name)
        assert (reply.status, reply.headers["content-type"].partition(";")[0]) == (200, kinds[name.rpartition(".")[2]])


@each_page
def test_a_page_has_no_script_and_no_style_of_its_own(home: Home, path: str) -> None:
    """Issue: no inline script."""
    page = home.web.sends("GET", path).octets.decode()

    assert re.search(r"<style|<script(?![^>]*src=)|\son\w+=|\sstyle=|javascript:", page) is None


@pytest.mark.parametrize("module", MODULES, ids=lambda module: f"{module.parent.name}/{module.name}")
def test_all_that_a_module_imports_is_there(home: Home, module: Path) -> None:
    """Ours."""
    for name in re.findall(r'(?:from |import\()"(\.[^"]+)"', code(module)):
        there = (module.parent / name).resolve().relative_to(WEB)
        assert home.web.sends("GET", f"/static/{there}").status == 200


def test_a_module_is_asked_after_each_time(home: Home) -> None:
    """Ours: modules of two versions do not fit together; what has not changed is not sent again."""
    reply = home.web.sends("GET", "/static/shared/dom.js")

    assert reply.headers["cache-control"] == "public, no-cache"
    assert home.web.sends("GET", "/static/shared/dom.js", {"If-None-Match": reply.headers["etag"]}).status == 304


@pytest.mark.parametrize(
    "path",
    ["/static/sign-in/login.html", "/static/account/account.html", "/static/sign-in/nothing.js", "/static/../web/x"],
)
def test_a_page_is_where_its_path_is_and_nowhere_else(home: Home, path: str) -> None:
    """Ours: below /static, it would go without what makes it safe where it is."""
    assert home.web.sends("GET", path).status == 404


def test_both_languages_have_the_same_keys() -> None:
    """Issue: translated strings in one place. What is filled in has the same names, too."""
    english, german = texts("en"), texts("de")

    assert english.keys() == german.keys()
    assert {key: set(re.findall(r"\{\w+\}", text)) for key, text in english.items()} == {
        key: set(re.findall(r"\{\w+\}", text)) for key, text in german.items()
    }


def test_scopes_are_told_as_they_are_declared() -> None:
    """Ours: whoever reads the page and whoever reads the code agree on what a client may."""
    english = texts("en")

    assert {key: text for key, text in english.items() if key.startswith("scope.")} == {
        f"scope.{name}.{part}": getattr(scope, part) for name, scope in SCOPES.items() for part in ("title", "text")
    }


def test_what_may_happen_to_an_account_has_a_text() -> None:
    """Ours."""
    told = {key for key in texts("en") if key.startswith("event.")}

    assert told == {f"event.{kind.value}" for kind in SecurityKind}


def test_every_text_that_is_said_is_there_and_every_text_is_said() -> None:
    """Ours; a key that is put together is known by what it begins with."""
    known = texts("en").keys()
    source = "\n".join(code(module) for module in MODULES if module.parent.name != "text")
    whole = set(re.findall(r'"((?:never|[a-z]\w*\.\w[\w.]*))"', source)) - {"page.css"}
    begun = set(re.findall(r"`([a-zA-Z.]+)\.\$\{", source)) | {"device.allowed", "device.denied"}
    keys = re.findall(r'static key = "(\w+)"', source)

    assert {key for key in re.findall(r'say\("([^"]+)"', source) if key not in known} == set()
    assert {
        key
        for key in known
        if key not in whole
        and not key.startswith(tuple(begun))
        and key not in {f"{one}.{part}" for one in keys for part in ("title", "lead")}
    } == set()
