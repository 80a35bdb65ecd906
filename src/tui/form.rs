//! Labelled fields that end as typed lines.
//!
//! A form is a friendlier way to write the same line as the palette: the line is shown while the fields
//! are filled, and the same reader finds its mistakes. Choices come from the [`View`].

use crate::lab::view::View;
use crate::sim::command::{Command, FormError};
use crate::tui::editor::{Edit, Editor};

/// The forms there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormKind {
    CreateStream,
    CreateUser,
    AttachPolicy,
    Producer,
    CreateApp,
    ConnectSource,
    EditSchema,
    CreateDelivery,
    ConnectDestination,
    CreateBucket,
    Graph,
}

/// One labelled field.
#[derive(Clone, Debug)]
pub struct Field {
    pub label: &'static str,
    pub value: Editor,
    /// Values to step through with left and right; free text is allowed too unless `fixed`.
    pub choices: Vec<String>,
    pub fixed: bool,
}

/// A form being filled.
#[derive(Clone, Debug)]
pub struct Form {
    pub kind: FormKind,
    pub fields: Vec<Field>,
    pub at: usize,
    /// What the fields held when the form was opened.
    opened: Vec<String>,
}

/// The managed policies worth offering.
pub const POLICIES: [&str; 5] = [
    "AmazonKinesisFullAccess",
    "AmazonKinesisReadOnlyAccess",
    "AmazonKinesisFirehoseFullAccess",
    "AmazonKinesisAnalyticsFullAccess",
    "AmazonS3FullAccess",
];

const STATISTICS: [&str; 5] = ["sum", "average", "minimum", "maximum", "samplecount"];
const PERIODS: [&str; 3] = ["1m", "5m", "1h"];

fn free(label: &'static str, value: impl AsRef<str>) -> Field {
    Field { label, value: end(value.as_ref()), choices: Vec::new(), fixed: false }
}

fn offered(label: &'static str, value: impl AsRef<str>, choices: Vec<String>) -> Field {
    let first = if value.as_ref().is_empty() { choices.last().cloned() } else { None };
    let value = first.unwrap_or_else(|| value.as_ref().to_owned());
    Field { label, value: end(&value), choices, fixed: false }
}

fn choice(label: &'static str, value: &str, choices: &[&str]) -> Field {
    let choices = choices.iter().map(|it| (*it).to_owned()).collect();
    Field { label, value: end(value), choices, fixed: true }
}

/// A one-line text with the cursor at its end.
fn end(text: &str) -> Editor {
    let mut editor = Editor::new(text);
    editor.go_to(text.len());
    editor
}

fn names<'a, T: 'a>(of: &'a [T], name: impl Fn(&'a T) -> &'a String) -> Vec<String> {
    of.iter().map(|it| name(it).clone()).collect()
}

impl Form {
    pub fn new(kind: FormKind, view: &View, app: &str) -> Self {
        let fields = fields(kind, view, app);
        let opened = fields.iter().map(|it| it.value.text()).collect();
        let mut form = Self { kind, fields, at: 0, opened };
        form.enter(0);
        form
    }

    pub fn title(&self) -> &'static str {
        match self.kind {
            FormKind::CreateStream => "Create stream",
            FormKind::CreateUser => "Create user",
            FormKind::AttachPolicy => "Attach policy",
            FormKind::Producer => "Data producer",
            FormKind::CreateApp => "Create application",
            FormKind::ConnectSource => "Connect to a source",
            FormKind::EditSchema => "Change a column's type",
            FormKind::CreateDelivery => "Create delivery stream",
            FormKind::ConnectDestination => "Connect to a destination",
            FormKind::CreateBucket => "Create bucket",
            FormKind::Graph => "Graph a metric",
        }
    }

    /// A sentence about what the form asks for.
    pub fn about(&self) -> &'static str {
        match self.kind {
            FormKind::CreateStream => "A stream is a set of shards; the workshop uses two.",
            FormKind::CreateUser => "The user gets an access key. Its secret is shown once.",
            FormKind::AttachPolicy => "A user may do nothing until a policy allows it.",
            FormKind::Producer => "Simulated credentials only. Never paste a real key anywhere here.",
            FormKind::CreateApp => "An application has an input, code and outputs.",
            FormKind::ConnectSource => "A reading role is made, and the schema is discovered.",
            FormKind::EditSchema => "Rows that do not fit the type go to error_stream.",
            FormKind::CreateDelivery => "Data leaves when either limit of the buffer is reached.",
            FormKind::ConnectDestination => "Refer to the in-application stream letter for letter.",
            FormKind::CreateBucket => {
                "Bucket names are shared by the whole world: small letters, digits, hyphens."
            }
            FormKind::Graph => "Metrics are kept for whole minutes.",
        }
    }

    /// The lines it stands for, in order.
    pub fn lines(&self) -> Vec<String> {
        let values: Vec<String> = self.fields.iter().map(|it| quote(it.value.text().trim())).collect();
        let it = |at: usize| values.get(at).map_or("", String::as_str);
        let line = match self.kind {
            FormKind::CreateStream => format!("create stream {} {}", it(0), it(1)),
            FormKind::CreateUser => format!("create user {}", it(0)),
            FormKind::AttachPolicy => format!("attach policy {} {}", it(0), it(1)),
            FormKind::Producer => return self.producer_lines(),
            FormKind::CreateApp => format!("create app {}", it(0)),
            FormKind::ConnectSource => format!("connect source {} {}", it(0), it(1)),
            FormKind::EditSchema => format!("edit schema {} {} {}", it(0), it(1), it(2)),
            FormKind::CreateDelivery => format!(
                "create delivery {} bucket {} buffer {}MB {}s compression {} encryption none log {} role {}",
                it(0),
                it(1),
                it(2),
                it(3),
                it(4),
                it(5),
                it(6)
            ),
            FormKind::ConnectDestination => {
                format!("connect destination {} {} {} {}", it(0), it(1), it(2), it(3))
            }
            FormKind::CreateBucket => format!("create bucket {}", it(0)),
            FormKind::Graph => format!("graph {} {} {} {}", it(0), it(1), it(2), it(3)),
        };
        vec![line]
    }

    /// Only what was changed is typed.
    fn producer_lines(&self) -> Vec<String> {
        const VERBS: [&str; 5] = ["credentials", "region", "stream", "rate", "key"];
        let mut lines = Vec::new();
        for (at, (field, verb)) in self.fields.iter().zip(VERBS).enumerate() {
            let value = field.value.text();
            let value = value.trim();
            if self.opened.get(at).map(|it| it.trim()) == Some(value)
                && !field.choices.is_empty()
                && verb != "credentials"
                && verb != "stream"
            {
                continue;
            }
            if value.is_empty() {
                continue;
            }
            // The key is several words: `field sensorId`.
            let value = if verb == "key" { value.to_owned() } else { quote(value) };
            lines.push(format!("producer {verb} {value}"));
        }
        lines
    }

    /// The first line that cannot be read, and why.
    pub fn problem(&self, names: &[String]) -> Option<FormError> {
        let text = |name: &str| names.iter().any(|it| it == name).then(String::new);
        self.lines().iter().find_map(|line| Command::parse(line, &text).err())
    }

    /// Steps to the next or previous choice of the field.
    pub fn step(&mut self, forward: bool) {
        let Some(field) = self.fields.get_mut(self.at) else { return };
        if field.choices.is_empty() {
            return;
        }
        let count = field.choices.len();
        let now = field.choices.iter().position(|it| *it == field.value.text());
        let next = match (now, forward) {
            (Some(at), true) => (at + 1) % count,
            (Some(at), false) => (at + count - 1) % count,
            (None, _) => 0,
        };
        field.value = end(&field.choices[next]);
    }

    /// Whether the field that has the keys has choices to step through.
    pub fn offers_choices(&self) -> bool {
        self.fields.get(self.at).is_some_and(|it| 1 < it.choices.len())
    }

    pub fn next_field(&mut self, forward: bool) {
        let count = self.fields.len().max(1);
        self.enter(if forward { (self.at + 1) % count } else { (self.at + count - 1) % count });
    }

    /// Gives the keys to a field. What it holds is selected: typing replaces it, a motion keeps it.
    pub fn enter(&mut self, at: usize) {
        self.at = at;
        if let Some(field) = self.fields.get_mut(at).filter(|it| !it.fixed) {
            field.value.edit(Edit::SelectAll);
        }
    }
}

/// A word of a typed line, quoted where a blank would end it.
pub fn quote(value: &str) -> String {
    let bare = !value.is_empty()
        && !value.starts_with(['"', '@'])
        && !value.chars().any(|it| it.is_whitespace() || it.is_control());
    if bare || value.starts_with('@') { value.to_owned() } else { serde_json::Value::from(value).to_string() }
}

fn fields(kind: FormKind, view: &View, app: &str) -> Vec<Field> {
    let users = names(&view.users, |it| &it.name);
    let streams = names(&view.streams, |it| &it.name);
    let apps = names(&view.apps, |it| &it.name);
    let deliveries = names(&view.deliveries, |it| &it.name);
    let producer = &view.producer;
    match kind {
        FormKind::CreateStream => vec![free("Stream name", "iot-sensors"), free("Number of shards", "2")],
        FormKind::CreateUser => vec![free("User name", "kinesis_producer")],
        FormKind::AttachPolicy => {
            let policies = POLICIES.map(String::from).to_vec();
            vec![offered("User", "", users), offered("Policy", POLICIES[0], policies)]
        }
        FormKind::Producer => {
            let rate = if producer.rate == 0 { 300 } else { producer.rate }.to_string();
            let key = if producer.key.is_empty() { "random" } else { &producer.key };
            let keys = ["random", "field sensorId", "constant all"].map(String::from).to_vec();
            let regions = crate::base::name::REGIONS.map(String::from).to_vec();
            let rates = ["100", "200", "300", "400", "500"].map(String::from).to_vec();
            let region =
                if producer.region.is_empty() { crate::base::name::REGION } else { &producer.region };
            vec![
                offered("User whose key is used", producer.user.as_deref().unwrap_or(""), users),
                offered("Region", region, regions),
                offered("Stream", producer.stream.as_deref().unwrap_or(""), streams),
                offered("Records per second", rate, rates),
                offered("Partition key", key, keys),
            ]
        }
        FormKind::CreateApp => vec![free("Application name", "iot-analytics")],
        FormKind::ConnectSource => vec![offered("Application", app, apps), offered("Stream", "", streams)],
        FormKind::EditSchema => {
            let schema = view.apps.iter().find(|it| it.name == app).and_then(|it| it.discovered.as_ref());
            let columns = schema.map(|it| names(&it.columns, |it| &it.name)).unwrap_or_default();
            let types = ["INTEGER", "DOUBLE", "DECIMAL(16,2)", "VARCHAR(16)", "TIMESTAMP"];
            vec![
                offered("Application", app, apps),
                offered("Column", "", columns),
                offered("Type", "INTEGER", types.map(String::from).to_vec()),
            ]
        }
        FormKind::CreateDelivery => {
            let buckets = names(&view.buckets, |it| &it.name);
            let mut roles = names(&view.roles, |it| &it.name);
            roles.insert(0, "new".to_owned());
            let bucket = buckets.last().cloned().unwrap_or_else(|| "my-filtered-iot-data".to_owned());
            vec![
                free("Delivery stream name", "iot-filtered"),
                offered("S3 bucket (made if it is new)", bucket, buckets),
                free("Buffer size, MB", "5"),
                free("Buffer interval, seconds", "60"),
                choice("Compression", "none", &["none", "gzip"]),
                choice("Error logging", "on", &["on", "off"]),
                offered("IAM role", "new", roles),
            ]
        }
        FormKind::ConnectDestination => vec![
            offered("Application", app, apps),
            offered("Delivery stream", "", deliveries),
            // The page prefills a name that is nobody's; the learner must edit it (slide 3-B).
            offered("Refer to this stream as", "DESTINATION_SQL_STREAM", in_app_streams(view, app)),
            choice("Output format", "csv", &["csv", "json"]),
        ],
        FormKind::CreateBucket => vec![free("Bucket name", "my-filtered-iot-data")],
        FormKind::Graph => {
            let mut metrics: Vec<String> = view.metrics.iter().map(|it| it.name.clone()).collect();
            metrics.sort();
            metrics.dedup();
            let mut targets = streams;
            targets.extend(deliveries);
            targets.extend(apps);
            let first = targets.first().cloned().unwrap_or_default();
            vec![
                offered("Metric", "IncomingRecords", metrics),
                offered("Of", first, targets),
                choice("Statistic", "sum", &STATISTICS),
                offered("Period", "1m", PERIODS.map(String::from).to_vec()),
            ]
        }
    }
}

/// The streams an application's code makes: what a destination may name.
fn in_app_streams(view: &View, app: &str) -> Vec<String> {
    let Some(app) = view.apps.iter().find(|it| it.name == app) else { return Vec::new() };
    app.streams.iter().map(|it| it.name.clone()).filter(|it| it != "error_stream").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every form, as it opens over a world with one of each thing, is a line the reader accepts.
    #[test]
    fn forms_open_readable() {
        let view = View { streams: vec![crate::tui::form::tests::stream("iot-sensors")], ..View::default() };
        for kind in
            [FormKind::CreateStream, FormKind::CreateUser, FormKind::CreateApp, FormKind::CreateDelivery]
        {
            let form = Form::new(kind, &view, "");
            assert_eq!(form.problem(&[]), None, "{:?}", form.lines());
        }
        let form = Form::new(FormKind::ConnectSource, &view, "iot-analytics");
        assert_eq!(form.lines(), ["connect source iot-analytics iot-sensors"]);
    }

    #[test]
    fn blanks_are_quoted_and_mistakes_found() {
        let mut form = Form::new(FormKind::CreateStream, &View::default(), "");
        form.fields[0].value = end("my stream");
        assert_eq!(form.lines(), [r#"create stream "my stream" 2"#]);
        form.fields[1].value = end("two");
        let problem = form.problem(&[]).map(|it| it.message);
        assert_eq!(problem.as_deref(), Some("SHARDS is a whole number, not \"two\""));
    }

    /// What a field holds when it gets the keys is selected: typing replaces it, a motion keeps it.
    #[test]
    fn typing_replaces_what_was_offered() {
        let mut form = Form::new(FormKind::CreateStream, &View::default(), "");
        form.fields[0].value.edit(Edit::Insert("mine".into()));
        form.next_field(true);
        form.fields[1].value.edit(Edit::Move(crate::tui::editor::Motion::LineEnd, false));
        form.fields[1].value.edit(Edit::Insert("0".into()));
        assert_eq!(form.lines(), ["create stream mine 20"]);
    }

    fn stream(name: &str) -> crate::lab::view::StreamView {
        crate::lab::view::StreamView {
            name: name.to_owned(),
            arn: String::new(),
            status: Default::default(),
            ready_in: None,
            shards: Vec::new(),
            shards_wanted: 2,
            retention: crate::base::time::Span::DAY,
            shard_metrics: false,
            accepted: Default::default(),
            throttled: Default::default(),
            last_call: None,
        }
    }
}
