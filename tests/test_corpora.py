"""The word lists are well formed, say where they come from, and need no folding to be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from copykit.datafiles import bundled
from copykit.lexicon import parse

LISTS = bundled().entries("lexicons")


@pytest.mark.parametrize("path", [entry.path for entry in LISTS], ids=[entry.id for entry in LISTS])
def test_a_list_has_an_origin_and_no_fault(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    head = "\n".join(line for line in lines if line.startswith("#"))
    assert "copykit" in head
    assert "MIT" in head
    assert parse(path.stem, lines)[1] == []


@pytest.mark.parametrize("kind", ["background", "rarity", "ranking"])
def test_what_was_learned_says_from_what(kind: str) -> None:
    assert all(len(value["origin"]) > 20 for value in bundled().load(kind).values())


@pytest.mark.parametrize("name", sorted(bundled().load("ranking")))
def test_a_model_says_how_well_it_ranks_what_it_never_saw(name: str) -> None:
    assert "held out" in bundled().load("ranking")[name]["origin"]


@pytest.mark.parametrize(
    "path", [entry.path for kind in ("stopwords", "cleaning") for entry in bundled().entries(kind)]
)
def test_lists_of_words_say_where_they_are_from_and_repeat_none(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    assert "MIT" in "\n".join(line for line in lines if line.startswith("#"))
    entries = [line for line in lines if line and not line.startswith("#")]
    assert sorted(entry for entry in set(entries) if entries.count(entry) > 1) == []


def test_every_list_is_used() -> None:
    root = Path(__file__).parent.parent
    told = "\n".join(
        path.read_text("utf-8") for path in (root / "copykit").rglob("*") if path.suffix in (".py", ".toml")
    )
    assert [entry.id for entry in LISTS if entry.id not in told] == []


def test_a_word_of_relevance_is_paid_once() -> None:
    lists = [parse(entry.id, entry.path.read_text("utf-8").splitlines())[0] for entry in LISTS if entry.id in RELEVANCE]
    words = [word for lexicon in lists for word in lexicon.entries]
    assert sorted(word for word in set(words) if words.count(word) > 1) == []


RELEVANCE = ("audience", "symptoms", "scenes", "times", "places")
