"""How fast titles are scored: one in a cold process, many in bulk, many out of the command; jieba in the same run."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from copykit import datafiles
from copykit.batch import few_collections
from copykit.text.segment import Segmenter
from copykit.titles.profile import load_profile
from copykit.titles.score import Settings, TitleScorer

ROUNDS = 5
COLD = (
    sys.executable,
    "-m",
    "copykit",
    "titles",
    "score",
    "11块钱的睫毛膏，凭什么三个月断货5次？",
    "--format",
    "jsonl",
)
COLD_JIEBA = (sys.executable, "-c", "import jieba; jieba.setLogLevel(60); list(jieba.cut('11块钱的睫毛膏'))")


def run(data: Path | None) -> None:
    """Print seconds and rates, the median of several alternating rounds."""
    titles = corpus(data)
    cold()
    bulk(titles)
    command(titles)


def corpus(data: Path | None) -> list[str]:
    """Return 20,000 titles: news and product titles of the data, else the bundled samples over and over."""
    found: list[str] = []
    if data is not None:
        for name in ("titles/news.jsonl", "keywords/product_titles.jsonl", "keywords/news_titles.jsonl"):
            rows = (json.loads(line) for line in (data / name).read_text("utf-8").splitlines())
            found += [row["title"] for row in rows]
    if not found:
        samples = next(entry.path for entry in datafiles.bundled().entries("samples") if entry.path.suffix == ".txt")
        found = samples.read_text("utf-8").split("\n")
    found = [title for title in found if title.strip()]
    return (found * (20_000 // len(found) + 1))[:20_000]


def cold() -> None:
    """A process that scores one title, against one in which jieba makes its first cut."""
    ours, theirs = alternating(lambda: _process(COLD), lambda: _process(COLD_JIEBA))
    print(f"one title, cold process        {ours:.3f} s    jieba's first cut alone {theirs:.3f} s")


def bulk(titles: list[str]) -> None:
    """Titles a second in one process on one core, against jieba only segmenting.

    Nothing is left for later: a finding is a tuple that holds its spans, message and reason when scoring returns.
    """
    import jieba

    jieba.setLogLevel(60)
    jieba.initialize()
    files = datafiles.bundled()
    scorers = {name: TitleScorer(files, Settings(load_profile(files, name))) for name in ("content", "listing")}
    tagger = Segmenter()

    def score(name: str) -> Callable[[], None]:
        def work() -> None:
            for start in range(0, len(titles), 512):
                scorers[name].score_many(titles[start : start + 512])

        return work

    def cut() -> None:
        for title in titles[:4_000]:
            jieba.lcut(title)

    def tag() -> None:
        for start in range(0, len(titles), 512):
            tagger.tag_many(titles[start : start + 512])

    with few_collections():
        content, listing, tags, theirs = alternating(score("content"), score("listing"), tag, cut)
    count = len(titles)
    print(
        f"scored with all findings       {count / content:8,.0f} titles/s (content)  {count / listing:8,.0f} (listing)"
    )
    print(f"rjieba tagging alone           {count / tags:8,.0f} titles/s")
    print(f"jieba segmenting alone         {4_000 / theirs:8,.0f} titles/s")


def command(titles: list[str]) -> None:
    """Titles a second as JSON lines out of the installed command, start-up taken off."""
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder, "small.txt"), Path(folder, "large.txt")
        small.write_text("\n".join(titles[:1]) + "\n", "utf-8")
        large.write_text("\n".join(titles * 5) + "\n", "utf-8")
        base = [sys.executable, "-m", "copykit", "titles", "score", "--format", "jsonl", "-i"]
        one, many = alternating(lambda: _process((*base, str(small))), lambda: _process((*base, str(large))), rounds=3)
        print(f"JSON lines out of the command  {len(titles) * 5 / (many - one):8,.0f} titles/s")


def alternating(
    *works: Callable[[], None], rounds: int = ROUNDS, clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """Return each work's median seconds over rounds that take turns, so that a slow minute hits all alike.

    ``clock``: ``time.process_time`` for what this process does alone, where others want the processors, too.
    """
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for place, work in enumerate(works):
            begun = clock()
            work()
            taken[place].append(clock() - begun)
    return [sorted(times)[len(times) // 2] for times in taken]


def _process(command: tuple[str, ...]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
