"""A web of one's own for tests: any host name leads to a server on the loopback, which notes who asked what and when.

It misbehaves on demand. Nothing leaves the machine: names are told to the fetcher by ``Web.resolve``.
"""

from __future__ import annotations

import gzip
import http.server
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Any, NamedTuple

from copykit.corpus.address import Address
from copykit.corpus.fetch import Fetcher, Manners
from copykit.corpus.wire import Caps

HTML = {"Content-Type": "text/html"}
QUICK = Manners(pause=0.0, retries=2, backoff=0.01, longest=0.5)
SMALL = Caps(bytes=1_500_000, seconds=5.0, connect_seconds=3.0)


class Asked(NamedTuple):
    """One request as the server saw it; times are of the machine's monotonic clock."""

    host: str
    path: str
    headers: Mapping[str, str]
    began: float
    ended: float


class Page(NamedTuple):
    """An answer; ``etag`` makes it answer 304 to whoever has it already."""

    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str] = HTML
    etag: str = ""


Answer = Page | Callable[[http.server.BaseHTTPRequestHandler], None]


@dataclass
class Web:
    """``pages`` maps ``host/path`` or ``/path`` to an answer; several in a list are given one after another."""

    port: int = 0
    scheme: str = "http"
    greeted: list[str | None] = field(default_factory=list)  # the names that clients asked for before encryption
    pages: dict[str, Answer | list[Answer]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    names: dict[str, list[str]] = field(default_factory=dict)  # what a name resolves to, where it is not this server
    lock: threading.Lock = field(default_factory=threading.Lock)

    def url(self, where: str) -> str:
        """Return the address of ``host/path``."""
        host, _, path = where.partition("/")
        return f"{self.scheme}://{host}:{self.port}/{path}"

    def resolve(self, host: str, port: int) -> list[str]:
        if host.endswith(".nowhere"):
            raise OSError("no such host")
        return self.names.get(host, ["127.0.0.1"])

    def policy(self, address: Address, port: int) -> bool:
        """Allow this server and nothing else of the loopback."""
        return address == IPv4Address("127.0.0.1") and port == self.port

    def fetcher(self, manners: Manners = QUICK, caps: Caps = SMALL, **more: Any) -> Fetcher:
        more = {"policy": self.policy, "resolve": self.resolve, "caps": caps, "manners": manners, **more}
        return Fetcher("test@copykit.example", **more)

    def paths(self, host: str = "", *, robots: bool = False) -> list[str]:
        """Return the paths that were asked of a host, of all when none is named."""
        return [
            each.path
            for each in self.asked
            if (not host or each.host == host) and (robots or each.path != "/robots.txt")
        ]

    def answer(self, host: str, path: str) -> Answer:
        with self.lock:
            found = self.pages.get(f"{host}{path}", self.pages.get(path))
            if isinstance(found, list):
                found = found.pop(0) if len(found) > 1 else found[0]
            return found if found is not None else Page("没有这页", 404)


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Web]:
    """Serve until left; ``tls`` makes it a server of https."""
    web = Web(scheme="https" if tls else "http")

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def do_GET(self) -> None:
            began = time.monotonic()
            host = (self.headers.get("Host") or "").partition(":")[0]
            answer = web.answer(host, self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            with web.lock:
                # Noted before it is answered: what the client measures begins after it.
                web.asked.append(Asked(host, self.path, headers, began, time.monotonic()))
            if callable(answer):
                answer(self)
                return
            if answer.etag and headers.get("if-none-match") == answer.etag:
                self.send_response(304)
                self.send_header("ETag", answer.etag)
                self.end_headers()
                return
            body = answer.body.encode() if isinstance(answer.body, str) else answer.body
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.etag:
                self.send_header("ETag", answer.etag)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass  # clients that hang up are what is tested

    server = Server(("127.0.0.1", 0), Handler)
    web.port = server.server_address[1]
    if tls is not None:
        tls.sni_callback = lambda sock, name, context: web.greeted.append(name)
        # The handshake is the handler's: one that hangs must not stop the others.
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def moved(target: str, status: int = 302) -> Page:
    return Page(b"", status, {"Location": target})


def packed(body: str | bytes, encoding: str = "gzip", kind: str = "text/html") -> Page:
    data = body.encode() if isinstance(body, str) else body
    small = gzip.compress(data) if encoding == "gzip" else zlib.compress(data)
    return Page(small, 200, {"Content-Type": kind, "Content-Encoding": encoding})


def dripping(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Send a byte of the head, then one now and then, without end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Long: ")
    _forever(handler, b"a", 0.05)


def dripping_body(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99999\r\n\r\n")
    _forever(handler, b"<", 0.05)


def silent(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Answer nothing at all until the other side has gone."""
    handler.connection.settimeout(20)
    handler.rfile.read(1)
    handler.close_connection = True


def endless(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n")
    _forever(handler, b"<p>more</p>" * 1000, 0)


def hanging_up(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Promise more than is sent."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 500\r\n\r\n<p>half")
    handler.wfile.flush()
    handler.close_connection = True


def babbling(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Speak no HTTP."""
    handler.wfile.write(b"220 smtp ready\r\n")
    handler.close_connection = True


def _forever(handler: http.server.BaseHTTPRequestHandler, data: bytes, pause: float) -> None:
    try:
        while True:
            handler.wfile.write(data)
            handler.wfile.flush()
            time.sleep(pause)
    except OSError:
        handler.close_connection = True
