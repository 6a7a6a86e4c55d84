"""Why a title does not carry a keyword, as a sentence for its reader."""

from __future__ import annotations

from copykit.model import Dropped

UNITS = {
    "zh": {"char": "字", "han2": "字符", "utf8": "字节", "xhs": "字", "px": "像素"},
    "en": {"char": "characters", "han2": "half-widths", "utf8": "bytes", "xhs": "characters", "px": "pixels"},
}
_REASONS = {
    "room": (
        "放不下：还差 {short} {unit}，换掉别的词不划算",
        "no room: {short} {unit} short, and no other word is worth less",
    ),
    "crowd": (
        "同一类的词已经有“{terms}”，再多读不顺",
        "there are '{terms}' of its kind already; more would not read well",
    ),
    "together": ("“{word}”和标题里别的词连起来会违规", "'{word}' breaks a rule together with other words of the title"),
    "change": ("在用的标题改动已经到上限", "the title in use may change no further"),
    "clash": ("{attribute}写的是“{stated}”，不是“{word}”", "{attribute_en} is '{stated}', not '{word}'"),
    "unstated": (
        "表里没写这件商品“{word}”；确实是的话，写进属性或卖点就会用上",
        "nothing in the table says '{word}' of it; if it is so, say it in an attribute or a selling point",
    ),
    "number": ("表里没有“{word}”这个数或型号", "the table does not say '{word}'"),
    "other_goods": ("说的是“{word}”，这件是“{head}”", "it speaks of '{word}', this is '{head}'"),
    "brand": (
        "“{word}”是别人的牌子，写了会让人认错（反不正当竞争法 第七条）",
        "'{word}' is somebody else's brand and would mislead",
    ),
    "promotion": ("“{word}”是促销词，只放推广标题", "'{word}' is promotion: for an ad title only"),
    "past_year": ("{word} 是旧年份", "{word} is a past year"),
    "shop": ("“{word}”说的是店，不是货", "'{word}' is about a shop, not about goods"),
    "empty": ("“{word}”是空话，没人搜", "'{word}' is empty praise that nobody searches"),
    "law": ("{message}（{source}）", "{message} ({source})"),
    "negative": ("关键词表里标了不用（{role}）", "the keyword table says not to use it ({role})"),
    "barred": ("平台不收“{sign}”", "the platform bars '{sign}'"),
    "unnamed": ("拆不出一个能搜的词", "no searchable word in it"),
    "language": ("这个平台的标题写英文", "titles there are in English"),
}


def reason_of(dropped: Dropped, lang: str) -> str:
    """Return the sentence in ``zh`` or ``en``."""
    template = _REASONS[dropped.kind][lang == "en"]
    facts = dict(dropped.facts)
    if "unit" in facts:
        facts["unit"] = UNITS[lang][facts["unit"]]
    return template.format(**facts)
