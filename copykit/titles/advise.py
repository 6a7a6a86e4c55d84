"""The two changes that would help a title most: real rewrites, each judged again before it is proposed.

What may be tried is data (``changes/*.toml``): put someone or some scene in, take a word out, replace it by the one
that its list has for it, leave superlatives out, bring the core word forward, shorten to the platform's limit. Words
come from the brief, otherwise from what buyers of that category are like; nothing that would need evidence (a figure, a
result) is ever put in. A silly rewrite costs more trust than none: where grammar or sense are in doubt nothing is
proposed, and the writer is asked for what only the writer knows.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from copykit.datafiles import DataFiles
from copykit.errors import CopykitError
from copykit.late import late
from copykit.lexicon import AutomatonBuilder, Lexicons
from copykit.model import MOST_CHANGES, Change, Finding, Span, TitleScore, Token
from copykit.platforms import length_on
from copykit.text.clauses import clauses
from copykit.text.normalize import fold, fold_texts
from copykit.titles.goods import goods_named, names_goods
from copykit.titles.score import MAX_TITLE, TitleScorer

LEAST_GAIN = 1.0  # less is not to be seen in a score without decimals
_TRIED = 24  # rewrites judged at most; each costs about as much as the title itself
_ADDRESSES = 8  # points from which the goods' own words call somebody
_LEAST_CLAUSE = 4  # characters; what is left of a clause below that says nothing
_DESCRIBES = "nabv"  # tags of what describes the noun behind it
_MOVED = 8  # characters that are still one thing
_MODIFIER = 4  # characters of a word that does
_WORD = 2  # characters of a word that can stand where two were
_ASKED_WORDS = 5  # that a writer is asked about at once
_SPEAKS_OF_IT = "relevance/brief_match"
_LISTED = 4  # words without a small one among them are a list of search words
_SMALL_TAGS = "udpcyrm"
_EDGES = " ，,、；;：:|｜/·-—"
_SIGNS = _EDGES + "！!？?。…~"
# What tells a story or speaks of itself, by tag: a name before such a title would become the one who did it.
_STORY_TAGS = ("ul", "uz", "ug")
_GENERAL_NOT = (*_STORY_TAGS, "r", "m", "c", "x")


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
        self._small = lexicons["squeezable"].entries
        self._endings = frozenset(lexicons["goods_endings"].entries)
        self._fillers = lexicons["search_fillers"].entries
        self._qualities = lexicons["quality_adjectives"].entries
        self._longest_quality = max(map(len, self._qualities))
        self._category_slot = builder.words(self._categories.entries, self._categories.exceptions)
        self._buyer_slot = builder.words(self._buyers.entries, self._categories.exceptions)
        self._squeeze_slot = builder.words(self._small)
        self._spare = lexicons["sparable"].entries
        leaning = lexicons["leaning_openers"].entries
        self._lone = frozenset(word for word, fields in leaning.items() if "alone" in fields)
        self._openers = tuple(leaning.keys() - self._lone)
        self._asked = [
            rule for data in self._changes.values() if data["kind"] == "ask" for rule in data.get("rules", ())
        ]
        self._degree_slots = {
            name: builder.words(fold_texts((*data["degrees"], *data["levels"])))
            for name, data in self._changes.items()
            if data["kind"] == "soften"
        }
        self._find = builder.build().hits

    def changes(self, score: TitleScore, body: str | None = None) -> list[Change]:
        """Return up to two changes of different kinds, the second made upon the first; none when nothing helps."""
        chosen: list[Change] = []
        used: set[str] = set()
        for _ in range(MOST_CHANGES):
            best = next(iter(self._judged(score, body, used)), None)
            if best is None:
                break
            change, score = best
            used.add(change.change)
            chosen.append(Change(change.message, change.title, score.overall.value))
        return chosen

    def alone(self, score: TitleScore, body: str | None = None) -> list[Change]:
        """Return the best change of each kind, each made upon the title itself, the one that helps most first."""
        kinds: dict[str, Change] = {}
        for change, after in self._judged(score, body, ()):
            if all(change.title != other.title for other in kinds.values()):
                kinds.setdefault(change.change, Change(change.message, change.title, after.overall.value))
        return list(kinds.values())

    def questions(self, score: TitleScore) -> list[str]:
        """Return what to ask the writer about a title that no rewrite of its own words would help."""
        asked: list[tuple[int, str]] = []
        for data in self._changes.values():
            if data["kind"] != "ask" or score.profile not in data.get("profiles", (score.profile,)):
                continue
            rules, lacks = data.get("rules", ()), data.get("lacks")
            found = [finding for finding in score.findings if self._asks(data, finding)]
            told = any(f.dimension == lacks and f.points > 0 and f.rule not in rules for f in score.findings)
            low = score.percentile is None or score.percentile < data.get("below", 0)
            if (found or (low and "below" in data)) and not (lacks and told):
                asked.append((data["rank"], self._question(score, data, found)))
        return [message for rank, message in asked if rank == min(asked)[0]]

    def _asks(self, data: Mapping[str, Any], finding: Finding) -> bool:
        """Return whether a question is asked of a finding: of its rule, or of what no other question names."""
        of = data.get("of", finding.severity)
        if finding.severity != of:
            return False
        return (
            _names(data["rules"], finding.rule)
            if "rules" in data
            else "of" in data and not _names(self._asked, finding.rule)
        )

    def _question(self, score: TitleScore, data: Mapping[str, Any], found: Sequence[Finding]) -> str:
        """Return a question with the words that it is about, how far the length is off, and what could go."""
        old = self._quoted(dict.fromkeys(finding.match for finding in found))
        length = score.length
        over = max(length.used - (length.limit or length.used), (length.low or 0) - length.used)
        spare = self._could_go(score, over) if "bare" in data else []
        message = data["message"] if spare or "bare" not in data else data["bare"]
        return str(message.format(old=old, over=over, word=self._quoted(spare)))

    def _could_go(self, score: TitleScore, over: int) -> list[str]:
        """Return the small words, and where those are too few the clause, that a title too long might do without."""
        if len(score.title) > MAX_TITLE:
            return []
        folded, tokens = fold(score.title), self._tokens(score.title)
        earning = [(f.start, f.end) for f in score.findings if f.points > 0 and not _is_whole(f, score)]
        words = []
        for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
            fields = self._small.get(token.text, self._spare.get(token.text))
            start, end = folded.span(token.start, token.end)
            goes = fields is not None and _ink(token.text) and _can_go(fields, before, after)
            if goes and not any(first < end and start < last for first, last in earning):
                words.append(score.title[start:end])
        short = over - sum(map(len, words))
        words = list(dict.fromkeys(words))[:_ASKED_WORDS]
        if short <= 0:
            return words
        parts = clauses(score.title)
        held = self._held(score.title, parts)
        enough = [part for part in parts if part not in held and short <= part.end - part.start < _ink(score.title) / 2]
        if not enough:
            return words
        least = min(enough, key=lambda part: (_earned(score, *part), part.end - part.start))
        clause = score.title[slice(*least)]
        return [*(word for word in words if word not in clause), clause]

    def _held(self, title: str, parts: Sequence[Span]) -> set[Span]:
        """Return the clauses that do not go, because one leans on another.

        These are a clause that points back and the one it points to, a question with what answers it, and all that
        stands beside a mere yes or no.
        """
        held: set[Span] = set()
        for ahead, part in itertools.pairwise(parts):
            texts = [fold(title[slice(*each)]).text for each in (ahead, part)]
            answered = "?" in fold(title[ahead.end : part.start]).text
            if answered or texts[1].startswith(self._openers) or not self._lone.isdisjoint(texts):
                held |= {ahead, part}
        return held

    def _judged(self, score: TitleScore, body: str | None, without: Iterable[str]) -> list[tuple[_Rewrite, TitleScore]]:
        """Return the rewrites that help with what they come to, the best first."""
        judged: list[tuple[int, float, int, _Rewrite, TitleScore]] = []
        for number, rewrite in enumerate(list(dict.fromkeys(self._rewrites(score, without)))[:_TRIED]):
            try:
                after = self._scorer.score(rewrite.title, body)
            except CopykitError:
                continue
            if _worth(score, after, self._scorer.profile.highs):
                judged.append((_fixes(score, after), after.overall.value, -number, rewrite, after))
        judged.sort(key=lambda item: item[:3], reverse=True)
        return [(rewrite, after) for *_, rewrite, after in judged]

    def _rewrites(self, score: TitleScore, without: Iterable[str]) -> Iterator[_Rewrite]:
        for name, data in self._changes.items():
            if name in without or data["kind"] == "ask" or score.profile not in data.get("profiles", (score.profile,)):
                continue
            for title, facts in _KINDS[data["kind"]](self, score, {"id": name, **data}):
                title, dropped = self._squeezed(title.strip(_EDGES))
                if title and title != score.title:
                    message = data["message"].format(**facts)
                    yield _Rewrite(name, message + self._also(dropped), title)

    def _insert(self, score: TitleScore, data: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
        """Put a word of the brief or of the category's buyers into each template, where nothing like it stands."""
        lacking = data.get("lacks")
        if lacking and any(
            f.dimension == lacking and f.points > 0 and (f.points >= _ADDRESSES or f.rule not in data.get("but", ()))
            for f in score.findings
        ):
            return
        tokens = self._tokens(score.title)
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
                    yield completed or template.format(title=score.title, **{slot: word}), {"word": word}

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
            return own if any(finding.rule == _SPEAKS_OF_IT for finding in score.findings) else ()
        # Without a brief only a title that speaks of goods in general is given to somebody: no story, no list.
        if data.get("brief_only") or _troubles(score) or any(token.tag in _GENERAL_NOT for token in tokens):
            return ()
        for start, end in hits.get(self._buyer_slot, ()):
            if len(goods) == 1 and names_goods(starts, start, end):
                fields = self._buyers.entries[folded[start:end]]
                return fields[slot].split("|") if slot in fields else ()
        return ()

    def _tokens(self, title: str) -> list[Token]:
        """Return the words of a title; their places are those of the folded text."""
        return self._scorer.segmenter.tokens(fold(title).text)

    def _squeezed(self, title: str) -> tuple[str, list[str]]:
        """Take out small words that can go, from the end on, until the title fits; as it was when it never does.

        A word can go where it is a word, earns nothing, and stands between such words as its list says.
        """
        platform = self._scorer.settings.platform
        if platform is None or length_on(platform, title).ok is not False or len(title) > MAX_TITLE:
            return title, []
        folded, tokens = fold(title), self._tokens(title)
        hits = set(self._find(folded.text).get(self._squeeze_slot, ()))
        earning = [(f.start, f.end) for f in self._scorer.score(title).findings if f.points > 0 and f.match != title]
        places = []
        for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
            if (token.start, token.end) in hits and _can_go(self._small[token.text], before, after):
                place = folded.span(token.start, token.end)
                if not any(start < place[1] and place[0] < end for start, end in earning):
                    places.append(place)
        shorter = title
        for number, (start, end) in enumerate(reversed(places), 1):
            shorter = _without(shorter, start, end)
            if length_on(platform, shorter).ok:
                return shorter, [title[slice(*place)] for place in places[-number:]]
        return title, []

    def _also(self, dropped: Sequence[str]) -> str:
        if not dropped:
            return ""
        words = self._quoted(dropped)
        return f"（为了不超长，去掉了{words}）" if self._lang == "zh" else f" (without {words}, to fit)"

    def _quoted(self, words: Iterable[str]) -> str:
        if self._lang == "zh":
            return "、".join(f"“{word}”" for word in words)
        return ", ".join(f'"{word}"' for word in words)

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
        yield from self._without_repeats(score, data)
        errors = [finding for finding in score.findings if finding.severity == "error"]
        for finding in score.findings:
            if finding.rule not in data["rules"] or _is_whole(finding, score):
                continue
            if any(error.start < finding.end and finding.start < error.end for error in errors):
                continue  # half a word that is barred is barred still
            start, end = self._whole_words(score.title, finding.start, finding.end, data)
            if not self._can_stand(score.title, start, end, data):
                continue
            clause = next((c for c in clauses(score.title) if c.start <= start and end <= c.end), None)
            if clause is not None and score.profile != "listing":
                left = _ink(score.title[clause.start : start] + score.title[end : clause.end])
                if 0 < left < _LEAST_CLAUSE and not self._names_goods(score.title[slice(*clause)]):
                    if clause in self._held(score.title, clauses(score.title)):
                        continue
                    start, end = clause
            if _ink(rest := _without(score.title, start, end)) >= _LEAST_CLAUSE:
                yield rest, {"old": score.title[start:end]}

    def _without_repeats(self, score: TitleScore, data: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
        """Take out a word at every place where it costs, the last first, if the title reads without any of them."""
        places: dict[tuple[str, str], list[Finding]] = {}
        for finding in score.findings:
            if finding.rule in data["rules"] and not _is_whole(finding, score):
                places.setdefault((finding.rule, finding.matched_as), []).append(finding)
        for found in places.values():
            title = score.title
            for finding in sorted(found, key=lambda each: -each.start) if len(found) > 1 else ():
                if not self._can_stand(title, finding.start, finding.end, data):
                    break
                title = _without(title, finding.start, finding.end)
            else:
                if _ink(title) >= _LEAST_CLAUSE:
                    yield title, {"old": "”“".join(finding.match for finding in found)}

    def _whole_words(self, title: str, start: int, end: int, data: Mapping[str, Any]) -> tuple[int, int]:
        """Return a place with what cannot stand without it: 2017|年, 全国|包邮 and, as a price or a clause, 45|包邮."""
        after, before = tuple(data.get("with_after", ())), tuple(data.get("with_before", ()))
        end += next((len(word) for word in after if title.startswith(word, end)), 0)
        start -= next((len(word) for word in before if title.endswith(word, 0, start)), 0)
        figure = start
        while figure and (title[figure - 1].isdigit() or title[figure - 1] in "¥."):
            figure -= 1
        priced = title.startswith(tuple(data.get("prices", ())), start) or not figure or title[figure - 1] in _SIGNS
        return (figure if priced else start), end

    def _names_goods(self, text: str) -> bool:
        """Return whether a text says what is sold, which no title can do without."""
        folded = fold(text).text
        starts = [token.start for token in self._tokens(text)] + [len(folded)]
        hits = self._find(folded).get(self._category_slot, ())
        return goods_named(folded, starts, hits, self._categories.entries) is not None

    def _can_stand(self, title: str, start: int, end: int, data: Mapping[str, Any]) -> bool:
        """Return whether the words around a place read without it: no predicate, no head, no part of a word."""
        if title[start:end] in data.get("keep", ()):
            return False
        folded, tokens = fold(title), self._tokens(title)
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
        held = self._held(title, clauses(title))
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
            if reads and _ink(text) >= _LEAST_CLAUSE:
                title = title[: clause.start] + text + title[clause.end :]
                left_out += reversed(taken)
            else:
                if clause in held or all(
                    clause.end - clause.start >= other.end - other.start
                    for other in clauses(score.title)
                    if other != clause
                ):
                    return  # what a title is about does not go
                title = _without(title, *clause)
                left_out.append(score.title[slice(*clause)])
        if places and _ink(title) >= max(_LEAST_CLAUSE, _ink(score.title) / 3):
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
        rest, before = fold(text[at:]).text, self._tokens(text[:at])
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
        folded, tokens = fold(score.title), self._tokens(score.title)
        starts = [token.start for token in tokens] + [len(folded.text)]
        hits = self._find(folded.text).get(self._category_slot, ())
        named = goods_named(folded.text, starts, hits, self._categories.entries)
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
            yield word + " " + _without(score.title, start, end), {"word": word}
            return
        parts = clauses(score.title)
        holding = [part for part in parts if part.start <= start and end <= part.end]
        if len(parts) > 1 and holding and holding[0] not in self._held(score.title, parts):
            clause = holding[0]
            yield score.title[clause.start : clause.end] + "，" + _without(score.title, *clause), {"word": word}

    def _shorten(self, score: TitleScore, data: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
        """Take out what says least: signs without a word, what costs, a last clause that only remarks."""
        if score.length.ok is not False or score.length.limit is None:
            return
        plain, pictures = _without_pictures(score.title)
        if pictures:
            yield plain, {"old": pictures}
        fitting, dropped = self._squeezed(score.title)
        if dropped:
            yield fitting, {"old": "”“".join(dropped)}
        parts = clauses(score.title)
        held = self._held(score.title, parts)
        loose = [part for part in parts if part not in held and self._only_remarks(score, part, last=part == parts[-1])]
        loose.sort(key=lambda part: _earned(score, part.start, part.end))
        if len(loose) == len(parts):
            loose = loose[:-1]
        choices = [*([part] for part in loose), *(loose[:count] for count in range(2, len(loose) + 1))]
        for choice in choices:
            title = score.title
            for part in sorted(choice, reverse=True):
                title = _without(title, part.start, part.end)
            yield title, {"old": "”“".join(score.title[slice(*part)] for part in sorted(choice))}

    def _only_remarks(self, score: TitleScore, part: tuple[int, int], *, last: bool) -> bool:
        """Return whether a clause can go: without a word, in a list of search words, or a short one without figures.

        A short one is the last, or holds what costs.
        """
        text = score.title[slice(*part)]
        if not _ink(text) or score.profile == "listing":
            return True
        figures = any(char.isdigit() for char in text) or any(t.tag[0] == "m" for t in self._tokens(text))
        beside = last or any(f.points < 0 and part[0] <= f.start < f.end <= part[1] for f in score.findings)
        return beside and not figures and _ink(text) * 3 <= _ink(score.title)


_KINDS = {
    "insert": Adviser._insert,
    "replace": Adviser._replace,
    "soften": Adviser._soften,
    "drop": Adviser._drop,
    "blank": Adviser._blank,
    "front": Adviser._front,
    "shorten": Adviser._shorten,
}


def _worth(before: TitleScore, after: TitleScore, highs: Mapping[str, int]) -> bool:
    """Return whether a rewrite helps: it fits, brings nothing new to mend, and mends an error or gains visibly.

    While something has to be mended, nothing else is worth proposing.
    """
    if after.length.ok is False or _faults(after) - _faults(before):
        return False
    if any(part.value >= highs.get(name, 101) > before.risks[name].value for name, part in after.risks.items()):
        return False
    if _fixes(before, after) > 0:
        return after.overall.value >= before.overall.value
    mended = before.length.ok is not False and not any(finding.severity == "error" for finding in before.findings)
    return mended and after.overall.value >= before.overall.value + LEAST_GAIN


def _fixes(before: TitleScore, after: TitleScore) -> int:
    """Return how much of what must be mended is mended: the length, and each error."""
    errors = [sum(finding.severity == "error" for finding in score.findings) for score in (before, after)]
    return (before.length.ok is False and after.length.ok is True) + errors[0] - errors[1]


def _faults(score: TitleScore) -> Counter[tuple[str, str]]:
    """Return what warns, by rule and words, and what costs points, by rule: of its words only a few are ever told."""
    return Counter(
        (finding.rule, "" if finding.severity == "hint" or _is_whole(finding, score) else finding.matched_as)
        for finding in score.findings
        if finding.severity != "hint" or (finding.points < 0 and finding.dimension in score.overall.parts)
    )


def _names(rules: Iterable[str], rule: str) -> bool:
    """Return whether a rule is one of those named; a name with a slash at its end means a whole folder."""
    return any(rule.startswith(name) if name.endswith("/") else rule == name for name in rules)


def _troubles(score: TitleScore) -> int:
    return sum(finding.severity != "hint" for finding in score.findings)


def _can_go(fields: Mapping[str, str], before: Token | None, after: Token | None) -> bool:
    """Return whether a small word can go from between two others, by the tags that its list asks for on each side."""
    for side, token in (("prev", before), ("next", after)):
        if side in fields and (token is None or not token.tag.startswith(tuple(fields[side].split("|")))):
            return False
    return True


def _is_bare(tokens: Sequence[Token]) -> bool:
    """Return whether a title is no sentence to put somebody before: one word, or many in a list without small words."""
    words = [token for token in tokens if token.tag != "x"]
    return len(words) < 2 or (len(words) >= _LISTED and not any(token.tag[0] in _SMALL_TAGS for token in words))


def _ink(text: str) -> int:
    return sum(map(str.isalnum, text))


def _is_whole(finding: Finding, score: TitleScore) -> bool:
    return finding.end - finding.start >= len(score.title)


def _earned(score: TitleScore, start: int, end: int) -> int:
    inside = [f for f in score.findings if start <= f.start and f.end <= end and f.dimension in score.overall.parts]
    return sum(finding.points for finding in inside)


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
        or title[match.start() - 1] in _SIGNS
        or title[match.end()] in _SIGNS
    ]
    plain = title
    for match in reversed(found):
        plain = plain[: match.start()] + plain[match.end() :]
    return plain.strip(), "".join(match[0] for match in found)


_PICTURES = late("[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff][\ufe0f\u200d\u2600-\u27bf\U0001f000-\U0001faff]*")


def _without(title: str, start: int, end: int) -> str:
    left, right = title[:start], title[end:]
    if not left or left[-1] in _SIGNS:
        right = right.lstrip(_SIGNS)  # the sign after the words went with them
    return (left + right).strip(_EDGES)
