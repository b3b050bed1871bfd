"""Static files: what is asked for, and in which form (RFC 9110)."""

import gzip
from email.utils import formatdate, parsedate_to_datetime

import pytest
from tests.driver import Home

PAGE, STYLE = "/", "/static/style.css"

each_file = pytest.mark.parametrize("path", [PAGE, STYLE])


def test_who_opens_the_address_in_a_browser_sees_a_page(home: Home) -> None:
    """Ours."""
    reply = home.web.sends("GET", PAGE)

    assert reply.status == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert b"/.well-known/jmap" in reply.octets


def test_the_page_is_made_of_what_is_there(home: Home) -> None:
    """Ours: its style and its icon are served as what they are."""
    assert home.web.sends("GET", STYLE).headers["content-type"] == "text/css; charset=utf-8"
    assert home.web.sends("GET", "/static/icon.svg").headers["content-type"] == "image/svg+xml; charset=utf-8"


def test_the_page_runs_nothing_and_stands_in_no_frame(home: Home) -> None:
    """Ours: security headers on HTML."""
    headers = home.web.sends("GET", PAGE).headers

    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "'unsafe-inline'" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_the_page_does_not_say_which_version_it_is(home: Home) -> None:
    """Ours: that would tell whom to attack with what."""
    from pillarbox import __version__  # noqa: PLC0415

    reply = home.web.sends("GET", PAGE)

    assert __version__.encode() not in reply.octets
    assert "server" not in reply.headers


@each_file
def test_head_tells_what_get_would_without_the_content(home: Home, path: str) -> None:
    """RFC 9110 section 9.3.2."""
    get, head = home.web.sends("GET", path), home.web.sends("HEAD", path)

    assert (head.status, head.headers, head.octets) == (200, get.headers, b"")
    assert head.headers["content-length"] == str(len(get.octets))


@each_file
def test_who_has_it_already_is_told_so(home: Home, path: str) -> None:
    """RFC 9110 section 13.1.2: If-None-Match, also in a list, weak, or as a star."""
    etag = home.web.sends("GET", path).headers["etag"]

    for known in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        reply = home.web.sends("GET", path, {"If-None-Match": known})
        assert (reply.status, reply.octets) == (304, b"")
        assert reply.headers["etag"] == etag
        assert "content-length" not in reply.headers
    assert home.web.sends("GET", path, {"If-None-Match": '"other"'}).status == 200


@each_file
def test_who_has_had_it_since_is_told_so(home: Home, path: str) -> None:
    """RFC 9110 section 13.1.3; a date that is none is passed over."""
    modified = home.web.sends("GET", path).headers["last-modified"]
    before = formatdate(parsedate_to_datetime(modified).timestamp() - 60, usegmt=True)

    assert home.web.sends("GET", path, {"If-Modified-Since": modified}).status == 304
    assert home.web.sends("GET", path, {"If-Modified-Since": before}).status == 200
    assert home.web.sends("GET", path, {"If-Modified-Since": "yesterday"}).status == 200
    assert home.web.sends("GET", path, {"If-Modified-Since": "\xff"}).status == 200


def test_an_etag_is_asked_about_before_a_date(home: Home) -> None:
    """RFC 9110 section 13.2.2."""
    modified = home.web.sends("GET", STYLE).headers["last-modified"]

    reply = home.web.sends("GET", STYLE, {"If-None-Match": '"other"', "If-Modified-Since": modified})

    assert reply.status == 200


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip;q=0.5", "GZIP", "*", "x-gzip", "deflate;q=0, *;q=0.1"])
def test_who_accepts_gzip_gets_it(home: Home, accepted: str) -> None:
    """RFC 9110 section 12.5.3."""
    plain, small = home.web.sends("GET", STYLE), home.web.sends("GET", STYLE, {"Accept-Encoding": accepted})

    assert small.headers["content-encoding"] == "gzip"
    assert gzip.decompress(small.octets) == plain.octets
    assert small.headers["content-length"] == str(len(small.octets))


@pytest.mark.parametrize(
    "accepted", ["", "br", "gzip;q=0", "*;q=0", "gzip;q=0, *", "gzipped", "identity", "gzip;q=0.000", "gzip;q=x"]
)
def test_who_does_not_gets_it_plain(home: Home, accepted: str) -> None:
    """RFC 9110 section 12.5.3."""
    assert "content-encoding" not in home.web.sends("GET", STYLE, {"Accept-Encoding": accepted}).headers


def test_each_form_has_a_tag_of_its_own_and_caches_are_told(home: Home) -> None:
    """RFC 9110 sections 8.8.3.3 and 12.5.5."""
    plain, small = home.web.sends("GET", STYLE), home.web.sends("GET", STYLE, {"Accept-Encoding": "gzip"})

    assert plain.headers["etag"] != small.headers["etag"]
    assert plain.headers["vary"] == small.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "path",
    [
        "/static/..",
        "/static/../index.html",
        "/static/../../pyproject.toml",
        "/static/..%2f..%2fpyproject.toml",
        "/static/%2e%2e%2findex.html",
        "/static/%2e%2e/index.html",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/..%5cindex.html",
        "/static/index.html%00",
        "/static/style.css/",
        "/static/style.css/..",
        "/static/STYLE.CSS",
        "/index.html",
    ],
)
def test_no_path_leads_out_of_the_files(home: Home, path: str) -> None:
    """Ours: names are those of a table that was read at the start."""
    reply = home.web.sends("GET", path)

    assert reply.status == 404 or reply.octets == home.web.sends("GET", STYLE).octets


def test_a_path_that_is_no_text_is_refused(home: Home) -> None:
    """Ours."""
    assert home.web.sends("GET", "/static/%ff").status == 400


def test_what_is_served_cannot_be_written_to(home: Home) -> None:
    """RFC 9110 section 15.5.6."""
    reply = home.web.sends("PUT", STYLE, body=b"x")

    assert reply.status == 405
    assert reply.headers["allow"] == "GET, HEAD, OPTIONS"
