// The messages of the test caller's protocol, as docs/desk-protocol.md has them.
import { list, maybe, message, number, object, oneOf, text, type Read } from "./shape";

const caption = object({ prompt: text, text, language: text, keys: list(text) });
export type Caption = Read<typeof caption>;

/** This reads one frame from the engine: a message, or `null` for a type this version does not know. */
export const heard = message({
  ringing: object({}),
  answered: object({ call: text, sdp: text }),
  caption,
  queued: object({ position: number }),
  talking: object({ agent: maybe(text) }),
  held: object({}),
  released: object({}),
  ping: object({ t: number }),
  pong: object({ t: number }),
  ended: object({
    call: maybe(text),
    by: oneOf("caller", "agent", "system", "flow"),
    cause: text,
  }),
  error: object({ code: text, detail: maybe(text), about: maybe(text) }),
});
export type Heard = NonNullable<ReturnType<typeof heard>>;

/** What the page may send. */
export type Said =
  | { type: "call"; number: string; sdp: string }
  | { type: "key"; key: Key }
  | { type: "hangup" }
  | { type: "ping"; t: number }
  | { type: "pong"; t: number };

export const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"] as const;
export type Key = (typeof KEYS)[number];

/** This is the key of the pad that a character of the keyboard stands for; Arabic and Persian digits count. */
export function keyOf(character: string): Key | null {
  const arabic = "٠١٢٣٤٥٦٧٨٩".indexOf(character);
  const persian = "۰۱۲۳۴۵۶۷۸۹".indexOf(character);
  const plain = character.length !== 1 ? "" : arabic >= 0 ? `${arabic}` : persian >= 0 ? `${persian}` : character;
  return KEYS.find((key) => key === plain) ?? null;
}
