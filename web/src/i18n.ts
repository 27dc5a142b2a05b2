// The page's language: which one, how it is remembered, and how times, names and languages are written in it.
import { useSyncExternalStore } from "react";
import type { Names } from "./protocol/desk";
import { ar } from "./words/ar";
import { en, type Words } from "./words/en";

export type Language = "ar" | "en";

const KEPT_AS = "hatif.language";
const DICTIONARY: Record<Language, Words> = { ar, en };
// Digits as the Gulf's own services write them.
const LOCALE: Record<Language, string> = { ar: "ar-AE-u-nu-latn", en: "en-GB" };

let language: Language = remembered();
const listeners = new Set<() => void>();

export function speakLanguage(next: Language): void {
  language = next;
  try {
    localStorage.setItem(KEPT_AS, next);
  } catch {
    // A browser that keeps nothing still shows the page.
  }
  applyLanguage();
  for (const listener of listeners) listener();
}

/** This tells the document its language and direction. */
export function applyLanguage(): void {
  document.documentElement.lang = language;
  document.documentElement.dir = direction(language);
}

export function useWords(): { words: Words; language: Language } {
  const current = useSyncExternalStore(subscribe, () => language);
  return { words: DICTIONARY[current], language: current };
}

export function direction(tag: string): "rtl" | "ltr" {
  return ["ar", "fa", "he", "ur", "ps", "sd", "ckb"].includes(tag.split("-")[0] ?? "") ? "rtl" : "ltr";
}

/** This is a thing's name in the wanted language, or in one that it has. */
export function nameIn(names: Names | null, wanted: Language): string {
  if (names === null) return "";
  return names[wanted] ?? names["en"] ?? names["ar"] ?? Object.values(names)[0] ?? "";
}

/** This is a language's own name in the page's language. */
export function languageName(tag: string, wanted: Language): string {
  try {
    return new Intl.DisplayNames(LOCALE[wanted], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** This is a span as a clock shows it: `1:05`, `1:00:09`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n: number) => `${n}`.padStart(2, "0");
  const hours = Math.floor(whole / 3_600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** This is a moment's time of day, with the date when it was not today. */
export function moment(ms: number, now: number, wanted: Language): string {
  const then = new Date(ms);
  const today = then.toDateString() === new Date(now).toDateString();
  const date = today ? {} : ({ day: "numeric", month: "short" } as const);
  return new Intl.DateTimeFormat(LOCALE[wanted], { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...date }).format(then);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function remembered(): Language {
  try {
    return localStorage.getItem(KEPT_AS) === "en" ? "en" : "ar";
  } catch {
    return "ar";
  }
}
