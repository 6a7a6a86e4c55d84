"""Read the web politely and safely; the only module that asks pages, and what becomes of an asking is a value.

Politely: robots.txt is obeyed, one request at a time goes to a host, a pause follows each answer, ``Retry-After`` is
kept, what has not changed is not sent again. Safely: every address is checked after its name was resolved and the
connection goes to that very address, at each hop anew; size, time, redirects and unpacking have caps.
"""

from __future__ import annotations

import heapq
import http.client
import itertools
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from copykit._version import __version__
from copykit.corpus.address import Policy, fault_of, public_only
from copykit.corpus.wire import DEFAULT_CAPS, Caps, Gate, Resolver, pinned_adapter, system_addresses, unpack
from copykit.text.encoding import Decoded, decode, find_charset

if TYPE_CHECKING:
    from protego import Protego
    from requests.adapters import HTTPAdapter

ROBOT = "copykit"  # the name that robots.txt speaks to

# What may become of an asking; ``render.web`` has the words for it.
OUTCOMES = frozenset(
    (
        *("ok", "unchanged", "gone", "refused", "error", "busy", "failing", "robots", "robots_failing", "no_host"),
        *("no_answer", "tls", "timeout", "broken", "loop", "redirects", "private", "bad_url", "too_large", "bomb"),
        *("unreadable", "no_text"),
    )
)
# The page, or its whole host, may be there again later; nothing is known about it now.
PASSING = frozenset(("busy", "failing", "robots_failing", "no_host", "no_answer", "tls", "timeout", "broken"))


class Ask(NamedTuple):
    """A page to be read; ``etag`` and ``last_modified`` as an earlier answer gave them, to be told if nothing changed.

    ``note`` is the caller's own and comes back with the reply.
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    note: Any = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of an asking: ``outcome`` is a key of OUTCOMES, ``status`` 0 where nobody answered.

    ``url`` is where the page was found and ``hops`` what led there; ``headers`` have lower-case names; ``body`` is
    unpacked, and cut off where the outcome is too_large. ``detail`` is for logs, in English.
    """

    ask: Ask
    outcome: str
    url: str
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    hops: tuple[str, ...] = ()
    detail: str = ""

    def read(self) -> Decoded:
        """Return the body as text, in the encoding that its bytes bear out."""
        declared = _charset_of(self.headers.get("content-type", "")) or find_charset(self.body)
        return decode(self.body, declared)


@dataclass(frozen=True, slots=True)
class Manners:
    """How hosts are treated. ``pause``: seconds between an answer and the next request to the same host.

    ``longest``: the longest pause, Crawl-delay or Retry-After that is waited for; a host that asks for more is left
    alone for the rest of the run. ``retries`` follow after ``backoff`` seconds, twice as many each time.
    """

    pause: float = 2.0
    retries: int = 2
    backoff: float = 3.0
    longest: float = 60.0
    workers: int = 16
    robots: bool = True


DEFAULT_MANNERS = Manners()


class Fetcher:
    """Asks pages; addresses, pauses and what robots.txt says are remembered while it lives. For one thread a time."""

    def __init__(
        self,
        contact: str = "",
        *,
        policy: Policy = public_only,
        resolve: Resolver | None = None,
        caps: Caps = DEFAULT_CAPS,
        manners: Manners = DEFAULT_MANNERS,
        roots: str = "",
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Take the ``contact`` (a page or an address) that stands in the user agent, and what a test may replace.

        ``roots``: a file of certificate authorities to trust in place of certifi's.
        """
        self.agent = f"{ROBOT}/{__version__}" + (f" (+{contact})" if contact else "")
        self.caps, self.manners, self._clock, self._now = caps, manners, clock, now
        self._verify: str | bool = roots or True
        self._gate = Gate(policy, resolve or system_addresses, caps, clock)
        self._adapter: HTTPAdapter | None = None
        self._hosts: dict[str, _Host] = {}
        self._origins: dict[str, _Origin] = {}

    def fetch(self, ask: Ask) -> Reply:
        """Ask one page."""
        return next(self.fetch_all([ask]))

    def fetch_all(self, asks: Iterable[Ask]) -> Iterator[Reply]:
        """Yield one reply for each ask, in the order in which they come; closing the generator stops the asking."""
        if self._adapter is None:
            self._adapter = pinned_adapter(self._gate, self.manners.workers)
        run = _Run(self, list(asks))
        try:
            yield from run.replies()
        finally:
            run.stop()

    def close(self) -> None:
        """Close the connections that were kept open."""
        if self._adapter is not None:
            self._adapter.close()

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- one exchange, in a worker's thread

    def _exchange(self, job: _Job) -> Reply:
        """Send one request and read its answer; whatever goes wrong is told in the reply."""
        import requests
        import urllib3

        assert self._adapter is not None
        url = job.url
        headers = {"User-Agent": self.agent, "Accept": _ACCEPT, "Accept-Encoding": "gzip, deflate"}
        headers |= {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"}
        if job.ask.etag:
            headers["If-None-Match"] = job.ask.etag
        if job.ask.last_modified:
            headers["If-Modified-Since"] = job.ask.last_modified

        def told(outcome: str, detail: object = "", **facts: Any) -> Reply:
            return Reply(job.ask, outcome, url, hops=tuple(job.hops), detail=str(detail)[:300], **facts)

        self._gate.begin()
        parts = urlsplit(url)
        fault = self._gate.admit(parts.hostname or "", parts.port or _PORTS[parts.scheme])
        if fault:
            return told(*fault)
        response = None
        try:
            prepared = requests.Request("GET", url, headers=headers).prepare()
            times = (self.caps.connect_seconds, self.caps.seconds)
            response = self._adapter.send(prepared, stream=True, timeout=times, verify=self._verify)
            kept = {name.lower(): value[:2000] for name, value in response.headers.items()}
            outcome = _outcome_of(response.status_code, kept)
            if outcome != "ok":
                return told(outcome, status=response.status_code, headers=kept)
            cap = self.caps.robots_bytes if job.origin is not None else self.caps.bytes
            packed = response.raw.stream(65536, decode_content=False)
            body, fault_in = unpack(packed, kept.get("content-encoding", ""), cap, self.caps.ratio)
            if not fault_in:
                response.raw.release_conn()
                response = None
            return told(fault_in or "ok", status=200, headers=kept, body=body)
        except (requests.exceptions.SSLError, urllib3.exceptions.SSLError) as error:
            return told("tls", error)
        except requests.exceptions.ConnectTimeout as error:
            return told("no_answer", error)
        except (requests.exceptions.ReadTimeout, urllib3.exceptions.ReadTimeoutError) as error:
            return told("timeout", error)
        except requests.exceptions.ConnectionError as error:
            fresh = isinstance(getattr(error.args[0], "reason", None), urllib3.exceptions.NewConnectionError)
            return told("no_answer" if fresh else "broken", error)
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException) as error:
            return told("broken", error)
        except (OSError, ValueError) as error:  # half an answer, a header that is none
            return told("broken", error)
        finally:
            if response is not None:
                response.close()

    def _wait_asked(self, headers: Mapping[str, str]) -> float | None:
        """Return the seconds that Retry-After asks for, as a number or as a date."""
        value = headers.get("retry-after", "").strip()
        if value.isascii() and value.isdigit():
            return float(value[:9])
        with suppress(ValueError, TypeError):
            return max(0.0, parsedate_to_datetime(value).timestamp() - self._now())
        return None


_PORTS = {"http": 80, "https": 443}
_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,text/*;q=0.8,*/*;q=0.1"
_NO_TEXT = ("image/", "video/", "audio/", "font/", "application/pdf", "application/msword", "application/vnd.")
_MOVED = frozenset((301, 302, 303, 307, 308))


def _outcome_of(status: int, headers: Mapping[str, str]) -> str:
    kind = headers.get("content-type", "").lower()
    if status in _MOVED and headers.get("location"):
        return "moved"
    if 200 <= status < 300:
        return "no_text" if kind.startswith(_NO_TEXT) and "xml" not in kind else "ok"
    if status == 304:
        return "unchanged"
    if status in (404, 410):
        return "gone"
    if status in (401, 403, 407, 451):
        return "refused"
    if status in (429, 503):
        return "busy"
    return "failing" if status >= 500 else "error"


def _charset_of(content_type: str) -> str:
    _, _, rest = content_type.lower().partition("charset=")
    return rest.partition(";")[0].strip(" \"'")


# --- turns ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class _Job:
    """One way through hops and retries; ``origin`` is set where robots.txt itself is asked for."""

    ask: Ask
    url: str
    hops: list[str] = field(default_factory=list)
    tries: int = 0
    origin: _Origin | None = None


@dataclass(slots=True, eq=False)
class _Host:
    """One host: what waits for it, and when it may be asked again; ``shut`` is what becomes of all that wait."""

    ready_at: float
    pause: float
    queue: deque[_Job] = field(default_factory=deque)
    busy: bool = False
    shut: tuple[str, str] | None = None


@dataclass(slots=True, eq=False)
class _Origin:
    """What robots.txt says; ``fault`` where it could not be read. ``waiting``: pages until it is known."""

    rules: Protego | None = None
    known: bool = False
    asked: bool = False
    fault: tuple[str, str] | None = None
    waiting: list[_Job] = field(default_factory=list)


class _Run:
    """Workers that take turns: each takes the host that has been ready longest, for one request."""

    def __init__(self, fetcher: Fetcher, asks: list[Ask]) -> None:
        self._fetcher = fetcher
        self._hosts, self._origins = fetcher._hosts, fetcher._origins
        self._manners, self._clock = fetcher.manners, fetcher._clock
        self._turns = threading.Condition()
        self._ready: list[tuple[float, int, _Host]] = []  # a heap of the hosts with work that nobody is busy with
        self._numbers = itertools.count()
        self._open = len(asks)
        self._done: queue.SimpleQueue[Reply | BaseException] = queue.SimpleQueue()
        self._room = threading.Semaphore(2 * fetcher.manners.workers)  # bodies that nobody has taken yet
        self._left = self._open
        with self._turns:
            for ask in asks:
                self._begin(ask)
        wanted = min(fetcher.manners.workers, max(len(self._ready), 1)) if self._open else 0
        self._workers = [threading.Thread(target=self._work, daemon=True) for _ in range(wanted)]

    def replies(self) -> Iterator[Reply]:
        for worker in self._workers:
            worker.start()
        while self._left:
            try:
                reply = self._done.get(timeout=1)  # a wait without end cannot be interrupted on Windows
            except queue.Empty:
                continue
            if isinstance(reply, BaseException):
                raise reply
            self._left -= 1
            if reply.body:
                self._room.release()
            yield reply

    def stop(self) -> None:
        with self._turns:
            self._open = 0
            self._ready.clear()
            for host in self._hosts.values():
                host.queue.clear()
            for origin in self._origins.values():
                origin.waiting.clear()
                origin.asked = origin.known
            self._turns.notify_all()
        for _ in self._workers:
            self._room.release()

    def _begin(self, ask: Ask) -> None:
        fault = fault_of(ask.url)
        url = ""
        if not fault:
            url, fault = _canonical(ask.url)
        if fault:
            self._deliver(Reply(ask, "bad_url", ask.url, detail=fault))
        else:
            self._submit(_Job(ask, url))

    def _submit(self, job: _Job) -> None:
        """Queue a job with its host, behind its robots.txt where that is not known yet; called with the lock held."""
        parts = urlsplit(job.url)
        host = self._host(parts.hostname or "")
        if host.shut is not None:
            self._conclude(job, _shut_out(job, host.shut))
            return
        if job.origin is None and self._manners.robots:
            root = f"{parts.scheme}://{parts.netloc}"
            origin = self._origins.setdefault(root, _Origin())
            if not origin.known:
                origin.waiting.append(job)
                if origin.asked:
                    return
                origin.asked = True
                job = _Job(Ask(root + "/robots.txt"), root + "/robots.txt", origin=origin)
            else:
                fault = origin.fault
                if fault is None and origin.rules is not None and not origin.rules.can_fetch(job.url, ROBOT):
                    fault = "robots", root + "/robots.txt"
                if fault is not None:
                    self._deliver(_shut_out(job, fault))
                    return
        host.queue.append(job)
        if not host.busy and len(host.queue) == 1:
            self._offer(host)

    def _host(self, name: str) -> _Host:
        if name not in self._hosts:
            self._hosts[name] = _Host(self._clock(), self._manners.pause)
        return self._hosts[name]

    def _offer(self, host: _Host) -> None:
        heapq.heappush(self._ready, (host.ready_at, next(self._numbers), host))
        self._turns.notify()

    def _work(self) -> None:
        try:
            while (turn := self._next()) is not None:
                host, job = turn
                reply = self._fetcher._exchange(job)
                if reply.body and job.origin is None:
                    self._room.acquire()
                with self._turns:
                    self._settle(host, job, reply)
        except BaseException as error:  # a fault of ours: told in the thread that asked
            self._done.put(error)

    def _next(self) -> tuple[_Host, _Job] | None:
        """Wait for a host's turn; None when all is done."""
        with self._turns:
            while self._open:
                wait = self._ready[0][0] - self._clock() if self._ready else None
                if wait is not None and wait <= 0:
                    host = heapq.heappop(self._ready)[2]
                    host.busy = True
                    return host, host.queue.popleft()
                self._turns.wait(wait)
            return None

    def _settle(self, host: _Host, job: _Job, reply: Reply) -> None:
        """Decide what follows from an answer, and let the host rest; called with the lock held."""
        if not self._open:  # stopped while it was asked
            host.ready_at, host.busy = self._clock() + host.pause, False
            return
        manners = self._manners
        job.tries += 1
        asked = self._fetcher._wait_asked(reply.headers) if reply.outcome == "busy" else None
        rest = host.pause
        again = False
        if asked is not None and asked > manners.longest:
            host.shut = "busy", f"Retry-After: {asked:.0f}"
        elif reply.outcome in _AGAIN:
            again = job.tries <= manners.retries
            wait = asked if asked is not None else manners.backoff * 2.0 ** (job.tries - 1)
            rest = max(rest, min(wait, manners.longest)) if again or asked is not None else rest
            if not again and reply.outcome in _WHOLE_HOST:
                host.shut = reply.outcome, reply.detail
        elif reply.outcome in _WHOLE_HOST:
            host.shut = reply.outcome, reply.detail
        if again:
            host.queue.appendleft(job)
        elif reply.outcome == "moved":
            self._follow(job, reply)
        else:
            self._conclude(job, reply)
        # After _conclude: robots.txt may have told a Crawl-delay.
        host.ready_at = self._clock() + max(rest, host.pause)
        host.busy = False
        if host.shut is not None:
            waiting, host.queue = host.queue, deque()
            for each in waiting:
                self._conclude(each, _shut_out(each, host.shut))
        if host.queue:
            self._offer(host)

    def _follow(self, job: _Job, reply: Reply) -> None:
        """Go on where a redirect leads, as a new turn of that host."""
        target, fault = _canonical(urljoin(job.url, reply.headers["location"]))
        fault = fault or fault_of(target)
        job.hops.append(job.url)
        job.tries = 0

        def told(outcome: str, detail: str = "") -> Reply:
            return Reply(job.ask, outcome, target or job.url, reply.status, hops=tuple(job.hops), detail=detail)

        if fault:
            self._conclude(job, told("bad_url", fault))
        elif target in job.hops:
            self._conclude(job, told("loop"))
        elif len(job.hops) > self._fetcher.caps.redirects:
            self._conclude(job, told("redirects"))
        else:
            job.url = target
            self._submit(job)

    def _conclude(self, job: _Job, reply: Reply) -> None:
        if job.origin is None:
            self._deliver(reply)
            return
        origin, job.origin.known = job.origin, True
        if reply.outcome in ("ok", "too_large"):
            origin.rules = _rules(reply)
            delay = origin.rules.crawl_delay(ROBOT)
            host = self._host(urlsplit(job.ask.url).hostname or "")
            if delay:
                host.pause = max(host.pause, min(float(delay), self._manners.longest))
        elif reply.outcome in _WHOLE_HOST:
            origin.fault = reply.outcome, reply.detail
        elif reply.outcome in ("busy", "failing", "timeout", "broken"):
            # RFC 9309, 2.3.1.4: a robots.txt that cannot be reached forbids everything.
            origin.fault = "robots_failing", f"{reply.outcome} {reply.status or ''} {reply.detail}".strip()
        for waiting in origin.waiting:
            self._submit(waiting)
        origin.waiting.clear()

    def _deliver(self, reply: Reply) -> None:
        self._open -= 1
        self._done.put(reply)
        if not self._open:
            self._turns.notify_all()


# What is tried again, and what tells of the host as a whole: whoever waits for it need not be told anew.
_AGAIN = frozenset(("busy", "failing", "no_answer", "broken"))
_WHOLE_HOST = frozenset(("no_host", "no_answer", "private", "tls"))


def _shut_out(job: _Job, fault: tuple[str, str]) -> Reply:
    """Return the reply of a job that is not even asked."""
    return Reply(job.ask, fault[0], job.url, hops=tuple(job.hops), detail=fault[1])


def _rules(reply: Reply) -> Protego:
    from protego import Protego

    return Protego.parse(reply.read().text)


def _canonical(url: str) -> tuple[str, str]:
    """Return an address as it is sent (host in ASCII, path quoted, no fragment), or what is wrong with it."""
    import requests

    try:
        prepared = requests.Request("GET", url.partition("#")[0]).prepare().url or ""
        return (prepared, "") if urlsplit(prepared).port != 0 else ("", "port 0")
    except (requests.exceptions.RequestException, ValueError) as error:
        return "", str(error)[:300]
