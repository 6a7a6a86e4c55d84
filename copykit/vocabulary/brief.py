"""What is true about a product and its shop, as the seller wrote it down."""

from __future__ import annotations

from dataclasses import dataclass


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

    ``short`` says the feature in at most twelve characters, ``picture`` what to photograph. What holds one of ``words``
    (光, 遮光边) speaks of this point as well, so that a text can keep to one thing.
    """

    feature: str
    benefit: str = ""
    proof: str = ""
    scene: str = ""
    short: str = ""
    picture: str = ""
    words: tuple[str, ...] = ()


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
class Related:
    """Other goods of the shop that may be named beside these: what, in which case, what they do then."""

    name: str
    when: str = ""
    why: str = ""


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
    related: tuple[Related, ...] = ()
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
