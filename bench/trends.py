"""Periods compared: false alarms on halves of a week that differ by chance alone, and planted rises that are there.

    python -m bench trends --data DIR

``hot_by_day``: titles of 60 days. *False alarms*: the titles of a week are shuffled and cut in two, 100 times; nothing
changed, so every word that is called changed is wrong. Harder, and told beside it: whole days are dealt to the halves,
so that a topic of one day falls on one side. *Planted rises*: in such halves a word of the earlier half is put into
further titles of the later one until it is there 2, 5 or 10 times as often, one word for each count at a time; told is
the share that is found as new or rising, and from which count on nine of ten are.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

SHUFFLES, PLANTED = 100, 40
BASES = (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 80)
TIMES = (2, 5, 10)
Titles = list[str]


def run(data: Path | None) -> None:
    """Print the figures."""
    if data is None:
        print("skipped: needs titles by day (--data DIR)")
        return
    lines = (data / "keywords" / "hot_by_day.jsonl").read_text("utf-8").splitlines()
    days: list[Titles] = [json.loads(line)["titles"] for line in lines]
    compare = comparer()
    alarms(days, compare)
    planted(days, compare, 1)
    planted(days, compare, 8)


def alarms(days: Sequence[Titles], compare: Callable[[Titles, Titles], dict[str, str]]) -> None:
    """Count the shuffles in which anything is called changed."""
    for name, halves in (("titles of a week", by_title), ("whole days of a week", by_day)):
        found = [compare(*halves(days, seed)) for seed in range(SHUFFLES)]
        wrong = [sum(state != "steady" for state in states.values()) for states in found]
        share, words = sum(map(bool, wrong)) / SHUFFLES, np.mean([len(states) for states in found])
        print(
            f"false alarms       {name:22s} {share:5.0%} of {SHUFFLES} shuffles with any (asked: ≤ 5 %), "
            f"{sum(wrong)} of {words * SHUFFLES:,.0f} words"
        )


def by_title(days: Sequence[Titles], seed: int) -> tuple[Titles, Titles]:
    """Shuffle the titles of a week and cut them in two."""
    random, begin = np.random.default_rng(seed), seed % (len(days) // 7) * 7
    titles = [title for day in days[begin : begin + 7] for title in day]
    order = random.permutation(len(titles)).tolist()
    half = len(titles) // 2
    return [titles[n] for n in order[:half]], [titles[n] for n in order[half:]]


def by_day(days: Sequence[Titles], seed: int) -> tuple[Titles, Titles]:
    """Deal the days of a week to two halves."""
    random, begin = np.random.default_rng(seed), seed % (len(days) // 7) * 7
    order = (begin + random.permutation(7)).tolist()
    return [title for n in order[:3] for title in days[n]], [title for n in order[3:] for title in days[n]]


def planted(days: Sequence[Titles], compare: Callable[[Titles, Titles], dict[str, str]], weeks: int) -> None:
    """Print the share of planted rises that are found, by how often the word came before."""
    recall: dict[tuple[int, int], list[bool]] = {}
    for seed in range(PLANTED):
        old, new = joined(days, seed, weeks)
        random = np.random.default_rng(seed)
        usual = words_of(old)
        some = {base: sorted(word for word, count in usual.items() if count == base) for base in BASES}
        chosen = {base: words[int(random.integers(len(words)))] for base, words in some.items() if words}
        for times in TIMES:
            grown = list(new)
            for base, word in chosen.items():
                more = times * base - sum(word in title for title in new)
                for place in random.choice(len(new), min(max(more, 0), len(new)), replace=False).tolist():
                    grown[place] = f"{grown[place]} {word}"
            states = compare(old, grown)
            for base, word in chosen.items():
                recall.setdefault((times, base), []).append(states.get(word) in ("new", "rising"))
    for times in TIMES:
        known = {base: recall[times, base] for base in BASES if len(recall.get((times, base), ())) >= 10}
        told = "  ".join(f"{base}:{np.mean(found):.2f}" for base, found in known.items())
        sure = [base for base, found in known.items() if np.mean(found) >= 0.9]
        least = next((base for base in known if all(other in sure for other in known if other >= base)), None)
        size = "a week" if weeks == 1 else f"{weeks} weeks"
        print(
            f"planted {times:2d} ×       halves of {size:12s} found from {least or '—'}; recall by count before {told}"
        )


def joined(days: Sequence[Titles], seed: int, weeks: int) -> tuple[Titles, Titles]:
    """Return shuffled halves of one week, or of many."""
    if weeks == 1:
        return by_title(days, seed)
    titles = [title for day in days[: 7 * weeks] for title in day]
    order = np.random.default_rng(seed).permutation(len(titles)).tolist()
    half = len(titles) // 2
    return [titles[n] for n in order[:half]], [titles[n] for n in order[half:]]


def words_of(titles: Titles) -> Counter[str]:
    """Count in how many titles each dictionary word of two characters or more stands, stop words left out."""
    from copykit.datafiles import bundled
    from copykit.text.segment import Segmenter

    segmenter, stop = Segmenter(), set(bundled().load("stopwords")["zh"])
    found: Counter[str] = Counter()
    for title in titles:
        words = {word for word in segmenter.words(title) if len(word) > 1 and word.isalpha()}
        found.update(word for word in words - stop if segmenter.knows(word))
    return found


def comparer() -> Callable[[Titles, Titles], dict[str, str]]:
    """Return what compares two lists of titles as the command does: word → state."""
    from copykit.datafiles import bundled
    from copykit.keywords.compare import Layout, compare
    from copykit.keywords.run import Recipe
    from copykit.keywords.series import count_texts, looked_at
    from copykit.keywords.spool import Spool

    files = bundled()
    settings: dict[str, Any] = files.load("comparison")["standard"]
    kitchen = looked_at(Recipe(files.layers, files.cache, "title").kitchen(), settings["single_barred"])
    layout = Layout(np.array([0, 1]), 1, (0,), (None, None))

    def judged(old: Titles, new: Titles) -> dict[str, str]:
        with Spool() as spool, tempfile.TemporaryDirectory() as folder:
            for slot, titles in enumerate((old, new)):
                for title in titles:
                    spool.add(title, "", slot)
            series = count_texts(spool, 2, kitchen, Path(folder), settings["least"], settings["same"])
        return {word.text: word.state for word in compare(series, layout, settings).words}

    return judged
