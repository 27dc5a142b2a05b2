// Time on the screen: what is shown is reckoned anew from the wall clock, so a sleeping tab wakes up right.
import { useEffect, useState, type ReactElement } from "react";
import { clock } from "../i18n";

/** This is the engine's time now, in milliseconds, looked at several times a second. */
export function useNow(skew_ms = 0): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, []);
  return now + skew_ms;
}

export function Since({ ms, skew_ms, testid }: { ms: number; skew_ms?: number; testid?: string }): ReactElement {
  const seconds = (useNow(skew_ms) - ms) / 1_000;
  return (
    <span className="digits" dir="ltr" role="timer" aria-live="off" data-testid={testid}>
      {clock(seconds)}
    </span>
  );
}

/** This is a circle that empties, with the seconds left inside it. */
export function Countdown(props: { left_s: number; of_s: number; label: string; testid: string }): ReactElement {
  const left = Math.min(Math.max(0, props.left_s), Math.max(0, props.of_s));
  const share = props.of_s > 0 ? Math.min(1, left / props.of_s) : 0;
  return (
    <div className="countdown" role="timer" aria-live="off" aria-label={props.label} data-testid={props.testid}>
      <svg viewBox="0 0 64 64" aria-hidden="true">
        <circle cx="32" cy="32" r="28" className="countdown-track" />
        <circle cx="32" cy="32" r="28" className="countdown-hand" pathLength={1} strokeDashoffset={1 - share} />
      </svg>
      <span className="digits" dir="ltr">
        {left >= 60 ? clock(Math.ceil(left)) : Math.ceil(left)}
      </span>
    </div>
  );
}
