//! What must always hold: nothing is lost unseen.
//!
//! Every record and every row is in exactly one counted place at any time. A [`Law`] says it as two
//! sums; tests check all of them after every step of time, the report and the screen show them.

use crate::cloud::analytics::Application;
use crate::sim::Sim;
use crate::sql::plan::StreamId;

/// Two sums that must be equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Law {
    pub name: String,
    pub left: u64,
    pub right: u64,
}

impl Law {
    fn new(name: impl Into<String>, left: u64, right: u64) -> Self {
        Self { name: name.into(), left, right }
    }

    pub fn holds(&self) -> bool {
        self.left == self.right
    }
}

impl Sim {
    /// Every law of this world, each with its two sums.
    pub fn laws(&self) -> Vec<Law> {
        let mut laws = Vec::new();
        self.stream_laws(&mut laws);
        for app in self.analytics.apps() {
            app_laws(app, &mut laws);
        }
        self.delivery_laws(&mut laws);
        laws
    }

    /// # Panics
    /// If a law does not hold: a bug of the simulator, never of a learner.
    pub fn assert_laws(&self) {
        for law in self.laws() {
            assert!(law.holds(), "{} at {}: {} is not {}", law.name, self.now(), law.left, law.right);
        }
    }

    /// accepted = held in shards + expired; and the shards' sums are the stream's.
    fn stream_laws(&self, laws: &mut Vec<Law>) {
        for stream in self.cloud.kinesis.streams() {
            let (name, accepted) = (&stream.name, stream.accepted.total);
            let places = stream.held() + stream.expired();
            laws.push(Law::new(format!("{name}: accepted = held + expired"), accepted, places));
            let shards = stream.shards().iter().map(|it| it.accepted.total).sum();
            laws.push(Law::new(format!("{name}: accepted = sum of its shards"), accepted, shards));
        }
    }

    /// accepted = buffered + waiting to be retried + delivered + lost; delivered = lines of objects
    /// written.
    fn delivery_laws(&self, laws: &mut Vec<Law>) {
        for it in self.cloud.firehose.deliveries() {
            let sum = it.buffer.rows + it.waiting_rows() + it.delivered_rows + it.lost_rows;
            let name = &it.settings.name;
            let law = format!("{name}: accepted = buffered + retrying + delivered + lost");
            laws.push(Law::new(law, it.accepted.total, sum));
        }
    }
}

fn app_laws(app: &Application, laws: &mut Vec<Law>) {
    let Some(run) = app.run() else { return };
    let (Some(engine), Some(program)) = (run.engine(), app.program()) else { return };
    let name = &app.name;
    let passed = |id: StreamId| run.tally.stream(id).map_or(0, |it| it.rows.total);
    let source = program.sources().map(|(id, _)| passed(id)).sum();
    laws.push(Law::new(format!("{name}: rows mapped = rows of the source stream"), run.rows_mapped, source));
    for (pump, flow) in program.pumps.iter().zip(engine.flows()) {
        let law = format!(
            "{name}: {} rows in = passed + filtered + duplicates + waiting + grouped + errors",
            pump.name
        );
        laws.push(Law::new(law, flow.rows_in, flow.accounted()));
        if pump.started {
            let read = pump.query.scans();
            let law = format!("{name}: rows into {} = rows of the streams it reads", pump.name);
            laws.push(Law::new(law, flow.rows_in, read.into_iter().map(passed).sum()));
        }
    }
    for output in &app.outputs {
        let sum = output.rows.total + output.ends.len() as u64;
        let law = format!("{name}: rows of {} = sent to {} + waiting", output.stream, output.delivery);
        laws.push(Law::new(law, output.entered, sum));
    }
}
