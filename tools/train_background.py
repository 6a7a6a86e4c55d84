"""Work out what is usual, from texts that stay outside the repository; only counts and weights are written.

    python -m pip install -e .[train]
    python tools/train_background.py DATA

DATA is a folder of labelled texts (``titles/*.jsonl``, ``keywords/*.jsonl`` …, see ``_texts``). Written are

``corpora/background/words.json``
    Which everyday words seldom meet. The words and their fields of life come from ``tools/background_fields.toml``,
    written by hand; the numbers are learned. A word's surprise at a field is

        byte(96 + 64 · (2 · (0.3 − cosine(word, field)) − log2(met / expected) / 3))

    where ``met`` counts how often the word meets the field's words in one sentence, backed off to how often the two
    fields meet, and the cosine is between word vectors of the same sentences. A pair's surprise is the sum of both
    words'.

``rate`` and ``points`` in the word lists that carry ``fresh``
    ``rate`` is how many titles in 10,000 hold the phrase, the mean of the publishers' rates, so that a phrase that one
    kind of publisher has worn out counts as worn. ``points = fresh / (1 + log2(1 + rate / 4) / 2)``, at least 1: a
    phrase that stands in 12 titles of 10,000 is worth half, one that stands in 60 a third.

The same texts give the same bytes on the same machine.
"""

from __future__ import annotations

import argparse
import base64
import json
import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import rjieba
import scipy.sparse as sp

from copykit.datafiles import bundled
from copykit.rules import rule as rules
from copykit.rules.engine import Engine
from copykit.rules.kinds import KINDS
from copykit.rules.reading import Context
from copykit.text.normalize import fold_text
from copykit.text.segment import Segmenter
from copykit.titles import novelty

ROOT = Path(__file__).resolve().parent.parent
LEXICONS = ROOT / "corpora" / "lexicons"
DIMENSIONS = 16  # of word vectors; more only learn single sentences by heart with 60,000 texts
SHARED_CHARACTER = 10  # weight of what words with a common character tell of each other (瓷砖, 瓷器)
ORIGIN = (
    "Counts learned by tools/train_background.py from public data sets; no text of theirs is kept:"
    " 649453932/Chinese-Text-Classification-Pytorch (MIT), jiangmuran/noterx (Apache-2.0), ydli-ai/CSL (Apache-2.0),"
    " justjavac/weibo-trending-hot-search (MIT), CLUEbenchmark/FewCLUE, Alibaba-NLP/Multi-CPR,"
    " allanj/ner_incomplete_annotation, zhuyiYZU/SPT-CD, zhuyiYZU/CCD-CIEG (Apache-2.0), AdvertiseGen."
    " Words and fields: written for copykit, MIT. 2026-11-21."
)

Matrix = Any  # numpy and scipy come without types here


class Text(NamedTuple):
    """One title or body, in folded sentences."""

    source: str
    sentences: tuple[str, ...]


class Fields(NamedTuple):
    """Fields of life: which are things, and the field of every word."""

    names: list[str]
    things: list[bool]
    words: dict[str, int]
    usual: set[tuple[int, int]]
    lowered: int


def main() -> None:
    """Read the data folder and write what was learned."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with titles/ and keywords/")
    parser.add_argument("--out", type=Path, default=ROOT / "corpora" / "background" / "words.json")
    arguments = parser.parse_args()
    segmenter = Segmenter()
    texts = list(_texts(arguments.data))
    table = word_pairs(texts, segmenter)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(
        json.dumps(table, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n", "utf-8", newline="\n"
    )
    print(f"{arguments.out}: {arguments.out.stat().st_size} bytes, {table['words'].count(chr(10)) + 1} words")
    for path, count in price_formulas(texts, segmenter):
        print(f"{path}: {count} phrases priced")


def word_pairs(texts: Sequence[Text], segmenter: Segmenter) -> dict[str, Any]:
    """Return the table of ``words.json``."""
    sentences = [[word for word, _ in words] for text in texts for words in segmenter.tag_many(text.sentences)]
    counts = Counter(word for words in sentences for word in words if _HAN.search(word) and len(word) <= 6)
    vocabulary, vectors = _word_vectors(sentences, counts)
    place = {word: number for number, word in enumerate(vocabulary)}
    fields = _read_fields(vocabulary, segmenter)
    words = sorted(fields.words)
    number = {word: index for index, word in enumerate(words)}
    field = np.array([fields.words[word] for word in words])
    centres = np.array(
        [
            np.mean([vectors[place[word]] for word in fields.words if fields.words[word] == index and word in place], 0)
            for index in range(len(fields.names))
        ]
    )
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    # A word's own vector leans a little on its field's, and a word without one takes the field's.
    own = np.array(
        [
            vectors[place[word]] + 0.35 * centres[f] if word in place else centres[f]
            for word, f in zip(words, field, strict=True)
        ]
    )
    own /= np.linalg.norm(own, axis=1, keepdims=True)
    met_fields, met, together = _meetings(sentences, number, field, len(fields.names))
    sums = met_fields.sum(1)
    share = sums / sums.sum()
    ratio = (met_fields + 2) / (np.outer(sums, share) + 2)
    association = np.log2((met + 4 * ratio[field]) / (np.outer(met.sum(1), share) + 4))
    surprise = 2 * (0.3 - own @ centres.T) - association / 3
    things = np.array(fields.things)
    surprise[np.ix_(things[field], [fields.lowered])] -= 0.4
    surprise[field == fields.lowered] -= 0.4 * things[None, :]
    table = np.clip(np.round(96 + 64 * np.round(surprise, 4)), 1, 255).astype(np.uint8)
    table[_comparable(fields)[field] == 0] = 0
    seen = sorted(
        low * len(words) + high
        for low, high in together
        if table[low, field[high]] and int(table[low, field[high]]) + int(table[high, field[low]]) >= 200
    )
    return {
        "origin": ORIGIN,
        "fields": fields.names,
        "words": "\n".join(words),
        "field": _packed(field.astype(np.uint8)),
        "table": _packed(table),
        "seen": _packed(np.array(seen, dtype="<u4")),
    }


def price_formulas(texts: Sequence[Text], segmenter: Segmenter) -> Iterator[tuple[Path, int]]:
    """Write rate and points into the lists whose words carry ``fresh``, counted as the rules would find them."""
    titles: dict[str, list[str]] = {}
    for text in texts:
        if text.source in _PUBLISHERS:
            titles.setdefault(text.source, []).append("".join(text.sentences))
    kinds = {**KINDS, **novelty.KINDS}
    for rule in rules.load(bundled(), ["novelty"]):
        if rule.kind != "formula":
            continue
        engine = Engine([rule], bundled(), segmenter, kinds)
        kind = engine.built[0]
        assert isinstance(kind, novelty.FormulaKind)
        rates: Counter[str] = Counter()
        for lines in titles.values():
            found = Counter(
                entry
                for reading in engine.read(lines, Context())
                for entry in {entry for entry, _ in kind.matches(reading)}
            )
            for entry, count in found.items():
                rates[entry] += 10_000 * count / len(lines) / len(titles)  # type: ignore[assignment]
        path = LEXICONS / f"{rule.settings['lexicon']}.txt"
        yield path, _rewrite(path, rates)


_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[\u3400-\u9fff]{2,6}")
_SENTENCE = re.compile(r"[。!?;\n…]+")
# The titles against which a phrase's wear is measured; the labelled style sets are left out, they measure something.
_PUBLISHERS = ("news", "toutiao", "hot", "notes")


def _texts(data: Path) -> Iterator[Text]:
    """Yield every text of the folder once; a sentence that was seen before is left out (hot searches repeat)."""
    titles, keywords = data / "titles", data / "keywords"
    seen: set[str] = set()

    def text(source: str, *parts: str | None, whole: bool = True) -> Iterator[Text]:
        folded = [fold_text(part).strip() for part in parts if part]
        pieces = folded if whole else [piece.strip() for part in folded for piece in _SENTENCE.split(part)]
        fresh = tuple(dict.fromkeys(piece for piece in pieces if _HAN.search(piece) and piece not in seen))
        seen.update(fresh)
        if fresh:
            yield Text(source, fresh)

    for row in _rows(titles / "news.jsonl"):
        yield from text("news", row["title"])
    for name in ("sina", "tencent"):
        for row in _rows(titles / f"style_{name}.jsonl"):
            yield from text("style", row["title"])
            yield from text("body", row.get("body"), whole=False)
    for row in _rows(titles / "xhs_notes.jsonl"):
        yield from text("notes", row["title"])
        yield from text("body", row.get("content_head"), whole=False)
    for row in _rows(keywords / "abstracts.jsonl"):
        yield from text("abstract_title", row["title"])
        yield from text("body", row["text"], whole=False)
    for row in _rows(keywords / "news_titles.jsonl"):
        yield from text("toutiao", row["title"])
        yield from text("body", row.get("text"), whole=False)
    for row in _rows(keywords / "hot_by_day.jsonl"):
        for title in row["titles"]:
            yield from text("hot", title)
    for row in _rows(data / "compliance" / "real_copy.jsonl"):
        yield from text("body", row["text"].replace("<UNK>", " "), whole=False)
    for row in _rows(keywords / "product_titles.jsonl"):
        yield from text("product", row["title"])
    for line in (keywords / "queries.txt").read_text("utf-8").splitlines():
        yield from text("query", line)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text("utf-8").split("\n"):
        if line.strip():
            yield json.loads(line)


def _read_fields(vocabulary: Iterable[str], segmenter: Segmenter) -> Fields:
    data = tomllib.loads((ROOT / "tools" / "background_fields.toml").read_text("utf-8"))
    listed = data["field"]
    names = [field["name"] for field in listed]
    words: dict[str, int] = {}
    for number, field in enumerate(listed):
        for word in field["words"].split():
            # A word that the segmenter cuts is never met whole.
            if _WORD.fullmatch(word) and len(segmenter.tag_many([word])[0]) == 1:
                words.setdefault(word, number)
    for number, field in enumerate(listed):
        for ending in field.get("endings", "").split():
            for word in sorted(vocabulary):
                if word.endswith(ending) and word != ending and 2 <= len(word) <= 4:
                    words.setdefault(word, number)
    for word in data["not_by_ending"].split():
        words.pop(word, None)
    usual = {
        (names.index(one), names.index(other)) for one, _, other in (pair.partition(" ") for pair in data["usual"])
    }
    return Fields(names, [field["thing"] for field in listed], words, usual, names.index(data["lowered"]))


def _comparable(fields: Fields) -> Matrix:
    """Return field × field: 0 where a meeting says nothing (one field, two kinds of things, judged usual by hand)."""
    things = np.array(fields.things)
    nothing = np.eye(len(things), dtype=bool) | (things[:, None] & things[None, :])
    for one, other in fields.usual:
        nothing[one, other] = nothing[other, one] = True
    return (~nothing).astype(int)


def _word_vectors(sentences: Sequence[Sequence[str]], counts: Mapping[str, int]) -> tuple[list[str], Matrix]:
    """Return dictionary words and unit vectors: positive PMI of meeting in a sentence, in a few dimensions."""
    words = sorted(
        (word for word in counts if counts[word] >= 3 and _WORD.fullmatch(word) and rjieba.has_word(word)),
        key=lambda word: (-counts[word], word),
    )
    number = {word: index for index, word in enumerate(words)}
    rows: list[int] = []
    columns: list[int] = []
    weights: list[float] = []
    for row, sentence in enumerate(sentences):
        members = sorted({number[word] for word in sentence if word in number})
        if len(members) > 1:
            rows += [row] * len(members)
            columns += members
            # A long sentence has many pairs, each of which says less.
            weights += [1 / math.sqrt(max(1.0, (len(members) - 1) / 6))] * len(members)
    held = sp.csr_matrix((weights, (rows, columns)), shape=(len(sentences), len(words)))
    pairs = (held.T @ held).tocoo()
    apart = pairs.row != pairs.col
    met = sp.csr_matrix((pairs.data[apart], (pairs.row[apart], pairs.col[apart])), shape=(len(words), len(words)))
    by_character = _by_character(words, met)
    total = (met + by_character + by_character.T).tocoo()
    sums = np.asarray(total.tocsr().sum(1)).ravel()
    smooth = sums**0.75
    smooth /= smooth.sum()
    pmi = np.log(np.maximum(total.data, 1e-12) / (np.maximum(sums[total.row], 1e-9) * smooth[total.col]))
    kept = pmi > 0
    matrix = sp.csr_matrix((pmi[kept], (total.row[kept], total.col[kept])), shape=(len(words), len(words)))
    matrix = ((matrix + matrix.T) / 2).tocsr()
    # Block power iteration from a fixed start: the same result every time, unlike the library's solvers.
    basis = np.linalg.qr(np.random.default_rng(7).standard_normal((len(words), DIMENSIONS + 8)))[0]
    for _ in range(8):
        basis = np.linalg.qr(matrix @ basis)[0]
    values, turn = np.linalg.eigh(basis.T @ (matrix @ basis))
    order = np.argsort(-np.abs(values))[:DIMENSIONS]
    vectors = basis @ turn[:, order] * np.sqrt(np.abs(values[order]))
    return words, vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9)


def _by_character(words: Sequence[str], met: Matrix) -> Matrix:
    """Return what each word meets on average through its characters, which steadies rare words."""
    characters = {character: index for index, character in enumerate(sorted({c for word in words for c in word}))}
    cells = [(row, characters[c]) for row, word in enumerate(words) for c in sorted(set(word))]
    spelling = sp.csr_matrix(
        (np.ones(len(cells)), tuple(zip(*cells, strict=True))), shape=(len(words), len(characters))
    )
    meetings = spelling.T @ met
    sums = np.asarray(meetings.sum(1)).ravel()
    lengths = np.asarray(spelling.sum(1)).ravel()
    return sp.diags(SHARED_CHARACTER / lengths) @ spelling @ (sp.diags(1 / np.maximum(sums, 1)) @ meetings)


def _meetings(
    sentences: Sequence[Sequence[str]], number: Mapping[str, int], field: Matrix, fields: int
) -> tuple[Matrix, Matrix, set[tuple[int, int]]]:
    """Return field × field and word × field counts of meeting in a sentence, and the pairs of words that met."""
    met_fields = np.zeros((fields, fields))
    met = np.zeros((len(number), fields))
    together: set[tuple[int, int]] = set()
    for sentence in sentences:
        members = sorted({number[word] for word in sentence if word in number})
        if len(members) < 2:
            continue
        weight = 1 / max(1.0, (len(members) - 1) / 3)
        for one in members:
            for other in members:
                if one != other:
                    met_fields[field[one], field[other]] += weight
                    met[one, field[other]] += weight
                if one < other:
                    together.add((one, other))
    return met_fields, met, together


def _rewrite(path: Path, rates: Mapping[str, float]) -> int:
    """Put rate and points into a list's lines, leaving everything else as it was written."""
    lines, count = [], 0
    for line in path.read_text("utf-8").splitlines():
        word, *parts = line.split("\t")
        values = dict(part.split("=", 1) for part in parts)
        if "fresh" in values:
            rate = rates.get(fold_text(word), 0.0)
            shown = f"{rate:.0f}" if rate >= 1 or not rate else f"{rate:.1f}"
            values |= {"rate": shown, "points": str(worth(int(values["fresh"]), rate))}
            line = "\t".join((word, *(f"{key}={value}" for key, value in values.items())))
            count += 1
        lines.append(line)
    path.write_text("\n".join(lines) + "\n", "utf-8", newline="\n")
    return count


def worth(fresh: int, rate: float) -> int:
    """Return what is left of ``fresh`` points for a phrase that ``rate`` titles in 10,000 hold."""
    return max(1, round(fresh / (1 + math.log2(1 + rate / 4) / 2)))


def _packed(values: Matrix) -> str:
    return base64.b64encode(values.tobytes()).decode()


if __name__ == "__main__":
    main()
