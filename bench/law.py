"""How much of what is unlawful the law packs find, how often they cry wolf, and how fast they read.

A ``flag`` text is found when it has an error or a warning; a ``no_flag`` or ``exempt`` one is a false alarm when it has
an error. The peer is the same words as a plain substring list, without relations, exemptions or context.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import daachorse

from copykit.batch import few_collections
from copykit.compliance import Checker, Facts, Report
from copykit.datafiles import bundled

ROUNDS = 5


def run(data: Path | None) -> None:
    """Print what was found in the labelled sets and the rate on article text, medians of alternating rounds."""
    if data is None:
        print("skipped: needs labelled texts (--data DIR with compliance/*.jsonl)")
        return
    checker = Checker(bundled())
    for name in ("cases", "ads", "real_copy"):
        rows = [json.loads(line) for line in (data / "compliance" / f"{name}.jsonl").read_text("utf-8").splitlines()]
        measure(name, rows, lambda row: report_of(checker, row))
        if name != "real_copy":
            naive(rows, checker.trigger_words())
    bodies = [
        json.loads(line)["body"] for line in (data / "titles" / "style_sina.jsonl").read_text("utf-8").splitlines()
    ]
    speed(checker, "product copy", _articles(row["text"] for row in rows))
    speed(checker, "news bodies", _articles(bodies))


def report_of(checker: Checker, row: dict[str, Any]) -> Report:
    """Judge a labelled text with the facts of its context."""
    told = row.get("context") or {}
    facts = Facts(category=told.get("category", ""), has_link=told.get("has_link"), commercial=told.get("commercial"))
    return checker.check(row["text"], checker.context(facts))


def measure(name: str, rows: Sequence[dict[str, Any]], judge: Callable[[dict[str, Any]], Report]) -> None:
    """Print counts a label."""
    for label in sorted({row.get("label", "unlabelled") for row in rows}):
        reports = [(row, judge(row)) for row in rows if row.get("label", "unlabelled") == label]
        found = sum(report.verdict != "ok" for _, report in reports)
        errors = sum(report.verdict == "error" for _, report in reports)
        line = f"{name:10s} {label:10s} {len(reports):4d} texts   found {found:4d}   with an error {errors:4d}"
        if label == "exempt":
            right = sum(_under_its_clause(row, report) for row, report in reports)
            line += f"   under the right clause {right}"
        print(line)


def naive(rows: Sequence[dict[str, Any]], words: Iterable[str]) -> None:
    """Print what the same words do as a substring list."""
    listed = tuple(words)
    hits = dict.fromkeys(("flag", "no_flag", "exempt"), 0)
    for row in rows:
        if row["label"] in hits:
            hits[row["label"]] += any(word in row["text"] for word in listed)
    print(f"  the same {len(listed)} words as substrings: " + ", ".join(f"{k} {v}" for k, v in hits.items()))


def speed(checker: Checker, name: str, articles: Sequence[str]) -> None:
    """Print megabytes of article text a second, beside the automaton alone and an alternation of 5,000 words."""
    size = sum(len(text.encode()) for text in articles) / 1e6
    context = checker.context(Facts())
    words = sorted(checker.trigger_words())[:5000]
    find = daachorse.CharwiseDoubleArrayAhoCorasick(words).find
    alternation = re.compile("|".join(map(re.escape, words)))
    few = articles[:3]  # enough for the slow one
    rates: dict[str, list[float]] = {"checked": [], "automaton alone": [], "alternation": []}
    with few_collections():  # as the command does
        for _ in range(ROUNDS):
            rates["checked"].append(size / _seconds(lambda: [checker.check(text, context) for text in articles]))
            rates["automaton alone"].append(size / _seconds(lambda: [find(text) for text in articles]))
            part = sum(len(text.encode()) for text in few) / 1e6
            rates["alternation"].append(part / _seconds(lambda: [alternation.findall(text) for text in few]))
    told = "   ".join(f"{what} {sorted(values)[ROUNDS // 2]:.1f}" for what, values in rates.items())
    print(f"{name} ({size:.2f} MB), MB/s: {told}")


def _articles(texts: Iterable[str]) -> list[str]:
    """Return ten texts as one article, each a paragraph."""
    parts = list(texts)
    return ["\n".join(parts[start : start + 10]) for start in range(0, len(parts), 10)]


def _under_its_clause(row: dict[str, Any], report: Report) -> bool:
    """Return whether an exempted hit names the clause of the label: 第六条(三) as 第六条（三）."""
    clause = re.search(r"第[一二三四五六七八九十]+条(?:[(（][一二三四五六七八九十]+[)）])?", row["basis"])
    wanted = clause[0].translate(str.maketrans("()", "（）")) if clause else ""
    return any(wanted in excused.clause for excused in report.exempted)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
