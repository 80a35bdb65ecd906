//! What can be said of a pump without running the application: its windows, and what its filter keeps.
//!
//! A filter is judged by what it does, never by its text: the whole program is run on a fixed grid of
//! temperature pairs, one pair at a time, and each pump says whether it let the pair's row pass.

use std::sync::Arc;

use crate::base::time::{Span, Timestamp};
use crate::cloud::mapping::{Mapper, RecordMeta, Schema};
use crate::sql::plan::{Program, Pump, Rel, StreamId, Window};
use crate::sql::pump::{Engine, Options, Sink};
use crate::sql::value::Batch;
use crate::sql::window;

/// Ambient temperatures of the grid. With [`MEASURED`] they hold differences of exactly 20, of 19 and of
/// 21 in both directions.
const AMBIENT: [i32; 8] = [-40, -20, 0, 19, 20, 21, 40, 60];
/// Measured temperatures of the grid.
const MEASURED: [i32; 10] = [0, 1, 19, 20, 21, 39, 40, 41, 60, 100];

/// The facts of one pump.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PumpFacts {
    /// Streams it reads.
    pub reads: Vec<StreamId>,
    /// The length of the window of its SELECT DISTINCT.
    pub distinct_window: Option<Span>,
    /// The length of the window of its tumbling GROUP BY.
    pub group_window: Option<Span>,
    /// Keys besides the time.
    pub group_keys: usize,
    pub aggregates: usize,
    pub filters: bool,
    /// `(ambient, measured, kept)` for each pair of the grid that reached a filtering pump.
    pub grid: Vec<(i32, i32, bool)>,
}

/// The facts of every pump of a program, in its order.
pub fn of(program: &Arc<Program>, schema: Option<&Schema>) -> Vec<PumpFacts> {
    let mut facts: Vec<PumpFacts> = program.pumps.iter().map(structure).collect();
    if let Some(schema) = schema
        && facts.iter().any(|it| it.filters)
    {
        try_grid(program, schema, &mut facts);
    }
    facts
}

fn structure(pump: &Pump) -> PumpFacts {
    let mut facts = PumpFacts::default();
    walk(&pump.query, &mut facts);
    facts
}

fn walk(rel: &Rel, facts: &mut PumpFacts) {
    match rel {
        Rel::Scan { stream } => facts.reads.push(*stream),
        Rel::Filter { input, .. } => {
            facts.filters |= !matches!(**input, Rel::Aggregate { .. } | Rel::Stagger { .. });
            walk(input, facts);
        }
        Rel::Project { input, .. } => walk(input, facts),
        Rel::Distinct { input, items, monotonic, window: kind, .. } => {
            facts.distinct_window = items.get(*monotonic).and_then(|it| length(it, *kind));
            walk(input, facts);
        }
        Rel::Aggregate { input, keys, monotonic, window: kind, aggregates } => {
            facts.group_window = keys.get(*monotonic).and_then(|it| length(it, *kind));
            facts.group_keys = keys.len() - 1;
            facts.aggregates = aggregates.len();
            walk(input, facts);
        }
        Rel::Stagger { input, keys, length, aggregates } => {
            facts.group_window = Some(Span::from_millis(*length));
            facts.group_keys = keys.len();
            facts.aggregates = aggregates.len();
            walk(input, facts);
        }
        other => other.inputs().into_iter().for_each(|it| walk(it, facts)),
    }
}

fn length(expr: &crate::sql::plan::Expr, kind: Window) -> Option<Span> {
    match kind {
        Window::Clock | Window::ClockUp => window::period(expr),
        Window::Rows | Window::Instant => None,
    }
}

/// Runs the program once for each pair of the grid.
fn try_grid(program: &Arc<Program>, schema: &Schema, facts: &mut [PumpFacts]) {
    struct Nowhere;
    impl Sink for Nowhere {
        fn rows(&mut self, _: StreamId, _: &Batch) {}
    }
    let now = Timestamp::OPENING;
    let mut mapper = Mapper::new(schema, program);
    let mut batch = Batch::default();
    for (ambient, measured) in AMBIENT.iter().flat_map(|a| MEASURED.iter().map(move |m| (*a, *m))) {
        let record = format!(
            r#"{{"sensorId":"sensor-1","eventTimeStamp":"2016-10-26T19:00:00+00:00","ambientTemp":{ambient},"measuredTemp":{measured}}}"#
        );
        mapper.clear(&mut batch);
        if mapper.map(record.as_bytes(), &RecordMeta::at(now), now, &mut batch).is_err() {
            return;
        }
        let mut engine = Engine::new(program.clone(), Options::default(), now);
        for (source, _) in program.sources() {
            engine.push(source, &batch, &mut Nowhere);
        }
        engine.advance(now + Span::HOUR, &mut Nowhere);
        for (pump, facts) in facts.iter_mut().enumerate().filter(|(_, it)| it.filters) {
            if let Some(flow) = engine.flows().get(pump).filter(|it| it.rows_in > 0) {
                facts.grid.push((ambient, measured, flow.filtered == 0));
            }
        }
    }
}
