"""Say one passage of a text: which alternate, filled with which facts, so that no statement comes twice.

``Passages`` remembers what its text has said so far; which part comes when is for ``copykit.writing.compose``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from copykit import templating
from copykit.templating import Alternate, Fact, Marked, Tight
from copykit.writing.facts import NAMES, Facts, Item
from copykit.writing.forms import Form
from copykit.writing.said import Said, Statements

T = TypeVar("T")


class TooLong(NamedTuple):
    """A fact, with its field, for which a place of the form has no room, and for how many characters it has."""

    path: str
    text: str
    room: int


class Binding(NamedTuple):
    """How an alternate is filled: its variables, the statements it makes, the items it takes from their pools."""

    variables: dict[str, Any]
    facts: list[Fact]
    taken: list[Item]


class Dice:
    """Choices that a seed determines."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def number(self, key: str) -> int:
        """Return a number of 64 bits for a place."""
        return int.from_bytes(hashlib.blake2b(f"{self._seed}|{key}".encode(), digest_size=8).digest())

    def shuffled(self, items: Sequence[T], key: str) -> list[T]:
        """Return items in an order drawn for a place."""
        left, drawn = list(items), []
        number = self.number(key)
        while left:
            number, at = divmod(number, len(left)) if number >= len(left) else (self.number(f"{key}{len(left)}"), 0)
            drawn.append(left.pop(at))
        return drawn


class Source:
    """What all texts of one form and one brief are made of."""

    def __init__(self, form: Form, facts: Facts, *, keyword: bool, barred: Sequence[str], breath: int) -> None:
        """Take what ``Composer`` takes."""
        self.form, self.facts = form, facts
        self.statements = Statements(facts)
        self.keyword = keyword
        self._barred = re.compile("|".join(map(re.escape, barred))) if barred else None
        self._bars: dict[str, bool] = {}
        self.single: Mapping[str, Any] = {**facts.single, "breath": breath}

    def bars(self, alternate: Alternate) -> bool:
        """Return whether an alternate's own words are none that this text's voice would use."""
        if self._barred is None or alternate.bare:
            return False
        if alternate.id not in self._bars:
            self._bars[alternate.id] = self._barred.search(alternate.source) is not None
        return self._bars[alternate.id]


class Passages:
    """The passages of one text, and what it has said: ``state``, ``lacks`` (facts for no alternate), ``long``."""

    def __init__(self, source: Source, dice: Dice, length: int, thread: Item | None) -> None:
        self._source, self._dice, self._length, self._thread = source, dice, length, thread
        self._statements = source.statements
        self.state = Said()
        self.lacks: dict[str, None] = {}
        self.long: dict[str, TooLong] = {}
        self._orders: dict[str, list[Item]] = {}
        self._counts: list[Fact] = []
        self._limits: Mapping[str, int] = source.form.data.get("limits", {})

    def pool(self, name: str, order: str = "drawn") -> Sequence[Item]:
        """Return a pool's items as drawn, with the core one first (``core``), or as the brief tells them (``told``)."""
        items = self._source.facts.pools.get(name, ())
        if order == "told" or len(items) < 2:
            return items
        key = f"{name}.{order}"
        if key not in self._orders:
            first = items[:1] if order == "core" else ()
            drawn = [*first, *self._dice.shuffled(items[len(first) :], f"pool.{name}")]
            if self._thread is not None:
                drawn.sort(key=lambda item: not self.near((item,), {}))
            self._orders[key] = drawn
        return self._orders[key]

    def near(self, items: Iterable[Item], bound: Mapping[str, Item]) -> list[Item]:
        """Return those items that speak of the text's thread, or, where it has none, of what is bound."""
        if self._thread is not None:
            return [item for item in items if self._statements.in_thread(item, self._thread)]
        return [item for item in items if self._statements.near(item, bound.values())]

    def passage(self, name: str, bound: Mapping[str, Item], key: str, number: int) -> Marked | None:
        """Return what ``rendered`` does, as people read it."""
        rendered = self.rendered(name, bound, key, number)
        return self.unmark(rendered) if rendered else None

    def rendered(
        self,
        name: str,
        bound: Mapping[str, Item],
        key: str,
        number: int,
        *,
        label: bool = False,
        near: bool = False,
    ) -> str | None:
        """Return what one of a passage's alternates says, marks and all; None when there are facts for none."""
        lacks: list[str] = []
        limit = self._limits.get(name)
        second: tuple[Alternate, Binding, str] | None = None
        least = 0
        long: list[Fact] = []
        for alternate in self.in_turn(self._source.form.passages[name], key):
            if second is not None and alternate.rank > second[0].rank:  # worn, yet better than what stands in for it
                break
            # Words of a text do not come again; a table's come last if they do, for its labels have no others.
            if not alternate.bare and not label and alternate.id in self.state.spoken:
                continue
            binding = self.binding(alternate, bound, near=near)
            if binding is None:
                lacks += [".".join(filter(None, each)) for each in alternate.needs if not self._there(each, bound)]
                continue
            binding.variables["number"] = self.count(number)
            rendered = templating.render(alternate, binding.variables)
            if not rendered:
                continue
            if limit is not None and len(self.unmark(rendered).text) > limit:
                long += binding.facts
                continue
            worn = self._worn(rendered)
            if worn:  # its names have been said often enough, if there is another way to say it
                if second is None or worn < least:
                    second, least = (alternate, binding, rendered), worn
                continue
            return self._said(alternate, binding, rendered)
        self.lacks |= dict.fromkeys(lacks)
        if second is None and limit is not None:
            self.long |= {fact.path: TooLong(fact.path, fact.text, limit) for fact in long}
        return self._said(*second) if second is not None else None

    def in_turn(self, alternates: Sequence[Alternate], key: str) -> list[Alternate]:
        """Return alternates as drawn; those that hold a keyword first, as long as one is asked for and not yet said."""
        drawn = self._dice.shuffled(alternates, key)
        asked = self._source.keyword and not any(self.state.names[name] for name in self._statements.keywords)
        bars = self._source.bars
        spoken = self.state.spoken
        drawn.sort(
            key=lambda one: (
                one.rank,
                bars(one),
                asked and ("keyword", "name") not in one.needs,
                not one.bare and one.id in spoken,
            )
        )
        return drawn

    def _worn(self, rendered: str) -> int:
        """Return how often a passage says names that the text has said often enough."""
        names, enough = self.state.names, min(self._length, _OFTEN)
        return sum(rendered.count(name) for name in self._statements.names if names[name] > enough)

    def _said(self, alternate: Alternate, binding: Binding, rendered: str) -> str:
        """Note what an alternate states and takes, and return what it says."""
        state = self.state
        state.add(state.said, [self._statements.told_by(fact) for fact in binding.facts])
        state.add(state.used, [item.path for item in binding.taken])
        state.add(state.spoken, (alternate.id,))
        for fact in binding.facts:
            state.note(self._statements.grams(fact), self._statements.ink(fact))
        for name in self._statements.names:
            if name in rendered:
                state.names[name] += 1
        return rendered

    def _there(self, key: tuple[str, str], bound: Mapping[str, Item]) -> bool:
        root, name = key
        if not name:
            return root in self._source.facts.single or root in _COUNTS
        items = [bound[root]] if root in bound else self._source.facts.pools.get(root, ())
        return any(name in item.fields for item in items)

    def binding(
        self, alternate: Alternate, bound: Mapping[str, Item], text: Said | None = None, *, near: bool = False
    ) -> Binding | None:
        """Return how to fill an alternate, or None when there are not the facts for it.

        ``text``: what has been said by the text for which this is a title. ``near``: free items have to speak of the
        same thing as those that are bound.
        """
        wanted: dict[str, list[str]] = {}
        for root, name in alternate.needs:
            if name:
                wanted.setdefault(root, []).append(name)
            elif root not in self._source.facts.single and root not in _COUNTS:
                return None
        variables: dict[str, Any] = {}
        facts: list[Fact] = []
        taken: list[Item] = []
        for root, names in wanted.items():
            item = bound.get(root)
            candidates = [item] if item is not None else self._free(root)
            if near and item is None:
                candidates = self.near(candidates, bound)
            if text is not None and self._thread is not None and root in _TROUBLES:  # not even by its name
                candidates = self.near(candidates, bound)
            chosen = next((each for each in candidates if self._may_say(each, names, text)), None)
            if chosen is None:
                return None
            variables[root] = {name: chosen.fields[name] for name in names}
            facts += [chosen.fields[name] for name in names if name not in NAMES]
            if item is None:
                taken.append(chosen)
        chosen_of = {item.pool: item for item in taken}
        for root, name in alternate.may:  # what an {% if %} asks for, of what is bound or was chosen
            if name:
                item = bound.get(root) or chosen_of.get(root)
                fields = variables.setdefault(root, {})
                if item is not None and name not in fields and self._may_say(item, [name], text):
                    fields[name] = item.fields[name]
                    facts += [item.fields[name]] if name not in NAMES else []
        return Binding({**self._source.single, **variables}, facts, taken)

    def _free(self, pool: str) -> list[Item]:
        """Return a pool's items, the thread and then those not used yet first."""
        items = self.pool(pool, "core" if pool == "point" else "drawn")
        return sorted(items, key=lambda item: item is not self._thread and item.path in self.state.used)

    def _may_say(self, item: Item, names: Iterable[str], text: Said | None) -> bool:
        for name in names:
            fact = item.fields.get(name)
            if fact is None:
                return False
            if name in NAMES:
                continue
            if text is not None:
                if not self._keeps(text, item, fact):
                    return False
                continue
            if self._statements.again(fact, self.state):
                return False
        return True

    def _keeps(self, text: Said, item: Item, fact: Fact) -> bool:
        """Return whether a text keeps what a title states: it says it, or speaks of the thing and has no new figure."""
        if self._statements.told_by(fact) in text.said:
            return True
        if _FIGURE.search(fact.text):
            return False
        if item.path in text.used:
            return True
        # What bothers readers is no promise, but the text has to be about it.
        if item.pool not in _TROUBLES:
            return False
        if self._thread is not None:
            return bool(self.near((item,), {}))
        return self._statements.near(item, self._told(text))

    def _told(self, text: Said) -> list[Item]:
        return [each for items in self._source.facts.pools.values() for each in items if each.path in text.used]

    def count(self, number: int) -> Fact:
        """Return a number as a fact, so that where it stands is known; it is said of nothing in the brief."""
        while len(self._counts) < max(number, 1):
            fact = Fact(len(self._source.facts.all) + len(self._counts), str(len(self._counts) + 1), "count")
            self._counts.append(fact)
        return self._counts[max(number, 1) - 1]

    def unmark(self, rendered: str, *, tight: Tight = "") -> Marked:
        """Return what was rendered as people read it, and where its facts stand."""
        facts = [*self._source.facts.all, *self._counts] if self._counts else self._source.facts.all
        return templating.unmark(rendered, facts, tight=tight)


_OFTEN = 1  # however long a text is, what stands in it thrice is named otherwise if that can be
_COUNTS = frozenset(("number", "count"))
# What bothers readers is no promise.
_TROUBLES = frozenset(("pain", "scene"))
_FIGURE = re.compile(r"\d")
