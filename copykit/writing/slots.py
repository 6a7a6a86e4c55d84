"""What a title pattern may be filled with: the facts of a ledger, written as titles write them.

``wrong.lead`` is the beginning of a sentence as far as a title has room, ``doubt.first`` the first sentence of an
answer; all else are the fields that articles use too (``writing/facts``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from copykit.lexicon import Lexicons
from copykit.templating import Fact
from copykit.text.clauses import clauses
from copykit.text.patterns import either
from copykit.writing.facts import Facts, Item

LONGEST_LEAD, SHORTEST_LEAD = 24, 6  # characters
LONGEST_SHORT = 14  # characters; a feature that is as short is its own short form
_ENDS = "。；;，, 　"
# A space that only sets figures off from Han characters; in titles every character counts.
_LOOSE = re.compile(r"(?<=[\u4e00-\u9fff，。：？！—])\s+(?=[0-9A-Za-z])|(?<=[0-9A-Za-z%])\s+(?=[\u4e00-\u9fff—])")
_PAUSE = re.compile("[，。；：？！,;:?!]")
_LEADS = ("text", "meets")
# Lists that items hold and titles may quote: owner, list, the pool that it becomes, and what its owner is called there.
_LISTS = (("own", "beats", "beat", "of"), ("hot", "beats", "hotbeat", "of"), ("experience", "notes", "note", "name"))
# Words for what every brief has, where it does not say.
_USUAL_UNIT = "款"


class Slots(NamedTuple):
    """Single facts and pools of items by name, and every fact by number. ``passing`` finds what any sentence holds.

    ``goods`` are pairs of characters that name the goods.
    """

    single: Mapping[str, Fact]
    pools: Mapping[str, Sequence[Mapping[str, Fact]]]
    all: Sequence[Fact]
    passing: re.Pattern[str]
    goods: frozenset[str] = frozenset()


def slots_of(facts: Facts, lexicons: Lexicons) -> Slots:
    """Return the facts as titles write them.

    ``title_open_ends`` are what a clause ends in that leaves its sentence open, so that a title is not cut off there.
    """
    open_ends = tuple(lexicons["title_open_ends"].entries)
    made: list[Fact] = []

    def fact(text: str, path: str) -> Fact:
        made.append(Fact(len(made), text, path))
        return made[-1]

    single = {name: fact(tight(each.text), each.path) for name, each in facts.single.items()}
    if "unit" not in single:
        single["unit"] = single["piece"] = fact(_USUAL_UNIT, "")
    if "product" in single:
        single.setdefault("category", single["product"])
    pools = {
        pool: [{name: fact(text, path) for name, (text, path) in _fields(item, open_ends).items()} for item in items]
        for pool, items in facts.pools.items()
    }
    for owner, inner, pool, name in _LISTS:
        found = [
            {key: fact(text, path) for key, (text, path) in _fields(each, open_ends).items()}
            | {name: fact(tight(item.fields["name"].text), item.fields["name"].path)}
            for item in facts.pools.get(owner, ())
            if "name" in item.fields
            for each in item.lists.get(inner, ())
        ]
        if found:
            pools[pool] = found
    if "keyword" not in pools and "product" in single:
        pools["keyword"] = [{"name": single["product"], "goods": single["product"]}]
    if len(facts.pools.get("step", ())) > 1:
        single["steps"] = fact(str(len(facts.pools["step"])), "steps")
        pools["opening"] = [{"do": pools["step"][0]["do"]}]  # a title that speaks of the first step means that one
    named = [single[name].text for name in ("product", "category") if name in single]
    named += [item["goods"].text for item in pools.get("keyword", ()) if "goods" in item]
    goods = frozenset(pair for name in named for pair in (han_pairs(name) or (name,)))
    return Slots(single, pools, made, re.compile(either(lexicons["passing_characters"].entries)), goods)


def aimed(slots: Slots, word: str) -> Slots:
    """Return slots whose keywords are those that hold a word, and whose goods are called so where one names them.

    Where no keyword of the brief holds it they stay as they are: what a brief does not say is not written.
    """
    found = [item for item in slots.pools.get("keyword", ()) if word.casefold() in item["name"].text.casefold()]
    if not found:
        return slots
    category = slots.single.get("category")
    names = [item["goods"] for item in found if "goods" in item]
    named = next((name for name in names if category is None or name.text.endswith(category.text)), category)
    single = slots.single if named is None else {**slots.single, "category": named}
    return slots._replace(single=single, pools={**slots.pools, "keyword": found})


def _fields(item: Item, open_ends: Sequence[str]) -> dict[str, tuple[str, str]]:
    found = {name: (tight(each.text), each.path) for name, each in item.fields.items()}
    for name in _LEADS:
        if name in found and (beginning := lead(found[name][0], open_ends)):
            found["lead"] = beginning, found[name][1]
            if beginning == found[name][0]:
                found["whole"] = found["lead"]
    if "feature" in found and len(found["feature"][0]) <= LONGEST_SHORT and not _PAUSE.search(found["feature"][0]):
        found.setdefault("short", found["feature"])
    if "answer" in found:
        found["first"] = re.split(r"(?<=[。！？])", found["answer"][0], maxsplit=1)[0].rstrip(_ENDS), found["answer"][1]
    return found


def lead(text: str, open_ends: Sequence[str] = ()) -> str:
    """Return the clauses that a sentence begins with, as far as a title has room; empty when the first is too long."""
    first = re.search(r"[。！？](?!$)", text)  # what follows a sentence is another
    ends = [clause.end for clause in clauses(text) if first is None or clause.end <= first.end()] or [len(text)]
    fitting = [
        end
        for end in ends
        if SHORTEST_LEAD <= len(text[:end].rstrip(_ENDS)) <= LONGEST_LEAD
        and (end == ends[-1] or not text[:end].rstrip(_ENDS).endswith(tuple(open_ends)))
    ]
    return text[: fitting[-1]].rstrip(_ENDS) if fitting else ""


def tight(text: str) -> str:
    """Return a phrase as titles write it: no loose blanks, no full stop."""
    return _LOOSE.sub("", text.strip()).rstrip(_ENDS)


def related(first: Mapping[str, Fact], second: Mapping[str, Fact], passing: re.Pattern[str]) -> bool:
    """Return whether two items speak of one thing: they share pairs of Han characters, none of them passing ones."""
    one, other = _pairs(first, passing), _pairs(second, passing)
    return len(one & other) >= (_SHARED if min(len(one), len(other)) > _FEW else 1)


def _pairs(item: Mapping[str, Fact], passing: re.Pattern[str]) -> set[str]:
    # What is to be seen on its picture says nothing of what an item is about.
    said = (fact.text for name, fact in item.items() if name != "picture")
    return {pair for text in said for pair in han_pairs(passing.sub(" ", text))}


def han_pairs(text: str) -> set[str]:
    """Return the pairs of neighbouring Han characters of a text."""
    return {run[at : at + 2] for run in _RUNS.findall(text) for at in range(len(run) - 1)}


_FEW = 4  # pairs; 打字多的人 has but two to share
_SHARED = 2  # 孩子 alone is in half the sentences about children's shoes
_RUNS = re.compile(r"[\u4e00-\u9fff]{2,}")
