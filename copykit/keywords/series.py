"""How often each word came in each slot of time: of texts by the words and phrases in them, of tables by their rows."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from copykit.keywords.candidates import phrases, read_block
from copykit.keywords.counts import Counter
from copykit.keywords.figures import LONGEST
from copykit.keywords.mine import Wanted, survivors
from copykit.keywords.profile import words_maker
from copykit.keywords.run import Kitchen
from copykit.keywords.spool import Spool
from copykit.keywords.words import plain_text
from copykit.text.normalize import fold_texts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
BATCH = 20_000


@dataclass(slots=True)
class Series:
    """Words with a row of numbers each, a column a slot; ``exposure`` is all that was counted in each slot.

    ``measure``: count, index or rank; what was not told is nan in the latter two. ``inside``: the place of a longer
    word that a word is nearly always part of, -1 where there is none. ``of_texts``: texts were counted, not rows.
    """

    texts: list[str]
    values: Floats
    exposure: Floats
    measure: str = "count"
    inside: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    of_texts: bool = False


def looked_at(kitchen: Kitchen, barred: Sequence[str]) -> Kitchen:
    """Return a kitchen in which more words may stand alone: 冬季 is hardly a keyword, but whether it comes or goes is
    worth knowing. ``barred`` are the tags that still may not.
    """
    profile = replace(kitchen.profile, data={**kitchen.profile.data, "single_barred": list(barred)})
    words = words_maker(kitchen.files, profile, kitchen.segmenter, (), kitchen.stop)
    return replace(kitchen, profile=profile, words=words)


def count_texts(spool: Spool, slots: int, kitchen: Kitchen, folder: Path, least: int, same: float) -> Series:
    """Return how many texts of each slot hold each word or phrase; a text with a weight counts as many times.

    ``least``: texts that hold it, at least; ``same``: share of its places from which on a word is a longer one's part.
    """
    cut = kitchen.segmenter.words
    counter = Counter(kitchen.words, cut, folder, "0")
    for block in spool:
        counter.add(block.text)
    rows = survivors(counter.finish(), Wanted(None, least), least)
    keys = np.sort(rows.keys)
    words = kitchen.words()
    values = np.zeros((len(keys), slots))
    parts: list[tuple[str, ...]] = [()] * len(keys)
    missing = np.ones(len(keys), bool)
    for block in spool:
        if not len(keys):
            break
        reading = read_block(block.text, words, cut)
        found = phrases(reading, words)
        at = np.minimum(np.searchsorted(keys, found.hashes), len(keys) - 1)
        known = keys[at] == found.hashes
        at, places, sizes = at[known], found.places[known], found.sizes[known]
        fresh = np.flatnonzero(missing[at])
        for one in fresh[np.unique(at[fresh], return_index=True)[1]].tolist():
            first, size = int(places[one]), int(sizes[one])
            spans = zip(reading.starts[first : first + size], reading.ends[first : first + size], strict=True)
            parts[at[one]] = tuple(plain_text(block.text[start:end]) for start, end in spans)
            missing[at[one]] = False
        pairs = np.unique(at.astype(np.int64) << 32 | reading.docs[places])
        place, document = pairs >> 32, pairs & 0xFFFFFFFF
        flat = place * slots + block.slots[document]
        values += np.bincount(flat, block.weights[document], minlength=values.size).reshape(values.shape)
    exposure = np.bincount(spool.slots(), spool.weights(), minlength=slots).astype(float)
    inside = _inside(parts, values.sum(axis=1), same)
    return Series([_joined(part) for part in parts], values, exposure, "count", inside, of_texts=True)


def _inside(parts: list[tuple[str, ...]], totals: Floats, same: float) -> Ints:
    """Return for each word the longer one that it is nearly always part of."""
    places = {"".join(part).casefold(): number for number, part in enumerate(parts)}
    inside = np.full(len(parts), -1, np.int64)
    for number, part in enumerate(parts):
        if len(part) < 2:
            continue
        for shorter in (part[:-1], part[1:], (part[0],), (part[-1],)):
            place = places.get("".join(shorter).casefold(), -1)
            if place >= 0 and place != number and totals[number] >= same * totals[place]:
                inside[place] = number
    return inside


def _joined(parts: tuple[str, ...]) -> str:
    """Return words as one phrase, a blank between Latin ones."""
    text = ""
    for part in parts:
        if text and text[-1].isascii() and text[-1].isalnum() and part[:1].isascii() and part[:1].isalnum():
            text += " "
        text += part
    return text


class RowSpool:
    """Collects one figure of the rows of tables, by word and slot."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._places: dict[str, int] = {}
        self._rows, self._slots, self._figures = array("q"), array("i"), array("d")
        self._waiting: list[tuple[int, str, float]] = []

    def add(self, text: str, slot: int, figure: float) -> None:
        """Take a row; what is too long for a search is passed over."""
        if len(text) <= LONGEST:
            self._waiting.append((slot, text, figure))
            if len(self._waiting) >= BATCH:
                self._fold()

    def __len__(self) -> int:
        return len(self._rows) + len(self._waiting)

    def series(self, numbers: NDArray[np.int32], slots: int, measure: str) -> Series:
        """Return the figures by word and slot, ``numbers`` giving each slot its new number, -1 to leave it out.

        Counts are added up, of an index the highest is taken, of ranks the best.
        """
        self._fold()
        slot = numbers[np.array(self._slots, np.int32)] if len(self._slots) else np.zeros(0, np.int32)
        used = slot >= 0
        at = np.array(self._rows, np.int64)[used] * slots + slot[used]
        given = np.array(self._figures, np.float64)[used]
        size = len(self.texts) * slots
        if measure == "count":
            values = np.bincount(at, given, minlength=size).astype(float)
        else:
            values = np.full(size, np.nan)
            (np.fmax if measure == "index" else np.fmin).at(values, at, given)
        values = values.reshape(len(self.texts), slots)
        exposure = values.sum(axis=0) if measure == "count" else np.ones(slots)
        return Series(self.texts, values, exposure, measure, np.full(len(self.texts), -1, np.int64))

    def _fold(self) -> None:
        waiting, self._waiting = self._waiting, []
        places = self._places
        for (slot, text, figure), folded in zip(waiting, fold_texts([text for _, text, _ in waiting]), strict=True):
            key = folded.replace(" ", "") if " " in folded else folded
            place = places.get(key)
            if place is None:
                place = places[key] = len(self.texts)
                self.texts.append(text.strip())
            self._rows.append(place)
            self._slots.append(slot)
            self._figures.append(figure)
