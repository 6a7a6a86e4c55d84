"""What a claim stands in: its clause and sentence, whose goods it speaks of, and whether it is denied, asked or quoted.

A hit of a word list is not yet a claim. A frame holds what decides that, found in the sentence around the hit; which
words say so (我们, 同行, 并非, 本市 …) is data: the lexicons and patterns named in ``frames/claim.toml``.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, Literal

from copykit.late import late
from copykit.lexicon import Automaton, AutomatonBuilder, Hits
from copykit.model import Span
from copykit.rules.reading import Reading
from copykit.text.clauses import clauses, sentences
from copykit.text.normalize import fold_text

Subject = Literal["own", "other", "unknown"]
NEXT = "next"  # where a sentence's memo holds the folded text behind it


class Frame:
    """A hit and what governs it, each worked out when a rule first asks. Offsets are in the reading's folded text."""

    def __init__(self, framer: Framer, reading: Reading, start: int, end: int) -> None:
        self.framer = framer
        self.reading = reading
        self.hit = Span(start, end)

    @functools.cached_property
    def clause(self) -> Span:
        """The clause that holds the hit's beginning."""
        return self.reading.clause_at(self.hit.start)

    @functools.cached_property
    def sentence(self) -> Span:
        """The sentence that holds the hit's beginning; a title may hold several, a part of a text is one."""
        start = self.hit.start
        for span in _sentences(self.reading):
            if span.start <= start < span.end:
                return span
        return Span(0, len(self.reading.folded.text))

    @functools.cached_property
    def clause_before(self) -> Span | None:
        """The clause before the hit's in its sentence."""
        within = (each for each in self.reading.clauses if each.start >= self.sentence.start)
        return max((each for each in within if each.end <= self.clause.start), default=None)

    @functools.cached_property
    def clause_behind(self) -> Span | None:
        """The clause behind the hit's in its sentence."""
        within = (each for each in self.reading.clauses if each.end <= self.sentence.end)
        return min((each for each in within if each.start >= self.clause.end), default=None)

    @functools.cached_property
    def next_sentence(self) -> str:
        """The folded sentence behind the hit's, empty where there is none."""
        reading, end = self.reading, self.sentence.end
        rest = reading.folded.text[end:] + reading.memo.get(NEXT, "")
        return next((rest[slice(*span)] for span in sentences(rest)), "")

    @functools.cached_property
    def subject(self) -> Subject:
        """Whose goods the nearest subject before the hit speaks of."""
        return self.framer.subject(self)

    @functools.cached_property
    def denial(self) -> Span | None:
        """The word that denies the claim."""
        return self.framer.denial(self)

    @functools.cached_property
    def attribute(self) -> Span | None:
        """The 的 that makes the hit an attribute of a noun behind it."""
        return self.framer.attribute(self)

    @functools.cached_property
    def question(self) -> Span | None:
        """The word that makes its clause a question."""
        return self.framer.question(self)

    @functools.cached_property
    def quotes(self) -> Span | None:
        """The quoted passage around the hit."""
        return self.framer.quotes(self)

    @functools.cached_property
    def time(self) -> Span | None:
        """What limits the claim in time: nearest before it, in its clause or one before it in the sentence."""
        return self.framer.time(self)

    @functools.cached_property
    def place(self) -> Span | None:
        """What limits the claim in place, as ``time``."""
        return self.framer.place(self)


class Surroundings:
    """The words that matter only beside a hit; they are looked for in its sentence alone, when a rule first asks.

    Common words (我们, 不, 今年) stand in nearly every sentence, so that the automaton of all rules would report
    thousands of them for one claim. Words that count wherever they stand in the text are few and looked for apart.
    """

    def __init__(self) -> None:
        self._beside = _Growing()
        self._anywhere = _Growing()
        # The last whole text, the slots that were hit in it, and the patterns that were tried on it.
        self._whole: tuple[str, Automaton, frozenset[int], dict[re.Pattern[str], bool]] | None = None

    def slot(self, words: Iterable[str], exceptions: Iterable[str] = ()) -> int:
        """Return the slot of a set of folded words; slots may still be added after the first text was read."""
        return self._beside.builder.words(words, exceptions)

    def slot_anywhere(self, words: Iterable[str], exceptions: Iterable[str] = ()) -> int:
        """Return the slot under which ``anywhere`` knows a set of folded words."""
        return self._anywhere.builder.words(words, exceptions)

    def hits(self, reading: Reading) -> Hits:
        """Return slot → places in the reading's folded text, worked out once a reading."""
        known: tuple[Automaton, Hits] | None = reading.memo.get(_SURROUNDINGS)
        automaton = self._beside.automaton()
        if known is None or known[0] is not automaton:
            known = reading.memo[_SURROUNDINGS] = automaton, automaton.hits(reading.folded.text)
        return known[1]

    def spans(self, reading: Reading, slot: int) -> list[Span]:
        """Return the places of a slot's words."""
        places = self.hits(reading).get(slot)
        return [Span(*place) for place in places] if places else []

    def spans_in(self, text: str, slot: int) -> list[Span]:
        """Return the places of a slot's words in a short folded text that is no reading."""
        return [Span(*place) for place in self._beside.automaton().hits(text).get(slot, ())]

    def anywhere(self, text: str, slot: int | None, pattern: re.Pattern[str] | None) -> bool:
        """Return whether a folded text holds a word of the slot or the pattern; what the last one holds is kept.

        ``slot`` is one of ``slot_anywhere``.
        """
        automaton = self._anywhere.automaton()
        if self._whole is None or self._whole[0] is not text or self._whole[1] is not automaton:
            self._whole = text, automaton, frozenset(automaton.hits(text)), {}
        if slot in self._whole[2]:
            return True
        tried = self._whole[3]
        if pattern is not None and pattern not in tried:
            tried[pattern] = pattern.search(text) is not None
        return pattern is not None and tried[pattern]


class _Growing:
    """An automaton that is built anew when its builder got words since."""

    def __init__(self) -> None:
        self.builder = AutomatonBuilder()
        self._built: tuple[int, Automaton] | None = None  # with the number of slots that it knows

    def automaton(self) -> Automaton:
        """Return the automaton over all words so far."""
        if self._built is None or self._built[0] != self.builder.size:
            self._built = self.builder.size, self.builder.build()
        return self._built[1]


_SURROUNDINGS = "surroundings"


class Framer:
    """Makes frames; built once from the data file and its lexicons."""

    def __init__(self, data: Mapping[str, Any], around: Surroundings, words_of: Any) -> None:
        """``words_of(name)`` gives a lexicon's (words, exceptions)."""
        self.around = around
        self._slots = {role: around.slot(*words_of(name)) for role, name in data["lexicons"].items()}
        self._time_pattern = late("|".join(data["time_patterns"]))
        self._place_pattern = late("|".join(data["place_patterns"]))
        self._reach = int(data["negation_reach"])
        quotes = data["quotes"]
        self._quotes = late(
            "|".join(f"{re.escape(pair[0])}[^{re.escape(pair)}]*{re.escape(pair[1])}" for pair in quotes)
        )

    def frame(self, reading: Reading, start: int, end: int) -> Frame:
        """Return the frame of the hit ``start:end``."""
        return Frame(self, reading, start, end)

    def subject(self, frame: Frame) -> Subject:
        """Return whose goods the nearest subject before the hit speaks of."""
        start = frame.hit.start
        own = max((span.end for span in self._spans(frame, "own") if span.end <= start), default=-1)
        other = max((span.end for span in self._spans(frame, "other") if span.end <= start), default=-1)
        if own == other:
            return "unknown"
        return "own" if own > other else "other"

    def denial(self, frame: Frame) -> Span | None:
        """Return what denies the claim: an odd number of words governs it that turn a statement round.

        不是最好的 denies it; 谁说不是最好的, 不是最好的不卖 and 不能否认是最好的 do so twice and claim it.
        """
        start, clause = frame.hit.start, frame.clause
        before = [span for span in self._spans(frame, "negators") if clause.start <= span.start and span.end <= start]
        doubt = self._last(frame, "rhetoric", clause.start, start)
        last = before[-1] if before and start - before[-1].end <= self._reach else None
        if last is None or not self._denies(frame, last):
            # 谁说贵的就最好 denies what ends it; of an attribute (谁说最好的面膜都贵) it says nothing.
            return doubt if doubt is not None and self._closes(frame) else self._denial_behind(frame)
        rounds = [
            (doubt is not None and doubt.end <= last.start) or self._tag_question(frame),
            any(self._denied_by(frame, outer, last) for outer in before[:-1]),
            self._last(frame, "inverters", last.end, start) is not None,
            self._withheld(frame, last),
        ]
        return None if sum(rounds) % 2 else last

    def _denial_behind(self, frame: Frame) -> Span | None:
        """Return what denies the hit right behind it: 最好谈不上, 敢说最好的都是吹牛."""
        text, hit, clause = frame.reading.folded.text, frame.hit, frame.clause
        behind = (span for span in self._spans(frame, "denied_behind") if hit.end <= span.start < clause.end)
        return next((span for span in behind if not text[hit.end : span.start].strip(_LINKS)), None)

    def _denies(self, frame: Frame, negator: Span) -> bool:
        """Return whether a negator before the hit governs it, with no turn (而是, 只是) in between.

        One that denies a statement (不是, 称不上) governs all of it, one that denies a verb (不会, 没有) its object
        only: in 没有广告费的最好面霜 the claim stands.
        """
        reading, clause, start = frame.reading, frame.clause, frame.hit.start
        path = reading.folded.text[negator.end : start]
        if any(negator.end <= turn.start < start for turn in self._spans(frame, "turns")):
            return False
        if negator in self._spans(frame, "denials"):
            return not (path.endswith("的") and negator.start == clause.start)
        saying = next((span for span in self._spans(frame, "sayings") if span.start >= negator.end), None)
        if saying is not None and saying.start - negator.end <= _ADVERB and saying.end <= start:
            return True
        return "的" not in path and self._is_object(frame, negator.end)

    def _is_object(self, frame: Frame, begin: int) -> bool:
        """Return whether at most one verb stands between an offset and the hit, and no noun that is its subject.

        不做最大的 and 不给孩子买最贵的 deny the hit; 不用排队买最好的 denies the queue.
        """
        sayings = set(self._spans(frame, "sayings"))
        verbs = nouns = 0
        taken = False  # by a preposition: what follows is no subject
        for span, tag in _tokens(frame.reading, begin, frame.hit.start):
            if span in sayings:
                return True
            # A preposition with the hit behind it is the verb: 用最好的.
            if tag.startswith("v") or (tag.startswith("p") and span.end == frame.hit.start):
                if verbs or (nouns and not taken):
                    return False
                verbs += 1
            elif tag.startswith("p"):
                taken = True
            elif tag.startswith("n"):
                nouns += 1
        return True

    def _denied_by(self, frame: Frame, outer: Span, inner: Span) -> bool:
        """Return whether one negator governs another: 没有人不, 不会不是; 不大也不是 only sets them side by side."""
        between = frame.reading.folded.text[outer.end : inner.start]
        return len(between) <= _BETWEEN_NEGATORS and not any(char in between for char in _JOINTS)

    def _withheld(self, frame: Frame, negator: Span) -> bool:
        """Return whether what is not so is refused, so that all the rest is so: 不是最好的不卖."""
        text, hit, clause = frame.reading.folded.text, frame.hit, frame.clause
        for span in self._spans(frame, "refusals"):
            if span.start < hit.end:
                continue
            if span.end <= clause.end:
                return not any(char in text[hit.end : span.start] for char in _JOINTS if char != "的")
            nearby = frame.clause_behind
            # 我们不是最好的，不收也行 tells of the seller; without a subject it is a condition.
            return (
                nearby is not None
                and negator.start == clause.start
                and span.start - nearby.start <= _SUBJECT
                and not any(char in text[nearby.start : span.start] for char in _JOINTS)
            )
        return False

    def _tag_question(self, frame: Frame) -> bool:
        """Return whether the hit's clause ends as a question that wants a yes: 这不是最好的吗."""
        return frame.reading.folded.text[: frame.clause.end].endswith(("吗", "么", "嘛"))

    def _closes(self, frame: Frame) -> bool:
        """Return whether the hit is the last that its clause says."""
        return not frame.reading.folded.text[frame.hit.end : frame.clause.end].strip(_CLOSING)

    def question(self, frame: Frame) -> Span | None:
        """Return the word that asks, in the hit's clause, for what the hit says.

        A question that knows its answer is a claim: one that is answered with the seller's own goods, one that wants a
        yes (难道不是最好的吗), and one that takes the hit for granted (想要最好的面膜吗).
        """
        text, clause, start = frame.reading.folded.text, frame.clause, frame.hit.start
        if not text[: frame.sentence.end].rstrip("”’」』）)》").endswith(("?", "？")):
            return None
        asking = next(
            (each for each in self._spans(frame, "questions") if clause.start <= each.start and each.end <= clause.end),
            None,
        )
        if asking is None or self._last(frame, "rhetoric", clause.start, start) is not None:
            return None
        if self._tag_question(frame):
            granted = (self._last(frame, role, clause.start, start) for role in ("wants", "negators"))
            if any(each is not None for each in granted):
                return None
        return None if self._answered(frame) else asking

    def _answered(self, frame: Frame) -> bool:
        """Return whether the next sentence answers with the seller's own: 我们！, 当然是本店这款."""
        said = frame.next_sentence
        first = next((said[slice(*span)] for span in clauses(said)), "")
        spans = self.around.spans_in
        own = spans(first, self._slots["own"])
        if not own:
            return False
        if any(span.start == 0 for span in spans(first, self._slots["answers"])):
            return True
        # 我们试了五款 tells what was done.
        return own[0].start == 0 and len(first) <= _ANSWER and not spans(first, self._slots["tellings"])

    def open_from(self, frame: Frame, begin: int) -> bool:
        """Return whether what is said from ``begin`` up to the hit takes the hit in and does not merely mention it.

        目标是做最好的面膜 does; 希望你喜欢这款最好的面膜 tells of goods that are there. What is there already
        (这款, 我们的) and what others do with it (用上, 买到) close the way; a word of making (做, 成为) opens it.
        """
        text, start = frame.reading.folded.text, frame.hit.start
        making = self.makes(frame, begin, start)
        since = making.end if making is not None else begin
        if self._last(frame, "receiving", begin, start) or self._last(frame, "presents", since, start):
            return False
        if self._presented(frame, since):
            return False
        path = text[begin : making.start if making is not None else start]
        if "的人" in path or (making is None and "的" in path):
            return False  # 追求品质的人都选…
        if making is not None:
            return True
        person = self._last(frame, "persons", begin, start)
        return person is None or not any(tag.startswith("v") for _, tag in _tokens(frame.reading, person.end, start))

    def is_plain(self, frame: Frame, begin: int, end: int) -> bool:
        """Return whether next to nothing is said between two offsets: 希望 (有一天)，…."""
        roles = ("receiving", "presents", "persons", "own")
        return end - begin <= _FILLER and all(self._last(frame, role, begin, end) is None for role in roles)

    def _presented(self, frame: Frame, since: int) -> bool:
        """Return whether the hit is said of goods that are there: 我们最好的面膜, 最好的这款."""
        text, hit = frame.reading.folded.text, frame.hit
        behind = hit.end + 1 if text[hit.end : hit.end + 1] == "的" else hit.end
        if any(span.start == behind for span in self._spans(frame, "presents")):
            return True
        return frame.attribute is not None and any(
            since <= span.start and span.end == hit.start for span in self._spans(frame, "own")
        )

    def makes(self, frame: Frame, begin: int, end: int) -> Span | None:
        """Return the last word of making between two offsets; 做的, 做出的 are attributes."""
        text, bounds = frame.reading.folded.text, frame.reading.bounds
        found = [
            span
            for span in self._spans(frame, "making")
            if begin <= span.start and span.end <= end and span.start in bounds and span.end in bounds
        ]
        return next((span for span in reversed(found) if "的" not in text[span.end : min(span.end + 2, end)]), None)

    def behind(self, frame: Frame, role: str) -> list[Span]:
        """Return the words of a role behind the hit."""
        return [span for span in self._spans(frame, role) if span.start >= frame.hit.end]

    def phrase_reaches(self, frame: Frame, span: Span) -> bool:
        """Return whether nothing but nouns and attributes stands between the hit and a word behind it."""
        text, end = frame.reading.folded.text, frame.hit.end
        if text[end : end + 1] in _OPENS_PHRASE:
            end += 1
        gap = text[end : span.start]
        if span.start < end or len(gap) > _PHRASE or any(char in _ENDS_PHRASE for char in gap):
            return False
        # 国家级水源靠近自然保护区 has a verb of its own; one that ends in the word (生产基地) is a part of the name.
        breaks = [(each.end, tag) for each, tag in _tokens(frame.reading, end, span.start) if tag in _NO_NOUNS]
        return not breaks or (len(breaks) == 1 and breaks[0] == (span.start, "v"))

    def phrase_ends(self, frame: Frame, span: Span) -> bool:
        """Return whether a noun phrase ends with ``span``."""
        following = frame.reading.folded.text[span.end : frame.clause.end]
        if not following or not "\u4e00" <= following[0] <= "\u9fff":
            return True
        return any(each.start == span.end for each in self._spans(frame, "predicates"))

    def chooses(self, frame: Frame, span: Span) -> bool:
        """Return whether a word of choosing stands soon behind ``span`` and before the hit, whole, in one clause."""
        start = frame.hit.start
        clause = frame.reading.clause_at(span.start)
        return any(
            span.end <= each.start <= span.end + _GROUP and each.end <= min(start, clause.end)
            for each in self._spans(frame, "inside")
            if each.end in frame.reading.bounds
        )

    def opens_with(self, frame: Frame, clause: Span, role: str) -> Span | None:
        """Return the word of a role with which a clause opens."""
        return next((span for span in self._spans(frame, role) if span.start == clause.start), None)

    def attribute(self, frame: Frame) -> Span | None:
        """Return the 的 behind the hit that a noun follows."""
        text, end = frame.reading.folded.text, frame.hit.end
        noun = text[end + 1 : end + 2]
        return Span(end, end + 1) if text[end : end + 1] == "的" and "\u4e00" <= noun <= "\u9fff" else None

    def quotes(self, frame: Frame) -> Span | None:
        """Return the quoted passage that holds the hit."""
        for match in self._quotes.finditer(frame.reading.folded.text):
            if match.start() <= frame.hit.start and frame.hit.end <= match.end():
                return Span(*match.span())
        return None

    def time(self, frame: Frame) -> Span | None:
        """Return what limits the claim in time."""
        return self._limit(frame, "times", self._time_pattern)

    def place(self, frame: Frame) -> Span | None:
        """Return what limits the claim in place."""
        return self._limit(frame, "places", self._place_pattern)

    def _limit(self, frame: Frame, role: str, pattern: re.Pattern[str]) -> Span | None:
        """Return the last word or pattern in the hit's clause that is no part of the hit.

        One in a clause before it counts where that clause says nothing else: 2010年，全国第一家, but not
        2010年成立，全国第一家, where the year belongs to the founding.
        """
        end = frame.clause.end
        found = self._spans(frame, role)
        found += self._matches(frame, pattern, end)
        return max((span for span in _merged(found) if span.end <= end and self._limits(frame, span)), default=None)

    def _matches(self, frame: Frame, pattern: re.Pattern[str], end: int) -> list[Span]:
        """Return a pattern's matches that are neither a part of a longer number nor of a word that only looks so."""
        text = frame.reading.folded.text
        found = [Span(*match.span()) for match in pattern.finditer(text, 0, end)]
        alike = self._spans(frame, "no_places")  # 超市, 上市, 省心: words that end or begin as a place's name does
        return [
            span
            for span in found
            if not (text[span.end - 1].isdigit() and text[span.end : span.end + 1].isdigit())
            and not any(each.start < span.end <= each.end for each in alike)
        ]

    def _limits(self, frame: Frame, span: Span) -> bool:
        if frame.hit.start <= span.start < frame.hit.end:
            return False
        clause = frame.reading.clause_at(span.start)
        alone = clause.end - clause.start <= span.end - span.start + _BESIDE_A_LIMIT
        return clause == frame.clause or alone

    def _spans(self, frame: Frame, role: str) -> list[Span]:
        return self.around.spans(frame.reading, self._slots[role])

    def _last(self, frame: Frame, role: str, begin: int, end: int) -> Span | None:
        """Return the last word of a role that stands between two offsets."""
        spans = self._spans(frame, role)
        return next((span for span in reversed(spans) if begin <= span.start and span.end <= end), None)


_BESIDE_A_LIMIT = 1  # character: 在 2010 年
_ADVERB = 2  # characters between a negator and the saying that it denies: 从不 (轻易) 说
_SUBJECT = 4  # characters that a subject takes: 我们绝
_ANSWER = 12  # characters of an answer that is a name only: 我们家的玫瑰面膜
_FILLER = 4  # characters
_PHRASE = 6  # characters between an attribute and the noun of its phrase: 国家级 (制造业) 单项冠军
_GROUP = 8  # characters of what the seller has: 我家 (的牛肉干) 里
_NO_NOUNS = ("v", "vd", "vg", "p", "c", "ul", "uz", "uj")
_OPENS_PHRASE, _ENDS_PHRASE = ("的", "之", "“", "‘", "”", "’"), ",。、;:!?(（)[【《的是了在比由被靠给"
_BETWEEN_NEGATORS = 4  # characters: 没有 (一位客人) 不
_JOINTS = "也又亦更、和或的"  # what sets two denials side by side instead of one into the other
_LINKS = "的都倒也就可却才那种些话”’」』,"
_CLOSING = "的了吗么呢吧啊呀呐哦~”’」』 "


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Return spans with those in one that touch: 2024年 and 双11 limit together."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _sentences(reading: Reading) -> list[Span]:
    known: list[Span] | None = reading.memo.get(_SENTENCES)
    if known is None:
        known = reading.memo[_SENTENCES] = sentences(reading.folded.text)
    return known


def _tokens(reading: Reading, begin: int, end: int) -> Iterable[tuple[Span, str]]:
    """Yield the words that stand whole between two offsets, with their tags."""
    tags: list[str] | None = reading.memo.get(_TAGS)
    if tags is None:
        tags = reading.memo[_TAGS] = reading.tags  # some readings are cut again for them
    for (start, stop), tag in zip(pairwise(reading.starts), tags, strict=False):
        if begin <= start and stop <= end:
            yield Span(start, stop), tag


_SENTENCES, _TAGS = "sentences", "tags"


def folded_words(words: Iterable[str]) -> frozenset[str]:
    """Return words as they are met in folded texts; they are folded at once, as one by one takes ten times as long."""
    given = list(words)
    folded = fold_text("\n".join(given)).split("\n") if given else []
    if len(folded) != len(given):  # a word of several lines, which no file has
        folded = [fold_text(word) for word in given]
    return frozenset(filter(None, map(str.strip, folded)))
