// What a desk is at one moment, what may happen to it, and what it asks of the world.
import type { Blocked } from "../audio/microphone";
import type { LoginAnswer, PastCall } from "../api";
import type { Caller, Heard, Said, State, Welcome } from "../protocol/desk";

/** This is the way to the engine. `attempt` counts the failures in a row. */
export type Line =
  | { is: "opening"; attempt: number; since: number }
  | { is: "greeting"; attempt: number; since: number }
  | { is: "up"; attempt: number; since: number; heard_at: number; ping_at: number }
  | { is: "waiting"; attempt: number; until: number };

/** This is the way of the voice. `id` is that of the latest offer. */
export type Audio =
  | { is: "none" }
  | { is: "making"; id: number; attempt: number }
  | { is: "offered"; id: number; attempt: number; since: number }
  | { is: "answered"; id: number; attempt: number; since: number }
  | { is: "up"; id: number }
  | { is: "waiting"; attempt: number; until: number }
  | { is: "blocked"; why: Blocked };

/** News that is shown for a while and then forgotten. */
export type Note =
  | { what: "withdrawn"; why: "caller_left" | "missed" | "declined" | "left_duty" }
  | { what: "ended"; by: "caller" | "agent" | "outside" | "system"; talk_s: number }
  | { what: "error"; code: string };

export type LoginProblem =
  | { what: "wrong" | "network" | "expired" | "version" }
  | { what: "too_many"; wait_s: number };

/** An order the agent gave and the engine has not answered yet. */
export type Asked = Exclude<Said["type"], "hello" | "ping" | "pong" | "audio.offer" | "audio.candidate">;

export interface Work {
  token: string;
  line: Line;
  audio: Audio;
  audio_id: number;
  welcome: Welcome | null;
  /** The engine's clock minus this one. */
  skew_ms: number;
  /** The last state heard on any socket, and whether it was on this one. */
  state: State | null;
  current: boolean;
  last_caller: Caller | null;
  asked: Asked | null;
  note: { note: Note; until: number } | null;
  recent: PastCall[] | null;
}

export type Desk =
  | { at: "login"; problem: LoginProblem | null }
  | { at: "entering" }
  | { at: "work"; work: Work }
  | { at: "replaced"; token: string };

export type Input =
  | { type: "Restored"; token: string }
  | { type: "SignIn"; agent: string; password: string }
  | { type: "LoginAnswered"; answer: LoginAnswer }
  | { type: "SignOut" }
  | { type: "TakeBack" }
  | { type: "SocketOpened" }
  | { type: "SocketClosed" }
  | { type: "Heard"; message: Heard }
  | { type: "NetworkChanged" }
  | { type: "OfferMade"; id: number; sdp: string }
  | { type: "CandidateFound"; id: number; candidate: string }
  | { type: "AudioBlocked"; id: number; why: Blocked }
  | { type: "AudioBroke"; id: number }
  | { type: "RetryAudio" }
  | { type: "Order"; order: Extract<Said, { type: Asked }> }
  | { type: "RecentHeard"; calls: PastCall[] }
  | { type: "Timeout" };

export type Output =
  | { type: "Login"; agent: string; password: string }
  | { type: "Logout"; token: string }
  | { type: "KeepToken"; token: string }
  | { type: "ForgetToken" }
  | { type: "Connect" }
  | { type: "Disconnect" }
  | { type: "Send"; message: Said }
  | { type: "OpenAudio"; id: number }
  | { type: "AnswerAudio"; id: number; sdp: string }
  | { type: "CloseAudio" }
  | { type: "FetchRecent"; token: string };

/** The moment and a number from 0 to 1 by chance, told to the machine with each input. */
export interface Told {
  now: number;
  chance: number;
}

export function isBusy(state: State | null): boolean {
  return state !== null && (state.call !== null || state.offer !== null);
}
