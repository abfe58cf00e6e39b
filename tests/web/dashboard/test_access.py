"""Who gets into the dashboard, and how far."""

import re
from typing import Any, Final, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient

from feedback_service.domain.staff import ROLES, TRIES
from feedback_service.usecases.service import Service
from feedback_service.usecases.staff.keep_staff import StaffWish, add_staff, make_link
from feedback_service.web.clock import now
from tests.factories import make_project
from tests.web.dashboard.browsing import HOME, Visitor
from tests.web.dashboard.conftest import LogIn

PASSWORD: Final = "five quiet green umbrellas"


@pytest.fixture
def anna(service: Service, project_id: int) -> str:
    add_staff(service, StaffWish("Anna", "admin", password=PASSWORD), "test", now())
    return "Anna"


def staff_routes(app: Flask) -> list[tuple[str, str, str]]:
    """Return (method, path, role) of every route for staff, of the project `shop`."""
    return [
        (method, re.sub(r"<[^>]+>", "x", rule.rule.replace("<slug>", "shop")), view.role)
        for rule in app.url_map.iter_rules()
        for view in [cast("Any", app.view_functions[rule.endpoint])]
        if getattr(view, "audience", None) == "staff"
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def test_nobody_sees_a_page_without_a_session(app: Flask, client: FlaskClient) -> None:
    routes = staff_routes(app)
    assert len(routes) > 30
    for method, path, _role in routes:
        for cookie in ("", "feedback_staff=guessed"):
            reply = client.open(path, method=method, headers={"Cookie": cookie})
            assert reply.status_code in {303, 401}, (method, path)
            if reply.status_code == 303:
                assert reply.headers["Location"].startswith("/dashboard/login")


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_as_far_as_it_may(app: Flask, log_in: LogIn, role: str) -> None:
    visitor = log_in(role)
    for method, path, least in staff_routes(app):
        if path == "/dashboard/logout":
            continue
        reply = visitor.client.open(path, method=method, data={"csrf": visitor.csrf})
        may = ROLES.index(role) >= ROLES.index(least)
        assert (reply.status_code != 403) == may, (method, path, reply.status_code)


def test_every_form_needs_the_proof_of_its_own_session(app: Flask, log_in: LogIn) -> None:
    visitor, other = log_in("admin"), log_in("admin", name="another")
    for method, path, _role in staff_routes(app):
        if method != "POST":
            continue
        for proof in ("", "0" * 64, other.csrf):
            assert visitor.send(path, csrf=proof).status_code == 403, path
    headers = {"Sec-Fetch-Site": "cross-site"}
    reply = visitor.client.post(
        f"{HOME}settings/policy", data={"csrf": visitor.csrf}, headers=headers
    )
    assert reply.status_code == 403


def test_who_logs_in_gets_a_fresh_cookie_scripts_cannot_read(
    client: FlaskClient, anna: str
) -> None:
    visitor = Visitor(client)
    before = client.get("/dashboard/login").headers["Set-Cookie"]
    visitor.see("/dashboard/login")
    reply = visitor.send("/dashboard/login", name=anna, password=PASSWORD)
    assert (reply.status_code, reply.headers["Location"]) == (303, "/dashboard/")
    cookie = reply.headers["Set-Cookie"]
    assert cookie.partition(";")[0] != before.partition(";")[0]
    for mark in ("HttpOnly", "SameSite=Lax", "Path=/dashboard"):
        assert mark in cookie
    assert "Secure" not in cookie
    https = client.get("/dashboard/login", base_url="https://feedback.test")
    assert "Secure" in https.headers["Set-Cookie"]


def test_a_wrong_name_and_a_wrong_password_look_the_same(client: FlaskClient, anna: str) -> None:
    visitor = Visitor(client)
    visitor.see("/dashboard/login")
    wrong = [
        visitor.send("/dashboard/login", name=name, password="wrong") for name in (anna, "Nobody")
    ]
    assert [reply.status_code for reply in wrong] == [401, 401]
    assert wrong[0].text.replace(anna, "Nobody") == wrong[1].text


def test_too_many_tries_are_told_so(client: FlaskClient, anna: str) -> None:
    visitor = Visitor(client)
    visitor.see("/dashboard/login")
    for _ in range(TRIES):
        visitor.send("/dashboard/login", name=anna, password="wrong")
    reply = visitor.send("/dashboard/login", name=anna, password=PASSWORD)
    assert reply.status_code == 429
    assert "too many tries" in reply.text


@pytest.mark.parametrize(
    ("wanted", "target"),
    [
        ("/dashboard/p/shop/cases?when=all", "/dashboard/p/shop/cases?when=all"),
        ("https://evil.test/", "/dashboard/"),
        ("//evil.test/dashboard/", "/dashboard/"),
        ("/dashboard/\\evil.test", "/dashboard/"),
        ("/l/open", "/dashboard/"),
    ],
)
def test_a_login_leads_on_to_pages_of_ours_only(
    client: FlaskClient, anna: str, wanted: str, target: str
) -> None:
    visitor = Visitor(client)
    visitor.see("/dashboard/login")
    reply = visitor.send("/dashboard/login", name=anna, password=PASSWORD, next=wanted)
    assert reply.headers["Location"] == target


def test_opening_a_link_does_not_use_it_up(
    service: Service, client: FlaskClient, anna: str
) -> None:
    path = f"/dashboard/link/{make_link(service, anna, 'test', now())}"
    for _ in range(2):
        assert client.get(path).status_code == 200
    assert client.post(path).status_code == 403  # a press on our own page, and nothing else
    visitor = Visitor(client)
    visitor.see(path)
    assert visitor.send(path).status_code == 303
    assert client.get(path).status_code == 410


def test_logging_out_ends_the_session_on_the_server(log_in: LogIn) -> None:
    visitor = log_in()
    cookie = visitor.client.get_cookie("feedback_staff", path="/dashboard")
    assert cookie is not None
    visitor.send("/dashboard/logout")
    visitor.client.set_cookie("feedback_staff", cookie.value, path="/dashboard")
    assert visitor.client.get(HOME).status_code == 303


def test_another_project_is_not_there_for_who_may_not_see_it(
    service: Service, project_id: int, log_in: LogIn
) -> None:
    make_project(service, "secret-brand")
    visitor = log_in("admin", only=project_id)
    assert "secret-brand" not in visitor.see("/dashboard/p/secret-brand/", 404).replace(
        "&#39;secret-brand&#39;", ""
    )
    assert visitor.see("/dashboard/p/no-such/", 404)


def test_an_admin_of_one_project_changes_only_its_people(
    service: Service, project_id: int, log_in: LogIn
) -> None:
    boss = add_staff(service, StaffWish("boss", "admin"), "test", now())
    visitor = log_in("admin", only=project_id)
    for deed in ("link", "role", "state"):
        reply = visitor.send(f"{HOME}users/{boss.id}/{deed}", role="agent", disabled="1")
        assert reply.status_code == 404
    made = visitor.send(f"{HOME}users", name="new", role="admin", everywhere="1")
    assert "/dashboard/link/" in made.text
    assert "this project" in visitor.see(f"{HOME}users")


def test_pages_run_nothing_but_our_own_files(log_in: LogIn) -> None:
    visitor = log_in()
    reply = visitor.client.get(HOME)
    policy = reply.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert reply.headers["Cache-Control"] == "no-store"
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|\sstyle=", reply.text)


def test_who_comes_before_the_first_project_is_told_how_to_make_one(
    service: Service, client: FlaskClient
) -> None:
    add_staff(service, StaffWish("Anna", "admin"), "test", now())
    visitor = Visitor(client)
    path = f"/dashboard/link/{make_link(service, 'Anna', 'test', now())}"
    visitor.see(path)
    assert visitor.send(path).status_code == 303
    page = visitor.see("/dashboard/", 404)
    assert "There is nothing here" in page
    assert "feedback-service project create NAME" in page


def test_a_path_that_leads_nowhere_is_a_page(client: FlaskClient) -> None:
    page = Visitor(client).see("/dashboard/respnses", 404)
    assert "The dashboard has no page /respnses." in page
