"""The kinds of rule that need only words, patterns, counts and lengths; each is one class with one ``find``.

A kind is built once from its rule and may ask the builder for automaton slots. ``triggers`` are the slots without
which it cannot find anything; None means that it must look at every text. ``find`` sees a reading and yields findings.
"""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from copykit.errors import CopykitError
from copykit.errors import Words as Both
from copykit.lexicon import AutomatonBuilder, Lexicon, Lexicons
from copykit.model import Finding
from copykit.rules.reading import Batch, Context, Reading
from copykit.rules.rule import Rule
from copykit.rules.rule import RuleError as RuleError  # every kind raises it
from copykit.text import patterns as text_patterns
from copykit.text.measure import WIDEST, measure
from copykit.text.normalize import fold_text, fold_texts
from copykit.text.segment import Segmenter


class Build(Protocol):
    """What a kind may use while it is built."""

    automaton: AutomatonBuilder
    lexicons: Lexicons
    segmenter: Segmenter

    def data(self, kind: str) -> dict[str, Any]:
        """Return the data files of a kind."""
        ...

    @property
    def rules(self) -> Mapping[str, Any]:
        """Return the cards of all rules there are, by id (see ``rule.cards``)."""
        ...

    @property
    def lang(self) -> str:
        """Return the language in which findings speak."""
        ...

    def detector(self, name: str, make: Callable[[Build], Detector]) -> Detector:
        """Return a detector shared by the rules that read what it finds."""
        ...

    def shared(self, name: str, make: Callable[[Build], Any]) -> Any:
        """Return what several rules use together, made when it is first asked for."""
        ...


class Kind(Protocol):
    """A built rule."""

    rule: Rule
    triggers: frozenset[int] | None

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield the rule's findings in one text."""
        ...


class Contextual(Protocol):
    """A rule that looks at every text, but only where the context gives it something to look for."""

    def idle(self, context: Context) -> bool:
        """Return whether the rule can find nothing in any text of this context."""
        ...


class FirstHit(Protocol):
    """A rule that may need no more than its slot's first hit; where ``first_hit`` is True it is not even asked."""

    rule: Rule
    first_hit: bool


class WholeText(Protocol):
    """A rule that looks at a text as a whole, such as at a notice that has to stand somewhere in it."""

    whole_text: bool


class Prepared(Protocol):
    """A rule that makes at its first hit what few texts need, and all at once for many texts."""

    def prepare(self) -> None:
        """Make it."""
        ...


class Concluding(Protocol):
    """A rule that is asked last and sees what the others found."""

    def conclude(self, reading: Reading, findings: Sequence[Finding]) -> Iterable[Finding]:
        """Yield the rule's findings."""
        ...


KindMaker = Callable[[Rule, Build], Kind]
# Looks at readings once, before the rules, and adds what it found to ``reading.hits`` under slots of its own. Where its
# attribute ``looks_at`` names slots, it needs to see only the sentences in which one of them was hit.
Detector = Callable[[Batch], None]


class RuleTooSlow(CopykitError):
    """A user's pattern that ran out of its time on one text."""

    zh = "规则 {rule} 在这段文字上超过 0.1 秒，请把正则写得更具体（超过三次就不再用它）"
    en = "rule {rule} took over 0.1 s on this text; make its pattern more specific (after three times it is left out)"


class Words:
    """A rule's words, given in the file or by a list, under one automaton slot."""

    def __init__(self, rule: Rule, build: Build, *, key: str = "words") -> None:
        settings = rule.settings
        self.fields: dict[str, Any] = {}
        words = set(fold_texts(_spelled_out(settings.get(key, ()))))
        exceptions = set(fold_texts(settings.get("except", ())))
        names = [settings["lexicon"]] if key == "words" and "lexicon" in settings else []
        names += settings.get("lexicons", ()) if key == "words" else ()
        for name in names:
            lexicon = lexicon_of(rule, build, name)
            self.fields.update({word: fields for word, fields in lexicon.entries.items() if fields})
            words.update(lexicon.entries)
            exceptions |= lexicon.exceptions
        self.words = frozenset(words) - {""}
        if not self.words:
            wanted = key if key != "words" else "words / lexicon / lexicons"
            zh, en = f"一个词也没有，请写 {wanted}", f"it has no words; give {wanted}"
            raise RuleError(rule=rule.id, reason=Both(zh, en))
        self.slot = build.automaton.words(self.words, exceptions - {""})


def lexicon_of(rule: Rule, build: Build, name: str) -> Lexicon:
    """Return a word list that a rule names; raise RuleError when there is none."""
    if name not in build.lexicons:
        raise RuleError(rule=rule.id, reason=Both(f"没有词表“{name}”", f"there is no word list '{name}'"))
    return build.lexicons[name]


def other_rules(rule: Rule, build: Build) -> frozenset[str]:
    """Return the rules that a rule names in ``settings.rules``; raise RuleError for one that there is not."""
    others = frozenset(rule.settings.get("settings", {}).get("rules", ()))
    unknown = sorted(others - build.rules.keys())
    if unknown:
        zh, en = f"settings.rules 里的“{unknown[0]}”找不到", f"settings.rules: there is no rule '{unknown[0]}'"
        raise RuleError(rule=rule.id, reason=Both(zh, en))
    return others


class WordKind:
    """Finds the words of ``words``, ``lexicon`` or ``lexicons``.

    ``at``: ``token`` keeps hits that begin and end where words do, ``single_token`` asks this of single characters
    only, ``start`` and ``end`` keep those at the text's edges.
    ``unless``: words that cancel a hit in their own clause, ``not_after``: words that do right before it. ``needs``:
    words of which the text must hold one.
    A list's field ``points`` overrides the rule's, ``use`` becomes a suggestion, other fields fill the message.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        group = Words(rule, build)
        self.slot = group.slot
        # A word with fields of its own speaks as a rule of its own, made when the word is first met.
        self.fields = group.fields
        self._rules: dict[str, Rule] = {}
        for word, fields in group.fields.items():
            if any("{" in value for value in fields.values()):
                self._rule_of(word)  # a field that cannot stand in a message is told now, not in the middle of a batch
        self.at = rule.settings.get("at", "any")
        self.unless = _side_slot(rule, build, "unless")
        self.needs = _side_slot(rule, build, "needs")
        self.not_after = tuple(fold_texts(rule.settings.get("not_after", ())))
        bare = self.unless is None and self.needs is None and not self.not_after
        simple = self.at == "any" and bare and not self.fields
        self.first_hit = simple and rule.limit == 1
        self.triggers: frozenset[int] | None = frozenset((self.slot,))

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield a finding a hit, the best ``limit`` of them."""
        hits = reading.hits.get(self.slot)
        if not hits or (self.needs is not None and self.needs not in reading.hits):
            return ()
        if self.at != "any":
            hits = self._placed(reading, hits)
        if self.unless is not None and self.unless in reading.hits:
            hits = [hit for hit in hits if not _cancelled(reading, hit, reading.hits[self.unless])]
        rule, text = self.rule, reading.folded.text
        if self.not_after:
            hits = [hit for hit in hits if not text.endswith(self.not_after, 0, hit[0])]
        if not self.fields:
            return best([rule.plain(reading, start, end) for start, end in hits], rule.limit)
        return best([self._rule_of(text[start:end]).plain(reading, start, end) for start, end in hits], rule.limit)

    def _rule_of(self, word: str) -> Rule:
        rule = self._rules.get(word)
        if rule is None:
            fields = self.fields.get(word)
            rule = self._rules[word] = _with_fields(self.rule, fields) if fields else self.rule
        return rule

    def _placed(self, reading: Reading, hits: list[tuple[int, int]]) -> list[tuple[int, int]]:
        if self.at == "token":
            bounds = reading.bounds
            return [hit for hit in hits if hit[0] in bounds and hit[1] in bounds]
        if self.at == "single_token":
            return whole_words(reading, hits)
        if self.at == "start":
            return [hit for hit in hits if not reading.folded.text[: hit[0]].strip()]
        text = reading.folded.text
        return [hit for hit in hits if not text[hit[1] :].strip(" 。.！!？?…~")]


class PatternKind:
    r"""Finds a regular expression in the folded text, tried only where one of its literal ``anchor`` words stands.

    In an anchor ``\d`` stands for any digit. A group named ``hit`` narrows the span. Bundled patterns run on ``re``, a
    user's own on ``regex`` with a time limit.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        self.slot = Words(rule, build, key="anchor").slot
        self.unless = _side_slot(rule, build, "unless")
        self.triggers: frozenset[int] | None = frozenset((self.slot,))
        self._matches = pattern_matcher(rule)

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield a finding a match, the best ``limit`` of them."""
        if self.slot not in reading.hits:
            return ()
        spans = self._matches(reading.folded.text)
        if not spans:
            return ()
        if self.unless is not None and self.unless in reading.hits:
            spans = [span for span in spans if not _cancelled(reading, span, reading.hits[self.unless])]
        return best([self.rule.plain(reading, start, end) for start, end in spans], self.rule.limit)


class CountKind:
    """Counts words (or the characters of ``chars``) and fires once when there are more than ``over``.

    ``points_each`` is added for every one beyond ``over``, at most ``limit`` times.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        settings = rule.settings
        self.over = int(settings.get("over", 0))
        self.each = int(settings.get("points_each", 0))
        chars = {char for given in settings.get("chars", ()) for char in fold_text(given) or given}
        self.slot = build.automaton.words(chars) if chars else Words(rule, build).slot
        self.triggers: frozenset[int] | None = frozenset((self.slot,))

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield one finding over the first counted place, with the others as related spans."""
        spans = reading.hits.get(self.slot, [])
        extra = len(spans) - self.over
        if extra <= 0:
            return ()
        points = self.rule.points + self.each * min(extra - 1, self.rule.limit)
        first, *others = spans
        return (self.rule.finding(reading, *first, points=points, related=others, count=len(spans)),)


class LengthKind:
    """Fires when the text is shorter than ``min`` or longer than ``max`` in ``unit``; spans the whole text."""

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        settings = rule.settings
        self.unit = settings.get("unit", "char")
        self.low, self.high = settings.get("min", 0), settings.get("max", 10**9)
        self._surely_fits = self.high // WIDEST[self.unit]  # code points
        self.triggers: frozenset[int] | None = None

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield one finding or none."""
        text = reading.text
        if not self.low and len(text) <= self._surely_fits:
            return ()
        used = measure(text, self.unit)
        if self.low <= used <= self.high:
            return ()
        return (self.rule.finding(reading, 0, len(reading.folded.text), used=used),)


class MissingKind:
    """Fires when the text holds no word of any of its lists; spans the whole text."""

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        self.slot = Words(rule, build).slot
        self.triggers: frozenset[int] | None = None

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield one finding or none."""
        if self.slot in reading.hits:
            return ()
        return (self.rule.plain(reading, 0, len(reading.folded.text)),)


KINDS: dict[str, KindMaker] = {
    "word": WordKind,
    "pattern": PatternKind,
    "count": CountKind,
    "length": LengthKind,
    "missing": MissingKind,
}


def best(findings: list[Finding], limit: int) -> list[Finding]:
    """Return the ``limit`` findings worth most (by size of points, then place), in order of place."""
    if len(findings) <= limit:
        return findings
    kept = sorted(findings, key=lambda finding: (-abs(finding.points), finding.start))[:limit]
    return sorted(kept, key=lambda finding: finding.start)


def whole_words(reading: Reading, hits: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the hits without single characters that are only a part of a word (太 in 太平洋)."""
    if all(end - start > 1 for start, end in hits):
        return hits
    bounds = reading.bounds
    return [hit for hit in hits if hit[1] - hit[0] > 1 or (hit[0] in bounds and hit[1] in bounds)]


def _with_fields(rule: Rule, fields: Mapping[str, str]) -> Rule:
    """Return the rule as it speaks of a word: with its points and suggestions, its other fields in the message."""
    message = rule.message
    for key, value in fields.items():
        if key != "match":  # which is what was found, whatever a list says
            message = message.replace("{" + key + "}", value)
    return replace(
        rule,
        message=message,
        points=int(fields["points"]) if "points" in fields else rule.points,
        suggestions=tuple(fields["use"].split("|")) if "use" in fields else rule.suggestions,
    )


def _spelled_out(words: Iterable[str]) -> list[str]:
    r"""Return the words with each digit in turn where an anchor says ``\d``: 9斤 stands in fewer texts than 斤."""
    return [word.replace(r"\d", digit) for word in words for digit in ("0123456789" if r"\d" in word else "0")]


def _side_slot(rule: Rule, build: Build, key: str) -> int | None:
    words = set(fold_texts(rule.settings.get(key, ()))) - {""}
    return build.automaton.words(words) if words else None


def _cancelled(reading: Reading, hit: tuple[int, int], others: Sequence[tuple[int, int]]) -> bool:
    clause = reading.clause_at(hit[0])
    return any(clause.start <= start < clause.end for start, _ in others)


def pattern_matcher(rule: Rule) -> Callable[[str], list[tuple[int, int]]]:
    """Return what finds a rule's ``pattern`` in a folded text: spans of its group ``hit`` (``hit1``, ``hit2`` … where
    alternatives have one each), else of the whole match."""
    return _own_pattern(rule) if rule.trusted else _users_pattern(rule)


def _own_pattern(rule: Rule) -> Callable[[str], list[tuple[int, int]]]:
    """Return a bundled pattern's matcher; it is compiled at its first use, since 40 of them take 20 ms at start."""

    @functools.cache
    def compiled() -> tuple[re.Pattern[str], _HitOf]:
        pattern = text_patterns.compiled(rule.settings["pattern"])
        return pattern, _hit_of(pattern.groupindex)

    def matches(text: str) -> list[tuple[int, int]]:
        pattern, hit = compiled()
        if pattern.search(text) is None:  # most anchors stand in other company
            return []
        return [_to_its_end(text, span) for match in pattern.finditer(text) if _has_ink(span := hit(match))]

    return matches


def _to_its_end(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """Return a span that does not end inside a number: 首发价格9 of 99, 便宜一 of 一半."""
    rest = _REST_OF_A_NUMBER.match(text, span[1])
    return span if rest is None else (span[0], rest.end())


_REST_OF_A_NUMBER = re.compile(r"(?<=[0-9])\.?[0-9]+|(?<=[一二两三四五六七八九十百千万几])[十百千万]*[倍半成折](?!功)")


_HitOf = Callable[[Any], tuple[int, int]]


def _hit_of(groups: Iterable[str]) -> _HitOf:
    """Return what gives a match's hit: the group that took part of those named hit, hit1, hit2 …."""
    names = [name for name in groups if name.rstrip("0123456789") == "hit"]
    if len(names) < 2:
        return operator.methodcaller("span", *names)
    return lambda match: next(match.span(name) for name in names if match.start(name) >= 0)


def _users_pattern(rule: Rule) -> Callable[[str], list[tuple[int, int]]]:
    """Return the matcher of a user's own pattern, which may hang and therefore runs under a time limit."""
    import regex

    try:
        pattern = regex.compile(rule.settings["pattern"])
    except regex.error as error:
        zh, en = f"pattern 写错了：{error}", f"bad pattern: {error}"
        raise RuleError(rule=rule.id, reason=Both(zh, en)) from None
    hit = _hit_of(pattern.groupindex)
    patience = 3  # a million rows at 0.1 s each would take a day

    def matches(text: str) -> list[tuple[int, int]]:
        nonlocal patience
        if not patience:
            return []
        try:
            return [span for match in pattern.finditer(text, timeout=0.1) if _has_ink(span := hit(match))]
        except TimeoutError:
            patience -= 1
            raise RuleTooSlow(rule=rule.id, left=patience) from None

    return matches


def _has_ink(span: tuple[int, int]) -> bool:
    """Return whether a span holds something; a group that took no part in its match stands at (-1, -1)."""
    return span[0] < span[1]
