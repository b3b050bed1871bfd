"""Whatever is asked of autoconfig and Autodiscover, the answer is XML, or that it was not understood."""

from contextlib import suppress
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from pillarbox.wire.discovery import BadAddress, autoconfig, autodiscover, domain_of, requested_address

PIECES = st.sampled_from(
    [
        *b"<Autodiscover> </Autodiscover> <Request> </Request> <EMailAddress> </EMailAddress> a@b.c".split(),
        *b"&x; &#0; &lt; <![CDATA[ ]]> <!-- --> <a:Request> \xff \x00 utf-16 '?> ]>".split(),
        *(b"<!DOCTYPE a [", b"<!ENTITY x 'y'>", b"<?xml version='1.0' encoding='", b" xmlns:a='b'", b" "),
    ]
)


@given(st.text())
def test_an_address_that_is_taken_is_shown_as_it_is(address: str) -> None:
    """Ours: well-formed XML, from which the same text can be read."""
    with suppress(BadAddress):
        domain = domain_of(address)

        root = ElementTree.fromstring(autoconfig("mail.example", domain, "https://mail.example/"))  # noqa: S314
        assert root.findtext("emailProvider/domain") == domain
        told = ElementTree.fromstring(autodiscover(address))  # noqa: S314 - our own
        assert address in [one.text for one in told.iter()]


@given(st.one_of(st.binary(max_size=200), st.lists(PIECES, max_size=20).map(b"".join)))
def test_whatever_is_sent_is_an_address_or_refused(octets: bytes) -> None:
    """Ours: nothing else is raised, and what is taken is an address."""
    with suppress(BadAddress):
        assert domain_of(requested_address(octets))
