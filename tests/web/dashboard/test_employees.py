"""What a single employee or partner answered is for admins, on every page and in every form."""

import pytest

from feedback_service.domain.staff import ROLES
from feedback_service.domain.surveys import Survey
from feedback_service.storage.schema import cases, responses
from feedback_service.usecases.following_up.follow_case import follow_case
from feedback_service.usecases.service import Service
from feedback_service.web.clock import now
from tests.factories import answer, collect, link_token, make_survey, rows
from tests.web.calling import bearer
from tests.web.dashboard.browsing import HOME, words_of
from tests.web.dashboard.conftest import LogIn

pytestmark = pytest.mark.slow

WHO = "emp-4711"
SAID = "my boss shouts at us"
BELOW_ADMIN = [role for role in ROLES if role != "admin"]
LISTS = (
    "?survey=team",
    "live/overview?survey=team",
    "responses",
    "responses?survey=team",
    "responses?q=boss",
    f"responses?respondent={WHO}",
    "responses?band=detractor",
    "responses?tag=mood",
    "cases?when=all",
    "cases?when=all&whose=nobody",
    "words?survey=team",
)


@pytest.fixture(params=["employee", "partner"])
def team(request: pytest.FixtureRequest, service: Service, project_id: int) -> Survey:
    return make_survey(service, project_id, key="team", audience=request.param)


@pytest.fixture
def told(service: Service, project_id: int, team: Survey) -> str:
    """The id of an answer that has a name, words, a tag and a case."""
    token = link_token(service, team, respondent=WHO, traits={"office": "attic"}, now=now())
    found = collect(service, token, answer(1, SAID), now()).response
    follow_case(service, project_id, found.id, {"actor": "test", "note": "ask her"}, now())
    with service.database.write() as connection:
        connection.execute(responses.update().values(tags=["mood"]))
    return found.id


@pytest.mark.parametrize("role", BELOW_ADMIN)
@pytest.mark.parametrize("path", [*LISTS, "responses?survey=team&counted=1&word=boss"])
def test_no_list_shows_it_below_an_admin(
    service: Service, nps: Survey, told: str, log_in: LogIn, path: str, role: str
) -> None:
    token = link_token(service, nps, respondent="cust-1", now=now())
    collect(service, token, answer(1, "the boss of the shop"), now())
    page = log_in(role).see(HOME + path)
    for secret in (told, WHO, SAID, "attic"):
        assert secret not in page.replace(f'value="{WHO}"', "")
    if path in {"responses", "responses?q=boss", "responses?band=detractor"}:
        assert "the boss of the shop" in page
        assert "shown to admins only" in words_of(page)


@pytest.mark.parametrize("path", LISTS[:-1])
def test_an_admin_sees_it(told: str, log_in: LogIn, path: str) -> None:
    assert SAID in log_in("admin").see(HOME + path)


@pytest.mark.parametrize("role", BELOW_ADMIN)
def test_below_an_admin_it_is_neither_opened_nor_changed(
    service: Service, told: str, log_in: LogIn, role: str
) -> None:
    before = rows(service, responses), rows(service, cases)
    visitor = log_in(role)
    one = f"{HOME}responses/{told}"
    page = visitor.see(one, 403)
    assert "shown to admins only" in words_of(page)
    assert SAID not in page
    for form, fields in (
        ("tags", {"tags": "mine"}),
        ("exclude", {"reason": "I do not like it"}),
        ("confirm", {}),
        ("case", {"status": "resolved"}),
    ):
        assert visitor.send(f"{one}/{form}", **fields).status_code == 403
    assert (rows(service, responses), rows(service, cases)) == before


def test_an_admin_opens_and_changes_it(service: Service, told: str, log_in: LogIn) -> None:
    visitor = log_in("admin")
    page = words_of(visitor.see(f"{HOME}responses/{told}"))
    assert WHO in page
    assert "attic" in page
    assert visitor.send(f"{HOME}responses/{told}/tags", tags="mine").status_code == 303
    assert visitor.send(f"{HOME}responses/{told}/case", status="resolved").status_code == 303


@pytest.mark.parametrize(("role", "waiting"), [*((role, 1) for role in BELOW_ADMIN), ("admin", 2)])
def test_cases_are_counted_as_they_are_shown(
    service: Service,
    project_id: int,
    nps: Survey,
    told: str,
    log_in: LogIn,
    *,
    role: str,
    waiting: int,
) -> None:
    token = link_token(service, nps, respondent="cust-1", now=now())
    found = collect(service, token, answer(1, "late"), now()).response
    follow_case(service, project_id, found.id, {"actor": "test"}, now())
    page = words_of(log_in(role).see(f"{HOME}cases?when=all"))
    assert f"{waiting} open in all" in page
    assert page.count("The full answer and its history") == waiting


def test_asking_customers_later_does_not_lay_open_what_employees_said(
    service: Service, project_id: int, told: str, log_in: LogIn
) -> None:
    make_survey(service, project_id, key="team", audience="customer")
    for path in ("responses?survey=team", "?survey=team", "cases?when=all"):
        assert SAID not in log_in("agent", name=path).see(HOME + path)


def test_an_analyst_does_not_turn_employees_into_customers(
    service: Service, project_id: int, team: Survey, log_in: LogIn
) -> None:
    form = {"key": "team", "metric": "nps", "status": "active", "rest": "{}"}
    visitor = log_in("analyst")
    for audience in ("customer", ""):
        reply = visitor.send(f"{HOME}surveys/team", **form, audience=audience)
        assert reply.status_code == 422
        assert "Only an admin" in reply.text
    kept = {**form, "audience": team.definition.audience, "subject": "the shop"}
    assert visitor.send(f"{HOME}surveys/team", **kept).status_code == 303
    boss = log_in("admin")
    reply = boss.send(f"{HOME}surveys/team", **form, audience="customer")
    assert reply.status_code == 303


def test_a_secret_key_of_the_api_sees_it(
    service: Service, project_id: int, told: str, log_in: LogIn
) -> None:
    reply = log_in("agent").client.get(
        f"/v1/responses/{told}", headers=bearer(service, project_id, "responses:read")
    )
    assert reply.get_json()["comment"] == SAID
