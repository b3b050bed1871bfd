"""Settings that are expressions: how they are written, what they give, and how what is wrong is told."""

import socket

import pytest

from pillarbox.settings import EvaluationError, HTTPVariables, Problem, catalogue, snapshot
from pillarbox.settings.catalogue import ALLOWED_ENDPOINT, HTTP_URL, LOOKUP
from pillarbox.settings.expression import ExpressionSetting
from pillarbox.settings.outcome import INTEGER, TEXT, TRUTH
from pillarbox.settings.source import Source

REQUEST = HTTPVariables(
    listener="https",
    remote_ip="192.0.2.1",
    remote_port=40_000,
    local_ip="192.0.2.9",
    local_port=8443,
    protocol="https",
    is_tls=True,
    url="/jmap/?a=b",
    method="GET",
    raw_headers=((b"host", b"mail.far.example"), (b"x-odd", b"\xff"), (b"accept", b"*/*")),
)

ENDPOINT = "server.http.allowed-endpoint"


def url(pairs: dict[str, str], request: HTTPVariables = REQUEST) -> str:
    settings, problems = snapshot({"server.hostname": "mail.example.org", **pairs})
    assert problems == []
    return settings[HTTP_URL](request)


def status(pairs: dict[str, str], request: HTTPVariables = REQUEST) -> int:
    settings, problems = snapshot(pairs)
    assert problems == []
    return settings[ALLOWED_ENDPOINT](request)


def told(pairs: dict[str, str]) -> list[Problem]:
    """The problems; and the URL is that of the default, but nobody gets in by mistake."""
    settings, problems = snapshot({"server.hostname": "mail.example.org", **pairs})
    assert settings[HTTP_URL](REQUEST) == "https://mail.example.org:8443"
    assert settings[ALLOWED_ENDPOINT].constant == (503 if any(key.startswith(ENDPOINT) for key in pairs) else 200)
    return problems


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "https://mail.example.org:8443"),
        ({"local_port": 443}, "https://mail.example.org"),
        ({"local_port": 443, "protocol": "http"}, "http://mail.example.org:443"),
        ({"local_port": 80, "protocol": "http"}, "http://mail.example.org"),
        ({"local_port": 8080, "protocol": "http", "local_ip": "127.0.0.1"}, "http://127.0.0.1:8080"),
        ({"local_port": 8080, "protocol": "http", "local_ip": "::1"}, "http://[::1]:8080"),
        ({"local_port": 0, "protocol": "http", "local_ip": ""}, "http://mail.example.org"),
    ],
)
def test_the_default_url_is_that_of_the_listener(changed: dict[str, object], expected: str) -> None:
    """docs/reference/expressions.md; http-server.md section 1.1, without a port that goes without saying."""
    assert url({}, REQUEST._replace(**changed)) == expected  # type: ignore[arg-type]


def test_without_a_host_name_it_is_the_systems() -> None:
    """docs/settings.md, `server.hostname`."""
    settings, _ = snapshot({})

    assert settings[HTTP_URL](REQUEST) == f"https://{socket.gethostname()}:8443"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'https://mail.far.example/'", "https://mail.far.example"),
        (' "http://[::1]:8080/mail/" ', "http://[::1]:8080/mail"),
        ("'https://' + key_get('default', 'hostname')", "https://mail.example.org"),
        ("'https://' + config_get('server.hostname')", "https://mail.example.org"),
        ("'https://' + listener + '.example/' + config_get('server.log.level')", "https://https.example/debug"),
        ("'https://' + strip_prefix(headers, 'host: ')[0]", "https://mail.far.example"),
        ("protocol + '://h' + is_tls + local_port + remote_port + '.example'", "https://h1844340000.example"),
        ("'http://' + remote_ip + url_path + method", "http://192.0.2.1/jmap/GET"),
        ("'http://' + local_ip + split(url, '?')[0]", "http://192.0.2.9/jmap"),
    ],
)
def test_a_url_follows_the_request(text: str, expected: str) -> None:
    """http-server.md section 1.1: the variables."""
    assert url({"server.http.url": text, "server.log.level": "debug"}) == expected


def test_headers_are_lines_and_what_is_not_visible_is_left_out() -> None:
    """http-server.md section 1.1."""
    assert REQUEST.headers == ("host: mail.far.example", "x-odd: ", "accept: */*")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("https://a.example", "write \"'https://a.example'\""),
        ("'https://a' + rcpt", "at column 15: there is no variable rcpt"),
        ("'ftp://a.example'", "is no base URL"),
        ("'https://'", "is no base URL"),
        ("'https://a/?b'", "is no base URL"),
        ("'https://a:x/'", "is no base URL"),
        ("'https://a:65536/'", "is no base URL"),
        ("'https://u@a/'", "is no base URL"),
        ("'https://a b'", "is no base URL"),
        ("''", "is no base URL"),
        ("5", "is no text"),
        ("", "at column 1: a value is expected"),
        ("sql_query('', 'SELECT 1', [])", "waits for a database"),
    ],
)
def test_what_is_no_url_is_told_and_the_default_is_in_force(text: str, said: str) -> None:
    """http-server.md section 1.1; the settings reference, section 5."""
    (problem,) = told({"server.http.url": text})

    assert (problem.key, problem.kind) == ("server.http.url", "parse")
    assert said in problem.text


@pytest.mark.parametrize("host", [b"a b", b"a/../?", b"u@a", b"", b"a\xff", b"a:99999"])
def test_a_request_cannot_make_a_url_what_is_none(host: bytes) -> None:
    """Ours: a URL made of a header is looked at before anybody is told it; the log is not told it either."""
    settings, _ = snapshot({"server.http.url": "'https://' + strip_prefix(headers, 'host: ')[0]"})

    with pytest.raises(EvaluationError) as raised:
        settings[HTTP_URL](REQUEST._replace(raw_headers=((b"host", host),)))

    assert str(raised.value) == "the expression gives no URL for this request"


CONDITIONS = {
    f"{ENDPOINT}.0000.if": "starts_with(url_path, '/api') && remote_ip != '127.0.0.1'",
    f"{ENDPOINT}.0000.then": "404",
    f"{ENDPOINT}.0001.if": r"matches('^/([a-z]+)/(\d+)$', url_path)",
    f"{ENDPOINT}.0001.then": "$2",
    f"{ENDPOINT}.0002.if": "$1 == 'never'",
    f"{ENDPOINT}.0002.then": "500",
    f"{ENDPOINT}.0003.else": "200",
}


@pytest.mark.parametrize(("path", "expected"), [("/api/x", 404), ("/a/451", 451), ("/jmap", 200)])
def test_the_first_condition_that_holds_decides(path: str, expected: int) -> None:
    """The settings reference, section 5: its captures are there in its `then`."""
    assert status(CONDITIONS, REQUEST._replace(url=path)) == expected


def test_rows_go_by_number() -> None:
    """The settings reference, section 1: `.2` comes before `.10`."""
    rows = {f"{ENDPOINT}.{index}.if": "1" for index in range(2, 11)} | {f"{ENDPOINT}.11.else": "200"}
    rows |= {f"{ENDPOINT}.{index}.then": f"40{index - 2}" for index in range(2, 11)}

    assert status(rows) == 400


def test_one_expression_is_enough() -> None:
    """The settings reference, section 5."""
    assert status({}) == 200
    assert status({ENDPOINT: "404"}) == 404
    assert status({ENDPOINT: "'404'"}) == 404
    assert status({ENDPOINT: "if_then(method == 'GET', 404.5, 200)"}) == 404


@pytest.mark.parametrize("text", ["99", "1000", "'no'", "[404]", "false", "''"])
def test_what_is_no_status_is_told(text: str) -> None:
    """The settings reference, section 13."""
    (problem,) = told({ENDPOINT: text})

    assert (problem.key, problem.kind) == (ENDPOINT, "parse")


def test_what_is_no_status_for_one_request_alone_is_an_error() -> None:
    """Ours: whoever asks for the status decides what then."""
    settings, problems = snapshot({ENDPOINT: "split(url, '/')[1]"})

    assert problems == []
    assert settings[ALLOWED_ENDPOINT](REQUEST._replace(url="/404")) == 404
    with pytest.raises(EvaluationError, match="gives no HTTP status"):
        settings[ALLOWED_ENDPOINT](REQUEST)


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        ({"0000.if": "1", "0000.then": "404"}, ""),
        ({"0000.else": "404"}, ".0000.else"),
        ({"0000.if": "1", "0001.else": "404"}, ".0000.if"),
        ({"0000.then": "404", "0001.else": "200"}, ".0000.then"),
        ({"0000.if": "1", "0000.then": "404", "0001.else": "200", "0002.else": "201"}, ".0001.else"),
        (
            {"0000.if": "1", "0000.then": "404", "0001.else": "200", "0002.if": "1", "0002.then": "404"},
            ".0001.else",
        ),
        ({"0000.if": "1", "0000.then": "404", "0000.else": "200"}, ".0000.else"),
        ({"0000.if": "1", "0000.then": "404", "0000.note": "x", "0001.else": "200"}, ".0000.note"),
        ({"0000.if": "1", "0000.then": "404", "0.if": "1", "0001.else": "200"}, ".0000.if"),
        ({"0000": "404", "0001.else": "200"}, ".0000"),
        ({"0000.if": "1 +", "0000.then": "404", "0001.else": "200"}, ".0000.if"),
        ({"0000.if": "1", "0000.then": "40 4", "0001.else": "200"}, ".0000.then"),
        ({"0000.if": "method", "0000.then": "404", "0001.else": "'no'"}, ""),
        ({"0000.if": "method", "0000.then": "99", "0001.else": "200"}, ""),
    ],
)
def test_a_table_that_is_none_is_told_and_nobody_gets_in(rows: dict[str, str], key: str) -> None:
    """The settings reference, section 5: the rules of a table."""
    problems = told({f"{ENDPOINT}.{row}": text for row, text in rows.items()})

    assert {problem.kind for problem in problems} == {"parse"}
    assert f"{ENDPOINT}{key}" in {problem.key for problem in problems}


def test_a_fault_is_told_with_its_row_and_place() -> None:
    """Ours."""
    (problem,) = told({f"{ENDPOINT}.0.if": "url ==", f"{ENDPOINT}.0.then": "404", f"{ENDPOINT}.1.else": "200"})

    assert problem.key == f"{ENDPOINT}.0.if"
    assert problem.text.startswith("'url ==' is no expression: at column 7: a value is expected")


def test_lists_are_looked_up() -> None:
    """The settings reference, section 10: `lookup.<list>.<key>`, with patterns."""
    lists = {
        "lookup.blocked.198.51.100.*": "403",
        "lookup.blocked.192.0.2.1": "true",
        "lookup.default.domain": "a.example",
    }
    pairs = {ENDPOINT: "if_then(key_exists('blocked', remote_ip), 403, 200)", **lists}

    assert status(pairs) == 403
    assert status(pairs, REQUEST._replace(remote_ip="198.51.100.9")) == 403
    assert status(pairs, REQUEST._replace(remote_ip="203.0.113.1")) == 200
    assert url({"server.http.url": "'http://' + key_get('default', 'domain')", **lists}) == "http://a.example"


def test_the_name_in_the_default_list_is_that_of_the_server() -> None:
    """The settings reference, section 10."""
    settings, problems = snapshot({"lookup.default.hostname": "mail.far.example"})

    assert settings[LOOKUP]["default"].find("hostname") == "mail.far.example"
    assert settings[HTTP_URL](REQUEST) == "https://mail.far.example:8443"
    assert problems == []


def test_a_list_without_a_key_is_told() -> None:
    """Ours: nothing that is written is passed over in silence."""
    _, problems = snapshot({"lookup.blocked": "x"})

    assert [(problem.key, problem.kind) for problem in problems] == [("lookup.blocked", "unread")]


def test_a_reload_tells_what_has_changed() -> None:
    """Ours: what is written in the same words and looks up the same is the same."""
    text = "config_get('server.log.level') + key_get('a', 'b') + url"
    pairs = {"server.http.url": text, "server.log.level": "debug", "lookup.a.b": "1"}
    before = snapshot(pairs)[0][HTTP_URL]

    assert before == snapshot(dict(pairs))[0][HTTP_URL]
    assert hash(before) == hash(snapshot(dict(pairs))[0][HTTP_URL])
    assert before != text
    for key, other in (("server.http.url", f"{text} "), ("server.log.level", "warn"), ("lookup.a.b", "2")):
        assert before != snapshot({**pairs, key: other})[0][HTTP_URL]


def test_what_it_looks_at_is_known() -> None:
    """Ours: what looks at the listener alone is the same for all of its requests."""
    uses = snapshot({})[0][HTTP_URL].uses

    assert uses == {"protocol", "local_ip", "local_port"}
    assert snapshot(CONDITIONS)[0][ALLOWED_ENDPOINT].uses == {"url_path", "remote_ip"}
    text = "[if_then(-is_tls, matches('a', method), headers[listener])] + $1"
    assert snapshot({ENDPOINT: text})[0][ALLOWED_ENDPOINT].uses == {"is_tls", "method", "headers", "listener"}


def test_other_results_are_there_for_other_settings() -> None:
    """The settings reference, section 13."""
    source = Source({"a": "url", "b": "port / 2", "c": "url"})
    variables = {"url": lambda at: at[0], "port": lambda at: at[1]}

    assert ExpressionSetting("a", TEXT, variables, "''", "").read(source)(("x", 0)) == "x"
    assert ExpressionSetting("b", INTEGER, variables, "0", "").read(source)(("x", 5)) == 2
    assert ExpressionSetting("c", TRUTH, variables, "0", "").read(source)(("", 5)) is False
    with pytest.raises(EvaluationError, match="gives no integer"):
        ExpressionSetting("c", INTEGER, variables, "0", "").read(source)(("x", 5))
    with pytest.raises(EvaluationError, match="gives no text"):
        ExpressionSetting("b", TEXT, variables, "''", "").read(source)(("x", 5))


@pytest.mark.parametrize(
    "setting", [one for one in catalogue.CATALOGUE if isinstance(one, ExpressionSetting)], ids=lambda one: one.key
)
def test_a_default_is_right(setting: ExpressionSetting[HTTPVariables, object]) -> None:
    """Ours: it is what there is when nothing else is."""
    source = Source({})

    setting.read(source)(REQUEST)

    assert source.problems == []


SECRETS = [line.key for one in catalogue.CATALOGUE for line in one.described() if line.kind.startswith("secret")]


@pytest.mark.parametrize("key", SECRETS)
def test_no_secret_is_told_by_an_expression(key: str) -> None:
    """Ours: what an expression gives is told to clients."""
    key = key.replace("<id>", "x")

    problems = told({"server.http.url": f"'https://' + config_get('{key}')", key: "geheim"})

    assert any("is a secret" in problem.text for problem in problems)
    assert "geheim" not in str(problems)
