"""Somebody who uses the dashboard: follows links and sends forms as a browser does."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, Self

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from feedback_service.usecases.service import Service
from feedback_service.usecases.staff.keep_staff import StaffWish, add_staff, make_link
from feedback_service.web.clock import now

HOME = "/dashboard/p/shop/"


@dataclass
class Visitor:
    """csrf: the proof in the forms of the page last seen."""

    client: FlaskClient
    csrf: str = ""

    @classmethod
    def of_role(
        cls, service: Service, client: FlaskClient, role: str, only: int | None, name: str
    ) -> Self:
        """Add somebody and log them in by a link."""
        add_staff(service, StaffWish(name, role, only), "test", now())
        visitor = cls(client)
        path = f"/dashboard/link/{make_link(service, name, 'test', now())}"
        visitor.see(path)
        assert visitor.send(path).status_code == 303
        visitor.see(HOME)
        return visitor

    def see(self, path: str, status: int = 200) -> str:
        """Return a page's HTML."""
        reply = self.client.get(path)
        assert reply.status_code == status, (path, reply.status_code, reply.text[:500])
        if found := re.search(r'name="csrf" value="([0-9a-f]+)"', reply.text):
            self.csrf = found.group(1)
        return reply.text

    def send(self, path: str, **fields: Any) -> TestResponse:
        """Send a form, with the proof of the page last seen unless another is given."""
        return self.client.post(path, data={"csrf": self.csrf, **fields})


def words_of(html: str) -> str:
    """Return what a page says, without markup, blanks made one."""
    parser = _Words()
    parser.feed(html)
    return re.sub(r"\s+", " ", " ".join(parser.said))


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def handle_data(self, data: str) -> None:
        self.said.append(data)
