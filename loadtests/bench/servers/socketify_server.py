"""uWebSockets through socketify, with just enough Engine.IO and Socket.IO for the application of application.py.

Runs in an environment that holds socketify and nothing else, so it imports nothing of this project.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from typing import Any

from socketify import App, AppListenOptions, OpCode  # type: ignore[import-not-found]

AROUND = len('42["tick",{"seq":,"at":,"pad":""}]')
HELLO = '0{"sid":"e","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}'


def tick(seq: int, size: int) -> str:
    """One broadcast as text."""
    at = time.monotonic_ns() // 1000
    pad = "x" * (size - AROUND - len(str(seq)) - len(str(at)))
    return "42" + json.dumps(["tick", {"seq": seq, "at": at, "pad": pad}], separators=(",", ":"))


def main(port: int) -> None:
    """Serve until killed."""
    app = App()
    blasts: set[asyncio.Task[None]] = set()

    async def blast(count: int, size: int, gap_ms: int) -> None:
        for seq in range(count):
            app.publish("all", tick(seq, size), OpCode.TEXT)
            await asyncio.sleep(gap_ms / 1000)

    def opened(ws: Any) -> None:
        ws.send(HELLO, OpCode.TEXT)

    def message(ws: Any, text: str, _opcode: object) -> None:
        if text.startswith("40"):
            ws.subscribe("all")
            ws.send('40{"sid":"s"}', OpCode.TEXT)
        elif text.startswith("42"):
            at = text.index("[")
            name, data = json.loads(text[at:])
            if name == "blast":
                task = app.loop.loop.create_task(blast(data["count"], data["size"], data["gap_ms"]))
                blasts.add(task)
                task.add_done_callback(blasts.discard)
            elif name == "echo":
                ws.send(f"43{text[2:at]}" + json.dumps([{"ok": True}], separators=(",", ":")), OpCode.TEXT)

    app.ws("/socket.io/", {"open": opened, "message": message, "idle_timeout": 120})
    app.listen(AppListenOptions(port=port, host="127.0.0.1"), lambda _config: print("ready", flush=True))
    app.run()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    main(parser.parse_args().port)
