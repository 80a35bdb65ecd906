//! The reference table of an application: an S3 object that code can join.
//!
//! It is loaded when the application starts or is updated, and then stays as it was, whatever becomes of
//! the object (sql.md 6.6). Until it is loaded the application reads nothing.

use serde::{Deserialize, Serialize};

use crate::base::size::Bytes;
use crate::base::time::Timestamp;
use crate::cloud::error::CloudError;
use crate::cloud::mapping::schema_file::{name_fault, type_of};
use crate::cloud::mapping::{Schema, table};
use crate::cloud::{Cloud, Principal};
use crate::sql::plan::ColumnDef;
use crate::sql::pump::RowError;
use crate::sql::value::Batch;

/// Bytes of a reference object. The service takes 1 GB; the simulated world keeps this much of a body.
pub const OBJECT_MAX: u64 = 16 << 20;
/// Records of an object that discovery looks at.
const SAMPLE: usize = 50;

/// A reference data source.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reference {
    /// The name in the code, letter for letter.
    pub table: String,
    pub bucket: String,
    pub key: String,
    pub schema: Schema,
    /// What was loaded at the last start or update.
    pub loaded: Option<Loaded>,
}

/// The object as it was when it was loaded.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Loaded {
    pub rows: u64,
    /// Rows that did not fit the schema; they are in `error_stream`.
    pub refused: u64,
    pub modified_at: Timestamp,
}

impl Reference {
    pub fn new(table: &str, bucket: &str, key: &str, schema: Schema) -> Self {
        Self { table: table.to_owned(), bucket: bucket.to_owned(), key: key.to_owned(), schema, loaded: None }
    }

    /// The columns as code sees them.
    pub fn columns(&self) -> Vec<ColumnDef> {
        let column = |it: &crate::cloud::mapping::SchemaColumn| ColumnDef {
            name: it.name.clone(),
            ty: it.ty,
            not_null: false,
        };
        self.schema.columns.iter().map(column).collect()
    }

    /// Reads the object as the application's role.
    ///
    /// # Errors
    /// It does not exist, the role may not read it, or it is too large: the application then reads nothing.
    pub fn load(
        &mut self,
        now: Timestamp,
        role: &Principal,
        cloud: &Cloud,
    ) -> Result<(Batch, Vec<RowError>), CloudError> {
        let object = cloud.get_object(role, &self.bucket, &self.key)?;
        if OBJECT_MAX < object.bytes {
            let message = format!(
                "reference object {} has {}; at most {} are loaded",
                self.key,
                Bytes(object.bytes),
                Bytes(OBJECT_MAX)
            );
            let hint = "The application stays RUNNING and reads nothing until the object is smaller.";
            return Err(CloudError::new("InvalidApplicationConfigurationException", message).hint(hint));
        }
        let Some(body) = object.content() else {
            let message = format!("the text of {} has left memory", self.key);
            return Err(CloudError::new("InternalFailure", message).hint("Upload the object once more."));
        };
        let read = table::read(&self.schema, body, now);
        self.loaded = Some(Loaded {
            rows: read.rows.len() as u64,
            refused: read.misfits.len() as u64,
            modified_at: object.modified_at,
        });
        Ok((read.rows, read.misfits.into_iter().map(|it| it.error).collect()))
    }
}

/// A schema that a person wrote, by the rules of the schema editor (sql.md 6.3).
///
/// # Errors
/// InvalidArgumentException with the rule.
pub fn schema(text: &str) -> Result<Schema, CloudError> {
    let invalid = |message: String| CloudError::new("InvalidArgumentException", message);
    let schema = Schema::parse(text).map_err(|message| {
        let hint = "A schema is [{\"name\": \"sensorId\", \"type\": \"VARCHAR(16)\", \"mapping\": \"$.sensorId\"}, …].";
        invalid(message).hint(hint)
    })?;
    for column in &schema.columns {
        if let Some((message, hint)) = name_fault(&column.name) {
            return Err(invalid(message).hint(hint));
        }
        type_of(&column.ty.to_string()).map_err(|(message, hint)| invalid(message).hint(hint))?;
    }
    Ok(schema)
}

/// The columns of an object, as the person who adds it sees it.
///
/// # Errors
/// The object cannot be read, or holds neither JSON nor CSV.
pub fn discover(by: &Principal, bucket: &str, key: &str, cloud: &Cloud) -> Result<Schema, CloudError> {
    let object = cloud.get_object(by, bucket, key)?;
    let body = object.content().unwrap_or_default();
    let records: Vec<&[u8]> = body.split(|it| *it == b'\n').take(SAMPLE).collect();
    crate::cloud::discover::discover(&records).map_err(|error| {
        CloudError::new("UnableToDetectSchemaException", error.message)
            .hint("The object must be JSON or CSV; or say its columns with `schema SCHEMA`.")
    })
}
