"""How many requests may begin, and when."""

import math
from collections import deque

# How far polls may fall behind an even pace and catch up; no second has more than the rate for that.
SLACK = 0.05


class RateLimiter:
    """When the next request may begin.

    A token bucket sets the pace. It counts what begins here, but a request may reach the server at any time
    until its response comes; so those in flight, and those with a response within the last second, are never more than
    the rate. No second at the server has more then, however slow the way.

    Args:
        rate: Requests a second; a fraction above 1 is left out, one below 1 makes the second longer. ``None``
            is no limit.
    """

    def __init__(self, rate: float | None) -> None:
        self._most: float = math.inf if rate is None else max(1, int(rate))
        # A hair more than a second, since both its ends belong to it.
        self._window = 0.0 if rate is None else max(1.0, 1 / rate) + 1e-6
        self._answered: deque[float] = deque()
        self._even = self._held = -math.inf
        self.in_flight = 0

    def free_at(self, now: float) -> float:
        """When the next request may begin; infinity when only a response can tell."""
        while self._answered and self._answered[0] + self._window <= now:
            self._answered.popleft()
        full = self.in_flight + len(self._answered) >= self._most
        oldest = self._answered[0] if self._answered else math.inf
        return max(now, self._held, self._even - SLACK, oldest + self._window if full else now)

    def begin(self, now: float) -> None:
        """A request begins."""
        self.in_flight += 1
        self._even = max(self._even, now) + self._window / self._most

    def end(self, now: float) -> None:
        """Its response came, or none."""
        self.in_flight -= 1
        if self._window:
            self._answered.append(now)

    def hold(self, until: float) -> None:
        """The server asks to be left alone until then."""
        self._held = max(self._held, until)

    def held(self, now: float) -> float:
        """For how long it still does."""
        return max(0.0, self._held - now)
