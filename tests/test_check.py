"""``copykit check`` from end to end, as its users run it, and what people read."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest
from bs4 import BeautifulSoup

from copykit.cli.check_out import FORMATS
from tests.commands import Copykit, Ran, interrupted

BAD = "全网最好用的睫毛膏。"
CLEAN = "纯棉短袖，圆领，三个颜色。"
PACKS = ",".join(f"law/absolute/{name}" for name in ("best", "peak", "rank", "lowest_price", "near_top"))
NOTICE = "本工具不提供法律意见。"
SARIF = json.loads((Path(__file__).parent / "data/sarif/sarif-2.1.0.json").read_text("utf-8"))


Check = Callable[..., Ran]


@pytest.fixture
def check(copykit: Copykit) -> Check:
    """Run ``copykit check`` in an empty folder, with a few rules that will not change with the law."""

    def call(*args: str | Path) -> Ran:
        packs = [] if "--packs" in args else ["--packs", PACKS]
        return copykit("check", *args, *packs, "--today", "2026-11-22")

    return call


def put(path: str | Path, text: str | bytes) -> Path:
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def results(check: Check, *args: str | Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in check(*args, "--format", "jsonl").out.splitlines()]


# --- what people read ------------------------------------------------------------------------------------------------

ARTICLE = """\
---
title: 睫毛膏测评
category: 化妆品
---
# 三支睫毛膏

街上最好用的睫毛膏，就是这支。

卸妆时水温最高 40℃，最近换季要先做测试。

<!-- copykit: allow law/absolute 客户的原话 -->
她说：“这是我用过最好用的一支。”

[立即购买](https://item.taobao.com/item.htm?id=1) · 广告
"""
PAGE = """\
软文.md   暂不能发布：错误 1 · 已放过 1

  7 │ 街上最好用的睫毛膏，就是这支。
    │     ━━━━━━
    │ 错误  “最好用”是绝对化用语  广告法 第九条（三）；绝对化用语执法指南 第二条
    │       “最好”说的是商品时，等于说别家都不如；写出好在哪里，或限定时间、范围
    │       并留好依据
    │       可以：换成能证明的：店里回购最多的一款（写明时间）；写好在哪里：用了
    │       什么、试了多少次、差多少
    │       law/absolute/best

你说过可以留：
 12 │ 最好用          客户的原话
    │                 law/absolute/best · 软文.md:11

从正文里的链接看出带购买链接；不是的话加 --no-link

本工具不提供法律意见。
"""


def test_a_page_shows_the_answer_the_place_the_article_and_the_way_out(check: Check) -> None:
    put("软文.md", ARTICLE)
    code, out, err = check("软文.md", "--packs", "law/absolute/best")
    assert (code, err) == (1, "")
    assert out == PAGE


ENGLISH = """\
this sentence   not yet: error 1

 1 │ 全网最好用的睫毛膏。
   │     ━━━━━━
   │ error  '最好用' is a superlative
"""


def test_the_english_page_speaks_english(check: Check) -> None:
    out = check("--text", BAD, "--packs", "law/absolute/best", "--lang", "en").out
    assert out.startswith(ENGLISH)
    assert out.endswith("\nNothing here is legal advice.\n")


def test_what_may_stand_is_told_with_its_clause_and_the_evidence_owed(check: Check) -> None:
    out = check("--text", "本店今年 1—10 月销量排名第一的颜色").out
    assert out.startswith("这句话   可以发布：可保留 1\n\n看着像、其实可以留：\n 1 │ 排名第一        ")
    assert "第六条（六）；备好" in out


def test_a_clean_text_may_go_out_and_the_notice_is_given_once(check: Check) -> None:
    for name in "甲乙丙":
        put(f"文案/{name}.txt", CLEAN)
    assert check("--text", CLEAN) == (0, f"这句话   可以发布\n\n{NOTICE}\n", "")
    assert check("文案") == (0, f"共检查 3 篇：可以发布 3\n\n{NOTICE}\n", "")


def test_no_line_is_wider_than_the_screen(check: Check) -> None:
    from copykit.text.measure import display_width

    put("长.txt", "这一段很长，" * 30 + "全网最好用的面霜，" + "后面还有，" * 30 + "国家级品质。")
    shown = check("长.txt").out
    assert "全网最好用的面霜" in shown
    assert "国家级品质" in shown
    assert max(map(display_width, shown.splitlines())) <= 82  # closing punctuation may stand out


def test_a_missing_fact_that_would_decide_is_asked_for(check: Check) -> None:
    text = "这款面膜药妆品质，无效退款。"
    asked = {ask["fact"] for ask in results(check, "--text", text, "--packs", "law")[0]["asks"]}
    for fact in asked:
        told = {"category": ["--category", "化妆品"], "has_link": ["--no-link"], "commercial": ["--commercial"]}[fact]
        again = results(check, "--text", text, "--packs", "law", *told)[0]["asks"]
        assert fact not in {ask["fact"] for ask in again}


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("zh", "没说和卖家有没有利益关系：有 1 条要看这个才能定，用 --commercial 或"),
        ("en", "whether its writer gains by the sale is not told: 1 of these depend on it; tell"),
    ],
)
def test_who_gains_is_asked_where_an_exemption_waits_for_it(check: Check, lang: str, line: str) -> None:
    text = "这是我用过最好用的一支"
    code, out, _ = check("--text", text, "--lang", lang)
    assert code == 1
    assert line in out.splitlines()
    (checked,) = results(check, "--text", text)
    assert checked["asks"] == [{"fact": "commercial", "rules": ["law/absolute/best"]}]
    put("说.md", f"---\ncommercial: false\n---\n{text}\n")
    (checked,) = results(check, "说.md")
    assert (checked["verdict"], checked["asks"]) == ("ok", [])


# --- JSON, and that spans point at their matches ----------------------------------------------------------------------

SOURCES = {
    "a.txt": "第一行\n全网最好用的面霜\n",
    "a.md": "# 题\n\n全网**最**好用的[面霜](https://a.cn/b)，`国家级`品质\n\n```\n顶级\n```\n",
    "a.html": "<p>全网<b>最好</b>用的\n  面霜</p>\n<p>国&#23478;级</p><script>顶级</script><i hidden>至尊</i>",
    "crlf.md": "一\r\n二\r\n全网最好用的面霜\r\n",
    "emoji.txt": "👨‍👩‍👧\u200b全网最　好用的面霜 NO.1",
}


@pytest.mark.parametrize("name", SOURCES)
def test_every_span_points_at_its_match_in_the_files_own_text(check: Check, name: str) -> None:
    source = SOURCES[name]
    put(name, source)
    (result,) = results(check, name)
    assert result["verdict"] == "error"
    assert {"顶级", "至尊"}.isdisjoint(finding["match"] for finding in result["findings"])
    lines = source.split("\n")
    for finding in result["findings"]:
        assert source[finding["start"] : finding["end"]] == finding["match"]
        assert lines[finding["line"] - 1][finding["column"] - 1 :].startswith(finding["match"].split("\n")[0])


def test_the_shape_of_the_json_is_fixed(check: Check) -> None:
    put("a.md", ARTICLE)
    (result,) = json.loads(check("a.md", "--format", "json").out)
    assert list(result) == ["file", "verdict", "findings", "exempted", "excused", "asks", "inferred"]
    finding = {
        *("rule", "start", "end", "match", "matched_as", "related", "severity", "message", "suggestions"),
        *("why", "source", "dimension", "points", "line", "column"),
    }
    assert set(result["findings"][0]) == finding
    assert set(result["excused"][0]) == finding | {"reason", "by"}
    (exempt,) = results(check, "--text", "本店今年 1—10 月销量排名第一的颜色")
    assert set(exempt["exempted"][0]) == finding | {"reason", "clause", "evidence_needed"}
    assert result["inferred"] == ["has_link"]


def test_html_words_are_seen_through_markup_with_their_place_in_the_source(check: Check) -> None:
    put("a.html", SOURCES["a.html"])
    matches = {finding["matched_as"]: finding["match"] for finding in results(check, "a.html")[0]["findings"]}
    assert matches["国家级"] == "国&#23478;级"
    assert any("</b>用" in match for match in matches.values())


# --- context ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "inferred"),
    [
        ("[去看看](https://item.taobao.com/x)", ["has_link"]),
        ("[立即购买](https://example.com/x)", ["has_link"]),
        ("<a href='https://example.com/products/1'>图</a>", ["has_link"]),
        ("复制￥aB3dE6fG9hJ￥打开", ["has_link"]),
        ("[百科](https://example.com/wiki)", []),
        ("淘宝上也有", []),
    ],
)
def test_a_link_to_goods_is_seen_unless_an_option_says_otherwise(check: Check, text: str, inferred: list[str]) -> None:
    put("a.md", text)
    assert results(check, "a.md")[0]["inferred"] == inferred
    assert results(check, "a.md", "--no-link")[0]["inferred"] == []


def test_options_win_over_front_matter_and_that_over_the_project(check: Check) -> None:
    put("copykit.toml", '[check]\ncategory = "食品"\nfail_on = "never"\n')
    cosmetics = ("--packs", "law/cosmetics")
    put("a.md", "+++\ncategory = '化妆品'\n+++\n祛斑美白\n")
    put("b.md", "---\ncategory: 化状品\n---\n好\n")
    put("c.md", "---\nhas_link: 也许\ntitle: x\n---\n好\n")
    put("d.md", "---\na: [\n---\n好\n")
    rules = {finding["rule"].split("/")[1] for finding in results(check, "a.md", *cosmetics)[0]["findings"]}
    assert "cosmetics" in rules
    rules = {
        finding["rule"].split("/")[1]
        for finding in results(check, "a.md", *cosmetics, "--category", "服装")[0]["findings"]
    }
    assert "cosmetics" not in rules
    assert check("--text", BAD).code == 0
    assert check("--text", BAD, "--fail-on", "error").code == 1
    code, _, err = check("b.md", "c.md", "d.md")
    assert code == 2
    told = err.splitlines()
    assert told[0].startswith("b.md：没有叫“化状品”的品类")
    assert told[1].startswith("c.md:2: has_link: ")
    assert "d.md:" in told[2]
    assert "YAML" in told[2]


def test_evidence_and_a_brief_let_a_claim_stand(check: Check) -> None:
    text = "累计售出 30 万支"
    sales = ("--packs", "law/evidence/sales")
    rules = {finding["rule"] for finding in results(check, "--text", text, *sales)[0]["findings"]}
    held = results(check, "--text", text, *sales, "--evidence", "sales=售出 30 万支（后台订单）")[0]
    assert rules > {finding["rule"] for finding in held["findings"]}
    assert "后台订单" in held["exempted"][0]["reason"]
    assert held["exempted"][0]["evidence_needed"] == ""


def test_evidence_that_is_held_is_not_asked_for_again(check: Check) -> None:
    text = "2025年11月，本类目销量排名第一"
    for evidence, asked in (
        (["--evidence", "sales=2025 年 11 月类目销量第一（平台榜单）"], False),
        (["--evidence", "sales=2024 年 11 月类目销量第一（平台榜单）"], True),
        (["--evidence", "award=2025 年 11 月（奖状）"], True),
        ([], True),
    ):
        page = check("--text", text, *evidence)
        assert page.code == 0
        assert ("备好" in page.out) is asked


# --- tables, folders, standard input ----------------------------------------------------------------------------------

TABLE = '货号,标题,详情\nA1,国家级面料,<p>全网<b>最低</b>价</p>\nA2,,\nA3,"没有关上,x\nA4,=纯棉短袖,圆领\n'


def test_what_cannot_be_read_is_named_and_the_rest_is_reported_whole(check: Check) -> None:
    put("空.txt", "")
    put("空.csv", "")
    put("数.csv", "价格,库存\n1,2\n")
    put("行.csv", b"\xb1\xea\xcc\xe2,a\n" + BAD.encode("gbk") + b",1\n\xff\xff,2\n" + CLEAN.encode("gbk") + b",3\n")
    put("好.txt", BAD)
    code, out, err = check("空.txt", "行.csv", "没有.txt", "数.csv", "空.csv", "好.txt", "--format", "jsonl")
    assert code == 2
    rows = [json.loads(line) for line in out.splitlines()]
    assert [(row["file"], row.get("row"), row["verdict"]) for row in rows] == [
        ("行.csv", 2, "error"),
        ("行.csv", 3, "ok"),
        ("行.csv", 4, "ok"),
        ("好.txt", None, "error"),
    ]
    told = err.splitlines()
    assert len(told) == 5
    for words in ("空.txt 里没有文字", "找不到文件 没有.txt", "价格、库存", "空.csv", "行.csv 里有 2 处读不出来的字节"):
        assert any(words in line for line in told), words
    assert told[-1].endswith("第 3 行")


def test_an_empty_file_stops_neither_a_folder_nor_a_hook(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    put("文案/空.md", "")
    put("文案/好.md", CLEAN)
    assert check("文案/空.md").code == 2
    code, _, err = check("文案")
    assert (code, err.splitlines()) == (0, ["文案/空.md 里没有文字，没有检查"])
    monkeypatch.setenv("PRE_COMMIT", "1")
    code, _, err = check("文案/空.md")
    assert (code, err.splitlines()) == (0, ["文案/空.md 里没有文字，没有检查"])


def test_a_row_of_a_list_of_fields_is_no_header_and_every_column_of_texts_is_read(check: Check) -> None:
    put("清单.csv", "项目,内容\n标题,最好用的面霜\n正文,第一品牌\n".encode("gbk"))
    put("两栏.csv", "编号,名称,文案,标签\n1,国家级面霜,最好用的面霜,补水\n".encode("gbk"))
    listed = results(check, "清单.csv")
    assert [(row["row"], [finding["match"] for finding in row["findings"]]) for row in listed] == [
        (2, ["最好用"]),
        (3, ["第一品牌"]),
    ]
    (row,) = results(check, "两栏.csv")
    assert [(finding["field"], finding["match"]) for finding in row["findings"]] == [
        ("名称", "国家级"),
        ("文案", "最好用"),
    ]


def test_one_bad_row_never_stops_the_others(check: Check) -> None:
    put("商品.csv", TABLE.encode("gbk"))
    code, out, err = check("商品.csv", "--format", "jsonl")
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 2
    assert [(row["row"], row["verdict"]) for row in rows] == [(2, "error"), (5, "ok")]
    assert [finding["field"] for finding in rows[0]["findings"]] == ["标题", "详情"]
    for finding, cell in zip(rows[0]["findings"], ("国家级面料", "<p>全网<b>最低</b>价</p>"), strict=True):
        assert cell[finding["start"] : finding["end"]] == finding["match"]
        assert (finding["line"], finding["column"]) == (2, finding["start"] + 1)
    assert "第 3 行：内容为空" in err
    assert "第 4 行：英文双引号没有成对" in err


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "jsonl"])
def test_columns_are_chosen_by_name(check: Check, suffix: str) -> None:
    rows = [["货号", "短句", "长句"], ["国家级", "顶级品质", "最好用的面霜"]]
    if suffix == "csv":
        put("表.csv", "\n".join(map(",".join, rows)))
    elif suffix == "jsonl":
        put("表.jsonl", json.dumps(dict(zip(*rows, strict=True)), ensure_ascii=False))
    else:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save("表.xlsx")
    (row,) = results(check, f"表.{suffix}", "--column", "短句", "--column", "长句")
    assert [finding["field"] for finding in row["findings"]] == ["短句", "长句"]
    code, _, err = check(f"表.{suffix}", "--column", "短句", "--column", "没有")
    assert code == 2
    assert "没有“没有”这一列" in err
    assert "货号、短句、长句" in err


def test_folders_are_walked_and_what_is_unknown_is_counted(check: Check) -> None:
    put("文案/a.txt", BAD)
    put("文案/里面/b.md", CLEAN)
    put("文案/里面/c.docx", b"PK\x03\x04")
    put("文案/.git/d.txt", BAD)
    code, out, err = check("文案")
    assert (code, err) == (1, "")
    assert "共检查 2 篇：暂不能发布 1 · 可以发布 1 · 跳过 2（隐藏的或不认识的）" in out
    assert "b.md" not in out


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("空.txt", b"", "空.txt 里没有文字"),
        ("空.html", b"<html><body> </body></html>", "里没有文字"),
        ("软文.docx", b"PK\x03\x04...", "另存为"),
        ("半截.txt", "全网最好".encode()[:-1], "1 处读不出来的字节"),
        ("机器.txt", b"a\0b\0\0c" * 9 + b"\xff", "NUL"),
        ("表.xlsx", b"PK\x03\x04", "重新导出"),
        ("没有.txt", None, "找不到文件 没有.txt"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(check: Check, name: str, data: bytes | None, sentence: str) -> None:
    if data is not None:
        put(name, data)
    code, _, err = check(name)
    assert code == 2
    assert sentence in err
    assert "Traceback" not in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ([], "请给出文件"),
        (["--text", "好", "--category", "化状品"], "没有叫“化状品”的品类；可以写 化妆品"),
        (["--text", "好", "--packs", "lwa"], "没有“lwa”这组规则"),
        (["--text", "好", "--evidence", "销量"], "--evidence 写成"),
        (["--text", "好", "--evidence", "sale=卖了"], "没有“sale”这种证据；可以写 sales、authority"),
        (["--text", "好", "-o", "a.doc"], "-o 只会写"),
        (["--text", " "], "--text 后面是空的"),
        (["--text", "好", "--format", "xml"], "只能是 text"),
        (["--text", "好", "--chanel", "public"], "--channel"),
        (["--text", "好", "--audience", "大人"], "只能是 general、minors"),
    ],
)
def test_a_wrong_option_is_one_sentence(check: Check, args: list[str], sentence: str) -> None:
    code, out, err = check(*args)
    assert (code, out) == (2, "")
    assert sentence in err
    assert len(err.splitlines()) == 1


OWN_RULE = """\
kind = "word"
words = ["宝子们"]
severity = "warning"
message = "“{match}”"
why = "店里称呼“您”"
source = "店规"

[cases]
flag = ["宝子们冲", "宝子们早", "宝子们好"]
pass = ["宝宝的衣服", "您好", "大家好"]
"""


def test_rules_of_ones_own_have_a_say_unless_packs_are_chosen(copykit: Copykit) -> None:
    put("我的/rules/店规/称呼.toml", OWN_RULE)
    own = copykit("check", "--text", "宝子们早", "--data", "我的", "--today", "2026-11-22")
    assert "“宝子们”" in own.out
    assert "“宝子们”" not in copykit("check", "--text", "宝子们早", "--data", "我的", "--packs", "law").out


def test_a_misspelt_fact_of_a_front_matter_is_told_and_other_programs_keys_are_left_alone(check: Check) -> None:
    put("a.md", f"---\ntitle: x\nchanel: group\n---\n{CLEAN}")
    ran = check("a.md")
    assert (ran.code, ran.err) == (2, "a.md:3: chanel: 没有这个键，是不是想写 channel？\n")
    put("b.md", f"---\ncategories: [好物]\ntags: [a]\n1: x\nCategory: 化妆品\n---\n{CLEAN}")
    assert check("b.md").code == 0


def test_a_project_with_an_unknown_key_says_file_line_and_key(check: Check) -> None:
    put("copykit.toml", '[check]\nchanel = "public"\n\n[[check.excuse]]\nphrase = "最好"\n')
    code, _, err = check("--text", "好")
    assert code == 2
    told = err.splitlines()
    assert told[0] == "copykit.toml:2: check.chanel: 没有“chanel”这个键，是不是想写“channel”？"
    assert told[1].startswith("copykit.toml:4: check.excuse.0.reason: 少了“reason”")


# --- excuses ----------------------------------------------------------------------------------------------------------

EXCUSES = [
    # text, the rules of what stands, the number that is excused
    ("销量第一 〔copykit：允许 law/absolute/rank 后台数据〕", [], 1),
    ("<!-- copykit: allow law/absolute 后台数据 -->\n\n销量第一\n销量第一", ["law/absolute/rank"], 1),
    ("# copykit: allow law/absolute/rank 后台\n# copykit: allow law/absolute/peak 标准\n国家级，销量第一", [], 2),
    ("# copykit: off law/absolute 引文\n国家级\n销量第一\n# copykit: on\n国家级", ["law/absolute/peak"], 2),
    ("# copykit: off law/absolute,law/prices 引文\n国家级\n# copykit: on", [], 1),
    ("# copykit: off law/absolute 引文\n国家级\n自己写的：销量第一", ["excuse/left_open"], 2),
    ("# copykit: off law/absolute 引文\n国家级\n# copykit: on law/prices\n销量第一", ["excuse/left_open"], 2),
    ("# copykit: off law/absolute 引文\n纯棉", ["excuse/idle"], 0),
    ("# copykit: allow law/absolute/rank\n销量第一", ["excuse/no_reason", "law/absolute/rank"], 0),
    ("# copykit: allow law/nothing 理由\n销量第一", ["excuse/unknown_rule", "law/absolute/rank"], 0),
    ("# copykit: allow absolute/rank 理由\n销量第一", ["excuse/nearly_known", "law/absolute/rank"], 0),
    ("# copykit: allow law/absolute/peak 理由\n销量第一", ["excuse/idle", "law/absolute/rank"], 0),
    ("# copykit: allow law/absolute/rank 最好用、国家级\n纯棉", ["excuse/idle"], 0),  # its own words are no text
    ("# copykit: allow style/spacing 理由\n纯棉", [], 0),  # that pack was not asked for
]


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize(("text", "standing", "excused"), EXCUSES)
def test_an_excuse_in_the_text(check: Check, name: str, text: str, standing: list[str], excused: int) -> None:
    put(name, text)
    (result,) = results(check, name)
    assert [finding["rule"] for finding in result["findings"]] == standing
    assert len(result["excused"]) == excused
    assert all(each["reason"] for each in result["excused"])


def test_an_excuse_in_html_stands_in_a_comment(check: Check) -> None:
    put("a.html", "<p>好</p>\n<!-- copykit: allow law/absolute 理由 -->\n<p>国家级</p>\n<p>国家级</p>")
    (result,) = results(check, "a.html")
    assert [finding["line"] for finding in result["findings"]] == [4]
    assert result["excused"][0]["by"] == "a.html:2"


PROJECT = """\
[[check.excuse]]
phrase = "国家级面料"
reason = "标准里的等级"

[[check.excuse]]
phrase = "用不上的话"
reason = "旧活动"

[[check.excuse]]
phrase = "销量第一"
files = ["旧/*"]
reason = "只在旧文里"

[[check.excuse]]
rules = ["law/absolute/rank"]
reason = "过期了"
until = 2026-01-31
"""


def test_a_long_phrase_of_the_project_beats_the_short_word_in_it(check: Check) -> None:
    put("copykit.toml", PROJECT)
    put("新/a.txt", "国 家 级 面 料，国家级")
    put("旧/b.txt", "销量第一")
    put("新/c.txt", "销量第一")
    rows = {row["file"]: row for row in results(check, "新", "旧")}
    assert [finding["start"] for finding in rows["新/a.txt"]["findings"]] == [10]
    assert rows["新/a.txt"]["excused"][0]["by"] == "copykit.toml:1"
    assert rows["旧/b.txt"]["verdict"] == "ok"
    assert rows["新/c.txt"]["verdict"] == "error"
    told = check(".").err.splitlines()
    assert [line.partition(":")[2].partition(":")[0] for line in told] == ["5", "14"]
    assert "用不上" in told[0]
    assert "过期" in told[1]
    assert [line for line in check("旧").err.splitlines() if "用不上的话" in line] != []
    # One text of many says nothing about phrases of the others.
    assert [line for line in check("旧/b.txt").err.splitlines() if "用不上" in line] == []


def test_an_excuse_for_files_that_there_are_not_is_told_over_the_project_only(check: Check) -> None:
    put("copykit.toml", '[[check.excuse]]\nphrase = "国家级"\nfiles = ["没有/*"]\nreason = "旧活动"\n')
    put("a.txt", "国家级")
    assert "copykit.toml:1: check.excuse（国家级）: 没有放过任何一处" in check(".").err
    for given in (("a.txt",), ("--text", "国家级")):
        assert "用不上" not in check(*given).err


# --- formats ----------------------------------------------------------------------------------------------------------


def test_sarif_is_valid_against_its_schema(check: Check, tmp_path: Path) -> None:
    put("文 案/a.md", ARTICLE + "\n本店今年 1—10 月销量排名第一\n\ud83d国家级\n".encode("utf-8", "replace").decode())
    put("商品.csv", TABLE)
    put("b.txt", CLEAN)
    check(".", "-o", tmp_path / "结果.sarif")
    log = json.loads((tmp_path / "结果.sarif").read_text("utf-8"))
    jsonschema.Draft4Validator(SARIF, format_checker=jsonschema.FormatChecker()).validate(log)
    (ran,) = log["runs"]
    assert ran["columnKind"] == "unicodeCodePoints"
    rules = {rule["id"]: rule for rule in ran["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in ran["results"]} == set(rules)
    assert rules["law/absolute/best"]["helpUri"].startswith("https://")
    kinds = {result.get("kind", "fail") for result in ran["results"]}
    assert kinds == {"fail", "review"}
    assert [result["suppressions"][0]["justification"] for result in ran["results"] if "suppressions" in result] == [
        "客户的原话"
    ]
    prints = [
        (
            r["partialFingerprints"]["copykitFinding/v1"],
            r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        )
        for r in ran["results"]
    ]
    assert any(uri == "%E6%96%87%20%E6%A1%88/a.md" for _, uri in prints)


def test_a_sarif_log_without_findings_is_valid_too(check: Check) -> None:
    log = json.loads(check("--text", CLEAN, "--format", "sarif").out)
    jsonschema.Draft4Validator(SARIF).validate(log)
    assert log["runs"][0]["results"] == []


def test_fingerprints_do_not_move_with_the_lines(check: Check) -> None:
    def prints(text: str) -> list[str]:
        put("a.txt", text)
        log = json.loads(check("a.txt", "--format", "sarif").out)
        return [result["partialFingerprints"]["copykitFinding/v1"] for result in log["runs"][0]["results"]]

    before = prints("国家级\n国家级\n")
    assert len(set(before)) == 2
    assert prints("新的一行\n\n国家级\n又一行\n国家级\n") == before


def test_github_annotations_are_escaped(check: Check) -> None:
    put("a,b:50%.txt", "好\n国家级")
    line = check("a,b:50%.txt", "--format", "github").out.splitlines()[0]
    assert line.startswith(
        "::error file=a%2Cb%3A50%25.txt,line=2,endLine=2,col=1,endColumn=3,title=广告法 第九条（三）"
    )
    assert "::“国家级”" in line


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_written_and_keeps_the_screen_safe(check: Check, form: str) -> None:
    put("a.txt", "国家级\x1b]0;x\x07|[链接](http://a)")
    code, out, _ = check("a.txt", "--format", form)
    assert code == 1
    assert "国家级" in out
    assert "\x07" not in out or form == "csv"


@pytest.mark.parametrize("named", ["文案", "文案/a.md"])
def test_a_text_that_is_checked_is_not_written_over(check: Check, named: str) -> None:
    put("文案/a.md", BAD)
    code, out, err = check(named, "-o", "文案/a.md")
    assert (code, out) == (2, "")
    assert f"{Path('文案/a.md')} 是要读的文件" in err
    assert Path("文案/a.md").read_text("utf-8") == BAD


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".json", ".jsonl", ".md", ".sarif"])
def test_every_file_is_written_whole(check: Check, suffix: str) -> None:
    put("a.txt", "国家级，=1+1")
    code, out, err = check("a.txt", "-o", f"问题{suffix}")
    assert (code, out) == (1, "")
    assert f"全部在 问题{suffix}" in err
    data = Path(f"问题{suffix}").read_bytes()
    assert data.startswith(
        {".xlsx": b"PK", ".csv": b"\xef\xbb\xbf", ".md": b"##"}.get(suffix, b"[" if suffix == ".json" else b"{")
    )
    assert sorted(path.name for path in Path().iterdir()) == sorted(["a.txt", f"问题{suffix}"])


def test_a_page_is_whole_escaped_and_needs_nothing_else(check: Check) -> None:
    put("稿<b>&/一.md", ARTICLE.replace("街上", "<i onclick=x()>街上</i>&amp;"))
    put("稿<b>&/二.txt", "我们的目标是做最好的团队。\n纯棉\n国家级面料<script>alert(1)</script>")
    put("稿<b>&/三.txt", CLEAN)
    code, out, err = check("稿<b>&", "-o", "问题.html")
    assert (code, out) == (1, "")
    page = Path("问题.html").read_text("utf-8")
    assert "共检查 3 篇：暂不能发布 2 · 可以发布 1" in page
    assert "共检查 3 篇" in err
    for words in (
        "最好用",
        "广告法 第九条（三）",
        "看着像、其实可以留",
        "第五条（二）",
        "你说过可以留",
        "客户的原话",
        NOTICE,
    ):
        assert words in page, words
    assert '<mark class="error">国家级</mark>面料&lt;script&gt;' in page
    seen = BeautifulSoup(page, "html.parser")
    assert [each.get_text() for each in seen.find_all("h2")] == ["稿<b>&/一.md", "稿<b>&/二.txt"]
    assert {each["href"] for each in seen.find_all("a")} == {"#t1", "#t2"}
    assert not seen.find_all(["script", "link", "img", "iframe", "i"])
    assert not re.search(r"https?://|\bon[a-z]+=", page)


def test_a_page_without_findings_says_so(check: Check) -> None:
    put("一.txt", CLEAN)
    assert check("一.txt", "-o", "问题.html", "--lang", "en").code == 0
    assert "There is nothing to change." in Path("问题.html").read_text("utf-8")


def test_a_workbook_has_the_findings_and_the_verdicts(check: Check) -> None:
    put("商品.csv", TABLE)
    check("商品.csv", "-o", "问题.xlsx")
    findings, verdicts = openpyxl.load_workbook("问题.xlsx").worksheets
    assert [row[:2] for row in findings.iter_rows(2, values_only=True)] == [("商品.csv", 2)] * 2
    assert list(verdicts.iter_rows(2, values_only=True)) == [
        ("商品.csv", 2, "暂不能发布"),
        ("商品.csv", 5, "可以发布"),
    ]


@pytest.mark.parametrize(
    ("text", "fail_on", "code"),
    [(BAD, "error", 1), (BAD, "never", 0), ("口感极致", "error", 0), ("口感极致", "warning", 1), (CLEAN, "warning", 0)],
)
def test_fail_on_decides_the_exit_code(check: Check, text: str, fail_on: str, code: int) -> None:
    assert check("--text", text, "--fail-on", fail_on, "--packs", "law/absolute").code == code


def test_a_title_in_the_head_and_the_first_heading_is_no_repetition(check: Check) -> None:
    title = "一把旧伞从断骨到能用的全部经过"
    put("一次.md", f"---\ntitle: {title}\n---\n# {title}\n\n先找线，再找针。\n")
    put("两次.md", f"---\ntitle: {title}\n---\n# {title}\n\n{title}。\n")
    once, twice = results(check, "一次.md", "两次.md", "--packs", "style")
    assert once["findings"] == []
    assert {finding["rule"] for finding in twice["findings"]} >= {"style/repetition/sentence"}


def test_copied_passages_are_told_with_where_they_stand(check: Check) -> None:
    passage = "刷头是弯的，顺着睫毛往上提两下就够，卸的时候用温水敷一会儿再擦"
    put("旧文/去年.txt", f"去年写的。{passage}，省力。")
    put("新.txt", f"先说结论。{passage}。")
    rules = {
        f["rule"]
        for f in json.loads(check("新.txt", "--against", "旧文", "--format", "jsonl", "--packs", "style/copied").out)[
            "findings"
        ]
    }
    without = {
        f["rule"] for f in json.loads(check("新.txt", "--format", "jsonl", "--packs", "style/copied").out)["findings"]
    }
    assert any(rule.startswith("style/copied") for rule in rules - without)


# --- a process of its own ---------------------------------------------------------------------------------------------


def command(*args: str) -> list[str]:
    return [sys.executable, "-m", "copykit", "check", *args]


def test_standard_input_is_one_text_and_a_closed_pipe_is_quiet(tmp_path: Path) -> None:
    done = subprocess.run(
        command("-", "--format", "jsonl"), input="国 家 级".encode(), capture_output=True, check=False
    )
    assert json.loads(done.stdout)["findings"][0]["matched_as"] == "国家级"
    table = tmp_path / "多.csv"
    table.write_text("标题\n" + "国家级面料\n" * 3000, "utf-8")
    shell = f"{sys.executable} -m copykit check {table} --format jsonl | head -n 1"
    piped = subprocess.run(["sh", "-c", shell], capture_output=True, check=False)
    assert piped.stdout.count(b"\n") == 1
    assert b"Traceback" not in piped.stderr


@pytest.mark.skipif(os.name == "nt", reason="signals of a console differ there")
def test_an_interrupted_run_leaves_the_old_file_whole(tmp_path: Path) -> None:
    source, target = tmp_path / "多.csv", tmp_path / "问题.csv"
    source.write_text("标题\n" + "国家级面料，销量第一\n" * 300_000, "utf-8")
    target.write_text("旧的", "utf-8")
    run = interrupted(command(str(source), "-o", str(target)), tmp_path)
    assert run.code == 130
    assert "已中断" in run.err
    assert target.read_text("utf-8") == "旧的"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["多.csv", "问题.csv"]


def test_a_gbk_console_shows_the_page() -> None:
    env = {**os.environ, "PYTHONIOENCODING": "gbk"}
    done = subprocess.run(command("--text", BAD + "🔥"), env=env, capture_output=True, check=False)
    assert done.returncode == 1
    assert "暂不能发布" in done.stdout.decode("gbk")
