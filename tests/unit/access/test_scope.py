"""Scopes only take away (RFC 6749 section 3.3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillarbox.access import PERMISSIONS, attenuated, permission_of
from pillarbox.access.permission import OF_ADMIN, OF_USER
from pillarbox.access.scope import ACCOUNT, DEFAULT_SCOPE, MAIL, MANAGE, OFFLINE, OPENID, SCOPES, known
from pillarbox.datatypes import REGISTRY
from pillarbox.jmap.capability import ADMIN, CAPABILITIES

OURS = "urn:ietf:params:jmap:"
SETS = st.sets(st.sampled_from(sorted(PERMISSIONS))).map(frozenset)
ASKED = st.sets(st.sampled_from([*SCOPES, "everything", ""])).map(frozenset)


@given(permissions=SETS, scope=ASKED, more=ASKED)
def test_no_scope_adds_anything(permissions: frozenset[str], scope: frozenset[str], more: frozenset[str]) -> None:
    """RFC 6749 section 3.3: what a token may do is within what its owner may; fewer scopes let through no more."""
    assert attenuated(permissions, scope) <= permissions
    assert attenuated(permissions, scope) <= attenuated(permissions, scope | more)
    assert attenuated(permissions, frozenset()) == frozenset()
    assert attenuated(permissions, None) == permissions


@pytest.mark.parametrize("name", [OPENID, "profile", "email", OFFLINE])
def test_who_one_is_and_staying_signed_in_let_through_no_data(name: str) -> None:
    """OpenID Connect Core section 5.4; section 11, "offline_access"."""
    assert attenuated(OF_ADMIN, frozenset((name,))) == {"authenticate-oauth"}


def test_mail_is_all_of_jmap_that_is_mail_s() -> None:
    """draft-ietf-mailmaint-oauth-public section 5.2.1: core, mail, mdn, submission, vacationresponse, blob, quota."""
    let = attenuated(OF_ADMIN, frozenset((MAIL,)))
    used = {permission_of(kind.name, one.name) for kind in REGISTRY for one in kind.methods if kind.capability != ADMIN}

    assert used | {"authenticate", "jmap-echo", "imap-authenticate", "pop3-authenticate", "email-send"} <= let
    assert not let & {"manage-passwords", "manage-encryption"}
    assert let <= OF_USER
    assert {MAIL} == DEFAULT_SCOPE


@pytest.mark.parametrize("capability", sorted(CAPABILITIES - {ADMIN, f"{OURS}websocket", f"{OURS}webpush-vapid"}))
def test_a_capability_is_a_scope_for_its_own_types(capability: str) -> None:
    """Ours: a client that only sends is let do no more; what mail is made of comes and goes as blobs."""
    let = attenuated(OF_ADMIN, frozenset((capability,)))
    methods = {
        permission_of(kind.name, one.name)
        for kind in REGISTRY
        for one in kind.methods
        if (one.capability or kind.capability) == capability
    } - {"jmap-blob-copy"}
    blobs = {one for one in OF_USER if one.startswith("jmap-blob-")}
    beside = {"authenticate", "authenticate-oauth", "jmap-echo", "email-send", *blobs}

    assert methods <= let
    assert {one for one in let if one not in beside} == methods - beside
    assert not blobs & let or capability in (f"{OURS}mail", f"{OURS}blob")


def test_one_s_own_account_and_administration_are_scopes_of_their_own() -> None:
    """Ours: no mail program changes a password or a setting by its token."""
    assert attenuated(OF_ADMIN, frozenset((ADMIN,))) == frozenset()
    assert attenuated(OF_USER, frozenset((MANAGE,))) == {"authenticate", "authenticate-oauth"}
    assert attenuated(OF_ADMIN, frozenset((MANAGE,))) >= OF_ADMIN - OF_USER
    assert "manage-passwords" in attenuated(OF_USER, frozenset((ACCOUNT,)))
    assert "jmap-email-get" not in attenuated(OF_ADMIN, frozenset((ACCOUNT, MANAGE)))


def test_unknown_scopes_are_left_out() -> None:
    """RFC 6749 section 3.3: the server may ignore a part of what was asked for, and says so."""
    assert known(["openid", "everything", MAIL]) == {"openid", MAIL}


def test_each_says_what_it_allows() -> None:
    """Ours: the consent page reads them out."""
    assert all(one.title and one.text.endswith(".") for one in SCOPES.values())
