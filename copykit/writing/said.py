"""What a text has said, and when two statements say the same or speak of the same thing."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from copykit.templating import Fact
from copykit.writing.facts import NAMES, Facts, Item

_RUN = 6  # characters; two statements that share as many say the same thing
_SAME = 0.6  # of the pairs of characters; 脚背高也一蹬就进 is 脚背高的孩子也一蹬就进
_NEAR = 3  # pairs of characters; one or two are often 一个 or 不会
_NEAR_A_POINT = 2  # it has a benefit, a proof and a scene to share them with, and a text needs something to say of it
_INK = re.compile(r"[^\w]+")


class Said:
    """What has been said so far, and in which order, so that a part which comes to nothing can be taken back."""

    __slots__ = ("_log", "grams", "ink", "names", "said", "shorts", "spoken", "used")

    def __init__(self, names: Mapping[str, int] | None = None) -> None:
        self.said: set[str] = set()  # paths of statements
        self.used: set[str] = set()  # paths of items
        self.spoken: set[str] = set()  # alternates that have words of their own
        self.grams: set[str] = set()  # runs of characters of what was stated
        self.shorts: set[str] = set()  # statements shorter than such a run
        self.ink = ""  # all that was stated, without punctuation
        self.names: Counter[str] = Counter(names or {})  # how often the product and its keywords were named
        self._log: list[tuple[set[str], Iterable[str]]] = []

    def add(self, kind: set[str], items: Iterable[str]) -> None:
        """Add to one of the sets."""
        new = set(items) - kind
        if new:
            kind |= new
            self._log.append((kind, new))

    def note(self, grams: Iterable[str], ink: str) -> None:
        """Remember a statement, so that nothing says it again."""
        self.add(self.grams, grams)
        self.ink += f"\n{ink}"
        if len(ink) < _RUN:
            self.add(self.shorts, (ink,))

    def mark(self) -> tuple[int, int, Counter[str]]:
        """Return where we are, for :meth:`back_to`."""
        return len(self._log), len(self.ink), Counter(self.names)

    def back_to(self, mark: tuple[int, int, Counter[str]]) -> None:
        """Forget what was said since a mark."""
        size, ink, self.names = mark
        while len(self._log) > size:
            kind, items = self._log.pop()
            kind.difference_update(items)
        self.ink = self.ink[:ink]


class Statements:
    """What one brief's facts state: what tells them from others, and which of them speak of the same thing."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        usual = [fact.text for name, fact in facts.single.items() if name in NAMES]
        self.keywords = tuple(item.fields["name"].text for item in facts.pools.get("keyword", ()))
        self.names = tuple(dict.fromkeys((facts.single["product"].text, *self.keywords)))
        self._usual = {gram for name in (*usual, *self.keywords) for gram in _grams(name)}
        self._grams: dict[str, frozenset[str]] = facts.memo.setdefault("grams", {})
        self._told = {
            item.fields["short"].path: item.fields[_shortened(item.fields)].path
            for item in facts.pools.get("point", ())
            if "short" in item.fields
        }
        self._inks: dict[str, str] = facts.memo.setdefault("inks", {})

    def again(self, fact: Fact, said: Said) -> bool:
        """Return whether a text that has said so much would say a thing twice with this fact."""
        if self.told_by(fact) in said.said or not said.grams.isdisjoint(self.grams(fact)):
            return True
        ink = self.ink(fact)
        if any(_within(short, ink) for short in said.shorts):
            return True
        return len(ink) < _RUN and _within(ink, said.ink)

    def grams(self, fact: Fact) -> frozenset[str]:
        """Return what tells a statement from others: its runs of characters, and its figures."""
        found = self._grams.get(fact.path)
        if found is None:
            found = self._grams[fact.path] = _grams(fact.text) - self._usual
        return found

    def ink(self, fact: Fact) -> str:
        """Return a statement without its punctuation and blanks."""
        found = self._inks.get(fact.path)
        if found is None:
            found = self._inks[fact.path] = _INK.sub("", fact.text)
        return found

    def told_by(self, fact: Fact) -> str:
        """Return the path of what is said when a fact is: ``short`` says a feature in fewer words, or its benefit."""
        return self._told.get(fact.path, fact.path)

    def near(self, item: Item, others: Iterable[Item]) -> bool:
        """Return whether an item speaks of the same thing as one of others: they share some pairs of characters."""
        return any(self._speaks_of(item, other) for other in others)

    def in_thread(self, item: Item, point: Item) -> bool:
        """Return whether an item speaks of a selling point."""
        known: dict[tuple[str, str], bool] = self._facts.memo.setdefault("threads", {})
        key = item.path, point.path
        if key not in known:
            known[key] = self._speaks_of(item, point)
        return known[key]

    def _speaks_of(self, item: Item, other: Item) -> bool:
        if item.path == other.path:
            return True
        for one, point in ((item, other), (other, item)):
            if point.words:  # it says itself by which words others are known to speak of it
                texts = list(map(self._unnamed, _texts(one)))
                return one.pool != "point" and any(word in text for text in texts for word in point.words)
        least = _NEAR_A_POINT if "point" in (item.pool, other.pool) else _NEAR
        return len(self._pairs_of(item) & self._pairs_of(other)) >= least

    def _unnamed(self, text: str) -> str:
        """Return a text without the product's names: what calls a clip lamp by its name is not yet about the clip."""
        for name in self.names:
            text = text.replace(name, "")
        return text

    def _pairs_of(self, item: Item) -> frozenset[str]:
        known: dict[str, frozenset[str]] = self._facts.memo.setdefault("pairs", {})
        if item.path not in known:
            text = "".join(_INK.sub("", each) + "\n" for each in _texts(item))
            found = {text[at : at + 2] for at in range(len(text) - 1) if "\n" not in text[at : at + 2]}
            known[item.path] = frozenset(found) - {name[at : at + 2] for name in self.names for at in range(len(name))}
        return known[item.path]


def _texts(item: Item) -> Iterable[str]:
    """Yield all that an item and the lists that it holds say."""
    yield from (fact.text for name, fact in item.fields.items() if name not in _FURNITURE)
    for inner in itertools.chain.from_iterable(item.lists.values()):
        yield from _texts(inner)


# What a reader is not told, or only where it was read.
_FURNITURE = frozenset(("picture", "source", "when", "date", "until", "who", "relation"))


def _grams(text: str) -> frozenset[str]:
    ink = _INK.sub("", text)
    return frozenset(ink[at : at + _RUN] for at in range(len(ink) - _RUN + 1))


def _within(short: str, ink: str) -> bool:
    """Return whether a short statement stands in what was said; a figure has to be the whole one: 4 is not in 640."""
    if short not in ink:
        return False
    return not short.isdigit() or re.search(rf"(?<!\d){short}(?!\d)", ink) is not None


def _shortened(fields: Mapping[str, Fact]) -> str:
    """Return which field of a point its ``short`` repeats: the benefit if it has its words, else the feature."""
    if "benefit" not in fields:
        return "feature"
    short, benefit, feature = (_pairs(fields[name].text) for name in ("short", "benefit", "feature"))
    return "benefit" if len(short & benefit) > max(len(short & feature), _SAME * len(short)) else "feature"


def _pairs(text: str) -> set[str]:
    ink = _INK.sub("", text)
    return {ink[at : at + 2] for at in range(len(ink) - 1)}
