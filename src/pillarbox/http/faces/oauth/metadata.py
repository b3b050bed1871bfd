"""What the authorization server says of itself, and the resources that take its tokens (RFC 8414, 9728; Discovery).

Each list is what is true now, and nothing else.
"""

from typing import Any
from urllib.parse import urlsplit

import orjson

from pillarbox.access.scope import SCOPES
from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.oauth.form import site
from pillarbox.http.guard.session import authority_of
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.signin.oauth import CLAIMS, CLAIMS_OF_SCOPES, Authority, Site

__all__ = ["authorization_server", "openid", "protected_resource"]

_HEADERS = ((b"content-type", b"application/json"), (b"cache-control", b"no-cache"))
_CLIENT_METHODS = ["none", "client_secret_basic", "client_secret_post"]


async def authorization_server(setup: Setup, exchange: Exchange) -> None:
    """RFC 8414 section 2; the path of an issuer that has one stands behind (section 3.1). Raises Problem 404."""
    _, where = _for_its_issuer(setup, exchange)
    await _put(exchange, _server(where))


async def openid(setup: Setup, exchange: Exchange) -> None:
    """OpenID Connect Discovery section 3, with all that RFC 8414 has."""
    authority, where = _for_its_issuer(setup, exchange)
    about = {
        "userinfo_endpoint": f"{where.base}/auth/userinfo",
        "end_session_endpoint": f"{where.base}/auth/logout",
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": authority.algorithms,
        "claims_supported": [*CLAIMS, *CLAIMS_OF_SCOPES],
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
    }
    await _put(exchange, _server(where) | about)


async def protected_resource(setup: Setup, exchange: Exchange) -> None:
    """RFC 9728 section 2: the server, or the one of its resources whose path stands behind. Raises Problem 404."""
    authority_of(setup)
    where = site(setup, exchange)
    path = exchange.raw_path.removeprefix(b"/.well-known/oauth-protected-resource").decode("latin-1").rstrip("/")
    # It is what its reader made this URL of (section 3.3), and nothing that was put into it.
    if path not in _RESOURCES:
        raise Problem(404, "there is no such resource")
    await _put(
        exchange,
        {
            "resource": where.base + path,
            "authorization_servers": [where.issuer],
            "scopes_supported": list(SCOPES),
            "bearer_methods_supported": ["header"],
            "resource_name": "Pillarbox",
        },
    )


_RESOURCES = frozenset(("", "/jmap", "/.well-known/jmap"))


def _server(where: Site) -> dict[str, Any]:
    base = where.base
    return {
        "issuer": where.issuer,
        "authorization_endpoint": f"{base}/authorize/code",
        "token_endpoint": f"{base}/auth/token",
        "device_authorization_endpoint": f"{base}/auth/device",
        "introspection_endpoint": f"{base}/auth/introspect",
        "revocation_endpoint": f"{base}/auth/revoke",
        "registration_endpoint": f"{base}/auth/register",
        "jwks_uri": f"{base}/auth/jwks.json",
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": [
            "authorization_code",
            "refresh_token",
            "urn:ietf:params:oauth:grant-type:device_code",
        ],
        "token_endpoint_auth_methods_supported": _CLIENT_METHODS,
        "revocation_endpoint_auth_methods_supported": _CLIENT_METHODS,
        "introspection_endpoint_auth_methods_supported": [
            "client_secret_basic",
            "client_secret_post",
        ],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "protected_resources": [base],
    }


def _for_its_issuer(setup: Setup, exchange: Exchange) -> tuple[Authority, Site]:
    """Raises Problem 404 where the path is of another issuer."""
    authority = authority_of(setup)
    where = site(setup, exchange)
    if exchange.parts.get("issuer", "") != urlsplit(where.issuer).path.strip("/"):
        raise Problem(404, "there is no such issuer")
    return authority, where


async def _put(exchange: Exchange, document: dict[str, Any]) -> None:
    await exchange.answer(200, _HEADERS, orjson.dumps(document))
