// The page's world: what it knows of the versions, asked for again and again, and the orders that it gives.
import { useSyncExternalStore } from "react";
import * as api from "../api";
import * as told from "../protocol/bundles";

const TOKEN_KEPT_AS = "hatif.token";
const EVERY_MS = 2_000;

export type DoorProblem = "wrong" | "network" | "expired" | "supervisors" | { wait_s: number };

export type State =
  | { at: "door"; problem: DoorProblem | null; entering: "no" | "yes" }
  | { at: "inside"; library: told.Library; shown: string; picked: Picked | null; order: OrderState };

/** This is the version that is looked at, with what was fetched of it. */
export type Picked = {
  hash: string;
  contents: told.Contents;
  prompts: told.Prompt[];
  warnings: told.Warnings;
  tests: told.Tests | null;
  traffic: told.Traffic;
};

export type OrderState = { is: "idle" } | { is: "running" } | { is: "done" } | { is: "refused"; problem: told.Problem };

export type Order =
  | { act: "reload" }
  | { act: "rollback"; hash: string }
  | { act: "candidate"; hash: string; share: number; callers: string[] }
  | { act: "candidate"; path: string; share: number; callers: string[] }
  | { act: "promote" }
  | { act: "drop" };

let state: State = { at: "door", problem: null, entering: "no" };
let token: string | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

export function useState(): State {
  return useSyncExternalStore(subscribe, () => state);
}

/** This starts the page: where a token was kept, the supervisor is still inside. */
export function openFlows(): void {
  token = sessionStorage.getItem(TOKEN_KEPT_AS);
  if (token !== null) void look();
}

export async function enter(agent: string, password: string): Promise<void> {
  put({ at: "door", problem: null, entering: "yes" });
  const answer = await api.login(agent, password);
  if (!answer.ok) {
    const problem = answer.why === "too_many" ? { wait_s: answer.wait_s } : answer.why;
    return put({ at: "door", problem, entering: "no" });
  }
  token = answer.token;
  sessionStorage.setItem(TOKEN_KEPT_AS, token);
  await look();
}

export function leave(problem: DoorProblem | null = null): void {
  clearTimeout(timer);
  if (token !== null && problem === null) void api.logout(token);
  token = null;
  sessionStorage.removeItem(TOKEN_KEPT_AS);
  put({ at: "door", problem, entering: "no" });
}

/** This looks at another version. */
export function pick(hash: string): void {
  if (state.at !== "inside") return;
  put({ ...state, shown: hash });
  void look();
}

export async function give(order: Order): Promise<void> {
  if (state.at !== "inside" || token === null) return;
  put({ ...state, order: { is: "running" } });
  const { act, ...body } = order;
  const answer = await api.send(`api/v1/bundles/${act}`, token, body, told.library, told.problem);
  if (state.at !== "inside") return;
  const done: OrderState = answer.ok ? { is: "done" } : { is: "refused", problem: answer.problem };
  put({ ...state, order: done });
  await look();
}

export function graphOf(hash: string, flow: string, language: string): Promise<told.Graph | null> {
  const query = new URLSearchParams({ flow, language });
  return fetchTold(`api/v1/bundles/${hash}/graph?${query}`, told.graph);
}

/** This fetches a sound, for a page may not name a token in an address. */
export async function soundOf(name: string): Promise<Blob | null> {
  return token === null ? null : api.sound(name, token);
}

async function look(): Promise<void> {
  clearTimeout(timer);
  if (token === null) return;
  const answer = await api.askAs("api/v1/bundles", told.library, token);
  if (!answer.ok) {
    if (answer.status === 401) return leave("expired");
    if (answer.status === 403) return leave("supervisors");
    if (state.at === "door") return leave("network");
  } else {
    await show(answer.value);
  }
  timer = setTimeout(() => void look(), EVERY_MS);
}

async function show(library: told.Library): Promise<void> {
  const before = state.at === "inside" ? state : null;
  const wanted = library.versions.some((version) => version.hash === before?.shown) ? before?.shown : undefined;
  const shown = wanted ?? library.active;
  const kept = before?.picked?.hash === shown ? before.picked : null;
  const base = `api/v1/bundles/${shown}`;
  const trial = library.versions.find((version) => version.hash === shown)?.tests.state;
  const [contents, prompts, warnings, tests, traffic] = await Promise.all([
    kept?.contents ?? fetchTold(`${base}/contents`, told.contents),
    kept?.prompts ?? fetchTold(`${base}/prompts`, told.prompts),
    kept?.warnings ?? fetchTold(`${base}/warnings`, told.warnings),
    kept?.tests?.state === trial ? kept?.tests : fetchTold(`${base}/tests`, told.tests),
    fetchTold(`${base}/traffic`, told.traffic),
  ]);
  if (token === null) return;
  const now = state.at === "inside" ? state : null;
  // Another version was picked meanwhile: its own look shows it.
  if (now !== null && before !== null && now.shown !== before.shown) return;
  const whole = contents !== null && prompts !== null && warnings !== null && traffic !== null;
  const picked = whole ? { hash: shown, contents, prompts, warnings, tests: tests ?? null, traffic } : kept;
  put({ at: "inside", library, shown, picked, order: now?.order ?? { is: "idle" } });
}

async function fetchTold<T>(path: string, shape: Parameters<typeof api.askAs<T>>[1]): Promise<T | null> {
  if (token === null) return null;
  const answer = await api.askAs(path, shape, token);
  return answer.ok ? answer.value : null;
}

function put(next: State): void {
  state = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
