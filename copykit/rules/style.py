"""Rules about how a text reads: spacing, signs, long sentences, repetition, keywords, links, copied passages.

All of them look at a whole text, as it was written: folding makes full width half and takes blanks away, which is what
some of these rules are about. Markup, addresses and code are no prose and are passed over.
"""

from __future__ import annotations

import functools
import math
import re
import sys
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain, compress, pairwise
from operator import add
from typing import Any, NamedTuple

from copykit.errors import Words as Both
from copykit.late import late
from copykit.model import Finding, Span
from copykit.rules.kinds import Build, KindMaker, pattern_matcher
from copykit.rules.reading import Context, Reading
from copykit.rules.rule import Rule, RuleError
from copykit.text.clauses import sentences
from copykit.text.normalize import fold_text
from copykit.text.originality import originality

# Where a reading's memo may hold the links of a text, if not its context does.
LINKS = "links"
_HAN = r"\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff"
_LISTED = 9  # a finding names its first places only; the count tells of the others


class _Style(ABC):
    """A rule about a whole text; ``settings`` is the rule's table of that name."""

    whole_text = True
    triggers: frozenset[int] | None = None

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        self.settings: Mapping[str, Any] = rule.settings.get("settings", {})
        # Not for the kinds of text named here, such as titles, where a blank costs length.
        self.not_for = frozenset(self.settings.get("not_for", ()))
        self.segmenter = build.segmenter

    def idle(self, context: Context) -> bool:
        """Return whether the rule says nothing about this kind of text."""
        return context.kind in self.not_for

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield the rule's findings in a whole text."""
        return () if self.idle(reading.context) else self._find(reading)

    @abstractmethod
    def _find(self, reading: Reading) -> Iterable[Finding]: ...

    def _once(self, prose: Prose, spans: Sequence[Span], number: int = 0, **said: Any) -> Finding:
        """Return one finding over ``spans[number]`` for all of them."""
        others = [*spans[:number], *spans[number + 1 :]][:_LISTED]
        return self.rule.finding_at(prose.source, *spans[number], related=others, count=len(spans), **said)


class Prose:
    """A text without its markup, at the same offsets, with what several rules cut it into."""

    __slots__ = ("_clauses", "_runs", "_sentences", "source", "text")

    def __init__(self, source: str, again: tuple[int, int] | None = None) -> None:
        """``again``: where a title stands that is not read twice."""
        self.source = source
        self.text = source
        for sign, pattern, _ in _MARKUP:
            if sign in source:
                self.text = pattern.sub(_blank, self.text)
        if again is not None:
            start, end = again
            self.text = self.text[:start] + " " * (end - start) + self.text[end:]
        self._sentences: list[Span] | None = None
        self._clauses: list[tuple[int, int]] | None = None
        self._runs: str | None = None

    def holds_any(self, words: Iterable[str], in_runs: bool) -> bool:
        """Return whether the text holds one of some words; ``in_runs``: all of them are runs of signs."""
        if not in_runs:
            return any(word in self.text for word in words)
        if self._runs is None:
            self._runs = "\n".join(_RUN.findall(self.text))  # a few characters, of which many rules ask
        return any(word in self._runs for word in words)

    @property
    def sentences(self) -> list[Span]:
        """Return the sentences, each with its end mark."""
        if self._sentences is None:
            self._sentences = sentences(self.text)
        return self._sentences

    @property
    def clauses(self) -> list[tuple[int, int]]:
        """Return what stands between two signs or line feeds, blanks included, without cutting at connectives."""
        if self._clauses is None:
            sizes = list(map(len, _CLAUSE_END.split(self.text)))
            starts = list(accumulate(map((1).__add__, sizes[:-1]), initial=0))
            self._clauses = list(zip(starts, map(add, starts, sizes), strict=True))
        return self._clauses


# Each is looked for only where its sign stands, so that plain text costs no more than seven searches for a string.
_MARKUP = tuple(
    (sign, late(pattern), pattern)
    for sign, pattern in (
        ("```", "(?s:```.*?```)"),
        ("`", "`[^`\\n]+`"),
        ("<", "<[^<>]{1,500}>"),
        ("](", r"\]\([^()\n]{1,500}\)"),
        ("://", "https?://[!-~]+"),
        ("www.", r"www\.[!-~]+"),
        ("@", r"@[A-Za-z0-9-]+\.[A-Za-z0-9.]+"),
    )
)


_RUN = late("[，。！？；：、…—－,.!?;:-]{2,}")
_CLAUSE_END = late("[，。！？；：、,!?;:\\n]")


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _prose(reading: Reading) -> Prose:
    prose = reading.memo.get(_MEMO)
    if prose is None:
        prose = reading.memo[_MEMO] = Prose(reading.text, reading.context.again)
    assert isinstance(prose, Prose)
    return prose


_MEMO = "prose"


class WrittenKind(_Style):
    """Finds ``pattern`` in the text as it was written, and fires once when it stands there more than ``over`` times.

    ``anchor``: strings of which a match holds one; a text with none of them is not searched.
    ``settings.put``: two strings; what stands in the first is suggested as what stands in the second at its place, or,
    with ``settings.write``, the whole match as that. ``settings.around``: characters shown on both sides of a sign.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        super().__init__(rule, build)
        self.over = int(rule.settings.get("over", 0))
        self.matches = pattern_matcher(rule)
        self.anchors: tuple[str, ...] = tuple(rule.settings.get("anchor", ()))
        self.in_runs = all(_RUN.fullmatch(anchor) for anchor in self.anchors)
        self.around = int(self.settings.get("around", 0))
        put = self.settings.get("put")
        self.table = str.maketrans(*put) if put else None
        self.write: str | None = self.settings.get("write")

    def _find(self, reading: Reading) -> Iterable[Finding]:
        prose = _prose(reading)
        if self.anchors and not prose.holds_any(self.anchors, self.in_runs):
            return ()
        spans = self.matches(prose.text)
        if len(spans) <= self.over:
            return ()
        text = prose.source
        count = len(spans)
        spans = [spans[self.over], *spans[: self.over], *spans[self.over + 1 : _LISTED + 1]]
        shown = [_widened(text, *span, self.around) for span in spans] if self.around else spans
        suggestions = None
        if self.table is not None or self.write is not None:
            suggestions = (self._rewritten(text, Span(*shown[0]), sorted(spans)),)
        first, *others = shown
        return (self.rule.finding_at(text, *first, related=others, count=count, suggestions=suggestions),)

    def _rewritten(self, text: str, shown: Span, spans: Sequence[tuple[int, int]]) -> str:
        parts, place = [], shown.start
        for start, end in spans:
            if shown.start <= start and end <= shown.end:
                said = text[start:end].translate(self.table) if self.table is not None else self.write or ""
                parts += [text[place:start], said]
                place = end
        return "".join([*parts, text[place : shown.end]])


def _widened(text: str, start: int, end: int, around: int) -> tuple[int, int]:
    """Return the range with the Han on both sides, up to ``around`` of them."""
    first, last = max(0, start - around), min(len(text), end + around)
    while start > first and _is_han(text, start - 1):
        start -= 1
    while end < last and _is_han(text, end):
        end += 1
    return start, end


class SpacingKind(_Style):
    """Fires once where Han and Latin words touch; ``words`` are those that are written in one (T恤 needs no entry).

    A single letter is a shape or a part of a Han word (V领, 维生素C), so that a Latin word has two letters or more.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        super().__init__(rule, build)
        whole = sorted(rule.settings.get("words", ()), key=len, reverse=True)
        self.whole = re.compile("|".join(map(re.escape, whole)) or r"(?!)")

    def _find(self, reading: Reading) -> Iterable[Finding]:
        prose = _prose(reading)
        text = prose.text
        fixed: list[tuple[int, int]] | None = None
        spans = []
        for match in _LATIN_WORD.finditer(text):
            start, end = match.span()
            touching = Span(start - _is_han(text, start - 1), end + _is_han(text, end))
            if touching != (start, end):
                if fixed is None:
                    fixed = [whole.span() for whole in self.whole.finditer(text)]
                if not any(begin < end and start < last for begin, last in fixed):
                    spans.append(touching)
        if not spans:
            return ()
        start, end = spans[0]
        return (self._once(prose, spans, suggestions=(_SEAM.sub(" ", prose.source[start:end]),)),)


# At least two letters, none of them behind a figure (100ml装): what a unit keeps from its figure is another matter.
_LATIN_WORD = late(r"[A-Za-z](?<![A-Za-z0-9@#._/-].)['’&+.-]?[A-Za-z][A-Za-z0-9'’&+.-]*(?<![.'’&-])(?!@)")
_SEAM = late(rf"(?<=[{_HAN}])(?=[A-Za-z])|(?<=[A-Za-z0-9+])(?=[{_HAN}])")
_IS_HAN = late(f"[{_HAN}]")


def _is_han(text: str, place: int) -> bool:
    return place >= 0 and _IS_HAN.match(text, place) is not None


class PairedKind(_Style):
    """Finds quotes and brackets whose other half is missing; ``settings.pairs`` are strings of two signs.

    A quote that opens several paragraphs one after another and closes the last is whole; so is the number of a list
    item with a closing bracket alone (1）, a）).
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        super().__init__(rule, build)
        pairs = self.settings["pairs"]
        self.opens = {pair[0]: pair[1] for pair in pairs}
        self.closes = {pair[1] for pair in pairs}
        self.signs = re.compile("[" + re.escape("".join(pairs)) + "]")

    def _find(self, reading: Reading) -> Iterable[Finding]:
        prose = _prose(reading)
        text = prose.text
        open_at: dict[str, list[int]] = {sign: [] for sign in self.closes}
        lone: list[int] = []
        for match in self.signs.finditer(text):
            sign, place = match[0], match.start()
            if sign in self.opens:
                waiting = open_at[self.opens[sign]]
                if waiting and _begins_paragraph(text, place) and _begins_paragraph(text, waiting[-1]):
                    waiting.pop()
                waiting.append(place)
            elif open_at[sign]:
                open_at[sign].pop()
            elif not _ITEM_NUMBER.search(text, max(0, place - 8), place):
                lone.append(place)
        lone += [place for waiting in open_at.values() for place in waiting]
        if lone:
            yield self._once(prose, [Span(place, place + 1) for place in sorted(lone)])


_ITEM_NUMBER = late(r"(?<![A-Za-z0-9])(?:[0-9]{1,2}|[A-Za-z]|[一二三四五六七八九十]{1,3}|[①-⑳])\Z")


def _begins_paragraph(text: str, place: int) -> bool:
    """Return whether nothing but an indent stands before a place in its line."""
    before = max(place - _INDENT, 0)
    start = text.rfind("\n", before, place) + 1
    return (start > 0 or before == 0) and not text[start:place].strip()


_INDENT = 16


class LongSentenceKind(_Style):
    """Finds sentences of more than ``over`` Han characters that stand out from their text, ``limit`` at most.

    It stands out when it is ``settings.times`` as long as the median of its text (of two, the shorter), or over
    ``max`` anyway.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        super().__init__(rule, build)
        self.over, self.most = int(rule.settings["over"]), int(rule.settings["max"])
        self.times = float(self.settings["times"])

    def _find(self, reading: Reading) -> Iterable[Finding]:
        prose = _prose(reading)
        text = prose.text
        sizes = [end - start for start, end in prose.sentences]
        long = [span for span in prose.sentences if span.end - span.start > self.over]
        if not long:
            return ()
        from statistics import median  # late: it takes fractions and random numbers along

        usual = median(sizes) if len(sizes) > 2 else min(sizes) if len(sizes) > 1 else 0
        found = []
        for span in long:
            size = sum(map(len, _HAN_RUNS.findall(text, *span)))
            if size > self.most or (size > self.over and size >= self.times * usual):
                found.append((size, span))
                if len(found) == self.rule.limit:
                    break
        return [self.rule.finding_at(prose.source, *span, length=size, **self._cut(text, span)) for size, span in found]

    def _cut(self, text: str, span: Span) -> dict[str, Any]:
        """Return where the sentence could be cut: behind the comma nearest its middle."""
        commas = [match.start() for match in _COMMA.finditer(text, *span)]
        if not commas:
            return {}
        comma = min(commas, key=lambda place: abs(2 * place - span.start - span.end))
        before = text[max(span.start, comma - 6) : comma].strip()
        return {"suggestions": tuple(each.replace("{before}", before) for each in self.rule.suggestions)}


_ALL_HAN = late(f"[{_HAN}]")
_HAN_RUNS = late(f"[{_HAN}]+")
_COMMA = late("[，,]")


class SameSentenceKind(_Style):
    """Finds a sentence of at least ``min`` letters or Han that the text has said before, whatever its signs."""

    def __init__(self, rule: Rule, build: Build) -> None:
        super().__init__(rule, build)
        self.least = int(rule.settings["min"])

    def _find(self, reading: Reading) -> Iterable[Finding]:
        prose = _prose(reading)
        text = prose.text
        # By their first two characters: only sentences that begin alike have to be freed of their signs.
        alike: dict[str, list[Span]] = {}
        for span in prose.sentences:
            if span.end - span.start >= self.least:
                alike.setdefault(text[span.start : span.start + 2], []).append(span)
        found = []
        for spans in alike.values():
            said: dict[str, Span] = {}
            for span in spans if len(spans) > 1 else ():
                ink = _NO_INK.sub("", text[span.start : span.end])
                first = said.setdefault(ink, span)
                if first is not span and len(ink) >= self.least:
                    found.append(self.rule.finding_at(prose.source, *span, related=[first]))
        return sorted(found, key=lambda finding: finding.start)[: self.rule.limit]


_NO_INK = late(r"[\W_]+")


class SameOpeningKind(_Style):
    """Finds ``at_least`` sentences in a row that begin with the same two Han characters."""

    def __init__(self, rule: Rule, build: Build) -> None:
        super().__init__(rule, build)
        self.least = int(rule.settings["at_least"])

    def _find(self, reading: Reading) -> Iterable[Finding]:
        prose = _prose(reading)
        text = prose.text
        openings = [text[start : start + 2] if end - start >= _SHORT else "" for start, end in prose.sentences]
        alike = [number for number, (one, two) in enumerate(pairwise(openings)) if one == two and _TWO_HAN.match(one)]
        runs: list[list[int]] = []
        for number in alike:
            if runs and runs[-1][-1] == number:
                runs[-1].append(number + 1)
            else:
                runs.append([number, number + 1])
        found = []
        for run in runs:
            if len(run) >= self.least:
                starts = [prose.sentences[number].start for number in run]
                found.append(self._once(prose, [Span(start, start + 2) for start in starts], self.least - 1))
        return found[: self.rule.limit]


_TWO_HAN = late(f"[{_HAN}]{{2}}")
_SHORT = 6  # shorter ones are answers, labels and calls


class NearWordKind(_Style):
    """Finds a word of two Han or more that stands ``at_least`` times within ``max`` characters.

    Words of ``lexicons`` are in every text and do not count; nor do the brief's keywords, which have their own
    rule.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        super().__init__(rule, build)
        self.least, self.reach = int(rule.settings["at_least"]), int(rule.settings["max"])
        self.plain = _listed(rule, build)

    def _find(self, reading: Reading) -> Iterable[Finding]:
        prose = _prose(reading)
        found: dict[str, Finding] = {}
        for base, stretch, often in self._stretches(prose.text):
            for pair in often:
                crowd = self._crowd(list(_places(pair, stretch)))
                if crowd:
                    begin = base + max(crowd[0] - _MARGIN, 0)
                    end = base + crowd[-1] + _MARGIN
                    found |= {
                        word: finding
                        for word, finding in self._crowded(prose, begin, end, reading.context)
                        if word not in found
                    }
            if len(found) >= self.rule.limit:
                break
        return sorted(found.values(), key=lambda finding: finding.start)[: self.rule.limit]

    def _stretches(self, text: str) -> Iterator[tuple[int, str, list[str]]]:
        """Yield where each stretch begins, the stretch, and the pairs of characters that stand in it often.

        Cutting into words takes most of the time; a word that crowds has a pair of characters that does.
        """
        for block in range(0, max(len(text) - self.reach, 1), _BLOCK):
            whole = text[block : block + _BLOCK + self.reach]
            likely = [pair for pair in frequent_pairs(whole, self.least) if _CONTENT.fullmatch(pair)]
            for base in range(0, max(len(whole) - self.reach, 1), _STRETCH) if likely else ():
                stretch = whole[base : base + _STRETCH + self.reach]
                often = [pair for pair in likely if stretch.count(pair) >= self.least]
                if often:
                    yield block + base, stretch, often

    def _crowded(self, prose: Prose, begin: int, end: int, context: Context) -> Iterable[tuple[str, Finding]]:
        """Yield the words that crowd in a range, each with its finding."""
        for word, places in self._words(prose.text[begin:end], context):
            crowd = self._crowd(places)
            if crowd:
                spans = [Span(begin + place, begin + place + len(word)) for place in crowd]
                yield word, self._once(prose, spans, self.least - 1)

    def _words(self, stretch: str, context: Context) -> list[tuple[str, list[int]]]:
        """Return the words that count, each with its places."""
        keywords = context.brief.keywords if context.brief is not None else ()
        words = self.segmenter.words(stretch)
        places: dict[str, list[int]] = {}
        for word, start in zip(words, accumulate(map(len, words), initial=0), strict=False):
            if _TWO_HAN.match(word) and word not in self.plain and not any(word in keyword for keyword in keywords):
                places.setdefault(word, []).append(start)
        return list(places.items())

    def _crowd(self, places: Sequence[int]) -> Sequence[int]:
        """Return the first places that stand together within the reach, none when too few ever do."""
        for number in range(len(places) - self.least + 1):
            if places[number + self.least - 1] - places[number] <= self.reach:
                return places[number : bisect_right(places, places[number] + self.reach)]
        return ()


def frequent_pairs(text: str, least: int) -> list[str]:
    """Return the pairs of neighbouring characters that stand in a text ``least`` times, in the order of their places.

    Two characters of UTF-16 are read as one number, since making and hashing a string a pair takes twice as long.
    Halves of characters beyond the first plane make odd pairs, in which nobody looks for words.
    """
    code = f"utf-16-{'le' if sys.byteorder == 'little' else 'be'}"
    coded = memoryview(text.encode(code, "surrogatepass"))
    rows = (coded[start : len(coded) - (len(coded) - start) % 4].cast("I") for start in (0, 2) if len(coded) > start)
    counted = Counter(chain.from_iterable(rows))
    frequent = (pair.to_bytes(4, sys.byteorder) for pair, count in counted.items() if count >= least)
    return sorted((pair.decode(code, "surrogatepass") for pair in frequent), key=text.find)


def _places(part: str, text: str) -> Iterator[int]:
    """Yield where a part stands in a text, without overlap; a pattern a part would have to be compiled each time."""
    place = text.find(part)
    while place >= 0:
        yield place
        place = text.find(part, place + len(part))


_STRETCH = 240  # characters looked at together, with the reach
_BLOCK = 8 * _STRETCH  # characters whose pairs are counted at once
_MARGIN = 8  # what is cut beside a crowd, so that the words at its edges are whole
# Two Han of which neither is a word of grammar: these stand in every line, and in few words of content.
_CONTENT = late(f"(?:(?![的了在是和与也都就不这那我你他她它们着过吗呢吧把被让给很])[{_HAN}]){{2}}")


class SamePhraseKind(_Style):
    """Finds four words or more, together ``min`` characters without a sign, that return within ``max`` characters."""

    def __init__(self, rule: Rule, build: Build) -> None:
        super().__init__(rule, build)
        self.least, self.reach = int(rule.settings["min"]), int(rule.settings["max"])

    def _find(self, reading: Reading) -> Iterable[Finding]:
        prose = _prose(reading)
        text, least = prose.text, self.least
        spans = [clause for clause in prose.clauses if clause[1] - clause[0] >= least]
        places = list(chain.from_iterable(range(begin, end - least + 1) for begin, end in spans))
        grams = [text[place : place + least] for place in places]
        counted = Counter(grams)
        if len(counted) == len(grams):
            return ()
        again = {gram for gram, count in counted.items() if count > 1}
        found: list[Finding] = []
        last: dict[str, int] = {}
        told = 0  # the place up to which what returns was looked at
        for place, gram in compress(zip(places, grams, strict=True), map(again.__contains__, grams)):
            first = last.get(gram)
            last[gram] = place
            if first is None or place < told or not least <= place - first <= self.reach:
                continue
            told = end = _same_until(text, first, place)
            if self._is_phrase(text[place:end]):
                found.append(self.rule.finding_at(prose.source, place, end, related=[(first, first + end - place)]))
        return found[: self.rule.limit]

    def _is_phrase(self, phrase: str) -> bool:
        words = self.segmenter.words(phrase)
        return len(words) >= _PHRASE_WORDS and all(word[0].isalnum() for word in words)


_PHRASE_WORDS = 4


def _same_until(text: str, first: int, second: int) -> int:
    """Return where, from the second place on, the text ceases to be what it is from the first, or its clause ends."""
    place = second
    while place < len(text) and first < second and text[place] == text[first] and not _CLAUSE_END.match(text, place):
        place, first = place + 1, first + 1
    return place


class ParallelKind(_Style):
    """Fires once when more than ``over`` runs of three short clauses are built alike: one first or last character.

    The clauses stand in one line, are of nearly the same length, and are parted by commas, stops or 、.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        super().__init__(rule, build)
        self.over = int(rule.settings.get("over", 0))

    def _find(self, reading: Reading) -> Iterable[Finding]:
        prose = _prose(reading)
        text, clauses = prose.text, prose.clauses
        firsts = [text[start : start + 1] for start, _ in clauses]
        lasts = [text[end - 1 : end] for _, end in clauses]
        # Few neighbours begin or end alike; only these are looked at.
        alike = [
            number
            for number, (one, two, end, last) in enumerate(zip(firsts, firsts[1:], lasts, lasts[1:], strict=False))
            if (one == two or end == last) and _alike(text, clauses[number], clauses[number + 1])
        ]
        runs: list[Span] = []
        for number in alike:
            start, end = clauses[number][0], clauses[number + 1][1]
            if runs and runs[-1].end == clauses[number][1]:
                runs[-1] = Span(runs[-1].start, end)
            else:
                runs.append(Span(start, end))
        runs = [run for run in runs if _PARALLELS.fullmatch(text, *run)]
        if len(runs) > self.over:
            yield self._once(prose, runs, self.over)


_PARALLELS = late(f"[{_HAN}]+(?:[，。！？；：、,!?;:][{_HAN}]+){{2,}}")


def _alike(text: str, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Return whether two clauses of nearly the same length begin with the same character, or, equally long, end so."""
    start, end = one
    begin, last = other
    size, more = end - start, last - begin
    if not (2 <= more <= _LONGEST and -2 <= size - more <= 2 and size > 1):
        return False
    return text[start] == text[begin] or (size == more and text[end - 1] == text[last - 1])


_LONGEST = 14


class DensityKind(_Style):
    """Finds a keyword of the brief that takes more than ``over`` percent of the characters, or stands more than once
    in ``max`` of them, if it stands there ``at_least`` times; ``limit`` keywords at most.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        super().__init__(rule, build)
        settings = rule.settings
        self.over, self.room, self.least = float(settings["over"]), int(settings["max"]), int(settings["at_least"])

    def idle(self, context: Context) -> bool:
        """Return whether there is no keyword to count."""
        return super().idle(context) or context.brief is None or not context.brief.keywords

    def _find(self, reading: Reading) -> Iterable[Finding]:
        text = reading.folded.text
        size = len(_INK.findall(text))
        told = 0
        for keyword, places in _keyword_places(reading):
            percent = 100 * len(keyword) * len(places) / max(size, 1)
            often = len(places) >= self.least and (percent > self.over or len(places) * self.room > size)
            if often and told < self.rule.limit:
                told += 1
                spans = [(place, place + len(keyword)) for place in places]
                start, end = spans.pop(self.least - 1)
                yield self.rule.finding(
                    reading,
                    start,
                    end,
                    related=spans[:_LISTED],
                    count=len(places),
                    percent=round(percent, 1),
                    size=size,
                )


class AbsentKind(DensityKind):
    """Fires once for a text of ``min`` characters or more in which none of the brief's keywords stands."""

    def __init__(self, rule: Rule, build: Build) -> None:
        _Style.__init__(self, rule, build)
        self.least = int(rule.settings["min"])

    def _find(self, reading: Reading) -> Iterable[Finding]:
        text = reading.folded.text
        size = len(_INK.findall(text))
        if size < self.least or any(places for _, places in _keyword_places(reading)):
            return ()
        start = len(text) - len(text.lstrip())
        end = text.find("\n", start)
        brief = reading.context.brief
        keywords = "、".join(brief.keywords[:5]) if brief is not None else ""
        return (self.rule.finding(reading, start, end if end > 0 else len(text), size=size, keywords=keywords),)


_INK = late(r"[^\W_]")


def _keyword_places(reading: Reading) -> Iterable[tuple[str, list[int]]]:
    brief = reading.context.brief
    for keyword in dict.fromkeys(map(fold_text, brief.keywords if brief is not None else ())):
        if keyword:
            yield keyword, list(_places(keyword, reading.folded.text))


class CopiedKind(_Style):
    """Finds passages that stand in the corpus of the context, and sentences of it that were only reworded.

    Of all, the longest ``limit`` are told. A warning when the same characters make up more than ``over`` of the text.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        super().__init__(rule, build)
        self.over = float(rule.settings["over"])

    def idle(self, context: Context) -> bool:
        """Return whether there is no corpus to compare with."""
        return super().idle(context) or context.corpus is None

    def _find(self, reading: Reading) -> Iterable[Finding]:
        result = originality(reading.text, reading.context.corpus)
        longest = sorted((*result.passages, *result.reworded), key=lambda each: each.start - each.end)
        share = round(100 * result.share)
        return [
            self.rule.finding_at(
                reading.text,
                passage.start,
                passage.end,
                severity="warning" if result.share > self.over else None,
                length=passage.end - passage.start,
                source=passage.source,
                alike=round(100 * passage.alike),
                share=share,
            )
            for passage in sorted(longest[: self.rule.limit])
        ]


class LinkFitKind(_Style):
    """Finds links whose words have nothing to do with the paragraph around them.

    TF-IDF over words and one to three characters, learned from the text's own paragraphs; a link fits when the cosine
    between its words (with its title) and its paragraph is at least ``under``. Links that say no more than 点这里
    (words of ``lexicons``) promise nothing and are passed over. The links are those of the context, or else those of
    the text's own Markdown and HTML. One that fits another paragraph is advised to move there.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        super().__init__(rule, build)
        self.floor = float(rule.settings["under"])
        self.empty = re.compile("|".join(map(re.escape, sorted(_listed(rule, build), key=len, reverse=True))))

    def _find(self, reading: Reading) -> Iterable[Finding]:
        text = reading.text
        told = reading.memo.get(LINKS, reading.context.links)
        all_links = _links(text) if told is None else [_told_link(text, *link) for link in told]
        if not all_links:
            return
        blocks = _blocks(text)
        links = [(link, number) for link in all_links if (number := _block_of(blocks, link)) is not None]
        links = [
            (link, number)
            for link, number in links[:_MOST_LINKS]
            if len(_NO_INK.sub("", self.empty.sub("", link.says))) > 1
        ]
        if not links or len(blocks) < _LEAST_BLOCKS:
            return
        for (link, number), (own, best, most) in zip(links, self._cosines(text, blocks, links), strict=False):
            if own < self.floor:
                suggestions = self.rule.suggestions[:1]
                if most >= self.floor:
                    elsewhere = self._quoted(text, blocks[best])
                    suggestions = tuple(each.replace("{paragraph}", elsewhere) for each in self.rule.suggestions[1:])
                yield self.rule.finding_at(text, *link.span, suggestions=suggestions, related=[blocks[number]])

    def _cosines(
        self, text: str, blocks: Sequence[Span], links: Sequence[tuple[_Link, int]]
    ) -> Iterable[tuple[float, int, float]]:
        """Yield each link's cosine with its own block, and the block that it fits best with the cosine there.

        The words of all links are taken out of the blocks.
        """
        plain = list(text)
        for link, _ in links:
            plain[slice(*link.span)] = " " * (link.span.end - link.span.start)
        features = [self._features(Prose("".join(plain[start:end])).text) for start, end in blocks]
        held = Counter(chain.from_iterable(map(set, features)))

        # Damped counts and smoothed rarity as scikit-learn has them; a library that takes a second to load and 15 ms a
        # text is too much for a handful of paragraphs.
        def rarity(feature: str) -> float:
            number = held.get(feature)
            return math.log((1 + len(blocks)) / (1 + number)) + 1 if number else 0.0

        @functools.cache
        def weighed(number: int) -> tuple[dict[str, float], float]:
            weights = {feature: _damped(n) * rarity(feature) for feature, n in Counter(features[number]).items()}
            return weights, math.hypot(*weights.values())

        def cosine(number: int, asked: Mapping[str, float], norm: float) -> float:
            weights, own = weighed(number)
            product = sum(weight * weights.get(feature, 0.0) for feature, weight in asked.items())
            return product / (norm * own) if product else 0.0

        for link, number in links:
            said = Counter(self._features(self.empty.sub(" ", link.says)))
            weights = {feature: _damped(n) * rarity(feature) for feature, n in said.items()}
            norm = math.hypot(*weights.values())
            own = cosine(number, weights, norm)
            if own >= self.floor:  # where else it might stand is of no interest
                yield own, number, own
                continue
            cosines = [cosine(other, weights, norm) for other in range(len(blocks))]
            best = max(range(len(cosines)), key=cosines.__getitem__)
            yield own, best, cosines[best]

    def _features(self, text: str) -> list[str]:
        """Return words of two characters or more, and one to three characters inside Han runs."""
        folded = fold_text(text)
        words = [f" {word}" for word in self.segmenter.words(folded) if len(word) > 1 and word[0].isalnum()]
        for run in _HAN_RUN.findall(folded):
            words += [run[place : place + size] for size in (1, 2, 3) for place in range(len(run) - size + 1)]
        return words

    @staticmethod
    def _quoted(text: str, block: Span) -> str:
        """Return how a paragraph begins, to find it by."""
        return " ".join(_ALL_MARKUP.sub("", text[block.start : block.end]).replace("[", "").split())[:12]


def _damped(count: int) -> float:
    return 1 + math.log(count) if count else 0.0


class _Link(NamedTuple):
    """A link's words with its title, and where the words stand."""

    span: Span
    says: str


_ANCHOR = late(
    r"(?<!!)\[(?P<md>[^\[\]\n]{1,200})\]\([^()\s]{1,500}(?:\s+[\"'](?P<md_title>[^\"'\n]{0,200})[\"'])?\)"
    r"|<a\b(?P<attributes>[^<>]{0,500})>(?P<html>[^<>]{1,200})</a>",
    re.IGNORECASE,
)
_TITLE = late(r"title\s*=\s*[\"']([^\"'<>]{0,200})", re.IGNORECASE)
_ALL_MARKUP = late("|".join(pattern for _, _, pattern in _MARKUP))
_HAN_RUN = late(f"[{_HAN}]{{2,}}")
_MOST_LINKS = 500  # more make a directory and no article
_LEAST_BLOCKS = 2  # one paragraph has nothing to be compared with


def _told_link(text: str, start: int, end: int, title: str) -> _Link:
    return _Link(Span(start, end), f"{text[start:end]} {title}")


def _links(text: str) -> list[_Link]:
    """Return the links of a text that still holds its markup."""
    if "](" not in text and "href" not in text:
        return []
    found = []
    for match in _ANCHOR.finditer(text):
        group = "md" if match["md"] is not None else "html"
        attributes = _TITLE.search(match["attributes"] or "")
        title = match["md_title"] or (attributes[1] if attributes else "")
        found.append(_Link(Span(*match.span(group)), f"{match[group]} {title}"))
    return found


def _blocks(text: str) -> list[Span]:
    """Return the paragraphs; a line of fewer than twelve Han characters belongs to the one before it."""
    blocks: list[Span] = []
    start = 0
    for match in _BLOCK_END.finditer(text):
        if len(_ALL_HAN.findall(text, start, match.start())) >= _LINE or not blocks:
            blocks.append(Span(start, match.end()))
        else:
            blocks[-1] = Span(blocks[-1].start, match.end())
        start = match.end()
    return [block for block in blocks if block.start < block.end]


_LINE = 12
_BLOCK_END = late(r"\n|</(?:p|li|div|td|h[1-6])>|<br\s*/?>|\Z", re.IGNORECASE)


def _block_of(blocks: Sequence[Span], link: _Link) -> int | None:
    number = bisect_right([block.start for block in blocks], link.span.start) - 1
    return number if number >= 0 and link.span.end <= blocks[number].end else None


def _listed(rule: Rule, build: Build) -> frozenset[str]:
    words: set[str] = set()
    for name in rule.settings.get("lexicons", ()):
        if name not in build.lexicons:
            raise RuleError(rule=rule.id, reason=Both(f"没有词表“{name}”", f"there is no word list '{name}'"))
        words |= set(build.lexicons[name].entries)
    return frozenset(words)


KINDS: dict[str, KindMaker] = {
    "written": WrittenKind,
    "spacing": SpacingKind,
    "paired": PairedKind,
    "long_sentence": LongSentenceKind,
    "same_sentence": SameSentenceKind,
    "same_opening": SameOpeningKind,
    "near_word": NearWordKind,
    "same_phrase": SamePhraseKind,
    "parallel": ParallelKind,
    "density": DensityKind,
    "keyword_absent": AbsentKind,
    "link_fit": LinkFitKind,
    "copied": CopiedKind,
}
