"""What runs in the cage: compose a text of other people's templates, from JSON to JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from copykit.templating import Fact, Marked
from copykit.text.measure import measure
from copykit.writing.compose import LONG_TITLE, Composer
from copykit.writing.facts import Facts, Item
from copykit.writing.forms import fitted, form_from


def compose(payload: bytes) -> bytes:
    """Return the composition that a request asks for."""
    asked = orjson.loads(payload)
    told = asked["form"]
    form = fitted(form_from(told["kind"], told["id"], told["data"], told["shared"], own=True), *told["natures"])
    limit = asked["limit"]

    def fits(title: str) -> bool:
        if limit is None or limit["max"] is None:
            return len(title) <= LONG_TITLE
        return measure(title, limit["unit"]) <= int(limit["max"])

    composer = Composer(form, _facts(asked["facts"]), fits_title=fits, keyword=asked["keyword"], **asked["voice"])
    made = composer.compose(asked["seed"], asked["length"])
    blocks = [[block.kind, [_plain(part) for part in block.parts]] for block in made.blocks]
    answer = {
        "plan": made.plan,
        "title": _plain(made.title),
        "blocks": blocks,
        "lacks": made.lacks,
        "long": list(map(list, made.long)),
    }
    return orjson.dumps(answer)


def _plain(part: Marked) -> dict[str, Any]:
    return {"text": part.text, "marks": [list(mark) for mark in part.marks]}


def _facts(told: Mapping[str, Any]) -> Facts:
    known = [Fact(number, *each) for number, each in enumerate(told["all"])]

    def item(data: Mapping[str, Any]) -> Item:
        fields = {name: known[number] for name, number in data["fields"].items()}
        lists = {name: tuple(map(item, items)) for name, items in data["lists"].items()}
        return Item(data["pool"], data["path"], fields, lists, tuple(data["words"]))

    single = {name: known[number] for name, number in told["single"].items()}
    pools = {name: tuple(map(item, items)) for name, items in told["pools"].items()}
    return Facts(single, pools, known, told["today"], {})
