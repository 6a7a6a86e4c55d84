"""A report that collects its sources and looks after its links, against a web of our own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from copykit.cli import run
from copykit.cli import web as web_cli
from copykit.corpus.fetch import Ask, Fetcher, Reply
from tests.web import Page, Web

DAY = ["--today", "2026-11-23"]
NOTES = (
    "三合一冲锋衣下雨天穿，帽子够大，骑车不灌风",
    "三合一冲锋衣内胆可以拆，办公室只穿里面那层",
    "羽绒服可机洗的这件洗了两次没跑绒",
    "可机洗的羽绒服晒一天就蓬起来了",
    "儿童羽绒裤膝盖那里加了一层，爬一天没破",
    "轻薄羽绒服塞进包里不占地方",
)


@pytest.fixture
def shop(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project whose report collects a feed, a page and local notes."""
    monkeypatch.setattr(web_cli, "open_fetcher", lambda contact, pause, start=None: web.fetcher())
    (tmp_path / "copykit.toml").touch()
    items = "".join(
        f"<item><title>笔记{number}</title><link>{web.url(f'b.example/{number}')}</link>"
        f"<pubDate>Wed, {18 if number else 11} Nov 2026 08:00:00 +0800</pubDate></item>"
        for number in range(len(NOTES))
    )
    web.pages["b.example/rss"] = Page(f"<rss version='2.0'><channel>{items}</channel></rss>")
    for number, note in enumerate(NOTES):
        web.pages[f"b.example/{number}"] = Page(
            f"<title>笔记{number}</title><meta property='article:published_time' content='2026-11-1"
            f"{8 if number else 1}'><p>{note}。{note}，{number} 号买家写的，用了一个月再来说。</p>"
        )
    (tmp_path / "导出").mkdir()
    (tmp_path / "导出" / "2026-11-16.txt").write_text("冲锋衣的拉链顺不顺，买之前先问一声客服\n", "utf-8")
    (tmp_path / "周报.toml").write_text(
        f'name = "竞品周报"\nkind = "article"\n[[source]]\nname = "竞品"\ncollect = ["{web.url("b.example/rss")}", '
        '"导出/{start}.txt"]\n',
        "utf-8",
    )
    return tmp_path


def report(shop: Path, *options: str) -> int:
    return run(["report", "run", str(shop / "周报.toml"), "--quiet", *DAY, *options])


def files(shop: Path, label: str = "2026-W47") -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((shop / "报告" / label).iterdir())}


def told(shop: Path, label: str = "2026-W47") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files(shop, label)["report.json"])
    return found


def test_sources_are_collected_before_they_are_read(shop: Path, web: Web) -> None:
    assert report(shop) == 0
    # The local file tells no day: it is of the period just over. One note is of the week before.
    assert told(shop)["sources"] == [
        {"name": "竞品", "documents": 6, "ok": True, "detail": "", "figure": None, "share": None}
    ]
    assert "第一期" not in "".join(told(shop)["lead"])
    before = files(shop)
    assert report(shop, "--force") == 0
    assert files(shop) == before
    asked = len(web.asked)
    assert report(shop, "--force", "--offline") == 0
    assert len(web.asked) == asked
    assert "没有联网" in "".join(told(shop)["notes"])


def test_a_source_that_fails_stands_in_the_report_and_stops_nothing(
    shop: Path, web: Web, capsys: pytest.CaptureFixture[str]
) -> None:
    del web.pages["b.example/3"]
    with (shop / "周报.toml").open("a", encoding="utf-8") as out:
        out.write('[[source]]\nname = "论坛"\ncollect = ["http://forum.nowhere/rss", "没有.txt"]\n')
    assert report(shop) == 3
    assert "域名查不到" in capsys.readouterr().err
    good, bad = told(shop)["sources"]
    assert good["ok"]
    assert "1 页没抓到" in good["detail"]
    assert not bad["ok"]
    assert "域名查不到" in bad["detail"]
    assert "没有.txt" in bad["detail"]
    assert told(shop)["lead"][0] == "这期没读到“论坛”，下面的数里没有它。"
    before = files(shop)
    capsys.readouterr()
    assert run(["report", "run", str(shop / "周报.toml"), *DAY]) == 3
    assert files(shop) == before
    assert "有 1 处来源那次没读到，现在还是没读到" in capsys.readouterr().err
    assert report(shop, "--force") == 3
    assert files(shop) == before
    # The week after it fails in the same way, and the report says so.
    assert report(shop, "--today", "2026-11-30") == 3
    assert "上期也是" in told(shop, "2026-W48")["sources"][1]["detail"]


@pytest.mark.parametrize("replies", [0, 1, 2, 4, 6])
def test_a_run_that_was_broken_off_ends_as_one_that_was_not(
    shop: Path, web: Web, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, replies: int
) -> None:
    del web.pages["b.example/3"]
    whole = tmp_path_factory.mktemp("whole")
    (whole / "copykit.toml").touch()
    (whole / "导出").mkdir()
    for name in ("周报.toml", "导出/2026-11-16.txt"):
        (whole / name).write_bytes((shop / name).read_bytes())
    assert report(whole) == 0
    real = Fetcher.fetch_all
    left = replies

    def cut_off(self: Fetcher, asks: list[Ask]) -> Iterator[Reply]:
        nonlocal left
        for reply in real(self, asks):
            if not left:
                raise KeyboardInterrupt
            left -= 1
            yield reply

    with monkeypatch.context() as patched:
        patched.setattr(Fetcher, "fetch_all", cut_off)
        assert report(shop) == 130
    assert not (shop / "报告" / "2026-W47").exists()
    assert report(shop) == 0
    ours, theirs = files(shop), files(whole)
    assert {name: data for name, data in ours.items() if name not in ("snapshot.json", "message.json")} == {
        name: data for name, data in theirs.items() if name not in ("snapshot.json", "message.json")
    }


def test_settings_say_what_a_source_lacks(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = shop / "错.toml"
    path.write_text('name = "x"\n[[source]]\nname = "a"\n[[source]]\ncorpus = "c"\n[[source]]\ncorpus = "c"\n', "utf-8")
    assert run(["report", "check", str(path)]) == 2
    err = capsys.readouterr().err
    assert "错.toml:2" in err
    assert "没写数据从哪来" in err
    assert "错.toml:6" in err
    assert "算两遍" in err
    assert run(["report", "check", str(shop / "周报.toml"), *DAY]) == 0
    assert "1 个网址，1 个文件" in capsys.readouterr().out


# --- links ---


LINKED = '<p>好店推荐 <a href="https://shop.example/">禾木冲锋衣</a> 穿了一年。</p>'


@pytest.fixture
def linked(shop: Path, web: Web) -> Path:
    """Return the project with three links to look after."""
    for name in ("one", "two", "three"):
        web.pages[f"{name}.example/"] = Page(LINKED)
    rows = "\n".join(f"{web.url(f'{name}.example/')},https://shop.example/" for name in ("one", "two", "three"))
    (shop / "友链.csv").write_text(f"对方页面,我们的链接\n{rows}\n", "utf-8")
    (shop / "标题.txt").write_text("三合一冲锋衣\n轻薄羽绒服\n", "utf-8")
    (shop / "周报.toml").write_text(
        'name = "周报"\nkind = "title"\n[[source]]\nfiles = ["标题.txt"]\n[links]\nfile = "友链.csv"\n', "utf-8"
    )
    return shop


def test_links_are_looked_at_and_compared_with_the_last_report(linked: Path, web: Web) -> None:
    assert report(linked) == 0
    assert told(linked)["links"] == []
    assert dict(told(linked)["totals"])["查了外链"].endswith("还在 3")
    web.pages["two.example/"] = Page("<p>改版了</p>")
    web.pages["three.example/"] = Page(LINKED.replace("<a ", '<a rel="nofollow" '))
    week_after = ("--today", "2026-11-30")
    assert report(linked, *week_after) == 0
    rows = told(linked, "2026-W48")["links"]
    assert [(row["state"], row["detail"]) for row in rows] == [
        ("lost", "页面还在，链接没有了"),
        ("nofollow", "新加了 nofollow，搜索引擎不再算"),
    ]
    assert "1 条外链没了" in told(linked, "2026-W48")["lead"][-1]
    # Made again it compares with the week before, not with itself.
    before = files(linked, "2026-W48")
    assert report(linked, *week_after, "--force") == 0
    assert files(linked, "2026-W48") == before
    assert report(linked, "--today", "2026-12-07") == 0
    assert told(linked, "2026-W49")["links"][0]["detail"] == "页面还在，链接没有了（2026-11-30 起）"


def test_without_a_network_no_link_is_blamed(
    linked: Path, web: Web, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(linked) == 0
    kept = json.loads(files(linked)["snapshot.json"])["links"]

    def cut(host: str, port: int) -> list[str]:
        raise OSError("no network")

    monkeypatch.setattr(web_cli, "open_fetcher", lambda contact, pause, start=None: web.fetcher(resolve=cut))
    assert report(linked, "--today", "2026-11-30") == 3
    assert told(linked, "2026-W48")["links"] is None
    assert "先看看自己的网络" in "".join(told(linked, "2026-W48")["notes"])
    assert json.loads(files(linked, "2026-W48")["snapshot.json"])["links"] == kept
    text = (linked / "友链.csv").read_text("utf-8")
    (linked / "友链.csv").write_text(f"{text},https://shop.example/\n", "utf-8")
    assert run(["report", "check", str(linked / "周报.toml"), *DAY]) == 2
    assert "第 5 行" in capsys.readouterr().out
