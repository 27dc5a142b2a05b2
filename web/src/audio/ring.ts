// The ring: two soft tones, one second on and two off, made here so that no sound file is needed.
import { context } from "./level";

const CADENCE_MS = 3_000;

/** This rings until the returned function is called. */
export function ring(): () => void {
  const sound = context();
  const volume = new GainNode(sound, { gain: 0 });
  const voices = [523.25, 659.25].map((frequency) => new OscillatorNode(sound, { type: "sine", frequency }));
  for (const voice of voices) voice.connect(volume);
  volume.connect(sound.destination);
  for (const voice of voices) voice.start();
  const burst = () => {
    const now = sound.currentTime;
    for (const [after, gain] of [[0, 0.16], [0.35, 0.02], [0.4, 0.16], [0.95, 0.02], [1.1, 0]] as const) {
      volume.gain.setTargetAtTime(gain, now + after, 0.03);
    }
  };
  burst();
  const again = setInterval(burst, CADENCE_MS);
  return () => {
    clearInterval(again);
    for (const voice of voices) voice.stop();
    volume.disconnect();
  };
}
