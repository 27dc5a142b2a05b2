//! A text is read as an expression and as a text with slots.
#![no_main]

use hatif::flow::expression::{Expression, Kind, Scope, Template};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let kinds = [("lang", Kind::Text), ("count", Kind::Int), ("done", Kind::Bool)];
    let scope = Scope {
        variables: kinds.into_iter().map(|(name, kind)| (name.to_owned(), kind)).collect(),
        entities: ["power".to_owned()].into(),
        calendars: ["office".to_owned()].into(),
        ..Scope::default()
    };
    let read = [
        Expression::compile(text, &scope).map(|_| ()),
        Template::compile(text, &scope).map(|_| ()),
    ];
    for fault in read.into_iter().filter_map(Result::err) {
        assert!(fault.offset <= text.len());
    }
});
