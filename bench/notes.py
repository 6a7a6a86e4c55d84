"""Does the overall score go with engagement? Rank correlation within categories, with intervals, as it is."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

COUNTS = ("likes", "collects", "comments", "shares")


def run(data: Path | None) -> None:
    """Print Spearman's rho of the overall score and of the title's length with the sum of all reactions."""
    if data is None:
        print("skipped: needs notes with their reactions (--data DIR)")
        return
    from scipy.stats import spearmanr

    from copykit.datafiles import bundled
    from copykit.platforms import Platforms
    from copykit.titles.profile import load_profile
    from copykit.titles.score import Settings, TitleScorer

    rows = [json.loads(line) for line in (data / "titles" / "xhs_notes.jsonl").read_text("utf-8").splitlines()]
    files = bundled()
    scorer = TitleScorer(files, Settings(load_profile(files, "content"), Platforms(files)["xiaohongshu"]))
    groups: dict[str, list[tuple[float, float, float]]] = {}
    for row in rows:
        if row["title"].strip():
            total = sum(float(row[key] or 0) for key in COUNTS)
            value = scorer.score(row["title"]).overall.value
            groups.setdefault(row["category"], []).append((value, float(len(row["title"])), total))

    def rho(group: Sequence[tuple[float, float, float]], column: int) -> float:
        return float(spearmanr([item[column] for item in group], [item[2] for item in group]).statistic)

    weighted = [0.0, 0.0]
    for name, group in sorted(groups.items()):
        rng = random.Random(0)
        draws = sorted(rho([rng.choice(group) for _ in group], 0) for _ in range(400))
        score, length = rho(group, 0), rho(group, 1)
        weighted = [weighted[0] + score * len(group), weighted[1] + length * len(group)]
        interval = f"[{draws[10]:+.2f}, {draws[389]:+.2f}]"
        print(f"{name:12s} n {len(group):4d}   score {score:+.2f} {interval}   length {length:+.2f}")
    count = sum(map(len, groups.values()))
    print(f"{'mean':12s} n {count:4d}   score {weighted[0] / count:+.3f}   length {weighted[1] / count:+.3f}")
