//! So much a second, and not more.

use serde::{Deserialize, Serialize};

use crate::base::time::Timestamp;

/// A token bucket that holds a second's worth and is refilled all the time (streams.md 4.3: the real
/// algorithm is not published; this one matches what users see). Counted in thousandths, so that every
/// millisecond brings a whole number.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Budget {
    level: i64,
    per_second: i64,
    filled_at: Timestamp,
}

impl Budget {
    pub fn new(per_second: i64) -> Self {
        Self { level: per_second * 1000, per_second, filled_at: Timestamp::EPOCH }
    }

    /// Adds what has flowed in since the last time.
    pub fn refill(&mut self, now: Timestamp) {
        if now <= self.filled_at {
            return;
        }
        let millis = (now - self.filled_at).as_millis().min(1_000_000);
        self.level = (self.level + millis * self.per_second).min(self.per_second * 1000);
        self.filled_at = now;
    }

    /// Whether there is anything at all.
    pub fn positive(&self) -> bool {
        0 < self.level
    }

    #[inline]
    pub fn holds(&self, count: i64) -> bool {
        count * 1000 <= self.level
    }

    /// Takes tokens, whether they are there or not: a level below nothing is a debt.
    #[inline]
    pub fn take(&mut self, count: i64) {
        self.level -= count * 1000;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A budget never holds more than a second's worth, and a debt is paid back first.
    #[test]
    fn budgets_refill() {
        let at = |millis: i64| Timestamp::from_millis(1_000_000 + millis);
        let mut budget = Budget::new(5);
        budget.refill(at(0));
        budget.take(5);
        assert!(!budget.holds(1));
        budget.refill(at(200));
        assert!(budget.holds(1) && !budget.holds(2));
        budget.take(6);
        budget.refill(at(1200));
        assert!(!budget.holds(1));
        budget.refill(at(60_000));
        assert!(budget.holds(5) && !budget.holds(6));
    }
}
