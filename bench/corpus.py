"""Texts of any size for measuring, none of them twice.

``lines`` makes them of the segmenter's words alone: Zipf's law, set phrases, unknown names, clauses. ``recombined`` has
the words and phrases of real texts, and few new ones however long it goes on; what people collect is between the two.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

SMALL_WORDS = tuple("的了和是在有与及就都也还很把被对从到为而")
MARKS = "，，，，。。。！？；：、"
SYLLABLES = "艾熙诺妍澜沐翎朵柏岚森禾笙璃珂琪萱霏蔓薇娅妮绫奥臻凯泽沃铂晟"


def write(path: Path, size: int, texts: Iterable[str] | None = None) -> int:
    """Write about ``size`` bytes of documents, one a line, and return how many; made ones by default."""
    count = written = 0
    with path.open("w", encoding="utf-8") as out:
        for line in lines(0) if texts is None else texts:
            out.write(line)
            count += 1
            written += len(line.encode())
            if written >= size:
                break
    return count


def recombined(texts: Sequence[str], seed: int) -> Iterator[str]:
    """Yield documents without end, no two alike, each with as many clauses as one of the texts and a line feed.

    Half of the clauses are drawn from all that there are; half begin as one and go on as another from a word that both
    have, so that most of what is longer than a few words was never written before.
    """
    import numpy as np

    from copykit.text.segment import Segmenter

    cut = Segmenter().words
    own = [_CLAUSE.findall(" ".join(text.split())) for text in texts]
    lengths = np.array([len(clauses) for clauses in own])
    clauses = [cut(clause) for each in own for clause in each]
    # All words of all clauses in one row; where each word stands, and up to where its clause goes.
    ends = np.cumsum([len(clause) for clause in clauses])
    words = [word for clause in clauses for word in clause]
    clause_end = np.repeat(ends, np.diff(ends, prepend=0)).tolist()
    clause_begin = np.repeat(np.append(0, ends[:-1]), np.diff(ends, prepend=0)).tolist()
    places: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        places.setdefault(word, []).append(place)
    rng = np.random.default_rng(seed)
    seen: set[int] = set()
    while True:
        drawn = 100_000
        sizes = iter(rng.choice(lengths, drawn).tolist())
        parts = (
            "".join(words[clause_begin[one] : one] + words[other : clause_end[other]])
            for one, turn, plain in zip(
                rng.integers(0, len(words), drawn).tolist(),
                rng.random(drawn).tolist(),
                (rng.random(drawn) < 0.5).tolist(),
                strict=True,
            )
            for same in (places[words[one]],)
            for other in (one if plain else same[int(turn * len(same))],)
        )
        for size in sizes:
            text = "".join(islice(parts, size))
            if not text:
                break
            if (known := hash(text)) not in seen:
                seen.add(known)
                yield text + "\n"


_CLAUSE = re.compile(r"[^，。；！？：、,;!?]+[，。；！？：、,;!?]*")


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
