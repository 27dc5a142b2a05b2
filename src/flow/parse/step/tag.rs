//! `tag`: `{tag: name}`.

use crate::flow::model::Tag;
use crate::flow::parse::Fields;
use crate::flow::parse::node::Site;

pub(super) fn read(site: &Site<'_>, fields: &Fields<'_>) -> Option<Tag> {
    let yaml = fields.required("tag")?;
    site.page.words(yaml)?;
    Some(Tag { name: site.template(yaml)? })
}
