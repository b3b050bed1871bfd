"""Lines that change something over HTTP; what is answered is durable."""

from collections.abc import Callable, Iterator
from functools import partial

from bench.client import Client
from bench.crowd import crowd
from bench.figure import Figure, Wrong, middle
from bench.ground import READER, WRITERS, ground
from bench.load import writes
from bench.mail import numbered, numbers, template
from bench.rows.bench import Bench, Row
from bench.wrk import CONNECTIONS

__all__ = ["WRITES"]

_MEGABYTE = 1_000_000


def _rate(name: str, bench: Bench) -> Figure:
    return bench.rate(bench.writes[name])


def keyword_accounts(bench: Bench) -> Figure:
    """The rate of four accounts together, against that of one."""
    each: list[list[bytes]] = []
    for address in WRITERS:
        client = bench.served.client(address)
        load = writes(ground(client.talk()))["keyword"]
        load.check(client.ask(load.bodies[0]))
        each.append([client.raw("POST", "/jmap/", body) for body in load.bodies])
    must = '"updated":{"'
    mixed = [request for together in zip(*each, strict=False) for request in together]
    ratios, walls = [], []
    for _ in range(bench.pace.rounds):
        alone, all_ = bench.round(each[0], must=must), bench.round(mixed, must=must)
        ratios.append(all_.wall / alone.wall)
        walls.append((alone.wall, all_.wall))
    one, four = (middle(column) for column in zip(*walls, strict=True))
    return Figure(middle(ratios), ratios, note=f"{one:,.0f} a second with one account, {four:,.0f} with four")


def import_(bench: Bench) -> Figure:
    """A message of 5 kB: uploaded, then made an Email, on eight connections."""
    inbox, raw = bench.ground.mailboxes["inbox"], template()
    clients = [bench.served.client(READER) for _ in range(CONNECTIONS)]
    try:
        acts = [partial(_imported, client, raw, inbox, numbers(at + 1)) for at, client in enumerate(clients)]
        return bench.again_and_again(lambda: crowd([*acts], bench.pace.seconds))
    finally:
        _close(clients)


def _imported(client: Client, raw: bytes, mailbox: str, turn: Iterator[int]) -> None:
    blob = client.upload(numbered(raw, next(turn)))
    answer = client.talk().call("Email/import", emails={"e": {"blobId": blob, "mailboxIds": {mailbox: True}}})
    if not answer["created"]:
        raise Wrong(f"not imported: {answer['notCreated']}")


def download(bench: Bench) -> Figure:
    """A blob of 1 MB."""
    octets = bytes(range(250)) * (_MEGABYTE // 250)
    client = bench.reader
    path = f"/jmap/download/{client.account}/{client.upload(octets, 'application/octet-stream')}/one"
    if client.get(path) != octets:
        raise Wrong("other octets came back than went in")
    return bench.rate_of([client.raw("GET", path)], [len(octets)])


def upload(bench: Bench) -> Figure:
    """Ten megabytes, each time others, on four connections: as many as an account may have at once."""
    octets = bytes(range(250)) * (10 * _MEGABYTE // 250)
    clients = [bench.served.client(WRITERS[0]) for _ in range(4)]
    try:
        acts: list[Callable[[], object]] = [
            partial(_uploaded, client, octets, numbers(at + 1)) for at, client in enumerate(clients)
        ]
        return bench.again_and_again(lambda: crowd(acts, bench.pace.seconds))
    finally:
        _close(clients)


def _uploaded(client: Client, octets: bytes, turn: Iterator[int]) -> None:
    client.upload(b"%08x" % next(turn) + octets[8:], "application/octet-stream")


def _close(clients: list[Client]) -> None:
    for client in clients:
        client.close()


WRITES: dict[str, Row] = {
    "keyword": partial(_rate, "keyword"),
    "move": partial(_rate, "move"),
    "keyword-accounts": keyword_accounts,
    "draft": partial(_rate, "draft"),
    "import": import_,
    "download": download,
    "upload": upload,
}
