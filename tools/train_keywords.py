"""Learn how keywords are chosen from texts whose keywords people marked; only counts and weights are written.

    python -m pip install -e .[train]
    python tools/train_keywords.py DATA          or: make train DATA=folder

DATA holds ``keywords/{abstracts,news_titles,product_titles,english_abstracts}.jsonl`` ({id, title, text, keywords}) and
``titles/upworthy_packages.jsonl`` (headlines, for how common English words are). Written are

``corpora/rarity/general.json``
    How rare a word is in general, 16 × ln(documents / documents with it), from the document frequencies that jieba
    ships (idf.txt, MIT) for Chinese and from the headlines for English.

``corpora/ranking/<model>.json``
    The boosted trees of one kind of text, with ``habits``: for the first and the last word of a candidate, how often
    candidates like it were keywords. The trees are oblivious (one question a level), so that they are evaluated on
    whole columns, and are fitted to the order inside each text (softmax over its candidates), not to single labels.

Before a model is written its F1@5 is taken by five-fold cross-validation over documents: each document is ranked by
trees and habits that never saw it. Inside training a document's habits come from the other eighths of the training
part, so that the trees do not lean on what they would have known by heart. That held-out figure is written into the
file's origin. The same data give the same bytes on the same machine.
"""

from __future__ import annotations

import argparse
import base64
import importlib.util
import json
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from copykit.datafiles import bundled
from copykit.keywords.candidates import Piece, phrases, read
from copykit.keywords.features import gather
from copykit.keywords.profile import BARE_MODEL, load_profile, make_words
from copykit.keywords.rank import Model
from copykit.keywords.words import TAGS
from copykit.text.normalize import fold_text
from copykit.text.segment import Segmenter

ROOT = Path(__file__).resolve().parent.parent
CHECKED = "2026-11-22"
# model → kind, data set, origin
SETS = {
    "article": (
        "article",
        "abstracts",
        "1,000 Chinese abstracts with their authors' keywords, ydli-ai/CSL (Apache-2.0)",
    ),
    "article_en": ("article", "english_abstracts", "500 English abstracts of Inspec, LIAAD/KeywordExtractor-Datasets"),
    "title": ("title", "news_titles", "2,000 Toutiao titles with tags, CLUEbenchmark/FewCLUE"),
    "product": ("product", "product_titles", "3,000 Taobao titles with marked words, allanj/ner_incomplete_annotation"),
}
RARITY_MOST = 11.0  # words rarer than this are as rare as unknown ones
TREES, DEPTH, RATE, RIDGE, BINS = 150, 6, 0.1, 5.0, 48
ROWS, COLUMNS = 0.8, 0.7  # the share of documents and of columns that each tree sees
HABIT_PULL = 12.0  # so many candidates of the average kind are added to each word's own
HABIT_LEAST = 3  # words with fewer candidates keep the average
FOLDS = 5

Matrix = Any


class Data(NamedTuple):
    """Candidates of all documents: their columns, labels, document, letters, first and last word."""

    names: list[str]
    columns: Matrix
    labels: Matrix
    docs: Matrix
    surfaces: list[str]
    firsts: list[str]
    lasts: list[str]
    gold: list[list[str]]


def main() -> None:
    """Write the background, then each model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("models", nargs="*", help=f"of {', '.join(SETS)}; all when none is named")
    given = parser.parse_args()
    write_rarity(given.data)
    for model in given.models or SETS:
        kind, name, origin = SETS[model]
        data = prepare(given.data / "keywords" / f"{name}.jsonl", kind, model)
        held_out = cross_validate(data)
        print(f"{model:12s} {len(data.gold):,} documents  held out F1@5 {held_out[0]:.4f}  F1@10 {held_out[1]:.4f}")
        every = np.ones(len(data.labels), bool)
        columns, habits = with_habits(data, every)
        ranks = tag_ranks(data, every)
        cuts, trees = fit(ranked(columns, ranks, data.names), data.labels, data.docs)
        value = dumped(data.names, cuts, trees, ranks, habits)
        value["origin"] = (
            f"learned by tools/train_keywords.py from {origin}; counts and weights only. "
            f"F1@5 {held_out[0]:.3f} over documents held out in turn"
        )
        path = ROOT / "corpora" / "ranking" / f"{model}.json"
        path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8", newline="\n")
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


def write_rarity(data: Path) -> None:
    """Write how rare words are in general; a kind of its own, as judging titles needs none of it."""
    found: dict[str, float] = {}
    spec = importlib.util.find_spec("jieba")
    assert spec is not None
    assert spec.origin is not None
    for line in (Path(spec.origin).parent / "analyse" / "idf.txt").read_text("utf-8").splitlines():
        word, _, value = line.rpartition(" ")
        folded = fold_text(word).strip()
        if folded and not folded.isascii():
            found[folded] = min(float(value), found.get(folded, 99.0))
    headlines = [row["title"] for row in _rows(data / "titles" / "upworthy_packages.jsonl")]
    english = Counter(word for line in headlines for word in set(re.findall(r"[a-z]{2,}", line.lower())))
    found |= {word: math.log(len(headlines) / count) for word, count in english.items() if count > 1}
    kept = sorted(word for word, value in found.items() if value < RARITY_MOST and "\n" not in word)
    value = {
        "origin": "document frequencies shipped with jieba (idf.txt, MIT) for Chinese, counted from headlines of the"
        " Upworthy research archive (CC BY 4.0) for English; tools/train_keywords.py",
        "checked": CHECKED,
        "unknown": round(16 * RARITY_MOST),
        "words": "\n".join(kept),
        "bytes": base64.b64encode(bytes(round(16 * found[word]) for word in kept)).decode(),
    }
    path = ROOT / "corpora" / "rarity" / "general.json"
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8", newline="\n")
    print(f"{path.relative_to(ROOT)}: {len(kept):,} words, {path.stat().st_size:,} bytes")


def prepare(path: Path, kind: str, model: str) -> Data:
    """Return the candidates of a data set as the shipped code sees them."""
    rows = _rows(path)
    gold = [_gold(row) for row in rows]
    files, segmenter = bundled(), Segmenter()
    words = make_words(files, load_profile(files, kind), segmenter, [Model(model, BARE_MODEL)], together=True)
    columns: dict[str, list[Matrix]] = defaultdict(list)
    labels: list[bool] = []
    docs: list[int] = []
    surfaces: list[str] = []
    firsts: list[str] = []
    lasts: list[str] = []
    for start in range(0, len(rows), 256):
        part = [Piece(row["title"], row["text"]) for row in rows[start : start + 256]]
        reading = read(part, words, segmenter.words)
        found = gather(reading, phrases(reading, words), words, model)
        for name, values in found.columns.items():
            columns[name].append(values)
        here = [
            reading.text[begin:end]
            for begin, end in zip(reading.starts[found.places], reading.ends[found.ends], strict=True)
        ]
        surfaces += here
        known = words.names
        docs += (found.docs + start).tolist()
        firsts += [_folded(known[number]) for number in reading.numbers[found.places]]
        lasts += [_folded(known[number]) for number in reading.numbers[found.ends]]
        labels += [_fold(text) in gold[doc + start] for text, doc in zip(here, found.docs.tolist(), strict=True)]
    names = list(columns)
    matrix = np.stack([np.concatenate(columns[name]) for name in names], 1)
    return Data(names, matrix, np.array(labels, float), np.array(docs), surfaces, firsts, lasts, gold)


def cross_validate(data: Data) -> tuple[float, float]:
    """Return F1@5 and F1@10 with every document ranked by a model that never saw it."""
    fold_of = np.random.default_rng(0).integers(0, FOLDS, len(data.gold))
    scores = np.zeros(len(data.labels))
    for fold in range(FOLDS):
        train = fold_of[data.docs] != fold
        columns = ranked(with_habits(data, train)[0], tag_ranks(data, train), data.names)
        cuts, trees = fit(columns[train], data.labels[train], data.docs[train])
        scores[~train] = predict(cuts, trees, columns[~train])
    return tuple(f1(scores, data, size) for size in (5, 10))  # type: ignore[return-value]


def f1(scores: Matrix, data: Data, size: int) -> float:
    """Return the mean F1 of the first ``size`` keywords, over documents that have keywords in their text."""
    order = np.lexsort((-scores, data.docs))
    chosen: dict[int, list[str]] = defaultdict(list)
    for place in order:
        mine = chosen[data.docs[place]]
        if len(mine) < size and (text := _fold(data.surfaces[place])) not in mine:
            mine.append(text)
    values = []
    for doc, gold in enumerate(data.gold):
        if gold:
            hits = len(set(chosen[doc]) & set(gold))
            values.append(2 * hits / (len(chosen[doc]) + len(gold)) if hits else 0.0)
    return sum(values) / len(values)


def with_habits(data: Data, train: Matrix) -> tuple[Matrix, dict[str, Any]]:
    """Return the columns with the habit columns filled in, and the habits of the whole training part."""
    columns, habits = data.columns.copy(), {}
    base = data.labels[train].mean()
    eighths = (data.docs * 7919) % 8
    for side, texts in (("first", data.firsts), ("last", data.lasts)):
        place = {word: number for number, word in enumerate(dict.fromkeys(texts))}
        numbers = np.array([place[word] for word in texts])
        seen = np.bincount(numbers[train], minlength=len(place)).astype(float)
        marked = np.bincount(numbers[train], data.labels[train], len(place))
        mine_seen, mine_marked = seen[numbers], marked[numbers]
        for eighth in range(8):
            rows = train & (eighths == eighth)
            mine_seen[rows] -= np.bincount(numbers[rows], minlength=len(place))[numbers[rows]]
            mine_marked[rows] -= np.bincount(numbers[rows], data.labels[rows], len(place))[numbers[rows]]
        columns[:, data.names.index(f"habit_{side}")] = _habit(mine_marked, mine_seen, base)
        kept = [(word, number) for word, number in place.items() if seen[number] >= HABIT_LEAST]
        kept.sort()
        values = _habit(marked, seen, base)
        habits[side] = {
            "words": "\n".join(word for word, _ in kept),
            "bytes": base64.b64encode(bytes(int(values[number]) for _, number in kept)).decode(),
            "default": int(_habit(np.zeros(1), np.zeros(1), base)[0]),
        }
    return columns, habits


def _habit(marked: Matrix, seen: Matrix, base: float) -> Matrix:
    """Return the log odds of being a keyword as bytes, 32 steps a unit; few candidates are pulled to the average."""
    known = seen >= HABIT_LEAST
    share = (np.where(known, marked, 0) + HABIT_PULL * base) / (np.where(known, seen, 0) + HABIT_PULL)
    return np.clip(np.round(160 + 32 * np.log(share / (1 - share))), 0, 255)


def fit(
    columns: Matrix, labels: Matrix, docs: Matrix
) -> tuple[list[Matrix], list[tuple[list[tuple[int, int]], Matrix]]]:
    """Return the cuts of each column, and the trees as [(column, cut), …] and leaves.

    Each tree goes down the gradient of the softmax over the candidates of a document against its share of keywords;
    documents weigh by the root of how many keywords they have.
    """
    rng = np.random.default_rng(0)
    cuts = [_cuts(columns[:, place]) for place in range(columns.shape[1])]
    bins = np.stack([np.searchsorted(cut, columns[:, place], side="left") for place, cut in enumerate(cuts)])
    bins = bins.astype(np.uint8)
    first = np.flatnonzero(np.concatenate(([True], docs[1:] != docs[:-1])))
    counts = np.diff(np.append(first, len(docs)))
    marked = np.add.reduceat(labels, first)
    weight = np.repeat(np.sqrt(marked), counts)
    target = labels / np.maximum(np.repeat(marked, counts), 1)
    value = np.zeros(len(labels))
    trees = []
    wide = BINS + 1
    for _ in range(TREES):
        peak = np.repeat(np.maximum.reduceat(value, first), counts)
        share = np.exp(value - peak)
        share /= np.repeat(np.add.reduceat(share, first), counts)
        slope, bend = (share - target) * weight, np.maximum(share * (1 - share), 1e-4) * weight
        kept = np.repeat(rng.random(len(first)) < ROWS, counts)
        chosen = rng.permutation(len(cuts))[: int(COLUMNS * len(cuts))]
        mine = {place: bins[place][kept].astype(np.int64) for place in chosen if len(cuts[place])}
        slopes, bends = slope[kept], bend[kept]
        leaf, every = np.zeros(len(slopes), np.int64), np.zeros(len(labels), np.int64)
        asks: list[tuple[int, int]] = []
        for level in range(DEPTH):
            best = (-1.0, 0, 0)
            size = 1 << level
            all_slopes = np.bincount(leaf, slopes, size)[:, None]
            all_bends = np.bincount(leaf, bends, size)[:, None]
            for place, own in mine.items():
                keys = leaf * wide + own
                low = np.bincount(keys, slopes, size * wide).reshape(size, wide).cumsum(1)[:, : len(cuts[place])]
                bent = np.bincount(keys, bends, size * wide).reshape(size, wide).cumsum(1)[:, : len(cuts[place])]
                gain = low**2 / (bent + RIDGE) + (all_slopes - low) ** 2 / (all_bends - bent + RIDGE)
                cut = int(np.argmax(gain.sum(0)))
                best = max(best, (float(gain.sum(0)[cut]), int(place), cut))
            _, place, cut = best
            asks.append((place, cut))
            leaf |= (mine[place] > cut).astype(np.int64) << level
            every |= (bins[place] > cut).astype(np.int64) << level
        size = 1 << DEPTH
        leaves = -RATE * np.bincount(leaf, slopes, size) / (np.bincount(leaf, bends, size) + RIDGE)
        value += leaves[every]
        trees.append((asks, leaves))
    return cuts, trees


def predict(cuts: list[Matrix], trees: list[tuple[list[tuple[int, int]], Matrix]], columns: Matrix) -> Matrix:
    """Return the trees' value of each row."""
    value = np.zeros(len(columns))
    for asks, leaves in trees:
        leaf = np.zeros(len(columns), np.int64)
        for level, (place, cut) in enumerate(asks):
            leaf |= (columns[:, place] > cuts[place][cut]).astype(np.int64) << level
        value += leaves[leaf]
    return value


def _cuts(column: Matrix) -> Matrix:
    different = np.unique(column)
    if len(different) > BINS:
        different = np.unique(np.quantile(column, np.linspace(0, 1, BINS + 1)[1:], method="lower"))
    return different[:-1].astype(np.float32)


def tag_ranks(data: Data, train: Matrix) -> dict[str, list[int]]:
    """Return for each tag column the tags' places by how often candidates with them are keywords."""
    ranks = {}
    base = data.labels[train].mean()
    for place, name in enumerate(data.names):
        if name.startswith("tag_"):
            tags = data.columns[train, place].astype(int)
            seen = np.bincount(tags, minlength=len(TAGS) + 1)
            marked = np.bincount(tags, data.labels[train], len(TAGS) + 1)
            ranks[name] = np.argsort(np.argsort((marked + 20 * base) / (seen + 20), kind="stable")).tolist()
    return ranks


def ranked(columns: Matrix, ranks: dict[str, list[int]], names: Sequence[str]) -> Matrix:
    """Return the columns with tags replaced by their ranks."""
    columns = columns.copy()
    for name, rank in ranks.items():
        place = names.index(name)
        columns[:, place] = np.array(rank)[columns[:, place].astype(int)]
    return columns


def dumped(
    names: Sequence[str],
    cuts: list[Matrix],
    trees: list[tuple[list[tuple[int, int]], Matrix]],
    tags: dict[str, list[int]],
    habits: dict[str, Any],
) -> dict[str, Any]:
    """Return a model as its file holds it; each question stands there once."""
    used = sorted({place for asks, _ in trees for place, _ in asks})
    questions = sorted({ask for asks, _ in trees for ask in asks})
    number = {ask: place for place, ask in enumerate(questions)}
    return {
        "origin": "",
        "checked": CHECKED,
        "columns": [names[place] for place in used],
        "tags": {name: ranks for name, ranks in tags.items() if name in {names[place] for place in used}},
        "questions": [[used.index(place), float(f"{cuts[place][cut]:.9g}")] for place, cut in questions],
        "trees": [
            {"asks": [number[ask] for ask in asks], "leaves": [round(float(leaf), 4) for leaf in leaves]}
            for asks, leaves in trees
        ],
        "habits": habits,
    }


def _gold(row: dict[str, Any]) -> list[str]:
    text = _fold(row["title"] + "。" + row["text"])
    return [word for word in dict.fromkeys(map(_fold, row["keywords"])) if word and word in text]


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def _folded(word: str) -> str:
    return fold_text(word).replace(" ", "")


def _rows(path: Path) -> list[dict[str, Any]]:
    return list(_each(path))


def _each(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text("utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


if __name__ == "__main__":
    main()
