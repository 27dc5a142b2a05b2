//! Named values.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::flow::expression::Value;

/// Up to so many fields are looked through one by one: names mostly differ in their length.
const FEW: usize = 16;

/// Values by name, sorted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields(Box<[(Arc<str>, Value)]>);

impl Fields {
    /// The value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        if self.0.len() <= FEW {
            return self.0.iter().find(|(known, _)| **known == *name).map(|(_, value)| value);
        }
        let place = self.0.binary_search_by(|(known, _)| (**known).cmp(name)).ok()?;
        self.0.get(place).map(|(_, value)| value)
    }

    /// Whether there is such a name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Names and values, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Value)> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Of two values of one name the last one stays.
impl FromIterator<(Arc<str>, Value)> for Fields {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, Value)>>(fields: I) -> Self {
        Self(fields.into_iter().collect::<BTreeMap<_, _>>().into_iter().collect())
    }
}

impl From<Fields> for Value {
    fn from(fields: Fields) -> Self {
        Self::Map(Arc::new(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_among_few_and_among_many() {
        for count in [0, 1, FEW, FEW + 1, 100] {
            let names = (0..count).map(|number| format!("field{number}"));
            let fields: Fields =
                names.clone().map(|name| (name.as_str().into(), 1.into())).collect();
            assert_eq!(fields.len(), count);
            assert!(names.clone().all(|name| fields.contains(&name)));
            assert!(!fields.contains("field") && !fields.contains("field1000"));
        }
        let twice: Fields = [("a".into(), 1.into()), ("a".into(), 2.into())].into_iter().collect();
        assert_eq!((twice.len(), twice.get("a")), (1, Some(&2.into())));
    }
}
