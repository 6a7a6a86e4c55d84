"""The vocabulary is one, wherever its words stand."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys

import pytest

from copykit import model, vocabulary

ROOMS = [module.name for module in pkgutil.iter_modules(vocabulary.__path__)]


@pytest.mark.parametrize("room", ROOMS)
def test_the_words_of_a_room_are_words_of_the_model(room: str) -> None:
    module = importlib.import_module(f"copykit.vocabulary.{room}")
    own = {name for name, value in vars(module).items() if getattr(value, "__module__", None) == module.__name__}
    assert own
    assert own <= set(model._WORDS[room].split())
    assert all(getattr(model, name) is getattr(module, name) for name in model._WORDS[room].split())


def test_a_word_that_there_is_not_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Sales"):
        model.Sales  # noqa: B018


def test_judging_a_title_reads_no_words_of_single_rooms() -> None:
    script = (
        "import sys; from copykit.cli import run; run(['titles', 'score', '加绒打底裤显瘦', '--format', 'jsonl']);"
        "print([name for name in sys.modules if name.startswith('copykit.vocabulary')])"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    read = {name.rpartition(".")[2] for name in ast.literal_eval(told.splitlines()[-1])}
    assert read == {"vocabulary", "findings", "titles"}
