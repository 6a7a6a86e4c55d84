"""Categories of goods as the law tells them apart, as data: names, what lies in what, words that tell of one."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from copykit.datafiles import DataFiles
from copykit.errors import CopykitError, DataFileError, Problem, Words
from copykit.lexicon import Lexicons
from copykit.text.normalize import fold_text

if TYPE_CHECKING:
    from copykit.model import Brief


class UnknownCategory(CopykitError):
    """A category that no data file describes."""

    zh = "没有叫“{name}”的品类；可以写 {known}（全部：copykit data list categories）"
    en = "there is no category '{name}'; known: {known} (all: copykit data list categories)"


class Barred(NamedTuple):
    """Goods that may be listed nowhere, named in a text: ``name`` as it is written, ``rest`` is what follows.

    ``same_goods`` are words that may begin the rest and change nothing of what is sold (胶囊).
    """

    name: str
    rest: str
    why: Words
    source: str
    same_goods: tuple[str, ...]


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
            # What is named by its parts (农药、兽药、饲料) is left to them: in a list they would come twice.
            known = near or [data["name"] for data in self._data.values() if "、" not in data["name"]][:10]
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

    def barred(self, text: str) -> Barred | None:
        """Return the last goods of a folded text that may be listed nowhere, None where there are none."""
        found = next(reversed(list(self._barring.finditer(text))), None)
        if found is None or found[1] is None:
            return None
        barred = self._data[self._barred_names[found[1]]]["barred"]
        why = Words(barred["why"], barred["en"]["why"])
        followed = tuple(sorted(barred.get("followed", ()), key=len, reverse=True))
        return Barred(found[1], text[found.end() :], why, barred["source"], followed)

    @functools.cached_property
    def _barred_names(self) -> dict[str, str]:
        """Folded Chinese name of goods that may be listed nowhere → id."""
        lexicons = Lexicons(self._files)
        names: dict[str, str] = {}
        for identifier, data in self._data.items():
            if "barred" in data:
                told = [data["name"], *data.get("aliases", ()), *data.get("words", ())]
                told += self._listed(identifier, data["barred"].get("lexicon"), lexicons)
                names |= {name: identifier for name in map(fold_text, told) if not name.isascii()}
        return names

    def _listed(self, identifier: str, lexicon: str | None, lexicons: Lexicons) -> Iterable[str]:
        if lexicon is None:
            return ()
        if lexicon not in lexicons:
            zh, en = f"没有叫“{lexicon}”的词表", f"there is no word list '{lexicon}'"
            raise DataFileError([Problem(identifier, 0, "barred.lexicon", zh, en)])
        return lexicons[lexicon].entries

    @functools.cached_property
    def _barring(self) -> re.Pattern[str]:
        """What finds those names, as its group; longer phrases that are of other goods leave it empty."""
        excepted = {
            fold_text(each) for data in self._data.values() for each in data.get("barred", {}).get("except", ())
        }
        longest = (sorted(words, key=lambda word: (-len(word), word)) for words in (excepted, self._barred_names))
        other, barred = ("|".join(map(re.escape, words)) for words in longest)
        return re.compile(f"(?:{other})|({barred})" if other else f"({barred})")

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
