// The desk as a machine without I/O: one input and the time give the next desk and what to do.
import { VERSION, type Heard, type State } from "../protocol/desk";
import { AUDIO_MS, backOff, NOTE_MS, OPENING_MS, PING_MS, SILENCE_MS, STEADY_MS } from "./patience";
import { afterFailure, answered, lost, openAudio, upNow } from "./voice";
import { isBusy, type Desk, type Input, type LoginProblem, type Note, type Output, type Told, type Work } from "./desk";

type Step = [Desk, Output[]];

export const start: Desk = { at: "login", problem: null };

export function step(desk: Desk, told: Told, input: Input): Step {
  switch (desk.at) {
    case "login":
      if (input.type === "Restored") return enter(input.token, told);
      if (input.type === "SignIn") return [{ at: "entering" }, [{ type: "Login", agent: input.agent, password: input.password }]];
      return [desk, []];
    case "entering":
      if (input.type !== "LoginAnswered") return [desk, []];
      if (input.answer.ok) {
        const [next, outputs] = enter(input.answer.token, told);
        return [next, [{ type: "KeepToken", token: input.answer.token }, ...outputs]];
      }
      return toLogin(input.answer.why === "too_many" ? { what: "too_many", wait_s: input.answer.wait_s } : { what: input.answer.why });
    case "replaced":
      if (input.type === "TakeBack") return enter(desk.token, told);
      if (input.type === "SignOut") return [start, [{ type: "Logout", token: desk.token }, { type: "ForgetToken" }]];
      return [desk, []];
    case "work":
      return working(desk.work, told, input);
  }
}

/** This is when the desk next wants a `Timeout`, if ever. */
export function deadline(desk: Desk): number | null {
  if (desk.at !== "work") return null;
  const { line, audio, note } = desk.work;
  const due: number[] = [];
  switch (line.is) {
    case "opening":
    case "greeting":
      due.push(line.since + OPENING_MS);
      break;
    case "waiting":
      due.push(line.until);
      break;
    case "up":
      due.push(line.ping_at, line.heard_at + SILENCE_MS);
      if (audio.is === "waiting") due.push(audio.until);
      if (audio.is === "offered" || audio.is === "answered") due.push(audio.since + AUDIO_MS);
      break;
  }
  if (note !== null) due.push(note.until);
  return Math.min(...due);
}

function enter(token: string, told: Told): Step {
  const work: Work = {
    token,
    line: { is: "opening", attempt: 0, since: told.now },
    audio: { is: "none" },
    audio_id: 0,
    welcome: null,
    skew_ms: 0,
    state: null,
    current: false,
    last_caller: null,
    asked: null,
    note: null,
    recent: null,
  };
  return [{ at: "work", work }, [{ type: "Connect" }]];
}

function toLogin(problem: LoginProblem): Step {
  return [{ at: "login", problem }, []];
}

function at(work: Work, ...outputs: Output[]): Step {
  return [{ at: "work", work }, outputs];
}

function working(work: Work, told: Told, input: Input): Step {
  const { line, audio } = work;
  switch (input.type) {
    case "SocketOpened":
      if (line.is !== "opening") return at(work);
      return at(
        { ...work, line: { ...line, is: "greeting" } },
        { type: "Send", message: { type: "hello", version: VERSION, token: work.token } },
      );
    case "SocketClosed":
      return at(broken(work, told));
    case "Heard":
      return hear(work.line.is === "up" ? { ...work, line: { ...work.line, heard_at: told.now } } : work, told, input.message);
    case "NetworkChanged":
      if (line.is === "waiting") return connect(work, told);
      // The old way may be gone without a word: ask at once, and let the voice find its new way.
      if (line.is !== "up" || audio.is === "making" || audio.is === "blocked") return at(work);
      return both(ping(work, line, told), (after) => openAudio(after, told, 0));
    case "OfferMade":
      if (audio.is !== "making" || audio.id !== input.id) return at(work);
      if (line.is !== "up") return at({ ...work, audio: { is: "none" } });
      return at(
        { ...work, audio: { is: "offered", id: audio.id, attempt: audio.attempt, since: told.now } },
        { type: "Send", message: { type: "audio.offer", id: audio.id, sdp: input.sdp } },
      );
    case "CandidateFound":
      if (line.is !== "up" || input.id !== work.audio_id || audio.is === "making") return at(work);
      return at(work, { type: "Send", message: { type: "audio.candidate", id: input.id, candidate: input.candidate } });
    case "AudioBlocked":
      return input.id === work.audio_id ? at({ ...work, audio: { is: "blocked", why: input.why } }) : at(work);
    case "AudioBroke":
      return input.id === work.audio_id ? lost(work, told) : at(work);
    case "RetryAudio":
      return line.is === "up" ? openAudio(work, told, 0) : at(work);
    case "Order":
      if (line.is !== "up" || !work.current) return at(work);
      return at({ ...work, asked: input.order.type }, { type: "Send", message: input.order });
    case "SignOut":
      return signOut(work);
    case "RecentHeard":
      return at({ ...work, recent: input.calls });
    case "Timeout":
      return timeOut(work, told);
    // These belong to the door, and the agent is inside.
    case "Restored":
    case "SignIn":
    case "LoginAnswered":
    case "TakeBack":
      return at(work);
  }
}

function hear(work: Work, told: Told, message: Heard): Step {
  switch (message.type) {
    case "welcome":
      if (work.line.is !== "greeting") return at(work);
      return at(
        {
          ...work,
          welcome: message,
          skew_ms: message.now_ms - told.now,
          line: { ...work.line, is: "up", since: told.now, heard_at: told.now, ping_at: told.now + PING_MS },
        },
        { type: "FetchRecent", token: work.token },
      );
    case "state":
      return hearState(work, told, message);
    case "refused":
      return [
        { at: "login", problem: { what: message.why === "token" ? "expired" : "version" } },
        [{ type: "Disconnect" }, { type: "CloseAudio" }, { type: "ForgetToken" }],
      ];
    case "replaced":
      return [{ at: "replaced", token: work.token }, [{ type: "Disconnect" }, { type: "CloseAudio" }]];
    case "ping":
      return at(work, { type: "Send", message: { type: "pong", t: message.t } });
    case "pong":
      return at(work);
    case "audio.answer":
      return answered(work, told, message.id, message.sdp);
    case "audio.failed":
      return message.id === work.audio_id ? at(afterFailure(work, told)) : at(work);
    case "audio.up":
      return at(upNow(work));
    case "audio.lost":
      return lost(work, told);
    case "offer":
      return work.state === null ? at(work) : at(takeState(work, { ...work.state, offer: message }));
    case "withdraw": {
      const noted = message.why === "declined" ? work : withNote(work, told, { what: "withdrawn", why: message.why });
      if (noted.state?.offer?.offer !== message.offer) return at(noted);
      return at({ ...noted, state: { ...noted.state, offer: null } });
    }
    case "ended":
      return at(withNote(work, told, { what: "ended", by: message.by, talk_s: message.talk_s }), {
        type: "FetchRecent",
        token: work.token,
      });
    case "error":
      return at({ ...withNote(work, told, { what: "error", code: message.code }), asked: null });
  }
}

function hearState(work: Work, told: Told, state: State): Step {
  if (work.line.is !== "up") return at(work);
  const left_wrapup = work.state?.duty === "wrap_up" && state.duty !== "wrap_up";
  const next: Work = {
    ...takeState(work, state),
    current: true,
    asked: null,
    last_caller: state.call?.caller ?? work.last_caller,
  };
  const outputs: Output[] = left_wrapup ? [{ type: "FetchRecent", token: work.token }] : [];
  const waits_for_up = next.audio.is === "answered" && state.audio === "up";
  if (waits_for_up) return at(upNow(next), ...outputs);
  // The first state on a socket tells whether the engine still hears this page.
  const carries = next.audio.is === "up" && state.audio === "up";
  if (work.current || carries || next.audio.is === "blocked" || next.audio.is === "making") return at(next, ...outputs);
  return both([{ at: "work", work: next }, outputs], (after) => openAudio(after, told, 0));
}

function timeOut(given: Work, told: Told): Step {
  const work = given.note !== null && told.now >= given.note.until ? { ...given, note: null } : given;
  const { line, audio } = work;
  switch (line.is) {
    case "opening":
    case "greeting":
      return told.now >= line.since + OPENING_MS ? at(broken(work, told), { type: "Disconnect" }) : at(work);
    case "waiting":
      return told.now >= line.until ? connect(work, told) : at(work);
    case "up":
      if (told.now >= line.heard_at + SILENCE_MS) return at(broken(work, told), { type: "Disconnect" });
      if (told.now >= line.ping_at) return ping(work, line, told);
      if (audio.is === "waiting" && told.now >= audio.until) return openAudio(work, told, audio.attempt);
      if ((audio.is === "offered" || audio.is === "answered") && told.now >= audio.since + AUDIO_MS) {
        return at(afterFailure(work, told));
      }
      return at(work);
  }
}

function ping(work: Work, line: Work["line"] & { is: "up" }, told: Told): Step {
  return at(
    { ...work, line: { ...line, ping_at: told.now + PING_MS } },
    { type: "Send", message: { type: "ping", t: Math.round(told.now) } },
  );
}

function connect(work: Work, told: Told): Step {
  return at({ ...work, line: { is: "opening", attempt: work.line.attempt, since: told.now } }, { type: "Connect" });
}

function broken(work: Work, told: Told): Work {
  const { line } = work;
  if (line.is === "waiting") return work;
  const steady = line.is === "up" && told.now >= line.since + STEADY_MS;
  const attempt = steady ? 0 : line.attempt + 1;
  return {
    ...work,
    line: { is: "waiting", attempt, until: told.now + backOff(attempt, told.chance) },
    current: false,
    asked: null,
    // An answer to this offer would come on the socket that is gone.
    audio: work.audio.is === "offered" || work.audio.is === "answered" ? { is: "none" } : work.audio,
  };
}

function signOut(work: Work): Step {
  // A caller is never left because somebody went home: the call ends first.
  if (isBusy(work.state)) return at(work);
  const goodbye: Output[] = work.line.is === "up" ? [{ type: "Send", message: { type: "duty", to: "offline" } }] : [];
  return [
    start,
    [...goodbye, { type: "Disconnect" }, { type: "CloseAudio" }, { type: "Logout", token: work.token }, { type: "ForgetToken" }],
  ];
}

function withNote(work: Work, told: Told, note: Note): Work {
  return { ...work, note: { note, until: told.now + NOTE_MS } };
}

/** This takes the new state in. News of the call before is out of place beside the next ring. */
function takeState(work: Work, state: State): Work {
  const rings_anew = state.offer !== null && state.offer.offer !== work.state?.offer?.offer;
  return { ...work, state, note: rings_anew ? null : work.note };
}

function both(first: Step, then: (work: Work) => Step): Step {
  const [desk, outputs] = first;
  if (desk.at !== "work") return first;
  const [last, more] = then(desk.work);
  return [last, [...outputs, ...more]];
}
