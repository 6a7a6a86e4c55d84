"""A plan of a shop that nearly every channel would take."""

from __future__ import annotations

from datetime import date

import pytest

from copykit import datafiles
from copykit.channels.plan import Planner, Request
from copykit.model import Brief, Plan, Shop


@pytest.fixture(scope="session")
def rich_plan() -> Plan:
    shop = Shop(
        type="marketplace",
        stage="growing",
        site="https://coffee.example",
        repurchase_days=20,
        conversion=0.06,
        margin=0.55,
        review_score=4.9,
        orders_per_week=200,
        contacts=600,
        consent=True,
        can=("视频", "直播", "线下", "批发"),
    )
    brief = Brief(
        "手冲挂耳咖啡", category="食品", price=69, scenes=("早上赶地铁前",), keywords=("挂耳咖啡",), shop=shop
    )
    request = Request("咖啡", 3000, 30, date(2026, 11, 23), 4, date(2026, 11, 22), "", "咖啡.toml")
    return Planner(datafiles.bundled()).plan(brief, request)
