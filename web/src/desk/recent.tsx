// The agent's calls of before.
import type { ReactElement } from "react";
import type { PastCall } from "../api";
import { clock, moment, nameIn, useWords } from "../i18n";

export function Recent({ calls }: { calls: PastCall[] | null }): ReactElement {
  const { words, language } = useWords();
  const by = (call: PastCall) => (call.ending === null ? "" : (words.recent.by[call.ending.by] ?? call.ending.by));
  return (
    <section className="card recent" aria-labelledby="recent-title" data-testid="recent">
      <h2 id="recent-title">{words.recent.title}</h2>
      {calls === null || calls.length === 0 ? (
        <p className="soft">{words.recent.none}</p>
      ) : (
        <div className="scroll" tabIndex={0} role="region" aria-labelledby="recent-title">
          <table>
            <thead>
              <tr>
                <th scope="col">{words.recent.started}</th>
                <th scope="col">{words.recent.from}</th>
                <th scope="col">{words.recent.entity}</th>
                <th scope="col">{words.recent.waited}</th>
                <th scope="col">{words.recent.talk}</th>
                <th scope="col">{words.recent.ending}</th>
              </tr>
            </thead>
            <tbody>
              {calls.map((call) => (
                <tr key={call.id} data-testid="recent-row">
                  <td className="digits">{moment(call.started_ms, Date.now(), language)}</td>
                  <td className="digits">
                    <bdi dir="ltr">{call.from}</bdi>
                  </td>
                  <td>{nameIn(call.entity, language) || words.caller.no_entity}</td>
                  <td className="digits">{call.queue_wait_s === null ? "–" : clock(call.queue_wait_s)}</td>
                  <td className="digits">{call.talk_s === null ? "–" : clock(call.talk_s)}</td>
                  <td title={call.ending?.cause}>{by(call)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
