"""Pebble: an ACME authority that tests run on loopback, beside a DNS server of theirs that sends it to this machine."""

import json
import os
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import trustme
from tests.neighbour.names import NameServer

__all__ = ["Pebble", "pebble"]

_PATIENCE = 20.0


class Pebble:
    """One authority: it comes for http-01 to `http_port`, for tls-alpn-01 to `tls_port`."""

    def __init__(
        self,
        folder: Path,
        names: NameServer,
        ports: tuple[int, int],
        http_port: int,
        tls_port: int,
        keys: Mapping[str, str],
    ) -> None:
        self.folder = folder
        self.log = folder / "pebble.log"
        self.authority = folder / "authority.pem"
        """Whom to believe that it is the authority."""
        self.names = names
        self._port, self._management = ports
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir()
        own = trustme.CA()
        own.cert_pem.write_to_path(self.authority)
        issued = own.issue_cert("localhost", "127.0.0.1")
        issued.private_key_pem.write_to_path(folder / "key.pem")
        for blob in issued.cert_chain_pems:
            blob.write_to_path(folder / "certificate.pem", append=True)
        settings = {
            "listenAddress": f"127.0.0.1:{self._port}",
            "managementListenAddress": f"127.0.0.1:{self._management}",
            "certificate": str(folder / "certificate.pem"),
            "privateKey": str(folder / "key.pem"),
            "httpPort": http_port,
            "tlsPort": tls_port,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": bool(keys),
            "externalAccountMACKeys": dict(keys),
        }
        (folder / "pebble.json").write_text(json.dumps({"pebble": settings}))

    @property
    def directory(self) -> str:
        """Where its conversations begin."""
        return f"https://127.0.0.1:{self._port}/dir"

    def start(self, **environment: str) -> None:
        """Starts it, with nothing in its memory."""
        command = ["pebble", "-config", str(self.folder / "pebble.json"), "-dnsserver", f"127.0.0.1:{self.names.port}"]
        # No waits of its own, and no favours: whatever it forgets or refuses is the test's to say.
        calm = {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0", "PEBBLE_AUTHZREUSE": "0"}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, **calm, **environment}
            )
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                self.root()
            except OSError:
                assert self._process.poll() is None, self.log.read_text()
                assert time.monotonic() < until, "pebble does not answer"
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """Ends it; it forgets everything."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(_PATIENCE)
            self._process = None

    def root(self) -> str:
        """The certificate that all of its own can be traced to, in PEM. It is another one after each start."""
        trust = ssl.create_default_context(cafile=str(self.authority))
        url = f"https://127.0.0.1:{self._management}/roots/0"
        with urllib.request.urlopen(url, context=trust, timeout=5) as answer:
            return str(answer.read().decode())


@contextmanager
def pebble(
    folder: Path, ports: tuple[int, int], http_port: int, tls_port: int, keys: Mapping[str, str] | None = None
) -> Iterator[Pebble]:
    """One that is not started yet; `keys` are those of external accounts, without which it lets nobody in."""
    with NameServer() as names:
        made = Pebble(folder, names, ports, http_port, tls_port, keys or {})
        try:
            yield made
        finally:
            made.stop()
