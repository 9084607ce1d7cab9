"""The cheapest one-to-one assignment over a sparse graph, in exact whole numbers.

scipy and networkx have solvers in doubles. Here a cost carries six rules in strict
order, which does not fit 53 bits, and rows and columns may stay alone; the tests hold
scipy's solver against this one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

__all__ = ["cheapest_assignment"]


def cheapest_assignment(costs: Sequence[Mapping[int, int]], n_columns: int) -> list[int | None]:
    """The column of every row, or None for a row that stays alone, at the least total cost.

    Parameters
    ----------
    costs
        For every row the columns (0 to ``n_columns - 1``) that it may take and what that
        costs. Staying alone costs 0, so a pair is only made if its cost is negative.

    Notes
    -----
    Shortest augmenting paths (Jonker & Volgenant 1987, doi:10.1007/BF02278710) with one
    heap per path. Every row owns a private column at cost 0, its way to stay alone. A
    path ends at the first free column, so distant events cost nothing: the time is
    about linear in the number of events unless they form one dense chain.
    """
    state = _State(
        edges=[{**row, n_columns + i: 0} for i, row in enumerate(costs)],
        row_price=[0] * len(costs),
        taken=[-1] * len(costs),
    )
    for row in range(len(costs)):
        _augment(row, state)
    return [column if column < n_columns else None for column in state.taken]


@dataclass(kw_only=True)
class _State:
    """Assignment and prices so far; no edge is cheaper than its two prices together."""

    edges: list[dict[int, int]]
    row_price: list[int]
    taken: list[int]
    owner: dict[int, int] = field(default_factory=dict)
    column_price: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))


def _augment(start: int, state: _State) -> None:
    """Give row `start` a column by the cheapest chain of exchanges."""
    price = state.column_price
    state.row_price[start] = min(cost - price[j] for j, cost in state.edges[start].items())
    distance: dict[int, int] = {}
    came_from: dict[int, int] = {}
    reached: set[int] = set()
    heap: list[tuple[int, int]] = []
    row, walked = start, 0
    while True:
        for j, cost in state.edges[row].items():
            through = walked + cost - state.row_price[row] - price[j]
            if j not in reached and (j not in distance or through < distance[j]):
                distance[j], came_from[j] = through, row
                heappush(heap, (through, j))
        walked, column = heappop(heap)
        while column in reached:  # an older, dearer entry of a column that was improved since
            walked, column = heappop(heap)
        if column not in state.owner:
            break
        reached.add(column)
        row = state.owner[column]
    state.row_price[start] += walked
    for j in reached:
        state.row_price[state.owner[j]] += walked - distance[j]
        price[j] -= walked - distance[j]
    _exchange(start, column, came_from, state)


def _exchange(start: int, column: int, came_from: Mapping[int, int], state: _State) -> None:
    """Walk the chain back: every row on it takes the column that it was left by."""
    while True:
        row = came_from[column]
        given_up = state.taken[row]
        state.owner[column], state.taken[row] = row, column
        if row == start:
            return
        column = given_up
