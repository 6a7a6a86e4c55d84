"""Forms of copy as their template files declare them: plans of parts, and the passages that the parts call."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from copykit import templating
from copykit.datafiles import BUNDLED, DataFiles
from copykit.errors import CopykitError, Problem, Words
from copykit.templating import Alternate

SHARED = "shared"
LENGTHS = ("short", "middle", "long")


class UnknownForm(CopykitError):
    """A form that no template file describes."""

    zh = "没有“{name}”这种写法；有 {known}"
    en = "there is no form '{name}'; there are {known}"


class Slot(NamedTuple):
    """A passage that a part calls; without a ``must`` one (``name!``) the paragraph is not written.

    A ``near`` one (``name~``) takes only items that speak of the same thing as what the text or the part is about.
    """

    name: str
    must: bool
    near: bool = False


class Part(NamedTuple):
    """One part of a plan.

    ``say``: paragraphs, each a row of passages; ``either``: several such, of which one is drawn. ``each``: once for
    every item of a pool, at most ``most`` (by length). ``take``: pools of which one item is chosen for the whole part.
    ``head``: its heading, which parts in a row share if they name the same one. ``cells``: a row of a table, each cell
    a row of passages. ``level``: the length from which it is written. ``need``: without it the plan cannot be written.
    ``order`` of the items: told (as in the brief), core (the first stays first) or drawn. ``shuffle``: the passages of
    a paragraph are drawn too. ``once``: a heading before the first item. ``join``: all items make one paragraph.
    ``block``: para, item, quote or row. ``goods``: the natures of goods for which it is written, all if none is named.
    ``near``: the pools of ``take`` and ``each`` (written ``scene~``) that give only items of the text's thread, or of
    what is taken with them. ``aside``: words on a picture, which the text may say too. ``whole``: every item of
    ``each`` or the part is not written: no how-to leaves a step out.
    """

    say: tuple[tuple[Slot, ...], ...]
    either: tuple[tuple[tuple[Slot, ...], ...], ...]
    head: Slot | None
    each: str
    take: tuple[str, ...]
    cells: tuple[tuple[Slot, ...], ...]
    most: tuple[int, ...]
    least: int
    level: int
    need: bool
    order: str
    shuffle: bool
    once: Slot | None
    join: bool
    block: str
    goods: tuple[str, ...] = ()
    near: frozenset[str] = frozenset()
    aside: bool = False
    whole: bool = False


class Plan(NamedTuple):
    """One structure of a form; a ``last`` one is for thin briefs, of which no other can be written.

    ``title``: the passage of its titles, for what counts anecdotes is not to be called a list of reasons. ``thread``:
    the text is about one selling point, and whatever is written as near (``~``) speaks of that one; ``touches``: pools
    of which something has to speak of it.
    """

    id: str
    parts: tuple[Part, ...]
    last: bool = False
    title: str = "title"
    thread: bool = False
    touches: tuple[str, ...] = ()


class Form(NamedTuple):
    """A form with its passages; ``own`` tells that a template of the user's takes part and has to run in the cage."""

    kind: str
    id: str
    data: Mapping[str, Any]
    plans: tuple[Plan, ...]
    passages: Mapping[str, tuple[Alternate, ...]]
    own: bool

    @property
    def name(self) -> str:
        """Return what people call it."""
        return str(self.data["name"])

    @property
    def name_en(self) -> str:
        """Return what people call it in English."""
        return str(self.data.get("name_en", self.id))

    @property
    def settings(self) -> Mapping[str, Any]:
        """Return what its kind's command reads."""
        found: Mapping[str, Any] = self.data.get("settings", {})
        return found


class Forms:
    """The forms of a kind (article, post, reply), parsed when they are first asked for."""

    def __init__(self, files: DataFiles, kind: str) -> None:
        self.files, self.kind = files, kind
        self._made: dict[str, Form] = {}

    def __iter__(self) -> Iterator[Form]:
        """Yield all of them, in the order that their files give."""
        data = self.files.load(self.kind)
        for name in sorted(data, key=lambda name: (data[name].get("order", 99), name)):
            yield self[name]

    def __getitem__(self, name: str) -> Form:
        """Return the form of an id, a name, the end of a name (尺码大小 of 评价回复·尺码大小) or an alias.

        Raises:
            UnknownForm: with the names of all.
            TemplateFault: its file cannot be used.
        """
        data = self.files.load(self.kind)
        for identifier, each in data.items():
            if name in (
                identifier,
                each["name"],
                each["name"].rpartition("·")[2],
                each.get("name_en"),
                *each.get("aliases", ()),
            ):
                if identifier not in self._made:
                    self._made[identifier] = self._form(identifier, each)
                return self._made[identifier]
        raise UnknownForm(name=name, known="、".join(each["name"] for each in data.values()))

    def _form(self, identifier: str, data: Mapping[str, Any]) -> Form:
        names = data.get("uses", ())
        shared = self.files.load(SHARED) if names else {}
        own = self.files.origin(self.kind, identifier) != BUNDLED or any(
            self.files.origin(SHARED, name) != BUNDLED for name in names if name in shared
        )
        return form_from(self.kind, identifier, data, shared, own=own)


def form_from(kind: str, identifier: str, data: Mapping[str, Any], shared: Mapping[str, Any], *, own: bool) -> Form:
    """Return the form of a template file's data; ``shared`` holds the files of passages that it uses.

    Raises:
        TemplateFault: a file that it uses is not there, or a passage cannot be parsed.
    """
    file = f"{kind}/{identifier}"
    passages: dict[str, tuple[Alternate, ...]] = {}
    for name in data.get("uses", ()):
        if name not in shared:
            reason = Words(f"没有 {SHARED}/{name}", f"there is no {SHARED}/{name}")
            raise templating.TemplateFault(file=file, line=0, reason=reason)
        passages |= templating.passages(f"{SHARED}/{name}", shared[name]["body"], shared[name]["line"])
    # A form's own passage replaces the shared one of its name; more_NAME adds to it.
    for name, alternates in templating.passages(file, data["body"], data["line"]).items():
        base = name.removeprefix("more_")
        passages[base] = (*passages.get(base, ()), *alternates) if name.startswith("more_") else alternates
    plans = tuple(
        Plan(
            plan["id"],
            tuple(map(_part, plan["parts"])),
            plan.get("last", False),
            plan.get("title", "title"),
            bool(plan.get("thread", False)),
            tuple(plan["thread"]) if isinstance(plan.get("thread"), list) else (),
        )
        for plan in data.get("plans", ())
    )
    return Form(kind, identifier, data, plans, passages, own)


def fitted(form: Form, *natures: str) -> Form:
    """Return a form as it is written for goods of some natures: with the parts and the passages that speak of them.

    The special case comes last and its passages stand before those of the general one.
    """
    own = {
        name.partition("@")[0]: each
        for nature in natures
        for name, each in form.passages.items()
        if name.endswith(f"@{nature}")
    }
    plans = tuple(
        plan._replace(parts=tuple(part for part in plan.parts if not part.goods or set(natures) & set(part.goods)))
        for plan in form.plans
    )
    return form._replace(plans=plans, passages={**form.passages, **own})


def _part(data: Mapping[str, Any]) -> Part:
    most = data.get("most", [1, 1, 1] if not data.get("each") else [3, 5, 8])
    cells = _lines(data.get("cells", ()))
    pools = [*data.get("take", ()), data.get("each", "")]
    return Part(
        say=_lines(data.get("say", ())),
        either=tuple(map(_lines, data.get("either", ()))),
        head=_slot(data["head"]) if "head" in data else None,
        each=data.get("each", "").rstrip("~"),
        take=tuple(pool.rstrip("~") for pool in data.get("take", ())),
        cells=cells,
        most=tuple(most) if isinstance(most, list) else (most,) * len(LENGTHS),
        least=data.get("least", 1),
        level=LENGTHS.index(data.get("from", "short")),
        need=data.get("need", False),
        order=data.get("order", "drawn"),
        shuffle=data.get("shuffle", False),
        once=_slot(data["once"]) if "once" in data else None,
        join=data.get("join", False),
        block="row" if cells else data.get("block", "para"),
        goods=tuple(data.get("goods", ())),
        near=frozenset(pool.rstrip("~") for pool in pools if pool.endswith("~")),
        aside=data.get("aside", False),
        whole=data.get("whole", False),
    )


def _lines(data: Iterable[str]) -> tuple[tuple[Slot, ...], ...]:
    return tuple(tuple(map(_slot, line.split())) for line in data)


def _slot(text: str) -> Slot:
    return Slot(text.rstrip("!~"), "!" in text, "~" in text)


# What the composer counts needs no declaration.
COUNTED = frozenset(("number", "count"))


def check_form(form: Form, known: Iterable[str], natures: Iterable[str]) -> list[Problem]:
    """Return what is wrong with a form before anything is rendered: passages and variables that are not there.

    ``known``: the variables that there can be, as ``pool.field`` or a single name; ``natures``: what goods can be.
    """
    natures = sorted(natures)
    problems: list[Problem] = []
    file = f"{form.kind}/{form.id}"

    def fault(line: int, key: str, zh: str, en: str) -> None:
        problems.append(Problem(file, line, key, zh, en))

    called = {plan.title for plan in form.plans} | {
        slot.name for plan in form.plans for part in plan.parts for slot in _slots(part)
    }
    for name in sorted((called | {name.partition("@")[0] for name in form.passages}) - set(form.passages)):
        if form.plans:
            fault(0, "plans", f"没有“{name}”这一段", f"there is no passage '{name}'")
    named = {name.partition("@")[2] for name in form.passages} | {
        name for plan in form.plans for part in plan.parts for name in part.goods
    }
    named |= set(form.settings.get("refuses", {}))
    for name in sorted(named - {"", *natures}):
        fault(0, "plans", f"没有“{name}”这样的商品；有 {'、'.join(natures)}", f"there are no goods of nature '{name}'")
    declared: Mapping[str, str] = form.data.get("variables", {})
    all_known = set(known)
    own = {name: each for name, each in form.passages.items() if each[0].id.startswith(f"{file}#")}
    used: set[str] = set()
    for alternates in own.values():
        for alternate in alternates:
            for key in (".".join(filter(None, each)) for each in (*alternate.needs, *alternate.may)):
                used.add(key)
                if key not in all_known:
                    fault(alternate.line, key, f"没有“{key}”这个变量", f"there is no variable '{key}'")
                elif key not in declared and key not in COUNTED:
                    fault(
                        alternate.line, key, f"“{key}”没有写进 [variables]", f"'{key}' is not declared in [variables]"
                    )
    for key in sorted(set(declared) - used):
        fault(0, f"variables.{key}", "声明了却没有用到", "is declared and not used")
    return problems


def _slots(part: Part) -> Iterator[Slot]:
    for lines in (part.say, *part.either):
        yield from itertools.chain.from_iterable(lines)
    yield from itertools.chain.from_iterable(part.cells)
    yield from filter(None, (part.head, part.once))
