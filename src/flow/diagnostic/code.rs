//! The kinds of faults, each with the word that tools look for.

use serde::Serialize;

use crate::flow::diagnostic::help;

macro_rules! codes {
    ($(#[doc = $meaning:literal] $name:ident = $word:literal,)*) => {
        /// A kind of fault. Its word is stable: tools may look for it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum Code {
            $(#[doc = $meaning] #[serde(rename = $word)] $name,)*
        }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word that is printed.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }

            /// What it means, in one sentence.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => $meaning.trim_ascii(),)*
                }
            }
        }
    };
}

codes! {
    /// The bundle has too many files or bytes, or cannot be read.
    BundleUnreadable = "bundle-unreadable",
    /// A file is not UTF-8.
    FileNotText = "file-not-text",
    /// A file is longer than the limit.
    FileTooLong = "file-too-long",
    /// A file of the bundle is not there.
    FileMissing = "file-missing",
    /// A file is of no known kind, by its folder and name.
    FileUnknown = "file-unknown",
    /// The file is not YAML.
    YamlSyntax = "yaml-syntax",
    /// A key stands twice in one map.
    YamlDuplicateKey = "yaml-duplicate-key",
    /// An anchor or an alias.
    YamlAlias = "yaml-alias",
    /// A merge key.
    YamlMerge = "yaml-merge",
    /// A tag.
    YamlTag = "yaml-tag",
    /// Lists and maps nest too deeply.
    YamlDepth = "yaml-depth",
    /// More than one document in a file.
    YamlDocuments = "yaml-documents",
    /// A key is a number or a truth value without quotes.
    YamlKey = "yaml-key",
    /// `apiVersion` or `kind` is not what the file's place asks for.
    WrongKind = "wrong-kind",
    /// An id is not spelled as ids are.
    WrongId = "wrong-id",
    /// Two things of one kind have one id.
    DuplicateId = "duplicate-id",
    /// A field that does not exist here.
    UnknownField = "unknown-field",
    /// A field that must be there.
    MissingField = "missing-field",
    /// A value of the wrong type: a number where text is due, or the like.
    WrongType = "wrong-type",
    /// A value that is out of range or not one of the possible words.
    WrongValue = "wrong-value",
    /// A type of node that does not exist.
    UnknownType = "unknown-type",
    /// A target that is no node of the flow.
    UnknownTarget = "unknown-target",
    /// An outcome that no node ever has.
    UnknownOutcome = "unknown-outcome",
    /// A flow that does not exist.
    UnknownFlow = "unknown-flow",
    /// A prompt that does not exist.
    UnknownPrompt = "unknown-prompt",
    /// A queue that does not exist.
    UnknownQueue = "unknown-queue",
    /// A calendar that does not exist.
    UnknownCalendar = "unknown-calendar",
    /// An entity that does not exist.
    UnknownEntity = "unknown-entity",
    /// A sector that does not exist.
    UnknownSector = "unknown-sector",
    /// A skill that does not exist.
    UnknownSkill = "unknown-skill",
    /// A variable, input or output that is not declared.
    UnknownVariable = "unknown-variable",
    /// A term that does not exist.
    UnknownTerm = "unknown-term",
    /// A unit that does not exist.
    UnknownUnit = "unknown-unit",
    /// A language that the bundle or this build does not have.
    UnknownLanguage = "unknown-language",
    /// A text is missing in a language of the bundle.
    MissingLanguage = "missing-language",
    /// A unit lacks a plural form.
    MissingPlural = "missing-plural",
    /// A prompt's slot is given no value, or a value has no slot.
    WrongSlot = "wrong-slot",
    /// A sound that the installation does not have.
    MissingSound = "missing-sound",
    /// An expression that does not compile, or yields the wrong kind of value.
    WrongExpression = "wrong-expression",
    /// A key is given twice in one menu or one sector.
    DuplicateKey = "duplicate-key",
    /// An outcome that leads nowhere.
    UnresolvedOutcome = "unresolved-outcome",
    /// A node that no call can come to.
    UnreachableNode = "unreachable-node",
    /// A flow that nothing uses.
    UnusedFlow = "unused-flow",
    /// A loop without an end.
    EndlessLoop = "endless-loop",
    /// A node that must not be in this kind of flow.
    WrongPlace = "wrong-place",
    /// Times of a queue that contradict each other.
    WrongOrder = "wrong-order",
    /// A sensitive value goes where it would be seen.
    SensitiveShown = "sensitive-shown",
    /// A case of a `switch` that is never taken.
    DeadCase = "dead-case",
    /// A later step of a `need` that asks for more than the one before.
    StricterStep = "stricter-step",
    /// A prompt that nothing says, or a text that nothing sends.
    UnusedPrompt = "unused-prompt",
    /// A term that nothing says.
    UnusedTerm = "unused-term",
    /// A unit that no prompt counts.
    UnusedUnit = "unused-unit",
    /// A variable that nothing reads.
    UnusedVariable = "unused-variable",
    /// An input that its flow does not read.
    UnusedInput = "unused-input",
}

/// How bad a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The bundle takes no calls.
    Error,
    /// The bundle can take calls, and the writer may have meant something else.
    Warning,
}

impl Severity {
    /// The word that is printed.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

impl Code {
    /// The code of that word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.word() == word)
    }

    /// How bad such a fault is, as a rule.
    #[must_use]
    pub fn severity(self) -> Severity {
        const WARNINGS: [Code; 6] = [
            Code::StricterStep,
            Code::UnusedPrompt,
            Code::UnusedTerm,
            Code::UnusedUnit,
            Code::UnusedVariable,
            Code::UnusedInput,
        ];
        if WARNINGS.contains(&self) { Severity::Warning } else { Severity::Error }
    }

    /// Its section of `docs/faults.md`: what it means, what raises it, and the mend.
    #[must_use]
    pub fn help(self) -> &'static str {
        help::section(self.word()).unwrap_or_default()
    }
}
