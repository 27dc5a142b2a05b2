// The desk's keys. Function keys need no shift of layout between Arabic and English and never write a letter.
import { useEffect, type ReactElement } from "react";
import { useWords } from "../i18n";
import type { Input, Work } from "./desk";
import { tell } from "./shell";

export const KEY_OF = { accept: "F2", hangup: "F4", mute: "F8", hold: "F9" } as const;

type Order = Extract<Input, { type: "Order" }>["order"];

/** This is the order that a key gives to this desk, if it gives one. */
export function orderOf(key: string, work: Work): Order | null {
  const offer = work.state?.offer ?? null;
  const call = work.state?.call ?? null;
  if (work.asked !== null) return null;
  if (call !== null) {
    if (key === KEY_OF.hangup) return { type: "hangup" };
    if (key === KEY_OF.mute) return { type: "mute", on: !call.muted };
    if (key === KEY_OF.hold && call.stage !== "waiting_audio") return { type: "hold", on: call.stage !== "held" };
    return null;
  }
  if (offer === null) return null;
  if (key === KEY_OF.accept) return { type: "accept", offer: offer.offer };
  return key === KEY_OF.hangup ? { type: "decline", offer: offer.offer } : null;
}

export function useShortcuts(work: Work): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.repeat) return;
      const order = orderOf(event.key, work);
      if (order === null) return;
      event.preventDefault();
      tell({ type: "Order", order });
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [work]);
}

export function Shortcuts(): ReactElement {
  const { words } = useWords();
  return (
    <section className="shortcuts" aria-labelledby="keys-title">
      <h2 id="keys-title">{words.keys.title}</h2>
      <ul>
        {(["accept", "hangup", "mute", "hold"] as const).map((what) => (
          <li key={what}>
            <kbd>{KEY_OF[what]}</kbd> {what === "hangup" ? words.keys.decline : words.keys[what]}
          </li>
        ))}
      </ul>
    </section>
  );
}
