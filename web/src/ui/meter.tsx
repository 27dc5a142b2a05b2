// A level meter: how loud one side is, many times a second, without drawing the page anew.
import { useEffect, useRef, type ReactElement } from "react";
import { onMeter } from "../audio/level";
import { level, type Side } from "../measure";
import { Icon } from "./icon";

const PERIOD_MS = 60;
/** A meter falls by this much a period, so that a syllable can be seen. */
const FALL = 0.06;

export function Meter({ side, name, label }: { side: Side; name: string; label: string }): ReactElement {
  const meter = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let shown = 0;
    const timer = setInterval(() => {
      shown = Math.max(onMeter(level(side)), shown - FALL);
      meter.current?.style.setProperty("--level", shown.toFixed(3));
      meter.current?.setAttribute("aria-valuenow", `${Math.round(shown * 10) * 10}`);
    }, PERIOD_MS);
    return () => clearInterval(timer);
  }, [side]);
  return (
    <div className="meter-row">
      <span className="meter-name">
        <Icon of={side === "own" ? "microphone" : "speaker"} size={17} />
        {name}
      </span>
      <div
        ref={meter}
        className="meter"
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={0}
        data-testid={`meter-${side}`}
      />
    </div>
  );
}
