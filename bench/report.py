"""The weekly report: 100,000 documents collected, mined, compared, reported; and killed at random moments."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from copykit.datafiles import bundled

DOCUMENTS, KILLS = 100_000, 50
DAY = ("--today", "2026-11-23")
SETTINGS = """name = "量一量"
kind = "title"
[[source]]
name = "标题"
files = ["{start}.jsonl"]
"""


def run(data: Path | None) -> None:
    """Print seconds and megabytes of a large run, and how 50 killed runs ended."""
    with tempfile.TemporaryDirectory(prefix="copykit-bench-") as folder:
        large(Path(folder))
    with tempfile.TemporaryDirectory(prefix="copykit-bench-") as folder:
        killed(Path(folder))


def large(folder: Path) -> None:
    """Two weeks of documents: the first is there already, the second is what is timed."""
    (folder / "周报.toml").write_text(SETTINGS, "utf-8")
    for seed, monday in ((1, "2026-11-09"), (2, "2026-11-16")):
        with (folder / f"{monday}.jsonl").open("w", encoding="utf-8") as out:
            for number, text in enumerate(documents(seed, DOCUMENTS)):
                out.write(json.dumps({"id": str(number), "title": text}, ensure_ascii=False) + "\n")
    subprocess.run([*command(folder), "--period", "2026-W46"], check=True)
    begun = time.monotonic()
    subprocess.run(command(folder), check=True)
    seconds = time.monotonic() - begun
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    report = json.loads((folder / "报告" / "2026-W47" / "report.json").read_text("utf-8"))
    told = {state: len(rows) for state, rows in report["words"].items()}
    page = (folder / "报告" / "2026-W47" / "report.html").stat().st_size
    print(f"{DOCUMENTS:,} documents mined, compared and reported: {seconds:.1f} s, peak {peak:.0f} MB")
    print(f"page {page / 1000:.0f} kB, words told {told}")


def killed(folder: Path) -> None:
    """Kill a run at random moments; the report made afterwards has to be the undisturbed one, byte for byte."""
    (folder / "周报.toml").write_text(SETTINGS, "utf-8")
    for seed, monday in ((1, "2026-11-09"), (2, "2026-11-16")):
        lines = (json.dumps({"title": text}, ensure_ascii=False) for text in documents(seed, 2_000))
        (folder / f"{monday}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    subprocess.run([*command(folder), "--period", "2026-W46"], check=True)
    begun = time.monotonic()
    subprocess.run(command(folder), check=True)
    whole = time.monotonic() - begun
    wanted = contents(folder)
    rng = random.Random(7)
    equal = reached = 0
    for _ in range(KILLS):
        process = subprocess.Popen([*command(folder), "--force"])
        time.sleep(rng.uniform(0.05, 1.05) * whole)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
            reached += 1
        process.wait()
        subprocess.run([*command(folder), "--force"], check=True)
        equal += contents(folder) == wanted
    left = [path.name for path in (folder / "报告").iterdir() if path.name not in (".lock", "2026-W46", "2026-W47")]
    print(f"killed {reached} of {KILLS} runs before their end; {equal} of {KILLS} equal afterwards; left: {left}")


def command(folder: Path) -> list[str]:
    """Return the command that makes the report."""
    return [sys.executable, "-m", "copykit", "report", "run", str(folder / "周报.toml"), "--quiet", *DAY]


def contents(folder: Path) -> dict[str, bytes]:
    """Return the published files."""
    return {path.name: path.read_bytes() for path in (folder / "报告" / "2026-W47").iterdir()}


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
