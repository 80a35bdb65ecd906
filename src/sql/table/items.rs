//! TOP_K_ITEMS_TUMBLING and COUNT_DISTINCT_ITEMS_TUMBLING: the values of a column, counted by window.
//!
//! The service estimates (Space Saving, HyperLogLog); here both are counted exactly.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The values of the window that is open.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Items {
    counts: BTreeMap<Box<[u8]>, Count>,
    /// Bytes of the values held.
    bytes: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Count {
    rows: u64,
    /// How many values were known before this one.
    first: u64,
}

impl Items {
    pub fn add(&mut self, item: &[u8]) {
        if let Some(count) = self.counts.get_mut(item) {
            count.rows += 1;
            return;
        }
        let first = self.counts.len() as u64;
        self.bytes += item.len();
        self.counts.insert(item.into(), Count { rows: 1, first });
    }

    /// How many different values there are.
    pub fn distinct(&self) -> usize {
        self.counts.len()
    }

    /// The `k` most frequent values with their counts; of equally frequent ones the earlier seen.
    pub fn top(&self, k: usize) -> Vec<(&[u8], u64)> {
        let mut all: Vec<(&[u8], Count)> =
            self.counts.iter().map(|(item, &count)| (&**item, count)).collect();
        let order = |it: &(&[u8], Count)| (std::cmp::Reverse(it.1.rows), it.1.first);
        if k < all.len() && 0 < k {
            all.select_nth_unstable_by_key(k - 1, order);
        }
        all.truncate(k);
        all.sort_by_key(order);
        all.into_iter().map(|(item, count)| (item, count.rows)).collect()
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Bytes of memory it holds, about.
    pub fn bytes(&self) -> usize {
        self.bytes + self.counts.len() * (size_of::<Box<[u8]>>() + size_of::<Count>())
    }
}

/// Where the window of a moment ends. Windows are aligned to the epoch, in UTC.
pub fn window_end(rowtime: i64, seconds: u32) -> i64 {
    let length = i64::from(seconds) * 1000;
    (rowtime.div_euclid(length) + 1) * length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_first() {
        let mut items = Items::default();
        for item in ["b", "a", "c", "a", "b", "d"] {
            items.add(item.as_bytes());
        }
        assert_eq!(items.distinct(), 4);
        assert_eq!(items.top(3), [(&b"b"[..], 2), (&b"a"[..], 2), (&b"c"[..], 1)]);
        assert_eq!(items.top(9).len(), 4);
    }

    #[test]
    fn windows_begin_at_the_epoch() {
        assert_eq!(window_end(0, 60), 60_000);
        assert_eq!(window_end(59_999, 60), 60_000);
        assert_eq!(window_end(60_000, 60), 120_000);
        assert_eq!(window_end(-1, 60), 0);
    }
}
