"""What every rule sees: a text folded, cut into tagged words, with the hits of all word lists, made in one pass."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from copykit.lexicon import Hits
from copykit.model import Span
from copykit.text.clauses import clauses
from copykit.text.normalize import Folded
from copykit.text.segment import Cut, Segmenter

if TYPE_CHECKING:
    from copykit.model import Brief


@dataclass(frozen=True, slots=True)
class Context:
    """What is known beside the text; a missing fact is None or empty, never guessed.

    ``today`` is an ISO date. ``platform`` is a platform's data (see ``copykit.platforms``). ``used`` compares with
    titles used before. ``categories`` are the category's id and those that it lies in (see ``copykit.categories``).
    ``has_link``: the text leads to a shop; ``commercial``: its writer has an interest in the sale; ``audience`` and
    ``channel`` as in ``copykit check --help``. ``kind`` is what the text is: title, article, listing or post.
    ``corpus`` holds the texts that it must not repeat (see ``copykit.text.originality``). ``links`` are the
    (start, end, title) of the words on which the text's links stand; None leaves it to the text's own markup.
    ``again`` is the (start, end) of a title that the text's first heading says again.
    """

    platform: Any = None
    brief: Brief | None = None
    category: str = ""
    today: str = ""
    used: Any = None
    categories: frozenset[str] = frozenset()
    has_link: bool | None = None
    commercial: bool | None = None
    audience: str = ""
    channel: str = ""
    kind: str = ""
    corpus: Any = None
    links: tuple[tuple[int, int, str], ...] | None = None
    again: tuple[int, int] | None = None


class Reading:
    """One text, read once. All offsets are in ``folded.text``; ``Rule.finding`` maps them back to ``text``."""

    __slots__ = ("_clauses", "_starts", "body", "context", "folded", "hits", "memo", "tags", "text", "words")

    def __init__(
        self,
        text: str,
        folded: Folded,
        words: list[str],
        tags: list[str],
        hits: Hits,
        context: Context,
        body: str | None = None,
    ) -> None:
        self.text = text
        self.folded = folded
        self.words = words
        self.tags = tags
        self.hits = hits
        self.context = context
        self.body = body
        self.memo: dict[str, Any] = {}  # what one kind worked out and others use too, such as the quantities
        self._starts: list[int] | None = None
        self._clauses: list[Span] | None = None

    @property
    def starts(self) -> list[int]:
        """Return the start of every word, and the text's end as the last item."""
        if self._starts is None:
            self._starts = list(accumulate(map(len, self.words), initial=0))
        return self._starts

    # The offsets at which a word begins or ends; a dozen numbers are found in a list before they are put into a set.
    bounds = starts

    def tagged(self, begin: int, end: int) -> list[tuple[Span, str]]:
        """Return the words that stand whole between two offsets, with their tags."""
        words = zip(pairwise(self.starts), self.tags, strict=False)
        return [(Span(start, stop), tag) for (start, stop), tag in words if begin <= start and stop <= end]

    @property
    def clauses(self) -> list[Span]:
        """Return the clauses of the folded text."""
        if self._clauses is None:
            self._clauses = clauses(self.folded.text)
        return self._clauses

    def clause_at(self, position: int) -> Span:
        """Return the clause that holds an offset, or the whole text when none does."""
        for clause in self.clauses:
            if clause.start <= position < clause.end:
                return clause
        return Span(0, len(self.folded.text))


class PartReading(Reading):
    """One sentence of a longer text, read with it; it is cut into words only where a rule asks for them."""

    __slots__ = ("_bounds", "_segmenter", "_tagged", "_words")

    def __init__(self, text: str, folded: Folded, segmenter: Segmenter, hits: Hits, context: Context) -> None:
        self.text = text
        self.folded = folded
        self.hits = hits
        self.context = context
        self.body = None
        self.memo = {}
        self._starts = self._clauses = None
        self._segmenter = segmenter
        self._words: list[str] | None = None
        self._bounds: _Bounds | None = None
        self._tagged: dict[Span, list[tuple[Span, str]]] = {}

    @property
    def words(self) -> list[str]:  # type: ignore[override]
        """Return the words of the folded text, in which most rules look for their bounds only."""
        if self._words is None:
            self._words = self._segmenter.words(self.folded.text)
        return self._words

    @property
    def tags(self) -> list[str]:  # type: ignore[override]
        """Return the words' tags, at another cut with the same words."""
        return [token.tag for token in self._segmenter.tokens(self.folded.text)]

    @property
    def bounds(self) -> Container[int]:  # type: ignore[override]
        """Return the offsets at which a word begins or ends."""
        if self._bounds is None:
            self._bounds = _Bounds(self.folded.text, self._segmenter)
        return self._bounds

    def tagged(self, begin: int, end: int) -> list[tuple[Span, str]]:
        """Return the words that stand whole between two offsets, with their tags."""
        text = self.folded.text
        stretch = stretch_of(text, begin, end)
        words = self._tagged.get(stretch)
        if words is None:
            base = stretch.start
            tokens = self._segmenter.tokens(text[slice(*stretch)])
            words = self._tagged[stretch] = [(Span(base + each.start, base + each.end), each.tag) for each in tokens]
        return [word for word in words if begin <= word[0].start and word[0].end <= end]


class _Bounds:
    """The places at which words of a text begin or end; what stands between two signs is cut when it is asked about."""

    def __init__(self, text: str, segmenter: Segmenter) -> None:
        self._text = text
        self._segmenter = segmenter
        self._cut: dict[Span, frozenset[int]] = {}

    def __contains__(self, place: object) -> bool:
        assert isinstance(place, int)
        stretch = stretch_of(self._text, place, place)
        if place in stretch:
            return True
        bounds = self._cut.get(stretch)
        if bounds is None:
            words = self._segmenter.words(self._text[slice(*stretch)])
            bounds = self._cut[stretch] = frozenset(accumulate(map(len, words), initial=stretch.start))
        return place in bounds


def stretch_of(text: str, begin: int, end: int) -> Span:
    """Return the range from sign to sign around ``begin:end``, which is cut as in the text: no word holds a sign."""
    first = max(text.rfind(",", 0, begin), text.rfind("。", 0, begin), text.rfind("、", 0, begin)) + 1
    lasts = [place for place in (text.find(",", end), text.find("。", end), text.find("、", end)) if place >= 0]
    return Span(first, min(lasts) if lasts else len(text))


class Batch(NamedTuple):
    """Texts read together, and their words in one row, for what looks at every text."""

    readings: list[Reading]
    cut: Cut
