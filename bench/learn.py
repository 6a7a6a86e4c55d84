"""English titles of randomised tests: what the untaught pack tells, and what readers' clicks teach, on tests held out.

Tests that share a title are held out together. The pairs are those of which a test says that one title won; the share
in which the winner scores higher is given with an interval over tests. What drives the untaught figure is taken apart:
its rules without their points, those alone that rest on somebody else's experiment, and tests that never decided what
the pack was to hold. As a check on leaks, weights are also learned from clicks that were shuffled inside each test.
"""

from __future__ import annotations

import itertools
import json
import math
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

FOLDS = 5
SEEDS = (0, 1)
LEAK = 0.70  # honest figures lie below; a random split of rows gives 0.86 for a bag of words


def run(data: Path | None) -> None:
    """Print the share of pairs told right by each judge."""
    if data is None:
        print("skipped: needs titles/upworthy_pairs.jsonl and titles/upworthy_packages.jsonl (--data DIR)")
        return
    pairs, rows = (_rows(data / "titles" / f"upworthy_{name}.jsonl") for name in ("pairs", "packages"))
    titles = sorted({pair[side] for pair in pairs for side in ("headline_a", "headline_b")})
    print(f"{len(pairs):,} pairs of {len({pair['test'] for pair in pairs}):,} tests; learned from {len(rows):,} rows")
    _tell("longer wins", pairs, {title: float(len(title)) for title in titles})
    _tell("en, untaught", pairs, _untaught(titles))
    _tell("  signs for points", pairs, _parts(titles, lambda found: (found.points > 0) - (found.points < 0)))
    _tell("  published rules", pairs, _parts(titles, lambda found: found.points * (not found.source.startswith(OWN))))
    others = _other_pairs(rows, {pair["test"] for pair in pairs})
    others_titles = sorted({pair[side] for pair in others for side in ("headline_a", "headline_b")})
    print(f"{len(others):,} pairs of other tests (p < 0.1)")
    _tell("longer wins", others, {title: float(len(title)) for title in others_titles})
    _tell("en, untaught", others, _untaught(others_titles))
    print("taught, by test")
    _tell("taught on shuffled", pairs, *_held_out(_shuffled(rows), pairs, _taught, SEEDS[0]))
    for name, teach in (("bag of words", _bag_of_words), ("taught", _taught)):
        shares = [_tell(f"{name}, seed {seed}", pairs, *_held_out(rows, pairs, teach, seed)) for seed in SEEDS]
        mean = sum(shares) / len(shares)
        print(f"{name + ', mean':20s} {mean:.3f}{'   above 0.70: look for a leak' if mean > LEAK else ''}")


def _untaught(titles: Sequence[str]) -> dict[str, float]:
    from copykit.titles.score import TitleScorer

    return {score.title: score.overall.value for score in TitleScorer.bundled().score_many(titles)}


def _parts(titles: Sequence[str], points: Callable[[Any], float]) -> dict[str, float]:
    """Return title → the sum of what each finding of a counted dimension is worth, by the weight of its dimension."""
    from copykit.titles.score import TitleScorer

    found = {}
    for score in TitleScorer.bundled().score_many(titles):
        found[score.title] = sum(
            weight * points(finding)
            for name, weight in score.overall.parts.items()
            for finding in score.dimensions[name].findings
        )
    return found


OWN = "方向在"  # how the source of a rule begins that rests on no published experiment


def _other_pairs(rows: Sequence[Mapping[str, Any]], known: set[str]) -> list[dict[str, Any]]:
    """Return the pairs of tests outside ``known`` that differ with p < 0.1; p < 0.05 is what made the known ones."""
    tests: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["test"] not in known:
            tests.setdefault(row["test"], []).append(row)
    pairs = []
    for test, members in tests.items():
        for one, two in itertools.combinations(members, 2):
            a, b = one["clicks"] / one["impressions"], two["clicks"] / two["impressions"]
            share = (one["clicks"] + two["clicks"]) / (one["impressions"] + two["impressions"])
            error = math.sqrt(share * (1 - share) * (1 / one["impressions"] + 1 / two["impressions"]))
            if error and abs(a - b) >= 1.645 * error and one["title"] != two["title"]:
                sides = {"headline_a": one["title"], "headline_b": two["title"]}
                pairs.append({"test": test, **sides, "winner": "a" if a > b else "b"})
    return pairs


def _shuffled(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return rows whose counts changed places inside each test: nothing can be learned from them."""
    tests: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        tests.setdefault(row["test"], []).append(place)
    pick = random.Random(0)
    mixed = [dict(row) for row in rows]
    for places in tests.values():
        for place, other in zip(places, pick.sample(places, len(places)), strict=True):
            mixed[place] |= {key: rows[other][key] for key in ("impressions", "clicks")}
    return mixed


Teach = Callable[[Sequence[Mapping[str, Any]], Sequence[str]], Sequence[float]]


def _held_out(
    rows: Sequence[Mapping[str, Any]], pairs: Sequence[Mapping[str, Any]], teach: Teach, seed: int
) -> tuple[dict[tuple[str, str], float]]:
    """Return (test, title) → the score from what was learned without that test."""
    import numpy as np

    bundle = _bundles(rows)
    names = sorted(set(bundle.values()))
    np.random.default_rng(seed).shuffle(names)
    fold = {name: number % FOLDS for number, name in enumerate(names)}
    scores: dict[tuple[str, str], float] = {}
    for number in range(FOLDS):
        known = [row for row in rows if fold[bundle[row["test"]]] != number]
        asked = [
            (pair["test"], pair[side])
            for pair in pairs
            if fold[bundle[pair["test"]]] == number
            for side in ("headline_a", "headline_b")
        ]
        scores.update(zip(asked, teach(known, [title for _, title in asked]), strict=True))
    return (scores,)


def _taught(rows: Sequence[Mapping[str, Any]], titles: Sequence[str]) -> list[float]:
    from copykit.datafiles import bundled
    from copykit.titles.learn import Sample, learn
    from copykit.titles.profile import load_profile
    from copykit.titles.score import Settings, TitleScorer

    files = bundled()
    base = load_profile(files, "en")
    samples = [Sample(row["test"], row["title"], row["impressions"], row["clicks"]) for row in rows]
    _, learned = learn(samples, TitleScorer(files, Settings(base)), "bench", "2026-01-01")
    scorer = TitleScorer(files, Settings(base, learned=learned))
    return [score.overall.value for score in scorer.score_many(titles)]


def _bag_of_words(rows: Sequence[Mapping[str, Any]], titles: Sequence[str]) -> list[float]:
    """Return the scores of a ridge on words, with differences inside tests, as a reader of the data would try first."""
    import numpy as np
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import Ridge

    tests = np.unique([row["test"] for row in rows], return_inverse=True)[1]
    clicks = np.array([row["clicks"] for row in rows], float)
    rate = np.log((clicks + 0.5) / (np.array([row["impressions"] for row in rows], float) + 1))
    words = CountVectorizer(binary=True, token_pattern=r"[\w'’]+", min_df=2)
    counted = words.fit_transform([row["title"] for row in rows]).toarray().astype(np.float32)
    size = np.bincount(tests)
    mean = np.zeros((len(size), counted.shape[1]), np.float32)
    np.add.at(mean, tests, counted)
    inside = counted - (mean / size[:, None])[tests]
    rate = rate - (np.bincount(tests, rate) / size)[tests]
    weight = 1 / (1 / (clicks + 0.5) + 0.05)
    fitted = Ridge(alpha=200.0, fit_intercept=False).fit(inside, rate, sample_weight=weight)
    return [float(value) for value in words.transform(titles) @ fitted.coef_]


def _tell(name: str, pairs: Sequence[Mapping[str, Any]], scores: Mapping[Any, float]) -> float:
    """Print and return the share of pairs whose winner scores higher; ties count half."""
    import numpy as np

    tests: dict[str, list[float]] = {}
    for pair in pairs:
        one, two = (
            scores[pair[side]] if pair[side] in scores else scores[pair["test"], pair[side]]
            for side in ("headline_a", "headline_b")
        )
        right = 0.5 if one == two else float((one > two) == (pair["winner"] == "a"))
        tests.setdefault(pair["test"], []).append(right)
    sums = np.array([sum(rights) for rights in tests.values()])
    counts = np.array([len(rights) for rights in tests.values()])
    pick = np.random.default_rng(0)
    drawn = [pick.integers(0, len(sums), len(sums)) for _ in range(1000)]
    draws = sorted(float(sums[some].sum() / counts[some].sum()) for some in drawn)
    share = float(sums.sum() / counts.sum())
    print(f"{name:20s} {share:.3f} [{draws[25]:.3f}, {draws[975]:.3f}]")
    return share


def _bundles(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return test → one name for all tests that share a title with it."""
    from copykit.titles.learn import Sample, bundles

    return bundles([Sample(row["test"], row["title"], 0, 0) for row in rows])


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
