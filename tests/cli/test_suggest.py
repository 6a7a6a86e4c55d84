"""``copykit titles suggest``: twenty titles from a brief, files of them, an old one made better, honest refusals."""

from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pytest

from copykit.cli import run
from copykit.datafiles import bundled

BRIEFS = {entry.id: entry.path for entry in bundled().entries("samples") if entry.id.startswith("briefs/")}
CREAM = str(BRIEFS["briefs/hand_cream"])
DAY = ["--today", "2026-11-22"]


def test_twenty_titles_with_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["titles", "suggest", CREAM, "-p", "小红书", *DAY]) == 0
    shown = capsys.readouterr().out
    assert " 20 " in shown
    assert "先摆错的做法" in shown
    assert run(["titles", "suggest", CREAM, "-p", "小红书", "--lang", "en", "-n", "2", *DAY]) == 0
    assert "who should not buy" in capsys.readouterr().out


def test_json_is_what_others_build_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["titles", "suggest", CREAM, "--format", "jsonl", "-n", "3", *DAY]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(rows) == 3
    assert all({"title", "score", "dimensions", "findings", "facts"} <= row.keys() for row in rows)
    assert all(row["facts"] for row in rows)


def test_words_and_dimensions_that_are_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    args = ["titles", "suggest", CREAM, "--keyword", "护手霜", "--dimension", "novelty", "--format", "json", *DAY]
    assert run(args) == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows
    assert all("护手霜" in row["title"] and "novelty" in row["plays"] for row in rows)


def test_a_word_of_the_brief_names_the_goods_and_another_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    brief = tmp_path / "板.toml"
    text = 'product = "不掉屑立式猫抓板"\ncategory = "猫抓板"\nprice = 59.9\n'
    text += 'keywords = ["猫抓板", "立式猫抓板", "猫抓板不掉屑"]\n'
    text += '[[selling_points]]\nfeature = "底座比板宽出六厘米"\nbenefit = "早上上班不用先扶板子"\n'
    brief.write_text(text, "utf-8")
    args = ["titles", "suggest", str(brief), "--format", "json", *DAY]
    assert run([*args, "--keyword", "立式猫抓板"]) == 0
    assert "底座比板宽出六厘米的立式猫抓板，早上上班不用先扶板子" in {
        row["title"] for row in json.loads(capsys.readouterr().out)
    }
    run([*args, "--keyword", "猫抓板不掉屑"])
    assert "元的猫抓板不掉屑" not in capsys.readouterr().out
    assert run([*args, "--keyword", "猫抓板沙发款"]) == 1
    assert "keywords 里没有“猫抓板沙发款”" in capsys.readouterr().err


def test_a_workbook_holds_them_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "标题.xlsx"
    assert run(["titles", "suggest", CREAM, "-o", str(target), *DAY]) == 0
    sheet = openpyxl.load_workbook(target).active
    assert sheet is not None
    assert sheet.max_row == 21


def test_what_has_expired_is_held_back_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["titles", "suggest", CREAM, "--format", "json", "-n", "200", "--today", "2030-01-01"]) == 0
    told = capsys.readouterr()
    assert "没写进标题" in told.err
    assert "七天里照样退" not in told.out


def test_an_old_title_and_what_could_become_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    old = "高品质护手霜，擦完护手霜，鼠标上一层油印"
    assert run(["titles", "suggest", CREAM, "-p", "小红书", "--from", old, *DAY]) == 0
    shown = capsys.readouterr().out
    assert old in shown
    assert "〔−" in shown
    values = [int(value) for value in re.findall(r"^ +[0-9]  +([0-9]+)  ", shown, re.MULTILINE)]
    assert ("越靠前" in shown) is (values != sorted(values, reverse=True))


def test_a_thin_brief_says_what_it_lacks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    brief = tmp_path / "薄.toml"
    brief.write_text('product = "护手霜"\n', "utf-8")
    run(["titles", "suggest", str(brief), *DAY])
    assert "copykit brief check" in capsys.readouterr().err
    assert run(["titles", "suggest", str(tmp_path / "没有.toml")]) == 2
    assert "找不到文件" in capsys.readouterr().err
    assert run(["titles", "suggest", CREAM, "-o", "标题.pdf"]) == 2
    assert run(["titles", "suggest", CREAM, "-p", "没有这个平台"]) == 2


def test_no_title_threatens_or_claims_without_evidence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    brief = tmp_path / "杯.toml"
    text = 'product = "不锈钢保温杯"\ncategory = "保温杯"\nkeywords = ["保温杯"]\n'
    text += '[audience]\nwho = ["骑车上班的人"]\npains = ["早上灌的热水，中午就温了"]\n'
    text += '[persona]\nname = "店主老秦"\nabout = ["拿过三届全国质检能手"]\n'
    text += '[[selling_points]]\nfeature = "通过了 SGS 食品级检测"\nbenefit = "孩子喝水放心"\n'
    text += '[[scenes]]\nname = "早高峰"\ntext = "杯子横在包里"\ntrouble = "不喝热水会得胃病"\n'
    brief.write_text(text, "utf-8")
    assert run(["titles", "suggest", str(brief), "-n", "200", "--format", "json", *DAY]) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)
    assert not any(word in shown.out for word in ("SGS", "放心", "能手", "胃病"))
    assert shown.err.count("没写进标题") == 3
