"""Texts of any size for measuring, made of the segmenter's words: Zipf's law, set phrases, unknown names, clauses."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SMALL_WORDS = tuple("的了和是在有与及就都也还很把被对从到为而")
MARKS = "，，，，。。。！？；：、"
SYLLABLES = "艾熙诺妍澜沐翎朵柏岚森禾笙璃珂琪萱霏蔓薇娅妮绫奥臻凯泽沃铂晟"


def write(path: Path, size: int, seed: int = 0) -> None:
    """Write about ``size`` bytes of documents, one a line; the same size and seed give the same bytes."""
    with path.open("w", encoding="utf-8") as out:
        written = 0
        for line in lines(seed):
            out.write(line)
            written += len(line.encode())
            if written >= size:
                return


def lines(seed: int) -> Iterator[str]:
    """Yield documents of some 200 characters without end."""
    import numpy as np

    rng: Any = np.random.default_rng(seed)
    words = _words()
    order = rng.permutation(len(words))
    words = [words[place] for place in order]
    names = ["".join(rng.choice(list(SYLLABLES), 2 + int(rng.integers(2)))) for _ in range(5_000)]
    everything = np.array(words + names, object)
    # Set phrases of two or three words make up a third of a text, as they do in real ones.
    phrases = np.array(
        ["".join(everything[_zipf(rng, int(rng.integers(2, 4)), len(everything))]) for _ in range(60_000)], object
    )
    small, marks = np.array(SMALL_WORDS, object), np.array(list(MARKS), object)
    while True:
        size = 20_000
        kind = rng.random(size)
        tokens = everything[_zipf(rng, size, len(everything))]
        with_phrase = kind < 0.2
        tokens[with_phrase] = phrases[_zipf(rng, int(with_phrase.sum()), len(phrases))]
        with_small = (kind >= 0.2) & (kind < 0.42)
        tokens[with_small] = rng.choice(small, int(with_small.sum()))
        with_mark = (kind >= 0.42) & (kind < 0.55)
        tokens[with_mark] = rng.choice(marks, int(with_mark.sum()))
        for start in range(0, size, 100):
            yield "".join(tokens[start : start + 100]) + "\n"


def _zipf(rng: Any, size: int, most: int) -> Any:
    """Return places with the share of each falling as 1/(place + 30)."""
    import numpy as np

    return np.minimum(30 * np.exp(rng.random(size) * np.log(most / 30 + 1)) - 30, most - 1).astype(int)


def _words() -> list[str]:
    spec = importlib.util.find_spec("jieba")
    assert spec is not None
    assert spec.origin is not None
    rows = (Path(spec.origin).parent / "dict.txt").read_text("utf-8").splitlines()
    return [row.split(" ")[0] for row in rows if 2 <= len(row.split(" ")[0]) <= 4 and int(row.split(" ")[1]) > 2]
