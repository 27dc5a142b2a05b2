// The stage: the one thing that the agent is doing.
import type { ReactElement } from "react";
import { useWords } from "../i18n";
import { Icon, type Drawing } from "../ui/icon";
import type { Work } from "./desk";
import { Ring } from "./ring";
import { statusOf, type Status } from "./status";
import { Talk } from "./talk";
import { Wrapup } from "./wrapup";

const PICTURE: Record<Status, Drawing> = {
  offline: "off",
  available: "ready",
  reserved: "clock",
  ringing: "incoming",
  talking: "handset",
  held: "pause",
  waiting_audio: "muted",
  wrap_up: "note",
  away: "away",
  missed: "warning",
};

export function Stage({ work }: { work: Work }): ReactElement {
  const { state } = work;
  if (state === null) return <Idle status={null} hint="" />;
  if (state.call !== null) return <Talk work={work} call={state.call} />;
  if (state.offer !== null) return <Ring work={work} offer={state.offer} key={state.offer.offer} />;
  if (state.duty === "wrap_up") return <Wrapup work={work} until_ms={state.wrapup_until_ms} since_ms={state.since_ms} />;
  return <IdleHint status={statusOf(state)} />;
}

function IdleHint({ status }: { status: Status }): ReactElement {
  const { words } = useWords();
  const hints: Partial<Record<Status, string>> = words.duty.hint;
  return <Idle status={status} hint={hints[status] ?? ""} />;
}

function Idle({ status, hint }: { status: Status | null; hint: string }): ReactElement {
  const { words } = useWords();
  return (
    <section className="card stage idle" data-tone={status ?? "offline"} data-testid="idle">
      <div className="medal">
        <Icon of={status === null ? "clock" : PICTURE[status]} size={38} />
      </div>
      <h1>{status === null ? words.line.opening : words.duty[status]}</h1>
      <p className="soft">{hint}</p>
    </section>
  );
}
