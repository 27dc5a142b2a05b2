// The test caller's world: microphone, peer connection, socket and clock, driven by the machine.
import { openLink, type Link } from "../audio/link";
import { closeMicrophone, openMicrophone } from "../audio/microphone";
import { hear } from "../measure";
import { heard } from "../protocol/call";
import { openSocket, type Socket } from "../socket";
import { deadline, onHook, step, type Input, type Output, type Phone } from "./phone";

let phone: Phone = onHook;
let socket: Socket | null = null;
let microphone: MediaStream | null = null;
let link: Link | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
// Counts the calls of this page, so that what was begun for one is not taken for the next.
let visit = 0;
const listeners = new Set<() => void>();

export function currentPhone(): Phone {
  return phone;
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** This gives the machine one input and does what it asks. */
export function tell(input: Input): void {
  const [next, outputs] = step(phone, Date.now(), input);
  phone = next;
  for (const output of outputs) perform(output);
  clearTimeout(timer);
  const due = deadline(phone);
  if (due !== null) timer = setTimeout(() => tell({ type: "Timeout" }), Math.max(0, due - Date.now()));
  for (const listener of listeners) listener();
}

function perform(output: Output): void {
  switch (output.type) {
    case "OpenAudio":
      visit += 1;
      void openAudio(visit);
      return;
    case "AnswerAudio":
      link?.answer(output.sdp).catch((problem: unknown) => {
        console.warn("audio answer", problem);
        tell({ type: "AudioBroke" });
      });
      return;
    case "Connect":
      connect();
      return;
    case "Send":
      socket?.send(output.message);
      return;
    case "Close":
      close();
      return;
  }
}

async function openAudio(mine: number): Promise<void> {
  const answer = await openMicrophone();
  if (!answer.ok) {
    if (mine === visit) tell({ type: "AudioBlocked", why: answer.why });
    return;
  }
  if (mine !== visit) return closeMicrophone(answer.stream);
  microphone = answer.stream;
  hear("own", microphone);
  try {
    const made = await openLink(microphone, {
      // The offer carries the candidates; this protocol has no message for later ones.
      candidate: () => undefined,
      heard: (far) => hear("far", far),
      broke: () => tell({ type: "AudioBroke" }),
    });
    if (mine !== visit) return made.link.close();
    link = made.link;
    tell({ type: "OfferMade", sdp: made.sdp });
  } catch (problem) {
    console.warn("audio offer", problem);
    if (mine === visit) tell({ type: "AudioBlocked", why: "failed" });
  }
}

function connect(): void {
  socket = openSocket("ws/call", {
    opened: () => tell({ type: "SocketOpened" }),
    closed: () => tell({ type: "SocketClosed" }),
    heard(frame) {
      try {
        const message = heard(frame);
        if (message !== null) tell({ type: "Heard", message });
      } catch (problem) {
        console.warn("a message that cannot be read", problem);
      }
    },
  });
}

function close(): void {
  visit += 1;
  socket?.close();
  socket = null;
  link?.close();
  link = null;
  hear("far", null);
  if (microphone !== null) closeMicrophone(microphone);
  microphone = null;
  hear("own", null);
}
