// The voice's part of the desk's machine: when an audio offer is made, made again, and taken to carry.
import { backOff } from "./patience";
import type { Desk, Output, Told, Work } from "./desk";

type Step = [Desk, Output[]];

/** This makes a new offer. Ids begin at the clock's second, so that they also grow over a reload. */
export function openAudio(work: Work, told: Told, attempt: number): Step {
  const id = Math.max(work.audio_id + 1, Math.floor(told.now / 1_000));
  return [{ at: "work", work: { ...work, audio_id: id, audio: { is: "making", id, attempt } } }, [{ type: "OpenAudio", id }]];
}

export function answered(work: Work, told: Told, id: number, sdp: string): Step {
  const { audio } = work;
  if (audio.is !== "offered" || audio.id !== id) return [{ at: "work", work }, []];
  return [
    { at: "work", work: { ...work, audio: { is: "answered", id, attempt: audio.attempt, since: told.now } } },
    [{ type: "AnswerAudio", id, sdp }],
  ];
}

export function upNow(work: Work): Work {
  return work.audio.is === "answered" ? { ...work, audio: { is: "up", id: work.audio.id } } : work;
}

/** This is a voice that carried and does not: the first new offer is made at once. */
export function lost(work: Work, told: Told): Step {
  switch (work.audio.is) {
    case "up":
      return work.line.is === "up" ? openAudio(work, told, 0) : [{ at: "work", work: { ...work, audio: { is: "none" } } }, []];
    case "offered":
    case "answered":
      return [{ at: "work", work: afterFailure(work, told) }, []];
    // A new offer is under way or waits for its time.
    case "none":
    case "making":
    case "waiting":
    case "blocked":
      return [{ at: "work", work }, []];
  }
}

export function afterFailure(work: Work, told: Told): Work {
  const { audio } = work;
  if (audio.is !== "offered" && audio.is !== "answered") return work;
  const attempt = audio.attempt + 1;
  return { ...work, audio: { is: "waiting", attempt, until: told.now + backOff(attempt, told.chance) } };
}
