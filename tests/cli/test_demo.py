"""``copykit demo`` walks the whole loop, leaves what it promises, and touches nobody's files."""

from __future__ import annotations

from pathlib import Path

import pytest

from copykit.cli import run
from copykit.cli.demo import STEPS

MADE = ("选词.xlsx", "标题.xlsx", "问答.md", "上架.xlsx", "计划.md", "计划.ics", "报告/2026-W47/report.html")


def test_every_step_runs_and_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["demo"]) == 0
    shown = capsys.readouterr().out
    assert shown.count("$ copykit ") == len(STEPS)
    assert "copykit init" in shown
    folder = tmp_path / "copykit-demo"
    assert [name for name in MADE if not (folder / name).is_file()] == []
    assert "护手霜防干裂" in (folder / "报告/2026-W47/report.md").read_text("utf-8")
    (folder / "我的.txt").write_text("别动", "utf-8")
    # A step typed again in the folder does what it did.
    monkeypatch.chdir(folder)
    assert run([*STEPS[3].args]) == 0
    capsys.readouterr()
    monkeypatch.chdir(tmp_path)
    assert run(["demo", "--lang", "en"]) == 0
    assert "your own: copykit init" in capsys.readouterr().out
    assert (folder / "我的.txt").read_text("utf-8") == "别动"


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "copykit.toml").write_text("", "utf-8")
    assert run(["demo", str(tmp_path)]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["copykit.toml"]
