"""Kinds that hold a title against what surrounds it: its platform's limits, and the body that it announces."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator

from copykit.late import late
from copykit.model import Finding, Length
from copykit.platforms import length_on
from copykit.rules.kinds import Build, KindMaker
from copykit.rules.names import NAMES
from copykit.rules.reading import Batch, Context, Reading
from copykit.rules.rule import Rule
from copykit.text.normalize import fold_text


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
    """Fires for characters that the platform does not take."""

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        self.triggers: frozenset[int] | None = None

    def idle(self, context: Context) -> bool:
        """Return whether nothing is barred."""
        return context.platform is None or not context.platform.barred

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield a finding a barred character."""
        platform = reading.context.platform
        if platform is None or not platform.barred:
            return
        for place, char in enumerate(reading.folded.text):
            if char in platform.barred:
                yield self.rule.finding(reading, place, place + 1, platform=platform.name)


class PromiseKind:
    """Fires for what the title promises and the body does not keep: figures, known names, words in quotation marks.

    A figure is kept when the body has the same digits, or the same number in words. Silent without a body.
    """

    _promises = late(
        r"(?P<figure>\d+(?:[.,]\d+)*(?=\s*[个条种招步款件天年月次元块斤岁倍万%]))"
        r"|[“「《『\"](?P<quoted>[^”」》』\"]{2,16})[”」》』\"]"
    )

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
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
        body = _folded(given)
        text = reading.folded.text
        promises = [(*match.span(match.lastgroup or 0), match.lastgroup) for match in self._promises.finditer(text)]
        promises += [(name.start, name.end, "name") for name in reading.memo.get(NAMES, ())]
        broken = [place for place in sorted(promises) if not _kept(text[place[0] : place[1]], place[2], body)]
        for start, end, _ in broken[: self.rule.limit]:
            yield self.rule.finding(reading, start, end)


@functools.lru_cache(maxsize=8)  # many titles are often held against one body
def _folded(body: str) -> str:
    return fold_text(body).replace(",", "")


def _kept(promise: str, kind: str | None, body: str) -> bool:
    promise = promise.replace(",", "")
    if kind != "figure":
        return promise in body
    return re.search(rf"(?<![\d.]){re.escape(promise)}(?![\d.]*\d)", body) is not None or _in_words(promise) in body


def _in_words(figure: str) -> str:
    """Return a small whole number as Chinese writes it; NUL, which no folded text holds, for any other."""
    if not figure.isdigit() or not 0 < int(figure) < 100:
        return "\0"
    digits = "零一二三四五六七八九"
    tens, ones = divmod(int(figure), 10)
    return (("" if tens == 1 else digits[tens]) + "十" if tens else "") + (digits[ones] if ones else "")


KINDS: dict[str, KindMaker] = {
    "platform_length": PlatformLengthKind,
    "barred": BarredKind,
    "promise": PromiseKind,
}
