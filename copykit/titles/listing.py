"""Kinds for listing titles: searched words covered, order, and characters wasted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, count

from copykit.errors import Words as Both
from copykit.late import late
from copykit.model import Finding
from copykit.rules import kinds
from copykit.rules.kinds import Build, KindMaker, RuleError, Words
from copykit.rules.reading import Context, Reading
from copykit.rules.rule import Rule
from copykit.text.normalize import fold_text, fold_texts
from copykit.titles.frame import length_of
from copykit.titles.goods import goods_named, goods_of_brief


class KeywordsKind:
    """Looks for the brief's keywords, each worth ``points``, the first ``limit`` of them.

    With ``missing = true`` it fires once instead, for the keywords that the title lacks.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        self.comma = "、" if build.lang == "zh" else ", "
        self.missing = bool(rule.settings.get("settings", {}).get("missing", False))
        self.triggers: frozenset[int] | None = None

    def idle(self, context: Context) -> bool:
        """Return whether there are no keywords to look for."""
        return context.brief is None or not context.brief.keywords

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield a finding a keyword found, or one for those that are not there."""
        brief = reading.context.brief
        if brief is None or not brief.keywords:
            return
        text = reading.folded.text
        # A keyword of invisible characters folds to nothing and would stand everywhere.
        wanted = brief.keywords[: self.rule.limit]
        keywords = [(word, folded) for word in wanted if (folded := fold_text(word).strip())]
        if self.missing:
            absent = [word for word, folded in keywords if folded not in text]
            if absent:
                points = self.rule.points * len(absent)
                yield self.rule.finding(reading, 0, len(text), points=points, words=self.comma.join(absent))
            return
        for _, folded in keywords:
            place = text.find(folded)
            if place >= 0:
                yield self.rule.finding(reading, place, place + len(folded))


class SearchedKind:
    """Counts the different words of the title that buyers type into a search box, by the background's query counts.

    Fires once: ``points_each`` for every word up to ``limit``. Asked only without a brief's keywords. Words that a rule
    named in ``settings.rules`` charges, or that an error bars, are none of them. What one of ``settings.heads`` found
    is one, however seldom public queries hold it: who buys goods types their name.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        background = build.data("background")["searched"]
        low = rule.settings.get("at_least", 1)
        counts = zip(background["words"].split("\n"), background["counts"], strict=True)
        self.searched = frozenset(word for word, count in counts if count >= low)
        self.each = int(rule.settings["points_each"])
        self.claiming = kinds.other_rules(rule, build)
        self.heads = frozenset(rule.settings["settings"].get("heads", ()))
        self.triggers: frozenset[int] | None = None

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield nothing: what the others claim is not known yet."""
        return ()

    def conclude(self, reading: Reading, findings: Sequence[Finding]) -> Iterable[Finding]:
        """Yield one finding over the first searched word, the others related."""
        brief = reading.context.brief
        if brief is not None and brief.keywords:
            return ()  # which know better
        words = reading.words
        first_places: dict[str, int] = {}
        for place in compress(count(), map(self.searched.__contains__, words)):
            first_places.setdefault(words[place], place)
        starts = reading.starts
        spans = [(starts[place], starts[place + 1]) for place in first_places.values()]
        for finding in findings:
            if finding.rule in self.heads:
                head = reading.folded.text.find(finding.matched_as)
                end = head + len(finding.matched_as)
                if head >= 0 and not any(start < end and head < last for start, last in spans):
                    spans = sorted([*spans, (head, end)])
        if not spans:
            return ()
        claimed = [f for f in findings if f.rule in self.claiming or f.severity == "error"]
        if claimed:
            spans = [span for span in spans if not _claimed(reading.folded.span(*span), claimed)]
        if not spans:
            return ()
        points = self.each * min(len(spans), self.rule.limit)
        first, *others = spans
        return (self.rule.finding(reading, *first, points=points, related=others, count=len(spans)),)


def _claimed(span: tuple[int, int], findings: Iterable[Finding]) -> bool:
    return any(finding.start < span[1] and span[0] < finding.end for finding in findings)


class PositionKind:
    """Fires for the first word of its lists when it ends by character ``max`` of the title, or starts after ``min``.

    Only words that name what is sold count (see ``goods_named``), and before them what the brief calls the goods.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        words = Words(rule, build)
        self.slot, self.fields = words.slot, words.fields
        self.low, self.high = rule.settings.get("min"), rule.settings.get("max")
        if (self.low is None) == (self.high is None):
            raise RuleError(rule=rule.id, reason=Both("min 和 max 要写一个，也只写一个", "give either min or max"))
        self.triggers: frozenset[int] | None = None

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield one finding or none."""
        text, hits = reading.folded.text, reading.hits.get(self.slot, ())
        first = goods_of_brief(text, reading.context.brief) or goods_named(text, reading.starts, hits, self.fields)
        if first is None:
            return ()
        start, end = first
        if (self.high is not None and end <= self.high) or (self.low is not None and start >= self.low):
            return (self.rule.finding(reading, start, end, place=start + 1),)
        return ()


class RepeatKind:
    """Fires for every word of two or more characters that the title says again, the best ``limit`` of them."""

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        self.triggers: frozenset[int] | None = None

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield a finding at each repetition, its first place related."""
        if len(set(reading.words)) == len(reading.words):
            return ()
        seen: dict[str, int] = {}
        found: list[Finding] = []
        for word, tag, start in zip(reading.words, reading.tags, reading.starts, strict=False):
            if len(word) < 2 or tag[0] in "xmuw":
                continue
            if word in seen:
                first, again = _stretch(reading.folded.text, seen[word], start, len(word))
                found.append(self.rule.finding(reading, *again, related=[first]))
            else:
                seen[word] = start
        return found[: self.rule.limit]


def _stretch(text: str, first: int, second: int, size: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return both places of a repeated word with all that is repeated around it (底裤 in 打底裤 … 打底裤)."""
    left = 0
    while (
        first - left > 0 and second - left > first + size and text[first - left - 1] == text[second - left - 1] != " "
    ):
        left += 1
    return (first - left, first + size), (second - left, second + size)


class PastYearKind:
    """Fires for a year before that of ``today``; silent without a date.

    A year has one of ``settings.before`` behind it, a blank or the title's end: 2024号 is none.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        words = "|".join(map(re.escape, fold_texts(rule.settings["settings"]["before"])))
        self._year = late(rf"(?<!\d)(20[0-4]\d)(?!\d)(?={words}|$|\s)")
        self.triggers: frozenset[int] | None = None

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield a finding a past year."""
        today = reading.context.today
        return self._past(reading, today) if today and "20" in reading.folded.text else ()

    def _past(self, reading: Reading, today: str) -> Iterator[Finding]:
        for match in self._year.finditer(reading.folded.text):
            if match[1] < today[:4]:
                yield self.rule.finding(reading, *match.span(), year=today[:4])


class UnusedKind:
    """Fires when the title uses less than the share ``under`` of its platform's limit."""

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        self.under = float(rule.settings["under"])
        self.triggers: frozenset[int] | None = None

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield one finding or none."""
        platform = reading.context.platform
        if platform is None or platform.max is None:
            return ()
        length = length_of(reading)
        if length.used >= platform.max * self.under:
            return ()
        left = platform.max - length.used
        return (self.rule.finding(reading, 0, len(reading.folded.text), used=length.used, left=left),)


KINDS: dict[str, KindMaker] = {
    "keywords": KeywordsKind,
    "searched": SearchedKind,
    "position": PositionKind,
    "repeat": RepeatKind,
    "past_year": PastYearKind,
    "unused": UnusedKind,
}
