//! Calls of Kinesis Streams.

use crate::base::name::{REGION, ShardId, stream_arn};
use crate::base::time::Timestamp;
use crate::cloud::error::CloudError;
use crate::cloud::iam::Principal;
use crate::cloud::kinesis::{GetAnswer, IteratorType, PutAnswer, PutBatch, ShardIterator, Stream};
use crate::cloud::{Cloud, stream_arn_in};

impl Cloud {
    /// CreateStream; ACTIVE after 12 to 20 seconds.
    pub fn create_stream(
        &mut self,
        now: Timestamp,
        by: &Principal,
        name: &str,
        shards: u32,
    ) -> Result<(), CloudError> {
        self.now = now;
        self.authorise(by, "kinesis:CreateStream", &stream_arn(name))?;
        self.kinesis.create(now, name, shards)
    }

    /// DeleteStream; gone after 25 to 35 seconds, with every record.
    pub fn delete_stream(&mut self, now: Timestamp, by: &Principal, name: &str) -> Result<(), CloudError> {
        self.now = now;
        self.authorise(by, "kinesis:DeleteStream", &stream_arn(name))?;
        self.kinesis.delete(now, name)
    }

    /// EnableEnhancedMonitoring for all shard-level metrics.
    pub fn enable_shard_metrics(
        &mut self,
        now: Timestamp,
        by: &Principal,
        stream: &str,
    ) -> Result<(), CloudError> {
        self.now = now;
        self.authorise(by, "kinesis:EnableEnhancedMonitoring", &stream_arn(stream))?;
        self.kinesis.set_shard_metrics(stream, true)
    }

    /// DisableEnhancedMonitoring for all shard-level metrics.
    pub fn disable_shard_metrics(
        &mut self,
        now: Timestamp,
        by: &Principal,
        stream: &str,
    ) -> Result<(), CloudError> {
        self.now = now;
        self.authorise(by, "kinesis:DisableEnhancedMonitoring", &stream_arn(stream))?;
        self.kinesis.set_shard_metrics(stream, false)
    }

    /// DescribeStream.
    pub fn describe_stream(&self, by: &Principal, stream: &str) -> Result<&Stream, CloudError> {
        self.authorise(by, "kinesis:DescribeStream", &stream_arn(stream))?;
        self.kinesis.stream(stream)
    }

    /// ListStreams: names in alphabetical order.
    pub fn list_streams(&self, by: &Principal) -> Result<Vec<String>, CloudError> {
        self.authorise(by, "kinesis:ListStreams", &stream_arn("*"))?;
        Ok(self.kinesis.streams().map(|it| it.name.clone()).collect())
    }

    /// PutRecords to a stream of a region. Accepted records can be read from their arrival on: entry
    /// *i* reaches the service *i* × 100 µs after the call began.
    pub fn put_records(
        &mut self,
        now: Timestamp,
        by: &Principal,
        region: &str,
        stream: &str,
        batch: &PutBatch,
    ) -> Result<PutAnswer, CloudError> {
        self.now = now;
        self.authorise(by, "kinesis:PutRecords", &stream_arn_in(region, stream))?;
        self.check_region(region, stream)?;
        let answer = self.kinesis.put(now, stream, batch)?;
        let stream = self.kinesis.stream(stream)?;
        self.counts.put(now, stream, &answer, &mut self.watch);
        Ok(answer)
    }

    /// What a PutRecords call made now would be refused with as a whole.
    pub fn could_put(&self, by: &Principal, region: &str, stream: &str) -> Result<(), CloudError> {
        self.authorise(by, "kinesis:PutRecords", &stream_arn_in(region, stream))?;
        self.check_region(region, stream)?;
        self.kinesis.could_put(stream)
    }

    /// GetShardIterator.
    pub fn shard_iterator(
        &mut self,
        now: Timestamp,
        by: &Principal,
        stream: &str,
        shard: ShardId,
        kind: IteratorType,
    ) -> Result<ShardIterator, CloudError> {
        self.now = now;
        self.authorise(by, "kinesis:GetShardIterator", &stream_arn(stream))?;
        self.kinesis.iterator(now, stream, shard, kind)
    }

    /// GetRecords: at most `limit` records, 1 to 10,000.
    pub fn get_records(
        &mut self,
        now: Timestamp,
        by: &Principal,
        iterator: &ShardIterator,
        limit: u32,
    ) -> Result<GetAnswer, CloudError> {
        self.now = now;
        self.authorise(by, "kinesis:GetRecords", &stream_arn(&iterator.stream))?;
        let answer = self.kinesis.get(now, iterator, limit);
        if let Ok(stream) = self.kinesis.stream(&iterator.stream) {
            match &answer {
                Ok(answer) => self.counts.get(now, stream, iterator.shard, answer, &mut self.watch),
                Err(error) if error.code == "ProvisionedThroughputExceededException" => {
                    self.counts.get_exceeded(now, stream, iterator.shard, &mut self.watch);
                }
                Err(_) => {}
            }
        }
        answer
    }

    /// The data of the newest records of a stream, at most `count`: what schema discovery looks at. It
    /// reads as GetRecords does but takes nothing from the limits of the shards.
    pub fn sample_records(
        &self,
        by: &Principal,
        stream: &str,
        count: usize,
    ) -> Result<Vec<Vec<u8>>, CloudError> {
        self.authorise(by, "kinesis:GetRecords", &stream_arn(stream))?;
        let stream = self.kinesis.stream(stream)?;
        let mut newest = Vec::new();
        for shard in stream.shards() {
            for piece in shard.newest(count as u64) {
                let records = piece.records(shard.id, shard.created_secs);
                newest.extend(records.map(|it| (it.arrived_at, it.data.to_vec())));
            }
        }
        newest.sort_by_key(|it| it.0);
        newest.drain(..newest.len().saturating_sub(count));
        Ok(newest.into_iter().map(|it| it.1).collect())
    }

    /// Streams are in one region; a call to another finds nothing there.
    fn check_region(&self, region: &str, stream: &str) -> Result<(), CloudError> {
        if region == REGION {
            return Ok(());
        }
        let error = CloudError::stream_not_found(stream);
        let hint = match self.kinesis.stream(stream) {
            Ok(_) => {
                format!("No stream `{stream}` in {region}. Streams live in one region; yours is in {REGION}.")
            }
            Err(_) => format!("No stream `{stream}` in {region}."),
        };
        Err(error.hint(hint))
    }
}
