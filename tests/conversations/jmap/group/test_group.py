"""Groups: accounts that their members see beside their own (RFC 8620 sections 1.6.2 and 2)."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.driver import ANY, CORE, JMAP, MAIL, NOTHING, PUSHED, SUBMISSION, Home, assert_is, call, like

from pillarbox.access import Principal, Rights
from pillarbox.datatypes.directory import AccountError

TEAM = "team@home.example"
VACATION = "urn:ietf:params:jmap:vacationresponse"
LETTER = "From: carol@away.example\nSubject: hello\n\ntext"


@pytest.fixture
def team(home: Home, alice: JMAP, bob: JMAP) -> Principal:
    """A group that Alice may do everything in, and Bob read."""
    return home.group("team", alice, readers=[bob])


def seen(person: JMAP) -> dict[str, Any]:
    """The accounts in a person's session."""
    accounts: dict[str, Any] = person.sends("GET", "/.well-known/jmap").json()["accounts"]
    return accounts


def in_it(person: JMAP, group: Principal) -> JMAP:
    """The person as a client of the group's account."""
    return JMAP(person.web, person.name, person.password, group.id, group.number)


def test_members_see_it_beside_their_own(alice: JMAP, bob: JMAP, team: Principal) -> None:
    """RFC 8620 section 2: isPersonal is false, and isReadOnly is true for who may only read."""
    assert_is(
        {
            alice.account_id: like(isPersonal=True, isReadOnly=False),
            team.id: {"name": TEAM, "isPersonal": False, "isReadOnly": False, "accountCapabilities": ANY},
        },
        seen(alice),
    )
    assert_is({bob.account_id: like(isPersonal=True), team.id: like(isPersonal=False, isReadOnly=True)}, seen(bob))


def test_one_s_own_account_is_the_primary_one(alice: JMAP, team: Principal) -> None:
    """RFC 8620 section 2, "primaryAccounts": the user's own, where there is one."""
    primary = alice.sends("GET", "/.well-known/jmap").json()["primaryAccounts"]
    assert set(primary.values()) == {alice.account_id}


def test_who_is_in_no_group_sees_none(home: Home, alice: JMAP, team: Principal) -> None:
    """RFC 8620 section 3.6.2: accountNotFound, as if there were none."""
    carol = home.person("carol")
    assert list(seen(carol)) == [carol.account_id]
    carol.says("Mailbox/get", accountId=team.id)
    carol.hears("error", type="accountNotFound")
    assert carol.sends("POST", f"/jmap/upload/{team.id}/", {}, b"x").status == 404


def test_nobody_signs_in_as_a_group(home: Home, team: Principal) -> None:
    """Ours: it has no password, and no empty one either."""
    for password in ("", "team's secret"):
        assert JMAP(home.web, TEAM, password, team.id, team.number).sends("GET", "/.well-known/jmap").status == 401


def test_a_member_files_mail_that_others_read(alice: JMAP, bob: JMAP, team: Principal) -> None:
    """Ours: Mailboxes and mail are the group's."""
    email = in_it(alice, team).receives(LETTER)
    (found,) = in_it(bob, team).asks("Email/get", ids=[email])["list"]
    assert found["subject"] == "hello"
    assert alice.asks("Email/query")["ids"] == []


def test_a_reader_changes_nothing(alice: JMAP, bob: JMAP, team: Principal) -> None:
    """RFC 8620 section 3.6.2: accountReadOnly; RFC 8621 section 2: myRights."""
    reader = in_it(bob, team)
    inbox = reader.mailbox("inbox")
    reader.says("Mailbox/set", update={inbox: {"name": "Mine"}})
    reader.hears("error", type="accountReadOnly")
    reader.says("Mailbox/get", ids=[inbox])
    (mailbox,) = reader.hears("Mailbox/get")["list"]
    assert [right for right, has in mailbox["myRights"].items() if has] == ["mayReadItems"]
    assert bob.sends("POST", f"/jmap/upload/{team.id}/", {}, b"x").status == 403


def test_who_may_only_read_does_not_send(alice: JMAP, bob: JMAP, team: Principal) -> None:
    """RFC 8621 section 1.4, RFC 8620 sections 2 and 3.6.2: the account lacks the capability, and a call says so."""
    assert SUBMISSION in seen(alice)[team.id]["accountCapabilities"]
    assert set(seen(bob)[team.id]["accountCapabilities"]) & {MAIL, SUBMISSION} == {MAIL}
    bob.says_all(call("Identity/get", accountId=team.id), call("Identity/set", accountId=team.id))
    bob.hears("error", type="accountNotSupportedByMethod")
    bob.hears("error", type="accountNotSupportedByMethod")


def test_nobody_is_away_for_a_group(alice: JMAP, team: Principal) -> None:
    """RFC 8621 section 1.4: vacation responses are one's own account's."""
    accounts = seen(alice)
    assert VACATION in accounts[alice.account_id]["accountCapabilities"]
    assert VACATION not in accounts[team.id]["accountCapabilities"]
    alice.using = [CORE, VACATION]
    alice.says_all(call("VacationResponse/get", accountId=team.id), call("VacationResponse/set", accountId=team.id))
    alice.hears("error", type="accountNotSupportedByMethod")
    alice.hears("error", type="accountNotSupportedByMethod")


def test_a_group_is_sent_from_by_its_members_alone(alice: JMAP, bob: JMAP, team: Principal) -> None:
    """RFC 8621 section 6: its identity is in its account; in one's own, its address is another's."""
    assert [one["email"] for one in alice.asks("Identity/get", accountId=team.id)["list"]] == [TEAM]
    assert [one["email"] for one in alice.asks("Identity/get")["list"]] == ["alice@home.example"]
    alice.says("Identity/set", create={"a": {"email": TEAM}})
    alice.hears("Identity/set", notCreated={"a": like(type="forbiddenFrom")})
    alice.says("Identity/set", accountId=team.id, create={"a": {"email": "alice@home.example"}})
    alice.hears("Identity/set", notCreated={"a": like(type="forbiddenFrom")})


def test_what_is_personal_is_not_the_group_s(alice: JMAP, team: Principal) -> None:
    """RFC 8620 section 7.2: push subscriptions are those of the credentials."""
    alice.says("PushSubscription/get", accountId=NOTHING)
    alice.hears("PushSubscription/get", list=[])


def test_mail_goes_from_one_account_to_the_other(alice: JMAP, bob: JMAP, team: Principal) -> None:
    """RFC 8620 section 5.4, RFC 8621 section 4.7; a reader copies from it and not to it."""
    mine, ours = alice.receives(LETTER), in_it(alice, team)
    copied = alice.asks(
        "Email/copy",
        fromAccountId=alice.account_id,
        accountId=team.id,
        create={"a": {"id": mine, "mailboxIds": {ours.mailbox("inbox"): True}}},
    )["created"]["a"]["id"]

    bob.says(
        "Email/copy",
        fromAccountId=team.id,
        accountId=bob.account_id,
        create={"b": {"id": copied, "mailboxIds": {bob.mailbox("inbox"): True}}},
    )
    bob.hears("Email/copy", created={"b": ANY})
    bob.says("Email/copy", fromAccountId=bob.account_id, accountId=team.id, create={})
    bob.hears("error", type="accountReadOnly")


def test_the_session_changes_with_the_groups(home: Home, alice: JMAP, bob: JMAP, team: Principal) -> None:
    """RFC 8620 section 2, "state", and section 3.4, "sessionState": heard with the next response."""
    states = []
    changes: tuple[Callable[[], None], ...] = (
        lambda: None,
        lambda: home.directory.add_member(TEAM, bob.name, Rights.FULL),
        lambda: home.directory.remove_member(TEAM, bob.name),
    )
    for change in changes:
        change()
        bob.asks("Mailbox/get", ids=[])
        states.append(bob.response["sessionState"])
        assert states[-1] == bob.sends("GET", "/.well-known/jmap").json()["state"]
    assert len(set(states)) == 3
    assert list(seen(bob)) == [bob.account_id]


def test_rights_are_changed_by_adding_again(home: Home, bob: JMAP, team: Principal) -> None:
    """Ours: an account is a member once."""
    home.directory.add_member(TEAM, bob.name, Rights.FULL)
    assert seen(bob)[team.id]["isReadOnly"] is False
    assert [(one.address, rights) for one, rights in home.directory.members(TEAM)] == [
        ("alice@home.example", Rights.FULL),
        ("bob@home.example", Rights.FULL),
    ]


def test_changes_in_it_are_heard_by_members(alice: JMAP, bob: JMAP, team: Principal) -> None:
    """RFC 8620 section 7.1: "changed" by account id."""
    stream = bob.listens("Mailbox")
    ours = in_it(alice, team)
    ours.asks("Mailbox/set", create={"a": {"name": "Plans"}})
    assert stream.change()["changed"] == {team.id: {"Mailbox": ours.state("Mailbox")}}


def test_nothing_is_told_of_types_that_the_account_lacks(alice: JMAP, bob: JMAP, team: Principal) -> None:
    """RFC 8620 section 7.1: the state of a type is what /get would return, which for these is an error."""
    shared = {person: person.listens(last_event_id="of old").change()["changed"][team.id] for person in (alice, bob)}

    assert PUSHED - shared[alice].keys() == {"VacationResponse"}
    assert PUSHED - shared[bob].keys() == {"VacationResponse", "Identity", "EmailSubmission", "JournalEntry"}


def test_who_is_no_longer_in_it_hears_nothing_of_it(home: Home, alice: JMAP, bob: JMAP, team: Principal) -> None:
    """RFC 8620 section 7: the client is told of accounts it has access to; this one is to begin anew."""
    stream = bob.listens("Mailbox")
    home.directory.remove_member(TEAM, bob.name)
    in_it(alice, team).asks("Mailbox/set", create={"a": {"name": "Plans"}})
    assert stream.event() is None
    assert bob.listens("Mailbox").is_quiet()


def test_who_was_let_in_is_to_listen_anew(home: Home, alice: JMAP, bob: JMAP, team: Principal) -> None:
    """RFC 8620 section 7: within half a minute, or with the next change of what they see already."""
    home.directory.remove_member(TEAM, bob.name)
    stream = bob.listens("Mailbox")
    home.directory.add_member(TEAM, bob.name, Rights.READ)
    bob.web.passes(30.5)
    assert stream.event() is None
    stream = bob.listens("Mailbox")
    in_it(alice, team).asks("Mailbox/set", create={"a": {"name": "Plans"}})
    assert list(stream.change()["changed"]) == [team.id]


def test_who_listens_is_not_cut_off_by_a_group_that_is_just_being_removed(
    home: Home, alice: JMAP, team: Principal
) -> None:
    """Ours: its data is gone a moment before everybody has heard of it."""
    home.store.remove(team.number)
    stream = alice.listens("Mailbox")
    alice.asks("Mailbox/set", create={"a": {"name": "Plans"}})
    assert stream.change()["changed"] == {alice.account_id: {"Mailbox": alice.state("Mailbox")}}


def test_a_group_that_was_removed_is_not_found(home: Home, alice: JMAP, team: Principal) -> None:
    """RFC 8620 section 3.6.2; its members stay."""
    home.directory.remove(TEAM)
    assert list(seen(alice)) == [alice.account_id]
    alice.says("Mailbox/get", accountId=team.id)
    alice.hears("error", type="accountNotFound")
    assert home.directory.find(TEAM) is None


def test_an_account_that_was_removed_is_in_no_group(home: Home, bob: JMAP, team: Principal) -> None:
    """Ours: its memberships go with it."""
    home.directory.remove(bob.name)
    assert [one.address for one, _ in home.directory.members(TEAM)] == ["alice@home.example"]


@pytest.mark.parametrize(
    ("group", "members"),
    [
        ("alice@home.example", {}),
        (TEAM, {}),
        ("other@home.example", {"nobody@home.example": Rights.FULL}),
        ("no address", {}),
    ],
)
def test_what_cannot_be_a_group_is_refused(home: Home, team: Principal, group: str, members: dict[str, Rights]) -> None:
    """Ours: an address is one account's or one group's, and members are there."""
    before = home.store.accounts()
    with pytest.raises(AccountError):
        home.directory.add_group(group, members, ())
    assert home.store.accounts() == before


def test_an_alias_of_a_group_is_one_of_its_identities(home: Home, alice: JMAP, team: Principal) -> None:
    """RFC 8621 section 6."""
    home.directory.add_alias(TEAM, "all@home.example")
    emails = [one["email"] for one in alice.asks("Identity/get", accountId=team.id)["list"]]
    assert emails == [TEAM, "all@home.example"]
