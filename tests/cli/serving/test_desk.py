"""The desk takes whole answers only, and lets go of who waits while it is held up."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from queue import SimpleQueue

import pytest

from feedback_service.cli.serving.desk import Desk
from tests.cli.calling import eventually
from tests.cli.serving.answering import request_of

WHOLE = request_of("a token")


@dataclass(frozen=True, eq=False)
class Connection:
    sock: socket.socket


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A client and its connection as a worker has it."""
    listener = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(listener.getsockname())
    taken, _ = listener.accept()
    yield client, taken
    for one in (client, taken, listener):
        one.close()


def fill(taken: socket.socket) -> None:
    """Send until nothing more goes out: the client reads nothing."""
    try:
        while True:
            taken.send(bytes(1_000_000))
    except BlockingIOError:
        return


@pytest.mark.parametrize(
    ("sent", "is_taken"),
    [
        pytest.param(WHOLE, True, id="a whole answer"),
        pytest.param(
            WHOLE.replace(b"Content-L", b"content-l"), True, id="headers in small letters"
        ),
        pytest.param(WHOLE[:-1], False, id="its end is missing"),
        pytest.param(WHOLE.partition(b"\r\n\r\n")[0], False, id="headers only"),
        pytest.param(WHOLE + b"P", False, id="the next one has begun"),
        pytest.param(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", False, id="something else"),
        pytest.param(WHOLE.replace(b"/responses", b"/tokens"), False, id="another path"),
        pytest.param(
            WHOLE.replace(b"Host: x", b"Transfer-Encoding: chunked"), False, id="chunked, too"
        ),
        pytest.param(
            WHOLE.replace(b"Content-Length", b"X-Length"), False, id="no length: it ends some day"
        ),
        pytest.param(WHOLE.replace(b"Host: x", b"Host: " + b"x" * 9000), False, id="much to read"),
    ],
)
def test_what_it_takes(
    pair: tuple[socket.socket, socket.socket], sent: bytes, is_taken: bool
) -> None:
    client, taken = pair
    client.sendall(sent)
    eventually(lambda: len(taken.recv(20_000, socket.MSG_PEEK)) == len(sent), 5, "lost")
    desk = Desk(lambda _: True, lambda _: None)
    assert desk.take(Connection(taken)) is is_taken
    assert taken.recv(20_000) == sent, "it only looked"


def test_who_has_not_read_the_last_reply_is_not_taken(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    client, taken = pair
    client.sendall(WHOLE)
    taken.setblocking(False)
    fill(taken)
    assert not Desk(lambda _: True, lambda _: None).take(Connection(taken))


def test_while_it_is_held_up_others_are_served_by_threads(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    client, taken = pair
    client.sendall(WHOLE)
    served: SimpleQueue[object] = SimpleQueue()
    go_on = threading.Event()
    desk = Desk(lambda _: go_on.wait(30), served.put)
    desk.open()
    first, second = Connection(taken), Connection(taken)
    assert desk.take(first)
    eventually(lambda: not desk.take(second), 10, "it takes more and more")
    assert set(desk.left_waiting()) == {second}
    go_on.set()
    assert served.get(timeout=10) == [(first, True)]
    eventually(lambda: desk.take(second), 10, "it never recovered")
    assert served.get(timeout=10) == [(second, True)]


def test_one_that_crashes_ends_alone(pair: tuple[socket.socket, socket.socket]) -> None:
    client, taken = pair
    client.sendall(WHOLE)
    served: SimpleQueue[list[tuple[Connection, object]]] = SimpleQueue()
    bad = Connection(taken)

    def handle(connection: Connection) -> bool:
        if connection is bad:
            raise RuntimeError("a fault of ours")
        return True

    desk = Desk(handle, served.put)
    desk.open()
    good = Connection(taken)
    assert desk.take(bad)
    assert desk.take(good)
    ended = dict(served.get(timeout=10))
    if good not in ended:
        ended |= dict(served.get(timeout=10))
    assert ended == {bad: False, good: True}
