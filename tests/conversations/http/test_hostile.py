"""Input that is meant to harm: a clear refusal or a closed connection, a line in the log, and nothing else.

Each row is one kind of it, with the tests of it by file and name; those without a file are below.

Forwarded and X-Forwarded-For: what is none of them, or forged
    unit/wire/test_forwarded.py::test_what_is_none_ends_the_reading
    unit/wire/test_forwarded.py::test_a_hostile_list_takes_but_a_moment
    properties/test_hostile_http.py::test_who_is_not_trusted_is_who_they_are
    properties/test_hostile_http.py::test_of_a_trusted_proxy_the_last_word_counts
    conversations/http/test_access.py::test_headers_that_contradict_each_other_are_refused
PROXY: headers that are none, that do not end or do not come, wrong type-length-values
    unit/wire/test_proxy.py::test_a_line_that_is_not_exactly_right_is_none
    unit/wire/test_proxy.py::test_a_block_that_is_not_right_is_none
    unit/wire/test_proxy.py::test_vectors_that_are_not_right_are_none
    properties/test_proxy_header.py::test_anything_is_a_header_or_refused_and_stays_so
    unit/net/test_proxied.py::test_a_trusted_proxy_must_send_a_header
    unit/net/test_proxied.py::test_a_header_that_does_not_come_is_not_waited_for
    unit/net/test_proxied.py::test_a_header_from_others_is_no_http
Size: lines of 64 kB, heads and trailers without an end
    unit/net/test_hostile.py::test_one_answer_says_what_is_wrong_and_so_does_one_line_of_the_log
    properties/test_hostile_http.py::test_a_header_of_64_kb_takes_but_a_moment
    conversations/http/test_headers.py::test_a_head_that_is_too_large_is_refused
    conversations/http/test_sockets.py::test_headers_without_end_are_refused
    conversations/http/test_sockets.py::test_trailers_without_end_are_not_taken
Silence: one octet and then nothing, or one every now and then; before TLS as well
    unit/net/test_hostile.py::test_one_octet_and_silence_is_not_waited_for
    unit/net/test_hostile.py::test_a_head_that_drips_is_not_waited_for
    unit/net/test_tls.py::test_a_handshake_that_stands_still_is_cut_off_and_keeps_nobody_waiting
    conversations/http/test_slow_clients.py::test_a_body_that_drips_is_not_waited_for
Smuggling: a head of which two readers think differently where it ends
    unit/net/test_framing.py::test_a_request_whose_end_is_in_doubt_is_refused
    properties/test_hostile_requests.py::test_a_request_within_a_body_is_never_served
    properties/test_hostile_requests.py::test_what_comes_is_answered_or_the_connection_ends
Garbage: what is not HTTP at all
    properties/test_hostile_requests.py::test_octets_that_mean_nothing_end_the_connection_alone
    unit/net/test_tls.py::test_garbage_ends_the_connection_alone
Paths: percent-encoding that is none, dots, slashes
    conversations/http/test_routes.py::test_a_path_that_leads_nowhere_is_not_found
    conversations/http/test_routes.py::test_a_path_that_is_no_utf_8_is_refused
    conversations/http/test_files.py::test_no_path_leads_out_of_the_files
    properties/test_hostile_http.py::test_whatever_is_asked_for_is_answered
    test_no_spelling_of_a_path_gets_around_access_control
Headers: more of them than were meant, by way of settings, names of files and types
    unit/settings/test_http.py::test_a_bad_header_costs_itself_alone
    conversations/jmap/blob/test_download.py::test_the_name_is_told_in_both_spellings
    conversations/jmap/blob/test_download.py::test_a_type_that_is_none_is_refused
    conversations/jmap/blob/test_upload.py::test_a_content_type_that_is_none_is_refused
    properties/test_hostile_http.py::test_whatever_is_downloaded_is_answered
Expressions: what loops, explodes or tries again and again
    unit/settings/expressions/test_budget.py::test_what_would_take_too_long_or_too_much_is_ended
    unit/settings/expressions/test_budget.py::test_patterns_that_backtrack_elsewhere_take_linear_time
    unit/settings/expressions/test_properties.py::test_a_text_gives_a_value_or_an_error
    test_an_expression_that_explodes_lets_nobody_in
Hosts: names that nobody has, or that are none
    conversations/http/test_headers.py::test_any_host_may_be_meant
    conversations/http/test_headers.py::test_a_request_has_one_host
    conversations/http/test_strict.py::test_where_it_leads_does_not_follow_the_host
    unit/net/test_tls.py::test_without_a_default_any_certificate_is_shown
"""

import json
import time
from pathlib import Path

import pytest
from tests.driver import JMAP, Home
from tests.driver.rows import named, unshown

INNER = "/.well-known/jmap"


def test_every_row_has_its_tests() -> None:
    """Issue, "Bad input": each kind is a test."""
    assert len(named(Path(__file__), str(__doc__))) >= 10
    assert unshown(Path(__file__), str(__doc__)) == []


@pytest.mark.parametrize(
    "path",
    [
        "/.well-known/jmap",
        "/.well-known/jmap/",
        "//.well-known/jmap",
        "///.well-known/jmap",
        "/.well-known//jmap",
        "/./.well-known/jmap",
        "/x/../.well-known/jmap",
        "/%2ewell-known/jmap",
        "/.well-known/%6amap",
        "/.well-known/jmap?",
        "/.well-known/jmap;x",
        "/.Well-Known/jmap",
        ".well-known/jmap",
    ],
)
def test_no_spelling_of_a_path_gets_around_access_control(home: Home, alice: JMAP, path: str) -> None:
    """Ours: a path leads somewhere in the spelling alone that expressions compare with."""
    home.abides_by(allowed_endpoint="if_then(starts_with(url_path, '/.well-known/'), 403, 200)")

    assert alice.sends("GET", path).status in (403, 404)


@pytest.mark.parametrize(
    "text",
    [
        " && ".join(["matches('(?s).*', $0 + $0 + url)"] * 200),
        "matches('(x|[^y]{200})*?y', url)",
        "is_intersect(split(url, 'a'), split(url, 'b'))",
        " + ".join(["url"] * 10),
    ],
)
def test_an_expression_that_explodes_lets_nobody_in(
    home: Home, alice: JMAP, capfd: pytest.CaptureFixture[str], text: str
) -> None:
    """Issue: expressions that explode or backtrack; access control fails closed, soon, and the log tells once."""
    home.abides_by(allowed_endpoint=f"if_then({text}, 200, 200)")
    capfd.readouterr()
    began = time.process_time()
    replies = [alice.sends("GET", "/" + "a" * 60_000) for _ in range(3)]

    assert time.process_time() - began < 5
    assert {reply.status for reply in replies} == {503}
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [(line["event"], line["setting"]) for line in lines] == [
        ("http.expression-failed", "server.http.allowed-endpoint")
    ]
    assert alice.sends("GET", INNER).status in (200, 503)
