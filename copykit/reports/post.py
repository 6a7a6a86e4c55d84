"""Put a part on the wire, over HTTP or SMTP, and say what became of it; no secret ever enters a reason."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any, TypeVar

from copykit.errors import Words
from copykit.reports.bots import Outcome, Request
from copykit.reports.targets import Mail, Part

T = TypeVar("T")
CONNECT_SECONDS, ANSWER_SECONDS = 10.0, 20.0
_MAX_ANSWER = 64 * 1024
_SLOW = Words("对方没有按时回话，收没收到不清楚", "no answer in time; nobody can tell whether it was taken")
_LOST = Words("发到一半连接断了，收没收到不清楚", "the connection broke while sending; nobody can tell")
_NO_WAY = Words("连不上对方（网络、域名或防火墙）", "the receiver cannot be reached (network, name or firewall)")
_NO_TRUST = Words("对方的证书不可信，没有发", "the receiver's certificate is not trusted; nothing was sent")


def sender(connect: float = CONNECT_SECONDS, answer: float = ANSWER_SECONDS) -> Callable[[Part, float], Outcome]:
    """Return what sends one part; times in seconds."""

    def send(part: Part, now: float) -> Outcome:
        made = part.make(now)
        if isinstance(made, Request):
            assert part.judge is not None
            return _post(made, part.judge, connect, answer)
        return _mail(*made, connect=connect, answer=answer)

    return send


def ping(url: str, connect: float = CONNECT_SECONDS) -> bool:
    """Call a dead-man's switch; True if it answered 2xx."""
    import requests

    def call() -> bool:
        try:
            with requests.get(url, auth=_account(url), timeout=connect, stream=True, allow_redirects=False) as answer:
                return 200 <= answer.status_code < 300
        except (requests.RequestException, ValueError):
            return False

    return _in_time(2 * connect, call, late=False)


def _in_time(seconds: float, do: Callable[[], T], late: T) -> T:
    """Return what a call gives, or ``late`` where it takes longer.

    A server that sends a byte now and then keeps every single read alive, so the call is left behind as a whole.
    """
    found: list[T] = []
    faults: list[Exception] = []

    def call() -> None:
        try:
            found.append(do())
        except Exception as error:
            faults.append(error)

    calling = threading.Thread(target=call, daemon=True)
    calling.start()
    calling.join(seconds)
    if faults:
        raise faults[0]
    return found[0] if found else late


def _account(url: str) -> Any:
    """Return the account that an address itself carries, for requests; one that a .netrc has is for other doors."""
    from requests.utils import get_auth_from_url

    told = get_auth_from_url(url)
    return told if any(told) else lambda asking: asking


def _post(request: Request, judge: Callable[[int, bytes], Outcome], connect: float, answer: float) -> Outcome:
    """Post a part; the whole exchange takes as long as connecting and answering may, and no longer."""
    late = Outcome("unknown", _SLOW)
    return _in_time(connect + answer, lambda: _posted(request, judge, connect, answer), late)


def _posted(request: Request, judge: Callable[[int, bytes], Outcome], connect: float, answer: float) -> Outcome:
    import requests

    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "copykit"}
    try:
        # A redirect is refused: the address is a secret, and what stands behind it was not agreed on.
        with requests.post(
            request.url,
            data=request.body,
            headers=headers,
            auth=_account(request.url),
            timeout=(connect, answer),
            allow_redirects=False,
            stream=True,
        ) as found:
            return judge(found.status_code, found.raw.read(_MAX_ANSWER, decode_content=True) or b"")
    except requests.exceptions.SSLError:
        return Outcome("failed", _NO_TRUST)
    except (requests.exceptions.ConnectTimeout, requests.exceptions.InvalidURL, requests.exceptions.ProxyError):
        return Outcome("failed", _NO_WAY)
    except requests.exceptions.Timeout:
        return Outcome("unknown", _SLOW)
    except requests.exceptions.ConnectionError as error:
        return Outcome("failed", _NO_WAY) if _never_connected(error) else Outcome("unknown", _LOST)
    except Exception as error:  # a half-read or undecodable answer: the request was out
        if not isinstance(error, requests.RequestException) and type(error).__module__.partition(".")[0] != "urllib3":
            raise
        return Outcome("unknown", _LOST)


def _never_connected(error: BaseException) -> bool:
    """Return whether the connection was not even made: then nothing can have arrived."""
    from urllib3.exceptions import NameResolutionError, NewConnectionError

    seen: list[BaseException | object] = [error]
    for each in seen:
        if isinstance(each, NewConnectionError | NameResolutionError | ConnectionRefusedError | socket.gaierror):
            return True
        if isinstance(each, BaseException) and len(seen) < 20:
            seen += [*each.args, getattr(each, "reason", None), each.__cause__]
    return False


def _mail(mail: Mail, receiver: str, letter: EmailMessage, *, connect: float, answer: float) -> Outcome:
    out = False  # whether the letter itself has gone out
    server: smtplib.SMTP | None = None
    try:
        if mail.security == "ssl":
            server = smtplib.SMTP_SSL(mail.host, mail.port, timeout=connect, context=ssl.create_default_context())
        else:
            server = smtplib.SMTP(mail.host, mail.port, timeout=connect)
        if server.sock is not None:
            server.sock.settimeout(answer)
        server.ehlo_or_helo_if_needed()
        if mail.security == "starttls":
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        if mail.user:
            server.login(mail.user, mail.password)
        for code, _ in (server.mail(_address(mail.sender)), server.rcpt(receiver)):
            if code >= 400:
                return Outcome("failed", Words(f"邮件服务器不收（{code}）", f"the mail server refused ({code})"))
        out = True
        code, _ = server.data(letter.as_bytes())
        if code == 250:
            return Outcome("sent")
        return Outcome("failed", Words(f"邮件服务器不收（{code}）", f"the mail server refused ({code})"))
    except smtplib.SMTPAuthenticationError:
        return Outcome("failed", Words("邮箱的用户名或授权码不对", "wrong mail user or password"))
    except smtplib.SMTPResponseException as error:
        code = error.smtp_code
        return Outcome("failed", Words(f"邮件服务器不收（{code}）", f"the mail server refused ({code})"))
    except ssl.SSLError:
        return Outcome("unknown", _LOST) if out else Outcome("failed", _NO_TRUST)
    except (OSError, smtplib.SMTPException):
        return Outcome("unknown", _LOST) if out else Outcome("failed", _NO_WAY)
    finally:
        if server is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                server.close()


def _address(sender: str) -> str:
    from email.utils import parseaddr

    return parseaddr(sender)[1]
