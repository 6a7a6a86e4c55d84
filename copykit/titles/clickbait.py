"""What in a title's shape withholds, shouts or informs: the signs behind the 标题党 risk that are not words.

All shapes of a batch are looked for before any rule is asked. A shape that is there becomes a hit under a slot of its
own, which the rules of kind ``shape`` read. Shapes and their points were chosen so that they hold across publishers:
the signs are fixed by reasoning, and points of ±1 do nearly as well as fitted ones (see ``bench/risk.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress, repeat

from copykit.errors import Words as Both
from copykit.late import late
from copykit.lexicon import Hits
from copykit.model import Finding
from copykit.rules.kinds import Build, KindMaker, RuleError, whole_words
from copykit.rules.reading import Batch, Reading
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

# What a tag says here, as one letter: a name, a pronoun, another word that only holds words together, a number, a sign.
_NAME, _PRONOUN, _FUNCTION, _NUMBER, _SIGN, _OTHER = "N", "r", "f", "m", "x", "."
_CLASS_OF = {
    **dict.fromkeys(["nr", "ns", "nt", "nz", "nrt", "nrfg", "eng", "j"], _NAME),
    **dict.fromkeys(["y", "d", "ul", "uj", "u", "zg", "e", "o", "ud", "uv", "ug", "uz", "c"], _FUNCTION),
    "r": _PRONOUN,
    "m": _NUMBER,
    "x": _SIGN,
}
_DIGITS = frozenset("0123456789")
# Third persons: who is meant has to be said before.
_THIRD = frozenset(["他", "她", "它", "他们", "她们", "它们", "ta", "此人", "对方"])
_LISTED = frozenset("大种招件条类步句幅张")  # measure words that make a list of a number; 个 counts people as well
_ONE = frozenset(["一", "1"])  # 这一种 is no list
_UNITS = frozenset("月年例元名%吨级度家套点倍股平起所辆℃万亿公千米美")  # what an exact figure is counted in
_BREAKS = frozenset(",:;!?。… \n")
_EDGES = frozenset("|丨)")
# Column labels (人物 | …, …｜观察, (图)) are the publisher's, not the writer's.
_LABELS = late(r"^[^|丨]{1,8}[|丨]\s*|\s*[|丨]\s*[^|丨]{1,9}$|\((?:图|组图|附图|视频)\)$")

_OPENER = 6  # characters at most in an opening call
_CLIPPED = 10  # a title whose longest clause is no longer says nothing fully
_FULL = 17  # a clause of this many characters tells who did what
_TALK = 0.25  # share of function words from which a title chats rather than tells


class Shapes:
    """Finds the shapes of all titles of a batch."""

    def __init__(self, build: Build) -> None:
        self.slots = {shape: build.automaton.slot(("shape", shape), ()) for shape in SHAPES}
        self._long_clause, self._short_clauses = self.slots["long_clause"], self.slots["short_clauses"]
        self._fact, self._report = self.slots["fact"], self.slots["report"]
        self._gaps = [_slot(build, name) for name in ("deictic", "shell_nouns", "question_words")]
        self._reports = _slot(build, "report_verbs")
        # A title that holds none of these is one clause, and nothing has to be searched in it.
        self._signs = build.automaton.slot("signs", sorted({*_BREAKS, *_EDGES, "."}))
        self._edges = build.automaton.slot("label signs", _EDGES)

    def __call__(self, batch: Batch) -> None:
        """Add the shapes that are there to each reading's hits."""
        readings, (_, tags, begins, ends) = batch
        # One letter a word says all that most titles are asked: searching in a string beats walking over words.
        classes = "".join(map(_CLASS_OF.get, tags, repeat(_OTHER)))
        signs, reports = self._signs, self._reports
        for reading, begin, end in zip(readings, begins, ends, strict=True):
            hits = reading.hits
            words, kinds = reading.words, classes[begin:end]
            low, high = 0, len(reading.folded.text)
            if signs in hits:
                if self._edges in hits:
                    low, high = _core(reading.folded.text)
                    if low or high < len(reading.folded.text):
                        inside = [low <= start < high for start in reading.starts[:-1]]
                        words, kinds = list(compress(words, inside)), "".join(compress(kinds, inside))
                self._clauses(reading.folded.text, hits, low, high)
            elif high >= _FULL:
                hits[self._long_clause] = [(0, high)]
            elif 0 < high <= _CLIPPED:
                hits[self._short_clauses] = [(0, high)]
            if _PRONOUN in kinds or _FUNCTION in kinds:
                self._talk(hits, words, kinds, low, high)
            fact = _NUMBER in kinds and self._figures(hits, words, kinds, low)
            if (fact or reports in hits) and not self._withholds(reading):
                if fact:
                    hits[self._fact] = [fact]
                if reports in hits and (reported := whole_words(reading, hits[reports])):
                    hits[self._report] = reported[:1]

    def _clauses(self, text: str, hits: Hits, low: int, high: int) -> None:
        """Add what the signs between and around the clauses tell."""
        slots = self.slots
        clauses: list[tuple[int, int]] = []
        joined = -1
        begun = low
        for place, _ in hits[self._signs]:
            if low <= place < high:
                sign = text[place]
                if sign in _BREAKS:
                    if sign == ",":
                        joined = place
                    if place > begun:
                        clauses.append((begun, place))
                    begun = place + 1
        if begun < high:
            clauses.append((begun, high))
        if joined >= 0:
            hits[slots["joined"]] = [(joined, joined + 1)]
        if not clauses:
            return
        first, last = clauses[0], clauses[-1]
        longest, size = first, first[1] - first[0]
        if first is not last:
            if size <= _OPENER:
                hits[slots["short_opener"]] = [first]
            for clause in clauses:
                if clause[1] - clause[0] > size:
                    longest, size = clause, clause[1] - clause[0]
        if size >= _FULL:
            hits[self._long_clause] = [longest]
        elif size <= _CLIPPED:
            hits[self._short_clauses] = [(low, high)]
        if "!" in text:
            shout = text.find("!", first[0], high)
            if 0 <= shout < last[0]:
                hits[slots["shout_first"]] = [(first[0], shout + 1)]
        if (
            text.startswith(":", first[1])
            and 2 <= first[1] - first[0] <= 14
            and "?" not in text
            and "“" not in text[: first[1]]
        ):
            hits[slots["speaker"]] = [first]

    def _talk(self, hits: Hits, words: Sequence[str], kinds: str, low: int, high: int) -> None:
        """Add what the words tell that only hold others together."""
        pronouns = kinds.count(_PRONOUN)
        if pronouns + kinds.count(_FUNCTION) >= _TALK * (len(kinds) - kinds.count(_SIGN)):
            hits[self.slots["function_words"]] = [(low, high)]
        if pronouns:
            pronoun = self._pronoun(words, kinds, low)
            if pronoun is not None:
                hits[self.slots["cataphora"]] = [pronoun]

    @staticmethod
    def _pronoun(words: Sequence[str], kinds: str, place: int) -> tuple[int, int] | None:
        """Return the first third person that stands before every name."""
        for word, kind in zip(words, kinds, strict=True):
            if kind == _NAME:
                return None
            if kind == _PRONOUN and word in _THIRD:
                return place, place + len(word)
            place += len(word)
        return None

    def _figures(self, hits: Hits, words: Sequence[str], kinds: str, low: int) -> tuple[int, int] | None:
        """Add where a number makes a list (5招), and return where one is an exact figure (12%), the last of each."""
        listed = fact = None  # the first word, and how many
        at = kinds.find(_NUMBER)
        while at >= 0:
            number = words[at]
            if len(number) > 1:
                if number[-1] in _LISTED:
                    if number[:-1] not in _ONE:
                        listed = at, 1
                elif len(number) > 2 and number[0] in _DIGITS:
                    fact = at, 1
            following = at + 1
            if following < len(words):
                unit = words[following]
                if unit in _LISTED:
                    if number not in _ONE:
                        listed = at, 2
                elif number[-1] in _DIGITS and unit[0] in _UNITS:
                    fact = at, 2
            at = kinds.find(_NUMBER, following)
        if listed is not None:
            hits[self.slots["list"]] = [_place_of(words, *listed, low)]
        return None if fact is None else _place_of(words, *fact, low)

    def _withholds(self, reading: Reading) -> bool:
        """Return whether the title leaves something open, so that its figures and verbs are bait rather than news."""
        text, hits = reading.folded.text, reading.hits
        if self._signs in hits and ("?" in text or "!" in text or "…" in text or "..." in text):
            return True
        for slot in self._gaps:  # noqa: SIM110 - a generator takes twice as long
            if slot in hits and whole_words(reading, hits[slot]):
                return True
        return False


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


def _place_of(words: Sequence[str], at: int, count: int, low: int) -> tuple[int, int]:
    """Return the range of ``count`` words from word ``at`` on, where the first word of all begins at ``low``."""
    start = low + len("".join(words[:at]))
    return start, start + len("".join(words[at : at + count]))


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
