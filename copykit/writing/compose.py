"""Compose a text: choose a plan, items and alternates by a seed, say every statement once, carry where it stands.

Nothing is drawn at random: every choice is a digest of the seed and of the place where it is made, so that a text is
the same byte for byte wherever and whenever it is made, and a choice does not depend on those before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from copykit import templating
from copykit.model import Block
from copykit.templating import Marked
from copykit.writing.facts import Facts, Item
from copykit.writing.forms import Form, Part, Plan, Slot
from copykit.writing.passages import Dice, Passages, Source, TooLong
from copykit.writing.said import Said

T = TypeVar("T")


class Composition(NamedTuple):
    """A composed text, without blocks when no plan could be written.

    ``lacks``: what parts that were left out were short of; or, without blocks, what the nearest plans were stopped by,
    of which any will do. ``pool#2`` means two of a pool. ``long``: what was left out because a place of the form takes
    no more than so many characters.
    """

    plan: str
    title: Marked
    blocks: tuple[Block, ...]
    lacks: tuple[str, ...]
    long: tuple[TooLong, ...] = ()


class Composer:
    """Composes texts of one form from one brief's facts."""

    def __init__(
        self,
        form: Form,
        facts: Facts,
        *,
        fits_title: Callable[[str], bool] | None = None,
        keyword: bool = False,
        barred: Sequence[str] = (),
        breath: int = templating.BREATH,
    ) -> None:
        """Take a form and facts; ``fits_title`` tells whether a title is short enough where it will stand.

        ``keyword``: prefer alternates that hold a keyword until one has been said. ``barred``: words of templates for
        which another alternate is taken if there is one. ``breath``: characters of two statements in one sentence.
        """
        self.source = Source(form, facts, keyword=keyword, barred=barred, breath=breath)
        self.fits = fits_title or (lambda title: len(title) <= LONG_TITLE)

    def compose(self, seed: str, length: int) -> Composition:
        """Return a text for a seed, of a length 0 (short) to 2 (long); without blocks when no plan can be written."""
        dice = Dice(f"{self.source.form.id}|{seed}")
        lacks: list[tuple[str, ...]] = []
        threads = self._threads(dice)
        for plan in sorted(dice.shuffled(self.source.form.plans, "plan"), key=lambda plan: plan.last):
            for thread in threads if plan.thread else (None,):
                lacking = self._untouched(plan, thread)
                if lacking:
                    lacks.append(lacking)
                    continue
                run = _Run(self, dice, length, thread)
                blocks = run.blocks(plan)
                if blocks is not None:
                    return Composition(
                        plan.id,
                        run.title(blocks, plan.title),
                        tuple(blocks),
                        tuple(run.passages.lacks),
                        tuple(run.passages.long.values()),
                    )
                lacks.append(tuple(run.short_of))
        least = min(map(len, lacks), default=0)
        nearest = dict.fromkeys(lack for each in lacks if len(each) == least for lack in each)
        return Composition("", Marked(""), (), tuple(nearest))

    def _threads(self, dice: Dice) -> Sequence[Item | None]:
        """Return what a text may be about, the core selling point first as often as not."""
        points = self.source.facts.pools.get("point", ())
        drawn = dice.shuffled(points, "thread")
        if points and dice.number("core") % 2:
            drawn = [points[0], *(each for each in drawn if each is not points[0])]
        return drawn or [None]

    def _untouched(self, plan: Plan, thread: Item | None) -> tuple[str, ...]:
        """Return the pools of which nothing speaks of a thread, though the plan asks for it."""
        pools = self.source.facts.pools
        if thread is None:
            return plan.touches
        return tuple(
            name
            for name in plan.touches
            if not any(self.source.statements.in_thread(item, thread) for item in pools.get(name, ()))
        )


LONG_TITLE = 30


def _joined(blocks: Sequence[Block]) -> list[Block]:
    """Return blocks with all paragraphs after the heading made one."""
    heads = [block for block in blocks if block.kind == "head"]
    text, marks = "", []
    for block in blocks:
        if block.kind != "head":
            (part,) = block.parts
            text += " " if text and part.text.startswith("#") else ""  # topics stand apart
            marks += [mark._replace(start=mark.start + len(text), end=mark.end + len(text)) for mark in part.marks]
            text += part.text
    return [*heads, Block("para", (Marked(text, tuple(marks)),))]


class _Run:
    """One text being composed."""

    def __init__(self, composer: Composer, dice: Dice, length: int, thread: Item | None = None) -> None:
        self._composer, self._dice, self._length = composer, dice, length
        self.passages = Passages(composer.source, dice, length, thread)
        self._chosen: dict[str, Item] = {} if thread is None else {thread.pool: thread}
        self.short_of: dict[str, None] = {}  # what the part was short of without which the plan cannot be written
        self._listed, self._counted = 0, False
        self._under = ""  # the passage that made the heading under which the text stands

    def blocks(self, plan: Plan) -> list[Block] | None:
        """Return the blocks of a plan, None when a part that it needs cannot be written."""
        blocks: list[Block] = []
        for number, part in enumerate(plan.parts):
            if part.level > self._length:
                continue
            before, before_lacks = self.passages.state.mark(), self.passages.lacks
            self.passages.lacks = {}
            written = self._part(part, f"{plan.id}.{number}")
            if written is None:
                self.passages.state.back_to(before)
                if part.need:
                    self.short_of = self.passages.lacks
                    return None
                self.passages.lacks = {**before_lacks, **self.passages.lacks}
                continue
            self.passages.lacks = {**before_lacks, **self.passages.lacks}
            blocks += written
            if any(block.kind == "head" for block in written):
                self._under = part.head.name if part.head is not None and not part.each else ""
            if part.aside:  # words on a picture: the text may say them too
                self.passages.state.back_to(before)
        return blocks or None

    def title(self, blocks: Sequence[Block], passage: str) -> Marked:
        """Return a title of a passage that promises nothing but what the text keeps, and repeats none of its sentences.

        It names things of which the text speaks, and states what is not told there word for word; a figure has to be.
        One that repeats a sentence is better than none.
        """
        before = self.passages.state
        texts = (part.text.replace(" ", "") for block in blocks for part in block.parts)
        sentences = {sentence for text in texts for sentence in _SENTENCE.split(text)}
        begun = next((block.parts[0].text for block in blocks if not block.parts[0].text.startswith("【")), "")
        opening = begun.replace(" ", "")
        second = last = Marked("")
        for alternate in self.passages.in_turn(self._composer.source.form.passages.get(passage, ()), "title"):
            if self._listed < _A_LIST and ("count", "") in alternate.needs:
                continue
            self.passages.state = Said(names=before.names)
            binding = self.passages.binding(alternate, {}, before)
            if binding is None:
                continue
            binding.variables["count"] = self.passages.count(self._listed)
            rendered = templating.render(alternate, binding.variables)
            made = self.passages.unmark(rendered, tight="figures") if rendered else Marked("")
            if made.text and not self._composer.fits(made.text):
                made = self.passages.unmark(rendered or "", tight="all")
            said = (*_SENTENCE.split(made.text), *(fact.text for fact in binding.facts))
            repeats = [part for part in said if len(part) >= _SENTENCE_LEAST and part.replace(" ", "") in sentences]
            if len(made.text) >= _SENTENCE_LEAST and made.text.rstrip("？") in opening:
                repeats.append(made.text)
            if made.text and self._composer.fits(made.text):
                if not repeats:
                    self.passages.state = before
                    return made
                if made.text not in repeats and not any(part in repeats for part in _SENTENCE.split(made.text)):
                    second = second if second.text else made
                last = last if last.text else made
        self.passages.state = before
        return second if second.text else last

    # --- parts --------------------------------------------------------------------------------------------------------

    def _part(self, part: Part, key: str) -> list[Block] | None:
        bound: dict[str, Item] = {}
        for pool in part.take:
            item = self._chosen.get(pool)
            if item is None:
                items = self.passages.pool(pool, part.order)
                items = self.passages.near(items, bound) if pool in part.near else items
                item = next((each for each in items if each.path not in self.passages.state.used), None)
            if item is None:
                self.passages.lacks[pool] = None
                return None
            bound[pool] = self._chosen[pool] = item
            self.passages.state.add(self.passages.state.used, (item.path,))
        if not part.each:
            return self._section(part, bound, key, 1)
        blocks: list[Block] = []
        count = told = 0
        name, items = self._items(part, bound)
        if part.once is not None:
            head = self.passages.passage(part.once.name, bound, f"{key}.once", 1)
            if head is None and part.once.must:
                return None
            blocks += [Block("head", (head,))] if head is not None else []
        for item in items:
            if count >= part.most[self._length] and not part.whole:
                break
            # A sequence goes on though something of it was told before; what is told twice is kept out by its words.
            if part.order != "told" and item.path in self.passages.state.used:
                continue
            before = self.passages.state.mark()
            self.passages.state.add(self.passages.state.used, (item.path,))
            section = self._section(part, {**bound, name: item}, f"{key}.{item.path}", count + 1)
            if section is None:
                self.passages.state.back_to(before)
                # What a sequence begins with may have been told on its own: 先别这样，应该那样。
                if next(iter(item.fields.values())).path in self.passages.state.said:
                    told += 1
                elif part.whole:
                    return None
                continue
            blocks += section
            count += 1
        if count < part.least:
            if not items:
                self.passages.lacks[part.each] = None
            elif not any(lack.partition(".")[0] == name for lack in self.passages.lacks):
                self.passages.lacks[f"{part.each}#{part.least}"] = None
            return None
        # What a title counts is the list that the plan is about, and only else the longest one.
        if part.need and not self._counted:
            self._listed, self._counted = count + told, True
        elif not self._counted:
            self._listed = max(self._listed, count + told)
        return _joined(blocks) if part.join else blocks

    def _items(self, part: Part, bound: Mapping[str, Item]) -> tuple[str, Sequence[Item]]:
        """Return the name and the items of ``each``: a pool, or a list of a bound item (``own.beats``)."""
        owner, _, inner = part.each.partition(".")
        if not inner:
            items = self.passages.pool(owner, part.order)
            return owner, self.passages.near(items, bound) if owner in part.near else items
        items = bound[owner].lists.get(inner, ()) if owner in bound else ()
        return inner.rstrip("s"), self.passages.near(items, bound) if part.each in part.near else items

    def _section(self, part: Part, bound: Mapping[str, Item], key: str, number: int) -> list[Block] | None:
        blocks: list[Block] = []
        if part.head is not None and part.head.name != self._under:
            head = self.passages.passage(part.head.name, bound, f"{key}.head", number)
            if head is None and part.head.must:
                return None
            if head is not None:
                blocks.append(Block("head", (head,)))
        if part.cells:
            cells = [self._cell(slots, bound, key, number) for slots in part.cells]
            row = tuple(cell for cell in cells if cell is not None)
            return [*blocks, Block("row", row)] if len(row) == len(cells) else None
        options = self._dice.shuffled(part.either, f"{key}.either") if part.either else [part.say]
        for option in options:
            before = self.passages.state.mark()
            paragraphs: list[Block] = []
            for at, line in enumerate(option):
                slots = self._dice.shuffled(line, f"{key}.{at}.order") if part.shuffle else line
                said = self._paragraph(slots, bound, f"{key}.{at}", number)
                # What is not needed is written without its paragraph; one of several ways to begin is not.
                if said is None and any(slot.must for slot in line) and (part.either or part.need):
                    paragraphs = []
                    break
                paragraphs += [Block(part.block, (each,)) for each in said or ()]
            if paragraphs:
                return [*blocks, *paragraphs]
            self.passages.state.back_to(before)
        return None

    def _cell(self, slots: Sequence[Slot], bound: Mapping[str, Item], key: str, number: int) -> Marked | None:
        """Return a cell of passages one after the other, empty when it may be; None when one that it needs is not."""
        said = ""
        for slot in slots:
            rendered = self.passages.rendered(slot.name, bound, f"{key}.{slot.name}", number, label=True)
            if not rendered and slot.must:
                return None
            said += rendered or ""
        return self.passages.unmark(said)

    def _paragraph(
        self, slots: Sequence[Slot], bound: Mapping[str, Item], key: str, number: int
    ) -> list[Marked] | None:
        """Return the paragraphs of a row of passages: one, or more where an alternate holds an empty line."""
        before = self.passages.state.mark()
        said: list[str] = []
        for slot in slots:
            rendered = self.passages.rendered(slot.name, bound, f"{key}.{slot.name}", number, near=slot.near)
            if rendered is None:
                if slot.must:
                    self.passages.state.back_to(before)
                    return None
                continue
            said.append(rendered)
        paragraphs = [self.passages.unmark(each.strip()) for each in "".join(said).split("\n\n")] if said else []
        return [each for each in paragraphs if each.text] or None


_SENTENCE = re.compile(r"[。！？\n]|(?<=^\d)\.|(?<=^\d\d)\.")
_SENTENCE_LEAST = 6  # characters; a shorter one may come again
_A_LIST = 3  # items; two are no list that a title could boast of
