"""Every page there is fits a phone and a desktop, by day and night, and is open to everybody."""

import re

import pytest
from flask import Flask
from playwright.sync_api import expect

from feedback_service.usecases.service import Service
from feedback_service.usecases.staff.keep_staff import StaffWish, add_staff, make_link
from feedback_service.web.clock import now
from tests.e2e.dashboard.conftest import Shop
from tests.e2e.dashboard.places import FAULTS, FRAMED, NO_PAGES, OUTSIDE, PLACES
from tests.e2e.dashboard.watching import HOME, Watched
from tests.engines import Engine
from tests.factories import make_project

LOOKS = [(360, "light"), (360, "dark"), (1280, "light"), (1280, "dark")]


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """One engine: how pages look does not depend on it."""
    chosen: Engine = request.getfixturevalue("sqlite")
    return chosen


def test_no_page_of_the_route_map_is_forgotten(app: Flask) -> None:
    routed = {
        rule.endpoint.removeprefix("dashboard.")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("dashboard.") and "GET" in (rule.methods or ())
    }
    listed = [*PLACES, *OUTSIDE, *FRAMED, *NO_PAGES]
    assert sorted(listed) == sorted(routed)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_every_page_fits_and_can_be_used_by_everybody(
    visit: Watched, shop: Shop, width: int, scheme: str
) -> None:
    visit.look(width, scheme)
    for path in (path for paths in PLACES.values() for path in paths):
        visit.check(HOME + path.format(**shop.ids))
    visit.see(f"{HOME}surveys/nps")
    framed = visit.page.locator("iframe.preview")
    expect(framed).to_have_attribute("src", re.compile("/dashboard/preview/"))
    visit.check((framed.get_attribute("src") or "").removeprefix(visit.url))


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_so_do_pages_that_say_no_and_pages_for_strangers(
    visit: Watched, service: Service, width: int, scheme: str
) -> None:
    visit.look(width, scheme)
    for path, status in FAULTS.items():
        visit.check(path, status)
    visit.page.context.clear_cookies()
    add_staff(service, StaffWish("Ben", "agent"), "test", now())
    link = make_link(service, "Ben", "test", now())
    for path in OUTSIDE.values():
        visit.check(path.format(link=link))
    visit.page.get_by_role("button", name="Log in").click()
    visit.page.wait_for_url("**/p/shop/")
    visit.check(f"{HOME}settings", 403)
    visit.page.context.clear_cookies()
    visit.see("/dashboard/login")
    visit.page.get_by_label("Name").fill("Anna")
    visit.page.get_by_label("Password").fill("not her password")
    visit.page.get_by_role("button", name="Log in").click()
    visit.page.get_by_role("alert").wait_for()
    assert visit.violations() == []


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [LOOKS[0], LOOKS[3]])
def test_so_does_a_project_nobody_has_asked_anything_in(
    visit: Watched, service: Service, width: int, scheme: str
) -> None:
    make_project(service, "fresh")
    visit.look(width, scheme)
    for path in (paths[0] for paths in PLACES.values()):
        if "{" not in path and path != "surveys/nps":
            visit.check(f"/dashboard/p/fresh/{path}")
