// The workplace: the stage in the middle, duty and sound beside it, the calls of before below.
import type { ReactElement } from "react";
import { useWords } from "../i18n";
import { Bar } from "../ui/bar";
import { Icon } from "../ui/icon";
import { Announcer, LineBanner, NoteLine } from "./banner";
import { DutyControl } from "./duty";
import { isBusy, type Work } from "./desk";
import { Recent } from "./recent";
import { tell } from "./shell";
import { Shortcuts, useShortcuts } from "./shortcuts";
import { Sound } from "./sound";
import { Stage } from "./stage";

export function Workplace({ work }: { work: Work }): ReactElement {
  const { words } = useWords();
  useShortcuts(work);
  const busy = isBusy(work.state);
  const up = work.line.is === "up";
  return (
    <>
      <Bar title={words.desk_title}>
        <span className={up ? "pill good" : "pill bad"} data-testid="line" data-line={work.line.is}>
          <span className="dot" aria-hidden="true" />
          {up ? words.line.up : words.line.opening}
        </span>
        {work.welcome !== null && (
          <span className="agent" title={words.greeting(work.welcome.agent.name)} data-testid="agent-name">
            <Icon of="user" size={18} />
            <bdi>{work.welcome.agent.name}</bdi>
          </span>
        )}
        <button
          type="button"
          className="quiet"
          disabled={busy}
          title={busy ? words.leave_busy : words.leave}
          onClick={() => tell({ type: "SignOut" })}
          data-testid="sign-out"
        >
          <Icon of="leave" size={18} />
          {words.leave}
        </button>
      </Bar>
      <LineBanner work={work} />
      <main className="workplace">
        <div className="middle">
          <Stage work={work} />
          <NoteLine work={work} />
        </div>
        <aside className="beside">
          <DutyControl work={work} />
          <Sound work={work} />
          <Shortcuts />
        </aside>
        <Recent calls={work.recent} />
      </main>
      <Announcer work={work} />
    </>
  );
}
