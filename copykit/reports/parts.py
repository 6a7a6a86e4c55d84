"""The parts of a report beside its words: own titles, links elsewhere, the plan; and which titles a word touches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from copykit.channels.progress import status_of
from copykit.errors import CopykitError
from copykit.model import LinkCheck, LinkRow, Plan, PlanLine, TitleRow
from copykit.text.normalize import fold_texts
from copykit.titles.advise import Adviser
from copykit.titles.score import TitleScorer, check_title

SHOWN_TITLES = 10
TOUCHED = 3  # titles that are named for a word
DAYS_AHEAD = 7
_NO_PRODUCTS: Mapping[str, str] = {}


def judged_titles(
    titles: Sequence[str], scorer: TitleScorer, adviser: Adviser, before: Mapping[str, float], shown: int = SHOWN_TITLES
) -> tuple[list[TitleRow], dict[str, float]]:
    """Return the weakest titles with what to change first, and every title's score for the next time.

    Titles that cannot be scored (empty, too long) are left out.
    """
    good = []
    for title in dict.fromkeys(titles):
        try:
            check_title(title)
        except CopykitError:
            continue
        good.append(title)
    scores = scorer.score_many(good)
    weakest = sorted(scores, key=lambda score: (score.overall.value, score.title))[:shown]
    rows = []
    for score in weakest:
        change = next(iter(adviser.changes(score)), None)
        rows.append(
            TitleRow(
                score.title,
                score.overall.value,
                before.get(score.title),
                change.message if change else "",
                change.title if change else "",
            )
        )
    return rows, {score.title: score.overall.value for score in scores}


class Touched(NamedTuple):
    """Own titles that hold a word, and those that hold its last part only, each behind its product's number.

    ``held`` and ``open`` count all of them.
    """

    titles: tuple[str, ...]
    could: tuple[str, ...]
    held: int
    open: int


class OwnTitles:
    """Own titles, folded once, to see which a word touches."""

    def __init__(
        self, titles: Iterable[str], cut: Callable[[str], Sequence[str]], products: Mapping[str, str] = _NO_PRODUCTS
    ) -> None:
        """Take titles, what cuts a text into words, and which product (its number) a title is of."""
        self._titles = list(dict.fromkeys(title for title in titles if title.strip()))
        self._products = products
        self._folded = [folded.replace(" ", "") for folded in fold_texts(self._titles)]
        self._cut = cut

    def __len__(self) -> int:
        return len(self._titles)

    def touched(self, keyword: str) -> Touched:
        """Return the titles that a word touches.

        The last part of a compound is what the thing is (儿童羽绒裤: 羽绒裤); a title that holds only that could take
        the rest in, if it is true of the product.
        """
        word = fold_texts([keyword])[0].replace(" ", "")
        head = self._cut(word)[-1] if word else ""
        held = [title for title, folded in zip(self._titles, self._folded, strict=True) if word in folded]
        could: list[str] = []
        if len(head) > 1 and head != word:
            pairs = zip(self._titles, self._folded, strict=True)
            could = [title for title, folded in pairs if head in folded and word not in folded]
        return Touched(self._named(held), self._named(could), len(held), len(could))

    def _named(self, titles: Sequence[str]) -> tuple[str, ...]:
        return tuple(f"{self._products.get(title, '')} {title}".lstrip() for title in titles[:TOUCHED])


def link_rows(checks: Iterable[LinkCheck], say: Callable[[LinkCheck], str]) -> list[LinkRow]:
    """Return the links that are not as they should be, the lost ones first; ``say`` puts a check's reasons in words."""
    order = ("lost", "changed", "nofollow", "unreachable")
    bad = [check for check in checks if check.state in order]
    bad.sort(key=lambda check: (order.index(check.state), check.placed.page))
    return [LinkRow(check.placed.page, check.placed.link, check.state, say(check)) for check in bad]


def plan_part(plan: Plan, today: date, lang: str) -> tuple[list[PlanLine], list[tuple[str, str]]]:
    """Return how each channel's cadence was kept, and what is late or due in the week to come."""
    now = status_of(plan, today, {})
    lines = []
    for cadence in now.cadences:
        broken = cadence.broken is not None and not cadence.streak
        if broken and cadence.broken is not None:
            first, planned, made = cadence.broken
            zh = f"{first.month}月{first.day}日那周计划 {planned} 次，做了 {made} 次"
            en = f"week of {first}: {made} of {planned}"
        elif cadence.weeks:
            zh, en = f"{cadence.weeks} 周里守住 {cadence.kept} 周", f"kept {cadence.kept} of {cadence.weeks} weeks"
        else:
            zh, en = "第一周还没过完", "the first week is not over"
        lines.append(PlanLine(cadence.name, cadence.words, not broken, zh if lang == "zh" else en))
    soon = [task for task in (*now.late, *now.due, *now.coming) if task.due < today + timedelta(days=DAYS_AHEAD)]
    return lines, [(task.due.isoformat(), task.title) for task in soon[:12]]
