// A stand-in for the engine, for work on the pages: it speaks the desk's and the test caller's protocols from memory.
// Alone (`npm run mock`) it serves dist/ on port 8080 and rings whoever is available; the page /far lends it a voice.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";

const here = fileURLToPath(new URL(".", import.meta.url));
const PAGES = { "/desk": "../dist/desk.html", "/call": "../dist/call.html", "/far": "far.html" };
const KINDS = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

export const CALLER = {
  call: "01JCALL", from: "+971 5• ••• ••12", to: "800", language: "ar", queue: "citizen_care", queue_name: { ar: "خدمة المتعاملين", en: "Citizen care" },
  entity: { id: "power", name: { ar: "هيئة الكهرباء والمياه", en: "Electricity and Water" } }, waited_s: 72,
  pressed: [
    { node: "pick_language", key: "1", label: { ar: "العربية", en: "Arabic" } },
    { node: "main_menu", key: "3", label: { ar: "الفواتير والسداد", en: "Bills and payment" } },
    { node: "account", key: "•", label: { ar: "رقم الحساب", en: "Account number" } },
  ],
};

/** This starts the stand-in and gives the strings to pull. */
export async function startMock({ port = 0, rings = "when told" } = {}) {
  const mock = { desk: null, call: null, far: null, legs: new Map(), heard: [] };
  const server = createServer((request, answer) => void serve(request, answer, mock));
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket, { url }) => {
    const onMessage = { "/ws/desk": deskSocket, "/ws/call": callSocket, "/ws/far": farSocket }[url ?? ""]?.(socket, mock, rings);
    if (onMessage === undefined) return socket.close(1008);
    socket.on("message", (data) => {
      const message = JSON.parse(String(data));
      mock.heard.push(message);
      onMessage(message);
    });
  });
  await new Promise((done) => server.listen(port, "127.0.0.1", done));
  mock.url = `http://localhost:${server.address().port}`;
  mock.stop = () => {
    for (const socket of sockets.clients) socket.terminate();
    server.close();
  };
  return mock;
}

async function serve(request, answer, mock) {
  const path = new URL(request.url, "http://localhost").pathname;
  const json = (status, value, headers = {}) =>
    answer.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
  if (path === "/api/v1/login") {
    const { agent, password } = JSON.parse(await text(request));
    if (password === "slow down") return json(429, {}, { "retry-after": "30" });
    if (password !== "secret") return json(401, {});
    return json(200, { token: "tok", agent: { id: agent, name: "مريم الهاشمي" } });
  }
  if (path === "/api/v1/logout") return json(200, {});
  if (path === "/api/v1/calls") return json(200, pastCalls());
  if (path === "/api/v1/numbers") {
    return json(200, [{ number: "800", title: "الرقم الحكومي الموحد" }, { number: "8001", title: "Land department" }]);
  }
  try {
    const file = PAGES[path] ?? join("../dist", normalize(path));
    const body = await readFile(join(here, file));
    // The far end's own page is written in one piece; the product's pages live with a strict policy.
    const policy = path === "/far" ? {} : { "content-security-policy": POLICY };
    answer.writeHead(200, { "content-type": KINDS[extname(file)] ?? "application/octet-stream", ...policy }).end(body);
  } catch {
    json(404, {});
  }
}

function deskSocket(socket, mock, rings) {
  const send = (message) => socket.readyState === 1 && socket.send(JSON.stringify(message));
  mock.desk?.send({ type: "replaced" });
  const kept = mock.desk?.state;
  const desk = { socket, send, state: kept ?? rest("offline") };
  mock.desk = desk;
  desk.set = (change) => {
    desk.state = { ...desk.state, ...change };
    send({ type: "state", ...desk.state });
  };
  desk.duty = (duty, more = {}) => desk.set({ ...rest(duty), audio: desk.state.audio, ...more });
  desk.ring = (caller = CALLER, ring_s = 15) => {
    const offer = { offer: `o${Date.now()}`, until_ms: Date.now() + ring_s * 1_000, ring_s, caller };
    send({ type: "offer", ...offer });
    desk.duty("ringing", { offer });
  };
  desk.end = (by) => {
    const { call, pending } = desk.state;
    send({ type: "ended", call: call.call, by, cause: "hung_up", talk_s: Math.round((Date.now() - call.since_ms) / 1_000) });
    desk.duty("wrap_up", { pending, wrapup_until_ms: Date.now() + 30_000 });
  };
  const orders = {
    hello: () => {
      const agent = { id: "maryam", name: "مريم الهاشمي", skills: { "lang.ar": 5 } };
      send({ type: "welcome", version: 1, agent, now_ms: Date.now(), grace_s: 30, away_reasons: ["break", "prayer", "meeting", "training"] });
      desk.set({});
    },
    ping: ({ t }) => send({ type: "pong", t }),
    pong: () => undefined,
    "audio.offer": ({ id, sdp }) => {
      if (mock.far === null) return send({ type: "audio.failed", id, why: "no far end" });
      mock.far.take(sdp, 440, {
        answer: (answered) => send({ type: "audio.answer", id, sdp: answered }),
        connected: () => {
          const { call } = desk.state;
          send({ type: "audio.up" });
          desk.set({ audio: "up", call: call?.stage === "waiting_audio" ? { ...call, stage: "talking" } : call });
        },
      });
    },
    "audio.candidate": () => undefined,
    duty: ({ to, reason = null }) => {
      const busy = desk.state.call !== null || desk.state.offer !== null;
      if (busy) return desk.set({ pending: to === "available" ? null : to });
      if (to === "available" && desk.state.audio === "down") return send({ type: "error", code: "no_audio", about: "duty" });
      desk.duty(to, { reason });
      if (to === "available" && rings === "by itself") setTimeout(() => desk.state.duty === "available" && desk.ring(), 2_000);
    },
    accept: ({ offer }) => {
      if (desk.state.offer?.offer !== offer) return send({ type: "error", code: "no_such_offer", about: "accept" });
      const call = { call: "01JCALL", caller: desk.state.offer.caller, stage: "talking", muted: false, since_ms: Date.now() };
      desk.duty("talking", { call });
    },
    decline: ({ offer }) => {
      send({ type: "withdraw", offer, why: "declined" });
      desk.duty("available");
    },
    mute: ({ on }) => desk.set({ call: { ...desk.state.call, muted: on } }),
    hold: ({ on }) => desk.set({ duty: on ? "held" : "talking", call: { ...desk.state.call, stage: on ? "held" : "talking" } }),
    hangup: () => desk.end("agent"),
    "wrapup.end": () => desk.duty(desk.state.pending ?? "available"),
  };
  return (message) => orders[message.type]?.(message) ?? undefined;
}

function callSocket(socket, mock) {
  const send = (message) => socket.readyState === 1 && socket.send(JSON.stringify(message));
  mock.call = { send, keys: [] };
  return (message) => {
    if (message.type === "ping") send({ type: "pong", t: message.t });
    if (message.type === "key") mock.call.keys.push(message.key);
    if (message.type === "hangup") socket.close();
    if (message.type !== "call") return;
    send({ type: "ringing" });
    mock.far?.take(message.sdp, 620, {
      answer: (sdp) => send({ type: "answered", call: "01JCALL", sdp }),
      connected: () =>
        send({
          type: "caption", prompt: "pick_language", language: "ar", keys: ["1", "2"],
          text: "أهلاً بكم في الرقم الحكومي الموحد. للغة العربية اضغط واحد، وللإنجليزية اضغط اثنين.",
        }),
    });
  };
}

function farSocket(socket, mock) {
  mock.far = {
    take(sdp, hz, leg) {
      const id = mock.legs.size + 1;
      mock.legs.set(id, leg);
      socket.send(JSON.stringify({ leg: id, sdp, hz }));
    },
  };
  return ({ leg, sdp, connection }) => {
    if (sdp !== undefined) mock.legs.get(leg)?.answer(sdp);
    if (connection === "connected") mock.legs.get(leg)?.connected();
  };
}

function rest(duty) {
  return { duty, since_ms: Date.now(), reason: null, pending: null, audio: "down", offer: null, call: null, wrapup_until_ms: null };
}

function pastCalls() {
  const entities = [CALLER.entity, { id: "land", name: { ar: "دائرة الأراضي", en: "Land Department" } }, null];
  return Array.from({ length: 7 }, (_, n) => ({
    id: `c${n}`, started_ms: Date.now() - (n + 1) * 47 * 60_000 * (n > 4 ? 12 : 1), from: `+971 5• ••• ••${10 + 7 * n}`,
    entity: entities[n % 3], language: n % 2 ? "en" : "ar", queue_wait_s: 8 + 31 * n, talk_s: n === 3 ? null : 95 + 64 * n,
    ending: { by: ["caller", "agent", "caller", "system"][n % 4], cause: "hung_up" },
  }));
}

async function text(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await startMock({ port: 8080, rings: "by itself" });
  console.log(`desk ${url}/desk   test caller ${url}/call   voice ${url}/far   password: secret`);
}
