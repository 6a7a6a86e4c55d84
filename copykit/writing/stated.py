"""What a product's own data state, and which words would say more than that.

A word may stand in a title when a column, the name or a selling point states it, or when it promises nothing (百搭,
通勤). A word that the data contradict (黑色 on a white shoe) and one that they do not mention are told apart.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from copykit.categories import Categories
from copykit.errors import CopykitError
from copykit.lexicon import AutomatonBuilder
from copykit.model import Product
from copykit.text.normalize import fold_text
from copykit.writing.terms import HEAD, OTHER, Attribute, Term, Vocabulary, size_list, size_range


class NothingNamed(CopykitError):
    """A product of which nobody can tell what it is."""

    zh = "看不出“{name}”卖的是什么：请在品名或类目里写上品类词（如 羽绒服），或者加一列“品类词”"
    en = "'{name}': what is sold cannot be told; name the goods in the product or category, or add a column 品类词"


class GoodsBarred(CopykitError):
    """Goods that may neither be advertised nor listed."""

    zh = "“{name}”不能上架：{why}（{source}）"
    en = "'{name}' may not be listed: {why} ({source})"


class Stated(NamedTuple):
    """What is known of one product.

    ``text`` is all that its data say, folded. ``groups``: attribute → the groups of each word that states something
    of it, ``shown``: → as it was written. ``head`` is what it is called, ``names`` are all the folded names that are
    true of it. ``own`` are words of its own that may fill a title, ``must`` those that have to stand in it. ``tied`` is
    the word that stands right before ``head`` in its name, and best does so in titles (真丝 of 真丝睡衣). ``odds`` are
    words of the name that a column contradicts, with the facts of it.
    """

    text: str
    groups: Mapping[str, frozenset[frozenset[str]]]
    shown: Mapping[str, str]
    head: Term
    names: frozenset[str]
    categories: frozenset[str]
    own: tuple[Term, ...]
    must: tuple[Term, ...]
    tied: str = ""
    odds: tuple[Mapping[str, str], ...] = ()


class Reader:
    """Reads products; keeps what it has learned of values that come again."""

    def __init__(self, vocabulary: Vocabulary, categories: Categories) -> None:
        self._vocabulary, self._categories = vocabulary, categories
        builder = AutomatonBuilder()
        self._slot = builder.words(word for word in vocabulary.attribute_words() if len(word) > 1)
        self._automaton = builder.build()
        self._told: dict[tuple[str, str], frozenset[frozenset[str]]] = {}

    def read(self, product: Product) -> Stated:
        """Return what a product's data state.

        Raises:
            NothingNamed: neither its name nor its category says what it is.
            GoodsBarred: it is of a category that may be listed nowhere.
        """
        self._refuse_barred(product)
        vocabulary = self._vocabulary
        leaf = leaf_of(product.category)
        name = _plain_name(product)
        named = vocabulary.cut(name)
        head, kind = self._head(product, name, leaf, named)
        names = {head.key, *vocabulary.also(head.key)}
        parts = vocabulary.cut(head.text)
        if parts and parts[-1].names and not parts[-1].bare:  # 红酒架 is called none of what 红酒 is called
            for term in parts:
                names |= {term.key, *vocabulary.also(term.key)} if term.names and not term.bare else set()
        for term in (*named, *vocabulary.cut(leaf)):
            if term.names and not term.bare:
                names.add(term.key)
        groups: dict[str, set[frozenset[str]]] = {}
        shown: dict[str, str] = {}
        own: list[Term] = [term for term in named if not term.names and not term.bare]
        must: list[Term] = []
        if kind is not None:
            (must if vocabulary.is_name(kind.key) else own).append(kind)
        for header, value in product.attributes.items():
            identifier = vocabulary.attribute_of(header)
            if identifier is None:
                continue
            attribute = vocabulary.attributes[identifier]
            values = _values(value)
            if not values:
                continue
            shown.setdefault(identifier, value.strip())
            stated = groups.setdefault(identifier, set())
            for each in values:
                stated |= self._stated(identifier, each)
            sizes = size_list("/".join(values))  # one of them is not the only one
            shown_as = [size_range(sizes)] if sizes else [vocabulary.label_of(header) + each for each in values]
            terms = [vocabulary.term(each)._replace(slot=attribute.slot) for each in shown_as if len(each) <= _LONGEST]
            if sizes:
                terms = [term._replace(like=term.text) for term in terms]
            if attribute.must:
                must += terms
            elif len(shown_as) == 1 or not attribute.apart:
                own += [term for term in terms if self._is_telling(term)]
        named_by = (product.name, product.category, *product.audience, *product.must)
        told = (
            *named_by,
            *product.selling_points,
            *product.scenes,
            product.current_title,
            *product.attributes.values(),
        )
        text = fold_text(_JOIN.join((*told, product.brand)))
        text = _JOIN.join((text, *vocabulary.same_amounts(text)))
        columns = frozenset(identifier for identifier, said_by in groups.items() if self._knows(identifier, said_by))
        odds = tuple(self._odds(named, groups, shown, columns))
        if odds:
            own = [term for term in own if term.text not in {odd["word"] for odd in odds if odd["apart"]}]
        # Which of several that exclude each other it is (颜色), a name may tell; a selling point may speak of other
        # things (搭黑色裤子).
        for where, apart in ((fold_text(_JOIN.join(named_by)), True), (text, False)):
            for pairs in self._found_in(where):
                _add(pairs, groups, apart, vocabulary.attributes, columns)
        for term in named:
            _add(term.groups, groups, None, vocabulary.attributes, columns)
        for each in (*product.audience, *product.scenes):
            own += [term for term in vocabulary.cut(each) if not term.names and self._is_telling(term)]
        for point in product.selling_points:
            # 可机洗 is a word to fill a title with; of 口袋加绒 only the pocket is lined.
            words = vocabulary.cut(point) if len(point) <= _SHORT_POINT else ()
            if len(words) == 1 and not words[0].names and self._is_telling(words[0]):
                own.append(words[0])
        categories = self._categories.told(product.category) or self._categories.told(head.key)
        return Stated(
            text,
            {identifier: frozenset(words) for identifier, words in groups.items()},
            shown,
            head,
            frozenset(names),
            categories,
            tuple(dict.fromkeys(own)),
            tuple(dict.fromkeys(must)),
            _before(head, named),
            odds,
        )

    def _refuse_barred(self, product: Product) -> None:
        """Raise GoodsBarred where a product is called what may be listed nowhere, not for what only goes with it."""
        for told in (product.name, product.head, leaf_of(product.category)):
            text = fold_text(_REMARKS.sub(" ", told)).strip()
            barred = self._categories.barred(text)
            if barred is not None and self._is_same_goods(barred.rest, barred.same_goods):
                raise GoodsBarred(name=told, why=barred.why, source=barred.source)

    def _is_same_goods(self, rest: str, same_goods: Sequence[str]) -> bool:
        """Return whether what follows the name of goods (24粒, 胶囊, 一次性) leaves them what they are."""
        while (same := next((word for word in same_goods if rest.startswith(word)), None)) is not None:
            rest = rest[len(same) :]
        near = _NEAR.match(rest)
        told = self._vocabulary.cut(near[0]) if near is not None else ()
        # 24粒 and 一次性 say how they come; 剪 and 贴纸, which no list knows, may be other goods.
        is_told = all(term.slot != OTHER or any(map(str.isdigit, term.key)) for term in told)
        return is_told and not any(term.names for term in self._vocabulary.cut(rest))

    def _is_telling(self, term: Term) -> bool:
        """Return whether a word of the product's own is worth room in a title."""
        if term.key in self._vocabulary.dull or (len(term.key) < 2 and not term.groups):
            return False
        return bool(term.groups) or term.soft is not None or term.slot == "pack"

    def _head(self, product: Product, name: str, leaf: str, named: tuple[Term, ...]) -> tuple[Term, Term | None]:
        """Return what a thing is called; where only its category is known, its own name and then its kind."""
        if product.head:
            return self._vocabulary.term(product.head)._replace(slot=HEAD, bare=False), None
        head = self._known(named, name)
        if head is not None:
            return head, None
        kind = self._kind(product, leaf, named)
        if product.name == product.current_title:  # a row without a name: of its title nobody knows what names it
            return kind, None
        own = self._own_name(_SIGNS_AROUND.sub("", _REMARKS.sub(" ", name)), kind)
        if not own or own in kind.text or kind.text in name:
            return kind, None
        head = self._vocabulary.term(own)._replace(slot=HEAD, bare=False)
        return head, None if kind.key in head.key else kind

    def _known(self, terms: Sequence[Term], name: str) -> Term | None:
        """Return the last name of a thing that the lists know, with all that belongs to it."""
        for number in range(len(terms) - 1, -1, -1):
            if terms[number].names and not terms[number].bare:
                return self._whole_name(terms, number, name)
        # 瑜伽裤: no list knows it, but what ends so is the name of a thing.
        if len(terms) > 1 and terms[-1].bare and not terms[-2].groups:
            whole = terms[-2].text + terms[-1].text
            if name.endswith(whole):
                return self._vocabulary.term(whole)._replace(slot=HEAD, bare=False)
        return None

    def _kind(self, product: Product, leaf: str, named: tuple[Term, ...]) -> Term:
        """Return what a product's category calls it."""
        known = self._known(self._vocabulary.cut(leaf), leaf)
        if known is not None:
            return known
        # 童鞋 and 女装 say for whom as well as what.
        for terms in (named, self._vocabulary.cut(leaf)):
            for term in reversed(terms):
                if self._vocabulary.is_name(term.key):
                    return term._replace(slot=HEAD)
        if (
            leaf
            and len(leaf) <= _LONGEST
            and leaf not in self._vocabulary.dull
            and any(char.isalpha() for char in leaf)
        ):
            return self._vocabulary.term(leaf)._replace(slot=HEAD, bare=False)
        raise NothingNamed(name=product.name or product.id)

    def _whole_name(self, terms: Sequence[Term], number: int, name: str) -> Term:
        """Return a thing's name with what goods it holds or is for (坚果礼盒), which no other word may part."""
        term = terms[number]
        if (tailed := self._with_tail(terms, number, name)) is not None:
            return tailed
        if not number or not terms[number - 1].names or terms[number - 1].bare:
            return term
        first = terms[number - 1]
        whole = first.text + term.text
        if term.key in self._vocabulary.also(first.key):
            return first  # of 羽绒服外套, what tells more
        # 外套羽绒服 and 运动鞋女鞋 name one thing twice.
        is_twice = first.key in self._vocabulary.also(term.key) or first.key[-1] == term.key[-1]
        if is_twice or whole not in name or len(whole) > _LONGEST_NAME:
            return term
        return self._vocabulary.term(whole)._replace(slot=HEAD, bare=False)

    def _with_tail(self, terms: Sequence[Term], number: int, name: str) -> Term | None:
        """Return a known name with what follows it and says what the thing is: 红酒架, 电饭煲内胆, 鞋柜防潮垫.

        What is known to describe things (通用, 透明) ends a name; before the end of another name it belongs to that.
        """
        last = number
        for place in range(number + 1, len(terms)):
            if terms[place].bare or (place == last + 1 and _is_plain(terms[place])):
                last = place
        for end in range(last, number, -1):
            whole = "".join(term.text for term in terms[number : end + 1])
            if len(whole) <= _LONGEST and whole in name and (terms[end].bare or _is_plain(terms[end])):
                return self._vocabulary.term(whole)._replace(slot=HEAD, bare=False)
        return None

    def _own_name(self, name: str, kind: Term) -> str:
        """Return the part of a product's name that no list knows and nothing but the name tells: 三国演义, 落地扇.

        Beside a category that says little (食品) it is all of the name: 冻干草莓.
        """
        words: list[tuple[int, int, Term]] = []
        for term in self._vocabulary.cut(name):
            start = name.find(term.text, words[-1][1] if words else 0)
            if start >= 0:
                words.append((start, start + len(term.text), term))
        plain = [number for number, (_, _, term) in enumerate(words) if _is_plain(term) or term.bare]
        if all(words[number][2].bare for number in plain):
            is_name = len(name) <= _LONGEST and name.isalnum() and sum(map(_is_han, name)) > 2
            return name if is_name and not self._vocabulary.is_name(kind.key) else ""
        first = plain[0]
        if first and words[first - 1][1] == words[first][0]:
            before = words[first - 1][2]
            first -= before.key.isalpha() and not before.groups and before.soft is None  # Python入门教程
        own = name[words[first][0] : words[plain[-1]][1]]
        if len(own) <= _LONGEST and own.isalnum():
            return own
        return max((words[number][2].text for number in plain), key=len)

    def _stated(self, identifier: str, value: str) -> frozenset[frozenset[str]]:
        """Return the groups of an attribute that the words in a value of its own column state."""
        found = self._told.get((identifier, value))
        if found is None:
            key = fold_text(value).strip()
            words: list[Sequence[tuple[str, str]]] = [self._vocabulary.groups_of(key)]
            if not words[0]:
                words = list(self._found_in(key))
            if not any(words):
                words = [term.groups for term in self._vocabulary.cut(value)]
            said_by = (frozenset(name for other, name in pairs if other == identifier) for pairs in words)
            stated = frozenset(names for names in said_by if names)
            if not stated:
                stated = frozenset(frozenset((name,)) for name in self._vocabulary.spanned(identifier, key))
            # A value that no list knows is a group of its own: 莫兰迪蓝灰 is neither white nor black.
            found = self._told[identifier, value] = stated or frozenset((frozenset((value,)),))
        return found

    def _knows(self, identifier: str, said_by: Iterable[frozenset[str]]) -> bool:
        """Return whether the lists know any value of a column: one that they do not know contradicts no name."""
        known = self._vocabulary.group_names(identifier)
        return any(names <= known for names in said_by)

    def _odds(
        self,
        named: Iterable[Term],
        groups: Mapping[str, set[frozenset[str]]],
        shown: Mapping[str, str],
        columns: frozenset[str],
    ) -> Iterable[dict[str, str]]:
        """Yield the words of a name that its own columns contradict: 真丝睡衣, 材质 冰丝."""
        for term in named:
            for identifier, names in _by_attribute(term.groups).items():
                attribute = self._vocabulary.attributes[identifier]
                if identifier not in columns or not (attribute.apart or attribute.whole):
                    continue
                said_by = groups[identifier]
                known = self._vocabulary.group_names(identifier)
                if all(each <= known and each.isdisjoint(names) for each in said_by):
                    apart = "apart" if attribute.apart else ""
                    yield {**_told(term, attribute, shown[identifier]), "apart": apart}

    def _found_in(self, text: str) -> Iterable[Sequence[tuple[str, str]]]:
        """Yield the groups of every attribute word that a folded text says and does not deny."""
        for start, end in self._automaton.hits(text).get(self._slot, ()):
            if text[start - 1 : start] not in _DENIES:
                yield self._vocabulary.groups_of(text[start:end])


def _before(head: Term, named: Sequence[Term]) -> str:
    """Return the key of the word right before a thing's name, if it describes the thing."""
    for before, term in itertools.pairwise(named):
        is_head = term.key == head.key or (term.names and head.key.startswith(term.key))
        if is_head and not before.names and not before.bare and before.slot not in _UNTIED:
            return before.key
    return ""


def _add(
    pairs: Sequence[tuple[str, str]],
    groups: dict[str, set[frozenset[str]]],
    apart: bool | None,
    attributes: Mapping[str, Attribute],
    columns: frozenset[str],
) -> None:
    """Note what one word states; ``apart``: only of attributes of that kind. Columns are believed before texts."""
    for identifier, names in _by_attribute(pairs).items():
        is_apart = attributes[identifier].apart
        if (apart is None or is_apart == apart) and not (is_apart and identifier in columns):
            groups.setdefault(identifier, set()).add(frozenset(names))


def _by_attribute(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for identifier, name in pairs:
        found.setdefault(identifier, set()).add(name)
    return {identifier: frozenset(names) for identifier, names in found.items()}


def misfit(term: Term, stated: Stated, vocabulary: Vocabulary) -> tuple[str, dict[str, str]] | None:
    """Return why a term may not be said of a product, as a kind and its facts; None when it may."""
    key = term.key
    if term.names:
        if key in stated.names or (term.bare and any(name.endswith(key) for name in stated.names)):
            return None
        if not term.groups:
            for name in stated.names:
                if key.endswith(name):
                    return _misfit_of_rest(term, key[: -len(name)], stated, vocabulary)
        # 女鞋 is said of trainers for women: both are shoes.
        if not (term.groups and any(name[-1] == key[-1] for name in stated.names)) and not said(key, stated.text):
            return "other_goods", {"word": term.text, "head": stated.head.text}
    clash = _clash(term, stated, vocabulary)
    if clash is not None:
        return clash
    if not term.groups and said(key, stated.text):
        return None
    if any(char.isdigit() or char.isascii() for char in key) and not said(key, stated.text):
        return ("number" if any(map(str.isdigit, key)) else "unstated"), {"word": term.text}
    if term.exact and not said(key, stated.text):
        for identifier, _ in term.groups:
            if identifier in stated.shown:
                attribute = vocabulary.attributes[identifier]
                return "clash", _told(term, attribute, stated.shown[identifier])
        return "unstated", {"word": term.text}
    if term.groups:
        for identifier, names in _by_attribute(term.groups).items():
            if not _states(stated.groups.get(identifier, frozenset()), names, vocabulary.attributes[identifier].apart):
                return "unstated", {"word": term.text}
        return None
    if term.goes_with(stated.categories):
        return None
    return "unstated", {"word": term.text}


def goods_of_another(title: str, stated: Stated, vocabulary: Vocabulary) -> str:
    """Return the word by which a title in use names other goods than a product's, empty where it may be its own.

    It is told only of a title in which nothing of the product's name stands and all goods are of sorts that are known.
    """
    text = fold_text(title)
    if stated.head.key in text or any(len(name) > 1 and name in text for name in stated.names):
        return ""
    head = vocabulary.sort_of(stated.head.key)
    own = [head] if head is not None else list(filter(None, map(vocabulary.sort_of, stated.names)))
    named = [term for term in vocabulary.cut(title) if term.names and not term.bare]
    sorts = [vocabulary.sort_of(term.key) for term in named]
    if not own or None in sorts:
        return ""
    told = [(term.text, sort) for term, sort in zip(named, sorts, strict=True) if sort is not None and not sort.host]
    return told[0][0] if told and not any(sort.may_be(mine) for _, sort in told for mine in own) else ""


def _states(told: frozenset[frozenset[str]], names: frozenset[str], apart: bool) -> bool:
    """Return whether what is told of an attribute says a word of these groups.

    What suits both men and women suits women, and off-white is white; but some down is not goose down, nor is white
    off-white.
    """
    if apart:
        return bool(told) and names <= frozenset().union(*told)
    return any(each <= names for each in told)


def said(key: str, text: str) -> bool:
    """Return whether a folded text says a folded word: not denied (不防水), no part of a figure or a Latin word.

    500 is none of 1500, and m is none of 500ml.
    """
    start = text.find(key)
    while start >= 0:
        before, after = text[start - 1 : start], text[start + len(key) : start + len(key) + 1]
        in_figure = (key[0].isdigit() and (before.isdigit() or before == ".")) or (
            key[-1].isdigit() and after.isdigit()
        )
        in_word = (_is_letter(key[0]) and _is_letter(before)) or (_is_letter(key[-1]) and _is_letter(after))
        if before not in _DENIES and not in_figure and not in_word:
            return True
        start = text.find(key, start + 1)
    return False


def _is_letter(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _misfit_of_rest(term: Term, rest: str, stated: Stated, vocabulary: Vocabulary) -> tuple[str, dict[str, str]] | None:
    """Judge what stands before the name in a longer one: 儿童 of 儿童水杯."""
    if not rest or said(term.key, stated.text):
        return None
    for part in vocabulary.cut(rest):
        found = misfit(part, stated, vocabulary)
        if found is not None:
            return found
    return None


def _clash(term: Term, stated: Stated, vocabulary: Vocabulary) -> tuple[str, dict[str, str]] | None:
    for identifier in {identifier for identifier, _ in term.groups}:
        attribute = vocabulary.attributes[identifier]
        if not attribute.apart or identifier not in stated.groups:
            continue
        told = frozenset().union(*stated.groups[identifier])
        if told.isdisjoint(name for other, name in term.groups if other == identifier):
            shown = stated.shown.get(identifier) or "、".join(sorted(told))
            return "clash", _told(term, attribute, shown)
    return None


def _told(term: Term, attribute: Attribute, stated: str) -> dict[str, str]:
    return {"word": term.text, "attribute": attribute.name, "attribute_en": attribute.name_en, "stated": stated}


def leaf_of(category: str) -> str:
    """Return the last part of a category's path: 女装/女士精品>>羽绒服 → 羽绒服."""
    parts = [part.strip() for part in category.replace("›", ">").replace("》", ">").replace("|", ">").split(">")]
    parts = [part for part in parts if part]
    if not parts:
        return ""
    return parts[-1].rpartition("/")[2].strip() if len(parts) == 1 else parts[-1]


def _is_plain(term: Term) -> bool:
    """Return whether a word is one of Han characters of which no list knows anything."""
    return term.slot == OTHER and not term.groups and term.soft is None and all(map(_is_han, term.key))


def _is_han(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def brand_term(product: Product) -> Term | None:
    """Return a product's own brand as a word of a title."""
    brand = product.brand.strip()
    key = fold_text(brand).strip()
    return Term(brand, key, "brand", soft=frozenset()) if key and key not in _NO_BRANDS else None


def _plain_name(product: Product) -> str:
    """Return a product's name without its brand (a word of its own), what nobody sees, and what is said twice."""
    name = _UNSEEN.sub(" ", product.name)
    brand = brand_term(product)
    rest = re.sub(re.escape(brand.text), " ", name, flags=re.IGNORECASE) if brand is not None else name
    return " ".join(dict.fromkeys((rest if any(map(str.isalnum, rest)) else name).split()))


_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff]")
_SIGNS_AROUND = re.compile(r"^\W+|\W+$")
_NO_BRANDS = frozenset(("无", "无品牌", "其他", "其它", "other", "-", "/", "nobrand", "no brand"))
_NEAR = re.compile(r"\w+")
_REMARKS = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")
_UNTIED = frozenset(("brand", "model", "new", "gender", "pack"))  # these have places of their own
_JOIN = " \u3001 "
_DENIES = frozenset(("不", "非", "没", "未", "无"))
_LONGEST = 12  # characters; longer values are sentences
_LONGEST_NAME = 6
_SHORT_POINT = 6


def _values(value: str) -> list[str]:
    """Return the values of a cell that names several: 白色、黑色; 30包/箱 and 170/92A are one."""
    found: list[str] = []
    for each in _COMMAS.split(value):
        parts = [each] if each.strip()[:1].isdigit() else each.split("/")
        found += [part.strip() for part in parts if part.strip()]
    return found


_COMMAS = re.compile(r"[、，,；;|\n]")
