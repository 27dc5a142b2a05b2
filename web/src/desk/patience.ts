// How long a desk waits for what, and how it spreads its attempts.

/** A desk pings this often. */
export const PING_MS = 5_000;
/** A socket on which nothing was heard for so long is taken for dead. */
export const SILENCE_MS = 12_000;
/** An opening or a greeting that takes longer is given up and tried again. */
export const OPENING_MS = 8_000;
/** A line that stood for so long is steady: when it breaks, the failures are counted from the start. */
export const STEADY_MS = 10_000;
/** An audio offer that did not come to carry within this time is made again. */
export const AUDIO_MS = 10_000;
/** News is shown for so long. */
export const NOTE_MS = 8_000;

/**
 * This is the wait before attempt number `attempt`: half a second doubled up to ten, give or take a quarter by
 * chance, so that the desks of a whole floor do not come back in one instant.
 */
export function backOff(attempt: number, chance: number): number {
  return Math.min(10_000, 500 * 2 ** Math.min(attempt, 10)) * (0.75 + chance / 2);
}
