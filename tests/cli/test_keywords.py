"""``copykit keywords`` from end to end, as its users run it."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from copykit import tables
from copykit.cli import run
from copykit.text.measure import display_width

TITLES = ["平价睫毛膏卷翘不晕染", "平价睫毛膏学生党", "加绒打底裤女冬季", "加绒打底裤显瘦", "三合一冲锋衣男女同款"]


@pytest.fixture
def titles(tmp_path: Path) -> Path:
    path = tmp_path / "商品.csv"
    rows = "".join(f"{number},{title},{number * 100}\n" for number, title in enumerate(TITLES * 4))
    path.write_text(f"商品ID,商品标题,点击量\n{rows}", "gbk")
    return path


def mine(*args: str | Path) -> int:
    return run(["keywords", "mine", *map(str, args)])


def test_people_get_a_table_with_the_evidence(titles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert mine(titles, "--kind", "product", "--top", "4") == 0
    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    assert lines[0].split() == ["词", "权重", "次数", "篇数", "点击", "主要因为"]
    assert len(lines) == 5
    assert "加绒打底裤" in shown.out
    assert "读了 20 条" in shown.err
    assert "gb18030" in shown.err


@pytest.mark.parametrize("options", [[], ["--explain"], ["--per-document", "--explain"]])
def test_a_table_fits_its_terminal_with_figures_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    path = tmp_path / "商品.csv"
    rows = "".join(f"{title}长款冬季加厚,{n}12345,{n}234,{n}99.5,{n}12\n" for n, title in enumerate(TITLES * 9))
    path.write_text(f"商品标题,展现量,点击量,支付金额,支付订单数\n{rows}", "utf-8")
    assert mine(path, "--kind", "product", *options) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(display_width, lines)) <= 80
    assert any("像关键词" in line or "常见" in line for line in lines)


def test_a_screen_of_new_words_has_none_that_no_segmenter_cuts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "题.txt"
    uses = ["口红", "面霜", "眉笔", "粉饼", "眼影", "香水"]
    path.write_text("".join(f"澜沐{use}220v\nabko {use}\n{use}abko\n" for use in uses), "utf-8")
    command = ["keywords", "discover", str(path), "--kind", "product"]
    assert run(command) == 0
    shown = capsys.readouterr()
    assert "澜沐" in shown.out
    assert "abko" not in shown.out
    assert "纯英文" in shown.err
    assert run([*command, "--format", "csv"]) == 0
    assert "abko" in capsys.readouterr().out


def test_standard_input_is_read_as_a_file_is(
    titles: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mine(titles, "--kind", "product") == 0
    expected = capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(titles.read_bytes())))
    assert mine("-", "--kind", "product") == 0
    assert capsys.readouterr().out == expected


def test_machines_get_the_fields_that_were_promised(titles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert mine(titles, "--kind", "product", "--format", "jsonl") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [list(row)[:5] for row in rows] == [["keyword", "weight", "count", "documents", "rank"]] * len(rows)
    assert mine(titles, "--kind", "product", "--per-document", "--top", "2", "--format", "json") == 0
    documents = json.loads(capsys.readouterr().out)
    assert [document["id"] for document in documents] == [str(number) for number in range(20)]
    assert all(set(word) == {"keyword", "weight"} for document in documents for word in document["keywords"])
    assert all(len(document["keywords"]) <= 2 for document in documents)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".jsonl", ".json", ".md"])
@pytest.mark.parametrize("options", [[], ["--per-document"], ["--explain"]])
def test_files_are_written_by_their_ending(titles: Path, tmp_path: Path, suffix: str, options: list[str]) -> None:
    target = tmp_path / f"词{suffix}"
    assert mine(titles, "--kind", "product", *options, "-o", target) == 0
    match suffix:
        case ".csv":
            rows = list(csv.reader(target.read_text("utf-8-sig").splitlines()))
            assert len(rows) > 3
        case ".xlsx":
            assert openpyxl.load_workbook(target).active.max_row > 3
        case ".jsonl":
            assert len([json.loads(line) for line in target.read_text("utf-8").splitlines()]) > 3
        case ".json":
            assert len(json.loads(target.read_text("utf-8"))) > 3
        case ".md":
            assert target.read_text("utf-8").startswith("| ")


def test_two_processes_print_the_same(titles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for options in ([], ["--per-document"]):
        printed = []
        for jobs in ("1", "2"):
            assert mine(titles, "--kind", "product", "--format", "jsonl", "--jobs", jobs, *options) == 0
            printed.append(capsys.readouterr().out)
        assert printed[0] == printed[1]


def test_users_words_are_kept_whole_and_stop_words_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, words, stop = tmp_path / "文.txt", tmp_path / "词.txt", tmp_path / "停.txt"
    text.write_text("贴骨增高鞋，贴骨增高鞋好穿，贴骨增高鞋百搭\n" * 3, "utf-8")
    words.write_text("贴骨增高鞋 100 n\n", "utf-8")
    stop.write_text("# 不要的\n百搭\n", "utf-8")
    assert mine(text, "--user-words", words, "--stop", stop, "--format", "jsonl") == 0
    found = [json.loads(line)["keyword"] for line in capsys.readouterr().out.splitlines()]
    assert "贴骨增高鞋" in found
    assert not [word for word in found if "百搭" in word]


def test_discovered_words_are_used_by_the_next_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "评论.txt"
    uses = ["面霜", "精华液好用", "洗面奶测评", "身体乳", "护手霜不油", "水乳套装", "防晒"]
    lines = (f"澜沐{use}\n买了澜沐{use}\n家里，大有，{use}\n试试“大有”{use}\n" for use in uses)
    source.write_text("".join(lines), "utf-8")
    (tmp_path / "copykit.toml").write_text("", "utf-8")
    (tmp_path / "words").mkdir()
    monkeypatch.chdir(tmp_path)
    assert run(["keywords", "discover", str(source), "--kind", "product", "-o", "words/新词.txt"]) == 0
    shown = capsys.readouterr().out
    assert shown.splitlines()[0].split() == ["新词", "次数", "篇数", "像词", "出处"]
    lines = (tmp_path / "words" / "新词.txt").read_text("utf-8").splitlines()
    exported = {word: count for word, count, tag in map(str.split, lines) if tag == "n"}
    # 14 places keep 澜沐 whole; 大有 is of two common characters, and 14 would leave them two words.
    assert exported["澜沐"] == "14"
    assert int(exported["大有"]) > 1_000
    # What it has is not new any more, and stays when further words are added.
    more = source.read_text("utf-8").replace("澜沐", "绫奥")
    source.write_text(source.read_text("utf-8") + more, "utf-8")
    assert run(["keywords", "discover", str(source), "--kind", "product", "-o", "words/新词.txt"]) == 0
    assert "原有的" in capsys.readouterr().err
    again = (tmp_path / "words" / "新词.txt").read_text("utf-8").splitlines()
    assert again[: len(lines)] == lines
    assert "绫奥 14 n" in again[len(lines) :]
    source.write_text(source.read_text("utf-8").removesuffix(more), "utf-8")
    assert mine(source, "--kind", "product", "--format", "jsonl") == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"澜沐": 14, "大有": 14}.items() <= {word["keyword"]: word["count"] for word in found}.items()


def test_dirt_is_mended_told_and_kept_on_demand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "文.txt"
    page.write_text(
        "電商平臺(tái)運(yùn)營(yíng)方案\n上一篇：怎么开店\n電商平臺(tái)運(yùn)營(yíng)要看数据\n", "utf-8"
    )
    assert mine(page) == 0
    shown = capsys.readouterr()
    assert "拼音 6 处" in shown.err
    assert "开店" not in shown.out
    assert mine(page, "--keep", "all") == 0
    assert "清理" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        ([], 2, "请给出文件"),
        (["没有.txt"], 2, "找不到文件"),
        (["题.txt", "--kind", "小说"], 2, "可以用的有 article"),
        (["题.txt", "--keep", "pinyi"], 2, "可以关的有 html"),
        (["题.txt", "-o", "a.doc"], 2, "-o 只会写"),
        (["题.txt", "--tpo", "3"], 2, "--top"),
        (["题.txt", "--user-words", "坏.txt"], 2, "用户词典 坏.txt 有 1 行读不懂：第 1 行"),
        (["空.txt"], 2, "一篇文字也没有"),
        (["题.txt", "-o", "没有/a.csv"], 3, "文件夹不存在"),
    ],
)
def test_mistakes_are_told_in_one_sentence(
    args: list[str],
    code: int,
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("题.txt").write_text("平价睫毛膏\n", "utf-8")
    Path("坏.txt").write_text("词 很多\n", "utf-8")
    Path("空.txt").write_text("", "utf-8")
    assert mine(*args) == code
    assert words in capsys.readouterr().err


def test_an_interrupt_leaves_the_old_file_whole_and_nothing_behind(tmp_path: Path) -> None:
    target = tmp_path / "词.csv"
    target.write_text("旧的", "utf-8")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    command = [sys.executable, "-m", "copykit", "keywords", "mine", "-", "--kind", "product", "-o", str(target)]
    environment = os.environ | {"TMPDIR": str(scratch), "PYTHONIOENCODING": "utf-8"}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stderr=pipe, env=environment, encoding="utf-8") as process:
        assert process.stdin is not None
        # More than a pipe holds: when it is written, the command is reading, and it waits for more.
        process.stdin.write("".join(f"{title}第{number}款\n" for number in range(20_000) for title in TITLES))
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        told = process.communicate()[1]
    assert process.returncode == 130, told
    assert "已中断" in told
    assert target.read_text("utf-8") == "旧的"
    assert list(scratch.iterdir()) == []


def test_sheets_that_are_not_read_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheets = [
        tables.Sheet("说明", ["怎么看"], [["导出于后台"]]),
        tables.Sheet("九月", ["商品标题", "访客数"], [["平价睫毛膏", 9], ["卷翘睫毛膏", 5]]),
        tables.Sheet("空的", [], []),
        tables.Sheet("十月", ["商品标题", "访客数"], [["防水眉笔", 7]]),
    ]
    path = tmp_path / "两个月.xlsx"
    tables.write_xlsx(path, sheets)
    assert mine(path, "--kind", "product") == 0
    shown = capsys.readouterr()
    assert "睫毛膏" in shown.out
    assert "眉笔" not in shown.out
    assert "只读了工作表“九月”，没读：十月（" in shown.err


def test_a_run_does_not_read_what_the_last_one_wrote(tmp_path: Path) -> None:
    (tmp_path / "评.txt").write_text("平价睫毛膏不晕染\n" * 8, "utf-8")
    (tmp_path / "题.txt").write_text("平价睫毛膏显色\n" * 8, "utf-8")
    output = tmp_path / "词.jsonl"
    written = []
    for _ in range(2):
        assert run(["keywords", "mine", str(tmp_path), "--kind", "title", "-o", str(output)]) == 0
        written.append(output.read_bytes())
    assert written[0] == written[1]


@pytest.mark.parametrize("command", ["mine", "mine --per-document", "discover", "select", "expand", "compare"])
@pytest.mark.parametrize("name", ["词.csv", "./词.csv", "link.csv"])
def test_what_is_read_is_not_written_over(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    name: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    held = "关键词,点击量\n" + "".join(f"{title},{n}\n" for n, title in enumerate(TITLES))
    for file in ("词.csv", "旧.csv"):
        Path(file).write_text(held, "utf-8")
    Path("link.csv").symlink_to("词.csv")
    assert run(["keywords", *command.split(), "旧.csv", "词.csv", "-o", name]) == 2
    assert f"{Path(name)} 是要读的文件" in capsys.readouterr().err
    assert Path("词.csv").read_text("utf-8") == held


@pytest.mark.parametrize("option", ["--stop", "--user-words"])
def test_no_list_that_is_read_is_written_over(titles: Path, tmp_path: Path, option: str) -> None:
    path = tmp_path / "词.md"
    path.write_text("平价\n", "utf-8")
    assert mine(titles, option, path, "-o", path) == 2
    assert path.read_text("utf-8") == "平价\n"


def test_a_folder_may_hold_the_last_result_but_not_be_it(
    titles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "关键词.csv"
    shown = []
    for _ in range(2):
        assert mine(tmp_path, "--kind", "product", "-o", target) == 0
        shown.append(capsys.readouterr())
    assert shown[0].out == shown[1].out
    assert "关键词.csv 是 -o 要写的文件" not in shown[0].err
    assert "关键词.csv 是 -o 要写的文件" in shown[1].err
    titles.unlink()
    before = target.read_bytes()
    assert mine(tmp_path, "--kind", "product", "-o", target) == 2
    assert target.read_bytes() == before


@pytest.mark.parametrize(
    ("held", "code", "kept"),
    [
        ("禾木旗舰店\n睫毛膏 3 n\n", 0, True),
        ("# 自己记的\n禾木旗舰店 nz\n", 0, True),
        ("这是一篇文章，写了好几句话。\n", 2, False),
        ("两个词 在一行 里\n", 2, False),
    ],
)
def test_new_words_are_added_to_a_list_and_to_nothing_else(tmp_path: Path, held: str, code: int, kept: bool) -> None:
    source, target = tmp_path / "题.txt", tmp_path / "我的词.txt"
    source.write_text("".join(f"澜沐{use}\n{use}澜沐\n" for use in ("口红", "面霜", "眉笔", "粉饼")) * 3, "utf-8")
    target.write_text(held, "utf-8")
    for _ in range(2):
        assert run(["keywords", "discover", str(source), "--kind", "product", "-o", str(target)]) == code
    lines = target.read_text("utf-8").splitlines()
    assert lines[: held.count("\n")] == held.splitlines()
    assert [line.split()[0] for line in lines].count("澜沐") == kept


# The cells below 搜索人气, what is written of each word, and how many cells are told to be ranges.
OPEN = [
    (["3000~5000", "<100", "1200"], ["4000.0", "50.0", "1200.0"], "2 格"),
    (["-", "", "0"], ["", "", "0.0"], ""),
    (["5万", "100以下", "--"], ["50000.0", "50.0", ""], "1 格"),
]


@pytest.mark.parametrize(("cells", "expected", "told"), OPEN)
@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_what_a_cell_does_not_tell_is_not_nought(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    cells: list[str],
    expected: list[str],
    told: str,
    suffix: str,
) -> None:
    path, words = tmp_path / f"报表{suffix}", ["睫毛膏", "眼影", "口红"]
    rows = [{"搜索词": word, "搜索人气": cell} for word, cell in zip(words, cells, strict=True)]
    if suffix == ".csv":
        tables.write_csv(path, ["搜索词", "搜索人气"], [list(row.values()) for row in rows])
    else:
        tables.write_jsonl(path, rows)
    assert mine(path, "--kind", "query", "--format", "csv") == 0
    shown = capsys.readouterr()
    found = {row["词"]: row.get("搜索人气") or "" for row in csv.DictReader(io.StringIO(shown.out))}
    assert [found[word] for word in words] == expected
    assert (told in shown.err) if told else ("范围" not in shown.err)


@pytest.mark.parametrize("command", ["mine", "select"])
@pytest.mark.parametrize(
    ("header", "options", "told"),
    [
        ("搜索词,搜索词,搜索人气", [], "有两列都叫“搜索词”"),
        ("搜索词,词二,搜索人气", [], ""),
        ("搜索词,搜索词,搜索人气", ["--column", "2"], ""),
        ("搜索词,搜索人气,搜索人气", [], "有两列都叫“搜索人气”"),
    ],
)
def test_a_column_of_which_there_are_two_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, header: str, options: list[str], told: str
) -> None:
    path = tmp_path / "报表.csv"
    path.write_text(f"{header}\n睫毛膏,100,100\n眼影,50,50\n", "utf-8")
    kind = ["--kind", "query"] if command == "mine" else []
    run(["keywords", command, str(path), *kind, *options])
    shown = capsys.readouterr().err
    assert (f"{path} {told}" in shown) if told else ("有两列" not in shown)


@pytest.mark.parametrize(
    ("name", "content"), [("空.txt", ""), ("空格.txt", " \n\n"), ("表头.csv", "搜索词,搜索人气\n")]
)
@pytest.mark.parametrize("command", ["mine", "select"])
def test_a_file_with_nothing_in_it_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, name: str, content: str
) -> None:
    path = tmp_path / name
    path.write_text(content, "utf-8")
    assert run(["keywords", command, str(path)]) == 2
    assert str(path) in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["article", "product", "query"])
@pytest.mark.parametrize("options", [[], ["--per-document"]])
def test_random_bytes_are_no_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, options: list[str]
) -> None:
    path = tmp_path / "图.txt"
    path.write_bytes(random.Random(7).randbytes(4000))
    assert mine(path, "--kind", kind, *options) == 2
    shown = capsys.readouterr()
    assert "图.txt 不是文本" in shown.err
    assert "权重" not in shown.out


def test_ctrl_c_while_modules_load_is_one_sentence() -> None:
    program = (
        "import sys, types\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'copykit.cli': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Finder())\n"
        "from copykit.__main__ import main\n"
        "main()\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, encoding="utf-8")
    assert ended.returncode == 130
    assert ended.stderr.strip() == "已中断"


@pytest.mark.parametrize("command", ["mine", "mine --per-document", "discover", "select", "expand"])
@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".jsonl", ".json", ".md"])
def test_in_a_folder_only_a_result_is_written_over(tmp_path: Path, command: str, suffix: str) -> None:
    folder = tmp_path / "表"
    folder.mkdir()
    rows = [[title, n] for n, title in enumerate(TITLES)]
    tables.write_csv(folder / "报表.csv", ["搜索词", "点击量"], rows)
    own = folder / f"报表二{suffix}"
    match suffix:
        case ".csv":
            tables.write_csv(own, ["搜索词", "点击量"], rows)
        case ".xlsx":
            tables.write_xlsx(own, [tables.Sheet("表", ["搜索词", "点击量"], rows)])
        case ".md":
            own.write_text("# 笔记\n\n平价睫毛膏好用\n", "utf-8")
        case _:
            tables.write_jsonl(own, [{"搜索词": title} for title in TITLES])
    before = own.read_bytes()
    line = ["keywords", *command.split(), str(folder)]
    assert run([*line, "-o", str(own)]) == 2
    assert own.read_bytes() == before
    own.unlink()
    for _ in range(2):
        assert run([*line, "-o", str(folder / f"词{suffix}")]) == 0
