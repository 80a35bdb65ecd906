//! The names of things: the account and region of the workshop, ARNs, shard ids, sequence numbers.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The simulated account. The number of AWS's own documentation examples, so that nobody mistakes it.
pub const ACCOUNT: &str = "123456789012";
/// The workshop's region, Oregon.
pub const REGION: &str = "us-west-2";
/// Regions a producer may be pointed at; only [`REGION`] holds anything.
pub const REGIONS: [&str; 4] = ["us-east-1", "us-west-1", "us-west-2", "eu-west-1"];

/// `arn:aws:kinesis:us-west-2:123456789012:stream/<name>`.
pub fn stream_arn(name: &str) -> String {
    format!("arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{name}")
}

/// `arn:aws:firehose:us-west-2:123456789012:deliverystream/<name>`.
pub fn delivery_arn(name: &str) -> String {
    format!("arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/{name}")
}

/// `arn:aws:kinesisanalytics:us-west-2:123456789012:application/<name>`.
pub fn application_arn(name: &str) -> String {
    format!("arn:aws:kinesisanalytics:{REGION}:{ACCOUNT}:application/{name}")
}

/// `arn:aws:s3:::<bucket>`.
pub fn bucket_arn(name: &str) -> String {
    format!("arn:aws:s3:::{name}")
}

/// `arn:aws:s3:::<bucket>/<key>`.
pub fn object_arn(bucket: &str, key: &str) -> String {
    format!("arn:aws:s3:::{bucket}/{key}")
}

/// `arn:aws:iam::123456789012:user/<name>`.
pub fn user_arn(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:user/{name}")
}

/// `arn:aws:iam::123456789012:role<path><name>`; `path` is `/` or `/service-role/`.
pub fn role_arn(path: &str, name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role{path}{name}")
}

/// `arn:aws:iam::aws:policy/<name>`, a policy managed by AWS.
pub fn managed_policy_arn(name: &str) -> String {
    format!("arn:aws:iam::aws:policy/{name}")
}

/// `arn:aws:logs:us-west-2:123456789012:log-group:<group>:log-stream:<stream>`.
pub fn log_stream_arn(group: &str, stream: &str) -> String {
    format!("arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}:log-stream:{stream}")
}

/// Whether `name` is 1 to `length_max` characters of letters, digits, `_`, `.` and `-`: the rule of
/// streams (128), applications (128) and delivery streams (64).
pub fn plain(name: &str, length_max: usize) -> bool {
    let known = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'.' | b'-');
    (1..=length_max).contains(&name.len()) && name.bytes().all(known)
}

/// The place of a shard in its stream, counted from 0 and never used twice; prints as
/// `shardId-000000000000`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ShardId(pub u32);

impl fmt::Display for ShardId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "shardId-{:012}", self.0)
    }
}

/// A record's sequence number in the layout that live numbers have (streams.md section 3, seen):
/// 47 hexadecimal digits `2 created:9 shard:1 counter:16 00 put:9 shard:8 2`, printed in decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SequenceNumber {
    /// When the shard was made, epoch seconds.
    pub created_secs: u64,
    /// Grows with every record of the stream's shards.
    pub counter: u64,
    /// When the record was put, epoch seconds.
    pub put_secs: u64,
    pub shard: ShardId,
}

/// The largest counter; the ending number of a closed shard carries it.
pub const COUNTER_MAX: u64 = 0x7fff_ffff_ffff_ffff;

impl fmt::Display for SequenceNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // 188 bits, most significant first, as six 32-bit words.
        let mut words = [0u32; 6];
        let mut push = |bits: u32, value: u64| {
            for _ in 0..bits / 4 {
                let mut carry = 0;
                for word in words.iter_mut().rev() {
                    let next = *word >> 28;
                    *word = *word << 4 | carry;
                    carry = next;
                }
            }
            for (at, word) in words.iter_mut().rev().enumerate().take(2) {
                *word |= (value >> (32 * at)) as u32;
            }
        };
        push(4, 2);
        push(36, self.created_secs);
        push(4, u64::from(self.shard.0 & 0xf));
        push(64, self.counter);
        push(8, 0);
        push(36, self.put_secs);
        push(32, u64::from(self.shard.0));
        push(4, 2);
        let mut groups = Vec::with_capacity(7);
        while words.iter().any(|&word| word != 0) {
            let mut rest: u64 = 0;
            for word in &mut words {
                let value = rest << 32 | u64::from(*word);
                *word = (value / 1_000_000_000) as u32;
                rest = value % 1_000_000_000;
            }
            groups.push(rest);
        }
        let mut text = groups.pop().unwrap_or(0).to_string();
        for group in groups.into_iter().rev() {
            text.push_str(&format!("{group:09}"));
        }
        out.write_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of streams.md section 3: creation 2016-10-26T21:03:20Z, three shards and moments.
    #[test]
    fn sequence_numbers_match_the_published_layout() {
        let at = |shard, counter, put_secs| {
            SequenceNumber { created_secs: 1_477_515_800, counter, put_secs, shard: ShardId(shard) }
                .to_string()
        };
        assert_eq!(at(0, 0, 1_477_515_800), "49567052561830093587074539429004880568840930301136863234");
        assert_eq!(at(1, 0, 1_477_515_800), "49567052561852394332273070052146416287113578662642843666");
        assert_eq!(at(0, 1, 1_477_515_862), "49567052561830093587074539429006089494660549190919127042");
        assert_eq!(
            at(0, COUNTER_MAX, 1_477_519_400),
            "49567052561841243959673804740574439502157887242831396866"
        );
    }

    #[test]
    fn shard_ids_have_twelve_digits() {
        assert_eq!(ShardId(1).to_string(), "shardId-000000000001");
    }
}
