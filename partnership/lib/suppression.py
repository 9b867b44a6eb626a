"""Small numbers in shared figures: nobody may be recognised from a count, nor from a sum that gives it away.

The rule follows the DfE's practice for children in need: 1 to 5 is shown as `c`, a true 0 stays 0, and a
second cell is hidden wherever a row's or a column's total would reveal the first. What is hidden in a line adds up to
no small number either: "4 children are one or the other" tells of four children as a cell of 4 would.
"""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

MARK: Literal["c"] = "c"
MARK_WORDS = "not shown, so that no child can be recognised"
SMALLEST_SHOWN = 6

Cell = int | Literal["c"]
Place = tuple[int, int]
Node = tuple[Literal["row", "column"], int]


@dataclass(frozen=True)
class SuppressedTable:
    """The same table with `c` in place of what must not be shown; totals are suppressed like any cell."""

    cells: tuple[tuple[Cell, ...], ...]
    row_totals: tuple[Cell, ...]
    column_totals: tuple[Cell, ...]
    total: Cell


@dataclass(frozen=True)
class SuppressedCounts:
    """Counts by key and their total."""

    counts: dict[str, Cell]
    total: Cell


def suppress(number: int) -> Cell:
    """One number on its own: `c` for 1 to 5."""
    return MARK if 0 < number < SMALLEST_SHOWN else number


def suppress_counts(counts: Mapping[str, int]) -> SuppressedCounts:
    """One row of counts whose total is shown too."""
    values = list(counts.values())
    hidden = _hide([[*values, sum(values)]], columns_add_up=False)
    shown = [MARK if (0, place) in hidden else value for place, value in enumerate([*values, sum(values)])]
    return SuppressedCounts(counts=dict(zip(counts, shown, strict=False)), total=shown[-1])


def suppress_table(rows: Sequence[Sequence[int]]) -> SuppressedTable:
    """A table whose row totals, column totals and grand total are shown beside it."""
    if not rows:
        return SuppressedTable((), (), (), 0)
    full = [[*row, sum(row)] for row in rows]
    full.append([sum(column) for column in zip(*full, strict=True)])
    hidden = _hide(full, columns_add_up=True)
    shown = [
        tuple(MARK if (r, c) in hidden else value for c, value in enumerate(row))
        for r, row in enumerate(full)
    ]
    return SuppressedTable(
        cells=tuple(row[:-1] for row in shown[:-1]),
        row_totals=tuple(row[-1] for row in shown[:-1]),
        column_totals=shown[-1][:-1],
        total=shown[-1][-1],
    )


def _hide(full: list[list[int]], *, columns_add_up: bool) -> set[Place]:
    """Places to hide. Last column is the total of each row; with columns_add_up the last row is a total too.

    A hidden cell can be worked out from the sums exactly when its edge is a bridge in the graph whose nodes
    are rows and columns and whose edges are the hidden cells; so cycles are closed, at the least cost.
    """
    hidden = {(r, c) for r, row in enumerate(full) for c, value in enumerate(row) if suppress(value) == MARK}
    if any(value < 0 for row in full for value in row):
        raise ValueError("A count is below nothing.")
    while (place := _revealed(full, hidden, columns_add_up=columns_add_up)) is not None:
        more = _cheapest_cycle(full, hidden, place, columns_add_up=columns_add_up)
        if not more:
            more = {(r, c) for r, row in enumerate(full) for c in range(len(row))} - hidden
        hidden |= more
    return hidden


def _revealed(full: list[list[int]], hidden: set[Place], *, columns_add_up: bool) -> Place | None:
    """A place to hide besides: one a reader could work out, from the sums alone or because every hidden cell is at least
    1, or one more of a line whose hidden cells add up to a small number."""
    for place in sorted(hidden):
        others = hidden - {place}
        if _route(full, others, place, free=others, columns_add_up=columns_add_up) is None:
            return place
    for line in _lines(full, columns_add_up=columns_add_up):
        *cells, total = line
        marked = [cell for cell in cells if cell in hidden]
        if not marked or total in hidden:
            continue
        if suppress(sum(full[r][c] for r, c in marked)) == MARK:
            beside = [cell for cell in cells if cell not in hidden and full[cell[0]][cell[1]]]
            return min(beside, key=lambda cell: _price(full, cell))
        if all(full[r][c] == 1 for r, c in marked):
            return total if len(hidden) < sum(map(len, full)) else None
    return None


def _lines(full: list[list[int]], *, columns_add_up: bool) -> list[list[Place]]:
    width = len(full[0])
    lines = [[(r, c) for c in range(width)] for r in range(len(full))]
    if columns_add_up:
        lines += [[(r, c) for r in range(len(full))] for c in range(width)]
    return lines


def _cheapest_cycle(
    full: list[list[int]], hidden: set[Place], place: Place, *, columns_add_up: bool
) -> set[Place]:
    """What to hide besides, so that the place lies on a cycle of hidden cells: small numbers first."""
    everything = {(r, c) for r, row in enumerate(full) for c in range(len(row))} - {place}
    route = _route(full, everything, place, free=hidden, columns_add_up=columns_add_up) or set()
    return (route | {place}) - hidden


def _route(
    full: list[list[int]], edges: set[Place], place: Place, *, free: set[Place], columns_add_up: bool
) -> set[Place] | None:
    """The cheapest way from the place's row to its column over the edges, without the place itself."""

    def ends(edge: Place) -> tuple[Node, Node]:
        # Without column sums every column is loose: all of them are one node that anything may leave by.
        return ("row", edge[0]), ("column", edge[1] if columns_add_up else 0)

    near: dict[Node, list[tuple[Node, Place]]] = {}
    for edge in edges:
        row, column = ends(edge)
        near.setdefault(row, []).append((column, edge))
        near.setdefault(column, []).append((row, edge))
    start, goal = ends(place)
    heap: list[tuple[int, Node, tuple[Place, ...]]] = [(0, start, ())]
    seen: set[Node] = set()
    while heap:
        cost, node, path = heapq.heappop(heap)
        if node == goal:
            return set(path)
        if node in seen:
            continue
        seen.add(node)
        for following, edge in near.get(node, ()):
            price = 0 if edge in free else _price(full, edge)
            heapq.heappush(heap, (cost + price, following, (*path, edge)))
    return None


def _price(full: list[list[int]], edge: Place) -> int:
    """The information lost by hiding a cell; a 0 stays a 0, so it goes only when nothing else can."""
    value = full[edge[0]][edge[1]]
    return value if value else sum(map(sum, full)) + 1
