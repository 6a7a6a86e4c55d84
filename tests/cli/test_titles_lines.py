"""Many titles as JSON lines: the same from one process and from several, whatever becomes of a row or of a process."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from copykit.cli import run, titles_lines

COLUMNS = "编号,标题,正文\n"
ROWS = [
    "1,11块钱的睫毛膏，凭什么三个月断货5次？,三个月断货5次",
    "2,,没有标题",
    "3,小个子显高的3个办法，第2个最省钱,两个办法",
    "4,。。。,只有符号",
    f"5,{'长' * 400},太长",
    "6,Best deals of the year for you,x",
]


@pytest.fixture
def many(tmp_path: Path) -> Path:
    path = tmp_path / "标题.csv"
    path.write_text(COLUMNS + "\n".join(ROWS * 300) + "\n", "utf-8")
    return path


def test_several_processes_say_what_one_says(many: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    told = []
    for jobs in ("1", "3"):
        args = ["titles", "score", "-i", str(many), "--format", "jsonl", "--fail-under", "50", "--jobs", jobs]
        assert run([*args, "--today", "2026-11-21"]) == 2
        told.append(capsysbinary.readouterr())
    assert told[0].out == told[1].out
    assert told[0].err.partition(b"\n")[2] == told[1].err.partition(b"\n")[2]  # but for the seconds
    rows = [json.loads(line) for line in told[0].out.splitlines()]
    assert [row["values"]["编号"] for row in rows] == [line[0] for line in ROWS] * 300
    assert [("error" in row) for row in rows[:6]] == [False, True, False, True, True, False]
    assert any(finding["rule"] == "promise/broken" for finding in rows[2]["findings"])


def test_a_process_that_ends_is_told(
    many: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(titles_lines, "_write", _end)
    assert run(["titles", "score", "-i", str(many), "--format", "jsonl", "--jobs", "2"]) == 3
    assert "--jobs 1" in capsys.readouterr().err


def _end(lot: object) -> None:
    os._exit(9)
