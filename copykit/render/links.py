"""Links and what became of them, as people read it and as machines do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from copykit.model import LinkCheck, LinkReason, Sign
from copykit.render.terminal import Bilingual, Style, Terminal, wrapped
from copykit.render.web import outcome_words
from copykit.text.measure import display_width

# In the order in which they are told: what has to be acted on first.
STATES = {
    "lost": ("没了", "lost"),
    "changed": ("变了", "changed"),
    "nofollow": ("不算数", "not counted"),
    "unreachable": ("没查成", "unreachable"),
    "ok": ("还在", "there"),
}
_STYLES: Mapping[str, Style] = {
    "lost": "bad",
    "changed": "cost",
    "nofollow": "cost",
    "unreachable": "cost",
    "ok": "good",
}
REASONS = {
    "page_gone": ("整个页面没有了（{now}）", "the whole page is gone ({now})"),
    "unreachable_long": ("从 {before} 起 {now} 次都打不开，按没了算", "could not be opened {now} times since {before}"),
    "page_says_gone": ("页面打得开，写着“{now}”", "the page opens and says '{now}'"),
    "moved_home": ("页面没有了，跳到了首页 {now}", "the page is gone and sends to {now}"),
    "no_link": ("页面还在，链接没有了", "the page is there, the link is not"),
    "only_in_comment": ("只剩在网页注释里，读者看不见", "only in a comment of the page's source"),
    "only_in_text": ("只剩地址的文字，不是链接", "only the text of the address, no link"),
    "target": ("没有指向 {before}，指到了 {now}", "leads to {now}, not to {before}"),
    "no_words": ("页面还在，没找到“{before}”", "the page is there, '{before}' is not on it"),
    "anchor": ("链接文字是“{now}”，原来是“{before}”", "its words are '{now}', they were '{before}'"),
    "part": ("从{before}挪到了{now}", "moved from {before} to {now}"),
    "unseen": ("藏起来了，读者看不见", "hidden from readers"),
    "page_moved": ("页面搬到了 {now}", "the page moved to {now}"),
    "rel": ("带着 {now}，搜索引擎不算", "carries {now}; search engines do not count it"),
    "rel_new": ("新加了 {now}，搜索引擎不再算", "now carries {now}; search engines no longer count it"),
    "robots": ("页面写着 {now}，搜索引擎不收这页", "the page says {now}"),
    "jump": ("先经过对方的跳转页，搜索引擎不算", "leads through a page of theirs"),
    "back": ("又有了（{before} 起查不到）", "back again (missing since {before})"),
    "canonical": ("这页告诉搜索引擎，正主是 {now}", "the page names {now} as the original"),
    "farm": ("像链接养殖场", "looks like a link farm"),
    "unrelated": ("页面和我们没什么关系（我们的词有 {now} 个）", "has little to do with us ({now} of our words)"),
}
SHOWN, SHOWN_NAMES = 30, 8  # entries of a state, names in a line
CELLS = (
    ("站名", "site"),
    ("对方页面", "page"),
    ("我们的链接", "link"),
    ("状态", "state"),
    ("说明", "why"),
    ("链接文字", "anchor"),
    ("位置", "position"),
    ("rel", "rel"),
    ("前后文", "context"),
    ("状态码", "status"),
    ("从哪天起", "since"),
    ("上次", "was"),
    ("相关度", "relevance"),
    ("查于", "checked at"),
)


@dataclass(frozen=True, slots=True)
class LinkView(Bilingual):
    """How links are shown: language, screen, and the names of the parts of a page."""

    lang: str = "zh"
    terminal: Terminal = field(default_factory=Terminal)
    parts: Mapping[str, str] = field(default_factory=dict)

    def state(self, state: str) -> str:
        """Return what a state is called."""
        return self.say(*STATES[state])

    def part(self, part: str) -> str:
        """Return what a part of a page is called."""
        return self.parts.get(part, part)

    def reason(self, reason: LinkReason, farm: Sequence[Sign] = ()) -> str:
        """Return a reason as a sentence."""
        if reason.code == "outcome":
            return outcome_words(reason.now, self.lang)
        before, now = reason.before, reason.now
        if reason.code == "part":
            before, now = self.part(before), self.part(now)
        told = self.say(*REASONS[reason.code]).format(before=_short(before), now=_short(now))
        if reason.code == "farm":
            told += self.say("：", ": ") + self.say("，", ", ").join(self._sign(sign) for sign in farm)
        return told

    def why(self, check: LinkCheck) -> str:
        """Return all reasons of a check."""
        farm = check.reading.farm if check.reading is not None else ()
        return self.say("；", "; ").join(self.reason(reason, farm) for reason in check.reasons)

    def _sign(self, sign: Sign) -> str:
        value = f"{sign.value:g}"
        return f"{sign.zh.format(value=value)}（{sign.why}）" if self.lang == "zh" else sign.en.format(value=value)


def link_json(check: LinkCheck) -> dict[str, Any]:
    """Return a check's JSON."""
    reading, placed = check.reading, check.placed
    return {
        "page": placed.page,
        "link": placed.link,
        "state": check.state,
        "anchor": reading.anchor if reading else "",
        "rel": " ".join(reading.rel) if reading else "",
        "status": check.status or None,
        "checked_at": check.checked_at,
        "name": placed.name,
        "kind": placed.kind,
        "outcome": check.outcome,
        "since": check.since,
        "was": check.was or None,
        "reasons": [
            {"code": reason.code, "before": reason.before, "now": reason.now, "message": LinkView().reason(reason)}
            for reason in check.reasons
        ],
        "target": reading.target if reading else "",
        "position": reading.part if reading else "",
        "context": {"before": reading.before, "behind": reading.behind} if reading else None,
        "jump": reading.jump if reading else False,
        "hidden": reading.unseen if reading else False,
        "noindex": bool(reading and {"noindex", "none"} & set(reading.robots)),
        "relevance": reading.relevance if reading else None,
        "related": list(reading.related) if reading and reading.related is not None else None,
        "farm": [sign._asdict() for sign in reading.farm] if reading else [],
    }


def links_text(checks: Sequence[LinkCheck], view: LinkView, whole: bool = False) -> str:
    """Return checks as a page: how many are there, then what has to be acted on, each with its reason."""
    say, terminal = view.say, view.terminal
    lines = [terminal.paint(summary(checks, view), "strong")]
    for state in STATES:
        found = [check for check in checks if check.state == state]
        shown = found if state != "ok" or whole else [check for check in found if _is_remarkable(check)]
        if not shown:
            continue
        lines += ["", terminal.paint(view.state(state), _STYLES.get(state, "cost"))]
        for check in shown if whole else shown[:SHOWN]:
            lines += _entry(check, view)
        if len(shown) > SHOWN and not whole:
            zh = f"  还有 {len(shown) - SHOWN:,} 条：--all 全列，-o 链接.xlsx 写成表"
            lines.append(say(zh, f"  and {len(shown) - SHOWN:,} more: --all, or -o links.xlsx"))
    quiet = sum(check.state == "ok" and not _is_remarkable(check) for check in checks)
    if quiet and not whole:
        told = say(f"照旧的 {quiet:,} 条没列（--all 全列）", f"{quiet:,} links that are as they should be: --all")
        lines += ["", terminal.paint(told, "quiet")]
    strangers = [check for check in checks if any(reason.code == "unrelated" for reason in check.reasons)]
    if strangers:
        names = list(dict.fromkeys(check.placed.name or check.placed.page for check in strangers))
        told = say("、", ", ").join(names[:SHOWN_NAMES]) + ("…" if len(names) > SHOWN_NAMES else "")
        zh, en = f"和我们没什么关系的 {len(strangers):,} 条：", f"{len(strangers):,} that have little to do with us: "
        lines += ["", *_wrapped("", say(zh, en) + told, view)]
    if any(check.state == "lost" for check in checks):
        zh, en = "没了的先问站长：是改版漏了，还是撤了；撤了的，自己那边也撤", "lost: ask the site's owner first"
        lines += ["", say(zh, en)]
    return "\n".join(lines)


def summary(checks: Sequence[LinkCheck], view: LinkView) -> str:
    """Return how many links are in each state."""
    counts = Counter(check.state for check in checks)
    told = " · ".join(f"{view.state(state)} {counts[state]}" for state in reversed(STATES) if counts[state])
    pages = len({check.placed.page for check in checks})
    head = view.say(f"{len(checks):,} 条链接、{pages:,} 个页面：", f"{len(checks):,} links on {pages:,} pages: ")
    return head + told


def _is_remarkable(check: LinkCheck) -> bool:
    """Return whether a link that is there is worth a line of its own."""
    return any(reason.code != "unrelated" for reason in check.reasons)


def _entry(check: LinkCheck, view: LinkView) -> list[str]:
    placed = check.placed
    lead = f"  {placed.name}  " if placed.name else "  "
    lines = [view.terminal.safe(line) for line in _wrapped(lead, placed.page, view)]
    # What has little to do with us is told in one line for all of them.
    told = view.why(replace(check, reasons=tuple(each for each in check.reasons if each.code != "unrelated")))
    if check.was and check.was != check.state and check.state != "ok":
        told += view.say(f"（上次{view.state(check.was)}）", f" (was {view.state(check.was)})")
    elif check.was == check.state and check.state != "ok":
        told += view.say(f"（{check.since} 起）", f" (since {check.since})")
    if told:
        lines += _wrapped("      ", told, view)
    reading = check.reading
    if reading is not None and reading.anchor and check.state != "ok":
        shown = f"{view.part(reading.part)} · {reading.before}【{reading.anchor}】{reading.behind}"
        lines += [view.terminal.paint(line, "quiet") for line in _wrapped("      ", shown, view)]
    return lines


def link_headers(view: LinkView) -> list[str]:
    """Return the names of the cells of :func:`link_rows`."""
    return [view.say(*cell) for cell in CELLS]


def link_rows(checks: Sequence[LinkCheck], view: LinkView) -> Iterator[list[object]]:
    """Yield checks as cells."""
    for check in checks:
        reading, placed = check.reading, check.placed
        context = f"{reading.before}【{reading.anchor}】{reading.behind}" if reading and reading.anchor else ""
        yield [
            placed.name,
            placed.page,
            placed.link,
            view.state(check.state),
            view.why(check),
            reading.anchor if reading else "",
            view.part(reading.part) if reading and reading.part else "",
            " ".join(reading.rel) if reading else "",
            context,
            check.status or "",
            check.since,
            view.state(check.was) if check.was else "",
            reading.relevance if reading and reading.relevance is not None else "",
            check.checked_at,
        ]


def links_markdown(checks: Sequence[LinkCheck], view: LinkView) -> Iterator[str]:
    """Yield checks as the lines of a Markdown page."""
    say = view.say
    yield f"# {say('链接还在不在', 'Links')}"
    yield ""
    yield summary(checks, view)
    for state in STATES:
        found = [check for check in checks if check.state == state]
        if not found:
            continue
        yield ""
        yield f"## {view.state(state)}（{len(found)}）"
        yield ""
        yield say("| 站 | 页面 | 链接文字 | 说明 |", "| site | page | words | why |")
        yield "|---|---|---|---|"
        for check in found:
            anchor = check.reading.anchor if check.reading else ""
            cells = [check.placed.name, f"<{check.placed.page}>", anchor, view.why(check)]
            yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _wrapped(lead: str, text: str, view: LinkView) -> list[str]:
    first, *rest = wrapped(view.terminal.safe(text), max(view.terminal.width - display_width(lead), 20))
    return [lead + first, *((" " * 6 if lead else "") + line for line in rest)]


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "…"
