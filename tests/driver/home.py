"""The server under test, of the same parts as `pillarbox.app` builds it from, and the people on it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from tests.driver.directory import Directory
from tests.driver.jmap import JMAP
from tests.driver.shelf import Shelf
from tests.driver.web import Web
from tests.toy.clock import Clock

from pillarbox.access import Passwords, Principal, Rights
from pillarbox.access.token import TokenKey, TokenKind
from pillarbox.app.policy import policy, url
from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.mail import Folder
from pillarbox.datatypes.server import Ban, bans
from pillarbox.http import HTTP, Allowance, Allowances, BanPolicy, Bans, Gate, Setup, Tally, Tickets, Turns
from pillarbox.jmap import Rereading, Service, Traffic
from pillarbox.management import Office, managing
from pillarbox.net import Door
from pillarbox.objects import Limits
from pillarbox.settings import Rate, snapshot
from pillarbox.signin.browser import Attempts, RelyingParty, SelfService
from pillarbox.signin.credentials import ApiKeys, PasswordCheck, Ways, put_password
from pillarbox.signin.oauth import Grants, Lives, OAuthPolicy, OwnTokens, authority
from pillarbox.store import Feed, LocalFeed, Store

__all__ = ["FOLDERS", "Home"]

FOLDERS = (
    Folder("inbox", "Inbox"),
    Folder("drafts", "Drafts"),
    Folder("sent", "Sent"),
    Folder("junk", "Junk"),
    Folder("trash", "Trash"),
    Folder("archive", "Archive"),
)


_DEFAULTS, _ = snapshot({})
"""The settings where nothing is said."""


class Home:
    """One server over a store, and a client of it."""

    def __init__(self, store: Store, feed: LocalFeed, clock: Clock) -> None:
        self.store = store
        self.feed = feed
        self.clock = clock
        self.directory = Directory(store)
        # As little work as argon2 takes: what is tested is not that hashing is slow.
        self.passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        self.ways = Ways(store, self.directory, self.passwords, clock=clock)
        self.check = PasswordCheck(self.directory, self.ways.under())
        self.keys = PasswordCheck(self.directory, (ApiKeys(store, self.passwords),))
        self.key = TokenKey(b"the key of this home's tokens, and of no other's")
        self.oauth_policy = OAuthPolicy()
        grants = Grants(store, self.key, Lives(), clock)
        self.tokens = OwnTokens(store, grants, self.directory, time_=clock)
        self.sessions = OwnTokens(store, grants, self.directory, TokenKind.SESSION, time_=clock)
        self.party: RelyingParty | None = RelyingParty("home.example", "https://mail.home.example")
        self.door = Door()
        self.web = Web()
        self.stopping = asyncio.Event()
        self.limits = Limits()
        self.traffic = Traffic()
        self.throttle = 0.0
        self.quota: int | None = None
        self.push_key: str | None = None
        self.shelf = Shelf()
        self.ban_policy = BanPolicy()
        self.account_rate: Rate | None = None
        self.anonymous_rate: Rate | None = None
        self.token: Callable[[], str] = _tokens()
        self.rereading = Rereading(store, REGISTRY, feed)
        self.settings = _DEFAULTS
        self.written: dict[str, str] = {}
        self.asked: list[Mapping[str, Any]] = []
        """What the running server was asked for by who manages it."""
        self.office = Office(
            store,
            self.directory,
            Path("/nowhere"),
            lambda: self.settings,
            lambda: self.written,
            self.passwords.hash,
            self._asked,
            clock,
        )
        self.build()

    def build(self, **changes: Any) -> None:
        """The application anew, with other `Limits` or `Traffic`, by name, or `throttle`, `quota`, `push_key`."""
        mine = {name: changes.pop(name) for name in ("throttle", "quota", "push_key") if name in changes}
        self.throttle = mine.get("throttle", self.throttle)
        self.quota = mine.get("quota", self.quota)
        self.push_key = mine.get("push_key", self.push_key)
        of_calls = {one.name for one in fields(Limits)}
        self.limits = replace(self.limits, **{name: value for name, value in changes.items() if name in of_calls})
        rest = {name: value for name, value in changes.items() if name not in of_calls}
        self.traffic = replace(self.traffic, **rest)
        self.bans = Bans(self.store, self.ban_policy, self.door.through, self.clock)
        self.bans.look()
        self.tally = Tally(self.bans, self.shelf, self.door.through, clock=self.clock)
        allowances = Allowances(
            self._allowance("account", self.account_rate), self._allowance("anonymous", self.anonymous_rate)
        )
        service = Service(
            self.store,
            REGISTRY,
            self.limits,
            self.traffic,
            self.now,
            token=self.token,
            push_key=self.push_key,
            managing=managing(self.office),
        )
        self.setup = Setup(
            service=service,
            gate=Gate(
                self.check,
                self.door,
                self.quota,
                tally=self.tally,
                allowances=allowances,
                keys=self.keys,
                tokens=self.tokens,
                clock=self.clock,
            ),
            door=self.door,
            turns=Turns(
                {
                    "maxConcurrentRequests": self.traffic.concurrent_requests,
                    "maxConcurrentUpload": self.traffic.concurrent_upload,
                }
            ),
            url=lambda asked: f"{asked.protocol}://{asked.local_ip}:{asked.local_port}",
            throttle=self.throttle,
            stopping=self.stopping,
            tickets=Tickets(self.shelf, clock=self.clock),
            socket_throttle=self.throttle,
            allowances=allowances,
            bans=self.bans,
            tally=self.tally,
            oauth=authority(
                self.oauth_policy,
                self.store,
                self.directory,
                self.shelf,
                self.key,
                self.sessions,
                self.clock,
            ),
            self_service=SelfService(
                self.check, self.passwords, Attempts(self.shelf, self.key, self.clock), self.party
            ),
            office=self.office,
        )
        self.web.application = HTTP(self.setup)

    def _asked(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        self.asked.append(question)
        return {}

    def abides_by(self, **written: str | Sequence[str]) -> None:
        """These settings of `server.http` are in force, by their names with underscores."""
        pairs = {
            "server.listener.http.protocol": "http",
            "server.listener.http.bind": "127.0.0.1:8080",
            "server.hostname": "mail.home.example",
        }
        for name, value in written.items():
            key = f"server.http.{name.replace('_', '-')}"
            each = {key: value} if isinstance(value, str) else {f"{key}.{at}": one for at, one in enumerate(value)}
            pairs |= each
        self.runs_by(pairs)

    def runs_by(self, pairs: Mapping[str, str], *, mistaken: bool = False) -> None:
        """These settings are in force, as far as HTTP goes; all of them are right, or one is mistaken."""
        settings, problems = snapshot(pairs)
        assert bool(problems) == mistaken, problems
        self.setup = replace(self.setup, policy=policy(settings), url=url(settings))
        self.web.application = HTTP(self.setup)

    def service_fails(self, secret: str) -> None:
        """From now on, methods of types meet a bug."""
        failing = Service(_Broken(self.store, secret), REGISTRY, self.limits, self.traffic, self.now, token=self.token)
        self.web.application = HTTP(replace(self.setup, service=failing))

    def _allowance(self, name: str, rate: Rate | None) -> Allowance | None:
        return None if rate is None else Allowance(name, rate, self.shelf, clock=self.clock)

    def person(self, name: str, quota: int | None = None) -> JMAP:
        """Somebody with a new account, NAME@home.example, whose password is "NAME's secret"."""
        address, password = f"{name}@home.example", f"{name}'s secret"
        principal = self.directory.add(address, self.passwords.hash(password), FOLDERS, quota)
        return JMAP(self.web, address, password, principal.id, principal.number)

    def group(self, name: str, *members: JMAP, readers: Sequence[JMAP] = (), quota: int | None = None) -> Principal:
        """A new group, NAME@home.example, of these members, and of some who may only read."""
        rights = {**{one.name: Rights.FULL for one in members}, **{one.name: Rights.READ for one in readers}}
        return self.directory.add_group(f"{name}@home.example", rights, FOLDERS, quota)

    def gives_password(self, person: JMAP, password: str) -> None:
        """An administrator gives somebody another password."""
        put_password(self.store, person.number, self.passwords.hash(password), self.now())

    def banned(self) -> list[Ban]:
        """The bans in force."""
        return [one for one in bans(self.store) if not one.is_over(self.now())]

    def now(self) -> datetime:
        """The clock's time."""
        return datetime.fromtimestamp(self.clock(), UTC)

    def close(self) -> None:
        """Ends it; the store is its fixture's."""
        self.web.close()
        self.door.close()


class _Broken:
    """A store of which nothing but the feed works."""

    def __init__(self, store: Store, secret: str) -> None:
        self._store = store
        self._secret = secret

    @property
    def feed(self) -> Feed:
        return self._store.feed

    def _broken(self, *_: object) -> Any:
        raise RuntimeError(self._secret)

    create = remove = accounts = untended = read = write = stage = version = sweep = _broken
    remains = probe = advice = close = _broken


def _tokens() -> Callable[[], str]:
    made = 0

    def token() -> str:
        nonlocal made
        made += 1
        return f"token{made}"

    return token
