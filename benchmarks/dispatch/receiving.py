"""A receiver that costs next to nothing: takes a POST, says 200, in a process of its own.

python -m benchmarks.dispatch.receiving PORT
"""

import asyncio
import sys

_KEPT = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
_CLOSED = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"


class _Receiver(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._got = b""

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, end, body = self._got.partition(b"\r\n\r\n")
        lowered = head.lower()
        if not end:
            return
        wanted = int(lowered.partition(b"content-length: ")[2].split(b"\r\n")[0] or 0)
        if len(body) < wanted:
            return
        self._got = body[wanted:]
        if b"connection: close" in lowered:
            self._transport.write(_CLOSED)
            self._transport.close()
        else:
            self._transport.write(_KEPT)


async def serve(port: int) -> None:
    """Receive until the process is ended."""
    server = await asyncio.get_running_loop().create_server(_Receiver, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
