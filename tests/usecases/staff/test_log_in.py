"""Staff log in: by password or by a link, throttled, for a while, and shut out at once."""

from datetime import timedelta

import pytest

from feedback_service.domain.errors import InvalidValue, NameTaken
from feedback_service.domain.staff import SESSION_IDLE, SESSION_LONGEST, TRIES, TRIES_WITHIN
from feedback_service.storage.schema import staff, staff_deeds, staff_links, staff_sessions
from feedback_service.usecases.service import Service
from feedback_service.usecases.staff.keep_staff import (
    StaffWish,
    add_staff,
    make_link,
    set_disabled,
    set_password,
    set_role,
)
from feedback_service.usecases.staff.log_in import (
    Login,
    log_in,
    log_in_by_link,
    owner_of_link,
    session_of,
)
from tests.factories import DAY, NOW, rows

PASSWORD = "five quiet green umbrellas"


@pytest.fixture
def anna(service: Service) -> str:
    add_staff(service, StaffWish("Anna", "admin", password=PASSWORD), "test", NOW)
    return "Anna"


def entered(found: Login) -> str:
    assert found.session is not None
    return found.session


def test_the_right_password_begins_a_session_whatever_the_case_of_the_name(
    service: Service, anna: str
) -> None:
    session = entered(log_in(service, " anna ", PASSWORD, NOW))
    found = session_of(service, session, NOW)
    assert found is not None
    assert found.staff.name == anna
    # Neither the session's id nor the password can be read from the database.
    stored = f"{rows(service, staff_sessions)}{rows(service, staff)}"
    assert session not in stored
    assert PASSWORD not in stored
    assert "$argon2id$" in stored


@pytest.mark.parametrize(
    ("name", "password"),
    [
        pytest.param("Anna", "wrong", id="wrong password"),
        pytest.param("Nobody", PASSWORD, id="unknown name"),
        pytest.param("", "", id="nothing"),
        pytest.param("Anna", PASSWORD + "\ud800", id="what is no text"),
    ],
)
def test_all_else_is_refused_alike(service: Service, anna: str, name: str, password: str) -> None:
    assert log_in(service, name, password, NOW) == Login(None)
    assert rows(service, staff_sessions) == []


@pytest.mark.parametrize("name", ["Anna", "Nobody"])
def test_whoever_guesses_too_often_waits_even_with_the_right_password(
    service: Service, anna: str, name: str
) -> None:
    for _ in range(TRIES):
        assert log_in(service, name, "wrong", NOW) == Login(None)
    assert log_in(service, name, PASSWORD, NOW) == Login(None, throttled=True)
    later = NOW + TRIES_WITHIN
    assert (log_in(service, name, PASSWORD, later).session is not None) == (name == "Anna")


def test_a_login_forgets_the_tries_before_it(service: Service, anna: str) -> None:
    for _ in range(3):
        for _ in range(TRIES - 1):
            log_in(service, anna, "wrong", NOW)
        entered(log_in(service, anna, PASSWORD, NOW))


def test_a_link_lets_in_once(service: Service, anna: str) -> None:
    link = make_link(service, anna, "test", NOW)
    assert link not in str(rows(service, staff_links))
    for _ in range(2):  # looking at it does not use it up
        owner = owner_of_link(service, link, NOW)
        assert owner is not None
        assert owner.name == anna
    entered(log_in_by_link(service, link, NOW))
    assert log_in_by_link(service, link, NOW) == Login(None)
    assert owner_of_link(service, link, NOW) is None


def test_a_link_is_good_for_a_day(service: Service, anna: str) -> None:
    link = make_link(service, anna, "test", NOW)
    assert log_in_by_link(service, link, NOW + DAY) == Login(None)


def test_a_session_ends_when_nobody_uses_it(service: Service, anna: str) -> None:
    session = entered(log_in(service, anna, PASSWORD, NOW))
    late = NOW + SESSION_IDLE - timedelta(minutes=1)
    # A page that asks by itself keeps no session alive.
    assert session_of(service, session, late, by_hand=False) is not None
    assert session_of(service, session, NOW + SESSION_IDLE) is None
    assert session_of(service, session, late) is not None
    assert session_of(service, session, NOW + SESSION_IDLE) is not None


def test_a_session_ends_after_a_week_however_busy_it_is(service: Service, anna: str) -> None:
    session = entered(log_in(service, anna, PASSWORD, NOW))
    at = NOW
    while at < NOW + SESSION_LONGEST:
        assert session_of(service, session, at) is not None
        at += timedelta(hours=7)
    assert session_of(service, session, NOW + SESSION_LONGEST) is None


def test_who_is_shut_out_is_out_at_once(service: Service, anna: str) -> None:
    add_staff(service, StaffWish("Ben", "agent", password=PASSWORD), "test", NOW)
    session = entered(log_in(service, "Ben", PASSWORD, NOW))
    link = make_link(service, "Ben", anna, NOW)
    set_disabled(service, "Ben", anna, NOW, disabled=True)
    assert session_of(service, session, NOW) is None
    assert log_in(service, "Ben", PASSWORD, NOW) == Login(None)
    assert log_in_by_link(service, link, NOW) == Login(None)


def test_a_new_password_ends_the_sessions_of_the_old_one(service: Service, anna: str) -> None:
    session = entered(log_in(service, anna, PASSWORD, NOW))
    set_password(service, anna, "another six brown teapots", anna, NOW)
    assert session_of(service, session, NOW) is None
    assert log_in(service, anna, PASSWORD, NOW) == Login(None)


def test_the_last_admin_stays_one(service: Service, anna: str) -> None:
    with pytest.raises(InvalidValue, match="last admin"):
        set_role(service, anna, "agent", "test", NOW)
    with pytest.raises(InvalidValue, match="last admin"):
        set_disabled(service, anna, "test", NOW, disabled=True)
    add_staff(service, StaffWish("Ben", "admin"), "test", NOW)
    assert set_role(service, anna, "agent", "test", NOW).role == "agent"


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (StaffWish("Cleo", "boss"), "/role"),
        (StaffWish(" ", "agent"), "/name"),
        (StaffWish("Cleo", "agent", password="short"), "/password"),
        (StaffWish("Cleo", "agent", password="aaaaaaaaaaaaaaaa"), "/password"),
        (StaffWish("Cleopatra VII.", "agent", password="cleopatra vii."), "/password"),
    ],
)
def test_what_is_wrong_with_somebody_is_named(
    service: Service, wish: StaffWish, field: str
) -> None:
    with pytest.raises(InvalidValue) as refusal:
        add_staff(service, wish, "test", NOW)
    assert refusal.value.field == field


def test_a_name_is_taken_whatever_its_case(service: Service, anna: str) -> None:
    with pytest.raises(NameTaken):
        add_staff(service, StaffWish(anna.upper(), "agent"), "test", NOW)


def test_everything_is_written_down(service: Service, anna: str) -> None:
    log_in(service, anna, "wrong", NOW)
    log_in(service, anna, PASSWORD, NOW)
    set_role(service, anna, "admin", "root", NOW)
    assert [
        (row["actor"], row["action"], row["subject"]) for row in rows(service, staff_deeds)
    ] == [
        ("test", "added user as admin", "Anna"),
        ("Anna", "login failed", None),
        ("Anna", "logged in", None),
        ("root", "made user admin", "Anna"),
    ]
