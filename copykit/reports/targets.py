"""Who is told: the ``[[delivery]]`` tables of a report, secrets read from files, parts made ready to send."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, parseaddr
from pathlib import Path
from typing import Any, Literal

from copykit.errors import CopykitError
from copykit.reports.bots import Bot, Outcome, Request, UnknownBot, scheme_and_host
from copykit.reports.message import Message, TooNarrow, parts_of

Mode = Literal["all", "changes", "above"]
_MAX_SECRET = 4096  # bytes: an address and a signing secret; anything longer is another file


class BadSecret(CopykitError):
    """A secret file that is missing or holds no secret."""

    zh = "{target}：密钥文件 {path} {zh_why}"
    en = "{target}: the secret file {path} {en_why}"


class BadDelivery(CopykitError):
    """A delivery that says too little or contradicts itself."""

    zh = "{target}：{zh_why}"
    en = "{target}: {en_why}"


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail account to send from. ``security``: ssl, starttls, or none (only to this machine)."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    sender: str
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """One receiver, ready: a bot with its address, or a mail account. Secrets stay out of its representation."""

    name: str
    mode: Mode
    threshold: float
    keyword: str
    bot: Bot | None = None
    url: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    mail: Mail | None = None

    @property
    def rate(self) -> tuple[int, float]:
        """Return how many parts may be sent in how many seconds."""
        return self.bot.rate if self.bot else (30, 60.0)

    def wants(self, message: Message) -> bool:
        """Return whether there is enough to tell for this receiver."""
        match self.mode:
            case "all":
                return True
            case "changes":
                return message.changes > 0
            case "above":
                return message.changes > 0 and message.top >= self.threshold


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to send: its number from 1, what tells it from others, and how it is put on the wire.

    ``make(now)`` gives a Request (bots) or a mail with its single receiver; ``judge`` reads a bot's answer.
    """

    number: int
    digest: str
    make: Callable[[float], Request | tuple[Mail, str, EmailMessage]]
    judge: Callable[[int, bytes], Outcome] | None = None


def targets_of(tables: Sequence[Mapping[str, Any]], folder: Path, known: Mapping[str, Bot]) -> list[Target]:
    """Return the receivers of ``[[delivery]]`` tables; paths of secrets are taken from ``folder``.

    Raises:
        UnknownBot, BadAddress, BadSecret, BadDelivery: with the receiver's name and the cure.
    """
    found: list[Target] = []
    for number, table in enumerate(tables, 1):
        name = table.get("name") or f"{table['to']} {number}"
        if any(other.name == name for other in found):
            raise BadDelivery(target=name, zh_why="有两处 [[delivery]] 同名，改一个 name", en_why="two carry this name")
        common = (name, table.get("mode", "all"), float(table.get("threshold", 0.0)), table.get("keyword", ""))
        if table["to"].casefold() == "email":
            found.append(Target(*common, mail=_mail(name, table, folder)))
            continue
        bot = known.get(table["to"].casefold())
        if bot is None:
            names = "、".join(sorted({each.id for each in known.values()}))
            raise UnknownBot(name=table["to"], known=names)
        if "url_file" not in table:
            raise BadDelivery(
                target=name,
                zh_why="要写 url_file（里面放 webhook 地址的文件）",
                en_why="give url_file, a file with the address",
            )
        url = _secret(name, folder / table["url_file"])
        bot.check_address(name, url)
        secret = _secret(name, folder / table["secret_file"]) if "secret_file" in table else ""
        if secret and not bot.sign:
            raise BadDelivery(
                target=name, zh_why=f"{bot.name}不签名，去掉 secret_file", en_why="this bot signs nothing"
            )
        found.append(Target(*common, bot=bot, url=url, secret=secret))
    return found


def parts_for(target: Target, message: Message, run: str) -> list[Part]:
    """Return what has to be sent so that a receiver has the whole message.

    Raises:
        BadDelivery: the bot takes so little that not even the title fits.
    """
    if target.mail is not None:
        return _mail_parts(target, target.mail, message, run)
    bot = target.bot
    assert bot is not None
    title = message.title
    if target.keyword and target.keyword not in title:
        title = f"{title}（{target.keyword}）"  # every part carries the title, so every part has the word
    try:
        texts = parts_of(title, message.paragraphs, bot.room(title, run), bot.size)
    except TooNarrow:
        raise BadDelivery(
            target=target.name,
            zh_why=f"标题太长，{bot.name}的一条里放不下",
            en_why="the title does not fit into one message",
        ) from None
    made = []
    for number, text in enumerate(texts, 1):
        fields = {"title": title, "text": text, "part": number, "parts": len(texts), "run": run}

        def make(now: float, fields: Mapping[str, Any] = fields) -> Request:
            return bot.request(target.url, target.secret, fields, now)

        made.append(Part(number, _digest(target.name, title, text), make, bot.judge))
    return made


def _mail_parts(target: Target, mail: Mail, message: Message, run: str) -> list[Part]:
    made = []
    for number, receiver in enumerate(mail.to, 1):
        digest = _digest(target.name, receiver, message.title, *message.paragraphs, message.html)

        def make(now: float, receiver: str = receiver, digest: str = digest) -> tuple[Mail, str, EmailMessage]:
            import datetime

            letter = EmailMessage()
            letter["Subject"] = message.title
            name, address = parseaddr(mail.sender)
            letter["From"] = formataddr((name, address))
            letter["To"] = receiver
            letter["Date"] = format_datetime(datetime.datetime.fromtimestamp(now, datetime.UTC))
            # The same letter sent again carries the same id, so that a mailbox shows it once.
            letter["Message-ID"] = f"<{digest}.{_digest(run)[:12]}@{address.rpartition('@')[2] or 'copykit'}>"
            letter.set_content("\n\n".join(message.paragraphs) + "\n")
            if message.html:
                letter.add_alternative(message.html, subtype="html")
            return mail, parseaddr(receiver)[1], letter

        made.append(Part(number, digest, make))
    return made


def _mail(name: str, table: Mapping[str, Any], folder: Path) -> Mail:
    def need(key: str) -> Any:
        if not table.get(key):
            raise BadDelivery(target=name, zh_why=f"发邮件要写 {key}", en_why=f"mail needs {key}")
        return table[key]

    security = table.get("security", "ssl")
    host = need("host")
    if security == "none" and host not in ("localhost", "127.0.0.1", "::1"):
        raise BadDelivery(
            target=name,
            zh_why='security = "none" 只用于本机；外面的服务器用 ssl 或 starttls',
            en_why="security none is for this machine only",
        )
    for address in (need("sender"), *need("receivers")):
        if "@" not in parseaddr(address)[1] or any(char in address for char in "\r\n"):
            raise BadDelivery(target=name, zh_why=f"“{address}”不是邮箱地址", en_why=f"'{address}' is no mail address")
    return Mail(
        host,
        table.get("port", {"ssl": 465, "starttls": 587, "none": 25}[security]),
        security,
        table.get("user", ""),
        _secret(name, folder / need("password_file")) if table.get("user") else "",
        table["sender"],
        tuple(table["receivers"]),
    )


def ping_address(path: Path) -> str:
    """Return the address that a file holds for the dead-man's switch.

    Raises:
        BadSecret: the file is not there, cannot be read, or holds no address.
    """
    url = _secret("ping", path)
    if not scheme_and_host(url)[1]:
        raise BadSecret(
            target="ping", path=path.name, zh_why="里的不是网址（以 https:// 开头）", en_why="holds no https:// address"
        )
    return url


def _secret(name: str, path: Path) -> str:
    """Return the first line of a secret file; its content appears in no message."""

    def refuse(zh: str, en: str) -> BadSecret:
        return BadSecret(target=name, path=path.name, zh_why=zh, en_why=en)

    try:
        with path.open("rb") as file:
            raw = file.read(_MAX_SECRET + 1)
    except FileNotFoundError:
        raise refuse("不在那里，请检查路径", "is not there; check the path") from None
    except OSError:
        raise refuse("读不了，请检查权限", "cannot be read; check its permissions") from None
    try:
        lines = [line.strip() for line in raw.decode("utf-8-sig").splitlines() if line.strip()]
    except UnicodeDecodeError:
        raise refuse("不是 UTF-8 的文本，请另存为 UTF-8", "is no UTF-8 text; save it as UTF-8") from None
    if len(raw) > _MAX_SECRET or len(lines) != 1:
        raise refuse("应当只有一行：地址或密钥", "should hold one line: the address or the secret")
    return lines[0]


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()[:24]
