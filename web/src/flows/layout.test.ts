import { expect, test } from "vitest";
import type { Graph } from "../protocol/bundles";
import { joined, layOut, NODE } from "./layout";

const node = (id: string) => ({ id, kind: "step", step: "menu", flow: "main", name: id, text: "", when: null, file: null, line: null, inherited: null });
const edge = (from: string, to: string, label = "") => ({ from, to, label, way: "next" });

test("nodes do not lie on each other and ways go down", () => {
  const ids = Array.from({ length: 60 }, (_, index) => `n${index}`);
  const edges = ids.flatMap((id, index) => [edge(id, ids[(index * 7 + 1) % 60] ?? id), edge(id, ids[index + 1] ?? "n0", "1")]);
  const graph: Graph = { language: "en", nodes: ids.map(node), edges };
  const { spots, width, height } = layOut(graph);
  expect(spots.length).toBe(60);
  for (const [index, one] of spots.entries()) {
    expect(one.x >= 0 && one.y >= 0 && one.x + NODE.width <= width && one.y + NODE.height <= height).toBe(true);
    for (const other of spots.slice(index + 1)) {
      expect(Math.abs(one.x - other.x) >= NODE.width || Math.abs(one.y - other.y) >= NODE.height).toBe(true);
    }
  }
  const small = layOut({ language: "en", nodes: ["a", "b"].map(node), edges: [edge("a", "b")] });
  expect((small.spots[1]?.y ?? 0) > (small.spots[0]?.y ?? 0)).toBe(true);
});

test("several ways between two nodes become one with their labels", () => {
  const ways = joined([edge("a", "b", "1 Bills"), edge("a", "b", "2"), edge("a", "c"), edge("a", "c", "a very long condition of a switch")]);
  expect(ways.map((way) => way.label)).toEqual(["1 Bills · 2", "a very long condition…"]);
});

test("a way to a node that is not drawn is left out", () => {
  expect(layOut({ language: "en", nodes: [node("a")], edges: [edge("a", "gone")] }).tracks).toEqual([]);
});
