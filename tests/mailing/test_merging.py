"""docs/mail.md: its script merges links.csv into the block, and the links work."""

import csv
import re
import subprocess
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Final

import pytest
from flask.testing import FlaskClient

from feedback_service.mailing.links import SENDERS
from feedback_service.usecases.service import Service
from tests.factories import make_project, make_survey
from tests.mailing.rendering import read
from tests.web.calling import bearer

PAGE: Final = Path(__file__).parents[2] / "docs/mail.md"


@pytest.fixture
def mailed(client: FlaskClient, service: Service, tmp_path: Path) -> list[EmailMessage]:
    """Two people's mails, made as the page says."""
    project_id = make_project(service)
    make_survey(service, project_id)
    auth = bearer(service, project_id)
    for name, wish in (("mail.html", {"full": "true"}), ("mail.txt", {"format": "text"})):
        reply = client.get("/v1/surveys/nps/email", query_string=wish, headers=auth)
        (tmp_path / name).write_text(reply.text, encoding="utf-8")
    with (tmp_path / "links.csv").open("w", newline="", encoding="utf-8") as file:
        columns = ["email", "url", "unsubscribe_url", "skipped"]
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        for person in ("ann", "ben"):
            wish = {"survey": "nps", "channel": "email", "respondent": person}
            issued = client.post("/v1/tokens", json=wish, headers=auth).get_json()
            writer.writerow({"email": f"{person}@customer.example", "skipped": "", **issued})
        writer.writerow({"email": "cleo@customer.example", "skipped": "unsubscribed"})
    (script,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "merge.py").write_text(script, encoding="utf-8")
    subprocess.run([sys.executable, tmp_path / "merge.py", tmp_path], check=True, timeout=30)
    return [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted(tmp_path.glob("*.eml"))
    ]


def test_a_row_becomes_a_mail_whose_links_work(
    client: FlaskClient, mailed: list[EmailMessage]
) -> None:
    assert [mail["To"] for mail in mailed] == ["ann@customer.example", "ben@customer.example"]
    opened = set()
    for mail in mailed:
        html = mail.get_body(("html",))
        assert html is not None
        links = read(html.get_content()).links
        nine = next(href for href, name, _ in links if name == "9 of 10")
        page = client.get(nine)
        assert page.status_code == 200
        assert re.search(r'value="9"[^>]* checked', page.text)
        assert client.get(links[-1][0]).status_code == 200
        assert mail["List-Unsubscribe"] == f"<{links[-1][0]}>"
        opened.add(nine)
    assert len(opened) == 2, "each person has a link of their own"


def test_both_parts_of_a_mail_have_the_same_links(mailed: list[EmailMessage]) -> None:
    for mail in mailed:
        html, text = mail.get_body(("html",)), mail.get_body(("plain",))
        assert html is not None
        assert text is not None
        written = re.findall(r"https?://\S+", text.get_content())
        assert written == [href for href, _, _ in read(html.get_content()).links]


def test_the_page_names_every_sender_with_its_tags() -> None:
    rows = {
        cells[0]: cells[1:]
        for line in PAGE.read_text(encoding="utf-8").replace(r"\|", "\0").splitlines()
        if len(cells := [cell.replace("\0", "|") for cell in re.findall(r"`([^`]+)`", line)]) == 3
        and line.startswith("| `")
    }
    told = {name: tuple(tags) for name, tags in rows.items() if name in SENDERS}
    assert told == {name: (links.survey, links.unsubscribe) for name, links in SENDERS.items()}
