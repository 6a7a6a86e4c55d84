"""The choice of words is the best there is, by trying all of them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from copykit.writing.pack import Puzzle, solve


@st.composite
def puzzles(draw: st.DrawFn) -> Puzzle:
    size = draw(st.integers(1, 8))
    sets = st.integers(0, (1 << size) - 1)
    costs = draw(st.lists(st.integers(1, 8), min_size=size, max_size=size))
    wants = draw(st.lists(st.tuples(st.builds(int.__and__, sets, sets), st.integers(0, 50)), max_size=12))
    covers: dict[int, int] = {}
    for longer, shorter in draw(st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=2)):
        if longer < shorter:
            covers[longer] = covers.get(longer, 0) | 1 << shorter
    for longer in sorted(covers, reverse=True):  # what stands inside a part stands inside the whole
        for shorter, inside in list(covers.items()):
            if covers[longer] >> shorter & 1:
                covers[longer] |= inside
    clashes = {
        one: 1 << other
        for one, other in draw(st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=2))
        if one != other
    }
    caps = draw(st.lists(st.tuples(sets, st.integers(0, 3)), max_size=2))
    old = draw(sets)
    total = sum(cost for n, cost in enumerate(costs) if old >> n & 1)
    keep = draw(st.integers(0, total)) if total else 0
    add = draw(st.none() | st.integers(0, 12))
    return Puzzle(costs, wants, draw(st.integers(0, 25)), covers, clashes, caps, old, keep, add)


def cost_of(puzzle: Puzzle, chosen: int) -> int:
    return sum(cost for n, cost in enumerate(puzzle.costs) if chosen >> n & 1)


def is_allowed(puzzle: Puzzle, chosen: int) -> bool:
    covered = chosen
    for longer, inside in puzzle.covers.items():
        if chosen >> longer & 1:
            if chosen & inside:
                return False
            covered |= inside
    return (
        cost_of(puzzle, chosen) <= puzzle.room
        and all((chosen & mask).bit_count() <= most for mask, most in puzzle.caps)
        and not any(chosen >> one & 1 and chosen & others for one, others in puzzle.clashes.items())
        and cost_of(puzzle, covered & puzzle.old) >= puzzle.keep
        and (puzzle.add is None or cost_of(puzzle, chosen & ~puzzle.old) <= puzzle.add)
    )


def worth_of(puzzle: Puzzle, chosen: int) -> int:
    """Return what a choice is worth."""
    covered = chosen
    for term, inside in puzzle.covers.items():
        if chosen >> term & 1:
            covered |= inside
    return sum(worth for needs, worth in puzzle.wants if not needs & ~covered)


def best_by_trying(puzzle: Puzzle) -> int | None:
    every = range(1 << len(puzzle.costs))
    return max((worth_of(puzzle, chosen) for chosen in every if is_allowed(puzzle, chosen)), default=None)


@given(puzzles())
@settings(max_examples=400)
def test_no_other_choice_is_worth_more(puzzle: Puzzle) -> None:
    found = solve(puzzle)
    assert (found.worth if found else None) == best_by_trying(puzzle)
    if found is not None:
        assert is_allowed(puzzle, found.chosen)
        assert worth_of(puzzle, found.chosen) == found.worth
        assert found.proved


@given(puzzles(), st.integers(0, 255))
def test_blanks_between_latin_words_are_counted(puzzle: Puzzle, latin: int) -> None:
    puzzle = puzzle._replace(keep=0)

    def fits(chosen: int) -> bool:
        return cost_of(puzzle, chosen) + max(0, (chosen & latin).bit_count() - 1) <= puzzle.room

    every = range(1 << len(puzzle.costs))
    best = max(worth_of(puzzle, chosen) for chosen in every if is_allowed(puzzle, chosen) and fits(chosen))
    found = solve(puzzle, fits)
    assert found is not None
    assert fits(found.chosen)
    assert found.worth == best


def test_the_same_puzzle_has_the_same_answer() -> None:
    puzzle = Puzzle([2, 2, 2], [(1, 5), (2, 5), (4, 5)], 4)
    assert len({solve(puzzle) for _ in range(5)}) == 1


def test_a_search_that_is_given_up_says_so() -> None:
    puzzle = Puzzle([3, 4, 5, 6, 7] * 4, [(1 << n, 10 + n) for n in range(20)], 40)
    found = solve(puzzle, nodes=3)
    assert found is not None
    assert not found.proved
    assert cost_of(puzzle, found.chosen) <= 40


def test_a_title_in_use_that_is_another_products_is_packed_to_the_end() -> None:
    # Thirteen terms stand in it, and nearly half of their length has to stay where little fits beside it.
    costs = [4, 4, 6, 4, 4, 4, 4, 8, 4, 4, 4, 6, 4, 4, 4, 4, 2, 4]
    worths = [5, 15, 5, 5, 20, 5, 5, 5, 5, 5, 5, 5, 30, 30, 5, 20, 5, 5]
    wants = [(1 << n, worth) for n, worth in enumerate(worths)]
    puzzle = Puzzle(costs, wants, 34, old=(1 << 13) - 1, keep=31, add=18)
    found = solve(puzzle, nodes=200)
    assert found is not None
    assert found.proved
    assert is_allowed(puzzle, found.chosen)
