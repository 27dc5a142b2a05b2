// The bundle's versions, as the engine's API tells them.
import { list, map, maybe, number, object, oneOf, text, truth, type Read } from "./shape";

const trial = object({
  state: oneOf("unplayed", "playing", "unreadable", "passed", "failed"),
  tests: maybe(number),
  failed: maybe(number),
});

const version = object({
  hash: text,
  state: oneOf("active", "candidate", "retired"),
  at: number,
  means: oneOf("start", "watch", "sighup", "api"),
  who: maybe(text),
  changes: list(text),
  calls_now: number,
  calls_total: number,
  in_memory: truth,
  tests: trial,
});
export type Version = Read<typeof version>;

const fault = object({
  code: text,
  file: text,
  line: number,
  column: number,
  wanted: text,
  found: maybe(text),
  nearest: maybe(text),
  note: maybe(text),
});
export type Fault = Read<typeof fault>;

const refusal = object({
  at: number,
  means: text,
  who: maybe(text),
  detail: text,
  faults: list(fault),
  total: number,
});
export type Refusal = Read<typeof refusal>;

export const library = object({
  id: text,
  active: text,
  candidate: maybe(object({ hash: text, share: number, callers: list(text) })),
  versions: list(version),
  refusal: maybe(refusal),
});
export type Library = Read<typeof library>;

export const contents = object({
  languages: list(text),
  flows: list(object({ id: text, title: text, nodes: number })),
});
export type Contents = Read<typeof contents>;

const node = object({
  id: text,
  kind: text,
  step: text,
  flow: maybe(text),
  name: text,
  text,
  when: maybe(text),
  file: maybe(text),
  line: maybe(number),
  inherited: maybe(list(object({ outcome: text, to: text, from: text }))),
});
const edge = object({ from: text, to: text, label: text, way: text });
export const graph = object({ language: text, nodes: list(node), edges: list(edge) });
export type Graph = Read<typeof graph>;
export type Node = Read<typeof node>;
export type Edge = Read<typeof edge>;

export const traffic = object({
  nodes: list(object({ flow: text, node: text, now: number, last_hour: number })),
});
export type Traffic = Read<typeof traffic>;

export const prompts = list(
  object({ id: text, languages: map(object({ text, sounds: list(text) })) }),
);
export type Prompt = Read<typeof prompts>[number];

export const warnings = object({ warnings: list(fault), total: number });
export type Warnings = Read<typeof warnings>;

const failure = object({ line: number, column: number, wanted: text, found: text });
const report = object({
  tests: list(object({ file: text, name: text, good: truth, failure: maybe(failure), transcript: list(text) })),
});
export const tests = object({
  state: oneOf("unplayed", "playing", "unreadable", "passed", "failed"),
  report: maybe(report),
  faults: maybe(list(fault)),
});
export type Tests = Read<typeof tests>;

export const problem = object({ detail: text, faults: maybe(list(fault)) });
export type Problem = Read<typeof problem>;
