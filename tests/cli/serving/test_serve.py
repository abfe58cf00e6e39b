"""serve: starts, ends well, restarts its dispatcher, leaves nobody behind."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.cli.calling import RunningServe, called, command_of, eventually

pytestmark = pytest.mark.slow


def test_it_is_ready_on_an_empty_machine_and_ends_well(serve: RunningServe) -> None:
    assert serve.status("/healthz") == 200
    serve.process.send_signal(signal.SIGTERM)
    assert serve.process.wait(40) == 0
    assert serve.nobody_left()
    assert "Traceback" not in serve.log.read_text()


def test_modules_in_the_folder_where_it_starts_are_not_its_own(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.joinpath("click.py").write_text("raise SystemExit('not ours')\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with RunningServe(environment) as running:
        running.wait_until_ready()
        assert "not ours" not in running.log.read_text()


def test_ctrl_c_ends_it_well(serve: RunningServe) -> None:
    serve.process.send_signal(signal.SIGINT)
    assert serve.process.wait(40) == 0
    assert serve.nobody_left()


def test_a_killed_dispatcher_is_started_again(serve: RunningServe) -> None:
    first = serve.child("worker")
    assert first is not None
    os.kill(first, signal.SIGKILL)
    eventually(lambda: serve.child("worker") not in {None, first}, 20, "no second dispatcher")
    assert serve.status("/healthz") == 200


def test_the_end_of_gunicorn_ends_everything(serve: RunningServe) -> None:
    web = serve.child("web")
    assert web is not None
    os.kill(web, signal.SIGKILL)
    assert serve.process.wait(40) == 1
    assert serve.nobody_left()


def test_a_killed_supervisor_leaves_nobody(serve: RunningServe) -> None:
    serve.process.kill()
    serve.process.wait()
    eventually(serve.nobody_left, 40, "somebody lives on")


def test_a_request_in_flight_is_answered_before_the_end(serve: RunningServe) -> None:
    with socket.create_connection(serve.address, timeout=30) as client:
        client.sendall(b"POST /v1/responses HTTP/1.1\r\nHost: x\r\nConnection: close\r\n")
        client.sendall(b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{")
        time.sleep(0.5)
        serve.process.send_signal(signal.SIGTERM)
        # Who comes now is told so, instead of waiting for nobody.
        eventually(serve.refuses, 10, "it still takes people in")
        client.sendall(b"}")
        assert client.recv(9) == b"HTTP/1.1 "
    assert serve.process.wait(40) == 0


def test_no_request_breaks_off_when_it_is_ended_under_load(serve: RunningServe) -> None:
    broken: list[OSError] = []
    answered: list[bytes] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            try:
                client = socket.create_connection(serve.address, timeout=30)
            except OSError:
                return  # nobody listens any more, and nothing was accepted
            with client:
                try:
                    client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    answered.append(client.recv(12))
                except OSError as error:
                    broken.append(error)

    clients = [threading.Thread(target=ask) for _ in range(4)]
    for client in clients:
        client.start()
    time.sleep(1)
    serve.process.send_signal(signal.SIGTERM)
    assert serve.process.wait(40) == 0
    stop.set()
    for client in clients:
        client.join()
    # The last of each client may still have waited in the listener's queue, never accepted.
    assert len(answered) > 50
    assert sum(reply != b"HTTP/1.1 200" for reply in answered) + len(broken) <= len(clients)


def test_a_port_in_use_ends_it_with_the_reason(environment: dict[str, str]) -> None:
    host, _, port = environment["FEEDBACK_BIND"].rpartition(":")
    with socket.create_server((host, int(port))), RunningServe(environment) as running:
        assert running.process.wait(90) == 1
        assert "in use" in running.log.read_text()


def test_without_a_dispatcher_it_is_alive_but_not_ready(environment: dict[str, str]) -> None:
    with RunningServe(environment, "--no-worker") as running:
        eventually(lambda: running.status("/healthz") == 200, 90, "it never came alive")
        assert running.status("/readyz") == 503
        assert not [pid for pid in running.family() if " worker " in command_of(pid)]


def test_the_supervisor_stays_small(environment: dict[str, str]) -> None:
    code = (
        "import sys, feedback_service.cli.main, feedback_service.cli.serving.serve;"
        "print(sorted({'flask', 'sqlalchemy', 'gunicorn', 'structlog'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert found.stdout.strip() == "[]"


def test_wrong_settings_are_all_told_before_anything_starts(environment: dict[str, str]) -> None:
    environment |= {"FEEDBACK_WORKERS": "many", "FEEDBACK_LOG_LEVEL": "loud"}
    result = called(environment, "serve")
    assert result.exit_code == 1
    assert "FEEDBACK_WORKERS" in result.stderr
    assert "FEEDBACK_LOG_LEVEL" in result.stderr
    assert not Path(environment["FEEDBACK_DATA_DIR"]).exists()
