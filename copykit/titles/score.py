"""Judge titles: every dimension the visible sum of its findings, and beside it length, risk and reading time."""

from __future__ import annotations

import bisect
import contextlib
import gc
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copykit import compliance
from copykit.categories import Categories
from copykit.datafiles import DataFiles, bundled
from copykit.errors import CopykitError
from copykit.model import NO_PARTS, Finding, Score, TitleScore
from copykit.platforms import Platform, Platforms
from copykit.rules import rule as rules
from copykit.rules.engine import Engine
from copykit.rules.kinds import KindMaker
from copykit.rules.reading import Context, Reading
from copykit.text.segment import Segmenter
from copykit.titles import clickbait, english, extremity, frame, goods, learned, listing, novelty, relevance
from copykit.titles.learned import Learned, Traits
from copykit.titles.paid import paid_already, unearned
from copykit.titles.profile import Dimension, Profile, Together, load_profile

if TYPE_CHECKING:
    from copykit.model import Brief

KINDS: dict[str, KindMaker] = {
    **compliance.KINDS,
    **novelty.KINDS,
    **extremity.KINDS,
    **relevance.KINDS,
    **listing.KINDS,
    **goods.KINDS,
    **frame.KINDS,
    **clickbait.KINDS,
    **english.KINDS,
}

MAX_TITLE = 300  # code points; the longest platform takes 200
_INK = re.compile(r"[^\W_]")  # what str.isalnum says of a character
_DAMAGED = re.compile("[\ufffd\ud800-\udfff]")


class TitleEmpty(CopykitError):
    """A title without a letter or a figure."""

    zh = "标题是空的（或者只有符号），请补上或删掉这一行"
    en = "the title is empty or holds signs only; fill it in or remove the row"


class TitleTooLong(CopykitError):
    """A text that cannot be a title."""

    zh = "有 {length} 个字，不像标题（最多 {most}）；整篇文章请用 --body"
    en = "{length} characters are no title (at most {most}); give a whole article with --body"


class TitleDamaged(CopykitError):
    """A title of which too much was lost before it came here."""

    zh = "{lost} 个字是乱码，原文件另存为 UTF-8 后再试"
    en = "{lost} characters are damaged; save the source file as UTF-8 and try again"


@dataclass(frozen=True, slots=True)
class Settings:
    """What titles are judged against. ``used`` are titles used before; ``today`` an ISO date, empty when unknown.

    ``english`` judges the titles that are English; None: ``profile`` judges them too. ``learned`` stands on
    ``profile`` and judges in its place.
    """

    profile: Profile
    platform: Platform | None = None
    brief: Brief | None = None
    today: str = ""
    used: tuple[str, ...] = ()
    lang: str = "zh"
    english: Profile | None = None
    learned: Learned | None = None


class TitleScorer:
    """Compiled rules and settings; ``score`` and ``score_many`` judge titles.

    Threads may share a scorer: they take turns, a hundred titles at a time. Processes need one each.
    """

    def __init__(self, files: DataFiles, settings: Settings, segmenter: Segmenter | None = None) -> None:
        self.settings = settings
        self._files, self._segmenter = files, segmenter or Segmenter()
        self._of_english: TitleScorer | None = None
        profile = settings.profile
        book = rules.rulebook(files, None, settings.lang)
        book = book.only(lambda rule, card: settings.profile.judges(rule, card["dimension"]))
        with _uncollected():
            if settings.learned is None:
                code = (Path(__file__).parent,)
                self._engine = Engine.of("title", book, files, self._segmenter, KINDS, settings.lang, code)
            else:
                profile = settings.learned.profile(profile, settings.lang)
                asked = [*book.values(), *settings.learned.rules(settings.lang)]
                kinds = {**KINDS, **learned.kind_of(settings.learned)}
                self._engine = Engine(asked, files, self._segmenter, kinds, settings.lang)
        self.profile = profile  # what titles are judged by in the end
        self._context = make_context(settings, Categories(files))
        groups = (profile.dimensions, profile.beside, profile.risks)
        self._parts = {name: part for group in groups for name, part in group.items()}
        # What a title starts from: every dimension at its base, without findings.
        bases = {name: Score(name, part.base, part.base) for name, part in self._parts.items()}
        self._risks = {name: bases[name] for name in profile.risks}
        self._dimensions = {name: base for name, base in bases.items() if name not in profile.risks}
        # What was learned adds up as it was learned; a risk, too, is a sum of signs.
        self._paid_once = frozenset(self._dimensions) if settings.learned is None else frozenset()
        self._unlawful = next(
            ((name, part.unlawful) for name, part in profile.dimensions.items() if part.unlawful), None
        )
        self._weights = {name: part.weight for name, part in profile.dimensions.items()}
        # What every title needs, at hand: an attribute of an attribute costs as much as a sum.
        self._bases = {name: part.base for name, part in self._parts.items()}
        self._weighted = tuple(self._weights.items())
        self._absences = profile.absences
        self._together = {name: part.together for name, part in self._parts.items() if part.together}
        self._platform_id = settings.platform.id if settings.platform else None
        self._profile_id = profile.id
        # The overall score has one decimal, so that there are at most a thousand of them.
        self._standings: dict[float, tuple[Score, int | None, bool]] = {}
        reference = files.load("background").get("percentiles", {}).get("profiles", {})
        self._quantiles: Sequence[float] = reference.get(profile.id, [])
        if settings.learned is not None:
            self._quantiles = settings.learned.percentiles

    @classmethod
    def bundled(
        cls, platform: str | None = None, profile: str | None = None, brief: Brief | None = None, today: str = ""
    ) -> TitleScorer:
        """Return a scorer over the bundled data; the profile follows platform and language unless it is named.

        Raises:
            UnknownPlatform, UnknownProfile: with the names there are.
        """
        files = bundled()
        place = Platforms(files)[platform] if platform else None
        judge, english_judge = choose_profiles(files, profile, place)
        return cls(files, Settings(judge, place, brief, today, english=english_judge))

    @property
    def segmenter(self) -> Segmenter:
        """Return what cuts the titles into words."""
        return self._segmenter

    def score(self, title: str, body: str | None = None) -> TitleScore:
        """Judge one title.

        Raises:
            TitleEmpty, TitleTooLong, TitleDamaged: the text cannot be judged as a title.
        """
        return self.score_many([title], [body])[0]

    def score_many(self, titles: Sequence[str], bodies: Sequence[str | None] = ()) -> list[TitleScore]:
        """Judge many titles at once, which is cheaper; raises for the first that cannot be judged."""
        check_titles(titles)
        if self.settings.english is not None:
            elsewhere = [number for number, title in enumerate(titles) if english.is_english(title)]
            if elsewhere:
                return self._apart(titles, bodies, elsewhere)
        scores: list[TitleScore] = []
        with _uncollected():
            for start in range(0, len(titles), _TOGETHER):
                some = slice(start, start + _TOGETHER)
                with self._engine.lock:
                    scores += map(self._judge, self._engine.read(titles[some], self._context, bodies[some]))
        return scores

    def traits(self, titles: Sequence[str], advance: Callable[[int], None] = lambda _: None) -> list[Traits]:
        """Return what of each title may be learned; raises for the first that cannot be judged.

        ``advance`` is told of titles that are read.
        """
        check_titles(titles)
        found: list[Traits] = []
        for start in range(0, len(titles), _TOGETHER):
            with self._engine.lock:
                readings = self._engine.read(titles[start : start + _TOGETHER], self._context)
                found += [learned.traits(reading, self._engine.find(reading)) for reading in readings]
            advance(len(readings))
        return found

    def _apart(self, titles: Sequence[str], bodies: Sequence[str | None], elsewhere: Sequence[int]) -> list[TitleScore]:
        """Return the scores of titles of which those at ``elsewhere`` are English."""
        with self._engine.lock:
            if self._of_english is None:
                profile = self.settings.english or self.settings.profile
                settings = replace(self.settings, profile=profile, english=None)
                self._of_english = TitleScorer(self._files, settings, self._segmenter)
        scores: dict[int, TitleScore] = {}
        rest = sorted(set(range(len(titles))).difference(elsewhere))
        for scorer, places in ((self._of_english, elsewhere), (self, rest)):
            some = [bodies[place] for place in places] if bodies else ()
            scores.update(zip(places, scorer.score_many([titles[place] for place in places], some), strict=True))
        return [scores[place] for place in range(len(titles))]

    def _judge(self, reading: Reading) -> TitleScore:
        # finding[9] is its dimension, finding[10] its points: an attribute costs three times as much.
        findings = self._engine.find(reading)
        counted: dict[str, list[Finding]] = {}
        for finding in findings:  # any() would take three times as long
            if finding[5] != "hint":
                findings = unearned(compliance.lawful_once(findings), self._dimensions, self._unlawful)
                break
        for finding in findings:
            dimension = finding[9]
            if finding[10] and dimension is not None:
                if dimension in counted:
                    counted[dimension].append(finding)
                else:
                    counted[dimension] = [finding]
        text = reading.text
        dimensions, risks = self._dimensions.copy(), self._risks.copy()
        clamps: list[Finding] = []
        absences = self._absences
        judged = not absences
        for name, found in counted.items():
            if name in self._bases:
                if not judged and name in self._weights:
                    judged = found[0][0] not in absences or any(finding[0] not in absences for finding in found)
                if len(found) > 1 and name in self._paid_once:
                    twice = paid_already(found, len(text))
                    if twice:
                        found = [finding for finding in found if finding not in twice]
                        findings = [finding for finding in findings if finding not in twice]
                if name in self._together:
                    over = _over(name, self._together[name], found, text)
                    if over:
                        found = [*found, *over]
                        clamps += over
                total = base = self._bases[name]
                for finding in found:
                    total += finding[10]
                if 0 <= total <= 100:
                    score = _new(Score, (name, total, base, tuple(found), NO_PARTS))
                else:
                    score = _clamped(self._parts[name], total, found, text, self.settings.lang)
                    clamps.append(score.findings[-1])
                if name in risks:
                    risks[name] = score
                else:
                    dimensions[name] = score
        overall = 0.0
        for name, weight in self._weighted:
            overall += weight * dimensions[name][1]
        overall = int(overall * 10 + 0.5) / 10  # to one decimal; round() takes ten times as long
        if clamps:
            findings += clamps
        standing = self._standings.get(overall)
        if standing is None:
            standing = self._standings[overall] = self._standing(overall)
        return _new(
            TitleScore,
            (
                text,
                self._platform_id,
                self._profile_id,
                standing[0],
                dimensions,
                risks,
                frame.length_of(reading),
                tuple(findings),
                standing[1] if judged else None,
                judged,
                standing[2] if judged else False,
            ),
        )

    def _standing(self, overall: float) -> tuple[Score, int | None, bool]:
        """Return the overall score, its percentile, and whether most titles score about as much.

        There a percentile would make a leap of a small step, and none is told. Among titles of one score it is the
        middle of their range.
        """
        quantiles = self._quantiles
        score = Score("overall", overall, 0, (), self._weights)
        if not quantiles:
            return score, None, False
        near = bisect.bisect_right(quantiles, overall + _NEAR) - bisect.bisect_left(quantiles, overall - _NEAR)
        if 2 * near >= len(quantiles):
            return score, None, True
        return score, (bisect.bisect_left(quantiles, overall) + bisect.bisect_right(quantiles, overall)) // 2, False


_NEAR = 1.5  # points; the whole of what one small finding moves
_TOGETHER = 128  # titles that are read at once: fewer feel the cost of each step's call, more leave the cache
_new = tuple.__new__  # a named tuple's own constructor takes twice as long


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the collector of cycles from walking over ever more new objects again and again; none is garbage yet.

    It takes a tenth of the time of a cold start and of scoring, and catches up afterwards.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def choose_profiles(
    files: DataFiles, name: str | None, platform: Platform | None, lang: str = "zh"
) -> tuple[Profile, Profile | None]:
    """Return the profile that judges titles, and the one that judges English ones where nobody named a profile.

    A listing title is judged as one in any language: the shelf asks for key words there too.

    Raises:
        UnknownProfile: with the names there are.
    """
    chosen = name or (platform.profile if platform else "content")
    english_too = name is None and chosen == "content"
    return load_profile(files, chosen, lang), load_profile(files, english.PROFILE, lang) if english_too else None


def make_context(settings: Settings, categories: Categories) -> Context:
    """Return the context in which rules see a title."""
    brief = settings.brief
    return Context(
        platform=settings.platform,
        brief=brief,
        category=brief.category if brief else "",
        categories=categories.of(brief) if brief else frozenset(),
        today=settings.today,
        used=novelty.UsedTitles(settings.used) if settings.used else None,
    )


def case_context(files: DataFiles) -> Callable[[Mapping[str, Any]], Context]:
    """Return what turns a rule's ``[cases.given]`` table into the context of its sentences."""
    platforms = Platforms(files)
    of_text = compliance.case_context(files)

    def context(given: Mapping[str, Any]) -> Context:
        platform = platforms[given["platform"]] if "platform" in given else None
        used = novelty.UsedTitles(tuple(given["used"])) if "used" in given else None
        return replace(of_text(given), platform=platform, used=used)

    return context


def check_titles(titles: Sequence[str]) -> None:
    """Raise for the first text that cannot be judged as a title."""
    joined = "".join(titles)
    plain = joined.isprintable() and "\ufffd" not in joined and all(map(_INK.search, titles))
    if not plain or max(map(len, titles), default=0) > MAX_TITLE:
        for title in titles:
            check_title(title)


def check_title(title: str) -> None:
    """Raise when a text cannot be judged as a title."""
    if not any(map(str.isalnum, title)):
        raise TitleEmpty()
    if len(title) > MAX_TITLE:
        raise TitleTooLong(length=len(title), most=MAX_TITLE)
    if "\ufffd" in title or not title.isprintable():
        lost = len(_DAMAGED.findall(title))
        # One lost emoji leaves a title that can be judged (rule platform/damaged warns); a third of it does not.
        if 3 * lost >= len(title):
            raise TitleDamaged(lost=lost)


def _over(name: str, groups: Iterable[Together], found: Sequence[Finding], text: str) -> list[Finding]:
    """Return what takes back the points of signs that prove nothing alone, where they come to too many."""
    over: list[Finding] = []
    for group in groups:
        points = 0
        for finding in found:
            if finding[0] in group.rules:
                points += finding[10]
        for finding in over:
            if finding[0] in group.rules:
                points += finding[10]
        if points > group.most:
            message = group.message.format(points=points, most=group.most)
            lost = group.most - points
            over.append(Finding(group.rule, 0, len(text), text, text, "hint", message, group.why, "", name, lost))
    return over


def _clamped(part: Dimension, total: int, findings: Sequence[Finding], text: str, lang: str) -> Score:
    """Return a score kept between 0 and 100; its last finding says so, and by how much."""
    bound = 0 if total < 0 else 100
    message = (
        f"{part.label}合计 {total}，按 {bound} 算"
        if lang == "zh"
        else f"{part.label} adds up to {total}, kept at {bound}"
    )
    why = "分数只在 0 到 100 之间" if lang == "zh" else "scores stay between 0 and 100"
    clamp = Finding("score/clamp", 0, len(text), text, text, "hint", message, why, "", part.name, bound - total)
    return Score(part.name, bound, part.base, (*findings, clamp))
