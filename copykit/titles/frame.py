"""Kinds that hold a title against what surrounds it: its platform's limits, and the body that it announces."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from copykit.late import late
from copykit.model import Finding, Length
from copykit.platforms import length_on
from copykit.rules.kinds import Build, KindMaker
from copykit.rules.names import NAMES
from copykit.rules.reading import Batch, Context, Reading
from copykit.rules.rule import Rule
from copykit.text.normalize import fold_text, fold_texts
from copykit.text.numerals import ONE_DIGIT, numbers, parse_han


def length_of(reading: Reading) -> Length:
    """Return how long a title is on the platform of its context, measured once a reading."""
    platform = reading.context.platform
    if platform is None:  # nothing is measured
        return length_on(None, reading.text)
    length: Length | None = reading.memo.get("length")
    if length is None:
        length = reading.memo["length"] = length_on(platform, reading.text)
    return length


class PlatformLengthKind:
    """Fires when a title is too long or too short for its platform.

    A limit that could not be sourced well only warns; without a platform or a limit nothing is said.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        self.short = bool(rule.settings.get("settings", {}).get("short", False))
        self.triggers: frozenset[int] | None = None

    def idle(self, context: Context) -> bool:
        """Return whether no limit is known."""
        platform = context.platform
        return platform is None or (platform.min if self.short else platform.max) is None

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield one finding over what is too much, or over the whole title when it is too short."""
        platform = reading.context.platform
        if platform is None:
            return ()
        length = length_of(reading)
        size = len(reading.folded.text)
        facts = {"platform": platform.name, "used": length.used, "confidence": platform.confidence}
        severity = self.rule.severity if platform.sure else "warning"
        if self.short:
            if length.low is None or length.used >= length.low:
                return ()
            return (self.rule.finding(reading, 0, size, severity=severity, limit=length.low, **facts),)
        if length.limit is None or length.used <= length.limit:
            return ()
        over = length.used - length.limit
        return (self.rule.finding(reading, 0, size, severity=severity, limit=length.limit, over=over, **facts),)


class BarredKind:
    """Fires for characters that the platform does not take, as they are written: ＜ may stand where < may not."""

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        self.triggers: frozenset[int] | None = None

    def idle(self, context: Context) -> bool:
        """Return whether nothing is barred."""
        return context.platform is None or (not context.platform.barred and context.platform.emoji)

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield a finding a barred character, and one for emoji that stand together."""
        platform, text = reading.context.platform, reading.text
        if platform is None:
            return
        for place, char in enumerate(text) if platform.barred else ():
            if char in platform.barred:
                yield self.rule.finding_at(text, place, place + 1, platform=platform.name)
        for match in _EMOJI.finditer(text) if not platform.emoji else ():
            yield self.rule.finding_at(text, *match.span(), platform=platform.name)


# Signs that are pictures by themselves or by the selector after them, with skins, joiners and key caps.
_EMOJI = late(
    "(?:(?:[\U0001f000-\U0001faff\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693"
    "\u26a1\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c"
    "\u274e\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55]|.\ufe0f)"
    "[\ufe0f\u200d\u20e3\U0001f3fb-\U0001f3ff]*)+"
)


class PromiseKind:
    """Fires for what the title promises and the body does not keep: figures, known names, words in quotation marks.

    A figure is kept when the body has the same number, in digits or in words, of the same unit; a number of things
    (三招) also when the body numbers them that far. ``settings.units`` are groups of units that count the same thing,
    ``settings.signs`` what stands before the number instead of the first group's unit, ``settings.tail_before`` what
    may follow the 9 of 9块9, ``settings.listed`` a unit of the group whose things a body may number. Numerals in words
    promise where they count: more than one, exactly, and neither a date (``settings.dates``) nor a way of speaking
    (``settings.spoken``). Silent without a body.
    """

    _items = late(
        r"(?:^|[\n。；;！!？?])[ \u3000]{0,8}(?:第 ?)?(\d{1,2}|[一二三四五六七八九十]{1,3})"
        r"(?:\ufe0f?\u20e3|[.．、)）:：,，](?!\d))"
        r"|第(\d{1,2}|[一二三四五六七八九十]{1,3})|([①-⑳])"
    )
    _quoted = late(r"[“「《『\"](?P<quoted>[^”」》』\"]{2,16})[”」》』\"]")

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        settings = rule.settings["settings"]
        groups = [fold_texts(group) for group in settings["units"]]
        group_of = {unit: number for number, group in enumerate(groups) for unit in group}
        self._units = _Units(group_of, *(tuple(fold_texts(settings[key])) for key in ("signs", "tail_before")))
        self._listed = group_of[settings["listed"]]
        self._dates = frozenset(group_of[unit] for unit in settings["dates"])
        self._spoken = fold_texts(settings["spoken"])
        self._figures_of = functools.lru_cache(maxsize=8)(self._read)  # many titles are often held against one body
        self._has_body = build.automaton.slot("has a body", ())
        build.detector("bodies", lambda _: self._detect)
        self.triggers: frozenset[int] | None = frozenset((self._has_body,))

    def _detect(self, batch: Batch) -> None:
        for reading in batch.readings:
            if reading.body is not None:
                reading.hits[self._has_body] = [(0, len(reading.folded.text))]

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield a finding a promise that the body does not keep, the first ``limit`` of them."""
        return () if reading.body is None else self._broken(reading, reading.body)

    def _broken(self, reading: Reading, given: str) -> Iterator[Finding]:
        text = reading.folded.text
        body, kept = self._figures_of(given)
        words = [match.span("quoted") for match in self._quoted.finditer(text)]
        words += [(name.start, name.end) for name in reading.memo.get(NAMES, ())]
        figures = self._units.figures(text, reading.bounds)
        broken = [place for place in words if text[slice(*place)] not in body]
        broken += [f[:2] for f in figures if kept.isdisjoint(f.said) and self._is_promise(reading, f)]
        for start, end in sorted(broken)[: self.rule.limit]:
            yield self.rule.finding(reading, start, end)

    def _is_promise(self, reading: Reading, figure: _Figure) -> bool:
        """Return whether a figure counts something: those in digits do, 第2个, 一下, 几个, 三心二意 and 百家 do not."""
        text = reading.folded.text
        if text[: figure.start].rstrip().endswith("第"):
            return False
        if text[figure.number].isascii():
            return True
        (value, group), *more = figure.said
        written = text[figure.number : figure.end]
        return (
            not more
            and value > 1
            and not (value >= _LONG_AGO and written.endswith("年"))
            and group not in self._dates
            and figure.end in reading.bounds
            and not _COUNTING.isdisjoint(written)
            and written[0] != "二"  # 二次 is the second time; who counts says 两次
            and not any(word in text and written in word for word in self._spoken)
        )

    def _read(self, body: str) -> tuple[str, frozenset[tuple[float, int]]]:
        """Return a body folded, and the figures that it holds."""
        text = fold_text(body)
        # A body is not cut into words; a number that begins inside one keeps a promise too many, never too few.
        figures = self._units.figures(text, range(len(text) + 1))
        said = {said for figure in figures for said in figure.said}
        for match in self._items.finditer(body):
            number = next(filter(None, match.groups()))
            if number.isdecimal():
                said.add((float(number), self._listed))
            elif len(number) == 1:  # 三, ③
                said.add((unicodedata.numeric(number), self._listed))
            elif (bounds := parse_han(number)) is not None:
                said.add((bounds[1], self._listed))
        return text, frozenset(said)


class _Figure(NamedTuple):
    """A number with its unit at ``start:end``; ``number`` is where its first character stands.

    ``said`` are its value, or both bounds of a vague one, each with the group of its unit.
    """

    start: int
    end: int
    number: int
    said: tuple[tuple[float, int], ...]


_COUNTING = frozenset("两三四五六七八九十")  # 百家 and 千年 only say many
_LONG_AGO = 1900  # 二〇二六年 is a date
_TAIL = late("[1-9一二三四五六七八九]")


class _Units:
    """Units by group, and what finds numbers of them."""

    def __init__(self, groups: dict[str, int], signs: tuple[str, ...], tail_before: tuple[str, ...]) -> None:
        self._groups, self._signs, self._tail_before = groups, signs, tail_before
        self._longest = max(map(len, groups))

    def figures(self, text: str, bounds: Collection[int]) -> Iterator[_Figure]:
        """Yield the figures of a folded text that are counted in a known unit, or stand behind a sign."""
        reached = 0
        for number in numbers(text, bounds, ("百分之",)):
            if number.start < reached:
                continue  # the second 9 of 9块9
            start, low, high = number.start, number.low, number.high
            sign = next((sign for sign in self._signs if text.endswith(sign, 0, start)), "")
            if text.endswith("百分之", 0, start):
                group, start, end = self._groups.get("%"), start - len("百分之"), number.end
            elif sign:
                group, start, end = 0, start - len(sign), number.end
            else:
                group, end = self._unit_at(text, number.unit_start)
                if group == 0 and self._has_tail(text, end):
                    tail = ONE_DIGIT[text[end]] / 10
                    low, high, end = low + tail, high + tail, end + 1
            reached = end
            if group is not None:
                said = tuple({(round(value, 6), group) for value in (low, high)})
                yield _Figure(start, end, number.start, said)

    def _has_tail(self, text: str, end: int) -> bool:
        """Return whether the 9 of 9块9 stands at ``end``; in 10块3双 it counts something else."""
        after = text[end + 1 : end + 2]
        return _TAIL.match(text, end) is not None and (
            not (after.isalnum() or after == "_") or text.startswith(self._tail_before, end + 1)
        )

    def _unit_at(self, text: str, place: int) -> tuple[int | None, int]:
        place += text.startswith(" ", place)
        for size in range(self._longest, 0, -1):
            unit = text[place : place + size]
            if unit in self._groups:
                return self._groups[unit], place + len(unit)
        return None, place


KINDS: dict[str, KindMaker] = {
    "platform_length": PlatformLengthKind,
    "barred": BarredKind,
    "promise": PromiseKind,
}
