// The tests of the version: which calls went as they should.
import type { ReactElement } from "react";
import { useWords } from "../i18n";
import type { Tests as Told } from "../protocol/bundles";
import { FaultList } from "./refused";

export function Tests({ tests }: { tests: Told | null }): ReactElement {
  const { words } = useWords();
  const state = tests?.state ?? "unplayed";
  const verdicts = tests?.report?.tests ?? [];
  const failed = verdicts.filter((verdict) => !verdict.good);
  return (
    <section className="card" aria-labelledby="tests-title" data-testid="tests" data-state={state}>
      <div className="chart-head">
        <h2 id="tests-title">{words.flows.tests}</h2>
        <span className={`pill tests-${state}`}>{words.flows.trial(state, failed.length)}</span>
      </div>
      {tests?.faults != null && <FaultList faults={tests.faults} />}
      <div className="scroll" tabIndex={0} role="region" aria-labelledby="tests-title">
        <ul className="tests">
          {[...failed, ...verdicts.filter((verdict) => verdict.good)].map((verdict) => (
            <li key={`${verdict.file} ${verdict.name}`} data-testid="test" data-good={verdict.good}>
              <details>
                <summary>
                  <span className={verdict.good ? "dot good" : "dot bad"} aria-hidden="true" />
                  <span className="unseen">{verdict.good ? words.flows.good : words.flows.bad}</span>
                  <bdi>{verdict.name}</bdi>
                </summary>
                {verdict.failure !== null && (
                  <p className="small" dir="ltr" lang="en">
                    <code>
                      {verdict.file}:{verdict.failure.line}:{verdict.failure.column}
                    </code>{" "}
                    wanted {verdict.failure.wanted}, found {verdict.failure.found}
                  </p>
                )}
                <pre dir="ltr">{verdict.transcript.join("\n")}</pre>
              </details>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}
