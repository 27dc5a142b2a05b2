// The messages of the desk's protocol, version 1, as docs/desk-protocol.md has them.
import { list, map, maybe, message, number, object, oneOf, text, truth, type Read } from "./shape";

export const VERSION = 1;

/** This is one thing's name in several languages, by language tag. */
export const names = map(text);
export type Names = Read<typeof names>;

export const caller = object({
  call: text,
  direction: oneOf("inbound", "outbound"),
  from: text,
  to: text,
  language: text,
  queue: text,
  queue_name: names,
  entity: maybe(object({ id: text, name: names })),
  case: maybe(text),
  waited_s: number,
  pressed: list(object({ node: text, key: text, label: maybe(names) })),
});
export type Caller = Read<typeof caller>;

const offer = object({ offer: text, until_ms: number, ring_s: number, caller });
export type Offer = Read<typeof offer>;

const duty = oneOf(
  "offline", "available", "reserved", "ringing", "talking", "held", "wrap_up", "away", "missed",
);
export type Duty = Read<typeof duty>;

const state = object({
  duty,
  since_ms: number,
  reason: maybe(text),
  pending: maybe(oneOf("away", "offline")),
  audio: oneOf("up", "down"),
  offer: maybe(offer),
  call: maybe(
    object({
      call: text,
      caller,
      stage: oneOf("talking", "held", "waiting_audio"),
      muted: truth,
      since_ms: number,
    }),
  ),
  wrapup_until_ms: maybe(number),
});
export type State = Read<typeof state>;

const welcome = object({
  version: number,
  agent: object({ id: text, name: text, skills: map(number) }),
  now_ms: number,
  grace_s: number,
  away_reasons: list(text),
});
export type Welcome = Read<typeof welcome>;

/** This reads one frame from the engine: a message, or `null` for a type this version does not know. */
export const heard = message({
  welcome,
  state,
  refused: object({ why: oneOf("token", "version") }),
  replaced: object({}),
  ping: object({ t: number }),
  pong: object({ t: number }),
  "audio.answer": object({ id: number, sdp: text }),
  "audio.failed": object({ id: number, why: text }),
  "audio.up": object({}),
  "audio.lost": object({}),
  offer,
  withdraw: object({ offer: text, why: oneOf("caller_left", "missed", "declined", "left_duty") }),
  ended: object({ call: text, by: oneOf("caller", "agent", "outside", "system"), cause: text, talk_s: number }),
  error: object({ code: text, detail: maybe(text), about: maybe(text) }),
});
export type Heard = NonNullable<ReturnType<typeof heard>>;

/** What the desk may send. */
export type Said =
  | { type: "hello"; version: number; token: string }
  | { type: "ping"; t: number }
  | { type: "pong"; t: number }
  | { type: "audio.offer"; id: number; sdp: string }
  | { type: "audio.candidate"; id: number; candidate: string }
  | { type: "duty"; to: "available" | "offline" }
  | { type: "duty"; to: "away"; reason: string }
  | { type: "wrapup.end" }
  | { type: "accept"; offer: string }
  | { type: "decline"; offer: string }
  | { type: "mute"; on: boolean }
  | { type: "hold"; on: boolean }
  | { type: "hangup" };
