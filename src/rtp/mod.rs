//! RTP and what rides with it: packets, what became of them, keys, reports. RFC 3550 and RFC 4733.

pub mod packet;
pub mod rtcp;
pub mod sequence;
pub mod telephone_event;
