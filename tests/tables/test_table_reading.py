"""Tables as people send them: what can be read is read, what cannot is named with its line."""

from __future__ import annotations

import csv
import gzip
import io
import os
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copykit import datafiles
from copykit.errors import CopykitError, FileMissing, FileUnreadable
from copykit.tables import (
    Caps,
    ColumnMissing,
    QuoteUnclosed,
    RestUnreadable,
    RowHasNul,
    RowNotJson,
    RowTooLong,
    RowTooWide,
    Table,
    merge_names,
    parse_number,
    read_rows,
)

WANTED = {"title": ["标题", "商品标题", "笔记标题", "title"], "body": ["正文", "body"], "price": ["价格", "price"]}
Seen = list[tuple[int, str]]


def read(data: bytes | str, name: str = "a.csv", **options: Any) -> Table:
    """Read bytes as if they came from a file of that name."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return read_rows(path, wanted=WANTED, **options)


def texts(table: Table) -> Seen:
    """Return (row, text), or (row, the error's class) for rows in error."""
    return [(row.number, type(row.error).__name__ if row.error else row.text) for row in table]


# --- what is read -------------------------------------------------------------------------------------------------

PLAIN = "标题,价格\n显白口红,99\n通勤西装,199\n"
READ: list[tuple[str, str, bytes | str, Seen]] = [
    ("one title a line", "a.txt", "显白口红\n\n通勤西装", [(1, "显白口红"), (2, ""), (3, "通勤西装")]),
    ("Windows line ends", "a.txt", "一\r\n二\r\n", [(1, "一"), (2, "二")]),
    ("blanks in a title stay, spans count them", "a.txt", " 一 \n", [(1, " 一 ")]),
    ("a title with commas in a list", "a.txt", "红色,显白,百搭\n", [(1, "红色,显白,百搭")]),
    ("a title with braces in a list", "a.txt", "{限时}口红\n西装\n", [(1, "{限时}口红"), (2, "西装")]),
    (
        "one unlucky line in a list",
        "a.txt",
        "价格,标题\n显白口红\n西装\n裙子",
        [(n, t) for n, t in enumerate(("价格,标题", "显白口红", "西装", "裙子"), 1)],
    ),
    ("plain CSV", "a.csv", PLAIN, [(2, "显白口红"), (3, "通勤西装")]),
    ("GBK from Excel", "a.csv", PLAIN.encode("gbk"), [(2, "显白口红"), (3, "通勤西装")]),
    ("UTF-8 with BOM", "a.csv", PLAIN.encode("utf-8-sig"), [(2, "显白口红"), (3, "通勤西装")]),
    ("Unicode text from Excel", "a.txt", PLAIN.replace(",", "\t").encode("utf-16"), [(2, "显白口红"), (3, "通勤西装")]),
    ("semicolons", "a.csv", "标题;价格\n红,白;99\n", [(2, "红,白")]),
    ("tabs", "a.tsv", "标题\t价格\n红;白\t99\n", [(2, "红;白")]),
    ("CSV that calls itself xls", "a.xls", PLAIN.encode("gbk"), [(2, "显白口红"), (3, "通勤西装")]),
    ("packed", "a.csv.gz", gzip.compress(PLAIN.encode(), mtime=0), [(2, "显白口红"), (3, "通勤西装")]),
    ("a name that says nothing", "download", PLAIN, [(2, "显白口红"), (3, "通勤西装")]),
    ("title rows above the header", "a.csv", "店铺日报\n日期：2026-11-01\n\n标题,价格\n口红,9\n", [(5, "口红")]),
    ("a header in another case, width, with a star", "a.csv", "Ｔｉｔｌｅ *,x\n口红,9\n", [(2, "口红")]),
    ("header only", "a.csv", "标题,价格\n", []),
    ("header only, cut off", "a.csv", "标题,价格", []),
    ("the last line is cut off", "a.csv", "价格,标题\n9,口红\n1", [(2, "口红"), (3, "")]),
    ("blank rows at the end", "a.csv", "标题,价格\n口红,9\n,\n\n,\n", [(2, "口红")]),
    ("blank cells at the end", "a.csv", "标题,价格\n口红,9,,\n", [(2, "口红")]),
    ("a line break in a cell", "a.csv", '标题,价格\n"口红\n两支",9\n西装,8\n', [(2, "口红\n两支"), (4, "西装")]),
    ("doubled quotes", "a.csv", '标题\n"他说""买它"""\n', [(2, '他说"买它"')]),
    ("sloppy quotes on one line", "a.csv", '标题,价格\n"8寸"蛋糕,9\n8"屏,7\n', [(2, "8寸蛋糕"), (3, '8"屏')]),
    ("too many cells", "a.csv", "标题,价格\n红,白,9\n西装,8\n", [(2, "RowTooWide"), (3, "西装")]),
    ("NUL", "a.csv", "标题,价格\n口\0红,9\n西装,8\n", [(2, "RowHasNul"), (3, "西装")]),
    ("NUL in a list", "a.txt", "口\0红\n西装\n", [(1, "RowHasNul"), (2, "西装")]),
    (
        "a quote in the middle that never closes",
        "a.csv",
        '标题,价格\n口红,9\n"西装,8\n衬衫,7\n"裙子",6\n鞋,5\n',
        [(2, "口红"), (3, "QuoteUnclosed"), (4, "衬衫"), (5, "裙子"), (6, "鞋")],
    ),
    (
        "a quote that the end leaves open",
        "a.csv",
        '标题\n口红\n"西装\n衬衫\n',
        [(2, "口红"), (3, "QuoteUnclosed"), (4, "衬衫")],
    ),
    ("a quote on the last line, cut off", "a.csv", '标题\n口红\n"西', [(2, "口红"), (3, "QuoteUnclosed")]),
    (
        "JSON lines, one of them broken",
        "a.jsonl",
        '{"title": "口红", "price": 9.90}\n{"title": "西\n\n[1]\n{"title": null}\n{"title": "鞋"}',
        [(1, "口红"), (2, "RowNotJson"), (4, "RowNotJson"), (5, ""), (6, "鞋")],
    ),
    ("a JSON array", "a.json", '[{"title": "口红"}, {"title": "[西]装}"}]', [(1, "口红"), (1, "[西]装}")]),
    (
        "a JSON array on many lines, one item broken",
        "a.json",
        '[\n  {\n    "title": "口红"\n  },\n  {\n    "title": 西装\n  },\n  {\n    "title": "鞋"\n  }\n]\n',
        [(2, "口红"), (5, "RowNotJson"), (8, "鞋")],
    ),
    (
        "a JSON array on one line, one item broken",
        "a.json",
        '[{"title": "口红"}, {"title": 西}, {"title": "鞋"}]',
        [(1, "口红"), (1, "RowNotJson"), (1, "鞋")],
    ),
    ("a JSON array that is cut off", "a.json", '[{"title": "口红"},\n{"title": "西', [(1, "口红"), (2, "RowNotJson")]),
    ("JSON lines without a name", "download", '{"标题": "口红"}\n', [(1, "口红")]),
    (
        "HTML that calls itself xls",
        "a.xls",
        "<html><meta charset=gb2312><table><tr><td colspan=2>日报</td></tr><tr><th>标题<th>价格"
        "<tr><td>口红&amp;唇釉<br>两支</td><td>9</td></tr></table></html>".encode("gbk"),
        [(3, "口红&唇釉\n两支")],
    ),
    (
        "Excel's XML",
        "a.xls",
        '<?xml version="1.0"?><Workbook><Worksheet><Table><Row><Cell><Data>标题</Data></Cell>'
        '<Cell><Data>价格</Data></Cell></Row><Row><Cell ss:Index="2"><Data>9</Data></Cell></Row></Table>'
        "</Worksheet></Workbook>",
        [(2, "")],
    ),
    ("nothing", "a.txt", "", []),
    ("no lines of JSON", "a.jsonl", "", []),
]


@pytest.mark.parametrize(("name", "data", "seen"), [pytest.param(*case[1:], id=case[0]) for case in READ])
def test_what_can_be_read_is_read_and_the_rest_is_named(name: str, data: bytes | str, seen: Seen) -> None:
    assert texts(read(data, name)) == seen


@pytest.mark.parametrize(("name", "data", "seen"), [pytest.param(*case[1:], id=case[0]) for case in READ])
def test_a_pipe_is_read_like_a_file(name: str, data: bytes | str, seen: Seen) -> None:
    class Pipe(io.RawIOBase):
        """Gives a few bytes at a time and cannot seek."""

        def __init__(self) -> None:
            self.left = data.encode() if isinstance(data, str) else data

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            part, self.left = self.left[: min(7, len(buffer))], self.left[min(7, len(buffer)) :]
            buffer[: len(part)] = part
            return len(part)

    kind = {"a.txt": "txt", "a.csv": "csv", "a.tsv": "tsv", "a.jsonl": "jsonl"}.get(name)
    if name == "a.txt" and "\t" in str(data):
        kind = None
    pipe = Pipe()
    if not isinstance(data, bytes) or not data.startswith(b"\xff\xfe"):
        assert texts(read_rows(pipe, wanted=WANTED, format=kind)) == seen  # type: ignore[arg-type]
        assert not pipe.closed


def test_an_error_names_file_line_and_cure() -> None:
    table = read('标题,价格\n红,白,9\n"西装,8\n')
    wide, quote = [row.error for row in table if row.error]
    assert isinstance(wide, RowTooWide)
    assert isinstance(quote, QuoteUnclosed)
    assert wide.say("zh") == f"{table.name} 第 2 行：有 3 格，表头只有 2 格；单元格里有分隔符时要用英文双引号括起来"
    assert str(quote).startswith(f"{table.name}, line 3: ")
    for error in (
        RowNotJson(file="a", row=1, reason="x"),
        RowHasNul(file="a", row=1),
        RestUnreadable(file="a", row=1, reason="x"),
    ):
        assert error.say("zh").startswith("a ")
        assert error.say("en").startswith("a, ")


@pytest.mark.parametrize(
    ("data", "name", "zh"),
    [
        ("", "a.csv", "没有内容"),
        ("\n\n", "a.csv", "没有内容"),
        (b"PK\x03\x04 cut off", "a.xlsx", "不完整"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "a.xls", "另存为不带密码的 .xlsx"),
        (b"%PDF-1.7", "a.csv", "PDF"),
        (b"\x1f\x8b\x08\x00broken", "a.csv.gz", "文件损坏"),
        (b"\x00\x01\x02PK", "a.xlsx", "工作簿坏了"),
        (gzip.compress(PLAIN.encode(), mtime=0)[:20], "a.csv.gz", "文件损坏"),
    ],
)
def test_a_file_that_cannot_be_a_table_is_refused_in_one_sentence(data: bytes | str, name: str, zh: str) -> None:
    with pytest.raises(FileUnreadable) as caught:
        list(read(data, name))
    assert zh in caught.value.say("zh")
    assert "\n" not in caught.value.say("zh")


def test_a_header_that_cannot_be_read_is_told_as_such() -> None:
    with pytest.raises(QuoteUnclosed, match="line 1"):
        read('"标题,价格\n口红,9\n西装,8\n')


def test_files_that_are_not_there_are_told(tmp_path: Path) -> None:
    with pytest.raises(FileMissing):
        read_rows(tmp_path / "no.csv", wanted=WANTED)
    with pytest.raises(FileUnreadable, match="folder"):
        read_rows(tmp_path, wanted=WANTED)
    with pytest.raises(FileUnreadable, match="no format 'yaml'"):
        read(PLAIN, format="yaml")


def test_a_long_json_array_is_read_piece_by_piece() -> None:
    lines = ",\n".join(f'{{"title": "口红{n}", "more": "{"长" * (n % 500)}"}}' for n in range(2_000))
    rows = list(read(f"[{lines}]", "a.json"))
    assert [row.text for row in rows] == [f"口红{n}" for n in range(2_000)]
    assert [row.number for row in rows] == list(range(1, 2_001))


@pytest.mark.parametrize("size", [10, 20, 30])
def test_a_short_download_that_breaks_off_keeps_its_whole_rows(size: int) -> None:
    words = ["口红", "西装", "裙子", "童鞋", "围巾", "手套", "帽子", "袜子"]
    lines = ["标题,价格", *(f"{word}{os.urandom(4).hex()},{n}" for n, word in enumerate(words))]
    rows = list(read(gzip.compress("\n".join(lines).encode())[:-size], "a.csv.gz"))
    assert isinstance(rows[-1].error, RestUnreadable)
    assert len(rows) > 3
    assert [row.text for row in rows[:-1]] == [line.partition(",")[0] for line in lines[1 : len(rows)]]


def test_a_download_that_breaks_off_keeps_what_came_before(tmp_path: Path) -> None:
    lines = ["标题,价格", *(f"口红{os.urandom(8).hex()},{i}" for i in range(40_000))]
    packed = gzip.compress("\n".join(lines).encode())
    path = tmp_path / "a.csv.gz"
    path.write_bytes(packed[: len(packed) * 3 // 4])
    rows = list(read_rows(path, wanted=WANTED))
    assert isinstance(rows[-1].error, RestUnreadable)
    assert len(rows) > 20_000
    assert all(row.error is None for row in rows[:-1])


# --- columns ------------------------------------------------------------------------------------------------------


def test_a_missing_column_names_those_there_are_and_the_option() -> None:
    with pytest.raises(ColumnMissing) as caught:
        read("品名,价格\n口红,9\n")
    assert "品名、价格" in caught.value.say("zh")
    assert "“标题”" in caught.value.say("zh")
    assert "--column" in caught.value.say("en")
    with pytest.raises(ColumnMissing, match="'卖点'"):
        read(PLAIN, column="卖点")
    with pytest.raises(ColumnMissing, match="品名"):
        read('{"品名": "口红"}\n', "a.jsonl")


@pytest.mark.parametrize(
    ("data", "name", "column", "seen"),
    [
        ("品名,价格\n口红,9\n", "a.csv", "品名", [(2, "口红")]),
        ("标题,现标题\n旧,新\n", "a.csv", "现标题", [(2, "新")]),
        ("标题,品名,价格\n一,二,三\n", "a.csv", "2", [(2, "二")]),
        ("口红,9\n西装,8\n", "a.csv", "1", [(1, "口红"), (2, "西装")]),
        ("品名\t价格\n口红\t9\n", "a.txt", "品名", [(2, "口红")]),
        ('{"品名": "口红", "n": 1}\n{"n": 2}\n', "a.jsonl", "品名", [(1, "口红"), (2, "")]),
    ],
)
def test_the_text_column_can_be_named(data: str, name: str, column: str, seen: Seen) -> None:
    assert texts(read(data, name, column=column)) == seen


def test_roles_find_their_columns_and_the_rest_stays() -> None:
    table = read("商品标题,价格(元),备注,备注,\n口红,9.9,甲,乙,丙\n")
    (row,) = table
    assert table.headers == ("商品标题", "价格(元)", "备注", "备注 (2)", "#5")
    assert table.columns == {"title": "商品标题", "price": "价格(元)"}
    assert (table.value(row, "price"), table.value(row, "body", "无")) == ("9.9", "无")
    assert row.values == {"商品标题": "口红", "价格(元)": "9.9", "备注": "甲", "备注 (2)": "乙", "#5": "丙"}


@pytest.mark.parametrize(
    ("data", "headers", "row"),
    [
        ("标题,流量,,售价\n,展现,点击,价格\n口红,9,3,99\n", ["标题", "展现", "点击", "价格"], ["口红", "9", "3", "99"]),
        (
            "标题,流量,流量,售价\n,展现,点击,价格\n口红,9,3,99\n",
            ["标题", "展现", "点击", "价格"],
            ["口红", "9", "3", "99"],
        ),
        (
            "九月导出,,,,\n标题,搜索,,推荐,\n,正文,价格,正文,价格\n口红,红,3,紫,1\n",
            ["标题", "搜索 正文", "搜索 价格", "推荐 正文", "推荐 价格"],
            ["口红", "红", "3", "紫", "1"],
        ),
        ("标题,,价格\n口红,显白,\n西装,通勤,9\n", ["标题", "#2", "价格"], ["口红", "显白", ""]),  # no header of two
    ],
)
def test_merged_cells_make_a_header_of_two_rows(data: str, headers: list[str], row: list[str]) -> None:
    with read(data) as table:
        rows = [list(row.values.values()) for row in table]
    assert list(table.headers) == headers
    assert rows[0] == row


@pytest.mark.parametrize(
    ("data", "cut"),
    [
        ("标题,价格,正文\n口红,9,红\n西装,1", 3),
        ("标题,价格,正文\n口红,9,红\n西装,1\n", 0),  # a line end
        ("标题,价格,正文\n口红,9,红\n西装,1,通勤", 0),  # all its cells
        ("标题,价格,正文\n口红\n西装,1", 0),  # as others of the table are
    ],
)
def test_where_a_file_breaks_off_is_known_and_what_was_there_is_read(data: str, cut: int) -> None:
    with read(data) as table:
        rows = texts(table)
    assert rows == [(2, "口红"), (3, "西装")]
    assert table.cut == cut


def test_the_earlier_name_wins_over_the_earlier_column() -> None:
    assert texts(read("title,标题\na,b\n")) == [(2, "b")]


def test_json_numbers_keep_their_digits() -> None:
    (row,) = read('{"title": "a", "id": 12345678901234567890123, "price": 1.50, "tags": ["红"], "on": true}', "a.jsonl")
    assert row.values == {
        "title": "a",
        "id": "12345678901234567890123",
        "price": "1.50",
        "tags": '["红"]',
        "on": "true",
    }


def test_half_an_emoji_in_json_survives() -> None:
    assert texts(read('{"title": "a\\ud83d"}', "a.jsonl")) == [(1, "a\ud83d")]


def test_bundled_columns_are_clean_and_usable() -> None:
    for name, data in datafiles.load("columns").items():
        measures: dict[str, set[str | None]] = {}
        for entry in data["columns"]:
            measures.setdefault(entry["role"], set()).add(entry.get("measure"))
        assert all(len(kinds) == 1 for kinds in measures.values()), f"{name}: a role with two measures"
        if name == "links":
            continue  # a column 链接 alone names the pages; beside one of pages it names our links
        owner: dict[str, str] = {}
        for role, names in merge_names(data).items():
            for alias in names:
                assert owner.setdefault(alias.casefold(), role) == role, f"{name}: {alias} plays two roles"
    wanted = merge_names(datafiles.load("columns")["metrics"], ["impressions", "clicks", "cost"])
    data = '店铺报表\n关键词,展现量,点击量,花费(元)\n口红,"1,234",56,￥7.80\n'.encode("gbk")
    table = read_rows(io.BytesIO(data), wanted={"keyword": ["关键词"], **wanted})
    (row,) = table
    assert [parse_number(table.value(row, role)) for role in wanted] == [1234, 56, 7.8]


# --- caps ---------------------------------------------------------------------------------------------------------


def test_a_cell_beyond_the_caps_costs_only_its_row() -> None:
    caps = Caps(field_chars=50, row_chars=400)
    data = "标题,价格\n" + "长" * 60 + ",1\n" + '"' + "长" * 60 + '",1\n' + "很" * 2000 + ",1\n好,1\n"
    assert texts(read(data, caps=caps)) == [(2, "RowTooLong"), (3, "RowTooLong"), (4, "RowTooLong"), (5, "好")]
    listed = "长" * 60 + "\n" + "很" * 2000 + "\n好\n"
    assert texts(read(listed, "a.txt", caps=caps)) == [(1, "RowTooLong"), (2, "RowTooLong"), (3, "好")]
    assert [type(row.error) for row in read('{"title": "' + "长" * 500 + '"}\n', "a.jsonl", caps=caps)] == [RowTooLong]


def test_a_long_article_in_a_cell_is_no_runaway_quote() -> None:
    article = "\n".join(f"第{i}段" for i in range(199))
    assert texts(read(f'标题,正文\n好,"{article}"\n次,x\n')) == [(2, "好"), (201, "次")]
    article = "\n".join(f"第{i}段" for i in range(300))
    seen = texts(read(f'标题,正文\n好,"{article}"\n次,x\n'))
    assert seen[0] == (2, "QuoteUnclosed")
    assert seen[-1] == (302, "次")


def test_a_million_characters_in_one_cell_are_read() -> None:
    (row,) = read('标题,正文\n好,"' + "长" * 900_000 + '"\n')
    assert len(row.values["正文"]) == 900_000


def test_a_long_cell_leaves_the_limit_of_the_csv_module_as_it_was() -> None:
    before = csv.field_size_limit()
    (row,) = read('标题,正文\n好,"' + "长" * (before + 1) + '"\n')
    assert len(row.values["正文"]) == before + 1
    assert csv.field_size_limit() == before


def test_tables_read_at_once_do_not_cut_each_other_short() -> None:
    long = "长\n" * 100_000
    data, caps = f'标题,正文\n好,"{long}"\n' * 5, Caps(field_lines=200_000)
    lengths: list[list[int]] = []

    def work() -> None:
        lengths.append([len(row.values.get("正文", "")) for row in read(data, caps=caps) if row.text == "好"])

    before = csv.field_size_limit()
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lengths == [[len(long)] * 5] * 4
    assert csv.field_size_limit() == before


def workbook(path: Path, rows: list[list[object]], **sheet: Any) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name, cells in sheet.items():
        page = book.create_sheet(name)
        for row in cells:
            page.append(row)
    book.save(path)
    return path


def test_a_workbook_gives_text_as_a_person_sees_it(tmp_path: Path) -> None:
    from datetime import date, datetime

    path = workbook(
        tmp_path / "a.xlsx",
        [
            ["日报"],
            [],
            ["标题", "价格", "编号"],
            ["口红", 99.0, 123456789012],
            [None, None, None],
            [518, 0.5, date(2026, 11, 1)],
            ["西装", True, datetime(2026, 11, 1, 9, 30), "备注"],
        ],
    )
    table = read_rows(path, wanted=WANTED)
    rows = list(table)
    assert [(row.number, row.text) for row in rows] == [(4, "口红"), (6, "518"), (7, "西装")]
    assert [list(row.values.values())[:3] for row in rows[:2]] == [
        ["口红", "99", "123456789012"],
        ["518", "0.5", "2026-11-01"],
    ]
    assert rows[2].values == {"标题": "西装", "价格": "TRUE", "编号": "2026-11-01 09:30:00", "#4": "备注"}


def test_the_sheet_that_has_the_column_is_found(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["说明"], ["填在下一页"]], 数据=[["标题"], ["口红"]])
    assert texts(read_rows(path, wanted=WANTED)) == [(2, "口红")]
    with path.open("rb") as stream:
        assert texts(read_rows(stream, wanted=WANTED)) == [(2, "口红")]
    with pytest.raises(ColumnMissing, match="说明"):
        read_rows(path, wanted=WANTED, column="卖点")


def zipped(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = zipped(tmp_path / "a.xlsx", {"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": b"0" * (20 << 20)})
    assert bomb.stat().st_size < 30_000
    with pytest.raises(FileUnreadable) as caught:
        read_rows(bomb, wanted=WANTED)
    assert "压缩率" in caught.value.say("zh")
    with pytest.raises(FileUnreadable, match="over 1 MB when unpacked"):
        read_rows(bomb, wanted=WANTED, caps=Caps(zip_bytes=1 << 20))
    many = zipped(tmp_path / "b.xlsx", {f"{i}.xml": b"" for i in range(2_100)})
    with pytest.raises(FileUnreadable, match="2100 files inside"):
        read_rows(many, wanted=WANTED)
    with pytest.raises(FileUnreadable, match="over 0 MB"):
        read_rows(bomb, wanted=WANTED, caps=Caps(spool_bytes=1000))


def test_an_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.xlsx", {"word/document.xml": b"<a/>"})
    with pytest.raises(FileUnreadable, match="no sound workbook"):
        read_rows(path, wanted=WANTED)


def test_a_sheet_that_breaks_off_keeps_the_rows_before(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "a.xlsx", [["标题"], *([f"口红{i}"] for i in range(3000))])
    with zipfile.ZipFile(whole) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries["xl/worksheets/sheet1.xml"] = entries["xl/worksheets/sheet1.xml"][:90_000]
    rows = list(read_rows(zipped(tmp_path / "b.xlsx", entries), wanted=WANTED))
    assert isinstance(rows[-1].error, RestUnreadable)
    assert len(rows) > 1000


@settings(deadline=None)
@given(data=st.binary(max_size=200), name=st.sampled_from(["a.txt", "a.csv", "a.jsonl", "a.xls", "a", "a.gz"]))
def test_no_bytes_end_in_anything_but_rows_or_a_sentence(data: bytes, name: str) -> None:
    try:
        for row in read(data, name):
            assert row.number >= 1
    except CopykitError as error:
        # A refusal is fine as long as it speaks both languages.
        sentences = error.say("zh"), error.say("en")
    else:
        sentences = ("读完", "read")
    assert all(sentences)
