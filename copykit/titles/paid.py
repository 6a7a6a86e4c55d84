"""Which findings pay: nothing earns where an error bars the words, and one place pays once a dimension."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence

from copykit.model import Finding, Severity

GRAVITY: Mapping[Severity, int] = {"error": 0, "warning": 1, "hint": 2}


def unearned(
    findings: Sequence[Finding], dimensions: Container[str], unlawful: tuple[str, int] | None = None
) -> list[Finding]:
    """Return the findings; what earns points on words that an error bars is told for nothing.

    月入十万 cannot be written, so its size is no merit. An error about the whole title bars no word of it.
    ``unlawful``: in which dimension an error of the law costs how much, where its rule charges nothing.
    """
    if unlawful is not None:
        findings = [
            finding._replace(dimension=unlawful[0], points=unlawful[1])
            if finding[5] == "error" and finding[9] is None and finding[0].startswith("law/")
            else finding
            for finding in findings
        ]
    whole = max(finding[2] for finding in findings)
    errors = [finding for finding in findings if finding[5] == "error" and finding[2] - finding[1] < whole]
    return [
        finding._replace(points=0)
        if finding[10] > 0
        and finding[9] in dimensions
        and any(error[1] <= finding[1] and finding[2] <= error[2] for error in errors)
        else finding
        for finding in findings
    ]


def paid_already(found: Sequence[Finding], whole: int) -> list[Finding]:
    """Return findings of one dimension, in order of place, whose words another one pays for or charges already.

    A law's words are charged once a topic by the gravest (最好用 is one claim); of others one within another counts
    once, by the graver, then the weightier. What sets two places against each other is about neither alone; what spans
    the ``whole`` title is about no place.
    """
    legal = [finding for finding in found if finding[10] < 0 and finding[0].startswith("law/")]
    twice = _charged(legal) if len(legal) > 1 else []
    reach = 0
    for finding in found:
        if finding[1] < reach:
            return [
                *twice,
                *_within(finding for finding in found if finding not in twice and _is_place(finding, whole)),
            ]
        if finding[2] - finding[1] < whole:
            reach = finding[2]
    return twice


def _charged(legal: Iterable[Finding]) -> list[Finding]:
    kept: list[Finding] = []
    twice: list[Finding] = []
    for finding in sorted(legal, key=lambda finding: (finding[10], finding[1])):
        topic = finding[0].rpartition("/")[0]
        charged = any(other[0].startswith(topic) and other[1] < finding[2] and finding[1] < other[2] for other in kept)
        (twice if charged else kept).append(finding)
    return twice


def _is_place(finding: Finding, whole: int) -> bool:
    return not finding.related and finding.end - finding.start < whole


def _within(found: Iterable[Finding]) -> list[Finding]:
    """Return the findings that lie in, or around, a graver or weightier one of the same sign."""
    kept: list[Finding] = []
    twice: list[Finding] = []
    for finding in sorted(found, key=lambda f: (GRAVITY[f.severity], -abs(f.points), f.start - f.end, f.start, f.rule)):
        paid = any((finding.points > 0) == (other.points > 0) and _nested(finding, other) for other in kept)
        (twice if paid else kept).append(finding)
    return twice


def _nested(one: Finding, other: Finding) -> bool:
    return (one.start <= other.start and other.end <= one.end) or (other.start <= one.start and one.end <= other.end)
