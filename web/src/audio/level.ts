// How loud a sound is, and which tone stands out in it: for the meters and for measurements.

export interface Tone {
  hz: number;
  /** Root mean square of the wave, 0 to 1. */
  level: number;
}

export interface Ear {
  /** Root mean square over the last 85 ms at 48 kHz, 0 to 1. */
  level(): number;
  tone(): Tone;
  close(): void;
}

const WINDOW = 4_096;
let shared: AudioContext | null = null;

/** This is the page's one audio context. Browsers let it run after the first gesture. */
export function context(): AudioContext {
  if (shared === null) {
    const made = new AudioContext();
    const wake = () => void made.resume();
    for (const gesture of ["pointerdown", "keydown"]) window.addEventListener(gesture, wake, { capture: true });
    shared = made;
  }
  return shared;
}

/** This listens to a stream without being heard. */
export function listen(stream: MediaStream): Ear {
  const source = context().createMediaStreamSource(stream);
  const analyser = new AnalyserNode(context(), { fftSize: WINDOW, smoothingTimeConstant: 0 });
  source.connect(analyser);
  const wave = new Float32Array(WINDOW);
  const spectrum = new Float32Array(analyser.frequencyBinCount);
  const level = () => {
    analyser.getFloatTimeDomainData(wave);
    return Math.sqrt(wave.reduce((sum, sample) => sum + sample * sample, 0) / wave.length);
  };
  return {
    level,
    tone() {
      analyser.getFloatFrequencyData(spectrum);
      return { hz: (peak(spectrum) * context().sampleRate) / WINDOW, level: level() };
    },
    close() {
      source.disconnect();
    },
  };
}

/** This is the place of the highest point of a spectrum in decibels, between bins by a parabola through its neighbours. */
export function peak(spectrum: Float32Array): number {
  let top = 0;
  spectrum.forEach((value, bin) => {
    if (value > (spectrum[top] ?? -Infinity)) top = bin;
  });
  const [left, middle, right] = [spectrum[top - 1], spectrum[top], spectrum[top + 1]];
  if (left === undefined || middle === undefined || right === undefined) return top;
  const bend = left - 2 * middle + right;
  return Number.isFinite(bend) && bend < 0 ? top + (left - right) / (2 * bend) : top;
}

/** This is a level on a meter from 0 to 1: 60 dB wide, as the ear counts. */
export function onMeter(level: number): number {
  return Math.min(1, Math.max(0, 1 + (20 * Math.log10(Math.max(level, 1e-6))) / 60));
}
