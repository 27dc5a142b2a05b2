// What is to be known of one node: where it stands in its file, what is heard, whereto it leads.
import { useEffect, useRef, type ReactElement } from "react";
import { direction, useWords } from "../i18n";
import type { Graph, Node } from "../protocol/bundles";

type Told = {
  node: Node;
  graph: Graph;
  count: { now: number; last_hour: number } | null;
  onFlow: (flow: string) => void;
  onClose: () => void;
};

export function NodePanel({ node, graph, count, onFlow, onClose }: Told): ReactElement {
  const { words } = useWords();
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus({ preventScroll: true }), [node.id]);
  const ways = graph.edges.filter((edge) => edge.from === node.id);
  const nameOf = (id: string) => graph.nodes.find((one) => one.id === id)?.name ?? id;
  return (
    <section className="node-panel" aria-labelledby="node-title" data-testid="node-panel">
      <h3 id="node-title" tabIndex={-1} ref={title}>
        <bdi>{node.name}</bdi> <span className="node-step">{node.step}</span>
      </h3>
      {node.text !== "" && (
        <p lang={graph.language} dir={direction(graph.language)}>
          {node.text}
        </p>
      )}
      {node.when !== null && (
        <p className="small">
          {words.flows.when} <code dir="ltr">{node.when}</code>
        </p>
      )}
      {count !== null && (
        <p className="small soft">
          {words.flows.now(count.now)} · {words.flows.hour(count.last_hour)}
        </p>
      )}
      {ways.length > 0 && (
        <ul className="ways small">
          {ways.map((way) => (
            <li key={`${way.to} ${way.label}`}>
              <bdi>{way.label === "" ? words.flows.next : way.label}</bdi> <span aria-hidden="true">→</span> <bdi>{nameOf(way.to)}</bdi>
            </li>
          ))}
        </ul>
      )}
      {node.inherited !== null && node.inherited.length > 0 && (
        <details className="small">
          <summary>{words.flows.inherited}</summary>
          <ul className="ways">
            {node.inherited.map((way) => (
              <li key={way.outcome}>
                <code dir="ltr">{way.outcome}</code> <span aria-hidden="true">→</span> <bdi>{nameOf(way.to)}</bdi>
              </li>
            ))}
          </ul>
        </details>
      )}
      <div className="node-foot">
        {node.file !== null && node.line !== null && (
          <code className="small soft" dir="ltr">
            {node.file}:{node.line}
          </code>
        )}
        {node.kind === "flow" && (
          <button type="button" className="choice" onClick={() => onFlow(node.flow ?? node.id)}>
            {words.flows.open_flow}
          </button>
        )}
        <button type="button" className="quiet" onClick={onClose}>
          {words.flows.close}
        </button>
      </div>
    </section>
  );
}
