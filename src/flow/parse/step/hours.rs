//! `hours`: `{calendar, open, closed, holiday, special}`.

use crate::flow::diagnostic::Code;
use crate::flow::model::Hours;
use crate::flow::parse::Fields;
use crate::flow::parse::node::Site;

pub(super) fn read(site: &Site<'_>, fields: &Fields<'_>) -> Option<Hours> {
    let calendar = fields.required("calendar").and_then(|yaml| {
        let wanted = "a calendar of this bundle";
        site.reference(yaml, &site.names.calendars, Code::UnknownCalendar, wanted)
    });
    let open = site.required_target(fields, "open");
    let closed = site.required_target(fields, "closed");
    let holiday = site.required_target(fields, "holiday");
    let special = site.required_target(fields, "special");
    Some(Hours {
        calendar: calendar?,
        open: open?,
        closed: closed?,
        holiday: holiday?,
        special: special?,
    })
}
