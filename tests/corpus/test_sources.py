"""Documents out of files of every kind, good ones surviving bad neighbours."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import openpyxl
import pytest

from copykit.corpus import sources
from copykit.corpus.blocks import Document, marked
from copykit.corpus.columns import columns_of
from copykit.corpus.files import NothingToRead, NotText
from copykit.corpus.sources import PageCut, Sources
from copykit.datafiles import bundled
from copykit.errors import CopykitError, FileMissing
from copykit.text.clean import Cleaner

COLUMNS = columns_of(bundled().load("columns"))


def documents(path: str | Path, errors: list[CopykitError] | None = None, **options: object) -> list[Document]:
    told: list[CopykitError] = errors if errors is not None else []
    found = list(Sources([str(path)], COLUMNS, on_error=told.append, **options))  # type: ignore[arg-type]
    assert errors is not None or not told, told
    return found


# name, bytes, by line, (title, text) of each document
FILES = [
    ("文.txt", "第一段\n第二段\n".encode(), False, [("", "第一段\n第二段\n")]),
    ("文.md", "# 标题\n正文".encode("gb18030"), False, [("", "# 标题\n正文")]),
    ("题.txt", "平价睫毛膏\r\n\r\n加绒打底裤".encode(), True, [("平价睫毛膏", ""), ("加绒打底裤", "")]),
    ("题.txt", "睫毛膏,打底\n睫毛膏,卷翘\n".encode(), True, [("睫毛膏,打底", ""), ("睫毛膏,卷翘", "")]),
    ("行.jsonl", '{"id":1,"title":"标题","text":"正文"}\n'.encode(), False, [("标题", "正文")]),
    ("行.jsonl", '{"id":1,"text":"正文"}\n'.encode(), False, [("", "正文")]),
    ("行.jsonl", '{"id":1,"text":"一条标题"}\n'.encode(), True, [("一条标题", "")]),
    (
        "组.json",
        '[{"id":1,"title":"标题","text":"正文"},\n {"text":"二"}]'.encode(),
        False,
        [("标题", "正文"), ("", "二")],
    ),
    ("组.jsonl", '[{"title":"一条"}]'.encode(), True, [("一条", "")]),
    ("表.csv", '导出的表\n商品标题,点击量\n睫毛膏,"1,200"\n'.encode("gbk"), True, [("睫毛膏", "")]),
    ("表.tsv", "标题\t正文\n睫毛膏\t好用\n".encode(), False, [("睫毛膏", "好用")]),
    ("页.html", "<title>题</title><nav>首页</nav><p>正文</p>".encode(), False, [("题", "正文")]),
    ("空.txt", b"", False, []),
]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize(("name", "data", "by_line", "expected"), FILES)
def test_files_become_documents(
    tmp_path: Path, name: str, data: bytes, by_line: bool, expected: list[tuple[str, str]], packed: bool
) -> None:
    path = tmp_path / (name + ".gz" if packed else name)
    path.write_bytes(gzip.compress(data) if packed else data)
    found = documents(path, [] if name.startswith("空") else None, by_line=by_line)
    assert [(document.title, document.text) for document in found] == expected


@pytest.mark.parametrize(("name", "data", "by_line", "expected"), [file for file in FILES if file[3]])
def test_blocks_hold_the_same_documents(
    tmp_path: Path, name: str, data: bytes, by_line: bool, expected: list[tuple[str, str]]
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    blocks = list(Sources([str(path)], COLUMNS, by_line=by_line).blocks(size=4))
    assert "".join(block.text for block in blocks) == "".join(marked(*each) for each in expected)
    assert sum(block.documents for block in blocks) == len(expected)


def test_figures_are_read_with_their_noise(tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    path.write_text('搜索词,搜索人气,点击率,支付买家数\n睫毛膏,"1,234",3.2%,-\n打底裤,1.2万,1%,7\n', "utf-8")
    read = Sources([str(path)], columns_of(bundled().load("columns"), queries=True), by_line=True)
    assert [dict(document.metrics) for document in read] == [
        {"search_index": 1234},
        {"search_index": 12000, "buyers": 7},
    ]
    assert read.roles() == ["buyers", "search_index"]  # rates are not added up


def test_a_word_where_a_number_belongs_is_told(tmp_path: Path) -> None:
    path = tmp_path / "词.csv"
    path.write_text("搜索词,展现量,点击量\n帐篷,90,9\n天幕,未知,3\n坏行,abc,-\n睡袋,暂无数据,-\n", "utf-8")
    told: list[CopykitError] = []
    read = Sources([str(path)], COLUMNS, on_error=told.append)
    assert [(word.title, dict(word.metrics)) for word in read] == [
        ("帐篷", {"impressions": 90, "clicks": 9}),
        ("天幕", {"clicks": 3}),
        ("睡袋", {}),
    ]
    # The one was read all the same, for its clicks are known; the other tells nothing.
    assert [error.say("en") for error in read.strange] == [f"{path} row 3: '未知' in 展现量 is no number"]
    assert [error.say("en") for error in told] == [f"{path} row 4: 'abc' in 展现量 is no number"]


def test_the_line_of_sums_is_no_search(tmp_path: Path) -> None:
    (tmp_path / "词.csv").write_text("搜索词,点击量,访客数\n羽绒服女,900,70\n合 计,900,70\n", "utf-8")
    found = documents(tmp_path / "词.csv", by_line=True)
    assert [(document.title, document.metrics) for document in found] == [
        ("羽绒服女", {"clicks": 900.0, "visitors": 70.0})
    ]
    (tmp_path / "题.csv").write_text("标题\n合计\n", "utf-8")
    assert [document.title for document in documents(tmp_path / "题.csv", by_line=True)] == ["合计"]


def test_a_column_of_reviews_is_known(tmp_path: Path) -> None:
    (tmp_path / "评.csv").write_text("买家,评论内容,时间\n甲,不晕染,2026-10-01\n", "utf-8")
    assert [document.text for document in documents(tmp_path / "评.csv")] == ["不晕染"]


def test_a_workbook_is_read_and_a_named_column_taken(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["编号", "评价内容"], ["a", "洗了不缩水"], ["b", "颜色正"]):
        book.active.append(row)
    book.save(tmp_path / "评.xlsx")
    found = documents(tmp_path / "评.xlsx", column="评价内容")
    assert [(document.id, document.text) for document in found] == [("a", "洗了不缩水"), ("b", "颜色正")]


def test_a_long_id_keeps_its_digits(tmp_path: Path) -> None:
    ids = ["123456789012345678901", "123456789012345678902"]
    rows = "".join(f'{{"id":{number},"title":"标题{number[-1]}"}}\n' for number in ids)
    (tmp_path / "a.jsonl").write_text(rows, "utf-8")
    assert [each.id for each in documents(tmp_path / "a.jsonl")] == ids


def test_a_folder_is_read_in_order_and_bad_files_do_not_stop_it(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("乙", "utf-8")
    (tmp_path / "a.jsonl").write_text('{"text":"甲"}\n{"text":\n[1]\n{"text":"丙"}\n', "utf-8")
    (tmp_path / "c.xlsx").write_bytes(b"PK\x03\x04 cut off")
    (tmp_path / "d.txt.gz").write_bytes(gzip.compress("丁".encode())[:-9])
    (tmp_path / ".hidden.txt").write_text("不读", "utf-8")
    errors: list[CopykitError] = []
    assert [document.text for document in documents(tmp_path, errors)] == ["甲", "丙", "乙", "丁"]
    assert len(errors) == 4
    assert "a.jsonl" in errors[0].say("zh")
    assert "d.txt.gz" in errors[3].say("zh")  # its beginning is whole


def test_of_markdown_its_readers_text_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "文.md"
    path.write_text("---\ntitle: 题\n---\n# 平价睫毛膏\n**不晕染**，见[测评](https://a.cn/b)\n", "utf-8")
    for cleaner, hidden in ((Cleaner(), False), (None, True)):
        text = documents(path, cleaner=cleaner)[0].text
        assert "不晕染" in text
        assert ("a.cn" in text) == ("title" in text) == ("**" in text) == hidden


def test_a_long_file_goes_on_as_further_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "DOCUMENT_CHARS", 10)
    (tmp_path / "长.txt").write_text("一二三四五六\n" * 5, "utf-8")
    found = documents(tmp_path / "长.txt")
    assert "".join(document.text for document in found) == "一二三四五六\n" * 5
    assert len(found) == 3


def test_a_page_beyond_the_cap_is_read_up_to_it_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "PAGE_CHARS", 12)
    (tmp_path / "页.html").write_text("<p>一二三四五六七八九十</p>", "utf-8")
    errors: list[CopykitError] = []
    assert [document.text for document in documents(tmp_path / "页.html", errors)] == ["一二三四五六七八九"]
    assert [type(error) for error in errors] == [PageCut]


@pytest.mark.parametrize("by_line", [False, True])
def test_a_picture_under_the_name_of_a_text_is_refused(tmp_path: Path, by_line: bool) -> None:
    (tmp_path / "图.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0abcdefgh" * 20)
    errors: list[CopykitError] = []
    read = Sources([str(tmp_path / "图.txt")], COLUMNS, by_line=by_line, on_error=errors.append)
    assert not list(read.blocks())
    assert [type(error) for error in errors] == [NotText]


def test_standard_input_is_one_text_or_many_lines() -> None:
    for by_line, expected in ((False, [("", "甲\n乙")]), (True, [("甲", ""), ("乙", "")])):
        read = Sources(["-"], COLUMNS, by_line=by_line, stdin=io.BytesIO("甲\n乙\n".encode()))
        assert [(document.title, document.text) for document in read] == expected


@pytest.mark.parametrize(("name", "error"), [("没有.txt", FileMissing), ("*.csv", NothingToRead), ("", NothingToRead)])
def test_nothing_there_is_told(tmp_path: Path, name: str, error: type[CopykitError]) -> None:
    with pytest.raises(error):
        Sources([str(tmp_path / name)], COLUMNS)
