// Where the nodes of a picture stand and how its ways run; no drawing.
import dagre from "@dagrejs/dagre";
import type { Edge, Graph, Node } from "../protocol/bundles";

export const NODE = { width: 208, height: 74 };
/** Longer labels of ways are cut; the whole one is in the node's panel. */
const LABEL_MAX = 22;
const LETTER_WIDTH = 6.4;
const ROW = 18;

export type Spot = { node: Node; x: number; y: number };
export type Track = { edge: Edge; path: string; label: string; x: number; y: number };
export type Picture = { spots: Spot[]; tracks: Track[]; width: number; height: number };

/** This lays a graph out from top to bottom. Several ways between two nodes become one with their labels. */
export function layOut(graph: Graph): Picture {
  const drawing = new dagre.graphlib.Graph();
  drawing.setGraph({ rankdir: "TB", nodesep: 28, ranksep: 34, edgesep: 14, marginx: 16, marginy: 16 });
  const known = new Map(graph.nodes.map((node) => [node.id, node]));
  for (const id of known.keys()) drawing.setNode(id, { ...NODE });
  const ways = joined(graph.edges.filter((edge) => known.has(edge.from) && known.has(edge.to)));
  for (const way of ways) {
    const width = way.label === "" ? 0 : way.label.length * LETTER_WIDTH + 12;
    drawing.setEdge(way.from, way.to, { width, height: way.label === "" ? 0 : ROW, labelpos: "c" });
  }
  dagre.layout(drawing);
  const spots = [...known].map(([id, node]) => {
    const { x, y } = drawing.node(id);
    return { node, x: x - NODE.width / 2, y: y - NODE.height / 2 };
  });
  const tracks = ways.map((edge) => {
    const { points, x, y } = drawing.edge(edge.from, edge.to);
    return { edge, path: curve(points), label: edge.label, x: x ?? 0, y: y ?? 0 };
  });
  const { width = 0, height = 0 } = drawing.graph();
  return { spots, tracks, width, height };
}

/** These are the ways with at most one from a node to another. */
export function joined(edges: Edge[]): Edge[] {
  const ways = new Map<string, Edge>();
  for (const edge of edges) {
    const key = JSON.stringify([edge.from, edge.to]);
    const before = ways.get(key);
    const labels = [before?.label ?? "", edge.label].filter((label) => label !== "");
    ways.set(key, { ...(before ?? edge), label: labels.join(" · ") });
  }
  return [...ways.values()].map((edge) => ({ ...edge, label: cut(edge.label) }));
}

function cut(label: string): string {
  const letters = [...label];
  return letters.length <= LABEL_MAX ? label : `${letters.slice(0, LABEL_MAX - 1).join("")}…`;
}

/** This runs smoothly through the points. */
function curve(points: { x: number; y: number }[]): string {
  const at = ({ x, y }: { x: number; y: number }) => `${x.toFixed(1)} ${y.toFixed(1)}`;
  const [first, ...rest] = points;
  if (first === undefined) return "";
  let path = `M${at(first)}`;
  rest.forEach((point, index) => {
    const next = rest[index + 1];
    const end = next === undefined ? point : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    path += `Q${at(point)} ${at(end)}`;
  });
  return path;
}
