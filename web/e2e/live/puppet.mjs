// A real Chromium that does as it is told: an order on each line of standard input, as JSON, and its answer on a line of
// standard output. The tests of `tests/live/browser.rs` hold the strings. MICROPHONE is `granted` or `refused`, VOICE_HZ
// is the tone that the microphone hears.
import net from "node:net";
import { createInterface } from "node:readline";
import { openBrowser, watch } from "../browser.mjs";

const PATIENCE_MS = 15_000;

const browser = await openBrowser({
  microphone: process.env.MICROPHONE ?? "granted",
  voice_hz: Number(process.env.VOICE_HZ ?? 1_000),
});
const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: "light" });
const pages = new Map();

const on = (name) => pages.get(name).page;
const wait = (name, css, state) => on(name).locator(css).waitFor({ state, timeout: PATIENCE_MS });

const orders = {
  async open({ page, url }) {
    const opened = await context.newPage();
    pages.set(page, { page: opened, problems: watch(opened) });
    await opened.goto(url);
  },
  reload: async ({ page }) => {
    on(page).once("dialog", (dialog) => void dialog.accept());
    await on(page).reload();
  },
  fill: ({ page, css, text }) => on(page).locator(css).fill(text, { timeout: PATIENCE_MS }),
  click: ({ page, css }) => on(page).locator(css).first().click({ timeout: PATIENCE_MS }),
  press: ({ page, key }) => on(page).keyboard.press(key),
  see: ({ page, css }) => wait(page, css, "attached"),
  miss: ({ page, css }) => wait(page, css, "detached"),
  text: ({ page, css }) => on(page).locator(css).allInnerTexts(),
  value: ({ page, css }) => on(page).locator(css).inputValue(),
  is_disabled: ({ page, css }) => on(page).locator(css).isDisabled({ timeout: PATIENCE_MS }),
  tone: ({ page, side }) => on(page).evaluate((name) => window.hatif[name](), side),
  /** What the page complained of since the last time. */
  problems: ({ page }) => pages.get(page).problems.splice(0),
  shoot: ({ page, path }) => on(page).screenshot({ path }).then(() => path),
  async pid() {
    const system = await browser.newBrowserCDPSession();
    const { processInfo } = await system.send("SystemInfo.getProcessInfo");
    return processInfo.find((of) => of.type === "browser").id;
  },
  relay: ({ to }) => relay(to),
  cut: () => cut(),
  mend: () => mend(),
};

// The network between the pages and the engine's web port, which can be cut. Audio travels beside it.
let whole = true;
const cables = new Set();

function relay(to) {
  const server = net.createServer((near) => {
    if (!whole) return near.destroy();
    const far = net.connect(to, "127.0.0.1");
    for (const [end, other] of [[near, far], [far, near]]) {
      cables.add(end);
      end.pipe(other);
      end.on("error", () => other.destroy());
      end.on("close", () => cables.delete(end) && other.destroy());
    }
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server.address().port)));
}

function cut() {
  whole = false;
  for (const cable of cables) cable.destroy();
}

function mend() {
  whole = true;
}

for await (const line of createInterface({ input: process.stdin })) {
  const { do: verb, ...order } = JSON.parse(line);
  let said;
  try {
    said = { done: (await orders[verb](order)) ?? null };
  } catch (problem) {
    said = { problem: String(problem) };
  }
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
await browser.close();
process.exit(0);
