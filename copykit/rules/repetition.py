"""Rules about what a text says again: sentences, openings, words, phrases, builds, and what other texts say."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, compress, pairwise

from copykit.late import late
from copykit.model import Finding, Span
from copykit.rules.kinds import Build, KindMaker
from copykit.rules.prose import CLAUSE_END, HAN, NO_INK, Prose, ProseKind, listed_words, places_of, prose_of
from copykit.rules.reading import Context, Reading
from copykit.rules.rule import Rule
from copykit.text.originality import originality


class SameSentenceKind(ProseKind):
    """Finds a sentence of at least ``min`` letters or Han that the text has said before, whatever its signs.

    The cells of a table come again in every row.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        super().__init__(rule, build)
        self.least = int(rule.settings["min"])

    def _find(self, reading: Reading) -> Iterable[Finding]:
        prose = prose_of(reading)
        text = prose.text
        # By their first two characters: only sentences that begin alike have to be freed of their signs.
        alike: dict[str, list[Span]] = {}
        for span in prose.sentences:
            if span.end - span.start >= self.least and _CELL.search(text, span.start, span.end) is None:
                alike.setdefault(text[span.start : span.start + 2], []).append(span)
        found = []
        for spans in alike.values():
            said: dict[str, Span] = {}
            for span in spans if len(spans) > 1 else ():
                ink = NO_INK.sub("", text[span.start : span.end])
                first = said.setdefault(ink, span)
                if first is not span and len(ink) >= self.least:
                    found.append(self.rule.finding_at(prose.source, *span, related=[first]))
        return sorted(found, key=lambda finding: finding.start)[: self.rule.limit]


_CELL = late(r"\|[^|\n]*\|")


class SameOpeningKind(ProseKind):
    """Finds ``at_least`` sentences in a row that begin with the same two Han characters."""

    def __init__(self, rule: Rule, build: Build) -> None:
        super().__init__(rule, build)
        self.least = int(rule.settings["at_least"])

    def _find(self, reading: Reading) -> Iterable[Finding]:
        prose = prose_of(reading)
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


_TWO_HAN = late(f"[{HAN}]{{2}}")
_SHORT = 6  # shorter ones are answers, labels and calls


class NearWordKind(ProseKind):
    """Finds a word of two Han or more that stands ``at_least`` times within ``max`` characters.

    Words of ``lexicons`` are in every text and do not count; nor do the brief's keywords, which have their own
    rule. ``chars`` are those of grammar: they stand in every line, and in few words of content.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        super().__init__(rule, build)
        self.least, self.reach = int(rule.settings["at_least"]), int(rule.settings["max"])
        self.plain = listed_words(rule, build)
        self.grammar = frozenset(rule.settings.get("chars", ()))

    def _find(self, reading: Reading) -> Iterable[Finding]:
        prose = prose_of(reading)
        found: dict[str, Finding] = {}
        for base, stretch, often in self._stretches(prose.text):
            for pair in often:
                crowd = self._crowd(list(places_of(pair, stretch)))
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
            likely = [pair for pair in frequent_pairs(whole, self.least) if self._is_content(pair)]
            for base in range(0, max(len(whole) - self.reach, 1), _STRETCH) if likely else ():
                stretch = whole[base : base + _STRETCH + self.reach]
                often = [pair for pair in likely if stretch.count(pair) >= self.least]
                if often:
                    yield block + base, stretch, often

    def _is_content(self, pair: str) -> bool:
        return _TWO_HAN.fullmatch(pair) is not None and self.grammar.isdisjoint(pair)

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


_STRETCH = 240  # characters looked at together, with the reach
_BLOCK = 8 * _STRETCH  # characters whose pairs are counted at once
_MARGIN = 8  # what is cut beside a crowd, so that the words at its edges are whole


class SamePhraseKind(ProseKind):
    """Finds four words or more, together ``min`` characters without a sign, that return within ``max`` characters.

    What the title says, the text says too.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        super().__init__(rule, build)
        self.least, self.reach = int(rule.settings["min"]), int(rule.settings["max"])

    def _find(self, reading: Reading) -> Iterable[Finding]:
        prose = prose_of(reading)
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
            if first is None or place < told or not least <= place - first <= self.reach or prose.in_title(first):
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
    while place < len(text) and first < second and text[place] == text[first] and not CLAUSE_END.match(text, place):
        place, first = place + 1, first + 1
    return place


class ParallelKind(ProseKind):
    """Fires once when more than ``over`` runs of three short clauses are built alike: one first or last character.

    The clauses stand in one line, are of nearly the same length, and are parted by commas, stops or 、.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        super().__init__(rule, build)
        self.over = int(rule.settings.get("over", 0))

    def _find(self, reading: Reading) -> Iterable[Finding]:
        prose = prose_of(reading)
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


_PARALLELS = late(f"[{HAN}]+(?:[，。！？；：、,!?;:][{HAN}]+){{2,}}")


def _alike(text: str, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Return whether two clauses of nearly the same length begin with the same character, or, equally long, end so."""
    start, end = one
    begin, last = other
    size, more = end - start, last - begin
    if not (2 <= more <= _LONGEST and -2 <= size - more <= 2 and size > 1):
        return False
    return text[start] == text[begin] or (size == more and text[end - 1] == text[last - 1])


_LONGEST = 14


class CopiedKind(ProseKind):
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


KINDS: dict[str, KindMaker] = {
    "same_sentence": SameSentenceKind,
    "same_opening": SameOpeningKind,
    "near_word": NearWordKind,
    "same_phrase": SamePhraseKind,
    "parallel": ParallelKind,
    "copied": CopiedKind,
}
