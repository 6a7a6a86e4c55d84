"""Encrypted pages: the connection goes to the address that was checked, the certificate is held against the name."""

from __future__ import annotations

import datetime
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from copykit.channels.links import Verifier
from copykit.corpus.fetch import Ask, Fetcher
from copykit.corpus.wire import Caps
from copykit.datafiles import bundled
from copykit.model import PlacedLink
from tests.web import QUICK, SMALL, Page, Web, moved, serving, silent

LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
FAR = datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC)


@pytest.fixture(scope="module")
def ours() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def roots(ours: trustme.CA, tmp_path: Path) -> str:
    """Return the file of authorities that the fetcher trusts: ours alone."""
    ours.cert_pem.write_to_path(tmp_path / "roots.pem")
    return str(tmp_path / "roots.pem")


@contextmanager
def secure(leaf: trustme.LeafCert) -> Iterator[Web]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    with serving(context) as web:
        yield web


def test_a_page_is_read_over_tls_at_the_pinned_address_under_its_own_name(ours: trustme.CA, roots: str) -> None:
    with secure(ours.issue_cert("shop.example", "xn--fiq228c.example")) as web:
        web.pages |= {"/a": Page("<p>甲</p>"), "/b": Page("<p>乙</p>")}
        answers = iter([["127.0.0.1"], ["10.0.0.1"]])  # a name that would lead inside the second time
        fetcher = web.fetcher(roots=roots, resolve=lambda host, port: next(answers))
        assert [fetcher.fetch(Ask(web.url(f"shop.example/{name}"))).outcome for name in "ab"] == ["ok", "ok"]
        assert set(web.greeted) == {"shop.example"}
        assert {asked.headers["host"] for asked in web.asked} == {f"shop.example:{web.port}"}
        assert next(answers) == ["10.0.0.1"]


def test_a_chinese_name_is_greeted_and_checked_in_ascii(ours: trustme.CA, roots: str) -> None:
    with secure(ours.issue_cert("xn--fiq228c.example")) as web:
        web.pages["/"] = Page("<p>到了</p>")
        assert web.fetcher(roots=roots).fetch(Ask(web.url("中文.example/"))).outcome == "ok"
        assert set(web.greeted) == {"xn--fiq228c.example"}


# What is wrong with a certificate, and the words of the library that tell of it.
@pytest.mark.parametrize(
    ("names", "more", "told"),
    [
        (("other.example",), {}, "Hostname mismatch"),
        (("example",), {}, "Hostname mismatch"),
        (("*.example.example",), {}, "Hostname mismatch"),
        (("127.0.0.1",), {}, "Hostname mismatch"),
        (("shop.example",), {"not_after": LONG_AGO, "not_before": LONG_AGO.replace(year=2019)}, "expired"),
        (("shop.example",), {"not_before": FAR, "not_after": FAR.replace(year=2100)}, "not yet valid"),
    ],
    ids=["another host", "the parent", "a wildcard of another", "an address", "expired", "not yet valid"],
)
def test_a_certificate_that_does_not_hold_is_refused_before_anything_is_asked(
    ours: trustme.CA, roots: str, names: tuple[str, ...], more: dict[str, datetime.datetime], told: str
) -> None:
    with secure(ours.issue_cert(*names, **more)) as web:  # type: ignore[arg-type]
        web.pages["/"] = Page("<p>不该读到</p>")
        reply = web.fetcher(roots=roots).fetch(Ask(web.url("shop.example/")))
        assert (reply.outcome, reply.status, reply.body) == ("tls", 0, b"")
        assert told in reply.detail
        assert not web.asked


def test_a_name_over_an_address_without_one_is_refused(ours: trustme.CA, roots: str) -> None:
    with secure(ours.issue_cert("shop.example")) as web:
        assert web.fetcher(roots=roots).fetch(Ask(web.url("127.0.0.1/"))).outcome == "tls"
        assert not web.asked


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_an_unknown_authority_is_refused_whatever_the_environment_says(
    ours: trustme.CA, roots: str, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, roots)
    with secure(ours.issue_cert("shop.example")) as web:
        web.pages["/"] = Page("<p>不该读到</p>")
        reply = web.fetcher().fetch(Ask(web.url("shop.example/")))
        assert (reply.outcome, web.asked) == ("tls", [])
        assert "certificate verify failed" in reply.detail


def test_every_hop_is_checked_anew(ours: trustme.CA, roots: str) -> None:
    with secure(ours.issue_cert("shop.example")) as web:
        web.pages |= {
            "shop.example/in": moved("https://192.168.0.1/"),
            "shop.example/mapped": moved("https://[::ffff:127.0.0.1]/"),
            "shop.example/other": moved(web.url("other.example/")),
        }
        web.names |= {host: [host] for host in ("192.168.0.1", "::ffff:127.0.0.1")}
        fetcher = web.fetcher(roots=roots)
        found = {
            path: fetcher.fetch(Ask(web.url(f"shop.example/{path}"))).outcome for path in ("in", "mapped", "other")
        }
        assert found == {"in": "private", "mapped": "private", "other": "tls"}
        assert all(asked.host == "shop.example" for asked in web.asked)


def test_a_server_without_tls_and_one_that_never_greets_are_told(web: Web, roots: str) -> None:
    plain = web.fetcher(roots=roots).fetch(Ask(f"https://shop.example:{web.port}/"))
    assert plain.outcome == "tls"
    # A listening socket takes connections without anybody greeting them.
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        fetcher = Fetcher(
            resolve=lambda host, _: ["127.0.0.1"],
            policy=lambda address, at: at == port,
            caps=Caps(seconds=0.5, connect_seconds=0.3),
            manners=QUICK,
            roots=roots,
        )
        reply = fetcher.fetch(Ask(f"https://shop.example:{port}/"))
        assert reply.outcome == "robots_failing"
        assert "timed out" in reply.detail


def test_an_encrypted_answer_that_never_ends_is_left_when_its_time_is_up(ours: trustme.CA, roots: str) -> None:
    with secure(ours.issue_cert("shop.example")) as web:
        web.pages["/slow"] = silent
        reply = web.fetcher(roots=roots, caps=Caps(seconds=0.5)).fetch(Ask(web.url("shop.example/slow")))
        assert reply.outcome == "timeout"


def test_a_link_on_an_encrypted_page_is_found_and_a_bad_certificate_is_no_lost_link(
    ours: trustme.CA, roots: str
) -> None:
    with secure(ours.issue_cert("good.example")) as web:
        web.pages["/"] = Page('<p>友链 <a href="https://shop.example/">睫毛小铺</a></p>')
        placed = [PlacedLink(web.url(f"{host}.example/"), "https://shop.example/") for host in ("good", "bad")]
        fetcher = web.fetcher(roots=roots, caps=SMALL)
        checks = {
            check.placed.page: check
            for check, _ in Verifier(bundled()).verify(placed, fetcher, {}, "2026-11-22T08:00:00")
        }
        good, bad = (checks[each.page] for each in placed)
        assert (good.state, bad.state) == ("ok", "unreachable")
        assert [(reason.code, reason.now) for reason in bad.reasons] == [("outcome", "tls")]
