"""A proxy that takes TLS off, for a client that speaks nothing else: what stands in front of a server in earnest."""

import asyncio
import ssl
import subprocess
import threading
from pathlib import Path

__all__ = ["Certificate", "Proxy"]


class Certificate:
    """A certificate for 127.0.0.1, or a name, that signs itself, made by OpenSSL."""

    def __init__(self, folder: Path, name: str = "IP:127.0.0.1") -> None:
        self.path, self.key = folder / "certificate.pem", folder / "key.pem"
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
        try:
            subprocess.run(
                [*command, "-addext", f"subjectAltName={name}", "-keyout", self.key, "-out", self.path],
                check=True,
                capture_output=True,
            )
        except FileNotFoundError:
            raise AssertionError("openssl is missing; scripts/neighbours installs it together with Postfix") from None


class Proxy:
    """Listens on a loopback port with TLS, and hands octets on to another without, in a thread of its own."""

    def __init__(self, certificate: Certificate, port: int, to: int) -> None:
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(certificate.path, certificate.key)
        self._port, self._to = port, to
        self._loop = asyncio.new_event_loop()
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._serving = set[asyncio.Task[None]]()

    def __enter__(self) -> "Proxy":
        self._thread.start()
        assert self._listening.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join(10)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._done = asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1", self._port, ssl=self._context)
        self._listening.set()
        await self._done.wait()
        server.close()
        # Who was accepted in this very moment is served by a task that has not begun.
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for one in left:
            one.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        # What is cut off is closed a few turns of the loop later.
        for _ in range(5):
            await asyncio.sleep(0)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back_reader, back_writer = await asyncio.open_connection("127.0.0.1", self._to)
        ways = [asyncio.create_task(_pass(reader, back_writer)), asyncio.create_task(_pass(back_reader, writer))]
        try:
            # One side that has ended is the end of a connection in HTTP.
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            # The proxy ends. Whoever called this would take a cancelled connection for a failed one.
            return
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            back_writer.transport.abort()
            writer.close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while octets := await reader.read(1 << 16):
            writer.write(octets)
            await writer.drain()
    except (ConnectionError, ssl.SSLError):
        return
