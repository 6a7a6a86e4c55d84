"""A weight as the sum of its shares, to the last digit that is shown."""

from __future__ import annotations

from collections.abc import Mapping


def settled(shares: Mapping[str, float], total: float, digits: int) -> dict[str, float]:
    """Return shares rounded so that they add up to the rounded total: what rounding lost goes where it lost most."""
    unit = 10**digits
    exact = {name: share * unit for name, share in shares.items()}
    whole = {name: round(share) for name, share in exact.items()}
    left = round(total * unit) - sum(whole.values())
    step = 1 if left > 0 else -1
    for name in sorted(exact, key=lambda name: step * (whole[name] - exact[name]))[: abs(left)]:
        whole[name] += step
    return {name: value / unit for name, value in whole.items()}
