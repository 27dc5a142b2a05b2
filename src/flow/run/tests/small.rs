//! A small bundle with one of each step.

pub(super) const FILES: [(&str, &str); 8] = [
    (
        "bundle.yaml",
        r##"
apiVersion: ivr/v1
kind: Bundle
id: small
languages: [ar, en]
numbers: {"1": main, "2": secret, "3": spin, "4": broken, "5": shut, "6": calm, "7": out, "8": patient}
env: {token: ""}
events: {error: rescue, input.gave_up: rescue, queue: rescue}
"##,
    ),
    (
        "flows/main.flow.yaml",
        r##"
apiVersion: ivr/v1
kind: Flow
id: main
title: Main
languages: [ar, en]
start: hello
vars:
  lang: {type: string, enum: [ar, en], default: ar}
  entity: {type: string, default: ""}
  answer: {type: string, default: ""}
events: {hangup: gone}
nodes:
  hello: {type: play, prompt: hello, next: pick}
  pick:
    type: menu
    prompt: pick
    tries: 2
    no_match: wrong
    choices_from: {list: entities, press: item.key, label: item.name, set: {entity: item.id}, next: ask}
    choices:
      - {press: "0", set: {lang: en}, next: ask}
  ask: {type: call, flow: ask, with: {who: "${vars.entity}"}, save: {answer: said}, next: to_agent}
  to_agent:
    type: queue
    queue: care
    need:
      - {after: 0s, all: ["lang.${vars.lang} >= 3", "entity.${vars.entity} >= 2"]}
      - {after: 30s, all: ["lang.${vars.lang} >= 1"]}
    wait_flow: comfort
    max_wait: 60s
    next: after
    events: {queue.exit: bye}
  after: {type: tag, when: queue.talk_s >= 20, tag: "talked.${vars.answer}", next: bye}
  bye: {type: play, prompt: bye, next: done}
  done: {type: hangup}
  gone: {type: tag, tag: "gone.${queue.wait_s}", next: done}
"##,
    ),
    (
        "flows/ask.flow.yaml",
        r##"
apiVersion: ivr/v1
kind: Flow
id: ask
title: A question
languages: [ar, en]
start: digits
inputs: {who: {type: string, default: ""}}
outputs: {said: {type: string, default: none}}
vars:
  lang: {type: string, enum: [ar, en], default: ar}
  digits: {type: string, default: "", max: 4}
nodes:
  digits:
    type: collect
    prompt: digits
    digits: {min: 2, max: 4, end: "#"}
    save: digits
    next: back
  back: {type: return, with: {said: "${vars.digits}-${inputs.who}-${vars.lang}"}}
"##,
    ),
    (
        "flows/secret.flow.yaml",
        r##"
apiVersion: ivr/v1
kind: Flow
id: secret
title: A secret
languages: [ar, en]
start: pin
vars: {pin: {type: string, default: "", max: 4, sensitive: true}}
nodes:
  pin:
    type: collect
    prompt: digits
    barge_in: false
    digits: {min: 4, max: 4}
    save: pin
    next: repeat
  repeat: {type: play, prompt: repeat, args: {digits: "${vars.pin}"}, next: done}
  done: {type: hangup, reason: busy}
"##,
    ),
    (
        "flows/spin.flow.yaml",
        r##"
apiVersion: ivr/v1
kind: Flow
id: spin
title: A loop that says nothing
languages: [ar, en]
start: one
vars: {count: {type: int, default: 0}}
nodes:
  one: {type: set, set: {count: "${vars.count + 1}"}, next: one, limit: {visits: 100, then: two}}
  two: {type: set, set: {count: "${vars.count + 1}"}, next: two, limit: {visits: 100, then: three}}
  three: {type: set, set: {count: "${vars.count + 1}"}, next: three, limit: {visits: 100, then: four}}
  four: {type: set, set: {count: "${vars.count + 1}"}, next: four, limit: {visits: 100, then: five}}
  five: {type: set, set: {count: "${vars.count + 1}"}, next: five, limit: {visits: 100, then: six}}
  six: {type: set, set: {count: "${vars.count + 1}"}, next: six, limit: {visits: 100, then: done}}
  done: {type: hangup}
"##,
    ),
    (
        "flows/broken.flow.yaml",
        r##"
apiVersion: ivr/v1
kind: Flow
id: broken
title: A fault
languages: [ar, en]
start: divide
vars: {zero: {type: int, default: 0}}
nodes:
  divide: {type: set, set: {zero: "${1 / vars.zero}"}, next: done}
  done: {type: hangup}
"##,
    ),
    (
        "flows/rescue.flow.yaml",
        r##"
apiVersion: ivr/v1
kind: Flow
id: rescue
title: After a fault
languages: [ar, en]
start: sorry
nodes:
  sorry: {type: play, prompt: sorry, next: done, events: {error: done}}
  done: {type: hangup, reason: failed, events: {error: done}}
"##,
    ),
    (
        "prompts/all.prompts.yaml",
        r##"
apiVersion: ivr/v1
kind: Prompts
units:
  minute:
    gender: feminine
    ar: {zero: الآن, one: دقيقة واحدة, two: دقيقتان, few: "{n} دقائق", many: "{n} دقيقة", other: "{n} دقيقة"}
    en: {one: "{n} minute", other: "{n} minutes"}
prompts:
  menu_choice: {ar: [{choice: label}, اضغطوا, {choice: key}], en: [{choice: label}, press, {choice: key}]}
  hello: {ar: مرحبا, en: Hello.}
  pick: {ar: [اختاروا., {choices: all}], en: [Choose., {choices: all}]}
  wrong: {ar: خطأ, en: Wrong.}
  digits: {ar: أدخلوا الأرقام, en: Enter digits.}
  repeat: {ar: [الرقم, {digits: digits}], en: [The number, {digits: digits}]}
  stay: {ar: انتظروا, en: Please stay.}
  place: {ar: [مكانكم, {number: place}, {count: minutes, unit: minute}], en: [Place, {number: place}, {count: minutes, unit: minute}]}
  sorry: {ar: نعتذر, en: Sorry.}
  bye: {ar: وداعا, en: Goodbye.}
texts:
  opened: {ar: "رقم معاملتكم {number}.", en: "Your case is {number}."}
"##,
    ),
];

pub(super) const MORE: [(&str, &str); 7] = [
    (
        "flows/shut.flow.yaml",
        r##"
apiVersion: ivr/v1
kind: Flow
id: shut
title: A queue that is shut
languages: [ar, en]
start: to_agent
nodes:
  to_agent:
    type: queue
    queue: office
    need: [{after: 0s, all: ["lang.ar >= 1"]}]
    max_wait: 60s
    next: done
    events: {queue.closed: done}
  done: {type: hangup, reason: rejected}
"##,
    ),
    (
        "flows/calm.flow.yaml",
        r##"
apiVersion: ivr/v1
kind: Flow
id: calm
title: Music instead of a wait flow
languages: [ar, en]
start: to_agent
nodes:
  to_agent:
    type: queue
    queue: care
    need: [{after: 0s, all: ["lang.ar >= 1"]}]
    max_wait: 60s
    next: done
    events: {queue: done}
  done: {type: hangup}
"##,
    ),
    (
        "flows/comfort.flow.yaml",
        r##"
apiVersion: ivr/v1
kind: Flow
id: comfort
title: While waiting
languages: [ar, en]
start: stay
events: {input.key: leave, error: music}
nodes:
  stay: {type: play, prompt: stay, keys: "9", next: music}
  music: {type: play, music: calm, for: 20s, keys: "9", next: place}
  place:
    type: play
    when: queue.position > 0
    prompt: place
    args: {place: "${queue.position}", minutes: "${queue.ewt_s / 60}"}
    next: music
  leave: {type: leave_queue}
"##,
    ),
    (
        "sectors.yaml",
        "apiVersion: ivr/v1\nkind: Sectors\nsectors: {city: {key: \"1\", name: {ar: المدينة, en: City}}}\n",
    ),
    (
        "entities/power.entity.yaml",
        r##"
apiVersion: ivr/v1
kind: Entity
id: power
name: {ar: الكهرباء, en: Power}
sector: city
key: "1"
calendar: office
queue: care
"##,
    ),
    (
        "calendars/office.calendar.yaml",
        r##"
apiVersion: ivr/v1
kind: Calendar
id: office
zone: Asia/Dubai
weekly: {mon-fri: ["08:00-15:00"]}
"##,
    ),
    (
        "queues/care.queue.yaml",
        "apiVersion: ivr/v1\nkind: Queue\nid: care\nname: {ar: العناية, en: Care}\nmusic: calm\n",
    ),
];

pub(super) const OFFICE: &str =
    "apiVersion: ivr/v1\nkind: Queue\nid: office\nname: {ar: ا, en: Office}\ncalendar: office\n";
