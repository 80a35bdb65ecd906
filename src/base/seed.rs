//! Chance with an owner: one seed, split by name into streams that do not disturb each other.
//!
//! Who draws says so: `producer.values`, `producer.keys`, `fault.timeouts`. Turning a fault on then
//! leaves the sensors' values as they were. The generator is Xoshiro256++, whose output is the same on
//! every platform and in every version, and numbers are taken from it with integer arithmetic only.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

/// The one number that, with the journal, decides everything that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seed(pub u64);

impl Default for Seed {
    /// The year of the workshop.
    fn default() -> Self {
        Self(2016)
    }
}

impl Seed {
    /// The stream of chance of the actor called `owner`.
    pub fn stream(self, owner: &str) -> Chance {
        // FNV-1a: short, fixed, and good enough to keep names apart.
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        for byte in owner.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        Chance(Xoshiro256PlusPlus::seed_from_u64(self.0.rotate_left(17) ^ hash))
    }
}

/// One actor's stream of chance. Copies go on alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chance(Xoshiro256PlusPlus);

impl Chance {
    /// 64 fresh bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A whole number from 0 to `bound - 1`; 0 when `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// A number from 0 to just under 1, with 53 random bits.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// `true` in `parts` of `whole` draws.
    pub fn happens(&mut self, parts: u64, whole: u64) -> bool {
        self.below(whole) < parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Streams with different owners differ; the same owner draws the same.
    #[test]
    fn streams_have_owners() {
        let draw = |owner: &str| Seed(7).stream(owner).bits();
        assert_eq!(draw("producer.values"), draw("producer.values"));
        assert_ne!(draw("producer.values"), draw("producer.keys"));
    }

    /// Draws stay below the bound and reach every value.
    #[test]
    fn below_covers_its_range() {
        let mut chance = Seed(7).stream("test");
        let mut seen = [0u32; 6];
        for _ in 0..6000 {
            seen[chance.below(6) as usize] += 1;
        }
        assert!(seen.iter().all(|&count| (850..1150).contains(&count)), "{seen:?}");
    }
}
