"""What ``keywords select`` wrote is read back by those who write with it, however a colleague has edited it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from copykit import tables
from copykit.datafiles import DataFiles, Layer, bundled
from copykit.errors import CopykitError, FileMissing, FileUnreadable
from copykit.selection import NotASelection, read_selection, selection_settings, usable
from copykit.tables import ColumnMissing

CHINESE = (
    "词,用途,组,意图,优先级,理由\n平价睫毛膏,核心词,平价睫毛膏,价格,1,转化高\n"
    "睫毛膏怎么刷,长尾词,睫毛膏,提问,3,\n睫毛膏,核心词,睫毛膏,商品,2,\n"
)
ENGLISH = "keyword,role,priority\nA,core,2\nB,Long tail,1\n"


def written(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text(text, encoding)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_table_in_chinese_is_read_by_priority(tmp_path: Path, encoding: str) -> None:
    words = read_selection(written(tmp_path, "选词.csv", CHINESE, encoding), bundled())
    assert [word.text for word in words] == ["平价睫毛膏", "睫毛膏", "睫毛膏怎么刷"]
    assert [(word.role, word.intent) for word in words] == [
        ("core", "price"),
        ("core", "product"),
        ("long_tail", "question"),
    ]
    assert (words[0].group, words[0].reason) == ("平价睫毛膏", "转化高")


def test_english_headers_and_roles_are_the_same_words(tmp_path: Path) -> None:
    words = read_selection(written(tmp_path, "selected.csv", ENGLISH), bundled())
    assert [(word.text, word.role) for word in words] == [("B", "long_tail"), ("A", "core")]


def test_a_setting_of_ones_own_without_later_roles_has_the_bundled_names(tmp_path: Path) -> None:
    text = (bundled().layers[0].roots[0] / "selection" / "standard.toml").read_text("utf-8")
    for name in ("unrelated", "shared", "strange", "unfit", "thing_sold", "other_goods"):
        text = re.sub(rf"\[(roles|reasons)\.{name}\]\n.*\n.*\n", "", text)
    (tmp_path / "selection").mkdir()
    (tmp_path / "selection" / "standard.toml").write_text(text.replace("长尾词", "跟着投"), "utf-8")
    settings = selection_settings(DataFiles([*bundled().layers, Layer("own", (tmp_path,))]))
    assert (settings["roles"]["unrelated"]["name"], settings["roles"]["long_tail"]["name"]) == ("对不上的", "跟着投")
    assert "投之前看一眼" in settings["reasons"]["strange"]["zh"]


def test_json_lines_an_array_and_a_workbook_are_read_alike(tmp_path: Path) -> None:
    rows = [
        {"keyword": "睫毛膏", "role": "core", "group": "", "intent": "product", "priority": 1, "reason": "量大"},
        {
            "keyword": "眼线笔",
            "role": "negative",
            "group": "",
            "intent": "product",
            "priority": 2,
            "reason": "别的东西",
        },
    ]
    array = written(tmp_path, "词.json", json.dumps(rows, ensure_ascii=False))
    lines = written(tmp_path, "词.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    book = tmp_path / "词.xlsx"
    tables.write_xlsx(book, [tables.Sheet("词", list(rows[0]), [list(row.values()) for row in rows])])
    first, *others = [read_selection(path, bundled()) for path in (array, lines, book)]
    assert [word.text for word in first] == ["睫毛膏", "眼线笔"]
    assert others == [first, first]


def test_a_row_whose_role_is_not_known_is_told_and_the_others_stay(tmp_path: Path) -> None:
    errors: list[CopykitError] = []
    path = written(tmp_path, "选词.csv", CHINESE.replace("长尾词", "备用"))
    assert len(read_selection(path, bundled(), errors.append)) == 2
    assert "第 3 行" in errors[0].say("zh")
    assert "备用" in errors[0].say("zh")
    assert "长尾词" in errors[0].say("zh")


def test_words_without_a_priority_come_last_and_keep_their_order(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "词,用途,优先级\n甲,核心词,\n乙,核心词,7\n丙,核心词,\n")
    assert [word.text for word in read_selection(path, bundled())] == ["乙", "甲", "丙"]


def test_only_usable_words_are_given_to_writers(tmp_path: Path) -> None:
    rows = "甲,别家品牌,1\n乙,长尾词,2\n丙,否定词,3\n丁,核心词,4\n戊,效果差,5\n己,自家品牌,6\n"
    words = read_selection(written(tmp_path, "a.csv", "词,用途,优先级\n" + rows), bundled())
    assert usable(words) == ["丁", "乙", "己"]


@pytest.mark.parametrize(
    ("name", "text", "error"),
    [
        ("词.csv", "词,次数\n睫毛膏,3\n", NotASelection),
        ("词.json", '[{"keyword": "睫毛膏"}]', NotASelection),
        ("词.json", '{"keyword": "睫毛膏"}', NotASelection),
        ("词.json", "[{", FileUnreadable),
        ("词.csv", "标题,次数\n睫毛膏,3\n", ColumnMissing),
        ("词.csv", "", FileUnreadable),
    ],
)
def test_what_is_no_selection_is_said_so(tmp_path: Path, name: str, text: str, error: type[CopykitError]) -> None:
    with pytest.raises(error):
        read_selection(written(tmp_path, name, text), bundled())


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    for name in ("没有.csv", "没有.json"):
        with pytest.raises(FileMissing):
            read_selection(tmp_path / name, bundled())
