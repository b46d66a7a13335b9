// A player on the stock JavaScript client: connects, answers the first question it is shown, and tells what it saw.
import { createRequire } from "node:module";

const [, , modules, url, token, affinity, transport] = process.argv;
const { io } = createRequire(modules)("socket.io-client");
const socket = io(url, {
  auth: { token },
  query: { affinity },
  transports: transport === "upgrade" ? ["polling", "websocket"] : [transport],
});
const seen = [];
const tell = (line) => process.stdout.write(JSON.stringify(line) + "\n");
socket.on("connect_error", (error) => tell({ error: error.message, data: error.data }));
socket.onAny((event) => seen.push(event));
socket.on("state", (state) => tell({ state, transport: socket.io.engine.transport.name }));
socket.on("question", async ({ question }) => {
  const payload = { question: question.number, answer: [1], id: "js" };
  const ack = await socket.timeout(10000).emitWithAck("answer", payload);
  const bad = await socket.timeout(10000).emitWithAck("next", { version: 1 });
  tell({ ack, bad });
});
socket.on("result", (result) => {
  tell({ result, seen, transport: socket.io.engine.transport.name });
  socket.close();
});
