// The key pad: under the pointer and under the keyboard's digits, in a telephone's order in every language.
import { useEffect, useState, type ReactElement } from "react";
import { useWords } from "../i18n";
import { keyOf, KEYS, type Key } from "../protocol/call";
import { tell } from "./shell";

const LETTERS: Partial<Record<Key, string>> = {
  "2": "ABC", "3": "DEF", "4": "GHI", "5": "JKL", "6": "MNO", "7": "PQRS", "8": "TUV", "9": "WXYZ",
};
const NAMES: Partial<Record<Key, string>> = { "*": "star", "#": "hash" };
/** A key that was pressed on the keyboard is shown down for so long. */
const DOWN_MS = 160;

export function Keypad({ usable }: { usable: "yes" | "no" }): ReactElement {
  const { words } = useWords();
  const down = useKeyboard(usable === "yes");
  return (
    <>
      <div className="keypad" dir="ltr" role="group" aria-label={words.phone.keypad}>
        {KEYS.map((key) => (
          <button
            key={key}
            type="button"
            className={key === down ? "key down" : "key"}
            disabled={usable === "no"}
            aria-label={words.phone.key(key)}
            onClick={() => tell({ type: "Press", key })}
            data-testid={`key-${NAMES[key] ?? key}`}
          >
            <span>{key === "*" ? "∗" : key}</span>
            <small aria-hidden="true">{LETTERS[key] ?? "\u00a0"}</small>
          </button>
        ))}
      </div>
      <p className="soft small centre">{words.phone.hint}</p>
    </>
  );
}

function useKeyboard(listening: boolean): Key | null {
  const [down, setDown] = useState<Key | null>(null);
  useEffect(() => {
    if (!listening) return;
    let lift: ReturnType<typeof setTimeout> | undefined;
    const press = (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
      const key = keyOf(event.key);
      if (key === null) return;
      event.preventDefault();
      tell({ type: "Press", key });
      setDown(key);
      clearTimeout(lift);
      lift = setTimeout(() => setDown(null), DOWN_MS);
    };
    window.addEventListener("keydown", press);
    return () => {
      clearTimeout(lift);
      window.removeEventListener("keydown", press);
    };
  }, [listening]);
  return down;
}
