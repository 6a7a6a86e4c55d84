"""``copykit shop`` from end to end, as its users run it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import openpyxl
import pytest

from copykit.cli import run

HEADER = [
    "货号",
    "SKU编码",
    "品名",
    "供应商",
    "库存",
    "期初库存",
    "成本",
    "销量",
    "销售额",
    "访客",
    "支付买家数",
    "上架日期",
]
GOODS = [
    ["G1", "G1-1", "羽绒服", "甲", "200", "250", "100", "60", "¥12,000", "900", "60", "2025-01-01"],
    ["G1", "G1-2", "羽绒服", "甲", "100", "120", "100", "0", "0", "", "", "2025/1/1"],
    ["G2", "G2-1", "水杯", "乙", "300", "300", "10", "200", "6000", "2000", "180", "2024年5月1日"],
    ["G3", "G3-1", "台灯", "乙", "5", "40", "50", "30", "3000", "800", "30", "2025-03-01"],
    ["G4", "G4-1", "休闲鞋", "丙", "80", "90", "60", "2", "200", "50", "2", "2026-10-15"],
    ["合计", "", "", "", "685", "", "", "", "", "", "", ""],
]


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "库存销售.csv"
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([HEADER, *GOODS])
    return path


def grade(*args: str | Path) -> int:
    return run(["shop", "grade", *map(str, args), "--today", "2026-11-22"])


def test_people_get_the_answer_with_its_formulas(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert grade(table) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("4 个商品，30 天")
    assert "毛利额" in shown
    assert "库存 ABC：A 2 个" in shown
    assert "ABC 只是列出来看，不参与选" in shown
    assert "笔误" in shown
    assert all(len(line.encode("gb18030")) <= 84 for line in shown.splitlines())


def test_what_to_push_feeds_listings_build(table: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert grade(table, "--push", "推.csv") == 0
    rows = list(csv.reader((tmp_path / "推.csv").read_text("utf-8-sig").splitlines()))
    ids = [row[0] for row in rows[1:]]
    assert ids == ["G2", "G1", "G4"]
    products = tmp_path / "商品.csv"
    products.write_text("货号,品名\nG1,羽绒服\nG2,水杯\nG3,台灯\n", "utf-8")
    assert run(["listings", "build", str(products), "-p", "淘宝", "--only", "推.csv", "-o", "上架.json"]) == 0
    assert {row["id"] for row in json.loads((tmp_path / "上架.json").read_text("utf-8"))} == {"G1", "G2"}


def test_a_workbook_holds_every_list(table: Path, tmp_path: Path) -> None:
    assert grade(table, "-o", "分级.xlsx") == 0
    book = openpyxl.load_workbook(tmp_path / "分级.xlsx")
    assert book.sheetnames == ["推", "交叉比率", "库存ABC", "供应商SABC", "该走的", "新品", "没排进来", "五力和公式"]
    assert [row[0].value for row in book["新品"].iter_rows(min_row=2)] == ["G4"]


def test_machines_get_json(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert grade(table, "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) >= {
        "forces",
        "goods",
        "suppliers",
        "standings",
        "removals",
        "new",
        "push",
        "not_pushed",
        "formulas",
    }
    assert found["suppliers"][0]["letter"] == "S"


def test_bad_rows_are_told_and_good_ones_graded(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with table.open("a", encoding="gb18030", newline="") as file:
        csv.writer(file).writerow(["G9", "", "锅", "甲", "很多", "", "10", "1", "20", "", "", ""])
        csv.writer(file).writerow(["G8", "", "碗", "甲", "5", "", "10", "1", "20", "", "", "去年"])
    assert grade(table) == 2
    told = capsys.readouterr()
    assert "第 8 行：库存的“很多”不是数" in told.err
    assert "第 9 行：上架日期的“去年”不是日期" in told.err
    assert told.out.startswith("4 个商品")


def test_tables_without_figures_and_wrong_endings(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "空.csv").write_text("货号,品名\n1,杯\n", "utf-8")
    assert grade("空.csv") == 2
    assert "没有库存、销量、销售额" in capsys.readouterr().err
    assert grade(table, "-o", "a.pdf") == 2
    assert "只会写" in capsys.readouterr().err


def test_names_alone_tell_products_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "简.csv"
    path.write_text("品名,库存,成本,销量,销售额\n杯,10,3,5,50\n灯,1,30,2,100\n", "utf-8")
    assert grade(path) == 0
    assert capsys.readouterr().out.startswith("2 个商品")


def test_it_speaks_english(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert grade(table, "--lang", "en") == 0
    assert "ABC is shown and chooses nothing" in capsys.readouterr().out
