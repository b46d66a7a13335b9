"""python-socketio as it comes, on aiohttp and uvloop."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import socketio
import uvloop
from aiohttp import web

from loadtests.bench.servers.application import ACK, ROOM, Blast, port_argument, tick

BACKLOG = 4096  # connections; aiohttp's 128 makes a rush of them wait for their kernel to try again


async def serve(port: int) -> None:
    """Serve until killed."""
    sio = socketio.AsyncServer(async_mode="aiohttp")
    blasts: set[asyncio.Task[None]] = set()

    async def broadcast(asked: Blast) -> None:
        for seq in range(asked.count):
            await sio.emit("tick", tick(seq, asked.size), room=ROOM)
            await asyncio.sleep(asked.gap_ms / 1000)

    async def connect(sid: str, _environ: dict[str, Any], _auth: object = None) -> None:
        await sio.enter_room(sid, ROOM)

    async def blast(_sid: str, data: object) -> None:
        task = asyncio.create_task(broadcast(msgspec.convert(data, Blast)))
        blasts.add(task)
        task.add_done_callback(blasts.discard)

    async def echo(_sid: str, _data: object) -> dict[str, bool]:
        return ACK

    for handler in (connect, blast, echo):
        sio.on(handler.__name__, handler)
    app = web.Application()
    sio.attach(app)
    # The access log of the runner is off: the others write none.
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=BACKLOG).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(port_argument()))
