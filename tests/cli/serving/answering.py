"""People who answer over kept connections, as through a proxy."""

import json
import socket
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

from tests.cli.calling import RunningServe, called, printed


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shop:
    """A project with an NPS survey on a running service."""

    serve: RunningServe
    secret_key: str

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Call the server API; it must go well."""
        connection = HTTPConnection(*self.serve.address, timeout=30)
        headers = {"Authorization": f"Bearer {self.secret_key}", "Content-Type": "application/json"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        reply = connection.getresponse()
        text = reply.read()
        connection.close()
        assert reply.status < 300, text
        return json.loads(text)

    def tokens(self, how_many: int) -> list[str]:
        wish = {"survey": "nps", "channel": "api"}
        return [self.call("POST", "/v1/tokens", wish)["token"] for _ in range(how_many)]

    def stored(self) -> set[str]:
        """Return the ids of all responses, read as a customer would."""
        found: set[str] = set()
        path = "/v1/responses?limit=200"
        while True:
            page = self.call("GET", path)
            found |= {one["id"] for one in page["items"]}
            if page["next_cursor"] is None:
                return found
            path = f"/v1/responses?limit=200&cursor={page['next_cursor']}"


def open_shop(serve: RunningServe, environment: dict[str, str]) -> Shop:
    made = printed(called(environment, "project", "create", "Shop", "--json"))
    shop = Shop(serve, made["secret_key"])
    shop.call("PUT", "/v1/surveys/nps", {"metric": "nps"})
    return shop


def request_of(token: str, score: int = 9) -> bytes:
    body = json.dumps({"token": token, "score": score}).encode()
    head = "POST /v1/responses HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Client:
    """A kept connection."""

    def __init__(self, serve: RunningServe) -> None:
        self.socket = socket.create_connection(serve.address, timeout=30)
        self._file = self.socket.makefile("rb")

    def ask(self, *parts: bytes) -> Reply:
        for part in parts:
            self.socket.sendall(part)
        return self.reply()

    def reply(self) -> Reply:
        """Read one reply. Raises ConnectionError when there is none."""
        line = self._file.readline()
        if not line:
            raise ConnectionResetError("closed")
        length = 0
        while (header := self._file.readline().strip().lower()) != b"":
            if header.startswith(b"content-length:"):
                length = int(header.partition(b":")[2])
        return Reply(int(line.split()[1]), json.loads(self._file.read(length) or b"{}"))

    def close(self) -> None:
        self._file.close()
        self.socket.close()
