"""What a title can do without: its small words, its clauses that no other leans on."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from copykit.lexicon import AutomatonBuilder, Lexicons
from copykit.model import Finding, Span, TitleScore, Token
from copykit.platforms import length_on
from copykit.text.clauses import clauses
from copykit.text.normalize import fold
from copykit.titles.score import MAX_TITLE, TitleScorer

_ASKED_WORDS = 5  # that a writer is asked about at once
EDGES = " ，,、；;：:|｜/·-—"
SIGNS = EDGES + "！!？?。…~"


class Sparing:
    """Knows which words and clauses of a title can go."""

    def __init__(self, lexicons: Lexicons, scorer: TitleScorer) -> None:
        self._scorer = scorer
        self._small = lexicons["squeezable"].entries
        self._spare = lexicons["sparable"].entries
        leaning = lexicons["leaning_openers"].entries
        self._lone = frozenset(word for word, fields in leaning.items() if "alone" in fields)
        self._openers = tuple(leaning.keys() - self._lone)
        builder = AutomatonBuilder()
        self._squeeze_slot = builder.words(self._small)
        self._find = builder.build().hits

    def tokens(self, title: str) -> list[Token]:
        """Return the words of a title; their places are those of the folded text."""
        return self._scorer.segmenter.tokens(fold(title).text)

    def held(self, title: str, parts: Sequence[Span]) -> set[Span]:
        """Return the clauses that do not go, because one leans on another.

        These are a clause that points back and the one it points to, a question with what answers it, and all that
        stands beside a mere yes or no.
        """
        held: set[Span] = set()
        for ahead, part in itertools.pairwise(parts):
            texts = [fold(title[slice(*each)]).text for each in (ahead, part)]
            answered = "?" in fold(title[ahead.end : part.start]).text
            if answered or texts[1].startswith(self._openers) or not self._lone.isdisjoint(texts):
                held |= {ahead, part}
        return held

    def could_go(self, score: TitleScore, over: int) -> list[str]:
        """Return the small words, and where those are too few the clause, that a title too long might do without."""
        if len(score.title) > MAX_TITLE:
            return []
        folded, tokens = fold(score.title), self.tokens(score.title)
        earning = [(f.start, f.end) for f in score.findings if f.points > 0 and not is_whole(f, score)]
        words = []
        for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
            fields = self._small.get(token.text, self._spare.get(token.text))
            start, end = folded.span(token.start, token.end)
            goes = fields is not None and ink(token.text) and _can_go(fields, before, after)
            if goes and not any(first < end and start < last for first, last in earning):
                words.append(score.title[start:end])
        short = over - sum(map(len, words))
        words = list(dict.fromkeys(words))[:_ASKED_WORDS]
        if short <= 0:
            return words
        parts = clauses(score.title)
        held = self.held(score.title, parts)
        enough = [part for part in parts if part not in held and short <= part.end - part.start < ink(score.title) / 2]
        if not enough:
            return words
        least = min(enough, key=lambda part: (earned(score, *part), part.end - part.start))
        clause = score.title[slice(*least)]
        return [*(word for word in words if word not in clause), clause]

    def squeezed(self, title: str) -> tuple[str, list[str]]:
        """Take out small words that can go, from the end on, until the title fits; as it was when it never does.

        A word can go where it is a word, earns nothing, and stands between such words as its list says.
        """
        platform = self._scorer.settings.platform
        if platform is None or length_on(platform, title).ok is not False or len(title) > MAX_TITLE:
            return title, []
        folded, tokens = fold(title), self.tokens(title)
        hits = set(self._find(folded.text).get(self._squeeze_slot, ()))
        earning = [(f.start, f.end) for f in self._scorer.score(title).findings if f.points > 0 and f.match != title]
        places = []
        for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
            if (token.start, token.end) in hits and _can_go(self._small[token.text], before, after):
                place = folded.span(token.start, token.end)
                if not any(start < place[1] and place[0] < end for start, end in earning):
                    places.append(place)
        shorter = title
        for number, (start, end) in enumerate(reversed(places), 1):
            shorter = without(shorter, start, end)
            if length_on(platform, shorter).ok:
                return shorter, [title[slice(*place)] for place in places[-number:]]
        return title, []


def _can_go(fields: Mapping[str, str], before: Token | None, after: Token | None) -> bool:
    """Return whether a small word can go from between two others, by the tags that its list asks for on each side."""
    for side, token in (("prev", before), ("next", after)):
        if side in fields and (token is None or not token.tag.startswith(tuple(fields[side].split("|")))):
            return False
    return True


def ink(text: str) -> int:
    """Return how many letters, digits and Han characters a text has."""
    return sum(map(str.isalnum, text))


def is_whole(finding: Finding, score: TitleScore) -> bool:
    """Return whether a finding is about the title as a whole."""
    return finding.end - finding.start >= len(score.title)


def earned(score: TitleScore, start: int, end: int) -> int:
    """Return the points of what was found in a part of a title."""
    inside = [f for f in score.findings if start <= f.start and f.end <= end and f.dimension in score.overall.parts]
    return sum(finding.points for finding in inside)


def without(title: str, start: int, end: int) -> str:
    """Return a title without a part, and without the sign that would hang there."""
    left, right = title[:start], title[end:]
    if not left or left[-1] in SIGNS:
        right = right.lstrip(SIGNS)  # the sign after the words went with them
    return (left + right).strip(EDGES)
