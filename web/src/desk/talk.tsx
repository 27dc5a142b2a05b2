// The call: the caller, the time, and mute, hold and hang up.
import type { ReactElement } from "react";
import { useWords } from "../i18n";
import type { State } from "../protocol/desk";
import { Since } from "../ui/clock";
import { Icon } from "../ui/icon";
import { useArrival } from "./arrival";
import { CallerFacts, CallerHead } from "./caller";
import type { Work } from "./desk";
import { tell } from "./shell";
import { KEY_OF } from "./shortcuts";

type Call = NonNullable<State["call"]>;

export function Talk({ work, call }: { work: Work; call: Call }): ReactElement {
  const { words } = useWords();
  const free = work.line.is === "up" && work.current && work.asked === null;
  const heading = useArrival();
  const held = call.stage === "held";
  return (
    <section className="card stage call" data-tone={call.stage} data-testid="talk" data-stage={call.stage} data-muted={call.muted} aria-labelledby="talk-title">
      <div className="call-top">
        <div>
          <h1 className="caller-title" id="talk-title" ref={heading} tabIndex={-1}>
            <Icon of={held ? "pause" : "handset"} size={18} />
            {words.duty[call.stage]}
          </h1>
          <CallerHead caller={call.caller} />
        </div>
        <p className="talk-time" title={words.talk.time}>
          <Since ms={call.since_ms} skew_ms={work.skew_ms} testid="talk-time" />
        </p>
      </div>
      <Remark call={call} />
      <CallerFacts caller={call.caller} />
      <div className="actions">
        <button
          type="button"
          className="action"
          aria-pressed={call.muted}
          disabled={!free}
          aria-keyshortcuts={KEY_OF.mute}
          onClick={() => tell({ type: "Order", order: { type: "mute", on: !call.muted } })}
          data-testid="mute"
        >
          <Icon of={call.muted ? "muted" : "microphone"} size={22} />
          {call.muted ? words.talk.unmute : words.talk.mute}
          <kbd>{KEY_OF.mute}</kbd>
        </button>
        <button
          type="button"
          className="action"
          aria-pressed={held}
          disabled={!free || call.stage === "waiting_audio"}
          aria-keyshortcuts={KEY_OF.hold}
          onClick={() => tell({ type: "Order", order: { type: "hold", on: !held } })}
          data-testid="hold"
        >
          <Icon of={held ? "play" : "pause"} size={22} />
          {held ? words.talk.resume : words.talk.hold}
          <kbd>{KEY_OF.hold}</kbd>
        </button>
        <button
          type="button"
          className="action decline"
          disabled={!free}
          aria-keyshortcuts={KEY_OF.hangup}
          onClick={() => tell({ type: "Order", order: { type: "hangup" } })}
          data-testid="hangup"
        >
          <Icon of="hangup" size={22} />
          {words.talk.hangup}
          <kbd>{KEY_OF.hangup}</kbd>
        </button>
      </div>
    </section>
  );
}

/** This says in a sentence what the caller does not hear, so that colour is not the only sign. */
function Remark({ call }: { call: Call }): ReactElement {
  const { words } = useWords();
  const text =
    call.stage === "waiting_audio" ? words.talk.waiting_audio : call.stage === "held" ? words.talk.held : call.muted ? words.talk.muted : null;
  return (
    <div role="status" className="remark-place">
      {text !== null && (
        <p className="remark">
          <Icon of={call.stage === "held" ? "pause" : "muted"} size={18} />
          {text}
        </p>
      )}
    </div>
  );
}
