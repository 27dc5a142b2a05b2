//! `set`: `{set: {name: value}}`.

use crate::flow::model::Assignment;
use crate::flow::parse::Fields;
use crate::flow::parse::node::Site;

pub(super) fn read(site: &Site<'_>, fields: &Fields<'_>) -> Option<Vec<Assignment>> {
    let yaml = fields.required("set")?;
    site.assignments(yaml, &site.flow.variables, "variable")
}
