"""Tables as operators keep them become products: rows grouped, noise taken out, every trouble with its row."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest

from copykit.datafiles import bundled
from copykit.errors import CopykitError
from copykit.model import Product
from copykit.tables.figures import amount
from copykit.writing.products import Entry, ProductTable, claims, parts, weighted
from copykit.writing.terms import AttributeNames


def table_of(path: Path, **chosen: str) -> ProductTable:
    return ProductTable(path, bundled(), AttributeNames(bundled()), chosen)


def entries_of(path: Path, **chosen: str) -> list[Entry]:
    table = table_of(path, **chosen)
    scan = table.scan()
    entries = list(table.entries(scan.scattered))
    assert len(entries) == scan.entries
    return entries


def products_of(path: Path, **chosen: str) -> list[Product]:
    return [entry.product for entry in entries_of(path, **chosen) if entry.product is not None]


def write_csv(path: Path, *rows: list[str], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def test_titles_above_the_header_merged_lines_and_blank_rows_are_passed_over(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["2026 冬上新表", None, None, None, None],
        ["基本信息", None, "价格", None, None],
        ["货号", "品名", "价格", "颜色", "库存"],
        [None, None, None, None, None],
        [600000000000001, "加厚羽绒服", "¥1,299.00 元", "白色", "12件"],
        [None, None, None, None, None],
        [600000000000002, "水杯", 39.9, "黑色", 7],
    ):
        sheet.append(row)
    sheet.merge_cells("A1:E1")
    sheet.merge_cells("A2:B2")
    book.save(tmp_path / "表.xlsx")
    first, second = products_of(tmp_path / "表.xlsx")
    assert (first.id, first.name, first.price, first.attributes) == (
        "600000000000001",
        "加厚羽绒服",
        1299.0,
        {"颜色": "白色"},
    )
    assert (second.id, second.price, second.row) == ("600000000000002", 39.9, 7)


def test_an_xls_that_is_html_is_read(tmp_path: Path) -> None:
    path = tmp_path / "导出.xls"
    path.write_text(
        "<html><table><tr><th>商品编号</th><th>商品名称</th><th>材质</th></tr>"
        "<tr><td>A1</td><td>保温杯</td><td>316不锈钢</td></tr></table></html>",
        "gb18030",
    )
    (product,) = products_of(path)
    assert (product.id, product.name, product.attributes) == ("A1", "保温杯", {"材质": "316不锈钢"})


def test_versions_are_grouped_under_their_product(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "表.csv",
        ["货号", "品名", "规格编码", "颜色", "尺码", "价格", "库存"],
        ["A", "羽绒服", "A-1", "白色", "M", "399", "3"],
        ["A", "", "A-2", "白色", "L", "419", "5"],
        ["", "", "A-3", "黑色", "L", "419", ""],  # under a merged cell
        ["B", "水杯", "", "粉色", "", "39", "9"],
    )
    coat, cup = products_of(path)
    assert coat.attributes == {"颜色": "白色、黑色", "尺码": "M、L"}
    assert [(sku.id, dict(sku.options), sku.price, sku.stock) for sku in coat.skus] == [
        ("A-1", {"颜色": "白色", "尺码": "M"}, 399.0, 3.0),
        ("A-2", {"颜色": "白色", "尺码": "L"}, 419.0, 5.0),
        ("A-3", {"颜色": "黑色", "尺码": "L"}, 419.0, None),
    ]
    assert (cup.name, cup.skus) == ("水杯", ())


def test_beside_a_style_code_the_goods_code_is_the_versions(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "导出.csv",
        ["款式编码", "商品编码", "商品名称", "颜色及规格"],
        ["K1", "K1-白-M", "羽绒服", "白色;M"],
        ["K1", "K1-白-L", "羽绒服", "白色;L"],
    )
    (product,) = products_of(path)
    assert (product.id, [sku.id for sku in product.skus]) == ("K1", ["K1-白-M", "K1-白-L"])


def test_rows_of_a_product_that_stand_apart_are_brought_together(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "表.csv",
        ["货号", "品名", "规格编码", "颜色"],
        ["A", "羽绒服", "A-1", "白色"],
        ["B", "水杯", "B-1", "黑色"],
        ["A", "羽绒服", "A-2", "黑色"],
        ["C", "台灯", "C-1", "绿色"],
        ["B", "水杯", "B-2", "粉色"],
    )
    found = products_of(path)
    assert [(product.id, [sku.id for sku in product.skus]) for product in found] == [
        ("A", ["A-1", "A-2"]),
        ("B", ["B-1", "B-2"]),
        ("C", ["C-1"]),
    ]


def test_without_ids_every_row_is_a_product_but_versions_of_one_name(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "表.csv", ["品名", "颜色"], ["水杯", ""], ["水杯", ""], ["台灯", ""])
    assert [product.name for product in products_of(path)] == ["水杯", "水杯", "台灯"]
    path = write_csv(tmp_path / "规格.csv", ["品名", "规格"], ["水杯", "500ml"], ["水杯", "750ml"], ["台灯", "黑"])
    assert [(product.name, len(product.skus)) for product in products_of(path)] == [("水杯", 2), ("台灯", 1)]


def test_versions_that_lack_their_id_stay_together_while_they_stand_together(tmp_path: Path) -> None:
    rows = [["", "X-1", "水杯", "白"], ["", "X-2", "水杯", "黑"], ["B", "B-1", "台灯", "绿"], ["", "Y-1", "水杯", "粉"]]
    path = write_csv(tmp_path / "表.csv", ["货号", "SKU编码", "品名", "颜色"], *rows)
    assert [[sku.id for sku in product.skus] for product in products_of(path)] == [["X-1", "X-2"], ["B-1"], ["Y-1"]]


def test_a_bad_row_costs_no_other(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "表.csv",
        ["货号", "品名", "颜色"],
        ["A", "水杯", "白"],
        ["B", "", "黑"],
        ["C", "台灯", "绿", "多一格"],
        ["D", "锅", ""],
    )
    found = entries_of(path)
    assert [(entry.row, entry.product.name if entry.product else None) for entry in found] == [
        (2, "水杯"),
        (3, None),
        (4, None),
        (5, "锅"),
    ]
    assert found[1].error is not None
    assert "第 3 行" in found[1].error.say("zh")


# rows (货号, 品名, 类目, 规格) of one id, and whether they are one product
SHARED = [
    ([("A", "羽绒服", "服装", "白色"), ("A", "羽绒服", "服装", "黑色")], True),
    ([("A", "羽绒服 白色", "服装", ""), ("A", "羽绒服 黑色", "女装>服装", "")], True),
    ([("A", "羽绒服", "服装", "M"), ("A", "羽绒服加大码", "", "XL")], True),
    ([("A", "羽绒服", "服装", "M"), ("A", "", "", "L")], True),
    ([("A", "电热水壶", "", "5L"), ("A", "羽绒服", "", "M")], False),
    ([("A", "礼盒", "食品", "大"), ("A", "礼盒", "美妆", "小")], False),
    ([("A", "电热水壶", "家电", "5L"), ("B", "台灯", "家电", ""), ("A", "羽绒服", "服装", "M")], False),
]


@pytest.mark.parametrize(("rows", "is_one"), SHARED)
def test_different_goods_of_one_id_are_told_and_versions_stay_together(
    rows: list[tuple[str, ...]], is_one: bool, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "表.csv", ["货号", "品名", "类目", "规格"], *map(list, rows))
    entry = entries_of(path)[0]
    assert (entry.product is not None) == is_one
    if entry.error is not None:
        assert "第 2 行" in entry.error.say("zh")
        assert f"第 {len(rows) + 1} 行" in entry.error.say("zh")


# cells of a price and what is told of them; the price is left blank
NO_PRICES = ["-12", "0", "¥99起", "面议", "59-89", "99.9.9"]


@pytest.mark.parametrize("cell", NO_PRICES)
def test_a_price_that_cannot_be_is_told_and_left_blank(cell: str, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "表.csv", ["货号", "品名", "规格", "售价"], ["A", "水杯", "大", cell], ["A", "", "小", "9"]
    )
    (product,) = products_of(path)
    assert [sku.price for sku in product.skus] == [None, 9.0]
    assert product.price == 9.0
    (note,) = product.notes
    assert note.field == "price"
    assert f"第 2 行的售价写的“{cell}”" in note.zh


def test_what_a_row_leaves_open_is_told(tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    path.write_text("货号,品名,售价,备注\n,水杯,9,\nB,+86台灯,-\nC,=SUM(A1:A9),5,\nD,-18度冰袋,8,\nE,水壶,1", "utf-8")
    table = table_of(path)
    scan = table.scan()
    assert (scan.shorts, scan.short) == (2, (3, 6))
    cup, lamp, formula, ice, _ = table.entries()
    assert cup.product is not None
    assert [note.zh for note in cup.product.notes] == ["货号空着，先用行号 2 代替"]
    assert lamp.product is not None
    assert lamp.product.name == "台灯"
    assert [note.field for note in lamp.product.notes] == ["title"]
    assert formula.error is not None
    assert "第 4 行：品名“=SUM(A1:A9)”" in formula.error.say("zh")
    assert ice.product is not None
    assert (ice.product.name, ice.product.notes) == ("-18度冰袋", ())


def test_a_column_that_is_not_there_is_answered_with_the_headers(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "表.csv", ["货号", "品名", "类目"], ["A", "水杯", "杯子", "多出来", "又一格"])
    with pytest.raises(CopykitError) as told:
        table_of(path, product="没有这列")
    assert "现有的列：货号、品名、类目。" in told.value.say("zh")


def test_titles_alone_tell_what_is_sold(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "表.csv", ["宝贝ID", "宝贝标题"], ["1", "冬季加厚羽绒服女"])
    (product,) = products_of(path)
    assert (product.name, product.current_title) == ("冬季加厚羽绒服女", "冬季加厚羽绒服女")


def test_a_column_that_the_user_names_wins(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "表.csv", ["编码", "名称", "内部叫法"], ["1", "X-7", "不锈钢保温杯"])
    assert products_of(path)[0].name == "X-7"
    assert products_of(path, product="内部叫法")[0].name == "不锈钢保温杯"


def test_columns_of_an_earlier_table_are_tried_first_and_need_not_be_there(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "表.csv", ["编码", "名称", "款名"], ["1", "X-7", "保温杯"])
    table = ProductTable(path, bundled(), AttributeNames(bundled()), usual={"product": "款名", "brand": "牌子名"})
    assert table.columns["product"] == "款名"
    assert "brand" not in table.columns


@pytest.mark.parametrize(
    ("chosen", "told"), [({"货名": "名称"}, "“货名”不是一种列"), ({"brand": "牌子名"}, "没有“牌子名”这一列")]
)
def test_a_column_that_is_asked_for_and_cannot_be_had_is_told(
    chosen: dict[str, str], told: str, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "表.csv", ["编码", "名称"], ["1", "保温杯"])
    with pytest.raises(CopykitError) as error:
        table_of(path, **chosen)
    assert told in error.value.say("zh")


def test_a_table_without_products_says_what_it_has(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "表.csv", ["甲", "乙"], ["1", "2"])
    with pytest.raises(CopykitError) as told:
        table_of(path)
    assert "没有“品名”这一列" in told.value.say("zh")
    assert "甲" in told.value.say("zh")


def test_columns_that_nobody_knows_are_told(tmp_path: Path) -> None:
    table = table_of(
        write_csv(tmp_path / "表.csv", ["货号", "品名", "材质", "库位", "主图1", "主图2"], ["1", "杯", "", "", "", ""])
    )
    assert table.columns["product"] == "品名"
    assert table.attributes == ("材质",)
    assert table.pictures == ("主图1", "主图2")
    assert table.unused == ("库位",)


def test_a_cell_changes_its_product_and_no_other(tmp_path: Path) -> None:
    rows = [["货号", "品名", "颜色"], ["A", "水杯", "白"], ["B", "台灯", "黑"]]
    before = entries_of(write_csv(tmp_path / "旧.csv", *rows))
    rows[2][2] = "绿"
    after = entries_of(write_csv(tmp_path / "新.csv", *rows))
    assert before[0].digest == after[0].digest
    assert before[1].digest != after[1].digest
    # Columns in another order say the same.
    turned = entries_of(write_csv(tmp_path / "换列.csv", *([row[1], row[2], row[0]] for row in rows)))
    assert [entry.digest for entry in turned] == [entry.digest for entry in after]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("¥1,299.00", 1299.0),
        ("35.8元/件", 35.8),
        ("约 500 件", 500.0),
        ("1.2万", 12000.0),
        ("RMB 20", 20.0),
        ("99", 99.0),
        ("19.9-29.9", None),
        ("¥99起", None),
        ("100以下", None),
        ("99.9.9", None),
        ("A12", None),
        ("3XL", None),
        ("第3批", None),
        ("面议", None),
        ("", None),
        ("-", None),
    ],
)
def test_amounts_as_people_write_them(cell: str, value: float | None) -> None:
    assert amount(cell) == value


def test_cells_that_list_things() -> None:
    assert parts("通勤、 户外，通勤/宿舍") == ("通勤", "户外", "宿舍")
    assert weighted("加厚羽绒服:95、羽绒服女（80），冬季外套") == (
        ("加厚羽绒服", 95.0),
        ("羽绒服女", 80.0),
        ("冬季外套", 1.0),
    )
    assert [(claim.kind, claim.statement) for claim in claims("sales=累计售出 30 万支（后台订单）；检测报告 A-17")] == [
        ("sales", "累计售出 30 万支（后台订单）"),
        ("spec", "检测报告 A-17"),
    ]
