"""Count the words that buyers type: queries, one a line → corpora/background/searched.json.

    python tools/train_searched.py DATA     DATA holds keywords/queries.txt (Taobao search queries of Multi-CPR)

Only counts are kept. The same data give the same bytes.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from copykit.text.normalize import fold_text
from copykit.text.segment import Segmenter

LEAST = 8  # rarer words are mostly brands and slips
TARGET = Path(__file__).parent.parent / "corpora" / "background" / "searched.json"


def main(data: Path) -> None:
    """Write the counts."""
    queries = [fold_text(line) for line in (data / "keywords" / "queries.txt").read_text("utf-8").splitlines()]
    counts: Counter[str] = Counter()
    for tagged in Segmenter().tag_many(queries):
        counts.update({word for word, _ in tagged if len(word) > 1 and any(char >= "\u4e00" for char in word)})
    kept = sorted(
        ((word, count) for word, count in counts.items() if count >= LEAST), key=lambda item: (-item[1], item[0])
    )
    value = {
        "origin": "counts from 40,000 Taobao search queries of Multi-CPR (Alibaba-NLP); queries that hold the word",
        "checked": "2026-11-21",
        "queries": len(queries),
        "words": "\n".join(word for word, _ in kept),
        "counts": [count for _, count in kept],
    }
    TARGET.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
