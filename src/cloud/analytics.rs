//! Kinesis Analytics: applications that read a stream through SQL.
//!
//! An application has an input with a schema, code, and outputs. While it runs it polls the shards once
//! a second through its role, turns records into rows of `SOURCE_SQL_STREAM_001`, lets the pump engine
//! work, and sends the rows of the streams that its outputs name to delivery streams. It calls other
//! services only by the API that a program on AWS would use, as its role. What it does not do: Lambda
//! (COMPAT.md).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::name::{REGION, application_arn, delivery_arn, object_arn, plain, stream_arn};
use crate::base::seed::{Chance, Seed};
use crate::base::time::{Span, Timestamp};
use crate::cloud::error::CloudError;
use crate::cloud::mapping::Schema;
use crate::cloud::{Cloud, Principal};
use crate::sql::diag::Diagnostic;
use crate::sql::value::SqlType;

pub mod app;
pub mod facts;
pub mod input;
pub mod reference;
pub mod run;
pub mod tally;

pub use app::{Application, Output, State};
pub use input::Input;
pub use reference::Reference;
pub use run::StartAt;

/// The first in-application stream: the console's name prefix and `_001`.
pub const SOURCE: &str = "SOURCE_SQL_STREAM_001";
/// Outputs an application may have (sql.md 6.9).
pub const OUTPUTS_MAX: usize = 3;
/// Applications an account may have in a region (sql.md 6.9).
pub const APPLICATIONS_MAX: usize = 50;
/// Characters of code an application may have (sql.md 6.1).
pub const CODE_MAX: usize = 102_400;
/// Who may assume an application's role.
pub const TRUSTED: &str = "kinesisanalytics.amazonaws.com";

/// Every application of the account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Analytics {
    apps: BTreeMap<String, Application>,
    /// Draws how long changes of state take.
    chance: Chance,
}

/// A refusal, with every error of the code where the code is to blame.
#[derive(Clone, Debug)]
pub struct Refused {
    pub error: CloudError,
    pub diagnostics: Vec<Diagnostic>,
}

impl From<CloudError> for Refused {
    fn from(error: CloudError) -> Self {
        Self { error, diagnostics: Vec::new() }
    }
}

impl Analytics {
    pub fn new(seed: Seed) -> Self {
        Self { apps: BTreeMap::new(), chance: seed.stream("analytics.states") }
    }

    /// The applications by name.
    pub fn apps(&self) -> impl Iterator<Item = &Application> {
        self.apps.values()
    }

    pub fn app(&self, name: &str) -> Result<&Application, CloudError> {
        self.apps.get(name).ok_or_else(|| not_found(name, self.apps.keys()))
    }

    /// The application for a call that changes or runs it: allowed first, then found.
    fn authorised(
        &mut self,
        by: &Principal,
        action: &str,
        name: &str,
        cloud: &Cloud,
    ) -> Result<&mut Application, CloudError> {
        cloud.authorise(by, action, &application_arn(name))?;
        if !self.apps.contains_key(name) {
            return Err(not_found(name, self.apps.keys()));
        }
        self.apps.get_mut(name).ok_or_else(|| CloudError::new("InternalFailure", "application vanished"))
    }

    /// CreateApplication.
    pub fn create(
        &mut self,
        now: Timestamp,
        by: &Principal,
        name: &str,
        cloud: &Cloud,
    ) -> Result<(), CloudError> {
        cloud.authorise(by, "kinesisanalytics:CreateApplication", &application_arn(name))?;
        if !plain(name, 128) {
            let error =
                CloudError::new("InvalidArgumentException", format!("application name {name} is not valid"));
            return Err(error.hint("Names use letters, digits, `_`, `.` and `-`, up to 128 characters."));
        }
        if self.apps.contains_key(name) {
            let error =
                CloudError::new("ResourceInUseException", format!("Application {name} already exists."));
            return Err(error.hint("Use it, or choose another name."));
        }
        if self.apps.len() >= APPLICATIONS_MAX {
            let message = format!("Cannot exceed {APPLICATIONS_MAX} applications.");
            return Err(CloudError::new("LimitExceededException", message));
        }
        self.apps.insert(name.to_owned(), Application::new(name, now));
        Ok(())
    }

    /// DeleteApplication. The code goes with it.
    pub fn delete(
        &mut self,
        now: Timestamp,
        by: &Principal,
        name: &str,
        cloud: &Cloud,
    ) -> Result<(), CloudError> {
        let takes = self.duration(5, 10);
        let app = self.authorised(by, "kinesisanalytics:DeleteApplication", name, cloud)?;
        match app.state() {
            State::Ready | State::Running => {
                app.delete(now + takes);
                Ok(())
            }
            _ => Err(app.busy()),
        }
    }

    /// AddApplicationInput, as the console does it: makes the role that may read the stream, then looks
    /// for a schema. Finding none is no failure; the answer says so.
    pub fn connect_source(
        &mut self,
        now: Timestamp,
        by: &Principal,
        name: &str,
        stream: &str,
        cloud: &mut Cloud,
    ) -> Result<Option<CloudError>, CloudError> {
        let app = self.authorised(by, "kinesisanalytics:AddApplicationInput", name, cloud)?;
        if app.state() != State::Ready {
            return Err(app.busy());
        }
        cloud.describe_stream(by, stream)?;
        let role = app.role_name();
        cloud.ensure_service_role(now, by, &role, "/service-role/", TRUSTED)?;
        cloud.put_role_policy(now, by, &role, "ReadInputKinesis", &read_policy(stream))?;
        app.set_input(stream);
        Ok(app.discover(now, cloud).err())
    }

    /// DiscoverInputSchema on the connected stream.
    pub fn discover(
        &mut self,
        now: Timestamp,
        by: &Principal,
        name: &str,
        cloud: &mut Cloud,
    ) -> Result<(), CloudError> {
        self.authorised(by, "kinesisanalytics:DiscoverInputSchema", name, cloud)?.discover(now, cloud)
    }

    /// Changes the type of a column of the schema on the page.
    pub fn edit_schema(
        &mut self,
        by: &Principal,
        name: &str,
        column: &str,
        ty: SqlType,
        cloud: &Cloud,
    ) -> Result<(), CloudError> {
        self.authorised(by, "kinesisanalytics:UpdateApplication", name, cloud)?.edit_schema(column, ty)
    }

    /// "Save and continue" on the schema page.
    pub fn save_schema(
        &mut self,
        now: Timestamp,
        by: &Principal,
        name: &str,
        cloud: &mut Cloud,
    ) -> Result<(), Refused> {
        let takes = self.duration(8, 15);
        let app = self.authorised(by, "kinesisanalytics:UpdateApplication", name, cloud)?;
        app.save_schema(now, takes)
    }

    /// Writes the whole schema of the page as text: columns, row path, delimiters. Answers how many columns.
    pub fn write_schema(
        &mut self,
        by: &Principal,
        name: &str,
        schema: &str,
        cloud: &Cloud,
    ) -> Result<usize, CloudError> {
        self.authorised(by, "kinesisanalytics:UpdateApplication", name, cloud)?.write_schema(schema)
    }

    /// UpdateApplication with another count of in-application source streams.
    pub fn set_parallelism(
        &mut self,
        now: Timestamp,
        by: &Principal,
        name: &str,
        streams: u32,
        cloud: &Cloud,
    ) -> Result<(), Refused> {
        let takes = self.duration(8, 15);
        let app = self.authorised(by, "kinesisanalytics:UpdateApplication", name, cloud)?;
        app.change_input(now, takes, |it| it.set_parallelism(streams))
    }

    /// UpdateApplication with another name prefix.
    pub fn set_prefix(
        &mut self,
        now: Timestamp,
        by: &Principal,
        name: &str,
        prefix: &str,
        cloud: &Cloud,
    ) -> Result<(), Refused> {
        let takes = self.duration(8, 15);
        let app = self.authorised(by, "kinesisanalytics:UpdateApplication", name, cloud)?;
        app.change_input(now, takes, |it| it.set_prefix(prefix))
    }

    /// AddApplicationReferenceDataSource, as the console does it: lets the role read the object, discovers
    /// its columns where none are given. `place` is table, bucket and key. Answers how many columns.
    pub fn add_reference(
        &mut self,
        now: Timestamp,
        by: &Principal,
        name: &str,
        place: (&str, &str, &str),
        schema: Option<&str>,
        cloud: &mut Cloud,
    ) -> Result<usize, Refused> {
        let takes = self.duration(8, 15);
        let (table, bucket, key) = place;
        let app = self.authorised(by, "kinesisanalytics:AddApplicationReferenceDataSource", name, cloud)?;
        app.may_have_reference(table)?;
        let schema = match schema {
            Some(text) => reference::schema(text)?,
            None => reference::discover(by, bucket, key, cloud)?,
        };
        let columns = schema.columns.len();
        let role = app.role_name();
        cloud.ensure_service_role(now, by, &role, "/service-role/", TRUSTED)?;
        cloud.put_role_policy(now, by, &role, "ReadS3ReferenceData", &reference_policy(bucket, key))?;
        app.add_reference(now, takes, Reference::new(table, bucket, key, schema));
        Ok(columns)
    }

    /// DeleteApplicationReferenceDataSource. Answers the table's name.
    pub fn delete_reference(
        &mut self,
        now: Timestamp,
        by: &Principal,
        name: &str,
        cloud: &Cloud,
    ) -> Result<String, Refused> {
        let takes = self.duration(8, 15);
        self.authorised(by, "kinesisanalytics:DeleteApplicationReferenceDataSource", name, cloud)?
            .delete_reference(now, takes)
    }

    /// UpdateApplication with new code: refused whole with every diagnostic, or taken over whole.
    pub fn save_code(
        &mut self,
        now: Timestamp,
        by: &Principal,
        name: &str,
        code: &str,
        cloud: &mut Cloud,
    ) -> Result<(), Refused> {
        let takes = self.duration(8, 15);
        let app = self.authorised(by, "kinesisanalytics:UpdateApplication", name, cloud)?;
        app.save_code(now, takes, code)
    }

    /// AddApplicationOutput, as the console does it: also lets the role write to the delivery stream.
    pub fn connect_destination(
        &mut self,
        now: Timestamp,
        by: &Principal,
        name: &str,
        output: Output,
        cloud: &mut Cloud,
    ) -> Result<(), CloudError> {
        let takes = self.duration(8, 15);
        let app = self.authorised(by, "kinesisanalytics:AddApplicationOutput", name, cloud)?;
        cloud.describe_delivery(by, &output.delivery)?;
        let role = app.role_name();
        app.add_output(now, takes, output)?;
        // One policy for all outputs: an application may write to several delivery streams.
        let policy = write_policy(app.outputs.iter().map(|it| it.delivery.as_str()));
        cloud.ensure_service_role(now, by, &role, "/service-role/", TRUSTED)?;
        cloud.put_role_policy(now, by, &role, "WriteOutputFirehose", &policy)
    }

    /// DeleteApplicationOutput.
    pub fn disconnect_destination(
        &mut self,
        now: Timestamp,
        by: &Principal,
        name: &str,
        stream: &str,
        cloud: &Cloud,
    ) -> Result<(), CloudError> {
        let takes = self.duration(8, 15);
        self.authorised(by, "kinesisanalytics:DeleteApplicationOutput", name, cloud)?
            .remove_output(now, takes, stream)
    }

    /// StartApplication.
    pub fn start(
        &mut self,
        now: Timestamp,
        by: &Principal,
        name: &str,
        at: Option<StartAt>,
        cloud: &Cloud,
    ) -> Result<(), CloudError> {
        let takes = self.duration(12, 25);
        self.authorised(by, "kinesisanalytics:StartApplication", name, cloud)?.start(now, takes, at)
    }

    /// StopApplication. Open windows are dropped; their rows are read again at the next start.
    pub fn stop(
        &mut self,
        now: Timestamp,
        by: &Principal,
        name: &str,
        cloud: &Cloud,
    ) -> Result<(), CloudError> {
        let takes = self.duration(4, 8);
        self.authorised(by, "kinesisanalytics:StopApplication", name, cloud)?.stop(now, takes)
    }

    pub fn next_due(&self) -> Option<Timestamp> {
        self.apps.values().filter_map(Application::next_due).min()
    }

    /// Changes states, polls streams and closes windows that are due.
    pub fn wake(&mut self, now: Timestamp, cloud: &mut Cloud) {
        for app in self.apps.values_mut() {
            if app.next_due().is_some_and(|it| it <= now) {
                app.wake(now, cloud);
            }
        }
        self.apps.retain(|_, it| !it.gone());
    }

    /// Puts what is compiled into a form that a checkpoint can hold.
    pub fn prepare_checkpoint(&mut self) {
        self.apps.values_mut().for_each(Application::prepare_checkpoint);
    }

    /// Compiles again what a checkpoint does not hold.
    pub fn rebuild(&mut self) {
        self.apps.values_mut().for_each(Application::rebuild);
    }

    fn duration(&mut self, least_secs: u64, most_secs: u64) -> Span {
        let secs = least_secs + self.chance.below(most_secs - least_secs + 1);
        Span::from_secs(secs as i64)
    }

    /// The schema of a connected application, saved or not; for checking code as it is typed.
    pub fn schema(&self, name: &str) -> Option<&Schema> {
        self.apps.get(name)?.schema()
    }
}

fn not_found<'a>(name: &str, known: impl Iterator<Item = &'a String>) -> CloudError {
    let near = crate::sql::diag::nearest(name, known.map(String::as_str));
    let message = format!("Application {name} not found.");
    let error = CloudError::new("ResourceNotFoundException", message);
    match near {
        Some(near) => error.hint(format!("Did you mean `{near}`?")),
        None => error.hint(format!("`create app {name}` makes it in {REGION}.")),
    }
}

/// What an application's role may do with its source (iam.md section 7).
fn read_policy(stream: &str) -> String {
    policy(
        "ReadInputKinesis",
        &["kinesis:DescribeStream", "kinesis:GetShardIterator", "kinesis:GetRecords"],
        &[stream_arn(stream)],
    )
}

/// What an application's role may do with its destination (iam.md section 7).
fn write_policy<'a>(deliveries: impl Iterator<Item = &'a str>) -> String {
    let mut resources: Vec<String> = deliveries.map(delivery_arn).collect();
    resources.sort();
    resources.dedup();
    policy(
        "WriteOutputFirehose",
        &["firehose:DescribeDeliveryStream", "firehose:PutRecord", "firehose:PutRecordBatch"],
        &resources,
    )
}

/// What an application's role may do with its reference object.
fn reference_policy(bucket: &str, key: &str) -> String {
    policy("ReadS3ReferenceData", &["s3:GetObject"], &[object_arn(bucket, key)])
}

fn policy(sid: &str, actions: &[&str], resources: &[String]) -> String {
    serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}],
    })
    .to_string()
}
