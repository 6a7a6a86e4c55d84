"""Cut keywords into the terms that a search looks for, and tell what each is: the name of a thing, or a word about it.

A term is the smallest part of a keyword that a title may carry by itself: 加绒打底裤女 is 加绒, 打底裤, 女. Which words
there are stands in word lists and attribute files; the segmenter cuts what they do not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from copykit.datafiles import DataFiles
from copykit.lexicon import Lexicons
from copykit.text.normalize import fold_text, fold_texts
from copykit.text.segment import Segmenter, UserWord

HEAD, OTHER = "head", "other"


class Term(NamedTuple):
    """A word of a title. ``key`` is its folded form, by which terms are compared.

    ``groups`` are the (attribute, group) pairs that it states. ``soft``: the categories of goods it may stand with
    though nothing states it, empty for all but ``never``, None when it has to be stated. ``like`` is what it says in
    other words: a title takes one of those that say the same. ``exact``: it is a kind of what its group says (浅蓝 of
    蓝色), and has to be stated as it is. ``bare``: the end of a name (裤 of 高腰裤), which is found inside other words
    and never chosen by itself.
    """

    text: str
    key: str
    slot: str
    groups: tuple[tuple[str, str], ...] = ()
    soft: frozenset[str] | None = None
    bare: bool = False
    like: str = ""
    exact: bool = False
    never: frozenset[str] = frozenset()

    def goes_with(self, categories: frozenset[str]) -> bool:
        """Return whether it may stand with goods of these categories though nothing states it."""
        return self.soft is not None and (not self.soft or bool(self.soft & categories)) and not self.never & categories

    @property
    def names(self) -> bool:
        """Return whether it is what a thing is called."""
        return self.slot == HEAD


class Attribute(NamedTuple):
    """What sellers state about goods: see the schema of ``attributes``."""

    id: str
    name: str
    name_en: str
    slot: str
    apart: bool
    must: bool
    whole: bool = False


class Slot(NamedTuple):
    """A kind of word in a title: where it stands, and how many are readable."""

    id: str
    place: str
    most: int
    rank: int


class GoodsSort(NamedTuple):
    """Of which sort goods are: see the fields of the list ``category_words``."""

    family: str
    sort: str
    host: bool

    def may_be(self, other: GoodsSort) -> bool:
        """Return whether one thing may be of both sorts: a 外套 is any clothing for the upper body."""
        return self.family == other.family and (self.sort == other.sort or _ANY_SORT in (self.sort, other.sort))


class AttributeNames:
    """The attributes of goods, and the headers that state them."""

    def __init__(self, files: DataFiles) -> None:
        self.attributes: dict[str, Attribute] = {}
        self._headers: dict[str, str] = {}
        self._asked: dict[str, str | None] = {}
        self._labelled: set[str] = set()
        for identifier, data in files.load("attributes").items():
            told = (data.get(key, False) for key in ("apart", "must", "whole"))
            self.attributes[identifier] = Attribute(identifier, data["name"], data["name_en"], data["slot"], *told)
            for header in data["headers"]:
                self._headers.setdefault(fold_text(header).strip(), identifier)
            self._labelled.update(fold_text(header).strip() for header in data.get("labelled", ()))

    def of(self, header: str) -> str | None:
        """Return the id of the attribute that a header or a key stands for."""
        if header not in self._asked:
            if len(self._asked) > _MOST_CUTS:
                self._asked.clear()
            self._asked[header] = self._headers.get(fold_text(header).strip())
        return self._asked[header]

    def label(self, header: str) -> str:
        """Return the header where a value means something else without it (充绒量 of 160g), else nothing."""
        return header.strip() if fold_text(header).strip() in self._labelled else ""


class Amounts:
    """Measures in units that convert into each other."""

    def __init__(self, families: Iterable[Mapping[str, float]]) -> None:
        self._families = [dict(family) for family in families]
        self._family_of = {unit: family for family in self._families for unit in family}
        units = "|".join(map(re.escape, sorted(self._family_of, key=len, reverse=True)))
        self._measure = re.compile(rf"(?<![\d.])(\d{{1,6}}(?:\.\d{{1,3}})?)\s?({units})(?![a-z\d])")

    def of(self, key: str) -> str:
        """Return one spelling for all measures that are the same, of a folded word; empty where it is none."""
        found = self._measure.fullmatch(key)
        if found is None:
            return ""
        family = self._family_of[found[2]]
        return f"{float(found[1]) * family[found[2]]:g}{min(family, key=family.__getitem__)}"

    def others(self, text: str) -> list[str]:
        """Return every measure of a folded text in all of its units, as far as the figures are round."""
        found: list[str] = []
        for figure, unit in self._measure.findall(text):
            family = self._family_of[unit]
            amount = float(figure) * family[unit]
            for other, holds in family.items():
                shown = f"{amount / holds:g}"
                if amount >= holds * _SMALLEST and float(shown) * holds == amount and "e" not in shown:
                    found.append(f"{shown}{other}")
        return found


class _Spans:
    """Stretches of figures that stand for groups of an attribute."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        units = "|".join(map(re.escape, sorted(data["units"], key=len, reverse=True)))
        self._figures = re.compile(rf"(\d+(?:\.\d+)?)(?:\s*[-~至到]\s*(\d+(?:\.\d+)?))?\s*(?:{units})")
        self._groups = [(each["group"], each["from"], each["to"]) for each in data["groups"]]

    def groups_of(self, text: str) -> frozenset[str]:
        """Return the groups that the figures of a text meet."""
        met: set[str] = set()
        for low, high in self._figures.findall(text):
            first, last = float(low), float(high or low)
            met.update(group for group, start, end in self._groups if first < end and (last > start or first == start))
        return frozenset(met)


class Vocabulary:
    """The words of listing titles: cuts keywords, knows attributes, names of goods and what else these are called."""

    def __init__(self, files: DataFiles, values: Iterable[str] = ()) -> None:
        """Read the word lists and make a segmenter that knows their words, 0.2 s; ``values`` are the table's own."""
        settings = files.load("packing")["title"]
        self.settings: Mapping[str, object] = settings
        self.slots = {
            each["id"]: Slot(each["id"], each["place"], each["most"], n) for n, each in enumerate(settings["slots"])
        }
        names = AttributeNames(files)
        self.attributes, self.attribute_of, self.label_of = names.attributes, names.of, names.label
        self._groups: dict[str, list[tuple[str, str]]] = {}
        self._exact: set[str] = set()
        self._spans: dict[str, _Spans] = {}
        self._group_names: dict[str, frozenset[str]] = {}
        for identifier, data in files.load("attributes").items():
            kinds = [(name, words) for name, *words in data.get("kinds", ())]
            for name, words in [*((group[0], group) for group in data["groups"]), *kinds]:
                for key in fold_texts(words):
                    pairs = self._groups.setdefault(key.strip(), [])
                    if (identifier, name) not in pairs:
                        pairs.append((identifier, name))
            self._exact.update(key.strip() for _, words in kinds for key in fold_texts(words))
            self._group_names[identifier] = frozenset(group[0] for group in data["groups"])
            if "spans" in data:
                self._spans[identifier] = _Spans(data["spans"])
        lexicons = Lexicons(files)
        goods = lexicons["other_names"].entries
        self._also = {name: tuple(fold_texts(fields["also"].split("|"))) for name, fields in goods.items()}
        self._sorts = {
            word: GoodsSort(fields["family"], fields.get("sort", word), "host" in fields)
            for word, fields in lexicons["category_words"].entries.items()
            if "family" in fields
        }
        self._names = {
            *lexicons["category_words"].entries,
            *goods,
            *(one for also in self._also.values() for one in also),
        }
        self._soft = {
            word: (fields["slot"], _listed(fields, "for"), _listed(fields, "not"), fields.get("like", word))
            for word, fields in lexicons["soft_words"].entries.items()
        }
        # Words of attributes that no group holds: they have to be stated like any other, and know their place.
        self._kinds = {
            word: fields["kind"] for word, fields in lexicons["attributes"].entries.items() if word not in self._groups
        }
        self._slot_of: Mapping[str, str] = settings["kinds"]
        self._alone = frozenset(settings["alone"])
        self._next = frozenset(settings["joins_next"])
        self._between = frozenset(settings["between"])
        self._ends = tuple(sorted(settings["names"], key=len, reverse=True))
        self._amounts = Amounts(settings["units"])
        every = sorted([*settings["counts"], *(unit for family in settings["units"] for unit in family)], key=len)
        number, units = _NUMBER.pattern, "|".join(map(re.escape, reversed(every)))
        self._measure = re.compile(rf"{number}(?:[-~至]{number})?(?:{units})(?:\*\d+\S*|x\d+\S*)?")
        # 6-12岁, 250g*2袋, 30包/箱, 750g(25g×30), M/L/XL and 170/92A are words, whatever the segmenter makes of them.
        one = rf"{number}(?:{units})?"
        times = rf"{number}(?:{units})?(?:[*×xX]{number}(?:{units})?)+"
        holds = rf"{number}(?:{units})(?:/(?:[箱盒罐袋包瓶件组套份]|{one}(?:{units})))+"
        self._whole = re.compile(
            rf"(?<![\d.A-Za-z])({number}[-~至]{number}(?:{units})|{one}[(（](?:{times}|{holds})[)）]|{times}|{holds}"
            rf"|{_SIZE}(?:/{_SIZE})+|{_SIZE}码|\d+/\d+[A-Za-z]?)(?![\dA-Za-z])",
            re.IGNORECASE,
        )
        self.dull = frozenset(settings["dull"])  # values that say nothing
        known = {*self._groups, *self._names, *self._soft, *self._kinds}
        for value in values:
            key = fold_text(value).strip()
            # 加绒加厚 is two words that buyers also type apart, 陶瓷内胆 is one of this seller's own.
            if 1 < len(key) <= _LONGEST_VALUE and not _is_made_of(key, known):
                known.add(key)
        self._known = known
        words = [UserWord(word, 50_000, "n") for word in sorted(known) if len(word) > 1 and not word.isascii()]
        self._segmenter = Segmenter(user_words=words)
        self._cuts: dict[str, tuple[Term, ...]] = {}
        self._terms: dict[str, Term] = {}

    def cut(self, keyword: str) -> tuple[Term, ...]:
        """Return the different terms of a keyword in their order; empty when nothing but signs is in it."""
        found = self._cuts.get(keyword)
        if found is None:
            if len(self._cuts) > _MOST_CUTS:
                self._cuts.clear()
            found = self._cuts[keyword] = tuple(dict.fromkeys(map(self.term, self._pieces(keyword))))
        return found

    def term(self, text: str) -> Term:
        """Return a whole word as a term."""
        found = self._terms.get(text)
        if found is None:
            if len(self._terms) > _MOST_CUTS:
                self._terms.clear()
            found = self._terms[text] = self._classified(text, fold_text(text).strip())
        return found

    def also(self, name: str) -> tuple[str, ...]:
        """Return the folded names that are true of everything that is called ``name`` (folded)."""
        return self._also.get(name, ())

    def is_name(self, key: str) -> bool:
        """Return whether a folded word is what things are called."""
        return key in self._names

    def sort_of(self, key: str) -> GoodsSort | None:
        """Return of which sort goods with this folded name are, by the end of it that the lists know (保温杯)."""
        return next((self._sorts[key[start:]] for start in range(len(key) - 1) if key[start:] in self._sorts), None)

    def groups_of(self, key: str) -> list[tuple[str, str]]:
        """Return the (attribute, group) pairs that a folded word states."""
        return self._groups.get(key, [])

    def group_names(self, attribute: str) -> frozenset[str]:
        """Return the names of an attribute's groups."""
        return self._group_names.get(attribute, frozenset())

    def spanned(self, attribute: str, text: str) -> frozenset[str]:
        """Return the groups of an attribute that the figures of a folded value meet: 儿童 of 6-12岁."""
        spans = self._spans.get(attribute)
        return spans.groups_of(text) if spans is not None else frozenset()

    def same_amounts(self, text: str) -> list[str]:
        """Return what a folded text states of measures in the other units that they have: 0.5升 where it says 500ml."""
        return self._amounts.others(text)

    def attribute_words(self) -> Iterable[str]:
        """Return the folded words of all attributes."""
        return self._groups

    def _classified(self, text: str, key: str) -> Term:
        groups = tuple(self._groups.get(key, ()))
        if key in self._soft and not groups:
            slot, categories, never, like = self._soft[key]
            return Term(text, key, slot, (), categories, like=like, never=never)
        if groups and key in self._names and len(key) > 1 and key.endswith(self._ends):
            return Term(text, key, HEAD, groups, exact=key in self._exact)  # 女鞋: for whom, and what
        if groups:
            slot = self.attributes[groups[0][0]].slot
            # 女 reads well behind a thing's name, 女士 before it.
            slot = "audience" if slot == "gender" and len(key) > 1 and key != "男女" else slot
            return Term(text, key, slot, groups, exact=key in self._exact)
        if key in self._names:
            return Term(text, key, HEAD)
        if key in self._kinds:
            return Term(text, key, self._slot_of[self._kinds[key]], like=self._amounts.of(key))
        if _YEAR.match(key):
            return Term(text, key, "new")
        if self._measure.fullmatch(key) or self._whole.fullmatch(text):
            sizes = size_list(text)
            return Term(text, key, "pack", like=size_range(sizes) if sizes else self._amounts.of(key))
        if key in self._ends:
            return Term(text, key, HEAD, bare=True)
        if key.endswith(self._ends) or any(key[start:] in self._names for start in range(1, len(key) - 1)):
            return Term(text, key, HEAD)
        return Term(text, key, OTHER)

    def _pieces(self, keyword: str) -> list[str]:
        """Return the pieces of a keyword; no single character but those that are words."""
        pieces: list[str] = []
        for number, stretch in enumerate(self._whole.split(keyword)):
            if number % 2:
                pieces.append(stretch)
            else:
                for piece in _BLANKS.split(stretch):
                    pieces += self._split(piece) if piece else []
        return pieces

    def _split(self, text: str) -> list[str]:
        if fold_text(text) in self._known:
            return [text]
        joined: list[str] = []
        waiting = ""  # what joins the next piece
        for word in self._joined_latin(self._segmenter.words(text)):
            if word in self._between or not any(map(str.isalnum, word)):
                continue
            whole = waiting + word
            waiting = ""
            if len(word) > 1 or word in self._alone:
                joined.append(whole)
            elif not joined or self._is_whole(joined[-1]):
                # 34cm 锅, 加绒 裤: found inside a thing's name; 炒锅 少油烟: part of what follows.
                if word in self._ends:
                    joined.append(whole)
                else:
                    waiting = whole
            elif word in self._next:
                waiting = whole
            else:
                joined[-1] += whole
        if waiting:
            if joined and not (waiting.isascii() and self._is_whole(joined[-1])):
                joined[-1] += waiting
            else:
                joined.append(waiting)
        return [piece for each in joined for figure in _FIGURE.findall(each) for piece in self._known_and_end(figure)]

    def _joined_latin(self, words: Iterable[str]) -> list[str]:
        """Join what belongs to one figure or Latin word (500 ml, Type - C), and a bare number to what follows it."""
        found: list[str] = []
        for word in words:
            is_latin = word.isascii() and not word.isspace()
            goes_on = found and ((is_latin and found[-1].isascii()) or self._is_figure_of(found[-1], word))
            if goes_on:
                found[-1] += word
            else:
                found.append(word)
        return found

    def _is_figure_of(self, figure: str, word: str) -> bool:
        """Return whether a bare number belongs to what follows it: 316 不锈钢, 5 层."""
        return _NUMBER.fullmatch(figure) is not None and word not in self._names

    def _is_whole(self, piece: str) -> bool:
        """Return whether a piece is a word to which nothing may be joined."""
        return piece.isascii() or piece in self._alone or fold_text(piece) in self._known

    def _known_and_end(self, piece: str) -> list[str]:
        """Part a word that no list knows into one that some list knows and the end of a name: 高腰 裤."""
        key = fold_text(piece)
        if key in self._known or len(key) != len(piece):
            return [piece]
        if len(key) == 2 and key[0] in self._ends and key[1] in self._alone:
            return [piece[0], piece[1]]
        for end in self._ends:
            if key.endswith(end) and key[: -len(end)] in self._known:
                return [piece[: -len(end)], piece[-len(end) :]]
        return [piece]


def _listed(fields: Mapping[str, str], name: str) -> frozenset[str]:
    return frozenset(filter(None, fields.get(name, "").split("|")))


def _is_made_of(key: str, known: set[str]) -> bool:
    """Return whether a word is nothing but known words in a row."""
    reached = [True, *[False] * len(key)]
    for end in range(1, len(key) + 1):
        reached[end] = any(reached[start] and key[start:end] in known for start in range(end))
    return reached[-1]


def size_list(text: str) -> tuple[str, ...]:
    """Return the sizes of a cell that lists clothes' sizes and nothing else: M/L/XL; empty for all else."""
    sizes = tuple(part for part in _BETWEEN_SIZES.split(text.strip()) if part)
    return sizes if len(sizes) > 1 and all(_ONE_SIZE.fullmatch(size) for size in sizes) else ()


def size_range(sizes: Sequence[str]) -> str:
    """Return sizes as a title tells them, from the first to the last."""
    return f"{sizes[0]}-{sizes[-1]}"


_SIZE = r"(?:[2-9]?X{1,4}[SL]|[SML])"
_ONE_SIZE = re.compile(_SIZE, re.IGNORECASE)
_BETWEEN_SIZES = re.compile(r"[\s,，、;；/|]+")
_ANY_SORT = "any"
_LONGEST_VALUE = 8
_SMALLEST = 0.1  # nobody writes 0.05升
_MOST_CUTS = 200_000  # remembered before all are forgotten: a shop has thousands of keywords, a log millions
# 5000mAh and Type-C are two words though nothing stands between them.
_FIGURE = re.compile(r"\d+(?:\.\d+)?(?i:mah|ml|kg|cm|mm)(?=[A-Za-z])|.+", re.DOTALL)
_BLANKS = re.compile(r"[\s,，、;；/|+＋·()（）\[\]【】]+")
_YEAR = re.compile(r"20[0-4]\d(?!\d)(?![a-z%])")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
