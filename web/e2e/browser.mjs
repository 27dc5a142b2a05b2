// A real Chromium with a microphone that hears a file, and what the tests of the pages share.
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { mkdtemp, mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const RATE = 16_000;
/** The microphone hears tones that swell and fade, as noise suppression takes a steady one away. */
export const VOICE_HZ = 1_000;

export async function openBrowser({ microphone = "granted", voice_hz = VOICE_HZ } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "hatif-e2e-"));
  const file = join(folder, "voice.wav");
  await writeFile(file, voice(voice_hz));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-audio-capture=${file}`,
      "--disable-features=WebRtcHideLocalIpsWithMdns",
      ...(microphone === "granted" ? ["--use-fake-ui-for-media-stream"] : []),
    ],
  });
  browser.once("disconnected", () => rmSync(folder, { recursive: true, force: true }));
  return browser;
}

/** This is the stand-in's voice; a page must be touched before it may sound. */
export async function openFar(browser, url) {
  const far = await browser.newPage();
  await far.goto(`${url}/far`);
  await far.click("body");
  return far;
}

/** This fails the run when the page writes an error or breaks its content security policy. */
export function watch(page) {
  const problems = [];
  page.on("pageerror", (problem) => problems.push(String(problem)));
  page.on("console", (line) => line.type() === "error" && problems.push(line.text()));
  return problems;
}

/** A picture for a person to look at, where SHOTS names a folder. */
export async function shoot(page, name) {
  if (process.env.SHOTS === undefined) return;
  await mkdir(process.env.SHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) });
}

/** This waits until the page's measured tone is the wanted one. */
export async function hears(page, which, hz) {
  const near = ([name, wanted]) => {
    const { hz: found, level } = name === "tone" ? window.tone() : window.hatif[name]();
    return Math.abs(found - wanted) < 25 && level > 0.005;
  };
  await page.waitForFunction(near, [which, hz], { timeout: 8_000 }).catch(async () => {
    const found = await page.evaluate((name) => (name === "tone" ? window.tone() : window.hatif[name]()), which);
    assert.fail(`${which} wanted ${hz} Hz, found ${JSON.stringify(found)}`);
  });
}

/** A WAV file with a tone that swells and fades. */
export function voice(hz, { seconds = 4, rate = RATE } = {}) {
  const at = (t) => Math.sin(2 * Math.PI * hz * t) * 0.5 * (0.55 + 0.45 * Math.sin(2 * Math.PI * 4 * t));
  const samples = rate * seconds;
  const file = Buffer.alloc(44 + samples * 2);
  file.write("RIFF", 0);
  file.writeUInt32LE(36 + samples * 2, 4);
  file.write("WAVEfmt ", 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36);
  file.writeUInt32LE(samples * 2, 40);
  for (let n = 0; n < samples; n += 1) file.writeInt16LE(Math.round(at(n / rate) * 32_000), 44 + n * 2);
  return file;
}
