"""``titles compare`` as its user meets it: a table or a few numbers in, a verdict and its reason out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from copykit.cli import run
from copykit.text.measure import display_width

TABLE = """\
标题,日期,主图,商品,价格,位置,展现量,点击量
11块钱的睫毛膏凭什么断货,11-01,a.jpg,睫毛膏,¥11,搜索,"1,520",41
睫毛短塌的看过来,11-01,a.jpg,睫毛膏,11.00,搜索,1490,22
11块钱的睫毛膏凭什么断货,11-02,a.jpg,睫毛膏,11,搜索,1620,48
睫毛短塌的看过来,11-02,a.jpg,睫毛膏,11元/支,搜索,1590,21
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "测试.csv").write_bytes(TABLE.encode("gb18030"))
    return tmp_path


def test_a_table_gives_a_verdict_its_reason_and_the_counts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["titles", "compare", "测试.csv"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("有结果\n")
    assert "“11块钱的睫毛膏凭什么断货”点得多" in out.replace("\n  ", "")
    assert "3,140  89    2.83%   2.31%—3.47%  11块钱的睫毛膏凭什么断货" in out
    assert max(map(display_width, out.splitlines())) <= 82
    assert run(["titles", "compare", "测试.csv", "--lang", "en"]) == 0
    assert "is clicked more, at 2.03 times the rate" in capsys.readouterr().out.replace("\n  ", " ")


def test_the_json_has_the_agreed_shape(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["titles", "compare", "测试.csv", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"titles", "verdict", "winner", "more_impressions_needed", "reason"} <= set(found)
    assert {"title", "impressions", "clicks", "rate", "interval"} == set(found["titles"][0])
    assert (found["verdict"], found["winner"]) == ("winner", found["titles"][0]["title"])


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_half_an_emoji_costs_no_verdict(folder: Path, capsysbinary: pytest.CaptureFixture[bytes], form: str) -> None:
    rows = [
        {"title": "甲\ud83d护手霜", "impressions": 1000, "clicks": 30},
        {"title": "乙护手霜", "impressions": 1000, "clicks": 60},
    ]
    (folder / "半.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    assert run(["titles", "compare", "半.jsonl", "--format", form]) == 0
    assert json.loads(capsysbinary.readouterr().out)["titles"][0]["title"] == "甲\ud83d护手霜"


def test_groups_are_compared_each_for_itself(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = TABLE + "".join(
        f"{title},11-01,b.jpg,眼线笔,29,搜索,1000,{clicks}\n"
        for title, clicks in (("不晕的眼线笔", 30), ("手残也能画", 31))
    )
    Path("两组.csv").write_text(more, "utf-8")
    assert run(["titles", "compare", "两组.csv"]) == 0
    assert capsys.readouterr().out.startswith("不能比\n")
    assert run(["titles", "compare", "两组.csv", "--group", "商品", "--format", "jsonl"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["group"], one["verdict"]) for one in found] == [("睫毛膏", "winner"), ("眼线笔", "undecided")]


def test_numbers_at_hand_need_no_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counts = ["--impressions", "3120,3080", "--clicks", "45，60"]
    assert run(["titles", "compare", "甲", "乙", *counts, "--same", "全部"]) == 0
    assert "照这样每条再要约 11,000 次展现" in capsys.readouterr().out.replace("\n  ", "")
    assert run(["titles", "compare", "甲", "乙", *counts, "--same", "主图、价格"]) == 0
    assert "都一样就加 --same 商品,位置,时间" in capsys.readouterr().out.replace("\n  ", "")


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["甲", "乙"], "--impressions"),
        (["甲", "乙", "--impressions", "100", "--clicks", "1,2"], "要给 2 个整数"),
        (["甲", "乙", "--impressions", "1,2", "--clicks", "100,200"], "填反了"),
        (["测试.csv", "--same", "图片质量"], "不认识"),
        (["测试.csv", "--group", "款式"], "没有“款式”这一列；现有的列：标题、日期"),
        (["没有.csv"], "找不到文件"),
        (["空.csv"], "没有内容"),
        (["少列.csv"], "没有展现量这一列"),
    ],
)
def test_what_cannot_be_compared_is_told_in_one_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], argv: list[str], says: str
) -> None:
    Path("空.csv").touch()
    Path("少列.csv").write_text("标题,点击\n甲,3\n", "utf-8")
    assert run(["titles", "compare", *argv]) == 2
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert says in err


def test_bad_rows_are_told_and_the_good_ones_counted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = "睫毛短塌的看过来,11-02,a.jpg,睫毛膏,11,搜索,{}\n"
    Path("坏行.csv").write_text(TABLE + bad.format("20,90") + bad.format("很多,3") + bad.format(",3"), "utf-8")
    assert run(["titles", "compare", "坏行.csv"]) == 2
    out, err = capsys.readouterr()
    assert out.startswith("有结果")
    assert "第 6 行：点击量 90 比展现量 20 还多" in err
    assert "第 7 行：展现量的“很多”不是数" in err
    assert "第 8 行：展现量是空的" in err
    assert "3 行没用上" in err
