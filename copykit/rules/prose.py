"""A whole text as it was written, and what rules about it share.

Folding makes full width half and takes blanks away, which is what some of these rules are about. Markup, addresses and
code are no prose and are passed over.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from operator import add
from typing import Any

from copykit.late import late
from copykit.model import Finding, Span
from copykit.rules.kinds import Build, lexicon_of
from copykit.rules.reading import Context, Reading
from copykit.rules.rule import Rule
from copykit.text.clauses import sentences

HAN = r"\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff"
# Where a reading's memo may hold the places of the text's own title.
TITLES = "titles"
LISTED = 9  # a finding names its first places only; the count tells of the others


class ProseKind(ABC):
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
        others = [*spans[:number], *spans[number + 1 :]][:LISTED]
        return self.rule.finding_at(prose.source, *spans[number], related=others, count=len(spans), **said)


class Prose:
    """A text without its markup, at the same offsets, with what several rules cut it into."""

    __slots__ = ("_clauses", "_runs", "_sentences", "_titles", "source", "text")

    def __init__(
        self, source: str, again: tuple[int, int] | None = None, titles: Sequence[tuple[int, int]] = ()
    ) -> None:
        """``again``: where a title stands that is not read twice; ``titles``: where the text's title stands."""
        self.source, self._titles = source, titles
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
            self._runs = "\n".join(SIGNS.findall(self.text))  # a few characters, of which many rules ask
        return any(word in self._runs for word in words)

    def in_title(self, start: int) -> bool:
        """Return whether a place lies in the text's title."""
        return any(begin <= start < end for begin, end in self._titles)

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
            sizes = list(map(len, CLAUSE_END.split(self.text)))
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


ALL_MARKUP = late("|".join(pattern for _, _, pattern in _MARKUP))
SIGNS = late("[，。！？；：、…—－,.!?;:-]{2,}")  # several in a row
CLAUSE_END = late("[，。！？；：、,!?;:\\n]")
NO_INK = late(r"[\W_]+")


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def prose_of(reading: Reading) -> Prose:
    """Return the prose of a reading, made once for all its rules."""
    prose = reading.memo.get("prose")
    if prose is None:
        prose = reading.memo["prose"] = Prose(reading.text, reading.context.again, reading.memo.get(TITLES, ()))
    assert isinstance(prose, Prose)
    return prose


def places_of(part: str, text: str) -> Iterator[int]:
    """Yield where a part stands in a text, without overlap; a pattern a part would have to be compiled each time."""
    place = text.find(part)
    while place >= 0:
        yield place
        place = text.find(part, place + len(part))


def listed_words(rule: Rule, build: Build) -> frozenset[str]:
    """Return the words of all of a rule's ``lexicons``; raise RuleError for one that there is not."""
    names = rule.settings.get("lexicons", ())
    return frozenset(word for name in names for word in lexicon_of(rule, build, name).entries)
