"""Listings as people and machines read them: sheets to upload, sheets of troubles and words, a summary."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from copykit.render.terminal import Bilingual, Terminal, columns, wrapped
from copykit.tables import Heading
from copykit.text.measure import display_width

Record = dict[str, Any]
SEVERITIES = {
    "zh": {"error": "错误", "warning": "提醒", "hint": "建议"},
    "en": {"error": "error", "warning": "warning", "hint": "hint"},
}


@dataclass(frozen=True, slots=True)
class PlatformView:
    """How one platform's listings are laid out: what people call it, its columns (field id → header), rows by version.

    ``about`` are the fields in words: header, whose name that is, limit, where the limit is known from.
    """

    id: str
    name: str
    columns: Mapping[str, str]
    by_sku: bool = False
    about: tuple[tuple[str, str, str, str], ...] = ()
    guessed: bool = False
    limit: int = 0


@dataclass(frozen=True, slots=True)
class View(Bilingual):
    """How listings are shown."""

    lang: str = "zh"
    terminal: Terminal = field(default_factory=Terminal)
    platforms: tuple[PlatformView, ...] = ()

    def name(self, platform: str) -> str:
        """Return what people call a platform."""
        return next((each.name for each in self.platforms if each.id == platform), platform)


def platform_headers(platform: PlatformView, view: View, *, notes: bool = True) -> list[str]:
    """Return the headers of a platform's sheet; what is not to be uploaded stands last."""
    return [*platform.columns.values(), *([view.say("提醒（不用上传）", "warnings (not to upload)")] if notes else [])]


def platform_rows(
    platform: PlatformView,
    listings: Iterable[Record],
    twins: Mapping[tuple[str, int], str],
    *,
    notes: bool = True,
) -> Iterator[list[str]]:
    """Yield the rows of a platform's sheet: what may be uploaded, warnings beside it."""
    for listing in listings:
        if listing["platform"] != platform.id or not _is_to_upload(listing):
            continue
        told = "；".join(dict.fromkeys(_warnings(listing, twins))) if notes else ""
        fields = listing["fields"]
        rows = listing.get("rows") if platform.by_sku else None
        for number, own in enumerate(rows or [{}]):
            # A version's row carries the product's fields only once.
            cells = {**(fields if number == 0 else {}), **own}
            row = [str(cells.get(name, "")) for name in platform.columns]
            yield [*row, told if number == 0 else ""] if notes else row


def warned(listings: Iterable[Record], twins: Mapping[tuple[str, int], str]) -> int:
    """Return how many listings on the sheets to upload have a warning beside them."""
    return sum(_is_to_upload(listing) and any(_warnings(listing, twins)) for listing in listings)


def _is_to_upload(listing: Record) -> bool:
    return not (listing["error"] or listing["blocked"])


def _warnings(listing: Record, twins: Mapping[tuple[str, int], str]) -> Iterator[str]:
    for finding in listing["findings"]:
        if finding["severity"] == "warning":
            yield f"{finding['message']}"
    twin = twins.get((listing["platform"], listing["row"]))
    if twin:
        yield twin


def problem_headers(view: View) -> list[str]:
    """Return the headers of the sheet of troubles."""
    if view.lang == "en":
        return ["row", "id", "platform", "state", "field", "severity", "what", "why", "source", "instead"]
    return ["第几行", "货号", "平台", "状态", "字段", "轻重", "问题", "为什么", "依据", "可以怎么写"]


def problem_rows(
    listings: Iterable[Record], twins: Mapping[tuple[str, int], str], view: View
) -> Iterator[list[object]]:
    """Yield a row a trouble: what blocks and what only warns, in the order of the table.

    Platforms that have the same trouble with a product share a row.
    """
    states = {
        "refused": view.say("没写", "not written"),
        "blocked": view.say("挡下", "blocked"),
        "written": view.say("已写", "written"),
    }
    severities = SEVERITIES[view.lang]
    for (row, identifier), every in _by_product(listings):
        found: dict[tuple[str, ...], tuple[dict[str, None], dict[str, None]]] = {}

        def note(listing: Record, where: str, *told: str, found: dict[Any, Any] = found) -> None:
            platforms, fields = found.setdefault(told, ({}, {}))
            platforms[listing["platform"]] = None
            if where:
                fields[where] = None

        for listing in every:
            if listing["error"]:
                note(listing, "", states["refused"], severities["error"], listing["error"], "", "", "")
            state = states["blocked" if listing["blocked"] else "written"]
            for finding in listing["findings"]:
                note(
                    listing,
                    _header(view, listing["platform"], finding["field"]),
                    state,
                    severities[finding["severity"]],
                    finding["message"],
                    finding["why"],
                    finding["source"],
                    "；".join(finding["suggestions"]),
                )
            twin = twins.get((listing["platform"], listing["row"]))
            if twin and not listing["error"]:
                note(listing, "", state, severities["warning"], twin, "", "", "")
        for (state, *told), (platforms, fields) in found.items():
            yield [row, identifier, _names(platforms, view), state, "、".join(fields), *told]


def _by_product(listings: Iterable[Record]) -> Iterator[tuple[tuple[int, str], list[Record]]]:
    """Yield the listings of each product together, as they come."""
    for key, group in itertools.groupby(listings, key=lambda listing: (listing["row"], listing["id"])):
        yield key, list(group)


def _names(platforms: Iterable[str], view: View) -> str:
    """Return the names of platforms; all of them are called so."""
    names = [view.name(platform) for platform in platforms]
    return view.say("全部", "all") if len(names) == len(view.platforms) > 2 else "、".join(names)


def _header(view: View, platform: str, field_id: str) -> str:
    for each in view.platforms:
        if each.id == platform:
            return each.columns.get(field_id, view.say("标题", "title") if field_id == "title" else field_id)
    return field_id


def dropped_headers(view: View) -> list[str]:
    """Return the headers of the sheet of words that titles lack."""
    if view.lang == "en":
        return ["row", "id", "platform", "keyword", "why it is not in"]
    return ["第几行", "货号", "平台", "没用上的词", "为什么"]


def dropped_rows(listings: Iterable[Record], view: View) -> Iterator[list[object]]:
    """Yield a row a word that a product's titles lack, with the reason; platforms with the same one share it."""
    for (row, identifier), every in _by_product(listings):
        found: dict[tuple[str, str], list[str]] = {}
        for listing in every:
            for dropped in listing["dropped"]:
                found.setdefault((dropped["keyword"], dropped["reason"]), []).append(listing["platform"])
        for (keyword, reason), platforms in found.items():
            yield [row, identifier, _names(dict.fromkeys(platforms), view), keyword, reason]


def change_headers(view: View) -> list[str]:
    """Return the headers of the sheet that holds old and new titles side by side."""
    if view.lang == "en":
        return ["row", "id", "platform", "old title", "new title", "taken out", "put in", "kept", "search value found"]
    return ["第几行", "货号", "平台", "旧标题", "新标题", "去掉", "加上", "保留", "搜索价值用上"]


def change_rows(listings: Iterable[Record], view: View) -> Iterator[list[object]]:
    """Yield a row a title that replaces one in use; platforms with the same title share it."""
    for (row, identifier), every in _by_product(listings):
        found: dict[str, list[Record]] = {}
        for listing in every:
            if listing.get("old_title") and listing["title"]:
                found.setdefault(listing["title"], []).append(listing)
        for title, same in found.items():
            first = same[0]
            yield [
                row,
                identifier,
                _names([listing["platform"] for listing in same], view),
                first["old_title"],
                title,
                "、".join(first["removed"]),
                "、".join(first["added"]),
                "、".join(first["kept"]),
                _share(first),
            ]


def test_headers(view: View) -> list[str]:
    """Return the headers of the sheet of titles to test."""
    if view.lang == "en":
        return [
            "row",
            "id",
            "platform",
            "number",
            "title",
            "tracking code",
            "length",
            "search value",
            "words of its own",
        ]
    return ["第几行", "货号", "平台", "第几条", "标题", "追踪码", "字数", "搜索价值", "别的标题没有的词"]


def test_rows(listings: Iterable[Record], view: View) -> Iterator[list[object]]:
    """Yield a row a title to test, the one to use first; codes tell their results apart."""
    for listing in listings:
        others = listing.get("alternatives") or ()
        if not others:
            continue
        every = [listing, *others]
        for number, title in enumerate(every, 1):
            rest = {word for other in every if other is not title for word in other["words"]}
            own = [word for word in title["words"] if word not in rest]
            length = title["length"]
            yield [
                listing["row"],
                listing["id"],
                view.name(listing["platform"]),
                number,
                title["title"],
                title["code"],
                f"{length['used']}/{length['limit']}",
                title["worth"],
                "、".join(own),
            ]


def field_headers(view: View) -> list[str]:
    """Return the headers of the sheet that tells what the columns are."""
    if view.lang == "en":
        return ["platform", "column", "whose name", "limit", "where the limit is from"]
    return ["平台", "列名", "列名是谁的", "上限", "上限从哪来"]


def field_rows(view: View) -> Iterator[list[object]]:
    """Yield a row a column: whether the platform itself calls it so, and from where its limit is known."""
    for platform in view.platforms:
        for about in platform.about:
            yield [platform.name, *about]


def _share(listing: Record) -> str:
    return f"{100 * listing['worth'] / listing['possible']:.0f}%" if listing.get("possible") else ""


def summary_headers(view: View) -> list[str]:
    """Return the headers of the summary page; its sections have headings of their own."""
    return [view.say("汇总", "summary"), view.say("数", "count"), "", "", ""]


def summary_rows(summary: Summary, view: View) -> Iterator[list[object]]:
    """Yield the summary page: counts, the ten worst, what to add, what competes, last the words of the shop."""
    say = view.say
    yield [say("商品", "products"), summary.entries]
    yield [say("写好", "written"), summary.written]
    yield [say("挡下（有错误，没进上传页）", "blocked (errors; not on the sheets to upload)"), summary.blocked]
    yield [say("没写（行本身有问题）", "not written (something is wrong with the row)"), summary.refused]
    yield [say("有提醒（上传页里写在旁边）", "with warnings (beside them on the sheets to upload)"), summary.warned]
    if summary.twins:
        yield [say("几乎一样的标题", "titles that say nearly the same"), summary.twins]
    if summary.unproved:
        yield [say("没能证明是最好的（词太多）", "not proved to be the best (too many words)"), summary.unproved]
    yield []
    yield _headings(say("平台", "platform"), say("写好", "written"), say("挡下", "blocked"))
    for platform in view.platforms:
        counts = summary.by_platform
        note = say(
            f"没有查到官方标题上限，按 {platform.limit} 写", f"no official limit was found, {platform.limit} is used"
        )
        row = [platform.name, counts.get((platform.id, "written"), 0), counts.get((platform.id, "blocked"), 0)]
        yield [*row, note] if platform.guessed else list(row)
    for section in (_worst_rows, _missing_rows, _contested_rows, _core_rows):
        rows = list(section(summary, view))
        if rows:
            yield []
            yield from rows


def _headings(*names: str) -> list[object]:
    return [Heading(name) for name in names]


def _worst_rows(summary: Summary, view: View) -> Iterator[list[object]]:
    if not summary.worst:
        return
    say = view.say
    yield _headings(say("最该看的十个：能用的搜索价值用上得最少", "ten to look at: the smallest share of search value"))
    yield _headings(
        say("货号", "id"), say("第几行", "row"), say("用上", "share"), say("标题", "title"), say("平台", "platform")
    )
    for share, row, identifier, platforms, title in summary.worst:
        yield [identifier, row, f"{100 * share:.0f}%", title, _names(platforms, view)]


def _missing_rows(summary: Summary, view: View) -> Iterator[list[object]]:
    if summary.missing:
        say = view.say
        yield _headings(say("补上这些，能多用上词", "say this in the table, and more words can be used"))
        yield _headings(say("表里没写", "not stated"), say("商品数", "products"), "", say("比如搜索词", "a keyword"))
        yield from ([word, count, "", keyword] for word, count, keyword in summary.missing)


def _contested_rows(summary: Summary, view: View) -> Iterator[list[object]]:
    if summary.contested:
        say = view.say
        yield _headings(say("抢同一个词的商品", "products that compete for a word"))
        yield _headings(say("词", "word"), say("商品数", "products"))
        yield from ([word, count] for word, count in summary.contested)


def _core_rows(summary: Summary, view: View) -> Iterator[list[object]]:
    if summary.core:
        say = view.say
        there = sum(count > 0 for _, count in summary.core)
        yield _headings(
            say(
                f"店里最值钱的词：前 {len(summary.core)} 个里 {there} 个进了标题",
                f"the shop's heaviest words: {there} of the first {len(summary.core)} stand in titles",
            )
        )
        yield _headings(say("词", "word"), say("商品数", "products"), say("搜索价值", "worth"))
        yield from ([word, count, round(weight, 1)] for (word, weight), count in summary.core)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run has come to, as the summary page tells it; pairs and tuples are in the order of its columns."""

    entries: int
    written: int
    blocked: int
    refused: int
    warned: int
    unproved: int
    by_platform: Mapping[tuple[str, str], int]
    core: Sequence[tuple[tuple[str, float], int]]
    contested: Sequence[tuple[str, int]]
    missing: Sequence[tuple[str, int, str]]
    worst: Sequence[tuple[float, int, str, Sequence[str], str]]
    twins: int
    made: int = 0


def closing(summary: Summary, view: View, seconds: float) -> str:
    """Return what is said at the end: how much was written, which words are in use."""
    say = view.say
    parts = [say(f"写好 {summary.written:,} 条", f"{summary.written:,} written")]
    if summary.blocked:
        parts.append(say(f"挡下 {summary.blocked:,} 条", f"{summary.blocked:,} blocked"))
    if summary.refused:
        parts.append(say(f"没写 {summary.refused:,} 条", f"{summary.refused:,} not written"))
    if summary.warned:
        parts.append(say(f"有提醒 {summary.warned:,} 条", f"{summary.warned:,} with warnings"))
    lines = [" · ".join(parts) + say(f"，用时 {seconds:.1f} 秒", f", in {seconds:.1f} s")]
    if summary.core:
        there = sum(count > 0 for _, count in summary.core)
        line = say(
            f"词用上了多少：前 {len(summary.core)} 个核心词里 {there} 个进了标题",
            f"words in use: {there} of the first {len(summary.core)} stand in titles",
        )
        if summary.contested:
            word, count = summary.contested[0]
            line += say(f"；“{word}”有 {count:,} 个商品在争", f"; {count:,} products compete for '{word}'")
        lines.append(line)
    if summary.missing:
        word, count, _ = summary.missing[0]
        lines.append(
            say(
                f"补上“{word}”这样没写的属性，{count:,} 个商品能多用上词",
                f"{count:,} products could carry more words if the table said whether they are '{word}'",
            )
        )
    return "\n".join(lines)


def troubles(listings: Iterable[Record], view: View, most: int) -> tuple[list[str], int]:
    """Return lines for the first products that were blocked or refused, a line a product, and how many there are."""
    lines: list[str] = []
    rows: dict[int, None] = {}
    for listing in listings:
        if not (listing["error"] or listing["blocked"]) or listing["row"] in rows:
            continue
        rows[listing["row"]] = None
        if len(lines) >= most:
            continue
        if listing["error"]:
            told = listing["error"]
        else:
            worst = next(finding for finding in listing["findings"] if finding["severity"] == "error")
            source = f"（{worst['source']}）" if worst["source"] else ""
            where = _header(view, listing["platform"], worst["field"])
            told = f"{where}：{worst['message']}{source}"
        place = view.say(f"第 {listing['row']:,} 行", f"row {listing['row']:,}")
        text = told if place in told else f"{place}  {told}"
        lines += ["  " + line for line in wrapped(text, max(view.terminal.width - 2, 20))]
    return lines, len(rows)


def listing_table(listings: Sequence[Record], view: View) -> str:
    """Return titles as a table for a screen: platform, length, share of search value, title."""
    rows = [
        [view.say("平台", "platform"), view.say("字数", "length"), view.say("用上", "share"), view.say("标题", "title")]
    ]
    for listing in listings:
        length = listing["length"]
        used = f"{length['used']}/{length['limit']}" if length else ""
        rows.append([view.name(listing["platform"]), used, _share(listing), listing["title"] or str(listing["error"])])
    room = max(view.terminal.width - 30, 20)
    shown = [[*row[:3], _clipped(row[3], room)] for row in rows]
    return "\n".join(columns(shown))


def _clipped(text: str, width: int) -> str:
    while display_width(text) > width:
        text = text[:-2] + "…"
    return text


def columns_line(found: Mapping[str, str], attributes: Sequence[str], unused: Sequence[str], view: View) -> str:
    """Return which columns were taken for what: 货号→id  品名→product."""
    pairs = "  ".join(f"{header}→{role}" for role, header in found.items())
    text = view.say("列认出来了：", "columns: ") + pairs
    if attributes:
        text += "  " + view.say("属性：", "attributes: ") + "、".join(attributes)
    if unused:
        text += "  " + view.say("没用上：", "not used: ") + "、".join(unused[:8])
    return "\n".join(wrapped(text, view.terminal.width))
