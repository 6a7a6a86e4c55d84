"""The keywords of each text by itself: what an author, a shop or a reader would have marked in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat

import numpy as np

from copykit import datafiles
from copykit.datafiles import DataFiles
from copykit.keywords.candidates import Piece, phrases, read
from copykit.keywords.features import FACTORS, Floats, Found, gather
from copykit.keywords.profile import Profile, load_profile, words_maker
from copykit.keywords.rank import Model
from copykit.keywords.words import Ints, text_hashes
from copykit.model import TextKeyword
from copykit.text.segment import Segmenter

BATCH = 128  # texts looked at together: fewer feel the cost of each numpy call, more leave the processor's cache
HEAD_TREES, LEADING = 25, 32  # after so many trees only so many candidates of a text go on; F1@5 stays the same
WORDS_IN_MEMORY = 300_000  # about 60 MB; then a new vocabulary is begun, which changes no result
LATIN_BYTES = 1.4  # a text with fewer bytes a character is no Chinese one


class KeywordExtractor:
    """Finds the keywords of single texts; holds the words met so far, so keep it for as many texts as there are."""

    def __init__(
        self, files: DataFiles, profile: Profile, segmenter: Segmenter | None = None, stop: Sequence[str] = ()
    ) -> None:
        """``stop``: words and phrases of the user's that are never returned, nor anything that holds such a word."""
        segmenter = segmenter or Segmenter()
        self._cut = segmenter.words
        ranking = files.load("ranking")
        self._models = {lang: Model(name, ranking[name]) for lang, name in profile.models.items()}
        self._fresh_words = words_maker(files, profile, segmenter, self._models.values(), stop)
        self._words = self._fresh_words()
        self._stop = text_hashes(list(stop))

    @classmethod
    def bundled(cls, kind: str = "article") -> KeywordExtractor:
        """Return an extractor for a kind of text (article, title, product, query) with the bundled data."""
        files = datafiles.bundled()
        return cls(files, load_profile(files, kind))

    def keywords(self, text: str, title: str = "", top: int = 10) -> list[TextKeyword]:
        """Return the keywords of one text; a title or a query that stands alone is given as ``title``."""
        return self.extract([Piece(title, text)], top)[0]

    def extract(self, pieces: Sequence[Piece], top: int = 10, *, explain: bool = False) -> list[list[TextKeyword]]:
        """Return the best keywords of each text, best first; weights are shares of all candidates of the text."""
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
        if len(self._words.names) > WORDS_IN_MEMORY:
            self._words = self._fresh_words()
        model, words = self._models[lang], self._words
        reading = read([pieces[place] for place in places], words, self._cut)
        found = gather(reading, phrases(reading, words), words, model.name, model.columns)
        if not len(found.docs):
            return
        first = np.flatnonzero(np.concatenate(([True], found.docs[1:] != found.docs[:-1])))
        scores = self._scored(model, found, first, top)
        if len(self._stop):
            scores[np.isin(found.hashes, self._stop)] = -np.inf
        shares = _shares(scores, first)
        order, rank = _ranked(scores, found.docs, first)
        best = order[rank < top]
        best = best[shares[best] > 0]
        text, bases = reading.text, reading.begins[found.docs[best]]
        begins, ends = reading.starts[found.places[best]], reading.ends[found.ends[best]]
        factors: Iterable[Mapping[str, float]] = repeat({})
        if explain:
            fallen = _factors(model, found, scores, first)
            factors = [{name: float(values[row]) for name, values in fallen.items()} for row in best.tolist()]
        keywords = list(
            map(
                TextKeyword,
                map(text.__getitem__, map(slice, begins.tolist(), ends.tolist())),
                shares[best].tolist(),
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


def _factors(model: Model, found: Found, scores: Floats, first: Ints) -> dict[str, Floats]:
    """Return how far each score falls when one factor's columns are put at their text's middle value."""
    counts = np.diff(np.append(first, len(scores)))
    fallen: dict[str, Floats] = {}
    for factor, names in FACTORS.items():
        changed = dict(found.columns)
        for name in names:
            if name in changed:
                parts = np.split(changed[name], first[1:])
                middles = np.array([np.median(part) for part in parts], np.float32)
                changed[name] = np.repeat(middles, counts)
        fallen[factor] = scores - model.score(changed)
    return fallen
