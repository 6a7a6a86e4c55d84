"""Words widened: do people really type what is proposed, against random combinations of the same words.

    python -m bench expand --data DIR

``queries.txt`` is shuffled and cut in two, five times. The widener learns from one half, no root being named; of its
first 500 the share is told that occurs in the other half: written so inside a search, or all its words in one search.
All 40,000 searches are different, so that no proposal can be right by coming again as a whole. Random combinations are
made of the same roots and the same words beside them.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FIRST, ROUNDS = 500, 5


def run(data: Path | None) -> None:
    """Print the shares."""
    if data is None:
        print("skipped: needs searches (--data DIR)")
        return
    queries = [
        line.strip() for line in (data / "keywords" / "queries.txt").read_text("utf-8").splitlines() if line.strip()
    ]
    shares: dict[str, list[tuple[float, float]]] = {}
    for seed in range(ROUNDS):
        some = queries[:]
        random.Random(seed).shuffle(some)
        half = len(some) // 2
        proposed, made_up = halves(some[:half], seed)  # what is known of the other half is kept out of this
        other = folded(some[half:])
        sets: dict[str, Sequence[Any]] = {
            "copykit": proposed,
            "random": made_up,
            "copykit, seen": [word for word in proposed if word.seen],
            "copykit, unseen": [word for word in proposed if not word.seen],
        }
        for name, words in sets.items():
            if words:
                shares.setdefault(name, []).append(share(words, other))
    for name, found in shares.items():
        together, apart = (sum(values) / len(values) for values in zip(*found, strict=True))
        print(f"expand             {name:16s} written so {together:.3f}   all words in one search {apart:.3f}")


def halves(queries: Sequence[str], seed: int) -> tuple[list[Any], list[Any]]:
    """Return what is proposed from some searches, and random combinations of the same words."""
    from copykit.datafiles import bundled
    from copykit.keywords.expand import Widener
    from copykit.keywords.product import product_of
    from copykit.model import WidenedWord
    from copykit.text.segment import Segmenter

    files = bundled()
    widener = Widener(files, product_of(files), Segmenter(), usual={})
    widener.learner.searches(queries)
    proposed = widener.widen(FIRST)
    roots = sorted({word.root for word in proposed})
    beside = sorted({part for word in proposed for part in word.parts})
    draw = random.Random(seed)
    made_up = []
    for word in proposed:
        parts = tuple(draw.sample(beside, len(word.parts)))
        root = draw.choice(roots)
        words = [*(part for _, part in parts), root]
        draw.shuffle(words)
        made_up.append(WidenedWord("".join(words), root, parts, 0, 0.0))
    return proposed, made_up


def folded(queries: Sequence[str]) -> list[str]:
    """Return searches as they are compared: folded, without blanks."""
    from copykit.text.normalize import fold_texts

    return [text.replace(" ", "") for text in fold_texts(list(queries))]


def share(words: Sequence[Any], queries: Sequence[str]) -> tuple[float, float]:
    """Return the shares of words that stand so in a search, and all of whose parts stand in one."""
    joined = "\n".join(queries)
    together = sum(word.text.replace(" ", "") in joined for word in words)
    apart = 0
    for word in words:
        parts = [word.root, *(part for _, part in word.parts)]
        apart += any(all(part in query for part in parts) for query in queries)
    return together / len(words), apart / len(words)
