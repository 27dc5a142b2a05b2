//! `switch`: `{cases: [{when, next}], else}`.

use crate::flow::diagnostic::Code;
use crate::flow::expression::Kind;
use crate::flow::model::{Case, Switch};
use crate::flow::parse::Fields;
use crate::flow::parse::node::Site;
use crate::flow::yaml::Yaml;

pub(super) fn read(site: &Site<'_>, fields: &Fields<'_>) -> Option<Switch> {
    let cases = fields.required("cases").and_then(|yaml| cases(site, yaml));
    let otherwise = site.required_target(fields, "else");
    Some(Switch { cases: cases?, otherwise: otherwise? })
}

fn cases(site: &Site<'_>, yaml: &Yaml) -> Option<Vec<Case>> {
    let items = site.page.list(yaml, "a list of cases")?;
    if items.is_empty() {
        site.page.wrong(Code::WrongValue, yaml, "at least one case");
    }
    let mut cases = Vec::new();
    for item in items {
        let wanted = "a case such as {when: \"vars.count > 2\", next: sorry}";
        let Some(fields) = Fields::of(site.page, item, wanted) else { continue };
        let when = fields.required("when").and_then(|yaml| site.expression(yaml, &Kind::Bool));
        let next = site.required_target(&fields, "next");
        fields.finish();
        if let (Some(when), Some(next)) = (when, next) {
            cases.push(Case { when, next });
        }
    }
    (cases.len() == items.len()).then_some(cases)
}
