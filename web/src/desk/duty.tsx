// The agent's duty: what it is, since when, and the buttons that change it.
import type { ReactElement } from "react";
import { useWords } from "../i18n";
import { Since } from "../ui/clock";
import { Icon } from "../ui/icon";
import { isBusy, type Work } from "./desk";
import { tell } from "./shell";
import { statusOf } from "./status";

export function DutyControl({ work }: { work: Work }): ReactElement {
  const { words } = useWords();
  const { state } = work;
  const free = work.line.is === "up" && work.current && state !== null && work.asked !== "duty";
  const no_audio = state?.audio !== "up";
  const status = state === null ? null : statusOf(state);
  // During a call this button takes back what is kept for its end, and means nothing else.
  const bound = isBusy(state) && state?.pending === null;
  const reasons = work.welcome?.away_reasons ?? [];
  return (
    <section className="card duty" aria-labelledby="duty-title">
      <h2 id="duty-title">{words.duty.title}</h2>
      <p className="status" data-testid="status" data-duty={status ?? "unknown"} data-tone={status ?? "offline"}>
        <span className="dot" aria-hidden="true" />
        <strong>
          {status === null ? words.line.opening : words.duty[status]}
          {state?.reason != null && ` · ${words.duty.reasons[state.reason] ?? state.reason}`}
        </strong>
        {state !== null && (
          <span className="soft">
            {words.duty.since} <Since ms={state.since_ms} skew_ms={work.skew_ms} testid="status-time" />
          </span>
        )}
      </p>
      {state?.pending != null && (
        <p className="pending" data-testid="duty-pending" data-pending={state.pending} role="status">
          <Icon of="clock" size={17} />
          {words.duty.pending[state.pending]}
        </p>
      )}
      <button
        type="button"
        className="choice go"
        aria-pressed={state?.duty === "available"}
        aria-describedby={no_audio && !isBusy(state) ? "duty-needs" : undefined}
        disabled={!free || no_audio || bound}
        onClick={() => tell({ type: "Order", order: { type: "duty", to: "available" } })}
        data-testid="duty-available"
      >
        <Icon of="ready" size={18} />
        {words.duty.go_available}
      </button>
      <p className="soft small" id="duty-away">
        {words.duty.go_away}
      </p>
      <div className="choices" role="group" aria-labelledby="duty-away">
        {reasons.map((reason) => (
          <button
            key={reason}
            type="button"
            className="choice"
            aria-pressed={state?.duty === "away" && state.reason === reason}
            disabled={!free}
            onClick={() => tell({ type: "Order", order: { type: "duty", to: "away", reason } })}
            data-testid={`duty-away-${reason}`}
          >
            {words.duty.reasons[reason] ?? reason}
          </button>
        ))}
      </div>
      <button
        type="button"
        className="choice"
        aria-pressed={state?.duty === "offline"}
        disabled={!free}
        onClick={() => tell({ type: "Order", order: { type: "duty", to: "offline" } })}
        data-testid="duty-offline"
      >
        <Icon of="off" size={18} />
        {words.duty.go_offline}
      </button>
      {state !== null && no_audio && !isBusy(state) && (
        <p className="soft small" id="duty-needs">
          {words.audio.needed}
        </p>
      )}
    </section>
  );
}
