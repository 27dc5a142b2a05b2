// Word about the line, news of calls, and what a screen reader is told.
import type { ReactElement } from "react";
import { clock, nameIn, useWords } from "../i18n";
import type { Words } from "../words/en";
import { useNow } from "../ui/clock";
import { Icon } from "../ui/icon";
import type { Note, Work } from "./desk";
import { statusOf } from "./status";

/** This stands at the top while the engine cannot be reached; the very first connecting needs no alarm. */
export function LineBanner({ work }: { work: Work }): ReactElement {
  const { words } = useWords();
  const { line } = work;
  const alarmed = line.is === "waiting" || (line.is !== "up" && (line.attempt > 0 || work.state !== null));
  return (
    <div role="alert" className="banner-place">
      {alarmed && (
        <div className="banner" data-testid="line-banner">
          <Icon of="warning" />
          <strong>{words.line.lost}</strong>
          <span aria-live="off">
            {line.is === "waiting" ? <Again until={line.until} /> : words.line.opening}
          </span>
          {work.state?.call != null && <span>{words.line.grace}</span>}
        </div>
      )}
    </div>
  );
}

function Again({ until }: { until: number }): ReactElement {
  const { words } = useWords();
  return <>{words.line.again(Math.max(0, Math.round((until - useNow()) / 1_000)))}</>;
}

export function NoteLine({ work }: { work: Work }): ReactElement {
  const { words } = useWords();
  return (
    <div role="status" className="note-place">
      {work.note !== null && (
        <p className="note" data-testid="note" data-note={work.note.note.what}>
          <Icon of={work.note.note.what === "error" ? "warning" : "note"} size={18} />
          {sentence(work.note.note, words)}
        </p>
      )}
    </div>
  );
}

function sentence(note: Note, words: Words): string {
  switch (note.what) {
    case "withdrawn":
      return note.why === "declined" ? "" : words.note[note.why];
    case "ended":
      return words.note.ended[note.by](clock(note.talk_s));
    case "error":
      return words.note.error[note.code] ?? words.note.other_error;
  }
}

/** This says the ring at once and every other change when the reader has finished. */
export function Announcer({ work }: { work: Work }): ReactElement {
  const { words, language } = useWords();
  const state = work.current ? work.state : null;
  const caller = state?.offer?.caller;
  return (
    <>
      <div className="unseen" role="alert">
        {caller !== undefined && words.ring.announce(caller.from, nameIn(caller.entity?.name ?? null, language))}
      </div>
      <div className="unseen" role="status">
        {state !== null && words.duty[statusOf(state)]}
      </div>
    </>
  );
}
