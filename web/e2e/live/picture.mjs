// Takes docs/desk.png: the desk in a call, with a real engine and citizens who call from baresip.
//
//   cargo build && (cd web && npm run build && node e2e/live/picture.mjs)
import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openBrowser, voice } from "../browser.mjs";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const hatif = process.env.HATIF ?? join(root, "target/debug/hatif");
const folder = await mkdtemp(join(tmpdir(), "hatif-picture-"));
const [SIP, WEB, CONTROL] = [15_160, 18_180, 15_162];
const PASSWORD = "correct horse battery staple";
const SKILLS = "lang.ar=5,lang.en=5,entity.power=5,entity.police=4,entity.civil_defence=4";
/** Who calls, what they press, and for how long they talk. The picture is taken at the end of the last talk. */
const CALLS = [
  ["+971504412378", "2211", 9_000],
  ["+971552230941", "1221", 6_000],
  ["+97142237700", "1111", 12_000],
  ["+971569917306", "2111", 38_000],
];
const RING_MS = 20_000;
const KEY_EVERY_MS = 700;

const children = [];
function start(program, args) {
  const child = spawn(program, args, { cwd: folder, stdio: "ignore" });
  children.push(child);
  return child;
}

async function openEngine() {
  const config = `[sip]\nbind = ["udp:127.0.0.1:${SIP}"]\n[web]\nbind = "127.0.0.1:${WEB}"\n[store]\nurl = "sqlite:hatif.db"
[bundle]\npath = "${root}/ivr-flows"\n[sounds]\npath = "${root}/sounds"\n`;
  await writeFile(join(folder, "hatif.toml"), config);
  const order = ["user", "--config", "hatif.toml", "add", "maryam", "--name", "Maryam", "--skills", SKILLS];
  spawnSync(hatif, order, { cwd: folder, input: `${PASSWORD}\n` });
  start(hatif, ["serve", "--config", "hatif.toml"]);
  while (!(await fetch(`http://127.0.0.1:${WEB}/readyz`).then((answer) => answer.ok, () => false))) await pause(50);
}

/** This calls, walks the menu, and talks until it is hung up. */
async function dial(number, keys) {
  const config = `sip_listen 127.0.0.1:0\naudio_player aubridge,nobody\naudio_alert aubridge,nobody
audio_source aufile,${folder}/voice.wav\nctrl_tcp_listen 127.0.0.1:${CONTROL}\nmodule_path /usr/lib/baresip/modules\nmodule g711.so
module aufile.so\nmodule aubridge.so\nmodule_app account.so\nmodule_app menu.so\nmodule_app ctrl_tcp.so\n`;
  await writeFile(join(folder, "config"), config);
  await writeFile(join(folder, "accounts"), `<sip:${number}@127.0.0.1>;regint=0;audio_codecs=PCMA/8000/1\n`);
  await writeFile(join(folder, "contacts"), "");
  await writeFile(join(folder, "voice.wav"), voice(500, { seconds: 60, rate: 8_000 }));
  const phone = start("baresip", ["-4", "-f", folder]);
  const control = await connected(CONTROL);
  const order = (command, params) => {
    const text = JSON.stringify({ command, params });
    control.write(`${text.length}:${text},`);
  };
  order("dial", `sip:800@127.0.0.1:${SIP}`);
  for (const key of keys) {
    await pause(KEY_EVERY_MS);
    order("sndcode", key);
  }
  return () => {
    control.destroy();
    phone.kill();
    return new Promise((resolve) => phone.once("exit", resolve));
  };
}

async function connected(port) {
  for (;;) {
    const socket = net.connect(port, "127.0.0.1");
    const is_open = await new Promise((resolve) => socket.once("connect", () => resolve(true)).once("error", () => resolve(false)));
    if (is_open) return socket.resume();
    await pause(50);
  }
}

const browser = await openBrowser();
try {
  await openEngine();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: "light" });
  const id = (name) => page.getByTestId(name);
  const duty = (word) => page.locator(`[data-testid=status][data-duty=${word}]`).waitFor();
  await page.goto(`http://127.0.0.1:${WEB}/desk`);
  await id("language-switch").click();
  await id("login-agent").fill("maryam");
  await id("login-password").fill(PASSWORD);
  await id("login-submit").click();
  await page.locator("[data-testid=sound][data-sound=up]").waitFor();
  await id("duty-available").click();
  for (const [number, keys, talk_ms] of CALLS) {
    const hangUp = await dial(number, keys);
    await id("accept").click({ timeout: RING_MS });
    await duty("talking");
    await pause(talk_ms);
    if (number === CALLS.at(-1)[0]) {
      // No ring of focus is in the picture.
      await page.evaluate(() => document.activeElement?.blur());
      await page.mouse.move(0, 0);
      await page.screenshot({ path: join(root, "docs/desk.png") });
    }
    await id("hangup").click();
    await id("wrapup-end").click();
    await duty("available");
    await hangUp();
  }
} finally {
  await browser.close();
  for (const child of children) child.kill();
  await pause(500);
  await rm(folder, { recursive: true, force: true });
}
