"""``copykit corpus``: collected, searched and mined from the command line, against a web of our own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from copykit.cli import web as web_cli
from copykit.corpus.collect import Collector, Wishes
from copykit.corpus.columns import columns_of
from copykit.corpus.store import Store, corpus_path
from copykit.datafiles import bundled
from copykit.state import StateBusy
from tests.commands import Copykit
from tests.web import Page, Web

TEXTS = {
    "1": "弯头睫毛膏适合单眼皮，刷到根部也不戳眼睛；卸的时候用温水敷一会儿就下来了。",
    "2": "加绒打底裤外面套裙子也不冷，洗了三次没起球，腰那里不勒。",
}


@pytest.fixture
def copykit(copykit: Copykit, web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Copykit:
    """Run a command line in a project folder whose web is ours."""
    monkeypatch.setattr(web_cli, "open_fetcher", lambda contact, pause: web.fetcher())
    (tmp_path / "copykit.toml").touch()
    rows = [f"<url><loc>{web.url(f'a.example/{name}')}</loc><lastmod>2026-11-2{name}</lastmod></url>" for name in TEXTS]
    web.pages["/map.xml"] = Page(f"<urlset>{''.join(rows)}</urlset>")
    for name, text in TEXTS.items():
        web.pages[f"/{name}"] = Page(f"<title>第{name}篇笔记_某站</title><p>{text}</p>")
    return copykit


def test_a_site_is_collected_searched_and_mined(copykit: Copykit, web: Web) -> None:
    url = web.url("a.example/map.xml")
    code, out, err = copykit("corpus", "collect", url, "--today", "2026-11-22")
    assert (code, out) == (0, "语料里现在有 2 篇；这次新收 2\n")
    assert "copykit keywords mine corpus:" in err
    assert copykit("corpus", "collect", url).out == "语料里现在有 2 篇；这次不用再读 2\n"
    code, out, _ = copykit("corpus", "search", "睫毛膏", "不戳", "-打底裤")
    assert code == 0
    assert out.replace(str(web.port), "PORT") == (
        "找到 1 篇\n"
        "\n"
        " 1 第1篇笔记  2026-11-22\n"
        "   弯头【睫毛膏】适合单眼皮，刷到根部也【不戳】眼睛；卸的时候用温水敷一会儿就下\n"
        "   来了。\n"
        "   http://a.example:PORT/1\n"
    )
    code, out, err = copykit("keywords", "mine", "corpus:", "--format", "json", "--top", "50")
    assert code == 0
    assert "读了 2 篇" in err
    assert "打底裤" in out


def test_results_are_machine_readable(copykit: Copykit, web: Web) -> None:
    ran = copykit(
        "corpus", "collect", web.url("a.example/1"), "http://far.nowhere/", "--into", "竞品", "--format", "json"
    )
    told = json.loads(ran.out)
    assert ran.code == 3
    assert (told["documents"], told["new"], told["failures"]) == (
        1,
        1,
        [{"source": "http://far.nowhere/", "outcome": "no_host", "given": True}],
    )
    found = json.loads(copykit("corpus", "search", "睫毛膏", "--from", "竞品", "--format", "json").out)
    assert found["total"] == 1
    each = found["found"][0]
    assert [each["snippet"][start:end] for start, end in each["spans"]] == ["睫毛膏"]
    lines = copykit("corpus", "search", "睫毛膏", "--from", "竞品", "--format", "jsonl").out.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [each["id"]]


def test_a_failed_source_is_told_and_its_exit_code_says_so(copykit: Copykit, web: Web) -> None:
    web.pages["/map.xml"] = Page(f"<urlset><url><loc>{web.url('a.example/gone')}</loc></url></urlset>")
    sources = (web.url("a.example/map.xml"), web.url("a.example/1"))
    code, out, _ = copykit("corpus", "collect", *sources, "http://x.nowhere/")
    assert code == 3
    assert "没抓到 2 个" in out
    assert "域名查不到" in out
    assert copykit("corpus", "collect", *sources).code == 0


def test_local_tables_lists_of_addresses_and_bad_rows(copykit: Copykit, web: Web, tmp_path: Path) -> None:
    (tmp_path / "评.jsonl").write_text('{"text":"洗了不缩水"}\n{"text":\n', "utf-8")
    (tmp_path / "网址.txt").write_text(f"# 要看的\n{web.url('a.example/1')}\n\n", "utf-8")
    code, out, err = copykit("corpus", "collect", "评.jsonl", "--urls", "网址.txt")
    assert code == 2
    assert "新收 2" in out
    assert "评.jsonl" in err


def test_titles_are_collected_line_by_line(copykit: Copykit, tmp_path: Path) -> None:
    (tmp_path / "题.txt").write_text("弯头睫毛膏\n加绒打底裤\n弯头睫毛膏\n", "utf-8")
    assert copykit("corpus", "collect", "题.txt", "--kind", "title").out == "语料里现在有 2 篇；这次新收 2 · 重复 1\n"


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["collect"], "请给出网址"),
        (["collect", "没有.txt"], "找不到文件"),
        (["collect", "a.txt", "--into", "../x"], "用不了"),
        (["collect", "a.txt", "--kind", "诗"], "诗"),
        (["collect", "a.txt", "--keep", "什么"], "没有“什么”这种清理"),
        (["collect", "--urls", "没有.txt"], "找不到文件"),
        (["collect", "a.txt", "--contact", "张 三"], "--contact"),
        (["search", "睫毛膏"], "还没有叫“corpus”的语料"),
        (["search"], "少了"),
        (["search", "，", "--from", "c.sqlite3"], "没有可以搜的词"),
    ],
)
def test_a_mistake_is_one_sentence(
    copykit: Copykit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, argv: list[str], sentence: str
) -> None:
    (tmp_path / "a.txt").write_text("一句话", "utf-8")
    assert copykit("corpus", "collect", "a.txt", "--into", "c.sqlite3").code == 0
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    code, out, err = copykit("corpus", *argv)
    assert (code, out) == (2, "")
    assert sentence in err
    assert "Traceback" not in err


def test_english_is_spoken_to_who_reads_it(copykit: Copykit, web: Web) -> None:
    assert copykit("corpus", "collect", web.url("a.example/1"), "--lang", "en").out.startswith(
        "1 documents in the corpus"
    )
    assert copykit("corpus", "search", "睫毛膏", "--lang", "en").out.startswith("1 found")
    assert "nothing was found" in copykit("corpus", "search", "拖拉机", "--lang", "en").out


def test_what_was_left_out_of_files_is_told(copykit: Copykit, tmp_path: Path) -> None:
    (tmp_path / "评论.txt").write_text("炸篮涂层掉了，联系客服给换了\n上一页 下一页\n", "utf-8")
    (tmp_path / "空.txt").touch()
    code, out, err = copykit("corpus", "collect", "评论.txt", "空.txt", "--into", "a")
    assert (code, out) == (0, "语料里现在有 1 篇；这次新收 1\n1 个文件里没有文字：空.txt\n")
    assert "导航、版权、日期 1 行" in err
    assert "corpus search 词 --from a" in err
    assert "涂层" in copykit("corpus", "search", "涂层", "--from", "a").out


def test_one_run_at_a_time_collects_into_a_corpus(copykit: Copykit, tmp_path: Path) -> None:
    (tmp_path / "笔记.txt").write_text(TEXTS["1"], "utf-8")
    with Store.collecting(corpus_path("竞品", tmp_path)) as store:
        ran = copykit("corpus", "collect", "笔记.txt", "--into", "竞品")
        assert ran.code == 75
        assert "另一次运行正在写" in ran.err
        assert store.count() == 0
    assert copykit("corpus", "collect", "笔记.txt", "--into", "竞品").out == "语料里现在有 1 篇；这次新收 1\n"


def test_what_another_run_wrote_meanwhile_is_no_damage(tmp_path: Path) -> None:
    files, path = bundled(), tmp_path / "c.sqlite3"
    with Store(path) as one, Store(path) as other:
        columns, wishes = columns_of(files.load("columns")), Wishes("2026-11-22")
        for name, text in TEXTS.items():
            (tmp_path / f"{name}.txt").write_text(text, "utf-8")
        first, second = (Collector(store, files, columns, wishes) for store in (one, other))
        first.collect([str(tmp_path / "1.txt")])
        with pytest.raises(StateBusy):
            second.collect([str(tmp_path / "2.txt")])
