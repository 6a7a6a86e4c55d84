"""What a rule saw, and the score it is part of: the words that every room speaks."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol

Severity = Literal["error", "warning", "hint"]
Verdict = Literal["error", "warning", "ok"]


class Span(NamedTuple):
    """A half-open range of code points in the original text."""

    start: int
    end: int


class Token(NamedTuple):
    """One word of the original text with its part-of-speech tag (jieba's tag set)."""

    text: str
    start: int
    end: int
    tag: str


# Finding and Score are named tuples, not dataclasses: a million titles make ten million of them, and a frozen
# dataclass of 13 fields takes 1.05 µs to build where a tuple takes 0.23.
class Finding(NamedTuple):
    """One thing that a rule saw at one place, and what it is worth.

    ``points`` are whole numbers, added to the base of ``dimension``; a finding that only informs carries 0.
    ``matched_as`` is the folded form that the rule met (equal to ``match`` for plain text).
    ``message`` says what, ``why`` says the reason in the rule's own words; both are in the reader's language.
    """

    rule: str
    start: int
    end: int
    match: str
    matched_as: str
    severity: Severity
    message: str
    why: str = ""
    source: str = ""
    dimension: str | None = None
    points: int = 0
    suggestions: tuple[str, ...] = ()
    related: tuple[Span, ...] = ()


NO_PARTS: Mapping[str, float] = MappingProxyType({})
NO_FACTS: Mapping[str, str] = MappingProxyType({})


class Score(NamedTuple):
    """A number from 0 to 100 that is the visible sum of its findings.

    A dimension is ``base`` plus the points of ``findings``; a clamp to 0–100 is itself a finding, so the sum always
    holds. The overall score has ``parts`` (dimension → weight) instead and no findings of its own.
    """

    name: str
    value: float
    base: int = 0
    findings: tuple[Finding, ...] = ()
    parts: Mapping[str, float] = NO_PARTS


class Said(Protocol):
    """A sentence in both languages."""

    def say(self, lang: str = "zh") -> str:
        """Return it in ``zh`` or ``en``."""
        ...
