"""Choose the words of a title: those that bring most search value into a limited length, and no better choice exists.

A keyword is found when all of its terms stand in the title, wherever they stand, so a term that several keywords share
is paid for once. That is a knapsack whose values belong to sets of items. It is solved by branch and bound: the value
of a keyword is spread over the terms that it still lacks, in proportion to their cost, which turns the rest into an
ordinary knapsack, and the fractional solution of that is a bound. Some thirty nodes are usual, and the first dive,
densest term first, is often the best already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

NODES = 20_000  # hundreds of times what titles need; beyond it the best so far is taken, and said not to be proved
EVERY = 1e-6  # worths are whole numbers: a bound that does not reach the next one cannot lead to a better title


class Puzzle(NamedTuple):
    """Which terms may be chosen, and what for. A set of terms is a bit mask: term ``n`` is ``1 << n``.

    ``costs`` are lengths (at least 1), ``wants`` are (terms that a keyword needs, its worth as a whole number).
    ``covers``: term → the terms that stand inside it, so that they need not be chosen as well.
    ``clashes``: term → those that cannot stand beside it. ``caps``: no more than so many of these.
    ``old`` are the terms of a title in use: at least ``keep`` of their cost has to stay, and at most ``add`` of other
    terms' cost may come in.
    """

    costs: Sequence[int]
    wants: Sequence[tuple[int, int]]
    room: int
    covers: dict[int, int] = {}  # noqa: RUF012 - nobody writes into it
    clashes: dict[int, int] = {}  # noqa: RUF012
    caps: Sequence[tuple[int, int]] = ()
    old: int = 0
    keep: int = 0
    add: int | None = None


class Packing(NamedTuple):
    """The chosen terms and what they are worth; ``proved`` unless the search was given up."""

    chosen: int
    worth: int
    proved: bool = True


def solve(puzzle: Puzzle, fits: Callable[[int], bool] | None = None, nodes: int = NODES) -> Packing | None:
    """Return the choice that is worth most, the same one every time; None when ``keep`` cannot be kept.

    ``fits`` is asked of every choice that would be the best so far: the blanks between Latin words are in no cost.
    """
    return _Search(puzzle, fits, nodes).run()


def worth_of(puzzle: Puzzle, chosen: int) -> int:
    """Return what a choice is worth."""
    covered = chosen
    for term, inside in puzzle.covers.items():
        if chosen >> term & 1:
            covered |= inside
    return sum(worth for needs, worth in puzzle.wants if not needs & ~covered)


def bits(mask: int) -> list[int]:
    """Return the single bits of a set, lowest first."""
    found = []
    while mask:
        bit = mask & -mask
        found.append(bit)
        mask ^= bit
    return found


class _Search:
    """One search: the puzzle by single bits, the best choice so far, and the shares of every set of terms met."""

    def __init__(self, puzzle: Puzzle, fits: Callable[[int], bool] | None, nodes: int) -> None:
        self.puzzle, self.fits, self.left = puzzle, fits, nodes
        self.cost = {1 << n: cost for n, cost in enumerate(puzzle.costs)}
        self.inverse = {bit: 1 / cost for bit, cost in self.cost.items()}
        self.every = (1 << len(puzzle.costs)) - 1
        self.covers = {1 << term: inside for term, inside in puzzle.covers.items()}
        self.coverers = {bit: [bit] for bit in self.cost} if puzzle.covers else {}
        self.bans: dict[int, int] = {}
        for bit, inside in self.covers.items():
            # Both together cost more and cover no more than the longer one alone.
            self._ban(bit, inside)
            for one in bits(inside & ~bit):
                self.coverers[one].append(bit)
        # The terms that stand inside others: few, and all else is simpler.
        self.knotty = 0
        for inside in puzzle.covers.values():
            self.knotty |= inside
        for term, others in puzzle.clashes.items():
            self._ban(1 << term, others)
        self.caps: dict[int, list[tuple[int, int]]] = {}
        for mask, most in puzzle.caps:
            for bit in bits(mask):
                self.caps.setdefault(bit, []).append((mask, most))
        # Terms that may be put in each other's place, where no limit but that of length speaks of them.
        self.free = 0
        if fits is None and not puzzle.old:
            bound = self.knotty | sum(bit for bit in {*self.caps, *self.bans})
            self.free = self.every & ~bound
        self.shares: dict[int, tuple[int, float, list[int]]] = {}
        self.best: Packing | None = None
        self.goal = -1.0  # a bound below this leads nowhere

    def _ban(self, bit: int, others: int) -> None:
        self.bans[bit] = self.bans.get(bit, 0) | others
        for other in bits(others):
            self.bans[other] = self.bans.get(other, 0) | bit

    def run(self) -> Packing | None:
        """Return the best choice."""
        ones: dict[int, int] = dict.fromkeys(bits(self.puzzle.old), 0)  # worth nothing, they may still have to stay
        more: dict[int, int] = {}
        worth = 0
        for needs, value in self.puzzle.wants:
            if not needs:
                worth += value
            elif needs & (needs - 1):
                more[needs] = more.get(needs, 0) + value
            else:
                ones[needs] = ones.get(needs, 0) + value
        barred = 0
        for mask, most in self.puzzle.caps:
            barred |= mask if most <= 0 else 0
        pick = self.every & ~barred
        if barred:
            dead = self._dead(barred, pick, 0)
            ones = {bit: value for bit, value in ones.items() if not bit & dead}
            more = {mask: value for mask, value in more.items() if not mask & dead}
        self._dive(0, pick, self.puzzle.room, worth, ones, list(more.items()), self.puzzle.add)
        best = self.best
        return best if best is None or self.left > 0 else best._replace(proved=False)

    def _dive(
        self,
        chosen: int,
        pick: int,
        room: int,
        worth: int,
        ones: dict[int, int],
        more: list[tuple[int, int]],
        add: int | None,
    ) -> None:
        """Try every choice that holds ``chosen`` and more of ``pick``; ``ones`` and ``more`` are what is still lacking.

        ``ones``: a term that alone is lacking → what it would bring.
        """
        puzzle, cost, inverse, shares = self.puzzle, self.cost, self.inverse, self.shares
        if worth > self.goal - 1 + EVERY and self._kept(chosen) and (self.fits is None or self.fits(chosen)):
            self.best = Packing(chosen, worth)
            self.goal = worth + 1 - EVERY
        while self.left > 0:
            self.left -= 1
            # Worth for every unit of length, by term.
            knotty = self.knotty
            dense = {bit: value * inverse[bit] for bit, value in ones.items() if cost[bit] <= room and not bit & knotty}
            for mask, value in more:
                share = shares.get(mask) or self._share(mask)
                if share[0] <= room:
                    each = value * share[1]
                    for bit in share[2]:
                        dense[bit] = dense.get(bit, 0.0) + each
                    if mask & knotty:
                        self._untie(mask & knotty, each, pick, room, dense)
            if knotty:
                for bit, value in ones.items():
                    if bit & knotty:
                        self._untie(bit, value * inverse[bit], pick, room, dense)
            if add is not None:
                dense = {bit: value for bit, value in dense.items() if bit & puzzle.old or cost[bit] <= add}
            order = sorted(dense, key=dense.__getitem__, reverse=True)
            if not order:
                return
            bound, left, edge = float(worth), room, 0.0
            for bit in order:
                size = cost[bit]
                if size > left:
                    edge = dense[bit]
                    bound += edge * left
                    break
                bound += dense[bit] * size
                left -= size
            if bound < self.goal or (puzzle.keep and not self._kept(chosen | pick)):
                return
            bit = order[0]
            self._include(bit, chosen, pick, room, worth, ones, more, add)
            # Without the densest its room goes to what the bound had no more room for.
            if bound - (dense[bit] - edge) * cost[bit] < self.goal:
                return
            # What follows is the same place without the term.
            pick &= ~bit
            dead = self._dead(bit, pick, chosen)
            if bit & self.free and bit in ones:
                dead |= self._no_better(bit, ones, more)
            ones = {one: value for one, value in ones.items() if not one & dead}
            more = [want for want in more if not want[0] & dead]

    def _include(
        self,
        bit: int,
        chosen: int,
        pick: int,
        room: int,
        worth: int,
        ones: dict[int, int],
        more: list[tuple[int, int]],
        add: int | None,
    ) -> None:
        """Go on with the term chosen."""
        chosen |= bit
        pick &= ~bit
        covered = bit | self.covers.get(bit, 0)
        left = ones.copy()
        for one in (bit,) if covered == bit else bits(covered):
            worth += left.pop(one, 0)
        rest = []
        for want in more:
            mask = want[0]
            if mask & covered:
                mask &= ~covered
                if mask & (mask - 1):
                    rest.append((mask, want[1]))
                elif mask:
                    left[mask] = left.get(mask, 0) + want[1]
                else:
                    worth += want[1]
            else:
                rest.append(want)
        barred = self.bans.get(bit, 0)
        for mask, most in self.caps.get(bit, ()):
            if (chosen & mask).bit_count() >= most:
                barred |= mask
        barred &= pick
        if barred:
            pick &= ~barred
            dead = self._dead(barred, pick, chosen)
            if dead:
                left = {one: value for one, value in left.items() if not one & dead}
                rest = [want for want in rest if not want[0] & dead]
        if add is not None and not bit & self.puzzle.old:
            add -= self.cost[bit]
        self._dive(chosen, pick, room - self.cost[bit], worth, left, rest, add)

    def _no_better(self, bit: int, ones: dict[int, int], more: list[tuple[int, int]]) -> int:
        """Return the terms that nobody would choose without this one: no shorter, worth no more, and wanted alone."""
        together = 0
        for mask, _ in more:
            together |= mask
        if bit & together:
            return 0
        size, worth = self.cost[bit], ones[bit]
        never = 0
        for one, value in ones.items():
            if value <= worth and self.cost[one] >= size and one & self.free and not one & together:
                never |= one
        return never

    def _share(self, mask: int) -> tuple[int, float, list[int]]:
        """Return what a set of terms costs at least, the share of a worth that a unit bears, its plain terms."""
        terms = bits(mask)
        plain = [bit for bit in terms if not bit & self.knotty]
        least = sum(self.cost[bit] for bit in plain)
        total = sum(self.cost[bit] for bit in terms)
        if not plain:
            least = min(self.cost[bit] for bit in self.coverers[terms[0]])
        share = self.shares[mask] = (least, 1 / total, plain)
        return share

    def _untie(self, mask: int, each: float, pick: int, room: int, dense: dict[int, float]) -> None:
        """Add a share of a worth to whatever covers the terms: more than can be had, so the bound holds."""
        for one in bits(mask):
            for bit in self.coverers[one]:
                if bit & pick and self.cost[bit] <= room:
                    dense[bit] = dense.get(bit, 0.0) + each * self.cost[one] * self.inverse[bit]

    def _dead(self, barred: int, pick: int, chosen: int) -> int:
        """Return the terms that nothing can bring in any more, now that ``barred`` are out."""
        involved = barred
        for bit in self.covers:
            if barred & bit:
                involved |= self.covers[bit]
        knots = involved & self.knotty
        if not knots:
            return barred
        dead = barred & ~self.knotty
        covered = self._covered(chosen)
        for one in bits(knots & ~covered):
            if not any(other & pick for other in self.coverers[one]):
                dead |= one
        return dead

    def _covered(self, chosen: int) -> int:
        covered = chosen
        for bit, inside in self.covers.items():
            if chosen & bit:
                covered |= inside
        return covered

    def _kept(self, chosen: int) -> bool:
        """Return whether enough of the old title is among the chosen; what a longer term covers stays too."""
        if not self.puzzle.keep:
            return True
        stays = self._covered(chosen) & self.puzzle.old
        return sum(self.cost[bit] for bit in bits(stays)) >= self.puzzle.keep
