"""Of which shape a phrase of a brief is: a noun (名词), verb first (动宾), a clause (小句), or whole sentences.

A template puts a phrase into a sentence of its own, so that a noun where a clause belongs breaks the sentence. What
cannot be told is let pass: tags are guesses, and a copywriter is asked to change only what surely does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from copykit import schemas
from copykit.datafiles import DataFiles
from copykit.errors import Problem
from copykit.model import Token
from copykit.schemas import KeyPath
from copykit.text.segment import Segmenter

Fault = tuple[str, str]  # what is wrong and how to mend it, in both languages


class Field(NamedTuple):
    """A field of a brief: its key without numbers, the shape of what stands there, what people are asked.

    ``most`` is how many characters forms have room for (0: any), ``not_first`` words with which it does not begin.
    """

    key: str
    shape: str
    ask: str
    example: str
    why: str
    en: str
    most: int = 0
    not_first: tuple[str, ...] = ()


def fields(files: DataFiles) -> list[Field]:
    """Return the fields of a brief in the order in which they are asked for."""
    return [
        Field(
            each["key"],
            each["shape"],
            each["ask"],
            each["example"],
            each.get("why", ""),
            each["en"],
            each.get("most", 0),
            tuple(each.get("not_first", ())),
        )
        for data in files.load("questions").values()
        for each in data["fields"]
    ]


def check_shapes(
    data: Mapping[str, Any], lines: Mapping[KeyPath, int], shown: str, files: DataFiles, segmenter: Segmenter
) -> list[Problem]:
    """Return the slots of a brief's data whose text is of the wrong shape, with their lines."""
    shapes = {each.key: each for each in fields(files)}
    problems = []
    for path, text in _texts(data, ()):
        field = shapes.get(key_of(path))
        if field is None:
            continue
        for fault in faults_in(text, field, segmenter):
            key = ".".join(str(part) for part in path)
            several = [part.strip() for part in text.split("；") if part.strip()]
            if isinstance(path[-1], int) and len(several) > 1:
                shown_list = ", ".join(f'"{_shown(part)}"' for part in several[:3])
                zh, en = f"这里是几个，一个一对引号：{shown_list}", f"these are several, each in quotes: {shown_list}"
                problems.append(Problem(shown, schemas.locate(lines, path), key, zh, en))
                break
            zh = f"“{_shown(text)}”{fault[0]}，比如“{field.example}”"
            problems.append(Problem(shown, schemas.locate(lines, path), key, zh, f"'{_shown(text)}' {fault[1]}"))
    return problems


def faults_in(text: str, field: Field, segmenter: Segmenter) -> list[Fault]:
    """Return all that is surely wrong with the text of a field."""
    found = [fault] if (fault := fault_of(text, field.shape, segmenter)) is not None else []
    size = len("".join(text.split()))
    if field.most and size > field.most:
        zh = f"有 {size} 个字，一句话里放不下，最多 {field.most} 个：只留一件事，别的另写一条"
        found.append((zh, f"has {size} characters, {field.most} at most: keep one thing, tell the others apart"))
    first = begun_with(text, field)
    if first:
        zh = f"用“{first}……”开头，前面接上商品名就有两个主语，直接写它有什么"
        found.append((zh, f"begins with '{first}', a second subject behind the product's name; say what it has"))
    return found


def begun_with(text: str, field: Field) -> str:
    """Return the words with which a text begins and should not: a second subject behind a name. Empty without."""
    return next((word for word in field.not_first if text.strip().startswith(word)), "")


def as_noun(text: str) -> str:
    """Return a noun without the signs of a sentence around it; empty where it holds more than one sentence."""
    found = text.strip().strip(_AROUND)
    return "" if _ENDS.search(found) else found


def fault_of(text: str, shape: str, segmenter: Segmenter) -> Fault | None:
    """Return why a text is surely not of a shape, None when it is or may be."""
    judge = _JUDGES.get(shape)
    return judge(text.strip(), segmenter) if judge is not None else None


def _noun(text: str, segmenter: Segmenter) -> Fault | None:
    if _STOPS.search(text):
        return "里有标点，这里要一个名词", "has stops in it; a noun belongs here"
    if len(text) > _LONG_NOUN:
        return f"有 {len(text)} 个字，这里要一个短名词", f"has {len(text)} characters; a short noun belongs here"
    tokens = _inked(segmenter.tokens(text))
    if tokens and tokens[-1].text in _PARTICLES:
        return "像半句话，这里要一个名词", "is half a sentence; a noun belongs here"
    return None


def _verb(text: str, segmenter: Segmenter) -> Fault | None:
    if _is_name(text, segmenter):
        return "里没有动作，这里要动词打头", "has no verb; it has to begin with one"
    return None


def _clause(text: str, segmenter: Segmenter) -> Fault | None:
    if _ENDED.search(text):
        return "不止一句，这里只要一个小句", "is more than a sentence; one clause belongs here"
    return _sentence(text, segmenter)


def _sentence(text: str, segmenter: Segmenter) -> Fault | None:
    if _is_name(text, segmenter):
        return "是一个词，这里要一句完整的话", "is a word; a whole sentence belongs here"
    return None


def _is_name(text: str, segmenter: Segmenter) -> bool:
    """Return whether a text surely is a noun alone: nothing but nouns and what stands before them."""
    tokens = _inked(segmenter.tokens(text))
    names = bool(tokens) and all(token.tag.startswith(_NAMES) for token in tokens)
    return names and tokens[-1].tag.startswith("n") and not _SAYS.search(text)


_JUDGES: Mapping[str, Callable[[str, Segmenter], Fault | None]] = {
    "noun": _noun,
    "verb": _verb,
    "clause": _clause,
    "sentence": _sentence,
    "question": _sentence,
}
_LONG_NOUN = 20
_AROUND = "。！？!?；;，,：:～~… "
_ENDS = re.compile("[。！？!?]")
_STOPS = re.compile("[，。！？；：,!?;]")
_ENDED = re.compile("[。！？!?](?=.)")
_PARTICLES = frozenset("了着吗呢吧啊呀")
# Nouns, and the figures, measure words, attributes and 的 that stand before one.
_NAMES = ("n", "m", "q", "b", "vn", "an", "uj", "ng", "j", "s", "f")
# Signs of a sentence that tags miss (断货五次, 做过八年, 带管称 52 克, 产地：临沂).
_SAYS = re.compile(r"[，。！？；：过了着都也才就不没是有会能]|\d[^\d]{0,2}$|[一二三四五六七八九十两][个次回遍]$")


def _inked(tokens: list[Token]) -> list[Token]:
    return [token for token in tokens if token.text.strip() and token.tag != "x"]


def _texts(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _texts(part, (*path, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _texts(part, (*path, number))


# A plain text that stands for a table is that table's main field.
_MAIN = {
    "audience": "audience.who",
    "selling_points": "selling_points.feature",
    "scenes": "scenes.name",
    "details": "details.text",
    "steps": "steps.do",
    "related": "related.name",
    "persona": "persona.name",
}


def key_of(path: KeyPath) -> str:
    """Return the key of a place in a brief without its numbers."""
    key = ".".join(part for part in path if isinstance(part, str))
    return _MAIN.get(key, key)


def _shown(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:28]}…"
