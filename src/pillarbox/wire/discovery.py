"""How mail programs learn what to connect to: Mail Autoconfig (draft-ietf-mailmaint-autoconfig) and Autodiscover."""

import re
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

__all__ = ["BadAddress", "Tokens", "autoconfig", "autodiscover", "domain_of", "requested_address"]

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_ADDRESS = re.compile(
    r"[^\s@\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]{1,64}@([^\s@\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]{1,255})"
)
_DEEPEST = 16
_PATH = ["autodiscover", "request", "emailaddress"]
_ANSWER = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"
_OUTLOOK = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
_NAME, _SHORT_NAME = 60, 20
"""Characters of the names that are shown (section 3.2.4)."""


class BadAddress(ValueError):
    """There is no mail address where one must be; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Where a mail program gets tokens (`<oAuth2>`), and the scope to ask for."""

    issuer: str
    authorization: str
    token: str
    scope: str


def domain_of(address: str) -> str:
    """The domain of an address, in lower case. Raises BadAddress."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise BadAddress("this is no mail address")
    return found[1].lower()


def autoconfig(provider: str, domain: str, jmap: str, tokens: Tokens | None = None) -> bytes:
    """The configuration of a domain whose mail is at this JMAP session; `provider` is the name of the server.

    It names no address: whoever asks learns nothing of who is here (sections 3.8 and 4.1.1). With `tokens`, which any
    program can have (section 6.4), those come before passwords.
    """
    by_tokens = "" if tokens is None else "      <authentication>OAuth2</authentication>\n"
    return (
        f"{_HEAD}"
        '<clientConfig version="1.2">\n'
        f"  <emailProvider id={quoteattr(provider)}>\n"
        f"    <domain>{escape(domain)}</domain>\n"
        f"    <displayName>{escape(provider[:_NAME])}</displayName>\n"
        f"    <displayShortName>{escape(provider[:_SHORT_NAME])}</displayShortName>\n"
        '    <incomingServer type="jmap">\n'
        f"      <url>{escape(jmap)}</url>\n"
        f"{by_tokens}"
        '      <authentication system="http">Basic</authentication>\n'
        "      <username>%EMAILADDRESS%</username>\n"
        "    </incomingServer>\n"
        "  </emailProvider>\n"
        f"{'' if tokens is None else _o_auth2(tokens)}"
        "</clientConfig>\n"
    ).encode()


def _o_auth2(tokens: Tokens) -> str:
    return (
        "  <oAuth2>\n"
        f"    <authURL>{escape(tokens.authorization)}</authURL>\n"
        f"    <tokenURL>{escape(tokens.token)}</tokenURL>\n"
        f"    <issuer>{escape(tokens.issuer)}</issuer>\n"
        f"    <scope>{escape(tokens.scope)}</scope>\n"
        "  </oAuth2>\n"
    )


def autodiscover(address: str) -> bytes:
    """The answer to who asked by Autodiscover: settings of mail, with a protocol for each that it has a word for.

    It has none for JMAP, and nothing else is served so far.
    """
    return (
        f"{_HEAD}"
        f'<Autodiscover xmlns="{_ANSWER}">\n'
        f'  <Response xmlns="{_OUTLOOK}">\n'
        "    <User>\n"
        f"      <DisplayName>{escape(address)}</DisplayName>\n"
        f"      <AutoDiscoverSMTPAddress>{escape(address)}</AutoDiscoverSMTPAddress>\n"
        "    </User>\n"
        "    <Account>\n"
        "      <AccountType>email</AccountType>\n"
        "      <Action>settings</Action>\n"
        "    </Account>\n"
        "  </Response>\n"
        "</Autodiscover>\n"
    ).encode()


def requested_address(octets: bytes) -> str:
    """The address that an Autodiscover request is about. Raises BadAddress if there is none, or it is no plain XML.

    A document type is refused before anything in it is read, so there are no entities but those of XML itself.
    """
    reading = _Reading()
    # The names of elements come as "namespace name", so that any prefix is as good as none.
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    parser.StartElementHandler = reading.begins
    parser.EndElementHandler = reading.ends
    parser.CharacterDataHandler = reading.says
    try:
        parser.Parse(octets, True)
    # Of an encoding that it does not know, the parser's module raises the others.
    except (expat.ExpatError, LookupError, ValueError) as problem:
        if isinstance(problem, BadAddress):
            raise
        raise BadAddress("this is no XML that can be read") from problem
    address = "".join(reading.found).strip()
    domain_of(address)
    return address


def _refuse(*_: object) -> int:
    raise BadAddress("a document type is not understood here")


class _Reading:
    """Where in the document the parser is, and what stands in the first element that is asked for."""

    def __init__(self) -> None:
        self._path: list[str] = []
        self._is_done = False
        self.found: list[str] = []

    def begins(self, name: str, _: object) -> None:
        if len(self._path) >= _DEEPEST:
            raise BadAddress("the elements are too deep in each other")
        self._path.append(name.rpartition(" ")[2].lower())

    def ends(self, _: str) -> None:
        self._is_done = self._is_done or self._path == _PATH
        self._path.pop()

    def says(self, text: str) -> None:
        if self._path == _PATH and not self._is_done:
            self.found.append(text)
