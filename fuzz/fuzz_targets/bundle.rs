//! One file of a good bundle is what the fuzzer makes of it: its first byte says which file.
#![no_main]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use hatif::base::limit::BUNDLE_FILE_BYTES_MAX;
use hatif::flow::diagnostic::to_sarif;
use hatif::flow::{prove, trial};
use hatif::shell::files;
use libfuzzer_sys::fuzz_target;

static GOOD: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/faults/bundle");
    files::bundle_in(&folder).expect("the good bundle is there")
});

fuzz_target!(|data: &[u8]| {
    let Some((&which, text)) = data.split_first() else { return };
    if text.len() > BUNDLE_FILE_BYTES_MAX {
        return;
    }
    let mut files = GOOD.clone();
    let name = files.keys().nth(usize::from(which) % files.len()).cloned();
    files.insert(name.expect("a bundle has files"), String::from_utf8_lossy(text).into_owned());
    let proof = prove(&files, None);
    let faults = match &proof.bundle {
        Some(bundle) => proof.faults.and(trial::faults(&files, bundle), &files),
        None => proof.faults,
    };
    let places: Vec<_> = faults.faults.iter().map(|fault| (&fault.file, fault.place)).collect();
    assert!(places.is_sorted());
    assert_eq!(faults.to_text().is_empty(), faults.is_empty());
    assert!(faults.to_json().is_object() && to_sarif(&faults, ".").is_object());
});
