"""Count which characters and short words stand in many texts → corpora/background/common.json.

    python tools/train_common.py DATA     DATA holds titles/, keywords/ and compliance/ of Chinese texts

A rule that searches for one of them would fire on every other text. Shares are the median over the kinds of text, so
that no kind's own words count for all; only counts are kept. The same data give the same bytes.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from copykit.text.normalize import fold_text

SOURCES = (
    ("titles/news.jsonl", "title"),
    ("titles/xhs_notes.jsonl", "title"),
    ("keywords/product_titles.jsonl", "title"),
    ("keywords/news_titles.jsonl", "title"),
    ("compliance/real_copy.jsonl", "text"),
)
MOST = 20_000  # texts of each kind
LEAST = 0.004  # rarer ones are no reason to refuse a rule
LONGEST = 3
ORIGIN = (
    "shares of texts that hold the characters, learned by tools/train_common.py from public titles and copy "
    "(Chinese-Text-Classification-Pytorch, noterx, Multi-CPR, FewCLUE, AdvertiseGen); no text of theirs is kept"
)
TARGET = Path(__file__).parent.parent / "corpora" / "background" / "common.json"
_HAN = re.compile("[\u4e00-\u9fff]+")


def main(data: Path) -> None:
    """Write the shares."""
    kinds = [_shares(_texts(data / name, key)) for name, key in SOURCES]
    shares = {gram: statistics.median(kind.get(gram, 0.0) for kind in kinds) for gram in set().union(*kinds)}
    kept = sorted(
        ((gram, round(share, 4)) for gram, share in shares.items() if share >= LEAST),
        key=lambda item: (-item[1], item[0]),
    )
    value = {
        "origin": ORIGIN,
        "checked": "2026-11-22",
        "words": "\n".join(gram for gram, _ in kept),
        "shares": [share for _, share in kept],
    }
    TARGET.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


def _shares(texts: Iterator[str]) -> dict[str, float]:
    counts: Counter[str] = Counter()
    number = 0
    for text in texts:
        number += 1
        counts.update(_grams(fold_text(text)))
    return {gram: count / number for gram, count in counts.items()}


def _texts(path: Path, key: str) -> Iterator[str]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number >= MOST:
                return
            value = json.loads(line)
            yield value[key] if isinstance(value[key], str) else "\n".join(value[key])


def _grams(text: str) -> set[str]:
    return {
        run[place : place + size]
        for run in _HAN.findall(text)
        for size in range(1, LONGEST + 1)
        for place in range(len(run) - size + 1)
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
