"""A plan of a shop that nearly every channel would take."""

from __future__ import annotations

from datetime import date

import pytest

from copykit import datafiles
from copykit.channels.plan import Planner, Request
from copykit.model import Brief, Plan
from tests.shops import COFFEE


@pytest.fixture(scope="session")
def rich_plan() -> Plan:
    brief = Brief(
        "手冲挂耳咖啡", category="食品", price=69, scenes=("早上赶地铁前",), keywords=("挂耳咖啡",), shop=COFFEE
    )
    request = Request("咖啡", 3000, 30, date(2026, 11, 23), 4, date(2026, 11, 22), "", "咖啡.toml")
    return Planner(datafiles.bundled()).plan(brief, request)
