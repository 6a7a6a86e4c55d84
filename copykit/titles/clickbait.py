"""What in a title's shape withholds, shouts or informs: the signs behind the 标题党 risk that are not words.

All shapes are looked for in one walk over the words. A shape that is there becomes a hit under a slot of its own, which
the rules of kind ``shape`` read. Shapes and their points were chosen so that they hold across publishers: the signs
are fixed by reasoning, and points of ±1 do nearly as well as fitted ones (see ``bench/risk.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from copykit.errors import Words as Both
from copykit.lexicon import Hits
from copykit.model import Finding
from copykit.rules.kinds import Build, KindMaker, RuleError, whole_words
from copykit.rules.reading import Reading
from copykit.rules.rule import Rule

SHAPES = (
    "cataphora",
    "list",
    "shout_first",
    "function_words",
    "short_opener",
    "short_clauses",
    "fact",
    "report",
    "speaker",
    "long_clause",
    "joined",
)

# The tags of names, and of words that only hold others together.
_NAME = frozenset(["nr", "ns", "nt", "nz", "nrt", "nrfg", "eng", "j"])
_FUNCTION = frozenset(["r", "y", "d", "ul", "uj", "u", "zg", "e", "o", "ud", "uv", "ug", "uz", "c"])
_DIGITS = frozenset("0123456789")
# Third persons: who is meant has to be said before.
_THIRD = frozenset(["他", "她", "它", "他们", "她们", "它们", "ta", "此人", "对方"])
_LISTED = frozenset("大种招件条类步句幅张")  # measure words that make a list of a number; 个 counts people as well
_UNITS = frozenset("月年例元名%吨级度家套点倍股平起所辆℃万亿公千米美")  # what an exact figure is counted in
_BREAKS = frozenset(",:;!?。… \n")
_EDGES = frozenset("|丨)")
# Column labels (人物 | …, …｜观察, (图)) are the publisher's, not the writer's.
_LABELS = re.compile(r"^[^|丨]{1,8}[|丨]\s*|\s*[|丨]\s*[^|丨]{1,9}$|\((?:图|组图|附图|视频)\)$")

_OPENER = 6  # characters at most in an opening call
_CLIPPED = 10  # a title whose longest clause is no longer says nothing fully
_FULL = 17  # a clause of this many characters tells who did what
_TALK = 0.25  # share of function words from which a title chats rather than tells


class Shapes:
    """Finds all shapes of a title in one walk."""

    def __init__(self, build: Build) -> None:
        self.slots = {shape: build.automaton.slot(("shape", shape), ()) for shape in SHAPES}
        self._gaps = [_slot(build, name) for name in ("deictic", "shell_nouns", "question_words")]
        self._reports = _slot(build, "report_verbs")
        # Three titles of four hold none of these; they are one clause, and nothing has to be searched in them.
        self._signs = build.automaton.slot("signs", sorted({*_BREAKS, *_EDGES, "."}))

    def __call__(self, readings: Sequence[Reading]) -> None:
        """Add the shapes that are there to each reading's hits."""
        for reading in readings:
            self._look(reading)

    def _look(self, reading: Reading) -> None:
        text, hits, slots = reading.folded.text, reading.hits, self.slots
        low, high = 0, len(text)
        signs = hits.get(self._signs)
        if signs is None:
            self._walk(reading, low, high)
            if high:
                self._rhythm(hits, [(low, high)], low, high)
            return
        if any(text[place] in _EDGES for place, _ in signs):
            low, high = _core(text)
        self._walk(reading, low, high)

        clauses: list[tuple[int, int]] = []
        joined = -1
        begun = low
        for place, _ in signs:
            sign = text[place]
            if low <= place < high:
                if sign == ",":
                    joined = place
                if sign in _BREAKS:
                    if place > begun:
                        clauses.append((begun, place))
                    begun = place + 1
        if begun < high:
            clauses.append((begun, high))
        if joined >= 0:
            hits[slots["joined"]] = [(joined, joined + 1)]
        if not clauses:
            return
        self._rhythm(hits, clauses, low, high)
        first = clauses[0]
        if "!" in text:
            shout = text.find("!", first[0], high)
            if 0 <= shout < clauses[-1][0]:
                hits[slots["shout_first"]] = [(first[0], shout + 1)]
        if (
            text[first[1] : first[1] + 1] == ":"
            and 2 <= first[1] - first[0] <= 14
            and "?" not in text
            and "“" not in text[: first[1]]
        ):
            hits[slots["speaker"]] = [first]

    def _rhythm(self, hits: Hits, clauses: Sequence[tuple[int, int]], low: int, high: int) -> None:
        slots = self.slots
        longest = clauses[0]
        size = longest[1] - longest[0]
        if len(clauses) > 1:
            if size <= _OPENER:
                hits[slots["short_opener"]] = [longest]
            for clause in clauses:
                if clause[1] - clause[0] > size:
                    longest, size = clause, clause[1] - clause[0]
        if size <= _CLIPPED:
            hits[slots["short_clauses"]] = [(low, high)]
        elif size >= _FULL:
            hits[slots["long_clause"]] = [longest]

    def _walk(self, reading: Reading, low: int, high: int) -> None:
        words, hits, slots = reading.words, reading.hits, self.slots
        if low or high < len(reading.folded.text):
            words = _inside(words, low, high)
        tags = [tag for _, tag in words]
        if not _FUNCTION.isdisjoint(tags):
            function = sum(map(_FUNCTION.__contains__, tags))
            if function >= _TALK * (len(tags) - tags.count("x")):
                hits[slots["function_words"]] = [(low, high)]
            if "r" in tags:
                pronoun = self._pronoun(words, low)
                if pronoun is not None:
                    hits[slots["cataphora"]] = [pronoun]
        listed = fact = None
        if "m" in tags:
            listed, fact = _figures(words, low)
            if listed is not None:
                hits[slots["list"]] = [listed]
        reports = hits.get(self._reports)
        if (fact is not None or reports) and not self._withholds(reading):
            if fact is not None:
                hits[slots["fact"]] = [fact]
            if reports and (reports := whole_words(reading, reports)):
                hits[slots["report"]] = reports[:1]

    @staticmethod
    def _pronoun(words: Sequence[tuple[str, str]], place: int) -> tuple[int, int] | None:
        """Return the first third person that stands before every name."""
        for word, tag in words:
            if tag in _NAME:
                return None
            if tag == "r" and word in _THIRD:
                return place, place + len(word)
            place += len(word)
        return None

    def _withholds(self, reading: Reading) -> bool:
        """Return whether the title leaves something open, so that its figures and verbs are bait rather than news."""
        text, hits = reading.folded.text, reading.hits
        if self._signs in hits and ("?" in text or "!" in text or "…" in text or "..." in text):
            return True
        return any(slot in hits and whole_words(reading, hits[slot]) for slot in self._gaps)


class ShapeKind:
    """Fires once for the shape named in ``settings.shape``."""

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        shape = rule.settings.get("settings", {}).get("shape")
        if shape not in SHAPES:
            known = "、".join(SHAPES)
            raise RuleError(
                rule=rule.id, reason=Both(f"settings.shape 只能是 {known}", f"settings.shape is one of {known}")
            )
        shapes = build.detector("shapes", Shapes)
        assert isinstance(shapes, Shapes)
        self.slot = shapes.slots[shape]
        self.first_hit = True
        self.triggers: frozenset[int] | None = frozenset((self.slot,))

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield one finding or none."""
        spans = reading.hits.get(self.slot)
        return (self.rule.plain(reading, *spans[0]),) if spans else ()


KINDS: dict[str, KindMaker] = {"shape": ShapeKind}


def _slot(build: Build, name: str) -> int:
    lexicon = build.lexicons[name]
    return build.automaton.words(lexicon.entries, lexicon.exceptions)


def _figures(words: Sequence[tuple[str, str]], place: int) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """Return where a number makes a list (5招) and where it is an exact figure (12%), the last of each."""
    listed = fact = None
    number = ""  # the word before, when it is a number
    for word, tag in words:
        start = place
        place += len(word)
        if number:
            if word in _LISTED:
                listed = (start - len(number), place)
            elif word[0] in _UNITS and number[-1] in _DIGITS:
                fact = (start - len(number), place)
            number = ""
        if tag == "m":
            number = word
            if len(word) > 1:
                if word[-1] in _LISTED:
                    listed = (start, place)
                elif len(word) > 2 and word[0] in _DIGITS:
                    fact = (start, place)
    return listed, fact


def _inside(words: Sequence[tuple[str, str]], low: int, high: int) -> list[tuple[str, str]]:
    """Return the words that begin inside a range."""
    place, kept = 0, []
    for word, tag in words:
        if low <= place < high:
            kept.append((word, tag))
        place += len(word)
    return kept


def _core(text: str) -> tuple[int, int]:
    """Return the range of the title without its publisher's column labels."""
    low, high = 0, len(text)
    if "|" in text or "丨" in text or text.endswith(")"):
        for match in _LABELS.finditer(text):
            if match.start() == 0:
                low = match.end()
            elif match.end() == high:
                high = match.start()
        if low >= high:
            return 0, len(text)
    return low, high
