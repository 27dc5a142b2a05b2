// The last bundle that was not taken, with the place of each fault.
import type { ReactElement } from "react";
import { moment, useWords } from "../i18n";
import type { Fault, Refusal } from "../protocol/bundles";
import { Icon } from "../ui/icon";

export function Refused({ refusal }: { refusal: Refusal | null }): ReactElement | null {
  const { words, language } = useWords();
  if (refusal === null) return null;
  return (
    <section className="card refused" aria-labelledby="refused-title" data-testid="refused">
      <h2 id="refused-title">
        <Icon of="warning" size={18} /> {words.flows.refused} · {moment(refusal.at, Date.now(), language)}
        {refusal.who !== null && (
          <>
            {" · "}
            <bdi>{refusal.who}</bdi>
          </>
        )}
      </h2>
      <p className="soft">{words.flows.refused_text}</p>
      {refusal.faults.length === 0 ? <pre dir="ltr">{refusal.detail}</pre> : <FaultList faults={refusal.faults} />}
    </section>
  );
}

/** The faults are told in the words of the loader, as `hatif check` tells them. */
export function FaultList({ faults }: { faults: Fault[] }): ReactElement {
  return (
    <ul className="faults" dir="ltr" lang="en">
      {faults.map((fault) => (
        <li key={`${fault.file}:${fault.line}:${fault.column}:${fault.code}:${fault.wanted}`} data-testid="fault">
          <code>
            {fault.file}:{fault.line}:{fault.column}
          </code>{" "}
          <span className="soft">{fault.code}</span> wanted {fault.wanted}
          {fault.found !== null && <>, found {<code>{fault.found}</code>}</>}
          {fault.nearest !== null && <>; nearest is {<code>{fault.nearest}</code>}</>}
          {fault.note !== null && <p className="small soft">{fault.note}</p>}
        </li>
      ))}
    </ul>
  );
}
