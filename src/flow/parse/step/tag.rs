//! `tag`: `{tag: name}`.

use crate::flow::diagnostic::Code;
use crate::flow::model::Tag;
use crate::flow::parse::Fields;
use crate::flow::parse::node::Site;

pub(super) fn read(site: &Site<'_>, fields: &Fields<'_>) -> Option<Tag> {
    let yaml = fields.required("tag")?;
    site.page.words(yaml)?;
    let name = site.template(yaml)?;
    if let Some(sensitive) = site.sensitive(&Site::reads(&name)) {
        site.page.add(
            site.page
                .fault(Code::SensitiveShown, yaml.place, "a milestone that anybody may read")
                .found(&*sensitive)
                .note(format!("`{sensitive}` is sensitive, and reports show milestones")),
        );
    }
    Some(Tag { name })
}
