"""One setting a kind of text: which phrases may be keywords and how they are ordered, from data files."""

from __future__ import annotations

import base64
import functools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from copykit.datafiles import DataFiles
from copykit.errors import CopykitError
from copykit.errors import Words as Phrase
from copykit.keywords.rank import Model
from copykit.keywords.words import Rules, Table, Words
from copykit.text.normalize import fold_text
from copykit.text.segment import Segmenter, load_user_words


class KindUnknown(CopykitError):
    """A kind of text that has no profile."""

    zh = "没有“{name}”这种文本；可以用的有 {known}"
    en = "there is no kind '{name}'; there are {known}"


@dataclass(frozen=True, slots=True)
class Profile:
    """The value of ``keywords/<id>.toml``; ``models`` maps zh and en to their model's id."""

    id: str
    name: str
    data: Mapping[str, Any]
    models: Mapping[str, str]

    @property
    def by_line(self) -> bool:
        """Whether a line of a plain file is a text of its own."""
        return bool(self.data["document"] == "line")


def load_profile(files: DataFiles, kind: str) -> Profile:
    """Return the profile of a kind.

    Raises:
        KindUnknown: naming those there are.
    """
    known = files.load("keywords")
    if kind not in known:
        shown = sorted(known)
        raise KindUnknown(name=kind, known=Phrase("、".join(shown), ", ".join(shown)))
    data = known[kind]
    return Profile(kind, data["name"], data, data["models"])


def for_discovery(profile: Profile, files: DataFiles) -> Profile:
    """Return a profile with the rules for words that the dictionary lacks in place of its own."""
    settings = files.load("discovery")["words"]
    stopwords = settings["stopwords"].get(profile.id, profile.data["stopwords"])
    return replace(profile, data={**profile.data, **settings, "stopwords": stopwords})


def make_words(
    files: DataFiles, profile: Profile, segmenter: Segmenter, models: Iterable[Model] = (), *, together: bool = False
) -> Words:
    """Return an empty vocabulary with the profile's rules, the background and the models' tables of word habits."""
    return words_maker(files, profile, segmenter, models, together=together)()


def words_maker(
    files: DataFiles,
    profile: Profile,
    segmenter: Segmenter,
    models: Iterable[Model] = (),
    stop: Sequence[str] = (),
    *,
    together: bool = False,
    rows: bool = False,
) -> Callable[[], Words]:
    """Return what makes such vocabularies; the tables, and ``models``, are read when the first of them needs one.

    ``together``: put words together that the segmenter cuts (see ``mended_tags``); new words are looked for in what it
    cuts. ``rows``: texts are keywords as a whole where the profile says so.
    """
    lists = files.load("stopwords")
    ours = (word for name in profile.data["stopwords"] for word in lists[name] if word not in segmenter.user_tags)
    mended = mended_tags(files)
    compounds = {word: cut for word in mended if len(cut := segmenter.words(word)) > 1} if together else {}
    rules = Rules(profile.data, ours, stop, compounds, profile.data.get("rows") if rows else None)

    @functools.cache
    def tables() -> dict[str, Table]:
        found = background(files) | {name: table for model in models for name, table in model.tables().items()}
        return with_own(found, [*compounds.items(), *segmenter.without_own()])

    tags = mended | segmenter.user_tags

    def tag_of(words: Sequence[str]) -> list[str]:
        found = [tags.get(word, tag) for word, tag in zip(words, segmenter.tags_of(words), strict=True)]
        if segmenter.untagged:
            # The segmenter says x of them, which is what it says of broken characters, too.
            found = [
                "n" if tag == "x" and word in segmenter.untagged else tag
                for word, tag in zip(words, found, strict=True)
            ]
        return found

    return partial(Words, rules, tag_of, tables, lambda word: word in tags or segmenter.knows(word))


def with_own(tables: Mapping[str, Table], words: Iterable[tuple[str, Sequence[str]]]) -> dict[str, Table]:
    """Return the tables with words and how they were cut, such as those of the user's dictionary, which they lack.

    They are said to be what their parts are.

    A new word would else be worth less once it is in the dictionary than it was as a phrase. ``own`` tells which.
    """
    parts = {}
    for word, cut in words:
        name = fold_text(word)
        if len(cut) > 1 and name not in tables["rarity"].values:
            parts[name] = [fold_text(part) for part in cut]
    found = dict(tables)
    if parts:
        for name, table in tables.items():
            get, default = table.values.get, table.default
            own = {word: _of_parts(name, [get(part, default) for part in cut]) for word, cut in parts.items()}
            found[name] = Table({**table.values, **own}, default)
    found["own"] = Table(dict.fromkeys(parts, 1))
    return found


def _of_parts(name: str, values: Sequence[int]) -> int:
    """Return what a word is worth in a table, given what its parts are, as ``mine`` reckons of a phrase."""
    if name == "rarity":
        return round(math.fsum(values) / len(values)) + 8 * (len(values) - 1)
    return values[0] if name.endswith(".first") else values[-1] if name.endswith(".last") else min(values)


def mended_tags(files: DataFiles) -> dict[str, str]:
    """Return the tags of words to which the segmenter's dictionary gives one that would keep them out.

    Words among them that it cuts, such as 粗跟, of which it has one part for a stop word, are to be put together.
    """
    lines = (line for name, lines in sorted(files.load("tags").items()) for line in lines)
    return {word.word: word.tag for word in load_user_words(lines) if word.tag is not None}


def background(files: DataFiles) -> dict[str, Table]:
    """Return how rare words are in general, 16 × ln(documents / documents with it), and how often buyers type them."""
    rarity, searched = files.load("rarity")["general"], files.load("background")["searched"]
    values = dict(zip(rarity["words"].split("\n"), base64.b64decode(rarity["bytes"]), strict=True))
    counts = dict(zip(searched["words"].split("\n"), searched["counts"], strict=True))
    return {"rarity": Table(values, rarity["unknown"]), "searched": Table(counts)}


# What a model needs to be read when it is yet to be trained.
BARE_MODEL: Mapping[str, Any] = {
    "columns": [],
    "questions": [],
    "trees": [],
    "tags": {},
    "habits": {side: {"words": "", "bytes": "AA==", "default": 0} for side in ("first", "last")},
}
