"""What is kept of a period, so that the next one can be compared with it: words with counts, scores, links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

from copykit.errors import FileUnreadable
from copykit.reports.publish import SNAPSHOT

VERSION = 1
MOST_WORDS = 50_000


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A period as it was reported.

    ``words`` maps a word to (figure, documents); what is not in it was below ``floor``, the smallest figure that was
    kept, or did not occur when ``floor`` is 0. ``measure``: count or a figure's role. ``digest`` tells inputs apart.
    ``links`` are rows of page, link, when, and what was seen (``reports/links``).
    """

    period: str
    made_on: str
    measure: str
    documents: int
    floor: float
    digest: str
    words: Mapping[str, tuple[float, int]] = field(default_factory=dict)
    titles: Mapping[str, float] = field(default_factory=dict)
    links: Sequence[Sequence[Any]] = ()
    failed: Sequence[str] = ()


def dump(snapshot: Snapshot) -> bytes:
    """Return the snapshot as JSON, the same bytes for the same snapshot."""
    value = {"version": VERSION, **asdict(snapshot)}
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def read(folder: Path, label: str) -> Snapshot | None:
    """Return the snapshot of a published period, None where there is none.

    Raises:
        FileUnreadable: it was damaged, or a newer copykit wrote it.
    """
    path = folder / label / SNAPSHOT
    try:
        value = orjson.loads(path.read_bytes())
        if value.pop("version") > VERSION:
            raise FileUnreadable(path, "是更新的 copykit 写的，请升级 copykit", "a newer copykit wrote it; upgrade")
        value["words"] = {word: (row[0], row[1]) for word, row in value["words"].items()}
        return Snapshot(**value)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        zh = "快照坏了；删掉这一期的文件夹，再用 --period 补跑"
        raise FileUnreadable(path, zh, "the snapshot is damaged; delete that folder and run with --period") from error
