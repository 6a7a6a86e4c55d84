"""Quantities of a title: numbers beside units, held against what is ordinary for them.

What a unit is, what is ordinary for it and what a number beyond that is worth stands in ``data/quantities``. The
quantities of a text are read once and kept in ``reading.memo["quantities"]``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from copykit.rules.kinds import Build
from copykit.rules.reading import Batch, Reading
from copykit.text.normalize import fold_text, fold_texts
from copykit.text.numerals import AFTER_PREFIX, BEFORE_UNIT, HEDGES, ONE_DIGIT, Number, numbers

Steps = tuple[tuple[float, int], ...]


class Ordinary(NamedTuple):
    """What is ordinary for a category: from ``low`` to ``high`` base units; ``steps`` are what lies beyond is worth.

    ``known`` is False for what holds where no category applies; ``compared`` is what a number below, and one above, is
    held against in a reason.
    """

    name: str
    low: float
    high: float
    compared: tuple[str, str]
    below: Steps
    above: Steps
    known: bool = True
    not_before: tuple[str, ...] = ()
    plausible: tuple[float, float] = (0.0, float("inf"))


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """One file of ``data/quantities``."""

    id: str
    ordinary: Ordinary | None
    categories: Mapping[str, Ordinary]
    slot: int | None
    in_clause: bool
    by_context: bool
    small: float
    contrast: float
    changes: float
    joined: bool
    ranges: bool
    whole: bool
    one: bool
    not_before: tuple[str, ...]
    not_after: tuple[str, ...]
    packs: tuple[str, ...]
    tail_before: tuple[str, ...]
    no_tail_before: frozenset[str]
    heads: tuple[str, ...]
    people: frozenset[str]
    name_en: str
    glued: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """One unit of a measure, with what makes its number something else."""

    measure: Measure
    factor: float
    add: float = 0.0
    tail: float = 0.0
    not_values: tuple[tuple[float, float], ...] = ()
    not_years: tuple[tuple[float, float], ...] = ()
    not_after: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()
    free_from: float = float("inf")


class Quantity(NamedTuple):
    """A number with its unit at ``start:end`` of the folded text, in base units; ``low`` < ``high`` when it is vague.

    ``plain`` marks 一 before a unit, which is often no number (一天到晚, 有一次).
    """

    start: int
    end: int
    low: float
    high: float
    measure: Measure
    unit: Unit
    plain: bool = False


class Extreme(NamedTuple):
    """How a quantity lies outside the ordinary."""

    points: int
    above: bool
    ordinary: Ordinary


def quantities_of(build: Build) -> Quantities:
    """Return the reader of quantities of an engine; its rules share one."""
    quantities = build.detector("quantities", Quantities)
    assert isinstance(quantities, Quantities)
    return quantities


class Quantities:
    """Reads the quantities of a text before its rules are asked, and says in slots how many there are.

    ``some`` stands for one or more, ``several`` for two or more.
    """

    def __init__(self, build: Build) -> None:
        self._units: dict[str, Unit] = {}
        self._before: dict[str, Unit] = {}
        self._contexts: dict[tuple[str, str], Ordinary | None] = {}
        self.measures: dict[str, Measure] = {}
        for name, data in sorted(build.data("quantities").items()):
            self._add(name, data, build)
        # How long the units are that begin with a character, the longest first.
        self._lengths: dict[str, list[int]] = {}
        for size in sorted(set(map(len, self._units)), reverse=True):
            for first in {unit[0] for unit in self._units if len(unit) == size}:
                self._lengths.setdefault(first, []).append(size)
        self._prefixes = tuple(sorted(self._before, key=len, reverse=True))
        self._prefix_ends = frozenset(prefix[-1] for prefix in self._prefixes)
        years = [f"{year}年" for year in range(1900, 2100)]  # the commonest number that is no quantity
        self._places = build.automaton.slot("quantity places", _places(self._units, self._before), years)
        # Nothing in the automaton hits these two; they are set here, so that rules wait for them as for words.
        self.some, self.several = (
            build.automaton.mark(("quantities", many), (self._places,)) for many in ("some", "several")
        )

    def __call__(self, batch: Batch) -> None:
        """Keep the quantities of each text in its memo, in order and without overlap."""
        places = self._places
        for reading in batch.readings:
            if places not in reading.hits:
                continue
            found = list(self._read(reading))
            if found:
                reading.memo["quantities"] = found
                spans = [quantity[:2] for quantity in found]
                reading.hits[self.some] = spans
                if len(found) > 1:
                    reading.hits[self.several] = spans

    def of(self, reading: Reading) -> list[Quantity]:
        """Return the quantities of a text."""
        found: list[Quantity] = reading.memo.get("quantities", [])
        return found

    def ordinary(self, reading: Reading, quantity: Quantity) -> Ordinary | None:
        """Return what is ordinary for a quantity: by a word of the text, by the brief, or for the measure at large."""
        measure = quantity.measure
        context = self._by_context(reading, measure) if measure.by_context else None
        hits = reading.hits.get(measure.slot) if measure.slot is not None else None
        if hits:
            nearest = _nearest(reading, quantity, hits)
            if nearest is not None and (context is None or nearest[1] <= 1):
                return nearest[0]
        return context or measure.ordinary

    def extreme(self, reading: Reading, quantity: Quantity) -> Extreme | None:
        """Return how far a quantity lies outside the ordinary, None when it does not."""
        if quantity.plain and not quantity.measure.one:
            return None
        ordinary = self.ordinary(reading, quantity)
        if ordinary is None or not ordinary.plausible[0] <= quantity.low <= ordinary.plausible[1]:
            return None
        if quantity.low > ordinary.high:
            ratio, steps = quantity.low / ordinary.high if ordinary.high else float("inf"), ordinary.above
        elif quantity.high < ordinary.low:
            ratio, steps = ordinary.low / quantity.high if quantity.high else float("inf"), ordinary.below
        else:
            return None
        points = max((points for least, points in steps if ratio >= least), default=0)
        return Extreme(points, steps is ordinary.above, ordinary) if points else None

    def _add(self, name: str, data: Mapping[str, Any], build: Build) -> None:
        general, base, levels = data["ordinary"], data["base"], data["levels"]
        categories: dict[str, Ordinary] = {}
        for entry in data.get("category", ()):
            shared = _ordinary("", entry, base, levels)
            for word in fold_texts(entry["words"]):
                categories[word] = shared if "name" in entry else _ordinary(word, entry, base, levels)
        measure = Measure(
            id=name,
            ordinary=_ordinary(data["name"], general, base, levels, known=False) if "range" in general else None,
            categories=categories,
            slot=build.automaton.slot(("quantity category", name), categories) if categories else None,
            in_clause=data.get("scope", "clause") == "clause",
            by_context=data.get("context", False),
            small=data.get("small", -1.0),
            contrast=data.get("contrast", float("inf")),
            changes=data.get("changes", data.get("contrast", float("inf"))),
            joined=data.get("joined", False),
            ranges=data.get("ranges", True),
            whole=data.get("whole", False),
            one=data.get("one", False),
            not_before=_folded(data, "not_before"),
            not_after=_folded(data, "not_after"),
            packs=_folded(data, "packs"),
            tail_before=_folded(data, "tail_before"),
            no_tail_before=BEFORE_UNIT | {*_folded(data, "packs"), *_folded(data, "no_tail_before")},
            heads=_folded(data, "heads"),
            people=frozenset(_folded(data, "people")),
            name_en=data["name_en"],
            glued=_folded(data, "glued"),
        )
        self.measures[name] = measure
        for entry in data["units"]:
            unit = Unit(
                measure,
                entry["factor"],
                entry.get("add", 0.0),
                entry.get("tail", 0.0),
                _ranges(entry, "not_values"),
                _ranges(entry, "not_years"),
                _folded(entry, "not_after") + measure.not_after,
                _folded(entry, "only_after"),
                entry.get("free_from", float("inf")),
            )
            self._units.update(dict.fromkeys(fold_texts(entry["words"]), unit))
        plain = Unit(measure, 1.0, not_values=_ranges(data["units"][0], "not_values"))
        large = replace(plain, not_values=((0, 9_999),))
        self._before.update(dict.fromkeys(_folded(data, "before_large"), large))
        self._before.update(dict.fromkeys(_folded(data, "before"), plain))

    def _read(self, reading: Reading) -> Iterator[Quantity]:
        text = reading.folded.text
        found = list(numbers(text, reading.bounds, self._prefixes))
        held: Quantity | None = None
        at = 0
        while at < len(found):
            number = found[at]
            at += 1
            if held is not None and number.start < held.end:
                continue  # the second 9 of 9块9
            last = found[at] if at < len(found) and _is_range(text, number, found[at]) else number
            measured = self._measured(reading, number, last)
            if measured is None and last is not number:
                measured = self._measured(reading, number, number)
            elif last is not number:
                at += 1
            for quantity in measured or ():
                if held is None:
                    held = quantity
                elif _adds_to(held, quantity):
                    low, high = held.low + quantity.low, held.high + quantity.high
                    held = held._replace(end=quantity.end, low=low, high=high, plain=False)
                else:
                    yield self._by_piece(held, reading, found)
                    held = quantity
        if held is not None:
            yield self._by_piece(held, reading, found)

    def _measured(self, reading: Reading, first: Number, last: Number) -> list[Quantity] | None:
        """Return the quantities of a number or of a range of two, None when no unit stands by.

        Both ends of a range stand apart when the text goes from one to the other (从120到98斤, 月薪3千到3万).
        """
        text = reading.folded.text
        placed = self._unit_after(reading, last)
        start = first.start
        if placed is not None:
            unit, end = placed
        else:
            prefixed = self._unit_before(text, start)
            if prefixed is None:
                return None
            unit, start = prefixed
            end = last.end
        measure = unit.measure
        if text.startswith(unit.not_after, end) or text.endswith(measure.not_before, 0, start):
            return []
        if last is first:
            has_tail = unit.tail and text[end - 1] in _TAILS
            return [] if not has_tail and _is_no_quantity(first, unit) else [_scaled(first, unit, start, end, text)]
        low = first.scaled_as(last)
        travels = text[first.end] in "到至" and (start != first.start or text.endswith("从", 0, start))
        if low.low > last.high or travels:
            return [_scaled(low, unit, start, first.end, text), _scaled(last, unit, last.start, end, text)]
        if not measure.ranges:
            return []
        lowest, highest = (low.low + unit.add) * unit.factor, (last.high + unit.add) * unit.factor
        return [Quantity(start, end, lowest, highest, measure, unit)]

    def _unit_after(self, reading: Reading, number: Number) -> tuple[Unit, int] | None:
        text = reading.folded.text
        start = number.unit_start
        for length in self._lengths.get(text[start : start + 1], ()):
            end = start + length
            unit = self._units.get(text[start:end])
            if unit is None or end > len(text):
                continue
            # A unit that is only the beginning of a word is none: 3年轻, 双11天猫, 五年级.
            if end not in reading.bounds and not unit.only_after and not text.startswith(unit.measure.glued, end):
                continue
            if unit.tail:
                end = _tail_end(text, end, unit)
            if unit.only_after and number.high < unit.free_from and not _is_followed(text, end, unit.only_after):
                continue
            return unit, end
        return None

    def _by_piece(self, quantity: Quantity, reading: Reading, found: Sequence[Number]) -> Quantity:
        """Return a price divided by the pieces that stand beside it: 9.9元10双; 11块钱12块钱 are two prices."""
        packs = quantity.measure.packs
        if not packs:
            return quantity
        text = reading.folded.text
        for number in found:
            beside = 0 <= number.start - quantity.end <= 2 or 0 <= quantity.start - number.unit_start - 1 <= 1
            if (
                beside
                and number.low >= 1
                and text.startswith(packs, number.unit_start)
                and text[number.start - 1 : number.start] != "第"
            ):
                counted = self._unit_after(reading, number)
                if counted is None or counted[0].measure is not quantity.measure:
                    return quantity._replace(low=quantity.low / number.high, high=quantity.high / number.low)
        return quantity

    def _unit_before(self, text: str, start: int) -> tuple[Unit, int] | None:
        end = start
        last = text[end - 1 : end]
        if last in _HEDGE_ENDS and text.endswith(HEDGES, 0, end):
            end -= next(len(hedge) for hedge in HEDGES if text.endswith(hedge, 0, end))
        elif last == " ":
            end -= 1
        if text[end - 1 : end] not in self._prefix_ends or not text.endswith(self._prefixes, 0, end):
            return None
        prefix = next(prefix for prefix in self._prefixes if text.endswith(prefix, 0, end))
        return self._before[prefix], end - len(prefix)

    def _by_context(self, reading: Reading, measure: Measure) -> Ordinary | None:
        context = reading.context
        brief = context.brief
        if brief is None and not context.category:
            return None
        said = "\n".join((context.category, brief.category, brief.product) if brief else (context.category,))
        key = (measure.id, said)
        if key not in self._contexts:
            self._contexts[key] = _category_in(said, measure.categories)
        return self._contexts[key]


def _scaled(number: Number, unit: Unit, start: int, end: int, text: str) -> Quantity:
    low, high = number.low + unit.add, number.high + unit.add
    if unit.tail and end > number.unit_start + 1 and (digit := text[end - 1]) in _TAILS:
        low, high = low + _TAILS[digit] * unit.tail, high + _TAILS[digit] * unit.tail
    plain = text[number.start : number.end] == "一"
    return _new(Quantity, (start, end, low * unit.factor, high * unit.factor, unit.measure, unit, plain))


_new = tuple.__new__  # a named tuple's own constructor takes twice as long


_BETWEEN = frozenset("-~—–〜到至")
_HEDGE_ENDS = frozenset(hedge[-1] for hedge in HEDGES)
_TAILS = {digit: value for digit, value in ONE_DIGIT.items() if value}


def _tail_end(text: str, end: int, unit: Unit) -> int:
    """Return the end of 9块9, which is that of 9块 when the digit counts something else (10块3双)."""
    if text[end : end + 1] in _TAILS:
        measure, after = unit.measure, text[end + 1 : end + 2]
        if after not in measure.no_tail_before or text.startswith(measure.tail_before, end + 1):
            return end + 1
    return end


def _is_followed(text: str, end: int, allowed: tuple[str, ...]) -> bool:
    after = text[end : end + 1]
    return not after or not after.isalpha() or after in BEFORE_UNIT or text.startswith(allowed, end)


def _is_no_quantity(number: Number, unit: Unit) -> bool:
    value = number.low
    if unit.measure.whole and number.scale == 1 and value % 1:
        return True
    if value == number.high:
        for low, high in unit.not_values:
            if low <= value <= high:
                return True
        if number.bare:
            for low, high in unit.not_years:
                if low <= value <= high:
                    return True
    return False


def _is_range(text: str, first: Number, second: Number) -> bool:
    return second.start == first.end + 1 and text[first.end] in _BETWEEN


def _adds_to(one: Quantity, other: Quantity) -> bool:
    """Return whether 3个月 continues 2年."""
    return one.end == other.start and one.measure is other.measure and other.unit.factor < one.unit.factor


def _nearest(reading: Reading, quantity: Quantity, hits: Sequence[tuple[int, int]]) -> tuple[Ordinary, int] | None:
    """Return the category named nearest to a number, and how far away."""
    text, measure = reading.folded.text, quantity.measure
    clause = reading.clause_at(quantity.start) if measure.in_clause else None
    # 2块钱的口罩: what 的 leads to is the thing, known or not.
    named = measure.by_context and text.startswith("的", quantity.end)
    found: tuple[Ordinary, int] | None = None
    for place, (start, end) in enumerate(hits):
        if clause is not None and not clause.start <= start < clause.end:
            continue
        ordinary = measure.categories[text[start:end]]
        if text.endswith(ordinary.not_before, 0, quantity.start):
            continue
        if not ordinary.plausible[0] <= quantity.low <= ordinary.plausible[1]:
            continue
        if end - start == 1 and not (start in reading.bounds and end in reading.bounds):
            continue  # 床 of 起床
        if measure.by_context and (
            (place + 1 < len(hits) and hits[place + 1][0] == end) or _goes_on(reading, end, measure)
        ):
            continue  # 手机 of 手机壳, 羽绒服 of 羽绒服洗衣液
        distance = start - quantity.end if start >= quantity.end else (quantity.start - end) * 2
        if named and distance > (_NAMED_WITHIN if start >= quantity.end else 0):
            continue
        if found is None or distance < found[1]:
            found = ordinary, distance
    return found


_WIDE = 100  # times the lower end of a range
_NAMED_WITHIN = 8  # 99元的冬天穿的加绒袜子


def _goes_on(reading: Reading, end: int, measure: Measure) -> bool:
    """Return whether a noun follows a thing's word at once, so that the whole names another thing."""
    if reading.folded.text.startswith(measure.heads, end):
        return True
    at = bisect_left(reading.starts, end)
    if at >= len(reading.words) or reading.starts[at] != end:
        return at < len(reading.words)
    return reading.tags[at] in ("n", "nz", "ng") and reading.words[at] not in measure.people


def _category_in(said: str, categories: Mapping[str, Ordinary]) -> Ordinary | None:
    """Return the category whose word stands last in a brief's category, or else in its product's name."""
    for line in fold_text(said).split("\n"):
        found = [(line.rfind(word) + len(word), len(word), word) for word in categories if word in line]
        if found:
            return categories[max(found)[2]]
    return None


def _places(units: Iterable[str], prefixes: Iterable[str]) -> set[str]:
    """Return what stands wherever a quantity is, and in few other texts: the automaton's share of the search.

    Of units and prefixes two characters are enough. Single ones stand in two titles of three (天, 个, 花): they count
    beside a number only.
    """
    known = set(units)
    firsts = {unit[0] if unit[0] in known else unit[:2] for unit in known} | set(prefixes)
    places = {first for first in firsts if len(first) > 1}
    places |= {number + unit for unit in firsts & known - places for number in BEFORE_UNIT}
    places |= {prefix + number for prefix in firsts.intersection(prefixes) - places for number in AFTER_PREFIX}
    return places | {f"{number} " for number in "0123456789万千百"}


def _folded(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(fold_texts(data.get(key, ())))


def _ranges(data: Mapping[str, Any], key: str) -> tuple[tuple[float, float], ...]:
    return tuple((low, high) for low, high in data.get(key, ()))


def _ordinary(
    name: str, data: Mapping[str, Any], base: str, levels: Mapping[str, Any], *, known: bool = True
) -> Ordinary:
    low, high = data["range"]
    name = data.get("name", name)
    said = f"{name}一般是 {data.get('said') or f'{low:g}–{high:.10g} {base}'}"
    below = above = said
    if "said" not in data and high > low * _WIDE:  # a range that wide says nothing, its end that was passed does
        below, above = (f"{name}{beyond} {end:.10g} {base}的不多" for beyond, end in (("不到", low), ("过", high)))
    least, most = data.get("plausible", (0.0, float("inf")))
    return Ordinary(
        name=name,
        low=low,
        high=high,
        compared=(data.get("said_below", below), data.get("said_above", above)),
        below=_steps(data.get("levels", levels), "low"),
        above=_steps(data.get("levels", levels), "high"),
        known=known,
        not_before=_folded(data, "not_before"),
        plausible=(least, most),
    )


def _steps(levels: Mapping[str, Any], side: str) -> Steps:
    return tuple((ratio, int(points)) for ratio, points in levels.get(side, ()))
