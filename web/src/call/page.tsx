// The telephone: the number and the button, or the call with its keys, and the words that are heard.
import { useEffect, useSyncExternalStore, type ReactElement } from "react";
import { useWords } from "../i18n";
import { Bar } from "../ui/bar";
import { Since } from "../ui/clock";
import { Icon } from "../ui/icon";
import { Meter } from "../ui/meter";
import type { Words } from "../words/en";
import { Captions } from "./captions";
import { Dialler } from "./dialler";
import { Keypad } from "./keypad";
import type { Phone } from "./phone";
import { currentPhone, subscribe, tell } from "./shell";

export function Page(): ReactElement {
  const phone = useSyncExternalStore(subscribe, currentPhone);
  const { words } = useWords();
  const status = describe(phone, words);
  useEffect(() => {
    document.title = `${words.call_title} · ${words.product}`;
  }, [words]);
  return (
    <>
      <Bar title={words.call_title} />
      <main className="telephone">
        <section className="card phone" aria-labelledby="phone-title">
          <h1 id="phone-title">{words.call_title}</h1>
          <p className="soft">{words.phone.lead}</p>
          <p className="status" role="status" data-testid="status" data-state={status.state} data-tone={status.tone}>
            <span className="dot" aria-hidden="true" />
            <strong>{status.text}</strong>
            {phone.at === "up" && <Since ms={phone.since} testid="call-time" />}
          </p>
          {phone.at === "idle" ? <Dialler problem={phone.problem} /> : <InCall phone={phone} />}
        </section>
        <Captions lines={phone.at === "idle" || phone.at === "up" ? phone.lines : []} />
      </main>
    </>
  );
}

function InCall({ phone }: { phone: Exclude<Phone, { at: "idle" }> }): ReactElement {
  const { words } = useWords();
  return (
    <>
      <p className="dialled digits" dir="ltr">
        {phone.number}
      </p>
      <Meter side="own" name={words.audio.own} label={words.meters.own} />
      <Meter side="far" name={words.audio.title} label={words.meters.far} />
      <Keypad usable={phone.at === "up" ? "yes" : "no"} />
      <button type="button" className="action decline" onClick={() => tell({ type: "HangUp" })} data-testid="hangup">
        <Icon of="hangup" size={22} />
        {words.phone.hangup}
      </button>
    </>
  );
}

function describe(phone: Phone, words: Words): { state: string; text: string; tone: string } {
  switch (phone.at) {
    case "idle":
      if (phone.problem === "failed") return { state: "failed", text: words.phone.failed, tone: "missed" };
      if (phone.problem !== null) return { state: "blocked", text: words.audio.blocked[phone.problem].title, tone: "missed" };
      if (phone.ended !== null) return { state: "ended", text: words.phone.ended[phone.ended.by], tone: "offline" };
      return { state: "idle", text: words.phone.idle, tone: "offline" };
    case "line":
      return { state: "line", text: words.phone.line, tone: "ringing" };
    case "calling":
      return { state: phone.progress, text: words.phone[phone.progress], tone: "ringing" };
    case "up": {
      const { stage } = phone;
      switch (stage.is) {
        case "menu":
          return { state: "menu", text: words.phone.menu, tone: "talking" };
        case "queued":
          return { state: "queued", text: words.phone.queued(stage.position), tone: "wrap_up" };
        case "talking":
          return { state: "talking", text: words.phone.talking(stage.agent), tone: "available" };
        case "held":
          return { state: "held", text: words.phone.held, tone: "held" };
      }
    }
  }
}
