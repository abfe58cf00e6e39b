"""A room: many callers of one thread share a commit, and each gets its own result."""

import threading
from collections.abc import Callable, Sequence
from functools import partial

import pytest

from feedback_service.storage.engine.group_commit import GroupCommit
from feedback_service.storage.engine.room import Room, room_here
from feedback_service.storage.errors import StorageUnavailable


def outcomes(count: int, call: Callable[[int], object]) -> list[object]:
    """Call in one room; returns results and errors by number."""
    results: list[object] = ["forgotten"] * count

    def run(number: int) -> None:
        try:
            results[number] = call(number)
        except Exception as error:  # noqa: BLE001  # a result here
            results[number] = error

    Room().serve(partial(run, number) for number in range(count))
    return results


def test_all_of_a_room_are_written_at_once_each_with_its_own_result() -> None:
    batches: list[list[int]] = []

    def write(items: Sequence[int]) -> list[int]:
        batches.append(list(items))
        return [item * 10 for item in items]

    assert outcomes(5, GroupCommit(write).submit) == [0, 10, 20, 30, 40]
    assert batches == [[0, 1, 2, 3, 4]]


def test_who_writes_twice_waits_twice_and_who_writes_nothing_not_at_all() -> None:
    batches: list[list[str]] = []

    def write(items: Sequence[str]) -> list[str]:
        batches.append(list(items))
        return list(items)

    first, second = GroupCommit(write), GroupCommit(write)

    def call(number: int) -> str:
        if number == 0:
            return "nothing"
        done = first.submit(f"first {number}")
        return done if number == 1 else done + second.submit(f"second {number}")

    assert outcomes(3, call) == ["nothing", "first 1", "first 2second 2"]
    assert batches == [["first 1", "first 2"], ["second 2"]]


def test_a_poisoned_item_fails_alone() -> None:
    def write(items: Sequence[int]) -> list[int]:
        if 2 in items:
            raise ValueError("poison")
        return list(items)

    results = outcomes(4, GroupCommit(write).submit)
    assert results[:2] + results[3:] == [0, 1, 3]
    assert isinstance(results[2], ValueError)


def test_when_the_database_is_away_all_are_told_at_once() -> None:
    tries: list[int] = []

    def write(items: Sequence[int]) -> list[int]:
        tries.append(len(items))
        raise StorageUnavailable("away")

    results = outcomes(8, GroupCommit(write).submit)
    assert all(isinstance(result, StorageUnavailable) for result in results)
    assert tries == [8]


def test_a_room_and_threads_write_beside_each_other() -> None:
    written: list[int] = []

    def write(items: Sequence[int]) -> list[int]:
        written.extend(items)
        return list(items)

    group = GroupCommit(write)
    gate = threading.Barrier(5)

    def in_a_room(base: int) -> list[object]:
        gate.wait()
        return [outcomes(10, lambda n: group.submit(base + n)) for _ in range(5)]

    def by_itself(base: int) -> None:
        gate.wait()
        for number in range(50):
            assert group.submit(base + number) == base + number

    threads = [threading.Thread(target=in_a_room, args=(b,)) for b in (0, 100)]
    threads += [threading.Thread(target=by_itself, args=(b,)) for b in (1000, 2000, 3000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads)
    assert sorted(set(written)) == sorted(
        [*range(10), *range(100, 110), *(b + n for b in (1000, 2000, 3000) for n in range(50))]
    )
    assert len(written) == 2 * 50 + 3 * 50


def test_outside_of_a_room_there_is_none() -> None:
    seen = outcomes(1, lambda _: room_here() is not None)
    assert (seen, room_here()) == ([True], None)


@pytest.mark.parametrize("raised", [ValueError("x"), KeyError("y")], ids=["value", "key"])
def test_a_refusal_is_raised_to_its_own_caller(raised: Exception) -> None:
    def write(items: Sequence[int]) -> list[int | BaseException]:
        return [raised if item == 1 else item for item in items]

    assert outcomes(3, GroupCommit(write).submit) == [0, raised, 2]
