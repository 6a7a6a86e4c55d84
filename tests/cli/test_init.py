"""``copykit init`` makes a project that every other command takes, and never writes over what is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from copykit import datafiles, parsing
from copykit.brief import read_brief
from copykit.cli import run
from copykit.project import check_settings
from copykit.reports.settings import read_settings


def test_a_project_is_one_that_the_commands_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop = tmp_path / "店"
    assert run(["init", str(shop)]) == 0
    assert "copykit brief check" in capsys.readouterr().out
    assert datafiles.project_folder(shop / "briefs") == shop
    assert check_settings(shop).folder == shop
    assert read_brief(shop / "briefs" / "我的商品.toml").product
    assert read_settings(shop / "周报.toml").period == "week"
    # With every comment mark before a setting taken away, it is still right.
    for name in ("copykit.toml", "周报.toml"):
        text = (shop / name).read_text("utf-8")
        lines = [
            line.removeprefix("# ") if line.startswith("# ") and (" = " in line or "# [" in line) else line
            for line in text.split("\n")
        ]
        open_all = shop / f"open-{name}"
        open_all.write_text("\n".join(lines), "utf-8")
        kind = "project" if name == "copykit.toml" else "report_settings"
        assert parsing.parse_file(open_all, kind)[1] == []


def test_what_is_there_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "copykit.toml").write_text("# 我的\n", "utf-8")
    assert run(["init", str(tmp_path)]) == 0
    assert (tmp_path / "copykit.toml").read_text("utf-8") == "# 我的\n"
    assert "已有  copykit.toml" in capsys.readouterr().out
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert run(["init", str(tmp_path)]) == 0
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_table_gives_a_brief_for_each_product(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "商品.csv"
    table.write_text("品名,类目,售价\n护手霜,护手霜,29\n台/灯,台灯,89\n护手霜,护手霜,29\n,,3\n", "utf-8")
    assert run(["init", str(tmp_path / "店"), "--from", str(table)]) == 2
    briefs = sorted((tmp_path / "店" / "briefs").iterdir())
    assert [read_brief(path).product for path in briefs] == ["台/灯", "护手霜"]
    assert "第 5 行" in capsys.readouterr().err


def test_a_name_that_no_file_can_have_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "表.jsonl"
    table.write_text(
        '{"product": "甲\\ud83d睫毛膏", "category": "化妆品", "selling_points": "细刷头；不晕"}\n', "utf-8"
    )
    assert run(["init", str(tmp_path / "店"), "--from", str(table)]) == 2
    err = capsys.readouterr().err
    assert "半个表情" in err
    assert "Traceback" not in err
