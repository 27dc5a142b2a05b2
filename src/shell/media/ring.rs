//! The two bounded rings between the control side and a worker, and the bells that wake them.

use std::fmt;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use crossbeam::queue::ArrayQueue;
use rustix::event::{EventfdFlags, eventfd};

use crate::base::limit;
use crate::media::{Command, Event};
use crate::shell::media::line::RtpLine;
use crate::shell::media::pacing::Pacing;

/// Wakes the control side when there is news to take. It is called from the worker's thread, and
/// must not wait.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// What lies in a worker's ring.
#[derive(Debug)]
pub(super) enum Order {
    /// From the control side.
    Control(Command),
    /// A leg from another worker.
    Adopt(Box<RtpLine>),
    /// The end.
    Stop,
}

/// The ring is full: the command comes back.
#[derive(Debug, thiserror::Error)]
#[error("a media worker's ring is full")]
pub struct Full(pub Box<Command>);

/// The control side's end of one worker's rings.
#[derive(Clone)]
pub struct MediaHandle {
    pub(super) rings: Arc<Rings>,
}

impl MediaHandle {
    /// Orders something of the worker.
    ///
    /// # Errors
    ///
    /// Gives the command back when [`limit::MEDIA_COMMANDS_MAX`] are on their way.
    pub fn send(&self, command: Command) -> Result<(), Full> {
        match self.rings.order(Order::Control(command)) {
            Ok(()) => Ok(()),
            Err(Order::Control(command)) => Err(Full(Box::new(command))),
            Err(Order::Adopt(_) | Order::Stop) => Ok(()),
        }
    }

    /// The next news, oldest first, for whoever the waker has woken.
    #[must_use]
    pub fn poll(&self) -> Option<Event> {
        self.rings.news.pop()
    }

    /// How punctual the worker is, if it has told since this was asked last; about once a second.
    #[must_use]
    pub fn take_pacing(&self) -> Option<Pacing> {
        self.rings.pacing.pop()
    }
}

impl fmt::Debug for MediaHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MediaHandle")
            .field("orders", &self.rings.orders.len())
            .field("news", &self.rings.news.len())
            .finish()
    }
}

/// The rings of one worker.
pub(super) struct Rings {
    orders: ArrayQueue<Order>,
    bell: OwnedFd,
    news: ArrayQueue<Event>,
    waker: Waker,
    pacing: ArrayQueue<Pacing>,
}

impl Rings {
    pub(super) fn new(waker: Waker) -> io::Result<Self> {
        Ok(Self {
            orders: ArrayQueue::new(limit::MEDIA_COMMANDS_MAX),
            bell: eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC)?,
            news: ArrayQueue::new(limit::MEDIA_EVENTS_MAX),
            waker,
            pacing: ArrayQueue::new(1),
        })
    }

    /// Lays an order into the ring and rings the bell.
    pub(super) fn order(&self, order: Order) -> Result<(), Order> {
        self.orders.push(order)?;
        self.ring();
        Ok(())
    }

    /// Rings the bell.
    pub(super) fn ring(&self) {
        // A bell that cannot be rung higher is ringing.
        let _ = rustix::io::write(&self.bell, &1_u64.to_ne_bytes());
    }

    pub(super) fn next_order(&self) -> Option<Order> {
        self.orders.pop()
    }

    pub(super) fn bell(&self) -> BorrowedFd<'_> {
        self.bell.as_fd()
    }

    pub(super) fn silence_bell(&self) {
        let _ = rustix::io::read(&self.bell, &mut [0; 8]);
    }

    /// Tells the control side, or gives the news back when it has not taken the last ones.
    pub(super) fn tell(&self, news: Event) -> Result<(), Event> {
        self.news.push(news)
    }

    pub(super) fn wake(&self) {
        (self.waker)();
    }

    pub(super) fn publish(&self, pacing: Pacing) {
        self.pacing.force_push(pacing);
    }
}
