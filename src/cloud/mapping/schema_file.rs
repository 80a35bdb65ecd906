//! Schemas as people write them: a plain list of columns, an object of our own, or the service's.
//!
//! The list is the short form of the command line. The object says how CSV is cut. The third form is the
//! `InputSchema` of the API, so that what `aws kinesisanalytics describe-application` printed can be used
//! as it is. The rules of a schema stand here too: those of every schema, and those of the editor.

use serde::Deserialize;

use crate::cloud::mapping::{RecordFormat, Schema, SchemaColumn, path};
use crate::sql::dialect;
use crate::sql::value::SqlType;

/// Columns a schema may have (sql.md 6.3).
pub const COLUMNS_MAX: usize = 1000;
/// Characters of a column's name.
const NAME_MAX: usize = 100;

#[derive(Deserialize)]
#[serde(untagged)]
enum File {
    List(Vec<SchemaColumn>),
    Service(Service),
    Ours(Ours),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ours {
    format: Option<RecordFormat>,
    columns: Vec<SchemaColumn>,
    row_path: Option<String>,
    column_delimiter: Option<String>,
    row_delimiter: Option<String>,
}

/// `InputSchema` and `ReferenceSchema` of the API.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Service {
    record_format: ServiceFormat,
    record_columns: Vec<ServiceColumn>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ServiceFormat {
    record_format_type: RecordFormat,
    mapping_parameters: Option<ServiceParameters>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct ServiceParameters {
    #[serde(rename = "JSONMappingParameters")]
    json: Option<ServiceJson>,
    #[serde(rename = "CSVMappingParameters")]
    csv: Option<ServiceCsv>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ServiceJson {
    record_row_path: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ServiceCsv {
    record_row_delimiter: Option<String>,
    record_column_delimiter: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ServiceColumn {
    name: String,
    sql_type: String,
    mapping: Option<String>,
}

impl Schema {
    /// Reads a schema file: a list of `{"name", "type", "mapping"}` with `$.name` where a mapping is
    /// missing; `{"format", "columns", "rowPath", "columnDelimiter", "rowDelimiter"}`; or the service's
    /// `{"RecordFormat": …, "RecordColumns": […]}`.
    ///
    /// # Errors
    /// What is wrong with the text, in a sentence's words.
    pub fn parse(text: &str) -> Result<Self, String> {
        Self::parse_for(text, false)
    }

    /// As [`Schema::parse`], for records known to be CSV (`csv`) where the text itself does not say.
    ///
    /// # Errors
    /// What is wrong with the text, in a sentence's words.
    pub fn parse_for(text: &str, csv: bool) -> Result<Self, String> {
        let schema = match read(text)? {
            File::List(columns) => {
                if csv || positions(&columns) {
                    Schema::csv(columns)
                } else {
                    Schema::json(columns)
                }
            }
            File::Ours(ours) => ours.schema()?,
            File::Service(service) => service.schema()?,
        };
        let schema = schema.with_mappings();
        schema.fault().map_or(Ok(schema), Err)
    }

    /// Missing mappings: the key of the column's name, or the column's position.
    fn with_mappings(mut self) -> Self {
        for (at, column) in self.columns.iter_mut().enumerate().filter(|(_, it)| it.mapping.is_empty()) {
            column.mapping = match self.format {
                RecordFormat::Csv => format!("${at}"),
                RecordFormat::Json if column.name.contains(['.', '[', ']']) => {
                    format!("$['{}']", column.name)
                }
                RecordFormat::Json => format!("$.{}", column.name),
            };
        }
        self
    }

    /// What no schema may be, in a sentence's words: without columns, with too many, with a name twice or
    /// none, with paths that cannot be followed.
    pub fn fault(&self) -> Option<String> {
        let columns = &self.columns;
        if columns.is_empty() {
            return Some("a schema has at least one column".to_owned());
        }
        if COLUMNS_MAX < columns.len() {
            return Some(format!("a schema has at most {COLUMNS_MAX} columns, not {}", columns.len()));
        }
        if columns.iter().any(|it| it.name.trim().is_empty()) {
            return Some("a column's name is blank".to_owned());
        }
        let twice = columns.iter().enumerate();
        let mut twice = twice.filter(|(at, it)| columns[..*at].iter().any(|other| other.name == it.name));
        if let Some((_, column)) = twice.next() {
            return Some(format!("two columns are called {}", column.name));
        }
        match self.format {
            RecordFormat::Json => path::fault(&self.row_path, columns.iter().map(|it| it.mapping.as_str())),
            RecordFormat::Csv => None,
        }
    }
}

impl Schema {
    /// The schema as the API writes it, `RecordFormat` and `RecordColumns`.
    pub fn to_service(&self) -> serde_json::Value {
        let column = |it: &SchemaColumn| serde_json::json!({"Name": it.name, "SqlType": it.ty.to_string(), "Mapping": it.mapping});
        let columns: Vec<serde_json::Value> = self.columns.iter().map(column).collect();
        let parameters = match self.format {
            RecordFormat::Json => {
                serde_json::json!({"JSONMappingParameters": {"RecordRowPath": self.row_path}})
            }
            RecordFormat::Csv => serde_json::json!({"CSVMappingParameters": {
                "RecordRowDelimiter": self.row_delimiter, "RecordColumnDelimiter": self.column_delimiter,
            }}),
        };
        serde_json::json!({
            "RecordFormat": {"RecordFormatType": self.format, "MappingParameters": parameters},
            "RecordEncoding": "UTF-8",
            "RecordColumns": columns,
        })
    }
}

/// Reads the text as the form its first letter promises, so that the message is about that form.
fn read(text: &str) -> Result<File, String> {
    let said = |error: serde_json::Error| error.to_string();
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(text).map(File::List).map_err(said);
    }
    if text.contains("\"RecordColumns\"") {
        return serde_json::from_str(text).map(File::Service).map_err(said);
    }
    serde_json::from_str(text).map(File::Ours).map_err(said)
}

/// Whether the mappings are positions (`$0`, `$1`), as discovery writes them for CSV.
fn positions(columns: &[SchemaColumn]) -> bool {
    let position = |it: &str| it.strip_prefix('$').is_some_and(|it| it.parse::<u16>().is_ok());
    !columns.is_empty() && columns.iter().all(|it| position(&it.mapping))
}

impl Ours {
    fn schema(self) -> Result<Schema, String> {
        let cut = self.column_delimiter.is_some() || self.row_delimiter.is_some();
        let guess = if cut || positions(&self.columns) { RecordFormat::Csv } else { RecordFormat::Json };
        Ok(Schema {
            format: self.format.unwrap_or(guess),
            columns: self.columns,
            row_path: self.row_path.unwrap_or_else(|| "$".to_owned()),
            column_delimiter: delimiter(self.column_delimiter.as_deref(), ',')?,
            row_delimiter: delimiter(self.row_delimiter.as_deref(), '\n')?,
        })
    }
}

impl Service {
    fn schema(self) -> Result<Schema, String> {
        let column = |it: ServiceColumn| {
            let ty = SqlType::parse(&it.sql_type)
                .ok_or_else(|| format!("'{}' is no type of a column", it.sql_type))?;
            Ok(SchemaColumn { name: it.name, ty, mapping: it.mapping.unwrap_or_default() })
        };
        let columns = self.record_columns.into_iter().map(column).collect::<Result<_, String>>()?;
        let parameters = self.record_format.mapping_parameters.unwrap_or_default();
        let (rows, fields) =
            parameters.csv.map_or((None, None), |it| (it.record_row_delimiter, it.record_column_delimiter));
        Ok(Schema {
            format: self.record_format.record_format_type,
            columns,
            row_path: parameters.json.and_then(|it| it.record_row_path).unwrap_or_else(|| "$".to_owned()),
            column_delimiter: delimiter(fields.as_deref(), ',')?,
            row_delimiter: delimiter(rows.as_deref(), '\n')?,
        })
    }
}

/// A delimiter as written; `\t` and `\n` may be spelled out, and `\r\n` means `\n`.
pub fn delimiter(text: Option<&str>, usual: char) -> Result<char, String> {
    let Some(text) = text else { return Ok(usual) };
    match text {
        "\\t" => return Ok('\t'),
        "\r\n" | "\\n" | "\\r\\n" => return Ok('\n'),
        _ => {}
    }
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some('"'), None) => Err("a delimiter cannot be the quote".to_owned()),
        (Some(one), None) => Ok(one),
        _ => Err(format!("a delimiter is one character, not {text:?}")),
    }
}

/// Why the schema editor refuses a column's name (sql.md 6.3): what is wrong, and what to write.
pub fn name_fault(name: &str) -> Option<(String, String)> {
    let allowed = |it: char| it.is_ascii_alphanumeric() || it == '_';
    let kept: String = name.chars().filter(|it| allowed(*it)).collect();
    let instead = format!("Write COL_{kept}, as discovery does, and keep the path.");
    let fault = |message: String, hint: String| Some((message, hint));
    if name.trim().is_empty() {
        return fault(
            "a column's name is blank".to_owned(),
            "Give it a name of letters and digits.".to_owned(),
        );
    }
    if name.chars().count() < 2 {
        let hint = "The schema editor wants two characters at least.".to_owned();
        return fault(format!("column name {name} is only one character long"), hint);
    }
    if NAME_MAX < name.chars().count() {
        return fault(format!("a column's name has at most {NAME_MAX} characters"), "Shorten it.".to_owned());
    }
    if !name.chars().all(allowed) {
        let message = format!("column name {name} holds something else than letters, digits and underscores");
        return fault(message, instead);
    }
    if !name.starts_with(|it: char| it.is_ascii_alphabetic()) {
        return fault(format!("column name {name} does not begin with a letter"), instead);
    }
    if dialect::reserved(name) {
        return fault(format!("column name {name} is a reserved word"), instead);
    }
    None
}

/// The type of a column as the schema editor takes it, or why not: what is wrong, and what to write.
///
/// # Errors
/// It has no length, says NOT NULL, or is no type.
pub fn type_of(text: &str) -> Result<SqlType, (String, String)> {
    let upper = text.trim().to_ascii_uppercase();
    if let Some(bare) = upper.strip_suffix("NULL").map(str::trim_end).and_then(|it| it.strip_suffix("NOT")) {
        let hint = format!(
            "Write {} alone; a missing value becomes NULL, which WHERE … IS NOT NULL keeps out.",
            bare.trim()
        );
        return Err(("NOT NULL cannot be set on a column of the input".to_owned(), hint));
    }
    if matches!(upper.as_str(), "CHAR" | "CHARACTER" | "VARCHAR" | "BINARY" | "VARBINARY") {
        return Err((format!("{upper} needs a length"), format!("Write {upper}(16), for instance.")));
    }
    SqlType::parse(text).ok_or_else(|| {
        let hint = "Types are VARCHAR(16), INTEGER, DECIMAL(16,2), TIMESTAMP …".to_owned();
        (format!("{text} is no type of a column"), hint)
    })
}
