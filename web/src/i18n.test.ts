import { expect, test } from "vitest";
import { clock, direction, nameIn } from "./i18n";
import { ar } from "./words/ar";
import { en } from "./words/en";

/** This is the set of paths in a dictionary; a phrase ends a path. */
function paths(words: object, place = ""): string[] {
  return Object.entries(words).flatMap(([key, value]: [string, unknown]) =>
    typeof value === "object" && value !== null ? paths(value, `${place}${key}.`) : [`${place}${key}`],
  );
}

test("both languages say the same things", () => {
  expect(paths(ar).sort()).toEqual(paths(en).sort());
});

test("Arabic counts seconds by its own plurals", () => {
  expect([1, 2, 3, 10, 11, 100].map(ar.seconds)).toEqual([
    "ثانية واحدة", "ثانيتين", "3 ثوانٍ", "10 ثوانٍ", "11 ثانية", "100 ثانية",
  ]);
});

test("a name is given in the wanted language or in one that there is", () => {
  expect(nameIn({ ar: "الشرطة", en: "Police" }, "ar")).toBe("الشرطة");
  expect(nameIn({ ur: "پولیس" }, "en")).toBe("پولیس");
  expect(nameIn(null, "en")).toBe("");
});

test("a span reads like a clock", () => {
  expect([0, 59.9, 65, 3_609, -3].map(clock)).toEqual(["0:00", "0:59", "1:05", "1:00:09", "0:00"]);
});

test("Urdu is written like Arabic and Hindi like English", () => {
  expect(["ar-AE", "ur", "hi", "en"].map(direction)).toEqual(["rtl", "rtl", "ltr", "ltr"]);
});
