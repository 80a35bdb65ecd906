//! Kinesis Streams: routing, limits, partial failures, iterators, retention, metrics.

use pumphouse::cloud::Cloud;
use pumphouse::cloud::kinesis::{PutBatch, PutResult};
use pumphouse::cloud::shard::hash_key;

use super::{ROOT, at, with_stream};

const REGION: &str = "us-west-2";

fn shards_of(cloud: &mut Cloud, secs: i64, keys: impl IntoIterator<Item = String>) -> Vec<u32> {
    let mut batch = PutBatch::default();
    keys.into_iter().for_each(|key| batch.push(&key, b"x"));
    let answer = cloud.put_records(at(secs), &ROOT, REGION, "iot", &batch).expect("accepted");
    let shard = |it: &PutResult| match it {
        PutResult::Accepted { shard, .. } | PutResult::Throttled { shard } => shard.0,
    };
    answer.results.iter().map(shard).collect()
}

/// The table of streams.md 2.2: key, MD5, shard of two, three, four and five.
#[test]
fn keys_go_where_their_digest_says() {
    let table = [
        ("a", 0x0cc175b9c0f1b6a831c399e269772661_u128, [0, 0, 0, 0]),
        ("1", 0xc4ca4238a0b923820dcc509a6f75849b, [1, 2, 3, 3]),
        ("42", 0xa1d0c6e83f027327d8461063f4ac58a6, [1, 1, 2, 3]),
        ("partitionKey", 0x916fb4607e9099fa19225279d711a12e, [1, 1, 2, 2]),
        ("sensor-0", 0x31564b252046722ea9af7a0486f63116, [0, 0, 0, 0]),
        ("sensor-1", 0xebf13c772710e5bc59e6f266271799d6, [1, 2, 3, 4]),
        ("sensor-42", 0x60f52c374ae48a2f4b57906c53b0a844, [0, 1, 1, 1]),
        ("sensor-100", 0x163e3a0b3f02924814f47000a1244d5b, [0, 0, 0, 0]),
        ("é", 0x66ddcd97cfdeabb2f6fb8a999b4bc76f, [0, 1, 1, 2]),
    ];
    for (key, digest, _) in table {
        assert_eq!(hash_key(key.as_bytes()), digest, "{key}");
    }
    for (place, shards) in [2, 3, 4, 5].into_iter().enumerate() {
        let mut cloud = with_stream(shards);
        let found = shards_of(&mut cloud, 30, table.map(|it| it.0.to_owned()));
        assert_eq!(found, table.map(|it| it.2[place]), "{shards} shards");
    }
}

/// The sensors' names split 46 to 55 (streams.md 2.2).
#[test]
fn sensors_split_nearly_evenly() {
    let mut cloud = with_stream(2);
    let found = shards_of(&mut cloud, 30, (0..=100).map(|it| format!("sensor-{it}")));
    let first = found.iter().filter(|it| **it == 0).count();
    assert_eq!((first, found.len() - first), (46, 55));
}
