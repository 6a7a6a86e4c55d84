"""Which period of last year lies as one does: the same weeks, or as far from a feast of the lunar calendar."""

from __future__ import annotations

from datetime import timedelta

from copykit.calendar import Calendar
from copykit.datafiles import DataFiles
from copykit.keywords.periods import Diary
from copykit.reports.period import Period, holding


class Years:
    """Knows what lies in the periods of a report."""

    def __init__(self, files: DataFiles) -> None:
        self._diary = Diary(Calendar(files), files.load("comparison")["standard"])

    def a_year_ago(self, period: Period) -> Period | None:
        """Return the period of last year that lies as this one does, None where there is none.

        Round a feast it is the one as many days from it; else the one nearest to 52 weeks before that has no feast.
        """
        days = [period.start - timedelta(days=back) for back in range(300, 430)]
        now = self._diary.periods([period.start], period.kind)[0]
        found = self._diary.year_ago(self._diary.periods(days, period.kind), now, period.kind)
        return holding(found.start, period.kind) if found is not None else None

    def holds(self, period: Period) -> tuple[str, ...]:
        """Return the names of the feasts and sales days that are days of a period."""
        found = self._diary.periods([period.start], period.kind)[0]
        return tuple(name for name, away in found.feasts if -found.days < away <= 0)

    def feasts(self, period: Period) -> tuple[str, ...]:
        """Return the names of the feasts and sales days that a period lies round."""
        return tuple(name for name, _ in self._diary.periods([period.start], period.kind)[0].feasts)
