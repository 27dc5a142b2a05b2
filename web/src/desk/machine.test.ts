import { expect, test } from "vitest";
import type { Heard, State } from "../protocol/desk";
import type { Desk, Input, Output, Work } from "./desk";
import { deadline, start, step } from "./machine";
import { AUDIO_MS, backOff, NOTE_MS, OPENING_MS, PING_MS, SILENCE_MS, STEADY_MS } from "./patience";

const T = 1_760_000_000_000;
const AUDIO = T / 1_000;
const welcome: Heard = {
  type: "welcome", version: 1, agent: { id: "maryam", name: "Maryam", skills: {} }, now_ms: T + 700, grace_s: 30, away_reasons: ["break"],
};
const caller = { call: "c1", direction: "inbound" as const, from: "+971", to: "800", language: "ar", queue: "q", queue_name: {}, entity: null, case: null, waited_s: 1, pressed: [] };
const idle: State = {
  duty: "offline", since_ms: T, reason: null, pending: null, audio: "down", offer: null, call: null, wrapup_until_ms: null,
};
const ringing: State = { ...idle, duty: "ringing", audio: "up", offer: { offer: "o1", until_ms: T, ring_s: 15, caller } };
const talking: State = {
  ...idle, duty: "talking", audio: "up", call: { call: "c1", caller, stage: "talking", muted: false, since_ms: T },
};

/** A desk with the clock that it is told. */
class Played {
  desk: Desk = start;
  now = T;

  does(input: Input): Output[] {
    const [next, outputs] = step(this.desk, { now: this.now, chance: 0.5 }, input);
    this.desk = next;
    return outputs;
  }

  hears(message: Heard): Output[] {
    return this.does({ type: "Heard", message });
  }

  hearsState(state: State): Output[] {
    return this.hears({ type: "state", ...state });
  }

  /** Lets the time go by, each deadline met as it comes, with an engine that answers pings. */
  waits(ms: number, engine: "answers" | "is silent"): Output[] {
    const end = this.now + ms;
    const outputs: Output[] = [];
    for (let due = deadline(this.desk); due !== null && due <= end; due = deadline(this.desk)) {
      this.now = Math.max(this.now, due);
      outputs.push(...this.does({ type: "Timeout" }));
      if (engine === "answers" && this.work.line.is === "up") this.hears({ type: "pong", t: 0 });
    }
    this.now = end;
    return outputs;
  }

  get work(): Work {
    if (this.desk.at !== "work") throw new Error(`the desk is at ${this.desk.at}`);
    return this.desk.work;
  }

  get types(): string[] {
    return [this.work.line.is, this.work.audio.is];
  }
}

function inside(): Played {
  const desk = new Played();
  desk.does({ type: "Restored", token: "t" });
  desk.does({ type: "SocketOpened" });
  desk.hears(welcome);
  return desk;
}

/** A desk whose sound carries. */
function heardAndSeen(state: State = { ...idle, audio: "up" }): Played {
  const desk = inside();
  desk.hearsState(idle);
  desk.does({ type: "OfferMade", id: desk.work.audio_id, sdp: "v=0" });
  desk.hears({ type: "audio.answer", id: desk.work.audio_id, sdp: "v=1" });
  desk.hears({ type: "audio.up" });
  desk.hearsState(state);
  return desk;
}

function kinds(outputs: Output[]): string[] {
  return outputs.map((output) => (output.type === "Send" ? output.message.type : output.type));
}

test("signing in keeps the token, connects and says hello", () => {
  const desk = new Played();
  expect(kinds(desk.does({ type: "SignIn", agent: "maryam", password: "p" }))).toEqual(["Login"]);
  expect(kinds(desk.does({ type: "LoginAnswered", answer: { ok: true, token: "t" } }))).toEqual(["KeepToken", "Connect"]);
  expect(desk.does({ type: "SocketOpened" })).toEqual([{ type: "Send", message: { type: "hello", version: 1, token: "t" } }]);
});

test("a wrong password leads back to the door with its reason", () => {
  const desk = new Played();
  desk.does({ type: "SignIn", agent: "maryam", password: "p" });
  desk.does({ type: "LoginAnswered", answer: { ok: false, why: "too_many", wait_s: 30 } });
  expect(desk.desk).toEqual({ at: "login", problem: { what: "too_many", wait_s: 30 } });
});

test("a token that is refused is forgotten", () => {
  const desk = inside();
  expect(kinds(desk.hears({ type: "refused", why: "token" }))).toEqual(["Disconnect", "CloseAudio", "ForgetToken"]);
  expect(desk.desk).toEqual({ at: "login", problem: { what: "expired" } });
});

test("the engine's clock is known by its welcome", () => {
  expect(inside().work.skew_ms).toBe(700);
});

test("the first state opens the sound, and the sound is up when the engine says so", () => {
  const desk = inside();
  expect(desk.hearsState(idle)).toEqual([{ type: "OpenAudio", id: AUDIO }]);
  expect(desk.does({ type: "OfferMade", id: AUDIO, sdp: "v=0" })).toEqual([
    { type: "Send", message: { type: "audio.offer", id: AUDIO, sdp: "v=0" } },
  ]);
  expect(desk.hears({ type: "audio.answer", id: AUDIO, sdp: "v=1" })).toEqual([{ type: "AnswerAudio", id: AUDIO, sdp: "v=1" }]);
  expect(desk.types).toEqual(["up", "answered"]);
  desk.hears({ type: "audio.up" });
  expect(desk.types).toEqual(["up", "up"]);
});

test("an answer to an older offer is not taken", () => {
  const desk = inside();
  desk.hearsState(idle);
  desk.does({ type: "OfferMade", id: AUDIO, sdp: "v=0" });
  expect(desk.hears({ type: "audio.answer", id: AUDIO - 1, sdp: "v=1" })).toEqual([]);
});

test("after a reload the ids of offers go on growing", () => {
  const before = heardAndSeen().work.audio_id;
  const after = new Played();
  after.now += 1_000;
  after.does({ type: "Restored", token: "t" });
  after.does({ type: "SocketOpened" });
  after.hears(welcome);
  // The engine may not know yet that the old page's sound is gone.
  expect(kinds(after.hearsState(talking))).toEqual(["OpenAudio"]);
  expect(after.work.audio_id).toBeGreaterThan(before);
});

test("a socket that breaks is tried again, slower each time, and re-attaches", () => {
  const desk = heardAndSeen(talking);
  desk.waits(STEADY_MS, "answers");
  desk.does({ type: "SocketClosed" });
  expect(desk.work.line).toEqual({ is: "waiting", attempt: 0, until: desk.now + 500 });
  expect(kinds(desk.waits(500, "is silent"))).toEqual(["Connect"]);
  desk.does({ type: "SocketClosed" });
  expect(desk.work.line).toMatchObject({ is: "waiting", attempt: 1, until: desk.now + 1_000 });
  desk.waits(1_000, "is silent");
  desk.does({ type: "SocketOpened" });
  desk.hears(welcome);
  // The sound went on over the gap, so the caller hears nothing of it.
  expect(desk.hearsState(talking)).toEqual([]);
  expect(desk.types).toEqual(["up", "up"]);
});

test("the sound is opened anew when the engine lost it during the gap", () => {
  const desk = heardAndSeen(talking);
  desk.does({ type: "SocketClosed" });
  desk.waits(1_000, "is silent");
  desk.does({ type: "SocketOpened" });
  desk.hears(welcome);
  expect(kinds(desk.hearsState({ ...talking, audio: "down" }))).toEqual(["OpenAudio"]);
});

test("an engine that welcomes and hangs up at once is not stormed", () => {
  const desk = inside();
  desk.does({ type: "SocketClosed" });
  expect(desk.work.line).toMatchObject({ is: "waiting", attempt: 1 });
});

test("the wait between attempts doubles up to ten seconds, and chance spreads it", () => {
  expect([0, 1, 2, 3, 4, 5, 50].map((attempt) => backOff(attempt, 0.5))).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  expect([backOff(1, 0), backOff(1, 1)]).toEqual([750, 1_250]);
});

test("a desk pings, and a silent engine is left for a new socket", () => {
  const desk = heardAndSeen();
  expect(kinds(desk.waits(PING_MS, "answers"))).toEqual(["ping"]);
  expect(kinds(desk.waits(SILENCE_MS, "is silent"))).toEqual(["ping", "ping", "Disconnect"]);
  expect(desk.work.line.is).toBe("waiting");
});

test("an opening that hangs is given up", () => {
  const desk = new Played();
  desk.does({ type: "Restored", token: "t" });
  expect(kinds(desk.waits(OPENING_MS, "is silent"))).toEqual(["Disconnect"]);
});

test("the network's return is tried at once", () => {
  const desk = heardAndSeen();
  desk.does({ type: "SocketClosed" });
  expect(kinds(desk.does({ type: "NetworkChanged" }))).toEqual(["Connect"]);
});

test("a change of network makes a new offer with a higher id", () => {
  const desk = heardAndSeen(talking);
  const before = desk.work.audio_id;
  expect(kinds(desk.does({ type: "NetworkChanged" }))).toEqual(["ping", "OpenAudio"]);
  expect(desk.work.audio_id).toBeGreaterThan(before);
});

test("lost sound is offered again at once, and a failing engine ever slower", () => {
  const desk = heardAndSeen();
  expect(kinds(desk.hears({ type: "audio.lost" }))).toEqual(["OpenAudio"]);
  desk.does({ type: "OfferMade", id: desk.work.audio_id, sdp: "v=0" });
  desk.hears({ type: "audio.failed", id: desk.work.audio_id, why: "no codec" });
  expect(desk.work.audio).toEqual({ is: "waiting", attempt: 1, until: T + 1_000 });
  expect(kinds(desk.waits(1_000, "answers"))).toEqual(["OpenAudio"]);
});

test("an offer without an answer is made again", () => {
  const desk = inside();
  desk.hearsState(idle);
  desk.does({ type: "OfferMade", id: AUDIO, sdp: "v=0" });
  desk.waits(AUDIO_MS, "answers");
  expect(desk.work.audio.is).toBe("waiting");
});

test("a refused microphone waits for the agent and survives every state", () => {
  const desk = inside();
  desk.hearsState(idle);
  desk.does({ type: "AudioBlocked", id: AUDIO, why: "refused" });
  expect(desk.hearsState(idle)).toEqual([]);
  expect(desk.work.audio).toEqual({ is: "blocked", why: "refused" });
  expect(kinds(desk.does({ type: "RetryAudio" }))).toEqual(["OpenAudio"]);
});

test("an order is sent once and its button rests until the engine answers", () => {
  const desk = heardAndSeen(ringing);
  expect(kinds(desk.does({ type: "Order", order: { type: "accept", offer: "o1" } }))).toEqual(["accept"]);
  expect(desk.work.asked).toBe("accept");
  desk.hearsState(talking);
  expect(desk.work.asked).toBeNull();
});

test("no order leaves while the line is down", () => {
  const desk = heardAndSeen(ringing);
  desk.does({ type: "SocketClosed" });
  expect(desk.does({ type: "Order", order: { type: "accept", offer: "o1" } })).toEqual([]);
});

test("a withdrawn offer stops ringing and says why for a while", () => {
  const desk = heardAndSeen(ringing);
  desk.hears({ type: "withdraw", offer: "o1", why: "caller_left" });
  expect(desk.work.state?.offer).toBeNull();
  expect(desk.work.note?.note).toEqual({ what: "withdrawn", why: "caller_left" });
  desk.waits(NOTE_MS, "answers");
  expect(desk.work.note).toBeNull();
});

test("news of the call before does not stand beside the next ring", () => {
  const desk = heardAndSeen(talking);
  desk.hears({ type: "ended", call: "c1", by: "caller", cause: "bye", talk_s: 5 });
  desk.hearsState({ ...idle, audio: "up", duty: "wrap_up" });
  expect(desk.work.note).not.toBeNull();
  desk.hears({ type: "offer", offer: "o1", until_ms: T, ring_s: 15, caller });
  expect(desk.work.note).toBeNull();
  expect(desk.work.state?.offer?.offer).toBe("o1");
});

test("a withdrawal of another offer leaves this one ringing", () => {
  const desk = heardAndSeen(ringing);
  desk.hears({ type: "withdraw", offer: "o0", why: "missed" });
  expect(desk.work.state?.offer?.offer).toBe("o1");
});

test("the caller stays known through the wrap-up, and the list is fetched after it", () => {
  const desk = heardAndSeen(talking);
  expect(kinds(desk.hears({ type: "ended", call: "c1", by: "caller", cause: "bye", talk_s: 5 }))).toEqual(["FetchRecent"]);
  desk.hearsState({ ...idle, audio: "up", duty: "wrap_up", wrapup_until_ms: T });
  expect(desk.work.last_caller?.call).toBe("c1");
  expect(kinds(desk.hearsState({ ...idle, audio: "up", duty: "available" }))).toEqual(["FetchRecent"]);
});

test("an agent with a caller cannot sign out, and one without can", () => {
  const desk = heardAndSeen(talking);
  expect(desk.does({ type: "SignOut" })).toEqual([]);
  desk.hearsState({ ...idle, audio: "up" });
  expect(kinds(desk.does({ type: "SignOut" }))).toEqual(["duty", "Disconnect", "CloseAudio", "Logout", "ForgetToken"]);
  expect(desk.desk.at).toBe("login");
});

test("a desk that was opened elsewhere gives way and can be taken back", () => {
  const desk = heardAndSeen();
  expect(kinds(desk.hears({ type: "replaced" }))).toEqual(["Disconnect", "CloseAudio"]);
  expect(desk.does({ type: "Timeout" })).toEqual([]);
  expect(kinds(desk.does({ type: "TakeBack" }))).toEqual(["Connect"]);
});

test("a late timeout does nothing", () => {
  const desk = heardAndSeen();
  const before = desk.work;
  expect(desk.does({ type: "Timeout" })).toEqual([]);
  expect(desk.work).toEqual(before);
});
