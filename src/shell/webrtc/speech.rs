//! Our side of a leg's RTP stream: its own sequence, timestamps and marks, whoever's audio it carries.

use bytes::Bytes;

use crate::base::chance::Rng;
use crate::base::codec::Codec;

/// The samples of one frame: 20 ms at 8,000 a second.
const FRAME_SAMPLES: u32 = 160;

/// Our side of the RTP stream.
#[derive(Debug)]
pub(super) struct Speech {
    pub(super) codec: Codec,
    pub(super) ssrc: u32,
    sequence: u16,
    timestamp: u32,
    marker: bool,
}

impl Speech {
    pub(super) fn start(codec: Codec, rng: &mut Rng) -> Self {
        let [a, b, c, d, e, f, g, h] = rng.bits().to_be_bytes();
        let [i, j, ..] = rng.bits().to_be_bytes();
        Self {
            codec,
            ssrc: u32::from_be_bytes([a, b, c, d]),
            timestamp: u32::from_be_bytes([e, f, g, h]),
            sequence: u16::from_be_bytes([i, j]),
            marker: true,
        }
    }

    pub(super) fn say(&mut self, frame: &[u8]) -> rtc::rtp::Packet {
        let header = rtc::rtp::Header {
            version: 2,
            marker: std::mem::take(&mut self.marker),
            payload_type: self.codec.payload_type(),
            sequence_number: self.sequence,
            timestamp: self.timestamp,
            ssrc: self.ssrc,
            ..Default::default()
        };
        self.sequence = self.sequence.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(FRAME_SAMPLES);
        rtc::rtp::Packet { header, payload: Bytes::copy_from_slice(frame) }
    }

    pub(super) fn skip(&mut self, frames: u32) {
        self.timestamp = self.timestamp.wrapping_add(frames.wrapping_mul(FRAME_SAMPLES));
        self.marker = true;
    }
}
