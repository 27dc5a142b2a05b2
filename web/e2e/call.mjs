// One citizen's call from the browser, with the stand-in for an engine.
import assert from "node:assert/strict";
import { startMock } from "../dev/mock.mjs";
import { hears, openBrowser, openFar, shoot, VOICE_HZ, watch } from "./browser.mjs";

const mock = await startMock();
const browser = await openBrowser();
try {
  const far = await openFar(browser, mock.url);
  const page = await browser.newPage({ viewport: { width: 1180, height: 860 }, colorScheme: "light" });
  const problems = watch(page);
  const id = (name) => page.getByTestId(name);
  const state = (word) => page.locator(`[data-testid=status][data-state=${word}]`).waitFor({ timeout: 8_000 });

  await page.goto(`${mock.url}/call`);
  await page.waitForFunction(() => document.querySelector("[data-testid=number]")?.value === "800");
  await shoot(page, "20-phone-ar");
  await id("call").click();
  await state("menu");
  await id("caption").waitFor();
  assert.equal(await id("caption").getAttribute("dir"), "rtl");
  await hears(page, "farTone", 620);
  await hears(far, "tone", VOICE_HZ);

  await id("key-1").click();
  await page.keyboard.press("2");
  await page.keyboard.press("#");
  await id("pressed").nth(2).waitFor();
  assert.deepEqual(mock.call.keys, ["1", "2", "#"]);
  mock.call.send({ type: "caption", prompt: "welcome_en", text: "Welcome. For bills, press 3.", language: "en", keys: ["3"] });
  await page.locator("[data-testid=caption][data-prompt=welcome_en]").waitFor();
  mock.call.send({ type: "queued", position: 2 });
  await state("queued");
  await shoot(page, "21-queued-ar");
  await page.emulateMedia({ colorScheme: "dark" });
  mock.call.send({ type: "talking", agent: "Maryam" });
  await state("talking");
  await id("language-switch").click();
  await shoot(page, "22-talking-en-dark");
  mock.call.send({ type: "held" });
  await state("held");
  mock.call.send({ type: "ended", call: "01JCALL", by: "agent", cause: "hung_up" });
  await state("ended");
  await page.emulateMedia({ colorScheme: "light" });
  await shoot(page, "23-ended-en");

  await id("call").click();
  await state("menu");
  await id("hangup").click();
  await state("ended");
  assert.equal(mock.heard.at(-1).type, "hangup");
  assert.deepEqual(problems, []);
} finally {
  await browser.close();
  mock.stop();
}
console.log("call: ok");
