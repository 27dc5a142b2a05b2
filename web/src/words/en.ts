// What the pages say in English. Its shape is the law for the other languages.

const seconds = (n: number) => (n === 1 ? "1 second" : `${n} seconds`);

export const en = {
  product: "Hatif",
  desk_title: "Agent desk",
  call_title: "Test call",
  other_language: "العربية",
  switch_language: "Show this page in Arabic",
  seconds,

  login: {
    title: "Sign in",
    lead: "Your desk for taking calls.",
    agent: "User name",
    password: "Password",
    enter: "Sign in",
    entering: "Signing in…",
    wrong: "The user name or the password is not right.",
    network: "The service cannot be reached. Check your network and try again.",
    expired: "Your session has ended. Please sign in again.",
    version: "This page is older than the service. Reload it and sign in again.",
    too_many: (wait: number) => `Too many wrong attempts. Try again in ${seconds(wait)}.`,
  },

  broken: {
    title: "This page has stumbled",
    text: "Reload it. A call in progress is kept and taken up again.",
    reload: "Reload the page",
  },

  leave: "Sign out",
  leave_busy: "You can sign out when the call is over.",
  greeting: (name: string) => `Signed in as ${name}`,

  replaced: {
    title: "Your desk is open elsewhere",
    text: "You opened it in another window or on another computer. Only one can take calls at a time.",
    take: "Use it here",
  },

  line: {
    up: "Connected",
    opening: "Connecting…",
    lost: "The connection to the service was lost.",
    again: (wait: number) => (wait < 1 ? "Trying again now…" : `Trying again in ${seconds(wait)}.`),
    grace: "Your call is kept for a short time. Stay on this page.",
  },

  audio: {
    title: "Sound",
    up: "Sound is ready",
    opening: "Preparing sound…",
    down: "No sound",
    own: "Microphone",
    far: "Caller",
    idle: "The caller hears you only during a call.",
    gesture: "The browser is holding the sound back. Click anywhere on the page.",
    retry: "Try again",
    blocked: {
      refused: {
        title: "The microphone is not allowed",
        text: "Open the lock or microphone sign next to the page address, allow the microphone, then try again.",
      },
      missing: { title: "No microphone was found", text: "Plug in your headset, then try again." },
      busy: {
        title: "The microphone cannot be used",
        text: "Another program may be using it. Close that program, then try again.",
      },
      insecure: {
        title: "This page has no secure connection",
        text: "Browsers give the microphone to secure pages only. Open the desk with https.",
      },
    },
    needed: "You can take calls once your sound is ready.",
  },

  duty: {
    title: "Duty",
    since: "for",
    available: "Available",
    away: "Away",
    offline: "Off duty",
    reserved: "A call is on its way",
    ringing: "Incoming call",
    talking: "On a call",
    held: "Caller on hold",
    waiting_audio: "Restoring sound",
    wrap_up: "Wrap-up",
    missed: "Calls are paused for you",
    go_available: "Take calls",
    go_away: "Step away for",
    go_offline: "Off duty",
    reasons: { break: "Break", prayer: "Prayer", meeting: "Meeting", training: "Training" } as Record<string, string>,
    pending: { away: "Away after this call", offline: "Off duty after this call" },
    hint: {
      offline: "You are not taking calls. Choose “Take calls” when you are ready.",
      available: "Waiting for the next call.",
      away: "No call will be sent to you until you are back.",
      reserved: "Get ready: a caller has been chosen for you.",
      missed: "Two calls in a row went unanswered, or your sound failed. Choose “Take calls” when you are back.",
    },
  },

  ring: {
    title: "Incoming call",
    announce: (from: string, entity: string) => `Incoming call from ${from}${entity === "" ? "" : `, ${entity}`}`,
    accept: "Accept",
    decline: "Decline",
    left: (wait: number) => `${seconds(wait)} left to answer`,
  },

  caller: {
    from: "Number",
    entity: "Entity",
    no_entity: "General enquiries",
    case: "Case",
    language: "Language",
    queue: "Queue",
    waited: "Waited",
    pressed: "Choices made",
    nothing_pressed: "No choices",
    to: "Dialled",
  },

  talk: {
    mute: "Mute",
    unmute: "Unmute",
    hold: "Hold",
    resume: "Resume",
    hangup: "Hang up",
    muted: "You are muted: the caller does not hear you.",
    held: "The caller hears music.",
    waiting_audio: "Your sound was cut off and is being restored. The caller hears music.",
    time: "Call time",
  },

  wrapup: {
    title: "Wrap-up",
    text: "Finish your notes. The next call comes when the time is over.",
    left: "Time left",
    end: "Ready now",
    last: "The call that ended",
  },

  note: {
    caller_left: "The caller hung up before you answered.",
    missed: "You did not answer in time. The caller goes to another agent.",
    left_duty: "The call was sent to another agent.",
    ended: {
      caller: (time: string) => `The caller ended the call after ${time}.`,
      agent: (time: string) => `You ended the call after ${time}.`,
      system: (time: string) => `The system ended the call after ${time}.`,
    },
    error: {
      no_such_offer: "This call is no longer waiting for you.",
      not_now: "That is not possible right now.",
      no_audio: "You need sound before you can take calls.",
      bad_message: "The service did not understand the request.",
    } as Record<string, string>,
    other_error: "That did not work.",
  },

  recent: {
    title: "Recent calls",
    none: "Your calls of the last days will be listed here.",
    started: "Time",
    from: "Number",
    entity: "Entity",
    talk: "Talk",
    waited: "Waited",
    ending: "Ended by",
    by: { caller: "Caller", agent: "You", system: "System", flow: "Menu" } as Record<string, string>,
  },

  keys: {
    title: "Keyboard",
    accept: "Accept",
    decline: "Decline or hang up",
    mute: "Mute",
    hold: "Hold",
  },

  phone: {
    lead: "Call the service from this browser, as a citizen hears it.",
    number: "Number to call",
    call: "Call",
    hangup: "Hang up",
    keypad: "Key pad",
    key: (key: string) => (key === "*" ? "star" : key === "#" ? "hash" : key),
    hint: "You can also use the keys of your keyboard.",
    captions: "What you hear",
    no_captions: "The words that are spoken to you will be shown here.",
    pressed: "You pressed",
    idle: "Ready to call",
    microphone: "Waiting for the microphone…",
    line: "Connecting…",
    dialling: "Dialling…",
    ringing: "Ringing…",
    menu: "In the menu",
    queued: (position: number) => `Waiting in the queue, number ${position}`,
    talking: (agent: string | null) => (agent === null ? "Talking to an agent" : `Talking to ${agent}`),
    held: "On hold",
    ended: {
      caller: "You ended the call.",
      agent: "The agent ended the call.",
      system: "The service ended the call.",
      flow: "The call is over.",
      network: "The connection was lost.",
    },
    failed: "The call could not be made.",
    numbers_failed: "The numbers could not be loaded. You can type one.",
  },

  meters: { own: "Microphone level", far: "Level of what you hear" },
};

export type Words = typeof en;
