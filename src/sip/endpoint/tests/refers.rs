//! The other side is asked to call somebody else.

use super::*;

fn refer(world: &mut World) -> String {
    let uri = |text| Uri::parse(text).expect("a URI");
    let (to, by) = (uri("sip:+97145551234@192.0.2.9"), uri("sip:800@192.0.2.1"));
    world.order(Order::Refer { to, by });
    world.sent.last().cloned().unwrap_or_default()
}

fn notify(cseq: u32, tag: &str, (event, state, body): (&str, &str, &str)) -> String {
    let plain = caller("NOTIFY", cseq, &format!("n{cseq}"), tag, body);
    let headers = format!("Event: {event}\r\nSubscription-State: {state}\r\nContact:");
    plain.replace("Contact:", &headers).replace("application/sdp", "message/sipfrag;version=2.0")
}

const ACTIVE: &str = "active;expires=60";
const OVER: &str = "terminated;reason=noresource";

#[test]
fn a_refer_says_whom_and_by_whom_and_its_end_is_told_once() {
    let mut world = World::new(Transport::Udp);
    let tag = answered_call(&mut world);
    let request = refer(&mut world);
    assert!(request.starts_with("REFER sip:ali@192.0.2.7:5060 SIP/2.0\r\n"), "{request}");
    assert_eq!(header(&request, "Refer-To").0, "<sip:+97145551234@192.0.2.9>");
    assert_eq!(header(&request, "Referred-By").0, "<sip:800@192.0.2.1>");
    world.hear(&answer_to(&request, 202, "", ""));
    world.hear(&notify(2, &tag, ("refer", ACTIVE, "SIP/2.0 100 Trying\r\n")));
    assert_eq!(world.events(), []);
    world.hear(&notify(3, &tag, ("refer;id=1", OVER, "SIP/2.0 200 OK\r\n")));
    assert_eq!(world.events(), [Event::Referred { code: 200 }]);
    world.hear(&notify(4, &tag, ("refer", OVER, "SIP/2.0 200 OK\r\n")));
    assert_eq!(world.lines(), ["REFER", "200 NOTIFY", "200 NOTIFY", "481 NOTIFY"]);
    assert_eq!(world.events(), []);
    world.order(Order::Bye);
    let bye = world.sent.last().expect("a BYE").clone();
    world.hear(&answer_to(&bye, 200, "", ""));
    assert_eq!(world.events(), [Event::Ended(EndedBy::Us)]);
    world.assert_empty();
}

#[test]
fn whoever_stops_telling_before_the_end_has_not_called() {
    for body in ["SIP/2.0 180 Ringing\r\n", "", "nonsense"] {
        let mut world = World::new(Transport::Udp);
        let tag = answered_call(&mut world);
        let request = refer(&mut world);
        // The first NOTIFY may overtake the 202.
        world.hear(&notify(2, &tag, ("refer", OVER, body)));
        world.hear(&answer_to(&request, 202, "", ""));
        assert_eq!(world.events(), [Event::Referred { code: 408 }], "{body:?}");
    }
}

#[test]
fn a_refusal_and_silence_leave_the_call_as_it_was() {
    let mut world = World::new(Transport::Udp);
    answered_call(&mut world);
    let request = refer(&mut world);
    world.hear(&answer_to(&request, 405, "", ""));
    assert_eq!(world.events(), [Event::ReferRefused { code: 405 }]);
    refer(&mut world);
    world.pass(Duration::from_secs(32));
    assert_eq!(world.events(), [Event::ReferRefused { code: 408 }]);
    world.lines();
    world.order(Order::Bye);
    assert_eq!(world.lines(), ["BYE"]);
}

#[test]
fn one_refer_at_a_time_and_none_outside_a_call() {
    let mut world = World::new(Transport::Udp);
    world.hear(&caller("INVITE", 1, "a", "", OFFER));
    world.events();
    world.lines();
    refer(&mut world);
    assert_eq!(world.events(), [Event::ReferRefused { code: 491 }]);
    assert_eq!(world.lines(), Vec::<String>::new());
    let mut world = World::new(Transport::Udp);
    answered_call(&mut world);
    refer(&mut world);
    refer(&mut world);
    assert_eq!(world.events(), [Event::ReferRefused { code: 491 }]);
    assert_eq!(world.lines(), ["REFER"]);
}

#[test]
fn foreign_news_and_a_strangers_refer_are_refused() {
    let mut world = World::new(Transport::Udp);
    let tag = answered_call(&mut world);
    world.hear(&notify(2, &tag, ("presence", ACTIVE, "")));
    world.hear(&notify(3, "other", ("refer", ACTIVE, "")));
    world.hear(&notify(4, "", ("refer", ACTIVE, "")));
    world.hear(&caller("REFER", 5, "r", &tag, ""));
    assert_eq!(world.lines(), ["489 NOTIFY", "481 NOTIFY", "481 NOTIFY", "405 REFER"]);
    assert_eq!(world.events(), []);
}
