import { expect, test } from "vitest";
import type { Heard } from "../protocol/call";
import { deadline, DIALLING_MS, LINES_MAX, onHook, PING_MS, step, type Input, type Output, type Phone } from "./phone";

const dial: Input = { type: "Dial", number: "800" };
const offered: Input = { type: "OfferMade", sdp: "v=0" };
const opened: Input = { type: "SocketOpened" };
const answered = said({ type: "answered", call: "01J", sdp: "v=1" });
const caption = (text: string) => said({ type: "caption", prompt: "p", text, language: "ar", keys: ["1"] });

function said(message: Heard): Input {
  return { type: "Heard", message };
}

function play(...inputs: Input[]): { phone: Phone; last: Output[] } {
  return inputs.reduce<{ phone: Phone; last: Output[] }>(
    ({ phone }, input) => {
      const [next, last] = step(phone, 1_000, input);
      return { phone: next, last };
    },
    { phone: onHook, last: [] },
  );
}

test("a call goes from the number over the microphone to the engine", () => {
  expect(play(dial).last).toEqual([{ type: "OpenAudio" }]);
  expect(play(dial, offered).last).toEqual([{ type: "Connect" }]);
  expect(play(dial, offered, opened).last).toEqual([{ type: "Send", message: { type: "call", number: "800", sdp: "v=0" } }]);
  expect(play(dial, offered, opened, said({ type: "ringing" })).phone).toMatchObject({ at: "calling", progress: "ringing" });
  const up = play(dial, offered, opened, answered);
  expect(up.last).toEqual([{ type: "AnswerAudio", sdp: "v=1" }]);
  expect(up.phone).toMatchObject({ at: "up", call: "01J", stage: { is: "menu" } });
});

test("an empty number calls nobody", () => {
  expect(play({ type: "Dial", number: "" }).phone).toBe(onHook);
});

test("keys are sent and stand between the captions", () => {
  const { phone, last } = play(dial, offered, opened, answered, caption("أهلاً"), { type: "Press", key: "1" });
  expect(last).toEqual([{ type: "Send", message: { type: "key", key: "1" } }]);
  expect(phone).toMatchObject({ lines: [{ n: 1, caption: { text: "أهلاً" } }, { n: 2, key: "1" }] });
});

test("a key before the answer is not sent", () => {
  expect(play(dial, offered, opened, { type: "Press", key: "1" }).last).toEqual([]);
});

test("the captions of a long call do not grow without end", () => {
  const { phone } = play(dial, offered, opened, answered, ...Array.from({ length: LINES_MAX + 9 }, (_, n) => caption(`${n}`)));
  expect(phone.at === "up" && phone.lines.length).toBe(LINES_MAX);
  expect(phone.at === "up" && phone.lines.at(-1)?.n).toBe(LINES_MAX + 9);
});

test("queue, talk and hold are shown as they are heard", () => {
  const up = [dial, offered, opened, answered];
  expect(play(...up, said({ type: "queued", position: 2 })).phone).toMatchObject({ stage: { is: "queued", position: 2 } });
  expect(play(...up, said({ type: "talking", agent: "Maryam" })).phone).toMatchObject({ stage: { is: "talking", agent: "Maryam" } });
  expect(play(...up, said({ type: "held" })).phone).toMatchObject({ stage: { is: "held" } });
});

test("an end keeps what was heard and says by whom", () => {
  const { phone, last } = play(dial, offered, opened, answered, caption("أهلاً"), said({ type: "ended", call: "01J", by: "flow", cause: "done" }));
  expect(last).toEqual([{ type: "Close" }]);
  expect(phone).toMatchObject({ at: "idle", ended: { by: "flow" }, lines: [{ n: 1 }] });
});

test("hanging up tells the engine first and closes then", () => {
  expect(play(dial, offered, opened, answered, { type: "HangUp" }).last).toEqual([
    { type: "Send", message: { type: "hangup" } },
    { type: "Close" },
  ]);
});

test("a socket that breaks ends the call by the network", () => {
  expect(play(dial, offered, opened, answered, { type: "SocketClosed" }).phone).toMatchObject({ ended: { by: "network" } });
});

test("a refused microphone is named", () => {
  expect(play(dial, { type: "AudioBlocked", why: "refused" }).phone).toMatchObject({ at: "idle", problem: "refused" });
});

test("an error before the answer is a failed call, and in a call changes nothing", () => {
  const error = said({ type: "error", code: "no_such_number", detail: null, about: "call" });
  expect(play(dial, offered, opened, error).phone).toMatchObject({ at: "idle", problem: "failed" });
  expect(play(dial, offered, opened, answered, error).phone).toMatchObject({ at: "up" });
});

test("a call that nobody answers is given up, and a call that stands is kept awake", () => {
  const ringing = play(dial, offered, opened).phone;
  expect(step(ringing, 1_000 + DIALLING_MS, { type: "Timeout" })[0]).toMatchObject({ ended: { cause: "no_answer" } });
  const up = play(dial, offered, opened, answered).phone;
  expect(deadline(up)).toBe(1_000 + PING_MS);
  expect(step(up, 1_000 + PING_MS, { type: "Timeout" })[1]).toMatchObject([{ message: { type: "ping" } }]);
  expect(step(up, 1_001, { type: "Timeout" })[1]).toEqual([]);
});
