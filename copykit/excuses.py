"""Findings that an author lets stand: on a line, in a block, or inside a phrase of copykit.toml, with a reason.

An excuse without a reason, for a rule that there is not, or that excuses nothing any more is told as a finding.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from copykit.errors import Words
from copykit.model import Finding, Span
from copykit.project import PhraseExcuse
from copykit.text.markup import Directive, Visible
from copykit.text.normalize import fold, fold_text


class Excuse(NamedTuple):
    """A directive that holds: findings of ``rules`` that touch ``span`` of the source may stand."""

    directive: Directive
    span: Span

    def covers(self, finding: Finding, place: Span) -> bool:
        """Return whether a finding at a place of the source may stand."""
        touches = place.start < self.span.end and self.span.start < place.end
        return touches and named(finding.rule, self.directive.rules)


def named(rule: str, names: Iterable[str]) -> bool:
    """Return whether a rule is among names of rules and of folders of rules."""
    return any(rule == name or rule.startswith(f"{name}/") for name in names)


def excuses_in(seen: Visible, known: Collection[str], lang: str) -> tuple[list[Excuse], list[tuple[Finding, Span]]]:
    """Return the excuses that a text's directives give, and what is wrong with the others, with their places."""
    excuses: list[Excuse] = []
    faults: list[tuple[Finding, Span]] = []
    for number, each in enumerate(seen.directives):
        if each.verb == "on":
            continue
        unknown = [name for name in each.rules if not any(named(rule, (name,)) for rule in known)]
        if not each.rules or not each.reason:
            faults.append((_fault("no_reason", each, seen, lang), each.span))
        elif unknown:
            faults.append((_fault("unknown_rule", each, seen, lang, "、".join(unknown)), each.span))
        else:
            reach = _line(seen, each) if each.verb == "allow" else _block(seen, each, number)
            excuses.append(Excuse(each, reach))
    return excuses, faults


def idle(excuse: Excuse, seen: Visible, lang: str) -> tuple[Finding, Span]:
    """Return the finding that tells of an excuse under which nothing was found."""
    directive = excuse.directive
    return _fault("idle", directive, seen, lang, "、".join(directive.rules)), directive.span


class Phrases:
    """The places of one text at which a phrase of copykit.toml lets findings stand; a long one beats a short word."""

    def __init__(self, text: str, excuses: Sequence[PhraseExcuse]) -> None:
        self._text = text
        self._excuses = excuses
        self._places: dict[str, list[Span]] = {}

    def excusing(self, finding: Finding) -> PhraseExcuse | None:
        """Return the excuse under which a finding of the visible text may stand."""
        for each in self._excuses:
            if each.rules and not named(finding.rule, each.rules):
                continue
            spans = self._spans(each.phrase) if each.phrase else [Span(0, len(self._text))]
            if any(span.start <= finding.start and finding.end <= span.end for span in spans):
                return each
        return None

    def _spans(self, phrase: str) -> list[Span]:
        if phrase not in self._places:
            folded, wanted = fold(self._text), fold_text(phrase)
            found: list[Span] = []
            start = folded.text.find(wanted) if wanted else -1
            while start >= 0:
                found.append(Span(*folded.span(start, start + len(wanted))))
                start = folded.text.find(wanted, start + 1)
            self._places[phrase] = found
        return self._places[phrase]


def _line(seen: Visible, directive: Directive) -> Span:
    """Return the directive's own line, or the next line with a text when nothing else stands on its own."""
    source = seen.source
    if not directive.alone:
        start = source.rfind("\n", 0, directive.span.start) + 1
        return Span(start, _line_end(source, directive.span.end))
    alone = [each.span for each in seen.directives if each.alone]
    start = _line_end(source, directive.span.end) + 1
    while start < len(source):
        end = _line_end(source, start)
        if source[start:end].strip() and not any(start <= span.start < end for span in alone):
            return Span(start, end)
        start = end + 1
    return Span(len(source), len(source))


def _block(seen: Visible, directive: Directive, number: int) -> Span:
    """Return what stands between ``off`` and the next ``on`` for the same rules or for all."""
    for later in seen.directives[number + 1 :]:
        if later.verb == "on" and (not later.rules or set(later.rules) & set(directive.rules)):
            return Span(directive.span.end, later.span.start)
    return Span(directive.span.end, len(seen.source))


def _line_end(source: str, start: int) -> int:
    end = source.find("\n", start)
    return len(source) if end < 0 else end


def _fault(kind: str, directive: Directive, seen: Visible, lang: str, names: str = "") -> Finding:
    message, why = FAULTS[kind]
    match = seen.source[directive.span.start : directive.span.end]
    return Finding(
        f"excuse/{kind}",
        *directive.span,
        match,
        match,
        "warning",
        message.say(lang).format(names=names),
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
    "idle": (
        Words("“{names}”在这里没有命中，这处放过用不上了", "'{names}' finds nothing here; the excuse is idle"),
        Words("用不上的放过会盖住以后的错，请删掉", "an idle excuse hides later mistakes; remove it"),
    ),
}
