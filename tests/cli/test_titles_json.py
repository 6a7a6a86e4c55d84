from __future__ import annotations

import json

import pytest

from copykit.cli import run


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_related_spans_are_pairs_of_offsets(capsys: pytest.CaptureFixture[str], form: str) -> None:
    title = "11块钱的睫毛膏，凭什么三个月断货5次？"
    assert run(["titles", "score", title, "--today", "2026-11-21", "--format", form]) == 0
    told = json.loads(capsys.readouterr().out)
    (score,) = told if form == "json" else [told]
    related = [title[start:end] for finding in score["findings"] for start, end in finding["related"]]
    assert related
    assert all(related)


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_a_damaged_title_is_a_row_with_its_reason(capsys: pytest.CaptureFixture[str], form: str) -> None:
    assert run(["titles", "score", "坏\udcff字", "11块钱的睫毛膏", "--format", form]) == 2
    out = capsys.readouterr().out
    bad, good = json.loads(out) if form == "json" else map(json.loads, out.splitlines())
    assert (bad["title"], "乱码" in bad["error"]) == ("坏\udcff字", True)
    assert good["title"] == "11块钱的睫毛膏"
