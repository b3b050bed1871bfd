"""An authorization request, and what is wrong with it (RFC 6749 section 4.1.1; OpenID Connect Core section 3.1.2)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from pillarbox.access import scope
from pillarbox.signin.oauth.client import Client, Clients
from pillarbox.signin.oauth.error import OAuthError
from pillarbox.signin.oauth.metadata import AUTHORIZATION_CODE

__all__ = ["LONGEST", "Asked", "BadRequest", "Refused", "Site", "asked", "resources", "scopes_of"]

LONGEST = 8192
"""Characters of a request's query."""
_MOST = 40
_LONGEST_STATE = 2048
_LONGEST_HINT = 320
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_PROMPTS = frozenset(("none", "login", "consent", "select_account"))
_MAIL = ("imap", "imaps", "smtp", "smtps", "submission", "submissions", "pop", "pops", "pop3", "pop3s", "sieve")
_REPEATED = ("resource",)


class BadRequest(Exception):
    """A request that is answered to its user alone: nobody knows where its client is. The message is for them."""


class Refused(Exception):
    """A request that is answered to its client, with an error."""

    def __init__(self, uri: str, state: str | None, error: OAuthError) -> None:
        super().__init__(str(error))
        self.uri = uri
        self.state = state
        self.error = error


@dataclass(frozen=True, slots=True)
class Site:
    """Where this server is: its issuer identifier, and the URL that its paths follow, without a slash at the end."""

    issuer: str
    base: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asks for."""

    client: Client
    uri: str
    state: str | None
    scopes: frozenset[str]
    challenge: str | None
    nonce: str | None
    prompts: frozenset[str] = frozenset()
    max_age: int | None = None
    hint: str = ""
    is_uri_sent: bool = True
    """Whether it said itself where it is answered."""
    person: str = ""
    """An ID token of the one person whom it asks for, as it came (OpenID Connect Core section 3.1.2.1)."""


def asked(query: str, clients: Clients, site: Site) -> Asked:
    """The request that a query makes. Raises BadRequest, Refused; store.StoreError."""
    given, repeated = _parameters(query)
    client, uri = _answerable(given, clients)
    state = given.get("state")
    try:
        if repeated:
            raise OAuthError("invalid_request", "a parameter is given twice")
        return _asked(given, query, client, uri, site)
    except OAuthError as error:
        raise Refused(uri, state if state is None or len(state) <= _LONGEST_STATE else None, error) from None


def scopes_of(text: str | None, client: Client) -> frozenset[str]:
    """The scopes that a client is to have which asks so: those that there are, and that it may have.

    Raises OAuthError invalid_scope.
    """
    if not text or not text.strip():
        return scope.DEFAULT_SCOPE & client.scopes or client.scopes
    if len(text) > 4096:
        raise OAuthError("invalid_scope", "this is more than there are scopes")
    found = scope.known(text.split()) & client.scopes
    if not found:
        raise OAuthError("invalid_scope", "none of these scopes is there for this client")
    return found


def resources(uris: Sequence[str], site: Site) -> None:
    """Raises OAuthError invalid_target unless all of these are this server's (RFC 8707 section 2)."""
    host = urlsplit(site.base).hostname
    for uri in uris:
        try:
            parts = urlsplit(uri)
            is_ours = uri == site.base or uri.startswith(f"{site.base}/")
            is_mail = parts.scheme in _MAIL and parts.hostname == host and "@" not in parts.netloc
        except ValueError:
            is_ours = is_mail = False
        if "#" in uri or not (is_ours or is_mail):
            raise OAuthError("invalid_target", "a resource is not this server's")


def _parameters(query: str) -> tuple[dict[str, str], str | None]:
    """The parameters, and the first that is given twice and may not be. Raises BadRequest."""
    try:
        if len(query) > LONGEST:
            raise ValueError
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST, errors="strict")
    except ValueError:
        raise BadRequest("The app's request is too long, or is not a list of parameters.") from None
    given: dict[str, str] = {}
    repeated = None
    for name, value in pairs:
        if name in given and name not in _REPEATED:
            repeated = repeated or name
        given.setdefault(name, value)
    # A parameter without a value is as if it were not there (RFC 6749 section 3.1).
    if repeated in ("client_id", "redirect_uri"):
        raise BadRequest(f"The app's request has two of {repeated}.")
    return {name: value for name, value in given.items() if value}, repeated


def _answerable(given: dict[str, str], clients: Clients) -> tuple[Client, str]:
    """The client, and where it is answered. Raises BadRequest."""
    client = clients.found(given.get("client_id", ""))
    if client is None:
        raise BadRequest("The app that sent you here is not known to this server.")
    uri = given.get("redirect_uri")
    if uri is None:
        if client.redirects is None or len(client.redirects) != 1:
            raise BadRequest("The app did not say where you are to go back to.")
        return client, client.redirects[0]
    if not client.answers_at(uri):
        raise BadRequest("The app wants you to be sent to a place that is not its own.")
    return client, uri


def _asked(given: dict[str, str], query: str, client: Client, uri: str, site: Site) -> Asked:
    for name in ("request", "request_uri"):
        if name in given:
            raise OAuthError(f"{name}_not_supported", f"{name} is not supported")
    state = given.get("state")
    if state is not None and (len(state) > _LONGEST_STATE or not state.isprintable()):
        raise OAuthError("invalid_request", f"state is no more than {_LONGEST_STATE} visible characters")
    if "response_type" not in given:
        raise OAuthError("invalid_request", "response_type is missing")
    if given["response_type"] != "code":
        raise OAuthError("unsupported_response_type", "response_type is code")
    if AUTHORIZATION_CODE not in client.grants:
        raise OAuthError("unauthorized_client", "this client has not registered for the code flow")
    if given.get("response_mode", "query") != "query":
        raise OAuthError("invalid_request", "response_mode is query")
    resources([value for name, value in parse_qsl(query) if name == "resource"], site)
    prompts = frozenset(given.get("prompt", "").split())
    if not prompts <= _PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise OAuthError("invalid_request", "prompt is none alone, or some of login, consent, select_account")
    nonce = given.get("nonce")
    if nonce is not None and len(nonce) > 512:
        raise OAuthError("invalid_request", "nonce is no more than 512 characters")
    return Asked(
        client,
        uri,
        state,
        scopes_of(given.get("scope"), client),
        _challenge(given, client),
        nonce,
        prompts,
        _max_age(given),
        given.get("login_hint", "")[:_LONGEST_HINT],
        "redirect_uri" in given,
        given.get("id_token_hint", ""),
    )


def _challenge(given: dict[str, str], client: Client) -> str | None:
    """The code challenge; clients that cannot prove who they are must send one (RFC 9700 section 2.1.1)."""
    challenge = given.get("code_challenge")
    if challenge is None:
        if client.method == "none":
            raise OAuthError("invalid_request", "code_challenge is missing (RFC 7636)")
        if "code_challenge_method" in given:
            raise OAuthError("invalid_request", "there is a code_challenge_method and no code_challenge")
        return None
    if given.get("code_challenge_method") != "S256":
        raise OAuthError("invalid_request", "code_challenge_method is S256")
    if not _CHALLENGE.fullmatch(challenge):
        raise OAuthError("invalid_request", "code_challenge is a SHA-256 in base64url")
    return challenge


def _max_age(given: dict[str, str]) -> int | None:
    text = given.get("max_age")
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 10:
        raise OAuthError("invalid_request", "max_age is a number of seconds")
    return int(text)
