"""The last line of many exports sums the others up: whoever reads a table of figures leaves it out and says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from copykit.cli import run

ROWS = {
    "结果.csv": "期间,渠道,展现,点击,访客,成交,销售额,花费\n"
    "10月,小红书,8000,400,400,12,2400,100\n11月,小红书,9000,450,450,18,3600,120\n",
    "标题.csv": "标题,展现量,点击量,商品\n"
    + "".join(
        f"{title}{number},{5000 + number},{100 + 7 * number},商品{number % 9}\n"
        for number in range(30)
        for title in ("不晕染的睫毛膏", "夜骑反光背包")
    ),
    "库存.csv": "货号,品名,库存,成本,销量,销售额,供应商\na1,热水壶,20,30,40,3600,甲\nb2,手电筒,30,20,10,500,乙\n",
    "词.csv": "搜索词,展现量,点击量\n不晕染睫毛膏,5000,200\n睫毛膏 防水,3000,90\n",
}
SUMS = {
    "结果.csv": "11月,合计,17000,850,850,30,6000,220\n",
    "标题.csv": "合计：,300000,12000,\n",
    "库存.csv": ",总计,50,,50,4100,\n",
    "词.csv": "合计,8000,290\n",
}
READERS = [
    ("结果.csv", ["channels", "funnel", "结果.csv", "--format", "json"]),
    ("结果.csv", ["channels", "review", "结果.csv", "--format", "json"]),
    ("结果.csv", ["channels", "plan", "睫毛膏.toml", "--from", "2026-11-23", "--results", "结果.csv"]),
    ("标题.csv", ["titles", "compare", "标题.csv", "--format", "json"]),
    ("标题.csv", ["titles", "learn", "标题.csv", "--group", "商品", "--format", "json"]),
    ("库存.csv", ["shop", "grade", "库存.csv", "--today", "2026-11-23", "--format", "json"]),
    ("词.csv", ["keywords", "mine", "词.csv", "--kind", "query", "--format", "json"]),
]


@pytest.fixture(params=READERS, ids=lambda reader: " ".join(reader[1][:2]))
def reader(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, list[str]]:
    """A table's name and the command that reads it, in a folder with a brief."""
    monkeypatch.chdir(tmp_path)
    sample = Path(__file__).parents[2] / "corpora/samples/mascara.toml"
    Path("睫毛膏.toml").write_bytes(sample.read_bytes())
    name, command = request.param
    return name, command


def test_a_row_of_sums_changes_nothing_and_is_told(
    reader: tuple[str, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    name, command = reader
    Path(name).write_text(ROWS[name], "utf-8")
    code = run(command)
    without = capsys.readouterr()
    Path(name).write_text(ROWS[name] + SUMS[name], "utf-8")
    assert run(command) == code, capsys.readouterr().err
    told = capsys.readouterr()
    assert told.out == without.out
    assert "行是合计，没有再算一遍" in told.err


def test_a_file_that_breaks_off_is_told(reader: tuple[str, list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    name, command = reader
    Path(name).write_text(ROWS[name].rstrip("\n").rpartition(",")[0], "utf-8")
    run(command)
    assert f"第 {ROWS[name].count(chr(10))} 行没写完就断了" in capsys.readouterr().err
