"""``copykit links verify`` from a table to its exit code, against a web of our own."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from copykit.cli import links_verify
from copykit.cli import web as web_cli
from tests.commands import Copykit
from tests.web import Page, Web, moved

SHOP = "http://shop.example/"
BRIEF = Path(__file__).parents[2] / "corpora/samples/mascara.toml"


@pytest.fixture
def copykit(copykit: Copykit, web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Copykit:
    """Run a command line in a project folder whose web is ours."""
    monkeypatch.setattr(web_cli, "open_fetcher", lambda contact, pause: web.fetcher())
    (tmp_path / "copykit.toml").touch()
    return copykit


@pytest.fixture
def table(web: Web, tmp_path: Path) -> Path:
    """A table of links, and the pages that show them."""
    link = f'<p>朋友的店：<a href="{SHOP}">睫毛小铺</a>，不贵。</p>'
    web.pages |= {
        "good.example/links": Page(link),
        "gone.example/links": Page("没了", 404),
        "less.example/links": Page(link.replace("<a ", '<a rel="nofollow" ')),
        "moved.example/links": moved("/new"),
        "moved.example/new": Page(f"<footer>{link}</footer>".replace("睫毛小铺", "某店")),
    }
    path = tmp_path / "友链.csv"
    rows = ["站名,对方页面,我们的链接,锚文字"]
    names = ("good", "gone", "less", "moved")
    rows += [f"{name}站,{web.url(f'{name}.example/links')},{SHOP},睫毛小铺" for name in names]
    rows += [f"远方,http://far.nowhere/,{SHOP},"]
    path.write_bytes("\n".join(rows).encode("gbk"))
    return path


def test_a_table_is_verified_and_what_has_to_be_done_stands_first(copykit: Copykit, table: Path, web: Web) -> None:
    code, out, err = copykit("links", "verify", table)
    assert code == 1
    shown = out.replace(str(web.port), "PORT").splitlines()
    assert shown == [
        "5 条链接、5 个页面：还在 1 · 没查成 1 · 不算数 1 · 变了 1 · 没了 1",
        "",
        "没了",
        "  gone站  http://gone.example:PORT/links",
        "      整个页面没有了（404）",
        "",
        "变了",
        "  moved站  http://moved.example:PORT/links",
        "      链接文字是“某店”，原来是“睫毛小铺”",
        "      页脚 · 朋友的店：【某店】，不贵。",
        "",
        "不算数",
        "  less站  http://less.example:PORT/links",
        "      带着 nofollow，搜索引擎不算",
        "      正文 · 朋友的店：【睫毛小铺】，不贵。",
        "",
        "没查成",
        "  远方  http://far.nowhere/",
        "      域名查不到",
        "",
        "照旧的 1 条没列（--all 全列）",
        "",
        "没了的先问站长：是改版漏了，还是撤了；撤了的，自己那边也撤",
    ]
    assert err == ""


def test_the_next_time_it_is_compared_and_needs_no_table(copykit: Copykit, table: Path, web: Web) -> None:
    assert copykit("links", "verify", table, "--today", "2026-11-15").code == 1
    web.pages["good.example/links"] = Page("<p>撤了</p>")
    web.pages["gone.example/links"] = web.pages["less.example/links"]
    code, out, _ = copykit("links", "verify", "--today", "2026-11-22", "--format", "json")
    found = {row["name"]: row for row in json.loads(out)}
    assert code == 1
    assert (found["good站"]["state"], found["good站"]["was"], found["good站"]["since"]) == ("lost", "ok", "2026-11-22")
    assert [reason["code"] for reason in found["gone站"]["reasons"]] == ["rel", "back"]
    assert (found["less站"]["since"], found["less站"]["checked_at"]) == ("2026-11-15", "2026-11-22T00:00:00")
    assert {"page", "link", "state", "anchor", "rel", "status", "checked_at"} <= set(found["less站"])
    assert found["less站"]["rel"] == "nofollow"


def test_what_is_not_saved_is_not_compared(copykit: Copykit, table: Path) -> None:
    copykit("links", "verify", table, "--no-save")
    code, _, err = copykit("links", "verify")
    assert code == 2
    assert "没有要查的" in err


def test_results_are_written_as_tables_and_pages(copykit: Copykit, table: Path, tmp_path: Path) -> None:
    names = ["链接.csv", "链接.xlsx", "链接.json", "链接.jsonl", "链接.md"]
    code, _, err = copykit("links", "verify", table, *(part for name in names for part in ("-o", name)))
    assert code == 1
    assert "链接.xlsx" in err
    rows = list(csv.DictReader(io.StringIO((tmp_path / "链接.csv").read_text("utf-8-sig"))))
    assert [row["状态"] for row in rows] == ["还在", "没了", "不算数", "变了", "没查成"]
    sheet = openpyxl.load_workbook(tmp_path / "链接.xlsx").active
    assert [cell.value for cell in sheet[1]] == list(rows[0])
    assert len(json.loads((tmp_path / "链接.json").read_text())) == 5
    assert len((tmp_path / "链接.jsonl").read_text().splitlines()) == 5
    assert "## 没了（1）" in (tmp_path / "链接.md").read_text()


@pytest.mark.parametrize(
    ("fail_on", "code"), [("never", 0), ("lost", 1), ("unreachable", 1), ("nofollow", 1), ("changed", 1)]
)
def test_what_counts_as_failure_can_be_said(copykit: Copykit, table: Path, fail_on: str, code: int) -> None:
    assert copykit("links", "verify", table, "--fail-on", fail_on).code == code


def test_when_all_is_there_the_exit_code_is_0(copykit: Copykit, web: Web, tmp_path: Path) -> None:
    web.pages["/links"] = Page(f'<a href="{SHOP}">店</a>')
    (tmp_path / "页.txt").write_text(web.url("a.example/links") + "\n" + web.url("b.example/links"), "utf-8")
    code, out, _ = copykit("links", "verify", "页.txt", "--link", "shop.example", "--all")
    assert code == 0
    assert out.startswith("2 条链接、2 个页面：还在 2")
    assert "b.example" in out


def test_when_no_page_at_all_is_reached_the_run_broke_and_blames_nobody(copykit: Copykit, tmp_path: Path) -> None:
    (tmp_path / "页.txt").write_text("http://a.nowhere/\nhttp://b.nowhere/", "utf-8")
    code, _, err = copykit("links", "verify", "页.txt", "--link", SHOP)
    assert code == 3
    assert "先看看自己的网络" in err
    assert copykit("links", "verify").code == 2


def test_a_page_that_is_never_asked_is_not_reached(copykit: Copykit, tmp_path: Path) -> None:
    (tmp_path / "页.txt").write_text("http://a.nowhere/\nhttp://192.168.1.8/links", "utf-8")
    assert copykit("links", "verify", "页.txt", "--link", SHOP).code == 3


def test_an_interrupted_run_keeps_what_it_found_and_leaves_the_old_file(
    copykit: Copykit, web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.pages["/links"] = Page(f'<a href="{SHOP}">店</a>')
    rows = [f"{web.url(f'{name}.example/links')},{SHOP}" for name in "ab"]
    (tmp_path / "友链.csv").write_text("\n".join(["对方页面,我们的链接", *rows]), "utf-8")
    (tmp_path / "链接.csv").write_text("旧的", "utf-8")
    with monkeypatch.context() as patched:

        def stop(*_: object) -> None:
            raise KeyboardInterrupt

        patched.setattr(links_verify.ProgressLine, "advance", stop)  # as Ctrl-C behind the first page
        code, out, err = copykit("links", "verify", "友链.csv", "-o", "链接.csv")
    assert (code, out) == (130, "")
    assert "已中断，原来的文件没有动" in err
    assert (tmp_path / "链接.csv").read_text("utf-8") == "旧的"
    remembered = json.loads(copykit("links", "verify", "--format", "json").out)
    assert len(remembered) == 1


def test_bad_rows_are_named_and_good_ones_checked(copykit: Copykit, web: Web, tmp_path: Path) -> None:
    web.pages["/links"] = Page(f'<a href="{SHOP}">店</a>')
    lines = ["对方页面,我们的链接", f"{web.url('a.example/links')},{SHOP}", f"小站,{SHOP}", f"ftp://a/,{SHOP}"]
    (tmp_path / "表.csv").write_text("\n".join(lines), "utf-8")
    code, out, err = copykit("links", "verify", "表.csv")
    assert code == 2
    assert "还在 1" in out
    assert "第 3 行" in err
    assert "第 4 行" in err


def test_a_plans_posts_are_verified_with_the_products_words(copykit: Copykit, web: Web) -> None:
    copykit("channels", "plan", BRIEF, "--hours", "8", "--from", "2026-11-23", "--save", "--name", "睫毛膏")
    tasks = json.loads(copykit("channels", "status", "--today", "2026-11-23", "--format", "json").out)
    code = (tasks["due"] + tasks["coming"])[0]["code"]
    web.pages["bbs.example/t/1"] = Page("<title>单眼皮睫毛膏</title><p>刷了三个月，说说怎么卸。</p>")
    copykit("channels", "done", code, "--note", f"发了 {web.url('bbs.example/t/1')}，没带链接")
    ran = copykit("links", "verify", "睫毛膏", "--brief", BRIEF, "--link", "", "--format", "json")
    found: list[dict[str, Any]] = json.loads(ran.out)
    assert [(row["state"], row["page"]) for row in found] == [("ok", web.url("bbs.example/t/1"))]
    assert "睫毛膏" in found[0]["related"]


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        ([], "没有要查的"),
        (["没有"], "没有叫“没有”的文件或计划"),
        (["没有.csv"], "找不到文件"),
        (["友链.csv", "-o", "链接.pdf"], "-o 只会写"),
        (["友链.csv", "--pause", "0"], "--pause"),
        (["空.csv"], "没有要查的"),
        (["别的.csv"], "是哪一列，就把它的表头改成“对方页面”"),
        (["缺.csv"], "第 2 行没有能打开的网页地址：这一格是空的"),
    ],
)
def test_a_mistake_is_one_sentence(
    copykit: Copykit, table: Path, tmp_path: Path, argv: list[str], sentence: str
) -> None:
    (tmp_path / "空.csv").write_text("对方页面\n", "utf-8")
    (tmp_path / "别的.csv").write_text("姓名,电话\n张,1\n", "utf-8")
    (tmp_path / "缺.csv").write_text("站名,对方页面\n甲", "utf-8")
    code, out, err = copykit("links", "verify", *argv)
    assert (code, out) == (2, "")
    assert sentence in err
    assert "Traceback" not in err


def test_english_is_spoken_to_who_reads_it(copykit: Copykit, table: Path) -> None:
    out = copykit("links", "verify", table, "--lang", "en").out
    assert out.startswith("5 links on 5 pages: there 1")
    assert "the whole page is gone (404)" in out


def test_the_settings_of_a_project_say_who_asks(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "copykit.toml").write_text('[fetch]\ncontact = "https://shop.example/bot"\npause = 5\n', "utf-8")
    fetcher = web_cli.open_fetcher(None, None)
    assert fetcher.agent.endswith("(+https://shop.example/bot)")
    assert fetcher.manners.pause == 5
    assert web_cli.open_fetcher("me@shop.example", 1.5).manners.pause == 1.5
