"""Extremes in a title: numbers far from what is ordinary, contrasts, and a small cost beside a large effect."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from copykit.errors import Words as Both
from copykit.model import Finding
from copykit.rules.kinds import Build, KindMaker, RuleError, Words, best
from copykit.rules.reading import Reading
from copykit.rules.rule import Rule
from copykit.text.clauses import clauses
from copykit.text.normalize import fold_text, fold_texts
from copykit.text.numerals import numbers
from copykit.titles.quantities import Quantity, quantities_of


class QuantityKind:
    """Finds numbers that are large or tiny for their unit and category; only the best ``limit`` of them earn.

    The same number said again is no second one.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        self.quantities = quantities_of(build)
        self.triggers: frozenset[int] | None = frozenset((self.quantities.some,))

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield a finding an extreme number."""
        found: list[Finding] = []
        seen: set[tuple[str, float, float]] = set()
        for quantity in self.quantities.of(reading):
            extreme = self.quantities.extreme(reading, quantity)
            if extreme is not None:
                said = (quantity.measure.id, quantity.low, quantity.high)
                if said in seen:
                    continue
                seen.add(said)
                found.append(
                    self.rule.finding(
                        reading,
                        quantity.start,
                        quantity.end,
                        points=extreme.points,
                        compared=extreme.ordinary.compared[extreme.above],
                        side="高" if extreme.above else "低",
                        side_en="above" if extreme.above else "below",
                        measure_en=quantity.measure.name_en,
                    )
                )
        return best(found, self.rule.limit)


class ContrastKind:
    """Finds two numbers of one measure that lie far apart, or, with a ``lexicon``, two words that stand opposed.

    A measure says how far apart is far; where it asks for it, one of ``settings.joiners`` must stand between the two.
    A text that goes from one to the other (one of ``settings.starts`` shortly before the first and one of
    ``settings.ends`` between the two, or one of ``settings.turns`` there) needs less. With one of
    ``settings.not_behind`` behind the second (从3天到30天不等) the two are a range.
    After one of ``settings.not_before`` (每天5分钟) a number is a rate and no side of a contrast.
    An entry of the lexicon names its opposites in ``with=a|b``; side by side, or with only one of
    ``settings.not_between`` between them, they are an enumeration.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        settings = rule.settings.get("settings", {})
        self.joiners = tuple(fold_texts(settings.get("joiners", ())))
        self.not_before = tuple(fold_texts(settings.get("not_before", ())))
        self.not_between = frozenset(fold_texts(settings.get("not_between", ())))
        self.ends, self.turns = (tuple(fold_texts(settings.get(key, ()))) for key in ("ends", "turns"))
        self.course = _Course(settings)
        self.pairs = _Pairs(rule, build) if "lexicon" in rule.settings else None
        self.quantities = quantities_of(build)
        several = frozenset((self.quantities.several,))
        self.triggers: frozenset[int] | None = self.pairs.triggers if self.pairs else several

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield the findings, each over its first side with the other one related."""
        sides = self.pairs.of(reading) if self.pairs else self._apart(reading)
        text = reading.folded.text
        found = []
        for one, other in sides:
            first, second = sorted((one, other))
            if text[first[1] : second[0]] in self.not_between:
                continue  # an enumeration: 新手、高手都能用
            found.append(self.rule.finding(reading, *first, related=(second,), other=text[slice(*second)]))
        return best(found, self.rule.limit)

    def _apart(self, reading: Reading) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
        text = reading.folded.text
        quantities = self.quantities.of(reading)
        usable = [quantity for quantity in quantities if not text.endswith(self.not_before, 0, quantity.start)]
        for measure in {quantity.measure.id: quantity.measure for quantity in usable}.values():
            mine = [quantity for quantity in usable if quantity.measure is measure]
            changed = self._changed(text, mine, measure.changes)
            if changed is not None:
                yield changed
                continue
            small = min(mine, key=lambda quantity: quantity.high)
            large = max(mine, key=lambda quantity: quantity.low)
            if small is large or not 0 < small.high * measure.contrast <= large.low:
                continue
            between = text[min(small.end, large.end) : max(small.start, large.start)]
            if self.course.is_range(text, max(small.end, large.end)):
                continue
            joined = any(joiner in between for joiner in self.joiners)
            if joined or not (measure.joined or (small.plain and large.plain)):
                yield (small.start, small.end), (large.start, large.end)

    def _changed(
        self, text: str, quantities: Sequence[Quantity], least: float
    ) -> tuple[tuple[int, int], tuple[int, int]] | None:
        """Return the first two numbers of which the text goes from one to the other: 从38%降到12%."""
        for one, other in itertools.pairwise(quantities):
            small, large = sorted((one, other), key=lambda quantity: quantity.low)
            between = text[one.end : other.start]
            if not 0 < small.high * least <= large.low or len(between) > _NEAR:
                continue
            goes = self.course.starts_at(text, one.start) and any(end in between for end in self.ends)
            turned = goes or any(turn in between for turn in self.turns)
            if turned and not self.course.is_range(text, other.end):
                return one[:2], other[:2]
        return None


_NEAR = 8  # characters between the two sides of a change, and from 从 to the first


class _Course:
    """Whether a text goes from one number to another: one of ``starts`` stands shortly before the first (从3千).

    With one of ``not_behind`` behind the second (从3天到30天不等) the two are a range.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._starts, self._not_behind = (tuple(fold_texts(settings.get(key, ()))) for key in ("starts", "not_behind"))

    def starts_at(self, text: str, place: int) -> bool:
        """Return whether a text goes from the number at a place to another."""
        ahead = text[max(0, place - _NEAR) : place]
        return any(start in ahead for start in self._starts)

    def is_range(self, text: str, end: int) -> bool:
        """Return whether the numbers up to a place are the ends of a range."""
        return text.startswith(self._not_behind, end)


class ChangeKind:
    """Finds a number that turned into another, where their unit is left unsaid: 从3千涨到8千, 电费从300降到120.

    ``words`` are those that turn one into the other. The larger has to be ``settings.least`` times the smaller, so
    that it is told; two years are none. Where none of ``settings.starts`` stands shortly before the first, the turn
    follows it at once or behind its unit. Numbers that both have units are the contrast kind's.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        words = Words(rule, build)
        self.triggers: frozenset[int] | None = frozenset((words.slot,))
        self._turns = words.slot
        self._least = rule.settings["settings"]["least"]
        self._course = _Course(rule.settings["settings"])
        self.quantities = quantities_of(build)

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield a finding over the first number, with the second related."""
        text = reading.folded.text
        told = list(numbers(text, reading.bounds))
        counted = {quantity.start for quantity in self.quantities.of(reading)}
        found: list[Finding] = []
        for start, end in reading.hits[self._turns]:
            behind = next((number for number in told if number.start == end), None)
            ahead = next((number for number in reversed(told) if number.end <= start), None)
            if behind is None or ahead is None or counted >= {ahead.start, behind.start}:
                continue
            goes = self._course.starts_at(text, ahead.start)
            if len(clauses(text[ahead.end : start])) > 1 or start - ahead.end > (_NEAR if goes else 1):
                continue
            one, other = ahead.scaled_as(behind), behind
            years = one.bare and other.bare and all(1900 <= number.low < 2100 for number in (one, other))
            small, large = sorted((one.high, other.low))
            if years or not 0 < small * self._least <= large or self._course.is_range(text, other.end):
                continue
            second = (other.start, other.end)
            found.append(self.rule.finding(reading, one.start, one.end, related=(second,), other=text[slice(*second)]))
        return best(found, self.rule.limit)


class BareContrastKind:
    """Finds two prices side by side of which one or both leave their unit out: 300和3000差的不是绒, 98块的…和980的.

    One of ``words`` stands between them, ``settings.reach`` characters at most; the larger is ``settings.least`` times
    the smaller, which is ``settings.from`` at least. Behind the first stand ``settings.first`` or the word itself,
    behind the second ``settings.second``. Where both have units it is the contrast kind's.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        settings = rule.settings["settings"]
        words = Words(rule, build)
        self.triggers: frozenset[int] | None = frozenset((words.slot,))
        self._joins = words.slot
        self._least, self._from, self._reach = settings["least"], settings["from"], settings["reach"]
        self._first, self._second = (tuple(fold_texts(settings[key])) for key in ("first", "second"))
        self.quantities = quantities_of(build)

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield a finding over the first number, with the second related."""
        text = reading.folded.text
        told = list(numbers(text, reading.bounds))
        counted = {quantity.start for quantity in self.quantities.of(reading)}
        found: list[Finding] = []
        for start, end in reading.hits[self._joins]:
            ahead = next((number for number in reversed(told) if number.end <= start), None)
            behind = next((number for number in told if number.start == end), None)
            if ahead is None or behind is None or counted >= {ahead.start, behind.start}:
                continue
            if start - ahead.end > self._reach or not (
                start == ahead.end or text.startswith(self._first, ahead.unit_start)
            ):
                continue
            small, large = sorted((ahead.high, behind.low))
            if (
                small < self._from
                or small * self._least > large
                or not text.startswith(self._second, behind.unit_start)
            ):
                continue
            second = (behind.start, behind.end)
            found.append(
                self.rule.finding(reading, ahead.start, ahead.end, related=(second,), other=text[slice(*second)])
            )
        return best(found, self.rule.limit)


class _Pairs:
    """Words that stand opposed, from a list with the field ``with``."""

    def __init__(self, rule: Rule, build: Build) -> None:
        words = Words(rule, build)
        self.opposites: dict[str, frozenset[str]] = {}
        for word, fields in words.fields.items():
            if "with" not in fields:
                zh, en = f"“{word}”要写 with=对面的词", f"'{word}' needs with=its opposites"
                raise RuleError(rule=rule.id, reason=Both(zh, en))
            self.opposites[word] = frozenset(map(fold_text, fields["with"].split("|")))
        exceptions = build.lexicons[rule.settings["lexicon"]].exceptions
        self.first = words.slot
        second = sorted({other for others in self.opposites.values() for other in others})
        self.second = build.automaton.slot((rule.id, "opposites"), second, exceptions)
        self.triggers = frozenset((self.first,))

    def of(self, reading: Reading) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
        """Yield the spans of each pair, one pair a first word."""
        seconds = reading.hits.get(self.second)
        if seconds is None:
            return
        text = reading.folded.text
        for start, end in reading.hits.get(self.first, ()):
            others = self.opposites.get(text[start:end], frozenset())
            for hit in seconds:
                if text[slice(*hit)] in others and (hit[1] <= start or end <= hit[0]):
                    yield (start, end), hit
                    break


class SmallCostKind:
    """Finds a tiny cost together with a large effect in one title.

    A cost is a number below what its category or its measure calls small, or a word of the first list; an effect is
    a word of the second list, a number far above the ordinary (``settings.strong`` points at least), or such a number
    right after one of ``settings.verbs`` (顶一年). One of ``settings.not`` right before an effect undoes it.
    A price of any size is one beside a use (one of ``settings.uses`` before a time of ``least_use`` seconds at least)
    by which a day comes to ``settings.per_day`` at most.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        settings = rule.settings["settings"]
        costs, effects = (build.lexicons[name] for name in (settings["costs"], settings["effects"]))
        self.costs = build.automaton.slot((rule.id, "costs"), costs.entries, costs.exceptions)
        self.effects = build.automaton.slot((rule.id, "effects"), effects.entries, effects.exceptions)
        self.verbs = tuple(fold_texts(settings["verbs"]))
        self.denials = tuple(fold_texts(settings["not"]))
        self.strong = int(settings["strong"])
        self.uses = tuple(fold_texts(settings["uses"]))
        self.per_day, self.least_use = settings["per_day"], settings["least_use"]
        self.quantities = quantities_of(build)
        self.triggers: frozenset[int] | None = frozenset((self.quantities.some, self.costs))

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield one finding over the cost, with the effect related."""
        quantities = self.quantities.of(reading)
        costs = list(reading.hits.get(self.costs, ()))
        costs += [(quantity.start, quantity.end) for quantity in quantities if self._is_small(reading, quantity)]
        text = reading.folded.text
        for cost in sorted(costs):
            for effect in self._effects(reading, quantities):
                if effect[1] <= cost[0] or cost[1] <= effect[0]:
                    return (self.rule.finding(reading, *cost, related=(effect,), effect=text[slice(*effect)]),)
        for price in quantities:
            for use in quantities if price.measure.id == _PRICE and not price.plain else ():
                verb = next((verb for verb in self.uses if text.endswith(verb, 0, use.start)), "")
                long = use.measure.id == _TIME and use.low >= self.least_use and not text.startswith(_OF, use.end)
                if verb and long and price.high <= self.per_day * use.low / _DAY:
                    effect = (use.start - len(verb), use.end)
                    return (self.rule.finding(reading, *price[:2], related=(effect,), effect=text[slice(*effect)]),)
        return ()

    def _is_small(self, reading: Reading, quantity: Quantity) -> bool:
        measure = quantity.measure
        if measure.small < 0:
            return False
        if quantity.high <= measure.small:
            return True
        ordinary = self.quantities.ordinary(reading, quantity) if measure.by_context else None
        return ordinary is not None and ordinary.known and quantity.high <= ordinary.low

    def _effects(self, reading: Reading, quantities: Sequence[Quantity]) -> Iterator[tuple[int, int]]:
        text = reading.folded.text
        for start, end in reading.hits.get(self.effects, ()):
            if not text.endswith(self.denials, 0, start):
                yield start, next((q.end for q in quantities if q.start == end and q.measure.slot is not None), end)
        for quantity in quantities:
            extreme = self.quantities.extreme(reading, quantity)
            verb = next((verb for verb in self.verbs if text.endswith(verb, 0, quantity.start)), "")
            if verb and text.startswith(_OF, quantity.end):
                continue
            if extreme is not None and extreme.above and (extreme.points >= self.strong or verb):
                yield quantity.start - len(verb), quantity.end


_PRICE, _TIME, _DAY = "money", "time", 86400
_OF = "的"  # behind a time of use: how old the thing is, no effect of the cost (用了八年的旧风扇)


class HeapKind:
    """Fires once when a text holds ``at_least`` numbers or more; ``points_each`` for every further one."""

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        self.at_least = int(rule.settings.get("at_least", 4))
        self.each = int(rule.settings.get("points_each", 0))
        self.quantities = quantities_of(build)
        self.triggers: frozenset[int] | None = frozenset((self.quantities.several,))

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield one finding over the first number, with the others related."""
        counted = [(quantity.start, quantity.end) for quantity in self.quantities.of(reading) if not quantity.plain]
        extra = len(counted) - self.at_least
        if extra < 0:
            return ()
        points = self.rule.points + self.each * min(extra, self.rule.limit)
        return (self.rule.finding(reading, *counted[0], points=points, related=counted[1:], count=len(counted)),)


KINDS: dict[str, KindMaker] = {
    "quantity": QuantityKind,
    "contrast": ContrastKind,
    "change": ChangeKind,
    "bare_contrast": BareContrastKind,
    "small_cost": SmallCostKind,
    "heap": HeapKind,
}
