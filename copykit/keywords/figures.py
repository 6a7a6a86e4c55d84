"""Tables of searched words as columns: one entry a word, its figures added up over the rows that tell of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from copykit import tables
from copykit.corpus.blocks import Document
from copykit.corpus.columns import Columns, columns_of
from copykit.text.normalize import fold_texts

Floats = NDArray[np.float64]

BATCH = 20_000  # rows that are folded at once
LONGEST = 200  # characters of a search; what is longer is a text that stands in the wrong column
LINES = "searches"  # the role of what is counted where a table has no figures: how many lines hold the word
ADDED = ("count", "money")
CLICKS, ORDERS = ("clicks", "visitors"), ("orders", "buyers")  # the first that a table has
TELLING = ("count", "index", "rank")  # measures of how much a word is searched


@dataclass(slots=True)
class SearchTable:
    """Words with what was measured of them; ``figures`` hold nan where no row told.

    ``folded`` are the words as they are read; without their blanks no two are the same. ``measures`` say what each role
    is: counts and money were added up, of an index the highest was kept, of a rank the best, of a rate the first.
    ``listed``: nothing tells how often a word was searched, and the lines that hold it were counted. ``tried``: the
    clicks of the rows that tell what came of them, ``ordered``: the orders that they tell, ``guessed``: those that a
    row's clicks and its own rate of conversion come to. Clicks of a table that tells no orders are in neither.
    """

    texts: list[str]
    folded: list[str]
    figures: dict[str, Floats]
    measures: Mapping[str, str]
    tried: Floats
    ordered: Floats
    guessed: Floats
    rows: int = 0
    skipped: int = 0  # rows whose text is too long for a search
    listed: bool = False

    def __len__(self) -> int:
        return len(self.texts)

    def figure(self, role: str, place: int) -> float | None:
        """Return one figure of one word, None where it was not told."""
        value = float(self.figures[role][place]) if role in self.figures else np.nan
        return None if np.isnan(value) else value


def figure_columns(data: Mapping[str, Any]) -> Columns:
    """Return the columns of a table of searches with all its figures, rates and ranks among them."""
    plain = columns_of(data, queries=True)
    measures = {entry["role"]: entry["measure"] for entry in data["metrics"]["columns"]}
    return Columns(plain.text, (), (), tables.merge_names(data["metrics"]), measures)


def gather(documents: Iterable[Document], measures: Mapping[str, str]) -> SearchTable:
    """Return the words of a table's rows, or of a plain file's lines, in the order in which they were first met."""
    texts: list[str] = []
    kept: list[str] = []
    places: dict[str, int] = {}
    columns: dict[str, list[float]] = {}
    lines: list[int] = []
    came: dict[int, list[float]] = {}  # place → clicks that tell what came of them, orders told, orders guessed
    rows = skipped = 0
    for batch in _batches(documents):
        found = [document.title or document.text for document in batch]
        for document, text, folded in zip(batch, found, fold_texts(found), strict=True):
            rows += 1
            if len(text) > LONGEST:
                skipped += 1
                continue
            key = folded.replace(" ", "") if " " in folded else folded
            if not key:  # nothing but signs that nobody sees
                continue
            place = places.get(key)
            fresh = place is None
            if place is None:
                place = places[key] = len(texts)
                texts.append(text.strip())
                kept.append(folded)
                lines.append(0)
            lines[place] += 1
            if (told := _came(document.metrics)) is not None:
                so_far = came.setdefault(place, [0.0, 0.0, 0.0])
                for number, value in enumerate(told):
                    so_far[number] += value
            for role, value in document.metrics.items():
                column = columns.get(role)
                if column is None:
                    column = columns[role] = []
                if len(column) <= place:
                    column += itertools.repeat(np.nan, place + 1 - len(column))
                old = column[place]
                if fresh or old != old:  # nan: not told before
                    column[place] = value
                elif measures[role] in ADDED:
                    column[place] = old + value
                elif measures[role] == "index":
                    column[place] = max(old, value)
                elif measures[role] == "rank":
                    column[place] = min(old, value)
    figures = {role: _filled(column, len(texts)) for role, column in columns.items()}
    # How often a word stands in a list tells how often it was searched only where nothing else does.
    listed = not any(measures[role] in TELLING for role in figures) and (not figures or max(lines, default=1) > 1)
    if listed:
        figures[LINES] = np.array(lines, np.float64)
    outcomes = np.zeros((len(texts), 3))
    if came:
        outcomes[list(came)] = list(came.values())
    tried, ordered, guessed = outcomes[:, 0], outcomes[:, 1], outcomes[:, 2]
    return SearchTable(
        texts, kept, figures, {**measures, LINES: "count"}, tried, ordered, guessed, rows, skipped, listed
    )


def _came(metrics: Mapping[str, float]) -> tuple[float, float, float] | None:
    """Return a row's clicks, the orders that it tells and those that its own rate comes to; None without both."""
    clicks = next((metrics[role] for role in CLICKS if role in metrics), None)
    if clicks is None:
        return None
    orders = next((metrics[role] for role in ORDERS if role in metrics), None)
    if orders is not None:
        return max(clicks, orders), orders, 0.0
    rate = metrics.get("conversion_rate")
    return None if rate is None else (clicks, 0.0, round(clicks * min(max(rate, 0.0), 1.0)))


def _filled(column: Sequence[float], size: int) -> Floats:
    values = np.full(size, np.nan)
    values[: len(column)] = column
    return values


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    left = iter(documents)
    while batch := list(itertools.islice(left, BATCH)):
        yield batch
