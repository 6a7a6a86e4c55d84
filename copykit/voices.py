"""Voices as data: how a platform's readers are spoken to, and where a text falls out of that voice."""

from __future__ import annotations

import functools
import re
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from copykit.datafiles import DataFiles
from copykit.errors import CopykitError, Problem, Words
from copykit.lexicon import Lexicons
from copykit.model import Finding, Severity, Span
from copykit.text.clauses import sentences

KIND = "voices"
# A median is only told of a text in which there is one.
_SENTENCES = 5
_SLACK = 1.6  # so much longer than its voice has to be, before a reader feels it


class UnknownVoice(CopykitError):
    """A voice that no data file describes."""

    zh = "没有叫“{name}”的口吻；有 {known}（全部：copykit data list voices）"
    en = "there is no voice '{name}'; there are {known} (all: copykit data list voices)"


@dataclass(frozen=True, slots=True)
class Voice:
    """One platform's voice.

    ``median`` and ``longest`` are characters; ``calls`` are all ways to call a reader and ``address`` its own ones;
    ``never`` is word → why it is not said there.
    """

    id: str
    name: str
    median: int
    longest: int
    calls: tuple[str, ...]
    address: tuple[str, ...]
    particles: tuple[str, ...] | None
    particles_most: int | None
    emoji: int | None
    exclamations: int | None
    never: Mapping[str, tuple[Words, str]]
    ends_never: tuple[str, ...]
    tone: Words
    ending: Words

    @property
    def barred(self) -> tuple[str, ...]:
        """Return the words that a template may not put in its mouth."""
        return (*self.never, *(word for word in self.calls if word not in self.address))


class Voices:
    """The voices of a run, found by id, name or alias in any letter case."""

    def __init__(self, files: DataFiles) -> None:
        self._data = files.load(KIND)
        self._calls = calls_of(files)
        self._names: dict[str, str] = {}
        for identifier, data in self._data.items():
            for name in (identifier, data["name"], *data.get("aliases", ())):
                self._names[name.casefold()] = identifier

    def get(self, name: str) -> Voice | None:
        """Return a voice, or None."""
        identifier = self._names.get(name.strip().casefold())
        return voice_from(identifier, self._data[identifier], self._calls) if identifier is not None else None

    def __getitem__(self, name: str) -> Voice:
        """Return a voice.

        Raises:
            UnknownVoice: with the names of all.
        """
        found = self.get(name)
        if found is None:
            raise UnknownVoice(name=name, known="、".join(data["name"] for data in self._data.values()))
        return found


def calls_of(files: DataFiles) -> tuple[str, ...]:
    """Return all ways to call a reader."""
    return tuple(Lexicons(files)["reader_calls"].entries)


def voice_from(identifier: str, data: Mapping[str, Any], calls: tuple[str, ...]) -> Voice:
    """Return the voice of a data file."""
    return Voice(
        id=identifier,
        name=data["name"],
        median=data["median"],
        longest=data["longest"],
        calls=calls,
        address=tuple(data["address"]),
        particles=tuple(data["particles"]) if "particles" in data else None,
        particles_most=data.get("particles_most"),
        emoji=data.get("emoji"),
        exclamations=data.get("exclamations"),
        never={
            word: (Words(each["why"], each["why_en"]), each.get("instead", ""))
            for each in data.get("never", ())
            for word in each["words"]
        },
        ends_never=tuple(data.get("ends_never", ())),
        tone=Words(data["tone"], data["tone_en"]),
        ending=Words(data["ending"], data["ending_en"]),
    )


def lint(voice: Voice, text: str, lang: str = "zh") -> list[Finding]:
    """Return where a text falls out of a voice, in the order of the text; spans are half-open code points of it."""
    # A cell of a table and the words of a link end where they end, and nobody reads out an address.
    read = _ENDS_THERE.sub(lambda match: "\n" * len(match[0]), text)
    spans = [span for span in sentences(read) if _HAN.search(text, span.start, span.end)]
    slips = (*_words_said(voice, text), *_signs(voice, text), *_ends(voice, text, spans), *_lengths(voice, text, spans))
    found = [slip.finding(voice, text, lang) for slip in slips]
    return sorted(found, key=lambda finding: (finding.start, finding.rule))


class _Slip(NamedTuple):
    """A place where a text falls out of its voice, and by what; ``why`` is the voice's tone if not told."""

    what: str
    start: int
    end: int
    message: Words
    why: Words | None = None
    severity: Severity = "hint"
    instead: str = ""

    def finding(self, voice: Voice, text: str, lang: str) -> Finding:
        """Return the slip as a finding of the rule ``voice/<id>/<what>``."""
        match = text[self.start : self.end]
        source = Words(f"口吻·{voice.name}", f"voice of {voice.name}")
        told = (self.message.say(lang), (self.why or voice.tone).say(lang), source.say(lang))
        suggestions = (self.instead,) if self.instead else ()
        rule = f"voice/{voice.id}/{self.what}"
        return Finding(rule, self.start, self.end, match, match, self.severity, *told, suggestions=suggestions)


def _words_said(voice: Voice, text: str) -> Iterator[_Slip]:
    """Yield words that the voice never says, and calls to readers that are not its own."""
    name = voice.name
    for match in _longest_first(tuple(voice.never)).finditer(text) if voice.never else ():
        why, instead = voice.never[match[0]]
        message = Words(f"“{match[0]}”不是{name}的口吻", f"'{match[0]}' is not the voice of {name}")
        yield _Slip("never", *match.span(), message, why, "warning", instead)
    for match in _longest_first(voice.calls).finditer(text):
        if match[0] not in voice.address and match[0] not in voice.never:
            allowed = "、".join(voice.address) or "不叫"
            zh = f"{name}里叫读者“{allowed}”，这里写了“{match[0]}”"
            yield _Slip("address", *match.span(), Words(zh, f"{name} calls its readers {allowed}, not '{match[0]}'"))


def _signs(voice: Voice, text: str) -> Iterator[_Slip]:
    """Yield the first exclamation mark and the first emoji beyond what the voice allows."""
    counted = (
        ("exclamation", voice.exclamations, _EXCLAIMED, "感叹号", "exclamation marks"),
        ("emoji", voice.emoji, _EMOJI, "表情", "emoji"),
    )
    for what, most, pattern, zh, en in counted:
        places = list(pattern.finditer(text)) if most is not None else []
        if most is not None and len(places) > most:
            count = len(places)
            message = Words(
                f"{voice.name}里{zh}最多 {most} 个，这里有 {count} 个",
                f"at most {most} {en} on {voice.name}; there are {count}",
            )
            yield _Slip(what, *places[most].span(), message)


def _ends(voice: Voice, text: str, spans: Sequence[Span]) -> Iterator[_Slip]:
    """Yield particles that end sentences and are none of the voice's or too many, and words it ends no text on."""
    name = voice.name
    ends = [end for span in spans if (end := _PARTICLE.search(text, span.start, span.end))]
    for end in ends if voice.particles is not None else ():
        if voice.particles is not None and end[1] not in voice.particles:
            message = Words(f"{name}里句尾不用“{end[1]}”", f"no sentence on {name} ends with '{end[1]}'")
            yield _Slip("particle", *end.span(1), message)
    most = voice.particles_most
    if most is not None and len(ends) > most:
        zh = f"{name}里语气词最多 {most} 个，这里有 {len(ends)} 个"
        yield _Slip(
            "particles", *ends[most].span(1), Words(zh, f"at most {most} particles on {name}; there are {len(ends)}")
        )
    if spans and voice.ends_never:
        for match in _longest_first(voice.ends_never).finditer(text, *spans[-1]):
            message = Words(f"{name}不拿“{match[0]}”结尾", f"a text on {name} does not end with '{match[0]}'")
            yield _Slip("ending", *match.span(), message, voice.ending)


def _lengths(voice: Voice, text: str, spans: Sequence[Span]) -> Iterator[_Slip]:
    """Yield sentences that are too long for the voice, and the middle one where most are longer than usual in it."""
    name = voice.name
    sizes = [_size(text[span.start : span.end]) for span in spans]
    for span, size in zip(spans, sizes, strict=True):
        if size > voice.longest:
            message = Words(
                f"这一句 {size} 个字，{name}里一句不过 {voice.longest} 个：断开",
                f"a sentence of {size} characters; on {name} one has {voice.longest} at most: part it",
            )
            yield _Slip("long", *span, message)
    if len(sizes) >= _SENTENCES and statistics.median(sizes) > voice.median * _SLACK:
        middle = int(statistics.median(sizes))
        message = Words(
            f"句子一般有 {middle} 个字，{name}里大约 {voice.median} 个",
            f"a usual sentence has {middle} characters; on {name} it has about {voice.median}",
        )
        yield _Slip("median", *spans[len(spans) // 2], message)


def check_voice(identifier: str, data: Mapping[str, Any], calls: tuple[str, ...]) -> list[Problem]:
    """Return which of a voice's own cases are judged otherwise than they say."""
    voice = voice_from(identifier, data, calls)
    problems = []
    for expected, key in ((True, "flag"), (False, "pass")):
        for number, case in enumerate(data["cases"][key]):
            found = lint(voice, case)
            if bool(found) is not expected:
                zh = f"“{case}”没有报出来" if expected else f"“{case}”不该报：{found[0].message}"
                en = f"'{case}' is not told" if expected else f"'{case}' is told: {found[0].rule}"
                problems.append(Problem(identifier, 0, f"cases.{key}.{number}", zh, en))
    return problems


@functools.lru_cache(maxsize=64)
def _longest_first(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))


def _size(sentence: str) -> int:
    return len(_BLANKS.sub("", sentence))


_BLANKS = re.compile(r"[\s#*>\[\-]+")
_ENDS_THERE = re.compile(r"\]\([^)\n]*\)|\|")
_HAN = re.compile(r"[\u3400-\u9fff]")
_EXCLAIMED = re.compile(r"[！!]")
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]\ufe0f?")
_PARTICLE = re.compile(r"(呢|吧|啊|嘛|呀|啦|哦|哟|哈|噢|喽)[。！？!?…”」]*$")
