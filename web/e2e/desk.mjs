// One agent's quarter of an hour at the desk, in a real browser, with the stand-in for an engine.
import assert from "node:assert/strict";
import { startMock } from "../dev/mock.mjs";
import { hears, openBrowser, openFar, shoot, VOICE_HZ, watch } from "./browser.mjs";

const mock = await startMock();
const browser = await openBrowser();
try {
  const far = await openFar(browser, mock.url);
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, colorScheme: "light" });
  const page = await context.newPage();
  const problems = watch(page);
  const id = (name) => page.getByTestId(name);
  const duty = (word) => page.locator(`[data-testid=status][data-duty=${word}]`).waitFor({ timeout: 8_000 });
  const said = (type) => mock.heard.findLast((message) => message.type === type);

  await page.goto(`${mock.url}/desk`);
  assert.equal(await page.evaluate(() => document.documentElement.dir), "rtl");
  await shoot(page, "01-login-ar");
  await id("login-agent").fill("maryam");
  await id("login-password").fill("wrong");
  await id("login-submit").click();
  await id("login-problem").waitFor();
  problems.length = 0; // The browser itself reports the 401 that was asked for.
  await id("login-password").fill("secret");
  await page.keyboard.press("Enter");
  await duty("offline");
  await page.locator("[data-testid=sound][data-sound=up]").waitFor();
  await hears(page, "farTone", 440);
  await hears(page, "ownTone", VOICE_HZ);
  const offer = said("audio.offer").sdp;
  assert.match(offer, /m=audio \d+ UDP\/TLS\/RTP\/SAVPF 8 0/);
  assert.doesNotMatch(offer, /opus/i);
  assert.match(offer, /a=candidate/);
  // Outside a call nothing of the room leaves the desk.
  assert.ok((await far.evaluate(() => window.tone().level)) < 0.002);

  await id("duty-away-prayer").click();
  await duty("away");
  await shoot(page, "02-away-ar");
  await id("duty-available").click();
  await duty("available");
  await shoot(page, "03-available-ar");

  mock.desk.ring();
  await id("ring").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("data-testid")), "accept");
  assert.match(await page.title(), /☎/);
  await shoot(page, "04-ring-ar");
  await page.emulateMedia({ colorScheme: "dark" });
  await shoot(page, "05-ring-ar-dark");
  await page.keyboard.press("Enter");
  await duty("talking");
  assert.equal(said("accept").type, "accept");
  await hears(far, "tone", VOICE_HZ);
  await shoot(page, "06-talk-ar-dark");
  await id("language-switch").click();
  await shoot(page, "07-talk-en-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await page.keyboard.press("F8");
  await page.locator("[data-testid=talk][data-muted=true]").waitFor();
  await far.waitForFunction(() => window.tone().level < 0.002);
  await shoot(page, "08-muted-en");
  await id("mute").click();
  await hears(far, "tone", VOICE_HZ);
  await page.keyboard.press("F9");
  await duty("held");
  await shoot(page, "09-held-en");
  await id("hold").click();
  await duty("talking");
  assert.ok(await id("sign-out").isDisabled());
  await id("duty-away-break").click();
  await id("duty-pending").waitFor();

  // The call outlives a reload; the sound comes back with a higher id.
  const before = said("audio.offer").id;
  mock.desk.set({ audio: "down", call: { ...mock.desk.state.call, stage: "waiting_audio" } });
  await shoot(page, "10-waiting-audio-en");
  page.once("dialog", (dialog) => void dialog.accept());
  await page.reload();
  await duty("talking");
  assert.ok(said("audio.offer").id > before);
  await page.click("h2"); // After a reload a browser measures and rings only once the page was touched.
  await hears(page, "farTone", 440);
  await hears(far, "tone", VOICE_HZ);

  // The socket breaks: a banner, the call still drawn, and back by itself.
  mock.desk.socket.terminate();
  await id("line-banner").waitFor();
  await shoot(page, "11-line-lost-en");
  await id("line-banner").waitFor({ state: "detached" });
  await duty("talking");

  await page.keyboard.press("F4");
  await id("wrapup").waitFor();
  await shoot(page, "12-wrapup-en");
  await id("wrapup-end").click();
  await duty("away");
  assert.equal(await id("recent-row").count(), 7);

  await id("duty-available").click();
  await duty("available");
  mock.desk.ring({ ...mock.desk.state.offer?.caller, call: "c2", from: "+971 4 ••• ••00", to: "800", language: "ur", queue: "general", queue_name: {}, entity: null, case: null, waited_s: 4, pressed: [] });
  await id("ring").waitFor();
  assert.equal(await id("note").count(), 0);
  await shoot(page, "13-ring-plain-en");
  mock.desk.send({ type: "withdraw", offer: mock.desk.state.offer.offer, why: "caller_left" });
  mock.desk.duty("available");
  await id("note").waitFor();
  assert.equal(await id("ring").count(), 0);
  await shoot(page, "14-caller-left-en");
  await page.setViewportSize({ width: 700, height: 1000 });
  await shoot(page, "15-narrow-en");
  await page.setViewportSize({ width: 1280, height: 860 });

  // A second tab takes over; the first one says so and can take it back.
  const second = await context.newPage();
  await second.addInitScript(() => sessionStorage.setItem("hatif.token", "tok"));
  await second.goto(`${mock.url}/desk`);
  await id("replaced").waitFor();
  await shoot(page, "16-replaced-en");
  await id("take-back").click();
  await duty("available");
  await second.getByTestId("replaced").waitFor();
  await id("sign-out").click();
  await id("login-agent").waitFor();
  assert.deepEqual(problems, []);
} finally {
  await browser.close();
}

// A browser that refuses the microphone: said clearly, and no way to go on duty.
const deaf = await openBrowser({ microphone: "refused" });
try {
  const page = await deaf.newPage({ viewport: { width: 1280, height: 860 } });
  await page.goto(`${mock.url}/desk`);
  mock.desk = null;
  await page.getByTestId("login-agent").fill("maryam");
  await page.getByTestId("login-password").fill("secret");
  await page.getByTestId("login-submit").click();
  await page.locator("[data-testid=sound][data-why=refused]").waitFor();
  assert.ok(await page.getByTestId("duty-available").isDisabled());
  await shoot(page, "17-refused-ar");
} finally {
  await deaf.close();
  mock.stop();
}
console.log("desk: ok");
