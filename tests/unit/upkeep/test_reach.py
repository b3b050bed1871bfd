"""What is judged of the URL that clients are told."""

from pillarbox.settings import snapshot
from pillarbox.upkeep import Tried, Trouble, candidates, judged

URL = "https://mail.example.org"


def here(url: str, *, scheme: str | None = None, peer: str | None = None, unheeded: bool = False) -> Tried:
    return Tried(url, is_here=True, scheme=scheme, peer=peer, is_unheeded=unheeded)


def astray(url: str, what: str = "nobody answers", moved_to: str | None = None) -> Tried:
    return Tried(url, is_here=False, what=what, moved_to=moved_to)


def judge(first: Tried, *others: Tried) -> list[Trouble]:
    return list(judged(first, others, is_written=True))


def tried_after(first: Tried, **pairs: str) -> list[str]:
    settings, _ = snapshot({key.replace("_", "."): text for key, text in pairs.items()})
    return candidates(settings, first)


def test_what_leads_here_is_right() -> None:
    assert judge(here(URL)) == []


def test_what_does_not_is_told_with_the_url_that_does() -> None:
    (found,) = judge(astray("https://mail.example.org:8443"), astray("http://mail.example.org"), here(URL))

    assert found.weight == "trouble"
    assert found.place == "server.http.url"
    assert "https://mail.example.org:8443 does not lead to this server: nobody answers" in found.problem
    assert f"server.http.url = \"'{URL}'\"" in found.problem


def test_of_several_the_one_with_tls_is_meant() -> None:
    (found,) = judge(astray("https://other.example"), here("http://mail.example.org"), here(URL))

    assert f"'{URL}'" in found.problem


def test_if_none_does_it_says_so() -> None:
    (found,) = judge(astray(URL))

    assert found.problem.endswith("write the one that clients reach it by")


def test_a_certificate_that_is_not_trusted_is_what_is_wrong_and_not_the_url() -> None:
    """Ours: whoever would write another URL for that would lose the right one."""
    (found,) = judge(astray(URL, f"{URL}: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed"))

    assert found.problem.startswith(f"{URL} does not lead to this server: [SSL: CERTIFICATE_VERIFY_FAILED]")
    assert "certificate.<id>" in found.problem
    assert "SSL_CERT_FILE" in found.problem
    assert "write the one that clients reach it by" not in found.problem


def test_where_https_alone_is_spoken_no_url_in_the_clear_is_offered() -> None:
    """Ours: clients would be sent on from there."""
    pairs = {"server_http_hsts": "true", "server_hostname": "mail.example.org"}

    assert all(url.startswith("https:") for url in tried_after(astray(URL), **pairs))


def test_https_at_the_proxy_and_http_in_the_url() -> None:
    """Issue: wrong `server.http.url` behind a proxy."""
    (found,) = judge(here("http://mail.example.org", scheme="https"))

    assert found.weight == "remark"
    assert "the proxy speaks https with clients" in found.problem
    assert "write server.http.url = \"'https://mail.example.org'\"" in found.problem


def test_a_proxy_whose_word_is_not_taken_is_told() -> None:
    (found,) = judge(here(URL, scheme="https", peer="10.0.0.7", unheeded=True))

    assert found.place == "server.http.use-x-forwarded"
    assert 'server.http.trusted-proxies = ["10.0.0.7"]' in found.problem


def test_where_a_redirect_leads_is_tried_first() -> None:
    """A proxy that sends all who come by http to https."""
    first = astray("http://mail.example.org", moved_to="https://mail.example.org:444")

    assert tried_after(first, server_hostname="mail.example.org")[:2] == ["https://mail.example.org:444", URL]


def test_a_redirect_to_somebody_else_is_not_followed() -> None:
    first = astray("http://mail.example.org", moved_to="https://stranger.example")

    assert "https://stranger.example" not in tried_after(first)


def test_hosts_and_ports_of_the_settings_are_tried() -> None:
    found = tried_after(
        astray("https://mial.example.org"),
        server_hostname="mail.example.org",
        server_listener_web_protocol="http",
        server_listener_web_bind="192.0.2.7:8080",
    )

    assert URL in found
    assert "http://mail.example.org" in found
    assert "http://mail.example.org:8080" in found
    assert "https://mial.example.org" not in found
    assert len(found) <= 8


def test_if_the_url_leads_here_only_better_ones_are_tried() -> None:
    assert all(url.startswith("https:") for url in tried_after(here("http://mail.example.org:8080")))
