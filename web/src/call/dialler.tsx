// The number field with what may be dialled, and the button that calls.
import { useEffect, useState, type FormEvent, type ReactElement } from "react";
import { numbers, type Dialled } from "../api";
import { useWords } from "../i18n";
import { Icon } from "../ui/icon";
import type { Idle } from "./phone";
import { tell } from "./shell";

export function Dialler({ problem }: { problem: Idle["problem"] }): ReactElement {
  const { words } = useWords();
  const [number, setNumber] = useState("");
  const known = useNumbers((first) => setNumber((typed) => typed || first));
  const call = (event: FormEvent) => {
    event.preventDefault();
    tell({ type: "Dial", number: number.trim() });
  };
  return (
    <form className="dialler" onSubmit={call}>
      {problem !== null && problem !== "failed" && (
        <p className="problem" role="alert">
          <Icon of="muted" size={18} />
          {words.audio.blocked[problem].text}
        </p>
      )}
      <label>
        {words.phone.number}
        <input value={number} onChange={(event) => setNumber(event.target.value)} className="digits" dir="ltr" inputMode="tel" required maxLength={64} list="known-numbers" autoComplete="off" data-testid="number" />
      </label>
      <datalist id="known-numbers">
        {known?.map((one) => (
          <option key={one.number} value={one.number} label={one.title ?? ""} />
        ))}
      </datalist>
      {known === null && <p className="soft small">{words.phone.numbers_failed}</p>}
      {known != null && known.length > 0 && (
        <div className="choices">
          {known.map((one) => (
            <button key={one.number} type="button" className="choice" aria-pressed={one.number === number} onClick={() => setNumber(one.number)} data-testid={`number-${one.number}`}>
              <span className="digits" dir="ltr">
                {one.number}
              </span>
              {one.title !== null && <span dir="auto">{one.title}</span>}
            </button>
          ))}
        </div>
      )}
      <button type="submit" className="action accept" data-testid="call">
        <Icon of="handset" size={22} />
        {words.phone.call}
      </button>
    </form>
  );
}

/** These are the numbers that may be dialled: `undefined` while asked for, `null` when they could not be had. */
function useNumbers(first: (number: string) => void): Dialled[] | null | undefined {
  const [known, setKnown] = useState<Dialled[] | null>();
  useEffect(() => {
    let here = true;
    void numbers().then((answer) => {
      if (!here) return;
      setKnown(answer);
      if (answer?.[0] !== undefined) first(answer[0].number);
    });
    return () => {
      here = false;
    };
    // Asked once, when the field appears.
  }, []);
  return known;
}
