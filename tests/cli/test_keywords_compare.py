"""``copykit keywords compare`` from end to end, as its users run it."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

from copykit.cli import run

USUAL = [
    f"{head}{tail}"
    for head in ("加绒打底裤", "平价睫毛膏", "显瘦连衣裙", "保暖手套")
    for tail in ("女", "冬季", "新款", "学生党")
]


@pytest.fixture
def weeks(tmp_path: Path) -> tuple[Path, Path]:
    old, new = tmp_path / "上周.txt", tmp_path / "这周.txt"
    old.write_text("\n".join(USUAL * 6 + ["纯棉凉席单人"] * 14), "gbk")
    new.write_text("\n".join(USUAL * 6 + ["三合一冲锋衣男", "三合一冲锋衣女"] * 9), "utf-8")
    return old, new


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "热词.csv"
    day, rows = date(2026, 3, 16), []
    for number in range(28):
        week = number // 7
        rows += [(day + timedelta(days=number), f"词{n}", 40 + (n * 7 + number * 3) % 11) for n in range(60)]
        rows.append((day + timedelta(days=number), "羽绒裤", [2, 3, 5, 40][week] + number % 3))
        rows.append((day + timedelta(days=number), "鹅腿", 300 if number == 24 else 0))
    path.write_text(
        "日期,搜索词,搜索次数\n" + "".join(f"{day:%Y/%m/%d},{word},{n}\n" for day, word, n in rows), "utf-8"
    )
    return path


def compare(*args: str | Path) -> int:
    return run(["keywords", "compare", *map(str, args)])


def test_people_get_the_words_by_state_with_texts_that_show_them(
    weeks: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare(*weeks) == 0
    shown = capsys.readouterr()
    assert "这周 和 上周 比" in shown.out
    assert (
        shown.out.index("新来的")
        < shown.out.index("三合一冲锋衣")
        < shown.out.index("没了的")
        < shown.out.index("凉席")
    )
    assert "例：三合一冲锋衣男" in shown.out
    assert "看不出变化" in shown.out
    assert "条" in shown.err


def test_machines_get_the_fields_that_were_promised(
    weeks: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare(*weeks, "--format", "jsonl") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    fields = ["keyword", "state", "measure", "before", "after", "ratio", "p_value", "examples"]
    assert [list(row)[:8] for row in rows] == [fields] * len(rows)
    states = {row["keyword"]: row["state"] for row in rows}
    assert states["三合一冲锋衣"] == "new"
    assert states["凉席"] == "gone"
    assert states["平价睫毛膏"] == "steady"
    assert {row["measure"] for row in rows} == {"count"}


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".jsonl", ".json", ".md"])
def test_files_are_written_by_their_ending(weeks: tuple[Path, Path], tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"涨跌{suffix}"
    assert compare(*weeks, "--changed", "-o", target) == 0
    match suffix:
        case ".csv":
            rows = list(csv.DictReader(target.read_text("utf-8-sig").splitlines()))
            assert {row["涨跌"] for row in rows} == {"新来的", "没了的"}
        case ".xlsx":
            assert openpyxl.load_workbook(target).active.max_row > 2
        case _:
            assert "三合一冲锋衣" in target.read_text("utf-8")


def test_a_picture_of_rise_and_fall_is_drawn(weeks: tuple[Path, Path], tmp_path: Path) -> None:
    target = tmp_path / "涨跌.svg"
    assert compare(*weeks, "--picture", target) == 0
    tree = ET.parse(target)
    assert tree.getroot().tag.endswith("svg")
    told = "".join(tree.getroot().itertext())
    assert "三合一冲锋衣" in told
    assert "凉席" in told


def test_dated_rows_are_cut_into_weeks(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(table, "--by", "week", "--format", "json") == 0
    rows = {row["keyword"]: row for row in json.loads(capsys.readouterr().out)}
    assert (rows["羽绒裤"]["state"], rows["羽绒裤"]["shape"]) == ("rising", "late_bloomer")
    assert rows["羽绒裤"]["rises"] == 3
    assert (rows["鹅腿"]["state"], rows["鹅腿"]["shape"]) == ("steady", "one_day")
    assert sum(row["state"] == "steady" for row in rows.values()) == 61


def test_a_column_of_days_that_nobody_knows_is_told_and_may_be_named(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = table.read_text("utf-8").replace("日期,", "写下的日子,编号,").replace(",词", ",10001,词")
    table.write_text(text.replace(",羽", ",10002,羽").replace(",鹅", ",10003,鹅"), "utf-8")
    assert compare(table, "--by", "week") == 2
    told = capsys.readouterr().err
    assert "像日期的列：写下的日子；用哪一列，就加 --date-column 写下的日子" in told
    assert compare(table, "--by", "week", "--date-column", "写下的日子") == 0
    assert "羽绒裤" in capsys.readouterr().out
    assert compare(table, "--by", "week", "--date-column", "编号") == 2
    assert "“编号”这一列没有，或者里面不是日期" in capsys.readouterr().err


def test_a_day_says_which_period_is_looked_at(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(table, "--by", "week", "--at", "2026-04-01") == 0
    assert "2026-03-30…2026-04-05 和" in capsys.readouterr().out


def test_days_may_stand_in_the_names_of_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "每天"
    folder.mkdir()
    for number in range(21):
        day = date(2026, 3, 2) + timedelta(days=number)
        more = ["三合一冲锋衣男"] * 5 if number >= 14 else []
        (folder / f"热搜_{day:%Y%m%d}.txt").write_text("\n".join(USUAL * 2 + more), "utf-8")
    assert compare(folder, "--by", "week", "--format", "json") == 0
    rows = {row["keyword"]: row for row in json.loads(capsys.readouterr().out)}
    assert (rows["三合一冲锋衣"]["state"], rows["三合一冲锋衣"]["shape"]) == ("new", "lasting")


def test_an_index_is_compared_and_not_tested(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, index in (("前", 900), ("后", 9_000)):
        rows = "".join(f"词{n},{1_000 + 13 * n},{n % 7}\n" for n in range(40))
        (tmp_path / f"{name}.csv").write_text(f"搜索词,搜索人气,支付买家数\n{rows}冲锋衣,{index},3\n", "utf-8")
    assert compare(tmp_path / "前.csv", tmp_path / "后.csv", "--format", "json") == 0
    shown = capsys.readouterr()
    rows = {row["keyword"]: row for row in json.loads(shown.out)}
    assert (rows["冲锋衣"]["state"], rows["冲锋衣"]["measure"], rows["冲锋衣"]["p_value"]) == ("rising", "index", None)
    assert "不做检验" in shown.err


def test_another_figure_may_be_named_by_its_column(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, buyers in (("前", 3), ("后", 90)):
        rows = "".join(f"词{n},{1_000 + 13 * n},{20 + n % 7}\n" for n in range(60))
        (tmp_path / f"{name}.csv").write_text(f"搜索词,搜索人气,支付买家数\n{rows}冲锋衣,900,{buyers}\n", "utf-8")
    files = tmp_path / "前.csv", tmp_path / "后.csv"
    assert compare(*files, "--figure", "支付买家数", "--format", "json") == 0
    rows_found = {row["keyword"]: row for row in json.loads(capsys.readouterr().out)}
    assert (rows_found["冲锋衣"]["state"], rows_found["冲锋衣"]["measure"]) == ("rising", "count")
    assert compare(*files, "--figure", "花费额") == 2
    assert "支付买家数" in capsys.readouterr().err


def test_brands_of_ones_own_stand_apart(weeks: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(*weeks, "--brand", "三合一") == 0
    shown = capsys.readouterr().out
    assert shown.index("自家品牌的") < shown.index("三合一冲锋衣")


def test_three_periods_are_told_in_order(weeks: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(weeks[0], *weeks, "--format", "json") == 0
    rows = {row["keyword"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["三合一冲锋衣"]["series"] == [0, 0, 18]


def test_standard_input_may_be_a_period(
    weeks: tuple[Path, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(weeks[1].read_bytes())))
    assert compare(weeks[0], "-", "--format", "json") == 0
    assert "三合一冲锋衣" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ([], "请给出两段或几段"),
        (["{old}"], "只有一段没法比"),
        (["{old}", "没有.txt"], "找不到文件 没有.txt"),
        (["{old}", "{new}", "--at", "2026-11-01"], "--at 要和 --by 一起用"),
        (["{old}", "{new}", "--picture", "a.png"], "--picture 只画 .svg"),
        (["{old}", "{new}", "-o", "a.doc"], "-o 只会写"),
        (["-", "-"], "标准输入只能当一段"),
        (["{old}", "{new}", "--by", "week"], "没有日期"),
        (["{old}", "{new}", "--kind", "诗"], "没有“诗”这种文本"),
    ],
)
def test_a_mistake_is_one_sentence(
    weeks: tuple[Path, Path], args: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare(*(part.format(old=weeks[0], new=weeks[1]) for part in args)) == 2
    assert told in capsys.readouterr().err


def test_an_empty_period_is_said_so(weeks: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    weeks[1].write_text("", "utf-8")
    assert compare(*weeks) == 2
    assert "没有能比的内容" in capsys.readouterr().err


def test_files_of_unlike_days_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for day in ("2026-11-09", "2026-11-16", "2026-11-18"):
        (tmp_path / f"搜索词-{day}.csv").write_text("搜索词,展现量\n睫毛膏,900\n口红,800\n", "utf-8")
    files = [str(tmp_path / f"搜索词-{day}.csv") for day in ("2026-11-09", "2026-11-16", "2026-11-18")]
    assert run(["keywords", "compare", files[0], files[1]]) == 0
    assert "只有一边在双 11前后" in capsys.readouterr().out
    assert run(["keywords", "compare", files[1], files[2]]) == 0
    assert "星期几对不上" in capsys.readouterr().out


def test_a_column_of_numbers_that_nobody_knows_is_told_and_may_be_named(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table.write_text(table.read_text("utf-8").replace("搜索次数", "进店人头"), "utf-8")
    assert compare(table, "--by", "week") == 0
    shown = capsys.readouterr()
    assert "羽绒裤" not in shown.out
    assert "“进店人头”是数，可是没认出是什么数，没有用" in shown.err
    assert "--figure 进店人头" in shown.err
    assert compare(table, "--by", "week", "--figure", "进店人头") == 0
    shown = capsys.readouterr()
    assert "羽绒裤" in shown.out
    assert "没认出" not in shown.err


@pytest.mark.parametrize("name", ["搜索人数", "点击人数"])
def test_how_many_people_searched_is_a_figure(table: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    table.write_text(table.read_text("utf-8").replace("搜索次数", name), "utf-8")
    assert compare(table, "--by", "week") == 0
    assert "羽绒裤" in capsys.readouterr().out
