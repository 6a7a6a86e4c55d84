"""How a surplus lies in the days that brought it: one day's is a spike, which is no rise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def surplus_of(values: Floats, exposure: Floats, usual: float) -> Floats:
    """Return what each day brought beyond the usual share of all that was counted on it, never below 0."""
    found: Floats = np.maximum(values - usual * exposure, 0)
    return found


def lone_day(surplus: Floats, share: float) -> int | None:
    """Return the day that brought at least this share of a surplus; None where no single one did."""
    total = float(surplus.sum())
    if total <= 0 or float(surplus.max()) < share * total:
        return None
    return int(surplus.argmax())
