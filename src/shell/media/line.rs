//! One leg at its worker: the machine together with the way its packets travel.

use std::collections::VecDeque;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use crate::base::codec::Codec;
use crate::base::id::LegId;
use crate::base::time::{Epoch, Moment};
use crate::media::bridge::{self, Cutter, Said, Utterance};
use crate::media::{
    Audience, Ear, EarNews, Event, FRAME_SAMPLES, FRAME_SPAN, Figures, Frame, Heard, Mute, Opening,
    RtpLeg, Spoken, Voice,
};
use crate::rtp::packet::{Outgoing, Sequence, Ssrc, Timestamp};
use crate::rtp::rtcp::{Ntp, REPORT_BYTES_MAX};
use crate::rtp::sequence::{Arrival, Reception};
use crate::rtp::telephone_event;
use crate::shell::media::taps::Taps;

/// How often a leg's report is sent (RFC 3550 §6.2).
const REPORT_EVERY: Duration = Duration::from_secs(5);

/// A leg on its own pair of ports.
#[derive(Debug)]
pub(super) struct RtpLine {
    pub(super) leg: RtpLeg,
    pub(super) rtp: UdpSocket,
    pub(super) rtcp: UdpSocket,
    pub(super) taps: Taps,
    /// The address that the RTP socket is tied to: the kernel drops what strangers send.
    tied: Option<SocketAddr>,
    /// When the next RTCP report is due.
    report_at: Moment,
}

impl RtpLine {
    pub(super) fn new(now: Moment, opening: Opening) -> Self {
        let leg = RtpLeg::new(now, &opening);
        // Reports of legs that were opened together are spread over half the interval.
        let spread = Duration::from_millis(opening.leg.0.wrapping_mul(997) % 2_500);
        let report_at = now + REPORT_EVERY / 2 + spread;
        let (rtp, rtcp) = (opening.rtp.into(), opening.rtcp.into());
        Self { leg, rtp, rtcp, taps: Taps::default(), tied: None, report_at }
    }

    /// Takes one datagram of the RTP socket.
    pub(super) fn receive<'a>(
        &mut self,
        now: Moment,
        epoch: Epoch,
        buffer: &'a mut [u8],
    ) -> Option<Said<'a>> {
        let (length, from) = self.rtp.recv_from(buffer).ok()?;
        let datagram = buffer.get(..length)?;
        let said = self.leg.receive(now, || Ntp::from_wall(epoch.wall(now)), from, datagram);
        self.tie();
        said
    }

    /// Takes one datagram of the RTCP socket.
    pub(super) fn receive_report(&mut self, now: Moment, epoch: Epoch, buffer: &mut [u8]) {
        if let Ok((length, from)) = self.rtcp.recv_from(buffer)
            && let Some(datagram) = buffer.get(..length)
        {
            self.leg.receive_report(now, Ntp::from_wall(epoch.wall(now)), from, datagram);
        }
    }

    pub(super) fn send(&self, packet: &Outgoing, to: SocketAddr) {
        let sent = match self.tied {
            Some(tied) if tied == to => self.rtp.send(packet.bytes()),
            Some(_) | None => self.rtp.send_to(packet.bytes(), to),
        };
        // A full buffer or an ICMP error of an earlier packet is loss, which RTP expects.
        if let Err(fault) = sent {
            tracing::trace!(leg = %self.leg.id(), %to, %fault, "packet not sent");
        }
    }

    /// Does what is due: silence, the lost end of a key, a report.
    pub(super) fn look_after(&mut self, now: Moment, epoch: Epoch, news: &mut VecDeque<Event>) {
        self.leg.handle_timeout(now);
        news.extend(std::iter::from_fn(|| self.leg.poll_output()));
        if self.report_at <= now {
            self.report_at = now + REPORT_EVERY;
            self.send_report(now, epoch);
        }
    }

    fn send_report(&mut self, now: Moment, epoch: Epoch) {
        let mut buffer = [0; REPORT_BYTES_MAX];
        let ntp = Ntp::from_wall(epoch.wall(now));
        if let Some((rtp, report)) = self.leg.report(now, ntp, &mut buffer)
            && let Some(port) = rtp.port().checked_add(1)
        {
            // A report that is lost is followed by the next one.
            drop(self.rtcp.send_to(report, SocketAddr::new(rtp.ip(), port)));
        }
    }

    /// Ties the socket to the other side once it is certain, and unties it when it is not.
    pub(super) fn tie(&mut self) {
        let wanted = self.leg.settled();
        if self.tied == wanted {
            return;
        }
        let done = match wanted {
            Some(address) => self.rtp.connect(address),
            None => rustix::net::connect_unspec(&self.rtp).map_err(io::Error::from),
        };
        // A socket that cannot be tied stays open to strangers, whom the leg drops by itself.
        self.tied = if done.is_ok() { wanted } else { None };
    }
}

/// A leg in a browser. Its packets travel through the hub.
#[derive(Debug)]
pub(super) struct BrowserLine {
    pub(super) leg: LegId,
    pub(super) voice: Voice,
    pub(super) codec: Codec,
    pub(super) taps: Taps,
    ear: Ear,
    reception: Reception,
    cutter: Cutter,
    /// Who was passed on last.
    speaker: Option<Ssrc>,
    /// When the frame that was sent last ends.
    end: Option<Moment>,
    sent: u64,
}

/// A frame for the hub, after so many frames of nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crossing {
    pub(super) leg: LegId,
    pub(super) skip: u32,
    pub(super) frame: Frame,
}

impl BrowserLine {
    pub(super) fn new(leg: LegId, codec: Codec) -> Self {
        Self {
            leg,
            // An agent's keys are the page's business, and never passed across a bridge.
            voice: Voice::new(Audience::Agent),
            codec,
            taps: Taps::default(),
            ear: Ear::new(),
            reception: Reception::default(),
            cutter: Cutter::new(),
            speaker: None,
            end: None,
            sent: 0,
        }
    }

    /// The browser made a new connection: its numbers begin anew.
    pub(super) fn reconnected(&mut self, now: Moment, codec: Codec) {
        self.codec = codec;
        self.reception.restart();
        self.ear.sender_changed(now);
        self.end = None;
    }

    /// Takes note of a packet, and says whether it is to be passed on.
    pub(super) fn hear(&mut self, now: Moment, said: &Said<'_>) -> bool {
        match self.reception.count(said.sequence) {
            Arrival::Newer | Arrival::Late | Arrival::Restarted => {}
            Arrival::Repeated | Arrival::Astray => return false,
        }
        let (timestamp, marker) = (said.timestamp, said.marker);
        let heard = match said.what {
            Utterance::Sound(_) => {
                self.reception.note_transit(now, timestamp);
                Heard::Sound { timestamp }
            }
            Utterance::Key => match telephone_event::Event::read(said.payload) {
                Some(event) => Heard::Key { timestamp, marker, event },
                None => return false,
            },
        };
        self.ear.handle(now, heard);
        true
    }

    /// Writes the next 20 ms of what plays.
    pub(super) fn speak(&mut self, now: Moment, crossings: &mut Vec<Crossing>) -> Spoken {
        let mut frame: Frame = [0; FRAME_SAMPLES];
        let spoken = self.voice.speak(self.codec, &mut frame);
        if spoken != Spoken::Nothing {
            self.cross(now, &frame, crossings);
        }
        spoken
    }

    /// Passes on what another leg said. Keys stay on our side.
    pub(super) fn relay(
        &mut self,
        now: Moment,
        said: &Said<'_>,
        mute: Mute,
        crossings: &mut Vec<Crossing>,
    ) {
        let Utterance::Sound(from) = said.what else { return };
        if self.speaker.replace(said.ssrc) != Some(said.ssrc) {
            self.cutter.clear();
        }
        let (codec, mut cutter) = (self.codec, self.cutter.clone());
        cutter.push(said.payload, |frame| {
            let sound = *frame;
            bridge::carry(&sound, from, codec, mute, frame);
            self.cross(now, frame, crossings);
        });
        self.cutter = cutter;
    }

    /// When a playout may begin: a frame's length ahead of the clock at most.
    pub(super) fn earliest(&self, now: Moment) -> Moment {
        self.next_frame(now).back(FRAME_SPAN).max(now)
    }

    /// When the next frame of what plays is due: as the one before it ends.
    pub(super) fn next_frame(&self, now: Moment) -> Moment {
        self.end.map_or(now, |end| end.max(now))
    }

    /// Does what is due: the lost end of a key.
    pub(super) fn look_after(&mut self, now: Moment, news: &mut VecDeque<Event>) {
        self.ear.handle_timeout(now);
        news.extend(std::iter::from_fn(|| self.poll_output(now)));
    }

    /// The next news. The hub watches over silence.
    pub(super) fn poll_output(&mut self, now: Moment) -> Option<Event> {
        loop {
            match self.ear.poll_output()? {
                EarNews::Key(key) => return Some(Event::Key { leg: self.leg, key, at: now }),
                EarNews::Silent | EarNews::HeardAgain => {}
            }
        }
    }

    pub(super) fn figures(&self) -> Figures {
        let totals = self.reception.totals();
        Figures {
            received: totals.received,
            sent: self.sent,
            lost: totals.lost(),
            late: totals.late,
            repeated: totals.repeated,
            key_repeats: self.ear.key_repeats(),
            jitter_us: u64::from(self.reception.jitter_samples()) * 125,
            ..Figures::default()
        }
    }

    /// The hub's clock runs by frames: a pause is so many frames of nothing.
    fn cross(&mut self, now: Moment, frame: &Frame, crossings: &mut Vec<Crossing>) {
        let end = self.end.unwrap_or(now);
        let pause = now.since(end).as_micros() / FRAME_SPAN.as_micros();
        // One frame of lateness is jitter, and no pause.
        let skip = u32::try_from(pause).unwrap_or(0);
        let skip = if skip > 1 { skip } else { 0 };
        self.end = Some(end + FRAME_SPAN * (skip + 1));
        self.sent += 1;
        crossings.push(Crossing { leg: self.leg, skip, frame: *frame });
    }
}

/// What a browser said, in the form that bridges take.
pub(super) fn said_by_browser<'a>(
    what: Utterance,
    (sequence, timestamp, marker): (u16, u32, bool),
    payload: &'a [u8],
) -> Said<'a> {
    // A browser's one stream needs no name; one that begins anew is told by its numbers.
    let ssrc = Ssrc(0);
    let (sequence, timestamp) = (Sequence(sequence), Timestamp(timestamp));
    Said { ssrc, sequence, timestamp, marker, what, payload }
}
