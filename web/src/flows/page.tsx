// The page of the flows: what callers hear, where they are, and which version they hear it from.
import { useEffect, type ReactElement } from "react";
import { useWords } from "../i18n";
import { Bar } from "../ui/bar";
import { Door } from "../ui/door";
import { Icon } from "../ui/icon";
import { Chart } from "./chart";
import { Prompts } from "./prompts";
import { Refused } from "./refused";
import { enter, leave, useState as useFlows, type State } from "./shell";
import { Tests } from "./tests";
import { Versions } from "./versions";
import { Warnings } from "./warnings";

export function Page(): ReactElement {
  const state = useFlows();
  const { words } = useWords();
  useEffect(() => {
    document.title = `${words.flows_title} · ${words.product}`;
  }, [words]);
  return state.at === "door" ? <Entrance state={state} /> : <Inside state={state} />;
}

function Entrance({ state }: { state: Extract<State, { at: "door" }> }): ReactElement {
  const { words } = useWords();
  const { problem } = state;
  const said = () => {
    if (problem === null) return null;
    if (typeof problem === "object") return words.login.too_many(problem.wait_s);
    return problem === "supervisors" ? words.flows.supervisors : words.login[problem];
  };
  const go = (agent: string, password: string) => void enter(agent, password);
  return <Door title={words.flows_title} lead={words.flows.lead} problem={said()} entering={state.entering === "yes"} enter={go} />;
}

function Inside({ state }: { state: Extract<State, { at: "inside" }> }): ReactElement {
  const { words } = useWords();
  const { library, picked, shown } = state;
  return (
    <>
      <Bar title={words.flows_title}>
        <bdi className="agent" data-testid="bundle">
          {library.id}
        </bdi>
        <button type="button" className="quiet" onClick={() => leave()} data-testid="sign-out">
          <Icon of="leave" size={18} />
          {words.leave}
        </button>
      </Bar>
      <main className="flows">
        <div className="middle">
          <Refused refusal={library.refusal} />
          {picked === null ? <p className="card soft">{words.flows.loading}</p> : <Chart key={picked.hash} picked={picked} />}
          {picked !== null && <Prompts prompts={picked.prompts} languages={picked.contents.languages} />}
        </div>
        <div className="beside">
          <Versions library={library} shown={shown} order={state.order} />
          {picked !== null && <Warnings warnings={picked.warnings} />}
          {picked !== null && <Tests tests={picked.tests} />}
        </div>
      </main>
    </>
  );
}
