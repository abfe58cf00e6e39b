"""Lines of a list of people, as bytes come in: exact offsets, whatever the encoding."""

from collections import deque
from typing import Final, Protocol

# Longer than any row of a list of people; a file without line ends must not fill the memory.
MAX_LINE_BYTES: Final = 256 * 1024


class Source(Protocol):
    """Where bytes come from: a file, or the body of a request."""

    def readline(self, size: int = -1, /) -> bytes: ...


class Lines:
    """Hands out decoded lines and knows which of them made up the last row.

    offset: how many bytes the rows taken so far have. broken: whether the row holds something that
    is not UTF-8; its bytes come back unchanged when encoded with surrogateescape.
    """

    def __init__(self, source: Source, offset: int = 0) -> None:
        self.offset = offset
        self.broken = False
        self._source = source
        self._waiting: deque[bytes] = deque()
        self._row: list[bytes] = []
        self._texts: list[str] = []

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        raw = self._waiting.popleft() if self._waiting else self._source.readline(MAX_LINE_BYTES)
        if not raw:
            raise StopIteration
        self._row.append(raw)
        self.offset += len(raw)
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            self.broken = True
            text = raw.decode(errors="surrogateescape")
        self._texts.append(text)
        return text

    def row_text(self) -> str:
        """Return the row's text as it came, without its line end."""
        texts = self._texts
        return (texts[0] if len(texts) == 1 else "".join(texts)).rstrip("\r\n")

    def begin_row(self) -> None:
        """Forget the row before."""
        self._row = []
        self._texts = []
        self.broken = False

    def give_up_row(self) -> str:
        """Return the first line of a row that could not be read, and hand out the others again."""
        first, *others = self._row
        self._waiting.extendleft(reversed(others))
        self.offset -= sum(map(len, others))
        return first.decode(errors="surrogateescape").rstrip("\r\n")
