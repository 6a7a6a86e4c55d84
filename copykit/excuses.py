"""Findings that an author lets stand: on a line, in a block, or inside a phrase of copykit.toml, with a reason.

An excuse without a reason, for a rule that there is not, or that excuses nothing any more is told as a finding.
"""

from __future__ import annotations

import functools
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from copykit.errors import Words
from copykit.model import Finding, Span
from copykit.project import PhraseExcuse
from copykit.text.markup import Directive, Visible
from copykit.text.normalize import Folded, fold, fold_text


class Excuse(NamedTuple):
    """A directive that holds: findings of its rules that touch ``span`` of the source may stand.

    ``open``: an ``off`` behind which no ``on`` closes its block, so that it reaches to the end.
    """

    directive: Directive
    span: Span
    open: bool = False


class Excuses:
    """The excuses of one text, to be found by rule and place without a look at the others."""

    def __init__(self, excuses: Iterable[Excuse]) -> None:
        self.all = list(excuses)
        by_name: dict[str, list[tuple[Span, int]]] = {}
        for number, each in enumerate(self.all):
            for name in each.directive.rules:
                by_name.setdefault(name, []).append((each.span, number))
        self._by_name = {name: _Reaches(sorted(spans)) for name, spans in by_name.items()}

    def covering(self, finding: Finding, place: Span) -> int | None:
        """Return the number of an excuse under which a finding at a place of the source may stand."""
        found = (self._by_name[name].touching(place) for name in _names_of(finding.rule) if name in self._by_name)
        return min((number for number in found if number is not None), default=None)


class _Reaches:
    """Ranges in order: the first that reaches beyond a place's start touches the place if it begins in time."""

    __slots__ = ("_farthest", "_spans")

    def __init__(self, spans: Sequence[tuple[Span, int]]) -> None:
        self._spans = spans
        self._farthest = list(accumulate((span.end for span, _ in spans), max))

    def touching(self, place: Span) -> int | None:
        """Return the number of the first range that shares a character with a place."""
        first = bisect_right(self._farthest, place.start)
        if first == len(self._spans) or self._spans[first][0].start >= place.end:
            return None
        return self._spans[first][1]


def _names_of(rule: str) -> Iterator[str]:
    """Yield a rule's name and those of the folders above it."""
    while rule:
        yield rule
        rule = rule.rpartition("/")[0]


def named(rule: str, names: Iterable[str]) -> bool:
    """Return whether a rule is among names of rules and of folders of rules."""
    return any(rule == name or rule.startswith(f"{name}/") for name in names)


def names_of(rules: Iterable[str]) -> frozenset[str]:
    """Return the names by which rules can be spoken of: their own, and those of the folders above them."""
    return frozenset(name for rule in rules for name in _names_of(rule))


def excuses_in(seen: Visible, known: Collection[str], lang: str) -> tuple[list[Excuse], list[tuple[Finding, Span]]]:
    """Return the excuses that a text's directives give, and what is wrong with the others, with their places.

    ``known`` holds the names of rules and folders (see ``names_of``).
    """
    excuses: list[Excuse] = []
    faults: list[tuple[Finding, Span]] = []
    reach = _Reach(seen)
    for number, each in enumerate(seen.directives):
        if each.verb == "on":
            continue
        unknown = [name for name in each.rules if name not in known]
        if not each.rules or not each.reason:
            faults.append((_fault("no_reason", each, seen, lang), each.span))
        elif unknown:
            meant = [_meant(name, known) for name in unknown]
            kind = "nearly_known" if all(meant) else "unknown_rule"
            faults.append((_fault(kind, each, seen, lang, "、".join(unknown), "、".join(meant)), each.span))
        else:
            span, is_open = (reach.line(each), False) if each.verb == "allow" else reach.block(number)
            excuses.append(Excuse(each, span, is_open))
    return excuses, faults


def _meant(name: str, known: Collection[str]) -> str:
    """Return the one name that ends so: law/absolute/peak for absolute/peak; empty if none or several do."""
    found = [each for each in known if each.endswith(f"/{name}")]
    return found[0] if len(found) == 1 else ""


def idle(excuse: Excuse, seen: Visible, lang: str) -> tuple[Finding, Span]:
    """Return the finding that tells of an excuse under which nothing was found."""
    directive = excuse.directive
    return _fault("idle", directive, seen, lang, "、".join(directive.rules)), directive.span


def left_open(excuse: Excuse, seen: Visible, lang: str) -> tuple[Finding, Span]:
    """Return the finding that tells of a block that is never closed, so that it reaches to the end of the text."""
    return _fault("left_open", excuse.directive, seen, lang), excuse.directive.span


class Phrases:
    """The places of one text at which a phrase of copykit.toml lets findings stand; a long one beats a short word."""

    def __init__(self, text: str, excuses: Sequence[PhraseExcuse]) -> None:
        self._text = text
        self._excuses = excuses
        self._places: dict[str, list[Span]] = {}

    @functools.cached_property
    def _folded(self) -> Folded:
        return fold(self._text)

    def excusing(self, finding: Finding) -> PhraseExcuse | None:
        """Return the excuse under which a finding of the visible text may stand."""
        for each in self._excuses:
            if each.rules and not named(finding.rule, each.rules):
                continue
            if not each.phrase:
                return each
            spans = self._spans(each.phrase)
            # Of places in order the last that begins before the finding reaches farthest.
            last = bisect_right(spans, finding.start, key=lambda span: span.start)
            if last and finding.end <= spans[last - 1].end:
                return each
        return None

    def _spans(self, phrase: str) -> list[Span]:
        if phrase not in self._places:
            folded, wanted = self._folded, fold_text(phrase)
            found: list[Span] = []
            start = folded.text.find(wanted) if wanted else -1
            while start >= 0:
                found.append(Span(*folded.span(start, start + len(wanted))))
                start = folded.text.find(wanted, start + 1)
            self._places[phrase] = found
        return self._places[phrase]


class _Reach:
    """What directives speak of: the line at or behind one, and the block from one up to the next ``on``."""

    def __init__(self, seen: Visible) -> None:
        self._seen = seen
        self._alone = [each.span.start for each in seen.directives if each.alone]
        self._lines: dict[int, Span] = {}  # where a line begins → the first one from there on that has a text

    def line(self, directive: Directive) -> Span:
        """Return the directive's own line, or the next line with a text when nothing else stands on its own."""
        source = self._seen.source
        if not directive.alone:
            start = source.rfind("\n", 0, directive.span.start) + 1
            return Span(start, _line_end(source, directive.span.end))
        start = _line_end(source, directive.span.end) + 1
        passed = []
        found = self._lines.get(start)
        while found is None:
            passed.append(start)
            end = _line_end(source, start)
            if start >= len(source):
                found = Span(len(source), len(source))
            elif source[start:end].strip() and not self._is_directive(start, end):
                found = Span(start, end)
            else:
                start = end + 1
                found = self._lines.get(start)
        self._lines.update(dict.fromkeys(passed, found))
        return found

    def _is_directive(self, start: int, end: int) -> bool:
        place = bisect_left(self._alone, start)
        return place < len(self._alone) and self._alone[place] < end

    @functools.cached_property
    def _ends(self) -> list[int | None]:
        """Where the block of each ``off`` ends: before the next ``on`` for one of its rules or for all."""
        directives = self._seen.directives
        everything: int | None = None
        of_rule: dict[str, int] = {}
        ends: list[int | None] = [None] * len(directives)
        for number in range(len(directives) - 1, -1, -1):
            each = directives[number]
            if each.verb == "on" and each.rules:
                of_rule.update(dict.fromkeys(each.rules, each.span.start))
            elif each.verb == "on":
                everything = each.span.start
            else:
                closing = (everything, *(of_rule.get(rule) for rule in each.rules))
                ends[number] = min((end for end in closing if end is not None), default=None)
        return ends

    def block(self, number: int) -> tuple[Span, bool]:
        """Return what stands between ``off`` and the next ``on`` for its rules or for all; True where none is."""
        begin, end = self._seen.directives[number].span.end, self._ends[number]
        return Span(begin, len(self._seen.source) if end is None else end), end is None


def _line_end(source: str, start: int) -> int:
    end = source.find("\n", start)
    return len(source) if end < 0 else end


def _fault(kind: str, directive: Directive, seen: Visible, lang: str, names: str = "", meant: str = "") -> Finding:
    message, why = FAULTS[kind]
    match = seen.source[directive.span.start : directive.span.end]
    return Finding(
        f"excuse/{kind}",
        *directive.span,
        match,
        match,
        "warning",
        message.say(lang).format(names=names, meant=meant),
        why.say(lang),
    )


# What can be wrong with an excuse: message and why.
FAULTS = {
    "no_reason": (
        Words("放过要写明规则和理由", "an excuse names its rule and a reason"),
        Words(
            "写成 copykit: allow law/absolute/rank 理由；没有理由的放过不算数",
            "write copykit: allow law/absolute/rank and why; without a reason it does not count",
        ),
    ),
    "unknown_rule": (
        Words("没有“{names}”这条规则，这处放过不算数", "there is no rule '{names}'; this excuse does not count"),
        Words("规则的名字看 copykit data list rules", "copykit data list rules shows the names"),
    ),
    "nearly_known": (
        Words(
            "没有“{names}”这条规则，是不是 {meant}？这处放过不算数",
            "there is no rule '{names}'; is {meant} meant? This excuse does not count",
        ),
        Words("规则的名字看 copykit data list rules", "copykit data list rules shows the names"),
    ),
    "idle": (
        Words("“{names}”在这里没有命中，这处放过用不上了", "'{names}' finds nothing here; the excuse is idle"),
        Words("用不上的放过会盖住以后的错，请删掉", "an idle excuse hides later mistakes; remove it"),
    ),
    "left_open": (
        Words(
            "off 后面没有 on，从这里到末尾的都放过了",
            "no on follows this off; everything from here to the end is excused",
        ),
        Words(
            "在该结束的地方单独一行写 copykit: on；只放过一处就用 allow",
            "write copykit: on on a line where the block ends; to excuse one place use allow",
        ),
    ),
}
