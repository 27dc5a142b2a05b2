//! `switch`: `{cases: [{when, next}], else}`.

use crate::flow::diagnostic::Code;
use crate::flow::expression::{Expression, Kind};
use crate::flow::model::{Branch, Switch};
use crate::flow::parse::Fields;
use crate::flow::parse::node::Site;
use crate::flow::yaml::Yaml;

pub(super) fn read(site: &Site<'_>, fields: &Fields<'_>) -> Option<Switch> {
    let cases = fields.required("cases").and_then(|yaml| cases(site, yaml));
    let otherwise = site.required_target(fields, "else");
    Some(Switch { cases: cases?, otherwise: otherwise? })
}

fn cases(site: &Site<'_>, yaml: &Yaml) -> Option<Vec<Branch>> {
    let items = site.page.list(yaml, "a list of cases")?;
    if items.is_empty() {
        site.page.wrong(Code::WrongValue, yaml, "at least one case");
    }
    let mut cases: Vec<Branch> = Vec::new();
    for item in items {
        let wanted = "a case such as {when: \"vars.count > 2\", next: sorry}";
        let Some(fields) = Fields::of(site.page, item, wanted) else { continue };
        let when = fields.required("when").and_then(|yaml| site.expression(yaml, &Kind::Bool));
        let next = site.required_target(&fields, "next");
        fields.finish();
        if let (Some(when), Some(next)) = (when, next) {
            dead(site, item, &when, &cases);
            cases.push(Branch { when, next });
        }
    }
    (cases.len() == items.len()).then_some(cases)
}

/// A case that another one before it always takes, or that nothing can make true.
fn dead(site: &Site<'_>, yaml: &Yaml, when: &Expression, before: &[Branch]) {
    let text = when.text().trim();
    let taken = before.iter().any(|case| {
        let other = case.when.text().trim();
        other == "true" || other == text
    });
    if taken || text == "false" {
        let note = if taken { "a case before it is taken first" } else { "it is never true" };
        let place = yaml.get("when").map_or(yaml.place, |when| when.place);
        let fault = site.page.fault(Code::DeadCase, place, "a case that some call takes");
        site.page.add(fault.found(text).note(note));
    }
}
