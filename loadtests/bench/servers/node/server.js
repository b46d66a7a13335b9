// Socket.IO on Node as it comes, speaking the application of ../application.py.
"use strict";

const { createServer } = require("node:http");
const { Server } = require("socket.io");

const AROUND = '42["tick",{"seq":,"at":,"pad":""}]'.length;
const port = Number(process.argv[process.argv.indexOf("--port") + 1]);
const http = createServer();
const io = new Server(http);

function tick(seq, size) {
  const at = Number(process.hrtime.bigint() / 1000n);
  return { seq, at, pad: "x".repeat(size - AROUND - String(seq).length - String(at).length) };
}

function broadcast(seq, { count, size, gap_ms }) {
  if (seq === count) return;
  io.to("all").emit("tick", tick(seq, size));
  setTimeout(broadcast, gap_ms, seq + 1, { count, size, gap_ms });
}

io.on("connection", (socket) => {
  socket.join("all");
  socket.on("blast", (asked) => broadcast(0, asked));
  socket.on("echo", (_data, ack) => ack({ ok: true }));
});
http.listen(port, "127.0.0.1", 4096, () => console.log("ready"));
