"""标题党 risk: AUC across publishers, with nothing learned from the one that is measured, and the false-alarm rate.

Three settings: the points as shipped; every rule worth its sign alone (nothing learned anywhere); points fitted on one
publisher and measured on the other (logistic, signs fixed, shrunk towards equal points).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PUBLISHERS = ("style_sina", "style_tencent")
# What a plain hook-word counter looks for; the peer of this measure.
HOOKS = (
    "震惊",
    "竟然",
    "居然",
    "竟",
    "原来",
    "真相",
    "秘密",
    "揭秘",
    "曝光",
    "为什么",
    "怎么",
    "如何",
    "？",
    "!",
    "！",
    "…",
    "这",
    "必看",
    "千万",
    "别再",
    "太",
    "最",
    "了",
    "吗",
    "绝了",
    "热搜",
    "网友",
    "你",
)
SHRINK, PRIOR = 30.0, 0.4  # strength of the pull, and the points (in logits) towards which it pulls


def run(data: Path | None) -> None:
    """Print AUC with a 95 % bootstrap interval for each publisher and setting."""
    if data is None:
        print("skipped: needs labelled titles (--data DIR)")
        return
    import numpy as np
    from scipy.optimize import minimize

    titles = {name: _rows(data / "titles" / f"{name}.jsonl") for name in PUBLISHERS}
    news = [row["title"] for row in _rows(data / "titles" / "news.jsonl")]
    from copykit.datafiles import bundled
    from copykit.titles.profile import load_profile

    risk = load_profile(bundled(), "content").risks["clickbait"]
    names, fired, points = _fired([row["title"] for rows in titles.values() for row in rows] + news)
    labels = {name: np.array([row["label"] for row in rows]) for name, rows in titles.items()}
    parts = np.split(fired, np.cumsum([len(rows) for rows in titles.values()]))
    matrix = dict(zip((*PUBLISHERS, "news"), parts, strict=True))
    signs = np.sign(points)
    given = points  # as they are shipped; of what a group's signs may come to, its share counts

    def summed(x: Any, points: Any) -> Any:
        """Return each title's points, where signs that prove nothing alone count up to their group's share."""
        total, counted = np.zeros(len(x)), np.zeros(len(names), bool)
        for group in risk.together:
            signs = np.array([name in group.rules for name in names])
            share = group.most / given[signs].sum()
            total = np.minimum(total + x[:, signs & ~counted] @ points[signs & ~counted], share * points[signs].sum())
            counted |= signs
        return total + x[:, ~counted] @ points[~counted]

    def fit(publisher: str) -> Any:
        x, y = matrix[publisher], labels[publisher] * 2 - 1

        def loss(w: Any) -> float:
            margin = y * (x @ w[:-1] + w[-1])
            return float(np.logaddexp(0, -margin).sum() + SHRINK / 2 * ((w[:-1] - PRIOR * signs) ** 2).sum())

        bounds = [(0, None) if sign > 0 else (None, 0) for sign in signs] + [(None, None)]
        return minimize(loss, np.append(PRIOR * signs, 0.0), method="L-BFGS-B", bounds=bounds).x[:-1]

    means: dict[str, list[float]] = {}
    for name, other in zip(PUBLISHERS, reversed(PUBLISHERS), strict=True):
        hooks = np.array([sum(row["title"].count(hook) for hook in HOOKS) for row in titles[name]], float)
        x = matrix[name]
        settings = {
            "shipped": summed(x, points),
            "signs only": summed(x, signs),
            "fitted elsewhere": summed(x, fit(other)),
            "hook words": hooks,
        }
        for setting, score in settings.items():
            value = auc(score, labels[name])
            means.setdefault(setting, []).append(value)
            print(f"{name:14s} {setting:17s} AUC {value:.3f} {_interval(score, labels[name])}")
    for setting, values in means.items():
        print(f"{'mean':14s} {setting:17s} AUC {sum(values) / 2:.3f}")
    high = np.array(risk.base + summed(matrix["news"], points) >= risk.high)
    print(f"news titles at or above the threshold of {risk.high}: {high.mean():.1%} of {len(news):,}")
    for name in PUBLISHERS:
        high = risk.base + summed(matrix[name], points) >= risk.high
        caught, false = (high[labels[name] == label].mean() for label in (1, 0))
        print(f"{name:14s} at or above it: {caught:.1%} of those labelled 标题党, {false:.1%} of the others")
    from copykit.titles.score import TitleScorer

    scorer = TitleScorer.bundled()
    for name, path in (("notes", "titles/xhs_notes.jsonl"), ("goods", "keywords/product_titles.jsonl")):
        given = [row.get("title") or row.get("text") or "" for row in _rows(data / path)]
        scores = scorer.score_many([title for title in given if any(map(str.isalnum, title))])
        above = sum(score.risks["clickbait"].value >= risk.high for score in scores)
        print(f"{name:14s} at or above it: {above / len(scores):.1%} of {len(scores):,}")


def auc(score: Any, label: Any) -> float:
    """Return the chance that a labelled title scores above an unlabelled one; ties count half."""
    from scipy.stats import rankdata

    ranks, positive = rankdata(score), int(label.sum())
    return float((ranks[label == 1].sum() - positive * (positive + 1) / 2) / (positive * (len(label) - positive)))


def _interval(score: Any, label: Any) -> str:
    import numpy as np

    rng = np.random.default_rng(0)
    draws = sorted(
        auc(score[pick], label[pick]) for pick in (rng.integers(0, len(label), len(label)) for _ in range(400))
    )
    return f"[{draws[10]:.3f}, {draws[389]:.3f}]"


def _fired(titles: Sequence[str]) -> tuple[list[str], Any, Any]:
    """Return the pack's rules, titles × rules (1 where a rule fired) and the rules' points."""
    import numpy as np

    from copykit.datafiles import bundled
    from copykit.rules import rule as rules
    from copykit.rules.engine import Engine
    from copykit.rules.reading import Context
    from copykit.text.segment import Segmenter
    from copykit.titles.score import KINDS

    pack = rules.load(bundled(), ["clickbait"])
    engine = Engine(pack, bundled(), Segmenter(), KINDS)
    place = {rule.id: number for number, rule in enumerate(pack)}
    fired = np.zeros((len(titles), len(pack)))
    for row, reading in enumerate(engine.read(titles, Context())):
        for finding in engine.find(reading):
            fired[row, place[finding.rule]] = 1
    return [rule.id for rule in pack], fired, np.array([rule.points for rule in pack], float)


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
