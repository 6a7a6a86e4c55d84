"""Shops for which plans are made."""

from __future__ import annotations

from copykit.model import Shop

# One that nearly every channel would take.
COFFEE = Shop(
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
