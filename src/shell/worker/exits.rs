//! The trunks that can be dialled through, with what each may still carry.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::base::time::Moment;
use crate::call::dial::{Denial, DialPlan, Dialling};
use crate::sip::route::Transport;
use crate::sip::uri::Uri;

/// How long a dialled number counts against its trunk.
const HOUR: Duration = Duration::from_secs(3_600);

/// The dial plan, with where its trunks are and what they may still carry. Workers share it.
#[derive(Debug, Default)]
pub struct Exits {
    plan: DialPlan,
    gates: Vec<Gate>,
}

/// Where a trunk is, and what it may carry.
#[derive(Debug, Clone, Copy)]
pub struct ExitLine {
    /// By what it is reached.
    pub transport: Transport,
    /// Where it is reached.
    pub remote: SocketAddr,
    /// Calls at once.
    pub calls_max: usize,
    /// Calls begun within any hour.
    pub per_hour_max: usize,
}

#[derive(Debug)]
struct Gate {
    line: ExitLine,
    calls: Arc<Semaphore>,
    hour: Arc<Semaphore>,
}

/// A call that may be made.
pub(super) struct Leave {
    pub(super) target: Uri,
    /// The number to show; `None` shows the one that was dialled.
    pub(super) caller_id: Option<String>,
    /// The trunk's name; empty for a SIP address.
    pub(super) trunk: String,
    pub(super) fare: Option<Fare>,
}

/// What a call through a trunk holds while it lasts.
#[derive(Debug)]
pub(super) struct Fare {
    _call: OwnedSemaphorePermit,
}

/// The numbers that a worker dialled within the hour.
#[derive(Debug, Default)]
pub(super) struct Spent(VecDeque<(Moment, OwnedSemaphorePermit)>);

impl Exits {
    /// A plan and its trunks' lines, in the order of [`DialPlan::exits`].
    #[must_use]
    pub fn new(plan: DialPlan, lines: Vec<ExitLine>) -> Self {
        let gate = |line: ExitLine| Gate {
            calls: Arc::new(Semaphore::new(line.calls_max.min(Semaphore::MAX_PERMITS))),
            hour: Arc::new(Semaphore::new(line.per_hour_max.min(Semaphore::MAX_PERMITS))),
            line,
        };
        Self { plan, gates: lines.into_iter().map(gate).collect() }
    }

    /// The plan.
    #[must_use]
    pub const fn plan(&self) -> &DialPlan {
        &self.plan
    }

    /// Takes a line for a call, if the plan and its trunk have one.
    pub(super) fn take(
        &self,
        now: Moment,
        spent: &mut Spent,
        to: &str,
        trunk: Option<&str>,
    ) -> Result<Leave, Denial> {
        let (exit, number) = match self.plan.allow(to, trunk)? {
            Dialling::Address(target) => {
                let trunk = String::new();
                return Ok(Leave { target, caller_id: None, trunk, fare: None });
            }
            Dialling::Number { exit, number } => (exit, number),
        };
        spent.forget(now);
        let exit_and_gate = self.plan.exits.get(exit).zip(self.gates.get(exit));
        let (exit, gate) = exit_and_gate.ok_or(Denial::Trunk)?;
        let call = Arc::clone(&gate.calls).try_acquire_owned().map_err(|_| Denial::CallsMax)?;
        let hour = Arc::clone(&gate.hour).try_acquire_owned().map_err(|_| Denial::PerHourMax)?;
        let target = Uri::parse(&gate.address_of(&number)).ok_or(Denial::Unreadable)?;
        spent.0.push_back((now + HOUR, hour));
        Ok(Leave {
            target,
            caller_id: Some(exit.caller_id.clone()),
            trunk: exit.trunk.clone(),
            fare: Some(Fare { _call: call }),
        })
    }
}

impl Gate {
    fn address_of(&self, number: &str) -> String {
        let remote = self.line.remote;
        match self.line.transport {
            Transport::Udp => format!("sip:{number}@{remote}"),
            Transport::Tcp => format!("sip:{number}@{remote};transport=tcp"),
        }
    }
}

impl Spent {
    /// Gives back what is an hour old.
    pub(super) fn forget(&mut self, now: Moment) {
        while self.0.pop_front_if(|(until, _)| *until <= now).is_some() {}
    }

    /// When the next one is an hour old.
    pub(super) fn next(&self) -> Option<Moment> {
        self.0.front().map(|(until, _)| *until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::dial::Exit;

    fn exits(calls_max: usize, per_hour_max: usize) -> Exits {
        let exit = Exit {
            trunk: "city".to_owned(),
            caller_id: "+97148000000".to_owned(),
            prefixes: vec!["+9714".to_owned()],
        };
        let plan = DialPlan { exits: vec![exit], ..DialPlan::default() };
        let remote = SocketAddr::from(([192, 0, 2, 9], 5060));
        Exits::new(
            plan,
            vec![ExitLine { transport: Transport::Tcp, remote, calls_max, per_hour_max }],
        )
    }

    #[test]
    fn a_trunk_carries_no_more_calls_than_it_may() {
        let (exits, mut spent) = (exits(1, 9), Spent::default());
        let mut take = || exits.take(Moment::START, &mut spent, "+97145551234", None);
        let first = take().expect("there is room for one");
        assert_eq!(first.target.as_str(), "sip:+97145551234@192.0.2.9:5060;transport=tcp");
        assert_eq!(first.caller_id.as_deref(), Some("+97148000000"));
        assert_eq!(take().err(), Some(Denial::CallsMax));
        drop(first);
        assert!(take().is_ok());
    }

    #[test]
    fn an_hour_has_no_more_calls_than_it_may() {
        let (exits, mut spent) = (exits(9, 2), Spent::default());
        let mut take = |now| exits.take(now, &mut spent, "+97145551234", None).err();
        let later = |seconds| Moment::START + Duration::from_secs(seconds);
        assert_eq!((take(later(0)), take(later(600))), (None, None));
        assert_eq!(take(later(3_599)), Some(Denial::PerHourMax));
        assert_eq!(take(later(3_600)), None);
        assert_eq!(take(later(3_601)), Some(Denial::PerHourMax));
        assert_eq!(take(later(4_200)), None);
    }
}
