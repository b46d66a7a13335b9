"""What aiohttp's parser does not ask of the frames of a client: that they are masked, and that they say something."""

from __future__ import annotations

from typing import Final

_MASKED: Final = 0x80
_WHOLE: Final = (0x81, 0x82)
"""First bytes of messages in one frame, which are counted as messages."""
_MASK_BYTES: Final = 4
_SHORT: Final = 125
_TWO_BYTES_MORE: Final = 126


class Masks:
    """Walks along the heads of a stream of frames. Servers end a connection that sends one unmasked (RFC 6455, 5.1)."""

    __slots__ = ("_begun", "_skip", "asides")

    def __init__(self) -> None:
        self._begun = b""
        """A head that is not all there."""
        self._skip = 0
        """Bytes to come that belong to a frame whose head has been seen."""
        self.asides = 0
        """Frames in the last `data` that are no whole message: pings, pongs, fragments, other ways to be busy."""

    def hold(self, data: bytes) -> bool:
        """Whether every frame whose head ends in `data` is masked."""
        if self._begun:
            data, self._begun = self._begun + data, b""
        at, size = self._skip, len(data)
        self.asides = 0
        while at < size:
            if size - at < 2:
                break
            if not data[at + 1] & _MASKED:
                return False
            length, head = data[at + 1] - _MASKED, 2
            if length > _SHORT:
                head = 4 if length == _TWO_BYTES_MORE else 10
                if size - at < head:
                    break
                length = int.from_bytes(data[at + 2 : at + head])
            self.asides += data[at] not in _WHOLE
            at += head + _MASK_BYTES + length
        self._begun, self._skip = data[at:], max(0, at - size)
        return True
