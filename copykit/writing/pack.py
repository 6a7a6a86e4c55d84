"""Choose the words of a title: those that bring most search value into a limited length, and no better choice exists.

A keyword is found when all of its terms stand in the title, wherever they stand, so a term that several keywords share
is paid for once. That is a knapsack whose values belong to sets of items. It is solved by branch and bound: the value
of a keyword is spread over the terms that it still lacks, in proportion to their cost, which turns the rest into an
ordinary knapsack, and the fractional solution of that is a bound; what has to stay of a title in use takes its room
from the rest. Some thirty nodes are usual, and the first dive, densest term first, is often the best already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

NODES = 20_000  # hundreds of times what titles need; beyond it the best so far is taken, and said not to be proved
EVERY = 0.25  # worths are whole numbers: a bound that falls short of the next one, rounding and all, leads nowhere


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
        self.weights: dict[int, int] = {}
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
        # Terms of one length under one cap: of these the bound counts no more than the cap lets in. A term is in one.
        self.crowds: dict[int, tuple[int, int, int]] = {}
        for mask, most in puzzle.caps:
            by_cost: dict[int, int] = {}
            for bit in bits(mask):
                if bit not in self.crowds:
                    by_cost[self.cost[bit]] = by_cost.get(self.cost[bit], 0) | bit
            for alike in by_cost.values():
                if alike.bit_count() > most:
                    self.crowds.update(dict.fromkeys(bits(alike), (alike, mask, most)))
        # What helps to keep the title in use: its terms, and those that one of them stands inside; some keep more of it
        # than their own length.
        self.keepers = puzzle.old
        self.gains: list[tuple[int, int]] = []
        for bit in self.covers if puzzle.keep else ():
            kept = self._weight((bit | self.covers[bit]) & puzzle.old)
            if kept:
                self.keepers |= bit
            if kept > self.cost[bit]:
                self.gains.append((bit, kept - self.cost[bit]))
        # Terms that may be put in each other's place, where no limit but that of length speaks of them.
        self.free = 0
        if fits is None and not puzzle.old:
            bound = self.knotty | sum(bit for bit in {*self.caps, *self.bans})
            self.free = self.every & ~bound
        self.shares: dict[int, list[tuple[int, float]]] = {}
        self.sums: dict[int, tuple[int, list[int]]] = {}
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
        worth = barred = 0
        for mask, most in self.puzzle.caps:
            barred |= mask if most <= 0 else 0
        for bit, cost in self.cost.items():
            barred |= bit if cost > self.puzzle.room else 0
        pick = self.every & ~barred
        dead = self._dead(barred, pick, 0) if barred else 0
        for needs, value in self.puzzle.wants:
            if needs & dead:
                continue
            if not needs:
                worth += value
            elif needs & (needs - 1):
                more[needs] = more.get(needs, 0) + value
            else:
                ones[needs] = ones.get(needs, 0) + value
        ones = {bit: value for bit, value in ones.items() if not bit & dead}
        inverse, knotty = self.inverse, self.knotty
        dense = {bit: value * inverse[bit] for bit, value in ones.items() if not bit & knotty}
        for mask, value in (*ones.items(), *more.items()):
            if mask & knotty:
                for bit, share in self._share(mask):
                    dense[bit] = dense.get(bit, 0.0) + share * value
            elif mask & (mask - 1):
                total, terms = self._sum(mask)
                each = value / total
                for bit in terms:
                    dense[bit] = dense.get(bit, 0.0) + each
        self._dive(0, pick, self.puzzle.room, worth, ones, list(more.items()), dense, self.puzzle.add)
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
        dense: dict[int, float],
        add: int | None,
    ) -> None:
        """Try every choice that holds ``chosen`` and more of ``pick``.

        ``ones`` and ``more`` are what is still lacking: a term that alone is lacking → what it would bring, and sets of
        terms with theirs. ``dense``: term → worth for every unit of its length, the worths of sets spread over them.
        """
        puzzle, cost, crowds, keepers = self.puzzle, self.cost, self.crowds, self.keepers
        lacks = self._lacks(chosen)
        if worth > self.goal - 1 + EVERY and lacks <= 0 and (self.fits is None or self.fits(chosen)):
            self.best = Packing(chosen, worth)
            self.goal = worth + 1 - EVERY
        # What is new has no more room than that of the old title leaves which has to stay.
        new_room = room - max(0, lacks - sum(gain for bit, gain in self.gains if bit & pick))
        if new_room < 0:
            return
        if add is not None:
            new_room = min(new_room, add)
        while self.left > 0:
            self.left -= 1
            order = sorted(dense, key=dense.__getitem__, reverse=True)
            bound, left, new_left, edge, first = float(worth), room, new_room, 0.0, 0
            places: dict[int, int] = {}  # what each crowd still has room for
            for bit in order:
                if not bit & pick:
                    continue
                size = cost[bit]
                if size > room or (add is not None and size > add and not bit & puzzle.old):
                    continue
                first = first or bit
                crowd = crowds.get(bit)
                if crowd is not None:
                    alike, capped, most = crowd
                    free = places.get(alike)
                    if free is None:
                        free = most - (chosen & capped).bit_count()
                    places[alike] = free - 1
                    if free <= 0:
                        # As long as those that came before it and worth less: it can only take the place of one.
                        if first & alike and dense[bit] > edge:
                            edge = dense[bit]
                        continue
                part = size if size <= left else left
                if new_room < room and not bit & keepers:
                    part = min(part, new_left)
                    new_left -= part
                bound += dense[bit] * part
                left -= part
                if part < size:
                    edge = max(edge, dense[bit])
                    if left <= 0:
                        break
            if not first or bound < self.goal or (puzzle.keep and self._lacks(chosen | pick) > 0):
                return
            self._include(first, chosen, pick, room, worth, ones, more, dense, add)
            # Without the densest its room goes to what the bound had no more room for.
            if bound - (dense[first] - edge) * cost[first] < self.goal:
                return
            # What follows is the same place without the term.
            pick &= ~first
            dead = self._dead(first, pick, chosen)
            if first & self.free and first in ones:
                dead |= self._no_better(first, ones, more)
            ones, more = ones.copy(), list(more)
            self._bury(dead, ones, more, dense)

    def _include(
        self,
        bit: int,
        chosen: int,
        pick: int,
        room: int,
        worth: int,
        ones: dict[int, int],
        more: list[tuple[int, int]],
        dense: dict[int, float],
        add: int | None,
    ) -> None:
        """Go on with the term chosen."""
        cost, knotty = self.cost, self.knotty
        chosen |= bit
        pick &= ~bit
        covered = bit | self.covers.get(bit, 0)
        ones, dense = ones.copy(), dense.copy()
        dense.pop(bit, None)
        for one in (bit,) if covered == bit else bits(covered):
            value = ones.pop(one, 0)
            worth += value
            if value and one & self.knotty:
                self._spread(one, -value, dense)
        rest = []
        sums, size = self.sums, cost[bit]
        for want in more:
            mask, value = want
            if not mask & covered:
                rest.append(want)
                continue
            left = mask & ~covered
            if mask & knotty:
                self._spread(mask, -value, dense)
                if left:
                    self._spread(left, value, dense)
            elif left:
                # The worth is spread over fewer terms now, and each of them bears more.
                total = (sums.get(mask) or self._sum(mask))[0]
                more_each = value / (total - size) - value / total
                if left & (left - 1):
                    for one in (sums.get(left) or self._sum(left))[1]:
                        if one in dense:
                            dense[one] += more_each
                elif left in dense:
                    dense[left] += more_each
            if left & (left - 1):
                rest.append((left, value))
            elif left:
                ones[left] = ones.get(left, 0) + value
            else:
                worth += value
        barred = self.bans.get(bit, 0)
        for mask, most in self.caps.get(bit, ()):
            if (chosen & mask).bit_count() >= most:
                barred |= mask
        barred &= pick
        if barred:
            pick &= ~barred
            self._bury(self._dead(barred, pick, chosen), ones, rest, dense)
        if add is not None and not bit & self.puzzle.old:
            add -= self.cost[bit]
        self._dive(chosen, pick, room - self.cost[bit], worth, ones, rest, dense, add)

    def _bury(self, dead: int, ones: dict[int, int], more: list[tuple[int, int]], dense: dict[int, float]) -> None:
        """Take out, in place, what can no longer be had."""
        knotty = self.knotty
        for one in [one for one in ones if one & dead]:
            value = ones.pop(one)
            if one & knotty:
                self._spread(one, -value, dense)
        rest = []
        for want in more:
            mask, value = want
            if not mask & dead:
                rest.append(want)
            elif mask & knotty:
                self._spread(mask, -value, dense)
            else:
                total, terms = self.sums.get(mask) or self._sum(mask)
                each = value / total
                for one in terms:
                    if one in dense:
                        dense[one] -= each
        more[:] = rest
        for one in [one for one in dense if one & dead]:
            del dense[one]

    def _spread(self, mask: int, value: int, dense: dict[int, float]) -> None:
        """Add a worth to the terms that it needs, those that are still there."""
        for bit, share in self._share(mask):
            if bit in dense:
                dense[bit] += share * value

    def _share(self, mask: int) -> list[tuple[int, float]]:
        """Return the terms that can bring in a set, each with its share of a worth for every unit of its length.

        The shares are by cost. What covers a lacking term is given the term's share: more than can be had, so that
        the bound holds.
        """
        found = self.shares.get(mask)
        if found is not None:
            return found
        total, terms = self.sums.get(mask) or self._sum(mask)
        each = 1 / total
        shares = []
        for bit in terms:
            if bit & self.knotty:
                size = self.cost[bit] * each
                shares += [(other, size * self.inverse[other]) for other in self.coverers[bit]]
            else:
                shares.append((bit, each))
        self.shares[mask] = shares
        return shares

    def _sum(self, mask: int) -> tuple[int, list[int]]:
        terms = bits(mask)
        total = 0
        for bit in terms:
            total += self.cost[bit]
        found = self.sums[mask] = total, terms
        return found

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

    def _lacks(self, chosen: int) -> int:
        """Return how much of the old title still has to stay; what a longer term covers stays too."""
        keep = self.puzzle.keep
        return keep - self._weight(self._covered(chosen) & self.puzzle.old) if keep else 0

    def _weight(self, mask: int) -> int:
        """Return the length of a set of terms."""
        found = self.weights.get(mask)
        if found is None:
            found = self.weights[mask] = sum(self.cost[bit] for bit in bits(mask))
        return found
