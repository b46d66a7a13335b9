"""PNG files with 256 colours at most: pages have few, and such files are a third of the size."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any, Final

from playwright.async_api import Page

_REDUCE: Final = """async (png) => {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const { width, height } = image;
  const canvas = new OffscreenCanvas(width, height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const { data } = canvas.getImageData(0, 0, width, height);
  const counts = new Map();
  const colourAt = (place) => (data[4 * place] << 16) | (data[4 * place + 1] << 8) | data[4 * place + 2];
  for (let place = 0; place < width * height; place++) {
    const colour = colourAt(place);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const palette = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 256).map(([colour]) => colour);
  const index = new Map(palette.map((colour, place) => [colour, place]));
  const difference = (a, b, shift) => (((a >> shift) & 255) - ((b >> shift) & 255)) ** 2;
  const nearest = (colour) => {
    let [best, least] = [0, Infinity];
    palette.forEach((each, place) => {
      const far = difference(each, colour, 16) + difference(each, colour, 8) + difference(each, colour, 0);
      if (far < least) [best, least] = [place, far];
    });
    index.set(colour, best);
    return best;
  };
  const pixels = new Uint8Array(width * height);
  for (let place = 0; place < pixels.length; place++) {
    const colour = colourAt(place);
    pixels[place] = index.get(colour) ?? nearest(colour);
  }
  const reader = new FileReader();
  const read = new Promise((resolve) => (reader.onload = resolve));
  reader.readAsDataURL(new Blob([pixels]));
  await read;
  return { width, height, palette, pixels: reader.result.split(",")[1] };
}"""


async def reduced(png: bytes, workshop: Page) -> bytes:
    """The same picture with the 256 colours it has most of; others become the nearest of these.

    Args:
        workshop: any page, whose browser reads the picture.
    """
    found: Any = await workshop.evaluate(_REDUCE, base64.b64encode(png).decode())
    width, height = found["width"], found["height"]
    pixels = base64.b64decode(found["pixels"])
    rows = b"".join(b"\0" + pixels[start : start + width] for start in range(0, width * height, width))
    palette = b"".join(colour.to_bytes(3, "big") for colour in found["palette"])
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
