"""Several texts of one form that really differ: in structure, order, wording and opening."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from copykit.model import Block, Draft
from copykit.writing.forms import Form
from copykit.writing.writer import Options, Prepared, Writer

# How many seeds are tried for a variant before it is said that there are no more.
TRIES = 24
# A run of own words as long as that, found in two texts, is one that a reader remembers.
LONGEST = 13


def variants(writer: Writer, prepared: Prepared, form: Form, options: Options, count: int) -> Iterator[Draft]:
    """Yield at most ``count`` texts: the first of the seed itself, each further one unlike all before it."""
    if count == 1:
        yield writer.write(prepared, form, options)
        return
    # A name of the product and no more is a label of the file: there are as many as the form has ways to write it.
    titled = any(field for plan in form.plans for each in form.passages.get(plan.title, ()) for _, field in each.needs)
    made: list[Draft] = []
    for number in range(count):
        for attempt in range(TRIES):
            seed = f"{options.seed}/{number}" + (f"/{attempt}" if attempt else "")
            draft = writer.write(prepared, form, options._replace(seed=seed))
            if not any(alike(draft, other, titled=titled) for other in made):
                made.append(draft)
                yield draft
                break
        else:
            return


def alike(one: Draft, other: Draft, *, titled: bool = True) -> bool:
    """Return whether two texts are the same to a reader: their title or opening, or a long run of own words.

    ``titled``: their titles are read; a mere label (回复好评) is the same in all and tells nothing.
    """
    if (titled and one.title == other.title) or opening(one) == opening(other):
        return True
    return bool(_runs(one.blocks) & _runs(other.blocks))


def opening(draft: Draft) -> str:
    """Return the first paragraph that is no mark of an advertisement, or the first row of a table.

    A mark is no sentence; what says something behind its mark, as a text message does, begins the text.
    """
    texts = ["".join(part.text for part in block.parts) for block in draft.blocks if block.kind != "head"]
    return next((text for text in texts if not text.startswith("【") or "。" in text), "")


def own_words(blocks: Iterable[Block]) -> Iterator[str]:
    """Yield the words of the templates: what stands between the facts of a brief."""
    for block in blocks:
        for part in block.parts:
            place = 0
            for mark in part.marks:
                yield part.text[place : mark.start]
                place = mark.end
            yield part.text[place:]


def _runs(blocks: Iterable[Block]) -> set[str]:
    return {words[at : at + LONGEST] for words in own_words(blocks) for at in range(len(words) - LONGEST + 1)}
