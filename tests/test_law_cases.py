"""Sentences as shops write them, with what the law makes of each: kept found, let alone, or excused by its clause.

``data/law_cases.jsonl``: text, label (flag, no_flag, exempt), context, and the clause of the 2023 guide that excuses.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import pytest

from copykit.compliance import Checker, Facts, Report
from copykit.datafiles import bundled

LINES = (Path(__file__).parent / "data" / "law_cases.jsonl").read_text("utf-8").splitlines()
CASES = [json.loads(line) for line in LINES]


@functools.cache
def checker() -> Checker:
    return Checker(bundled())


def report_of(case: dict[str, Any]) -> Report:
    return checker().check(case["text"], checker().context(Facts(**case.get("context", {}))))


@pytest.mark.parametrize(("label", "least"), [("flag", 150), ("no_flag", 150), ("exempt", 20)])
def test_there_are_cases_of_every_label(label: str, least: int) -> None:
    assert sum(case["label"] == label for case in CASES) >= least


def test_what_breaks_the_law_is_found() -> None:
    missed = [case["text"] for case in CASES if case["label"] == "flag" and report_of(case).verdict == "ok"]
    assert missed == []


def test_what_the_law_allows_has_no_error() -> None:
    wronged = [case["text"] for case in CASES if case["label"] != "flag" and report_of(case).verdict == "error"]
    assert wronged == []


def test_what_is_excused_is_listed_under_its_clause() -> None:
    excused = [case for case in CASES if case["label"] == "exempt"]
    elsewhere = [
        case["text"] for case in excused if not any(case["clause"] in each.clause for each in report_of(case).exempted)
    ]
    assert elsewhere == []
