"""Ten thousand links on 32 hosts, asked politely: a server of our own, in a process of its own, confirms it.

The rate is the measure's own (a pause of 20 ms instead of 2 s); everything else is what ``links verify`` does.
"""

from __future__ import annotations

import http.server
import multiprocessing
import resource
import threading
import time
from collections import Counter, defaultdict
from ipaddress import IPv4Address
from itertools import pairwise
from pathlib import Path
from typing import Any

from copykit.channels.links import Verifier
from copykit.corpus.fetch import Fetcher, Manners
from copykit.datafiles import bundled
from copykit.model import PlacedLink

LINKS, HOSTS, PAUSE = 10_000, 32, 0.02
SHOP = "https://shop.example/"
FILL = "<p>刷头是弯的，单眼皮也能刷到根部，<a href='/about'>第一次</a>用不会戳到眼睛。</p>" * 20
# How the links of a page stand, by the page's number; the rest are there.
LOST, NOFOLLOW, GONE = 3, 7, 11


def run(data: Path | None) -> None:
    """Verify the links and print what the server saw."""
    placed = []
    while len(placed) < LINKS:
        number = len(placed) * 4 // 5  # every fifth page has two of our links
        url = f"http://h{number % HOSTS:02}.example:{{port}}/p/{number}"
        placed.append((url, SHOP if not placed or placed[-1][0] != url else SHOP + "sale"))
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    server.start()
    port = ours.recv()
    wanted = [PlacedLink(url.format(port=port), link) for url, link in placed]
    fetcher = Fetcher(
        "bench",
        policy=lambda address, at: (address, at) == (IPv4Address("127.0.0.1"), port),
        resolve=lambda host, at: ["127.0.0.1"],
        manners=Manners(pause=PAUSE, workers=HOSTS),
    )
    begun = time.perf_counter()
    states: Counter[str] = Counter()
    wrong = 0
    for check, _ in Verifier(bundled()).verify(wanted, fetcher, {}, "2026-11-22T08:00:00"):
        states[check.state] += 1
        wrong += check.state != _expected(int(check.placed.page.rpartition("/")[2]))
    seconds = time.perf_counter() - begun
    ours.send("done")
    asked: list[tuple[str, str, float, float]] = ours.recv()
    server.join()
    pages = {(host, path) for host, path, _, _ in asked if path != "/robots.txt"}
    by_host = defaultdict(list)
    for host, _, began, ended in asked:
        by_host[host].append((began, ended))
    gaps = [later[0] - earlier[1] for each in by_host.values() for earlier, later in pairwise(sorted(each))]
    twice = [page for page, times in Counter((host, path) for host, path, _, _ in asked).items() if times > 1]
    least = (len(pages) // HOSTS) * PAUSE
    print(f"links {len(wanted):,} on {len(pages):,} pages of {len(by_host)} hosts in {seconds:.1f} s", end="")
    print(f" ({len(pages) / seconds:,.0f} pages/s; the pauses alone take {least:.1f} s)")
    print(f"states {dict(states.most_common())}, wrong {wrong}")
    print(f"the server saw: least pause {1000 * min(gaps):.1f} ms of {1000 * PAUSE:.0f} ms asked, ", end="")
    print(f"{sum(gap < 0 for gap in gaps)} requests beside another to the same host")
    print(f"fetched twice {len(twice)}; robots.txt {sum(path == '/robots.txt' for _, path, _, _ in asked)} times")
    print(f"memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _expected(number: int) -> str:
    if number % 100 == GONE or number % 100 == LOST:
        return "lost"
    return "nofollow" if number % 100 == NOFOLLOW else "ok"


def _serve(pipe: Any) -> None:
    asked: list[tuple[str, str, float, float]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            began = time.monotonic()
            state, body = 200, FILL
            if self.path == "/robots.txt":
                body = "User-agent: *\nDisallow: /private\n"
            else:
                number = int(self.path.rpartition("/")[2]) % 100
                rel = " rel=nofollow" if number == NOFOLLOW else ""
                if number == GONE:
                    state = 404
                elif number != LOST:
                    body += f"<a{rel} href='{SHOP}'>睫毛小铺</a><a{rel} href='{SHOP}sale'>在打折</a>"
            data = f"<title>页</title>{body}".encode() if state == 200 else b""
            self.send_response(state)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            # Noted before the answer is sent, so that no pause is thought longer than it was.
            asked.append((self.headers["Host"].partition(":")[0], self.path, began, time.monotonic()))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pipe.send(server.server_address[1])
    pipe.recv()
    server.shutdown()
    pipe.send(asked)
