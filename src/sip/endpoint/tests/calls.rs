//! Callers: from the INVITE to the end, with what networks and impatience do to it.

use super::*;
use crate::base::key::Key;

#[test]
fn a_call_is_answered_confirmed_and_ended_by_the_caller() {
    let mut world = World::new(Transport::Udp);
    world.hear(&caller("INVITE", 1, "a", "", OFFER));
    let events = world.events();
    let [Event::Invited(invitation)] = events.as_slice() else { panic!("one invitation") };
    assert_eq!((invitation.dialled.as_str(), invitation.from.display.as_str()), ("800", "Ali"));
    assert_eq!(invitation.offer.as_deref(), Some(OFFER.as_bytes()));
    world.order(Order::Ring);
    world.order(Order::Answer { sdp: b"v=0".to_vec() });
    let tag = tag_of(world.sent.last().expect("a 200"), "To");
    assert_eq!(world.lines(), ["100 INVITE", "180 INVITE", "200 INVITE"]);
    world.hear(&caller("ACK", 1, "b", &tag, ""));
    world.hear(&caller("BYE", 2, "c", &tag, ""));
    assert_eq!(world.lines(), ["200 BYE"]);
    let ended = Event::Ended(EndedBy::Peer);
    assert_eq!(world.events(), [Event::Confirmed { answer: None }, ended]);
    world.assert_empty();
    assert_eq!(world.lines(), [""; 0]);
}

#[test]
fn copies_of_an_invite_get_the_last_answer_and_start_nothing() {
    let mut world = World::new(Transport::Udp);
    world.hear(&caller("INVITE", 1, "a", "", OFFER));
    world.order(Order::Ring);
    world.hear(&caller("INVITE", 1, "a", "", OFFER));
    assert_eq!(world.lines(), ["100 INVITE", "180 INVITE", "180 INVITE"]);
    assert!(world.notes.contains(&Note::Retransmission { side: Side::Theirs }));
    assert_eq!(world.endpoint.counts().sessions, 1);
}

#[test]
fn an_unacknowledged_200_is_repeated_for_32_seconds_and_then_hung_up() {
    let mut world = World::new(Transport::Udp);
    world.hear(&caller("INVITE", 1, "a", "", OFFER));
    world.order(Order::Answer { sdp: b"v=0".to_vec() });
    world.lines();
    world.pass(Duration::from_millis(31_900));
    assert_eq!(world.lines(), ["200 INVITE"; 10]);
    world.events();
    world.pass(Duration::from_millis(100));
    assert_eq!(world.lines(), ["BYE"]);
    assert_eq!(world.events(), [Event::Ended(EndedBy::AckTimeout)]);
    world.assert_empty();
}

#[test]
fn a_lost_ack_is_made_good_by_the_next_200() {
    let mut world = World::new(Transport::Udp);
    world.hear(&caller("INVITE", 1, "a", "", OFFER));
    world.order(Order::Answer { sdp: b"v=0".to_vec() });
    let tag = tag_of(world.sent.last().expect("a 200"), "To");
    world.pass(Duration::from_millis(500));
    world.hear(&caller("ACK", 1, "b", &tag, ""));
    world.lines();
    world.pass(Duration::from_secs(40));
    assert_eq!(world.lines(), [""; 0]);
}

#[test]
fn a_stream_repeats_nothing() {
    let mut world = World::new(Transport::Tcp);
    world.hear(&caller("INVITE", 1, "a", "", OFFER));
    world.order(Order::Answer { sdp: b"v=0".to_vec() });
    world.lines();
    world.pass(Duration::from_secs(31));
    assert_eq!(world.lines(), [""; 0]);
    world.pass(Duration::from_secs(1));
    assert_eq!(world.lines(), ["BYE"]);
}

#[test]
fn a_cancel_before_the_answer_ends_the_call_once() {
    let mut world = World::new(Transport::Udp);
    world.hear(&caller("INVITE", 1, "a", "", OFFER));
    world.order(Order::Ring);
    world.lines();
    world.events();
    world.hear(&caller("CANCEL", 1, "a", "", ""));
    let tag = tag_of(&world.sent[1], "To");
    assert_eq!(tag_of(&world.sent[0], "To"), tag);
    assert_eq!(world.lines(), ["200 CANCEL", "487 INVITE"]);
    assert_eq!(world.events(), [Event::Cancelled, Event::Ended(EndedBy::Cancel)]);
    world.hear(&caller("CANCEL", 1, "a", "", ""));
    world.order(Order::Answer { sdp: b"v=0".to_vec() });
    assert_eq!(world.lines(), ["200 CANCEL"]);
    world.hear(&caller("ACK", 1, "a", &tag, ""));
    world.pass(Duration::from_secs(5));
    assert_eq!(world.lines(), [""; 0]);
    assert_eq!(world.events(), []);
    world.assert_empty();
}

#[test]
fn a_cancel_that_meets_the_200_changes_nothing() {
    let mut world = World::new(Transport::Udp);
    world.hear(&caller("INVITE", 1, "a", "", OFFER));
    world.order(Order::Answer { sdp: b"v=0".to_vec() });
    let tag = tag_of(world.sent.last().expect("a 200"), "To");
    world.lines();
    world.events();
    world.hear(&caller("CANCEL", 1, "a", "", ""));
    assert_eq!(world.lines(), ["200 CANCEL"]);
    world.hear(&caller("ACK", 1, "b", &tag, ""));
    assert_eq!(world.events(), [Event::Confirmed { answer: None }]);
}

#[test]
fn an_ack_under_the_invites_own_branch_confirms_the_call() {
    let mut world = World::new(Transport::Udp);
    world.hear(&caller("INVITE", 1, "a", "", OFFER));
    world.order(Order::Answer { sdp: b"v=0".to_vec() });
    let tag = tag_of(world.sent.last().expect("a 200"), "To");
    world.events();
    world.hear(&caller("ACK", 1, "a", &tag, ""));
    assert_eq!(world.events(), [Event::Confirmed { answer: None }]);
}

#[test]
fn a_refusal_carries_its_words_and_is_repeated_until_acknowledged() {
    let mut world = World::new(Transport::Udp);
    world.hear(&caller("INVITE", 1, "a", "", OFFER));
    let retry_after = Some(Duration::from_secs(30));
    world.order(Order::Reject { code: 503, reason: "Draining", retry_after });
    let refusal = world.sent.last().expect("a refusal").clone();
    assert!(refusal.starts_with("SIP/2.0 503 Draining\r\n"));
    assert_eq!(header(&refusal, "Retry-After").0, "30");
    world.lines();
    world.pass(Duration::from_millis(1_500));
    assert_eq!(world.lines(), ["503 INVITE", "503 INVITE"]);
    world.hear(&caller("ACK", 1, "a", &tag_of(&refusal, "To"), ""));
    assert!(world.events().ends_with(&[Event::Ended(EndedBy::Rejected)]));
    world.assert_empty();
    assert_eq!(world.lines(), [""; 0]);
}

#[test]
fn our_bye_waits_for_the_ack() {
    let mut world = World::new(Transport::Udp);
    world.hear(&caller("INVITE", 1, "a", "", OFFER));
    world.order(Order::Answer { sdp: b"v=0".to_vec() });
    let tag = tag_of(world.sent.last().expect("a 200"), "To");
    world.lines();
    world.order(Order::Bye);
    assert_eq!(world.lines(), [""; 0]);
    world.hear(&caller("ACK", 1, "b", &tag, ""));
    let bye = world.sent.last().expect("a BYE").clone();
    assert_eq!(world.lines(), ["BYE"]);
    world.hear(&answer_to(&bye, 200, "", ""));
    assert!(world.events().ends_with(&[Event::Ended(EndedBy::Us)]));
    world.assert_empty();
}

#[test]
fn crossing_byes_end_the_call_once() {
    let mut world = World::new(Transport::Udp);
    let tag = answered_call(&mut world);
    world.order(Order::Bye);
    let bye = world.sent.last().expect("a BYE").clone();
    world.hear(&caller("BYE", 2, "c", &tag, ""));
    world.hear(&answer_to(&bye, 481, "", ""));
    assert_eq!(world.lines(), ["BYE", "200 BYE"]);
    assert_eq!(world.events(), [Event::Ended(EndedBy::Us)]);
    world.assert_empty();
}

#[test]
fn a_bye_that_nobody_answers_still_ends_the_call() {
    let mut world = World::new(Transport::Udp);
    answered_call(&mut world);
    world.order(Order::Bye);
    world.pass(Duration::from_secs(32));
    assert_eq!(world.lines(), ["BYE"; 11]);
    assert_eq!(world.events(), [Event::Ended(EndedBy::Timeout)]);
    world.assert_empty();
}

#[test]
fn a_broken_connection_ends_what_waits_on_it() {
    let mut world = World::new(Transport::Tcp);
    answered_call(&mut world);
    world.order(Order::Bye);
    let Route { transport, line, remote, .. } = world.route;
    world.input(Input::Unreachable { transport, line, remote });
    assert_eq!(world.events(), [Event::Ended(EndedBy::Transport)]);
    world.assert_empty();
}

#[test]
fn without_an_offer_ours_goes_in_the_200_and_the_answer_comes_in_the_ack() {
    let mut world = World::new(Transport::Udp);
    world.hear(&caller("INVITE", 1, "a", "", ""));
    world.order(Order::Answer { sdp: OFFER.as_bytes().to_vec() });
    let tag = tag_of(world.sent.last().expect("a 200"), "To");
    world.events();
    world.hear(&caller("ACK", 1, "b", &tag, OFFER));
    let answer = Some(OFFER.as_bytes().to_vec());
    assert_eq!(world.events(), [Event::Confirmed { answer }]);
}

#[test]
fn an_offer_within_the_call_is_the_owners_to_answer() {
    for method in ["INVITE", "UPDATE"] {
        let mut world = World::new(Transport::Udp);
        let tag = answered_call(&mut world);
        world.hear(&caller(method, 2, "c", &tag, OFFER));
        let sdp = Some(OFFER.as_bytes().to_vec());
        assert_eq!(world.events(), [Event::Offered { sdp }]);
        // A second offer while the first waits is put off.
        world.hear(&caller("UPDATE", 3, "d", &tag, OFFER));
        assert_eq!(world.lines(), ["500 UPDATE"]);
        world.order(Order::AcceptOffer { sdp: b"v=0".to_vec() });
        assert_eq!(world.lines(), [format!("200 {method}")]);
        world.hear(&caller("ACK", 2, "e", &tag, ""));
        world.hear(&caller(method, 4, "f", &tag, OFFER));
        world.order(Order::RefuseOffer { code: 488 });
        assert_eq!(world.lines(), [format!("488 {method}")]);
        world.hear(&caller("ACK", 4, "f", &tag, ""));
        world.hear(&caller("BYE", 5, "g", &tag, ""));
        world.assert_empty();
    }
}

#[test]
fn an_unacknowledged_change_ends_the_call() {
    let mut world = World::new(Transport::Udp);
    let tag = answered_call(&mut world);
    world.hear(&caller("INVITE", 2, "c", &tag, ""));
    assert_eq!(world.events(), [Event::Offered { sdp: None }]);
    world.order(Order::AcceptOffer { sdp: OFFER.as_bytes().to_vec() });
    world.pass(Duration::from_secs(32));
    assert_eq!(world.events(), [Event::Ended(EndedBy::AckTimeout)]);
    world.assert_empty();
}

#[test]
fn an_offer_can_be_taken_back() {
    let mut world = World::new(Transport::Udp);
    let tag = answered_call(&mut world);
    world.hear(&caller("INVITE", 2, "c", &tag, OFFER));
    world.events();
    world.hear(&caller("CANCEL", 2, "c", &tag, ""));
    assert_eq!(world.lines(), ["200 CANCEL", "487 INVITE"]);
    assert_eq!(world.events(), [Event::OfferWithdrawn]);
}

#[test]
fn two_offers_at_once_give_491_and_ours_goes_again() {
    let mut world = World::new(Transport::Udp);
    let tag = answered_call(&mut world);
    world.order(Order::Offer { sdp: b"v=0".to_vec() });
    let ours = world.sent.last().expect("an INVITE").clone();
    world.hear(&caller("INVITE", 2, "c", &tag, OFFER));
    assert_eq!(world.lines(), ["INVITE", "491 INVITE"]);
    world.hear(&caller("ACK", 2, "c", &tag, ""));
    world.hear(&answer_to(&ours, 491, "", ""));
    assert_eq!(world.lines(), ["ACK"]);
    while world.sent.is_empty() {
        world.pass(Duration::from_millis(10));
    }
    let again = world.sent.last().expect("an INVITE").clone();
    assert_eq!(world.lines(), ["INVITE"]);
    world.hear(&answer_to(&again, 200, "", OFFER));
    world.hear(&answer_to(&again, 200, "", OFFER));
    assert_eq!(world.lines(), ["ACK", "ACK"]);
    let sdp = OFFER.as_bytes().to_vec();
    assert_eq!(world.events(), [Event::OfferAnswered { sdp }]);
}

#[test]
fn a_key_may_come_as_a_message() {
    let mut world = World::new(Transport::Udp);
    let tag = answered_call(&mut world);
    let info = |cseq: u32, kind: &str, body: &str| {
        caller("INFO", cseq, &format!("i{cseq}"), &tag, body).replace("application/sdp", kind)
    };
    let key = |character| Event::Key(Key::try_from(character).expect("a key"));
    world.hear(&info(2, "application/dtmf-relay", "Signal=5\r\nDuration=160\r\n"));
    world.hear(&info(3, "application/dtmf-relay", "Signal= 11\r\n"));
    world.hear(&info(4, "application/dtmf", "*"));
    world.hear(&info(5, "application/dtmf-relay", "Signal=flash\r\n"));
    world.hear(&info(6, "text/plain", "5"));
    assert_eq!(world.events(), [key('5'), key('#'), key('*')]);
    assert_eq!(world.lines(), ["200 INFO", "200 INFO", "200 INFO", "200 INFO", "415 INFO"]);
}

#[test]
fn options_are_answered_in_the_call_and_outside() {
    let mut world = World::new(Transport::Udp);
    let tag = answered_call(&mut world);
    world.hear(&caller("OPTIONS", 2, "c", &tag, ""));
    world.hear(&caller("OPTIONS", 1, "d", "", "").replace("Call-ID: one", "Call-ID: two"));
    for answer in &world.sent {
        assert!(header(answer, "Allow").0.contains("UPDATE"));
        assert!(header(answer, "Accept").0.contains("application/sdp"));
    }
    assert_eq!(world.lines(), ["200 OPTIONS", "200 OPTIONS"]);
}

#[test]
fn a_request_with_another_tag_or_an_old_number_is_turned_away() {
    let mut world = World::new(Transport::Udp);
    let tag = answered_call(&mut world);
    let bye = caller("BYE", 2, "c", &tag, "");
    world.hear(&bye.replace("tag=theirs", "tag=stranger"));
    world.hear(&bye.replace("Call-ID: one", "Call-ID: two"));
    world.hear(&caller("BYE", 2, "d", "notours", ""));
    world.hear(&caller("OPTIONS", 5, "e", &tag, ""));
    world.hear(&caller("BYE", 2, "f", &tag, ""));
    assert_eq!(world.lines(), ["481 BYE", "481 BYE", "481 BYE", "200 OPTIONS", "500 BYE"]);
    assert_eq!(world.events(), []);
}

#[test]
fn an_invite_that_comes_by_two_ways_is_taken_once() {
    let mut world = World::new(Transport::Udp);
    world.hear(&caller("INVITE", 1, "a", "", OFFER));
    world.hear(&caller("INVITE", 1, "b", "", OFFER));
    assert_eq!(world.lines(), ["100 INVITE", "482 INVITE"]);
}

#[test]
fn requests_follow_the_recorded_route() {
    let mut world = World::new(Transport::Udp);
    let invite = caller("INVITE", 1, "a", "", OFFER).replace(
        "Contact:",
        "Record-Route: <sip:192.0.2.50:5066;lr>, <sip:192.0.2.51;lr>\r\nContact:",
    );
    world.hear(&invite);
    world.order(Order::Answer { sdp: b"v=0".to_vec() });
    let ok = world.sent.last().expect("a 200").clone();
    assert_eq!(ok.matches("Record-Route: <sip:192.0.2.5").count(), 2);
    world.hear(&caller("ACK", 1, "b", &tag_of(&ok, "To"), ""));
    world.order(Order::Bye);
    let (bye, route) = (world.sent.last().expect("a BYE"), world.routes.last().expect("a route"));
    assert!(bye.starts_with("BYE sip:ali@192.0.2.7:5060 SIP/2.0\r\n"));
    assert!(bye.contains("Route: <sip:192.0.2.50:5066;lr>\r\nRoute: <sip:192.0.2.51;lr>\r\n"));
    assert_eq!(route.remote, "192.0.2.50:5066".parse::<SocketAddr>().expect("an address"));
}

#[test]
fn a_caller_behind_a_translator_is_reached_where_it_came_from() {
    let mut world = World::new(Transport::Udp);
    world.route.remote = "203.0.113.9:41234".parse().expect("an address");
    answered_call(&mut world);
    world.order(Order::Bye);
    assert_eq!(world.routes.last().map(|route| route.remote), Some(world.route.remote));
}

#[test]
fn the_same_seed_and_the_same_inputs_give_the_same_bytes() {
    let run = || {
        let mut world = World::new(Transport::Udp);
        world.hear(&caller("INVITE", 1, "a", "", OFFER));
        world.order(Order::Answer { sdp: b"v=0".to_vec() });
        world.pass(Duration::from_secs(40));
        world.sent
    };
    assert_eq!(run(), run());
}
