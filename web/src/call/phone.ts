// The test caller's telephone as a machine without I/O: one input and the time give the next phone and what to do.
import type { Blocked } from "../audio/microphone";
import type { Caption, Heard, Key, Said } from "../protocol/call";

export const PING_MS = 5_000;
/** A call that was not answered or refused by the engine within this time is given up. */
export const DIALLING_MS = 60_000;
/** This many lines of what was heard and pressed are kept. */
export const LINES_MAX = 50;

export type Stage =
  | { is: "menu" }
  | { is: "queued"; position: number }
  | { is: "talking"; agent: string | null }
  | { is: "held" };

/** One line of what was heard or pressed. */
export type Line = { n: number; caption: Caption } | { n: number; key: Key };

export type Ended = { by: "caller" | "agent" | "system" | "flow" | "network"; cause: string };

/** The phone on the hook, with what is left of the call before. */
export type Idle = { at: "idle"; ended: Ended | null; problem: Blocked | "failed" | null; lines: Line[] };

export type Phone =
  | Idle
  | { at: "calling"; number: string; progress: "microphone" | "dialling" | "ringing"; until: number; ping_at: number }
  | { at: "line"; number: string; sdp: string; until: number }
  | { at: "up"; number: string; call: string; since: number; stage: Stage; lines: Line[]; ping_at: number };

export type Input =
  | { type: "Dial"; number: string }
  | { type: "AudioBlocked"; why: Blocked | "failed" }
  | { type: "OfferMade"; sdp: string }
  | { type: "AudioBroke" }
  | { type: "SocketOpened" }
  | { type: "SocketClosed" }
  | { type: "Heard"; message: Heard }
  | { type: "Press"; key: Key }
  | { type: "HangUp" }
  | { type: "Timeout" };

export type Output =
  | { type: "OpenAudio" }
  | { type: "AnswerAudio"; sdp: string }
  | { type: "Connect" }
  | { type: "Send"; message: Said }
  | { type: "Close" };

type Step = [Phone, Output[]];

export const onHook: Idle = { at: "idle", ended: null, problem: null, lines: [] };

export function step(phone: Phone, now: number, input: Input): Step {
  if (phone.at === "idle") {
    if (input.type !== "Dial" || input.number === "") return [phone, []];
    const calling: Phone = { at: "calling", number: input.number, progress: "microphone", until: now + DIALLING_MS, ping_at: now + PING_MS };
    return [calling, [{ type: "OpenAudio" }]];
  }
  switch (input.type) {
    case "Dial":
      return [phone, []];
    case "AudioBlocked":
      return [{ ...onHook, problem: input.why }, [{ type: "Close" }]];
    case "OfferMade":
      if (phone.at !== "calling" || phone.progress !== "microphone") return [phone, []];
      return [{ at: "line", number: phone.number, sdp: input.sdp, until: phone.until }, [{ type: "Connect" }]];
    case "SocketOpened":
      if (phone.at !== "line") return [phone, []];
      return [
        { at: "calling", number: phone.number, progress: "dialling", until: phone.until, ping_at: now + PING_MS },
        [{ type: "Send", message: { type: "call", number: phone.number, sdp: phone.sdp } }],
      ];
    case "SocketClosed":
    case "AudioBroke":
      return over(phone, { by: "network", cause: "lost" });
    case "Heard":
      return hear(phone, now, input.message);
    case "Press":
      if (phone.at !== "up") return [phone, []];
      return [withLine(phone, { key: input.key }), [{ type: "Send", message: { type: "key", key: input.key } }]];
    case "HangUp":
      return over(phone, { by: "caller", cause: "hung_up" }, { type: "Send", message: { type: "hangup" } });
    case "Timeout":
      return timeOut(phone, now);
  }
}

/** This is when the phone next wants a `Timeout`, if ever. */
export function deadline(phone: Phone): number | null {
  switch (phone.at) {
    case "idle":
      return null;
    case "line":
      return phone.until;
    case "calling":
      return phone.progress === "microphone" ? null : Math.min(phone.until, phone.ping_at);
    case "up":
      return phone.ping_at;
  }
}

function hear(phone: Exclude<Phone, { at: "idle" }>, now: number, message: Heard): Step {
  switch (message.type) {
    case "ringing":
      return phone.at === "calling" ? [{ ...phone, progress: "ringing" }, []] : [phone, []];
    case "answered":
      if (phone.at !== "calling") return [phone, []];
      return [
        { at: "up", number: phone.number, call: message.call, since: now, stage: { is: "menu" }, lines: [], ping_at: phone.ping_at },
        [{ type: "AnswerAudio", sdp: message.sdp }],
      ];
    case "caption":
      return phone.at === "up" ? [withLine(phone, { caption: message }), []] : [phone, []];
    case "queued":
      return onStage(phone, { is: "queued", position: message.position });
    case "talking":
      return onStage(phone, { is: "talking", agent: message.agent });
    case "held":
      return onStage(phone, { is: "held" });
    case "released":
      return onStage(phone, { is: "menu" });
    case "ping":
      return [phone, [{ type: "Send", message: { type: "pong", t: message.t } }]];
    case "pong":
      return [phone, []];
    case "ended":
      return over(phone, { by: message.by, cause: message.cause });
    case "error":
      // A call that never came to be has failed; in a call, an order was refused and nothing changed.
      return phone.at === "up" ? [phone, []] : [{ ...onHook, problem: "failed" }, [{ type: "Close" }]];
  }
}

function onStage(phone: Phone, stage: Stage): Step {
  return [phone.at === "up" ? { ...phone, stage } : phone, []];
}

function over(phone: Phone, ended: Ended, ...first: Output[]): Step {
  const lines = phone.at === "up" ? phone.lines : [];
  return [{ at: "idle", ended, problem: null, lines }, [...first, { type: "Close" }]];
}

function timeOut(phone: Phone, now: number): Step {
  switch (phone.at) {
    case "idle":
      return [phone, []];
    case "line":
      return now >= phone.until ? over(phone, { by: "network", cause: "no_answer" }) : [phone, []];
    case "calling":
      if (phone.progress === "microphone") return [phone, []];
      if (now >= phone.until) return over(phone, { by: "network", cause: "no_answer" }, { type: "Send", message: { type: "hangup" } });
      return now >= phone.ping_at ? ping(phone, now) : [phone, []];
    case "up":
      return now >= phone.ping_at ? ping(phone, now) : [phone, []];
  }
}

function ping(phone: Extract<Phone, { ping_at: number }>, now: number): Step {
  return [{ ...phone, ping_at: now + PING_MS }, [{ type: "Send", message: { type: "ping", t: Math.round(now) } }]];
}

function withLine(phone: Phone & { at: "up" }, line: { caption: Caption } | { key: Key }): Phone {
  const n = (phone.lines.at(-1)?.n ?? 0) + 1;
  return { ...phone, lines: [...phone.lines, { n, ...line }].slice(-LINES_MAX) };
}
