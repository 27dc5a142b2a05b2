//! Calls of our own: forks, refusals, silence, and a CANCEL at every wrong moment.

use super::*;

fn code(events: &[Event]) -> Option<u16> {
    events.iter().find_map(|event| match event {
        Event::Refused { code, .. } => Some(*code),
        Event::Invited(_)
        | Event::Cancelled
        | Event::Confirmed { .. }
        | Event::Ringing { .. }
        | Event::Answered { .. }
        | Event::Offered { .. }
        | Event::OfferWithdrawn
        | Event::OfferAnswered { .. }
        | Event::OfferRefused { .. }
        | Event::Referred { .. }
        | Event::ReferRefused { .. }
        | Event::Key(_)
        | Event::Ended(_) => None,
    })
}

#[test]
fn an_agent_is_called_answers_and_hangs_up() {
    let mut world = World::new(Transport::Udp);
    let invite = connect(&mut world);
    assert!(header(&invite, "From").0.starts_with("\"Land Department\" <sip:800@192.0.2.1>;tag="));
    assert!(header(&invite, "Call-ID").0.ends_with("-w0"));
    assert_eq!(header(&invite, "X-Language").0, "arX-Evil: 1");
    world.hear(&answer_to(&invite, 100, "", ""));
    world.hear(&answer_to(&invite, 180, "agent", ""));
    world.hear(&answer_to(&invite, 200, "agent", OFFER));
    let ringing = Event::Ringing { code: 180, sdp: None };
    let answered = Event::Answered { sdp: OFFER.as_bytes().to_vec() };
    assert_eq!(world.events(), [ringing, answered]);
    assert!(!world.endpoint.is_idle());
    // A copy of the 200 means that our ACK was lost.
    world.hear(&answer_to(&invite, 200, "agent", OFFER));
    let ack = world.sent.last().expect("an ACK").clone();
    assert_eq!(world.lines(), ["INVITE", "ACK", "ACK"]);
    assert!(ack.starts_with("ACK sip:agent@192.0.2.7:5060 SIP/2.0\r\n"));
    assert_eq!(tag_of(&ack, "To"), "agent");
    let bye = caller("BYE", 1, "x", &tag_of(&invite, "From"), "")
        .replace("tag=theirs", "tag=agent")
        .replace("Call-ID: one@192.0.2.7", &format!("Call-ID: {}", header(&invite, "Call-ID").0));
    world.hear(&bye);
    assert_eq!(world.lines(), ["200 BYE"]);
    assert_eq!(world.events(), [Event::Ended(EndedBy::Peer)]);
    assert!(world.endpoint.is_idle());
    world.assert_empty();
}

#[test]
fn a_refusal_is_acknowledged_and_told_with_its_words() {
    let mut world = World::new(Transport::Udp);
    let invite = connect(&mut world);
    world.hear(&answer_to(&invite, 486, "busy", ""));
    world.hear(&answer_to(&invite, 486, "busy", ""));
    let ack = world.sent.last().expect("an ACK").clone();
    assert_eq!(header(&ack, "Via").0, header(&invite, "Via").0);
    assert_eq!(world.lines(), ["INVITE", "ACK", "ACK"]);
    let reason = "Some Words".to_owned();
    let refused = Event::Refused { code: 486, reason };
    assert_eq!(world.events(), [refused, Event::Ended(EndedBy::Refused)]);
    // Copies of the refusal may come for a while; a drain does not wait for them.
    assert!(world.endpoint.is_idle() && world.endpoint.counts().transactions == 1);
    world.assert_empty();
}

#[test]
fn silence_ends_the_call_after_32_seconds() {
    let mut world = World::new(Transport::Udp);
    connect(&mut world);
    world.pass(Duration::from_secs(32));
    assert_eq!(world.lines(), ["INVITE"; 7]);
    let events = world.events();
    assert_eq!(code(&events), Some(408));
    assert_eq!(events.last(), Some(&Event::Ended(EndedBy::Timeout)));
    world.assert_empty();
}

#[test]
fn an_address_without_anybody_ends_the_call_at_once() {
    let mut world = World::new(Transport::Tcp);
    world.route.line = LineId::ANY;
    connect(&mut world);
    let (transport, remote) = (Transport::Tcp, world.route.remote);
    world.input(Input::Unreachable { transport, line: LineId(9), remote });
    let events = world.events();
    assert_eq!(code(&events), Some(503));
    assert_eq!(events.last(), Some(&Event::Ended(EndedBy::Transport)));
    world.assert_empty();
}

#[test]
fn a_cancel_waits_for_the_first_sign_of_life() {
    let mut world = World::new(Transport::Udp);
    let invite = connect(&mut world);
    world.order(Order::Cancel);
    world.order(Order::Cancel);
    assert_eq!(world.lines(), ["INVITE"]);
    world.hear(&answer_to(&invite, 180, "agent", ""));
    let cancel = world.sent.last().expect("a CANCEL").clone();
    assert_eq!(header(&cancel, "Via").0, header(&invite, "Via").0);
    assert_eq!(header(&cancel, "CSeq").0, "1 CANCEL");
    world.hear(&answer_to(&cancel, 200, "agent", ""));
    world.hear(&answer_to(&invite, 487, "agent", ""));
    assert_eq!(world.lines(), ["CANCEL", "ACK"]);
    assert_eq!(world.events(), [Event::Ended(EndedBy::Cancel)]);
    world.assert_empty();
}

#[test]
fn a_200_that_crosses_the_cancel_is_acknowledged_and_hung_up() {
    let mut world = World::new(Transport::Udp);
    let invite = connect(&mut world);
    world.hear(&answer_to(&invite, 180, "agent", ""));
    world.order(Order::Cancel);
    world.lines();
    world.events();
    world.hear(&answer_to(&invite, 200, "agent", OFFER));
    let bye = world.sent.last().expect("a BYE").clone();
    assert_eq!(world.lines(), ["ACK", "BYE"]);
    world.hear(&answer_to(&bye, 200, "", ""));
    assert_eq!(world.events(), [Event::Ended(EndedBy::Cancel)]);
    world.assert_empty();
}

#[test]
fn a_cancel_that_nobody_heeds_ends_the_call_after_32_seconds() {
    let mut world = World::new(Transport::Udp);
    let invite = connect(&mut world);
    world.hear(&answer_to(&invite, 180, "agent", ""));
    world.order(Order::Bye);
    world.events();
    world.pass(Duration::from_secs(32));
    assert_eq!(world.events(), [Event::Ended(EndedBy::Cancel)]);
    world.assert_empty();
}

#[test]
fn the_second_answer_of_a_fork_is_acknowledged_and_hung_up_once() {
    let mut world = World::new(Transport::Udp);
    let invite = connect(&mut world);
    world.hear(&answer_to(&invite, 200, "first", OFFER));
    world.lines();
    world.hear(&answer_to(&invite, 200, "second", OFFER));
    assert_eq!(tag_of(&world.sent[1], "To"), "second");
    let stray = world.sent[1].clone();
    assert_eq!(world.lines(), ["ACK", "BYE"]);
    world.hear(&answer_to(&invite, 200, "second", OFFER));
    world.hear(&answer_to(&stray, 200, "", ""));
    assert_eq!(world.lines(), ["ACK"]);
    assert_eq!(world.events().len(), 1);
    // The first one is still on the line, and hears our own BYE.
    world.order(Order::Bye);
    let bye = world.sent.last().expect("a BYE").clone();
    assert_eq!(tag_of(&bye, "To"), "first");
    world.hear(&answer_to(&bye, 200, "", ""));
    world.hear(&answer_to(&invite, 200, "third", OFFER));
    assert_eq!(world.lines(), ["BYE", "ACK", "BYE"]);
    assert_eq!(world.events(), [Event::Ended(EndedBy::Us)]);
    world.assert_empty();
}

#[test]
fn an_answer_without_media_is_no_answer() {
    let mut world = World::new(Transport::Udp);
    let invite = connect(&mut world);
    world.hear(&answer_to(&invite, 200, "agent", ""));
    let bye = world.sent.last().expect("a BYE").clone();
    assert_eq!(world.lines(), ["INVITE", "ACK", "BYE"]);
    world.hear(&answer_to(&bye, 200, "", ""));
    assert_eq!(code(&world.events()), Some(488));
    world.assert_empty();
}

#[test]
fn an_answer_to_nothing_is_counted_and_forgotten() {
    let mut world = World::new(Transport::Udp);
    let invite = connect(&mut world);
    world.lines();
    world.hear(&answer_to(&invite, 200, "x", OFFER).replace("z9hG4bK", "z9hG4bKother"));
    assert_eq!(world.lines(), [""; 0]);
    assert!(world.notes.contains(&Note::Stray { method: Method::Invite }));
}
