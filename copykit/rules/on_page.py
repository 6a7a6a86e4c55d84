"""Rules about what search engines read on a page: the brief's keywords, and links that fit their paragraph."""

from __future__ import annotations

import functools
import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from copykit.late import late
from copykit.model import Finding, Span
from copykit.rules.kinds import Build, KindMaker
from copykit.rules.prose import ALL_MARKUP, HAN, LISTED, NO_INK, Prose, ProseKind, listed_words, places_of, prose_of
from copykit.rules.reading import Context, Reading
from copykit.rules.rule import Rule
from copykit.text.normalize import fold_text

# Where a reading's memo may hold the links of a text, if not its context does.
LINKS = "links"


class DensityKind(ProseKind):
    """Finds a keyword of the brief that takes more than ``over`` percent of the characters, or stands more than once
    in ``max`` of them, if it stands there ``at_least`` times, title and topics (#话题) not counted; ``limit`` keywords
    at most.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        super().__init__(rule, build)
        settings = rule.settings
        self.over, self.room, self.least = float(settings["over"]), int(settings["max"]), int(settings["at_least"])

    def idle(self, context: Context) -> bool:
        """Return whether there is no keyword to count."""
        return super().idle(context) or context.brief is None or not context.brief.keywords

    def _find(self, reading: Reading) -> Iterable[Finding]:
        text = reading.folded.text
        size = len(_INK.findall(text))
        told = 0
        prose = prose_of(reading)
        apart = [match.span() for match in _TOPIC.finditer(text)] if "#" in text else []
        for keyword, everywhere in _keyword_places(reading):
            places = [
                place
                for place in everywhere
                if not prose.in_title(reading.folded.span(place, place + 1)[0])
                and not any(start < place < end for start, end in apart)
            ]
            percent = 100 * len(keyword) * len(places) / max(size, 1)
            often = len(places) >= self.least and (percent > self.over or len(places) * self.room > size)
            if often and told < self.rule.limit:
                told += 1
                spans = [(place, place + len(keyword)) for place in places]
                start, end = spans.pop(self.least - 1)
                yield self.rule.finding(
                    reading,
                    start,
                    end,
                    related=spans[:LISTED],
                    count=len(places),
                    percent=round(percent, 1),
                    size=size,
                )


class AbsentKind(DensityKind):
    """Fires once for a text of ``min`` characters or more in which none of the brief's keywords stands."""

    def __init__(self, rule: Rule, build: Build) -> None:
        ProseKind.__init__(self, rule, build)
        self.least = int(rule.settings["min"])

    def _find(self, reading: Reading) -> Iterable[Finding]:
        text = reading.folded.text
        size = len(_INK.findall(text))
        if size < self.least or any(places for _, places in _keyword_places(reading)):
            return ()
        start = len(text) - len(text.lstrip())
        end = text.find("\n", start)
        brief = reading.context.brief
        keywords = "、".join(brief.keywords[:5]) if brief is not None else ""
        return (self.rule.finding(reading, start, end if end > 0 else len(text), size=size, keywords=keywords),)


_INK = late(r"[^\W_]")
_TOPIC = late(r"#[^\s#]+")


def _keyword_places(reading: Reading) -> Iterable[tuple[str, list[int]]]:
    brief = reading.context.brief
    for keyword in dict.fromkeys(map(fold_text, brief.keywords if brief is not None else ())):
        if keyword:
            yield keyword, list(places_of(keyword, reading.folded.text))


class LinkFitKind(ProseKind):
    """Finds links whose words have nothing to do with the paragraph around them.

    TF-IDF over words and one to three characters, learned from the text's own paragraphs; a link fits when the cosine
    between its words (with its title) and its paragraph is at least ``under``. Links that say no more than 点这里
    (words of ``lexicons``) promise nothing and are passed over. The links are those of the context, or else those of
    the text's own Markdown and HTML. One that fits another paragraph is advised to move there, unless it has a
    line of its own, or a sentence that says nothing but 链接在这儿.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        super().__init__(rule, build)
        self.floor = float(rule.settings["under"])
        self.empty = re.compile("|".join(map(re.escape, sorted(listed_words(rule, build), key=len, reverse=True))))

    def _find(self, reading: Reading) -> Iterable[Finding]:
        text = reading.text
        told = reading.memo.get(LINKS, reading.context.links)
        all_links = _links(text) if told is None else [_told_link(text, *link) for link in told]
        if not all_links:
            return
        blocks = _blocks(text)
        links = [(link, number) for link in all_links if (number := _block_of(blocks, link)) is not None]
        links = [
            (link, number)
            for link, number in links[:_MOST_LINKS]
            if len(NO_INK.sub("", self.empty.sub("", link.says))) > 1
        ]
        if not links or len(blocks) < _LEAST_BLOCKS:
            return
        for (link, number), (own, best, most) in zip(links, self._cosines(text, blocks, links), strict=False):
            if own < self.floor and not (most >= self.floor and _stands_alone(text, link.span)):
                suggestions = self.rule.suggestions[:1]
                if most >= self.floor:
                    elsewhere = self._quoted(text, blocks[best])
                    suggestions = tuple(each.replace("{paragraph}", elsewhere) for each in self.rule.suggestions[1:])
                yield self.rule.finding_at(text, *link.span, suggestions=suggestions, related=[blocks[number]])

    def _cosines(
        self, text: str, blocks: Sequence[Span], links: Sequence[tuple[_Link, int]]
    ) -> Iterable[tuple[float, int, float]]:
        """Yield each link's cosine with its own block, and the block that it fits best with the cosine there.

        The words of all links are taken out of the blocks.
        """
        plain = list(text)
        for link, _ in links:
            plain[slice(*link.span)] = " " * (link.span.end - link.span.start)
        features = [self._features(Prose("".join(plain[start:end])).text) for start, end in blocks]
        held = Counter(chain.from_iterable(map(set, features)))

        # Damped counts and smoothed rarity as scikit-learn has them; a library that takes a second to load and 15 ms a
        # text is too much for a handful of paragraphs.
        def rarity(feature: str) -> float:
            number = held.get(feature)
            return math.log((1 + len(blocks)) / (1 + number)) + 1 if number else 0.0

        @functools.cache
        def weighed(number: int) -> tuple[dict[str, float], float]:
            weights = {feature: _damped(n) * rarity(feature) for feature, n in Counter(features[number]).items()}
            return weights, math.hypot(*weights.values())

        def cosine(number: int, asked: Mapping[str, float], norm: float) -> float:
            weights, own = weighed(number)
            product = sum(weight * weights.get(feature, 0.0) for feature, weight in asked.items())
            return product / (norm * own) if product else 0.0

        for link, number in links:
            said = Counter(self._features(self.empty.sub(" ", link.says)))
            weights = {feature: _damped(n) * rarity(feature) for feature, n in said.items()}
            norm = math.hypot(*weights.values())
            own = cosine(number, weights, norm)
            if own >= self.floor:  # where else it might stand is of no interest
                yield own, number, own
                continue
            cosines = [cosine(other, weights, norm) for other in range(len(blocks))]
            best = max(range(len(cosines)), key=cosines.__getitem__)
            yield own, best, cosines[best]

    def _features(self, text: str) -> list[str]:
        """Return words of two characters or more, and one to three characters inside Han runs."""
        folded = fold_text(text)
        words = [f" {word}" for word in self.segmenter.words(folded) if len(word) > 1 and word[0].isalnum()]
        for run in _HAN_RUN.findall(folded):
            words += [run[place : place + size] for size in (1, 2, 3) for place in range(len(run) - size + 1)]
        return words

    @staticmethod
    def _quoted(text: str, block: Span) -> str:
        """Return how a paragraph begins, to find it by."""
        return " ".join(ALL_MARKUP.sub("", text[block.start : block.end]).replace("[", "").split())[:12]


def _damped(count: int) -> float:
    return 1 + math.log(count) if count else 0.0


class _Link(NamedTuple):
    """A link's words with its title, and where the words stand."""

    span: Span
    says: str


_ANCHOR = late(
    r"(?<!!)\[(?P<md>[^\[\]\n]{1,200})\]\([^()\s]{1,500}(?:\s+[\"'](?P<md_title>[^\"'\n]{0,200})[\"'])?\)"
    r"|<a\b(?P<attributes>[^<>]{0,500})>(?P<html>[^<>]{1,200})</a>",
    re.IGNORECASE,
)
_TITLE = late(r"title\s*=\s*[\"']([^\"'<>]{0,200})", re.IGNORECASE)
_HAN = late(f"[{HAN}]")
_HAN_RUN = late(f"[{HAN}]{{2,}}")
_MOST_LINKS = 500  # more make a directory and no article
_LEAST_BLOCKS = 2  # one paragraph has nothing to be compared with


def _stands_alone(text: str, link: Span) -> bool:
    """Return whether a link has a line of its own, or a sentence that does no more than call to it."""
    before, after = text[max(link.start - _GLANCE, 0) : link.start], text[link.end : link.end + _GLANCE]
    line = before.rpartition("\n")[2], after.partition("\n")[0]
    sentence = _SENTENCE_END.split(before)[-1], _SENTENCE_END.split(after, maxsplit=1)[0]
    in_line, in_sentence = (len(NO_INK.sub("", ALL_MARKUP.sub("", "".join(each)))) for each in (line, sentence))
    return in_line <= _A_CALL or 1 < in_sentence <= _A_CALL


_A_CALL = 8  # Han and letters: 要的话，从这儿买
_GLANCE = 600  # characters; a link's address stands behind its words
_SENTENCE_END = late(r"[。！？!?\n]")


def _told_link(text: str, start: int, end: int, title: str) -> _Link:
    return _Link(Span(start, end), f"{text[start:end]} {title}")


def _links(text: str) -> list[_Link]:
    """Return the links of a text that still holds its markup."""
    if "](" not in text and "href" not in text:
        return []
    found = []
    for match in _ANCHOR.finditer(text):
        group = "md" if match["md"] is not None else "html"
        attributes = _TITLE.search(match["attributes"] or "")
        title = match["md_title"] or (attributes[1] if attributes else "")
        found.append(_Link(Span(*match.span(group)), f"{match[group]} {title}"))
    return found


def _blocks(text: str) -> list[Span]:
    """Return the paragraphs; a line of fewer than twelve Han characters belongs to the one before it."""
    blocks: list[Span] = []
    start = 0
    for match in _BLOCK_END.finditer(text):
        if len(_HAN.findall(text, start, match.start())) >= _LINE or not blocks:
            blocks.append(Span(start, match.end()))
        else:
            blocks[-1] = Span(blocks[-1].start, match.end())
        start = match.end()
    return [block for block in blocks if block.start < block.end]


_LINE = 12
_BLOCK_END = late(r"\n|</(?:p|li|div|td|h[1-6])>|<br\s*/?>|\Z", re.IGNORECASE)


def _block_of(blocks: Sequence[Span], link: _Link) -> int | None:
    number = bisect_right([block.start for block in blocks], link.span.start) - 1
    return number if number >= 0 and link.span.end <= blocks[number].end else None


KINDS: dict[str, KindMaker] = {
    "density": DensityKind,
    "keyword_absent": AbsentKind,
    "link_fit": LinkFitKind,
}
