"""Who gets a sender when not all can have one."""

from feedback_service.delivery.lanes import Lanes


def lanes_with(**last_attempts_s: float) -> Lanes:
    """Return eight senders, two per webhook; last_attempts_s: webhook -> what its last one took."""
    lanes = Lanes(senders=8, per_webhook=2, slow_s=5.0)
    for webhook, elapsed_s in last_attempts_s.items():
        lanes.reserve([webhook])
        lanes.landed(webhook, elapsed_s)
    return lanes


def test_a_quick_webhook_has_its_share_and_no_more() -> None:
    lanes = lanes_with(quick=0.1)
    assert lanes.reserve(["quick"]) == {"quick": 2}
    assert lanes.reserve(["quick"]) == {}


def test_an_untried_webhook_has_one_sender_until_it_was_quick() -> None:
    lanes = lanes_with()
    assert lanes.reserve(["new"]) == {"new": 1}
    assert lanes.reserve(["new"]) == {}
    lanes.landed("new", 0.1)
    assert lanes.reserve(["new"]) == {"new": 2}


def test_a_webhook_that_became_slow_has_one_sender_until_it_is_quick_again() -> None:
    lanes = lanes_with(hook=0.1)
    lanes.landed("hook", 15.0)
    assert lanes.reserve(["hook"]) == {"hook": 1}


def test_slow_webhooks_leave_senders_to_untried_ones_and_both_to_quick_ones() -> None:
    lanes = lanes_with(slow_1=9, slow_2=9, slow_3=9, quick_1=0, quick_2=0)
    assert lanes.reserve(["slow_1", "slow_2", "slow_3"]) == {"slow_1": 1, "slow_2": 1}
    assert lanes.reserve(["new_1", "new_2", "new_3"]) == {"new_1": 1, "new_2": 1}
    assert lanes.reserve(["quick_1", "quick_2"]) == {"quick_1": 2, "quick_2": 2}


def test_free_senders_go_round_in_turn() -> None:
    lanes = lanes_with(a=0, b=0, c=0, d=0, e=0)
    assert lanes.reserve("abcde") == {"a": 2, "b": 2, "c": 2, "d": 1, "e": 1}


def test_what_was_not_needed_is_free_again() -> None:
    lanes = lanes_with(quick=0.1)
    lanes.give_back(lanes.reserve(["quick"]))
    assert lanes.wait_for_all(0)
    assert lanes.reserve(["quick"]) == {"quick": 2}


def test_even_a_single_sender_serves_the_slow() -> None:
    lanes = Lanes(senders=1, per_webhook=4, slow_s=5.0)
    assert lanes.reserve(["new"]) == {"new": 1}
    lanes.landed("new", 15.0)
    assert lanes.reserve(["new"]) == {"new": 1}
