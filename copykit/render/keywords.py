"""Keywords for people and for machines: tables with the evidence beside each word, JSON, Markdown, cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from copykit.model import Context, Keyword, TextKeyword
from copykit.render.terminal import Bilingual, Terminal, columns
from copykit.tables import json_bytes
from copykit.text.measure import display_width, pad

FACTORS = {
    "base": ("随便一个词都有", "any word here"),
    "frequency": ("常见", "frequent"),
    "spread": ("分布广", "widespread"),
    "position": ("位置前", "up front"),
    "cohesion": ("成词", "holds together"),
    "rarity": ("别处少见", "rare elsewhere"),
    "wording": ("像关键词", "wording"),
    "searched": ("买家在搜", "searched"),
    "metrics": ("带来的数据", "figures"),
    "nested": ("多在长词里", "inside longer ones"),
    "variety": ("左右多变", "free neighbours"),
    "aligned": ("边界整齐", "clean edges"),
    "compound": ("由常用词拼成", "made of known words"),
}
ROLES = {
    "orders": ("订单", "orders"),
    "revenue": ("成交额", "revenue"),
    "buyers": ("买家", "buyers"),
    "clicks": ("点击", "clicks"),
    "visitors": ("访客", "visitors"),
    "search_index": ("搜索人气", "search index"),
    "click_index": ("点击人气", "click index"),
    "impressions": ("展现", "impressions"),
    "interactions": ("互动", "interactions"),
    "likes": ("点赞", "likes"),
    "comments": ("评论", "comments"),
    "collects": ("收藏", "collects"),
    "shares": ("分享", "shares"),
    "cost": ("花费", "cost"),
    "searches": ("搜索次数", "searches"),
    "mobile_search_index": ("移动搜索人气", "mobile search index"),
    "conversion_rate": ("支付转化率", "conversion rate"),
    "click_rate": ("点击率", "click rate"),
    "search_rank": ("搜索排名", "search rank"),
    "supply": ("在线商品数", "goods on offer"),
    "click_cost": ("平均点击花费", "cost a click"),
}
SHOWN_FACTORS = 3


@dataclass(frozen=True, slots=True)
class KeywordView(Bilingual):
    """How keywords are shown: language, terminal, and whether every factor is told."""

    lang: str
    terminal: Terminal
    explain: bool = False

    def factor(self, name: str) -> str:
        """Return what a factor is called."""
        return self.say(*FACTORS.get(name, (name, name)))

    def role(self, name: str) -> str:
        """Return what a figure is called."""
        return self.say(*ROLES.get(name, (name, name.replace("_", " "))))


def keywords_table(keywords: Sequence[Keyword], view: KeywordView) -> str:
    """Return keywords as aligned lines: word, weight, evidence."""
    if not keywords:
        return view.say("没有找到关键词", "no keywords were found")
    told = [_shares(word, view) for word in keywords]
    needed = LEAST_TOLD if any(told) else 0
    # Figures for which there is no room stand in files.
    for figures in (3, 2, 1, 0):
        rows = _evidence(keywords, figures_of(keywords)[:figures], view)
        lines, left = _aligned(rows)
        if left + needed <= view.terminal.width:
            break
    if any(told):
        head = view.say("主要因为", "mainly because") if not view.explain else view.say("依据", "factors")
        lines = _with_told(lines, left, [[head], *told], view)
    return "\n".join(view.terminal.safe(line.rstrip()) for line in lines)


def figures_of(keywords: Iterable[Keyword]) -> list[str]:
    """Return the figures that any of the keywords has, in their order."""
    longest = max((list(word.metrics) for word in keywords), key=len, default=[])
    return list(dict.fromkeys([*longest, *(role for word in keywords for role in word.metrics)]))


LEAST_TOLD = 14  # cells for why a word stands where it does, about one factor


def _evidence(keywords: Sequence[Keyword], roles: Sequence[str], view: KeywordView) -> list[list[str]]:
    say = view.say
    head = [say("词", "keyword"), say("权重", "weight"), say("次数", "count"), say("篇数", "texts")]
    rows = [[*head, *map(view.role, roles)]]
    for word in keywords:
        figures = [f"{word.metrics[role]:,.0f}" if role in word.metrics else "" for role in roles]
        rows.append([word.text, f"{word.weight:.1f}", f"{word.count:,}", f"{word.documents:,}", *figures])
    return rows


def _with_told(lines: Sequence[str], left: int, told: Sequence[Sequence[str]], view: KeywordView) -> list[str]:
    """Return the lines with what is told of each behind them, as much as fits; all of it where that is asked for."""
    room = max(view.terminal.width - left, LEAST_TOLD)
    if not view.explain:
        return [line + _packed(parts, room)[0] for line, parts in zip(lines, told, strict=True)]
    shown = []
    for line, parts in zip(lines, told, strict=True):
        packed = _packed(parts, room)
        if room >= 2 * LEAST_TOLD or len(packed) == 1:
            shown += [f"{' ' * left if number else line}{part}" for number, part in enumerate(packed)]
        else:
            shown += [line, *(f"    {part}" for part in _packed(parts, view.terminal.width - 4))]
    return shown


def _aligned(rows: Sequence[Sequence[str]]) -> tuple[list[str], int]:
    """Return rows as lines of one width, with room before what comes next, and that width."""
    lines = columns(rows)
    left = max(map(display_width, lines)) + 2
    return [pad(line, left) for line in lines], left


def _packed(parts: Sequence[str], width: int) -> list[str]:
    """Return the parts on lines of a width, one at least on each."""
    lines: list[str] = []
    for part in parts:
        if lines and display_width(f"{lines[-1]} {part}") <= width:
            lines[-1] += f" {part}"
        else:
            lines.append(part)
    return lines or [""]


def new_words_table(found: Sequence[Keyword], view: KeywordView) -> str:
    """Return discovered words as aligned lines: word, counts, and a place where it stands."""
    if not found:
        return view.say("没有发现新词", "no new words were found")
    say = view.say
    rows = [
        [
            say("新词", "new word"),
            say("次数", "count"),
            say("篇数", "texts"),
            say("像词", "score"),
            say("出处", "context"),
        ]
    ]
    rows += [[word.text, f"{word.count:,}", f"{word.documents:,}", f"{word.weight:.1f}"] for word in found]
    lines, left = _aligned([row[:4] for row in rows])
    if view.explain:
        lines = _with_told(lines, left, [[say("依据", "factors")], *(_shares(word, view) for word in found)], view)
    else:
        room = max(view.terminal.width - left, LEAST_TOLD)
        places = (_cropped(word.contexts[0], room) if word.contexts else "" for word in found)
        lines = [line + told for line, told in zip(lines, (rows[0][-1], *places), strict=True)]
    return "\n".join(view.terminal.safe(line.rstrip()) for line in lines)


def _cropped(context: Context, width: int) -> str:
    """Return what is around a word as far as there is room, both sides alike."""
    begin, end = 0, len(context.text)
    while display_width(context.text[begin:end]) > width and (begin < context.start or end > context.end):
        if context.start - begin >= end - context.end:
            begin += 1
        else:
            end -= 1
    return context.text[begin:end].strip()


def _shares(word: Keyword, view: KeywordView) -> list[str]:
    """Return the largest shares of the weight, all of them where they are asked for; costs always."""
    shares = sorted(word.factors.items(), key=lambda item: -item[1])
    gains = [(name, share) for name, share in shares if share >= 0.05]
    costs = [(name, share) for name, share in shares if share <= -0.5]
    shown = [*(gains if view.explain else gains[:SHOWN_FACTORS]), *costs]
    return [f"{view.factor(name)}{'' if view.lang == 'zh' else ' '}{share:.0f}" for name, share in shown]


def keyword_json(word: Keyword, view: KeywordView) -> dict[str, Any]:
    """Return a keyword as others build on it."""
    value: dict[str, Any] = {
        "keyword": word.text,
        "weight": word.weight,
        "count": word.count,
        "documents": word.documents,
        "rank": word.rank,
    }
    if word.metrics:
        value["metrics"] = dict(word.metrics)
    if word.variants:
        value["variants"] = list(word.variants)
    if word.turned:
        value["turned"] = [{"keyword": text, "count": count} for text, count in word.turned]
    if view.explain:
        value["factors"] = dict(word.factors)
    if word.contexts:
        value["contexts"] = [context._asdict() for context in word.contexts]
    return value


def keyword_cells(keywords: Iterable[Keyword], view: KeywordView) -> tuple[list[str], Iterator[list[object]]]:
    """Return the headers of a sheet of keywords and its rows."""
    every = list(keywords)
    first = every[0] if every else None
    roles = figures_of(every)
    factors = [name for name in FACTORS if first is not None and name in first.factors] if view.explain else []
    say = view.say
    head = [
        say("名次", "rank"),
        say("词", "keyword"),
        say("权重", "weight"),
        say("次数", "count"),
        say("篇数", "documents"),
    ]
    last = say("出处", "context") if first is not None and first.contexts else say("别的写法", "variants")
    headers = [*head, *map(view.role, roles), *map(view.factor, factors), last]

    def rows() -> Iterator[list[object]]:
        for word in every:
            turned = (say(f"{text}（{count:,} 次）", f"{text} ({count:,})") for text, count in word.turned)
            others = [*word.variants, *turned]
            yield [
                *(word.rank, word.text, word.weight, word.count, word.documents),
                *(word.metrics.get(role) for role in roles),
                *(word.factors.get(name, 0) for name in factors),
                " | ".join(context.text for context in word.contexts) or say("、", ", ").join(others),
            ]

    return headers, rows()


def keywords_markdown(keywords: Iterable[Keyword], view: KeywordView) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    headers, rows = keyword_cells(keywords, view)
    yield "| " + " | ".join(headers) + " |"
    yield "|" + " --- |" * len(headers)
    for row in rows:
        yield "| " + " | ".join("" if cell is None else str(cell).replace("|", "\\|") for cell in row) + " |"


def text_keywords_json(view: KeywordView, name: str, _title: str, _text: str, keywords: Sequence[TextKeyword]) -> bytes:
    """Return the keywords of one text as others build on them."""
    words = []
    for word in keywords:
        value: dict[str, Any] = {"keyword": word.text, "weight": round(word.weight, 4)}
        if view.explain:
            value["factors"] = dict(word.factors)
            value |= {"count": word.times, "start": word.start, "end": word.end}
        words.append(value)
    return json_bytes({"id": name, "keywords": words})


def text_keywords_row(
    view: KeywordView, name: str, title: str, text: str, keywords: Sequence[TextKeyword]
) -> list[object]:
    """Return a text's id, its beginning, and its keywords: on one line, or a line each with their shares."""
    begin = " ".join((title or text[:60]).split())[:40]
    if not view.explain:
        return [name, begin, view.say("、", ", ").join(word.text for word in keywords)]
    lines = (f"{word.text}  {word.weight:.1%}  {_text_because(word.factors, view)}" for word in keywords)
    return [name, begin, "\n".join(lines)]


def _text_because(factors: Mapping[str, float], view: KeywordView) -> str:
    shares = sorted(factors.items(), key=lambda item: -item[1])
    return " ".join(f"{view.factor(name)} {100 * share:+.1f}" for name, share in shares if abs(share) >= 0.0005)
