"""Two periods are compared on the sources that both of them read; what one of them lacks neither falls nor is new."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from copykit.cli import run
from copykit.reports.publish import SNAPSHOT

MONDAYS = {"2026-W45": "2026-11-02", "2026-W46": "2026-11-09", "2026-W47": "2026-11-16", "2026-W48": "2026-11-23"}
WORDS = ["猫抓板", "猫窝", "猫爬架", "猫砂盆", *(f"猫玩具{name}款" for name in "甲乙丙丁戊己")]
SETTINGS = 'name = "周报"\n' + "".join(
    f'[[source]]\nname = "{name}"\nfiles = ["{name}-{{start}}.csv"]\n' for name in ("直通车", "千川")
)
CHANGES = ("new", "rising", "falling", "gone")


def table(shop: Path, name: str, label: str, factor: float = 1, **more: float) -> None:
    rows = {word: (900 - 40 * place) * factor for place, word in enumerate(WORDS)} | more
    lines = ["搜索词,展现量", *(f"{word},{count:.0f}" for word, count in rows.items())]
    (shop / f"{name}-{MONDAYS[label]}.csv").write_text("\n".join(lines) + "\n", "utf-8")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for label in MONDAYS:
        table(tmp_path, "直通车", label, 猫抓板立式=600 if label < "2026-W47" else 1800)
        table(tmp_path, "千川", label, 8, 逗猫棒=12300)
    (tmp_path / "周报.toml").write_text(SETTINGS, "utf-8")
    return tmp_path


def made(shop: Path, label: str, *options: str, code: int = 0) -> dict[str, Any]:
    day = "2026-12-01"
    assert run(["report", "run", str(shop / "周报.toml"), "--period", label, "--today", day, *options]) == code
    told: dict[str, Any] = json.loads((shop / "报告" / label / "report.json").read_bytes())
    return told


def changed(told: dict[str, Any]) -> dict[str, list[str]]:
    words = {state: [row["keyword"] for row in told["words"].get(state, ())] for state in CHANGES}
    return {state: found for state, found in words.items() if found}


def test_words_of_a_source_that_is_missing_neither_fall_nor_go(shop: Path) -> None:
    made(shop, "2026-W46")
    (shop / "千川-2026-11-16.csv").unlink()
    told = made(shop, "2026-W47", code=3)
    assert changed(told) == {"rising": ["猫抓板立式"]}
    assert told["lead"][0] == "这期没读到“千川”；涨跌只比两期都读到的“直通车”。"
    row = told["words"]["rising"][0]
    assert (row["before"], row["after"]) == (600, 1800)
    paragraphs = json.loads((shop / "报告" / "2026-W47" / "message.json").read_bytes())["paragraphs"]
    assert paragraphs[0] == told["lead"][0]


def test_nor_are_they_new_when_it_is_back(shop: Path) -> None:
    made(shop, "2026-W45")
    (shop / "千川-2026-11-09.csv").unlink()
    made(shop, "2026-W46", code=3)
    told = made(shop, "2026-W47")
    assert changed(told) == {"rising": ["猫抓板立式"]}
    assert told["lead"][0] == "上一期没读到“千川”；涨跌只比两期都读到的“直通车”。"
    after = made(shop, "2026-W48")
    assert changed(after) == {}
    assert "千川" not in after["lead"][0]
    english = made(shop, "2026-W47", "--force", "--lang", "en")
    assert (
        english["lead"][0] == "“千川” could not be read the last time; changes compare only “直通车”, read both times."
    )


def test_a_way_is_told_over_periods_that_read_the_same(shop: Path) -> None:
    for number, label in enumerate(MONDAYS):
        table(shop, "直通车", label, 猫抓板立式=300 * 3**number)
    made(shop, "2026-W45")
    (shop / "直通车-2026-11-09.csv").unlink()
    made(shop, "2026-W46", code=3)
    made(shop, "2026-W47")
    row = made(shop, "2026-W48")["words"]["rising"][0]
    assert (row["keyword"], row["note"]) == ("猫抓板立式", "")
    assert row["history"][-3:] == [None, 2700, 8100]


def test_a_hairs_breadth_is_no_way(shop: Path) -> None:
    for label, figure in zip(MONDAYS, (2120, 2110, 2105, 700), strict=True):
        table(shop, "直通车", label, 猫抓板立式=figure)
        made(shop, label)
    told = json.loads((shop / "报告" / "2026-W48" / "report.json").read_bytes())
    row = told["words"]["falling"][0]
    assert (row["keyword"], row["note"]) == ("猫抓板立式", "")


def test_a_source_that_was_added_brings_no_new_words(shop: Path) -> None:
    path = shop / "周报.toml"
    path.write_text(SETTINGS.partition('[[source]]\nname = "千川"')[0], "utf-8")
    made(shop, "2026-W46")
    path.write_text(SETTINGS, "utf-8")
    told = made(shop, "2026-W47")
    assert changed(told) == {"rising": ["猫抓板立式"]}
    assert told["lead"][0] == "上一期还没有“千川”；涨跌只比两期都读到的“直通车”。"


def test_nothing_in_common_is_not_compared(shop: Path) -> None:
    (shop / "千川-2026-11-09.csv").unlink()
    made(shop, "2026-W46", code=3)
    (shop / "直通车-2026-11-16.csv").unlink()
    told = made(shop, "2026-W47", code=3)
    assert changed(told) == {}
    assert told["lead"][0] == "这期没读到“直通车”，上一期没读到“千川”；没有一处来源两期都读到，没有比。"


def test_without_data_nothing_is_compared_and_no_reason_is_made_up(shop: Path) -> None:
    made(shop, "2026-W46")
    for path in shop.glob("*-2026-11-16.csv"):
        path.unlink()
    told = made(shop, "2026-W47", code=3)
    assert told["lead"] == ["这期没有数据，没有比。", "要有人管：没读到“直通车”、“千川”。"]
    assert told["notes"] == []
    after = made(shop, "2026-W48")
    assert (after["lead"], changed(after)) == (["上一期没有数据，没有比。"], {})


def test_the_snapshot_of_an_older_copykit_is_compared_as_it_is(shop: Path) -> None:
    made(shop, "2026-W46")
    path = shop / "报告" / "2026-W46" / SNAPSHOT
    value = json.loads(path.read_bytes())
    del value["sources"]
    path.write_text(json.dumps(value | {"version": 2}), "utf-8")
    assert changed(made(shop, "2026-W47")) == {"rising": ["猫抓板立式"]}
    (shop / "千川-2026-11-16.csv").unlink()
    assert "可能只是少了它" in made(shop, "2026-W47", "--force", code=3)["lead"][0]


def test_a_source_with_another_figure_is_told_and_never_dropped_in_silence(shop: Path) -> None:
    with (shop / "周报.toml").open("a", encoding="utf-8") as out:
        out.write('[[source]]\nname = "生意参谋"\nfiles = ["参谋-{start}.csv"]\n')
    for label in ("2026-W46", "2026-W47"):
        text = "搜索词,搜索人气\n猫窝冬季保暖,5400\n猫抓板,9000\n"
        (shop / f"参谋-{MONDAYS[label]}.csv").write_text(text, "utf-8")
    made(shop, "2026-W46")
    told = made(shop, "2026-W47")
    assert "“生意参谋”的 2 条只有搜索人气，没有展现，没有比；要比，给它另写一份报告" in told["notes"]
    assert "生意参谋" not in "".join(told["lead"])
    (shop / "千川-2026-11-16.csv").unlink()
    lead = made(shop, "2026-W47", "--force", code=3)["lead"]
    assert lead[0] == "这期没读到“千川”；涨跌只比两期都读到的“直通车”。"


def test_the_files_of_a_pattern_are_those_whose_names_hold_a_day_of_the_period(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = shop / "周报.toml"
    path.write_text('name = "周报"\n[[source]]\nname = "直通车"\nfiles = ["直通车*.csv"]\n', "utf-8")
    made(shop, "2026-W46")
    told = made(shop, "2026-W47")
    assert changed(told) == {"rising": ["猫抓板立式"]}
    assert (told["words"]["rising"][0]["before"], told["sources"][0]["documents"]) == (600, 11)
    (shop / "直通车-2026-11-16.csv").unlink()
    assert "没有 2026-W47 的文件" in made(shop, "2026-W47", "--force", code=3)["sources"][0]["detail"]
    # Where nothing tells their days, all of them are read every time, and that is told.
    for number, file in enumerate(sorted(shop.glob("直通车*.csv"))):
        file.rename(shop / f"直通车第{number}周.csv")
    made(shop, "2026-W46", "--force")
    told = made(shop, "2026-W47", "--force")
    assert any("直通车第2周.csv" in note and "上一期就读过" in note for note in told["notes"])
    capsys.readouterr()
    assert run(["report", "check", str(path), "--today", "2026-12-01"]) == 0
    assert "! 直通车  3 个文件，看不出是哪天的" in capsys.readouterr().out


def test_one_file_in_two_sources_counts_twice_and_is_told(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = shop / "周报.toml"
    (shop / "千川-2026-11-16.csv").write_bytes((shop / "直通车-2026-11-16.csv").read_bytes())
    notes = made(shop, "2026-W47")["notes"]
    assert "“直通车”和“千川”读的是同一份 千川-2026-11-16.csv，数算了两遍" in notes
    path.write_text(SETTINGS.replace("千川-", "直通车-"), "utf-8")
    assert run(["report", "check", str(path), "--today", "2026-12-01"]) == 2
    assert "会算两遍" in capsys.readouterr().err


def test_why_a_file_could_not_be_read_stands_in_the_report(shop: Path) -> None:
    text = SETTINGS.replace("千川-{start}.csv", "千川-{start}.xlsx")
    (shop / "周报.toml").write_text(text, "utf-8")
    (shop / "千川-2026-11-16.xlsx").write_bytes(b"PK\x03\x04 cut off")
    row = made(shop, "2026-W47", code=3)["sources"][1]
    assert "千川-2026-11-16.xlsx" in row["detail"]
    assert "一条也没有" not in row["detail"]


def test_a_quiet_week_tells_what_there_was(shop: Path) -> None:
    made(shop, "2026-W45")
    told = made(shop, "2026-W46")
    assert changed(told) == {}
    # 10 words of 720 on average, eight times as much of the other source, and one of each source's own.
    whole = 7200 + 600 + 8 * 7200 + 12300
    sentence = (
        f"展现合计 {whole:,} → {whole:,}（+0%），最多的是 “逗猫棒”（12,300）、“猫抓板”（8,100）、“猫窝”（7,740）。"
    )
    assert told["lead"] == ["和上一期比，没有够得上说变化的词。", sentence]
    assert [(row["name"], row["figure"], row["share"]) for row in told["sources"]] == [
        ("直通车", 7800, round(7800 / whole, 4)),
        ("千川", 69900, round(69900 / whole, 4)),
    ]
    top = told["top"][1]
    assert (top["keyword"], top["before"], top["after"], top["state"]) == ("猫抓板", 8100, 8100, "steady")
    assert "## 这期最多的词" in (shop / "报告" / "2026-W46" / "report.md").read_text("utf-8")
    assert "合计 7,800（10%）" in (shop / "报告" / "2026-W46" / "report.html").read_text("utf-8")


def test_what_one_day_brought_is_no_rise(shop: Path) -> None:
    days = [f"2026-11-{day:02}" for day in range(9, 23)]
    rows = ["日期,搜索词,搜索次数"]
    for day in days:
        rows += [f"{day},{word},{(300 - 20 * place)}" for place, word in enumerate(WORDS)]
        rows += [f"{day},防抓贴,{900 if day == '2026-11-18' else 40}"]
        rows += [f"{day},猫窝冬季保暖,{50 if day < '2026-11-16' else 150}"]
        rows += [f"{day},新国标,80"] if day == "2026-11-20" else []
    (shop / "全年.csv").write_text("\n".join(rows) + "\n", "utf-8")
    text = 'name = "周报"\n[[source]]\nfiles = ["全年.csv"]\ndate_column = "日期"\n'
    (shop / "周报.toml").write_text(text, "utf-8")
    told = made(shop, "2026-W47")
    assert changed(told) == {"rising": ["猫窝冬季保暖"]}
    spikes = {row["keyword"]: row["note"] for row in told["words"]["one_day"]}
    assert spikes == {"防抓贴": "只热了一天（2026-11-18）", "新国标": "只热了一天（2026-11-20）"}
    assert "不算涨" in told["lead"][1]
    assert "只热了一天的词" in (shop / "报告" / "2026-W47" / "report.html").read_text("utf-8")
    # One row a week is dated by its first day, which did not bring the week.
    weekly = [row for row in rows if row.startswith(("日期", "2026-11-09", "2026-11-16"))]
    (shop / "全年.csv").write_text("\n".join(weekly) + "\n", "utf-8")
    told = made(shop, "2026-W47", "--force")
    assert changed(told) == {"rising": ["猫窝冬季保暖"]}


def test_mined_words_are_read_again_from_what_both_read(tmp_path: Path) -> None:
    text = 'name = "周报"\nkind = "title"\n' + SETTINGS.partition("\n")[2]
    (tmp_path / "周报.toml").write_text(text.replace(".csv", ".txt"), "utf-8")
    for label, times in (("2026-W46", 20), ("2026-W47", 90)):
        lines = ["立式猫抓板不掉屑"] * times + ["加厚猫窝冬天保暖"] * 60 + ["全封闭猫砂盆防外溅"] * 60
        (tmp_path / f"直通车-{MONDAYS[label]}.txt").write_text("\n".join(lines), "utf-8")
        (tmp_path / f"千川-{MONDAYS[label]}.txt").write_text("\n".join(["自动逗猫棒充电"] * 80), "utf-8")
    made(tmp_path, "2026-W46")
    (tmp_path / "千川-2026-11-16.txt").unlink()
    told = made(tmp_path, "2026-W47", code=3)
    assert told["lead"][0] == "这期没读到“千川”；涨跌只比两期都读到的“直通车”。"
    words = changed(told)
    assert set(words) == {"rising"}
    assert not any("逗猫棒" in word for word in words["rising"])
