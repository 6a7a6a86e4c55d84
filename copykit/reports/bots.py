"""Bots as data: how a message is put for WeCom, DingTalk, Feishu or one's own interface, signed, and judged.

A bot's answer decides, not its HTTP status: all three answer 200 to messages that they throw away.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from copykit.datafiles import DataFiles
from copykit.errors import CopykitError, Words

Verdict = Literal["sent", "failed", "unknown"]


class UnknownBot(CopykitError):
    """A kind of receiver that no data file describes."""

    zh = '不认识 to = "{name}"；可以写 {known}、email'
    en = "unknown to = '{name}'; known: {known}, email"


class BadAddress(CopykitError):
    """A webhook address that is none of this bot's."""

    zh = "{target}：密钥文件里的地址不是{name}的 webhook（要在 {hosts} 上，以 https:// 开头）"
    en = "{target}: the address in the secret file is no webhook of {name} (https:// on {hosts})"


@dataclass(frozen=True, slots=True)
class Request:
    """One POST: the address (a secret), and the bytes of a JSON body."""

    url: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a part. ``unknown``: accepted or lost, nobody can tell."""

    state: Verdict
    reason: Words | None = None


@dataclass(frozen=True, slots=True)
class Bot:
    """One file of ``data/bots``. ``limit`` counts bytes of the text, or of the whole body."""

    id: str
    name: str
    hosts: tuple[str, ...]
    sign: str
    limit: int
    limit_of: str
    rate: tuple[int, float]
    ok: tuple[str, Any] | None
    code: str
    body: Mapping[str, Any]
    errors: Mapping[int, Words]

    def size(self, text: str) -> int:
        """Return what a text costs of the limit, in bytes."""
        if self.limit_of == "text":
            return len(text.encode("utf-8", "replace"))
        # Escapes count as they travel; title and frame do not, ``room`` leaves them out.
        return len(_dump(text)) - 2

    def room(self, title: str, run: str) -> int:
        """Return how much of the limit is left for a text."""
        if self.limit_of == "text":
            return self.limit
        empty = self._filled({"title": title, "text": "", "part": 99, "parts": 99, "run": run})
        return self.limit - len(_dump({**empty, **_SIGN_ROOM[self.sign]}))

    def request(self, url: str, secret: str, fields: Mapping[str, Any], now: float) -> Request:
        """Return the POST for one part; ``fields``: title, text, part, parts, run; ``now`` in seconds since 1970.

        Signatures: DingTalk, HMAC-SHA256 of "milliseconds\\nsecret" under the secret, in the query, encoded once;
        Feishu, HMAC-SHA256 of nothing under "seconds\\nsecret", in the body (both: the platforms' bot guides).
        """
        body = self._filled(fields)
        if secret and self.sign == "dingtalk":
            stamp = str(int(now * 1000))
            digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
            joint = "&" if urlsplit(url).query else "?"
            url = f"{url}{joint}timestamp={stamp}&sign={quote(base64.b64encode(digest), safe='')}"
        elif secret and self.sign == "feishu":
            stamp = str(int(now))
            digest = hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
            body = {"timestamp": stamp, "sign": base64.b64encode(digest).decode(), **body}
        return Request(url, _dump(body))

    def judge(self, status: int, answer: bytes) -> Outcome:
        """Say what an answer means.

        2xx with the bot's own code for success is sent; a refusal by code or by 4xx is failed; a server that broke
        (5xx) or an answer that cannot be read leaves it unknown.
        """
        if status >= 500:
            return Outcome("unknown", Words(f"对方服务器出错（HTTP {status}）", f"the server broke (HTTP {status})"))
        if status >= 300:
            return Outcome("failed", Words(f"对方没有收（HTTP {status}）", f"refused (HTTP {status})"))
        if self.ok is None:
            return Outcome("sent")
        try:
            told = json.loads(answer)
            value, code = told[self.ok[0]], told.get(self.code)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return Outcome("unknown", Words("对方的回话看不懂", "the answer cannot be read"))
        if type(value) is type(self.ok[1]) and value == self.ok[1]:
            return Outcome("sent")
        known = self.errors.get(code) if isinstance(code, int) else None
        shown = str(code)[:20]
        return Outcome("failed", known or Words(f"{self.name}没有收（错误码 {shown}）", f"refused (code {shown})"))

    def check_address(self, target: str, url: str) -> None:
        """Raise BadAddress unless a webhook address is this bot's."""
        scheme, host = scheme_and_host(url)
        right = scheme == "https" and host in self.hosts if self.hosts else bool(host)
        if not right:
            raise BadAddress(target=target, name=self.name, hosts="、".join(self.hosts) or "http(s)")

    def _filled(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        filled: dict[str, Any] = _fill(self.body, fields)
        return filled


def scheme_and_host(url: str) -> tuple[str, str]:
    """Return both of a web address, empty where it is none."""
    try:
        parts = urlsplit(url)
        scheme, host, _ = parts.scheme, parts.hostname or "", parts.port  # a port that is none raises as well
    except ValueError:
        return "", ""
    if scheme not in ("http", "https") or any(char.isspace() for char in url):
        return "", ""
    return scheme, host


_SIGN_ROOM: Mapping[str, Mapping[str, str]] = {
    "": {},
    "dingtalk": {},
    "feishu": {"timestamp": "0" * 10, "sign": "0" * 44},
}


def bots(files: DataFiles) -> dict[str, Bot]:
    """Return the bots by id and by every other name, letter case folded."""
    found: dict[str, Bot] = {}
    for identifier, data in files.load("bots").items():
        ok = data.get("ok")
        bot = Bot(
            identifier,
            data["name"],
            tuple(data.get("hosts", ())),
            data.get("sign", ""),
            data["limit"]["bytes"],
            data["limit"]["of"],
            (data["rate"]["count"], data["rate"]["seconds"]),
            (ok["key"], ok["value"]) if ok else None,
            data.get("code", ""),
            data["body"],
            {code: Words(each["zh"], each["en"]) for each in data.get("error", ()) for code in each["codes"]},
        )
        for name in (identifier, bot.name, *data.get("aliases", ())):
            found[name.casefold()] = bot
    return found


def _fill(body: Any, fields: Mapping[str, Any]) -> Any:
    match body:
        case str() if body.startswith("{") and body.endswith("}") and body[1:-1] in fields:
            return fields[body[1:-1]]
        case Mapping():
            return {key: _fill(value, fields) for key, value in body.items()}
        case list() | tuple():
            return [_fill(value, fields) for value in body]
        case _:
            return body


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
