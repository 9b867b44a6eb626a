"""Measuring many things in turn, so that what else the machine does falls on all of them alike."""

from __future__ import annotations

import http.client
import random
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from bench.serving import Page, Web


def medians(pages: Mapping[str, Page], *, rounds: int) -> dict[str, float]:
    """By name, the median of `rounds` openings in seconds; each round opens every page once, in an order of chance."""
    taken = times(pages, rounds=rounds)
    return {name: statistics.median(values) for name, values in taken.items()}


def times(pages: Mapping[str, Page], *, rounds: int) -> dict[str, list[float]]:
    connections: dict[Web, http.client.HTTPConnection] = {
        page.web: page.web.connect() for page in pages.values()
    }
    taken: dict[str, list[float]] = defaultdict(list)
    names = list(pages)
    for number in range(rounds + 1):
        random.Random(number).shuffle(names)
        for name in names:
            took = pages[name].open(connections[pages[name].web])
            if number:  # the first round warms what is remembered per process
                taken[name].append(took)
    return taken


def under_load(
    mixes: Mapping[str, Sequence[Page]], *, seconds: float, turns: int, clients: int
) -> dict[str, float]:
    """By name of the mix, the 95th percentile in seconds while so many clients ask as fast as they are answered."""
    taken: dict[str, list[float]] = defaultdict(list)
    for turn in range(turns):
        for name, pages in mixes.items():
            taken[name] += asked_together(pages, seconds=seconds, clients=clients, seed=turn)
    return {name: statistics.quantiles(values, n=20)[-1] for name, values in taken.items()}


def asked_together(pages: Sequence[Page], *, seconds: float, clients: int, seed: int) -> list[float]:
    taken: list[float] = []
    faults: list[BaseException] = []
    until = time.monotonic() + seconds

    def ask(number: int) -> None:
        dice = random.Random(f"{seed}.{number}")
        connections = {page.web: page.web.connect() for page in pages}
        try:
            while time.monotonic() < until:
                page = dice.choice(pages)
                taken.append(page.open(connections[page.web]))
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=ask, args=[number]) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return taken


def paired(
    first: Callable[[], None],
    second: Callable[[], None],
    pages: Mapping[str, Page],
    *,
    turns: int,
    rounds: int,
) -> dict[str, tuple[float, float]]:
    """By name, the medians after `first` and after `second`, the two taking turns."""
    before: dict[str, list[float]] = defaultdict(list)
    after: dict[str, list[float]] = defaultdict(list)
    for _ in range(turns):
        for prepare, into in ((first, before), (second, after)):
            prepare()
            for name, values in times(pages, rounds=rounds).items():
                into[name] += values
    return {name: (statistics.median(before[name]), statistics.median(after[name])) for name in pages}
