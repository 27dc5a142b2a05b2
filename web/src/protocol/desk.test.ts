import { expect, test } from "vitest";
import { heard } from "./desk";
import { Malformed } from "./shape";

const caller = {
  call: "01J", direction: "inbound", from: "+971 5• ••• ••12", to: "800", language: "ar", queue: "citizen_care", queue_name: { en: "Citizen care" },
  entity: { id: "power", name: { ar: "الكهرباء والمياه", en: "Electricity and Water" } }, case: null, waited_s: 12,
  pressed: [{ node: "pick_language", key: "1", label: { ar: "العربية", en: "Arabic" } }],
};

function read(message: object): unknown {
  return heard(JSON.stringify(message));
}

test("a whole state is read as it was said", () => {
  const state = {
    type: "state", duty: "ringing", since_ms: 5, reason: null, pending: null, audio: "up",
    offer: { offer: "01K", until_ms: 9, ring_s: 15, caller }, call: null, wrapup_until_ms: null,
  };
  expect(read(state)).toEqual(state);
});

test("fields that this page does not know are left out", () => {
  expect(read({ type: "pong", t: 1, moon: "full" })).toEqual({ type: "pong", t: 1 });
});

test("a type that this page does not know is nothing", () => {
  expect(read({ type: "weather" })).toBeNull();
  expect(read({ type: "constructor" })).toBeNull();
});

test("a wrong word is refused with its place", () => {
  expect(() => read({ type: "refused", why: "mood" })).toThrow(/one of token version, found string, at why/);
  expect(() => read({ type: "offer", offer: "1", until_ms: 1, ring_s: 1, caller: { ...caller, pressed: [7] } })).toThrow(/caller\.pressed\[0\]/);
});

test("what is no message at all is refused", () => {
  for (const frame of ["", "[]", "null", "7", "{}", '{"type":1}']) expect(() => heard(frame)).toThrow(Malformed);
});
