//! Tallies: the parts that figures are made of.

macro_rules! tally {
    (
        $(#[$about:meta])* $name:ident:
        sums { $($(#[$doc:meta])* $sum:ident,)* }
        greatest { $($(#[$great_doc:meta])* $great:ident,)* }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct $name {
            $($(#[$doc])* pub $sum: u64,)*
            $($(#[$great_doc])* pub $great: u64,)*
        }

        impl $name {
            /// The names of those parts that add up.
            pub const SUMS: &[&str] = &[$(stringify!($sum)),*];
            /// The names of those parts of which the greatest counts.
            pub const GREATEST: &[&str] = &[$(stringify!($great)),*];

            /// Takes in another tally.
            pub fn add(&mut self, other: &Self) {
                $(self.$sum = self.$sum.saturating_add(other.$sum);)*
                $(self.$great = self.$great.max(other.$great);)*
            }

            /// Every part with its name, those that add up first.
            #[must_use]
            pub fn parts(&self) -> Vec<(&'static str, u64)> {
                vec![
                    $((stringify!($sum), self.$sum),)*
                    $((stringify!($great), self.$great),)*
                ]
            }

            /// The tally of these parts, in the same order; what is missing is 0.
            #[must_use]
            pub fn of(parts: &[u64]) -> Self {
                let mut parts = parts.iter().copied();
                Self {
                    $($sum: parts.next().unwrap_or(0),)*
                    $($great: parts.next().unwrap_or(0),)*
                }
            }
        }
    };
}

tally! {
    /// What became of the callers who entered a queue for an entity in one quarter of an hour.
    LineTally:
    sums {
        /// Callers whose wait is over; the sum of those answered, abandoned, exited, called back
        /// later, and overflowed.
        offered,
        /// Those who had waited before: transferred, or back after their agent was lost.
        carried,
        /// Those who got an agent.
        answered,
        /// Those who got one within the queue's target.
        answered_in_target,
        /// The waits of those who got one, ring included.
        answered_wait_ms,
        /// Those who hung up.
        abandoned,
        /// Those who hung up at once.
        abandoned_short,
        /// Those who hung up within the target.
        abandoned_in_target,
        /// The waits of those who hung up.
        abandoned_wait_ms,
        /// Those whom the flow took out of the line.
        exited,
        /// Those who asked to be called back.
        callbacks_taken,
        /// Those who were not let in because the queue was full.
        overflowed_full,
        /// Those who were not let in because nobody on duty could take them.
        overflowed_no_agents,
        /// Those who waited as long as they might.
        overflowed_timeout,
        /// Talk with those who got an agent, hold apart.
        talk_ms,
        /// Hold in these talks.
        hold_ms,
        /// After-call work that followed them.
        wrap_up_ms,
        /// Call-backs in line that came to an end.
        callbacks,
        /// Those of them that an agent took.
        callbacks_answered,
        /// All that agents spent on them: dialling, talk, hold and after-call work.
        callbacks_handling_ms,
        /// Callers taken outside who talked there, or were taken over by their own line.
        transferred,
        /// Callers who were to be taken outside and were not.
        transfers_failed,
    }
    greatest {
        /// The longest wait of a caller, however it ended.
        longest_wait_ms,
    }
}

tally! {
    /// What one agent did in one quarter of an hour.
    AgentTally:
    sums {
        /// Offers that ended.
        offers,
        /// Those that she accepted.
        answered,
        /// Those that rang out.
        missed,
        /// Those that she declined.
        declined,
        /// Those for which her desk or phone could not be had.
        unreachable,
        /// Those that were taken back: the caller left, or his time was over.
        withdrawn,
        /// Time ready for calls.
        available_ms,
        /// Time in which a call rang.
        ringing_ms,
        /// Time in talk.
        talk_ms,
        /// Time in talk with the caller on hold.
        hold_ms,
        /// Time in after-call work.
        wrap_up_ms,
        /// Time away by her own choice.
        away_ms,
        /// Time off the line after missed calls.
        missed_ms,
    }
    greatest {}
}

impl LineTally {
    /// Talk, hold and after-call work of the callers who were answered.
    #[must_use]
    pub const fn handling_ms(&self) -> u64 {
        self.talk_ms.saturating_add(self.hold_ms).saturating_add(self.wrap_up_ms)
    }
}

impl AgentTally {
    /// Talk, hold and after-call work.
    #[must_use]
    pub const fn handling_ms(&self) -> u64 {
        self.talk_ms.saturating_add(self.hold_ms).saturating_add(self.wrap_up_ms)
    }

    /// All time that she was signed in.
    #[must_use]
    pub const fn signed_in_ms(&self) -> u64 {
        self.handling_ms()
            .saturating_add(self.available_ms)
            .saturating_add(self.ringing_ms)
            .saturating_add(self.away_ms)
            .saturating_add(self.missed_ms)
    }
}
