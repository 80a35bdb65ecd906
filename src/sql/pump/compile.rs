//! A pump taken apart once: its operators from the scan up, and what each of them needs to know.
//!
//! The plan is a tree; a pump at work is a list, because a batch goes through one operator after the
//! other. Nothing here changes while rows flow; what does is in [`run`](super::run).

use std::collections::VecDeque;
use std::sync::Arc;

use crate::sql::plan::{Aggregate, Expr, ExprKind, Program, Pump, Rel, StreamId, Window};
use crate::sql::pump::Flow;
use crate::sql::pump::aggregate::Accumulator;
use crate::sql::pump::group::Groups;
use crate::sql::pump::run::{OpState, Open, PumpState, WindowState};
use crate::sql::value::{Batch, SqlType};
use crate::sql::window::Shape;

/// A pump, taken apart once.
#[derive(Debug)]
pub struct Compiled {
    pub source: StreamId,
    pub target: StreamId,
    pub ops: Vec<Op>,
    pub assignments: Vec<Expr>,
    pub not_null: Vec<bool>,
    pub target_names: Vec<String>,
    /// The columns of the query's output.
    pub names: Vec<String>,
    pub types: Vec<SqlType>,
    /// How long its windows keep a row at most, in milliseconds.
    pub delay: i64,
}

#[derive(Debug)]
pub struct Op {
    pub kind: OpKind,
    /// The columns of its input, for error rows.
    pub names: Vec<String>,
    pub types: Vec<SqlType>,
    /// Whether its input rows are still the pump's input rows, and not results of groups.
    pub original: bool,
}

#[derive(Debug)]
pub enum OpKind {
    Filter(Expr),
    Project { items: Vec<Expr>, rowtime: Option<Expr>, after_group: bool },
    Distinct(Windowed),
    Aggregate(Windowed, Vec<Aggregate>),
}

/// What DISTINCT and GROUP BY share.
#[derive(Debug)]
pub struct Windowed {
    pub keys: Vec<Expr>,
    /// Keys that are compared; the monotonic one is the same within a window.
    pub compared: Vec<usize>,
    pub monotonic: usize,
    pub window: Window,
    pub shape: Shape,
}

impl Compiled {
    pub fn new(program: &Program, pump: &Pump) -> Self {
        let mut ops = Vec::new();
        let mut source = StreamId(0);
        let (names, types, _) = flatten(&pump.query, program, &mut source, &mut ops);
        let length = |it: &Op| match &it.kind {
            OpKind::Distinct(it) | OpKind::Aggregate(it, _) => {
                it.shape.period().map_or(0, |it| it.as_millis())
            }
            _ => 0,
        };
        let delay = ops.iter().map(length).sum();
        let target = program.streams.get(pump.target.0);
        let columns = target.map_or(&[][..], |it| &it.columns);
        Self {
            source,
            target: pump.target,
            ops,
            assignments: pump.assignments.clone(),
            not_null: columns.iter().map(|it| it.not_null).collect(),
            target_names: columns.iter().map(|it| it.name.clone()).collect(),
            names,
            types,
            delay,
        }
    }

    pub fn state(&self, started: bool) -> PumpState {
        let state = |op: &Op| match &op.kind {
            OpKind::Filter(_) | OpKind::Project { rowtime: None, .. } => OpState::Nothing,
            OpKind::Project { .. } => OpState::Last(i64::MIN),
            OpKind::Distinct(it) => OpState::Window(Box::new(it.state(&[]))),
            OpKind::Aggregate(it, calls) => OpState::Window(Box::new(it.state(calls))),
        };
        let ops = self.ops.iter().map(state).collect();
        PumpState { started, flow: Flow::default(), closed: VecDeque::new(), ops }
    }

    /// Whether the rows that come out are the rows that went in, one for one.
    pub fn passes_originals(&self) -> bool {
        !self.ops.iter().any(|it| matches!(it.kind, OpKind::Aggregate(..)))
    }
}

/// The operators of a query from the scan up; answers with its columns and whether they are still rows
/// of the source.
fn flatten(
    rel: &Rel,
    program: &Program,
    source: &mut StreamId,
    ops: &mut Vec<Op>,
) -> (Vec<String>, Vec<SqlType>, bool) {
    let (input, kind): (&Arc<Rel>, OpKind) = match rel {
        Rel::Scan { stream } => {
            *source = *stream;
            let columns = program.streams.get(stream.0).map_or(&[][..], |it| &it.columns);
            let (names, types) = columns.iter().map(|it| (it.name.clone(), it.ty)).unzip();
            return (names, types, true);
        }
        Rel::Filter { input, condition } => (input, OpKind::Filter(condition.clone())),
        Rel::Project { input, items, rowtime } => {
            let (items, rowtime) = (items.clone(), rowtime.clone());
            (input, OpKind::Project { items, rowtime, after_group: false })
        }
        Rel::Distinct { input, items, compared, monotonic, window } => {
            (input, OpKind::Distinct(Windowed::new(items, compared.clone(), *monotonic, *window)))
        }
        Rel::Aggregate { input, keys, monotonic, window, aggregates } => {
            let windowed = Windowed::new(keys, (0..keys.len()).collect(), *monotonic, *window);
            (input, OpKind::Aggregate(windowed, aggregates.clone()))
        }
    };
    let (names, types, original) = flatten(input, program, source, ops);
    let mut kind = kind;
    if let OpKind::Project { after_group, .. } = &mut kind {
        *after_group = ops.iter().any(|it| matches!(it.kind, OpKind::Aggregate(..) | OpKind::Distinct(_)));
    }
    let (out_names, out_types, out_original) = match &kind {
        OpKind::Filter(_) => (names.clone(), types.clone(), original),
        OpKind::Project { items, .. } => (named(items, &names), typed(items), original),
        OpKind::Distinct(it) => (named(&it.keys, &names), typed(&it.keys), original),
        OpKind::Aggregate(it, calls) => {
            let mut all = named(&it.keys, &names);
            all.extend((it.keys.len()..).take(calls.len()).map(|at| format!("EXPR${at}")));
            let types = typed(&it.keys).into_iter().chain(calls.iter().map(|it| it.ty)).collect();
            (all, types, false)
        }
    };
    ops.push(Op { kind, names, types, original });
    (out_names, out_types, out_original)
}

fn named(items: &[Expr], input: &[String]) -> Vec<String> {
    let name = |(at, item): (usize, &Expr)| match item.kind {
        ExprKind::Column(column) => input.get(column).cloned().unwrap_or_default(),
        ExprKind::RowTime => "ROWTIME".to_owned(),
        _ => format!("EXPR${at}"),
    };
    items.iter().enumerate().map(name).collect()
}

fn typed(items: &[Expr]) -> Vec<SqlType> {
    items.iter().map(|it| it.ty).collect()
}

impl Windowed {
    fn new(keys: &[Expr], mut compared: Vec<usize>, monotonic: usize, window: Window) -> Self {
        compared.retain(|&it| it != monotonic && it < keys.len());
        let shape = keys.get(monotonic).map_or(Shape::Unknown, Shape::of);
        Self { keys: keys.to_vec(), compared, monotonic, window, shape }
    }

    fn state(&self, calls: &[Aggregate]) -> WindowState {
        WindowState {
            open: None,
            groups: Groups::new(Batch::new(self.keys.iter().map(|it| it.ty))),
            accumulators: calls.iter().map(Accumulator::new).collect(),
        }
    }

    /// The window a row of this ROWTIME opens.
    pub fn open(&self, rowtime: i64) -> Open {
        let (start, change) = match self.window {
            Window::Rows => (rowtime, i64::MAX),
            Window::Instant => (rowtime, rowtime + 1),
            Window::Clock | Window::ClockUp => {
                let key = &self.keys[self.monotonic];
                (self.shape.start_before(rowtime).unwrap_or(rowtime), self.shape.change_after(key, rowtime))
            }
        };
        Open { start, change, first: rowtime, rows: 0 }
    }

    /// The ROWTIME of the results of a window that ends with this change.
    pub fn stamp(&self, change: i64) -> i64 {
        match self.window {
            Window::ClockUp | Window::Instant => change - 1,
            Window::Clock | Window::Rows => change,
        }
    }
}

impl Op {
    pub fn windowed(&self) -> Option<&Windowed> {
        match &self.kind {
            OpKind::Distinct(it) | OpKind::Aggregate(it, _) => Some(it),
            _ => None,
        }
    }
}
