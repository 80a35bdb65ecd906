//! A random sample of everything that came by, in which the younger are likelier to be.
//!
//! Each arrival draws a key, and the sample is the arrivals with the smallest keys: weighted sampling
//! without replacement (Efraimidis and Spirakis 2006), with weights that grow by the factor e every
//! `decay` arrivals, so that what lies further back than `decay` fades. Keys are kept as logarithms,
//! which do not overflow however long the stream runs.

use serde::{Deserialize, Serialize};

use crate::base::seed::Chance;
use crate::sql::table::log::ln;

/// The keys of one tree's sample, the largest on top.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    size: usize,
    decay: f64,
    /// A heap: no entry has a larger key than the one at half its place.
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Entry {
    key: f64,
    item: u32,
}

/// What becomes of an arrival.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Offer {
    /// It is not wanted.
    Refused,
    /// It is wanted with this key, and there is room.
    Room(f64),
    /// It is wanted with this key, in the place of an item that has been taken out.
    Instead(f64, u32),
}

impl Sample {
    pub fn new(size: usize, decay: u64) -> Self {
        Self { size, decay: decay as f64, entries: Vec::new() }
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Draws for the arrival number `arrival`. Until the sample is full, everything is taken.
    pub fn offer(&mut self, arrival: u64, chance: &mut Chance) -> Offer {
        // Strictly between 0 and 1, and exact: half of a 52nd binary digit is the 53rd.
        let unit = ((chance.bits() >> 12) as f64 + 0.5) * (1.0 / (1u64 << 52) as f64);
        let key = ln(-ln(unit)) - arrival as f64 / self.decay;
        if self.entries.len() < self.size {
            return Offer::Room(key);
        }
        let largest = self.entries[0];
        if largest.key <= key {
            return Offer::Refused;
        }
        self.take_largest();
        Offer::Instead(key, largest.item)
    }

    /// Puts in what an [`Offer`] wanted.
    pub fn put(&mut self, key: f64, item: u32) {
        self.entries.push(Entry { key, item });
        let mut at = self.entries.len() - 1;
        while 0 < at {
            let above = (at - 1) / 2;
            if self.entries[at].key <= self.entries[above].key {
                break;
            }
            self.entries.swap(at, above);
            at = above;
        }
    }

    fn take_largest(&mut self) {
        self.entries.swap_remove(0);
        let mut at = 0;
        loop {
            let (left, right) = (2 * at + 1, 2 * at + 2);
            let mut largest = at;
            for child in [left, right] {
                if self.entries.get(child).is_some_and(|it| self.entries[largest].key < it.key) {
                    largest = child;
                }
            }
            if largest == at {
                return;
            }
            self.entries.swap(at, largest);
            at = largest;
        }
    }

    /// Bytes of memory it holds.
    pub fn bytes(&self) -> usize {
        self.entries.capacity() * size_of::<Entry>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::Seed;

    /// Of 20,000 arrivals with a decay of 1,000 the sample holds young ones: their mean age is about the
    /// decay, and without a decay to speak of it is half of all.
    #[test]
    fn the_young_are_likelier() {
        let mean_age = |decay: u64| {
            let mut chance = Seed(3).stream("sample");
            let mut sample = Sample::new(200, decay);
            for arrival in 0..20_000 {
                match sample.offer(arrival, &mut chance) {
                    Offer::Refused => {}
                    Offer::Room(key) | Offer::Instead(key, _) => sample.put(key, arrival as u32),
                }
            }
            assert_eq!(sample.len(), 200);
            sample.entries.iter().map(|it| 20_000.0 - f64::from(it.item)).sum::<f64>() / 200.0
        };
        assert!((800.0..1_300.0).contains(&mean_age(1_000)), "{}", mean_age(1_000));
        assert!((9_000.0..11_000.0).contains(&mean_age(1 << 30)), "{}", mean_age(1 << 30));
    }
}
