"""A corpus that was collected is a source of a report, by the days of its documents."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from copykit.corpus.collect import Collector, Wishes
from copykit.corpus.columns import columns_of
from copykit.corpus.store import CorpusMissing, Store, corpus_path
from copykit.datafiles import bundled
from copykit.reports.gather import find_examples, open_source
from copykit.reports.period import Period
from copykit.reports.settings import read_settings

WEEK = Period(date(2026, 11, 16), date(2026, 11, 22), "week")
REPORT = 'name = "周报"\nkind = "title"\n[[source]]\ncorpus = "竞品"\n'


def test_a_report_reads_what_was_collected_in_its_period(tmp_path: Path) -> None:
    (tmp_path / "copykit.toml").touch()
    (tmp_path / "report.toml").write_text(REPORT, "utf-8")
    settings = read_settings(tmp_path / "report.toml")
    source = settings.sources[0]
    with pytest.raises(CorpusMissing):
        open_source(source, settings, WEEK, bundled(), True, lambda error: None)
    columns = columns_of(bundled().load("columns"))
    with Store(corpus_path("竞品", tmp_path)) as store:
        for day, title in (("2026-11-15", "上周的"), ("2026-11-16", "这周的"), ("2026-11-23", "下周的")):
            file = tmp_path / f"{day}.txt"
            file.write_text(f"{title}睫毛膏\n", "utf-8")
            Collector(store, bundled(), columns, Wishes(f"{day}T08:00:00", by_line=True)).collect([str(file)])
    opened = open_source(source, settings, WEEK, bundled(), True, lambda error: None)
    assert [document.title for document in opened] == ["这周的睫毛膏"]
    # An example is from the file, not from the row's digest.
    examples = find_examples(["睫毛膏"], settings, WEEK, bundled())["睫毛膏"]
    assert [(each.before, each.match, each.source) for each in examples] == [("这周的", "睫毛膏", "2026-11-16.txt")]
