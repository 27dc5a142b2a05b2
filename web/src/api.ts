// The HTTP side of the engine: logging in and out, the calls of before, the numbers that may be dialled.
import { names, type Names } from "./protocol/desk";
import { list, maybe, number, object, text, type Read, type Shape } from "./protocol/shape";

/** This is an address of the engine, told from where the page came, so that a path prefix in front of it does no harm. */
export function address(path: string): URL {
  return new URL(path, document.baseURI);
}

/** This is a WebSocket's address of the engine. */
export function socketAddress(path: string): URL {
  const url = address(path);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url;
}

const entrance = object({ token: text, agent: object({ id: text, name: text }) });

export type LoginAnswer =
  | { ok: true; token: string }
  | { ok: false; why: "wrong" | "network" }
  | { ok: false; why: "too_many"; wait_s: number };

export async function login(agent: string, password: string): Promise<LoginAnswer> {
  try {
    const answer = await fetch(address("api/v1/login"), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ agent, password }),
    });
    if (answer.status === 401) return { ok: false, why: "wrong" };
    if (answer.status === 429) {
      const wait = Number(answer.headers.get("retry-after") ?? "");
      return { ok: false, why: "too_many", wait_s: Number.isFinite(wait) && wait > 0 ? wait : 60 };
    }
    if (!answer.ok) return { ok: false, why: "network" };
    return { ok: true, token: entrance(await answer.json(), "").token };
  } catch (problem) {
    console.warn("login", problem);
    return { ok: false, why: "network" };
  }
}

/** This ends a token. That it could not be told is no hindrance to leaving: the token ends by itself. */
export async function logout(token: string): Promise<void> {
  await fetch(address("api/v1/logout"), { method: "POST", headers: bearer(token), keepalive: true }).catch(() => null);
}

/** An entity comes by its name in the flow, or with its names in every language. */
const entity: Shape<Names> = (value, place) =>
  typeof value === "string" ? { en: value } : object({ id: text, name: names })(value, place).name;

const pastCall = object({
  id: text,
  started_ms: number,
  from: text,
  entity: maybe(entity),
  language: maybe(text),
  queue_wait_s: maybe(number),
  talk_s: maybe(number),
  ending: maybe(object({ by: text, cause: text })),
});
export type PastCall = Read<typeof pastCall>;

export async function pastCalls(token: string): Promise<PastCall[] | null> {
  return ask("api/v1/calls?agent=me&limit=20", list(pastCall), bearer(token));
}

const dialled = object({ number: text, title: maybe(text) });
export type Dialled = Read<typeof dialled>;

export async function numbers(): Promise<Dialled[] | null> {
  return ask("api/v1/numbers", list(dialled), {});
}

export type Answer<T> = { ok: true; value: T } | { ok: false; status: number };

/** This asks for something that is for those who are logged in; status 0 stands for no answer at all. */
export async function askAs<T>(path: string, shape: Shape<T>, token: string): Promise<Answer<T>> {
  try {
    const answer = await fetch(address(path), { headers: bearer(token) });
    return answer.ok ? { ok: true, value: shape(await answer.json(), "") } : { ok: false, status: answer.status };
  } catch (problem) {
    console.warn(path, problem);
    return { ok: false, status: 0 };
  }
}

/** This gives an order, and hears why not. */
export async function send<T, P>(
  path: string,
  token: string,
  body: object,
  done: Shape<T>,
  problem: Shape<P | { detail: string; faults: null }>,
): Promise<{ ok: true; value: T } | { ok: false; problem: P | { detail: string; faults: null } }> {
  try {
    const headers = { ...bearer(token), "content-type": "application/json" };
    const answer = await fetch(address(path), { method: "POST", headers, body: JSON.stringify(body) });
    const told: unknown = await answer.json();
    return answer.ok ? { ok: true, value: done(told, "") } : { ok: false, problem: problem(told, "") };
  } catch (why) {
    console.warn(path, why);
    return { ok: false, problem: { detail: "", faults: null } };
  }
}

export async function sound(name: string, token: string): Promise<Blob | null> {
  const path = name.split("/").map(encodeURIComponent).join("/");
  const answer = await fetch(address(`api/v1/sounds/${path}`), { headers: bearer(token) }).catch(() => null);
  return answer?.ok ? answer.blob() : null;
}

async function ask<T>(path: string, shape: Shape<T>, headers: Record<string, string>): Promise<T | null> {
  try {
    const answer = await fetch(address(path), { headers });
    return answer.ok ? shape(await answer.json(), "") : null;
  } catch (problem) {
    console.warn(path, problem);
    return null;
  }
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}
