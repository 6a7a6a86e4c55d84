"""The page as a browser shows it: readable on a phone and on paper, asking for nothing, without an error."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from copykit.datafiles import bundled
from copykit.model import Example, LinkRow, PlanLine, Report, SourceRow, TitleRow, WordRow, YearPart
from copykit.render import report as render
from tests.reports import browser
from tests.reports.browser import Browser

LONG = "Columbia哥伦比亚冲锋衣男防水GORE-TEX三合一可拆卸内胆户外登山服2026秋冬新款"
ADDRESS = "https://a-very-long-name-of-a-host.example/" + "a/very/long/path/without/a/blank" * 4


def word(keyword: str, state: str, before: float | None, after: float | None) -> WordRow:
    ratio = after / before if before and after else None
    example = Example("…", keyword, "买回来洗了两次，https://x.example/" + "y" * 40, "评论导出.csv:1024")
    history = (12_345_678.0, None, 3.0, 0.0, before, before, before, after)
    return WordRow(
        *(keyword, state, before, after, ratio, history, (example, example), (LONG, LONG), (LONG,), False),
        *("连涨 3 期；去年这时也涨", (f"copykit titles suggest 护手霜.toml --keyword {keyword}",), 1_234_567.0),
    )


PERIODS = tuple(f"2026-W{number}" for number in range(40, 48))
FULL = Report(
    name="一份名字很长很长的关键词周报，长到手机上一行放不下",
    period="2026-W47",
    days="2026年12月28日—2027年1月3日",
    made_on="2026-11-23",
    measure="次数",
    lead=(f"“{LONG}”增加最多：12,345 → 67,890（次数，+450%，连涨 3 期）。",) * 3,
    words={
        state: tuple(word(f"{LONG}{number}", state, 100.0, 12_345_678.0) for number in range(20))
        for state in ("new", "rising", "falling", "gone")
    },
    own=(word("禾木羽绒服", "rising", 3.0, 9.0),),
    periods=PERIODS,
    totals=(
        ("读了", "100,000 条"),
        ("版本", "copykit 0.1.0"),
        ("查了外链", "120 条链接、98 个页面：还在 97 · 没了 23"),
    ),
    titles=tuple(TitleRow(LONG, 46.9, 51.0, "点出给谁看：怕冷的南方人", LONG) for _ in range(10)),
    links=tuple(
        LinkRow(ADDRESS, ADDRESS, state, "页面还在，链接没有了") for state in ("lost", "nofollow", "unreachable")
    ),
    plan=(PlanLine("小红书笔记", "每周 3 篇", False, "11月16日那周计划 3 次，做了 1 次"),),
    due=(("2026-11-24", LONG),),
    sources=(SourceRow("同行", 1_234_567, False, f"没抓到 {ADDRESS}（连不上）；上期也是"),),
    notes=(f"漏了 2026-W46，补跑：copykit report run {'周报' * 30}.toml --period 2026-W46",),
    commands=("copykit report run 周报.toml --period 2026-W47 --force",),
    year=YearPart("2025-W47", "2025年11月17日—11月23日", (word(LONG, "rising", 3.0, 12_345_678.0),)),
)
EMPTY = replace(
    FULL, words={}, own=(), titles=None, links=(), plan=None, due=(), notes=(), year=YearPart("2025-W47", "", ())
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    found = browser.find()
    if found is None:
        pytest.skip(browser.MISSING)
    with browser.opened(found) as opened:
        yield opened


@pytest.fixture
def page(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    report, lang = request.param
    path = tmp_path / "report.html"
    path.write_text(render.html(report, render.page_template(bundled()), lang), "utf-8")
    return path


PAGES = pytest.mark.parametrize(
    "page", [(FULL, "zh"), (FULL, "en"), (EMPTY, "zh")], indirect=True, ids=["full", "english", "empty"]
)
# What sticks out at the right, except in what scrolls by itself.
STICKS_OUT = """[...document.querySelectorAll("main *")].filter(each => !each.closest(".scroll") &&
  each.getBoundingClientRect().right > innerWidth + 0.5).map(each => each.outerHTML.slice(0, 120))"""
SMALLEST = """Math.min(...[...document.querySelectorAll("main *")]
  .filter(each => each.innerText && each.checkVisibility()).map(each => parseFloat(getComputedStyle(each).fontSize)))"""


@PAGES
@pytest.mark.parametrize("width", [375, 320, 900])
def test_it_fits_the_width(chromium: Browser, page: Path, width: int) -> None:
    chromium.open(page, width)
    assert chromium.value("innerWidth") == width
    assert chromium.value("document.documentElement.scrollWidth") == width
    assert chromium.value(STICKS_OUT) == []
    assert chromium.value(SMALLEST) >= 11
    assert chromium.value('document.querySelectorAll("h2").length') >= 2
    # The figures behind the charts open, and scroll by themselves where they are wider than the window.
    chromium.value('document.querySelectorAll("details").forEach(each => each.open = true)')
    assert chromium.value("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("size", [20, 50])
def test_it_is_never_heavy(size: int) -> None:
    words = {
        state: tuple(word(f"{LONG}{number}", state, 100.0, 12_345_678.0) for number in range(size))
        for state in ("new", "rising", "falling", "gone")
    }
    page = render.html(replace(FULL, words=words), render.page_template(bundled()))
    assert len(page.encode()) <= 300_000
    assert page.count('<section class="word') == 4 * size + 1
    assert "<blockquote>" in page


@PAGES
def test_it_prints_whole(chromium: Browser, page: Path) -> None:
    chromium.open(page, 900)
    closed = chromium.pdf()
    assert closed.startswith(b"%PDF")
    assert 1 <= pages_of(closed) <= 60
    # A page that is printed shows what is folded away on a screen.
    chromium.call("Emulation.setEmulatedMedia", media="print")
    try:
        height = chromium.value("document.documentElement.scrollHeight")
        chromium.value('document.querySelectorAll("details").forEach(each => each.open = true)')
        assert chromium.value("document.documentElement.scrollHeight") == height
        assert chromium.value("document.documentElement.scrollWidth") == 900
    finally:
        chromium.call("Emulation.setEmulatedMedia", media="")


@PAGES
def test_it_asks_for_nothing_and_nothing_goes_wrong(chromium: Browser, page: Path) -> None:
    chromium.asked.clear()
    chromium.errors.clear()
    chromium.open(page, 375)
    chromium.value('document.querySelectorAll("details").forEach(each => each.open = true)')
    chromium.pdf()
    assert chromium.asked == [page.as_uri()]
    assert chromium.errors == []


def test_a_page_that_does_ask_is_noticed(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "bad.html"
    path.write_text("<img src='http://127.0.0.1:9/x.png'><script>nothing.there()</script>", "utf-8")
    chromium.open(path, 375)
    assert "http://127.0.0.1:9/x.png" in chromium.asked
    assert chromium.errors
    chromium.asked.clear()
    chromium.errors.clear()


def pages_of(pdf: bytes) -> int:
    """Count the pages of a PDF, those in packed objects too."""
    found = len(re.findall(rb"/Type\s*/Page\b", pdf))
    for packed in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            found += len(re.findall(rb"/Type\s*/Page\b", zlib.decompress(packed)))
        except zlib.error:
            continue
    return found
