"""A line on the terminal that tells how far a long command is."""

import sys
import time
from typing import Final

_WIDTH: Final = 28
_REDRAW_S: Final = 0.1


class ProgressBar:
    """Draws on stderr, and only when that is a terminal: share, count, rate, time left.

    total: in the unit of what `show` is told first, bytes usually.
    """

    def __init__(self, total: int, noun: str) -> None:
        self._total = max(total, 1)
        self._noun = noun
        self._shown = sys.stderr.isatty()
        self._drawn_s = 0.0
        self._began: tuple[float, int, int] | None = None

    def show(self, reached: int, count: int) -> None:
        """Draw how far it is; the rate is that of this run, also of a resumed one."""
        now_s = time.monotonic()
        if self._began is None:
            self._began = (now_s, reached, count)
        if not self._shown or now_s - self._drawn_s < _REDRAW_S:
            return
        self._drawn_s = now_s
        began_s, began_at, began_count = self._began
        spent_s = max(now_s - began_s, 1e-6)
        share = min(reached / self._total, 1.0)
        rate = (count - began_count) / spent_s
        left_s = (self._total - reached) * spent_s / max(reached - began_at, 1)
        filled = round(share * _WIDTH)
        sys.stderr.write(
            f"\r[{'#' * filled}{'.' * (_WIDTH - filled)}] {share:4.0%}  {count:,} {self._noun}  "
            f"{rate:,.0f}/s  {_clock(left_s)} left \x1b[K"
        )
        sys.stderr.flush()

    def close(self) -> None:
        """Take the line away: what follows says how it went."""
        if self._shown and self._drawn_s:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
