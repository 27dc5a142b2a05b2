// The agent's sound: whether it carries, what stands in the way, and how loud both sides are.
import { useEffect, useState, type ReactElement } from "react";
import { context } from "../audio/level";
import { useWords } from "../i18n";
import { Icon } from "../ui/icon";
import { Meter } from "../ui/meter";
import type { Work } from "./desk";
import { tell } from "./shell";

export function Sound({ work }: { work: Work }): ReactElement {
  const { words } = useWords();
  const { audio } = work;
  const held_back = useHeldBack();
  if (audio.is === "blocked") {
    const { title, text } = words.audio.blocked[audio.why];
    return (
      <section className="card blocked" data-testid="sound" data-sound="blocked" data-why={audio.why} aria-labelledby="sound-title">
        <h2 id="sound-title">{words.audio.title}</h2>
        <p role="alert" className="problem">
          <Icon of="muted" />
          <strong>{title}</strong>
        </p>
        <p>{text}</p>
        <button type="button" className="strong" onClick={() => tell({ type: "RetryAudio" })} data-testid="sound-retry">
          {words.audio.retry}
        </button>
      </section>
    );
  }
  const carries = audio.is === "up";
  return (
    <section className="card" data-testid="sound" data-sound={carries ? "up" : "opening"} aria-labelledby="sound-title">
      <h2 id="sound-title">{words.audio.title}</h2>
      <p className="status" data-tone={carries ? "available" : "ringing"} role="status">
        <span className="dot" aria-hidden="true" />
        <strong>{carries ? words.audio.up : words.audio.opening}</strong>
      </p>
      <Meter side="own" name={words.audio.own} label={words.meters.own} />
      <Meter side="far" name={words.audio.far} label={words.meters.far} />
      <p className="soft small">{held_back ? words.audio.gesture : words.audio.idle}</p>
    </section>
  );
}

/** Browsers keep a page silent until it is touched, for example after a reload. */
function useHeldBack(): boolean {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    const sound = context();
    const look = () => setHeld(sound.state === "suspended");
    look();
    sound.addEventListener("statechange", look);
    return () => sound.removeEventListener("statechange", look);
  }, []);
  return held;
}
