import { expect, test } from "vitest";
import { onMeter, peak } from "./level";

test("a peak between two bins is found between them", () => {
  expect(peak(new Float32Array([-90, -40, -10, -10, -40, -90]))).toBeCloseTo(2.5);
});

test("silence has its peak at the first bin and breaks nothing", () => {
  expect(peak(new Float32Array(8).fill(-Infinity))).toBe(0);
  expect(peak(new Float32Array(0))).toBe(0);
});

test("a meter is empty at silence, full at full scale and half at minus 30 decibels", () => {
  expect(onMeter(0)).toBe(0);
  expect(onMeter(1)).toBe(1);
  expect(onMeter(10 ** (-30 / 20))).toBeCloseTo(0.5);
});
