"""``copykit keywords expand`` from end to end, as its users run it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest

from copykit.cli import run
from copykit.text.measure import display_width

WORDS = {
    "睫毛膏防水": (9000, 520),
    "睫毛膏防水女": (700, 40),
    "防水睫毛膏": (500, 30),
    "睫毛膏学生党": (800, 60),
    "平价睫毛膏学生党": (300, 20),
    "冬天睫毛膏": (120, 9),
    "兰蔻睫毛膏": (9000, 700),
    "男士睫毛膏": (90, 4),
}
BRIEF = """product = "细刷头睫毛膏"
category = "睫毛膏"
brand = "禾木"

[audience]
who = ["单眼皮", "女生"]
"""


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    rows = "".join(f'{word},"{views:,}",{clicks}\n' for word, (views, clicks) in WORDS.items())
    path = tmp_path / "搜索词.csv"
    path.write_text("关键词报表\n搜索词,展现量,点击量\n" + rows, "gbk")
    (tmp_path / "资料.toml").write_text(BRIEF, "utf-8")
    (tmp_path / "评论.txt").write_text("这支睫毛膏单眼皮也能用。\n睫毛膏通勤够用了\n", "utf-8")
    return path


def expand(*args: str | Path) -> int:
    return run(["keywords", "expand", *map(str, args)])


def test_people_get_the_words_with_what_is_known_of_them(words: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert expand(words, "--brief", "资料.toml", "--corpus", "评论.txt", "--top", "12") == 0
    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    assert lines[0].startswith("扩出 12 个词")
    assert lines[2].split()[:2] == ["睫毛膏防水", "属性"]
    assert "展现合计 10,200" in shown.out
    assert any(line.startswith("○ ") and "资料里写着“单眼皮”" in line for line in lines)
    assert "兰蔻" not in shown.out
    assert "男士" not in shown.out
    assert "读了 8 行" in shown.err
    assert "读了 1 篇文章" in shown.err
    assert all(display_width(line) <= 80 for line in lines)


def test_english_readers_get_english(words: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert expand(words, "--brief", "资料.toml", "--top", "3", "--lang", "en") == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("3 words: 3 were searched, 0 not seen")
    assert "goes together in 3 searches, impressions 10,200 together" in " ".join(shown.out.split())


@pytest.mark.parametrize("name", ["扩词.csv", "扩词.xlsx", "扩词.jsonl"])
def test_a_file_can_be_sorted_by_a_colleague(words: Path, name: str) -> None:
    assert expand(words, "--brief", "资料.toml", "--top", "40", "-o", name) == 0
    path = words.with_name(name)
    if name.endswith(".jsonl"):
        first = json.loads(path.read_text("utf-8").splitlines()[0])
        assert list(first) == ["keyword", "root", "parts", "seen", "unseen", "written", "told", "expected", "reason"]
        assert first["parts"] == [{"slot": "attribute", "word": "防水"}]
        return
    if name.endswith(".csv"):
        rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))
    else:
        sheet = openpyxl.load_workbook(path).active
        assert sheet is not None
        rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.values]
    headers = [
        "次序",
        "词",
        "词根",
        "属性",
        "场景",
        "人群",
        "季节",
        "促销",
        "见过",
        "搜索词条数",
        "文章句数",
        "估计量",
        "理由",
    ]
    assert rows[0] == headers
    assert rows[1][:4] == ["1", "睫毛膏防水", "睫毛膏", "防水"]
    assert len(rows) == 41
    assert {row[8] for row in rows[1:]} == {"见过", "没见过"}


def test_only_what_is_asked_for(words: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert expand(words, "--brief", "资料.toml", "--slot", "人群，季节", "--seen", "--format", "jsonl") == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {word["keyword"] for word in found} >= {"睫毛膏学生党", "冬天睫毛膏"}
    assert all(word["seen"] for word in found)
    assert all({"audience", "season"} & {part["slot"] for part in word["parts"]} for word in found)


def test_a_brief_alone_is_enough_and_says_what_that_is_worth(words: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert expand("--brief", "资料.toml") == 0
    shown = capsys.readouterr()
    assert "0 个在搜索词里见过" in shown.out
    assert "没有搜索词" in shown.err


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ((), "--root"),
        (("搜索词.csv", "--slot", "颜色"), "促销"),
        (("没有.csv", "--root", "睫毛膏"), "没有.csv"),
        (("搜索词.csv", "-o", "扩词.pdf"), "扩词.pdf"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(
    words: Path, args: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert expand(*args) == 2
    shown = capsys.readouterr()
    assert told in shown.err
    assert "Traceback" not in shown.err


def test_an_empty_table_says_so_and_still_widens_the_root(words: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("空.txt").write_text("", "utf-8")
    assert expand("空.txt", "--root", "睫毛膏", "--top", "3") == 2
    assert "没有搜索词" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["expand", "select", "compare"])
def test_a_brief_is_no_word_list_and_a_word_list_no_brief(
    words: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert run(["keywords", command, "资料.toml"]) == 2
    assert "资料.toml 是产品资料，请写成 --brief 资料.toml" in capsys.readouterr().err
    assert run(["keywords", command, str(words), str(words), "--brief", "评论.txt"]) == 2
    assert "评论.txt: 是表或词表，不是产品资料" in capsys.readouterr().err
