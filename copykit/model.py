"""The vocabulary every room of copykit speaks: plain, frozen values without logic.

Offsets are code points of the *original* text, half-open, and are carried from the place that found them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, Protocol

Severity = Literal["error", "warning", "hint"]


class Span(NamedTuple):
    """A half-open range of code points in the original text."""

    start: int
    end: int


class Token(NamedTuple):
    """One word of the original text with its part-of-speech tag (jieba's tag set)."""

    text: str
    start: int
    end: int
    tag: str


# Finding and Score are named tuples, not dataclasses: a million titles make ten million of them, and a frozen
# dataclass of 13 fields takes 1.05 µs to build where a tuple takes 0.23.
class Finding(NamedTuple):
    """One thing that a rule saw at one place, and what it is worth.

    ``points`` are whole numbers, added to the base of ``dimension``; a finding that only informs carries 0.
    ``matched_as`` is the folded form that the rule met (equal to ``match`` for plain text).
    ``message`` says what, ``why`` says the reason in the rule's own words; both are in the reader's language.
    """

    rule: str
    start: int
    end: int
    match: str
    matched_as: str
    severity: Severity
    message: str
    why: str = ""
    source: str = ""
    dimension: str | None = None
    points: int = 0
    suggestions: tuple[str, ...] = ()
    related: tuple[Span, ...] = ()


NO_PARTS: Mapping[str, float] = MappingProxyType({})
NO_FACTS: Mapping[str, str] = MappingProxyType({})


class Score(NamedTuple):
    """A number from 0 to 100 that is the visible sum of its findings.

    A dimension is ``base`` plus the points of ``findings``; a clamp to 0–100 is itself a finding, so the sum always
    holds. The overall score has ``parts`` (dimension → weight) instead and no findings of its own.
    """

    name: str
    value: float
    base: int = 0
    findings: tuple[Finding, ...] = ()
    parts: Mapping[str, float] = NO_PARTS


class Length(NamedTuple):
    """How long a title is where it will stand; ``ok`` is None when no limit is known, ``sure`` when it may block.

    ``visible`` is how much of it a list page shows, in ``unit``; None when that is not known.
    """

    used: int
    limit: int | None
    low: int | None
    unit: str
    ok: bool | None
    sure: bool
    visible: int | None = None


class TitleScore(NamedTuple):
    """A judged title.

    ``dimensions`` are the parts of ``overall`` and, beside them, the four of the content profile; ``risks`` stand
    beside and count for nothing. ``percentile`` is the share of
    titles of its kind that score lower, 0–100, None when there is no reference.
    """

    title: str
    platform: str | None
    profile: str
    overall: Score
    dimensions: Mapping[str, Score]
    risks: Mapping[str, Score]
    length: Length
    findings: tuple[Finding, ...]
    percentile: int | None = None


class Change(NamedTuple):
    """One edit that would help: what to do, the title after it, and the overall score after it."""

    message: str
    title: str
    score: float


class Tried(NamedTuple):
    """What readers did with a title: ``interval`` is the 95 % interval of its rate for one look at these counts."""

    title: str
    impressions: int
    clicks: int
    rate: float
    interval: tuple[float, float]


class Comparison(NamedTuple):
    """Titles held against each other, the one with the best rate first.

    ``verdict``: winner, undecided, not comparable. ``ratio`` is how many times as often the first is clicked as the
    second: low, middle, high of an interval that holds at every look at once; None where they cannot be compared.
    ``more_impressions_needed``: for each title, should the difference stay as it looks; None when nobody can say.
    ``reason`` and ``notes`` are sentences that ``say(lang)``.
    """

    titles: tuple[Tried, ...]
    verdict: str
    winner: str | None
    ratio: tuple[float, float, float] | None
    more_impressions_needed: int | None
    reason: Said
    notes: tuple[Said, ...] = ()
    group: str = ""


class Lesson(NamedTuple):
    """What came of learning from results, measured on groups held out.

    ``accuracy``, ``baseline`` (the longer title wins) and ``interval`` are shares of ``pairs``: titles of one group
    whose rates differ beyond chance. ``better`` is the 95 % interval of accuracy less baseline, and ``accepted`` says
    that it lies above 0. ``more`` and ``less`` are the factors that are worth most: family, name, points.
    """

    groups: int
    titles: int
    pairs: int
    accuracy: float
    interval: tuple[float, float]
    baseline: float
    better: tuple[float, float]
    more: tuple[tuple[str, str, int], ...]
    less: tuple[tuple[str, str, int], ...]

    @property
    def accepted(self) -> bool:
        """Return whether what was learned does better than the longer title."""
        return self.better[0] > 0


class Said(Protocol):
    """A sentence in both languages."""

    def say(self, lang: str = "zh") -> str:
        """Return it in ``zh`` or ``en``."""
        ...


Verdict = Literal["error", "warning", "ok"]


class Place(NamedTuple):
    """Where a finding stands in its file: 1-based lines and columns in code points, the end column exclusive.

    ``seen`` is its range in the text that readers see (without markup); ``field`` is the column of a table.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    seen: Span
    field: str = ""


class Told(NamedTuple):
    """A finding of a check and its place."""

    finding: Finding
    place: Place


class Spared(NamedTuple):
    """A finding that may stand, and why: by a clause of the law, or by an excuse that its user wrote at ``by``."""

    finding: Finding
    place: Place
    reason: str
    clause: str = ""
    evidence_needed: str = ""
    by: str = ""


class Checked(NamedTuple):
    """What a check says of one text. ``text`` is what readers see.

    ``row`` is the row of a table, None for a text of its own. ``asks`` are (fact, rules of which it decides);
    ``inferred`` are the facts that the text itself told of.
    """

    file: str
    row: int | None
    verdict: Verdict
    findings: tuple[Told, ...]
    exempted: tuple[Spared, ...]
    excused: tuple[Spared, ...]
    asks: tuple[tuple[str, tuple[str, ...]], ...]
    inferred: tuple[str, ...]
    text: str


class TextKeyword(NamedTuple):
    """A keyword of one text, as it is written there.

    ``weight`` is its share of all candidates of the text, ``times`` how often it stands there, ``start`` and ``end``
    its first place in the title and the text joined by one sign. ``factors`` add up to the weight: what any candidate
    of the text has, and what each side of this one adds to it; empty unless asked for.
    """

    text: str
    weight: float
    times: int
    start: int
    end: int
    factors: Mapping[str, float] = NO_PARTS


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word or phrase of many texts, with its evidence.

    ``weight`` is 0 to 100 and the sum of ``factors``; ``count`` is how often it stands there, ``documents`` in how many
    texts; ``variants`` are other spellings that were counted with it; ``metrics`` are what the texts that hold it
    brought in: sums of counts and money, the highest of an index. ``context`` is one place with the words around it.
    """

    text: str
    weight: float
    count: int
    documents: int
    rank: int
    factors: Mapping[str, float] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    variants: tuple[str, ...] = ()
    context: str = ""


WordRole = Literal["core", "long_tail", "own_brand", "other_brand", "low", "negative"]


@dataclass(frozen=True, slots=True)
class SelectedWord:
    """A searched word and what it is for, for one product or plan.

    ``priority`` is 1 for the word to take first, each number once; 0 where a table does not say. ``group`` is the core
    word, or another word, that it goes with; ``intent`` what its searcher is after, as ``data/intents`` calls it.
    ``metrics`` are the figures that were measured, counts and money added up over its rows.
    """

    text: str
    role: WordRole
    group: str = ""
    intent: str = ""
    priority: int = 0
    reason: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody noted while using a thing: when (a noun: 第三天), and what, as a sentence of theirs."""

    text: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """Something a text may state only because the brief holds its evidence.

    ``statement`` is a clause, ``source`` what readers are told of the evidence, ``evidence`` what lies in the drawer.
    ``subject`` and ``method`` of a comparison or a figure: what was measured, and how. An experience has a ``person``
    (``who`` tells readers of them), a ``date``, ``consent`` to be quoted, the ``relation`` to the shop, and ``notes``.
    """

    kind: str
    statement: str
    evidence: str = ""
    valid_until: str = ""
    source: str = ""
    subject: str = ""
    method: str = ""
    person: str = ""
    who: str = ""
    date: str = ""
    consent: bool | None = None
    relation: str = ""
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Readers:
    """Whom a text is for. ``pains`` are clauses that they would say themselves; ``not_for`` whom it does not suit."""

    gender: str = ""
    age: str = ""
    place: str = ""
    work: str = ""
    habits: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    pains: tuple[str, ...] = ()
    not_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Persona:
    """Who speaks: a name (a noun), what they call themselves (我, 我们), and what is true of them, as clauses."""

    name: str = ""
    calls: str = ""
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """A selling point: what it has (a clause), what that does for a buyer, how it is known; where it is felt.

    ``short`` says the feature in at most twelve characters, ``picture`` what to photograph.
    """

    feature: str
    benefit: str = ""
    proof: str = ""
    scene: str = ""
    short: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """Where the thing is used: a name (a noun), what goes on there (a clause), what is a nuisance there (a clause)."""

    name: str
    text: str = ""
    trouble: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that was so: a sentence, with the time and the place that may stand before it.

    ``kind``: time, place, object, sound, number, or wrong for what went wrong.
    """

    text: str
    kind: str = ""
    time: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """What buyers ask before they buy, and the answer, in sentences."""

    ask: str
    answer: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of using it: what to do (verb first), a note on it, what goes wrong otherwise."""

    do: str
    note: str = ""
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """Something that happened: ``beats`` are its sentences in the order of time.

    ``kind``: own, ip (a known name, with ``licence``), hot (what people talk of now, until ``until``), news (what the
    brand makes known). ``meets`` says how it touches the goods; ``quote`` is what ``speaker`` said.
    """

    kind: str
    name: str
    beats: tuple[str, ...] = ()
    meets: str = ""
    date: str = ""
    until: str = ""
    source: str = ""
    licence: str = ""
    quote: str = ""
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class Stock:
    """What is left, how many one buyer may have, until when; ``evidence`` is the record of ``as_of``."""

    left: int | None = None
    quota: int | None = None
    until: str = ""
    as_of: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Where a text may lead: an address, the words it stands on, what it leads to (shop, article, service)."""

    url: str
    text: str = ""
    kind: str = "shop"


@dataclass(frozen=True, slots=True)
class Material:
    """What texts are made of; each part may be empty, and what needs it is then not written."""

    readers: Readers = Readers()
    persona: Persona = Persona()
    points: tuple[Point, ...] = ()
    scenes: tuple[Scene, ...] = ()
    details: tuple[Detail, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    steps: tuple[Step, ...] = ()
    stories: tuple[Story, ...] = ()
    stock: Stock = Stock()
    links: tuple[Link, ...] = ()


NO_MATERIAL = Material()


@dataclass(frozen=True, slots=True)
class Shop:
    """What planning needs to know of a shop; None where its owner did not say.

    ``conversion`` and ``margin`` are shares of one, ``review_score`` is 0–5, ``team`` pairs a role with a person.
    """

    name: str = ""
    type: str = ""
    stage: str = ""
    site: str = ""
    page: str = ""
    mini_program_page: str = ""
    repurchase_days: float | None = None
    conversion: float | None = None
    margin: float | None = None
    review_score: float | None = None
    bad_reviews: str = ""
    orders_per_week: float | None = None
    contacts: int | None = None
    consent: bool | None = None
    groups: int | None = None
    approval: str = ""
    can: tuple[str, ...] = ()
    team: tuple[tuple[str, str], ...] = ()


NO_SHOP = Shop()


@dataclass(frozen=True, slots=True)
class Brief:
    """What is true about one product, as its seller wrote it down.

    ``audience``, ``selling_points`` and ``scenes`` are the labels that titles and channels look for; ``material`` holds
    the same with all that texts are made of. ``unit`` is the measure word (一支), ``tone`` how it should sound.
    """

    product: str
    category: str = ""
    brand: str = ""
    price: float | None = None
    audience: tuple[str, ...] = ()
    selling_points: tuple[str, ...] = ()
    scenes: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    shop: Shop = NO_SHOP
    unit: str = ""
    platform: str = ""
    tone: str = ""
    material: Material = NO_MATERIAL


class Withheld(NamedTuple):
    """Something of a brief that is not said, by the path of its field, and why (``reason.say(lang)``)."""

    field: str
    text: str
    reason: Any


class Traced(NamedTuple):
    """A sentence of a text and the fields of the brief that it rests on; none when it states nothing."""

    start: int
    end: int
    facts: tuple[str, ...]


class Block(NamedTuple):
    """A heading (head), paragraph (para), list item (item), quotation (quote) or table row (row) of a text.

    ``parts`` are texts with the places of their facts (``templating.Marked``): one, or a cell each of a row.
    """

    kind: str
    parts: tuple[Any, ...]


class Draft(NamedTuple):
    """A text that was written.

    ``text`` is its Markdown without the title; offsets of ``findings`` and ``trace`` are in it. ``lacks`` are the
    variables for want of which parts were left out.
    """

    form: str
    name: str
    title: str
    text: str
    blocks: tuple[Block, ...]
    columns: tuple[str, ...]
    findings: tuple[Finding, ...]
    withheld: tuple[Withheld, ...]
    trace: tuple[Traced, ...]
    seed: str
    plan: str
    length: str
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do, or not to do, and its reason; for a duty the reason is the law that asks for it."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Condition:
    """What a channel asks of a brief: one comparison with one fact, and the sentence that tells people of it."""

    fact: str
    why: str
    unknown: str = ""
    unless: str = ""
    equals: bool | None = None
    known: bool | None = None
    at_least: float | None = None
    at_most: float | None = None
    below: float | None = None
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskTemplate:
    """A piece of work that a channel asks for; ``when``: start, each (before every post), post, end."""

    id: str
    title: str
    role: str
    hours: float
    when: str
    before: int = 0
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often a channel is fed: ``times`` to ``least`` posts every ``every_weeks`` weeks; weekdays 1 (Mon) to 7."""

    words: str
    times: int
    least: int
    weekdays: tuple[int, ...]
    time: str
    every_weeks: int = 1
    start_week: int = 1


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to bring buyers, as its data file describes it.

    ``state``: alive, changed, gone, refused; ``successor`` names what took its place. ``cost_model`` says what is paid
    for (free, clicks, pieces, messages, orders, fixed); the prices are assumptions or the user's own.
    """

    id: str
    name: str
    name_en: str
    aliases: tuple[str, ...]
    method: int | None
    kind: str
    order: int
    serves: tuple[str, ...]
    what: str
    why: str
    state: str
    state_today: str
    successor: tuple[str, ...]
    needs_own_site: bool
    shop_types: tuple[str, ...]
    stages: tuple[str, ...]
    audience: tuple[str, ...]
    effort: str
    platform: str
    tracking: str
    campaign: bool
    after: str
    kpis: tuple[str, ...]
    forms: tuple[str, ...]
    source: str
    checked: str
    cost_model: str
    cost_note: str
    cadence: Cadence
    effect_weeks: int
    effect_words: str
    do: tuple[Advice, ...]
    dont: tuple[Advice, ...]
    duties: tuple[Advice, ...]
    needs: tuple[Condition, ...]
    fits: tuple[Condition, ...]
    themes: tuple[tuple[str, str], ...]
    tasks: tuple[TaskTemplate, ...]
    post: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work on one day.

    ``id`` is channel/template/day and stays the same when a plan is made again; ``code`` is its short form for typing.
    ``slot`` is the day of the post that the work is for. ``kind``: setup, make, post, campaign, review. ``state``:
    open, done, skipped. ``details`` of a post: line, theme, picture, comment, mention, visible_to, private_message,
    feedback.
    """

    id: str
    code: str
    channel: str
    template: str
    title: str
    due: date
    slot: date
    time: str
    owner: str
    hours: float
    kind: str
    commands: tuple[str, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    state: str = "open"
    done_on: str = ""
    note: str = ""


class Forecast(NamedTuple):
    """Orders that may come, as a range. ``basis``: own results, mixed, assumed, or none (nothing shows in time)."""

    low: float
    mid: float
    high: float
    basis: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One channel of a plan: why it was chosen, from when, how often, what it takes, what may come of it.

    ``hours`` is the largest number of hours in any week, ``cost`` the yuan of the whole plan, and ``per_period`` the
    posts of one period of the cadence.
    """

    channel: str
    name: str
    kind: str
    why: str
    start: date
    cadence: str
    per_period: int
    hours: float
    cost: float
    cost_note: str
    forecast: Forecast
    tracking: str
    tasks: tuple[Task, ...]


class Rejected(NamedTuple):
    """A channel that was left out, and why.

    ``kind``: law, gone, unfit (the shop), loss (one's own results or a click's price), hours, money.
    """

    channel: str
    name: str
    why: str
    kind: str = "unfit"


class CalendarDay(NamedTuple):
    """A day that people keep; ``use``: sell, keep, quiet. ``ship``: days before which parcels must be on their way."""

    day: date
    name: str
    use: str
    ship: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Channels chosen and scheduled within ``budget`` yuan and ``hours`` a week.

    ``kept`` are tasks that were done or skipped before and belong to no row any more.
    """

    name: str
    product: str
    made_on: date
    start: date
    weeks: int
    budget: float
    hours: float
    goal: str
    rows: tuple[PlanRow, ...]
    rejected: tuple[Rejected, ...]
    days: tuple[CalendarDay, ...]
    forecast: Forecast
    notes: tuple[str, ...] = ()
    kept: tuple[Task, ...] = ()

    @property
    def end(self) -> date:
        """Return the first day after the plan."""
        return self.start + timedelta(weeks=self.weeks)

    @property
    def tasks(self) -> list[Task]:
        """Return the tasks of all rows by day and hour."""
        return sorted(
            (task for row in self.rows for task in row.tasks), key=lambda task: (task.due, task.time, task.id)
        )


class Example(NamedTuple):
    """A word where it stands: the text around it, and which document that is."""

    before: str
    match: str
    after: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class WordRow:
    """How a searched word stands in a report.

    ``state``: new, rising, falling, gone, steady. ``history`` are its figures by period, oldest first, None where it
    was not among those that were kept. ``titles`` are own titles that hold it, ``could`` those that might.
    """

    keyword: str
    state: str
    before: float | None
    after: float | None
    ratio: float | None
    history: tuple[float | None, ...] = ()
    examples: tuple[Example, ...] = ()
    titles: tuple[str, ...] = ()
    could: tuple[str, ...] = ()
    own: bool = False
    note: str = ""
    commands: tuple[str, ...] = ()


class TitleRow(NamedTuple):
    """An own title in a report: its score, what it was last time, and the one thing to change first."""

    title: str
    score: float
    before: float | None
    why: str
    better: str = ""


class LinkRow(NamedTuple):
    """A link that was looked for: ok, lost, changed, nofollow, unreachable."""

    page: str
    link: str
    state: str
    detail: str = ""


class PlanLine(NamedTuple):
    """How one channel of a plan was kept."""

    channel: str
    cadence: str
    kept: bool
    words: str


class SourceRow(NamedTuple):
    """Where a report's texts came from; ``ok`` False: it could not be read, and ``detail`` says why."""

    name: str
    documents: int
    ok: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a period brought. ``lead`` are the sentences that matter first; ``words`` by state, best first.

    ``periods`` name the columns of the words' histories; ``notes`` tell what a reader has to know (a missed period, a
    comparison that is not like with like). A part that was not asked for is None.
    """

    name: str
    period: str
    days: str
    made_on: str
    measure: str
    lead: tuple[str, ...]
    words: Mapping[str, tuple[WordRow, ...]]
    own: tuple[WordRow, ...]
    periods: tuple[str, ...]
    totals: tuple[tuple[str, str], ...]
    titles: tuple[TitleRow, ...] | None
    links: tuple[LinkRow, ...] | None
    plan: tuple[PlanLine, ...] | None
    due: tuple[tuple[str, str], ...]
    sources: tuple[SourceRow, ...]
    notes: tuple[str, ...]
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sku:
    """One version of a product that can be ordered; ``options`` maps 颜色 → 白色, ``row`` is its line in the table."""

    id: str
    options: Mapping[str, str]
    price: float | None = None
    stock: float | None = None
    row: int = 0


@dataclass(frozen=True, slots=True)
class Product:
    """One product (宝贝) of a seller's table, its rows grouped; a title belongs to it and not to its versions.

    ``head`` is what it is called, where a column says so; ``attributes`` maps 材质 → 白鸭绒 as they stand in the table.
    ``keywords`` are (word, weight) of its own row. ``must`` are words that its title needs, ``locked`` words of
    ``current_title`` that have to stay; ``searched`` is what search brings it now, None when no column says so.
    ``english`` maps a role to its English wording; ``columns`` are all cells of its first row.
    """

    id: str
    name: str
    row: int = 0
    category: str = ""
    brand: str = ""
    head: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    selling_points: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    scenes: tuple[str, ...] = ()
    keywords: tuple[tuple[str, float], ...] = ()
    must: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    current_title: str = ""
    searched: float | None = None
    price: float | None = None
    promotion: str = ""
    claims: tuple[Claim, ...] = ()
    images: tuple[str, ...] = ()
    skus: tuple[Sku, ...] = ()
    english: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)


class ShopWord(NamedTuple):
    """A word that buyers search for, and how much it is worth to be found by; ``role`` as ``keywords select`` says."""

    text: str
    weight: float
    role: str = "core"
    group: str = ""


class Dropped(NamedTuple):
    """A keyword that a title does not carry, and why: the kind of reason, and the words that fill its sentence."""

    keyword: str
    kind: str
    facts: Mapping[str, str] = NO_FACTS


class PackedTitle(NamedTuple):
    """A title made of words, and what became of the keywords.

    ``worth`` is the weight of the keywords that it is found by (``found``), ``possible`` that of all that could be
    said of the product. ``kept``, ``removed`` and ``added`` are words of the title in use and of this one. ``proved``:
    no other choice of words is worth more.
    """

    text: str
    words: tuple[str, ...]
    found: tuple[str, ...]
    dropped: tuple[Dropped, ...]
    worth: float
    possible: float
    used: int
    limit: int
    unit: str
    kept: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    proved: bool = True
    code: str = ""


@dataclass(frozen=True, slots=True)
class PlacedLink:
    """What should stand on somebody's page: a link of ours, or with no ``link`` the page itself, and its words.

    ``rel`` is what was agreed (``nofollow`` where that is known and fine); ``row`` is where a table names it.
    """

    page: str
    link: str = ""
    words: str = ""
    rel: str = ""
    position: str = ""
    name: str = ""
    kind: str = ""
    row: int = 0


class Sign(NamedTuple):
    """Something about a page that speaks for a verdict, with what was measured."""

    id: str
    value: float
    points: int
    zh: str
    en: str
    why: str


@dataclass(frozen=True, slots=True)
class LinkReading:
    """How a link stood on its page: in which ``part`` of it, between which words; what else bears on its worth.

    ``found``: exact, site (another page of ours is linked), page (no link was asked for, the page is there), none.
    ``jump``: it leads through a page of theirs. ``robots``: what the page tells search engines. ``said``: the words
    that were asked for stand on the page. ``gone``: what tells that the page is gone though it answers. ``hint``: where
    our address stands though no link does, comment or text.
    """

    found: str
    target: str = ""
    anchor: str = ""
    rel: tuple[str, ...] = ()
    part: str = ""
    before: str = ""
    behind: str = ""
    jump: bool = False
    unseen: bool = False
    robots: tuple[str, ...] = ()
    elsewhere: str = ""
    said: bool = True
    gone: str = ""
    hint: str = ""
    related: tuple[str, ...] | None = None
    relevance: int | None = None
    farm: tuple[Sign, ...] = ()


class LinkReason(NamedTuple):
    """Why a link is in its state: a code that ``render.links`` words, and what it was and is now."""

    code: str
    before: str = ""
    now: str = ""


@dataclass(frozen=True, slots=True)
class LinkCheck:
    """What became of a link. ``state``: ok, lost, changed, nofollow (there, and not counted), unreachable.

    ``status`` is the answer's, 0 where there was none; ``outcome`` is a key of ``corpus.fetch.OUTCOMES``. ``since`` is
    the day from which it is in this state, ``was`` its state of the last time, empty on the first.
    """

    placed: PlacedLink
    state: str
    status: int
    outcome: str
    checked_at: str
    since: str
    was: str = ""
    reading: LinkReading | None = None
    reasons: tuple[LinkReason, ...] = ()
