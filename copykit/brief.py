"""What is true about a product: a TOML file with strict keys, read into a Brief."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from copykit import datafiles
from copykit.errors import DataFileError
from copykit.model import NO_SHOP, Brief, Claim, Shop


def read_brief(path: Path) -> Brief:
    """Read a brief.

    Raises:
        FileMissing: there is no such file.
        DataFileError: with every unknown key and bad value, its line and its cure.
    """
    value, problems = datafiles.parse_file(path, "brief")
    if problems:
        raise DataFileError(problems)
    return _brief(value)


def brief_from(data: Mapping[str, Any], shown: str) -> Brief:
    """Make a brief from an already parsed table, held against the same schema; ``shown`` names it in errors."""
    problems = datafiles.check_value(data, "brief", shown)
    if problems:
        raise DataFileError(problems)
    return _brief(data)


def _brief(data: Mapping[str, Any]) -> Brief:
    return Brief(
        product=data["product"],
        category=data.get("category", ""),
        brand=data.get("brand", ""),
        price=data.get("price"),
        audience=tuple(data.get("audience", ())),
        selling_points=tuple(data.get("selling_points", ())),
        scenes=tuple(data.get("scenes", ())),
        keywords=tuple(data.get("keywords", ())),
        claims=tuple(Claim(**claim) for claim in data.get("claims", ())),
        shop=_shop(data["shop"]) if "shop" in data else NO_SHOP,
    )


def _shop(data: Mapping[str, Any]) -> Shop:
    return Shop(**{**data, "can": tuple(data.get("can", ())), "team": tuple(data.get("team", {}).items())})
