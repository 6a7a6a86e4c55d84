"""Kinds for listing titles: searched words covered, order, and characters wasted."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress, count

from copykit.errors import Words as Both
from copykit.late import late
from copykit.model import Finding
from copykit.rules import kinds
from copykit.rules.kinds import Build, KindMaker, RuleError, Words, lexicon_of
from copykit.rules.reading import Context, Reading
from copykit.rules.rule import Rule
from copykit.text.normalize import fold_text, fold_texts
from copykit.titles.frame import length_of


class KeywordsKind:
    """Looks for the brief's keywords, each worth ``points``, the first ``limit`` of them.

    With ``missing = true`` it fires once instead, for the keywords that the title lacks.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        self.comma = "、" if build.lang == "zh" else ", "
        self.missing = bool(rule.settings.get("settings", {}).get("missing", False))
        self.triggers: frozenset[int] | None = None

    def idle(self, context: Context) -> bool:
        """Return whether there are no keywords to look for."""
        return context.brief is None or not context.brief.keywords

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield a finding a keyword found, or one for those that are not there."""
        brief = reading.context.brief
        if brief is None or not brief.keywords:
            return
        text = reading.folded.text
        # A keyword of invisible characters folds to nothing and would stand everywhere.
        wanted = brief.keywords[: self.rule.limit]
        keywords = [(word, folded) for word in wanted if (folded := fold_text(word).strip())]
        if self.missing:
            absent = [word for word, folded in keywords if folded not in text]
            if absent:
                points = self.rule.points * len(absent)
                yield self.rule.finding(reading, 0, len(text), points=points, words=self.comma.join(absent))
            return
        for _, folded in keywords:
            place = text.find(folded)
            if place >= 0:
                yield self.rule.finding(reading, place, place + len(folded))


class SearchedKind:
    """Counts the different words of the title that buyers type into a search box, by the background's query counts.

    Fires once: ``points_each`` for every word up to ``limit``. Asked only without a brief's keywords. Words that a rule
    named in ``settings.rules`` charges, or that an error bars, are none of them.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        background = build.data("background")["searched"]
        low = rule.settings.get("at_least", 1)
        counts = zip(background["words"].split("\n"), background["counts"], strict=True)
        self.searched = frozenset(word for word, count in counts if count >= low)
        self.each = int(rule.settings["points_each"])
        self.claiming = kinds.other_rules(rule, build)
        self.triggers: frozenset[int] | None = None

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield nothing: what the others claim is not known yet."""
        return ()

    def conclude(self, reading: Reading, findings: Sequence[Finding]) -> Iterable[Finding]:
        """Yield one finding over the first searched word, the others related."""
        brief = reading.context.brief
        if brief is not None and brief.keywords:
            return ()  # which know better
        words = reading.words
        first_places: dict[str, int] = {}
        for place in compress(count(), map(self.searched.__contains__, words)):
            first_places.setdefault(words[place], place)
        if not first_places:
            return ()
        starts = reading.starts
        spans = [(starts[place], starts[place + 1]) for place in first_places.values()]
        claimed = [f for f in findings if f.rule in self.claiming or f.severity == "error"]
        if claimed:
            spans = [span for span in spans if not _claimed(reading.folded.span(*span), claimed)]
        if not spans:
            return ()
        points = self.each * min(len(spans), self.rule.limit)
        first, *others = spans
        return (self.rule.finding(reading, *first, points=points, related=others, count=len(spans)),)


def _claimed(span: tuple[int, int], findings: Iterable[Finding]) -> bool:
    return any(finding.start < span[1] and span[0] < finding.end for finding in findings)


class UnlikeKind:
    """Fires once for a title that names goods of too many families, which only a heap of search words does.

    ``heaps`` holds pairs: so many families (field ``family`` of the list) among so many different words are too many.
    A word right before one of another family says what that is for (冰箱收纳盒), and its family does not count.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        group = Words(rule, build)
        self.slot = group.slot
        self.comma = "、" if build.lang == "zh" else ", "
        self.families = {word: fields["family"] for word, fields in group.fields.items() if "family" in fields}
        self.heaps = [(int(families), int(words)) for families, words in rule.settings["settings"]["heaps"]]
        self.triggers: frozenset[int] | None = frozenset((self.slot,))

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield one finding over the first of the goods, the others related, or none."""
        text = reading.folded.text
        hits = reading.hits.get(self.slot, ())
        if len(hits) < min(words for _, words in self.heaps):
            return ()
        found = [(start, end, text[start:end]) for start, end in hits]
        found = [(start, end, word) for start, end, word in found if word in self.families]
        places: dict[str, tuple[int, int]] = {}
        first_of: dict[str, str] = {}
        for (start, end, word), (following, _, other) in zip(found, [*found[1:], (-1, -1, "")], strict=True):
            places.setdefault(word, (start, end))
            family = self.families[word]
            if following != end or self.families[other] == family:
                first_of.setdefault(family, word)
        if not any(len(first_of) >= families and len(places) >= words for families, words in self.heaps):
            return ()
        first, *others = sorted(places.values())
        told = sorted(first_of.values(), key=lambda word: places[word])
        return (self.rule.finding(reading, *first, related=others, count=len(places), words=self.comma.join(told)),)


class NoGoodsKind:
    """Fires when a title names no goods: none of its list, and no word that ends as names of goods do.

    ``settings.endings`` is the list of such last characters: no list of categories is ever whole.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        self.slot = Words(rule, build).slot
        self.endings = frozenset(lexicon_of(rule, build, rule.settings["settings"]["endings"]).entries)
        self.triggers: frozenset[int] | None = None

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield one finding or none."""
        if self.slot in reading.hits:
            return ()
        endings = self.endings
        for word, tag in zip(reading.words, reading.tags, strict=True):
            if word[-1] in endings and len(word) > 1 and tag[0] in "nv":
                return ()
        return (self.rule.plain(reading, 0, len(reading.folded.text)),)


class RowKind:
    """Fires once for goods of one family side by side that no single thing can be (羽绒服棉服大衣风衣).

    ``words`` of its list stand with nothing but blanks and commas between, of ``sorts`` different sorts (field
    ``sort``; a word without is a sort of its own, ``any`` is none). Silent where one of ``unless`` says that they are
    sold together, or what the thing is for.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        group = Words(rule, build)
        self.slot = group.slot
        self.comma = "、" if build.lang == "zh" else ", "
        self.families = {word: fields["family"] for word, fields in group.fields.items() if "family" in fields}
        self.sort_of = {word: fields["sort"] for word, fields in group.fields.items() if "sort" in fields}
        settings = rule.settings["settings"]
        self.words, self.sorts = int(settings["words"]), int(settings["sorts"])
        self.unless = fold_texts(settings["unless"])
        self.triggers: frozenset[int] | None = frozenset((self.slot,))

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield one finding over the first of the goods, the others related, or none."""
        hits = reading.hits.get(self.slot, ())
        if len(hits) < self.words:
            return ()
        text = reading.folded.text
        row: dict[str, tuple[int, int]] = {}
        family, reached = "", -1
        for start, end in hits:
            word = text[start:end]
            own = self.families.get(word, "")
            if own != family or not own or text[reached:start].strip(_BETWEEN):
                if self._is_heap(row):
                    break
                row = {}
            family, reached = own, end
            row.setdefault(word, (start, end))
        if not self._is_heap(row) or any(word in text for word in self.unless):
            return ()
        first, *others = row.values()
        told: dict[str, str] = {}
        for word, place in row.items():
            told.setdefault(self.sort_of.get(word, word), reading.text[slice(*reading.folded.span(*place))])
        told.pop("any", None)
        return (
            self.rule.finding(reading, *first, related=others, count=len(told), words=self.comma.join(told.values())),
        )

    def _is_heap(self, row: Mapping[str, tuple[int, int]]) -> bool:
        return len(row) >= self.words and len({self.sort_of.get(word, word) for word in row} - {"any"}) >= self.sorts


_BETWEEN = " ,、/|和及男女"


class PositionKind:
    """Fires for the first word of its lists when it ends by character ``max`` of the title, or starts after ``min``.

    A word that only begins a longer one names nothing (帽子 in 帽子戏法), one that ends it does (锅 in 炒锅).
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        self.slot = Words(rule, build).slot
        self.low, self.high = rule.settings.get("min"), rule.settings.get("max")
        if (self.low is None) == (self.high is None):
            raise RuleError(rule=rule.id, reason=Both("min 和 max 要写一个，也只写一个", "give either min or max"))
        self.triggers: frozenset[int] | None = frozenset((self.slot,))

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield one finding or none."""
        first = next((hit for hit in reading.hits.get(self.slot, ()) if names_goods(reading.starts, *hit)), None)
        if first is None:
            return ()
        start, end = first
        if (self.high is not None and end <= self.high) or (self.low is not None and start >= self.low):
            return (self.rule.finding(reading, start, end, place=start + 1),)
        return ()


def names_goods(starts: Sequence[int], start: int, end: int) -> bool:
    """Return whether a hit ends where a word does, or at least goes on into a second one."""
    return starts[bisect_right(starts, start)] <= end


class RepeatKind:
    """Fires for every word of two or more characters that the title says again, the best ``limit`` of them."""

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        self.triggers: frozenset[int] | None = None

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield a finding at each repetition, its first place related."""
        if len(set(reading.words)) == len(reading.words):
            return ()
        seen: dict[str, int] = {}
        found: list[Finding] = []
        for word, tag, start in zip(reading.words, reading.tags, reading.starts, strict=False):
            if len(word) < 2 or tag[0] in "xmuw":
                continue
            if word in seen:
                first, again = _stretch(reading.folded.text, seen[word], start, len(word))
                found.append(self.rule.finding(reading, *again, related=[first]))
            else:
                seen[word] = start
        return found[: self.rule.limit]


def _stretch(text: str, first: int, second: int, size: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return both places of a repeated word with all that is repeated around it (底裤 in 打底裤 … 打底裤)."""
    left = 0
    while (
        first - left > 0 and second - left > first + size and text[first - left - 1] == text[second - left - 1] != " "
    ):
        left += 1
    return (first - left, first + size), (second - left, second + size)


class PastYearKind:
    """Fires for a year before that of ``today``; silent without a date."""

    _year = late(r"(?<!\d)(20[0-4]\d)(?!\d)(?=年|新|春|夏|秋|冬|爆|款|秋冬|$|\s)")

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        self.triggers: frozenset[int] | None = None

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield a finding a past year."""
        today = reading.context.today
        return self._past(reading, today) if today and "20" in reading.folded.text else ()

    def _past(self, reading: Reading, today: str) -> Iterator[Finding]:
        for match in self._year.finditer(reading.folded.text):
            if match[1] < today[:4]:
                yield self.rule.finding(reading, *match.span(), year=today[:4])


class UnusedKind:
    """Fires when the title uses less than the share ``under`` of its platform's limit."""

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        self.under = float(rule.settings["under"])
        self.triggers: frozenset[int] | None = None

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield one finding or none."""
        platform = reading.context.platform
        if platform is None or platform.max is None:
            return ()
        length = length_of(reading)
        if length.used >= platform.max * self.under:
            return ()
        left = platform.max - length.used
        return (self.rule.finding(reading, 0, len(reading.folded.text), used=length.used, left=left),)


KINDS: dict[str, KindMaker] = {
    "keywords": KeywordsKind,
    "searched": SearchedKind,
    "unlike": UnlikeKind,
    "no_goods": NoGoodsKind,
    "row": RowKind,
    "position": PositionKind,
    "repeat": RepeatKind,
    "past_year": PastYearKind,
    "unused": UnusedKind,
}
