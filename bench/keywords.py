"""Keywords: F1 on held-out documents, speed, processes, memory and new words, with the peers in the same run.

    python -m bench keywords --data DIR                 what is below, without the large corpus
    COPYKIT_BENCH_LARGE=1 python -m bench keywords      also 1 GB of made text (some minutes, 10 GB of disk)

Our F1 is the mean over five folds of documents, each ranked by trees and word habits trained on the other four with
the settings of ``tools/train_keywords.py``; the shipped models are never measured on what they were trained on. Speed
is measured with the shipped setting. Peers that are not installed are left out and named: two of them, textrank4zh and
harvesttext, bring half a hundred packages and stand in ``peers.txt``, which ``make bench`` installs where it can.
"""

from __future__ import annotations

import importlib.util
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
import unicodedata
import warnings
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from bench.corpus import lines, recombined, write
from bench.speed import alternating

ROOT = Path(__file__).resolve().parent.parent
# data set, model, least F1@5 that is asked for
SETS = (
    ("abstracts", "article", 0.31),
    ("product_titles", "product", 0.52),
    ("news_titles", "title", 0.47),
    ("english_abstracts", "article_en", 0.0),
)
CORPUS = 50_000_000  # bytes mined against extract_tags
MANY = 200_000_000  # bytes mined with one process and with two
NEW_FOLDS = 50  # parts of the new words; the habits of each come from titles that hold none of them
Rows = list[dict[str, Any]]


def run(data: Path | None) -> None:
    """Print quality, then speed."""
    if data is None:
        print("quality skipped: needs texts with their keywords (--data DIR)")
    else:
        quality(data)
        discovery(data)
        corpus_speed(data)
        text_speed(data)
    processes(data)
    if os.environ.get("COPYKIT_BENCH_LARGE"):
        large()


def quality(data: Path) -> None:
    """F1@5 on documents that were held out, and the peers on all of them."""
    train = _tool()
    for name, model, least in SETS:
        rows = _rows(data, name)
        gold = [_gold(row) for row in rows]
        kind = train.SETS[model][0]
        five, ten = train.cross_validate(train.prepare(data / "keywords" / f"{name}.jsonl", kind, model))
        print(f"{name:18s} copykit, held out      F1@5 {five:.3f}  F1@10 {ten:.3f}   asked for {least:.2f}")
        for peer, extract in peers(name == "english_abstracts").items():
            found = extract(rows)
            print(f"{name:18s} {peer:22s} F1@5 {_f1(found, gold, 5):.3f}  F1@10 {_f1(found, gold, 10):.3f}")


def peers(english: bool) -> dict[str, Callable[[Rows], list[list[str]]]]:
    """Return the peers that are installed: name → keywords of each row."""
    found: dict[str, Callable[[Rows], list[list[str]]]] = {}
    if not english:
        found["jieba extract_tags"] = lambda rows: [_jieba().extract_tags(_text(row), topK=10) for row in rows]
        found["jieba textrank"] = lambda rows: [_jieba().textrank(_text(row), topK=10) for row in rows]
        if importlib.util.find_spec("textrank4zh"):
            found["TextRank4ZH"] = _textrank4zh
    if importlib.util.find_spec("yake"):
        found["YAKE"] = lambda rows: _yake(rows, english)
    if importlib.util.find_spec("sklearn"):
        found["scikit-learn 1-3-grams"] = lambda rows: _ngrams(rows, english)
    missing = [name for name in ("textrank4zh", "harvesttext", "yake", "sklearn") if not importlib.util.find_spec(name)]
    if missing:
        print(f"peers not installed: {', '.join(missing)} (pip install -r bench/peers.txt)")
    return found


def discovery(data: Path) -> None:
    """New words against those that people marked and the dictionary lacks.

    The shipped word habits were learned from these very titles, so three honest ways: without habits; with habits from
    the even titles in the odd ones; and in all titles, the habits of each word coming from titles that do not hold it.
    """
    from copykit.corpus.blocks import marked
    from copykit.datafiles import bundled
    from copykit.keywords import discover
    from copykit.keywords.counts import Counter as Counts
    from copykit.keywords.mine import Wanted, survivors
    from copykit.keywords.profile import for_discovery, load_profile, make_words
    from copykit.keywords.rank import Model
    from copykit.keywords.run import UNITS
    from copykit.model import Keyword
    from copykit.text.segment import Segmenter

    train = _tool()
    rows = _rows(data, "product_titles")
    prepared = train.prepare(data / "keywords" / "product_titles.jsonl", "product", "product")
    files, segmenter = bundled(), Segmenter()
    settings = files.load("discovery")["words"]
    profile = for_discovery(load_profile(files, "product"), files)
    without = {**settings, "scoring": {**settings["scoring"], "wording": 0}}
    titles = [row["title"] for row in rows]

    def found(titles: Sequence[str], chosen: dict[str, Any], docs: Any) -> list[Keyword]:
        habits = train.with_habits(prepared, docs)[1]
        model = Model("product", {**files.load("ranking")["product"], "habits": habits})

        def words() -> Any:
            return make_words(files, profile, segmenter, [model])

        with tempfile.TemporaryDirectory() as folder:
            counter = Counts(words, segmenter.words, Path(folder), units=UNITS)
            counter.add("".join(marked(title, "") for title in titles))
            every = Wanted(top=None)
            cut = segmenter.words
            counts = counter.finish()
            rows = survivors(counts, every, chosen["least"])
            return discover.discover(counts, rows, words(), chosen, every, segmenter.knows, cut, "product")

    def by_others() -> list[Keyword]:
        lowered = [title.lower() for title in titles]
        merged: list[Keyword] = []
        for fold in range(NEW_FOLDS):
            mine = {word.text for word in plain if zlib.crc32(word.text.encode()) % NEW_FOLDS == fold}
            holding = [at for at, title in enumerate(lowered) if any(text.lower() in title for text in mine)]
            others = ~np.isin(prepared.docs, holding)
            merged += [word for word in found(titles, settings, others) if word.text in mine]
        return sorted(merged, key=lambda word: -word.weight)

    import numpy as np

    plain = found(titles, without, prepared.docs >= 0)
    for label, some, every in (
        ("all titles, no habits", rows, plain),
        ("all titles, others' habits", rows, by_others()),
        ("odd titles", rows[1::2], found(titles[1::2], settings, prepared.docs % 2 == 0)),
    ):
        text = "\n".join(row["title"] for row in some)
        counted = {word for row in some for word in row["keywords"] if len(word) > 1 and any(map(str.isalpha, word))}
        lacking = {word for word in counted if not segmenter.knows(word)}
        goal = {_fold(word) for word in lacking if text.count(word) >= 5}
        marks = set(map(_fold, lacking))
        _print_new("copykit", label, [_fold(word.text) for word in every], goal, marks)
        if importlib.util.find_spec("harvesttext"):
            _print_new("harvesttext", label, _harvested(text), goal, marks)


def _print_new(name: str, label: str, found: Sequence[str], goal: set[str], marks: set[str]) -> None:
    hits, of = sum(word in marks for word in found[:500]), max(1, min(500, len(found)))
    recall, first = (len(set(some) & goal) / len(goal) for some in (found, found[:1_000]))
    shown = f"{len(found):5,} found  recall {recall:.3f} of {len(goal)} ({first:.3f} in 1,000)"
    print(f"new words          {name:12s} {label:26s} {shown}  precision@500 {hits / of:.3f}")


def corpus_speed(data: Path) -> None:
    """MB/s of a corpus mined, file to ranked words, against extract_tags on the same texts: processor time of one."""
    from copykit.corpus.columns import columns_of
    from copykit.corpus.sources import Sources
    from copykit.datafiles import bundled
    from copykit.keywords.mine import Wanted
    from copykit.keywords.run import Recipe, mine_blocks
    from copykit.text.clean import Cleaner

    files, jieba = bundled(), _jieba()
    columns = columns_of(files.load("columns"))
    for name, kind, suffix in (
        ("abstracts", "article", ".jsonl"),
        ("abstracts", "title", ".txt"),
        ("product_titles", "product", ".txt"),
    ):
        texts = [_text(row) for row in _rows(data, name)]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, name + suffix)
            count = write(path, CORPUS, recombined(texts, 0))
            texts = path.read_text("utf-8").splitlines()
            if suffix == ".jsonl":
                rows = ({"id": number, "text": text} for number, text in enumerate(texts))
                path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
            size = sum(len(text.encode()) for text in texts) / 1e6

            def ours(path: Path = path, kind: str = kind) -> None:
                sources = Sources([str(path)], columns, by_line=kind != "article", cleaner=Cleaner())
                with tempfile.TemporaryDirectory() as scratch:
                    recipe = Recipe(files.layers, files.cache, kind)
                    mine_blocks(sources.blocks(), recipe, Wanted(), Path(scratch))

            few = texts[:400]
            theirs_size = sum(len(text.encode()) for text in few) / 1e6

            def theirs(few: Sequence[str] = few) -> None:
                for text in few:
                    jieba.extract_tags(text)

            mine, tags = alternating(ours, theirs, rounds=3, clock=time.process_time)
        rate, other = size / mine, theirs_size / tags
        shown = f"{name + suffix:20s} {rate:6.2f} MB/s   extract_tags {other:5.2f}   {rate / other:5.1f} ×"
        print(f"corpus mined       {shown}   {count:,} texts, {size:.0f} MB, none twice")


def text_speed(data: Path) -> None:
    """Documents a second of one processor with keywords of their own, against extract_tags and textrank."""
    from copykit.datafiles import bundled
    from copykit.keywords.candidates import Piece
    from copykit.keywords.extract import KeywordExtractor
    from copykit.keywords.profile import load_profile

    rows, jieba = _rows(data, "abstracts"), _jieba()
    extractor = KeywordExtractor(bundled(), load_profile(bundled(), "article"))
    pieces = [Piece(row["title"], row["text"]) for row in rows]
    extractor.extract(pieces)
    some, few = [_text(row) for row in rows[:300]], [_text(row) for row in rows[:60]]
    ours, tags, rank = alternating(
        lambda: extractor.extract(pieces),
        lambda: [jieba.extract_tags(text, topK=10) for text in some] and None,
        lambda: [jieba.textrank(text, topK=10) for text in few] and None,
        clock=time.process_time,
    )
    rate, tag_rate, rank_rate = len(pieces) / ours, len(some) / tags, len(few) / rank
    print(
        f"each abstract      copykit {rate:,.0f}/s   extract_tags {tag_rate:,.0f}/s ({rate / tag_rate:.1f} ×)   "
        f"textrank {rank_rate:,.0f}/s ({rate / rank_rate:.1f} ×)"
    )


def processes(data: Path | None) -> None:
    """Two processes against one, on texts so many that the start of a process does not matter.

    Beside it, what two runs that know nothing of each other do of the work of one: more than that this machine's
    processors cannot give to two.
    """
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        for name, kind, texts in _endless(data):
            path = Path(folder, "many.txt")
            count = write(path, MANY, texts)
            begun, used = _busy(), _used()

            def run_with(jobs: int, path: Path = path, kind: str = kind) -> None:
                # Not as ``_mine`` does, which looks at the memory meanwhile, and needs a processor for that.
                subprocess.run(_mining(path, jobs, kind), check=True, cwd=ROOT, capture_output=True)

            def apart(run: Callable[[int], None] = run_with) -> None:
                list(pool.map(run, (1, 1)))

            one, two, both = alternating(partial(run_with, 1), partial(run_with, 2), apart, rounds=3)
            others = max(0.0, (_busy() - begun - _used() + used) / (3 * (one + two + both)))
            size = path.stat().st_size / 1e6
            shown = f"{size / one:.2f} MB/s with one, {size / two:.2f} with two: {one / two:.2f} ×"
            print(f"two processes      {shown}   {name}: {count:,} texts, {size:.0f} MB, none twice")
            print(f"                   two runs of one process each, at once: {2 * one / both:.2f} ×")
            if others > 0.05:
                print(f"                   others kept {others:.2f} processors busy: measure again when they rest")


def _endless(data: Path | None) -> Iterator[tuple[str, str, Iterable[str]]]:
    """Yield texts without end: their name, their kind, and the texts."""
    yield "made", "title", lines(0)
    if data is not None:
        for name, kind in (("abstracts", "title"), ("product_titles", "product")):
            yield name, kind, recombined([_text(row) for row in _rows(data, name)], 0)


def _busy() -> float:
    """Return for how many seconds the processors have worked, for whomever, as far as Linux tells."""
    try:
        ticks = list(map(int, Path("/proc/stat").read_text("ascii").split("\n")[0].split()[1:9]))
    except OSError:
        return 0.0
    idle, waiting = ticks[3:5]
    return (sum(ticks) - idle - waiting) / os.sysconf("SC_CLK_TCK")


def _used() -> float:
    """Return for how many seconds this process and its children have worked."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def large() -> None:
    """Processor time and memory at 10 MB and at 1 GB, with one process and with two."""
    with tempfile.TemporaryDirectory() as folder:
        for size, jobs in ((10, 1), (1_000, 1), (1_000, 2)):
            path = Path(folder, f"{size}.txt")
            if not path.exists():
                write(path, size * 1_000_000)
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            peak = _mine(path, jobs)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            print(
                f"made text {size:5,} MB  {jobs} jobs  {1_000 * cpu / size:.0f} ms of processors a MB, peak {peak} MB"
            )


def _mining(path: Path, jobs: int, kind: str) -> list[str]:
    return [sys.executable, "-m", "copykit", "keywords", "mine", str(path), "--kind", kind, "--jobs", str(jobs)]


def _mine(path: Path, jobs: int, kind: str = "title") -> int:
    """Run the command, and return how many MB its processes held at most, added up, what they share counted once."""
    peaks: dict[int, int] = {}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(_mining(path, jobs, kind), cwd=ROOT, **quiet) as process:
        while True:
            try:
                process.wait(0.5)
                break
            except subprocess.TimeoutExpired:
                for pid, peak in _peaks(process.pid).items():
                    peaks[pid] = max(peak, peaks.get(pid, 0))  # of one that has ended there are no figures left
    assert process.returncode == 0
    return sum(peaks.values())


def _peaks(pid: int, *, alone: bool = True) -> dict[int, int]:
    """Return the highest MB so far of a process and its children, by number, as far as Linux tells.

    Those of a child are without the pages that it shares with others: they are those of the programs, which the parent
    has, too.
    """
    try:
        peak = _told(Path(f"/proc/{pid}/status"), "VmHWM:")
        shared = 0 if alone else _told(Path(f"/proc/{pid}/smaps_rollup"), "Shared_Clean:", "Shared_Dirty:")
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    except OSError:  # it has ended, or this is no Linux
        return {}
    found = {pid: (peak - shared) >> 10}
    for child in children:
        found |= _peaks(int(child), alone=False)
    return found


def _told(path: Path, *names: str) -> int:
    """Return the sum of some figures of one of Linux' tables."""
    rows = map(str.split, path.read_text("utf-8").splitlines())
    return sum(int(row[1]) for row in rows if row and row[0] in names)


def _jieba() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
        import jieba.analyse
    jieba.setLogLevel(60)
    jieba.initialize()
    jieba.analyse.extract_tags("睫毛膏")
    return jieba.analyse


def _yake(rows: Rows, english: bool) -> list[list[str]]:
    import yake

    extractor = yake.KeywordExtractor(lan="en" if english else "zh", n=3, top=10)
    if english:
        return [[word for word, _ in extractor.extract_keywords(_text(row))] for row in rows]
    from copykit.text.segment import Segmenter

    segmenter = Segmenter()
    spaced = [" ".join(segmenter.words(_text(row))) for row in rows]
    return [[word.replace(" ", "") for word, _ in extractor.extract_keywords(text)] for text in spaced]


def _ngrams(rows: Rows, english: bool) -> list[list[str]]:
    """TF-IDF of 1–3-grams over the collection, the usual recipe with scikit-learn."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    from copykit.datafiles import bundled
    from copykit.text.segment import Segmenter

    segmenter = Segmenter()
    stop = set(bundled().load("stopwords")["zh"]) | set(bundled().load("stopwords")["en"])

    def grams(text: str) -> list[str]:
        found: list[str] = []
        row: list[str] = []
        for word in [*segmenter.words(text.lower()), "。"]:
            if word == " ":
                continue
            if word in stop or not any(map(str.isalnum, word)):
                joint = " " if english else ""
                for size in (1, 2, 3):
                    found += [joint.join(row[at : at + size]) for at in range(len(row) - size + 1)]
                row = []
            else:
                row.append(word)
        return [gram for gram in found if len(gram) > 1 and not gram.isdigit()]

    vectorizer = TfidfVectorizer(analyzer=grams, sublinear_tf=True)
    matrix = vectorizer.fit_transform(_text(row) for row in rows)
    names = vectorizer.get_feature_names_out()
    results = []
    for place in range(len(rows)):
        row = matrix.getrow(place)
        order = sorted(zip(-row.data, row.indices, strict=True))[:10]
        results.append([names[at] for _, at in order])
    return results


def _textrank4zh(rows: Rows) -> list[list[str]]:
    import networkx
    from textrank4zh import TextRank4Keyword

    if not hasattr(networkx, "from_numpy_matrix"):  # the last release of the peer calls it by its old name
        networkx.from_numpy_matrix = networkx.from_numpy_array
    results = []
    for row in rows:
        ranker = TextRank4Keyword()
        ranker.analyze(text=_text(row), lower=True, window=2)
        results.append([item.word for item in ranker.get_keywords(10, word_min_len=2)])
    return results


def _harvested(text: str) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from harvesttext import HarvestText

        return list(map(_fold, HarvestText().word_discover(text).index))


def _tool() -> Any:
    spec = importlib.util.spec_from_file_location("train_keywords", ROOT / "tools" / "train_keywords.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["train_keywords"] = module
    spec.loader.exec_module(module)
    return module


def _rows(data: Path, name: str) -> Rows:
    lines = (data / "keywords" / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def _text(row: dict[str, Any]) -> str:
    return f"{row['title']}。{row['text']}" if row["title"] and row["text"] else row["title"] or row["text"]


def _gold(row: dict[str, Any]) -> list[str]:
    text = _fold(row["title"] + "。" + row["text"])
    return [word for word in dict.fromkeys(map(_fold, row["keywords"])) if word and word in text]


def _f1(found: Sequence[Sequence[str]], gold: Sequence[Sequence[str]], size: int) -> float:
    values = []
    for words, marked in zip(found, gold, strict=True):
        if marked:
            chosen = list(dict.fromkeys(map(_fold, words)))[:size]
            hits = len(set(chosen) & set(marked))
            values.append(2 * hits / (len(chosen) + len(marked)) if hits else 0.0)
    return math.fsum(values) / len(values)


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split())
