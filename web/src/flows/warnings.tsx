// What the writer of the version may not have meant: it serves all the same.
import type { ReactElement } from "react";
import { useWords } from "../i18n";
import type { Warnings as Told } from "../protocol/bundles";
import { FaultList } from "./refused";

export function Warnings({ warnings }: { warnings: Told }): ReactElement {
  const { words } = useWords();
  const { total } = warnings;
  return (
    <section className="card" aria-labelledby="warnings-title" data-testid="warnings" data-total={total}>
      <div className="chart-head">
        <h2 id="warnings-title">{words.flows.warnings}</h2>
        <span className={`pill ${total === 0 ? "tests-passed" : "tests-playing"}`}>{words.flows.warned(total)}</span>
      </div>
      {total > 0 && (
        <>
          <p className="small soft">{words.flows.warnings_text}</p>
          <div className="scroll" tabIndex={0} role="region" aria-labelledby="warnings-title">
            <FaultList faults={warnings.warnings} />
          </div>
        </>
      )}
    </section>
  );
}
