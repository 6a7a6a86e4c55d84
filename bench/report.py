"""The weekly report: 100,000 documents collected, mined, compared, reported; and killed at random moments."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import orjson

from bench.corpus import lines
from copykit.datafiles import bundled

DOCUMENTS, KILLS = 100_000, 50
DAY = ("--today", "2026-11-23")
SETTINGS = """name = "量一量"
kind = "{kind}"
[[source]]
name = "文章"
collect = ["{{start}}.jsonl"]
"""


def run(data: Path | None) -> None:
    """Print seconds and megabytes of a large run, and how 50 killed runs ended."""
    with tempfile.TemporaryDirectory(prefix="copykit-bench-") as folder:
        large(Path(folder))
    with tempfile.TemporaryDirectory(prefix="copykit-bench-") as folder:
        killed(Path(folder))


def large(folder: Path) -> None:
    """Two weeks of articles of 200 characters: the first is reported already, the second is what is timed."""
    (folder / "周报.toml").write_text(SETTINGS.format(kind="article"), "utf-8")
    texts, rising = lines(1), risen()
    for monday in ("2026-11-09", "2026-11-16"):
        with (folder / f"{monday}.jsonl").open("wb") as out:
            for number, line in enumerate(islice(texts, DOCUMENTS)):
                # In the second week every fiftieth text has a word that the first one had in every two hundredth.
                often = 50 if monday == "2026-11-16" else 200
                text = (
                    f"{rising[number // often % len(rising)]}，{line.strip()}" if number % often == 0 else line.strip()
                )
                row = {"id": f"{monday}-{number}", "title": text[:20], "text": text[20:]}
                out.write(orjson.dumps(row) + b"\n")
    subprocess.run([*command(folder), "--period", "2026-W46", "--today", "2026-11-16"], check=True)
    size = (folder / "2026-11-16.jsonl").stat().st_size
    for name in ("collected, mined, compared and reported", "the same again, nothing new to collect"):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begun = time.monotonic()
        subprocess.run([*command(folder), "--force"], check=True)
        seconds = time.monotonic() - begun
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"{DOCUMENTS:,} documents, {size / 1e6:.0f} MB, {name}: ", end="")
        print(f"{seconds:.1f} s (processor {used:.1f} s), peak {after.ru_maxrss / 1024:.0f} MB")
    report = json.loads((folder / "报告" / "2026-W47" / "report.json").read_text("utf-8"))
    told = {state: len(rows) for state, rows in report["words"].items()}
    page = (folder / "报告" / "2026-W47" / "report.html").stat().st_size
    print(f"documents read {report['sources'][0]['documents']:,}, page {page / 1000:.0f} kB, words told {told}")


def killed(folder: Path) -> None:
    """Kill a run at random moments; the report made afterwards has to be the undisturbed one, byte for byte.

    Each time the corpus is as it was before the run, so that collecting is killed as well.
    """
    (folder / "周报.toml").write_text(SETTINGS.format(kind="title"), "utf-8")
    for seed, monday in ((1, "2026-11-09"), (2, "2026-11-16")):
        rows = (json.dumps({"title": text}, ensure_ascii=False) for text in documents(seed, 2_000))
        (folder / f"{monday}.jsonl").write_text("\n".join(rows) + "\n", "utf-8")
    subprocess.run([*command(folder), "--period", "2026-W46"], check=True)
    corpus, before, made = folder / ".copykit", folder / "before", folder / "报告" / "2026-W47"
    shutil.copytree(corpus, before)
    begun = time.monotonic()
    subprocess.run(command(folder), check=True)
    whole = time.monotonic() - begun
    wanted = contents(folder)
    rng = random.Random(7)
    equal = reached = 0
    for _ in range(KILLS):
        for old in (corpus, made):
            shutil.rmtree(old)
        shutil.copytree(before, corpus)
        process = subprocess.Popen(command(folder))
        time.sleep(rng.uniform(0.05, 1.05) * whole)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
            reached += 1
        process.wait()
        subprocess.run(command(folder), check=True)
        equal += contents(folder) == wanted
    left = [path.name for path in (folder / "报告").iterdir() if path.name not in (".lock", "2026-W46", "2026-W47")]
    print(f"killed {reached} of {KILLS} runs before their end; {equal} of {KILLS} equal afterwards; left: {left}")


def command(folder: Path) -> list[str]:
    """Return the command that makes the report."""
    return [sys.executable, "-m", "copykit", "report", "run", str(folder / "周报.toml"), "--quiet", *DAY]


def contents(folder: Path) -> dict[str, bytes]:
    """Return the published files."""
    return {path.name: path.read_bytes() for path in (folder / "报告" / "2026-W47").iterdir()}


def risen() -> list[str]:
    """Return words of goods, some of which rise."""
    return [line.split("\t")[0].split(" ")[0] for line in bundled().load("lexicons")["category_words"][::150] if line]


def documents(seed: int, count: int) -> Iterator[str]:
    """Yield titles put together from word lists, some words three times as often in the second week."""
    rng = random.Random(seed)
    lists = bundled().load("lexicons")
    words = [line.split("\t")[0].split(" ")[0] for line in lists["category_words"] if line]
    sides = [line.split("\t")[0].split(" ")[0] for name in ("scenes", "audience") for line in lists[name] if line]
    rising = set(words[::97]) if seed == 2 else set()
    weights = [1 / (place + 3) * (3 if word in rising else 1) for place, word in enumerate(words)]
    things = rng.choices(words, weights, k=count)
    for thing in things:
        yield f"{rng.choice(sides)}{thing}{rng.choice(sides)}，{rng.choice(words)}"
