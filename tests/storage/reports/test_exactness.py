"""Counts of reports are those of the rows, at every moment and whatever changed."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from feedback_service.domain.measures.periods import Period
from feedback_service.storage import schema
from feedback_service.storage.forgetting import erasure
from feedback_service.storage.reports import packing, tallying
from feedback_service.storage.reports import sweep as sweep_module
from feedback_service.storage.reports.counting import EVERYBODY
from feedback_service.storage.reports.sweep import sweep
from feedback_service.usecases.service import Service
from tests.factories import NOW, make_survey, rows
from tests.storage.reports.answering import (
    EVER,
    START,
    ZONE,
    add_answer,
    add_answers,
    by_period,
    counted_by_hand,
    founded,
    reported,
    swept,
)

DIMENSIONS: Final = (
    EVERYBODY,
    "channel",
    "touchpoint",
    "locale",
    "trait:plan",
    'trait:ö"\\.',
    "trait:x",
)

minutes = st.integers(0, 4 * 24 * 60)
values = st.sampled_from([None, "a", "b", "ü '\""])
answers = st.fixed_dictionaries(
    {
        "at": minutes.map(lambda m: START + timedelta(minutes=m)),
        "score": st.sampled_from([None, 0, 7, 10]),
        "channel": st.sampled_from(["email", "widget"]),
        "touchpoint": values,
        "locale": values,
        "traits": st.dictionaries(
            st.sampled_from(["plan", 'ö"\\.']), st.sampled_from("ab"), max_size=2
        ),
        "test": st.sampled_from([False, False, False, True]),
        "respondent": st.sampled_from([None, "ann", "bob"]),
    }
)
changes = st.one_of(
    st.fixed_dictionaries({"score": st.sampled_from([0, 3, 10])}),
    st.fixed_dictionaries({"excluded": st.sampled_from([None, "spam"])}),
    st.fixed_dictionaries({"unconfirmed": st.sampled_from([None, "unattended"])}),
    st.fixed_dictionaries({"traits": st.just({"plan": "c"})}),
    st.fixed_dictionaries({"score": st.none(), "scored_at": st.none()}),
    minutes.map(lambda m: {"score": 5, "scored_at": START + timedelta(minutes=m)}),
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), st.lists(answers, min_size=1, max_size=4)),
        st.tuples(st.just("change"), st.tuples(st.integers(0, 50), changes)),
        st.tuples(st.just("delete"), st.integers(0, 50)),
        st.tuples(st.just("erase"), st.sampled_from(["ann", "bob"])),
        st.tuples(st.just("sweep"), minutes),
        st.tuples(st.just("sweep all"), minutes),
        st.tuples(st.just("move"), st.sampled_from([ZONE, "Asia/Kathmandu"])),
    ),
    max_size=14,
)


class World:
    """One project with two surveys, and everything that can happen to their answers."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.project_id = founded(service)
        first = make_survey(service, self.project_id, "nps")
        self.surveys = [first, make_survey(service, self.project_id, "ces")]
        self.ids: list[str] = []

    def do(self, what: str, given: Any) -> None:
        do: dict[str, Callable[[Any], None]] = {
            "answer": self.answer,
            "change": self.change,
            "delete": self.delete,
            "erase": self.erase,
            "sweep": lambda m: self.sweep(m, sweep),
            "sweep all": lambda m: self.sweep(m, lambda _, now: swept(self.service, now)),
            "move": self.move,
        }
        do[what](given)

    def answer(self, given: list[dict[str, Any]]) -> None:
        self.ids += add_answers(self.service, self.surveys[len(given) % 2], given)

    def change(self, given: tuple[int, dict[str, Any]]) -> None:
        self._write(update(schema.responses).values(given[1]), given[0])

    def delete(self, given: int) -> None:
        self._write(delete(schema.responses), given)

    def erase(self, ref: str) -> None:
        with self.service.database.write() as connection:
            erasure.erase(connection, self.project_id, ref, NOW)

    def sweep(self, at: int, how: Callable[..., Any]) -> None:
        how(self.service.database, START + timedelta(minutes=at))

    def move(self, zone: str) -> None:
        with self.service.database.write() as connection:
            connection.execute(
                update(schema.projects)
                .where(schema.projects.c.id == self.project_id)
                .values(timezone=zone)
            )

    def _write(self, statement: Any, number: int) -> None:
        if not self.ids:
            return
        mine = schema.responses.c.id == self.ids[number % len(self.ids)]
        with self.service.database.write() as connection:
            connection.execute(statement.where(mine))


def cut(asked: Period) -> list[list[Period]]:
    """Cut a short period into its days, and into all but its second day."""
    if asked.days > 10:
        return []
    days = asked.steps("day")
    return [days, days[:1] + days[2:]]


@pytest.mark.slow
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    history=steps,
    dimension=st.sampled_from(DIMENSIONS),
    first=st.integers(0, 4),
    days=st.integers(0, 4),
    most=st.sampled_from([1, 2, 1_000]),
)
def test_reports_count_what_the_rows_hold(
    service: Service,
    history: list[tuple[str, Any]],
    dimension: str,
    first: int,
    days: int,
    most: int,
) -> None:
    """most: values of a month, so that some days and months are not kept."""
    world = World(service)
    start = date(2020, 10, 29) + timedelta(days=first)
    period = Period(start, start + timedelta(days=days))
    with pytest.MonkeyPatch.context() as patch:
        for name, limit in (
            ("MOST_VALUES", most + 1),
            ("USUAL_VALUES", 1),
            ("MOST_IN_A_MONTH", most),
        ):
            patch.setattr(packing, name, limit)
        patch.setattr(tallying, "MOST_DAYS_AT_ONCE", 1 + most % 3)
        for step in history:
            world.do(*step)
            for asked in (EVER, period):
                expected = counted_by_hand(service, world.surveys, dimension, asked)
                assert reported(service, world.surveys, dimension, asked) == expected, step
                # Whole, cut into calendar months, into days, and with a hole in it.
                for parts in ([asked], asked.steps("month"), *cut(asked)):
                    found = reported(service, world.surveys, dimension, *parts, by_day=False)
                    assert found == by_period(expected, parts), (step, parts)


def test_after_a_sweep_only_the_young_answers_are_counted_from_the_rows(service: Service) -> None:
    survey = make_survey(service, founded(service))
    add_answer(service, survey, START, 9)
    swept(service, START + timedelta(days=2))
    with service.database.write() as connection:
        connection.execute(update(schema.report_counts).values(counts="[0,7,0,0,0,0,0,0,0,0,0]"))
    assert sum(reported(service, [survey], EVERYBODY, EVER).values()) == 7
    add_answer(service, survey, START + timedelta(days=2), 9)
    assert sum(reported(service, [survey], EVERYBODY, EVER).values()) == 8


def test_a_change_of_a_counted_day_is_seen_at_once_and_counted_again_by_the_next_sweep(
    service: Service,
) -> None:
    survey = make_survey(service, founded(service))
    answer = add_answer(service, survey, START, 9)
    swept(service, START + timedelta(days=2))
    with service.database.write() as connection:
        changed = update(schema.responses).where(schema.responses.c.id == answer)
        connection.execute(changed.values(excluded="spam"))
    assert reported(service, [survey], EVERYBODY, EVER) == {}
    assert len(rows(service, schema.report_marks)) == 1
    swept(service, START + timedelta(days=2))
    assert rows(service, schema.report_marks) == []
    assert rows(service, schema.report_counts) == []


def test_a_comment_or_a_tag_marks_nothing(service: Service) -> None:
    survey = make_survey(service, founded(service))
    answer = add_answer(service, survey, START, 9)
    swept(service, START + timedelta(days=2))
    with service.database.write() as connection:
        changed = update(schema.responses).where(schema.responses.c.id == answer)
        connection.execute(changed.values(comment="Nice", tags=["price"], updated_at=NOW))
    assert rows(service, schema.report_marks) == []


def test_a_usual_answer_marks_nothing(service: Service) -> None:
    survey = make_survey(service, founded(service))
    now = datetime.now(UTC)
    swept(service, now)
    add_answer(service, survey, now, 9)
    assert rows(service, schema.report_marks) == []


def test_a_huge_backlog_is_counted_in_short_looks(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = make_survey(service, founded(service))
    add_answers(
        service, survey, [{"at": START + timedelta(days=n), "score": n % 11} for n in range(30)]
    )
    monkeypatch.setattr(sweep_module, "LOOK_S", 0.0)
    now = START + timedelta(days=40)
    assert sweep(service.database, now)
    partly = rows(service, schema.report_books, project_id=survey.project_id)[0]
    assert partly["closed_until"] < partly["marking_until"]
    expected = counted_by_hand(service, [survey], EVERYBODY, EVER)
    assert reported(service, [survey], EVERYBODY, EVER) == expected
    swept(service, now)
    kept = {"dimension": EVERYBODY}
    assert len(rows(service, schema.report_counts, span="day", **kept)) == 30
    assert len(rows(service, schema.report_counts, span="month", **kept)) == 2
    assert reported(service, [survey], EVERYBODY, EVER) == expected


@pytest.mark.slow
def test_writers_sweeps_and_reports_at_once_lose_nothing(service: Service) -> None:
    survey = make_survey(service, founded(service))
    written = threading.Event()

    def write(channel: str) -> None:
        for number in range(60):
            at = START + timedelta(minutes=17 * number)
            answer = add_answer(service, survey, at, number % 11, channel=channel)
            if number % 3 == 0:
                with service.database.write() as connection:
                    mine = update(schema.responses).where(schema.responses.c.id == answer)
                    connection.execute(mine.values(score=5))

    def keep_sweeping() -> None:
        for number in count():
            if written.is_set():
                return
            sweep(service.database, START + timedelta(minutes=20 * number))

    def keep_reading() -> list[int]:
        seen = [0]
        while not written.is_set():
            seen.append(sum(reported(service, [survey], EVERYBODY, EVER).values()))
        return seen

    with ThreadPoolExecutor(6) as pool:
        sweeping = [pool.submit(keep_sweeping) for _ in range(2)]
        reading = pool.submit(keep_reading)
        wait([pool.submit(write, channel) for channel in ("email", "widget", "sms")])
        written.set()
    assert [one.result() for one in sweeping] == [None, None]
    assert reading.result() == sorted(reading.result()), "answers only come here, none goes"
    swept(service, START + timedelta(days=3))
    for dimension in (EVERYBODY, "channel"):
        expected = counted_by_hand(service, [survey], dimension, EVER)
        assert reported(service, [survey], dimension, EVER) == expected
        assert sum(expected.values()) == 180
