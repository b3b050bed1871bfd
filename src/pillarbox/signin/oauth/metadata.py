"""What a client says of itself when it registers, checked and cut down to what counts here (RFC 7591 section 2)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pillarbox.access import redirect, scope
from pillarbox.signin.oauth.error import OAuthError
from pillarbox.wire.values import JSON

__all__ = ["AUTHORIZATION_CODE", "DEVICE_CODE", "REFRESH_TOKEN", "UNTRUSTED", "checked"]

AUTHORIZATION_CODE = "authorization_code"
REFRESH_TOKEN = "refresh_token"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"

UNTRUSTED = frozenset(scope.SCOPES) - {scope.ACCOUNT, scope.MANAGE}
"""What a client may have that anybody can say they are."""

_GRANTS = (AUTHORIZATION_CODE, REFRESH_TOKEN, DEVICE_CODE)
_METHODS = ("none", "client_secret_basic", "client_secret_post")
_MOST_URIS = 20
_LONGEST = 500
_TEXTS = ("client_name", "software_id", "software_version")
_LINKS = ("client_uri", "logo_uri", "tos_uri", "policy_uri")
_LINK = re.compile(r"https://[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?(?:[/?][A-Za-z0-9._~:/?\[\]!$&'()*+,;=%-]*)?")


def checked(said: Mapping[str, Any], algorithms: Sequence[str], *, is_trusted: bool) -> dict[str, JSON]:
    """The metadata that is in force: what is not known is left out (section 2), what is missing has its default.

    Who `is_trusted` may be a site or have a secret; others are programs on people's own devices, and public
    (draft-ietf-mailmaint-oauth-public section 3.3). ID tokens are signed with one of the algorithms, with the first of
    them if nothing is said. Raises OAuthError invalid_redirect_uri, invalid_client_metadata.
    """
    grants = _grants(said)
    method = _one_of(said, "token_endpoint_auth_method", _METHODS, "none")
    if method != "none" and not is_trusted:
        raise _bad("token_endpoint_auth_method is none for a client that anybody may register")
    found: dict[str, JSON] = {
        "redirect_uris": list(_redirects(said, grants, is_trusted=is_trusted)),
        "token_endpoint_auth_method": method,
        "grant_types": list(grants),
        "response_types": _responses(said, grants),
        "scope": _scope(said, is_trusted=is_trusted),
        "application_type": _one_of(said, "application_type", ("native", "web"), "web" if is_trusted else "native"),
        "subject_type": "public",
        "id_token_signed_response_alg": _algorithm(said, algorithms),
    }
    for name in _TEXTS:
        if name in said:
            found[name] = _text(said, name)
    for name in _LINKS:
        if name in said:
            found[name] = _link(said, name)
    if "contacts" in said:
        found["contacts"] = [one[:_LONGEST] for one in _strings(said, "contacts")]
    if is_trusted and "post_logout_redirect_uris" in said:
        leaving = _strings(said, "post_logout_redirect_uris")
        if not all(redirect.is_web(one) or redirect.is_native(one) for one in leaving):
            raise _bad("post_logout_redirect_uris are https URIs, or native ones")
        found["post_logout_redirect_uris"] = [*leaving]
    return found


def _grants(said: Mapping[str, Any]) -> list[str]:
    # What RFC 7591 has for a client that says nothing; without a refresh token a mail program would ask each hour.
    asked = _strings(said, "grant_types") if "grant_types" in said else [AUTHORIZATION_CODE, REFRESH_TOKEN]
    known = [one for one in _GRANTS if one in asked]
    if not known or known == [REFRESH_TOKEN]:
        raise _bad(f"grant_types has one of {AUTHORIZATION_CODE}, {DEVICE_CODE}")
    return known


def _redirects(said: Mapping[str, Any], grants: list[str], *, is_trusted: bool) -> list[str]:
    uris = _strings(said, "redirect_uris", "invalid_redirect_uri") if "redirect_uris" in said else []
    if not uris and AUTHORIZATION_CODE in grants:
        raise _bad("redirect_uris are needed for the code flow", "invalid_redirect_uri")
    for uri in uris:
        if not redirect.is_native(uri) and not (is_trusted and redirect.is_web(uri)):
            which = "an https URI, " if is_trusted else ""
            raise _bad(
                f"a redirect URI is {which}http://127.0.0.1/ or http://[::1]/ with a path, or of a scheme that is a "
                "reversed domain name; it has no fragment, no user, and no two dots in a row",
                "invalid_redirect_uri",
            )
    return uris


def _responses(said: Mapping[str, Any], grants: list[str]) -> list[JSON]:
    needed = ["code"] if AUTHORIZATION_CODE in grants else []
    if "response_types" in said and (asked := _strings(said, "response_types")) and "code" not in asked:
        raise _bad("response_types has code")
    return [*needed]


def _scope(said: Mapping[str, Any], *, is_trusted: bool) -> str:
    let = frozenset(scope.SCOPES) if is_trusted else UNTRUSTED
    if "scope" not in said:
        return " ".join(one for one in scope.SCOPES if one in let)
    text = said["scope"]
    if not isinstance(text, str) or len(text) > 4 * _LONGEST:
        raise _bad("scope is one string of scopes with spaces between")
    asked = text.split()
    given = [one for one in scope.SCOPES if one in asked and one in let]
    if asked and not given:
        raise _bad("none of these scopes is there for this client")
    return " ".join(given)


def _algorithm(said: Mapping[str, Any], algorithms: Sequence[str]) -> str:
    return _one_of(said, "id_token_signed_response_alg", tuple(algorithms), algorithms[0])


def _text(said: Mapping[str, Any], name: str) -> str:
    text = said[name]
    if not isinstance(text, str) or len(text) > _LONGEST or not text.isprintable():
        raise _bad(f"{name} is one line of no more than {_LONGEST} characters")
    return text.strip()


def _link(said: Mapping[str, Any], name: str) -> str:
    text = said[name]
    if not isinstance(text, str) or len(text) > _LONGEST or not _LINK.fullmatch(text):
        raise _bad(f"{name} is an https URL of no more than {_LONGEST} characters")
    return text


def _one_of(said: Mapping[str, Any], name: str, words: tuple[str, ...], otherwise: str) -> str:
    word = said.get(name, otherwise)
    if word not in words:
        raise _bad(f"{name} is one of {', '.join(words)}")
    return str(word)


def _strings(said: Mapping[str, Any], name: str, code: str = "invalid_client_metadata") -> list[str]:
    value = said[name]
    if (
        not isinstance(value, list)
        or len(value) > _MOST_URIS
        or not all(isinstance(one, str) and 0 < len(one) <= redirect.LONGEST for one in value)
    ):
        raise _bad(f"{name} is a list of no more than {_MOST_URIS} strings", code)
    return list(dict.fromkeys(value))


def _bad(why: str, code: str = "invalid_client_metadata") -> OAuthError:
    return OAuthError(code, why)
