// The one word for what the agent is doing, out of the whole state.
import type { Duty, State } from "../protocol/desk";

export type Status = Duty | "waiting_audio";

export function statusOf(state: State): Status {
  if (state.offer !== null) return "ringing";
  return state.call === null ? state.duty : state.call.stage;
}
