"""Judge titles: every dimension the visible sum of its findings, and beside it length, risk and reading time."""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from copykit.datafiles import DataFiles, bundled
from copykit.errors import CopykitError
from copykit.model import NO_PARTS, Brief, Finding, Score, TitleScore
from copykit.platforms import Platform, Platforms, length_on
from copykit.rules import kinds as rule_kinds
from copykit.rules import rule as rules
from copykit.rules.check import plain_context
from copykit.rules.engine import Engine
from copykit.rules.kinds import KindMaker
from copykit.rules.reading import Context, Reading
from copykit.text.segment import Segmenter
from copykit.titles import clickbait, extremity, frame, ip, listing, novelty, relevance
from copykit.titles.profile import Dimension, Profile, load_profile

KINDS: dict[str, KindMaker] = {
    **rule_kinds.KINDS,
    **novelty.KINDS,
    **extremity.KINDS,
    **ip.KINDS,
    **relevance.KINDS,
    **listing.KINDS,
    **frame.KINDS,
    **clickbait.KINDS,
}

MAX_TITLE = 300  # code points; the longest platform takes 200
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
    """What titles are judged against. ``used`` are titles used before; ``today`` an ISO date, empty when unknown."""

    profile: Profile
    platform: Platform | None = None
    brief: Brief | None = None
    today: str = ""
    used: tuple[str, ...] = ()
    lang: str = "zh"


class TitleScorer:
    """Compiled rules and settings; ``score`` and ``score_many`` judge titles."""

    def __init__(self, files: DataFiles, settings: Settings, segmenter: Segmenter | None = None) -> None:
        self.settings = settings
        profile = settings.profile
        loaded = [rule for rule in rules.load(files, None, settings.lang) if profile.judges(rule)]
        self._engine = Engine(loaded, files, segmenter or Segmenter(), KINDS)
        self._context = make_context(settings)
        groups = (profile.dimensions, profile.beside, profile.risks)
        self._parts = {name: part for group in groups for name, part in group.items()}
        # What a title starts from: every dimension at its base, without findings.
        bases = {name: Score(name, part.base, part.base) for name, part in self._parts.items()}
        self._risks = {name: bases[name] for name in profile.risks}
        self._dimensions = {name: base for name, base in bases.items() if name not in profile.risks}
        self._weights = {name: part.weight for name, part in profile.dimensions.items()}
        reference = files.load("background").get("percentiles", {}).get("profiles", {})
        self._quantiles: list[float] = reference.get(profile.id, [])

    @classmethod
    def bundled(
        cls, platform: str | None = None, profile: str | None = None, brief: Brief | None = None, today: str = ""
    ) -> TitleScorer:
        """Return a scorer over the bundled data; the profile follows the platform unless it is named.

        Raises:
            UnknownPlatform, UnknownProfile: with the names there are.
        """
        files = bundled()
        place = Platforms(files)[platform] if platform else None
        name = profile or (place.profile if place else "content")
        return cls(files, Settings(load_profile(files, name), place, brief, today))

    def score(self, title: str, body: str | None = None) -> TitleScore:
        """Judge one title.

        Raises:
            TitleEmpty, TitleTooLong, TitleDamaged: the text cannot be judged as a title.
        """
        return self.score_many([title], [body])[0]

    def score_many(self, titles: Sequence[str], bodies: Sequence[str | None] = ()) -> list[TitleScore]:
        """Judge many titles at once, which is cheaper; raises for the first that cannot be judged."""
        for title in titles:
            check_title(title)
        return [self._judge(reading) for reading in self._engine.read(titles, self._context, bodies)]

    def _standing(self, overall: float) -> int | None:
        """Return the percentile; among titles of the same score, the middle of their range."""
        if not self._quantiles:
            return None
        return (bisect.bisect_left(self._quantiles, overall) + bisect.bisect_right(self._quantiles, overall)) // 2

    def _judge(self, reading: Reading) -> TitleScore:
        # finding[9] is its dimension, finding[10] its points: an attribute costs three times as much.
        findings = self._engine.find(reading)
        counted: dict[str, list[Finding]] = {}
        for finding in findings:
            dimension = finding[9]
            if finding[10] and dimension is not None:
                if dimension in counted:
                    counted[dimension].append(finding)
                else:
                    counted[dimension] = [finding]
        text, settings = reading.text, self.settings
        dimensions, risks = self._dimensions.copy(), self._risks.copy()
        clamps: list[Finding] = []
        for name, found in counted.items():
            part = self._parts.get(name)
            if part is not None:
                group = dimensions if name in dimensions else risks
                group[name] = _sum(part, found, text, clamps, settings.lang)
        overall = 0.0
        for name, weight in self._weights.items():
            overall += weight * dimensions[name][1]
        overall = int(overall * 10 + 0.5) / 10  # to one decimal; round() takes ten times as long
        if clamps:
            findings += clamps
        return _new(
            TitleScore,
            (
                text,
                settings.platform.id if settings.platform else None,
                settings.profile.id,
                _new(Score, ("overall", overall, 0, (), self._weights)),
                dimensions,
                risks,
                length_on(settings.platform, text),
                tuple(findings),
                self._standing(overall),
            ),
        )


_new = tuple.__new__  # a named tuple's own constructor takes twice as long


def make_context(settings: Settings) -> Context:
    """Return the context in which rules see a title."""
    return Context(
        platform=settings.platform,
        brief=settings.brief,
        category=settings.brief.category if settings.brief else "",
        today=settings.today,
        used=novelty.UsedTitles(settings.used) if settings.used else None,
    )


def case_context(files: DataFiles) -> Callable[[Mapping[str, Any]], Context]:
    """Return what turns a rule's ``[cases.given]`` table into the context of its sentences."""
    platforms = Platforms(files)

    def context(given: Mapping[str, Any]) -> Context:
        platform = platforms[given["platform"]] if "platform" in given else None
        used = novelty.UsedTitles(tuple(given["used"])) if "used" in given else None
        return replace(plain_context(given), platform=platform, used=used)

    return context


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


def _sum(part: Dimension, findings: Sequence[Finding], text: str, clamps: list[Finding], lang: str) -> Score:
    total = part.base
    for finding in findings:
        total += finding[10]
    if 0 <= total <= 100:
        return _new(Score, (part.name, total, part.base, tuple(findings), NO_PARTS))
    bound = 0 if total < 0 else 100
    message = (
        f"{part.label}合计 {total}，按 {bound} 算"
        if lang == "zh"
        else f"{part.label} adds up to {total}, kept at {bound}"
    )
    why = "分数只在 0 到 100 之间" if lang == "zh" else "scores stay between 0 and 100"
    clamp = Finding("score/clamp", 0, len(text), text, text, "hint", message, why, "", part.name, bound - total)
    clamps.append(clamp)
    return Score(part.name, bound, part.base, (*findings, clamp))
