"""What is kept of a period, so that the next one can be compared with it: words with counts, scores, links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

from copykit.errors import CopykitError, FileUnreadable
from copykit.reports.period import kind_of
from copykit.reports.publish import SNAPSHOT, published
from copykit.reports.settings import ReportSettings

VERSION = 3  # 1: without ``report``, 2: without ``sources`` and ``prints``
MOST_WORDS = 50_000


class AnotherReport(CopykitError):
    """A folder that holds the periods of another report."""

    zh = (
        "{folder} 是另一份报告（{other}）的：两份放在一起会比错、发错，在 {file} 的 [output] 里另写一个"
        ' folder，如 folder = "报告-{stem}"（改过文件名就改回去）'
    )
    en = (
        "{folder} is that of another report ({other}), and two in one folder would be compared and sent as one: give"
        ' {file} a folder of its own under [output], like folder = "报告-{stem}" (or the file its old name back)'
    )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A period as it was reported.

    ``words`` maps a word to (figure, documents); what is not in it was below ``floor``, the smallest figure that was
    kept, or did not occur when ``floor`` is 0. ``measure``: count or a figure's role. ``digest`` tells inputs apart.
    ``links`` are rows of page, link, when, and what was seen (``reports/links``). ``report`` is the name of the
    settings file without its ending, empty where an older copykit wrote it. ``sources`` are those that were read, each
    with what it gave of each word, or None where that is not told apart; all of it None where nothing tells.
    ``prints`` are digests of the files that are the period's own, each with its name.
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
    report: str = ""
    sources: Mapping[str, Mapping[str, float] | None] | None = None
    prints: Mapping[str, str] = field(default_factory=dict)


def check_owner(settings: ReportSettings) -> bool:
    """Return whether the folder of a report is known to be its own; False where nothing says whose it is.

    Raises:
        AnotherReport: its latest period was made by other settings, or periods in it are of another kind.
    """
    folder, path = settings.report_folder, settings.path
    labels = published(folder)
    other = next((label for label in labels if kind_of(label) != settings.period), "")
    for label in reversed(labels):
        if other:
            break
        with suppress(FileUnreadable):  # told of where it is needed
            found = read(folder, label)
            if found is not None and found.report == path.stem:
                return True
            other = f"{found.report}{path.suffix}" if found is not None and found.report else ""
    if other:
        raise AnotherReport(folder=folder, other=other, file=path.name, stem=path.stem)
    return False


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
