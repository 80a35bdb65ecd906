//! PutRecordBatch.

use crate::base::time::Timestamp;
use crate::cloud::error::CloudError;
use crate::cloud::firehose::Delivery;

/// Calls a delivery stream takes in a second in 2016 (firehose.md section 1).
pub(super) const CALLS: i64 = 2_000;
/// Records a second.
pub(super) const RECORDS: i64 = 5_000;
/// Bytes a second.
pub(super) const BYTES: i64 = 5 << 20;
/// Records of one call.
const BATCH_RECORDS_MAX: usize = 500;
/// Bytes of one call.
const BATCH_BYTES_MAX: usize = 4 << 20;
/// Bytes of one record.
const RECORD_BYTES_MAX: u32 = 1_000 << 10;

/// The answer to a PutRecordBatch call.
///
/// Records are refused when the second's throughput is used up. From the first one that does not fit,
/// the rest of the call is refused, so that what is accepted keeps its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchAnswer {
    /// The first so many records were accepted.
    pub accepted: usize,
    /// `FailedPutCount`.
    pub refused: usize,
    /// The number of the first accepted row, counted over the delivery stream's life.
    pub first_row: u64,
    /// Bytes of the accepted records.
    pub bytes: u64,
}

impl BatchAnswer {
    /// ErrorCode and ErrorMessage of a record; `None` if it was accepted.
    pub fn error(&self, record: usize) -> Option<CloudError> {
        (self.accepted <= record && record < self.accepted + self.refused).then(slow_down)
    }

    /// The first record's error, if any was refused.
    pub fn first_error(&self) -> Option<CloudError> {
        self.error(self.accepted)
    }
}

/// `ServiceUnavailableException`, `Slow down.`: of a call and of a record.
fn slow_down() -> CloudError {
    CloudError::new("ServiceUnavailableException", "Slow down.")
        .hint("A delivery stream takes 2,000 calls, 5,000 records and 5 MB a second.")
}

/// What makes the whole call invalid.
pub(super) fn check(lines: &[u8], ends: &[u32]) -> Result<(), CloudError> {
    if ends.is_empty() {
        let rule = "Member must have length greater than or equal to 1";
        return Err(CloudError::constraint("[]", "records", rule));
    }
    if BATCH_RECORDS_MAX < ends.len() {
        let rule = "Member must have length less than or equal to 500";
        return Err(CloudError::constraint("[…]", "records", rule));
    }
    let mut begin = 0;
    for (at, &end) in ends.iter().enumerate() {
        assert!(begin <= end && end as usize <= lines.len(), "the ends of a batch grow and stay inside it");
        if RECORD_BYTES_MAX < end - begin {
            let field = format!("records.{}.member.data", at + 1);
            let rule = "Member must have length less than or equal to 1024000";
            return Err(CloudError::constraint("…", &field, rule));
        }
        begin = end;
    }
    if BATCH_BYTES_MAX < begin as usize {
        return Err(CloudError::new("InvalidArgumentException", "Records size exceeds 4 MB limit"));
    }
    Ok(())
}

impl Delivery {
    pub(super) fn put(
        &mut self,
        now: Timestamp,
        lines: &[u8],
        ends: &[u32],
    ) -> Result<BatchAnswer, CloudError> {
        self.calls.refill(now);
        self.records.refill(now);
        self.bytes.refill(now);
        if !self.calls.holds(1) {
            return Err(slow_down());
        }
        self.calls.take(1);
        let first_row = self.accepted.total;
        let bytes_max = self.buffer_bytes_max();
        let (mut accepted, mut pending, mut begin, mut last) = (0, 0, 0, 0);
        for &end in ends {
            if !self.records.holds(1) || !self.bytes.holds(i64::from(end - last)) {
                break;
            }
            self.records.take(1);
            self.bytes.take(i64::from(end - last));
            last = end;
            accepted += 1;
            // Records are not split, so a buffer may end up a little over its size.
            if bytes_max <= self.buffer.len() + u64::from(end - begin) {
                let rows = accepted - pending;
                self.buffer.push(now, first_row + pending, rows, &lines[begin as usize..end as usize]);
                self.seal();
                (pending, begin) = (accepted, end);
            }
        }
        if pending < accepted {
            let rows = accepted - pending;
            self.buffer.push(now, first_row + pending, rows, &lines[begin as usize..last as usize]);
        }
        let refused = ends.len() - accepted as usize;
        self.accepted.add(now, accepted);
        self.throttled.add(now, refused as u64);
        if 0 < accepted {
            self.last_accepted_at = Some(now);
        }
        Ok(BatchAnswer { accepted: accepted as usize, refused, first_row, bytes: u64::from(last) })
    }
}
