// The time after a call: how much of it is left, whose call it was, and the way back to work.
import type { ReactElement } from "react";
import { useWords } from "../i18n";
import { Countdown, Since, useNow } from "../ui/clock";
import { Icon } from "../ui/icon";
import { useArrival } from "./arrival";
import { CallerFacts, CallerHead } from "./caller";
import type { Work } from "./desk";
import { tell } from "./shell";

export function Wrapup({ work, until_ms, since_ms }: { work: Work; until_ms: number | null; since_ms: number }): ReactElement {
  const { words } = useWords();
  const heading = useArrival();
  return (
    <section className="card stage call" data-tone="wrap_up" data-testid="wrapup" aria-labelledby="wrapup-title">
      <div className="call-top">
        <div>
          <h1 className="caller-title" id="wrapup-title" ref={heading} tabIndex={-1}>
            <Icon of="note" size={18} />
            {words.wrapup.title}
          </h1>
          {work.last_caller !== null && <CallerHead caller={work.last_caller} />}
        </div>
        {until_ms === null ? (
          <p className="talk-time">
            <Since ms={since_ms} skew_ms={work.skew_ms} />
          </p>
        ) : (
          <Left work={work} until_ms={until_ms} of_s={(until_ms - since_ms) / 1_000} />
        )}
      </div>
      <p className="soft">{words.wrapup.text}</p>
      {work.last_caller !== null && <CallerFacts caller={work.last_caller} />}
      <div className="actions">
        <button
          type="button"
          className="action accept"
          disabled={work.line.is !== "up" || work.asked !== null}
          onClick={() => tell({ type: "Order", order: { type: "wrapup.end" } })}
          data-testid="wrapup-end"
        >
          <Icon of="ready" size={22} />
          {words.wrapup.end}
        </button>
      </div>
    </section>
  );
}

function Left({ work, until_ms, of_s }: { work: Work; until_ms: number; of_s: number }): ReactElement {
  const { words } = useWords();
  const left_s = (until_ms - useNow(work.skew_ms)) / 1_000;
  return <Countdown left_s={left_s} of_s={of_s} label={words.wrapup.left} testid="wrapup-left" />;
}
