"""The wire under ``fetch``: names resolved once, connections only to addresses that were allowed, caps on answers."""

from __future__ import annotations

import http.client
import io
import socket
import threading
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from copykit.corpus.address import Address, Policy

if TYPE_CHECKING:
    from requests.adapters import HTTPAdapter
    from urllib3.connectionpool import HTTPConnectionPool

Resolver = Callable[[str, int], list[str]]  # host, port → addresses, in the order in which they are to be tried


@dataclass(frozen=True, slots=True)
class Caps:
    """What one answer may cost at most. ``ratio``: unpacked to packed, looked at from 1 MB on; pages reach 30."""

    bytes: int = 5_000_000
    seconds: float = 30.0
    connect_seconds: float = 10.0
    redirects: int = 5
    ratio: int = 150
    robots_bytes: int = 500_000


DEFAULT_CAPS = Caps()


def system_addresses(host: str, port: int) -> list[str]:
    """Return the addresses that the system's resolver gives."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def unpack(parts: Iterable[bytes], encoding: str, most: int, ratio: int) -> tuple[bytes, str]:
    """Return a body unpacked, and the outcome when it may not be taken whole: too_large, bomb, unreadable.

    ``encoding`` is a Content-Encoding; never more than ``most`` bytes and one block are held.
    """
    names = [name for part in encoding.lower().split(",") if (name := part.strip()) and name != "identity"]
    if not names:
        return _joined(parts, most)
    if len(names) > 1 or names[0] not in ("gzip", "x-gzip", "deflate"):
        return b"", "unreadable"
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 32)
    found = bytearray()
    packed = 0
    try:
        for part in parts:
            packed += len(part)
            if not found and packed == len(part) and names == ["deflate"] and part[:1] and part[0] & 15 != 8:
                decoder = zlib.decompressobj(-zlib.MAX_WBITS)  # what some servers mean by deflate
            left = part
            while left:
                found += decoder.decompress(left, _BLOCK)
                left = decoder.unconsumed_tail
                if len(found) > _SURELY and len(found) > ratio * packed:
                    return b"", "bomb"
                if len(found) > most:
                    return bytes(found[:most]), "too_large"
        found += decoder.flush()
    except zlib.error:
        return bytes(found[:most]), "broken"
    return bytes(found[:most]), "too_large" if len(found) > most else ""


def _joined(parts: Iterable[bytes], most: int) -> tuple[bytes, str]:
    found = bytearray()
    for part in parts:
        found += part
        if len(found) > most:
            return bytes(found[:most]), "too_large"
    return bytes(found), ""


_BLOCK = 1 << 18
_SURELY = 1_000_000  # what is smaller harms nobody, however tightly it was packed


class Gate:
    """Names to addresses, once a run; only addresses that the policy allowed are ever connected to."""

    def __init__(self, policy: Policy, resolve: Resolver, caps: Caps, clock: Callable[[], float]) -> None:
        self._policy, self._resolve, self._caps, self._clock = policy, resolve, caps, clock
        self._known: dict[tuple[str, int], list[Address]] = {}
        self._local = threading.local()

    def begin(self) -> None:
        """Start the clock of one exchange in this thread."""
        self._local.until = self._clock() + self._caps.seconds

    def left(self) -> float:
        """Return the seconds that the exchange of this thread has left."""
        until: float = self._local.until
        return until - self._clock()

    def admit(self, host: str, port: int) -> tuple[str, str] | None:
        """Resolve a host unless it is known; return the outcome and its detail when it must not be asked."""
        if (host, port) not in self._known:
            found: list[list[str] | OSError | UnicodeError] = []

            def ask() -> None:
                try:
                    found.append(self._resolve(host, port))
                except (OSError, UnicodeError) as error:
                    found.append(error)

            # The system's resolver knows no time limit; one that hangs is left behind.
            asking = threading.Thread(target=ask, daemon=True)
            asking.start()
            asking.join(self._caps.connect_seconds)
            if not found:
                return "no_host", "the name server does not answer"
            if not isinstance(found[0], list):
                return "no_host", str(found[0])
            addresses = [ip_address(address.partition("%")[0]) for address in found[0]]
            self._known[host, port] = [address for address in addresses if self._policy(address, port)]
            if not self._known[host, port]:
                return "private", ", ".join(map(str, addresses))[:300]
        elif not self._known[host, port]:
            return "private", host
        return None

    def dial(self, host: str, port: int) -> socket.socket:
        """Connect to an address that was admitted, the next one when the first does not answer."""
        addresses = self._known.get((host.lower().strip("[]"), port), [])
        fault: OSError = OSError("no address was admitted")
        for address in addresses:
            try:
                times = max(min(self._caps.connect_seconds, self.left()), 0.001)
                return socket.create_connection((str(address), port), times)
            except OSError as error:
                fault = error
        raise fault


def pinned_adapter(gate: Gate, workers: int) -> HTTPAdapter:
    """Return an adapter of requests whose connections go where the gate says; it knows no proxies and no cookies."""
    from requests.adapters import HTTPAdapter

    class Pinned(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, **kwargs)
            self.poolmanager.pool_classes_by_scheme = _pools(gate)

    return Pinned(pool_connections=4 * workers, pool_maxsize=1, max_retries=0)


def _pools(gate: Gate) -> dict[str, type[HTTPConnectionPool]]:
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
    from urllib3.exceptions import NewConnectionError

    class TimedResponse(http.client.HTTPResponse):
        def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
            super().__init__(sock, *args, **kwargs)
            self.fp = io.BufferedReader(_TimedStream(sock, self.fp.detach(), gate))

    def dial(connection: HTTPConnection) -> socket.socket:
        try:
            sock = gate.dial(connection._dns_host, connection.port)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
        except OSError as error:
            raise NewConnectionError(connection, str(error)) from error

    class Plain(HTTPConnection):
        response_class = TimedResponse
        _new_conn = dial

    class Secure(HTTPSConnection):
        response_class = TimedResponse
        _new_conn = dial

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


class _TimedStream(io.RawIOBase):
    """A socket's stream that knows how long the whole answer may take: a byte a second would keep each read alive."""

    def __init__(self, sock: socket.socket, stream: io.RawIOBase, gate: Gate) -> None:
        self._sock, self._stream, self._gate = sock, stream, gate

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._gate.left()
        if left <= 0:
            raise TimeoutError("the whole answer took too long")
        self._sock.settimeout(left)
        return self._stream.readinto(buffer)

    def close(self) -> None:
        self._stream.close()
        super().close()
