"""Copy tools for people who sell online in Chinese.

    from copykit import TitleScorer

    scorer = TitleScorer.bundled(platform="小红书")
    score = scorer.score("11块钱的睫毛膏，凭什么三个月断货5次？")

    from copykit import KeywordExtractor

    words = KeywordExtractor.bundled("article").keywords("平价睫毛膏的刷头要小……")

Names are imported when they are first used, so that a command pays only for what it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from copykit._version import __version__

if TYPE_CHECKING:
    from copykit.brief import read_brief
    from copykit.datafiles import open_layers
    from copykit.errors import CopykitError
    from copykit.keywords.extract import KeywordExtractor
    from copykit.model import Brief, Change, Finding, Keyword, Score, TextKeyword, TitleScore
    from copykit.titles.score import TitleScorer
else:
    _PUBLIC = {
        "Brief": "model",
        "Change": "model",
        "CopykitError": "errors",
        "Finding": "model",
        "Keyword": "model",
        "KeywordExtractor": "keywords.extract",
        "Score": "model",
        "TextKeyword": "model",
        "TitleScore": "model",
        "TitleScorer": "titles.score",
        "open_layers": "datafiles",
        "read_brief": "brief",
    }

    def __getattr__(name: str) -> Any:
        if name not in _PUBLIC:
            raise AttributeError(f"module 'copykit' has no attribute {name!r}")
        import importlib

        return getattr(importlib.import_module(f"copykit.{_PUBLIC[name]}"), name)


__all__ = [
    "Brief",
    "Change",
    "CopykitError",
    "Finding",
    "Keyword",
    "KeywordExtractor",
    "Score",
    "TextKeyword",
    "TitleScore",
    "TitleScorer",
    "__version__",
    "open_layers",
    "read_brief",
]
