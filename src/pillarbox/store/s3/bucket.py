"""Objects in a bucket. Each call blocks, while threads of the library speak to the server and others of ours go on."""

from collections.abc import Awaitable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from io import BytesIO
from itertools import islice
from secrets import token_hex
from typing import IO, TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from pillarbox.store.error import OutOfSpace, StoreError, Unavailable
from pillarbox.store.s3.fuse import Fuse
from pillarbox.store.s3.patience import Patience
from pillarbox.store.s3.place import Place
from pillarbox.store.s3.why import advice, failure, is_answer, reason

if TYPE_CHECKING:
    # These exist for type checkers alone.
    from obstore import ListStream, ObjectMeta
    from obstore.store import ClientConfig, S3Config, S3Credential

__all__ = ["Bucket"]

_PART = 8 * 1024 * 1024
"""What is larger is sent in parts of so many octets, two at once: that is the memory it takes."""
_PAGE = 1000
"""As many keys as one request lists, or deletes."""
_CONNECT = 5.0
_QUICK = 10.0
"""Seconds that a request with little to send or to read may take: who waits for it may keep others waiting."""
_LITTLE = 1024 * 1024
_PATIENCE = 2.0
"""Seconds after which somebody who waits for an answer asks whether the server says anything at all, and for that."""
_PROBE = "probe"
_NOTHING = "nothing"


class Bucket:
    """What `store.depot.Depot` promises. A request is repeated if that may help. `patience` is in seconds.

    What is sent is signed with the SHA-256 of its octets, which the server compares (Signature Version 4).
    """

    def __init__(self, place: Place, patience: float = _PATIENCE) -> None:
        self._place = place
        # Who may read may lack the right to write.
        self._fuses = {deed: Fuse(f"{place}: {deed}") for deed in ("writing", "reading", "deleting", "listing")}
        self._store = _opened(place, place.timeout)
        self._quick = _opened(place, min(place.timeout, _QUICK))
        self._once = _opened(replace(place, max_retries=0), min(place.timeout, patience))
        # One that has no room may let writers wait, and nobody else.
        self._write = Patience(self._takes_anything, patience)
        self._patience = Patience(self._says_anything, patience)

    def put(self, key: str, octets: IO[bytes], size: int) -> None:
        with self._asked("writing"):
            octets.seek(0)
            if size <= _PART:
                whole = octets.read(size)
                if len(whole) == size:
                    self._write.wait(lambda: obstore.put_async(self._for(size), key, whole, use_multipart=False))
                there = len(whole)
            else:
                self._write.wait(
                    lambda: obstore.put_async(
                        self._store, key, octets, use_multipart=True, chunk_size=_PART, max_concurrency=2
                    )
                )
                # Each part was compared; this says that none is missing.
                there = self._patience.wait(lambda: obstore.head_async(self._quick, key))["size"]
            if there != size:
                raise Unavailable(f"{self._place}: {there} octets of {size} were written")

    def read(self, key: str, offset: int, length: int) -> bytes:
        if length <= 0:
            return b""
        with self._asked("reading"):
            octets = bytes(
                self._patience.wait(
                    lambda: obstore.get_range_async(self._for(length), key, start=offset, length=length)
                )
            )
        if len(octets) != length:
            raise StoreError(f"{self._place}: object {key} ends before {offset + length}")
        return octets

    def delete(self, keys: Iterable[str]) -> None:
        rest = iter(keys)
        while some := list(islice(rest, _PAGE)):
            with self._asked("deleting"):
                self._patience.wait(partial(obstore.delete_async, self._quick, some))

    def keys(self, folder: str) -> Iterator[tuple[str, float]]:
        pages = obstore.list(self._quick, folder, chunk_size=_PAGE)
        while True:
            with self._asked("listing"):
                page = self._patience.wait(lambda: _next(pages))
            if not page:
                return
            yield from ((one["path"], one["last_modified"].timestamp()) for one in page)

    def folders(self) -> list[str]:
        with self._asked("listing"):
            found = self._patience.wait(lambda: obstore.list_with_delimiter_async(self._quick))
        return [str(folder).rstrip("/") for folder in found["common_prefixes"]]

    def probe(self) -> list[str]:
        key, octets = f"{_PROBE}/{token_hex(16)}", token_hex(16).encode()
        try:
            self.put(key, BytesIO(octets), len(octets))
            try:
                came = self.read(key, 0, len(octets))
                listed = [found for found, _ in self.keys(_PROBE)]
            finally:
                self.delete([key])
        except StoreError as problem:
            mend = advice(problem.known)
            return [f"{problem.known}: {mend}" if mend else problem.known]
        if came != octets or key not in listed:
            return [f"{self._place}: what was just written is not there, or is something else"]
        return []

    def _for(self, size: int) -> S3Store:
        """Whom to ask for so many octets."""
        return self._quick if size <= _LITTLE else self._store

    async def _says_anything(self) -> bool:
        """Whether the server answers a question, whatever it says."""
        return await _is_answered(obstore.head_async(self._once, f"{_PROBE}/{_NOTHING}"))

    async def _takes_anything(self) -> bool:
        """The same of one to whom something is given; it is one object, however often."""
        return await _is_answered(obstore.put_async(self._once, f"{_PROBE}/{_NOTHING}", b"", use_multipart=False))

    @contextmanager
    def _asked(self, deed: str) -> Iterator[None]:
        with self._fuses[deed].passed():
            try:
                yield
            except FileNotFoundError as problem:
                raise self._translated(deed, str(problem)) from None
            except BaseError as problem:
                # Its text and all that it was raised from have what the server said, and perhaps what we signed.
                raise self._translated(deed, str(problem)) from None
            except OSError as problem:
                raise Unavailable(f"{self._place}: {deed}: {problem}") from problem

    def _translated(self, deed: str, text: str) -> StoreError:
        known = f"{self._place}: {deed}: {reason(text)}"
        match failure(text):
            case "missing" | "short":
                return StoreError(known)
            case "full":
                return OutOfSpace(known)
            case "away":
                return Unavailable(known)


async def _next(pages: "ListStream[Sequence[ObjectMeta]]") -> "Sequence[ObjectMeta]":
    try:
        return await anext(pages)
    except StopAsyncIteration:
        return []


async def _is_answered(call: Awaitable[object]) -> bool:
    try:
        await call
    except FileNotFoundError:
        return True
    except BaseError as problem:
        return is_answer(str(problem))
    return True


def _opened(place: Place, timeout: float) -> S3Store:
    """Every word that could come from the environment instead is said here: what the settings say is in force."""
    credential: S3Credential = {
        "access_key_id": place.access_key,
        "secret_access_key": place.secret_key.reveal(),
        "token": place.session_token.reveal() if place.session_token else None,
        "expires_at": None,
    }
    whole = timedelta(seconds=timeout)
    options: ClientConfig = {
        "timeout": whole,
        "connect_timeout": timedelta(seconds=min(_CONNECT, timeout)),
        "allow_http": (place.endpoint or "").startswith("http:"),
        "allow_invalid_certificates": place.allows_any_certificate,
    }
    endpoint = place.endpoint or f"https://s3.{place.region}.amazonaws.com"
    config: S3Config = {
        "aws_endpoint_url_s3": endpoint,
        "endpoint": endpoint,
        "region": place.region,
        "virtual_hosted_style_request": False,
        "skip_signature": False,
        "unsigned_payload": False,
        "s3_express": False,
    }
    return S3Store(
        place.bucket,
        prefix=place.prefix or None,
        config=config,
        client_options=options,
        # No attempt begins later than this, so a call takes one and a half times `timeout` at most.
        retry_config={"max_retries": place.max_retries, "retry_timeout": whole / 2},
        # Not among the rest, which the library shows to whoever prints the object.
        credential_provider=lambda: credential,
    )
