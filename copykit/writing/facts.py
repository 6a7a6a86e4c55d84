"""A ledger as templates see it: single values, and pools of items whose fields are facts.

``point.benefit`` in a template is a field of some item of the pool ``point``; which item is the composer's affair.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from copykit.lexicon import Lexicons
from copykit.model import Brief, Claim, Story
from copykit.natures import Sizes
from copykit.templating import Fact, clean
from copykit.text.normalize import fold_text

# Fields that name a thing and may come again; what is a statement is made once in a text.
NAMES = frozenset(
    (
        "product",
        "brand",
        "category",
        "price",
        "unit",
        "piece",
        "keyword",
        "name",
        "who",
        "calls",
        "teller",
        "speaker",
        "label",
        "count",
        "buyer",
        "goods",
    )
)
CLAIM_FIELDS = ("statement", "source", "subject", "method", "who", "relation")
STORY_FIELDS = ("name", "meets", "source", "quote", "speaker")
POINT_FIELDS = ("feature", "benefit", "proof", "scene", "short", "picture")
# The variables that templates may use: single values, those of the composer, and the fields of pools.
SINGLE = ("product", "brand", "category", "price", "unit", "piece", "count", "number")
POOLS: Mapping[str, tuple[str, ...]] = {
    "point": POINT_FIELDS,
    "scene": ("name", "text", "trouble", "picture"),
    **dict.fromkeys(("detail", "wrong"), ("text", "time", "place")),
    "doubt": ("ask", "answer"),
    "step": ("do", "note", "wrong"),
    "related": ("name", "when", "why"),
    **dict.fromkeys(("pain", "habit", "about", "beat"), ("text",)),
    "reader": ("name",),
    "keyword": ("name", "goods"),
    "unfit": ("name", "buyer"),
    "persona": ("name", "calls", "teller"),
    "stock": ("left", "quota", "until"),
    "supply": CLAIM_FIELDS,
    "link": ("label",),
    "size": ("statement", "method", "ask", "answer"),
    "any_reason": CLAIM_FIELDS,
    "redress": CLAIM_FIELDS,
    "note": ("when", "text"),
    **dict.fromkeys(("own", "ip", "hot", "news"), (*STORY_FIELDS, "date")),
    **dict.fromkeys(
        ("sales", "authority", "returns", "users", "reviews", "trial", "price", "former_price", "award"),
        (*CLAIM_FIELDS, "date"),
    ),
    **dict.fromkeys(("patent", "comparison", "origin", "spec"), (*CLAIM_FIELDS, "date")),
    "deadline": (*CLAIM_FIELDS, "date", "until"),
    "experience": ("name", *CLAIM_FIELDS, "date"),
}
# The pool of the [stock] table tells figures; what a claim says of it is a statement.
_POOL_OF = {"stock": "supply"}
_PATH_OF = {"piece": "unit"}  # a fact of the brief under another name
VARIABLES = frozenset((*SINGLE, *(f"{pool}.{name}" for pool, names in POOLS.items() for name in names)))


class Item(NamedTuple):
    """One thing of a pool: its path in the brief, its fields, and the lists that it holds (beats, notes).

    ``words``: those of a selling point, by which other items are known to speak of it.
    """

    pool: str
    path: str
    fields: Mapping[str, Fact]
    lists: Mapping[str, tuple[Item, ...]]
    words: tuple[str, ...] = ()


class Facts(NamedTuple):
    """All that may be said: ``single`` values, ``pools`` of items in the order of the brief, every fact by number.

    ``memo`` is for what composers work out of the facts, which is the same for every text.
    """

    single: Mapping[str, Fact]
    pools: Mapping[str, tuple[Item, ...]]
    all: list[Fact]
    today: str
    memo: dict[str, Any]


class Wordings(NamedTuple):
    """Word lists by which a fact is told under another name too, or is not.

    ``cannot_buy``: how those are called who buy nothing (幼猫, 宝宝); they have no ``unfit.buyer``, so nobody tells
    them not to. ``turns``: units that count turns and time (次, 小时), which are no ``piece``: 这次保洁 is no cleaning
    that one buys but this time's. ``reasons``: what a promise to take back speaks of → any, fault, or before.
    ``groups``: what a shop calls itself as several (我们, 我家), of which one person's life is not told.
    """

    cannot_buy: tuple[str, ...] = ()
    turns: frozenset[str] = frozenset()
    reasons: Mapping[str, str] = {}
    groups: frozenset[str] = frozenset()

    @classmethod
    def of(cls, lexicons: Lexicons) -> Wordings:
        """Read the lists."""
        reasons = {word: fields["kind"] for word, fields in lexicons["return_reasons"].entries.items()}
        return cls(
            tuple(lexicons["cannot_buy"].entries),
            frozenset(lexicons["turns"].entries),
            reasons,
            frozenset(lexicons["group_selves"].entries),
        )

    def takes_back(self, statement: str) -> bool:
        """Return whether a promise to take back holds whatever the buyer's reason: 漏水包退 holds for leaks alone."""
        named = self._named(statement)
        return "any" in named or "fault" not in named

    def holds_after(self, statement: str) -> bool:
        """Return whether a promise to take back still holds once the goods were had: 开课前一天能退 does not."""
        named = self._named(statement)
        return "before" not in named or bool(named - {"before"})

    def _named(self, statement: str) -> set[str]:
        return {kind for word, kind in self.reasons.items() if word in _DENIED.sub("", statement)}


# What has to be whole is no fault: 没弄坏就能退.
_DENIED = re.compile("[没未][^，。；、]{0,2}[坏破损裂断碎]")


class _Maker:
    """Numbers the facts and leaves out what is empty."""

    def __init__(self) -> None:
        self.all: list[Fact] = []

    def fact(self, text: str, path: str, url: str = "") -> Fact | None:
        cleaned = clean(text)
        if not cleaned:
            return None
        self.all.append(Fact(len(self.all), cleaned, path, url))
        return self.all[-1]

    def item(self, pool: str, path: str, texts: Mapping[str, str], lists: Mapping[str, tuple[Item, ...]] = {}) -> Item:
        fields = {name: fact for name, text in texts.items() if (fact := self.fact(text, f"{path}.{name}"))}
        return Item(pool, path, fields, lists)

    def words(self, pool: str, path: str, field: str, texts: Iterable[str]) -> tuple[Item, ...]:
        """Return items that are nothing but a text each, at ``path.number``."""
        found = []
        for number, text in enumerate(texts):
            fact = self.fact(text, f"{path}.{number}")
            if fact is not None:
                found.append(Item(pool, fact.path, {field: fact}, {}))
        return tuple(found)


def facts_of(
    brief: Brief,
    today: str,
    order: Iterable[int] = (),
    sizes: Sizes = Sizes(),  # noqa: B008
    wordings: Wordings = Wordings(),  # noqa: B008
) -> Facts:
    """Return the facts of a ledger's brief on a day.

    ``order``: the selling points from the core one on, by number. ``sizes``: how goods of its nature are measured; the
    pool ``size`` holds what of the specifications and doubts tells it, ``redress`` the promises to take back
    that hold once the goods were had, and ``any_reason`` those of them that ask for no fault, the same facts by other
    names; ``wordings`` tells them apart.
    """
    make = _Maker()
    material = brief.material
    single = {
        "product": brief.product,
        "brand": brief.brand,
        "price": f"{brief.price:g}" if brief.price is not None else "",
        "unit": brief.unit,
        "piece": "" if fold_text(brief.unit).strip() in wordings.turns else brief.unit,
    }
    pools: dict[str, list[Item]] = {}
    for number in order or range(len(material.points)):
        point, path = material.points[number], f"selling_points.{number}"
        if point.feature:
            texts = {
                name: getattr(point, name) for name in ("feature", "benefit", "proof", "scene", "short", "picture")
            }
            pools.setdefault("point", []).append(make.item("point", path, texts)._replace(words=point.words))
    for number, scene in enumerate(material.scenes):
        texts = {"name": scene.name, "text": scene.text, "trouble": scene.trouble, "picture": scene.picture}
        pools.setdefault("scene", []).append(make.item("scene", f"scenes.{number}", texts))
    for number, detail in enumerate(material.details):
        if detail.text:
            pool = "wrong" if detail.kind == "wrong" else "detail"
            texts = {"text": detail.text, "time": detail.time, "place": detail.place}
            pools.setdefault(pool, []).append(make.item(pool, f"details.{number}", texts))
    for number, doubt in enumerate(material.doubts):
        if doubt.ask and doubt.answer:
            texts = {"ask": doubt.ask.rstrip("？?"), "answer": doubt.answer}
            pools.setdefault("doubt", []).append(make.item("doubt", f"doubts.{number}", texts))
    for number, step in enumerate(material.steps):
        if step.do:
            texts = {"do": step.do, "note": step.note, "wrong": step.wrong}
            pools.setdefault("step", []).append(make.item("step", f"steps.{number}", texts))
    for number, other in enumerate(material.related):
        if other.name:
            texts = {"name": other.name, "when": other.when, "why": other.why}
            pools.setdefault("related", []).append(make.item("related", f"related.{number}", texts))
    for number, story in enumerate(material.stories):
        if story.name:
            pools.setdefault(story.kind, []).append(_story(make, story, f"stories.{number}", today))
    for number, claim in enumerate(brief.claims):
        if claim.statement:
            pool = _POOL_OF.get(claim.kind, claim.kind)
            pools.setdefault(pool, []).append(_claim(make, claim, pool, f"claims.{number}", today))
    readers, persona, nobody = material.readers, material.persona, wordings.cannot_buy
    words: dict[str, tuple[Item, ...]] = {
        "reader": make.words("reader", "audience.who", "name", brief.audience),
        "pain": make.words("pain", "audience.pains", "text", readers.pains),
        "habit": make.words("habit", "audience.habits", "text", readers.habits),
        "unfit": _doubled(
            make.words("unfit", "audience.not_for", "name", readers.not_for),
            "buyer",
            lambda name: not name.endswith(nobody),
        ),
        "about": make.words("about", "persona.about", "text", persona.about),
        "keyword": _doubled(
            make.words("keyword", "keywords", "name", brief.keywords),
            "goods",
            lambda word: any(name and names_it(word, name) for name in (brief.category, brief.product)),
        ),
    }
    named = {"name": persona.name, "calls": persona.calls}
    if any(named.values()):
        pools["persona"] = [_with_teller(make.item("persona", "persona", named), wordings.groups)]
    stock = material.stock
    counts = {"left": stock.left, "quota": stock.quota}
    texts = {name: str(value) for name, value in counts.items() if value is not None}
    if texts:
        until = {"until": _day(stock.until, today)} if stock.until else {}
        pools["stock"] = [make.item("stock", "stock", texts | until)]
    for number, link in enumerate(material.links):
        label = make.fact(link.text or brief.product, f"links.{number}", link.url)
        if label is not None:
            pools.setdefault("link", []).append(Item("link", f"links.{number}", {"label": label}, {}))
    pools["size"] = [item for item in pools.get("spec", ()) if sizes.told(item.fields["statement"].text)]
    pools["size"] += [item for item in pools.get("doubt", ()) if sizes.asked(item.fields["ask"].text)]
    pools["redress"] = [
        item for item in pools.get("returns", ()) if wordings.holds_after(item.fields["statement"].text)
    ]
    pools["any_reason"] = [item for item in pools["redress"] if wordings.takes_back(item.fields["statement"].text)]
    # What a broad category (食品, 图书) does not say, its product does.
    told = "category" if names_it(brief.category, brief.product) else "product"
    filled = {name: fact for name, text in single.items() if (fact := make.fact(text, _PATH_OF.get(name, name)))}
    if brief.category and (fact := make.fact(getattr(brief, told), told)):
        filled["category"] = fact
    return Facts(filled, {name: tuple(items) for name, items in (pools | words).items() if items}, make.all, today, {})


def _doubled(items: Iterable[Item], field: str, holds: Callable[[str], bool]) -> tuple[Item, ...]:
    """Return items that have their name under another field too where something holds of it."""
    return tuple(
        item._replace(fields={**item.fields, field: name}) if holds((name := item.fields["name"]).text) else item
        for item in items
    )


def _with_teller(persona: Item, groups: Container[str]) -> Item:
    """Return a persona with the one of whom ``about`` tells: as they call themselves, by name if that means several."""
    name, calls = (persona.fields.get(each) for each in ("name", "calls"))
    teller = name if calls is None or (name is not None and calls.text in groups) else calls
    return persona._replace(fields={**persona.fields, "teller": teller}) if teller is not None else persona


def names_it(category: str, product: str) -> bool:
    """Return whether a category says what the product is: 手电筒 for 尾按手电, not 小家电 for 折叠电热水壶."""
    category, product = category.casefold(), product.casefold()
    pairs = {category[at : at + 2] for at in range(len(category) - 1)}
    return product.endswith(category[-1:]) or any(pair in product for pair in pairs)


def _story(make: _Maker, story: Story, path: str, today: str) -> Item:
    texts: dict[str, str] = {name: getattr(story, name) for name in STORY_FIELDS}
    texts["date"] = _day(story.date, today) if story.date else ""
    return make.item(story.kind, path, texts, {"beats": make.words("beat", f"{path}.beats", "text", story.beats)})


def _claim(make: _Maker, claim: Claim, pool: str, path: str, today: str) -> Item:
    texts: dict[str, Any] = {name: getattr(claim, name) for name in CLAIM_FIELDS}
    if claim.kind == "experience":
        texts["name"] = claim.person
    texts["date"] = _day(claim.date, today) if claim.date else ""
    if pool == "deadline" and claim.valid_until:  # elsewhere it is how long the evidence holds, nothing for readers
        texts["until"] = _day(claim.valid_until, today)
    notes = (
        make.item("note", f"{path}.notes.{number}", {"when": note.when, "text": note.text})
        for number, note in enumerate(claim.notes)
        if note.text
    )
    return make.item(pool, path, texts, {"notes": tuple(notes)})


def _day(iso: str, today: str) -> str:
    """Return a date as people write it, with its year unless that is this one."""
    day = date.fromisoformat(iso)
    said = f"{day.month} 月 {day.day} 日"
    return said if iso[:4] == today[:4] else f"{day.year} 年 {said}"
