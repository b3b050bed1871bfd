"""How mail programs set themselves up (draft-ietf-mailmaint-autoconfig; Autodiscover)."""

from dataclasses import replace
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from tests.driver import JMAP, Home

from pillarbox.http import HTTP, Site

PATHS = ["/mail/config-v1.1.xml", "/.well-known/autoconfig/mail/config-v1.1.xml", "/.well-known/mail-v1.xml"]
DISCOVER = "/autodiscover/autodiscover.xml"
SCHEMA = "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"
ANSWER = "{http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a}"


def asked(home: Home, query: str = "", path: str = PATHS[0]) -> ElementTree.Element:
    """The root of the configuration."""
    reply = home.web.sends("GET", path + query)
    assert reply.status == 200, reply.octets
    assert reply.headers["content-type"] == "text/xml; charset=utf-8"
    return ElementTree.fromstring(reply.octets)  # noqa: S314 - our own


def response(octets: bytes) -> ElementTree.Element:
    """What is in the answer of Autodiscover."""
    found = ElementTree.fromstring(octets).find(f"{ANSWER}Response")  # noqa: S314 - our own
    assert found is not None
    return found


def request(address: str) -> bytes:
    """What Outlook sends."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="{SCHEMA}"><Request>'
        f"<EMailAddress>{address}</EMailAddress><AcceptableResponseSchema>{ANSWER[1:-1]}</AcceptableResponseSchema>"
        "</Request></Autodiscover>"
    ).encode()


@pytest.mark.parametrize("path", PATHS)
def test_a_program_learns_where_the_session_is(alice: JMAP, home: Home, path: str) -> None:
    """Sections 3.4 and 3.6: an incomingServer of type jmap, with the URL that the session is at."""
    root = asked(home, "?emailaddress=alice@home.example", path)

    assert (root.tag, root.get("version")) == ("clientConfig", "1.2")
    assert root.findtext("emailProvider/domain") == "home.example"
    server = root.find("emailProvider/incomingServer[@type='jmap']")
    assert server is not None
    url = server.findtext("url") or ""
    authentication = server.find("authentication")
    assert authentication is not None
    assert (authentication.get("system"), authentication.text) == ("http", "Basic")
    assert alice.sends("GET", url.removeprefix("http://127.0.0.1:8080")).json()["username"] == "alice@home.example"


def test_what_is_not_served_is_not_told(home: Home) -> None:
    """Ours: the configuration is that of the listeners that there are."""
    root = asked(home, "?emailaddress=alice@home.example")

    assert [one.get("type") for one in root.iter("incomingServer")] == ["jmap"]
    assert list(root.iter("outgoingServer")) == []


def test_every_address_is_answered_alike(alice: JMAP, home: Home) -> None:
    """Section 4.1.1: nobody can test which addresses are here."""
    there = home.web.sends("GET", f"{PATHS[0]}?emailaddress={alice.name}")
    not_there = home.web.sends("GET", f"{PATHS[0]}?emailaddress=nobody@home.example")

    assert there == not_there


def test_without_an_address_it_is_that_of_the_server(home: Home) -> None:
    """Section 4.1: emailaddress is optional."""
    home.web.application = HTTP(replace(home.setup, site=Site("mail.home.example")))

    root = asked(home)

    assert root.findtext("emailProvider/domain") == "mail.home.example"
    assert root.find("emailProvider[@id='mail.home.example']") is not None


def test_names_are_no_longer_than_programs_can_show(home: Home) -> None:
    """Section 3.2.4."""
    home.web.application = HTTP(replace(home.setup, site=Site(f"{'a' * 60}.home.example")))

    root = asked(home)

    assert len(root.findtext("emailProvider/displayName") or "") == 60
    assert len(root.findtext("emailProvider/displayShortName") or "") == 20


@pytest.mark.parametrize("domain", ['x"/><y/><z"', "a&b", "<script>", "]]>", "a'b", "büro.example"])
def test_what_is_asked_for_stays_text(home: Home, domain: str) -> None:
    """Ours: everything is escaped."""
    root = asked(home, f"?emailaddress={quote(f'a@{domain}')}")

    assert root.findtext("emailProvider/domain") == domain


@pytest.mark.parametrize(
    "address", ["", "alice", "@", "a@", "@b", "a@b@c", "a b@c", "a@b%0d%0ac", "a@b%00", "a@" + "b" * 256, "%ff@b"]
)
def test_what_is_no_address_is_refused(home: Home, address: str) -> None:
    """Ours: 400."""
    assert home.web.sends("GET", f"{PATHS[0]}?emailaddress={address}").status == 400


def test_outlook_is_answered(home: Home) -> None:
    """Autodiscover: the settings of the address that it names; none of its protocols is served yet."""
    reply = home.web.sends("POST", DISCOVER, {"Content-Type": "text/xml"}, request("alice@home.example"))

    assert reply.status == 200
    told = response(reply.octets)
    assert told.findtext(f"{ANSWER}User/{ANSWER}AutoDiscoverSMTPAddress") == "alice@home.example"
    assert told.findtext(f"{ANSWER}Account/{ANSWER}AccountType") == "email"
    assert list(told.iter(f"{ANSWER}Protocol")) == []


def test_outlook_may_write_its_elements_in_any_case(home: Home) -> None:
    """Ours: with or without a namespace, with whatever else there is."""
    other = b"<x><EMailAddress>no@x</EMailAddress></x>"
    body = b"<AUTODISCOVER>%s<request><emailaddress> a@b </emailaddress></request></AUTODISCOVER>" % other

    reply = home.web.sends("POST", DISCOVER, body=body)

    assert reply.status == 200
    assert b">a@b<" in reply.octets


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<",
        b"\x00\xff\xfe",
        b"hello",
        b"<Autodiscover/>",
        request("no address"),
        request("a@b").replace(b"EMailAddress", b"LegacyDN"),
        request("a@b").replace(b"utf-8", b"klingon"),
        request("a@b") + b"<again/>",
        b"<a>" * 2000,
        b'<!DOCTYPE a [<!ENTITY x "a@b">]>'
        + b"<Autodiscover><Request><EMailAddress>&x;</EMailAddress></Request></Autodiscover>",
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><Autodiscover/>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1/">]><Autodiscover>&x;</Autodiscover>',
        b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1/"> %x;]><Autodiscover/>',
        b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
        b"<Autodiscover><Request><EMailAddress>&x;@b</EMailAddress></Request></Autodiscover>",
    ],
)
def test_hostile_xml_is_refused(home: Home, body: bytes) -> None:
    """Ours: no document type, no entities, nothing deep; 400."""
    reply = home.web.sends("POST", DISCOVER, body=body)

    assert reply.status == 400
    assert reply.headers["content-type"] == "application/problem+json"


def test_a_large_request_is_refused(home: Home) -> None:
    """Ours: 8 KiB are the most; RFC 9110 section 15.5.14."""
    assert home.web.sends("POST", DISCOVER, body=b" " * 8193).status == 413


def test_what_outlook_asks_for_stays_text(home: Home) -> None:
    """Ours: everything is escaped."""
    reply = home.web.sends("POST", DISCOVER, body=request("&lt;&amp;&gt;@b&quot;"))

    assert response(reply.octets).findtext(f"{ANSWER}User/{ANSWER}DisplayName") == '<&>@b"'
