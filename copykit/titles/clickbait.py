"""What in a title's shape withholds, shouts or informs: the signs behind the 标题党 risk that are not words.

All shapes are looked for in one walk over the words. A shape that is there becomes a hit under a slot of its own, which
the rules of kind ``shape`` read. Shapes and their points were chosen so that they hold across publishers: the signs
are fixed by reasoning, and points of ±1 do nearly as well as fitted ones (see ``bench/risk.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from copykit.errors import Words as Both
from copykit.model import Finding
from copykit.rules.kinds import Build, KindMaker, RuleError, whole_words
from copykit.rules.reading import Reading
from copykit.rules.rule import Rule

SHAPES = (
    "cataphora",
    "no_name",
    "list",
    "shout_first",
    "function_words",
    "short_opener",
    "short_clauses",
    "open_end",
    "fact",
    "report",
    "speaker",
    "long_clause",
    "plain",
)

_NAME, _FUNCTION, _NUMBER, _MARK = range(1, 5)
# What a word's tag makes of it here; nouns, verbs and the rest play no part.
_ROLES = {
    **dict.fromkeys(["nr", "ns", "nt", "nz", "nrt", "nrfg", "eng", "j"], _NAME),
    **dict.fromkeys(["r", "y", "d", "ul", "uj", "u", "zg", "e", "o", "ud", "uv", "ug", "uz", "c"], _FUNCTION),
    "m": _NUMBER,
    "x": _MARK,
}
_DIGITS = frozenset("0123456789")
# Pronouns that need nothing before them: everyone, oneself, the reader, the writer.
_NO_ANTECEDENT = frozenset(
    [
        "各",
        "各地",
        "各位",
        "各种",
        "每",
        "每天",
        "每个",
        "每人",
        "自己",
        "本",
        "另",
        "另外",
        "其它",
        "其他",
        "其",
        "彼此",
        "我",
        "我们",
        "你",
        "您",
        "你们",
        "你的",
        "咱",
        "咱们",
        "我国",
        "我校",
    ]
)
_LISTED = frozenset("大种招件条类步句幅张")  # measure words that make a list of a number; 个 counts people as well
_UNITS = frozenset("月年例元名%吨级度家套点倍股平起所辆℃万亿公千米美")  # what an exact figure is counted in
_CLAUSE = re.compile(r"[^,:;!?。…\s]+")
_OPEN_ENDS = frozenset("”!…→.")
_MARKS = re.compile(r"[!?,…]|\.\.\.|[“「『\"][^”」』\"\d]{1,6}[”」』\"]")
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
        questions = build.lexicons["question_words"].entries
        self._anchored = _NO_ANTECEDENT | frozenset(questions)

    def __call__(self, reading: Reading) -> None:
        """Add the shapes that are there to ``reading.hits``."""
        text, hits, slots = reading.folded.text, reading.hits, self.slots
        low, high = _core(text)
        whole = (low, high)
        self._walk(reading, low, high)

        clauses = [match.span() for match in _CLAUSE.finditer(text, low, high)]
        if not clauses:
            return
        first = clauses[0]
        longest, size = first, first[1] - first[0]
        if len(clauses) > 1:
            if size <= _OPENER:
                hits[slots["short_opener"]] = [first]
            for clause in clauses:
                if clause[1] - clause[0] > size:
                    longest, size = clause, clause[1] - clause[0]
        if size <= _CLIPPED:
            hits[slots["short_clauses"]] = [whole]
        elif size >= _FULL:
            hits[slots["long_clause"]] = [longest]
        if text[high - 1] in _OPEN_ENDS:
            hits[slots["open_end"]] = [(high - 1, high)]
        if _MARKS.search(text, low, high) is None:
            hits[slots["plain"]] = [whole]
        shout = text.find("!", low, high)
        if 0 <= shout < clauses[-1][0]:
            hits[slots["shout_first"]] = [(first[0], shout + 1)]
        if (
            text[first[1] : first[1] + 1] == ":"
            and 2 <= first[1] - first[0] <= 14
            and "?" not in text
            and "“" not in text[: first[1]]
        ):
            hits[slots["speaker"]] = [first]

    def _walk(self, reading: Reading, low: int, high: int) -> None:
        function = count = place = 0
        named = False
        pronoun = listed = fact = None
        number = ""  # the word before, when it is a number
        anchored, roles = self._anchored, _ROLES
        for word, tag in reading.words:
            start = place
            place += len(word)
            role = roles.get(tag)
            if role is None and not number:
                count += 1
                continue
            if role == _MARK or start < low or start >= high:
                number = ""
                continue
            count += 1
            if number:
                if word in _LISTED:
                    listed = (start - len(number), place)
                elif word[0] in _UNITS and number[-1] in _DIGITS:
                    fact = (start - len(number), place)
                number = ""
            if role == _NAME:
                named = True
            elif role == _FUNCTION:
                function += 1
                if tag == "r" and not named and pronoun is None and word not in anchored:
                    pronoun = (start, place)
            elif role == _NUMBER:
                number = word
                if len(word) > 1:
                    if word[-1] in _LISTED:
                        listed = (start, place)
                    elif len(word) > 2 and word[0] in _DIGITS:
                        fact = (start, place)
        hits, slots = reading.hits, self.slots
        if pronoun is not None:
            hits[slots["cataphora"]] = [pronoun]
        if not named:
            hits[slots["no_name"]] = [(low, high)]
        if listed is not None:
            hits[slots["list"]] = [listed]
        if function and function >= _TALK * count:
            hits[slots["function_words"]] = [(low, high)]
        reports = hits.get(self._reports)
        if (fact is not None or reports) and not self._withholds(reading):
            if fact is not None:
                hits[slots["fact"]] = [fact]
            if reports and (reports := whole_words(reading, reports)):
                hits[slots["report"]] = reports[:1]

    def _withholds(self, reading: Reading) -> bool:
        """Return whether the title leaves something open, so that its figures and verbs are bait rather than news."""
        text = reading.folded.text
        if "?" in text or "!" in text or "…" in text or "..." in text:
            return True
        return any(slot in reading.hits and whole_words(reading, reading.hits[slot]) for slot in self._gaps)


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
        self.triggers: frozenset[int] | None = frozenset((self.slot,))

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield one finding or none."""
        spans = reading.hits.get(self.slot)
        return (self.rule.finding(reading, *spans[0]),) if spans else ()


KINDS: dict[str, KindMaker] = {"shape": ShapeKind}


def _slot(build: Build, name: str) -> int:
    lexicon = build.lexicons[name]
    return build.automaton.words(lexicon.entries, lexicon.exceptions)


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
