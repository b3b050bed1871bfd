"""The authorization endpoint: where people decide what a client may (RFC 6749 section 3.1).

Its page is opened by the client; that asks `/auth/authorize` what its query is worth, and tells it what was decided.
"""

from typing import Any

from pillarbox.access import Proof, redirect
from pillarbox.access.permission import AUTHENTICATE, AUTHENTICATE_OAUTH
from pillarbox.access.scope import SCOPES
from pillarbox.http.exchange import Exchange
from pillarbox.http.faces import files
from pillarbox.http.faces.oauth.form import NO_STORE, json_of, put, site
from pillarbox.http.guard.session import authority_of, check_origin, required_proof, session_proof
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.signin.oauth import Asked, Authority, BadRequest, Client, OAuthError, Refused, Site, asked
from pillarbox.telemetry import Event, emit

__all__ = ["begin", "check_person", "decide", "look", "resubmit", "shown_client", "shown_scopes"]

_FRESH = 300.0
"""Seconds for which somebody who has just proved who they are need not do so again for `prompt=login`."""
_LARGEST = 16 * 1024


async def begin(setup: Setup, exchange: Exchange) -> None:
    """The page, or the client's own errors sent back to it (section 4.1.2.1)."""
    authority = authority_of(setup)
    where = site(setup, exchange)
    query = exchange.target.partition(b"?")[2].decode("latin-1")
    try:
        await setup.door.through(asked, query, authority.clients, where)
    except BadRequest as problem:
        _tell(setup, exchange, str(problem))
        await files.show(exchange, 400)
    except Refused as refused:
        _tell(setup, exchange, refused.error.code)
        await _send(exchange, _refusal(refused, where))
    else:
        await files.show(exchange)


async def resubmit(setup: Setup, exchange: Exchange) -> None:
    """A request that is sent as a form (OpenID Connect Core section 3.1.2.1) is sent on as a query."""
    authority_of(setup)
    octets = await exchange.body(_LARGEST, Problem(413, f"no more than {_LARGEST} octets"))
    if any(not 32 < one < 127 for one in octets):
        raise Problem(400, "this is no form")
    await _send(exchange, f"{site(setup, exchange).base}/authorize/code?{octets.decode('ascii')}")


async def look(setup: Setup, exchange: Exchange) -> None:
    """`{"query"}` in; out what is needed next: `sign-in`, `consent`, or nothing but to go to `redirect`.

    Raises Problem 400 for a request that has no client to be sent back to.
    """
    authority = authority_of(setup)
    where = site(setup, exchange)
    check_origin(exchange, where.base)
    sent = await json_of(exchange)
    proof = await session_proof(setup, exchange)
    try:
        request = await _request(setup, authority, where, sent)
        told = await _next(setup, authority, where, request, proof)
    except Refused as refused:
        _tell(setup, exchange, refused.error.code)
        told = {"redirect": _refusal(refused, where)}
    await put(exchange, 200, told)


async def decide(setup: Setup, exchange: Exchange) -> None:
    """`{"query", "allow", "scopes"}` in; out where the browser goes. Raises Problem 400, 401, 403."""
    authority = authority_of(setup)
    where = site(setup, exchange)
    check_origin(exchange, where.base)
    sent = await json_of(exchange)
    is_allowed, chosen = sent.get("allow"), sent.get("scopes", [])
    if not isinstance(is_allowed, bool) or not _is_strings(chosen):
        raise Problem(400, "allow is true or false, scopes is a list of strings")
    proof = await required_proof(setup, exchange)
    check_person(proof)
    try:
        request = await _request(setup, authority, where, sent)
        if _must_sign_in(request, proof, authority.clock()):
            raise Problem(401, "sign in once more")
        await _check_meant(setup, authority, request, proof)
        if not is_allowed:
            raise _refused(request, "access_denied", "the owner of the account has refused")
        scopes = frozenset(chosen) & request.scopes if "scopes" in sent else request.scopes
        if not scopes:
            raise _refused(request, "access_denied", "the owner of the account has allowed nothing")
        url = await _allowed(setup, authority, where, request, proof, scopes)
    except Refused as refused:
        url = _refusal(refused, where)
    await put(exchange, 200, {"redirect": url})


def shown_client(client: Client, uri: str | None) -> dict[str, Any]:
    """What people are told of a client; all but `isKnown` and `redirectHost` is its own word, unless it is known."""
    told: dict[str, Any] = {"id": client.id, "name": client.name, "isKnown": client.is_known}
    if client.uri:
        told["uri"] = client.uri
    if uri is not None:
        told["redirectHost"] = redirect.shown(uri)
    return told


def shown_scopes(scopes: frozenset[str]) -> list[dict[str, str]]:
    """What people are told of scopes, in the order of the table."""
    return [{"name": one.name, "title": one.title, "text": one.text} for one in SCOPES.values() if one.name in scopes]


def check_person(proof: Proof) -> None:
    """Raises Problem 403 for who may let no client in."""
    if not {AUTHENTICATE, AUTHENTICATE_OAUTH} <= proof.principal.permissions:
        raise Problem(403, "this account may not let apps in")


async def _request(setup: Setup, authority: Authority, where: Site, sent: dict[str, Any]) -> Asked:
    """Raises Refused; Problem 400."""
    query = sent.get("query")
    if not isinstance(query, str):
        raise Problem(400, "query is the one that the page was opened with")
    try:
        return await setup.door.through(asked, query.removeprefix("?"), authority.clients, where)
    except BadRequest as problem:
        raise Problem(400, str(problem)) from None


async def _next(setup: Setup, authority: Authority, where: Site, request: Asked, proof: Proof | None) -> dict[str, Any]:
    is_silent = "none" in request.prompts
    if proof is None or _must_sign_in(request, proof, authority.clock()):
        if is_silent:
            raise _refused(request, "login_required", "nobody has signed in with this browser")
        return {"needs": "sign-in", **({"loginHint": request.hint} if request.hint else {})}
    check_person(proof)
    await _check_meant(setup, authority, request, proof)
    asks = request.prompts & {"consent", "select_account"}
    if asks or not await setup.door.through(authority.is_consented, proof.principal.number, request):
        if is_silent:
            raise _refused(request, "consent_required", "the owner of the account is to be asked")
        return {
            "needs": "consent",
            "client": shown_client(request.client, request.uri),
            "scopes": shown_scopes(request.scopes),
            "account": proof.principal.name,
        }
    return {"redirect": await _allowed(setup, authority, where, request, proof, request.scopes)}


async def _check_meant(setup: Setup, authority: Authority, request: Asked, proof: Proof) -> None:
    """Raises Refused where a client asks for somebody else: it is told of nobody but them (section 3.1.2.2)."""
    if request.person and not await setup.door.through(authority.is_meant, proof.principal, request):
        raise _refused(request, "login_required", "somebody else has signed in with this browser")


def _must_sign_in(request: Asked, proof: Proof, now: float) -> bool:
    """Whether it is too long ago that its owner proved who they are (OpenID Connect Core section 3.1.2.1)."""
    age = now - proof.at if proof.at else float("inf")
    if "login" in request.prompts and age > _FRESH:
        return True
    # Who is asked for with max_age=0 has a moment to come back from the page where they did.
    return request.max_age is not None and age > max(request.max_age, 60)


async def _allowed(
    setup: Setup, authority: Authority, where: Site, request: Asked, proof: Proof, scopes: frozenset[str]
) -> str:
    by = await setup.door.through(authority.browser, proof.credential or 0)
    if by is None:
        raise Problem(401, "sign in first")
    try:
        code = await setup.door.through(authority.allow, request, scopes, by)
    except OAuthError as error:
        raise Refused(request.uri, request.state, error) from None
    answer = {"code": code, **({"state": request.state} if request.state is not None else {}), "iss": where.issuer}
    return redirect.answered(request.uri, answer)


def _refused(request: Asked, code: str, why: str) -> Refused:
    return Refused(request.uri, request.state, OAuthError(code, why))


def _refusal(refused: Refused, where: Site) -> str:
    answer = {"error": refused.error.code, "error_description": refused.error.description}
    if refused.state is not None:
        answer["state"] = refused.state
    return redirect.answered(refused.uri, {**answer, "iss": where.issuer})


async def _send(exchange: Exchange, url: str) -> None:
    # No other status: a browser would send a form with it once more (RFC 9700 section 4.12).
    location = (b"location", url.encode("ascii"))
    await exchange.answer(303, (location, *NO_STORE, (b"referrer-policy", b"no-referrer")), b"")


def _tell(setup: Setup, exchange: Exchange, known: str) -> None:
    if setup.policy.told.is_due("oauth", "authorize", known):
        emit(Event.OAUTH_REFUSED, endpoint="authorize", error=known, address=exchange.client.address)


def _is_strings(value: object) -> bool:
    return isinstance(value, list) and len(value) <= 100 and all(isinstance(one, str) for one in value)
