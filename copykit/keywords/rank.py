"""Order the candidates of a text with a learned model: boosted trees kept as JSON, evaluated on whole columns.

Every tree asks the same question of all candidates at each of its levels, so that a tree is a few comparisons of whole
columns and one look into a table of leaves; no candidate is walked through a tree by itself.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from copykit.keywords.words import Table

Columns = Mapping[str, NDArray[np.float32]]


class Model:
    """A model from ``corpora/ranking/<id>.json``, written by ``tools/train_keywords.py``."""

    def __init__(self, name: str, data: Mapping[str, Any]) -> None:
        """Take the value of the file.

        ``questions``: [column, number] pairs, asking whether the column is above the number; ``trees``: the questions
        of each tree and its 2^questions leaves, the first question being the lowest bit of a leaf's number.
        """
        self.name = name
        self.columns: list[str] = data["columns"]
        self._questions: list[tuple[str, float]] = [(self.columns[place], value) for place, value in data["questions"]]
        self._trees = [(tree["asks"], np.array(tree["leaves"], np.float32)) for tree in data["trees"]]
        # Tags are no quantities; each is read as its place among the tags by how often they make keywords.
        self._tag_ranks = {name: np.array(ranks, np.float32) for name, ranks in data["tags"].items()}
        self._habits: Mapping[str, Mapping[str, Any]] = data["habits"]

    def tables(self) -> dict[str, Table]:
        """Return the word habits that the columns of this model need."""
        return {
            f"{self.name}.{side}": Table(
                dict(zip(habit["words"].split("\n"), base64.b64decode(habit["bytes"]), strict=True)), habit["default"]
            )
            for side, habit in self._habits.items()
        }

    def score(self, columns: Columns, begin: int = 0, end: int | None = None) -> NDArray[np.float32]:
        """Return a number for each candidate; within one text the higher comes first.

        ``begin``, ``end``: the trees to ask, all by default.
        """
        ready = {
            name: self._tag_ranks[name][columns[name].astype(np.intp)] if name in self._tag_ranks else columns[name]
            for name in self.columns
        }
        size = len(next(iter(ready.values())))
        answers: dict[int, NDArray[np.uint8]] = {}
        total, part = np.zeros(size, np.float32), np.empty(size, np.float32)
        leaf = np.empty(size, np.uint8)
        for asks, leaves in self._trees[begin:end]:
            leaf.fill(0)
            for ask in reversed(asks):
                answer = answers.get(ask)
                if answer is None:
                    name, value = self._questions[ask]
                    answer = answers[ask] = (ready[name] > np.float32(value)).view(np.uint8)
                np.add(leaf, leaf, out=leaf)
                np.bitwise_or(leaf, answer, out=leaf)
            leaves.take(leaf, out=part, mode="clip")  # no leaf is out of bounds; clip spares the check and a copy
            total += part
        return total
