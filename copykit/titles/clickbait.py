"""What in a title's shape withholds, shouts or informs: the signs behind the 标题党 risk that are not words.

All shapes of a batch are looked for before any rule is asked. A shape that is there becomes a hit under a slot of its
own, which the rules of kind ``shape`` read. Shapes and their points were chosen so that they hold across publishers:
the signs are fixed by reasoning, and points of ±1 do nearly as well as fitted ones (see ``bench/risk.py``).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import compress, repeat

from copykit.errors import Words as Both
from copykit.late import late, made_late
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
    "unnamed",
    "pointed",
    "this_way",
    "open_question",
)

# What a tag says here, as one letter: a name, a pronoun, another word that only holds words together, a number, a sign.
_NAME, _NOUN, _PRONOUN, _FUNCTION, _NUMBER, _SIGN, _OTHER = "N", "n", "r", "f", "m", "x", "."
_CLASS_OF = {
    **dict.fromkeys(["nr", "ns", "nt", "nz", "nrt", "nrfg", "eng", "j"], _NAME),
    **dict.fromkeys(["y", "d", "ul", "uj", "u", "zg", "e", "o", "ud", "uv", "ug", "uz", "c"], _FUNCTION),
    "r": _PRONOUN,
    "n": _NOUN,
    "m": _NUMBER,
    "x": _SIGN,
}
_DIGITS = frozenset("0123456789")
_NAMED_KIN = frozenset((_NOUN, _PRONOUN, _OTHER))  # 我妈 is one word of any of these
_ONE = frozenset(["一", "1"])  # 这一种 is no list
_BREAKS = ",:;!?。… \n"
_BREAK = late(f"[{_BREAKS}]")  # one character each, so that lengths tell where the clauses between them stand

_PAUSES = tuple(_BREAKS)
_FIGURE = late(r"\d+(?:\.\d+)?")
_LEAST_TOLD = 4  # characters of a clause that tells something
_MODIFIERS = 5  # words of these at most

_OPENER = 6  # characters at most in an opening call
_CLIPPED = 10  # a title whose longest clause is no longer says nothing fully
_FULL = 17  # a clause of this many characters tells who did what
_TALK = 0.25  # share of function words from which a title chats rather than tells


class Shapes:
    """Finds the shapes of all titles of a batch."""

    def __init__(self, build: Build) -> None:
        self._deictic, self._riddles = _slot(build, "deictic"), _slot(build, "riddle_questions")
        self._asks = build.automaton.words(["?"])
        said_by = {
            "unnamed": (self._deictic,),
            "pointed": (self._deictic,),
            "this_way": (self._deictic,),
            "open_question": (self._riddles, self._asks),
        }
        self.slots = {
            shape: build.automaton.mark(("shape", shape), said_by[shape])
            if shape in said_by
            else build.automaton.slot(("shape", shape), ())
            for shape in SHAPES
        }
        self._gaps = [self._deictic, *(_slot(build, name) for name in ("shell_nouns", "question_words"))]
        self._reports = _slot(build, "report_verbs")
        self._pointers = build.lexicons["deictic"].entries
        self._classes = build.lexicons["class_nouns"].entries
        self._third, self._kin = _words(build, "third_persons"), _words(build, "kin_words")
        self._listing, self._units = _words(build, "list_measures"), _words(build, "figure_units")
        self._undergone = tuple(build.lexicons["undergone"].entries)
        self._light, self._several = _words(build, "light_verbs"), _words(build, "several_words")
        self._measures = _words(build, "pointer_measures")
        self._passed = self._measures | {"的", " "}  # between a pointer and its noun, beside adjectives
        notes = build.lexicons["picture_notes"].entries
        # Column labels (人物 | …, …｜观察, (图)) are the publisher's, not the writer's.
        self._labels = made_late(
            lambda: re.compile(rf"^[^|丨]{{1,8}}[|丨]\s*|\s*[|丨]\s*[^|丨]{{1,9}}$|\((?:{_any_of(notes).pattern})\)$")
        )
        units = _words(build, "measured_units")
        self._measured = made_late(lambda: re.compile(rf"[\d.]+ ?(?:{_any_of(units).pattern})"))
        practical = build.lexicons["practical_questions"]
        # Words of every second title, looked for in the few that ask.
        self._practical_words = practical.entries
        self._practical = made_late(lambda: _any_of((*practical.entries, *practical.exceptions)))

    def __call__(self, batch: Batch) -> None:
        """Add the shapes that are there to each reading's hits."""
        readings, (_, tags, begins, ends) = batch
        # One letter a word says all that most titles are asked: searching in a string beats walking over words.
        classes = "".join(map(_CLASS_OF.get, tags, repeat(_OTHER)))
        slots, reports, split = self.slots, self._reports, _BREAK.split
        deictic, riddles, asks = self._deictic, self._riddles, self._asks
        long_clause, short_clauses = slots["long_clause"], slots["short_clauses"]
        for reading, begin, end in zip(readings, begins, ends, strict=True):
            hits, text = reading.hits, reading.folded.text
            words, kinds = reading.words, classes[begin:end]
            low, high = 0, len(text)
            if "|" in text or "丨" in text or text.endswith(")"):
                low, high = self._core(text)
                inside = [low <= start < high for start in reading.starts[:-1]]
                words, kinds = list(compress(words, inside)), "".join(compress(kinds, inside))
            clauses = split(text[low:high])
            if len(clauses) > 1:
                self._clauses(text, clauses, hits, low, high)
            elif high - low >= _FULL:
                hits[long_clause] = [(low, high)]
            elif 0 < high - low <= _CLIPPED:
                hits[short_clauses] = [(low, high)]
            pronouns, others = kinds.count(_PRONOUN), kinds.count(_FUNCTION)
            if pronouns or others:
                if pronouns + others >= _TALK * (len(kinds) - kinds.count(_SIGN)):
                    hits[slots["function_words"]] = [(low, high)]
                if pronouns and (pronoun := self._pronoun(words, kinds, low)) is not None:
                    hits[slots["cataphora"]] = [pronoun]
            fact = _NUMBER in kinds and self._figures(hits, words, kinds, low)
            if (fact or reports in hits) and not self._withholds(reading):
                if fact:
                    hits[slots["fact"]] = [fact]
                if reports in hits and (reported := whole_words(reading, hits[reports])):
                    hits[slots["report"]] = reported[:1]
            if deictic in hits:
                self._pointing(reading)
            if asks in hits or riddles in hits:
                self._asking(reading)

    def _core(self, text: str) -> tuple[int, int]:
        """Return the range of the title without its publisher's column labels."""
        low, high = 0, len(text)
        for match in self._labels.finditer(text):
            if match.start() == 0:
                low = match.end()
            elif match.end() == high:
                high = match.start()
        return (low, high) if low < high else (0, len(text))

    def _clauses(self, text: str, clauses: Sequence[str], hits: Hits, low: int, high: int) -> None:
        """Add what the signs around the clauses tell; ``clauses`` and a sign between each two fill ``low:high``."""
        slots = self.slots
        if (joined := text.rfind(",", low, high)) >= 0:
            hits[slots["joined"]] = [(joined, joined + 1)]
        sizes = list(map(len, clauses))
        size = max(sizes)
        if not size:
            return
        opener = sizes[0] or next(filter(None, sizes))
        first = low + sizes.index(opener)  # the clauses before it are empty
        if opener <= _OPENER and opener < sum(sizes):
            hits[slots["short_opener"]] = [(first, first + opener)]
        if size >= _FULL:
            at = sizes.index(size)
            begun = low + sum(sizes[:at]) + at
            hits[slots["long_clause"]] = [(begun, begun + size)]
        elif size <= _CLIPPED:
            hits[slots["short_clauses"]] = [(low, high)]
        if "!" in text:
            shout = text.find("!", first, high)
            if shout >= 0 and text[shout:high].strip(_BREAKS):
                hits[slots["shout_first"]] = [(first, shout + 1)]
        behind = first + opener
        if 2 <= opener <= 14 and text.startswith(":", behind) and "?" not in text and "“" not in text[:behind]:
            hits[slots["speaker"]] = [(first, behind)]

    def _pronoun(self, words: Sequence[str], kinds: str, place: int) -> tuple[int, int] | None:
        """Return the first third person that stands before every name, and before what it may mean (锅 … 它)."""
        thing = kin = False
        for word, kind in zip(words, kinds, strict=True):
            if kind == _NAME:
                return None
            if kind == _PRONOUN and word in self._third and not (thing if word[0] == "它" else kin):
                return place, place + len(word)
            thing = thing or kind == _NOUN
            kin = kin or (kind in _NAMED_KIN and word[-1] in self._kin)
            place += len(word)
        return None

    def _figures(self, hits: Hits, words: Sequence[str], kinds: str, low: int) -> tuple[int, int] | None:
        """Add where a number makes a list (5招), and return where one is an exact figure (12%), the last of each."""
        listed = fact = None  # the first word, and how many
        at = kinds.find(_NUMBER)
        while at >= 0:
            number = words[at]
            if len(number) > 1:
                if number[-1] in self._listing:
                    if number[:-1] not in _ONE and not self._tells(words, at):
                        listed = at, 1
                elif len(number) > 2 and number[0] in _DIGITS:
                    fact = at, 1
            following = at + 1
            if following < len(words):
                unit = words[following]
                if unit in self._listing:
                    if number not in _ONE and not self._tells(words, at):
                        listed = at, 2
                elif number[-1] in _DIGITS and unit[0] in self._units:
                    fact = at, 2
            at = kinds.find(_NUMBER, following)
        if listed is not None:
            hits[self.slots["list"]] = [_place_of(words, *listed, low)]
        return None if fact is None else _place_of(words, *fact, low)

    def _tells(self, words: Sequence[str], at: int) -> bool:
        """Return whether what is counted was lived through, or has a place: 换了五种粮 and 第一句 list nothing."""
        return words[at][0] == "第" or "".join(words[max(0, at - 2) : at]).endswith(self._undergone)

    def _pointing(self, reading: Reading) -> None:
        """Add the first pointer after which nothing is named, or else the first after which goods are."""
        hits = reading.hits
        for start, end in whole_words(reading, hits[self._deictic]):
            shape, end = self._pointer(reading, start, end)
            if shape:
                hits.setdefault(self.slots[shape], [(start, end)])
            if shape == "unnamed":
                for lesser in ("pointed", "this_way"):
                    hits.pop(self.slots[lesser], None)
                return

    def _pointer(self, reading: Reading, start: int, end: int) -> tuple[str, int]:
        """Return which shape a pointer makes, "" for none, and where what it points at ends.

        这种锅 names what it is, 这种食物 only of what class; 这个夏天 is a time; 这样洗 withholds how, 这么轻松 says
        how much, 这3毫米 just that; after a clause 这是 stands for what was said there.
        """
        text, words, tags, starts = reading.folded.text, reading.words, reading.tags, reading.starts
        at = following = bisect_left(starts, end)
        role = self._pointers[text[start:end]].get("as")
        if text[end - 1] in _DIGITS:
            end = starts[following]  # 这12本: the list knows 这1, and a number is never cut
        tag = tags[at] if at < len(words) else "x"
        if role == "time":
            return "", end
        if role == "manner":  # verbs of doing have one syllable after 这样
            does = tag[0] == "v" and len(words[at]) == 1 and words[at] not in self._light
            return ("this_way", starts[at + 1]) if does else ("", end)
        alone = end - start == 1 and tag[0] not in "nqm" and text[end : end + 1] not in self._measures
        if role == "clause" or alone:
            after_clause = text[:start].rstrip("“ ").endswith(_PAUSES) and _told_before(text[:start])
            return ("", end) if after_clause else ("unnamed", end)
        if self._measured.match(text, start + 1):
            return "", end
        while at < len(words) and at < following + _MODIFIERS and (tags[at][0] in "mqab" or words[at] in self._passed):
            at += 1
        if at < len(words) and tags[at][0] == "t":
            return "", end
        if at == len(words) or (tags[at][0] != "n" and tags[at] != "eng"):
            # 豆子，只炒这一种 is one of what was said before; 记得带这三样 has not said of which.
            back = (at == len(words) or tags[at] == "x") and self._several.isdisjoint(text[start : starts[at]])
            return ("", end) if back and _told_before(text[:start]) else ("unnamed", end)
        while at + 1 < len(words) and tags[at + 1][0] == "n":
            at += 1  # the last of several nouns is what it is
        noun = self._classes.get(words[at])
        if noun is not None and "as" in noun:
            return "", end
        return ("pointed" if noun is None else "unnamed"), starts[at + 1]

    def _asking(self, reading: Reading) -> None:
        """Add a question whose answer is the story: by its words, or asked with a mark and no business of a buyer's.

        A title that tells two figures tells what happened, whatever it asks besides; words behind the mark answer it.
        """
        text, hits = reading.folded.text, reading.hits
        if len(_FIGURE.findall(text)) > 1:
            return
        if self._riddles in hits and (riddles := whole_words(reading, hits[self._riddles])):
            hits[self.slots["open_question"]] = riddles[:1]
        elif self._asks in hits and not self._is_practical(reading):
            mark = hits[self._asks][-1][0]
            if any(map(str.isalnum, text[mark:])):
                return
            begun = max(text.rfind(sign, 0, mark) for sign in _BREAKS) + 1
            if begun < mark:
                hits[self.slots["open_question"]] = [(begun, mark + 1)]

    def _is_practical(self, reading: Reading) -> bool:
        """Return whether a question is a buyer's own: how to wash it, which one, can it (能…吗)."""
        text, bounds = reading.folded.text, reading.bounds
        for match in self._practical.finditer(text):
            fields = self._practical_words.get(match[0])  # None: an exception
            if fields is not None and match.start() in bounds and fields.get("with", "") in text[match.end() :]:
                return True
        return False

    def _withholds(self, reading: Reading) -> bool:
        """Return whether the title leaves something open, so that its figures and verbs are bait rather than news."""
        text, hits = reading.folded.text, reading.hits
        if "?" in text or "!" in text or "…" in text or "..." in text:
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


def _words(build: Build, name: str) -> frozenset[str]:
    return frozenset(build.lexicons[name].entries)


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Return what finds the longest of the words at each place; Latin ones end where a word does."""
    ordered = sorted(words, key=len, reverse=True)
    return re.compile("|".join(re.escape(word) + r"\b" * word.isascii() * word.isalpha() for word in ordered))


def _told_before(text: str) -> bool:
    """Return whether a clause stands before, of which something may be said: 卧槽！ is none."""
    return any(len(clause) >= _LEAST_TOLD for clause in _BREAK.split(text)[:-1])


def _place_of(words: Sequence[str], at: int, count: int, low: int) -> tuple[int, int]:
    """Return the range of ``count`` words from word ``at`` on, where the first word of all begins at ``low``."""
    start = low + len("".join(words[:at]))
    return start, start + len("".join(words[at : at + count]))
