//! The configuration: `hatif.toml`, the environment over it, and the default under it.

mod document;
mod fault;
mod keys;
mod read;
mod settings;

pub use fault::{ConfigFaults, Fault, Place};
pub use keys::{KEYS, KeySpec, Kind};
pub use settings::{
    BundleSettings, Config, EngineSettings, LogSettings, Network, NotOfThisForm, Ports,
    RtpSettings, SipBind, SipSettings, SoundsSettings, StoreSettings, Transport, Trunk,
    WebSettings, WebrtcSettings,
};
