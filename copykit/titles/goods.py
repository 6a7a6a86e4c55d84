"""Kinds about the goods that a listing title names: a heap of unlike ones, a row of alike ones, none at all."""

from __future__ import annotations

import functools
import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from copykit.model import Finding
from copykit.rules.kinds import Build, KindMaker, Words, lexicon_of
from copykit.rules.reading import Reading
from copykit.rules.rule import Rule
from copykit.text.normalize import fold_text

if TYPE_CHECKING:
    from copykit.model import Brief


class Goods:
    """A word for goods at ``start:end`` of the folded text, with its family, "" where it may be of any."""

    __slots__ = ("end", "family", "start", "word")  # a named tuple would take half a millisecond of every start

    def __init__(self, start: int, end: int, word: str, family: str) -> None:
        self.start, self.end, self.word, self.family = start, end, word, family

    @property
    def place(self) -> tuple[int, int]:
        """Where the word stands."""
        return self.start, self.end


class _GoodsKind:
    """What a title names of the rule's ``lexicon``, whose fields tell each word's family and sort."""

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        words = Words(rule, build)
        self.slot = words.slot
        self.fields = words.fields
        self.comma = "、" if build.lang == "zh" else ", "
        self.triggers: frozenset[int] | None = frozenset((self.slot,))

    def goods(self, reading: Reading) -> list[Goods]:
        """Return the goods of a title in order."""
        text = reading.folded.text
        found = ((start, end, text[start:end]) for start, end in reading.hits.get(self.slot, ()))
        return [Goods(start, end, word, self.field(word, "family")) for start, end, word in found]

    def field(self, word: str, name: str) -> str:
        """Return a field of a word's, "" where it has none."""
        fields: Mapping[str, str] = self.fields.get(word, {})
        return fields.get(name, "")


class UnlikeKind(_GoodsKind):
    """Fires once for a title that names goods of too many families, which only a heap of search words does.

    ``settings.heaps`` holds pairs: so many families among so many different words are too many. A word right before
    one of another family says what that is for (冰箱收纳盒), and its family does not count.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        super().__init__(rule, build)
        self.heaps = [(int(families), int(words)) for families, words in rule.settings["settings"]["heaps"]]
        self.least = min(words for _, words in self.heaps)

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield one finding over the first of the goods, the others related, or none."""
        if len(reading.hits.get(self.slot, ())) < self.least:
            return ()
        found = [goods for goods in self.goods(reading) if goods.family]
        places: dict[str, tuple[int, int]] = {}
        first_of: dict[str, str] = {}
        for goods, following in itertools.pairwise([*found, _NOTHING]):
            places.setdefault(goods.word, goods.place)
            if following.start != goods.end or following.family == goods.family:
                first_of.setdefault(goods.family, goods.word)
        if not any(len(first_of) >= families and len(places) >= words for families, words in self.heaps):
            return ()
        first, *others = sorted(places.values())
        told = sorted(first_of.values(), key=lambda word: places[word])
        return (self.rule.finding(reading, *first, related=others, count=len(places), words=self.comma.join(told)),)


_NOTHING = Goods(-1, -1, "", "")


class RowKind(_GoodsKind):
    """Fires once for goods of one family side by side that no single thing can be (羽绒服棉服大衣风衣).

    ``settings.words`` of them stand with nothing but the characters of ``settings.between`` between, of
    ``settings.sorts`` different sorts (field ``sort``; a word without is a sort of its own, ``any`` is none). Silent
    where a word of the list ``settings.unless`` says that they are sold together, or what the thing is for.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        super().__init__(rule, build)
        settings = rule.settings["settings"]
        self.words, self.sorts = int(settings["words"]), int(settings["sorts"])
        self.between: str = settings["between"]
        self.unless = lexicon_of(rule, build, settings["unless"]).entries

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield one finding over the first of the goods, the others related, or none."""
        if len(reading.hits.get(self.slot, ())) < self.words:
            return ()
        text = reading.folded.text
        row: dict[str, tuple[int, int]] = {}
        family, reached = "", -1
        for goods in self.goods(reading):
            if goods.family != family or not goods.family or text[reached : goods.start].strip(self.between):
                if self._is_heap(row):
                    break
                row = {}
            family, reached = goods.family, goods.end
            row.setdefault(goods.word, goods.place)
        if not self._is_heap(row) or any(word in text for word in self.unless):
            return ()
        first, *others = row.values()
        told: dict[str, str] = {}
        for word, place in row.items():
            told.setdefault(self._sort_of(word), reading.text[slice(*reading.folded.span(*place))])
        told.pop(_ANY, None)
        words = self.comma.join(told.values())
        return (self.rule.finding(reading, *first, related=others, count=len(told), words=words),)

    def _is_heap(self, row: Mapping[str, tuple[int, int]]) -> bool:
        return len(row) >= self.words and len({*map(self._sort_of, row)} - {_ANY}) >= self.sorts

    def _sort_of(self, word: str) -> str:
        return self.field(word, "sort") or word


_ANY = "any"


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
        if self.slot in reading.hits or goods_of_brief(reading.folded.text, reading.context.brief) is not None:
            return ()
        endings, before = self.endings, ""
        for word, tag in zip(reading.words, reading.tags, strict=True):
            # A single character names goods behind the word for what they are or do: 护理|垫, 儿童|霜.
            if word[-1] in endings and tag[0] in "nv" and (len(word) > 1 or before in _NAMING):
                return ()
            before = tag[0] if len(word) > 1 else ""
        return (self.rule.plain(reading, 0, len(reading.folded.text)),)


_NAMING = ("n", "v", "b")


def goods_named(
    text: str, starts: Sequence[int], hits: Sequence[tuple[int, int]], fields: Mapping[str, Mapping[str, str]]
) -> tuple[int, int] | None:
    """Return the first of the hits that names what is sold, None when there is none.

    Of a compound that is the last word: 手机支架 is a 支架, 冰箱收纳盒 a 收纳盒, 苹果15手机壳 a 手机壳. Goods right
    before those of another family say what they are for, words with the field ``host`` before goods of any; a word with
    the field ``maker`` is the maker wherever goods of that family stand, one with ``trait`` tells what others are like.
    """
    named = [hit for hit in hits if names_goods(starts, *hit)]
    if len(named) > 1:
        named = [hit for hit in named if "trait" not in fields.get(text[slice(*hit)], ())] or named
    if len(named) < 2:
        return named[0] if named else None
    families = [fields.get(text[start:end], {}).get("family", "") for start, end in named]
    for at, (start, end) in enumerate(named):
        mine = fields.get(text[start:end], {})
        if mine.get("maker", _NO_FAMILY) in families:
            continue
        if at + 1 < len(named):
            between = text[end : named[at + 1][0]]
            beside = not between or (len(between) <= _MODEL and between.isascii() and between.isalnum())
            if beside and ("host" in mine or families[at] != families[at + 1]):
                continue
        return start, end
    return named[-1]


def goods_of_brief(text: str, brief: Brief | None) -> tuple[int, int] | None:
    """Return where a folded title first calls the goods as their brief does, None where it does not."""
    for name in _called(brief) if brief is not None else ():
        if (at := text.find(name)) >= 0:
            return at, at + len(name)
    return None


@functools.lru_cache(maxsize=8)  # one brief judges a whole table
def _called(brief: Brief) -> tuple[str, ...]:
    """Return the folded names by which a brief calls its goods."""
    return tuple(filter(None, (fold_text(name).strip() for name in (brief.category, brief.product))))


_NO_FAMILY = "-"
_MODEL = 8  # characters of a model between a thing and what is made for it: 苹果15promax手机壳


def names_goods(starts: Sequence[int], start: int, end: int) -> bool:
    """Return whether a hit ends where a word does, or goes on into a second one from where a word begins.

    A word that only begins a longer one names nothing (帽子 in 帽子戏法), one that ends it does (锅 in 炒锅). Nor does
    what is glued from parts of two (水杯 in 喝水杯子).
    """
    behind = bisect_right(starts, start)
    return starts[behind] <= end and (starts[behind - 1] == start or starts[bisect_left(starts, end)] == end)


KINDS: dict[str, KindMaker] = {"unlike": UnlikeKind, "row": RowKind, "no_goods": NoGoodsKind}
