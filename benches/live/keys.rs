//! Keys: from the end of one to the first packet of what is played for it.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a benchmark looks at the clock"
)]

use std::time::{Duration, Instant};

use crate::street::{Speech, Street};

/// Telephones that press keys at a time.
const PHONES: usize = 4;
/// How long a caller listens before the key, and what is added from call to call.
const LISTEN: Duration = Duration::from_millis(100);
const LISTEN_STEP: Duration = Duration::from_micros(1_700);
/// Packets of a key come this often.
const PACKET: Duration = Duration::from_millis(20);
/// Packets of a key while it is held; the ones after them tell its end, three times.
const HELD_PACKETS: u16 = 3;
const PACKETS: u16 = HELD_PACKETS + 3;
/// Nothing after so long is no answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// How soon keys were answered.
pub(crate) struct Reactions {
    spans: Vec<Duration>,
    /// Keys that nothing was played for.
    pub(crate) unanswered: u64,
}

impl Reactions {
    /// So many of a hundred were faster than this, in milliseconds.
    pub(crate) fn at(&self, percent: usize) -> f64 {
        let at = (self.spans.len() * percent).div_ceil(100).saturating_sub(1);
        self.spans.get(at).map_or(f64::INFINITY, |span| span.as_secs_f64() * 1_000.0)
    }
}

/// A telephone that dials 3000, listens, presses a key, and hears something else.
struct Phone {
    call: usize,
    dialled: Instant,
    listen: Duration,
    /// When the first packet was heard.
    hears: Option<Instant>,
    packets: u16,
    /// When the first packet that tells the key's end was sent.
    ended: Option<Instant>,
}

/// What a telephone has come to.
enum Turn {
    Busy,
    Answered(Duration),
    Unanswered,
}

/// Presses so many keys, each in a call of its own.
pub(crate) fn press(street: &mut Street, count: usize) -> Reactions {
    let mut reactions = Reactions { spans: Vec::with_capacity(count), unanswered: 0 };
    let mut dialled = 0;
    let mut dial = |street: &mut Street| {
        dialled += 1;
        (dialled <= count).then(|| Phone::dial(street, dialled))
    };
    let mut phones: Vec<Phone> = (0..PHONES).filter_map(|_| dial(street)).collect();
    while !phones.is_empty() {
        street.turn();
        let mut still = Vec::with_capacity(PHONES);
        for mut phone in phones {
            let turn = phone.turn(street);
            match turn {
                Turn::Busy => still.push(phone),
                Turn::Answered(span) => {
                    reactions.spans.push(span);
                    street.bye(phone.call);
                    still.extend(dial(street));
                }
                Turn::Unanswered => {
                    reactions.unanswered += 1;
                    street.bye(phone.call);
                    still.extend(dial(street));
                }
            }
        }
        phones = still;
    }
    reactions.spans.sort();
    reactions
}

impl Phone {
    fn dial(street: &mut Street, number: usize) -> Self {
        let call = street.dial("3000", Speech::None);
        let turn = u32::try_from(number % 12).unwrap_or(0);
        let (dialled, listen) = (Instant::now(), LISTEN + LISTEN_STEP * turn);
        Self { call, dialled, listen, hears: None, packets: 0, ended: None }
    }

    fn turn(&mut self, street: &Street) -> Turn {
        let now = Instant::now();
        self.hears = self.hears.or_else(|| street.spurt(self.call));
        if let Some(ended) = self.ended
            && let Some(span) =
                street.spurt(self.call).and_then(|at| at.checked_duration_since(ended))
        {
            return Turn::Answered(span);
        }
        let begun = self.ended.unwrap_or(self.dialled);
        if now.saturating_duration_since(begun) > PATIENCE {
            return Turn::Unanswered;
        }
        let due = self.hears.map(|hears| hears + self.listen + PACKET * u32::from(self.packets));
        if self.packets < PACKETS && due.is_some_and(|due| due <= now) {
            let packet = self.packet();
            if self.packets == HELD_PACKETS {
                self.ended = Some(Instant::now());
            }
            street.say(self.call, &packet);
            self.packets += 1;
        }
        Turn::Busy
    }

    /// The next packet of the key 5 (RFC 4733 §2.3).
    fn packet(&self) -> [u8; 16] {
        let marker = if self.packets == 0 { 0x80 } else { 0 };
        let end = if self.packets < HELD_PACKETS { 0 } else { 0x80 };
        let [s0, s1] = self.packets.to_be_bytes();
        let [d0, d1] = (160 * (1 + self.packets.min(HELD_PACKETS))).to_be_bytes();
        [0x80, marker | 101, s0, s1, 0, 0, 3, 32, 1, 2, 3, 4, 5, end | 10, d0, d1]
    }
}
