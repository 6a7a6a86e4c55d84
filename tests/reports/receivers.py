"""Local servers that play the bots' real rules, and can be told to misbehave; and a mail server that can hang up.

Written from the platforms' guides, not from the sender's code, so that both would have to be wrong in the same way.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SECRET = "SEC-for-tests"


class Receiver(ThreadingHTTPServer):
    """What it accepted, and how it is to behave to the next requests (``ok`` when nothing is said)."""

    daemon_threads = True

    def __init__(self, rules: Callable[[str, dict[str, Any], bytes], int], code: str, now: Callable[[], float]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.rules, self.code, self.now = rules, code, now
        self.behave: deque[str] = deque()
        self.accepted: list[dict[str, Any]] = []
        self.accounts: list[str | None] = []
        self.requests = 0
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook?access_token=TOKEN-for-tests"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing when a client has gone."""


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        self.server.requests += 1
        self.server.accounts.append(self.headers["Authorization"])
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        manner = self.server.behave.popleft() if self.server.behave else "ok"
        if manner == "reset":  # nothing was taken, but the sender cannot know
            self._hang_up()
            return
        if manner in ("500", "429", "302"):
            self._answer(int(manner), b"oops")
            return
        body = json.loads(raw)
        code = self.server.rules(self.path, body, raw)
        if code == 0:
            self.server.accepted.append(body)
        if manner == "taken and hung":
            self.server.released.wait(5)
            return
        if manner == "taken and reset":
            self._hang_up()
        elif manner == "taken and dripping":
            self._drip()
        elif manner == "taken and garbage":
            self._answer(200, b"<html>ok")
        elif manner == "taken and 502":
            self._answer(502, b"")
        else:
            self._answer(200, json.dumps({self.server.code: code, "errmsg": "x"}).encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        if status == 302:
            self.send_header("Location", self.server.url)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        """Answer a byte at a time, each soon enough for a single read."""
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        with suppress(OSError):
            while not self.server.released.wait(0.05):
                self.wfile.write(b" ")

    def _hang_up(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


def wecom(path: str, body: dict[str, Any], raw: bytes) -> int:
    """Over 4096 bytes of Markdown: 40058, with HTTP 200."""
    text = body["markdown"]["content"]
    return 40058 if body["msgtype"] != "markdown" or len(text.encode()) > 4096 else 0


def dingtalk(now: Callable[[], float], keyword: str = "") -> Callable[[str, dict[str, Any], bytes], int]:
    """Signature over milliseconds and secret, at most an hour off; a keyword has to be in the message: 310000."""

    def rules(path: str, body: dict[str, Any], raw: bytes) -> int:
        query = parse_qs(urlsplit(path).query, strict_parsing=True)
        stamp, sign = query.get("timestamp", ["0"])[0], query.get("sign", [""])[0]
        wanted = base64.b64encode(hmac.new(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), hashlib.sha256).digest())
        if sign != wanted.decode() or abs(int(stamp) / 1000 - now()) > 3600 or len(raw) > 20000:
            return 310000
        return 310000 if keyword and keyword not in body["markdown"]["text"] else 0

    return rules


def feishu(now: Callable[[], float]) -> Callable[[str, dict[str, Any], bytes], int]:
    """Signature under seconds and secret of nothing: 19021; a body over 20 KB: 19036."""

    def rules(path: str, body: dict[str, Any], raw: bytes) -> int:
        stamp = body.get("timestamp", "0")
        wanted = base64.b64encode(hmac.new(f"{stamp}\n{SECRET}".encode(), b"", hashlib.sha256).digest()).decode()
        if body.get("sign") != wanted or abs(int(stamp) - now()) > 3600:
            return 19021
        return 19036 if len(raw) > 20 * 1024 else 0

    return rules


@contextmanager
def serving(server: Receiver) -> Iterator[Receiver]:
    """Run a server until the block ends."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


class MailServer:
    """A mail server of one conversation at a time; ``hang_up_at`` names the command at which it leaves."""

    def __init__(self, hang_up_at: str = "", refuse: str = "") -> None:
        self.hang_up_at, self.refuse = hang_up_at, refuse
        self.letters: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as lines:
                connection.sendall(b"220 test\r\n")
                self._talk(connection, lines)

    def _talk(self, connection: socket.socket, lines: Any) -> None:
        for line in lines:
            word = line.split()[0].upper().decode() if line.split() else ""
            if word == self.hang_up_at:
                return
            if word == self.refuse:
                connection.sendall(b"550 no\r\n")
            elif word == "DATA":
                connection.sendall(b"354 go\r\n")
                letter = b""
                while not letter.endswith(b"\r\n.\r\n"):
                    letter += lines.readline()
                self.letters.append(letter)
                if self.hang_up_at == ".":
                    return
                connection.sendall(b"250 ok\r\n")
            elif word == "QUIT":
                connection.sendall(b"221 bye\r\n")
                return
            else:
                connection.sendall(b"250 ok\r\n")

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()
