"""`tokens issue`, `campaign` and `respondent` as a campaign manager uses them."""

import csv
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from feedback_service.domain.alerting.addresses import OutboundPolicy
from feedback_service.usecases.collect import collect_response
from feedback_service.usecases.service import Service, open_service
from feedback_service.usecases.unsubscribe import unsubscribe
from feedback_service.web.clock import now
from tests.cli.calling import Call, eventually, printed
from tests.conftest import LOOPBACK
from tests.factories import answer

SECRET = "a secret that the test and the commands share"
PEOPLE = 30_000


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "FEEDBACK_DATA_DIR": str(tmp_path / "data"),
        "FEEDBACK_PUBLIC_URL": "https://feedback.test",
        "FEEDBACK_SECRET_KEY": SECRET,
    }


@pytest.fixture
def service(environment: dict[str, str], call: Call, tmp_path: Path) -> Iterator[Service]:
    """The service the commands work on, with a survey."""
    printed(call("project", "create", "Shop", "--json"))
    survey = tmp_path / "survey.toml"
    survey.write_text('key = "nps"\nmetric = "nps"\n', encoding="utf-8")
    assert call("survey", "apply", str(survey)).exit_code == 0
    path = Path(environment["FEEDBACK_DATA_DIR"]) / "feedback.db"

    opened = open_service(f"sqlite:///{path}", (SECRET,), OutboundPolicy(allow_nets=LOOPBACK))
    yield opened
    opened.database.dispose()


def list_of(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def command(source: Path, out: Path, *more: str) -> list[str]:
    files = ["--csv", str(source), "--out", str(out)]
    return ["tokens", "issue", "--survey", "nps", "--campaign", "spring", *files, *more]


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_mailing_and_its_reminder(call: Call, service: Service, tmp_path: Path) -> None:
    source = list_of(tmp_path / "in.csv", "name,customer_id", "A,anna", "B,ben", ",", "C,cleo")
    told = printed(call(*command(source, tmp_path / "out.csv", "--json")))
    assert (told["rows"], told["issued"], told["bad"]) == (4, 3, 1)
    report = (tmp_path / "out.csv.bad.csv").read_text(encoding="utf-8")
    assert report == "row,why\n4,\"column 'customer_id' is empty\"\n"
    links = {row["name"]: row for row in table(tmp_path / "out.csv")}
    assert links["A"]["url"] == "https://feedback.test/s/" + links["A"]["token"]
    collect_response(service, links["A"]["token"], answer(9), now())
    unsubscribe(service, links["B"]["token"], now())

    reminded = call(*command(source, tmp_path / "again.csv", "--unanswered-only"))
    assert reminded.exit_code == 0
    [cleo] = [row for row in table(tmp_path / "again.csv") if not row["skipped"]]
    assert cleo["token_id"] == links["C"]["token_id"]
    [shown] = printed(call("campaign", "show", "spring", "--json"))
    assert [shown[name] for name in ("sent", "reminded", "answered", "unsubscribed")] == [
        3,
        1,
        1,
        1,
    ]
    assert "spring" in call("campaign", "list").stdout

    explained = call("respondent", "explain", "ben").stdout
    assert explained.startswith("nps: ben is not asked: this person unsubscribed on ")
    assert printed(call("respondent", "explain", "cleo", "--json"))[0]["eligible"]
    assert printed(call("respondent", "show", "anna", "--json"))["responses"][0]["score"] == 9
    assert printed(call("respondent", "erase", "ben", "--yes", "--json"))["respondent"] == "ben"
    assert "unsubscribed" in call("respondent", "explain", "ben").stdout


def test_the_same_list_again_is_not_sent_again(
    call: Call, service: Service, tmp_path: Path
) -> None:
    source = list_of(tmp_path / "in.csv", "id,name", "anna,A", "ben,B")
    first = call(*command(source, tmp_path / "out.csv"))
    assert "count as sent" not in first.stdout
    again = call(*command(source, tmp_path / "again.csv"))
    assert (
        "Campaign 'spring' had this list before, and these are the same links: "
        "0 of them count as sent."
    ) in again.stdout
    links, same = table(tmp_path / "out.csv"), table(tmp_path / "again.csv")
    assert [row["token_id"] for row in links] == [row["token_id"] for row in same]
    [shown] = printed(call("campaign", "show", "spring", "--json"))
    assert (shown["sent"], shown["reminded"]) == (2, 0)


def refused(call: Call, *arguments: str) -> Any:
    result = call(*arguments)
    assert result.exit_code == 1
    return result.stderr


def test_a_list_that_cannot_be_used_is_refused_before_any_link(
    call: Call, service: Service, tmp_path: Path
) -> None:
    out = tmp_path / "out.csv"
    nameless = list_of(tmp_path / "a.csv", "name,age", "A,5")
    assert "--id-column, one of name, age" in refused(call, *command(nameless, out))
    empty = tmp_path / "empty.csv"
    empty.touch()
    assert "row 1 is empty" in refused(call, *command(empty, out))
    latin = tmp_path / "b.csv"
    latin.write_bytes(b"id,name\n1,A\n2,M\xfcller\n")
    assert "line 3" in refused(call, *command(latin, out))
    wide = tmp_path / "c.csv"
    wide.write_text("id,name\n1,A\n", encoding="utf-16")
    assert "is UTF-16" in refused(call, *command(wide, out))
    assert list(tmp_path.glob("out.csv*")) == []
    done = list_of(out, "id")
    assert "is there already" in refused(call, *command(nameless, done))


@pytest.mark.slow
def test_killed_again_and_again_no_row_is_lost_or_there_twice(
    environment: dict[str, str], call: Call, service: Service, tmp_path: Path
) -> None:
    people = [f'"cust_{number}","two\nlines {number}"' for number in range(PEOPLE)]
    source = list_of(tmp_path / "in.csv", "id,note", *people)
    out = tmp_path / "out.csv"
    part = out.with_name("out.csv.part")
    written = 0
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-m", "feedback_service.cli.main", *command(source, out)],
            env={**os.environ, **environment},
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )

        def has_grown(before: int = written) -> bool:
            return part.exists() and part.stat().st_size > before

        eventually(has_grown, 60, "nothing was written")
        process.send_signal(signal.SIGKILL)
        process.wait()
        written = part.stat().st_size
        assert not out.exists()
        assert printed(call("campaign", "list", "--json")) == []
    told = printed(call(*command(source, out, "--json")))
    assert (told["issued"], told["sent"]) == (PEOPLE, PEOPLE)
    made = table(out)
    assert [row["id"] for row in made] == [f"cust_{number}" for number in range(PEOPLE)]
    assert len({row["token_id"] for row in made}) == PEOPLE
    assert [row["note"] for row in made[:2]] == ["two\nlines 0", "two\nlines 1"]
    assert printed(call("campaign", "list", "--json"))[0]["sent"] == PEOPLE
    assert not part.exists()
    again = printed(call(*command(source, tmp_path / "again.csv", "--json")))
    assert (again["issued"], again["sent"]) == (PEOPLE, 0)


def test_the_policy_of_a_project_is_set_and_kept(call: Call, service: Service) -> None:
    assert printed(call("project", "policy", "--json"))["after_answer_days"] == 90
    changed = printed(call("project", "policy", "--after-answer", "30", "--cap", "0", "--json"))
    assert (changed["after_answer_days"], changed["cap"]) == (30, 0)
    assert printed(call("project", "policy", "--json")) == changed
    assert "from 0 (off) to 730" in refused(call, "project", "policy", "--after-decline", "9999")
    assert printed(call("project", "policy", "--reset", "--json"))["cap"] == 3
