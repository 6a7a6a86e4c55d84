"""Chosen words in the forms that advertising back offices take, as data files describe them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from copykit.datafiles import DataFiles
from copykit.errors import CopykitError
from copykit.errors import Words as Phrase
from copykit.model import SelectedWord, WordRole


class FormUnknown(CopykitError):
    """A form that no data file describes."""

    zh = "没有“{name}”这种表；可以用的有 {known}"
    en = "there is no form '{name}'; there are {known}"


class Form(NamedTuple):
    """The value of ``exports/<id>.toml``."""

    id: str
    data: Mapping[str, Any]

    @property
    def headers(self) -> list[str]:
        """The names of the columns."""
        return [column["header"] for column in self.data["columns"]]

    @property
    def pasted(self) -> bool:
        """Whether it is pasted, with tabs and without a header."""
        return bool(self.data.get("paste", False))


class Export(NamedTuple):
    """The rows of a form, how many words of each role were left out, and the words that are too long for it."""

    rows: list[list[str]]
    left_out: Mapping[WordRole, int]
    too_long: list[str]


def load_form(files: DataFiles, name: str) -> Form:
    """Return a form by its id, name or alias.

    Raises:
        FormUnknown: naming those there are.
    """
    every = files.load("exports")
    wanted = name.strip().casefold()
    for identifier, data in every.items():
        names = (identifier, data["name"], data["name_en"], *data.get("aliases", ()))
        if wanted in map(str.casefold, names):
            return Form(identifier, data)
    known = sorted(every)
    raise FormUnknown(name=name, known=Phrase("、".join(known), ", ".join(known)))


def export(
    words: Sequence[SelectedWord], form: Form, plan: str, *, other_brands: bool = False, own_plan: str = ""
) -> Export:
    """Return the words that go into a form, by priority; others' brands only where they are asked for.

    ``own_plan`` is the plan of words with one's own brand, by default that of all words.
    """
    match: Mapping[str, str] = form.data["match"]
    rows: list[list[str]] = []
    left_out: dict[WordRole, int] = {}
    too_long: list[str] = []
    for word in words:
        if word.role not in match or (word.role == "other_brand" and not other_brands):
            left_out[word.role] = left_out.get(word.role, 0) + 1
        elif not _fits(word.text, form.data):
            too_long.append(word.text)
        else:
            cells = {"keyword": word.text, "match": match[word.role], "plan": plan, "group": word.group, "empty": ""}
            if word.role == "own_brand" and own_plan:
                cells["plan"] = own_plan
            if word.role == "negative":
                cells["group"] = ""  # barred in the whole plan
            rows.append([cells[column["value"]] for column in form.data["columns"]])
    return Export(rows, left_out, too_long)


def _fits(text: str, data: Mapping[str, Any]) -> bool:
    chars, size = data.get("most_chars"), data.get("most_bytes")
    return (chars is None or len(text) <= chars) and (size is None or len(text.encode("gb18030", "replace")) <= size)
