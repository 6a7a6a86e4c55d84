"""``copykit listings`` from end to end, as its users run it."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pytest

from bench.shop import write
from copykit.cli import run
from copykit.cli.progress import ProgressLine

ROOT = Path(__file__).resolve().parent.parent.parent
HEADER = ["货号", "品名", "牌子", "卖点", "颜色", "材质", "现标题"]
GOODS = [
    ["600000000000000001", "加厚羽绒服", "禾木", "帽子可拆；口袋加绒", "白色", "白鸭绒", ""],
    ["600000000000000002", "保温杯", "禾木", "倒过来不漏", "黑色", "316不锈钢", "316不锈钢保温杯学生"],
    ["600000000000000003", "休闲鞋", "禾木", "国家级面料", "白色", "", ""],
    ["600000000000000004", "", "禾木", "", "", "", ""],
]
WORDS = [
    ["关键词", "搜索价值"],
    ["羽绒服女", "90"],
    ["加厚羽绒服", "80"],
    ["黑色休闲鞋", "70"],
    ["白鸭绒羽绒服", "60"],
    ["不锈钢保温杯", "50"],
]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    save(tmp_path / "商品.csv", [HEADER, *GOODS])
    save(tmp_path / "词.csv", WORDS)
    return tmp_path


def save(path: Path, rows: list[list[str]], encoding: str = "gb18030") -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)


def build(*args: str | Path, platforms: str = "淘宝,拼多多,小红书") -> int:
    words = () if "--keywords" in args else ("--keywords", "词.csv")
    given = ["listings", "build", *map(str, args), *words, "-p", platforms, "--today", "2026-11-22"]
    return run(given)


def sheets(path: Path) -> dict[str, list[tuple[object, ...]]]:
    book = openpyxl.load_workbook(path)
    return {sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}


def test_an_operator_gets_a_workbook_and_the_troubles_by_row(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build("商品.csv", "-o", "上架.xlsx") == 2  # a row without a name
    told = capsys.readouterr().err
    assert "货号→id" in told
    assert "copykit.toml" in told
    assert "写好 6 条 · 挡下 3 条 · 没写 3 条" in told
    assert "第 4 行" in told
    assert "国家级" in told
    assert "广告法" in told
    assert "第 5 行" in told
    assert "--only-failed" in told
    found = sheets(shop / "上架.xlsx")
    assert list(found) == ["淘宝", "拼多多", "小红书", "汇总", "问题", "没用上的词", "新旧标题", "字段说明"]
    header, first, second = found["淘宝"]
    assert header[:2] == ("货号", "宝贝标题")
    assert first[0] == "600000000000000001"  # whole, as text
    assert first[1] == "禾木白色白鸭绒加厚羽绒服"
    assert second[0] == "600000000000000002"
    assert {row[0] for row in found["问题"][1:]} == {4, 5}
    assert ("黑色休闲鞋" in str(found["没用上的词"])) is True
    old = found["新旧标题"][1]
    assert old[3] == "316不锈钢保温杯学生"
    book = openpyxl.load_workbook(shop / "上架.xlsx")
    assert book["淘宝"].freeze_panes == "A2"
    assert book["淘宝"]["A2"].data_type == "s"
    assert book["淘宝"].column_dimensions["B"].width > 20
    assert "商品" in str(found["汇总"])
    assert any("官方" in str(row) for row in found["字段说明"]) is False  # no official names are known for these three


def test_the_columns_are_kept_and_the_users_correction_wins(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build("商品.csv", "-o", "a.json")
    assert 'product = "品名"' in (shop / "copykit.toml").read_text("utf-8")
    save(shop / "商品.csv", [[*HEADER, "内部叫法"], ["1", "X-7", "", "", "", "", "", "不锈钢保温杯"]])
    build("商品.csv", "--column", "product=内部叫法", "-o", "b.json")
    assert "保温杯" in json.loads((shop / "b.json").read_text("utf-8"))[0]["title"]
    capsys.readouterr()
    build("商品.csv", "-o", "c.json")
    assert "保温杯" in json.loads((shop / "c.json").read_text("utf-8"))[0]["title"]


# copykit.toml before, after a run that found other columns
KEPT = [
    pytest.param(
        '# 我的店\r\n[listings.columns]\r\nproduct = "款名"  # 新品都叫这个\r\n# 备注\r\ncategory = "类目"\r\n\r\n'
        '[check]\r\ncategory = "服装"\r\n',
        '# 我的店\r\n[listings.columns]\r\nproduct = "品名"  # 新品都叫这个\r\n# 备注\r\ncategory = "类目"\r\n'
        'id = "货号"\r\n\r\n[check]\r\ncategory = "服装"\r\n',
        id="comments, line endings and lines of other tables stay",
    ),
    pytest.param(
        '[listings.columns]\ncurrent_title = "品名"',
        '[listings.columns]\nproduct = "品名"\nid = "货号"\n',
        id="a column plays one role",
    ),
    pytest.param(
        "[check]\ncategory = '服装'",
        "[check]\ncategory = '服装'\n\n[listings.columns]  # 哪一列是什么，改这里就行\n"
        'product = "品名"\nid = "货号"\n',
        id="a table of its own",
    ),
    pytest.param(
        '[listings]\ncolumns = {product = "款名"}\n', '[listings]\ncolumns = {product = "款名"}\n', id="left alone"
    ),
]


@pytest.mark.parametrize(("before", "after"), KEPT)
def test_columns_are_written_into_a_file_that_stays_readable(
    before: str, after: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "copykit.toml").write_bytes(before.encode())
    save(shop / "商品.csv", [["货号", "品名"], ["1", "保温杯"]])
    assert build("商品.csv", "-o", "a.json") == 0
    assert (shop / "copykit.toml").read_bytes().decode() == after
    assert ("没有改" in capsys.readouterr().err) == (before == after)
    assert build("商品.csv", "-o", "a.json") == 0


def test_machines_get_what_was_promised(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build("商品.csv", "--format", "jsonl", platforms="taobao")
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [list(row)[:8] for row in rows] == [
        ["id", "platform", "title", "length", "fields", "dropped", "findings", "error"]
    ] * 4
    assert rows[0]["length"] == {"used": 24, "limit": 60, "unit": "han2"}
    assert rows[3]["error"]
    assert {"keyword": "黑色休闲鞋", "reason": "颜色写的是“白色”，不是“黑色”"}.items() <= rows[2]["dropped"][0].items()
    build("商品.csv", "--format", "json", platforms="taobao")
    assert json.loads(capsys.readouterr().out) == rows


def test_a_folder_holds_a_csv_a_platform(shop: Path) -> None:
    build("商品.csv", "-o", "出", platforms="淘宝,shopify")
    names = sorted(path.name for path in (shop / "出").iterdir())
    assert names == sorted(["Shopify.csv", "没用上的词.csv", "汇总.csv", "淘宝.csv", "问题.csv"])
    data = (shop / "出" / "Shopify.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfURL handle,Title,Description,Vendor")


def test_standard_input_is_read_as_a_file_is(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    build("商品.csv", "--format", "jsonl")
    expected = capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO((shop / "商品.csv").read_bytes())))
    build("-", "--format", "jsonl")
    assert capsys.readouterr().out.replace("- 第 5 行", "商品.csv 第 5 行") == expected


def test_what_failed_is_made_again_and_the_rest_taken_over(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build("商品.csv", "-o", "上架.xlsx")
    before = sheets(shop / "上架.xlsx")["淘宝"]
    goods = [list(row) for row in GOODS]
    goods[2][3] = "鞋底有纹路，不打滑"
    goods[3][1] = "充电台灯护眼可调光"
    goods[0][1] = "加厚羽绒服改过"  # not failed, so not made again
    save(shop / "商品.csv", [HEADER, *goods])
    assert build("商品.csv", "-o", "上架.xlsx", "--only-failed") == 0
    after = sheets(shop / "上架.xlsx")["淘宝"]
    assert after[: len(before)] == before
    assert [row[0][-1] for row in after[len(before) :]] == ["3", "4"]  # type: ignore[index]
    assert len(sheets(shop / "上架.xlsx")["问题"]) == 1


def test_nothing_to_make_again_before_the_first_run(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build("商品.csv", "-o", "上架.xlsx", "--only-failed") == 2
    assert "先不带 --only-failed" in capsys.readouterr().err


def test_only_what_changed_since_an_older_table(shop: Path) -> None:
    save(shop / "旧.csv", [HEADER, *GOODS])
    goods = [*GOODS[:1], [*GOODS[1][:3], "早上装的水晚上还烫", *GOODS[1][4:]], ["9", "台灯", "", "", "", "", ""]]
    save(shop / "商品.csv", [HEADER, *goods])
    assert build("商品.csv", "-o", "变.json", "--changed-since", "旧.csv", platforms="taobao") == 0
    assert [row["id"][-1] for row in json.loads((shop / "变.json").read_text("utf-8"))] == ["2", "9"]


def test_only_some_ids(shop: Path) -> None:
    (shop / "推.txt").write_text("600000000000000002\n", "utf-8")
    assert build("商品.csv", "-o", "推.json", "--only", "推.txt", platforms="taobao") == 0
    assert [row["id"] for row in json.loads((shop / "推.json").read_text("utf-8"))] == ["600000000000000002"]


def test_nothing_is_done_twice(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build("商品.csv", "-o", "a.xlsx")
    first = (shop / "a.xlsx").read_bytes()
    capsys.readouterr()
    build("商品.csv", "-o", "a.xlsx")
    assert "没变" in capsys.readouterr().err
    assert (shop / "a.xlsx").read_bytes() == first
    build("商品.csv", "-o", "a.xlsx", "--again")
    assert "没变" not in capsys.readouterr().err
    assert (shop / "a.xlsx").read_bytes() == first


def test_two_processes_write_the_same(shop: Path) -> None:
    write(150, shop / "p.csv", shop / "w.csv")
    build("p.csv", "--keywords", "w.csv", "-o", "one.xlsx")
    build("p.csv", "--keywords", "w.csv", "-o", "two.xlsx", "--jobs", "2", "--again")
    assert (shop / "one.xlsx").read_bytes() == (shop / "two.xlsx").read_bytes()


def test_alternatives_have_a_page_of_their_own(shop: Path) -> None:
    build("商品.csv", "-o", "a.xlsx", "--alternatives", "2", "--max-change", "1")
    rows = sheets(shop / "a.xlsx")["测试标题"]
    codes = [row[5] for row in rows[1:]]
    assert len(set(codes)) == len(codes) > 2


def test_a_template_is_filled(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["*商品标题", "商品编码", "颜色", "备注"])
    book.create_sheet("选项")["A1"] = "别动"
    book.save(shop / "模板.xlsx")
    assert build("商品.csv", "--into", "模板.xlsx", "-o", "填好.xlsx", platforms="淘宝") == 2
    found = sheets(shop / "填好.xlsx")
    assert found["选项"] == [("别动",)]
    assert [row[1:3] for row in found["Sheet"][1:]] == [("600000000000000001", "白色"), ("600000000000000002", "黑色")]
    told = capsys.readouterr().err
    assert "没有填的列：备注" in told


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["-p", "淘宝", "-o", "a.pdf"], "-o 只会写"),
        (["-p", "淘宝,京东", "-o", "a.csv"], "一个 CSV 只放得下一个平台"),
        (["-p", "淘宝,京东", "--into", "t.xlsx", "-o", "a.xlsx"], "--into 要配一个平台"),
        (["-p", "淘宝", "--column", "款名"], "角色=列名"),
        (["-p", "豆瓣"], "没有叫“豆瓣”的平台"),
        (["-p", "B站"], "还没有B站的上架字段"),
        ([], "用 -p 说上哪些平台"),
        (["-p", "淘宝", "--max-change", "30"], "--max-change 的值不对"),
        (["-p", "淘宝", "--keywords", "没有.csv"], "找不到文件"),
    ],
)
def test_mistakes_are_told_with_their_cure(
    shop: Path, capsys: pytest.CaptureFixture[str], args: list[str], said: str
) -> None:
    assert run(["listings", "build", "商品.csv", *args]) == 2
    assert said in capsys.readouterr().err


def test_an_empty_table_and_a_missing_one(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "空.csv").write_text("", "utf-8")
    save(shop / "表头.csv", [HEADER])
    for name in ("空.csv", "没有.csv", "表头.csv"):
        assert build(name, "-o", "x.xlsx") == 2
    told = capsys.readouterr().err
    assert "没有内容" in told
    assert "找不到文件" in told
    assert "一个商品也没有" in told


def test_it_speaks_english(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build("商品.csv", "-o", "a.xlsx", "--lang", "en")
    told = capsys.readouterr().err
    assert "6 written · 3 blocked · 3 not written" in told
    assert "problems" in sheets(shop / "a.xlsx")
    assert run(["listings", "build", "--help", "--lang", "en"]) == 0
    assert "--only-failed" in capsys.readouterr().out


@pytest.mark.skipif(os.name == "nt", reason="signals are a POSIX matter")
@pytest.mark.parametrize(("sign", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_a_run_that_was_cut_off_goes_on(shop: Path, sign: int, code: int) -> None:
    write(300, shop / "p.csv", shop / "w.csv")
    build("p.csv", "--keywords", "w.csv", "-o", "whole.xlsx")
    for path in (shop / ".copykit" / "listings").iterdir():
        path.unlink()
    command = [sys.executable, "-m", "copykit", "listings", "build", "p.csv", "--keywords", "w.csv", "-p"]
    command += ["淘宝,拼多多,小红书", "--today", "2026-11-22", "-o", "cut.xlsx"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env=environment)
    folder = shop / ".copykit" / "listings"
    while process.poll() is None and not any(path.stat().st_size > 5_000 for path in folder.glob("*.journal")):
        time.sleep(0.02)
    process.send_signal(sign)
    told = process.communicate()[1].decode()
    assert process.returncode == code
    assert not (shop / "cut.xlsx").exists()
    if sign == signal.SIGINT:
        assert "再运行同一条命令会接着做" in told
    again = subprocess.run(command, stderr=subprocess.PIPE, check=False, env=environment)
    assert again.returncode == 0
    assert "接着上次的做" in again.stderr.decode()
    assert (shop / "cut.xlsx").read_bytes() == (shop / "whole.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("source", "output", "platforms"),
    [
        ("商品.csv", "商品.csv", "淘宝"),
        ("架/淘宝.csv", "架", "淘宝,拼多多"),
        ("架/汇总.csv", "架", "淘宝,拼多多"),
        ("上架-问题.csv", "上架.csv", "淘宝"),
    ],
)
def test_no_table_that_is_read_is_written_over(
    shop: Path, capsys: pytest.CaptureFixture[str], source: str, output: str, platforms: str
) -> None:
    path = shop / source
    path.parent.mkdir(exist_ok=True)
    save(path, [HEADER, *GOODS])
    before = path.read_bytes()
    assert build(source, "-o", output, platforms=platforms) == 2
    assert f"{source} 是要读的文件" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_with_warnings_means_the_same_in_the_summary_and_on_the_sheets(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    twin = ["600000000000000005", *GOODS[1][1:]]
    praised = ["600000000000000006", "保温杯", "杨幂同款", "500ml", "白色", "", ""]
    save(shop / "商品.csv", [HEADER, *GOODS, twin, praised])
    build("商品.csv", "-o", "上架.xlsx", platforms="京东,淘宝")
    book = sheets(shop / "上架.xlsx")
    rows = [row for name in ("京东", "淘宝") for row in book[name][1:]]
    noted = sum(bool(row[-1]) for row in rows)
    assert noted > 2
    told = next(row[1] for row in book["汇总"] if str(row[0]).startswith("有提醒"))
    assert told == noted
    assert f"有提醒 {noted} 条" in capsys.readouterr().err


def test_a_long_run_without_a_terminal_tells_how_far_it_is_each_half_minute(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [0.0]
    monkeypatch.setattr("copykit.cli.progress.time.monotonic", lambda: now[0])
    line = ProgressLine("写", "built", 400)
    for _ in range(100):
        now[0] += 1
        line.advance(2)
    line.close()
    told = capsys.readouterr().err.splitlines()
    assert told == [
        "  已写 62/400 · 16% · 还要 169 秒",
        "  已写 124/400 · 31% · 还要 138 秒",
        "  已写 186/400 · 46% · 还要 107 秒",
    ]
