//! Where the machines meet the world: sockets, clocks, tasks, files, browsers.

pub mod clock;
pub mod files;
pub mod secret;
pub mod setting;

pub mod tasks;

pub mod post;
pub mod recording;

pub mod transport;

pub mod media;
pub mod webrtc;

pub mod book;
pub mod errand;
pub mod library;
pub mod pool;
pub mod rehearsal;
pub mod worker;

pub mod http;
pub mod remote;
pub mod store;
