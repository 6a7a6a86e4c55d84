"""Put a report together: the sentences that matter first, the words that changed, and all that stands beside them."""

from __future__ import annotations

import dataclasses
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from copykit._version import __version__
from copykit.model import Example, LinkRow, PlanLine, Report, SourceRow, TitleRow, WordRow, YearPart
from copykit.render.report.words import MARKS, against_the_rest, change, measure, number
from copykit.reports.basis import Basis, listed, sentence
from copykit.reports.gather import Gathered
from copykit.reports.parts import OwnTitles
from copykit.reports.period import Period, between
from copykit.reports.settings import ReportSettings
from copykit.reports.snapshot import Snapshot
from copykit.reports.words import Changes, with_last_year

NAMED = 3  # words that a sentence names
WITH_COMMANDS = 3  # words of a state that get a ready command


class Earlier(NamedTuple):
    """What a period is compared with: the period before, and the same weeks last year with those before them.

    ``labels`` name the periods of the words' figures, oldest first, the one reported last. ``basis``: which sources
    the period and the one before share.
    """

    before: Snapshot | None
    labels: Sequence[str]
    last_made: Period | None = None
    year_ago: Snapshot | None = None
    year_ago_before: Snapshot | None = None
    basis: Basis = Basis()


class Extent(NamedTuple):
    """The words with the largest figures, and all of a period's and of the one before where both are of the same."""

    top: tuple[WordRow, ...]
    whole: float | None
    was: float | None


class Beside(NamedTuple):
    """What is asked for beside the words; None where it is not.

    ``links_told`` says how many links were looked at; ``keywords`` are those of the brief.
    """

    titles: tuple[TitleRow, ...] | None = None
    own_titles: OwnTitles | None = None
    links: tuple[LinkRow, ...] | None = None
    links_told: str = ""
    plan: tuple[PlanLine, ...] | None = None
    due: tuple[tuple[str, str], ...] = ()
    keywords: tuple[str, ...] | None = None


def build(
    settings: ReportSettings,
    period: Period,
    made_on: str,
    gathered: Gathered,
    found: Changes,
    earlier: Earlier,
    beside: Beside,
    examples: Mapping[str, Sequence[Example]],
    extent: Extent,
    notes: Sequence[str] = (),
    year: YearPart | None = None,
) -> Report:
    """Return the report of a period."""
    zh = settings.lang == "zh"
    before = earlier.before

    def of_last_year(rows: Sequence[WordRow]) -> Sequence[WordRow]:
        if earlier.year_ago is None or earlier.year_ago.measure != gathered.measure:
            return rows
        return with_last_year(rows, earlier.year_ago, earlier.year_ago_before, settings.lang)

    words = {
        state: tuple(
            _told(row, place, examples, beside, settings.brief, settings.lang)
            for place, row in enumerate(of_last_year(rows))
        )
        for state, rows in found.words.items()
    }
    own = tuple(_told(row, WITH_COMMANDS, examples, Beside(), "", settings.lang) for row in of_last_year(found.own))
    unit = measure(gathered.measure, settings.lang)
    return Report(
        name=settings.name,
        period=period.label,
        days=period.say(settings.lang),
        made_on=made_on,
        measure=unit,
        lead=tuple(_lead(words, own, gathered, earlier, beside, extent, unit, settings.lang)),
        words=words,
        own=own,
        periods=tuple(earlier.labels),
        totals=tuple(_totals(gathered, beside, extent, unit, zh)),
        titles=beside.titles,
        links=beside.links,
        plan=beside.plan,
        due=beside.due,
        sources=tuple(_as_before(row, before, zh) for row in _shares(gathered, extent)),
        notes=(*notes, *_of_their_own(gathered, unit, settings.lang), *_missed(settings, period, earlier)),
        commands=(f"copykit report run {_typed(settings.path.name)} --period {period.label} --force",),
        year=year,
        top=extent.top,
        whole=_whole(extent, zh) if extent.whole else "",
    )


def _whole(extent: Extent, zh: bool) -> str:
    """Return the sum of a period, after that of the one before where the two are alike."""
    if not extent.was or not extent.whole:
        return number(extent.whole)
    share = (extent.whole / extent.was - 1) * 100
    p = MARKS["zh" if zh else "en"]
    told = f"{'+' if share >= 0 else '−'}{abs(share):.0f}%"
    return f"{number(extent.was)} → {number(extent.whole)}{p.open}{told}{p.shut}"


def _shares(gathered: Gathered, extent: Extent) -> Iterator[SourceRow]:
    """Yield the sources, each with what it gave and its part of all."""
    for row in gathered.sources:
        given = gathered.by_source.get(row.name)
        figure = sum(given.values()) if given is not None else extent.whole
        if extent.whole and figure is not None and row.name in gathered.by_source:
            row = row._replace(figure=figure, share=round(figure / extent.whole, 4))
        yield row


def _of_their_own(gathered: Gathered, unit: str, lang: str) -> Iterator[str]:
    """Yield which sources have another figure than the one that is compared."""
    for name, words, role in gathered.apart:
        if lang == "zh":
            has = f"只有{measure(role, lang)}，" if role else ""
            yield f"“{name}”的 {words:,} 条{has}没有{unit}，没有比；要比，给它另写一份报告"
        else:
            has = f"only {measure(role, lang)} and " if role else ""
            yield f"“{name}” has {has}no {unit}: its {words:,} words were not compared; give it a report of its own"


def _missed(settings: ReportSettings, period: Period, earlier: Earlier) -> Iterator[str]:
    """Yield which periods before a report were not made."""
    zh = settings.lang == "zh"
    last_made = earlier.last_made
    missed = between(last_made, period) if last_made is not None and last_made.start < period.start else []
    if missed:
        labels = ("、" if zh else ", ").join(each.label for each in missed[:6]) + ("……" if len(missed) > 6 else "")
        command = f"copykit report run {_typed(settings.path.name)} --period {missed[0].label}"
        yield f"漏了 {labels}，补跑：{command}" if zh else f"missed: {labels}; to make up: {command}"


def _totals(gathered: Gathered, beside: Beside, extent: Extent, unit: str, zh: bool) -> Iterator[tuple[str, str]]:
    """Yield how much the report stands on, each with what it is called."""
    yield "读了" if zh else "read", f"{gathered.documents:,} {'条' if zh else 'texts'}"
    yield "不同的词" if zh else "different words", f"{len(gathered.words):,}"
    yield "数的是" if zh else "figure", unit
    if extent.whole:
        yield "合计" if zh else "in all", _whole(extent, zh)
    yield "版本" if zh else "version", f"copykit {__version__}"
    if gathered.refused:
        yield "没读进来" if zh else "refused", f"{len(gathered.refused):,} {'处' if zh else ''}".strip()
    if beside.links_told:
        yield "查了外链" if zh else "links", beside.links_told


def _as_before(row: SourceRow, before: Snapshot | None, zh: bool) -> SourceRow:
    """Return a source with a word on whether it failed in the same way the last time."""
    if row.ok or before is None or f"{row.name}：{row.detail}" not in before.failed:
        return row
    return row._replace(detail=f"{row.detail}{'；上期也是' if zh else '; as the last time'}")


def _told(
    row: WordRow, place: int, examples: Mapping[str, Sequence[Example]], beside: Beside, brief: str, lang: str
) -> WordRow:
    """Return a word with where it stands, the titles that it touches, and what to do next."""
    commands: list[str] = []
    held: tuple[str, ...] = ()
    could: tuple[str, ...] = ()
    said = [row.note]
    risen = row.state in ("new", "rising")
    if beside.own_titles is not None and risen:
        touched = beside.own_titles.touched(row.keyword)
        held, could = touched.titles, touched.could
        if touched.held:
            said.append(f"{touched.held} 条标题已经写了" if lang == "zh" else f"in {touched.held} own titles already")
        if touched.open:
            zh = f"{touched.open} 条可以看看能不能加（真有这一点才加）"
            said.append(zh if lang == "zh" else f"{touched.open} more could have it, if it is true of them")
    if beside.keywords is not None and risen and place < WITH_COMMANDS:
        if any(row.keyword in word.casefold() for word in beside.keywords):
            commands.append(f"copykit titles suggest {_typed(brief)} --keyword {_typed(row.keyword)}")
        else:
            zh, en = (
                "资料的 keywords 里没有它：对得上商品就加进去，再出标题",
                "no keyword of the brief: add it if it fits",
            )
            said.append(zh if lang == "zh" else en)
    return dataclasses.replace(
        row,
        examples=tuple(examples.get(row.keyword, ())),
        titles=held,
        could=could,
        note=("；" if lang == "zh" else "; ").join(filter(None, said)),
        commands=tuple(commands),
    )


def _typed(word: str) -> str:
    """Return a word as one would type it: quotes only where the shell needs them."""
    return word if re.fullmatch(r"[\w@%+=:,./-]+", word) else shlex.quote(word)


def _lead(
    words: Mapping[str, Sequence[WordRow]],
    own: Sequence[WordRow],
    gathered: Gathered,
    earlier: Earlier,
    beside: Beside,
    extent: Extent,
    unit: str,
    lang: str,
) -> list[str]:
    """Return the three sentences that matter first."""
    zh = lang == "zh"
    before = earlier.before
    named = _unlike(gathered, earlier, unit, lang)
    lead = [named] if named else []
    if not gathered.documents:
        pass
    elif before is None:
        named = _named(extent, zh)
        lead.append(
            f"这是第一期，下一期开始才有涨跌；这期最多的是 {named or '（没有词）'}。"
            if zh
            else f"This is the first period; changes come with the next. Most frequent: {named or '(no words)'}."
        )
    elif before.measure == gathered.measure and earlier.basis.how in ("shared", "untold"):
        rising, new, falling = (words.get(state, ()) for state in ("rising", "new", "falling"))
        if rising:
            lead.append(_first(rising, unit, zh))
        if new:
            lead.append(_new(new, zh))
        gone = words.get("gone", ())
        if gone and _lost(gone[0]) > max(map(_lost, falling), default=0.0):
            lead.append(_gone(gone[0], unit, zh))
        elif falling:
            lead.append(_first(falling, unit, zh))
        if not (rising or new or falling or gone):
            lead.append("和上一期比，没有够得上说变化的词。" if zh else "No word changed enough to be told.")
            lead.append(_most_of_all(extent, unit, zh))
        lead += [_spike(row, unit, zh) for row in words.get("one_day", ())[:1]]
    trouble = _trouble(gathered, beside, earlier, lang)
    if trouble:
        lead = [*lead[:2], trouble]
    if len(lead) < 3 and own:
        lead.append(_most(own[0], "自己的牌子里变得最多", "of the own brand changed most", unit, zh))
    return lead[:3]


def _named(extent: Extent, zh: bool) -> str:
    p = MARKS["zh" if zh else "en"]
    return p.between.join(f"“{row.keyword}”{p.open}{number(row.after)}{p.shut}" for row in extent.top[:NAMED])


def _most_of_all(extent: Extent, unit: str, zh: bool) -> str:
    """Return a sentence on how much there was in all, and of what most."""
    if zh:
        return f"{f'{unit}合计 {_whole(extent, zh)}，' if extent.whole else ''}最多的是 {_named(extent, zh)}。"
    return f"{f'{unit} in all {_whole(extent, zh)}; ' if extent.whole else ''}most of all {_named(extent, zh)}."


# What is said of the first word of a state, and of one that went so against the rest only.
_HOW = {
    "rising": (("增加最多", "gained most"), ("掉得比别的词少", "fell less than the rest")),
    "falling": (("减少最多", "lost most"), ("涨得不如别的词", "rose less than the rest")),
}


def _first(rows: Sequence[WordRow], unit: str, zh: bool) -> str:
    """Return a sentence on the first word whose own figure went that way, else on the first against the rest."""
    row = next((row for row in rows if not against_the_rest(row)), rows[0])
    return _most(row, *_HOW[row.state][against_the_rest(row)], unit, zh)


def _spike(row: WordRow, unit: str, zh: bool) -> str:
    figures = f"{number(row.before)} → {number(row.after)}"
    if zh:
        return f"“{row.keyword}”{figures}（{unit}），{row.note.split('；')[0]}，不算涨。"
    return f"“{row.keyword}” {figures} ({unit}): {row.note.split('; ')[0]}, which is no rise."


def _most(row: WordRow, zh_how: str, en_how: str, unit: str, zh: bool) -> str:
    figures = f"{number(row.before)} → {number(row.after)}"
    if zh:
        note = f"，{row.note.split('；')[0]}" if row.note.startswith("连") else ""
        return f"“{row.keyword}”{zh_how}：{figures}（{unit}，{change(row, 'zh')}{note}）。"
    note = f", {row.note.split('; ')[0]}" if row.note.startswith(("rising for", "falling for")) else ""
    return f"“{row.keyword}” {en_how}: {figures} ({unit}, {change(row, 'en')}{note})."


def _lost(row: WordRow) -> float:
    return (row.before or 0.0) - (row.after or 0.0)


def _gone(row: WordRow, unit: str, zh: bool) -> str:
    figures = f"{number(row.before)} → {number(row.after)}"
    if zh:
        return f"“{row.keyword}”这期没有了：{figures}（{unit}）。"
    return f"“{row.keyword}” is gone: {figures} ({unit})."


def _new(rows: Sequence[WordRow], zh: bool) -> str:
    named = ("、" if zh else ", ").join(row.keyword for row in rows[:NAMED])
    able = next((row for row in rows if row.could), None)
    if not zh:
        more = f"; there are titles that could take “{able.keyword}” now" if able is not None else ""
        one = "1 new word" if len(rows) == 1 else f"{len(rows)} new words"
        return f"{one}: {named}{' …' if len(rows) > NAMED else ''}{more}."
    more = f"；“{able.keyword}”现在就有标题可以看看能不能加" if able is not None else ""
    return f"新出来 {len(rows)} 个词：{named}{' 等' if len(rows) > NAMED else ''}{more}。"


def _unlike(gathered: Gathered, earlier: Earlier, unit: str, lang: str) -> str:
    """Return the sentence that stands first where the two periods are not made of the same, else nothing."""
    zh, before = lang == "zh", earlier.before
    if not gathered.documents:
        return "这期没有数据，没有比。" if zh else "There is no data of this period; nothing was compared."
    if before is None:
        lost = _not_read(gathered)
        if not lost:
            return ""
        names = listed(lost, lang)
        return f"这期没读到{names}，下面的数里没有它。" if zh else f"{names} could not be read; the figures lack it."
    if not before.documents:
        return "上一期没有数据，没有比。" if zh else "There is no data of the period before; nothing was compared."
    said = sentence(earlier.basis, lang)
    if before.measure != gathered.measure:
        was = measure(before.measure, lang)
        if zh:
            return f"{said}上一期数的是{was}，这期是{unit}，没有比。"
        return f"{said}{' ' if said else ''}The period before counted {was}, this one {unit}; nothing was compared."
    return said


def _not_read(gathered: Gathered) -> tuple[str, ...]:
    """Return the sources that gave nothing and were to."""
    return tuple(row.name for row in gathered.sources if not row.ok and not row.documents)


def _trouble(gathered: Gathered, beside: Beside, earlier: Earlier, lang: str) -> str:
    """Return one sentence on what needs somebody, empty when nothing does."""
    zh = lang == "zh"
    said = []
    lost = _not_read(gathered)
    if gathered.documents:  # else the first sentence names none of them
        lost = tuple(name for name in lost if earlier.before is not None and name not in earlier.basis.missing)
    cut = [row.name for row in gathered.sources if not row.ok and row.documents]
    if lost:
        said.append(f"没读到{listed(lost, lang)}" if zh else f"{listed(lost, lang)} could not be read")
    if cut:
        said.append(f"{listed(cut, lang)}没读全" if zh else f"{listed(cut, lang)} could be read in part only")
    links = [row for row in beside.links or () if row.state == "lost"]
    broken = [row for row in beside.plan or () if not row.kept]
    if links:
        said.append(f"{len(links)} 条外链没了" if zh else f"{len(links)} links were lost")
    if broken:
        named = ("、" if zh else ", ").join(row.channel for row in broken[:NAMED])
        said.append(f"{named} 断了" if zh else f"not kept: {named}")
    if not said:
        return ""
    return f"要有人管：{'；'.join(said)}。" if zh else f"To be looked after: {'; '.join(said)}."


def top_figure(words: Mapping[str, Sequence[WordRow]]) -> float:
    """Return by how many times the word that rose most has risen; a new word counts as its figure."""
    ratios = [row.ratio for row in words.get("rising", ()) if row.ratio is not None]
    new = [row.after or 0.0 for row in words.get("new", ())]
    return max([*ratios, *new], default=0.0)
