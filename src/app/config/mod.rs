//! The configuration: `hatif.toml`, the environment over it, and the default under it.

mod document;
mod fault;
mod keys;
mod outward;
mod read;
mod settings;
mod trunk;

pub use fault::{ConfigFaults, Fault, Place};
pub use keys::{KEYS, KeySpec, Kind};
pub use outward::{HttpSettings, Setting};
pub use settings::{
    BundleSettings, Config, DialSettings, EngineSettings, LogSettings, Network, NotOfThisForm,
    Ports, RecordingSettings, RtpSettings, SipBind, SipSettings, SoundsSettings, StoreSettings,
    Transport, WebSettings, WebrtcSettings,
};
pub use trunk::{Trunk, TrunkExit};
