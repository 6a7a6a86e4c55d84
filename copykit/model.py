"""The vocabulary every room of copykit speaks: plain, frozen values without logic.

Its words stand in ``copykit.vocabulary``, and each is read when it is first asked for: making thirty dataclasses takes
longer than judging a hundred titles, and a run needs the words of one room or two.

Offsets are code points of the *original* text, half-open, and are carried from the place that found them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from copykit.vocabulary.brief import *  # noqa: F403
    from copykit.vocabulary.checks import *  # noqa: F403
    from copykit.vocabulary.corpus import *  # noqa: F403
    from copykit.vocabulary.drafts import *  # noqa: F403
    from copykit.vocabulary.findings import *  # noqa: F403
    from copykit.vocabulary.grading import *  # noqa: F403
    from copykit.vocabulary.keywords import *  # noqa: F403
    from copykit.vocabulary.links import *  # noqa: F403
    from copykit.vocabulary.plans import *  # noqa: F403
    from copykit.vocabulary.products import *  # noqa: F403
    from copykit.vocabulary.reports import *  # noqa: F403
    from copykit.vocabulary.titles import *  # noqa: F403

_WORDS = {
    "findings": "Severity Verdict Span Token Finding NO_PARTS NO_FACTS Score Said",
    "titles": "Length TitleScore MOST_CHANGES Change TitleAdvice NO_TITLE_ADVICE Tried Comparison Lesson",
    "checks": "Place Told Spared Checked",
    "keywords": "WordRole ChangeState TextKeyword Context Keyword SelectedWord WordChange WidenedWord",
    "brief": (
        "Note Claim Readers Persona Point Scene Detail Doubt Related Step Story Stock Link Material NO_MATERIAL Shop "
        "NO_SHOP Brief"
    ),
    "drafts": "Withheld Traced Block Draft",
    "plans": "Advice Condition TaskTemplate Cadence Channel Task Forecast PlanRow Rejected CalendarDay Plan",
    "reports": "Example WordRow YearPart TitleRow LinkRow PlanLine SourceRow Report",
    "grading": "Stocked Grade Forces Standing Removal NewClock Pushed NotPushed Formula Grading",
    "products": "Sku CellNote Product ShopWord Dropped PackedTitle FieldFinding Listing",
    "links": "PlacedLink Sign LinkReading LinkReason LinkCheck",
    "corpus": "Failure Collected Found",
}
_ROOMS = {word: room for room, words in _WORDS.items() for word in words.split()}


def __getattr__(name: str) -> Any:
    """Return a word, and keep it."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    word = globals()[name] = getattr(importlib.import_module(f"copykit.vocabulary.{_ROOMS[name]}"), name)
    return word
