"""The texts that show why: where a word that changed really stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from copykit.keywords.series import Series
from copykit.keywords.spool import Spool, texts_of
from copykit.lexicon import AutomatonBuilder
from copykit.model import WordChange
from copykit.text.normalize import fold_text, fold_texts

LONGEST = 120  # characters of an example


def from_texts(
    words: Sequence[WordChange], spool: Spool, now: set[int], before: set[int], most: int
) -> list[WordChange]:
    """Return the words with texts that hold them: of the later period, or of the earlier ones where they fell."""

    def texts() -> Iterator[tuple[str, bool]]:
        for block in spool:
            for slot, text in zip(block.slots.tolist(), texts_of(block.text), strict=True):
                if slot in now or slot in before:
                    yield text, slot in now

    return _with(words, texts(), most)


def from_rows(words: Sequence[WordChange], series: Series, now: Sequence[int], most: int) -> list[WordChange]:
    """Return the words of a table with longer ones that hold them, the most frequent of the period first."""
    import numpy as np

    late = np.nansum(series.values[:, now], axis=1)
    early = np.nansum(series.values, axis=1) - late
    texts = series.texts

    def rows() -> Iterator[tuple[str, bool]]:
        for size, is_now in ((late, True), (early, False)):
            for place in np.argsort(-size, kind="stable").tolist():
                if size[place] > 0:
                    yield texts[place], is_now

    return _with(words, rows(), most, themselves=False)


def _with(
    words: Sequence[WordChange], texts: Iterable[tuple[str, bool]], most: int, *, themselves: bool = True
) -> list[WordChange]:
    wanted: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        if word.state != "steady" or word.shape:
            wanted.setdefault(fold_text(word.text).replace(" ", ""), []).append(place)
    if not wanted or not most:
        return list(words)
    builder = AutomatonBuilder()
    slots = {builder.slot(word, [word]): word for word in wanted}
    automaton = builder.build()
    found: dict[int, list[str]] = {}
    missing = sum(map(len, wanted.values()))
    batch: list[tuple[str, bool]] = []

    def look() -> None:
        nonlocal missing
        folded = [text.replace(" ", "") for text in fold_texts([text for text, _ in batch])]
        for (text, is_now), plain, hits in zip(batch, folded, automaton.hits_many(folded), strict=True):
            for slot in hits:
                for place in wanted[slots[slot]]:
                    fell = words[place].state in ("falling", "gone")
                    kept = found.setdefault(place, [])
                    if fell == is_now or len(kept) >= most or (not themselves and plain == slots[slot]):
                        continue
                    shown = text if len(text) <= LONGEST else text[:LONGEST] + "…"
                    if shown not in kept:
                        kept.append(shown)
                        missing -= len(kept) == most

    for item in texts:
        batch.append(item)
        if len(batch) >= 20_000:
            look()
            batch.clear()
            if missing <= 0:
                break
    if batch:
        look()
    return [replace(word, examples=tuple(found[place])) if place in found else word for place, word in enumerate(words)]
