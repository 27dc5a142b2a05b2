//! The web side: pages, the API, health, metrics, and the doors of the WebSockets.

mod bundles;
mod callbacks;
mod calls;
mod cases;
mod figures;
mod health;
mod login;
mod numbers;
mod origin;
mod pages;
mod parts;
mod problem;
mod range;
mod recordings;
mod router;
mod serve;
mod sessions;
mod socket;
mod throttle;
mod why;

#[cfg(test)]
mod tests;

pub use numbers::DialledNumber;
pub use parts::{AskCount, AskWhy, BundleParts, EntityNames, HttpParts, OnSocket, TrafficQuestion};
pub use serve::{Server, serve};
pub use sessions::{NoRandomness, Sessions, Visitor};
pub use socket::{Incoming, Outgoing, Socket};
