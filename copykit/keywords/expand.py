"""Roots widened by what buyers put beside them: attribute, audience, scene, season, promotion.

What may stand beside a root comes from word lists, from the brief and from the searches themselves. How much a
combination would be searched is estimated from the searches that hold the root, those of goods of its family, and all
of them, each as far as the nearer ones are few; so a word that nobody has typed beside this root, but many beside its
kind, stands before one that nobody types. The order is the one in which people type.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from copykit.datafiles import DataFiles
from copykit.keywords.beside import OTHER, Evidence, Key, Learner
from copykit.keywords.product import NO_BRIEF, Product, every_side, too_young
from copykit.keywords.searches import SearchReader
from copykit.lexicon import Lexicons
from copykit.model import Brief, WidenedWord
from copykit.text.normalize import fold_text
from copykit.text.segment import Segmenter

HALF = 0.5  # a count that stands for not having been seen
ALWAYS, ENOUGH = 0.9, 3  # share of at least so many searches in which a word is part of a longer one: it is that one
NARROW = 4  # kinds of goods of which an attribute is told at most, if it is to be tried beside all of them
ROOT = 4  # searches of a root that nobody was seen to search
USUAL = 1.0  # searches that what is searched in general weighs


class Beside(NamedTuple):
    """A word that may stand beside a root: folded, what it says, whether the brief says it."""

    text: str
    slot: str
    told: bool = False


class Widener:
    """Widens roots for one product; give ``learner`` as many searches and texts as there are, then ``widen``."""

    def __init__(
        self,
        files: DataFiles,
        product: Product,
        segmenter: Segmenter,
        roots: Iterable[str] = (),
        brief: Brief = NO_BRIEF,
        usual: Mapping[str, int] | None = None,
    ) -> None:
        """Take the roots; without them those of the brief are taken, else what the searches are about.

        ``usual``: how often words are searched in general; by default what ``background/searched`` says.
        """
        self._settings: dict[str, Any] = files.load("expansion")["standard"]
        self.roots = tuple(dict.fromkeys(map(fold_text, roots))) or roots_of(brief, product, segmenter)
        self._family = product.things
        self._known = product.known
        if product.known:
            # A root is what the words are for, whatever the brief calls it; it is no other thing then.
            product = replace(product, heads=tuple(dict.fromkeys((*self.roots, *product.heads))))
        self._reader = SearchReader(files, product, segmenter)
        # 猫 of 猫冻干 is a word beside 冻干, though single characters mostly are none.
        beside = {
            token.text
            for keyword in brief.keywords
            for token in segmenter.tokens(fold_text(keyword))
            if token.tag.startswith("n") and len(token.text) == 1
        }
        self.learner = Learner(files, segmenter, self._settings, product.things, self.roots, beside)
        self._own = frozenset(product.own_brands)
        self._every_side = every_side(files)
        self._guessed = frozenset(slot["id"] for slot in self._settings["slots"] if slot.get("guess"))
        self._suits = {
            slot["id"]: frozenset(slot["families"]) for slot in self._settings["slots"] if "families" in slot
        }
        attributes = Lexicons(files)["attributes"].entries
        self._materials = frozenset(word for word, fields in attributes.items() if fields.get("kind") == "material")
        self._segmenter = segmenter
        self._vague = frozenset(files.load("selection")["standard"]["vague_things"])
        self.told = self._told(brief)
        self._unfit = too_young(files, brief) | frozenset(map(fold_text, brief.material.readers.not_for))
        self._usual = _background(files) if usual is None else usual

    def widen(self, top: int) -> list[WidenedWord]:
        """Return the combinations most worth having, the most searched first, none twice in whatever order."""
        evidence = self.learner.evidence
        roots = self.roots or self._frequent()
        chances = _Chances(evidence, self._family, self._settings, self._usual)
        beside = self._beside(roots)
        found: dict[frozenset[str], _Combination] = {}
        for root in roots:
            for made in self._of_root(root, beside[root], chances):
                # The same words are one search in whatever order, and whichever of them is called the root.
                words = frozenset((root, *(word.text for word in made.beside)))
                if words not in found or made.expected > found[words].expected:
                    found[words] = made
        cut_short = _cut_short(found)
        whole = [one for words, one in found.items() if words not in cut_short]
        return self._allowed(sorted(whole, key=_Combination.order), top)

    def _frequent(self) -> tuple[str, ...]:
        """Return what most searches are about."""
        many = self.learner.evidence.roots.most_common(self._settings["roots"])
        return tuple(word for word, count in many if count > 1 and len(word) > 1 and word not in self._vague)

    def _told(self, brief: Brief) -> dict[str, Beside]:
        """Return what the brief says of the goods, in words short enough to be typed."""
        slots, most = self.learner.listed.slots, self._settings["told_chars"]
        found: dict[str, Beside] = {}

        def add(text: str, slot: str, *, whole: bool) -> None:
            folded = fold_text(text)
            parts = self.learner.parts_of(folded)
            known = [part for part in parts if part in slots]
            for word in [folded] if whole and 1 < len(folded) <= most else known if whole or slot == "" else parts:
                found.setdefault(word, Beside(word, slots.get(word, slot or OTHER), told=True))

        for text in brief.audience:  # 想给孩子拍照的新手爸妈 are parents
            add(text.rpartition("的")[2], "audience", whole=True)
        for text in brief.scenes:
            add(text, "scene", whole=True)
        for text in brief.keywords:
            add(text, OTHER, whole=False)
        for text in brief.selling_points:  # sentences, of which only what lists know is a search
            add(self._without_parts(fold_text(text)), "", whole=False)
        return found

    def _without_parts(self, text: str) -> str:
        """Return a selling point without what only a part of the goods is made of: of 硅胶圈 the rest."""
        tokens = list(self._segmenter.tokens(text))
        pairs = itertools.zip_longest(tokens, tokens[1:])
        return "".join(
            "，" if token.text in self._materials and after is not None and after.tag[0] in "nq" else token.text
            for token, after in pairs
        )

    def _beside(self, roots: Sequence[str]) -> dict[str, list[Beside]]:
        """Return what may stand beside each root."""
        evidence, least, listed = self.learner.evidence, self._settings["least"], self.learner.listed
        typed: dict[str, list[str]] = {root: [] for root in roots}
        for key in (*evidence.near, *evidence.written):
            root, word = key[0], key[1]
            if len(key) > 2 or root not in typed:
                continue
            if word in listed.slots or max(evidence.words.get(word, 0), evidence.seen[key]) >= least:
                typed[root].append(word)
        found: dict[str, list[Beside]] = {}
        for root in roots:
            family = self._family.get(root, "")
            words = dict(self.told)
            for word in typed[root]:
                words.setdefault(word, Beside(word, listed.slots.get(word, OTHER)))
            ends = [thing for thing in self._family if root.endswith(thing)]
            kind = self._family[max(ends, key=len)] if ends else ""
            for word, slot in listed.slots.items():
                if word not in words and self._may_stand(word, slot, family, kind):
                    words[word] = Beside(word, slot)
            barred = {root, *roots, *self._unfit, *self._own}
            found[root] = [beside for word, beside in words.items() if word not in barred]
        return found

    def _may_stand(self, word: str, slot: str, family: str, kind: str) -> bool:
        """Return whether a word of the lists may be tried beside a root, nothing else speaking for it.

        ``family`` is that of the root, ``kind`` that of the goods in which it ends: 徒步鞋 are shoes.
        """
        fits, evidence = self.learner.listed.fits[word], self.learner.evidence
        typed = any(of and evidence.families.get((of, word), 0) > 0 for of in (family, kind))
        if fits:
            # What is said of goods of many kinds (不锈钢) is said of some of each.
            return family in fits and (typed or len(fits) <= NARROW or not self._known)
        if typed:
            return True
        if self._known and slot in self._suits and kind not in self._suits[slot]:
            return False
        # What is typed of other goods (充电, 黑色) may be nothing here.
        return slot in self._guessed and (
            evidence.words.get(word, 0) >= self._settings["least"] or word in self._usual or not evidence.searches
        )

    def _of_root(self, root: str, beside: Sequence[Beside], chances: _Chances) -> Iterator[_Combination]:
        """Yield the root with one word beside it, then with two."""
        evidence = self.learner.evidence
        expected = {word.text: chances.beside(root, word) for word in beside}
        ordered = sorted(beside, key=lambda word: (-expected[word.text], word.text))
        for word in ordered:
            if word.text not in root and root not in word.text:
                pair = (root, word.text)
                yield _Combination(root, (word,), evidence.seen[pair], evidence.written[pair], expected[word.text])
        if self._settings["modifiers"] < 2:
            return
        most = self._settings["pairs_from"]
        leading = ordered[:most] + [word for word in ordered[most:] if word.told]
        searches = chances.searches(root)
        for one, other in itertools.combinations(leading, 2):
            if _repeats(one.text, other.text) or _repeats(one.text, root) or _repeats(other.text, root):
                continue
            if self._opposed(one.text, other.text):
                continue
            first, second = sorted((one.text, other.text))
            key = (root, first, second)
            # One of a kind is enough, unless people type two of them; a thing may have many attributes.
            if one.slot == other.slot != OTHER and not evidence.seen[key]:
                continue
            # Two words stand beside a root together about as often as each alone would make them.
            apart = expected[one.text] * expected[other.text] / searches
            both = chances.seen(key) + chances.discount * apart + chances.written(key)
            yield _Combination(root, (one, other), evidence.seen[key], evidence.written[key], both)

    def _opposed(self, one: str, other: str) -> bool:
        """Return whether two words cannot both be true of one thing."""
        first = {(side.set, side.name) for side in self._every_side if one in side.words}
        second = {(side.set, side.name) for side in self._every_side if other in side.words}
        sets = {name for name, _ in first} & {name for name, _ in second}
        return any(
            not ({side for of, side in first if of == name} & {side for of, side in second if of == name})
            for name in sets
        )

    def _ordered(self, root: str, beside: Sequence[Beside]) -> list[str]:
        """Return the words as people type them: the order whose pairs are typed so most often."""
        slots = {word.text: word.slot for word in beside}

        def worth(order: Sequence[str]) -> float:
            total = 1.0
            for one, other in itertools.combinations(order, 2):
                total *= self._goes_before(one, other, slots, root)
            return total

        return max(map(list, itertools.permutations([*slots, root])), key=worth)

    def _goes_before(self, one: str, other: str, slots: Mapping[str, str], root: str) -> float:
        """Return how likely one word stands before another, by these two, then by what they are beside any root."""
        before = self.learner.evidence.before
        ahead, behind = before[one, other], before[other, one]
        if root in (one, other):
            word = other if one == root else one
            after = next(slot["after"] for slot in self._settings["slots"] if slot["id"] == slots[word])
            usual = after if one == root else 1 - after
        else:
            usual = HALF
        return float((ahead + 2 * usual) / (ahead + behind + 2))

    def _allowed(self, made: Sequence[_Combination], top: int) -> list[WidenedWord]:
        """Return the first that nothing speaks against.

        No other's brand, no other thing, no contradiction, no word of who buys not, none in other words again.
        """
        most = self._settings["chars"]
        chosen: list[WidenedWord] = []
        taken: set[str] = set()
        left = iter(made)
        while len(chosen) < top and (some := list(itertools.islice(left, max(2 * top, 200)))):
            orders = [self._ordered(one.root, one.beside) for one in some]
            texts = list(map(_joined, orders))
            # Read as it is typed, and once more with its words parted: 婴儿童鞋 is cut as 婴, 儿童, 鞋.
            typed, parted = self._reader.read(texts), self._reader.read(map(" ".join, orders))
            for one, text, search, other in zip(some, texts, typed, parted, strict=True):
                same = "".join(sorted(text.replace(" ", "")))
                against = [
                    search.thing,
                    *(found for of in (search, other) for found in (of.other, of.clash, of.none[0])),
                ]
                doubled = not one.seen and _stutters(one.root, text)
                if any(against) or doubled or len(text) > most or same in taken or len(chosen) >= top:
                    continue
                taken.add(same)
                parts = tuple((word.slot, word.text) for word in one.beside)
                told = any(word.told for word in one.beside)
                expected = float(f"{one.expected:.3g}")
                chosen.append(WidenedWord(text, one.root, parts, one.seen, expected, one.written, told))
        return chosen


def roots_of(brief: Brief, product: Product, segmenter: Segmenter) -> tuple[str, ...]:
    """Return what a brief's goods are called by those who search them: from its keywords and the product's name.

    Names that end in the same word are one root, with the words that all of them hold: 猫冻干 and 鸡胸肉冻干 are 冻干,
    while 二手微单相机 and 二手相机 stay 二手相机. The category, often a wider one, speaks where there are no keywords.
    """
    keywords = list(dict.fromkeys(filter(None, map(fold_text, brief.keywords))))
    first = fold_text(brief.product)
    groups: defaultdict[str, list[list[str]]] = defaultdict(list)
    names: defaultdict[str, set[str]] = defaultdict(set)
    for name in dict.fromkeys([first, *(keywords or [fold_text(brief.category)])]):
        cut = [word for word in segmenter.words(name) if not word.isspace() and word not in product.own_brands]
        if cut:
            end = next((head for head in product.heads if name.endswith(head)), cut[-1])
            groups[end].append(cut)
            names[end].add(name)
    found: list[str] = []
    for end, cuts in groups.items():
        if names[end] == {first}:
            found += [end] if end in product.heads or (not keywords and len(end) > 1) else []
            continue
        if not keywords and first not in names[end]:
            continue
        shortest = min(cuts, key=lambda cut: sum(map(len, cut)))
        root = _joined([word for word in shortest if all(word in cut for cut in cuts)])
        found.append(root if root.endswith(end) else end)
    # 睫毛膏怎么卸 is a question about 睫毛膏.
    whole = [root for root in found if not any(other != root and other in root for other in found)]
    return tuple(dict.fromkeys(whole)) or product.heads


def reasons(
    words: Sequence[WidenedWord], widener: Widener, settings: Mapping[str, Any], lang: str, volume: str = ""
) -> dict[str, str]:
    """Return the sentence beside each word; ``volume`` is what the figure of searches is called, "" for none."""
    sentences = {name: said[lang] for name, said in settings["reasons"].items()}
    evidence = widener.learner.evidence
    found: dict[str, str] = {}
    for word in words:
        key = (word.root, *sorted(part for _, part in word.parts))
        said: list[str] = []
        if word.seen:
            amount = f"{evidence.volume[key]:,.0f}"
            name = "volume" if volume else "seen"
            said.append(sentences[name].format(seen=f"{word.seen:,}", name=volume, volume=amount))
        else:
            times, part = min((evidence.words.get(part, 0.0), part) for _, part in word.parts)
            name = "unseen" if times >= 1 else "alone" if word.told else "guessed"
            said.append(sentences[name].format(word=part, times=f"{times:,.0f}"))
        if word.told:
            parts = [part for _, part in word.parts if part in widener.told]
            said.append(sentences["told"].format(word=("、" if lang == "zh" else ", ").join(parts)))
        if word.written:
            said.append(sentences["written"].format(written=f"{word.written:,}"))
        found[word.text] = ("；" if lang == "zh" else "; ").join(said)
    return found


class _Chances:
    """How much a word beside a root would be searched, in as many searches as were seen.

    What was seen once is mostly chance: of each count a discount is taken, as large as the words seen once and twice
    say (Kneser and Ney). What is taken is spread over the words of the family, and in the same way over all words.
    """

    def __init__(
        self, evidence: Evidence, family: Mapping[str, str], settings: Mapping[str, Any], usual: Mapping[str, int]
    ) -> None:
        """``usual``: how often words are searched in general, for those of which the searches know nothing."""
        self._evidence, self._family, self._settings = evidence, family, settings
        pairs = {key: value for key, value in evidence.near.items() if len(key) == 2}
        once = sum(value <= 1 for value in pairs.values())
        twice = sum(1 < value <= 2 for value in pairs.values())
        self.discount = once / max(once + 2 * twice, 1) if once else HALF
        self._kinds = Counter(root for root, _ in pairs)  # different words beside each root
        self._of_family = Counter(family for family, _ in evidence.families)
        self._sizes: defaultdict[str, float] = defaultdict(float)
        for (kind, _), value in evidence.families.items():
            self._sizes[kind] += value
        self._usual, self._usual_all = usual, sum(usual.values())
        self._all = sum(evidence.words.values())
        self._each = evidence.searched / evidence.searches if evidence.searches else 1.0

    def searches(self, root: str) -> float:
        """Return how much a root is searched."""
        return max(self._evidence.roots[root], ROOT) * self._each

    def seen(self, key: Key) -> float:
        """Return what was searched of a combination, less what chance gave."""
        near = self._evidence.near.get(key, 0.0)
        return self._evidence.volume[key] * max(near - self.discount, 0.0) / self._evidence.seen[key] if near else 0.0

    def written(self, key: Key) -> float:
        """Return what texts that hold a combination are worth."""
        return float(self._settings["text_worth"] * self._evidence.written.get(key, 0) * self._each)

    def beside(self, root: str, word: Beside) -> float:
        """Return how much a word is to be expected beside a root."""
        evidence, family = self._evidence, self._family.get(root, "")
        text = word.text
        share = (evidence.words.get(text, 0) + self._usual_share(text) * USUAL) / (self._all + USUAL)
        size = self._sizes.get(family, 0)
        if family and size:
            own = max(evidence.families.get((family, text), 0) - self.discount, 0.0)
            share = (own + self.discount * self._of_family[family] * share) / size
        # Of a root that nobody has typed the words beside it are as open as those of one typed once.
        spread = self.discount * max(self._kinds[root], 1)
        key = (root, text)
        told = self._settings["told_worth"] * self._each if word.told else 0.0
        return self.seen(key) + spread * share * self._each + self.written(key) + float(told)

    def _usual_share(self, word: str) -> float:
        return (self._usual.get(word, 0) + HALF) / (self._usual_all + 1)


def _cut_short(found: Mapping[frozenset[str], _Combination]) -> set[frozenset[str]]:
    """Return the combinations that nearly always are part of one longer one: 手机热成 of 手机热成像仪."""
    short: set[frozenset[str]] = set()
    for longer in found.values():
        if len(longer.beside) > 1 and longer.seen >= ENOUGH:
            for word in longer.beside:
                words = frozenset((longer.root, word.text))
                if words in found and found[words].seen * ALWAYS <= longer.seen:
                    short.add(words)
    return short


def _background(files: DataFiles) -> dict[str, int]:
    searched: Mapping[str, Any] = files.load("background")["searched"]
    return dict(zip(searched["words"].split("\n"), searched["counts"], strict=True))


class _Combination(NamedTuple):
    """A root with words beside it, before they are put in order."""

    root: str
    beside: tuple[Beside, ...]
    seen: int
    written: int
    expected: float

    def order(self) -> tuple[bool, float, int, str, tuple[Beside, ...]]:
        """Return by what combinations are sorted: what was searched first, the most expected before the rest."""
        return not self.seen, -round(self.expected, 6), len(self.beside), self.root, self.beside


def _repeats(one: str, other: str) -> bool:
    """Return whether one of two words says the other again (加绒, 加绒加厚)."""
    return one in other or other in one or len(set(one) & set(other)) >= 2


def _stutters(root: str, text: str) -> bool:
    """Return whether a word ends as the root begins, or the other way round (儿童童鞋): nobody types that."""
    at = text.find(root)
    end = at + len(root)
    return bool(at > 0 and text[at - 1] == root[0]) or bool(at >= 0 and end < len(text) and text[end] == root[-1])


def _joined(words: Sequence[str]) -> str:
    """Return words as one search, a blank between Latin ones."""
    text = ""
    for word in words:
        if text and text[-1].isascii() and text[-1].isalnum() and word[:1].isascii() and word[:1].isalnum():
            text += " "
        text += word
    return text
