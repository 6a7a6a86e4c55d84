"""Pages are asked politely and safely, and whatever goes wrong is told as a value."""

from __future__ import annotations

import itertools
import socket
import time
from collections import defaultdict
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.corpus.address import fault_of, public_only
from copykit.corpus.fetch import OUTCOMES, Ask, Fetcher, Manners
from copykit.corpus.wire import Caps, unpack
from tests.web import (
    QUICK,
    SMALL,
    Page,
    Web,
    babbling,
    dripping,
    dripping_body,
    endless,
    hanging_up,
    moved,
    packed,
    silent,
)

# --- addresses ------------------------------------------------------------------------------------------------------

PUBLIC = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "114.114.114.114", "2400:3200::1"]
INWARD = [
    *("127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "0.0.0.0", "224.0.0.1"),
    *("255.255.255.255", "240.0.0.1", "100.64.0.1", "100.100.100.200", "192.0.0.8", "192.0.2.1", "198.18.0.1"),
    *("192.88.99.1", "::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::127.0.0.1"),
    *("::ffff:93.184.215.14", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "2001:db8::1"),
    *("3fff::1", "5f00::1"),
]


@pytest.mark.parametrize("address", PUBLIC)
def test_the_open_internet_may_be_asked(address: str) -> None:
    assert public_only(ip_address(address), 443)


@pytest.mark.parametrize("address", INWARD)
def test_what_leads_inside_may_not(address: str) -> None:
    assert not public_only(ip_address(address), 80)


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_never_asked(address: object) -> None:
    assert not public_only(ip_address(f"::ffff:{address}"), 80)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://a/",
        "file:///etc/passwd",
        "http://",
        "http://user:word@a/",
        "http://a\\b/",
        "http://a/ b",
        "http://a/\n",
        "//a/",
        "gopher://a",
        "http://:80/",
        "http://a/" + "x" * 2000,
    ],
)
def test_what_is_no_address_is_not_asked(url: str) -> None:
    assert fault_of(url)
    assert Fetcher(resolve=lambda host, port: pytest.fail("resolved")).fetch(Ask(url)).outcome == "bad_url"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "localhost",
        "0",
        "[fe80::1%25lo]",
    ],
)
def test_the_loopback_is_refused_however_it_is_written(web: Web, host: str) -> None:
    reply = Fetcher(manners=QUICK).fetch(Ask(f"http://{host}:{web.port}/"))
    assert reply.outcome in ("private", "no_host", "bad_url")
    assert not web.asked


def test_the_environment_relaxes_nothing(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{web.port}")
    monkeypatch.setenv("NO_PROXY", "")
    reply = Fetcher(resolve=lambda host, port: ["192.168.7.7"], manners=QUICK).fetch(Ask("http://shop.example/"))
    assert reply.outcome == "private"
    assert not web.asked


def test_a_name_is_resolved_once_and_its_address_is_kept(web: Web) -> None:
    web.pages |= {"/a": Page("甲"), "/b": Page("乙")}
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])
    fetcher = Fetcher(resolve=lambda host, port: next(answers), policy=web.policy, manners=QUICK)
    assert fetcher.fetch(Ask(web.url("shop.example/a"))).outcome == "ok"
    assert fetcher.fetch(Ask(web.url("shop.example/b"))).outcome == "ok"
    assert next(answers) == ["127.0.0.2"]


def test_of_several_addresses_only_allowed_ones_are_tried_and_the_next_where_one_does_not_answer(web: Web) -> None:
    web.pages["/"] = Page("到了")
    with socket.socket() as closed:
        closed.bind(("127.0.0.3", web.port))  # bound, not listening
        web.names["shop.example"] = ["10.0.0.1", "127.0.0.3", "127.0.0.1"]
        fetcher = Fetcher(
            resolve=web.resolve, policy=lambda address, port: address.is_loopback, caps=SMALL, manners=QUICK
        )
        assert fetcher.fetch(Ask(web.url("shop.example/"))).outcome == "ok"


# --- outcomes -------------------------------------------------------------------------------------------------------

# path, answer, outcome, status
BEHAVIOUR = [
    ("/ok", Page("<p>好</p>"), "ok", 200),
    ("/empty", Page("", 204), "ok", 200),
    ("/gone", Page("没了", 410), "gone", 410),
    ("/missing", Page("没了", 404), "gone", 404),
    ("/secret", Page("登录", 403), "refused", 403),
    ("/odd", Page("", 418), "error", 418),
    ("/failing", Page("", 500), "failing", 500),
    ("/busy", Page("", 429), "busy", 429),
    ("/image", Page(b"GIF89a", 200, {"Content-Type": "image/gif"}), "no_text", 200),
    ("/large", Page("好" * 700_000), "too_large", 200),
    ("/endless", endless, "too_large", 200),
    ("/bomb", packed(b"0" * 3_000_000), "bomb", 200),
    ("/bomb-deflate", packed(b"0" * 3_000_000, "deflate"), "bomb", 200),
    ("/broken-gzip", Page(b"no gzip", 200, {"Content-Encoding": "gzip"}), "broken", 200),
    ("/twice", Page(b"x", 200, {"Content-Encoding": "gzip, gzip"}), "unreadable", 200),
    ("/brotli", Page(b"x", 200, {"Content-Encoding": "br"}), "unreadable", 200),
    ("/babbling", babbling, "broken", 0),
    ("/hanging-up", hanging_up, "broken", 0),
    ("/loop", moved("/loop"), "loop", 302),
    ("/to-file", moved("file:///etc/passwd"), "bad_url", 302),
    ("/to-account", moved("http://a:b@shop.example/"), "bad_url", 302),
    ("/to-loopback", moved("http://localhost.inside/"), "private", 0),
    ("/to-mapped", moved("http://[::ffff:127.0.0.1]/"), "private", 0),
    ("/to-cloud", moved("http://169.254.169.254/latest/meta-data/"), "private", 0),
    ("/to-nowhere", moved("http://a.nowhere/"), "no_host", 0),
]


@pytest.mark.parametrize(("path", "answer", "outcome", "status"), BEHAVIOUR, ids=[row[0] for row in BEHAVIOUR])
def test_whatever_a_server_does_is_told(web: Web, path: str, answer: object, outcome: str, status: int) -> None:
    web.pages[path] = answer  # type: ignore[assignment]
    web.names |= {"localhost.inside": ["127.0.0.1"], "169.254.169.254": ["169.254.169.254"]}
    web.names["::ffff:127.0.0.1"] = ["::ffff:127.0.0.1"]
    reply = web.fetcher().fetch(Ask(web.url("shop.example" + path)))
    assert (reply.outcome, reply.status) == (outcome, status), reply.detail
    assert len(reply.body) <= SMALL.bytes
    assert outcome in OUTCOMES


@pytest.mark.parametrize("answer", [dripping, dripping_body, silent], ids=lambda answer: answer.__name__)
def test_an_answer_that_never_ends_is_left_when_its_time_is_up(web: Web, answer: object) -> None:
    web.pages["/slow"] = answer  # type: ignore[assignment]
    reply = web.fetcher(caps=Caps(seconds=0.4)).fetch(Ask(web.url("shop.example/slow")))
    assert reply.outcome == "timeout"
    assert web.paths() == ["/slow"]  # and is not asked for again


def test_who_does_not_answer_is_told_for_all_its_pages_after_one_was_tried() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        fetcher = Fetcher(resolve=lambda host, port: ["127.0.0.1"], policy=lambda *_: True, manners=QUICK)
        asks = [Ask(f"http://shop.example:{port}/{number}") for number in range(200)]
        assert {reply.outcome for reply in fetcher.fetch_all(asks)} == {"no_answer"}


def test_a_page_in_gbk_is_text_whatever_its_head_says(web: Web) -> None:
    text = "<title>連衣裙</title><p>友情链接</p>"
    web.pages["/gbk"] = Page(text.encode("gbk"), 200, {"Content-Type": "text/html; charset=gb2312"})
    web.pages["/lie"] = Page(text.encode("gbk"), 200, {"Content-Type": "text/html; charset=utf-8"})
    web.pages["/none"] = packed(text.encode("gbk"))
    for path in ("/gbk", "/lie", "/none"):
        assert web.fetcher().fetch(Ask(web.url("shop.example" + path))).read().text == text


def test_redirects_are_followed_and_told(web: Web) -> None:
    web.pages |= {"/a": moved("/b", 301), "/b": moved(web.url("other.example/c"), 307), "/c": Page("到了")}
    reply = web.fetcher().fetch(Ask(web.url("shop.example/a")))
    assert (reply.outcome, reply.url) == ("ok", web.url("other.example/c"))
    assert reply.hops == (web.url("shop.example/a"), web.url("shop.example/b"))
    assert web.paths("other.example", robots=True) == ["/robots.txt", "/c"]


def test_too_many_redirects_are_not_followed(web: Web) -> None:
    web.pages |= {f"/{number}": moved(f"/{number + 1}") for number in range(20)}
    assert web.fetcher().fetch(Ask(web.url("shop.example/0"))).outcome == "redirects"
    assert len(web.paths()) == SMALL.redirects + 1


def test_what_did_not_change_is_not_sent_again(web: Web) -> None:
    web.pages["/"] = Page("好", etag='"1"')
    first = web.fetcher().fetch(Ask(web.url("shop.example/")))
    reply = web.fetcher().fetch(Ask(web.url("shop.example/"), etag=first.headers["etag"], last_modified="yesterday"))
    assert (reply.outcome, reply.status, reply.body) == ("unchanged", 304, b"")
    assert web.asked[-1].headers["if-modified-since"] == "yesterday"


# --- manners --------------------------------------------------------------------------------------------------------


def test_one_request_at_a_time_and_a_pause_after_each_answer(web: Web) -> None:
    web.pages |= {f"/{number}": Page("好") for number in range(8)}
    pause = 0.03
    fetcher = web.fetcher(Manners(pause=pause, workers=8))
    asks = [Ask(web.url(f"h{host}.example/{number}")) for number in range(8) for host in range(6)]
    assert {reply.outcome for reply in fetcher.fetch_all(asks)} == {"ok"}
    by_host = defaultdict(list)
    for asked in web.asked:
        by_host[asked.host].append(asked)
    assert len(by_host) == 6
    for each in by_host.values():
        assert sorted(asked.path for asked in each) == sorted([*(f"/{n}" for n in range(8)), "/robots.txt"])
        assert all(later.began - earlier.ended >= pause for earlier, later in itertools.pairwise(each))


def test_robots_are_obeyed_asked_once_and_their_delay_is_kept(web: Web) -> None:
    robots = (
        "User-agent: other\nDisallow: /\n\nUser-agent: copykit\nDisallow: /*.php$\nDisallow: /in\nAllow: /in/open\n"
    )
    web.pages |= {"/robots.txt": Page(robots + "Crawl-delay: 0.05\n"), "/in/open": Page("好"), "/a.php?x": Page("好")}
    asks = [Ask(web.url("shop.example" + path)) for path in ("/in/open", "/in/shut", "/a.php", "/a.php?x")]
    replies = {reply.ask.url: reply.outcome for reply in web.fetcher().fetch_all(asks)}
    assert [replies[ask.url] for ask in asks] == ["ok", "robots", "robots", "ok"]
    assert web.paths(robots=True) == ["/robots.txt", "/in/open", "/a.php?x"]
    assert all(b.began - a.ended >= 0.05 for a, b in zip(web.asked, web.asked[1:], strict=False))


@pytest.mark.parametrize(
    ("robots", "outcome"),
    [
        (Page("", 404), "ok"),
        (Page("", 403), "ok"),
        (Page("", 500), "robots_failing"),
        (Page("", 429), "robots_failing"),
        (hanging_up, "robots_failing"),
        (Page("User-agent: *\nDisallow: /\n" + "# \n" * 200_000), "robots"),
        (Page("<html>no rules</html>"), "ok"),
        (moved("/rules.txt"), "robots"),
        (moved("/robots.txt"), "ok"),
    ],
)
def test_robots_that_cannot_be_read(web: Web, robots: object, outcome: str) -> None:
    web.pages |= {"/": Page("好"), "/robots.txt": robots, "/rules.txt": Page("User-agent: *\nDisallow: /")}  # type: ignore[dict-item]
    assert web.fetcher().fetch(Ask(web.url("shop.example/"))).outcome == outcome
    assert ("/" in web.paths()) == (outcome == "ok")


def test_who_is_busy_is_asked_again_when_it_said(web: Web) -> None:
    when = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(1_000_000_001))
    web.pages["/"] = [Page("", 429, {"Retry-After": "0"}), Page("", 503, {"Retry-After": when}), Page("好")]
    fetcher = web.fetcher(Manners(pause=0, backoff=0.01, longest=5), now=lambda: 1_000_000_000.9)
    assert fetcher.fetch(Ask(web.url("shop.example/"))).outcome == "ok"
    assert web.paths() == ["/", "/", "/"]
    assert web.asked[-1].began - web.asked[-2].ended >= 0.1


def test_who_wants_to_be_left_alone_for_long_is_left_alone(web: Web) -> None:
    web.pages |= {f"/{number}": Page("", 429, {"Retry-After": "3600"}) for number in range(5)}
    web.pages["other.example/0"] = Page("好")
    asks = [Ask(web.url(f"shop.example/{number}")) for number in range(5)] + [Ask(web.url("other.example/0"))]
    outcomes = [reply.outcome for reply in web.fetcher().fetch_all(asks)]
    assert sorted(outcomes) == ["busy"] * 5 + ["ok"]
    assert web.paths("shop.example") == ["/0"]


def test_a_server_that_recovers_is_read(web: Web) -> None:
    web.pages["/"] = [Page("", 502), hanging_up, Page("好")]
    assert web.fetcher().fetch(Ask(web.url("shop.example/"))).outcome == "ok"


def test_one_that_never_recovers_is_asked_three_times(web: Web) -> None:
    web.pages["/"] = Page("", 500)
    assert web.fetcher().fetch(Ask(web.url("shop.example/"))).outcome == "failing"
    assert web.paths() == ["/"] * 3


def test_who_asks_says_who_it_is(web: Web) -> None:
    web.pages["/"] = Page("好")
    web.fetcher().fetch(Ask(web.url("shop.example/")))
    assert web.asked[-1].headers["user-agent"].startswith("copykit/")
    assert "(+test@copykit.example)" in web.asked[-1].headers["user-agent"]
    assert "cookie" not in web.asked[-1].headers


def test_a_run_that_is_left_asks_no_more_and_the_fetcher_lives_on(web: Web) -> None:
    web.pages |= {f"/{number}": Page("好") for number in range(50)}
    fetcher = web.fetcher(Manners(pause=0.02))
    replies = fetcher.fetch_all([Ask(web.url(f"shop.example/{number}")) for number in range(50)])
    assert next(replies).outcome == "ok"
    replies.close()  # type: ignore[attr-defined]
    time.sleep(0.3)
    asked = len(web.asked)
    time.sleep(0.3)
    assert len(web.asked) == asked < 50
    assert fetcher.fetch(Ask(web.url("shop.example/49"))).outcome == "ok"


def test_replies_are_held_back_until_somebody_takes_them(web: Web) -> None:
    web.pages |= {f"/{number}": Page("好") for number in range(40)}
    asks = [Ask(web.url(f"h{number}.example/{number}"), note=number) for number in range(40)]
    replies = web.fetcher(Manners(pause=0, workers=3)).fetch_all(asks)
    first = next(replies)
    time.sleep(0.3)
    assert len(web.paths()) <= 10
    assert sorted([first.ask.note, *(reply.ask.note for reply in replies)]) == list(range(40))


# --- unpacking ------------------------------------------------------------------------------------------------------


@given(st.binary(max_size=5_000), st.sampled_from(["gzip", "deflate", "raw"]), st.integers(1, 700))
def test_what_was_packed_is_unpacked_however_it_was_cut(data: bytes, form: str, size: int) -> None:
    import gzip
    import zlib

    raw = zlib.compressobj(wbits=-15)
    small = {"gzip": gzip.compress, "deflate": zlib.compress, "raw": lambda d: raw.compress(d) + raw.flush()}[form](
        data
    )
    parts = [small[start : start + size] for start in range(0, len(small), size)]
    if form == "raw" and small[:1] and small[0] & 15 == 8:
        return  # such a beginning says that a head of zlib's follows
    assert unpack(parts, "deflate" if form == "raw" else form, 10_000, 150) == (data, "")


@given(st.integers(1, 400), st.integers(1, 2_000_000))
def test_nothing_is_unpacked_beyond_its_cap(most: int, size: int) -> None:
    import gzip

    body, fault = unpack([gzip.compress(b"0" * size)], "gzip", most, 10_000)
    assert body == b"0" * min(size, most)
    assert (fault == "too_large") == (size > most)
