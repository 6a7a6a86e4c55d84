"""A million searches chosen from and compared, by the commands as they are run: processor seconds, reading and writing
included.

    python -m bench million

Two weeks of 500,000 searches each, half of them the same, with figures; put together from copykit's own lists of goods,
attributes and people. ``keywords select`` takes both tables, ``keywords compare`` holds one against the other.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

ROWS, COMMON, ALLOWED = 500_000, 250_000, 60.0


def run(data: Path | None) -> None:
    """Print the seconds."""
    with tempfile.TemporaryDirectory() as folder:
        weeks = [Path(folder) / f"{name}.csv" for name in ("一周前", "这周")]
        words = list(searches(2 * ROWS - COMMON))
        for number, week in enumerate(weeks):
            begin = number * (ROWS - COMMON)
            write(week, words[begin : begin + ROWS], number)
        paths = list(map(str, weeks))
        chosen = seconds("select", *paths, "-o", str(Path(folder) / "选词.csv"))
        compared = seconds("compare", *paths, "-o", str(Path(folder) / "涨跌.csv"))
    print(
        f"{2 * ROWS:,} searches    selected {chosen:.1f} s   compared {compared:.1f} s   "
        f"together {chosen + compared:.1f} s of one core (asked: ≤ {ALLOWED:.0f} s)"
    )


def searches(count: int) -> Iterator[str]:
    """Yield different searches."""
    from copykit.datafiles import bundled
    from copykit.lexicon import Lexicons

    lexicons = Lexicons(bundled())
    random = np.random.default_rng(5)
    lists = [list(lexicons[name].entries) for name in ("attributes", "audience", "category_words")]
    seen: set[str] = set()
    while len(seen) < count:
        for parts in zip(*(random.choice(words, 4096) for words in lists), strict=True):
            order = random.permutation(3)[: 2 + int(random.integers(2))]
            text = "".join(str(parts[place]) for place in order)
            if text not in seen:
                seen.add(text)
                yield text
            if len(seen) == count:
                return


def write(path: Path, words: list[str], seed: int) -> None:
    """Write a week's table."""
    random = np.random.default_rng(seed)
    views = random.lognormal(3.5, 1.5, len(words)).astype(np.int64) + 1
    clicks = random.binomial(views, 0.04)
    rows = zip(words, views.tolist(), clicks.tolist(), random.binomial(clicks, 0.03).tolist(), strict=True)
    lines = (f"{word},{seen},{clicked},{bought}\n" for word, seen, clicked, bought in rows)
    path.write_text("搜索词,展现量,点击量,支付订单数\n" + "".join(lines), "utf-8")


def seconds(*args: str) -> float:
    """Return the processor time of a command, of which only the exit code is looked at."""
    before = os.times()
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "copykit", "keywords", *args]
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system
