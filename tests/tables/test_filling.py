"""A user's template is filled below what it holds, and everything else of it stays as it was, byte by byte."""

from __future__ import annotations

import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
import xlsxwriter
from openpyxl.styles import PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from copykit.tables.filling import NoHeader, fill_rows, find_place, headers_of

KNOWN = {"*商品标题", "商品编码", "价格(元)", "颜色"}


@pytest.fixture
def template(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "商品导入"
    sheet.append(["填写说明：带*的必填", None, None, None])
    sheet.merge_cells("A1:D1")
    sheet.append(["*商品标题", "商品编码", "价格(元)", "颜色"])
    sheet.append(["必填", "必填", None, None])
    sheet["A3"].fill = PatternFill("solid", fgColor="FFFF00")
    for row in (4, 5):
        sheet.cell(row, 3).number_format = "0.00"
    sheet["D5"] = None
    lists = book.create_sheet("选项")
    for colour in ("白色", "黑色"):
        lists.append([colour])
    choice = DataValidation(type="list", formula1="=选项!$A$1:$A$2")
    sheet.add_data_validation(choice)
    choice.add("D4:D500")
    hidden = book.create_sheet("隐藏")
    hidden["A1"] = "=1+1"
    hidden.sheet_state = "hidden"
    path = tmp_path / "模板.xlsx"
    book.save(path)
    return path


ROWS = [
    {"*商品标题": "加厚羽绒服女", "商品编码": "600000000000000001", "价格(元)": 1399.5, "颜色": "白色"},
    {"*商品标题": "=1+1 <b>&保温杯", "商品编码": "2", "别的": "不在表头里"},
    {"商品编码": "3", "价格(元)": 12345678.25},
]


def test_rows_stand_below_what_is_there(template: Path, tmp_path: Path) -> None:
    place = find_place(template, KNOWN.__contains__, "商品标题")
    assert (place.sheet, place.row, place.last) == ("商品导入", 2, 3)
    assert headers_of(place) == ["*商品标题", "商品编码", "价格(元)", "颜色"]
    target = tmp_path / "填好.xlsx"
    filled = fill_rows(template, target, place, ROWS)
    assert (filled.first, filled.last) == (4, 6)
    assert filled.headers == ("*商品标题", "商品编码", "价格(元)", "颜色")
    sheet = openpyxl.load_workbook(target)["商品导入"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3, max_row=6)] == [
        ["必填", "必填", None, None],
        ["加厚羽绒服女", "600000000000000001", 1399.5, "白色"],
        ["=1+1 <b>&保温杯", "2", None, None],
        [None, "3", 12345678.25, None],
    ]
    assert sheet["B4"].data_type == "s"
    assert sheet["A5"].data_type == "s"  # text, no formula
    assert sheet["C4"].number_format == "0.00"
    assert sheet["C6"].number_format == "0.00"  # rows beyond the prepared ones look like them


def test_all_else_stays_byte_by_byte(template: Path, tmp_path: Path) -> None:
    target = tmp_path / "填好.xlsx"
    fill_rows(template, target, find_place(template, KNOWN.__contains__, ""), ROWS)
    with zipfile.ZipFile(template) as before, zipfile.ZipFile(target) as after:
        assert before.namelist() == after.namelist()
        changed = [name for name in before.namelist() if before.read(name) != after.read(name)]
    assert changed == ["xl/worksheets/sheet1.xml"]
    book = openpyxl.load_workbook(target)
    assert book["隐藏"]["A1"].value == "=1+1"
    (choice,) = book["商品导入"].data_validations.dataValidation
    assert (choice.formula1, str(choice.sqref)) == ("=选项!$A$1:$A$2", "D4:D500")
    assert book["商品导入"].merged_cells.ranges.pop().coord == "A1:D1"


def test_a_formula_that_waits_below_the_header_is_kept(template: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(template)
    book["商品导入"]["C4"] = "=1*2"
    book.save(template)
    target = tmp_path / "填好.xlsx"
    fill_rows(template, target, find_place(template, KNOWN.__contains__, ""), ROWS[:1])
    sheet = openpyxl.load_workbook(target)["商品导入"]
    assert sheet["A4"].value == "加厚羽绒服女"
    assert sheet["C4"].value == "=1*2"


def test_an_empty_sheet_of_headers_is_filled(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["商品编码", "颜色"])
    book.save(tmp_path / "空.xlsx")
    target = tmp_path / "填好.xlsx"
    place = find_place(tmp_path / "空.xlsx", KNOWN.__contains__, "")
    fill_rows(tmp_path / "空.xlsx", target, place, [{"颜色": "白色"}] * 30)
    sheet = openpyxl.load_workbook(target).active
    assert sheet is not None
    assert sheet.max_row == 31
    assert sheet["B31"].value == "白色"


@pytest.mark.parametrize("prepared", ["bordered cells", "heights", "both"])
def test_rows_that_wait_empty_are_taken_once(prepared: str, tmp_path: Path) -> None:
    path, target = tmp_path / "模板.xlsx", tmp_path / "填好.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet, border = book.add_worksheet("商品"), book.add_format({"border": 1})
        sheet.write_row(0, 0, ["*商品标题", "商品编码", "价格(元)", "颜色"])
        for row in range(1, 5):
            if prepared != "bordered cells":
                sheet.set_row(row, 30)
            if prepared != "heights":
                for column in range(4):
                    sheet.write_blank(row, column, None, border)
    rows = [{"*商品标题": "保温杯", "颜色": "白色"}, {"商品编码": "2"}]
    filled = fill_rows(path, target, find_place(path, KNOWN.__contains__, ""), rows)
    with zipfile.ZipFile(target) as archive:
        root = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    numbered = Counter(one.get("r") for one in root.iter() if one.tag.endswith(("}row", "}c")))
    assert numbered
    assert set(numbered.values()) == {1}
    assert (filled.first, filled.last) == (2, 3)
    assert list(openpyxl.load_workbook(target).active.iter_rows(min_row=2, max_row=4, values_only=True)) == [  # type: ignore[union-attr]
        ("保温杯", None, None, "白色"),
        (None, "2", None, None),
        (None, None, None, None),
    ]


def test_the_template_itself_may_be_the_target(template: Path) -> None:
    place = find_place(template, KNOWN.__contains__, "")
    fill_rows(template, template, place, ROWS[:1])
    assert openpyxl.load_workbook(template)["商品导入"]["B4"].value == "600000000000000001"


def test_a_workbook_without_known_headers_is_told(template: Path) -> None:
    with pytest.raises(NoHeader) as told:
        find_place(template, lambda header: False, "商品标题")
    assert "商品标题" in told.value.say("zh")
