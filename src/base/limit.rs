//! Every limit of the engine, each with what happens when it is reached.

mod figures;
mod routing;
mod stream;

pub use figures::*;
pub use routing::*;
pub use stream::*;

use std::time::Duration;

// webrtc

/// Browser legs on one hub. The next offer is refused, and the page says that the desk is full.
pub const WEBRTC_LEGS_MAX: usize = 800;
/// Bytes of a browser's offer. A longer one is refused; one line of audio needs a quarter of it.
pub const WEBRTC_OFFER_BYTES_MAX: usize = 16_384;
/// Candidates taken of one browser. Further ones are passed over: its own checks suffice.
pub const WEBRTC_CANDIDATES_MAX: usize = 16;
/// Addresses from which one browser's datagrams are known. The oldest gives way to the next.
pub const WEBRTC_ADDRESSES_MAX: usize = 8;
/// Bytes of a datagram on the hub's port. A longer one is dropped; none of ICE, DTLS or SRTP is.
pub const WEBRTC_DATAGRAM_BYTES_MAX: usize = 2_048;
/// Datagrams taken in one turn. The rest wait in the socket until the worker's next turn.
pub const WEBRTC_BATCH_MAX: usize = 256;
/// From the answer to the connection. A leg that takes longer has failed.
pub const WEBRTC_CONNECT_MAX: Duration = Duration::from_secs(15);
/// Between two checks of one path while a leg connects. Shorter finds the path sooner.
pub const WEBRTC_CHECK_EVERY: Duration = Duration::from_millis(25);
/// Checks of one path. A path that answered none of them is given up: 5 s at that pace.
pub const WEBRTC_CHECKS_MAX: u16 = 200;
/// How often a connected browser is asked whether it is there (RFC 7675).
pub const WEBRTC_KEEPALIVE: Duration = Duration::from_secs(1);
/// Without a sign of life for this long, the leg is reported silent.
pub const WEBRTC_SILENCE: Duration = Duration::from_millis(2_500);
/// Without a sign of life for this long, the leg has failed and is forgotten.
pub const WEBRTC_LOST_AFTER: Duration = Duration::from_secs(20);

// sip

/// Bytes of one SIP datagram. A longer one cannot arrive by UDP; one from elsewhere is dropped.
pub const SIP_DATAGRAM_BYTES_MAX: usize = 65_535;

/// Bytes of a header section on a stream. Beyond it the connection is closed.
pub const SIP_STREAM_HEAD_BYTES_MAX: usize = 64 * 1024;

/// Bytes of a body on a stream. A longer one is refused with 513 and skipped.
pub const SIP_STREAM_BODY_BYTES_MAX: usize = 64 * 1024;

/// Bytes of a refused body that are skipped. Before a longer one the connection is closed.
pub const SIP_STREAM_SKIP_BYTES_MAX: usize = 1024 * 1024;

/// Headers of one message. A message with more is refused with 400.
pub const SIP_HEADERS_MAX: usize = 128;

/// Bytes of one line, unfolded. A longer Request-URI is refused with 414, another line with 513.
pub const SIP_LINE_BYTES_MAX: usize = 8 * 1024;

/// Calls of one endpoint that have not ended. The next INVITE is refused with 503.
pub const SIP_SESSIONS_MAX: usize = 5_000;

/// Transactions of one endpoint. UDP keeps each for 32 s after its answer, so this is some 700
/// calls a second. The next new request is refused with 503 and not remembered.
pub const SIP_TRANSACTIONS_MAX: usize = 50_000;

/// Lines of one SDP that are read. What follows is ignored.
pub const SDP_LINES_MAX: usize = 512;

/// Media descriptions of one SDP. An offer with more is malformed.
pub const SDP_MEDIA_MAX: usize = 16;

/// SIP connections at once. The next one is closed as soon as it is accepted.
pub const SIP_CONNECTIONS_MAX: usize = 4_000;

/// Messages waiting to be written to one connection. When it is full the peer is not reading, and
/// the connection is closed.
pub const SIP_CONNECTION_QUEUE_MAX: usize = 256;

/// Messages waiting for the task that knows the connections. The next one is reported unreachable.
pub const SIP_KEEPER_QUEUE_MAX: usize = 8_192;

/// Seconds that a connection has to complete a message that has begun, and its first message at
/// all. Beyond it the connection is closed.
pub const SIP_MESSAGE_SECONDS_MAX: u64 = 15;

/// Seconds that a connection may be silent between messages. Beyond it the connection is closed;
/// the next request to that peer opens another.
pub const SIP_IDLE_SECONDS_MAX: u64 = 3_600;

/// Seconds that a connection may take to open. Beyond it the peer is unreachable.
pub const SIP_CONNECT_SECONDS_MAX: u64 = 5;

// media

/// Bytes of sound in one RTP packet: 60 ms. A longer packet is dropped and counted as malformed.
pub const RTP_PAYLOAD_MAX: usize = 480;

/// How long a key may be held when it is sent. A longer one is let go then.
pub const KEY_HELD_MAX: Duration = Duration::from_secs(8);

/// Highest sample rate of a prompt's file. A higher one is refused when the file is read.
pub const WAV_RATE_MAX: u32 = 192_000;

/// Channels of a prompt's file, mixed into one. A file with more is refused when it is read.
pub const WAV_CHANNELS_MAX: u16 = 8;

/// Seconds of a prompt's file. A longer one is refused when it is read.
pub const WAV_SECONDS_MAX: usize = 3_600;

/// Pieces of one playout. What lies beyond is not played.
pub const PLAY_PIECES_MAX: usize = 256;

/// Nothing heard from a leg for this long, and the call is told that it is silent.
pub const SILENCE_AFTER: Duration = Duration::from_secs(3);

/// Legs of one media worker. The next one is closed as soon as it is opened.
pub const MEDIA_LEGS_MAX: usize = 8_192;

/// Commands on the way to one media worker. When it is full, `send` gives the command back.
pub const MEDIA_COMMANDS_MAX: usize = 4_096;

/// Events on the way from one media worker. When it is full, the worker keeps them (see below).
pub const MEDIA_EVENTS_MAX: usize = 16_384;

/// Events that a media worker keeps while nobody takes them. Beyond it, it takes no more commands.
pub const MEDIA_EVENTS_KEPT_MAX: usize = 16_384;

/// Slices of 20 ms that wait for the listener of a tap: over 2 s of two voices. The next ones are
/// lost and counted, and silence stands in their place.
pub const TAP_SLICES_MAX: usize = 256;

/// Taps of one leg. The next one is dropped, and its listener finds it over.
pub const LEG_TAPS_MAX: usize = 4;

/// Frames of live sound that wait for a leg: 10 s. The next one is refused.
pub const FEED_FRAMES_MAX: usize = 500;

/// Port pairs that are tried for one leg. When all are taken, the leg is not opened.
pub const RTP_PORT_TRIES_MAX: usize = 256;

// call

/// How long a call rings before the answer. A longer wish is cut to this.
pub const RING_MAX: Duration = Duration::from_secs(60);
/// How long an ended call waits for the figures of its leg. After that it is recorded without.
pub const FIGURES_PATIENCE: Duration = Duration::from_secs(2);
/// Answers of the caller that an agent is shown. The oldest gives way to the next.
pub const CARD_PRESSED_MAX: usize = 16;

// desk

/// How long a lost desk keeps its call. After that the caller goes back to the head of the queue.
pub const DESK_GRACE: Duration = Duration::from_secs(30);
/// The same when the browser died without a word and its audio died with it.
pub const DESK_GRACE_DEAD: Duration = Duration::from_secs(7);
/// How often a desk is asked whether it lives.
pub const DESK_PING: Duration = Duration::from_secs(5);
/// How long a desk may be silent. After that its socket is closed.
pub const DESK_SILENCE: Duration = Duration::from_secs(15);

// tasks

/// Messages that wait for a worker. A SIP message that finds it full is dropped and counted, as the
/// network would have; the worker's own calls never fill it.
pub const WORKER_BOX_MAX: usize = 32_768;
/// Messages that wait for the pool. As above: workers send a few for each call.
pub const POOL_BOX_MAX: usize = 65_536;
/// Facts that wait for the readers. One that finds it full is counted as lost and logged.
pub const EVENTS_BOX_MAX: usize = 131_072;

// flow: what a bundle may hold

/// Bytes of one file of a bundle. A longer one is a fault, and the bundle does not load.
pub const BUNDLE_FILE_BYTES_MAX: usize = 512 * 1024;
/// Files of one bundle. With one more the bundle does not load.
pub const BUNDLE_FILES_MAX: usize = 2_000;
/// Bytes of all files of one bundle. With more the bundle does not load.
pub const BUNDLE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Folders inside folders of a bundle or of sounds. A deeper one is a fault.
pub const BUNDLE_FOLDERS_DEEP: usize = 8;
/// Sounds of one installation. Beyond it the folder is refused.
pub const SOUND_FILES_MAX: usize = 100_000;
/// Lists and maps inside each other in a flow file. A deeper one is a fault.
pub const YAML_DEPTH_MAX: usize = 24;
/// Faults told of one bundle. The rest are counted, and told once the first are mended.
pub const FAULTS_MAX: usize = 100;
/// Characters of a source line shown with a fault. A longer line is cut on both sides.
pub const FAULT_LINE_MAX: usize = 100;
/// Nodes of one flow. With more the flow does not load.
pub const FLOW_NODES_MAX: usize = 500;
/// Characters of an id. A longer one is a fault.
pub const ID_CHARACTERS_MAX: usize = 64;
/// The longest time that a flow can wait for anything. A longer one is a fault.
pub const FLOW_WAIT_MAX: Duration = Duration::from_secs(24 * 3_600);
/// Digits that one `collect` may take. A greater `max` is a fault.
pub const COLLECT_DIGITS_MAX: u32 = 64;
/// How often a caller may try one menu. A greater `tries` is a fault.
pub const MENU_TRIES_MAX: u32 = 10;
/// Steps of one need. With more the bundle does not load.
pub const NEED_STEPS_MAX: usize = 8;
/// Skills of one step of a need, its `any` list included. With more the bundle does not load.
pub const NEED_ITEMS_MAX: usize = 16;
/// How long a new socket may take to say who it is. Then it is closed.
pub const HELLO_PATIENCE: Duration = Duration::from_secs(5);

// flow: expressions and the walk

/// Bytes of one expression. A longer one is a fault of its file.
pub const EXPRESSION_BYTES_MAX: usize = 1_000;
/// How deep an expression may nest. A deeper one is a fault of its file, so that no call can
/// run out of stack.
pub const EXPRESSION_DEPTH_MAX: usize = 40;
/// How deep `filter`, `map`, `all` and `exists` may nest. A deeper one is a fault of its file.
pub const EXPRESSION_LOOPS_MAX: usize = 2;
/// Stack of the thread that reads a bundle and its expressions: the CEL parser has no guard of its own.
pub const EXPRESSION_STACK_BYTES: usize = 64 * 1024 * 1024;
/// Steps of computing one value: each part of an expression counts once each time it is asked.
/// With more it ends in `error.expression`.
pub const EXPRESSION_STEPS_MAX: u32 = 100_000;
/// Bytes of a pattern for `matches` as it is used. A greater one is a fault of its file, or ends
/// in `error.expression` when a call computed it.
pub const PATTERN_BYTES_MAX: usize = 1 << 20;
/// Characters of a text that a call computes. A longer one ends in `error.expression`.
pub const FLOW_TEXT_MAX: usize = 2_000;
/// Items of a list that a call computes. A longer one ends in `error.expression`.
pub const FLOW_LIST_MAX: usize = 1_000;
/// Days of a holiday or a special period that is named by its first day. More are a fault.
pub const CALENDAR_DAYS_MAX: u16 = 60;
/// Days between the printed beginning of a Hijri month and the announced one. More are a fault:
/// the month is another one.
pub const MOON_DAYS_MAX: u32 = 2;
/// Values in a list that a variable holds, through all its levels. With more it is `error.value`.
pub const FLOW_LIST_VALUES_MAX: usize = 10_000;
/// Lists and maps inside each other in a list that a variable holds. Deeper ones are `error.value`.
pub const FLOW_LIST_LEVELS_MAX: usize = 8;
/// Days that are searched for a calendar's next opening. Beyond them it counts as shut for good.
pub const CALENDAR_SEARCH_DAYS: u32 = 366;
/// Node entries of one call. The next one is `error.limit`.
pub const FLOW_ENTRIES_MAX: u32 = 500;
/// Node entries of a wait flow between two pauses of at least a moment. A faster loop is `error.limit`.
pub const FLOW_WAIT_ENTRIES_MAX: u32 = 50;
/// Node entries after `error.limit`, so that the caller can still be told. Then the call ends.
pub const FLOW_FAREWELL_ENTRIES_MAX: u32 = 50;
/// Sub-flows inside one another. A deeper call is `error.limit`.
pub const FLOW_DEPTH_MAX: usize = 16;
/// Keys typed ahead that are kept. Further ones are dropped.
pub const FLOW_KEYS_MAX: usize = 64;
/// A prompt that has not ended by then counts as played, so that a lost word of the media room
/// strands nobody.
pub const PROMPT_LENGTH_MAX: Duration = Duration::from_secs(300);
/// After a queue's longest wait, how long its own word is waited for; then it is `queue.timeout`.
pub const QUEUE_WORD_GRACE: Duration = Duration::from_secs(30);
/// After leaving a queue, how long its word is waited for; then it is `queue.exit`.
pub const QUEUE_EXIT_GRACE: Duration = Duration::from_secs(5);
/// Tests in one file. A file with more is a fault.
pub const TRIAL_TESTS_MAX: usize = 1_000;
/// Steps of one test. A test with more is a fault.
pub const TRIAL_STEPS_MAX: usize = 500;
/// Mocks of one kind in a test file. A file with more is a fault.
pub const TRIAL_MOCKS_MAX: usize = 200;
/// Calls at one time of a rehearsal over real lines. The other tests wait for their turn.
pub const REHEARSAL_CALLS_MAX: usize = 48;
/// Things that happen in one trial call. After them nothing more does, and the test fails.
pub const TRIAL_EVENTS_MAX: u32 = 20_000;
/// Outputs of a walk that wait to be taken, in one turn; a debug build asserts it.
pub const FLOW_OUTPUTS_MAX: usize = 4_096;

// flow: errands

/// Characters of a URL that a flow asks. A longer one ends in `error.http.connect`.
pub const HTTP_URL_MAX: usize = 2_000;
/// Bytes of an answer's body. A longer one is `error.http.body`.
pub const HTTP_BODY_MAX: usize = 1024 * 1024;
/// How often an `http` may try again. A greater `retries` is a fault.
pub const HTTP_RETRIES_MAX: u32 = 5;
/// The longest that one attempt of an `http` may take. A longer `timeout` is a fault.
pub const HTTP_TIMEOUT_MAX: Duration = Duration::from_secs(60);
/// The pause before the first further attempt; each later one is twice as long, give or take.
pub const HTTP_PAUSE: Duration = Duration::from_millis(200);
/// Redirects that one attempt follows. One more is `error.http.connect`.
pub const HTTP_REDIRECTS_MAX: u32 = 3;
/// Questions to one target at once. The next one waits for a seat, within its time-out.
pub const HTTP_PER_TARGET_MAX: usize = 64;
/// Idle connections to one host that are kept. A further one is closed after its answer.
pub const HTTP_IDLE_MAX: usize = 16;
/// How long an idle connection to another system is kept. Then it is closed.
pub const HTTP_IDLE: Duration = Duration::from_secs(60);
/// Characters of a message's text. A longer one is `error.message`.
pub const MESSAGE_CHARACTERS_MAX: usize = 2_000;
/// How long the tallies of messages are kept that the two limits below are counted by.
pub const MESSAGE_WINDOW: Duration = Duration::from_secs(3_600);
/// Messages of one call in that while. The next one is `error.message`.
pub const MESSAGES_PER_CALL_MAX: u32 = 5;
/// Messages to one number or address in that while, of all calls. The next one is `error.message`.
pub const MESSAGES_PER_RECIPIENT_MAX: u32 = 10;
/// Calls, and recipients, whose messages are counted. At the next one the oldest tally is forgotten.
pub const MESSAGES_REMEMBERED_MAX: usize = 20_000;
/// How long one attempt at the gateway of short messages may take; all of them and their pauses
/// must fit into [`ERRAND_PATIENCE`].
pub const SMS_PATIENCE: Duration = Duration::from_secs(5);
/// How often a short message is tried again. Then it is `error.message`.
pub const SMS_RETRIES: u32 = 2;
/// How long the mail server may take for one message. Then it is `error.message`.
pub const EMAIL_PATIENCE: Duration = Duration::from_secs(15);
/// Bytes of a file that holds a secret. A longer one keeps the engine from starting.
pub const SECRET_BYTES_MAX: u64 = 64 * 1024;
/// Header fields, parameters and saved values of one node. With more the bundle does not load.
pub const ERRAND_FIELDS_MAX: usize = 32;
/// How long a case, a message or a call-back may take; then the node ends in its error.
pub const ERRAND_PATIENCE: Duration = Duration::from_secs(20);
/// How long after its own longest time an errand's word is waited for; then it counts as failed.
pub const ERRAND_GRACE: Duration = Duration::from_secs(5);
/// The longest voicemail. A longer `max` is a fault.
pub const VOICEMAIL_MAX: Duration = Duration::from_secs(600);

// recordings

/// How long a recording waits for what comes late. What is later is silence.
pub const TAPE_PATIENCE: Duration = Duration::from_millis(300);
/// How long a recording stays silent after a secret: the last key may still be held.
pub const SECRET_TAIL: Duration = Duration::from_millis(300);
/// How often the scribe writes what has come.
pub const SCRIBE_EVERY: Duration = Duration::from_millis(50);
/// Orders that wait for the scribe. A recording that finds it full does not begin, and is counted.
pub const SCRIBE_BOX_MAX: usize = 16_384;
/// Rows of recordings that wait to be written. The next one is written at the next start.
pub const ARCHIVE_BOX_MAX: usize = 16_384;
/// Recordings of one kind of one call. The next one fails, and is counted.
pub const RECORDINGS_OF_CALL_MAX: u32 = 100;
/// Bytes of a recording that are read at once for somebody who listens.
pub const RECORDING_CHUNK_BYTES: usize = 64 * 1024;

// record, store

/// Nodes, offers and talks that one record lists. Further nodes are counted, the others passed over.
pub const RECORD_STEPS_MAX: usize = 256;
/// How often a case's number is drawn until it is a free one; then the case is not opened.
pub const CASE_DRAWS_MAX: u32 = 32;
/// Milestones of one record. Further ones are passed over.
pub const RECORD_TAGS_MAX: usize = 64;
/// Calls that a ledger holds open. At the next one the oldest is recorded as a fault of ours.
pub const LEDGER_CALLS_MAX: usize = 20_000;
/// Records that wait to be written. The next one is lost, logged and counted.
pub const STORE_BACKLOG_MAX: usize = 20_000;
/// Records written in one transaction. The rest wait for the next one.
pub const STORE_BATCH_MAX: usize = 256;
/// How long a failed write rests before it is tried again.
pub const STORE_RETRY: Duration = Duration::from_secs(1);
/// How often a write is tried while the engine stops. Then the records are given up, and logged.
pub const STORE_CLOSE_TRIES: u32 = 5;
/// Calls in one answer of the store. A greater wish is cut to this.
pub const STORE_LIST_MAX: u32 = 200;
/// Bytes of a password. A longer one is wrong, and is not hashed.
pub const PASSWORD_BYTES_MAX: usize = 256;
/// Characters of an agent's name. A longer one is refused.
pub const AGENT_NAME_MAX: usize = 100;
/// Passwords that are checked at once, 19 MiB each. The next one waits.
pub const PASSWORD_CHECKS_MAX: usize = 2;

/// Bytes of the kernel's buffer of each SIP datagram socket. A burst beyond it is lost and comes
/// again.
pub const SIP_SOCKET_BUFFER_BYTES: usize = 4 * 1024 * 1024;

// telemetry

/// A caller who hangs up in the queue sooner than this is a short abandon, and no service failure.
pub const SHORT_ABANDON: Duration = Duration::from_secs(5);

/// Nodes whose callers are counted, all versions of the bundle together. Those beyond are not.
pub const TRAFFIC_NODES_MAX: usize = 20_000;
/// Versions of the bundle whose callers are counted. The one whose last call came first is left out.
pub const TRAFFIC_VERSIONS_MAX: usize = 32;
/// Questions about the traffic that wait. The next one is not answered.
pub const TRAFFIC_BOX_MAX: usize = 64;

// library

/// Versions of the bundle whose files are kept, the active one among them. The one that served
/// longest ago is given up.
pub const BUNDLES_KEPT: usize = 6;
/// Orders that wait for the librarian. The next one is refused with 503.
pub const LIBRARY_BOX_MAX: usize = 16;
/// Numbers whose calls a candidate gets in any case. A longer list is refused.
pub const TEST_CALLERS_MAX: usize = 50;
/// Changes that are named from one version to the next. Of more, only the number is told.
pub const BUNDLE_CHANGES_MAX: usize = 20;
/// How long `hatif bundle` waits for the engine's answer. After that it says that none came.
pub const REMOTE_PATIENCE: Duration = Duration::from_secs(60);
/// Bytes of an answer to `hatif bundle`. A longer one is no answer.
pub const REMOTE_BODY_MAX: usize = 16 * 1024 * 1024;
/// Bytes of a token in a file. A longer one is none.
pub const TOKEN_FILE_BYTES_MAX: usize = 512;
/// Versions whose tests wait to be played. The one that waits longest stays unplayed.
pub const TRIALS_WAITING_MAX: usize = 4;

// http

/// HTTP connections at once. The next one is closed as soon as it is accepted.
pub const HTTP_CONNECTIONS_MAX: usize = 4_000;
/// Bytes of a request's head. A longer one is refused, and its connection closed.
pub const HTTP_HEAD_BYTES_MAX: usize = 16 * 1024;
/// Bytes of a request's body. A longer one is refused with 413.
pub const HTTP_BODY_BYTES_MAX: usize = 16 * 1024;
/// How long a connection may take for the head of its next request. Then it is closed.
pub const HTTP_HEAD_PATIENCE: Duration = Duration::from_secs(15);
/// How long a request may take to be answered. Then the answer is 503.
pub const HTTP_REQUEST_PATIENCE: Duration = Duration::from_secs(20);
/// How long a stop waits for requests that are being answered. Then they are cut off.
pub const HTTP_STOP_PATIENCE: Duration = Duration::from_secs(5);
/// WebSockets at once, per page. The next one is refused with 503.
pub const SOCKETS_MAX: usize = 2_000;
/// Bytes of one message of a WebSocket. A longer one closes it with 1009.
pub const SOCKET_MESSAGE_BYTES_MAX: usize = 64 * 1024;
/// Messages of one WebSocket in one second. One more closes it with 1008.
pub const SOCKET_MESSAGES_PER_SECOND: u32 = 50;
/// Messages of one WebSocket that wait, each way. Incoming ones then wait in the network; who finds
/// the outgoing box full closes the socket.
pub const SOCKET_BOX_MAX: usize = 256;
/// How long a browser may take to accept a message or a close. Then its socket is cut off.
pub const SOCKET_WRITE_PATIENCE: Duration = Duration::from_secs(10);
/// Tokens at once. At the next login the one that ends first ends now.
pub const SESSIONS_MAX: usize = 20_000;
/// How long a token is good.
pub const SESSION_LIFE: Duration = Duration::from_secs(12 * 3_600);
/// Wrong passwords of one name before the next try has to wait.
pub const LOGIN_WRONG_PER_NAME: u32 = 5;
/// Wrong passwords from one address before the next try has to wait.
pub const LOGIN_WRONG_PER_ADDRESS: u32 = 20;
/// How long the first such wait is; each further wrong password doubles it.
pub const LOGIN_WAIT_MIN: Duration = Duration::from_secs(5);
/// How long such a wait can become. After as long without a try, the wrong ones are forgotten.
pub const LOGIN_WAIT_MAX: Duration = Duration::from_secs(15 * 60);
/// Names, and addresses, whose wrong passwords are remembered. The one longest quiet is forgotten.
pub const LOGIN_REMEMBERED_MAX: usize = 4_096;

// app

/// Messages that a worker takes before it looks at its deadlines.
pub const WORKER_BATCH_MAX: usize = 256;
/// How long calls may go on after the order to stop. Then they are ended.
pub const DRAIN_PATIENCE: Duration = Duration::from_secs(3_600);
/// How long the ending of the calls left may take. Then the engine stops all the same.
pub const STOP_PATIENCE: Duration = Duration::from_secs(5);
/// How often a worker tells what it holds, when that has changed.
pub const MEASURE_EVERY: Duration = Duration::from_millis(250);
/// How often figures that nobody tells are looked at.
pub const METER_EVERY: Duration = Duration::from_secs(1);
/// How long a bundle's folder must be at rest before it is read again.
pub const RELOAD_REST: Duration = Duration::from_millis(500);
/// What a refused caller is told to wait before trying again.
pub const RETRY_AFTER: Duration = Duration::from_secs(10);
/// Characters of a new password. A shorter one is not taken.
pub const PASSWORD_CHARACTERS_MIN: usize = 8;

// outbound

/// Digits of a number that is dialled. One with fewer is no number.
pub const DIALLED_DIGITS_MIN: usize = 3;
/// Digits of a number that is dialled (E.164). One with more is no number.
pub const DIALLED_DIGITS_MAX: usize = 15;
/// Calls at once through a trunk that sets no `calls_max`. The next one is denied.
pub const OUT_CALLS_MAX: usize = 30;
/// Calls within an hour through a trunk that sets no `per_hour_max`. The next one is denied.
pub const OUT_PER_HOUR_MAX: usize = 600;
/// Call-backs that are owed at once. The next caller is told `callback.closed`.
pub const CALLBACKS_MAX: usize = 10_000;
/// How often a citizen is called. Then the call-back is given up.
pub const CALLBACK_TRIES_MAX: u32 = 3;
/// How long after a try the next one comes.
pub const CALLBACK_AGAIN: Duration = Duration::from_secs(10 * 60);
/// How long a promised call-back may take to be written. Then the caller is told all the same; less
/// than [`ERRAND_PATIENCE`], for nobody should wait in a place that was given away.
pub const BOOKING_PATIENCE: Duration = Duration::from_secs(10);
/// How long a citizen is rung. Then nobody has answered.
pub const CALLBACK_RING: Duration = Duration::from_secs(30);
/// How often queues are asked whether they have opened or closed for their call-backs.
pub const CALLBACK_LOOK: Duration = Duration::from_secs(30);
/// How long a call-back may stand in line at a stretch. Then it enters again.
pub const CALLBACK_WAIT_MAX: Duration = Duration::from_secs(30 * 24 * 3_600);
/// How long a number outside may ring, whatever a flow says. Then nobody has answered.
pub const OUTSIDE_RING_MAX: Duration = Duration::from_secs(180);
