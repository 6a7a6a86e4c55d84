"""The two changes that would help a title most: real rewrites, each judged again before it is proposed.

What may be tried is data (``changes/*.toml``): put someone or some scene in, take a word out, replace it by the one
that its list has for it, leave superlatives out, bring the core word forward, shorten to the platform's limit. Words
come from the brief, otherwise from what buyers of that category are like; nothing that would need evidence (a figure, a
result) is ever put in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from copykit.datafiles import DataFiles
from copykit.errors import CopykitError
from copykit.lexicon import AutomatonBuilder, Lexicons
from copykit.model import Change, Finding, TitleScore
from copykit.platforms import length_on
from copykit.text.clauses import clauses
from copykit.text.normalize import fold
from copykit.titles.score import MAX_TITLE, TitleScorer

MOST = 2
LEAST_GAIN = 1.0
_TRIED = 24  # rewrites judged at most; each costs about as much as the title itself
_EDGES = " ，,、；;：:|｜/·-—"
_PARTICLES = "的地得"
_SIGNS = _EDGES + "！!？?。…~"


class _Rewrite(NamedTuple):
    change: str
    message: str
    title: str


class Adviser:
    """Proposes changes to a judged title."""

    def __init__(self, files: DataFiles, scorer: TitleScorer, lang: str = "zh") -> None:
        self._scorer = scorer
        self._lang = lang
        self._changes = {
            name: {**data, **data.get("en", {})} if lang == "en" else data
            for name, data in sorted(files.load("changes").items())
        }
        lexicons = Lexicons(files)
        builder = AutomatonBuilder()
        self._categories = lexicons["category_words"]
        self._buyers = lexicons["category_buyers"]
        self._category_slot = builder.words(self._categories.entries, self._categories.exceptions)
        self._buyer_slot = builder.words(self._buyers.entries, self._buyers.exceptions)
        self._squeeze_slot = builder.words(lexicons["squeezable"].entries)
        self._find = builder.build().hits

    def changes(self, score: TitleScore, body: str | None = None) -> list[Change]:
        """Return up to two changes of different kinds, the one that helps most first; none when nothing helps."""
        rewrites = list(dict.fromkeys(self._rewrites(score)))[:_TRIED]
        judged: list[tuple[float, int, _Rewrite, TitleScore]] = []
        for number, rewrite in enumerate(rewrites):
            try:
                after = self._scorer.score(rewrite.title, body)
            except CopykitError:
                continue
            if _worth(score, after):
                judged.append((after.overall.value, -number, rewrite, after))
        chosen: dict[str, Change] = {}
        for value, _, rewrite, _ in sorted(judged, key=lambda item: (_fixes(score, item[3]), *item[:2]), reverse=True):
            if all(rewrite.title != other.title for other in chosen.values()):
                chosen.setdefault(rewrite.change, Change(rewrite.message, rewrite.title, value))
        return list(chosen.values())[:MOST]

    def _rewrites(self, score: TitleScore) -> Iterator[_Rewrite]:
        for name, data in self._changes.items():
            if score.profile not in data.get("profiles", (score.profile,)):
                continue
            for title, facts in _KINDS[data["kind"]](self, score, data):
                title, dropped = self._squeezed(title.strip(_EDGES))
                if title and title != score.title:
                    message = data["message"].format(**facts)
                    yield _Rewrite(name, message + self._also(dropped), title)

    def _insert(self, score: TitleScore, data: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
        """Put a word of the brief or of the category's buyers into each template."""
        lacking = data.get("lacks")
        if lacking and any(f.dimension == lacking and f.points >= 8 for f in score.findings):
            return
        for template in data["templates"]:
            slot = next(iter(re.findall(r"{(\w+)}", template.replace("{title}", ""))))
            for word in self._words(score, slot):
                if word not in score.title:
                    yield template.format(title=score.title, **{slot: word}), {"word": word}

    def _words(self, score: TitleScore, slot: str) -> Sequence[str]:
        brief = self._scorer.settings.brief
        own: Sequence[str] = ()
        if brief is not None:
            own = {"audience": brief.audience, "scene": brief.scenes, "keyword": brief.keywords}.get(slot, ())
        if own:
            return own
        hits = self._find(fold(score.title).text)
        for start, end in hits.get(self._buyer_slot, ()):
            fields = self._buyers.entries[fold(score.title).text[start:end]]
            return fields.get(slot, "").split("|") if slot in fields else ()
        return ()

    def _squeezed(self, title: str) -> tuple[str, list[str]]:
        """Take out small words from the end on until the title fits its platform; as it was when it never does.

        Words that earn something go only when the others are not enough.
        """
        platform = self._scorer.settings.platform
        if platform is None or length_on(platform, title).ok is not False or len(title) > MAX_TITLE:
            return title, []
        folded = fold(title)
        small = [folded.span(*hit) for hit in self._find(folded.text).get(self._squeeze_slot, [])]
        earning = [(f.start, f.end) for f in self._scorer.score(title).findings if f.points > 0 and f.match != title]
        spare = [place for place in small if not any(a < place[1] and place[0] < b for a, b in earning)]
        for places in (spare, small):
            shorter = title
            for number, (start, end) in enumerate(reversed(places), 1):
                shorter = _without(shorter, start, end)
                if length_on(platform, shorter).ok:
                    return shorter, [title[slice(*place)] for place in places[-number:]]
        return title, []

    def _also(self, dropped: Sequence[str]) -> str:
        if not dropped:
            return ""
        words = "、".join(f"“{word}”" for word in dropped)
        return f"（为了不超长，去掉了{words}）" if self._lang == "zh" else f" (without {words}, to fit)"

    def _replace(self, score: TitleScore, data: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
        """Put in the words that a rule's list has for what it found; most rules suggest in sentences, for people."""
        for finding in score.findings:
            for word in finding.suggestions if finding.rule in data["rules"] else ():
                title = score.title[: finding.start] + word + score.title[finding.end :]
                yield title, {"old": finding.match, "word": word}

    def _drop(self, score: TitleScore, data: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
        """Take out what costs points, with the sign that it leaves hanging."""
        for finding in score.findings:
            if finding.rule in data["rules"] and not _is_whole(finding, score):
                yield _without(score.title, finding.start, finding.end), {"old": finding.match}

    def _soften(self, score: TitleScore, data: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
        """Take out how far things are said to go, everywhere at once: 史上最好用的锅，国家级工艺 → 好用的锅，工艺."""
        places: dict[int, str] = {}  # beginning → word
        for finding in score.findings:
            for word in data["degrees"] if finding.rule in data["rules"] else ():
                at = score.title.find(word, max(0, finding.start - len(word) + 1))
                kept = score.title[at + len(word) : at + len(word) + 1]
                if 0 <= at < finding.end and kept not in ("", *_PARTICLES, *_SIGNS):
                    places[at] = max(word, places.get(at, ""), key=len)
        title, reached = "", 0
        for at, word in sorted(places.items()):
            if at >= reached:  # 最 stands inside 史上最
                title, reached = title + score.title[reached:at], at + len(word)
        if places:
            words = sorted(places.items())
            outer = [word for at, word in words if not any(a < at < a + len(other) for a, other in words)]
            yield title + score.title[reached:], {"old": "、".join(f"“{word}”" for word in outer)}

    def _front(self, score: TitleScore, data: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
        """Bring the clause with the category word to the front."""
        folded = fold(score.title)
        hits = self._find(folded.text).get(self._category_slot)
        if not hits:
            return
        start, end = folded.span(*hits[0])
        if start < data.get("after", 12):
            return
        word = score.title[start:end]
        if data.get("move") == "word":
            yield word + " " + _without(score.title, start, end), {"word": word}
            return
        parts = clauses(score.title)
        holding = [part for part in parts if part.start <= start and end <= part.end]
        if len(parts) > 1 and holding:
            clause = holding[0]
            yield score.title[clause.start : clause.end] + "，" + _without(score.title, *clause), {"word": word}

    def _shorten(self, score: TitleScore, data: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
        """Take out clauses, those that earn least first, until the title fits."""
        if score.length.ok is not False or score.length.limit is None:
            return
        parts = clauses(score.title)
        for part in sorted(parts, key=lambda part: _earned(score, part.start, part.end)):
            if len(parts) > 1:
                old = score.title[part.start : part.end]
                yield _without(score.title, part.start, part.end), {"old": old}


_KINDS = {
    "insert": Adviser._insert,
    "replace": Adviser._replace,
    "soften": Adviser._soften,
    "drop": Adviser._drop,
    "front": Adviser._front,
    "shorten": Adviser._shorten,
}


def _worth(before: TitleScore, after: TitleScore) -> bool:
    """Return whether a rewrite helps: it fits where it has to, adds no warning, and gains points or the fit."""
    if after.length.ok is False or _troubles(after) > _troubles(before):
        return False
    return before.length.ok is False or after.overall.value >= before.overall.value + LEAST_GAIN


def _fixes(before: TitleScore, after: TitleScore) -> int:
    """Return how much of what must be mended is mended: the length, and each error."""
    errors = [sum(finding.severity == "error" for finding in score.findings) for score in (before, after)]
    return (before.length.ok is False and after.length.ok is True) + errors[0] - errors[1]


def _troubles(score: TitleScore) -> int:
    return sum(finding.severity != "hint" for finding in score.findings)


def _is_whole(finding: Finding, score: TitleScore) -> bool:
    return finding.end - finding.start >= len(score.title)


def _earned(score: TitleScore, start: int, end: int) -> int:
    inside = [f for f in score.findings if start <= f.start and f.end <= end and f.dimension in score.overall.parts]
    return sum(finding.points for finding in inside)


def _without(title: str, start: int, end: int) -> str:
    left, right = title[:start], title[end:]
    if not left or left[-1] in _SIGNS:
        right = right.lstrip(_SIGNS)  # the sign after the words went with them
    return (left + right).strip(_EDGES)
