"""The records that a domain needs in DNS, and whether they are there."""

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from pillarbox.wire.dkim import DkimKey, new_key, record
from pillarbox.wire.dnsrecords import DnsRecord, Server, judged, records, zone


def lines(domain: str, server: Server, *keys: DkimKey) -> list[tuple[str, str, str]]:
    return [(one.type, one.name, one.content) for one in records(domain, keys, server)]


def test_a_domain_needs_records_in_an_order() -> None:
    """Management API section 5: MX, CNAME, DKIM, SPF, SRV, autoconfig, MTA-STS, DMARC, reports."""
    key = new_key("example.org", "202611e", "ed25519")
    name, text = record(key)
    assert text.startswith("v=DKIM1; k=ed25519; h=sha256; p=")
    server = Server("mx.example.org", ("mx.example.org", 443), "20261101")
    assert lines("example.org", server, key) == [
        ("MX", "example.org.", "10 mx.example.org."),
        ("CNAME", "mail.example.org.", "mx.example.org."),
        ("TXT", f"{name}.", text),
        ("TXT", "mx.example.org.", "v=spf1 a ra=postmaster -all"),
        ("TXT", "example.org.", "v=spf1 mx ra=postmaster -all"),
        ("SRV", "_jmap._tcp.example.org.", "0 1 443 mx.example.org."),
        ("CNAME", "autoconfig.example.org.", "mx.example.org."),
        ("CNAME", "autodiscover.example.org.", "mx.example.org."),
        ("CNAME", "mta-sts.example.org.", "mx.example.org."),
        ("TXT", "_mta-sts.example.org.", "v=STSv1; id=20261101"),
        (
            "TXT",
            "_dmarc.example.org.",
            "v=DMARC1; p=reject; rua=mailto:postmaster@example.org; ruf=mailto:postmaster@example.org",
        ),
        ("TXT", "_smtp._tls.example.org.", "v=TLSRPTv1; rua=mailto:postmaster@example.org"),
    ]


def test_a_host_of_another_domain_has_no_records_here() -> None:
    """Management API section 5: SPF of the host only if it is inside of the domain; nothing of what is not spoken."""
    kinds = [(kind, name) for kind, name, _ in lines("example.org", Server("mx.example.net"))]
    assert kinds == [
        ("MX", "example.org."),
        ("CNAME", "mail.example.org."),
        ("TXT", "example.org."),
        ("TXT", "_dmarc.example.org."),
        ("TXT", "_smtp._tls.example.org."),
    ]


def test_a_host_is_no_alias_of_itself() -> None:
    """Management API section 5: CNAME of `mail`, unless that is the host."""
    assert not [one for one in lines("example.org", Server("mail.example.org")) if one[0] == "CNAME"]


def test_certificates_are_pinned_for_names_of_the_domain() -> None:
    """RFC 6698 section 2.1: usage, selector, matching; RFC 7672 section 3.1: 3 for the server's own, 2 for others."""
    authority = trustme.CA()
    made = authority.issue_cert("mx.example.org", "mx.badexample.org", "*.example.org")
    own = x509.load_pem_x509_certificate(made.cert_chain_pems[0].bytes())
    above = x509.load_pem_x509_certificate(authority.cert_pem.bytes())
    found = [one for one in lines("example.org", Server("mx.example.org", chains=[[own, above]])) if one[0] == "TLSA"]
    assert {name for _, name, _ in found} == {"_25._tcp.mx.example.org."}
    assert [content.rpartition(" ")[0] for _, _, content in found] == [
        f"{usage} {selector} {matching}" for usage in (3, 2) for selector in (0, 1) for matching in (1, 2)
    ]
    assert found[0][2] == f"3 0 1 {own.fingerprint(hashes.SHA256()).hex()}"


def test_long_texts_are_several_strings_in_a_zone_file() -> None:
    """RFC 1035 sections 3.3.14 and 5.1: no more than 255 octets each, in quotes."""
    (line,) = zone([DnsRecord("TXT", "a.example.", "a" * 255 + 'b"\\c')]).splitlines()
    assert line == f'a.example. IN TXT "{"a" * 255}" "b\\"\\\\c"'
    assert zone([DnsRecord("MX", "a.example.", "10 b.example.")]) == "a.example. IN MX 10 b.example.\n"


@pytest.mark.parametrize(
    ("wanted", "found", "state"),
    [
        (("MX", "a.", "10 mx.a."), ["20 MX.a."], "ok"),
        (("MX", "a.", "10 mx.a."), ["10 mx.b."], "different"),
        (("MX", "a.", "10 mx.a."), [], "missing"),
        (("CNAME", "mail.a.", "mx.a."), ["mx.a."], "ok"),
        (("SRV", "_jmap._tcp.a.", "0 1 443 mx.a."), ["10 5 443 mx.a."], "ok"),
        (("SRV", "_jmap._tcp.a.", "0 1 443 mx.a."), ["0 1 8443 mx.a."], "different"),
        (("TXT", "a.", "v=spf1 mx -all"), ["site-verification=1", "v=spf1  mx -all"], "ok"),
        (("TXT", "a.", "v=spf1 mx -all"), ["v=spf1 -all"], "different"),
        (("TXT", "a.", "v=spf1 mx -all"), ["site-verification=1"], "missing"),
        (("TXT", "_mta-sts.a.", "v=STSv1; id=1"), ["v=STSv1;id=1;"], "ok"),
        (("TXT", "s._domainkey.a.", "v=DKIM1; k=rsa; h=sha256; p=MII"), ["k=rsa; p=MI I"], "ok"),
        (("TXT", "s._domainkey.a.", "v=DKIM1; k=rsa; h=sha256; p=MII"), ["v=DKIM1; p=MIJ"], "different"),
        (("TXT", "s._domainkey.a.", "v=DKIM1; k=ed25519; h=sha256; p=MII"), ["v=DKIM1; p=MII"], "different"),
        (("TLSA", "_25._tcp.mx.a.", "3 1 1 ab"), ["3 1 1 AB"], "ok"),
        (("TLSA", "_25._tcp.mx.a.", "3 1 1 ab"), ["2 1 1 cd"], "missing"),
    ],
)
def test_what_dns_has_is_judged(wanted: tuple[str, str, str], found: list[str], state: str) -> None:
    """Ours: by what it means (RFC 6376 section 3.6.1, RFC 7208 section 4.5, RFC 8461 section 3.1)."""
    assert judged(DnsRecord(*wanted), found) == state
