import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partnership.lib.suppression import (
    MARK,
    Cell,
    SuppressedTable,
    suppress,
    suppress_counts,
    suppress_table,
)


@pytest.mark.parametrize(("number", "shown"), [(0, 0), (1, "c"), (5, "c"), (6, 6), (100, 100)])
def test_one_to_five_are_not_shown_and_a_true_nought_is(number: int, shown: Cell) -> None:
    assert suppress(number) == shown


def test_a_total_never_gives_the_one_hidden_count_away() -> None:
    found = suppress_counts({"K": 3, "E": 20, "N": 9})
    assert (found.counts, found.total) == ({"K": "c", "E": 20, "N": "c"}, 32)


def test_two_hidden_counts_hide_each_other() -> None:
    found = suppress_counts({"K": 3, "E": 4, "N": 40})
    assert (found.counts, found.total) == ({"K": "c", "E": "c", "N": 40}, 47)


def test_hidden_counts_add_up_to_no_small_number() -> None:
    """Else "4 of them are K or E" would follow from the total: a count of four children as any other."""
    found = suppress_counts({"K": 3, "E": 1, "A": 9, "N": 40})
    assert (found.counts, found.total) == ({"K": "c", "E": "c", "A": "c", "N": 40}, 53)


def test_a_small_total_is_hidden_too() -> None:
    found = suppress_counts({"K": 3, "E": 0})
    assert (found.counts, found.total) == ({"K": "c", "E": 0}, "c")


def test_six_hidden_ones_are_not_told_by_a_total_of_six() -> None:
    assert suppress_counts(dict.fromkeys("abcdef", 1)).total == "c"


def test_nothing_is_hidden_without_need() -> None:
    table = suppress_table([[10, 0], [20, 30]])
    assert table == SuppressedTable(((10, 0), (20, 30)), (10, 50), (30, 30), 60)


def test_a_cell_is_not_told_by_its_row_or_its_column() -> None:
    table = suppress_table([[3, 10, 20], [10, 10, 30], [0, 8, 9]])
    assert table.cells == (("c", "c", 20), ("c", "c", 30), (0, 8, 9))
    assert (table.row_totals, table.column_totals, table.total) == ((33, 50, 17), (13, 28, 59), 100)


def test_an_empty_table() -> None:
    assert suppress_table([]) == SuppressedTable((), (), (), 0)
    assert suppress_counts({}).total == 0


def test_a_count_below_nothing_is_a_fault() -> None:
    with pytest.raises(ValueError, match="below nothing"):
        suppress_counts({"a": -1})


counts = st.sampled_from([0, 0, 1, 1, 2, 5, 6, 7])


@settings(max_examples=300, deadline=None)
@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(st.lists(counts, min_size=width, max_size=width), min_size=1, max_size=4)
    )
)
def test_no_line_tells_the_sum_of_a_few(rows: list[list[int]]) -> None:
    """Whatever a reader can take from a total by what is shown beside it is nought or no small number."""
    shown = suppress_table(rows)
    grid = [[*cells, total] for cells, total in zip(shown.cells, shown.row_totals, strict=True)]
    grid.append([*shown.column_totals, shown.total])
    for *line, total in [*grid, *map(list, zip(*grid, strict=True))]:
        if total != MARK:
            rest = total - sum(cell for cell in line if cell != MARK)
            assert not 0 < rest < 6, (rows, grid)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(counts, min_size=2, max_size=2), min_size=2, max_size=2))
def test_a_reader_who_tries_every_table_learns_no_hidden_cell(rows: list[list[int]]) -> None:
    """The attack itself: every table that agrees with what is shown, hidden cells up to 12."""
    shown = suppress_table(rows)
    grid = [[*cells, total] for cells, total in zip(shown.cells, shown.row_totals, strict=True)]
    grid.append([*shown.column_totals, shown.total])
    full = [[*row, sum(row)] for row in rows]
    full.append([sum(column) for column in zip(*full, strict=True)])
    for r, c in itertools.product(range(3), range(3)):
        assert grid[r][c] in (MARK, full[r][c])
        if 0 < full[r][c] < 6:
            assert grid[r][c] == MARK
    lowest = 0 if any(grid[r][c] == MARK and full[r][c] == 0 for r in range(3) for c in range(3)) else 1
    possible: dict[tuple[int, int], set[int]] = {}
    inner = [range(lowest, 13) if cell == MARK else (cell,) for row in grid[:2] for cell in row[:2]]
    for a, b, c, d in itertools.product(*inner):
        table = [[a, b, a + b], [c, d, c + d], [a + c, b + d, a + b + c + d]]
        agrees = all(
            table[r][k] >= lowest if grid[r][k] == MARK else table[r][k] == grid[r][k]
            for r, k in itertools.product(range(3), range(3))
        )
        if agrees:
            for r, k in itertools.product(range(3), range(3)):
                possible.setdefault((r, k), set()).add(table[r][k])
    for r, k in itertools.product(range(3), range(3)):
        if grid[r][k] == MARK:
            assert len(possible[r, k]) > 1, (rows, grid)
