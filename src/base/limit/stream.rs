//! Limits of callers' talks with programs.

use std::time::Duration;

/// Streams at once. The next one is `error.stream`.
pub const STREAMS_MAX: usize = 1_000;
/// How long a program may take to be reached, its handshakes included. Then it is `error.stream`.
pub const STREAM_CONNECT: Duration = Duration::from_secs(5);
/// Bytes of one message of a program. A longer one is `error.stream`.
pub const STREAM_MESSAGE_BYTES_MAX: usize = 1024 * 1024;
/// Messages that wait for a program to read them: 5 s of sound. The next one is `error.stream`.
pub const STREAM_BOX_MAX: usize = 256;
/// How long one message to a program may take. Then it is `error.stream`.
pub const STREAM_WRITE_PATIENCE: Duration = Duration::from_secs(5);
/// How often a program is asked whether it is there.
pub const STREAM_PING_EVERY: Duration = Duration::from_secs(3);
/// How long a program may be silent on the network, pings unanswered. Then it is `error.stream`.
pub const STREAM_UNANSWERED: Duration = Duration::from_secs(10);
/// Bytes of a program's speech that wait to be heard: 5 minutes. What comes beyond it is dropped
/// and counted.
pub const STREAM_SPEECH_BYTES_MAX: usize = 5 * 60 * 8_000;
/// Bytes of speech that are waited for before it is begun: 60 ms, so that what comes a little late
/// leaves no gap.
pub const STREAM_GATHER_BYTES: usize = 480;
/// How long they are waited for. Then speech begins with what there is.
pub const STREAM_GATHER: Duration = Duration::from_millis(60);
/// Frames of speech at the leg, ahead of what is heard: 200 ms. The rest waits with the stream.
pub const STREAM_AHEAD_FRAMES: usize = 10;
/// Marks of a program that wait for their sound. The next one is passed over.
pub const STREAM_MARKS_MAX: usize = 1_000;
/// Messages of one program that cannot be understood. The next one is `error.stream`.
pub const STREAM_FAULTS_MAX: u32 = 20;
/// How long a caller's sound waits for what comes late. What is later is silence.
pub const STREAM_EAR_PATIENCE: Duration = Duration::from_millis(40);
/// Orders of the call that wait for its stream. A key beyond it is lost.
pub const STREAM_ORDERS_MAX: usize = 64;
/// How long a program may take to close its end. Then it is cut off.
pub const STREAM_FAREWELL: Duration = Duration::from_secs(3);
