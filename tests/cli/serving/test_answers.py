"""Answers over kept connections: nobody holds up another, nothing acknowledged is lost."""

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from tests.cli.calling import RunningServe, eventually
from tests.cli.serving.answering import Client, Reply, open_shop, request_of
from tests.crashing import restartable_postgresql

pytestmark = pytest.mark.slow


def test_a_kept_connection_takes_answer_after_answer(
    serve: RunningServe, environment: dict[str, str]
) -> None:
    shop = open_shop(serve, environment)
    client = Client(serve)
    replies = [client.ask(request_of(token)) for token in shop.tokens(20)]
    assert [reply.status for reply in replies] == [201] * 20
    assert shop.stored() == {reply.body["id"] for reply in replies}
    client.close()


def test_what_is_wrong_is_told_to_its_sender_alone(
    serve: RunningServe, environment: dict[str, str]
) -> None:
    shop = open_shop(serve, environment)
    good = shop.tokens(30)
    clients = [Client(serve) for _ in range(3)]
    # Once each, so that the connections are known to be kept.
    assert [c.ask(request_of(t)).status for c, t in zip(clients, good[:3], strict=True)] == [
        201
    ] * 3

    def nine(client: Client, tokens: list[str]) -> list[int]:
        asked = [request_of(tokens[0]), request_of("forged"), request_of(tokens[1], 11)]
        asked += [request_of(tokens[0]), request_of(tokens[1], 0)]
        asked.append(b"POST /v1/responses HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
        asked.append(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        return [client.ask(one).status for one in asked]

    with ThreadPoolExecutor(3) as pool:
        told = list(pool.map(nine, clients, [good[3:5], good[5:7], good[7:9]]))
    assert told == [[201, 401, 422, 200, 201, 415, 200]] * 3
    assert len(shop.stored()) == 3 + 6
    for client in clients:
        client.close()


def test_the_slow_and_the_deaf_hold_up_nobody(
    serve: RunningServe, environment: dict[str, str]
) -> None:
    shop = open_shop(serve, environment)
    tokens = shop.tokens(24)
    slow, deaf, brisk = Client(serve), Client(serve), Client(serve)
    for client, token in zip((slow, deaf, brisk), tokens, strict=False):
        assert client.ask(request_of(token)).status == 201
    late = request_of(tokens[3])
    slow.socket.sendall(late[:-5])
    # Asks again and again without reading a reply, until nothing more goes out.
    deaf.socket.settimeout(0.5)
    with pytest.raises(TimeoutError):
        deaf.socket.sendall(request_of(tokens[1]) * 100_000)
    began = time.monotonic()
    assert [brisk.ask(request_of(token)).status for token in tokens[4:]] == [201] * 20
    assert time.monotonic() - began < 10
    assert slow.ask(late[-5:]).status == 201
    for client in (slow, deaf, brisk):
        client.close()


def test_two_answers_in_one_breath_get_two_replies(
    serve: RunningServe, environment: dict[str, str]
) -> None:
    shop = open_shop(serve, environment)
    first, second, third = shop.tokens(3)
    client = Client(serve)
    assert client.ask(request_of(first)).status == 201
    assert client.ask(request_of(second) + request_of(third)).status == 201
    assert client.reply().status == 201
    client.close()


def test_ended_under_load_it_keeps_all_it_acknowledged(environment: dict[str, str]) -> None:
    acknowledged: set[str] = set()
    broken: list[str] = []

    def answer(serve: RunningServe, tokens: list[str]) -> None:
        with closing(Client(serve)) as client:
            for token in tokens:
                try:
                    reply: Reply = client.ask(request_of(token))
                except OSError:
                    broken.append(token)
                    return
                assert reply.status == 201
                acknowledged.add(reply.body["id"])

    with RunningServe(environment) as serve:
        serve.wait_until_ready()
        shop = open_shop(serve, environment)
        tokens = shop.tokens(600)
        people = [
            threading.Thread(target=answer, args=(serve, tokens[n * 100 : n * 100 + 100]))
            for n in range(6)
        ]
        for person in people:
            person.start()
        eventually(lambda: len(acknowledged) > 100, 30, "nobody answers")
        serve.process.send_signal(signal.SIGTERM)
        assert serve.process.wait(40) == 0
        for person in people:
            person.join(30)
    with RunningServe(environment) as again:
        again.wait_until_ready()
        stored = type(shop)(again, shop.secret_key).stored()
    assert acknowledged <= stored
    # Of each who was cut off, the last answer may be stored without a reply that came through.
    assert len(stored - acknowledged) <= len(broken) <= len(people)


def test_while_the_database_is_away_answers_are_refused_and_then_taken_again(
    environment: dict[str, str],
) -> None:
    with restartable_postgresql() as (postgresql, restart):
        restart.make_durable()
        environment |= {"FEEDBACK_DATABASE_URL": postgresql.migrated()}
        with RunningServe(environment) as serve:
            serve.wait_until_ready()
            shop = open_shop(serve, environment)
            tokens = iter(shop.tokens(12))
            clients = [Client(serve) for _ in range(4)]
            assert {client.ask(request_of(next(tokens))).status for client in clients} == {201}
            refused = [next(tokens) for _ in clients]
            restart.crash()
            with ThreadPoolExecutor(4) as pool:
                told = list(pool.map(lambda c, t: c.ask(request_of(t)), clients, refused))
            assert {reply.status for reply in told} == {503}
            restart.start()
            # The same connections, the same tokens, the same processes.
            again = [
                client.ask(request_of(token))
                for client, token in zip(clients, refused, strict=True)
            ]
            assert {reply.status for reply in again} == {201}
            assert {reply.body["id"] for reply in again} <= shop.stored()
            for client in clients:
                client.close()
