"""What a brief tells of a shop, under the names that channels ask for, and whether a condition holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from copykit.categories import Categories
from copykit.model import Brief, Condition

SHOP_TYPES = {
    "marketplace": "平台店",
    "own_site": "自己的网站",
    "mini_program": "小程序店",
    "content_shop": "内容平台的店",
}
STAGES = {"new": "刚开张", "growing": "在长", "mature": "稳定"}
_ENGLISH = {
    "marketplace": "shops on a marketplace",
    "own_site": "shops with a website",
    "mini_program": "mini-programs",
    "content_shop": "shops on a content platform",
    "new": "new",
    "growing": "growing",
    "mature": "settled",
}


def told_as(name: str, lang: str) -> str:
    """Return what people call a type of shop or a stage."""
    return _ENGLISH.get(name, name) if lang == "en" else {**SHOP_TYPES, **STAGES}.get(name, name)


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts by name: ``values`` for comparing (None: not told), ``shown`` as they stand in a sentence."""

    values: Mapping[str, Any]
    shown: Mapping[str, str]

    def fill(self, sentence: str) -> str:
        """Return a sentence with its ``{fact}`` places filled."""
        return sentence.format_map(self.shown)


def facts_of(brief: Brief, categories: Categories, lang: str = "zh") -> Facts:
    """Return the facts of a brief; ``because`` explains a poor name where the brief tells what reviews complain of."""
    shop = brief.shop
    told = shop.can or shop.type or shop.stage
    untold = False if told else None
    values: dict[str, Any] = {
        "category": categories.of(brief),
        "site": bool(shop.site) or shop.type == "own_site" or untold,
        "landing": bool(shop.site) or shop.type in ("own_site", "mini_program") or untold,
        "findable": bool(shop.site) or shop.type == "own_site" or "线下" in shop.can or untold,
        "can_video": "视频" in shop.can,
        "can_live": "直播" in shop.can,
        "can_offline": "线下" in shop.can,
        "wholesale": "批发" in shop.can if told else None,
        "shop_type": shop.type or None,
        "stage": shop.stage or None,
        "repurchase_days": shop.repurchase_days,
        "conversion": shop.conversion,
        "margin": shop.margin,
        "review_score": shop.review_score,
        "bad_reviews": shop.bad_reviews or None,
        "orders_per_week": shop.orders_per_week,
        "contacts": shop.contacts,
        "consent": shop.consent,
        "groups": shop.groups,
        "persona": "，".join(brief.material.persona.about) or brief.material.persona.name or None,
        "approval": bool(shop.approval),
        "price": brief.price,
        "scenes": len(brief.scenes),
        "keywords": len(brief.keywords),
    }
    unknown = "not told" if lang == "en" else "没写"
    shown = {name: unknown if value is None else _shown(name, value) for name, value in values.items()}
    because = f"; bad reviews are about '{shop.bad_reviews}', mend the product first"
    if lang != "en":
        because = f"；差评集中在“{shop.bad_reviews}”，先改产品"
    shown |= {
        "stage": told_as(shop.stage, lang) if shop.stage else unknown,
        "shop_type": told_as(shop.type, lang) if shop.type else unknown,
        "because": because if shop.bad_reviews else "",
        "keyword": brief.keywords[0] if brief.keywords else brief.product,
    }
    return Facts(values, shown)


FACTS = (
    *("category", "site", "landing", "findable", "can_video", "can_live", "can_offline", "wholesale", "shop_type"),
    *("stage", "repurchase_days", "conversion", "margin", "review_score", "bad_reviews", "orders_per_week", "contacts"),
    *("consent", "groups", "persona", "approval", "price", "scenes", "keywords"),
)


def holds(condition: Condition, facts: Facts) -> bool | None:
    """Return whether a condition holds; None when the brief does not tell."""
    if condition.unless and facts.values.get(condition.unless):
        return True
    value = facts.values[condition.fact]
    if condition.known is not None:
        return (value is not None) is condition.known
    if condition.none_of:
        # To be none of a few is what most goods are: a brief without a category passes.
        return not frozenset(condition.none_of) & _as_set(value)
    if value is None:
        return None
    if condition.any_of:
        return bool(frozenset(condition.any_of) & _as_set(value))
    if condition.equals is not None:
        return bool(value) is condition.equals
    if condition.at_least is not None and value < condition.at_least:
        return False
    if condition.below is not None and value >= condition.below:
        return False
    return condition.at_most is None or value <= condition.at_most


def objection(condition: Condition, facts: Facts) -> str | None:
    """Return the sentence that speaks against a channel, None when nothing does.

    A truth that has to hold and was not told does not hold; any other fact not told is passed over unless the
    condition has a sentence for it.
    """
    held = holds(condition, facts)
    if held is None:
        if condition.unknown:
            return facts.fill(condition.unknown)
        return facts.fill(condition.why) if condition.equals else None
    return None if held else facts.fill(condition.why)


def _as_set(value: Any) -> frozenset[str]:
    if value is None:
        return frozenset()
    return value if isinstance(value, frozenset) else frozenset((str(value),))


def _shown(name: str, value: Any) -> str:
    if name in ("conversion", "margin"):
        return percent(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def percent(share: float) -> str:
    """Return a share as people write it: 4.1%."""
    return f"{round(share * 100, 1):g}%"
