//! How fast passwords can be tried: freely at first, then ever more slowly.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use crate::base::limit::{
    LOGIN_REMEMBERED_MAX, LOGIN_WAIT_MAX, LOGIN_WAIT_MIN, LOGIN_WRONG_PER_ADDRESS,
    LOGIN_WRONG_PER_NAME,
};
use crate::base::time::Moment;

/// The wrong passwords of late, by name and by address.
#[derive(Debug, Clone, Default)]
pub(super) struct Throttle {
    names: BTreeMap<String, Wrong>,
    addresses: BTreeMap<IpAddr, Wrong>,
}

#[derive(Debug, Clone, Copy)]
struct Wrong {
    count: u32,
    last: Moment,
}

impl Throttle {
    /// Lets a try pass, and counts it as wrong until [`Self::was_right`] says otherwise: so many
    /// tries at once are no way around.
    ///
    /// # Errors
    ///
    /// How long to wait before the next try.
    pub(super) fn admit(
        &mut self,
        now: Moment,
        name: &str,
        address: IpAddr,
    ) -> Result<(), Duration> {
        let by_name = wait(now, self.names.get(name), LOGIN_WRONG_PER_NAME);
        let by_address = wait(now, self.addresses.get(&address), LOGIN_WRONG_PER_ADDRESS);
        match by_name.max(by_address) {
            Some(wait) => Err(wait),
            None => {
                count(&mut self.names, now, name.to_owned());
                count(&mut self.addresses, now, address);
                Ok(())
            }
        }
    }

    /// The last try of that name from that address was right.
    pub(super) fn was_right(&mut self, name: &str, address: IpAddr) {
        self.names.remove(name);
        if let Some(wrong) = self.addresses.get_mut(&address) {
            wrong.count = wrong.count.saturating_sub(1);
        }
    }
}

/// How long the next try has to wait, if it has to.
fn wait(now: Moment, wrong: Option<&Wrong>, free: u32) -> Option<Duration> {
    let wrong = wrong?;
    let beyond = wrong.count.checked_sub(free)?;
    let factor = 2_u32.saturating_pow(beyond);
    let until = wrong.last + LOGIN_WAIT_MIN.saturating_mul(factor).min(LOGIN_WAIT_MAX);
    let left = until.since(now);
    (!left.is_zero()).then_some(left)
}

fn count<K: Ord + Clone>(all: &mut BTreeMap<K, Wrong>, now: Moment, key: K) {
    if all.len() >= LOGIN_REMEMBERED_MAX && !all.contains_key(&key) {
        all.retain(|_, wrong| now.since(wrong.last) < LOGIN_WAIT_MAX);
    }
    if all.len() >= LOGIN_REMEMBERED_MAX && !all.contains_key(&key) {
        let quiet = all.iter().min_by_key(|(_, wrong)| wrong.last).map(|(key, _)| key.clone());
        if let Some(quiet) = quiet {
            all.remove(&quiet);
        }
    }
    let wrong = all.entry(key).or_insert(Wrong { count: 0, last: now });
    if now.since(wrong.last) >= LOGIN_WAIT_MAX {
        wrong.count = 0;
    }
    *wrong = Wrong { count: wrong.count.saturating_add(1), last: now };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Moment {
        Moment::START + Duration::from_secs(seconds)
    }

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn after_five_wrong_ones_a_name_waits_ever_longer() {
        let mut throttle = Throttle::default();
        for _ in 0..5 {
            assert_eq!(throttle.admit(at(0), "maryam", address(1)), Ok(()));
        }
        let five = Duration::from_secs(5);
        assert_eq!(throttle.admit(at(0), "maryam", address(2)), Err(five));
        assert_eq!(throttle.admit(at(0), "salem", address(2)), Ok(()));
        assert_eq!(throttle.admit(at(5), "maryam", address(2)), Ok(()));
        assert_eq!(throttle.admit(at(5), "maryam", address(2)), Err(five * 2));
    }

    #[test]
    fn the_wait_has_an_end_and_quiet_forgets() {
        let mut throttle = Throttle::default();
        let mut now = 0;
        for _ in 0..40 {
            while throttle.admit(at(now), "maryam", address(1)).is_err() {
                now += 900;
            }
        }
        assert_eq!(throttle.admit(at(now + 900), "maryam", address(1)), Ok(()));
        for _ in 0..4 {
            assert_eq!(throttle.admit(at(now + 900), "maryam", address(1)), Ok(()));
        }
        assert!(throttle.admit(at(now + 900), "maryam", address(1)).is_err());
    }

    #[test]
    fn a_right_password_clears_the_name_and_not_the_address() {
        let mut throttle = Throttle::default();
        for number in 0..20 {
            assert_eq!(throttle.admit(at(0), &format!("agent-{number}"), address(1)), Ok(()));
        }
        assert!(throttle.admit(at(0), "maryam", address(1)).is_err());
        throttle.was_right("agent-1", address(1));
        assert_eq!(throttle.admit(at(0), "maryam", address(1)), Ok(()));
        assert!(throttle.admit(at(0), "maryam", address(1)).is_err());
    }

    #[test]
    fn at_the_limit_the_one_longest_quiet_is_forgotten() {
        let mut throttle = Throttle::default();
        for _ in 0..5 {
            throttle.admit(at(0), "first", address(1)).expect("free");
        }
        for number in 0..u16::try_from(LOGIN_REMEMBERED_MAX).expect("a few thousand") {
            let [high, low] = number.to_be_bytes();
            let address = IpAddr::from([10, 1, high, low]);
            throttle.admit(at(1), &format!("name-{number}"), address).expect("free");
        }
        assert_eq!(throttle.names.len(), LOGIN_REMEMBERED_MAX);
        assert_eq!(throttle.admit(at(1), "first", address(2)), Ok(()));
    }
}
