from __future__ import annotations

import os
import subprocess
import sys

import pytest

from copykit.text.beside import FEW, Beside, Gone
from copykit.text.segment import Segmenter

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a process beside is started by fork")
TEXTS = ("11块钱的睫毛膏，凭什么三个月断货5次？", "小个子显高 iPhone17\n👩\u200d👧 \ud83d", "", "丨")


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> Beside:
    monkeypatch.setattr("copykit.text.beside._cores", lambda: 2)
    started = Beside.start()
    assert started is not None
    return started


def test_it_cuts_as_the_dictionary_here_does_also_when_it_is_gone(beside: Beside) -> None:
    here, there = Segmenter(), Segmenter(beside=beside)
    for open_ in (True, False):
        assert beside.open is open_
        for text in TEXTS:
            assert there.tokens(text) == here.tokens(text)
            assert there.words(text) == here.words(text)
        assert there.cut_many(TEXTS) == here.cut_many(TEXTS)
        assert there.knows("睫毛膏")
        assert not there.knows("睫毛高")
        beside.close()


def test_it_is_dismissed_when_it_is_asked_for_much(beside: Beside) -> None:
    segmenter = Segmenter(beside=beside)
    assert "".join(segmenter.words("睫毛膏" * FEW)) == "睫毛膏" * FEW
    assert not beside.open


def test_one_that_died_is_told() -> None:
    asked, ask = os.pipe()
    answer, answered = os.pipe()
    os.close(asked)
    os.close(answered)
    beside = Beside(os.fdopen(ask, "wb"), os.fdopen(answer, "rb"))
    assert Segmenter(beside=beside).words("睫毛膏") == ["睫毛膏"]
    with pytest.raises(Gone):
        beside.call("cut", "睫毛膏")


def test_the_command_says_the_same_and_leaves_nobody_behind() -> None:
    code = "import os, sys; os.sched_getaffinity = lambda _: range({cores}); from copykit.cli import main; main()"
    told = [
        subprocess.run(
            [sys.executable, "-c", code.format(cores=cores), "titles", "score", TEXTS[0], "-p", "小红书"],
            capture_output=True,
            check=True,
            timeout=60,  # the output ends only when nobody holds it open
        ).stdout
        for cores in (1, 2)
    ]
    assert told[0] == told[1] != b""
