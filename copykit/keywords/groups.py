"""Searches that mean about the same, put together: with a core word, or with each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

SEED = 7  # of the decomposition and of the clusters, so that a table is grouped the same way every time
CHARS = 0.5  # what a shared character is worth beside a shared word
COMMON = 0.95  # of a feature's weight, taken off: its logarithm is 1 where every search has it
SLICE = 100_000  # words whose meanings are worked out at once


def group(words: Sequence[Sequence[str]], core: Sequence[int], settings: Mapping[str, Any]) -> Ints:
    """Return, for each search, the place of the search that its group is called after.

    ``words`` are the words of each search, the most valuable search first; ``core`` the places of those that groups
    form around. Meanings are learned from which words are typed together (TF-IDF of words and characters, decomposed).
    A search that is near no core word goes with the most valuable search of its cluster where it is near that one, else
    with the longest core word of which it holds all words, else it stands alone.
    """
    own = np.arange(len(words), dtype=np.int64)
    if len(words) < 2:
        return own
    meanings = _meanings(words, int(settings["sample"]), int(settings["dimensions"]))
    if meanings is None:
        return own
    chosen = own.copy()
    left = np.ones(len(words), bool)
    if len(core):
        likeness = meanings @ meanings[np.array(core)].T
        nearest = likeness.argmax(axis=1)
        near = likeness[own, nearest] >= settings["near"]
        chosen[near] = np.array(core)[nearest[near]]
        chosen[np.array(core)] = core
        left = ~near
        left[np.array(core)] = False
    rest = np.flatnonzero(left)
    if len(rest) > 2:
        leaders = rest[_clusters(meanings[rest], int(settings["most"]), int(settings["sample"]))]
        like = np.einsum("ij,ij->i", meanings[rest], meanings[leaders]) >= settings["near"]
        chosen[rest[like]] = leaders[like]
        sizes = np.bincount(chosen, minlength=len(words))
        left[rest[sizes[chosen[rest]] > 1]] = False
    _within(words, core, chosen, left)
    return chosen


def _within(words: Sequence[Sequence[str]], core: Sequence[int], chosen: Ints, left: NDArray[np.bool_]) -> None:
    """Put searches that are left with the core word whose words they hold: 护手霜女 with 护手霜."""
    by_first: dict[str, list[tuple[int, frozenset[str]]]] = {}
    for place in core:
        for first in words[place][:1]:  # a search of signs that are folded away has none
            by_first.setdefault(first, []).append((place, frozenset(words[place])))
    for place in np.flatnonzero(left).tolist():
        own = words[place]
        held = [of for word in own if word in by_first for of, parts in by_first[word] if parts.issubset(own)]
        if held:
            chosen[place], left[place] = max(held, key=lambda of: (len("".join(words[of])), -of)), False


def _clusters(meanings: Floats, most: int, sample: int) -> Ints:
    """Return for each row the place of the first row of its cluster; clusters are learned from the first rows."""
    from sklearn.cluster import MiniBatchKMeans

    size = min(len(meanings), sample)
    count = max(1, min(most, size // 3))
    model = MiniBatchKMeans(count, random_state=SEED, n_init=3, batch_size=4096)
    model.fit(meanings[:size])
    labels = model.predict(meanings)
    first = np.full(count, -1, np.int64)
    found, at = np.unique(labels, return_index=True)  # the first of each label is the most valuable
    first[found] = at
    named: Ints = first[labels]
    return named


def _meanings(words: Sequence[Sequence[str]], sample: int, dimensions: int) -> Floats | None:
    """Return a unit vector for each search; None where there is nothing to tell them apart by."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.preprocessing import normalize

    features = _Features(words[:sample])
    if features.size < 3:
        return None
    first = features.matrix(words[:sample])
    weigh = TfidfTransformer().fit(first)
    # What nearly all searches hold, as the product's own name, tells none of them apart.
    weigh.idf_ = weigh.idf_ - COMMON
    size = min(dimensions, features.size - 1, max(2, min(sample, len(words)) - 1))
    with np.errstate(invalid="ignore"):  # searches that are all alike have no variance to be explained
        model = TruncatedSVD(size, random_state=SEED).fit(weigh.transform(first))
    parts = [
        normalize(model.transform(weigh.transform(features.matrix(words[start : start + SLICE])))).astype(np.float32)
        for start in range(0, len(words), SLICE)
    ]
    meanings: Floats = np.concatenate(parts)
    return meanings


class _Features:
    """Numbers for the words and the Han characters of the searches that meanings are learned from."""

    def __init__(self, words: Sequence[Sequence[str]]) -> None:
        self._words = {word: number for number, word in enumerate(dict.fromkeys(chain.from_iterable(words)))}
        chars = sorted({char for word in self._words if not word.isascii() for char in word if ord(char) < _CODES})
        self._chars = np.full(_CODES, -1, np.int64)
        self._chars[list(map(ord, chars))] = np.arange(len(self._words), len(self._words) + len(chars))
        self.size = len(self._words) + len(chars)

    def matrix(self, words: Sequence[Sequence[str]]) -> Any:
        """Return a row a search, a column a feature: 1 for a word, CHARS for a character."""
        from scipy.sparse import csr_matrix

        get = self._words.get
        own = np.array([get(word, -1) for search in words for word in search], np.int64)
        rows = np.repeat(np.arange(len(words)), np.fromiter(map(len, words), np.int64, len(words)))
        texts = ["".join(search) for search in words]
        codes = np.frombuffer("".join(texts).encode("utf-32-le", "replace"), np.uint32)
        chars = self._chars[np.minimum(codes, _CODES - 1)]
        char_rows = np.repeat(np.arange(len(words)), np.fromiter(map(len, texts), np.int64, len(words)))
        columns, of = np.concatenate((own, chars)), np.concatenate((rows, char_rows))
        values = np.concatenate((np.ones(len(own)), np.full(len(chars), CHARS)))
        known = columns >= 0
        shape = (len(words), self.size)
        return csr_matrix((values[known], (of[known], columns[known])), shape=shape)


_CODES = 0x10000
