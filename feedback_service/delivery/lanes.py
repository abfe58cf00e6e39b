"""How many senders a webhook may have."""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping


class Lanes:
    """Shares the senders out, so that a slow receiver never delays another's news.

    A webhook has at most per_webhook deliveries in flight. One whose last attempt took slow_s or
    more has one, as has one that was not tried yet. The slow ones together have a quarter of the
    senders, with the untried ones a half: the other half is for those known to be quick.
    """

    def __init__(self, senders: int, per_webhook: int, slow_s: float) -> None:
        self._senders = senders
        self._per_webhook = per_webhook
        self._slow_s = slow_s
        self._changed = threading.Condition()
        self._flying: Counter[str] = Counter()
        self._quick: set[str] = set()
        self._slow: set[str] = set()
        self._landings = self._seen = 0

    def reserve(self, waiting: Iterable[str]) -> dict[str, int]:
        """Take free senders for the webhooks that wait, in turn; webhook id -> how many."""
        shares: Counter[str] = Counter()
        candidates = list(waiting)
        with self._changed:
            self._seen = self._landings
            while candidates:
                admitted = []
                for webhook_id in candidates:
                    if self._admits(webhook_id):
                        self._flying[webhook_id] += 1
                        shares[webhook_id] += 1
                        admitted.append(webhook_id)
                candidates = admitted
        return dict(shares)

    def give_back(self, unused: Mapping[str, int]) -> None:
        """Free senders that were reserved and not needed."""
        with self._changed:
            self._flying -= Counter(unused)

    def landed(self, webhook_id: str, elapsed_s: float) -> None:
        """Free the sender of one delivery, whose attempt took this long."""
        with self._changed:
            self._flying -= Counter((webhook_id,))
            self._landings += 1
            is_quick = elapsed_s < self._slow_s
            (self._slow if is_quick else self._quick).discard(webhook_id)
            (self._quick if is_quick else self._slow).add(webhook_id)
            self._changed.notify_all()

    def wait_for_landing(self, limit_s: float) -> None:
        """Wait until a sender was freed since the last `reserve`."""
        with self._changed:
            self._changed.wait_for(lambda: self._landings != self._seen, limit_s)

    def wait_for_all(self, limit_s: float) -> bool:
        """Wait until nothing is in flight; False when that took too long."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._flying, limit_s)

    def _admits(self, webhook_id: str) -> bool:
        if self._flying.total() >= self._senders:
            return False
        if webhook_id in self._quick:
            return self._flying[webhook_id] < self._per_webhook
        if self._flying[webhook_id]:
            return False
        slow = sum(self._flying[other] for other in self._slow)
        if webhook_id in self._slow and slow >= max(1, self._senders // 4):
            return False
        others = sum(n for other, n in self._flying.items() if other not in self._quick)
        return others < max(1, self._senders // 2)
