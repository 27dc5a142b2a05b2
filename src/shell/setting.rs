//! What the installation tells a bundle: the values of its `env:`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use crate::base::nearest::nearest;
use crate::flow::Bundle;
use crate::shell::secret::Secret;

/// Everything that an installation tells its bundles, by name.
#[derive(Debug, Clone, Default)]
pub struct Settings(pub BTreeMap<String, Given>);

/// One value.
#[derive(Debug, Clone)]
pub struct Given {
    /// The value.
    pub value: Secret,
    /// Where the installation says it.
    pub place: String,
}

/// Everything that a bundle has to know and is not told, one on each line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Untold(pub Vec<String>);

impl fmt::Display for Untold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl Settings {
    /// The settings of a bundle in that folder; files with secrets are read anew each time.
    ///
    /// What the bundle does not ask for is a warning.
    ///
    /// # Errors
    ///
    /// What it asks for, has no default of, and is not told.
    pub fn of(&self, bundle: &Bundle, folder: &Path) -> Result<BTreeMap<String, String>, Untold> {
        self.warn(bundle);
        let (mut values, mut untold) = (BTreeMap::new(), Vec::new());
        for (name, setting) in &bundle.env {
            match self.find(name) {
                Some(given) => match given.value.read() {
                    Ok(value) => drop(values.insert(name.to_string(), value)),
                    Err(why) => {
                        let place = &given.place;
                        let wish = format!("wanted the setting `{name}` in a readable file");
                        untold.push((setting.line, format!("{place}: {wish}, found {why}")));
                    }
                },
                None if setting.default.is_none() => {
                    let file = folder.join("bundle.yaml");
                    let place = format!("{}:{}", file.display(), setting.line);
                    untold.push((setting.line, format!("{place}: {}", unset(name))));
                }
                None => {}
            }
        }
        untold.sort();
        if untold.is_empty() {
            return Ok(values);
        }
        Err(Untold(untold.into_iter().map(|(_, told)| told).collect()))
    }

    /// A variable cannot have a `-`, so `_` stands for it too.
    fn find(&self, name: &str) -> Option<&Given> {
        self.0.get(name).or_else(|| self.0.get(&name.replace('-', "_")))
    }

    fn warn(&self, bundle: &Bundle) {
        let names = || bundle.env.keys().map(|name| &**name);
        let is_known =
            |given: &str| names().any(|name| name == given || name.replace('-', "_") == given);
        for (name, given) in self.0.iter().filter(|(name, _)| !is_known(name)) {
            let nearest = nearest(name, names()).unwrap_or_default();
            tracing::warn!(place = given.place, name, nearest, "the bundle has no such setting");
        }
    }
}

fn unset(name: &str) -> String {
    let variable = name.replace('-', "_").to_uppercase();
    format!(
        "wanted a value of the setting `{name}` from `[env]` or the variable \
         HATIF_ENV_{variable}, found none"
    )
}
