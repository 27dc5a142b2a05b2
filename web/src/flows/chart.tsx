// One flow as a picture: a node for each step, with the callers who are there now and were in the last hour.
import { useEffect, useMemo, useRef, useState, type ReactElement } from "react";
import { direction, useWords } from "../i18n";
import type { Graph, Node, Traffic } from "../protocol/bundles";
import { layOut, NODE, type Picture } from "./layout";
import { NodePanel } from "./node";
import { graphOf, type Picked } from "./shell";

const SCALES = [0.35, 0.5, 0.65, 0.8, 1, 1.25];

type Count = { now: number; last_hour: number };
export type Counts = Map<string, Count>;

export function Chart({ picked }: { picked: Picked }): ReactElement {
  const { words, language } = useWords();
  const { flows } = picked.contents;
  const [flow, setFlow] = useState(() => (flows.find((one) => one.id === "main") ?? flows[0])?.id ?? "");
  const [graph, setGraph] = useState<Graph | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [scale, setScale] = useState(3);
  useEffect(() => {
    let wanted = true;
    void graphOf(picked.hash, flow, language).then((told) => wanted && told !== null && setGraph(told));
    return () => void (wanted = false);
  }, [picked.hash, flow, language]);
  const picture = useMemo(() => (graph === null ? null : layOut(visible(graph))), [graph]);
  const counts = useMemo(() => countsOf(picked.traffic), [picked.traffic]);
  const node = graph?.nodes.find((one) => one.id === chosen) ?? null;
  const pick = (id: string) => {
    setFlow(id);
    setChosen(null);
  };
  return (
    <section className="card chart" aria-labelledby="chart-title">
      <div className="chart-head">
        <h2 id="chart-title">{words.flows.picture}</h2>
        <label className="chart-pick">
          <span className="unseen">{words.flows.flow}</span>
          <select value={flow} onChange={(event) => pick(event.target.value)} data-testid="flow">
            {flows.map((one) => (
              <option key={one.id} value={one.id}>
                {`${one.title} (${one.id})${within(picked.traffic, one.id, words.flows.now)}`}
              </option>
            ))}
          </select>
        </label>
        <div className="zoom" role="group" aria-label={words.flows.zoom}>
          <button type="button" className="choice" disabled={scale === 0} onClick={() => setScale(scale - 1)} aria-label={words.flows.smaller}>
            −
          </button>
          <button type="button" className="choice" disabled={scale === SCALES.length - 1} onClick={() => setScale(scale + 1)} aria-label={words.flows.larger}>
            +
          </button>
        </div>
      </div>
      <p className="soft small legend">
        <span className="badge live">{words.flows.legend_now}</span>
        <span className="badge">{words.flows.legend_hour}</span>
      </p>
      {picture !== null && graph !== null && (
        <Drawing picture={picture} scale={SCALES[scale] ?? 1} counts={counts} chosen={chosen} language={graph.language} onPick={setChosen} />
      )}
      {node !== null && graph !== null && (
        <NodePanel node={node} graph={graph} count={counts.get(node.id) ?? null} onFlow={pick} onClose={() => setChosen(null)} />
      )}
    </section>
  );
}

type Drawn = { picture: Picture; scale: number; counts: Counts; chosen: string | null; language: string; onPick: (id: string) => void };

/** The picture's own coordinates run from left to right in every language; only its texts turn. */
function Drawing({ picture, scale, counts, chosen, language, onPick }: Drawn): ReactElement {
  const { words } = useWords();
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const start = picture.spots.find((spot) => spot.node.kind === "start");
    if (frame.current !== null && start !== undefined) {
      frame.current.scrollLeft = (start.x + NODE.width / 2) * scale - frame.current.clientWidth / 2;
      frame.current.scrollTop = 0;
    }
  }, [picture, scale]);
  const { width, height } = picture;
  return (
    <div className="drawing" dir="ltr" ref={frame} tabIndex={0} role="region" aria-label={words.flows.picture} data-testid="picture">
      <div style={{ width: width * scale, height: height * scale }}>
        <div className="plane" style={{ width, height, transform: `scale(${scale})` }}>
          <svg width={width} height={height} aria-hidden="true">
            <defs>
              <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="10" markerHeight="10" markerUnits="userSpaceOnUse" orient="auto">
                <path d="M0 0 8 4 0 8Z" className="tip" />
              </marker>
            </defs>
            {picture.tracks.map(({ edge, path }) => (
              <path key={`${edge.from} ${edge.to}`} d={path} className={`way way-${edge.way}${lit(chosen, edge.from, edge.to)}`} markerEnd="url(#tip)" />
            ))}
          </svg>
          {picture.tracks.filter((track) => track.label !== "").map(({ edge, label, x, y }) => (
            <span key={`${edge.from} ${edge.to}`} className="way-label" dir="auto" style={{ left: x, top: y }}>
              {label}
            </span>
          ))}
          {picture.spots.map(({ node, x, y }) => (
            <Spot key={node.id} node={node} x={x} y={y} count={counts.get(node.id) ?? null} chosen={chosen === node.id} language={language} onPick={onPick} />
          ))}
        </div>
      </div>
    </div>
  );
}

type Stood = { node: Node; x: number; y: number; count: Count | null; chosen: boolean; language: string; onPick: (id: string) => void };

function Spot({ node, x, y, count, chosen, language, onPick }: Stood): ReactElement {
  const { words } = useWords();
  const said = count === null ? "" : `, ${words.flows.now(count.now)}, ${words.flows.hour(count.last_hour)}`;
  return (
    <button
      type="button"
      className={`node node-${node.kind} step-${node.step}`}
      style={{ left: x, top: y, width: NODE.width, height: NODE.height }}
      aria-pressed={chosen}
      aria-label={`${node.name}, ${node.step}${said}`}
      onClick={() => onPick(node.id)}
      data-testid="node"
      data-node={node.id}
      data-now={count?.now ?? 0}
      data-hour={count?.last_hour ?? 0}
    >
      <span className="node-head">
        <strong>{node.name}</strong>
        <span className="node-step">{node.step}</span>
      </span>
      <span className="node-text" dir="auto" lang={language} style={{ direction: direction(language) }}>
        {node.text}
      </span>
      {count !== null && (
        <span className="badges">
          {count.now > 0 && <span className="badge live">{count.now}</span>}
          <span className="badge">{count.last_hour}</span>
        </span>
      )}
    </button>
  );
}

/** What many nodes share is told in their panels: its ways would cross all the others. */
function visible(graph: Graph): Graph {
  const nodes = graph.nodes.filter((node) => node.kind !== "events");
  const ends = new Set(graph.edges.filter((edge) => edge.way !== "inherited").flatMap((edge) => [edge.from, edge.to]));
  return { ...graph, nodes: nodes.filter((node) => node.kind !== "flow" || ends.has(node.id)) };
}

function countsOf(traffic: Traffic): Counts {
  return new Map(traffic.nodes.map(({ flow, node, now, last_hour }) => [`${flow}/${node}`, { now, last_hour }]));
}

function within(traffic: Traffic, flow: string, said: (calls: number) => string): string {
  const now = traffic.nodes.filter((node) => node.flow === flow).reduce((sum, node) => sum + node.now, 0);
  return now === 0 ? "" : ` · ${said(now)}`;
}

function lit(chosen: string | null, from: string, to: string): string {
  return chosen !== null && (chosen === from || chosen === to) ? " lit" : "";
}
