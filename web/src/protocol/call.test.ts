import { expect, test } from "vitest";
import { keyOf } from "./call";

test("every way of writing a digit presses its key", () => {
  expect(["7", "٧", "۷", "*", "#"].map(keyOf)).toEqual(["7", "7", "7", "*", "#"]);
});

test("other keys of the keyboard press nothing", () => {
  expect(["a", "", "12", "F1", "Enter"].map(keyOf)).toEqual([null, null, null, null, null]);
});
