// The versions of the bundle: which one serves, how many calls are on each, and the orders about them.
import { useState, type FormEvent, type ReactElement } from "react";
import { moment, useWords } from "../i18n";
import type { Library, Version } from "../protocol/bundles";
import { FaultList } from "./refused";
import { give, pick, type Order, type OrderState } from "./shell";

export function Versions({ library, shown, order }: { library: Library; shown: string; order: OrderState }): ReactElement {
  const { words } = useWords();
  const busy = order.is === "running";
  return (
    <section className="card" aria-labelledby="versions-title" data-testid="versions">
      <div className="chart-head">
        <h2 id="versions-title">{words.flows.versions}</h2>
        <button type="button" className="choice" disabled={busy} onClick={() => void give({ act: "reload" })} data-testid="reload">
          {words.flows.reload}
        </button>
      </div>
      <div role="status">
        {order.is === "refused" && (
          <div className="problem order-problem" data-testid="order-problem">
            <p dir="auto">{order.problem.detail === "" ? words.login.network : order.problem.detail}</p>
            {order.problem.faults !== null && <FaultList faults={order.problem.faults} />}
          </div>
        )}
      </div>
      <ol className="versions">
        {library.versions.map((version) => (
          <One key={version.hash} version={version} library={library} shown={shown === version.hash} busy={busy} />
        ))}
      </ol>
      <TryOut library={library} busy={busy} />
    </section>
  );
}

function One({ version, library, shown, busy }: { version: Version; library: Library; shown: boolean; busy: boolean }): ReactElement {
  const { words, language } = useWords();
  const { candidate } = library;
  const order = (order: Order) => () => void give(order);
  const who = version.who ?? words.flows.means[version.means];
  return (
    <li className="version" data-testid="version" data-state={version.state} data-calls={version.calls_now} data-hash={version.hash}>
      <div className="version-head">
        <button type="button" className="quiet hash" aria-pressed={shown} onClick={() => pick(version.hash)} title={version.hash} dir="ltr">
          {version.hash.slice(0, 10)}
        </button>
        <span className={`pill ${version.state}`}>{words.flows.states[version.state]}</span>
        <span className={`pill tests-${version.tests.state}`}>{words.flows.trial(version.tests.state, version.tests.failed ?? 0)}</span>
      </div>
      <p className="small soft">
        {moment(version.at, Date.now(), language)} · <bdi>{who}</bdi>
      </p>
      <p className="small">
        {words.flows.now(version.calls_now)} · {words.flows.total(version.calls_total)}
        {!version.in_memory && ` · ${words.flows.on_disk}`}
      </p>
      {version.state === "candidate" && candidate !== null && (
        <p className="small">
          {words.flows.share_of(candidate.share)}
          {candidate.callers.length > 0 && (
            <>
              {" · "}
              <bdi dir="ltr">{candidate.callers.map((caller) => `+${caller}`).join(", ")}</bdi>
            </>
          )}
        </p>
      )}
      {version.changes.length === 0 && version.means !== "start" && <p className="small soft">{words.flows.no_changes}</p>}
      {version.changes.length > 0 && (
        <details className="small" data-testid="changes">
          <summary>{words.flows.changes(version.changes.length)}</summary>
          <ul dir="ltr" lang="en" className="changes">
            {version.changes.map((change) => (
              <li key={change}>{change}</li>
            ))}
          </ul>
        </details>
      )}
      <div className="version-orders">
        {version.state === "retired" && (
          <button type="button" className="choice" disabled={busy} onClick={order({ act: "rollback", hash: version.hash })} data-testid="rollback">
            {words.flows.rollback}
          </button>
        )}
        {version.state === "candidate" && (
          <>
            <button type="button" className="choice" disabled={busy} onClick={order({ act: "promote" })} data-testid="promote">
              {words.flows.promote}
            </button>
            <button type="button" className="choice" disabled={busy} onClick={order({ act: "drop" })} data-testid="drop">
              {words.flows.drop}
            </button>
          </>
        )}
      </div>
    </li>
  );
}

/** A candidate comes from a folder beside the bundle's, or is a version that is kept. */
function TryOut({ library, busy }: { library: Library; busy: boolean }): ReactElement {
  const { words } = useWords();
  const others = library.versions.filter((version) => version.state !== "active");
  const [from, setFrom] = useState("");
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const of = (name: string) => String(form.get(name) ?? "").trim();
    const callers = of("callers").split(/[\s,;]+/u).filter((caller) => caller !== "");
    const share = Number(of("share"));
    const source = from === "" ? { path: of("path") } : { hash: from };
    void give({ act: "candidate", ...source, share, callers });
  };
  return (
    <details className="try-out">
      <summary>{words.flows.try_out}</summary>
      <form onSubmit={submit}>
        <label>
          {words.flows.from}
          <select value={from} onChange={(event) => setFrom(event.target.value)} data-testid="candidate-from">
            <option value="">{words.flows.folder}</option>
            {others.map((version) => (
              <option key={version.hash} value={version.hash}>
                {version.hash.slice(0, 10)}
              </option>
            ))}
          </select>
        </label>
        {from === "" && (
          <label>
            {words.flows.path}
            <input name="path" dir="ltr" required placeholder="ivr-flows-next" data-testid="candidate-path" />
          </label>
        )}
        <label>
          {words.flows.share}
          <input name="share" type="number" dir="ltr" min={0} max={100} defaultValue={5} required data-testid="candidate-share" />
        </label>
        <label>
          {words.flows.callers}
          <input name="callers" dir="ltr" placeholder="+971501234567" data-testid="candidate-callers" />
        </label>
        <button type="submit" className="strong" disabled={busy} data-testid="candidate-submit">
          {words.flows.try_it}
        </button>
      </form>
    </details>
  );
}
