"""How long may a search go on? Seconds by the clock, or counted shares where a run must be repeatable."""

import math
import time
from dataclasses import dataclass, field

from scheduler.solver.outcome import Options, Stop
from scheduler.solver.readers import Limits

NEAR = 0.0005
"""A plan so near the relaxation's bound, as a share of it, is not searched any further."""

COUNTED_PER_SECOND = 0.6
"""Deterministic-time units given for one second of the time limit, where limits are counted."""


def near(cost: float, bound: float) -> bool:
    """Whether nobody would look for better than `cost`; never where no bound is known."""
    return math.isfinite(bound) and cost - bound <= NEAR * abs(bound)


@dataclass
class Clock:
    """How much of the allowed time is left: seconds, or in deterministic runs counted shares of it."""

    options: Options
    stop: Stop
    started: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def over(self, share: float = 1.0) -> bool:
        """Whether that share of the time is used up, or somebody asked to stop. Counted runs never look at the clock."""
        if self.stop():
            return True
        return not self.options.deterministic and self.seconds >= self.options.time_limit * share

    def patience(self, size: int) -> Limits:
        """Limits for the constructive plan, which must exist whatever the time limit is: counted by the problem's size.

        `size`: `Problem.size`. On a busy machine a count takes longer, but it never ends before there is a plan.
        """
        seconds = math.inf if self.options.deterministic else max(20.0, self.options.time_limit)
        return Limits(seconds=seconds, counted=2.0 + size / 25_000, seed=self.options.seed, workers=1)

    def part(self, until: float, left: int) -> float:
        """The share of the time at which the next of `left` equal steps should end, so that all end by `until`."""
        now = self.seconds / self.options.time_limit
        return now + max(0.01, until - now) / left

    def limits(self, share: float, until: float = 1.0) -> Limits:
        """Limits of one search: a share of the whole, never past `until`."""
        seconds = self.options.time_limit * share
        if self.options.deterministic:
            return Limits(seconds=math.inf, counted=seconds * COUNTED_PER_SECOND, seed=self.options.seed, workers=1)
        left = max(0.2, self.options.time_limit * until - self.seconds)
        return Limits(seconds=min(seconds, left), seed=self.options.seed, workers=self.options.workers)
