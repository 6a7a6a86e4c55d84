"""Categories of goods as the law tells them apart, as data: names, what lies in what, words that tell of one."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from copykit.datafiles import DataFiles
from copykit.errors import CopykitError, Words
from copykit.text.normalize import fold_text

if TYPE_CHECKING:
    from copykit.model import Brief


class UnknownCategory(CopykitError):
    """A category that no data file describes."""

    zh = "没有叫“{name}”的品类；可以写 {known}（全部：copykit data list categories）"
    en = "there is no category '{name}'; known: {known} (all: copykit data list categories)"


class Categories:
    """The categories of a run, found by id, name, alias or a word that stands for goods of theirs.

    DataFileError is raised when one is first asked for by name and two answer to one.
    """

    def __init__(self, files: DataFiles) -> None:
        self._files = files
        self._data: dict[str, Any] = files.load("categories")

    @functools.cached_property
    def _names(self) -> dict[str, str]:
        """Folded id, name or alias → id; made when first asked for, as few titles come with a category."""
        return self._files.by_name("categories", fold_text)

    @functools.cached_property
    def _words(self) -> dict[str, str]:
        """Folded word → id."""
        return {
            fold_text(word): identifier for identifier, data in self._data.items() for word in data.get("words", ())
        }

    def __getitem__(self, name: str) -> frozenset[str]:
        """Return the ids that a category's name stands for: its own and those that it lies in.

        Raises:
            UnknownCategory: with the nearest names.
        """
        found = self.told(name)
        if not found:
            import difflib

            near = difflib.get_close_matches(fold_text(name), list(self._names), 3, 0.5)
            known = near or [data["name"] for data in self._data.values()][:10]
            raise UnknownCategory(name=name, known=Words.listed(known))
        return found

    def told(self, text: str) -> frozenset[str]:
        """Return the ids that a short text such as a brief's category or product tells of; empty when none."""
        folded = fold_text(text).strip()
        if folded in self._names:
            return self._with_parents(self._names[folded])
        # The longest word that stands last tells what a thing is: 婴儿 面霜 is cosmetics.
        found = [(folded.rfind(word) + len(word), len(word), word) for word in self._words if word in folded]
        return self._with_parents(self._words[max(found)[2]]) if found else frozenset()

    def of(self, brief: Brief) -> frozenset[str]:
        """Return the ids that a brief's category, or else its product, tells of; empty when neither does."""
        return self.told(brief.category) or self.told(brief.product)

    def name_of(self, identifier: str) -> str:
        """Return what people call a category."""
        name: str = self._data[identifier]["name"]
        return name

    def _with_parents(self, identifier: str) -> frozenset[str]:
        ids: set[str] = set()
        waiting = [identifier]
        while waiting:
            current = waiting.pop()
            if current not in ids:
                ids.add(current)
                waiting += self._data[current].get("within", ())
        return frozenset(ids)


def names(files: DataFiles) -> Mapping[str, str]:
    """Return id → name of all categories."""
    return {identifier: data["name"] for identifier, data in files.load("categories").items()}
