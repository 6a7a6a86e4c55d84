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


@pytest.mark.parametrize("name", sorted(bundled().load("background")))
def test_background_counts_say_what_they_were_learned_from(name: str) -> None:
    assert len(bundled().load("background")[name]["origin"]) > 20


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
