"""People who go on working whatever happens to the server, and remember what was answered and what was not."""

import random
import smtplib
import threading
from abc import ABC, abstractmethod
from collections import Counter
from http.client import HTTPException
from typing import Protocol

from tests.journeys.client import Client, Failed, Refused, is_temporary
from tests.journeys.program import until

__all__ = ["Archivist", "Clerk", "Housekeeper", "Postman", "Reached", "Writer", "message"]

_GONE = frozenset({"(gone)"})
"""Stands for the keywords of an Email that was destroyed."""
_PAUSE = 0.05
"""Seconds until somebody who was put off tries again."""
_LARGE = 12_000
"""Lines of a message that gets a file of its own."""


class Reached(Protocol):
    """A server, or what stands in front of several: where mail is handed over, and what makes a client of a person."""

    lmtp_port: int

    def client(self, address: str) -> Client: ...


class Writer(threading.Thread, ABC):
    """Works until it is told to stop; what is temporary puts it off, and nothing else may happen to it.

    `answers` counts what was acknowledged, `refusals` how often it was put off or lost its connection. `failure` is
    what must not have happened. `rest` is how many seconds it does nothing after each answer.
    """

    rest = 0.0

    def __init__(self, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.answers = 0
        self.refusals = 0
        self.failure: BaseException | None = None
        self._ending = threading.Event()

    @abstractmethod
    def work(self) -> None:
        """One thing that changes something."""

    @abstractmethod
    def check(self, client: Client) -> None:
        """What was answered for is there, and nothing twice; asserted when all is quiet."""

    def close(self) -> None:
        """Hangs up."""

    def end(self) -> None:
        """Works no more."""
        self._ending.set()

    def run(self) -> None:
        try:
            while not self._ending.is_set():
                self._try()
        except BaseException as problem:  # noqa: BLE001  # told by whoever watches
            self.failure = problem
        finally:
            self.close()

    def _try(self) -> None:
        try:
            self.work()
            self.answers += 1
            if self.rest:
                self._ending.wait(self.rest)
            return
        except TimeoutError:
            # A server that keeps somebody waiting for so long has hung.
            raise
        except (Failed, Refused) as told:
            if not is_temporary(told):
                raise
        except (OSError, HTTPException, smtplib.SMTPServerDisconnected):
            pass
        self.refusals += 1
        self.close()
        self._ending.wait(_PAUSE)


class Clerk(Writer):
    """Writes drafts, changes their keywords and throws some away.

    `known` are the keywords of each Email by the last answer, `doubtful` those that were asked for and not answered:
    once somebody answers again, all of them have happened or none has.
    """

    def __init__(self, server: Reached, address: str, seed: int) -> None:
        super().__init__(f"clerk {seed}")
        self._client = server.client(address)
        self._chance = random.Random(seed)  # noqa: S311
        self._seed = seed
        self._drafts: str | None = None
        self.address = address
        self.known: dict[str, frozenset[str]] = {}
        self.doubtful: dict[str, frozenset[str]] = {}
        self.subjects: list[str] = []

    def close(self) -> None:
        self._client.close()

    def work(self) -> None:
        self._settle()
        there = [email for email, keywords in self.known.items() if keywords != _GONE]
        match self._chance.choice(("create", "update", "update", "destroy")) if len(there) > 5 else "create":
            case "create":
                self._create()
                return
            case "update":
                # Several at once: one unit, so all of them or none.
                keyword = f"k{self._chance.randrange(10)}"
                emails = self._chance.sample(there, 3)
                asked = {email: self.known[email] ^ {keyword} for email in emails}
                patches = {
                    email: {f"keywords/{keyword}": True if keyword in keywords else None}
                    for email, keywords in asked.items()
                }
                self.doubtful = asked
                answer = self._client.call("Email/set", update=patches)
                assert sorted(answer["updated"]) == sorted(emails), answer
            case "destroy":
                email = self._chance.choice(there)
                self.doubtful = {email: _GONE}
                answer = self._client.call("Email/set", destroy=[email])
                assert answer["destroyed"] == [email], answer
        self.known |= self.doubtful
        self.doubtful = {}

    def check(self, client: Client) -> None:
        got = client.call("Email/get", ids=list(self.known), properties=["keywords"])
        seen = {email["id"]: frozenset(email["keywords"]) for email in got["list"]}
        seen |= dict.fromkeys(got["notFound"], _GONE)
        assert seen == self.known, [(id_, seen[id_], self.known[id_]) for id_ in seen if seen[id_] != self.known[id_]]
        drafts = client.emails(client.ids(inMailbox=client.role("drafts"), hasKeyword="$draft"), ["subject"])
        subjects = Counter(email["subject"] for email in drafts)
        assert all(subjects[subject] <= 1 for subject in self.subjects), subjects

    def settle(self) -> None:
        """What was asked for last is known to have happened or not."""
        until(self._settled, f"{self.name} is answered", 30)

    def _settled(self) -> bool:
        try:
            self._settle()
        except (OSError, HTTPException, Failed, Refused):
            return False
        return True

    def _create(self) -> None:
        if self._drafts is None:
            self._drafts = self._client.role("drafts")
        subject = f"draft {self._seed}.{len(self.subjects)}"
        self.subjects.append(subject)
        draft = {
            "mailboxIds": {self._drafts: True},
            "keywords": {"$draft": True},
            "subject": subject,
            "bodyStructure": {"partId": "1", "type": "text/plain"},
            "bodyValues": {"1": {"value": subject * 50}},
        }
        answer = self._client.call("Email/set", create={"d": draft})
        self.known[answer["created"]["d"]["id"]] = frozenset({"$draft"})

    def _settle(self) -> None:
        if not self.doubtful:
            return
        # A call that writes, though nothing: it waits for one before it that may still be under way.
        _, got = self._client.calls(
            ("Email/set", {}), ("Email/get", {"ids": list(self.doubtful), "properties": ["keywords"]})
        )
        seen = {email["id"]: frozenset(email["keywords"]) for email in got["list"]}
        seen |= dict.fromkeys(got["notFound"], _GONE)
        if seen == self.doubtful:
            self.known |= seen
        assert seen == {email: self.known[email] for email in self.doubtful}
        self.doubtful = {}


class Archivist(Writer):
    """Uploads messages and files them, small ones and large ones."""

    def __init__(self, server: Reached, address: str, seed: int) -> None:
        super().__init__(f"archivist {seed}")
        self._client = server.client(address)
        self._seed = seed
        self._archive: str | None = None
        self._number = 0
        self.address = address
        self.known: set[str] = set()

    def close(self) -> None:
        self._client.close()

    def work(self) -> None:
        if self._archive is None:
            self._archive = self._client.role("archive")
        self._number += 1
        message_id = f"filed.{self._seed}.{self._number}@far.example"
        self._client.import_(message(message_id, large=self._number % 7 == 0), mailbox=self._archive)
        self.known.add(message_id)

    def check(self, client: Client) -> None:
        archived = client.emails(client.ids(inMailbox=client.role("archive")), ["messageId"])
        found = Counter(email["messageId"][0] for email in archived)
        assert self.known <= found.keys(), self.known - found.keys()
        assert set(found.values()) <= {1}, found


class Housekeeper(Writer):
    """Makes Mailboxes, gives them other names, and removes them; one state leads to the next, so nothing is doubled."""

    def __init__(self, server: Reached, address: str, seed: int) -> None:
        super().__init__(f"housekeeper {seed}")
        self._client = server.client(address)
        self._seed = seed
        self._number = 0
        self._asked: dict[str, str] | None = None
        self.address = address
        self.known: dict[str, str] = {}

    def close(self) -> None:
        self._client.close()

    def work(self) -> None:
        self._settle()
        self._number += 1
        name = f"{self._seed} {self._number}"
        if len(self.known) < 3:
            self._asked = {**self.known, "": name}
            answer = self._client.call("Mailbox/set", create={"m": {"name": name}})
            self.known[answer["created"]["m"]["id"]] = name
        else:
            oldest = next(iter(self.known))
            asked = {id_: name for id_, name in self.known.items() if id_ != oldest}
            if self._number % 2:
                self._asked = asked
                assert self._client.call("Mailbox/set", destroy=[oldest])["destroyed"] == [oldest]
            else:
                self._asked = {**asked, oldest: name}
                assert oldest in self._client.call("Mailbox/set", update={oldest: {"name": name}})["updated"]
            self.known = self._asked
        self._asked = None

    def check(self, client: Client) -> None:
        there = self._ours(client)
        if self._asked is not None:
            assert sorted(there.values()) in (sorted(self._asked.values()), sorted(self.known.values()))
        else:
            assert there == self.known

    def _settle(self) -> None:
        if self._asked is None:
            return
        self._client.call("Mailbox/set")
        there = self._ours(self._client)
        assert sorted(there.values()) in (sorted(self._asked.values()), sorted(self.known.values())), there
        # In the order of their making, as before.
        self.known = {id_: there[id_] for id_ in sorted(there, key=lambda id_: (id_ not in self.known, id_))}
        self._asked = None

    def _ours(self, client: Client) -> dict[str, str]:
        return {one["id"]: name for name, one in client.mailboxes().items() if name.startswith(f"{self._seed} ")}


class Postman(Writer):
    """Hands over messages by LMTP, as an MTA does: what was not answered for is offered again, with the same octets.

    `known` are the recipients and message ids that were answered for.
    """

    def __init__(self, server: Reached, name: str, people: tuple[str, ...]) -> None:
        super().__init__(f"postman {name}")
        self._there = ("127.0.0.1", server.lmtp_port)
        self._run_name = name
        self._people = people
        self._number = 0
        self._left: list[str] = []
        self._lmtp: smtplib.LMTP | None = None
        self.repeats = 0
        self.known: set[tuple[str, str]] = set()

    def close(self) -> None:
        if self._lmtp is not None:
            self._lmtp.close()
        self._lmtp = None

    def work(self) -> None:
        if not self._left:
            self._number += 1
            chosen = self._number % (len(self._people) + 1)
            self._left = list(self._people if chosen == len(self._people) else self._people[chosen : chosen + 1])
        else:
            self.repeats += 1
        message_id = f"{self._run_name}.{self._number}@far.example"
        told = self._offered(message(message_id, large=self._number % 10 == 0))
        for recipient in told:
            self.known.add((recipient, message_id))
            self._left.remove(recipient)
        if self._left:
            raise ConnectionError("somebody was put off")

    def check(self, client: Client) -> None:
        inbox = client.emails(client.ids(inMailbox=client.role("inbox")), ["messageId"])
        found = Counter(email["messageId"][0] for email in inbox)
        mine = {message_id for address, message_id in self.known if address == client.address}
        assert mine <= found.keys(), mine - found.keys()
        assert set(found.values()) <= {1}, [one for one, count in found.items() if count > 1]

    def _offered(self, octets: bytes) -> list[str]:
        if self._lmtp is None:
            self._lmtp = smtplib.LMTP(*self._there, timeout=30)
            self._lmtp.ehlo("relay.far.example")
        lmtp = self._lmtp
        self._fine(*lmtp.mail("carol@far.example"))
        accepted = [recipient for recipient in self._left if self._fine(*lmtp.rcpt(recipient))]
        if not accepted:
            lmtp.rset()
            return []
        self._fine(*lmtp.docmd("DATA"))
        lmtp.send(octets + b".\r\n")
        return [recipient for recipient in accepted if self._fine(*lmtp.getreply())]

    @staticmethod
    def _fine(code: int, said: bytes) -> bool:
        """Whether it was done; what was not must be worth another try (RFC 5321 section 4.2.1)."""
        assert code < 400 or code in (421, 451, 452), (code, said)
        if code == 421:
            raise ConnectionError("the server ends the connection")
        return code < 400


def message(message_id: str, *, large: bool = False) -> bytes:
    """A message whose subject is its Message-ID."""
    body = "Hello.\r\n" * (_LARGE if large else 5)
    return f"Subject: {message_id}\r\nMessage-ID: <{message_id}>\r\n\r\n{body}".encode()
