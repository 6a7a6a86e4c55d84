"""The ways of rewriting a title, one a kind of change; whether a rewrite helps is for others to judge.

A silly rewrite costs more trust than none: where grammar or sense are in doubt nothing is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from copykit.late import late
from copykit.lexicon import AutomatonBuilder, Lexicons
from copykit.model import Finding, TitleScore, Token
from copykit.text.clauses import clauses
from copykit.text.normalize import fold, fold_texts
from copykit.titles.goods import goods_named, goods_of_brief, names_goods
from copykit.titles.score import TitleScorer
from copykit.titles.sparing import EDGES, SIGNS, Sparing, earned, ink, is_whole, without

_ADDRESSES = 8  # points from which the goods' own words call somebody
_LEAST_CLAUSE = 4  # characters; what is left of a clause below that says nothing
_DESCRIBES = "nabv"  # tags of what describes the noun behind it
_MOVED = 8  # characters that are still one thing
_MODIFIER = 4  # characters of a word that does
_WORD = 2  # characters of a word that can stand where two were
_SPEAK_OF_IT = frozenset(("relevance/brief_match", "relevance/brief_told"))
_LISTED = 4  # words without a small one among them are a list of search words
_SMALL_TAGS = "udpcyrm"
# What tells a story or speaks of itself, by tag: a name before such a title would become the one who did it.
_STORY_TAGS = ("ul", "uz", "ug")
_GENERAL_NOT = (*_STORY_TAGS, "r", "m", "c", "x")


class Rewrite(NamedTuple):
    """A rewritten title: by which change, and the sentence that says what was done."""

    change: str
    message: str
    title: str


class Rewriter:
    """Rewrites titles by the changes there are."""

    def __init__(
        self,
        changes: Mapping[str, Mapping[str, Any]],
        lexicons: Lexicons,
        scorer: TitleScorer,
        sparing: Sparing,
        lang: str,
    ) -> None:
        self._changes, self._scorer, self._sparing, self._lang = changes, scorer, sparing, lang
        builder = AutomatonBuilder()
        self._categories = lexicons["category_words"]
        self._buyers = lexicons["category_buyers"]
        self._endings = frozenset(lexicons["goods_endings"].entries)
        self._fillers = lexicons["search_fillers"].entries
        self._qualities = lexicons["quality_adjectives"].entries
        self._longest_quality = max(map(len, self._qualities))
        self._category_slot = builder.words(self._categories.entries, self._categories.exceptions)
        self._buyer_slot = builder.words(self._buyers.entries, self._categories.exceptions)
        self._degree_slots = {
            name: builder.words(fold_texts((*data["degrees"], *data["levels"])))
            for name, data in changes.items()
            if data["kind"] == "soften"
        }
        self._find = builder.build().hits

    def rewrites(self, score: TitleScore, used: Iterable[str]) -> Iterator[Rewrite]:
        """Yield what each change makes of a title, but those named in ``used``."""
        for name, data in self._changes.items():
            if name in used or data["kind"] == "ask" or score.profile not in data.get("profiles", (score.profile,)):
                continue
            for title, facts in _KINDS[data["kind"]](self, score, {"id": name, **data}):
                title, dropped = self._sparing.squeezed(title.strip(EDGES))
                if title and title != score.title:
                    message = data["message"].format(**facts)
                    yield Rewrite(name, message + self._also(dropped), title)

    def cleared(self, rewrite: Rewrite, score: TitleScore, left: Sequence[Finding]) -> Rewrite | None:
        """Return a rewrite without the clauses that hold what is ``left`` to mend, None if that says too little.

        What says what is sold does not go, and no clause that another leans on.
        """
        parts = clauses(score.title)
        going = [part for part in parts if any(part.start <= each.start < part.end for each in left)]
        if len(going) == len(parts) or not self._sparing.held(score.title, parts).isdisjoint(going):
            return None
        title = score.title
        for part in reversed(going):
            title = without(title, *part)
        if ink(title) < max(_LEAST_CLAUSE, ink(score.title) / 3):
            return None
        if self._names_goods(score.title) and not self._names_goods(title):
            return None
        words = quoted([score.title[slice(*part)] for part in going], self._lang)
        also = f"；去掉{words}" if self._lang == "zh" else f"; without {words}"
        return rewrite._replace(message=rewrite.message + also, title=title)

    def _also(self, dropped: Sequence[str]) -> str:
        if not dropped:
            return ""
        words = quoted(dropped, self._lang)
        return f"（为了不超长，去掉了{words}）" if self._lang == "zh" else f" (without {words}, to fit)"

    def _insert(self, score: TitleScore, data: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
        """Put a word of the brief or of the category's buyers into each template, where nothing like it stands."""
        lacking = data.get("lacks")
        if lacking and any(
            f.dimension == lacking and f.points > 0 and (f.points >= _ADDRESSES or f.rule not in data.get("but", ()))
            for f in score.findings
        ):
            return
        tokens = self._sparing.tokens(score.title)
        if lacking and _is_bare(tokens):
            return
        tells = any(token.tag in _STORY_TAGS or token.text.startswith("我") for token in tokens)
        for template in data["templates"]:
            slot = next(iter(re.findall(r"{(\w+)}", template.replace("{title}", ""))))
            leads = bool(lacking) and not template.startswith("{title}")
            if leads and tells:
                continue  # 上班族，卖了八年茶叶: the office worker would have sold it
            for word in self._words(score, slot, data, tokens):
                if word not in score.title and not (leads and word.endswith("的")):  # 短塌的，…: half a sentence
                    completed = _completed(score.title, word) if slot == "keyword" else None
                    filled = template.replace(f"{{{slot}}}", word)
                    yield completed or _joined(score.title, filled), {"word": word}

    def _words(self, score: TitleScore, slot: str, data: Mapping[str, Any], tokens: Sequence[Token]) -> Sequence[str]:
        brief = self._scorer.settings.brief
        folded = fold(score.title).text
        starts = [token.start for token in tokens] + [len(folded)]
        hits = self._find(folded)
        goods = {
            folded[start:end] for start, end in hits.get(self._category_slot, ()) if names_goods(starts, start, end)
        }
        if brief is not None:
            own = {"audience": brief.audience, "scene": brief.scenes, "keyword": brief.keywords}.get(slot, ())
            about = fold(f"{brief.product} {brief.category} {' '.join(brief.keywords)}").text
            if goods or slot == "keyword":
                return own if not goods or any(word in about for word in goods) else ()
            # A title without goods may speak of anything; who buys is told only of what the brief is about.
            return own if any(finding.rule in _SPEAK_OF_IT for finding in score.findings) else ()
        # Without a brief only a title that speaks of goods in general is given to somebody: no story, no list.
        if data.get("brief_only") or _troubles(score) or any(token.tag in _GENERAL_NOT for token in tokens):
            return ()
        for start, end in hits.get(self._buyer_slot, ()):
            if len(goods) == 1 and names_goods(starts, start, end):
                fields = self._buyers.entries[folded[start:end]]
                return fields[slot].split("|") if slot in fields else ()
        return ()

    def _replace(self, score: TitleScore, data: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
        """Put in the words that a rule's list has for what it found, everywhere at once; most rules suggest sentences.

        Nothing is replaced where a word of ``not_after`` says what somebody is (不买就是…), or one of ``not_before``
        what only they do (…才用便宜货): no other word mends that.
        """
        found = [finding for finding in score.findings if finding.rule in data["rules"]]
        after, before = (tuple(data.get(key, ())) for key in ("not_after", "not_before"))
        if not found or any(
            score.title[: f.start].endswith(after) or score.title[f.end :].startswith(before) for f in found
        ):
            return
        for number in range(max(len(finding.suggestions) for finding in found)):
            if all(finding.suggestions for finding in found):
                words = [finding.suggestions[min(number, len(finding.suggestions) - 1)] for finding in found]
                title = score.title
                for finding, word in sorted(zip(found, words, strict=True), key=lambda each: -each[0].start):
                    title = title[: finding.start] + word + title[finding.end :]
                old = "”、“".join(dict.fromkeys(finding.match for finding in found))
                yield title, {"old": old, "word": "”、“".join(dict.fromkeys(words))}

    def _drop(self, score: TitleScore, data: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
        """Take out what costs points, with the sign that it leaves hanging, and with a clause that it leaves empty."""
        yield from self._without_all(score, data)
        yield from self._without_repeats(score, data)
        errors = [finding for finding in score.findings if finding.severity == "error"]
        for finding in score.findings:
            if finding.rule not in data["rules"] or is_whole(finding, score):
                continue
            if _is_in(finding, errors):
                continue  # half a word that is barred is barred still
            start, end = self._whole_words(score.title, finding.start, finding.end, data)
            if not self._can_stand(score.title, start, end, data):
                continue
            clause = next((c for c in clauses(score.title) if c.start <= start and end <= c.end), None)
            if clause is not None and score.profile != "listing":
                left = ink(score.title[clause.start : start] + score.title[end : clause.end])
                if 0 < left < _LEAST_CLAUSE and not self._names_goods(score.title[slice(*clause)]):
                    if clause in self._sparing.held(score.title, clauses(score.title)):
                        continue
                    start, end = clause
            if ink(rest := without(score.title, start, end)) >= _LEAST_CLAUSE:
                yield rest, {"old": score.title[start:end]}

    def _without_all(self, score: TitleScore, data: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
        """Take out of a listing title all that costs and can go, if it still says what is sold."""
        if score.profile != "listing":
            return
        errors = [finding for finding in score.findings if finding.severity == "error"]
        places = {
            (each.start, each.end)
            for each in score.findings
            if each.rule in data["rules"] and not is_whole(each, score) and not _is_in(each, errors)
        }
        title, taken = score.title, list[str]()
        for place in sorted(places, reverse=True):
            start, end = self._whole_words(title, *place, data)
            rest = without(title, start, end)
            if ink(rest) >= _LEAST_CLAUSE and self._can_stand(title, start, end, data) and self._names_goods(rest):
                taken.append(title[start:end])
                title = rest
        if len(set(taken)) > 1:
            yield title, {"old": "”“".join(dict.fromkeys(reversed(taken)))}

    def _without_repeats(self, score: TitleScore, data: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
        """Take out a word at every place where it costs, the last first, if the title reads without any of them."""
        places: dict[tuple[str, str], list[Finding]] = {}
        for finding in score.findings:
            if finding.rule in data["rules"] and not is_whole(finding, score):
                places.setdefault((finding.rule, finding.matched_as), []).append(finding)
        for found in places.values():
            title = score.title
            for finding in sorted(found, key=lambda each: -each.start) if len(found) > 1 else ():
                if not self._can_stand(title, finding.start, finding.end, data):
                    break
                title = without(title, finding.start, finding.end)
            else:
                if ink(title) >= _LEAST_CLAUSE:
                    yield title, {"old": "”“".join(finding.match for finding in found)}

    def _whole_words(self, title: str, start: int, end: int, data: Mapping[str, Any]) -> tuple[int, int]:
        """Return a place with what cannot stand without it: 2017|年, 全国|包邮 and, as a price or a clause, 45|包邮."""
        after, before = tuple(data.get("with_after", ())), tuple(data.get("with_before", ()))
        end += next((len(word) for word in after if title.startswith(word, end)), 0)
        start -= next((len(word) for word in before if title.endswith(word, 0, start)), 0)
        figure = start
        while figure and (title[figure - 1].isdigit() or title[figure - 1] in "¥."):
            figure -= 1
        priced = title.startswith(tuple(data.get("prices", ())), start) or not figure or title[figure - 1] in SIGNS
        return (figure if priced else start), end

    def _names_goods(self, text: str) -> bool:
        """Return whether a text says what is sold, which no title can do without."""
        folded = fold(text).text
        starts = [token.start for token in self._sparing.tokens(text)] + [len(folded)]
        hits = self._find(folded).get(self._category_slot, ())
        return goods_named(folded, starts, hits, self._categories.entries) is not None

    def _can_stand(self, title: str, start: int, end: int, data: Mapping[str, Any]) -> bool:
        """Return whether the words around a place read without it: no predicate, no head, no part of a word."""
        if title[start:end] in data.get("keep", ()):
            return False
        folded, tokens = fold(title), self._sparing.tokens(title)
        bounds = {folded.span(token.start, token.end): token for token in tokens}
        before = next((token for (_, last), token in bounds.items() if last == start), None)
        after = next((token for (first, _), token in bounds.items() if first == end), None)
        if self._scorer.profile.id == "listing":
            for beside in (before, after):
                if (
                    beside is not None
                    and len(beside.text) < _WORD
                    and beside.text.isalpha()
                    and beside.text not in self._fillers
                ):
                    return False  # 保|清洁, 清洁|瓶
            return (
                before is None
                or before.tag[0] not in "ab"
                or before.text in self._fillers
                or (after is not None and after.tag[0] == "n")
            )
        clause = next((c for c in clauses(title) if c.start <= start and end <= c.end), None)
        ahead = title[clause.start : start] if clause is not None else title[:start]
        if any(word in ahead for word in data.get("not_with", ())):
            return False
        if before is not None and before.tag[0] in "vdp":
            return False  # 再破|天花板
        at_end = after is None or after.tag == "x" or (clause is not None and end == clause.end)
        return at_end or not ahead or after is None or after.tag[0] == "n"

    def _blank(self, score: TitleScore, data: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
        """Put a blank for every sign that costs, but none for those inside a figure."""
        charged = [finding for finding in score.findings if finding.rule in data["rules"]]
        signs = {score.title[slice(*place)] for f in charged for place in ((f.start, f.end), *f.related)}
        chars = list(score.title)
        for at, char in enumerate(chars):
            before, after = score.title[at - 1 : at], score.title[at + 1 : at + 2]
            if char in signs and not (before.isdigit() and after.isdigit()):
                chars[at] = " "
        title = " ".join("".join(chars).split())
        if title != score.title:
            yield title, {}

    def _soften(self, score: TitleScore, data: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
        """Take out how far things are said to go, everywhere at once: 史上最好用的锅，国家级工艺 → 好用的锅.

        ``degrees`` stand before an adjective, ``levels`` before a noun. A clause that does not read without them goes.
        """
        folded = fold(score.title)
        barred = [finding for finding in score.findings if finding.rule in data["rules"]]
        places = []
        for hit in self._find(folded.text).get(self._degree_slots[data["id"]], ()):
            start, end = folded.span(*hit)
            if any(finding.start < end and start < finding.end for finding in barred):
                places.append((start, end, folded.text[slice(*hit)] in data["levels"]))
        left_out: list[str] = []
        title = score.title
        held = self._sparing.held(title, clauses(title))
        for clause in reversed(clauses(score.title)):
            mine = [place for place in places if clause.start <= place[0] and place[1] <= clause.end]
            if not mine:
                continue
            text, shift = score.title[slice(*clause)], 0
            reads = True
            taken: list[str] = []
            for start, end, level in mine:
                at = start - clause.start - shift
                size = end - start
                rest = text[:at] + text[at + size :]
                if not self._reads_on(rest, at, data, level=level):
                    more = 0 if level else self._praise_after(rest, at)
                    rest = rest[:at] + rest[at + more :]
                    size += more
                    reads = reads and more > 0
                taken.append(text[at : at + size])
                shift += size
                text = rest
            if reads and ink(text) >= _LEAST_CLAUSE:
                title = title[: clause.start] + text + title[clause.end :]
                left_out += reversed(taken)
            else:
                if clause in held or all(
                    clause.end - clause.start >= other.end - other.start
                    for other in clauses(score.title)
                    if other != clause
                ):
                    return  # what a title is about does not go
                title = without(title, *clause)
                left_out.append(score.title[slice(*clause)])
        if places and ink(title) >= max(_LEAST_CLAUSE, ink(score.title) / 3):
            yield title, {"old": "、".join(dict.fromkeys(f"“{word}”" for word in reversed(left_out)))}

    def _reads_on(self, text: str, at: int, data: Mapping[str, Any], *, level: bool) -> bool:
        """Return whether a clause reads from ``at`` on, where a degree stood: 好用的锅 does, 强大|促 and 低 do not."""
        rest = fold(text[at:]).text
        tokens = self._scorer.segmenter.tokens(rest)
        if not tokens:
            return False
        if level:  # 国家级面料的T恤 would be a T恤 of any 面料 at all
            return tokens[0].tag.startswith("n") and len(tokens) > 1 and tokens[1].text != "的"
        size = self._quality(rest)
        first, second = (token.text for token in (tokens[0], tokens[1] if len(tokens) > 1 else tokens[0]))
        if len(first) == 1 and size < 2 and first not in data["alone"]:
            return False  # 强收纳, 年火的裙子
        if len(first) > max(size, 1) and (second == "的" or tokens[0].tag.startswith("n")):
            return True  # 低价的羽绒服, 好用的锅
        if tokens[0].tag.startswith("a") and second == "的":
            return True
        behind = next((token.text for token in tokens if token.start >= size), "")
        return size > 0 and (behind == "的" or len(behind) > 1 or (not behind and size > 1))

    def _quality(self, text: str) -> int:
        """Return how long the word of praise is with which a text begins, 0 when it begins with none."""
        return next((n for n in range(min(self._longest_quality, len(text)), 0, -1) if text[:n] in self._qualities), 0)

    def _praise_after(self, text: str, at: int) -> int:
        """Return how much of a text goes with a degree that stood at ``at``, 0 if nothing can.

        That is one word of praise right before what is praised, where the words before read on without it:
        2025年最火的裙子 becomes 2025年的裙子, 史上最强攻略 becomes 攻略.
        """
        rest, before = fold(text[at:]).text, self._sparing.tokens(text[:at])
        size = self._quality(rest)
        if not size or len(rest) != len(text) - at or (before and before[-1].tag[0] not in "ntmx"):
            return 0
        behind = size + rest.startswith("的", size)
        following = self._scorer.segmenter.tokens(rest[behind:])
        if not following or len(following[0].text) < _WORD or following[0].tag[0] not in "nv":
            return 0
        keeps = behind > size and bool(before) and before[-1].tag[0] in "tm"
        return size if keeps else behind

    def _front(self, score: TitleScore, data: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
        """Bring the clause with the category word to the front."""
        folded, tokens = fold(score.title), self._sparing.tokens(score.title)
        starts = [token.start for token in tokens] + [len(folded.text)]
        hits = self._find(folded.text).get(self._category_slot, ())
        of_brief = goods_of_brief(folded.text, self._scorer.settings.brief)
        named = of_brief or goods_named(folded.text, starts, hits, self._categories.entries)
        if named is None:
            return
        first, last = named
        for token in tokens:  # 茶叶礼盒 is one thing
            if token.start == last and token.tag[0] == "n" and token.text[-1] in self._endings:
                last = token.end
                break
        if data.get("move") == "word":
            if first not in starts:
                return  # 书 of 畅销书
            behind = next((token.text for token in tokens if token.start == last), " ")
            if len(behind) < _WORD and behind.isalpha() and behind not in self._fillers:
                return  # 冰箱 of 冰箱|贴
            before = next((token for token in tokens if token.end == first), None)
            if before is not None and before.tag[0] in _DESCRIBES and len(before.text) <= _MODIFIER:
                if len(before.text) < _WORD:
                    return  # 铁|咖啡 of 拿铁咖啡
                first = before.start  # 拿铁|咖啡: what stays behind without it says nothing
            if last - first > _MOVED:
                return
        start, end = folded.span(first, last)
        if start < data.get("after", 12):
            return
        word = score.title[start:end]
        if data.get("move") == "word":
            yield word + " " + without(score.title, start, end), {"word": word}
            return
        parts = clauses(score.title)
        holding = [part for part in parts if part.start <= start and end <= part.end]
        if len(parts) > 1 and holding and holding[0] not in self._sparing.held(score.title, parts):
            clause = holding[0]
            yield score.title[clause.start : clause.end] + "，" + without(score.title, *clause), {"word": word}

    def _shorten(self, score: TitleScore, data: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
        """Take out what says least: signs without a word, what costs, a last clause that only remarks."""
        if score.length.ok is not False or score.length.limit is None:
            return
        plain, pictures = _without_pictures(score.title)
        if pictures:
            yield plain, {"old": pictures}
        fitting, dropped = self._sparing.squeezed(score.title)
        if dropped:
            yield fitting, {"old": "”“".join(dropped)}
        parts = clauses(score.title)
        held = self._sparing.held(score.title, parts)
        loose = [part for part in parts if part not in held and self._only_remarks(score, part, last=part == parts[-1])]
        loose.sort(key=lambda part: earned(score, part.start, part.end))
        if len(loose) == len(parts):
            loose = loose[:-1]
        choices = [*([part] for part in loose), *(loose[:count] for count in range(2, len(loose) + 1))]
        for choice in choices:
            title = score.title
            for part in sorted(choice, reverse=True):
                title = without(title, part.start, part.end)
            yield title, {"old": "”“".join(score.title[slice(*part)] for part in sorted(choice))}

    def _only_remarks(self, score: TitleScore, part: tuple[int, int], *, last: bool) -> bool:
        """Return whether a clause can go: without a word, in a list of search words, or a short one without figures.

        A short one is the last, or holds what costs.
        """
        text = score.title[slice(*part)]
        if not ink(text) or score.profile == "listing":
            return True
        figures = any(char.isdigit() for char in text) or any(t.tag[0] == "m" for t in self._sparing.tokens(text))
        beside = last or any(f.points < 0 and part[0] <= f.start < f.end <= part[1] for f in score.findings)
        return beside and not figures and ink(text) * 3 <= ink(score.title)


_KINDS = {
    "insert": Rewriter._insert,
    "replace": Rewriter._replace,
    "soften": Rewriter._soften,
    "drop": Rewriter._drop,
    "blank": Rewriter._blank,
    "front": Rewriter._front,
    "shorten": Rewriter._shorten,
}


def _is_in(finding: Finding, others: Iterable[Finding]) -> bool:
    """Return whether a finding shares words with one of others."""
    return any(other.start < finding.end and finding.start < other.end for other in others)


def _joined(title: str, template: str) -> str:
    """Return a title in its template; no comma stands behind a sign that ends a sentence (绝了！，单眼皮可以看看)."""
    behind = template.partition("{title}")[2]
    if behind.startswith("，"):
        title = title.rstrip(" 。.，,、；;~～")
        if title.endswith(_ENDED):
            template = template.replace("{title}，", "{title}")
    return template.replace("{title}", title)


_ENDED = tuple("！!？?…")


def quoted(words: Iterable[str], lang: str) -> str:
    """Return words as a sentence names them."""
    if lang == "zh":
        return "、".join(f"“{word}”" for word in words)
    return ", ".join(f'"{word}"' for word in words)


def _troubles(score: TitleScore) -> int:
    return sum(finding.severity != "hint" for finding in score.findings)


def _is_bare(tokens: Sequence[Token]) -> bool:
    """Return whether a title is no sentence to put somebody before: one word, or many in a list without small words."""
    words = [token for token in tokens if token.tag != "x"]
    return len(words) < 2 or (len(words) >= _LISTED and not any(token.tag[0] in _SMALL_TAGS for token in words))


def _completed(title: str, word: str) -> str | None:
    """Put what a title lacks of a word beside what it has: 睫毛膏 → 平价睫毛膏; return None if it has nothing.

    The word at the title's end would say 睫毛膏 again.
    """
    for size in range(len(word) - 1, 1, -1):
        at = title.find(word[-size:])
        if at >= 0:
            return title[:at] + word[:-size] + title[at:]
        at = title.find(word[:size])
        if at >= 0:
            return title[:at] + word + title[at + size :]
    return None


def _without_pictures(title: str) -> tuple[str, str]:
    """Return a title without the pictures at its edges and beside its signs, and them; others may be words (🍐形)."""
    found = [
        match
        for match in _PICTURES.finditer(title)
        if not title[: match.start()].strip()
        or not title[match.end() :].strip()
        or title[match.start() - 1] in SIGNS
        or title[match.end()] in SIGNS
    ]
    plain = title
    for match in reversed(found):
        plain = plain[: match.start()] + plain[match.end() :]
    return plain.strip(), "".join(match[0] for match in found)


_PICTURES = late("[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff][\ufe0f\u200d\u2600-\u27bf\U0001f000-\U0001faff]*")
