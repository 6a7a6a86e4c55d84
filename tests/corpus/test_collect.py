"""Sources become a corpus: each text once, only what changed, whatever came kept when a run breaks off."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from copykit.corpus import collect as module
from copykit.corpus import near
from copykit.corpus.collect import Collector, Wishes
from copykit.corpus.columns import columns_of
from copykit.corpus.intake import Intake
from copykit.corpus.sources import Sources
from copykit.corpus.store import BadName, CorpusMissing, Store, Stored, corpus_path, find_corpus
from copykit.datafiles import bundled
from copykit.errors import CopykitError, FileMissing
from copykit.model import Collected
from copykit.state import StateUnreadable
from tests.web import Page, Web, moved

COLUMNS = columns_of(bundled().load("columns"), days=True)
FIRST = (
    "刷头是弯的，单眼皮也能刷到根部，第一次用不会戳到眼睛；卸的时候用四十度的温水敷一会儿，轻轻一拉就下来了，"
    "不用卸妆油。出汗多的日子换防水的那支，别的时候用不着。"
)
SECOND = (
    "羽绒服先看充绒量再看蓬松度，标签上都写着；白鸭绒九十以上、充绒量一百五十克，零下十度够穿，回来挂着别压，"
    "来年还蓬。洗的时候翻过来，少放洗衣液，甩干再拍松。"
)
THIRD = (
    "手冲挂耳先闷蒸三十秒，水温九十二度，分三次注水，总共两分钟；水太烫会苦，太凉会酸，磨得细了也会苦，"
    "自己试一次就知道。杯子先用热水烫过，香味留得久一些。"
)
Collect = Callable[..., Collected]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "语料.sqlite3"


@pytest.fixture
def collect(path: Path, web: Web) -> Collect:
    """Collect once into the test's corpus."""

    def call(*sources: str | Path, errors: list[CopykitError] | None = None, **wishes: Any) -> Collected:
        told = errors if errors is not None else []
        given = Wishes(**{"at": "2026-11-22T08:00:00", **wishes})
        with Store(path) as store, web.fetcher() as fetcher:
            collector = Collector(store, bundled(), COLUMNS, given, fetcher=fetcher, on_error=told.append)
            found = collector.collect([str(source) for source in sources])
        assert errors is not None or not told, [error.say("zh") for error in told]
        return found

    return call


def documents(path: Path, **limits: Any) -> list[Stored]:
    with Store(path) as store:
        return list(store.documents(**limits))


def page(text: str, title: str = "题", head: str = "") -> Page:
    return Page(f"<html><head><title>{title}</title>{head}</head><body><p>{text}</p></body></html>", 200)


def counts(found: Collected) -> dict[str, int]:
    names = ("new", "changed", "unchanged", "same", "near", "skipped", "untrusted", "left")
    return {name: getattr(found, name) for name in names if getattr(found, name)}


# --- local files ----------------------------------------------------------------------------------------------------


def test_files_of_every_kind_are_collected_with_their_figures(collect: Collect, path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "源"
    folder.mkdir()
    (folder / "a.txt").write_bytes(FIRST.encode("gbk"))
    (folder / "b.csv").write_text(f"编号,标题,正文,点赞\nx1,羽绒服怎么挑,{SECOND},120\n", "utf-8")
    (folder / "c.html").write_text(f"<title>挂耳怎么冲_某站</title><nav>首页</nav><p>{THIRD}</p>", "utf-8")
    assert counts(collect(folder)) == {"new": 3}
    found = {document.title: document for document in documents(path)}
    assert found[""].text == FIRST
    assert found["羽绒服怎么挑"].figures == {"likes": 120}
    assert found["羽绒服怎么挑"].key.endswith("b.csv:x1")
    assert found["挂耳怎么冲"].text == THIRD
    assert {document.day for document in found.values()} == {"2026-11-22"}


def test_rows_are_of_the_day_that_their_table_tells(collect: Collect, path: Path, tmp_path: Path) -> None:
    table = tmp_path / "评价.csv"
    table.write_text(f"评价时间,评价内容\n2026-11-03 08:30,{FIRST}\n,{SECOND}\n2026年11月9日,{THIRD}\n", "utf-8")
    collect(table, at="2026-11-22T08:00:00")
    assert {each.text: each.day for each in documents(path)} == {
        FIRST: "2026-11-03",
        SECOND: "2026-11-22",
        THIRD: "2026-11-09",
    }


def test_what_buyers_added_later_is_a_part_of_their_review(collect: Collect, path: Path, tmp_path: Path) -> None:
    table = tmp_path / "评价.csv"
    table.write_text(f"评价内容,追加评价\n{FIRST},用了一个月还是一样好\n{SECOND},\n", "utf-8")
    collect(table)
    assert {(each.title, each.text) for each in documents(path)} == {
        ("", f"{FIRST}\n用了一个月还是一样好"),
        ("", SECOND),
    }


def test_a_file_that_did_not_change_is_not_read_again(collect: Collect, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(FIRST, "utf-8")
    collect(tmp_path / "a.txt")
    assert counts(collect(tmp_path / "a.txt")) == {"skipped": 1}
    # Read in another way it is another text.
    assert counts(collect(tmp_path / "a.txt", keep=("all",))) == {"unchanged": 1}


def test_a_text_that_changed_takes_the_place_of_the_earlier_one(collect: Collect, path: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    for text, told in ((FIRST, "new"), (SECOND, "changed"), (FIRST, "changed")):
        file.write_text(text, "utf-8")
        assert counts(collect(file)) == {told: 1}
        assert [document.text for document in documents(path)] == [text]


def test_rows_without_an_id_that_move_stay_what_they_are(collect: Collect, path: Path, tmp_path: Path) -> None:
    file = tmp_path / "评.csv"
    file.write_text("正文\n洗了不缩水\n颜色正\n", "utf-8")
    collect(file)
    file.write_text("正文\n刷头好用\n洗了不缩水\n颜色正\n", "utf-8")
    assert counts(collect(file)) == {"new": 1, "unchanged": 2}
    assert sorted(document.text for document in documents(path)) == ["刷头好用", "洗了不缩水", "颜色正"]


# the second text, what is made of it
COPIES = [
    (FIRST, "same"),
    (FIRST.replace("，", " ").replace("。", "！"), "same"),
    (FIRST + "（转自网络）", "near"),
    (FIRST + SECOND, ""),
    (SECOND, ""),
]


@pytest.mark.parametrize("together", [True, False], ids=["in one run", "in two"])
@pytest.mark.parametrize(("copy", "left_out"), COPIES)
def test_copies_and_near_copies_are_left_out(
    collect: Collect, path: Path, tmp_path: Path, copy: str, left_out: str, together: bool
) -> None:
    (tmp_path / "a.txt").write_text(FIRST, "utf-8")
    (tmp_path / "b.txt").write_text(copy, "utf-8")
    if together:
        found = counts(collect(tmp_path / "a.txt", tmp_path / "b.txt"))
        assert found == ({"new": 1, left_out: 1} if left_out else {"new": 2})
    else:
        collect(tmp_path / "a.txt")
        assert counts(collect(tmp_path / "b.txt")) == ({left_out: 1} if left_out else {"new": 1})
    assert len(documents(path)) == (1 if left_out else 2)


def test_rows_with_figures_are_kept_each(collect: Collect, path: Path, tmp_path: Path) -> None:
    for week in (1, 2):
        (tmp_path / f"{week}.csv").write_text("搜索词,点击量\n睫毛膏,10\n睫毛膏,12\n", "utf-8")
    assert counts(collect(tmp_path / "1.csv", tmp_path / "2.csv", by_line=True)) == {"new": 4}
    assert len(documents(path)) == 4


def test_a_polluted_text_is_kept_apart(collect: Collect, path: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "電(diàn)商平臺(tái)運(yùn)營(yíng)的方法，先看后臺(tái)的數(shù)據(jù)再改標(biāo)題。", "utf-8"
    )
    (tmp_path / "b.txt").write_text("好文章。澳门娱乐城 真钱棋牌 六合彩 百家乐 尽在这里。", "utf-8")
    (tmp_path / "c.txt").write_text("编码错了\ufffd\ufffd\ufffd的一段", "utf-8")
    (tmp_path / "d.txt").write_text("我学(xué)会了一个字，正常的一段话。", "utf-8")
    assert counts(collect(tmp_path)) == {"new": 4, "untrusted": 3}
    assert [document.text for document in documents(path)] == ["我学(xué)会了一个字，正常的一段话。"]
    signs = {sign for document in documents(path, untrusted=True) for sign in document.signs}
    assert signs == {"readings", "spam_words", "replaced"}


def test_bad_rows_and_files_are_told_and_the_good_ones_kept(collect: Collect, path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "源"
    folder.mkdir()
    (folder / "a.jsonl").write_text('{"text":"甲"}\n{"text":\n{"text":"乙"}\n', "utf-8")
    (folder / "b.xlsx").write_bytes(b"PK\x03\x04 cut off")
    errors: list[CopykitError] = []
    assert counts(collect(folder, errors=errors)) == {"new": 2}
    assert len(errors) == 2
    errors.clear()
    collect(folder, errors=errors)  # what was faulty is read again, as it may have been mended
    assert len(errors) == 2
    with pytest.raises(FileMissing):
        collect(tmp_path / "没有.txt")


def test_an_interrupt_leaves_what_was_read_and_the_next_run_goes_on(
    collect: Collect, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 10)
    rows = [f"第{number}条评价：{FIRST[number:]}" for number in range(50)]
    (tmp_path / "评.txt").write_text("\n".join(rows), "utf-8")
    sketch = near.sketch
    calls = iter(range(100))

    def interrupted(texts: Any) -> Any:
        if next(calls) == 3:
            raise KeyboardInterrupt
        return sketch(texts)

    with monkeypatch.context() as patched:
        patched.setattr(near, "sketch", interrupted)
        with pytest.raises(KeyboardInterrupt):
            collect(tmp_path / "评.txt", by_line=True)
    kept = len(documents(path))
    assert 0 < kept <= 30
    found = collect(tmp_path / "评.txt", by_line=True)
    assert found.resumed
    assert found.unchanged == kept
    assert not collect(tmp_path / "评.txt", by_line=True).resumed


# --- the web --------------------------------------------------------------------------------------------------------


def sitemap(web: Web, *pages: tuple[str, str]) -> Page:
    rows = [f"<url><loc>{web.url(where)}</loc><lastmod>{day}</lastmod></url>" for where, day in pages]
    return Page(f"<urlset>{''.join(rows)}</urlset>", 200, {"Content-Type": "application/xml"}, etag=f'"{len(pages)}"')


def test_a_page_is_collected_and_asked_for_again_only_when_it_changed(collect: Collect, path: Path, web: Web) -> None:
    web.pages["/p"] = page(FIRST)._replace(etag='"1"')
    url = web.url("a.example/p")
    assert counts(collect(url)) == {"new": 1}
    assert counts(collect(url)) == {"unchanged": 1}
    assert web.asked[-1].headers["if-none-match"] == '"1"'
    web.pages["/p"] = page(SECOND)._replace(etag='"2"')
    assert counts(collect(url)) == {"changed": 1}
    assert [(document.key, document.text) for document in documents(path)] == [(url, SECOND)]


def test_a_sitemap_is_followed_by_lastmod(collect: Collect, path: Path, web: Web) -> None:
    one, two = ("a.example/1", "2026-11-01"), ("a.example/2", "2026-11-02")
    web.pages |= {"/map.xml": sitemap(web, one, two), "/1": page(FIRST), "/2": page(SECOND), "/3": page(THIRD)}
    url = web.url("a.example/map.xml")
    assert counts(collect(url)) == {"new": 2}
    assert counts(collect(url)) == {"unchanged": 1}  # the sitemap itself; nothing else is asked
    assert web.paths()[-1] == "/map.xml"
    web.pages["/map.xml"] = sitemap(web, one, ("a.example/2", "2026-11-09"), ("a.example/3", "2026-11-03"))
    asked = len(web.asked)
    assert counts(collect(url)) == {"new": 1, "unchanged": 1, "skipped": 1}
    assert [each.path for each in web.asked[asked:] if each.path != "/robots.txt"] == ["/map.xml", "/2", "/3"]


def test_lastmods_are_compared_as_moments(collect: Collect, web: Web) -> None:
    url = web.url("a.example/map.xml")
    web.pages |= {"/1": page(FIRST), "/2": page(SECOND)}
    once = ("2026-11-21T01:00:00+08:00", "2026-11-20T18:00:00Z")
    again = ("2026-11-20T17:00:00Z", "2026-11-21T03:00:00+08:00")  # the same moment; an hour later
    for times, told in ((once, {"new": 2}), (again, {"skipped": 1, "unchanged": 1})):
        pages = zip(("a.example/1", "a.example/2"), times, strict=True)
        web.pages["/map.xml"] = sitemap(web, *pages)._replace(etag=times[0])
        assert counts(collect(url)) == told


@pytest.mark.parametrize("where", ["/feed", "/page"])
def test_days_are_those_of_the_zone_asked_for(collect: Collect, path: Path, web: Web, where: str) -> None:
    item = f"<item><link>{web.url('a.example/1')}</link><pubDate>Sun, 22 Nov 2026 23:30:00 GMT</pubDate>"
    web.pages["/feed"] = Page(f"<rss><channel>{item}<description>{FIRST * 3}</description></item></channel></rss>")
    head = '<meta property="article:published_time" content="2026-11-22T23:30:00Z">'
    web.pages["/page"] = page(FIRST, head=head)
    collect(web.url(f"a.example{where}"), zone=ZoneInfo("Asia/Shanghai"))
    assert [document.day for document in documents(path)] == ["2026-11-23"]


def test_sitemaps_of_sitemaps_packed_ones_and_strangers_in_them(collect: Collect, path: Path, web: Web) -> None:
    inner = sitemap(web, ("a.example/1", "2026-11-01"), ("stranger.example/2", "2026-11-02")).body
    index = f"<sitemapindex><sitemap><loc>{web.url('a.example/s.xml.gz')}</loc></sitemap></sitemapindex>"
    packed = gzip.compress(inner.encode() if isinstance(inner, str) else inner)
    web.pages |= {"/index.xml": Page(index), "/1": page(FIRST), "/2": page(SECOND)}
    web.pages["/s.xml.gz"] = Page(packed, 200, {"Content-Type": "application/x-gzip"})
    assert counts(collect(web.url("a.example/index.xml"))) == {"new": 1}
    assert web.paths("stranger.example") == []


def test_the_latest_pages_come_first_and_the_rest_the_next_time(collect: Collect, path: Path, web: Web) -> None:
    web.pages["/map.xml"] = sitemap(web, *((f"a.example/{day}", f"2026-11-{day:02}") for day in range(1, 6)))
    web.pages |= {f"/{day}": page(f"第{day}天的日记，写得很短。") for day in range(1, 6)}
    url = web.url("a.example/map.xml")
    assert counts(collect(url, most=2)) == {"new": 2, "left": 3}
    assert sorted(document.key[-1] for document in documents(path)) == ["4", "5"]
    assert counts(collect(url, most=2)) == {"new": 2, "skipped": 2, "left": 1}
    assert counts(collect(url)) == {"new": 1, "skipped": 4}


def test_what_is_older_than_asked_for_is_left(collect: Collect, web: Web) -> None:
    web.pages["/map.xml"] = sitemap(web, ("a.example/1", "2026-10-01"), ("a.example/2", "2026-11-02"))
    old = '<meta property="article:published_time" content="2025-01-01">'
    web.pages |= {"/1": page(FIRST), "/2": page(SECOND), "/3": page(THIRD, head=old)}
    found = collect(web.url("a.example/map.xml"), web.url("a.example/3"), since="2026-11-01")
    assert counts(found) == {"new": 1}
    assert web.paths() == ["/map.xml", "/3", "/2"] or web.paths() == ["/3", "/map.xml", "/2"]


def test_a_feed_gives_its_texts_and_asks_for_those_it_only_names(collect: Collect, path: Path, web: Web) -> None:
    whole = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"
    feed = f"""<rss xmlns:c="http://purl.org/rss/1.0/modules/content/"><channel>
    <item><title>全文</title><link>{web.url("a.example/1")}</link><pubDate>Fri, 20 Nov 2026 08:00:00 +0800</pubDate>
    <c:encoded><![CDATA[{whole}]]></c:encoded></item>
    <item><title>摘要</title><link>{web.url("b.example/2")}</link><description>一句</description></item>
    </channel></rss>"""
    web.pages |= {"/rss": Page(feed), "b.example/2": page(f"{SECOND}不在订阅里的一段，只在页面上。" * 2, "另一篇")}
    assert counts(collect(web.url("a.example/rss"))) == {"new": 2}
    found = {document.title: document for document in documents(path)}
    assert found["全文"].text == f"{FIRST}\n{SECOND}\n{THIRD}"
    assert (found["全文"].day, found["全文"].source) == ("2026-11-20", web.url("a.example/rss"))
    assert "只在页面上" in found["另一篇"].text
    assert web.paths("a.example") == ["/rss"]
    assert counts(collect(web.url("a.example/rss"))) == {"skipped": 1, "unchanged": 1}


def test_a_run_that_was_broken_off_asks_only_what_is_missing(
    collect: Collect, path: Path, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.pages["/map.xml"] = sitemap(web, *((f"a.example/{day}", f"2026-11-{day:02}") for day in range(1, 9)))
    web.pages |= {f"/{day}": page(f"第{day}天的日记，写得很短。") for day in range(1, 9)}
    taken = Intake.take
    calls = iter(range(100))

    def interrupted(self: Any, *args: Any, **told: Any) -> None:
        if next(calls) == 4:
            raise KeyboardInterrupt
        taken(self, *args, **told)

    with monkeypatch.context() as patched:
        patched.setattr(Intake, "take", interrupted)
        with pytest.raises(KeyboardInterrupt):
            collect(web.url("a.example/map.xml"))
    kept = {document.key for document in documents(path)}
    assert len(kept) == 4
    asked = len(web.asked)
    found = collect(web.url("a.example/map.xml"))
    assert (found.resumed, found.new) == (True, 4)
    later = [web.url("a.example" + each.path) for each in web.asked[asked:]]
    assert not kept & set(later)


def test_a_source_that_fails_does_not_stop_the_others(collect: Collect, web: Web) -> None:
    web.pages |= {"/1": page(FIRST), "/map.xml": sitemap(web, ("a.example/gone", "2026-11-01"))}
    found = collect("http://far.nowhere/", web.url("a.example/1"), web.url("a.example/map.xml"), "http://")
    assert counts(found) == {"new": 1}
    assert sorted((failure.outcome, failure.given) for failure in found.failures) == [
        ("bad_url", True),
        ("gone", False),
        ("no_host", True),
    ]


def test_what_a_redirect_leads_to_is_kept_under_what_was_asked(collect: Collect, path: Path, web: Web) -> None:
    web.pages |= {
        "/old": moved("/new"),
        "/new": page(FIRST),
        "/text": Page(SECOND, 200, {"Content-Type": "text/plain"}),
    }
    collect(web.url("a.example/old"), web.url("a.example/text"))
    assert {document.key.rpartition("/")[2]: document.text for document in documents(path)} == {
        "old": FIRST,
        "text": SECOND,
    }


def test_a_mirror_is_not_trusted(collect: Collect, path: Path, web: Web) -> None:
    traditional = (
        "睫毛膏的刷頭是彎的，單眼皮也能刷到根部，第一次用不會戳到眼睛；卸的時候用溫水敷一會兒，"
        "輕輕一拉就下來了，這樣說過幾個來回。"
    )
    hidden = "".join(f'<a style="display:none" href="http://s{n}.example/">站</a>' for n in range(3))
    web.pages["/t"] = Page(f'<html lang="zh-CN"><title>題</title><p>{traditional}</p>')
    web.pages["/tw"] = Page(f'<html lang="zh-TW"><title>題</title><p>{traditional}{THIRD}</p>')
    web.pages["/h"] = Page(f"<title>题</title><p>{FIRST}百家乐的新闻。</p>{hidden}")
    collect(web.url("a.example/t"))
    collect(web.url("b.example/h"), web.url("b.example/tw"))
    found = {document.key[-2:]: document.signs for document in documents(path, untrusted=True) if not document.trusted}
    assert found == {"/t": ("turned_traditional",), "/h": ("hidden_links", "spam_word")}


def test_local_feeds_and_sitemaps_are_read_too(collect: Collect, path: Path, web: Web, tmp_path: Path) -> None:
    web.pages["/1"] = page(SECOND)
    (tmp_path / "map.xml").write_text(str(sitemap(web, ("a.example/1", "2026-11-01")).body), "utf-8")
    item = f"<item><title>题</title><link>http://b.example/2</link><description>{FIRST}</description></item>"
    (tmp_path / "feed.rss").write_text(f"<rss><channel>{item}</channel></rss>", "utf-8")
    assert counts(collect(tmp_path)) == {"new": 2}
    assert {document.text for document in documents(path)} == {FIRST, SECOND}


# --- reading it again -----------------------------------------------------------------------------------------------


def test_a_corpus_is_a_source_for_mining(collect: Collect, path: Path, tmp_path: Path) -> None:
    (tmp_path / "表.csv").write_text("标题,正文,点赞\n睫毛膏,弯头的好用,3\n打底裤,加绒的暖和,5\n", "utf-8")
    collect(tmp_path / "表.csv")
    read = Sources([str(path)], COLUMNS)
    assert read.roles() == ["likes"]
    # A corpus is read by the keys of its documents, which come from where they lie.
    assert {document.title: (document.text, dict(document.metrics)) for document in read} == {
        "睫毛膏": ("弯头的好用", {"likes": 3}),
        "打底裤": ("加绒的暖和", {"likes": 5}),
    }
    assert {document.title for document in Sources([str(path)], COLUMNS, by_line=True)} == {"睫毛膏", "打底裤"}
    assert list(Sources([str(path)], COLUMNS, until="2026-11-21")) == []
    assert sum(block.documents for block in Sources([str(path)], COLUMNS).blocks()) == 2


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_corpus_is_named_or_a_file(project: Path) -> None:
    assert corpus_path("", project) == project / ".copykit/corpus.sqlite3"
    assert corpus_path("corpus:竞品", project) == project / ".copykit/竞品.sqlite3"
    assert corpus_path("别处/a.sqlite3", project) == Path("别处/a.sqlite3")
    with pytest.raises(BadName):
        corpus_path("../a", project)
    with pytest.raises(CorpusMissing, match="竞品"):
        find_corpus("竞品", project)
    with pytest.raises(CorpusMissing):
        Sources(["corpus:"], COLUMNS)


def test_a_database_of_another_programs_is_left_alone(project: Path) -> None:
    with closing(sqlite3.connect("别的.sqlite3")) as db:
        db.execute("CREATE TABLE notes (x)")
    errors: list[CopykitError] = []
    assert list(Sources(["别的.sqlite3"], COLUMNS, on_error=errors.append)) == []
    assert isinstance(errors[0], StateUnreadable)
    with closing(sqlite3.connect("别的.sqlite3")) as db:
        assert [row[0] for row in db.execute("SELECT name FROM sqlite_master")] == ["notes"]
