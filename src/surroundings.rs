//! The real clock: the only place that asks it. Front ends measure frames with it, `--start now` reads
//! it once; the simulated world never does.

use crate::base::time::Timestamp;

/// The real moment.
#[expect(clippy::disallowed_methods, reason = "the one door to the wall clock, for front ends only")]
pub fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Measures real time from when it was made.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "front ends pace frames by real time")]
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// Microseconds since it was started.
    pub fn micros(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}
