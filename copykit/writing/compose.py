"""Compose a text: choose a plan, items and alternates by a seed, say every statement once, carry where it stands.

Nothing is drawn at random: every choice is a digest of the seed and of the place where it is made, so that a text is
the same byte for byte wherever and whenever it is made, and a choice does not depend on those before it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from copykit import templating
from copykit.model import Block
from copykit.templating import Alternate, Fact, Marked, Tight
from copykit.writing.facts import NAMES, Facts, Item
from copykit.writing.forms import Form, Part, Plan, Slot
from copykit.writing.said import Said, Statements

T = TypeVar("T")


class TooLong(NamedTuple):
    """A fact, with its field, for which a place of the form has no room, and for how many characters it has."""

    path: str
    text: str
    room: int


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


class _Binding(NamedTuple):
    """How an alternate is filled: its variables, the statements it makes, the items it takes from their pools."""

    variables: dict[str, Any]
    facts: list[Fact]
    taken: list[Item]


class Dice:
    """Choices that a seed determines."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def number(self, key: str) -> int:
        """Return a number of 64 bits for a place."""
        return int.from_bytes(hashlib.blake2b(f"{self._seed}|{key}".encode(), digest_size=8).digest())

    def shuffled(self, items: Sequence[T], key: str) -> list[T]:
        """Return items in an order drawn for a place."""
        left, drawn = list(items), []
        number = self.number(key)
        while left:
            number, at = divmod(number, len(left)) if number >= len(left) else (self.number(f"{key}{len(left)}"), 0)
            drawn.append(left.pop(at))
        return drawn


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
        self.form, self.facts = form, facts
        self.fits = fits_title or (lambda title: len(title) <= LONG_TITLE)
        self.statements = Statements(facts)
        self.keyword = keyword
        self._barred = re.compile("|".join(map(re.escape, barred))) if barred else None
        self._bars: dict[str, bool] = {}
        self.single: Mapping[str, Any] = {**facts.single, "breath": breath}

    def compose(self, seed: str, length: int) -> Composition:
        """Return a text for a seed, of a length 0 (short) to 2 (long); without blocks when no plan can be written."""
        dice = Dice(f"{self.form.id}|{seed}")
        lacks: list[tuple[str, ...]] = []
        threads = self._threads(dice)
        for plan in sorted(dice.shuffled(self.form.plans, "plan"), key=lambda plan: plan.last):
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
                        tuple(run.lacks),
                        tuple(run.long.values()),
                    )
                lacks.append(tuple(run.short_of))
        least = min(map(len, lacks), default=0)
        nearest = dict.fromkeys(lack for each in lacks if len(each) == least for lack in each)
        return Composition("", Marked(""), (), tuple(nearest))

    def _threads(self, dice: Dice) -> Sequence[Item | None]:
        """Return what a text may be about, the core selling point first as often as not."""
        points = self.facts.pools.get("point", ())
        drawn = dice.shuffled(points, "thread")
        if points and dice.number("core") % 2:
            drawn = [points[0], *(each for each in drawn if each is not points[0])]
        return drawn or [None]

    def _untouched(self, plan: Plan, thread: Item | None) -> tuple[str, ...]:
        """Return the pools of which nothing speaks of a thread, though the plan asks for it."""
        pools = self.facts.pools
        if thread is None:
            return plan.touches
        return tuple(
            name
            for name in plan.touches
            if not any(self.statements.in_thread(item, thread) for item in pools.get(name, ()))
        )

    def bars(self, alternate: Alternate) -> bool:
        """Return whether an alternate's own words are none that this text's voice would use."""
        if self._barred is None or alternate.bare:
            return False
        if alternate.id not in self._bars:
            self._bars[alternate.id] = self._barred.search(alternate.source) is not None
        return self._bars[alternate.id]


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
        self._composer, self._dice, self._length, self._thread = composer, dice, length, thread
        self._form, self._facts, self._statements = composer.form, composer.facts, composer.statements
        self._state = Said()
        self._orders: dict[str, list[Item]] = {}
        self._chosen: dict[str, Item] = {} if thread is None else {thread.pool: thread}
        self.lacks: dict[str, None] = {}
        self.short_of: dict[str, None] = {}  # what the part was short of without which the plan cannot be written
        self.long: dict[str, TooLong] = {}
        self._counts: list[Fact] = []
        self._listed, self._counted = 0, False
        self._limits: Mapping[str, int] = self._form.data.get("limits", {})

    def blocks(self, plan: Plan) -> list[Block] | None:
        """Return the blocks of a plan, None when a part that it needs cannot be written."""
        blocks: list[Block] = []
        for number, part in enumerate(plan.parts):
            if part.level > self._length:
                continue
            before, before_lacks = self._state.mark(), self.lacks
            self.lacks = {}
            written = self._part(part, f"{plan.id}.{number}")
            if written is None:
                self._state.back_to(before)
                if part.need:
                    self.short_of = self.lacks
                    return None
                self.lacks = {**before_lacks, **self.lacks}
                continue
            self.lacks = {**before_lacks, **self.lacks}
            blocks += written
            if part.aside:  # words on a picture: the text may say them too
                self._state.back_to(before)
        return blocks or None

    def title(self, blocks: Sequence[Block], passage: str) -> Marked:
        """Return a title of a passage that promises nothing but what the text keeps, and repeats no sentence of it.

        It names things of which the text speaks, and states what is not told there word for word; a figure has to be.
        """
        before = self._state
        texts = (part.text.replace(" ", "") for block in blocks for part in block.parts)
        sentences = {sentence for text in texts for sentence in _SENTENCE.split(text)}
        begun = next((block.parts[0].text for block in blocks if not block.parts[0].text.startswith("【")), "")
        opening = begun.replace(" ", "")
        second = Marked("")
        for alternate in self._in_turn(self._form.passages.get(passage, ()), "title"):
            if self._listed < _A_LIST and ("count", "") in alternate.needs:
                continue
            self._state = Said(names=before.names)
            binding = self._binding(alternate, {}, before)
            if binding is None:
                continue
            binding.variables["count"] = self._count(self._listed)
            rendered = templating.render(alternate, binding.variables)
            made = self._unmark(rendered, tight="figures") if rendered else Marked("")
            if made.text and not self._composer.fits(made.text):
                made = self._unmark(rendered or "", tight="all")
            said = (*_SENTENCE.split(made.text), *(fact.text for fact in binding.facts))
            repeats = [part for part in said if len(part) >= _SENTENCE_LEAST and part.replace(" ", "") in sentences]
            if len(made.text) >= _SENTENCE_LEAST and made.text.rstrip("？") in opening:
                repeats.append(made.text)
            if made.text and self._composer.fits(made.text):
                if not repeats:
                    self._state = before
                    return made
                if made.text not in repeats and not any(part in repeats for part in _SENTENCE.split(made.text)):
                    second = second if second.text else made
        self._state = before
        return second

    # --- parts --------------------------------------------------------------------------------------------------------

    def _part(self, part: Part, key: str) -> list[Block] | None:
        bound: dict[str, Item] = {}
        for pool in part.take:
            item = self._chosen.get(pool)
            if item is None:
                items = self._pool(pool, part.order)
                items = self._near(items, bound) if pool in part.near else items
                item = next((each for each in items if each.path not in self._state.used), None)
            if item is None:
                self.lacks[pool] = None
                return None
            bound[pool] = self._chosen[pool] = item
            self._state.add(self._state.used, (item.path,))
        if not part.each:
            return self._section(part, bound, key, 1)
        blocks: list[Block] = []
        count = 0
        name, items = self._items(part, bound)
        if part.once is not None:
            head = self._passage(part.once.name, bound, f"{key}.once", 1)
            if head is None and part.once.must:
                return None
            blocks += [Block("head", (head,))] if head is not None else []
        for item in items:
            if count >= part.most[self._length]:
                break
            if item.path in self._state.used:
                continue
            before = self._state.mark()
            self._state.add(self._state.used, (item.path,))
            section = self._section(part, {**bound, name: item}, f"{key}.{item.path}", count + 1)
            if section is None:
                self._state.back_to(before)
                continue
            blocks += section
            count += 1
        if count < part.least:
            if not items:
                self.lacks[part.each] = None
            elif not any(lack.partition(".")[0] == name for lack in self.lacks):
                self.lacks[f"{part.each}#{part.least}"] = None
            return None
        # What a title counts is the list that the plan is about, and only else the longest one.
        if part.need and not self._counted:
            self._listed, self._counted = count, True
        elif not self._counted:
            self._listed = max(self._listed, count)
        return _joined(blocks) if part.join else blocks

    def _items(self, part: Part, bound: Mapping[str, Item]) -> tuple[str, Sequence[Item]]:
        """Return the name and the items of ``each``: a pool, or a list of a bound item (``own.beats``)."""
        owner, _, inner = part.each.partition(".")
        if not inner:
            items = self._pool(owner, part.order)
            return owner, self._near(items, bound) if owner in part.near else items
        items = bound[owner].lists.get(inner, ()) if owner in bound else ()
        return inner.rstrip("s"), self._near(items, bound) if part.each in part.near else items

    def _pool(self, name: str, order: str = "drawn") -> Sequence[Item]:
        items = self._facts.pools.get(name, ())
        if order == "told" or len(items) < 2:
            return items
        key = f"{name}.{order}"
        if key not in self._orders:
            first = items[:1] if order == "core" else ()
            drawn = [*first, *self._dice.shuffled(items[len(first) :], f"pool.{name}")]
            if self._thread is not None:
                drawn.sort(key=lambda item: not self._near((item,), {}))
            self._orders[key] = drawn
        return self._orders[key]

    def _near(self, items: Iterable[Item], bound: Mapping[str, Item]) -> list[Item]:
        """Return those items that speak of the text's thread, or, where it has none, of what is bound."""
        if self._thread is not None:
            return [item for item in items if self._statements.in_thread(item, self._thread)]
        return [item for item in items if self._statements.near(item, bound.values())]

    def _section(self, part: Part, bound: Mapping[str, Item], key: str, number: int) -> list[Block] | None:
        blocks: list[Block] = []
        if part.head is not None:
            head = self._passage(part.head.name, bound, f"{key}.head", number)
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
            before = self._state.mark()
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
            self._state.back_to(before)
        return None

    def _cell(self, slots: Sequence[Slot], bound: Mapping[str, Item], key: str, number: int) -> Marked | None:
        """Return a cell of passages one after the other, empty when it may be; None when one that it needs is not."""
        said = ""
        for slot in slots:
            rendered = self._rendered(slot.name, bound, f"{key}.{slot.name}", number, label=True)
            if not rendered and slot.must:
                return None
            said += rendered or ""
        return self._unmark(said)

    def _paragraph(
        self, slots: Sequence[Slot], bound: Mapping[str, Item], key: str, number: int
    ) -> list[Marked] | None:
        """Return the paragraphs of a row of passages: one, or more where an alternate holds an empty line."""
        before = self._state.mark()
        said: list[str] = []
        for slot in slots:
            rendered = self._rendered(slot.name, bound, f"{key}.{slot.name}", number, near=slot.near)
            if rendered is None:
                if slot.must:
                    self._state.back_to(before)
                    return None
                continue
            said.append(rendered)
        paragraphs = [self._unmark(each.strip()) for each in "".join(said).split("\n\n")] if said else []
        return [each for each in paragraphs if each.text] or None

    # --- passages -----------------------------------------------------------------------------------------------------

    def _passage(self, name: str, bound: Mapping[str, Item], key: str, number: int) -> Marked | None:
        rendered = self._rendered(name, bound, key, number)
        return self._unmark(rendered) if rendered else None

    def _rendered(
        self,
        name: str,
        bound: Mapping[str, Item],
        key: str,
        number: int,
        *,
        label: bool = False,
        near: bool = False,
    ) -> str | None:
        """Return what one of a passage's alternates says, marks and all; None when there are facts for none."""
        lacks: list[str] = []
        limit = self._limits.get(name)
        second: tuple[Alternate, _Binding, str] | None = None
        long: list[Fact] = []
        for alternate in self._in_turn(self._form.passages[name], key):
            if second is not None and alternate.rank > second[0].rank:  # worn, yet better than what stands in for it
                break
            # Words of a text do not come again; a table's come last if they do, for its labels have no others.
            if not alternate.bare and not label and alternate.id in self._state.spoken:
                continue
            binding = self._binding(alternate, bound, near=near)
            if binding is None:
                lacks += [".".join(filter(None, each)) for each in alternate.needs if not self._there(each, bound)]
                continue
            binding.variables["number"] = self._count(number)
            rendered = templating.render(alternate, binding.variables)
            if not rendered:
                continue
            if limit is not None and len(self._unmark(rendered).text) > limit:
                long += binding.facts
                continue
            if self._worn(rendered):  # its names have been said often enough, if there is another way to say it
                second = second or (alternate, binding, rendered)
                continue
            return self._said(alternate, binding, rendered)
        self.lacks |= dict.fromkeys(lacks)
        if second is None and limit is not None:
            self.long |= {fact.path: TooLong(fact.path, fact.text, limit) for fact in long}
        return self._said(*second) if second is not None else None

    def _in_turn(self, alternates: Sequence[Alternate], key: str) -> list[Alternate]:
        """Return alternates as drawn; those that hold a keyword first, as long as one is asked for and not yet said."""
        drawn = self._dice.shuffled(alternates, key)
        asked = self._composer.keyword and not any(self._state.names[name] for name in self._statements.keywords)
        bars = self._composer.bars
        spoken = self._state.spoken
        drawn.sort(
            key=lambda one: (
                one.rank,
                bars(one),
                asked and ("keyword", "name") not in one.needs,
                not one.bare and one.id in spoken,
            )
        )
        return drawn

    def _worn(self, rendered: str) -> bool:
        names = self._state.names
        return any(names[name] > self._length and name in rendered for name in self._statements.names if names[name])

    def _said(self, alternate: Alternate, binding: _Binding, rendered: str) -> str:
        """Note what an alternate states and takes, and return what it says."""
        state = self._state
        state.add(state.said, [self._statements.told_by(fact) for fact in binding.facts])
        state.add(state.used, [item.path for item in binding.taken])
        state.add(state.spoken, (alternate.id,))
        for fact in binding.facts:
            state.note(self._statements.grams(fact), self._statements.ink(fact))
        for name in self._statements.names:
            if name in rendered:
                state.names[name] += 1
        return rendered

    def _there(self, key: tuple[str, str], bound: Mapping[str, Item]) -> bool:
        root, name = key
        if not name:
            return root in self._facts.single or root in _COUNTS
        items = [bound[root]] if root in bound else self._facts.pools.get(root, ())
        return any(name in item.fields for item in items)

    def _binding(
        self, alternate: Alternate, bound: Mapping[str, Item], text: Said | None = None, *, near: bool = False
    ) -> _Binding | None:
        """Return how to fill an alternate, or None when there are not the facts for it.

        ``text``: what has been said by the text for which this is a title. ``near``: free items have to speak of the
        same thing as those that are bound.
        """
        wanted: dict[str, list[str]] = {}
        for root, name in alternate.needs:
            if name:
                wanted.setdefault(root, []).append(name)
            elif root not in self._facts.single and root not in _COUNTS:
                return None
        variables: dict[str, Any] = {}
        facts: list[Fact] = []
        taken: list[Item] = []
        for root, names in wanted.items():
            item = bound.get(root)
            candidates = [item] if item is not None else self._free(root)
            if near and item is None:
                candidates = self._near(candidates, bound)
            if text is not None and self._thread is not None and root in _TROUBLES:  # not even by its name
                candidates = self._near(candidates, bound)
            chosen = next((each for each in candidates if self._may_say(each, names, text)), None)
            if chosen is None:
                return None
            variables[root] = {name: chosen.fields[name] for name in names}
            facts += [chosen.fields[name] for name in names if name not in NAMES]
            if item is None:
                taken.append(chosen)
        chosen_of = {item.pool: item for item in taken}
        for root, name in alternate.may:  # what an {% if %} asks for, of what is bound or was chosen
            if name:
                item = bound.get(root) or chosen_of.get(root)
                fields = variables.setdefault(root, {})
                if item is not None and name not in fields and self._may_say(item, [name], text):
                    fields[name] = item.fields[name]
                    facts += [item.fields[name]] if name not in NAMES else []
        return _Binding({**self._composer.single, **variables}, facts, taken)

    def _free(self, pool: str) -> list[Item]:
        """Return a pool's items, the thread and then those not used yet first."""
        items = self._pool(pool, "core" if pool == "point" else "drawn")
        return sorted(items, key=lambda item: item is not self._thread and item.path in self._state.used)

    def _may_say(self, item: Item, names: Iterable[str], text: Said | None) -> bool:
        for name in names:
            fact = item.fields.get(name)
            if fact is None:
                return False
            if name in NAMES:
                continue
            if text is not None:
                if not self._keeps(text, item, fact):
                    return False
                continue
            if self._statements.again(fact, self._state):
                return False
        return True

    def _keeps(self, text: Said, item: Item, fact: Fact) -> bool:
        """Return whether a text keeps what a title states: it says it, or speaks of the thing and has no new figure."""
        if self._statements.told_by(fact) in text.said:
            return True
        if _FIGURE.search(fact.text):
            return False
        if item.path in text.used:
            return True
        # What bothers readers is no promise, but the text has to be about it.
        if item.pool not in _TROUBLES:
            return False
        if self._thread is not None:
            return bool(self._near((item,), {}))
        return self._statements.near(item, self._told(text))

    def _told(self, text: Said) -> list[Item]:
        return [each for items in self._facts.pools.values() for each in items if each.path in text.used]

    def _count(self, number: int) -> Fact:
        while len(self._counts) < max(number, 1):
            fact = Fact(len(self._facts.all) + len(self._counts), str(len(self._counts) + 1), "count")
            self._counts.append(fact)
        return self._counts[max(number, 1) - 1]

    def _unmark(self, rendered: str, *, tight: Tight = "") -> Marked:
        facts = [*self._facts.all, *self._counts] if self._counts else self._facts.all
        return templating.unmark(rendered, facts, tight=tight)


_COUNTS = frozenset(("number", "count"))
# What bothers readers is no promise.
_TROUBLES = frozenset(("pain", "scene"))
_FIGURE = re.compile(r"\d")
_SENTENCE = re.compile(r"[。！？\n]|(?<=^\d)\.|(?<=^\d\d)\.")
_SENTENCE_LEAST = 6  # characters; a shorter one may come again
_A_LIST = 3  # items; two are no list that a title could boast of
