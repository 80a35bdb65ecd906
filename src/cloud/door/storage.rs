//! Calls of S3, Firehose and Logs, and the delivery of what is due.

use crate::base::name::{bucket_arn, delivery_arn, log_stream_arn, object_arn};
use crate::base::time::Timestamp;
use crate::cloud::Cloud;
use crate::cloud::error::CloudError;
use crate::cloud::firehose::{Attempt, BatchAnswer, Delivery, DeliverySettings, Failure, LOG_STREAM};
use crate::cloud::iam::{Principal, role};
use crate::cloud::s3::{Listing, NewObject, Object};

/// The role that the Firehose pages make.
pub const DELIVERY_ROLE: &str = "firehose_delivery_role";

impl Cloud {
    /// PUT bucket.
    pub fn create_bucket(&mut self, now: Timestamp, by: &Principal, name: &str) -> Result<(), CloudError> {
        self.now = now;
        self.authorise(by, "s3:CreateBucket", &bucket_arn(name))?;
        self.s3.create_bucket(now, name)
    }

    /// DELETE bucket; it must be empty.
    pub fn delete_bucket(&mut self, now: Timestamp, by: &Principal, name: &str) -> Result<(), CloudError> {
        self.now = now;
        self.authorise(by, "s3:DeleteBucket", &bucket_arn(name))?;
        self.s3.delete_bucket(name)
    }

    /// Deletes every object of a bucket; says how many there were.
    pub fn empty_bucket(&mut self, now: Timestamp, by: &Principal, name: &str) -> Result<usize, CloudError> {
        self.now = now;
        self.authorise(by, "s3:DeleteObject", &object_arn(name, "*"))?;
        self.s3.empty_bucket(name)
    }

    /// ListObjectsV2: at most 1,000 entries from after `after` on.
    pub fn list_objects(
        &self,
        by: &Principal,
        bucket: &str,
        prefix: &str,
        delimiter: Option<char>,
        after: Option<&str>,
    ) -> Result<Listing, CloudError> {
        self.authorise(by, "s3:ListBucket", &bucket_arn(bucket))?;
        Ok(self.s3.bucket(bucket)?.list(prefix, delimiter, after, usize::MAX))
    }

    /// PUT object, as an upload does it.
    pub fn put_object(
        &mut self,
        now: Timestamp,
        by: &Principal,
        bucket: &str,
        key: &str,
        body: Vec<u8>,
    ) -> Result<(), CloudError> {
        self.now = now;
        self.authorise(by, "s3:PutObject", &object_arn(bucket, key))?;
        let lines = body.iter().filter(|it| **it == b'\n').count() as u64;
        self.s3.put_object(now, bucket, NewObject { key: key.to_owned(), body, lines, origin: None })
    }

    /// GET object. Who may not list the bucket learns "Access Denied" instead of "does not exist".
    pub fn get_object(&self, by: &Principal, bucket: &str, key: &str) -> Result<&Object, CloudError> {
        self.authorise(by, "s3:GetObject", &object_arn(bucket, key))?;
        let object = self.s3.object(bucket, key);
        if object.is_err() {
            self.authorise(by, "s3:ListBucket", &bucket_arn(bucket))?;
        }
        object
    }

    /// CreateDeliveryStream. The role must exist and trust Firehose; bucket and rights are only tried
    /// when there is something to deliver. With logging on, the log group is made too, as the pages do.
    pub fn create_delivery(
        &mut self,
        now: Timestamp,
        by: &Principal,
        settings: &DeliverySettings,
    ) -> Result<(), CloudError> {
        self.now = now;
        self.authorise(by, "firehose:CreateDeliveryStream", &delivery_arn(&settings.name))?;
        self.firehose.check(settings)?;
        let role_arn = self.iam.role_arn(&settings.role);
        self.authorise(by, "iam:PassRole", &role_arn)?;
        if !self.iam.assumes(now, role::FIREHOSE, &settings.role) {
            let message =
                format!("Firehose is unable to assume role {role_arn}. Please check the role provided.");
            return Err(CloudError::new("InvalidArgumentException", message));
        }
        self.firehose.create(now, settings)?;
        if settings.logging {
            let group = self.firehose.delivery(&settings.name)?.log_group();
            self.logs.create_group(now, &group);
        }
        Ok(())
    }

    /// What the button "Allow" does on the page of a new delivery stream: makes
    /// `firehose_delivery_role` if it does not exist, and writes a policy for this bucket and this
    /// delivery stream into it. Returns the role's name.
    pub fn allow_delivery(
        &mut self,
        now: Timestamp,
        by: &Principal,
        bucket: &str,
        delivery: &str,
    ) -> Result<String, CloudError> {
        self.ensure_service_role(now, by, DELIVERY_ROLE, "/", role::FIREHOSE)?;
        let taken = &self.iam.role(DELIVERY_ROLE)?.inline;
        let mut millis = now.as_millis();
        let mut name = format!("oneClick_{DELIVERY_ROLE}_{millis}");
        while taken.contains_key(&name) {
            millis += 1;
            name = format!("oneClick_{DELIVERY_ROLE}_{millis}");
        }
        let document = role::delivery_policy(bucket, delivery);
        self.put_role_policy(now, by, DELIVERY_ROLE, &name, &document)?;
        Ok(DELIVERY_ROLE.to_owned())
    }

    /// DeleteDeliveryStream; gone after 10 to 20 seconds, with what it still holds then.
    pub fn delete_delivery(&mut self, now: Timestamp, by: &Principal, name: &str) -> Result<(), CloudError> {
        self.now = now;
        self.authorise(by, "firehose:DeleteDeliveryStream", &delivery_arn(name))?;
        self.firehose.delete(now, name)
    }

    /// DescribeDeliveryStream.
    pub fn describe_delivery(&self, by: &Principal, name: &str) -> Result<&Delivery, CloudError> {
        self.authorise(by, "firehose:DescribeDeliveryStream", &delivery_arn(name))?;
        self.firehose.delivery(name)
    }

    /// PutRecordBatch: `lines` holds the records side by side, `ends` where each one ends. A buffer
    /// that this fills is delivered before the answer.
    pub fn put_record_batch(
        &mut self,
        now: Timestamp,
        by: &Principal,
        delivery: &str,
        lines: &[u8],
        ends: &[u32],
    ) -> Result<BatchAnswer, CloudError> {
        self.now = now;
        self.authorise(by, "firehose:PutRecordBatch", &delivery_arn(delivery))?;
        let answer = self.firehose.put(now, delivery, lines, ends)?;
        self.counts.put_batch(now, delivery, &answer, &mut self.watch);
        self.deliver(now);
        Ok(answer)
    }

    /// DeleteLogGroup, with every event in it.
    pub fn delete_log_group(&mut self, now: Timestamp, by: &Principal, name: &str) -> Result<(), CloudError> {
        self.now = now;
        self.authorise(by, "logs:DeleteLogGroup", &log_stream_arn(name, "*"))?;
        if self.logs.delete_group(name) {
            return Ok(());
        }
        Err(CloudError::new("ResourceNotFoundException", "The specified log group does not exist."))
    }

    /// Whether a delivery stream's role may put objects into its bucket: a dry check.
    pub fn may_deliver(&self, delivery: &Delivery) -> bool {
        let settings = &delivery.settings;
        self.iam.assumes(self.now, role::FIREHOSE, &settings.role)
            && self.role_may_put(&settings.role, &settings.name, &settings.bucket, "*")
    }

    /// Writes every object that is due.
    pub(in crate::cloud) fn deliver(&mut self, now: Timestamp) {
        while let Some(attempt) = self.firehose.attempt(now) {
            match self.try_delivery(now, &attempt) {
                Ok(()) => self.write(now, &attempt),
                Err(failure) => self.put_off(now, &attempt, failure),
            }
        }
    }

    /// Whether an object can be written now: role, rights, bucket.
    fn try_delivery(&self, now: Timestamp, attempt: &Attempt) -> Result<(), Failure> {
        let Attempt { role: name, delivery, bucket, key } = attempt;
        if !self.iam.assumes(now, role::FIREHOSE, name) || !self.role_may_put(name, delivery, bucket, key) {
            return Err(Failure::AccessDenied);
        }
        self.s3.bucket(bucket).map(|_| ()).map_err(|_| Failure::NoSuchBucket)
    }

    fn role_may_put(&self, role: &str, delivery: &str, bucket: &str, key: &str) -> bool {
        let by = Principal::Role { name: role.to_owned(), session: delivery.to_owned() };
        self.allowed(&by, "s3:PutObject", &object_arn(bucket, key)).allowed()
    }

    fn write(&mut self, now: Timestamp, attempt: &Attempt) {
        let age = self.age(now, &attempt.delivery);
        let Some(object) = self.firehose.delivered(attempt) else { return };
        let rows = object.origin.as_ref().map_or(0, |it| it.rows);
        self.counts.delivered(now, &attempt.delivery, rows, object.body.len(), age, &mut self.watch);
        let put = self.s3.put_object(now, &attempt.bucket, object);
        assert!(put.is_ok(), "the bucket was there when the attempt was checked");
    }

    /// Takes a failed attempt down: it is tried again later, and the log says why. The log is written
    /// whatever the role may do: otherwise it would be empty in the very case it is there for.
    fn put_off(&mut self, now: Timestamp, attempt: &Attempt, failure: Failure) {
        let age = self.age(now, &attempt.delivery);
        self.firehose.failed(now, attempt, failure);
        self.counts.not_delivered(now, &attempt.delivery, age, &mut self.watch);
        if let Ok(delivery) = self.firehose.delivery(&attempt.delivery)
            && delivery.settings.logging
        {
            self.logs.put(now, &delivery.log_group(), LOG_STREAM, delivery.log_line(failure));
        }
    }

    /// The age of the oldest row a delivery stream holds, in seconds.
    fn age(&self, now: Timestamp, delivery: &str) -> i64 {
        let oldest = self.firehose.delivery(delivery).ok().and_then(Delivery::oldest);
        oldest.map_or(0, |it| (now - it).as_millis() / 1000)
    }
}
