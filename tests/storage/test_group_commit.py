"""Group commit: every item once, every caller answered, whatever happens to a leader."""

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from feedback_service.storage.engine.group_commit import GroupCommit
from feedback_service.storage.errors import StorageUnavailable

# Whoever still waits then has been forgotten.
FORGOTTEN_S = 20.0


class Ledger:
    """Takes batches down; a commit takes a while, as a disk's does."""

    def __init__(self, commit_s: float = 0.0005) -> None:
        self.batches: list[list[int]] = []
        self.at_once = 0
        self.most_at_once = 0
        self._commit_s = commit_s
        self._mutex = threading.Lock()

    def write(self, items: Sequence[int]) -> list[str | BaseException]:
        with self._mutex:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        time.sleep(self._commit_s)
        with self._mutex:
            self.batches.append(list(items))
            self.at_once -= 1
        return [f"wrote {item}" for item in items]

    @property
    def written(self) -> Counter[int]:
        return Counter(item for batch in self.batches for item in batch)


def all_at_once(count: int, call: Callable[[int], object]) -> list[object]:
    """Call from as many threads; returns results and errors by number. None may hang."""
    gate = threading.Barrier(count)
    results: list[object] = ["forgotten"] * count

    def run(number: int) -> None:
        gate.wait()
        try:
            results[number] = call(number)
        except BaseException as error:  # noqa: BLE001  # a result here
            results[number] = error

    threads = [threading.Thread(target=run, args=(n,), daemon=True) for n in range(count)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + FORGOTTEN_S
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return results


@pytest.mark.parametrize("leaders", [1, 3])
def test_every_item_is_written_once_and_every_caller_gets_its_own_result(leaders: int) -> None:
    ledger = Ledger()
    group = GroupCommit(ledger.write, leaders=leaders, largest_batch=16)

    def many(thread: int) -> list[str]:
        return [group.submit(thread * 1000 + item) for item in range(25)]

    results = all_at_once(64, many)
    assert results == [[f"wrote {t * 1000 + item}" for item in range(25)] for t in range(64)]
    assert ledger.written == Counter(t * 1000 + item for t in range(64) for item in range(25))
    assert ledger.most_at_once <= leaders
    assert max(len(batch) for batch in ledger.batches) <= 16


def test_a_lonely_item_is_written_at_once_and_alone() -> None:
    ledger = Ledger()
    group = GroupCommit(ledger.write)
    assert [group.submit(item) for item in (1, 2, 3)] == ["wrote 1", "wrote 2", "wrote 3"]
    assert ledger.batches == [[1], [2], [3]]


def test_those_who_wait_share_a_commit() -> None:
    ledger = Ledger(commit_s=0.05)
    all_at_once(32, GroupCommit(ledger.write).submit)
    assert len(ledger.batches) <= 4


def test_an_item_may_fail_alone_by_its_result() -> None:
    def write(items: Sequence[int]) -> list[int | BaseException]:
        return [ValueError("odd") if item % 2 else item for item in items]

    results = all_at_once(16, GroupCommit(write).submit)
    assert results[::2] == list(range(0, 16, 2))
    assert all(isinstance(result, ValueError) for result in results[1::2])


@pytest.mark.parametrize("leaders", [1, 3])
def test_a_poisoned_item_fails_alone(leaders: int) -> None:
    ledger = Ledger(commit_s=0.01)

    def write(items: Sequence[int]) -> list[str | BaseException]:
        if 7 in items:
            time.sleep(0.01)
            raise ValueError("poison")
        return ledger.write(items)

    results = all_at_once(32, GroupCommit(write, leaders=leaders).submit)
    assert isinstance(results.pop(7), ValueError)
    others = [number for number in range(32) if number != 7]
    assert results == [f"wrote {number}" for number in others]
    assert ledger.written == Counter(others)


def test_when_the_database_is_away_all_fail_without_trying_each_alone() -> None:
    tries: list[int] = []

    def write(items: Sequence[int]) -> list[str | BaseException]:
        tries.append(len(items))
        time.sleep(0.02)
        raise StorageUnavailable("away")

    results = all_at_once(32, GroupCommit(write).submit)
    assert all(isinstance(result, StorageUnavailable) for result in results)
    assert sum(tries) == 32, "no item was tried twice"


def test_after_a_failure_the_next_item_is_written() -> None:
    ledger = Ledger()
    away = [True]

    def write(items: Sequence[int]) -> list[str | BaseException]:
        if away.pop() if away else False:
            raise StorageUnavailable("away")
        return ledger.write(items)

    group = GroupCommit(write)
    with pytest.raises(StorageUnavailable):
        group.submit(1)
    assert group.submit(2) == "wrote 2"


class ThreadEnded(BaseException):
    """What kills a thread: no Exception, so nobody handles it."""


@pytest.mark.parametrize("leaders", [1, 3])
def test_a_leader_that_dies_leaves_nobody_waiting(leaders: int) -> None:
    ledger = Ledger(commit_s=0.005)

    def write(items: Sequence[int]) -> list[str | BaseException]:
        written = ledger.write(items)
        if len(ledger.batches) % 3 == 1 and 99 not in items:
            raise ThreadEnded
        return written

    group = GroupCommit(write, leaders=leaders, largest_batch=8)
    results = all_at_once(64, group.submit)
    assert "forgotten" not in results
    dead = sum(isinstance(result, ThreadEnded) for result in results)
    interrupted = sum(isinstance(result, StorageUnavailable) for result in results)
    told = sum(isinstance(result, str) for result in results)
    assert dead >= 1
    assert dead + interrupted + told == 64
    assert group.submit(99) == "wrote 99"


def test_a_caller_that_a_signal_takes_away_from_the_queue_does_not_inherit_the_lead() -> None:
    ledger = Ledger()
    leading, go_on = threading.Event(), threading.Event()

    def write(items: Sequence[int]) -> list[str | BaseException]:
        leading.set()
        assert go_on.wait(FORGOTTEN_S)
        return ledger.write(items)

    def interrupt(_signal: int, _frame: object) -> None:
        raise ThreadEnded

    group = GroupCommit(write)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(group.submit, 1)
        assert leading.wait(FORGOTTEN_S)
        before = signal.signal(signal.SIGALRM, interrupt)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.1)
            with pytest.raises(ThreadEnded):
                group.submit(2)  # signals reach the main thread, where this test runs
        finally:
            signal.signal(signal.SIGALRM, before)
        go_on.set()
        assert first.result(FORGOTTEN_S) == "wrote 1"
        assert pool.submit(group.submit, 3).result(FORGOTTEN_S) == "wrote 3"
    assert ledger.written == Counter({1: 1, 3: 1})


def test_a_writer_that_loses_a_result_fails_instead_of_answering_wrongly() -> None:
    forgetful: GroupCommit[int, str] = GroupCommit(lambda _items: [])
    with pytest.raises(ValueError, match="zip"):
        forgetful.submit(1)


@pytest.mark.slow
@pytest.mark.parametrize("leaders", [1, 3])
def test_no_wake_up_is_ever_lost(leaders: int) -> None:
    """Threads come and go at random, so that every interleaving of leading and queuing happens."""
    ledger = Ledger(commit_s=0)
    group = GroupCommit(ledger.write, leaders=leaders, largest_batch=4)
    end = time.monotonic() + 1.5

    def come_and_go(thread: int) -> int:
        dice = random.Random(thread)
        count = 0
        while time.monotonic() < end:
            assert group.submit(count * 100 + thread) == f"wrote {count * 100 + thread}"
            count += 1
            if dice.random() < 0.2:
                time.sleep(dice.random() * 0.0005)
        return count

    results = all_at_once(12, come_and_go)
    assert all(isinstance(count, int) for count in results), results
    counts = [count for count in results if isinstance(count, int)]
    assert min(counts) > 10, "nobody starves"
    assert set(ledger.written.values()) == {1}
    assert len(ledger.written) == sum(counts)


def test_it_works_in_a_pool_of_threads_smaller_than_the_batch() -> None:
    ledger = Ledger()
    group = GroupCommit(ledger.write)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(group.submit, range(200))) == [f"wrote {n}" for n in range(200)]
