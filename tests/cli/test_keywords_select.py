"""``copykit keywords select`` from end to end, as its users run it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest

from copykit.cli import run
from copykit.datafiles import bundled
from copykit.selection import read_selection, usable

WORDS = {
    "睫毛膏防水": (9000, 520, 31),
    "平价睫毛膏": (7000, 400, 22),
    "睫毛膏学生党": (800, 60, 4),
    "防水睫毛膏持久": (500, 30, 1),
    "睫毛膏怎么刷": (2000, 90, 1),
    "禾木睫毛膏": (300, 40, 6),
    "兰蔻睫毛膏": (9000, 700, 30),
    "睫毛膏卸妆水": (600, 20, 0),
    "二手睫毛膏": (100, 9, 0),
    "睫毛膏没人买": (20000, 900, 0),
}
BRIEF = 'product = "细刷头睫毛膏"\ncategory = "睫毛膏"\nbrand = "禾木"\n'


@pytest.fixture
def words(tmp_path: Path) -> Path:
    rows = "".join(f'{word},"{views:,}",{clicks},{orders}\n' for word, (views, clicks, orders) in WORDS.items())
    path = tmp_path / "搜索词.csv"
    path.write_text("关键词报表\n搜索词,展现量,点击量,支付订单数\n" + rows, "gbk")
    (tmp_path / "资料.toml").write_text(BRIEF, "utf-8")
    return path


def select(*args: str | Path) -> int:
    return run(["keywords", "select", *map(str, args)])


def test_people_get_the_words_by_what_they_are_for(words: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert select(words, "--brief", words.with_name("资料.toml"), "--core", "2") == 0
    shown = capsys.readouterr()
    places = [
        shown.out.index(name) for name in ("核心词（", "长尾词（", "自家品牌（", "别家品牌（", "效果差（", "否定词（")
    ]
    assert places == sorted(places)
    assert "1 睫毛膏防水" in shown.out
    assert "反不正当竞争法 第七条" in shown.out
    assert "读了 10 行" in shown.err
    assert all(len(line) <= 80 for line in shown.out.splitlines())


def test_english_readers_get_english(words: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert select(words, "--brief", words.with_name("资料.toml"), "--lang", "en") == 0
    shown = capsys.readouterr()
    assert "others' brand" in shown.out or "somebody else's brand" in shown.out
    assert "orders in" in shown.out


def test_machines_get_the_fields_that_were_promised(words: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert select(words, "--brief", words.with_name("资料.toml"), "--format", "jsonl") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    fields = ["keyword", "role", "group", "intent", "priority", "reason"]
    assert [list(row)[:6] for row in rows] == [fields] * len(WORDS)
    assert [row["priority"] for row in rows] == list(range(1, len(WORDS) + 1))
    roles = {row["keyword"]: row["role"] for row in rows}
    assert roles["兰蔻睫毛膏"] == "other_brand"
    assert roles["睫毛膏卸妆水"] == "negative"
    assert roles["睫毛膏没人买"] == "low"


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".jsonl", ".json"])
def test_what_is_written_is_read_back_by_others(words: Path, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"选词{suffix}"
    assert select(words, "--brief", words.with_name("资料.toml"), "-o", target) == 0
    back = read_selection(target, bundled())
    assert len(back) == len(WORDS)
    assert usable(back)[0] == "睫毛膏防水"
    assert not {"兰蔻睫毛膏", "二手睫毛膏", "睫毛膏没人买"} & set(usable(back))


def test_what_is_pasted_has_tabs_and_no_bid(words: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert select(words, "--brief", words.with_name("资料.toml"), "--export", "直通车") == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines()[0] == "睫毛膏防水\t\t精准匹配"
    assert "兰蔻" not in shown.out
    assert "1 个别家品牌" in shown.err


def test_a_form_keeps_its_official_columns(words: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "google.csv"
    assert (
        select(words, "--brief", words.with_name("资料.toml"), "--export", "google", "--core", "2", "-o", target) == 0
    )
    rows = list(csv.reader(target.read_text("utf-8-sig").splitlines()))
    assert rows[0] == ["Campaign", "Ad group", "Keyword", "Type", "Max CPC"]
    assert {row[3] for row in rows[1:]} == {"Exact", "Phrase", "Campaign Negative Phrase"}
    book = tmp_path / "百度.xlsx"
    assert select(words, "--brief", words.with_name("资料.toml"), "--export", "百度", "-o", book) == 0
    sheets = openpyxl.load_workbook(book)
    assert [sheet.title for sheet in sheets] == ["词", "否定词"]
    assert "没有官方文本" in capsys.readouterr().err


def test_others_brands_are_written_only_when_asked_for(words: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert select(words, "--export", "直通车", "--with-other-brands") == 0
    assert "兰蔻睫毛膏" in capsys.readouterr().out


def test_a_list_of_ones_own_names_further_brands(
    words: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    brands = tmp_path / "牌子.txt"
    brands.write_text("没人买\n", "gbk")
    assert select(words, "--other-brands", brands, "--format", "json") == 0
    roles = {row["keyword"]: row["role"] for row in json.loads(capsys.readouterr().out)}
    assert roles["睫毛膏没人买"] == "other_brand"


def test_standard_input_is_read_as_a_file_is(
    words: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert select(words) == 0
    expected = capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(words.read_bytes())))
    assert select("-") == 0
    assert capsys.readouterr().out == expected


def test_plain_lines_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "词.txt"
    path.write_text("睫毛膏\n睫毛膏防水\n睫毛膏\n", "utf-8")
    assert select(path) == 0
    shown = capsys.readouterr()
    assert "搜索次数 2" in shown.out
    assert "没说是哪件商品" in shown.err


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ([], "请给出词表"),
        (["没有.csv"], "找不到文件 没有.csv"),
        (["{words}", "--export", "脸书"], "没有“脸书”这种表"),
        (["{words}", "--with-other-brands"], "请加上 --export"),
        (["{words}", "--export", "google", "-o", "a.json"], "只写 .csv 或 .xlsx"),
        (["{words}", "-o", "a.doc"], "-o 只会写"),
        (["{words}", "--brief", "没有.toml"], "没有.toml"),
    ],
)
def test_a_mistake_is_one_sentence(words: Path, args: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert select(*(part.format(words=words) for part in args)) == 2
    assert told in capsys.readouterr().err


def test_a_bad_row_costs_no_good_one(words: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words.write_text(words.read_text("gbk") + "睫毛膏多一格,1,1,1,1\n", "gbk")
    assert select(words, "--format", "json") == 2
    shown = capsys.readouterr()
    assert len(json.loads(shown.out)) == len(WORDS)
    assert "第 13 行" in shown.err


def test_an_empty_table_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "空.txt"
    path.write_text("", "utf-8")
    assert select(path) == 2
    assert "一个词也没有" in capsys.readouterr().err


def test_figures_are_written_as_they_were_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "词.csv"
    table.write_text("搜索词,展现量,花费\n睫毛膏防水,18332,0.1\n睫毛膏防水,1,0.2\n", "utf-8")
    assert select(table, "--product", "睫毛膏", "--format", "csv") == 0
    row = next(csv.DictReader(io.StringIO(capsys.readouterr().out.lstrip("\ufeff"))))
    assert (row["展现"], row["花费"]) == ("18333", "0.3")
