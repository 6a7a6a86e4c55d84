"""The words of candidates across the vocabularies that were in use one after another, with their spellings."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from copykit.keywords.rows import Finder, in_order
from copykit.keywords.words import U64, Ints, Words


class Columns(NamedTuple):
    """What is kept of each word of a vocabulary.

    Hashes of its letters as written and folded, how often it came, its length, the number of its tag.
    """

    written: U64
    folded: U64
    counts: Ints
    sizes: Ints
    tags: Ints


class Epoch(NamedTuple):
    """A vocabulary that rows refer to; what is on disk is read when it is asked for, and not kept."""

    table: Columns | Path
    words: Words | Path

    def columns(self) -> Columns:
        """Return what is known of its words."""
        if isinstance(self.table, Path):
            written, folded, *others = np.load(self.table)
            return Columns(written.view(np.uint64), folded.view(np.uint64), *others)
        return self.table

    def names(self) -> list[str]:
        """Return the words as written."""
        return self.words.read_text("utf-8").split("\n") if isinstance(self.words, Path) else self.words.names


class Vocabulary:
    """The words of some candidates, told apart by their folded letters, with their spellings."""

    def __init__(
        self,
        epochs: Sequence[Epoch],
        at: Ints,
        has: NDArray[np.bool_],
        hashes: U64,
        sizes: Ints,
        words: Ints,
        written: U64,
        counts: Ints,
        tags: Ints,
    ) -> None:
        """Take the words' hashes, rising, and lengths; ``at`` and ``has``: the place of each word of each candidate.

        ``words``, ``written``, ``counts``, ``tags``: which word each spelling is of, its letters, how often it came,
        the number of its tag.
        """
        self._epochs = epochs
        self.at, self.has, self.hashes, self.sizes = at, has, hashes, sizes
        self._words, self._written, self._counts = words, written, counts
        self._first = np.searchsorted(words, np.arange(len(hashes)))
        self.tags = tags.take(self._first)
        self.times = np.add.reduceat(counts, self._first) if len(hashes) else counts

    @functools.cached_property
    def names(self) -> list[str]:
        """Each word as it is mostly written."""
        return self._named(self._written.take(self._first))

    def spellings(self, words: Ints) -> dict[int, list[tuple[str, int]]]:
        """Return how some words are written, and how often so, the most frequent way first."""
        places = np.flatnonzero(np.isin(self._words, words))
        found: dict[int, list[tuple[str, int]]] = {}
        names = self._named(self._written.take(places))
        rows = zip(self._words.take(places).tolist(), names, self._counts.take(places).tolist(), strict=True)
        for word, name, count in rows:
            found.setdefault(word, []).append((name, count))
        return found

    def _named(self, written: U64) -> list[str]:
        """Return the words that are so written."""
        found = [""] * len(written)
        order, wanted = in_order(written)
        finder = Finder(wanted)
        missing = np.ones(len(written), bool)
        for epoch in self._epochs:
            at, known = finder.find(epoch.columns().written)
            here = np.flatnonzero(known)
            here = here[missing.take(at.take(here))]
            if len(here):
                names = epoch.names()
                at = at.take(here)
                missing[at] = False
                for place, number in zip(order.take(at).tolist(), here.tolist(), strict=True):
                    found[place] = names[number]
                if not missing.any():
                    break
        return found
