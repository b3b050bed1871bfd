"""What http-server.md and expressions.md call defects, and who shows that here it is better.

Each row has its section there ("20" is the list at the end of http-server.md), what is better here, and the tests of
it by file and name; those without a file are below.

1.1: an address of IPv6 stands in brackets in a URL
    test_an_address_of_ipv6_stands_in_brackets
1.1: a setting that gives no URL takes nobody's session away
    test_a_setting_that_gives_no_url_takes_nobodys_session_away
    unit/settings/test_expression.py::test_what_is_no_url_is_told_and_the_default_is_in_force
1.2, 20: a bad entry of a list costs itself alone
    test_a_header_that_is_none_costs_itself_alone
    unit/settings/test_http.py::test_a_bad_header_costs_itself_alone
2, 7.2, 20: what is too large is 413
    test_a_body_that_is_too_large_is_told_so
    conversations/jmap/core/test_request.py::test_a_request_that_is_too_large_is_a_limit
    conversations/jmap/blob/test_upload.py::test_an_upload_that_is_too_large_is_a_limit
    conversations/http/test_autoconfig.py::test_a_large_request_is_refused
3, 20: nobody is who they say they are, but whom a trusted proxy names last
    conversations/http/test_access.py::test_a_header_from_outside_opens_nothing
    conversations/http/test_access.py::test_it_holds_for_loopback_as_well
    conversations/http/test_bans.py::test_from_the_internet_such_headers_spare_nobody
    conversations/http/test_forwarded.py::test_the_log_names_who_asked_and_nobody_that_they_name
    conversations/http/test_forwarded.py::test_a_client_cannot_prepend_another_address_either
    unit/wire/test_forwarded.py::test_what_proxies_write_is_understood
4.1, 20: HTTPS is led to, and browsers are told of it by TLS alone
    conversations/http/test_strict.py::test_a_get_is_sent_on_to_https
    conversations/http/test_strict.py::test_in_the_clear_nobody_is_told
4.2, 20: CORS says what a cache and a script have to know, and for which origins
    conversations/http/test_cors.py::test_caches_are_told_that_the_origin_matters
    conversations/http/test_cors.py::test_with_it_a_page_of_any_site_may_read_every_answer
    conversations/http/test_cors.py::test_only_the_named_origins_may_read
5, 20: access control fails closed
    conversations/http/test_access.py::test_what_is_no_status_lets_nobody_in
    conversations/http/test_access.py::test_a_mistake_in_it_lets_nobody_in
6, 20: a method that is not there is 405, with Allow
    conversations/http/test_every_route.py::test_a_method_that_is_not_in_the_table_is_refused
7.1, 20: no answer that is for one account alone is kept by a cache
    conversations/http/test_every_route.py::test_no_answer_may_be_kept_that_is_for_one_account
    conversations/jmap/core/test_session.py::test_no_cache_keeps_a_session
    conversations/http/test_routes.py::test_no_refusal_is_kept_by_a_cache
7.1, 20: a download has a name as RFC 6266 has it, and the type of its URL only if that is one; it can do nothing here
    conversations/jmap/blob/test_download.py::test_the_name_is_told_in_both_spellings
    conversations/jmap/blob/test_download.py::test_a_type_that_is_none_is_refused
    conversations/jmap/blob/test_download.py::test_it_can_do_nothing_on_our_origin
7.1, 20: no browser guesses types
    conversations/http/test_routes.py::test_no_answer_is_guessed_at_by_a_browser
7.2, 20: 401 says how to authenticate, 429 when to come back
    conversations/http/test_credentials.py::test_who_does_not_prove_who_they_are_is_told_how_to
    conversations/http/test_rates.py::test_who_asks_too_often_is_told_when_to_come_back
    conversations/http/test_sign_ins.py::test_after_some_failures_no_more_are_looked_at
8, 20: what was verified is forgotten when it changes, and is good in its own scheme alone
    conversations/http/test_credentials.py::test_the_old_password_ends_when_there_is_a_new_one
    conversations/http/test_credentials.py::test_a_password_changed_by_another_process_is_changed_at_once
    test_credentials_are_good_in_their_own_scheme_alone
8: who is no person has no way in; tokens and API keys are not taken yet, and who tries some is counted
    test_a_group_has_no_way_in
    test_who_tries_tokens_is_counted
10: a pattern of one's own is a pattern
    conversations/http/test_bans.py::test_a_pattern_of_ones_own_is_a_pattern
10, 20: whoever looks for holes is noticed where there are static files, too
    conversations/http/test_bans.py::test_one_look_for_what_only_scanners_know_is_enough
    test_a_scan_among_static_files_is_noticed
10, 20: a ban ends
    conversations/http/test_bans.py::test_a_ban_ends_by_itself
14, 20: what is put into XML is escaped
    conversations/http/test_autoconfig.py::test_what_is_asked_for_stays_text
    conversations/http/test_autoconfig.py::test_what_outlook_asks_for_stays_text
16, 20: the secret of the metrics is compared in constant time
    test_the_secret_of_the_metrics_is_compared_in_constant_time
20: uploads to another's account are refused
    conversations/jmap/blob/test_upload.py::test_into_another_s_account_nothing_is_uploaded
expressions.md 2: every word for off turns a rate off
    unit/settings/test_kind.py::test_every_word_for_off_turns_every_optional_kind_off
    conversations/http/test_rates.py::test_off_is_off
expressions.md 6: tabs are blanks, a backslash goes, one = is enough, a minus may follow a !
    test_an_expression_means_what_it_seems_to
    unit/settings/expressions/test_grammar.py::test_what_a_text_means
expressions.md 8: a text that is no number is not 0
    test_an_expression_means_what_it_seems_to
    unit/settings/expressions/test_value.py::test_what_is_not_equal
expressions.md 10: an address that ends in a dot is none
    test_an_expression_means_what_it_seems_to

No setting is a time of day yet, so nothing is told of section 2's last row.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.driver import FOLDERS, JMAP, Home, Request
from tests.driver.administrator import Administrator
from tests.driver.rows import named, unshown
from tests.neighbour.stores import whichever

from pillarbox.http import HTTP, BanPolicy, Scraping, Site
from pillarbox.http.faces import metrics
from pillarbox.http.route import Credential, Route
from pillarbox.http.routes import ROUTES
from pillarbox.management import ENDPOINTS
from pillarbox.settings import Duration, Rate, snapshot
from pillarbox.telemetry import Secret

data = whichever
"""What the server does before a store is asked is the same over each."""

SESSION = "/.well-known/jmap"


def test_every_row_has_its_tests() -> None:
    """Issue: each row of the defect list has a test."""
    assert len(named(Path(__file__), str(__doc__))) >= 25
    assert unshown(Path(__file__), str(__doc__)) == []


def test_an_address_of_ipv6_stands_in_brackets(home: Home, alice: JMAP) -> None:
    """http-server.md section 1.1, mended; RFC 3986 section 3.2.2."""
    home.abides_by(url="strip_prefix(headers, 'x-nothing: ')[0]")
    (reply,) = home.web.together([Request("GET", SESSION, alice.credentials, server=("2001:db8::1", 8080))])

    assert reply.json()["apiUrl"] == "http://[2001:db8::1]:8080/jmap/"


def test_a_setting_that_gives_no_url_takes_nobodys_session_away(
    home: Home, alice: JMAP, capfd: pytest.CaptureFixture[str]
) -> None:
    """http-server.md section 1.1, mended: it is answered with the address that it came in at, and the log tells."""
    home.abides_by(url="if_then(method == 'GET', 'mail.' + listener, 'https://mail.home.example')")
    capfd.readouterr()
    reply = alice.sends("GET", SESSION)

    assert reply.status == 200
    assert reply.json()["apiUrl"] == "http://127.0.0.1:8080/jmap/"
    assert reply.json()["capabilities"]["urn:ietf:params:jmap:websocket"]["url"].startswith("ws://127.0.0.1:8080/")
    (line,) = map(json.loads, capfd.readouterr().err.splitlines())
    assert (line["event"], line["setting"]) == ("http.expression-failed", "server.http.url")


def test_a_header_that_is_none_costs_itself_alone(home: Home) -> None:
    """http-server.md section 1.2, mended."""
    written = ["X-First: 1", "no header", "X-Broken: a\r\nX-Smuggled: b", "X-Last: 2"]
    home.runs_by({f"server.http.headers.{at}": one for at, one in enumerate(written)}, mistaken=True)
    headers = home.web.sends("GET", "/robots.txt").headers

    assert (headers["x-first"], headers["x-last"]) == ("1", "2")
    assert not {"no header", "x-broken", "x-smuggled"} & set(headers)


WITHOUT_BODY = {
    path.replace("/api/", at)
    for one in ENDPOINTS
    if one.method == "POST" and one.body is None
    for path in (one.path, *one.also)
    for at in ("/api/", "/api/v1/")
}


@pytest.mark.parametrize("route", [one for one in ROUTES if "POST" in one.methods], ids=lambda one: one.path)
def test_a_body_that_is_too_large_is_told_so(home: Home, alice: JMAP, route: Route) -> None:
    """http-server.md section 2, mended: a body that is too large is none that is empty. RFC 9110 section 15.5.14."""
    if route.name == "management":
        Administrator(home, alice, "admin")
    path = route.path.replace("{accountId}", alice.account_id)
    headers = {
        "Content-Type": "application/json",
        "Content-Length": "99999999999",
        # As a page of ours, which has signed in with no cookie.
        "Sec-Fetch-Site": "same-origin",
    }
    reply = alice.sends("POST", path, headers, b"{}")

    if route.path == "/auth/userinfo":
        # Whatever is sent there is not looked at.
        assert reply.status == 200
    elif route.credential is not Credential.OWN:
        # Where nothing is expected, anything is wrong, however long.
        wanted = 400 if route.path in WITHOUT_BODY else 413
        assert (reply.status, reply.json()["status"]) == (wanted, wanted)
    else:
        # Some look first who asks.
        assert reply.status in (401, 403, 413)


def test_credentials_are_good_in_their_own_scheme_alone(alice: JMAP) -> None:
    """http-server.md section 8, mended: what is remembered is no text that may come back as something else."""
    basic = alice.credentials["Authorization"]
    assert alice.sends("GET", SESSION).status == 200

    for other in ("Bearer", "Digest", "api_"):
        assert alice.sends("GET", SESSION, {"Authorization": basic.replace("Basic", other)}).status == 401


@pytest.mark.parametrize("password", ["", "alice's secret"])
def test_a_group_has_no_way_in(home: Home, alice: JMAP, password: str) -> None:
    """http-server.md section 8, mended: only people sign in."""
    group = home.directory.add_group("all@home.example", {}, FOLDERS)
    somebody = JMAP(home.web, group.address, password, group.id, group.number)

    assert somebody.sends("GET", SESSION).status == 401


def test_who_tries_tokens_is_counted(home: Home) -> None:
    """http-server.md section 8, mended."""
    home.anonymous_rate = Rate(2, Duration(60_000))
    home.build()
    statuses = [home.web.sends("GET", SESSION, {"Authorization": f"Bearer {at}"}).status for at in range(3)]

    assert statuses == [401, 401, 429]


@pytest.mark.parametrize("path", ["/static/wp-login.php", "/.well-known/acme-challenge/shell.php"])
def test_a_scan_among_static_files_is_noticed(home: Home, path: str) -> None:
    """http-server.md section 10, mended: what is served without credentials hides nobody who looks for holes."""
    settings, _ = snapshot({})
    home.ban_policy = BanPolicy.of(settings)
    home.build()

    assert home.web.sends("GET", path).status == 404
    assert [one.reason for one in home.banned()] == ["scan"]


@pytest.mark.parametrize("given", ["", "open", "open sesame", "open sesame, and more"])
def test_the_secret_of_the_metrics_is_compared_in_constant_time(
    home: Home, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    """http-server.md section 16, mended: whatever is given is compared by what hmac has for secrets."""
    compared: list[tuple[bytes, bytes]] = []

    def compare(left: bytes, right: bytes) -> bool:
        compared.append((left, right))
        return left == right

    monkeypatch.setattr(metrics, "compare_digest", compare)
    site = Site(scraping=Scraping(("prometheus", Secret("open sesame"))))
    home.web.application = HTTP(replace(home.setup, site=site))
    reply = JMAP(home.web, "prometheus", given, "", 0).sends("GET", "/metrics/prometheus")

    assert reply.status == (200 if given == "open sesame" else 401)
    assert compared == [(f"prometheus:{given}".encode(), b"prometheus:open sesame")]


@pytest.mark.parametrize(
    "expression",
    [
        "1\t==\t1",
        r"'a\.b' == 'a.b'",
        r"matches('^/robots\.txt$', url_path) && !matches('^/robots\.txt$', '/robots-txt')",
        "method='GET'",
        "!(1=2)",
        "!-1 == 0",
        "!('abc' == 0)",
        "!is_email('a@home.example.') && is_email('a@home.example')",
    ],
)
def test_an_expression_means_what_it_seems_to(home: Home, expression: str) -> None:
    """expressions.md sections 6, 8 and 10, mended: here as access control."""
    home.abides_by(allowed_endpoint=f"if_then({expression}, 200, 403)")

    assert home.web.sends("GET", "/robots.txt").status == 200
