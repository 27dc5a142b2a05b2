//! Broken, odd and hostile input: the table in `tests/malformed`, mutations, cuts and floods.

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::base::chance::Rng;
use crate::base::limit;
use crate::sip::wire::Stream;

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/malformed")
}

/// Each case: its file, its bytes, and what becomes of it on a datagram and on a stream.
fn cases() -> Vec<(String, Vec<u8>, String, String)> {
    let table = std::fs::read(folder().join("expect.tsv")).expect("the table is in the tree");
    let table = String::from_utf8(table).expect("the table is text");
    let row = |line: &str| {
        let mut columns = line.split('\t').map(str::to_owned);
        let mut next = || columns.next().expect("three columns");
        let (file, udp, tcp) = (next(), next(), next());
        let bytes = std::fs::read(folder().join(&file)).expect("the file is in the tree");
        (file, bytes, udp, tcp)
    };
    table.lines().skip(1).map(row).collect()
}

/// `ok`, the status of the answer, or `drop`.
fn outcome(world: &mut World) -> String {
    if world.endpoint.counts().sessions == 1 {
        return "ok".to_owned();
    }
    match world.lines().as_slice() {
        [] => "drop".to_owned(),
        [line] => line[..3].to_owned(),
        more => format!("{more:?}"),
    }
}

fn take(world: &mut World, message: Result<Message, Fault>) {
    let route = world.route;
    world.input(match message {
        Ok(message) => Input::Received { route, message: Box::new(message) },
        Err(fault) => Input::Faulty { route, fault },
    });
}

/// What becomes of one message on a stream that is cut after every `chunk` bytes.
fn stream_outcome(bytes: &[u8], chunk: usize) -> String {
    let (mut world, mut stream) = (World::new(Transport::Tcp), Stream::default());
    let mut messages = 0;
    for part in bytes.chunks(chunk) {
        stream.push(part);
        while let Some(message) = stream.poll() {
            // What follows the first message is another matter.
            if messages == 0 {
                take(&mut world, message);
            }
            messages += 1;
        }
    }
    let blank = bytes.iter().all(|b| b"\r\n".contains(b));
    let seen = if messages == 0 && !blank { "wait".to_owned() } else { outcome(&mut world) };
    if stream.must_close() { format!("{seen},close") } else { seen }
}

#[test]
fn every_malformed_message_meets_its_fate() {
    let cases = cases();
    assert!(cases.len() >= 50);
    let mut wrong = Vec::new();
    for (file, bytes, udp, tcp) in cases {
        let mut world = World::new(Transport::Udp);
        take(&mut world, datagram(&bytes));
        let seen = outcome(&mut world);
        if seen != udp {
            wrong.push(format!("{file} by datagram: {seen}, not {udp}"));
        }
        for chunk in [1, 7, 65_536] {
            let seen = stream_outcome(&bytes, chunk);
            if seen != tcp {
                wrong.push(format!("{file} by stream, {chunk} bytes at once: {seen}, not {tcp}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn one_bad_message_does_not_hurt_its_neighbours_on_a_stream() {
    let good = caller("OPTIONS", 1, "ok", "", "");
    for (file, bytes, _, tcp) in cases() {
        let is_whole = !tcp.contains("close") && tcp != "wait" && !file.contains("after-the-body");
        if !is_whole {
            continue;
        }
        let mut stream = Stream::default();
        stream.push(&[bytes.as_slice(), good.as_bytes()].concat());
        let messages: Vec<_> = std::iter::from_fn(|| stream.poll()).collect();
        assert!(messages.last().is_some_and(Result::is_ok), "{file}");
    }
}

#[test]
fn a_body_beyond_the_limit_is_refused_and_skipped() {
    let good = caller("OPTIONS", 1, "ok", "", "");
    let large = caller("INVITE", 1, "a", "", &"x".repeat(limit::SIP_STREAM_BODY_BYTES_MAX + 1));
    let mut stream = Stream::default();
    stream.push(large.as_bytes());
    stream.push(good.as_bytes());
    let Some(Err(Fault::Refuse(refusal))) = stream.poll() else { panic!("a refusal") };
    assert_eq!(refusal.code, 513);
    assert!(stream.poll().is_some_and(|message| message.is_ok()));
    assert!(!stream.must_close());
}

#[test]
fn keep_alives_are_counted_however_they_are_cut() {
    let mut stream = Stream::default();
    for part in [b"\r".as_slice(), b"\n\r", b"\n", b"\r\n\r\n", b"\r\n"] {
        stream.push(part);
        assert!(stream.poll().is_none());
    }
    assert_eq!(stream.take_pings(), 2);
    stream.push(caller("OPTIONS", 1, "ok", "", "").as_bytes());
    assert!(stream.poll().is_some_and(|message| message.is_ok()));
    assert_eq!(stream.take_pings(), 0);
}

#[test]
fn an_endless_header_section_closes_the_stream() {
    let mut stream = Stream::default();
    stream.push(b"INVITE sip:a@b SIP/2.0\r\n");
    stream.push(&b"X: y\r\n".repeat(limit::SIP_STREAM_HEAD_BYTES_MAX / 6 + 1));
    assert!(matches!(stream.poll(), Some(Err(Fault::Drop(_)))));
    assert!(stream.must_close());
}

#[test]
fn a_refused_request_gets_the_same_bytes_each_time_and_costs_no_memory() {
    let mut world = World::new(Transport::Udp);
    let request = caller("REGISTER", 1, "r", "", "");
    world.hear(&request);
    world.hear(&request);
    assert_eq!(world.sent[0], world.sent[1]);
    assert_eq!(header(&world.sent[0], "Allow").0, Method::ALLOW);
    assert_eq!(world.endpoint.counts(), Counts::default());
}

#[test]
fn a_latin_1_name_is_echoed_byte_for_byte() {
    let bytes = caller("OPTIONS", 1, "l", "", "").into_bytes();
    let at = bytes.windows(3).position(|w| w == b"Ali").expect("the name is there");
    let mut bytes = bytes;
    bytes[at] = 0xC1;
    let mut endpoint = Endpoint::new(Settings::default(), Rng::seeded(1));
    let message = Box::new(datagram(&bytes).expect("legal"));
    let route = World::new(Transport::Udp).route;
    endpoint.handle(Moment::START, Input::Received { route, message });
    let sent = std::iter::from_fn(|| endpoint.poll_output()).find_map(|output| match output {
        Output::Send { bytes, .. } => Some(bytes),
        Output::Event { .. } | Output::Note(_) => None,
    });
    let sent = sent.expect("an answer");
    assert!(sent.windows(6).any(|w| w == b"\"\xC1li\" "));
}

#[test]
fn the_call_beyond_the_limit_is_refused_and_the_others_stay() {
    let mut world = World::new(Transport::Udp);
    for number in 0..=limit::SIP_SESSIONS_MAX {
        let invite = caller("INVITE", 1, &format!("n{number}"), "", OFFER);
        world.hear(&invite.replace("Call-ID: one", &format!("Call-ID: n{number}")));
    }
    let last = world.sent.last().expect("a refusal").clone();
    assert!(last.starts_with("SIP/2.0 503 "));
    assert_eq!(header(&last, "Retry-After").0, "10");
    assert_eq!(world.endpoint.counts().sessions, limit::SIP_SESSIONS_MAX);
    assert!(world.notes.contains(&Note::Full));
}

#[derive(Debug, Clone)]
enum Mutation {
    Set { at: usize, byte: u8 },
    Insert { at: usize, byte: u8 },
    Remove { at: usize, count: usize },
    Repeat { at: usize, count: usize },
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let byte = prop_oneof![any::<u8>(), prop::sample::select(b"\r\n :;,<>\"\\@%=0\t\0".to_vec())];
    let at = 0_usize..2_000;
    prop_oneof![
        (at.clone(), byte.clone()).prop_map(|(at, byte)| Mutation::Set { at, byte }),
        (at.clone(), byte).prop_map(|(at, byte)| Mutation::Insert { at, byte }),
        (at.clone(), 1_usize..60).prop_map(|(at, count)| Mutation::Remove { at, count }),
        (at, 1_usize..60).prop_map(|(at, count)| Mutation::Repeat { at, count }),
    ]
}

fn mutate(bytes: &mut Vec<u8>, mutation: &Mutation) {
    let place = |at: usize| at % bytes.len().max(1);
    match *mutation {
        Mutation::Set { at, byte } => {
            let at = place(at);
            bytes.splice(at..(at + 1).min(bytes.len()), [byte]);
        }
        Mutation::Insert { at, byte } => bytes.insert(place(at), byte),
        Mutation::Remove { at, count } => {
            let at = place(at);
            bytes.drain(at..(at + count).min(bytes.len()));
        }
        Mutation::Repeat { at, count } => {
            let at = place(at);
            let part = bytes[at..(at + count).min(bytes.len())].to_vec();
            bytes.splice(at..at, part);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_mutation_of_any_message_panics_or_leaks(
        seed in any::<prop::sample::Index>(),
        changes in prop::collection::vec(mutation(), 0..8),
        chunk in 1_usize..400,
    ) {
        let mut files = vec![
            caller("INVITE", 1, "a", "", OFFER).into_bytes(),
            caller("BYE", 1, "b", "ours", "").into_bytes(),
            answer_to(&caller("INVITE", 1, "a", "", OFFER), 200, "x", OFFER).into_bytes(),
        ];
        files.push(files.concat());
        let mut bytes = seed.get(&files).clone();
        for change in &changes {
            mutate(&mut bytes, change);
        }
        let mut world = World::new(Transport::Udp);
        take(&mut world, datagram(&bytes));
        let mut stream = Stream::default();
        for part in bytes.chunks(chunk) {
            stream.push(part);
            while let Some(message) = stream.poll() {
                take(&mut world, message);
            }
        }
        world.order(Order::Answer { sdp: b"v=0".to_vec() });
        world.order(Order::Bye);
        let _ = crate::sip::sdp::accept(&bytes);
        world.pass(Duration::from_secs(200));
        // A session whose owner has not answered waits for its owner, and for nothing else.
        prop_assert!(world.endpoint.counts().transactions <= world.endpoint.counts().sessions);
    }

    #[test]
    fn no_text_panics_the_description_reader(text in "(v=0\r\n)?([a-z]=[ -~]{0,40}\r\n|m=audio [0-9]{1,5} RTP/AVP [0-9 ]{0,9}\r\n|c=IN IP4 [0-9.]{1,15}\r\n){0,12}") {
        let address = "192.0.2.1".parse().expect("an address");
        let direction = crate::sip::sdp::Direction::SendRecv;
        let local = crate::sip::sdp::Local { address, port: 2, direction, id: 1, version: 1 };
        let codecs = [crate::base::codec::Codec::Pcma];
        if let Ok((answer, _)) = crate::sip::sdp::answer(text.as_bytes(), &local, &codecs) {
            prop_assert!(crate::sip::sdp::accept(&answer).is_ok() || !text.contains("m=audio"));
        }
    }
}
