// What the page hears and says, for its own meters and for measurements from outside as `window.hatif`.
import { listen, type Ear, type Tone } from "./audio/level";

export type Side = "own" | "far";

const ears: Record<Side, Ear | null> = { own: null, far: null };
const SILENCE: Tone = { hz: 0, level: 0 };

/** This puts an ear on a side; the one that was there is taken away. */
export function hear(side: Side, stream: MediaStream | null): void {
  ears[side]?.close();
  ears[side] = stream === null ? null : listen(stream);
}

export function level(side: Side): number {
  return ears[side]?.level() ?? 0;
}

declare global {
  interface Window {
    hatif: { farTone(): Tone; ownTone(): Tone };
  }
}

/** This opens the measurements to the outside. */
export function exposeMeasurements(): void {
  window.hatif = {
    farTone: () => ears.far?.tone() ?? SILENCE,
    ownTone: () => ears.own?.tone() ?? SILENCE,
  };
}
