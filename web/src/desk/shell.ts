// The desk's world: socket, microphone, peer connection, clock and storage, driven by the machine.
import * as api from "../api";
import { openLink, type Link } from "../audio/link";
import { closeMicrophone, openMicrophone } from "../audio/microphone";
import { ring } from "../audio/ring";
import { hear } from "../measure";
import { heard } from "../protocol/desk";
import { openSocket, type Socket } from "../socket";
import { isBusy, type Desk, type Input, type Output } from "./desk";
import { deadline, start, step } from "./machine";

const TOKEN_KEPT_AS = "hatif.token";

let desk: Desk = start;
let socket: Socket | null = null;
let microphone: MediaStream | null = null;
let link: { id: number; link: Link } | null = null;
let stopRing: (() => void) | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

export function currentDesk(): Desk {
  return desk;
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** This gives the machine one input and does what it asks. */
export function tell(input: Input): void {
  const told = { now: Date.now(), chance: Math.random() };
  const [next, outputs] = step(desk, told, input);
  desk = next;
  for (const output of outputs) perform(output);
  settle();
  for (const listener of listeners) listener();
}

/** This starts the desk: where a token was kept, the agent is still inside. */
export function openDesk(): void {
  window.addEventListener("online", () => tell({ type: "NetworkChanged" }));
  window.addEventListener("beforeunload", (event) => {
    if (desk.at === "work" && isBusy(desk.work.state)) event.preventDefault();
  });
  void navigator.permissions
    ?.query({ name: "microphone" })
    .then((permission) => (permission.onchange = retryWhenBlocked))
    .catch(() => null);
  const token = sessionStorage.getItem(TOKEN_KEPT_AS);
  if (token !== null) tell({ type: "Restored", token });
}

function perform(output: Output): void {
  switch (output.type) {
    case "Login":
      void api.login(output.agent, output.password).then((answer) => tell({ type: "LoginAnswered", answer }));
      return;
    case "Logout":
      void api.logout(output.token);
      return;
    case "KeepToken":
      sessionStorage.setItem(TOKEN_KEPT_AS, output.token);
      return;
    case "ForgetToken":
      sessionStorage.removeItem(TOKEN_KEPT_AS);
      return;
    case "Connect":
      connect();
      return;
    case "Disconnect":
      socket?.close();
      socket = null;
      return;
    case "Send":
      socket?.send(output.message);
      return;
    case "OpenAudio":
      void openAudio(output.id);
      return;
    case "AnswerAudio":
      if (link?.id !== output.id) return;
      link.link.answer(output.sdp).catch((problem: unknown) => {
        console.warn("audio answer", problem);
        tell({ type: "AudioBroke", id: output.id });
      });
      return;
    case "CloseAudio":
      closeAudio();
      return;
    case "FetchRecent":
      void api.pastCalls(output.token).then((calls) => calls && tell({ type: "RecentHeard", calls }));
      return;
  }
}

function connect(): void {
  socket?.close();
  socket = openSocket("ws/desk", {
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

async function openAudio(id: number): Promise<void> {
  const stream = await wakeMicrophone(id);
  if (stream === null || !isWanted(id)) return;
  hangUpLink();
  try {
    const made = await openLink(stream, {
      candidate: (candidate) => tell({ type: "CandidateFound", id, candidate }),
      heard: (far) => hear("far", far),
      broke: () => tell({ type: "AudioBroke", id }),
    });
    if (!isWanted(id)) return made.link.close();
    link = { id, link: made.link };
    tell({ type: "OfferMade", id, sdp: made.sdp });
  } catch (problem) {
    console.warn("audio offer", problem);
    tell({ type: "AudioBlocked", id, why: "busy" });
  }
}

/** The microphone stays open from one connection to the next; one that was unplugged is asked for again. */
async function wakeMicrophone(id: number): Promise<MediaStream | null> {
  if (microphone?.getAudioTracks()[0]?.readyState === "live") return microphone;
  const answer = await openMicrophone();
  if (!answer.ok) {
    tell({ type: "AudioBlocked", id, why: answer.why });
    return null;
  }
  if (!isWanted(id)) {
    closeMicrophone(answer.stream);
    return null;
  }
  microphone = answer.stream;
  const track = answer.stream.getAudioTracks()[0];
  if (track !== undefined) track.onended = () => desk.at === "work" && tell({ type: "AudioBroke", id: desk.work.audio_id });
  hear("own", answer.stream);
  return answer.stream;
}

function isWanted(id: number): boolean {
  return desk.at === "work" && desk.work.audio.is === "making" && desk.work.audio.id === id;
}

function retryWhenBlocked(): void {
  if (desk.at === "work" && desk.work.audio.is === "blocked") tell({ type: "RetryAudio" });
}

function hangUpLink(): void {
  link?.link.close();
  link = null;
  hear("far", null);
}

function closeAudio(): void {
  hangUpLink();
  if (microphone !== null) closeMicrophone(microphone);
  microphone = null;
  hear("own", null);
}

/** This brings what follows from the desk in line with it: the ring, the microphone's way out, the clock. */
function settle(): void {
  const work = desk.at === "work" ? desk.work : null;
  const ringing = work !== null && work.current && work.state !== null && work.state.offer !== null;
  if (ringing && stopRing === null) stopRing = ring();
  if (!ringing && stopRing !== null) {
    stopRing();
    stopRing = null;
  }
  const call = work?.state?.call ?? null;
  link?.link.speak(call !== null && call.stage === "talking" && !call.muted ? "open" : "shut");
  clearTimeout(timer);
  const due = deadline(desk);
  if (due !== null) timer = setTimeout(() => tell({ type: "Timeout" }), Math.max(0, due - Date.now()));
}
