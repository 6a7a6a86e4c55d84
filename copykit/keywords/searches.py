"""What a search says: what its searcher is after, whose goods are meant, and what speaks against it."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from copykit.datafiles import DataFiles
from copykit.keywords.kinship import latin_words, said_of, unfit_of
from copykit.keywords.product import Product
from copykit.lexicon import AutomatonBuilder, Hits, Lexicons, holds_names
from copykit.text.normalize import fold_text
from copykit.text.segment import Segmenter

BATCH = 20_000  # searches that are looked at together
_IsWord = Callable[[int, int], bool]  # do words of the segmenter begin and end there
Kin = Literal["own", "shared", "none"]


class Clash(NamedTuple):
    """A word that contradicts the brief: of which set, and what the brief says instead."""

    word: str
    set: str
    set_en: str
    told: str


class Search(NamedTuple):
    """One search, read. Words are folded; "" stands for none.

    ``words``: as the segmenter cuts it; ``intent``: an id of ``data/intents``; ``own``, ``other``: the brand it names;
    ``fits``: another's brand that the brief itself names, as goods that fit it do; ``head``: the product's category
    word in it; ``thing``: what else it is about; ``none``: the word by which its searcher will not buy, and its kind;
    ``unfit``: the words for those whom the brief names as not to be sold to; ``kin``: whether it is about the goods as
    the brief tells of them (own), only shares a word with that (``shared``), or nothing; ``guessed``: a word that no
    list and no dictionary has and that stands where others' brands do.
    """

    words: tuple[str, ...]
    intent: str
    own: str = ""
    other: str = ""
    fits: str = ""
    head: str = ""
    thing: str = ""
    none: tuple[str, str] = ("", "")
    clash: Clash | None = None
    unfit: str = ""
    kin: Kin = "own"
    shared: str = ""
    guessed: str = ""


class SearchReader:
    """Reads searches for one product; the lists are put into one automaton, so that a search is gone through once."""

    def __init__(
        self, files: DataFiles, product: Product, segmenter: Segmenter, other_brands: Iterable[str] = ()
    ) -> None:
        """``other_brands`` are names beside those of the lists."""
        self._product, self._segmenter = product, segmenter
        lexicons = Lexicons(files)
        builder = AutomatonBuilder()
        intents = sorted(files.load("intents").items(), key=lambda item: int(item[1]["order"]))
        worded = {name: _intent_words(data, lexicons) for name, data in intents}
        self._intents = [(builder.slot(("intent", name), *words), name) for name, words in worded.items()]
        self._money = [
            (builder.slot(("digits", name), map(fold_text, data["digits_before"])), name)
            for name, data in intents
            if "digits_before" in data
        ]
        self._last = intents[-1][0]
        self._brand_intent = intents[0][0]
        self._alone = {
            word
            for _, data in intents
            for name in data.get("lexicons", ())
            for word, fields in lexicons[name].entries.items()
            if "alone" in fields
        }
        self._own = builder.slot("own brands", product.own_brands)
        self._brands = {**_brands(files, lexicons), **{fold_text(name): {} for name in other_brands}}
        hidden = {
            fold_text(part) for fields in self._brands.values() for part in fields.get("not", "").split("|") if part
        }
        hidden |= {phrase for name in _brand_lists(files) for phrase in lexicons[name].exceptions}
        self._other = builder.slot("other brands", self._brands, hidden)
        self._needs = {
            word: tuple(map(fold_text, fields["needs"].split("|")))
            for word, fields in self._brands.items()
            if "needs" in fields
        }
        things = lexicons["category_words"]
        self._things = builder.slot("things", [*things.entries, *product.heads], things.exceptions)
        settings: Mapping[str, Any] = files.load("selection")["standard"]
        self._vague = set(map(fold_text, settings["vague_things"]))
        self._before_met = tuple(map(fold_text, settings["before_met_things"]))
        self._after_met = tuple(map(fold_text, settings["after_met_things"]))
        self._joining = tuple(map(fold_text, settings["joining_things"]))
        self._none_kinds = lexicons["no_buyers"].entries
        self._none = builder.slot("no buyers", self._none_kinds, lexicons["no_buyers"].exceptions)
        words_of: dict[str, list[int]] = {}
        for number, side in enumerate(product.sides):
            for word in side.words:
                words_of.setdefault(word, []).append(number)
        self._sides_of = words_of
        self._sides = builder.slot("sides", words_of)
        asked = frozenset(itertools.chain.from_iterable(words for words, _ in worded.values()))
        self._asked = asked.union(lexicons["attributes"].entries, things.entries)
        self._names: dict[str, bool] = {}
        self._said = said_of(product, segmenter, asked)
        self._kin = builder.slot("kin", self._said.names)
        self._shared = builder.slot("shared", self._said.shared)
        self._ends = builder.slot("ends", self._said.ends)
        of_all = frozenset((*worded["price"][0], *worded["question"][0]))
        self._unfit = [
            (frozenset(builder.slot(("unfit", word), (word,)) for word in words), "、".join(words))
            for words in unfit_of(product, segmenter, of_all)
        ]
        self._goods_ends = frozenset(lexicons["goods_endings"].entries) - {name[-1] for name in product.names}
        self._automaton = builder.build()

    def read(self, folded_texts: Iterable[str]) -> Iterator[Search]:
        """Yield what each folded search says."""
        left = iter(folded_texts)
        while folded := list(itertools.islice(left, BATCH)):
            yield from map(self._search, folded, self._automaton.hits_many(folded), self._cut(folded))

    def _cut(self, texts: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """Yield the words of each text, blanks among them; the same word is the same string, as there are millions."""
        words = self._segmenter.words("\n".join(texts) + "\n")
        if words.count("\n") != len(texts):  # one of them holds a line feed
            yield from (tuple(self._segmenter.words(text)) for text in texts)
            return
        start = 0
        words = list(map(sys.intern, words))
        for _ in texts:
            end = words.index("\n", start)
            yield tuple(words[start:end])
            start = end + 1

    def _search(self, text: str, hits: Hits, words: tuple[str, ...]) -> Search:
        shown = words if " " not in text else tuple(word for word in words if not word.isspace())
        if not hits:
            kin, shared = self._kinship(text, hits, "", lambda start, end: False)
            return Search(shown, self._last, kin=kin, shared=shared)
        bounds: set[int] = set()

        def is_word(start: int, end: int) -> bool:
            if not bounds:
                bounds.update(itertools.accumulate(map(len, words), initial=0))
            return start in bounds and end in bounds

        own = next(
            (text[s:e] for s, e in hits.get(self._own, ()) if _stands_alone(text, s, e, is_word)),
            "",
        )
        other, fits = self._brand(text, hits, own, is_word)
        head, thing = self._thing(text, hits, is_word)
        intent = self._brand_intent if own or other or fits else self._intent(text, hits, head, is_word)
        none = next(
            ((text[s:e], self._none_kinds[text[s:e]]["kind"]) for s, e in hits.get(self._none, ()) if is_word(s, e)),
            ("", ""),
        )
        if none[0] and none[0] in self._product.told:
            none = ("", "")
        clash = self._clash(text, hits, is_word)
        unfit = next((words for slots, words in self._unfit if slots <= hits.keys()), "")
        kin, shared = ("own", "") if own or fits else self._kinship(text, hits, head, is_word)
        guessed = self._name_before(text, words) if kin == "own" and not (own or other or fits) else ""
        return Search(shown, intent, own, other, fits, head, thing, none, clash, unfit, kin, shared, guessed)

    def _brand(self, text: str, hits: Hits, own: str, is_word: _IsWord) -> tuple[str, str]:
        """Return another's brand, and another's brand that the brief names itself."""
        fits = ""
        for start, end in hits.get(self._other, ()):
            word = text[start:end]
            if (own and (word in own or own in word)) or not _stands_alone(text, start, end, is_word):
                continue
            needs = self._needs.get(word)
            if needs is not None and not any(need in text[:start] or need in text[end:] for need in needs):
                continue
            if word in self._product.told:
                fits = word
                continue
            return word, fits
        return "", fits

    def _name_before(self, text: str, words: Sequence[str]) -> str:
        """Return the first word, if it is unknown and looks like a name: nine of ten such before goods are brands."""
        first = words[0]
        if len(words) < 2 or not self._product.names or len(first) < 2 or first in self._asked:
            return ""
        if first not in self._names:
            if first.isascii():
                named = first[0].isalpha()
            else:
                named = not self._segmenter.knows(first) and self._segmenter.tokens(text)[0].tag.startswith("nr")
            self._names[first] = named and first not in self._product.told and first not in self._said.known_latin
        return first if self._names[first] else ""

    def _thing(self, text: str, hits: Hits, is_word: _IsWord) -> tuple[str, str]:
        """Return the product's own category word in a search, and what else the search is about.

        What stands last names the thing (睫毛膏卸妆水 is a remover), unless a blank parts the two, or what stands
        before it says that it is only met (不沾手机). A thing that ends in the product's own word is of its kind.
        """
        product = self._product
        if not product.known:
            return "", ""
        head, at = "", 0
        others: list[tuple[str, int]] = []
        for start, end in hits.get(self._things, ()):
            word = text[start:end]
            own = next((of for of in product.heads if word == of or self._is_kind(word, of)), "")
            if own and (end - start > 1 or is_word(start, end)):
                head, at = own, end
            elif (
                not own
                and word not in self._vague
                and word not in product.like
                and is_word(start, end)
                and not self._met(text, start, end)
            ):
                others.append((word, start))
        if not others:
            return head, ""
        word, start = others[-1]
        if not head:
            return "", word
        return head, word if start >= at and " " not in text[at:start] else ""

    def _kinship(self, text: str, hits: Hits, head: str, is_word: _IsWord) -> tuple[Kin, str]:
        """Return whether a search is about the goods as the brief tells of them, and the word that it shares."""
        said = self._said
        if not self._product.names:
            return "own", ""

        def first(slot: int, *, ends: bool) -> str:
            """Return the first hit that is a word; 五谷杂粮 is one word, and ends in what is sold."""
            found = hits.get(slot, ())
            return next(
                (text[s:e] for s, e in found if _stands_alone(text, s, e, is_word) or (ends and is_word(e, e))), ""
            )

        name = head or first(self._kin, ends=True)
        # An Excel course is no course on PPT: what Latin words name is another subject, or another model.
        latin = latin_words(text) if said.latin else []
        if name and (not latin or not said.known_latin.isdisjoint(latin)):
            return "own", ""
        shared = name or first(self._shared, ends=False) or first(self._ends, ends=True)
        # What stands before tells of whom or where: 猫抓板 and 登山扣 are other goods than cat food and boots.
        if not shared or (not name and shared not in self._product.like and text[-1] in self._goods_ends):
            return "none", ""
        return "shared", shared

    def _is_kind(self, word: str, head: str) -> bool:
        """Return whether a thing is one of the product's: its last characters are the product's own word."""
        things = self._product.things
        return word.endswith(head) and (len(head) > 1 or things.get(head) in (None, things.get(word)))

    def _met(self, text: str, start: int, end: int) -> bool:
        """Return whether what stands round a thing says that it is not what is looked for, or not by itself."""
        if text[:start].rstrip().endswith(self._before_met) or text.startswith(self._after_met, end):
            return True
        return any(word in text[end:] for word in self._joining)

    def _intent(self, text: str, hits: Hits, head: str, is_word: _IsWord) -> str:
        # 鸡胸肉冻干 is a name of the goods; 不黏的护手霜, a keyword too, says what a 护手霜 is like.
        names = self._product.names
        if text in names[:1] or (text in names and head in ("", text)):
            return self._last
        at = text.rfind(head) if head else len(text)
        for slot, name in self._intents:
            for start, end in hits.get(slot, ()):
                if at <= start and end <= at + len(head):
                    continue  # 登山 of 登山鞋 is what the goods are called
                if (end - start > 1 and text[start:end] not in self._alone) or is_word(start, end):
                    return name
            for money, of in self._money:
                if of == name and any(start and text[start - 1].isdigit() for start, _ in hits.get(money, ())):
                    return name
        # Without a telling word, what stands beside the thing says what it is like.
        return "attribute" if head and len(text) > len(head) else self._last

    def _clash(self, text: str, hits: Hits, is_word: _IsWord) -> Clash | None:
        """Return the first word of a set of whose other sides alone the brief tells."""
        product = self._product
        said: dict[str, list[tuple[str, int]]] = {}
        for start, end in hits.get(self._sides, ()):
            word = text[start:end]
            # What the product is called says nothing of itself: 婴儿童鞋 is for babies, though it holds 童鞋.
            if not is_word(start, end) or any(word in head for head in product.heads):
                continue
            for number in self._sides_of[word]:
                said.setdefault(product.sides[number].set, []).append((word, number))
        for name, words in said.items():
            if not any(product.sides[number].told for _, number in words):
                side = product.sides[words[0][1]]
                told = "、".join(other.name for other in product.sides if other.set == name and other.told)
                return Clash(words[0][0], name, side.set_en, told)
        return None


def _intent_words(data: Mapping[str, Any], lexicons: Lexicons) -> tuple[list[str], list[str]]:
    """Return the folded words of an intent and its exceptions."""
    names: Sequence[str] = data.get("lexicons", ())
    own: Sequence[str] = data.get("words", ())
    words = [word for name in names for word in lexicons[name].entries]
    exceptions = [phrase for name in names for phrase in lexicons[name].exceptions]
    barred: Sequence[str] = data.get("except", ())
    return [*words, *map(fold_text, own)], [*exceptions, *map(fold_text, barred)]


def _brand_lists(files: DataFiles) -> list[str]:
    return sorted(name for name in files.load("lexicons") if name.startswith("brands") or holds_names(name))


def _brands(files: DataFiles, lexicons: Lexicons) -> dict[str, Mapping[str, str]]:
    """Return the brands of all lists; of lists of names only those that are said to be brands."""
    return {
        word: fields
        for name in _brand_lists(files)
        for word, fields in lexicons[name].entries.items()
        if fields.get("kind", "brand" if name.startswith("brands") else "") == "brand"
    }


def _stands_alone(text: str, start: int, end: int, is_word: _IsWord) -> bool:
    """Return whether a brand is a word of its own: Latin letters go on neither way, two Han characters are one word."""
    first, last = text[start], text[end - 1]
    if first.isascii() and first.isalnum() and start and text[start - 1].isascii() and text[start - 1].isalnum():
        return False
    if last.isascii() and last.isalpha() and end < len(text) and text[end].isascii() and text[end].isalpha():
        return False
    return end - start > 2 or first.isascii() or is_word(start, end)
