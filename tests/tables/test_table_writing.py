"""What is written is whole, comes back as it was, and cannot be mistaken for a formula."""

from __future__ import annotations

import gc
import io
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copykit.tables import (
    OutputFailed,
    Sheet,
    atomic,
    guard_cell,
    read_rows,
    write_csv,
    write_jsonl,
    write_xlsx,
)

WANTED = {"title": ["title"], "body": ["body"]}
CELLS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
TABLES = st.lists(st.tuples(CELLS, CELLS).filter(any), max_size=8)
WRITERS = [write_csv, lambda path, heads, rows: write_xlsx(path, [Sheet("a", heads, rows)])]
FILES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@FILES
@given(rows=TABLES, bom=st.booleans())
def test_csv_comes_back_as_it_was_written_but_for_guarded_formulas(
    tmp_path: Path, rows: list[tuple[str, str]], bom: bool
) -> None:
    path = tmp_path / "a.csv"
    assert write_csv(path, ["title", "body"], rows, bom=bom).rows == len(rows)
    back = list(read_rows(path, wanted=WANTED))
    assert [row.error for row in back] == [None] * len(rows)
    assert [tuple(row.values.values()) for row in back] == [tuple(map(guard_cell, row)) for row in rows]
    write_csv(path, ["title", "body"], rows, raw=True)
    assert [tuple(row.values.values()) for row in read_rows(path, wanted=WANTED)] == rows


@settings(FILES, max_examples=40)
@given(rows=TABLES)
def test_xlsx_comes_back_as_it_was_written(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    path = tmp_path / "a.xlsx"
    write_xlsx(path, [Sheet("结果", ["title", "body"], rows)])
    assert [tuple(row.values.values()) for row in read_rows(path, wanted=WANTED)] == rows


@FILES
@given(rows=st.lists(st.tuples(st.text(), st.text())))
def test_json_lines_come_back_as_they_were_written_half_emoji_too(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    path = tmp_path / "a.jsonl"
    write_jsonl(path, ({"title": title, "body": body} for title, body in rows))
    assert [tuple(row.values.values()) for row in read_rows(path, wanted=WANTED)] == rows


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("-5元起", "'-5元起"),
        ("+86 138", "'+86 138"),
        ("-5", "-5"),
        ("-", "-"),
        ("--", "--"),
        ("-=1", "'-=1"),
        ("----", "'----"),
        ("+3.5%", "+3.5%"),
        ("-1,234.50", "-1,234.50"),
        ("-1e5", "-1e5"),
        ("-1+1", "'-1+1"),
        ("'=1", "'=1"),
        ("显白", "显白"),
        ("", ""),
    ],
)
def test_formulas_are_disarmed_and_numbers_are_not(cell: str, written: str) -> None:
    assert guard_cell(cell) == written


def test_csv_in_a_stream_has_no_bom_and_in_a_file_it_has(tmp_path: Path) -> None:
    out = io.StringIO(newline="")
    write_csv(out, ["标题", "分"], [["口红", 68.5], [None, -1]])
    assert out.getvalue() == "标题,分\r\n口红,68.5\r\n,-1\r\n"
    write_csv(tmp_path / "a.csv", ["标题"], [["a\ud83d"]])
    assert (tmp_path / "a.csv").read_bytes() == "\ufeff标题\r\na\ufffd\r\n".encode()


def test_a_workbook_has_numbers_as_numbers_and_text_as_text(tmp_path: Path) -> None:
    import openpyxl

    path = tmp_path / "a.xlsx"
    rows = [["=1+1", 68.5, True, 12345678901234567890, "https://a.cn", float("nan"), "a\ud83d", "长" * 40_000]]
    written = write_xlsx(path, [Sheet("a/b", ["甲", "乙"], iter(rows)), Sheet("A b", ["丙"], []), Sheet("", [], [])])
    assert (written.rows, written.shortened) == (1, 1)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["a b", "A b (2)", "Sheet"]
    page = book.worksheets[0]
    values = [cell.value for cell in page[2]]
    assert values[:7] == ["=1+1", 68.5, True, "12345678901234567890", "https://a.cn", "nan", "a\ufffd"]
    assert page["A2"].data_type == "s"
    assert page["E2"].hyperlink is None
    assert len(str(values[7])) == 32_767
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:B2"


def test_the_same_rows_give_the_same_workbook(tmp_path: Path) -> None:
    files = [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    for path in files:
        write_xlsx(path, [Sheet("结果", ["标题"], [["口红"], ["西装"]])])
    assert files[0].read_bytes() == files[1].read_bytes()


def test_rows_beyond_a_sheet_go_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import openpyxl

    monkeypatch.setattr("copykit.tables.writing.SHEET_ROWS", 4)
    write_xlsx(tmp_path / "a.xlsx", [Sheet("结果", ["n"], ([i] for i in range(7)))])
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["结果", "结果 (2)", "结果 (3)"]
    assert [[cell.value for cell in page["A"]] for page in book] == [["n", 0, 1, 2], ["n", 3, 4, 5], ["n", 6]]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, FileNotFoundError])
@pytest.mark.parametrize("write", WRITERS)
def test_an_interrupted_run_leaves_the_old_file_whole(tmp_path: Path, write: Any, error: type[BaseException]) -> None:
    path = tmp_path / "a.out"
    path.write_text("old")

    def rows() -> Any:
        yield ["口红"]
        raise error

    with pytest.raises(error):
        write(path, ["标题"], rows())
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.out"]


def test_a_new_file_keeps_the_mode_of_the_old_and_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "a.csv", tmp_path / "link.csv"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    with atomic(link) as out:
        out.write(b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    for path, zh in [(tmp_path / "no" / "a.csv", "文件夹不存在"), (tmp_path, "请写上文件名")]:
        with pytest.raises(OutputFailed) as caught, atomic(path):
            pass
        assert zh in caught.value.say("zh")
        assert caught.value.exit_code == 3


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux only")
def test_a_device_is_written_and_never_replaced() -> None:
    write_csv("/dev/null", ["标题"], [["口红"]])
    assert not os.path.isfile("/dev/null")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux only")
@pytest.mark.parametrize("write", WRITERS)
def test_a_full_disk_is_told_in_every_format(write: Any) -> None:
    with pytest.raises(OutputFailed) as caught:
        write(Path("/dev/full"), ["标题"], ([f"口红{number}"] for number in range(5000)))
    assert "请检查磁盘" in caught.value.say("zh")
    gc.collect()  # a ZIP that is given up speaks when it is deleted
