//! `http`: `{request: {method, url, headers, body, timeout, retries}, save, music}`.

use std::sync::Arc;
use std::time::Duration;

use crate::base::limit::{ERRAND_FIELDS_MAX, HTTP_RETRIES_MAX, HTTP_TIMEOUT_MAX};
use crate::flow::diagnostic::Code;
use crate::flow::expression::Template;
use crate::flow::model::{Assignment, Http, Method, Path, SavePath};
use crate::flow::parse::node::Site;
use crate::flow::parse::{Fields, policy};
use crate::flow::yaml::Yaml;

const TIMEOUT: Duration = Duration::from_secs(5);

pub(super) fn read(site: &Site<'_>, fields: &Fields<'_>) -> Option<Http> {
    let request = fields.required("request").and_then(|yaml| request(site, yaml));
    let save = match fields.optional("save") {
        Some(yaml) => save_paths(site, yaml, &["body", "status"]),
        None => Some(Vec::new()),
    };
    let music = match fields.optional("music") {
        Some(yaml) => policy::music(site.page, yaml, site.names).map(Some),
        None => Some(None),
    };
    Some(Http { save: save?, music: music?, ..request? })
}

fn request(site: &Site<'_>, yaml: &Yaml) -> Option<Http> {
    let page = site.page;
    let fields = Fields::of(page, yaml, "a request such as {method: GET, url: \"${env.cases}\"}")?;
    let methods = [("GET", Method::Get), ("POST", Method::Post)];
    let method = fields.required("method").and_then(|yaml| page.word(yaml, &methods));
    let url = fields.required("url").and_then(|yaml| url(site, yaml, &["http://", "https://"]));
    let headers = match fields.optional("headers") {
        Some(yaml) => headers(site, yaml),
        None => Some(Vec::new()),
    };
    let body_yaml = fields.optional("body");
    let body = match body_yaml {
        Some(yaml) => named_values(site, yaml).map(Some),
        None => Some(None),
    };
    if let (Some(Method::Get), Some(yaml)) = (method, body_yaml) {
        page.wrong(Code::WrongPlace, yaml, "no `body` with `method: GET`");
    }
    let timeout_yaml = fields.optional("timeout");
    let timeout = timeout_yaml.map_or(Some(TIMEOUT), |yaml| page.some_time(yaml));
    if let (Some(span), Some(yaml)) = (timeout, timeout_yaml)
        && span > HTTP_TIMEOUT_MAX
    {
        let wanted = format!("at most {}s", HTTP_TIMEOUT_MAX.as_secs());
        page.wrong(Code::WrongValue, yaml, wanted);
    }
    let retries =
        fields.optional("retries").map_or(Some(0), |yaml| page.count(yaml, 0..=HTTP_RETRIES_MAX));
    fields.finish();
    Some(Http {
        method: method?,
        url: url?,
        headers: headers?,
        body: body?,
        timeout: timeout?,
        retries: retries?,
        save: Vec::new(),
        music: None,
    })
}

/// An address with slots, of one of the schemes where its beginning is written out.
pub(super) fn url(site: &Site<'_>, yaml: &Yaml, schemes: &[&str]) -> Option<Template> {
    let template = site.template(yaml)?;
    let begins = match template.pieces().next() {
        Some(Some(text)) => schemes.iter().any(|scheme| text.starts_with(scheme)),
        // It begins with a slot, such as a setting of the installation.
        Some(None) => true,
        None => false,
    };
    if !begins {
        let list: Vec<String> = schemes.iter().map(|scheme| format!("`{scheme}`")).collect();
        let wanted = format!("an address that begins with {} or a slot", list.join(" or "));
        site.page.wrong(Code::WrongValue, yaml, wanted);
        return None;
    }
    Some(template)
}

pub(super) fn headers(site: &Site<'_>, yaml: &Yaml) -> Option<Vec<(Arc<str>, Template)>> {
    let page = site.page;
    let entries = page.entries(yaml, "a map of header fields to values")?;
    few(site, yaml, entries.len());
    let mut headers = Vec::new();
    for entry in entries {
        let name = &entry.key.text;
        if !is_token(name) {
            let fault = page.fault(Code::WrongValue, entry.key.place, "the name of a header field");
            page.add(fault.found(&**name));
            continue;
        }
        if let Some(value) = site.template(&entry.value) {
            headers.push((Arc::clone(name), value));
        }
    }
    (headers.len() == entries.len()).then_some(headers)
}

/// A map of the writer's own names to values.
pub(super) fn named_values(site: &Site<'_>, yaml: &Yaml) -> Option<Vec<Assignment>> {
    let entries = site.page.entries(yaml, "a map of names to values")?;
    few(site, yaml, entries.len());
    let mut values = Vec::new();
    for entry in entries {
        if let Some((value, _, _)) = site.source(&entry.value) {
            values.push(Assignment { name: Arc::clone(&entry.key.text), value });
        }
    }
    (values.len() == entries.len()).then_some(values)
}

/// `{variable: body.path}`
pub(super) fn save_paths(site: &Site<'_>, yaml: &Yaml, roots: &[&str]) -> Option<Vec<SavePath>> {
    let page = site.page;
    let entries = page.entries(yaml, "a map of variables to paths")?;
    few(site, yaml, entries.len());
    let mut saves = Vec::new();
    for entry in entries {
        let (name, place) = (&entry.key.text, entry.key.place);
        let variable = site.declared(name, place, &site.flow.variables, "variable");
        let path = page.text(&entry.value).and_then(|text| {
            let path = Path::parse(text, roots);
            if path.is_none() {
                let wanted = "a path such as `body.state` or `body.items[0].id`";
                page.wrong(Code::WrongValue, &entry.value, wanted);
            }
            path
        });
        if let (Some(variable), Some(path)) = (variable, path) {
            saves.push(SavePath { variable: Arc::clone(&variable.name), path });
        }
    }
    (saves.len() == entries.len()).then_some(saves)
}

fn few(site: &Site<'_>, yaml: &Yaml, count: usize) {
    if count > ERRAND_FIELDS_MAX {
        site.page.wrong(Code::WrongValue, yaml, format!("at most {ERRAND_FIELDS_MAX} entries"));
    }
}

/// RFC 9110 §5.6.2.
fn is_token(name: &str) -> bool {
    let is_mark = |byte| b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || is_mark(byte))
}
