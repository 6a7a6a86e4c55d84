"""The keywords of each text by itself: what an author, a shop or a reader would have marked in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from copykit import datafiles
from copykit.datafiles import DataFiles
from copykit.keywords.candidates import Piece, phrases, read
from copykit.keywords.features import FACTORS, Floats, Found, gather
from copykit.keywords.profile import Profile, load_profile, words_maker
from copykit.keywords.rank import Model
from copykit.keywords.shares import settled
from copykit.keywords.words import Ints
from copykit.model import TextKeyword
from copykit.text.segment import Segmenter

BATCH = 128  # texts looked at together: fewer feel the cost of each numpy call, more leave the processor's cache
HEAD_TREES, LEADING = 25, 32  # after so many trees only so many candidates of a text go on; F1@5 stays the same
WORDS_IN_MEMORY = 300_000  # about 60 MB; then a new vocabulary is begun, which changes no result
LEAST_SHARE = 0.02  # of a text's weight; what has less is not what the text is about
SPARE = 5  # further candidates of a text are looked at, for those that turn out to be others turned round
DIGITS = 4  # of a weight and its shares
BASE = "base"  # the share of a weight that any candidate of the text would have
LATIN_BYTES = 1.4  # a text with fewer bytes a character is no Chinese one


class KeywordExtractor:
    """Finds the keywords of single texts; holds the words met so far, so keep it for as many texts as there are."""

    def __init__(
        self, files: DataFiles, profile: Profile, segmenter: Segmenter | None = None, stop: Sequence[str] = ()
    ) -> None:
        """``stop``: words and phrases of the user's that are never returned, nor what shares letters with them."""
        segmenter = segmenter or Segmenter()
        self._cut = segmenter.words
        ranking = files.load("ranking")
        self._models = {lang: Model(name, ranking[name]) for lang, name in profile.models.items()}
        self._fresh_words = words_maker(files, profile, segmenter, self._models.values(), stop, together=True)
        self._words = self._fresh_words()

    @classmethod
    def bundled(cls, kind: str = "article") -> KeywordExtractor:
        """Return an extractor for a kind of text (article, title, product, query) with the bundled data."""
        files = datafiles.bundled()
        return cls(files, load_profile(files, kind))

    def keywords(self, text: str, title: str = "", top: int = 10) -> list[TextKeyword]:
        """Return the keywords of one text; a title or a query that stands alone is given as ``title``."""
        return self.extract([Piece(title, text)], top)[0]

    def extract(self, pieces: Sequence[Piece], top: int = 10, *, explain: bool = False) -> list[list[TextKeyword]]:
        """Return the best keywords of each text, best first; weights are shares of all candidates of the text.

        There may be fewer than ``top``: those with less than LEAST_SHARE are left out.
        """
        results: list[list[TextKeyword]] = [[] for _ in pieces]
        for start in range(0, len(pieces), BATCH):
            batch = pieces[start : start + BATCH]
            latin = [is_latin(piece) for piece in batch]
            for lang, wanted in (("zh", False), ("en", True)):
                places = [start + place for place, is_it in enumerate(latin) if is_it is wanted]
                if places:
                    self._extract(pieces, places, lang, top, explain, results)
        return results

    def _extract(
        self,
        pieces: Sequence[Piece],
        places: Sequence[int],
        lang: str,
        top: int,
        explain: bool,
        results: list[list[TextKeyword]],
    ) -> None:
        if self._words.size > WORDS_IN_MEMORY:
            self._words = self._fresh_words()
        model, words = self._models[lang], self._words
        reading = read([pieces[place] for place in places], words, self._cut)
        found = gather(reading, phrases(reading, words), words, model.name, model.columns)
        if not len(found.docs):
            return
        first = np.flatnonzero(np.concatenate(([True], found.docs[1:] != found.docs[:-1])))
        scores = self._scored(model, found, first, top)
        shares = _shares(scores, first)
        order, rank = _ranked(scores, found.docs, first)
        best = order[rank < top + SPARE]
        best = best[shares[best] >= LEAST_SHARE]
        best = _without_turned(best, found, words.hashes.take(reading.numbers), top)
        text, bases = reading.text, reading.begins[found.docs[best]]
        begins, ends = reading.starts[found.places[best]], reading.ends[found.ends[best]]
        weights = shares[best].tolist()
        factors: Iterable[Mapping[str, float]] = repeat({})
        if explain:
            parts = _factors(model, found, scores, first, best)
            rows = zip(*(values.tolist() for values in parts.values()), strict=True)
            factors = [
                settled(dict(zip(parts, row, strict=True)), weight, DIGITS)
                for row, weight in zip(rows, weights, strict=True)
            ]
        keywords = list(
            map(
                TextKeyword,
                map(text.__getitem__, map(slice, begins.tolist(), ends.tolist())),
                weights,
                found.counts[best].tolist(),
                (begins - bases).tolist(),
                (ends - bases).tolist(),
                factors,
            )
        )
        bounds = np.searchsorted(found.docs[best], np.arange(len(places) + 1)).tolist()
        for number, place in enumerate(places):
            results[place] = keywords[bounds[number] : bounds[number + 1]]

    def _scored(self, model: Model, found: Found, first: Ints, top: int) -> Floats:
        """Return the scores; all trees are asked only of those that lead in their text after the first ones."""
        scores = model.score(found.columns, 0, HEAD_TREES)
        order, rank = _ranked(scores, found.docs, first)
        leading = np.sort(order[rank < max(LEADING, 3 * top)])
        columns = {name: values[leading] for name, values in found.columns.items()}
        rest = scores[leading] + model.score(columns, HEAD_TREES)
        scores = np.full(len(scores), -np.inf, np.float32)
        scores[leading] = rest
        return scores


def _without_turned(best: Ints, found: Found, words: NDArray[np.uint64], top: int) -> Ints:
    """Return the best candidates of each text, without those that are the words of a better one in another order.

    ``words`` are the hashes of the words where they stand.
    """
    places, sizes = found.places.take(best), found.sizes.take(best)
    mixed = (words ^ (words >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    # The sum of what each word is mixed to does not depend on their order.
    keys = mixed.take(places)
    for step in range(1, int(sizes.max(initial=1))):
        has = np.flatnonzero(sizes > step)
        keys[has] += mixed.take(places.take(has) + step)
    docs = found.docs.take(best)
    order = np.lexsort((keys, docs))
    again = (keys.take(order[1:]) == keys.take(order[:-1])) & (docs.take(order[1:]) == docs.take(order[:-1]))
    if again.any():
        kept = np.ones(len(best), bool)
        kept[order[1:][again]] = False
        best, docs = best[kept], docs[kept]
    begins = np.flatnonzero(np.concatenate(([True], docs[1:] != docs[:-1])))
    rank = np.arange(len(docs)) - np.repeat(begins, np.diff(np.append(begins, len(docs))))
    return best[rank < top]


def _ranked(scores: Floats, docs: Ints, first: Ints) -> tuple[Ints, Ints]:
    """Return the candidates by text and falling score, and the rank inside its text of each in that order."""
    # The bits of a float, its sign turned round, are in order as whole numbers; sorting these is much quicker.
    bits = scores.view(np.int32).astype(np.int64)
    order = np.argsort((docs << 33) - np.where(bits < 0, -(bits & 0x7FFFFFFF), bits))
    # Each text's rows keep their place as a block.
    return order, np.arange(len(order)) - np.repeat(first, np.diff(np.append(first, len(order))))


def is_latin(piece: Piece) -> bool:
    """Return whether a text is written in Latin letters for the most part."""
    text = piece.text[:400] or piece.title
    return len(text) > 0 and len(text.encode("utf-8", "replace")) < LATIN_BYTES * len(text)


def _shares(scores: Floats, first: Ints) -> Floats:
    """Return the softmax of the scores inside each text."""
    counts = np.diff(np.append(first, len(scores)))
    peaks = np.maximum.reduceat(scores, first)
    peaks[~np.isfinite(peaks)] = 0
    shares: Floats = np.exp(scores - np.repeat(peaks, counts))
    totals = np.add.reduceat(shares, first)
    totals[totals == 0] = 1
    shares /= np.repeat(totals, counts)
    return shares


def _factors(model: Model, found: Found, scores: Floats, first: Ints, best: Ints) -> dict[str, NDArray[np.float64]]:
    """Return what each side of the best candidates adds to their weights, and under BASE what any candidate has.

    A candidate that is in all things like the usual one of its text is made itself step by step, the others staying as
    they are; what its weight gains at a step is the share of that side. As one side's gain depends on those before it,
    the steps are gone in both orders and the mean is told.
    """
    text = np.searchsorted(first, best, side="right") - 1
    own = {name: values.take(best) for name, values in found.columns.items()}
    usual = {name: own[name] for name in own}
    for names in FACTORS.values():
        for name in names:
            if name in own:
                usual[name] = _usual(name, found.columns[name], first).take(text)
    peaks = np.maximum.reduceat(scores, first).astype(np.float64)
    shares = np.exp(scores - np.repeat(peaks, np.diff(np.append(first, len(scores)))))
    others = np.add.reduceat(shares, first).take(text) - shares.take(best)
    peak = peaks.take(text)

    def weight(columns: Mapping[str, Floats]) -> NDArray[np.float64]:
        value = np.exp(model.score(columns) - peak)
        share: NDArray[np.float64] = value / (value + others)
        return share

    start = weight(usual)
    parts = {BASE: start} | {factor: np.zeros(len(best)) for factor in FACTORS}
    for steps in (list(FACTORS), list(reversed(FACTORS))):
        columns, before = dict(usual), start
        for factor in steps:
            columns |= {name: own[name] for name in FACTORS[factor] if name in own}
            after = weight(columns)
            parts[factor] += (after - before) / 2
            before = after
    return parts


def _usual(name: str, column: Floats, first: Ints) -> Floats:
    """Return the middle value of a column in each text; of tags, which have no middle, the most frequent one."""
    parts = np.split(column, first[1:])
    if name.startswith("tag_"):
        return np.array([np.bincount(part.astype(np.int64)).argmax() for part in parts], np.float32)
    return np.array([np.median(part) for part in parts], np.float32)
