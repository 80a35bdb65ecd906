//! A counter that remembers the last minute second by second: the source of every sparkline.

use serde::{Deserialize, Serialize};

use crate::base::time::Timestamp;

/// Seconds remembered.
pub const SECONDS: usize = 60;

/// A total, and how much of it fell into each of the last [`SECONDS`] seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meter {
    pub total: u64,
    /// The second of the newest entry of `ring`.
    newest: i64,
    /// Counts by second modulo [`SECONDS`]; empty until something is counted.
    ring: Vec<u32>,
}

impl Meter {
    /// Counts `count` things at a moment. Moments may not go back by more than a minute.
    pub fn add(&mut self, now: Timestamp, count: u64) {
        self.total += count;
        let second = now.as_secs();
        if self.ring.is_empty() {
            self.ring = vec![0; SECONDS];
            self.newest = second;
        }
        let steps = (second - self.newest).clamp(0, SECONDS as i64);
        for step in 1..=steps {
            let at = (second - steps + step).rem_euclid(SECONDS as i64) as usize;
            self.ring[at] = 0;
        }
        self.newest = self.newest.max(second);
        let at = second.rem_euclid(SECONDS as i64) as usize;
        self.ring[at] = self.ring[at].saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
    }

    /// The count of one second; 0 where it is not remembered.
    pub fn at(&self, second: i64) -> u32 {
        let age = self.newest - second;
        if self.ring.is_empty() || !(0..SECONDS as i64).contains(&age) {
            return 0;
        }
        self.ring[second.rem_euclid(SECONDS as i64) as usize]
    }

    /// The last minute up to and with the second of `now`, oldest first.
    pub fn last_minute(&self, now: Timestamp) -> Vec<u32> {
        let newest = now.as_secs();
        (newest - SECONDS as i64 + 1..=newest).map(|second| self.at(second)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gaps are zeros, and what is older than a minute is forgotten but stays in the total.
    #[test]
    fn gaps_are_zeros() {
        let mut meter = Meter::default();
        meter.add(Timestamp::from_secs(100), 5);
        meter.add(Timestamp::from_secs(103), 7);
        assert_eq!(meter.last_minute(Timestamp::from_secs(104))[55..], [5, 0, 0, 7, 0]);
        meter.add(Timestamp::from_secs(500), 1);
        assert_eq!(meter.last_minute(Timestamp::from_secs(500)).iter().sum::<u32>(), 1);
        assert_eq!(meter.total, 13);
    }
}
