"""From results to reasons, to what to feed and stop, to the next plan: as a shop's owner meets it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pytest

from copykit.cli import run
from copykit.text.measure import display_width

BRIEF = Path(__file__).parents[2] / "corpora/samples/mascara.toml"
MONTHS = """\
某店流量报表
入口,期间,展现量,点击量,支付买家数,支付订单数,支付金额,同行同层点击率,下单买家数
搜索,10月,"120,000","2,400",96,101,"¥2,222",3.0%,
搜索,11月,150000,3600,108,118,2480,3.0%,
推荐,10月,20万,2000,30,30,690,1.2%,
推荐,11月,180000,1620,32,33,700,1.2%,
小红书,11月,5000,260,9,9,198,,
双11预售,11月,30000,900,0,0,0,,45
"""
DAYS = """\
日期,渠道,访客数,订单数,销售额
2026/10/30,搜索,100,5,100
2026-10-31,搜索,110,4,80
20261101,搜索,130,9,190
2026年11月2日,搜索,90,6,120
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "copykit.toml").touch()
    (tmp_path / "睫毛膏.toml").write_bytes(BRIEF.read_bytes())
    (tmp_path / "月报.csv").write_bytes(MONTHS.encode("gb18030"))
    (tmp_path / "日报.csv").write_text(DAYS, "utf-8")
    return tmp_path


# --- funnel -----------------------------------------------------------------------------------------------------------


def test_a_funnel_says_what_moved_sales_and_what_to_do_first(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["channels", "funnel", "月报.csv", "--brief", "睫毛膏.toml"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("销售额：10月 2,912 → 11月 3,378，多了 466\n")
    assert "合计          +466" in out
    assert "1 搜索 点击率 2.40%，到同行同层的 3.00%：约多 279 元毛利" in out
    assert "看下单转化率\n    5.00%" in out
    assert max(map(display_width, out.splitlines())) <= 82
    assert run(["channels", "funnel", "月报.csv", "--lang", "en"]) == 0
    assert "sales: 2,912 in 10月, 3,378 in 11月, up 466" in capsys.readouterr().out


def test_the_first_cause_of_an_entry_went_its_way_and_all_add_up_with_the_rest(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["channels", "funnel", "月报.csv"]) == 0
    block = capsys.readouterr().out.split("哪个入口、因为什么\n")[1].split("\n\n")[0]
    rows = [[float(each.replace(",", "")) for each in re.findall(r"[+-][\d,]+", line)] for line in block.splitlines()]
    assert len(rows) > 1
    for delta, *parts in rows:
        assert not parts or parts[0] * delta > 0
        assert not parts or abs(sum(parts) - delta) <= len(parts)


def test_the_json_adds_up(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["channels", "funnel", "月报.csv", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert abs(sum(found["change"]["effects"].values()) - found["change"]["delta"]) < 1e-9
    for change in found["changes"]:
        assert abs(sum(change["effects"].values()) - change["delta"]) < 1e-9
    assert {"entry", "factor", "gain", "hours", "per_hour", "basis"} <= set(found["levers"][0])


def test_days_are_parted_by_a_date(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["channels", "funnel", "日报.csv", "--split", "2026-11-01"]) == 0
    assert "销售额：2026-11-01 前 180 → 2026-11-01 起 310，多了 130" in capsys.readouterr().out
    assert run(["channels", "funnel", "日报.csv"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("销售额：20261101 190 → 2026年11月2日 120，少了 70")
    assert "有 4 期，比最后两期" in err


@pytest.mark.parametrize(
    ("told", "before", "after"),
    [
        (["11月", "10月"], "10月", "11月"),  # exports often begin with the last
        (["第 45 周", "第 44 周"], "第 44 周", "第 45 周"),
        (["2026-12", "2027-01"], "2026-12", "2027-01"),
        (["2027-01", "2026-12"], "2026-12", "2027-01"),
        (["12月", "1月"], "12月", "1月"),  # a new year: the table's own order
        (["活动前", "活动中"], "活动前", "活动中"),
    ],
)
def test_periods_stand_in_their_order(
    folder: Path, capsys: pytest.CaptureFixture[str], told: list[str], before: str, after: str
) -> None:
    rows = "".join(f"{period},{100 + number},3,60\n" for number, period in enumerate(told))
    Path("期.csv").write_text(f"期间,点击量,订单数,支付金额\n{rows}", "utf-8")
    assert run(["channels", "funnel", "期.csv", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["periods"] == [before, after]


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["月报.csv", "--by", "款式"], "没有“款式”这一列"),
        (["月报.csv", "--before", "9月", "--after", "10月"], "没有“9月”这一期；有 10月、11月"),
        (["月报.csv", "--before", "10月"], "要一起给"),
        (["月报.csv", "--split", "2026-11-01"], "要有“日期”一列"),
        (["一列.csv"], "要有两样能接起来的"),
        (["无数.csv"], "没有成交、点击、展现这样的列；现有的列：渠道、备注"),
        (["空.csv"], "没有内容"),
        (["没有.csv"], "找不到文件"),
    ],
)
def test_what_cannot_be_a_funnel_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str], argv: list[str], says: str
) -> None:
    Path("一列.csv").write_text("渠道,点击量\n搜索,3\n", "utf-8")
    Path("无数.csv").write_text("渠道,备注\n搜索,很好\n", "utf-8")
    Path("空.csv").touch()
    assert run(["channels", "funnel", *argv]) == 2
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert says in err


def test_bad_rows_are_told_and_the_others_counted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = "搜索,11月,100,200,1,1,20,,\n搜索,11月,100,20,1,1,,,\n搜索,11月,100,20,1,0,20,,\n搜索,11月,一百,20,1,1,20,,\n"
    Path("坏行.csv").write_text(MONTHS + bad, "utf-8")
    assert run(["channels", "funnel", "坏行.csv"]) == 2
    out, err = capsys.readouterr()
    assert out.startswith("销售额：10月 2,912 → 11月 3,378")
    assert "第 9 行：点击量 200 比展现量 100 还多" in err
    assert "第 10 行：支付金额是空的" in err
    assert "第 11 行：支付买家数 1 比支付订单数 0 还多" in err
    assert "第 12 行：展现量的“一百”不是数" in err


# --- review -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def planned(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    """Return the codes of a saved plan."""
    plan = ["channels", "plan", "睫毛膏.toml", "--budget", "3000", "--hours", "6", "--today", "2026-11-22", "--save"]
    assert run(plan) == 0
    tag = ["links", "tag", "--plan", "睫毛膏", "--link", "https://shop.example/g?id=1", "-o", "码.json"]
    assert run(tag) == 0
    capsys.readouterr()
    codes: list[dict[str, str]] = json.loads(Path("码.json").read_text("utf-8"))
    return codes


def write_results(codes: list[dict[str, str]]) -> None:
    spoken = next(code["code"] for code in codes if code["kind"] == "spoken")
    card = next(code["link"] for code in codes if code["channel"] == "parcel_card")
    lines = [
        "口令,链接,渠道,期间,标题,展现量,点击量,支付订单数,支付金额,花费,同行同层转化率",
        f"{spoken},,,11月下,刷头只有三毫米,5200,310,27,297,,3%",
        f",{card},,11月下,,,260,41,451,120,",
        ",,聚光,11月下,早八刷两下,21000,500,5,55,620,",
        ",,搜索优化,11月下,平价睫毛膏,30000,900,27,300,,",
    ]
    Path("结果.csv").write_text("\n".join(lines), "utf-8")


def test_a_review_joins_by_codes_judges_and_leads_to_the_next_plan(
    planned: list[dict[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    write_results(planned)
    assert run(["channels", "review", "结果.csv", "--brief", "睫毛膏.toml", "-o", "下期.csv"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("复盘 4 行：按码对上 2")
    feed, stop = out.index("该加"), out.index("该停")
    assert feed < out.index("小红书笔记：转化 8.71%") < stop < out.index("聚光：花 620 元")
    assert "转化率 高于同行 3.00%" in out
    assert max(map(display_width, out.splitlines())) <= 82
    assert "copykit channels plan 睫毛膏.toml --results 下期.csv" in err
    rows = Path("下期.csv").read_text("utf-8-sig").splitlines()
    assert rows[0] == "渠道,期间,次数,访客,成交,花费,销售额,工时"
    assert "聚光,11月下,,500,5,620,55," in rows
    assert (
        run(["channels", "plan", "睫毛膏.toml", "--budget", "3000", "--results", "下期.csv", "--format", "json"]) == 0
    )
    made = json.loads(capsys.readouterr().out)
    refused = {one["channel"]: one["why"] for one in made["rejected"]}
    assert refused["juguang"].startswith("你自己的结果：花 620 元成交 5 单")
    (notes,) = [row for row in made["rows"] if row["channel"] == "xiaohongshu_notes"]
    assert "27 单" in notes["why"]


def test_a_review_is_written_whole(planned: list[dict[str, str]], capsys: pytest.CaptureFixture[str]) -> None:
    write_results(planned)
    for name in ("复盘.xlsx", "复盘.json"):
        assert run(["channels", "review", "结果.csv", "--margin", "0.45", "-o", name]) == 0
    book = openpyxl.load_workbook("复盘.xlsx")
    assert book.sheetnames == ["下期", "按渠道", "按标题", "按商品", "按物料"]
    body = json.loads(Path("复盘.json").read_text("utf-8"))
    assert {"channel", "task", "title", "product", "material", "feed", "stop"} <= set(body)
    assert body["stop"] == ["聚光"]
    assert body["channel"][0]["intervals"]["conversion"][0] < body["channel"][0]["rates"]["conversion"]
    capsys.readouterr()
    assert run(["channels", "plan", "睫毛膏.toml", "--budget", "3000", "--results", "复盘.xlsx"]) == 0
    assert run(["channels", "review", "结果.csv", "--lang", "en"]) == 0
    assert "2 joined by code" in capsys.readouterr().out


def test_a_channel_that_the_next_plan_cannot_use_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("结果.csv").write_text("渠道,点击量,订单数\n小红书,300,9\n搜索,800,12\n", "utf-8")
    assert run(["channels", "review", "结果.csv", "-o", "下期.csv"]) == 0
    assert "没写进去的：搜索，" in capsys.readouterr().err
    assert "搜索" not in Path("下期.csv").read_text("utf-8-sig")


def test_a_review_needs_no_plan_and_tells_of_unknown_codes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("结果.csv").write_text("渠道,码,点击量,订单数\n小红书,zz.zz,300,9\n公众号,,800,12\n", "utf-8")
    assert run(["channels", "review", "结果.csv"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("复盘 2 行：按码对上 0，按任务 0，按渠道名 2，没对上 0")
    assert "没给出过这些码：zz.zz" in out
    assert run(["channels", "review", "结果.csv", "--plan", "没有"]) == 2
    assert "还没有存过计划" in capsys.readouterr().err
