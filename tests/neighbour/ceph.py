"""A Ceph of our own that speaks S3: one monitor, one place in memory, one gateway on a port of the loopback."""

import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from hashlib import sha256
from hmac import digest
from pathlib import Path
from secrets import token_hex
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import trustme

from pillarbox.store.s3 import Place
from pillarbox.telemetry import Secret

__all__ = ["Ceph", "apart", "ceph", "real"]

_KEY = "AKIAPILLARBOX"
_SECRET = "a secret of the tests"
_BUCKET = "mail"
_CONF = """
[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{mon},v1:127.0.0.1:{mon1}]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
run dir = {folder}
admin socket =
pid file =
log file = {folder}/$name.log
keyring = {folder}/keyring
mon data = {folder}/mon
osd data = {folder}/osd
rgw data = {folder}/rgw
mon data avail warn = 1
mon data avail crit = 1
mon allow pool size one = true
mon max pg per osd = 1000
paxos propose interval = 0.05
paxos min wait = 0.01
osd objectstore = memstore
memstore device bytes = 1073741824
osd crush chooseleaf type = 0
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
rgw rados pool pg num min = 1
rgw override bucket index max shards = 1
rgw frontends = {ways}
"""


class Ceph:
    """The cluster; `place` is its only bucket, at `tls_port` by a certificate of the `authority`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.tls_port, mon, mon1 = _free_ports(4)
        self.place = Place(
            _BUCKET, "us-east-1", _KEY, Secret(_SECRET), f"http://127.0.0.1:{self.port}", timeout=5, max_retries=2
        )
        self._processes: list[subprocess.Popen[bytes]] = []
        self._gateway: subprocess.Popen[bytes] | None = None
        fsid, disk = str(uuid.uuid4()), str(uuid.uuid4())
        # From its folder on: spaces divide these words.
        keys = "ssl_certificate=chain ssl_private_key=key"
        ways = f"beast endpoint=127.0.0.1:{self.port} ssl_endpoint=127.0.0.1:{self.tls_port} {keys} tcp_nodelay=1"
        (folder / "ceph.conf").write_text(_CONF.format(fsid=fsid, folder=folder, ways=ways, mon=mon, mon1=mon1))
        self.authority = trustme.CA()
        certificate = self.authority.issue_cert("127.0.0.1")
        certificate.private_key_pem.write_to_path(folder / "key")
        for blob in certificate.cert_chain_pems:
            blob.write_to_path(folder / "chain", append=True)
        for part in ("mon", "osd", "rgw"):
            (folder / part).mkdir()
        key = ["--gen-key", "--cap", "mon", "allow *", "--cap", "osd", "allow *"]
        self._do("ceph-authtool", "--create-keyring", "keyring", "-n", "mon.", *key)
        for name in ("client.admin", "osd.0"):
            self._do("ceph-authtool", "keyring", "-n", name, *key)
        addresses = f"[v2:127.0.0.1:{mon},v1:127.0.0.1:{mon1}]"
        self._do("monmaptool", "--create", "--fsid", fsid, "--addv", "a", addresses, "monmap")
        self._do("ceph-mon", "--mkfs", "-i", "a", "--monmap", "monmap", "--keyring", "keyring")
        self._processes.append(self._begun("ceph-mon", "-f", "-i", "a"))
        self._do("ceph", "auth", "add", "osd.0", "-i", "keyring")
        self._do("ceph", "osd", "new", disk)
        self._do("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", disk)
        self._processes.append(self._begun("ceph-osd", "-f", "-i", "0"))
        user = ["--uid=mail", "--display-name=mail", f"--access-key={_KEY}", f"--secret-key={_SECRET}"]
        self._do("radosgw-admin", "user", "create", *user)
        self.start()
        _signed(self.place, "PUT")

    def start(self) -> None:
        """Starts the gateway, and waits until it answers."""
        self._gateway = self._begun("radosgw", "-f", "-n", "client.admin", "--keyring", str(self.folder / "keyring"))
        until = time.monotonic() + 60
        while True:
            with suppress(URLError, ConnectionError):
                urlopen(f"http://127.0.0.1:{self.port}/", timeout=10).close()
                return
            if self._gateway.poll() is not None or time.monotonic() > until:
                raise RuntimeError(self._said())
            time.sleep(0.05)

    def stop(self) -> None:
        """Ends the gateway; what it has written is kept."""
        if self._gateway is not None:
            self._gateway.kill()
            self._gateway.wait(30)
            self._gateway = None

    def close(self) -> None:
        self.stop()
        for process in reversed(self._processes):
            process.kill()
            process.wait(30)

    def _begun(self, *command: str) -> subprocess.Popen[bytes]:
        with (self.folder / "said").open("ab") as said:
            return subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *command, *self._where()],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )

    def _do(self, *command: str) -> None:
        """Raises FileNotFoundError where the program is missing: scripts/neighbours installs it."""
        where = [] if command[0] in ("ceph-authtool", "monmaptool") else self._where()
        done = subprocess.run(
            [*command, *where], cwd=self.folder, capture_output=True, text=True, check=False, timeout=120
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stderr}\n{self._said()}")

    def _where(self) -> list[str]:
        return ["-c", str(self.folder / "ceph.conf")]

    def _said(self) -> str:
        said = self.folder / "said"
        return said.read_text()[-2000:] if said.exists() else ""


@contextmanager
def ceph() -> Iterator[Ceph]:
    """A cluster for this block."""
    folder = Path(tempfile.mkdtemp(prefix="ceph-"))
    made = None
    try:
        made = Ceph(folder)
        yield made
    finally:
        if made is not None:
            made.close()
        shutil.rmtree(folder, ignore_errors=True)


def real() -> Place | None:
    """The bucket that the environment names (docs/contributing/tests.md); None if it names none."""
    if "PILLARBOX_TEST_S3_BUCKET" not in os.environ:
        return None
    said = {name: os.environ.get(f"PILLARBOX_TEST_S3_{name}", "") for name in ("BUCKET", "REGION", "ENDPOINT")}
    key, secret = (os.environ[f"PILLARBOX_TEST_S3_{name}"] for name in ("ACCESS_KEY", "SECRET_KEY"))
    return Place(said["BUCKET"], said["REGION"] or "us-east-1", key, Secret(secret), said["ENDPOINT"] or None)


def apart(place: Place) -> Place:
    """A part of a bucket that nobody else has."""
    return replace(place, prefix=f"{place.prefix}/test-{token_hex(8)}".strip("/"))


def _signed(place: Place, method: str) -> None:
    """A request about the bucket itself, which the library has no word for (Signature Version 4)."""
    assert place.endpoint is not None
    host, now = place.endpoint.partition("//")[2], time.gmtime()
    stamp, day = time.strftime("%Y%m%dT%H%M%SZ", now), time.strftime("%Y%m%d", now)
    nothing, names = sha256(b"").hexdigest(), "host;x-amz-content-sha256;x-amz-date"
    said = f"host:{host}\nx-amz-content-sha256:{nothing}\nx-amz-date:{stamp}\n"
    asked = f"{method}\n/{place.bucket}\n\n{said}\n{names}\n{nothing}"
    scope = f"{day}/{place.region}/s3/aws4_request"
    key = b"AWS4" + place.secret_key.reveal().encode()
    for part in scope.split("/"):
        key = digest(key, part.encode(), "sha256")
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{sha256(asked.encode()).hexdigest()}"
    signature = digest(key, text.encode(), "sha256").hex()
    credential = f"AWS4-HMAC-SHA256 Credential={place.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    headers = {"x-amz-content-sha256": nothing, "x-amz-date": stamp, "Authorization": credential}
    asking = Request(f"{place.endpoint}/{place.bucket}", method=method, headers=headers)  # noqa: S310 - always http
    try:
        urlopen(asking, timeout=60).close()  # noqa: S310 - the same
    except HTTPError as problem:
        raise RuntimeError(problem.read().decode()) from problem


def _free_ports(number: int) -> list[int]:
    """Ports that nobody listens on, below those that the system gives to clients."""
    found: list[int] = []
    while len(found) < number:
        port = random.randint(10_000, 30_000)  # noqa: S311 - a port, no secret
        with socket.socket() as trying:
            trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                trying.bind(("127.0.0.1", port))
                found.append(port)
    return found
