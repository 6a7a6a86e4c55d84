"""A hundred thousand local documents collected into a corpus, once and again, and how fast it is searched."""

from __future__ import annotations

import resource
import statistics
import tempfile
import time
from itertools import islice
from pathlib import Path

import orjson

from bench.corpus import lines
from copykit.corpus.collect import Collector, Wishes
from copykit.corpus.columns import columns_of
from copykit.corpus.search import search
from copykit.corpus.store import Store
from copykit.datafiles import bundled

DOCUMENTS = 100_000
COPIES = 20  # one document in so many is a copy of the one before, with a line added
QUERIES = ("睫毛", "打底", "的", "是不是", "教学管理", "加工 -设备", "文化 教育", "发展")
ROUNDS = 5


def run(data: Path | None) -> None:
    """Print the seconds of collecting and searching."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "导出.jsonl"
        size = write(file)
        print(f"{DOCUMENTS:,} documents, {size / 1e6:.0f} MB")
        files = bundled()
        columns = columns_of(files.load("columns"))
        for name in ("first", "again, the file touched"):
            begun, used = time.perf_counter(), time.process_time()
            with Store(Path(folder) / "c.sqlite3") as store:
                found = Collector(store, files, columns, Wishes("2026-11-22T08:00:00")).collect([str(file)])
            wall, cpu = time.perf_counter() - begun, time.process_time() - used
            print(f"{name}: {wall:.1f} s (processor {cpu:.1f} s): new {found.new:,}, ", end="")
            print(f"nearly the same {found.near:,}, the same {found.same:,}, unchanged {found.unchanged:,}")
            file.touch()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"memory {memory:.0f} MB, corpus {(Path(folder) / 'c.sqlite3').stat().st_size / 1e6:.0f} MB")
        with Store(Path(folder) / "c.sqlite3") as store:
            for query in QUERIES:
                times = []
                for _ in range(ROUNDS):
                    begun = time.perf_counter()
                    _, total = search(store, query)
                    times.append(time.perf_counter() - begun)
                print(f"search {query}: {total:,} found, {1000 * statistics.median(times):.0f} ms")


def write(file: Path) -> int:
    """Write the documents as JSON lines; return their size in bytes."""
    before = ""
    with file.open("wb") as out:
        for number, line in enumerate(islice(lines(7), DOCUMENTS)):
            text = before + "（转自网络）" if number % COPIES == 0 and before else line.strip()
            before = text
            out.write(orjson.dumps({"id": number, "title": text[:20], "text": text[20:]}) + b"\n")
    return file.stat().st_size
