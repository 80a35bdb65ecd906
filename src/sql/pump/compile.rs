//! A pump taken apart once: its operators from the scan up, and what each of them needs to know.
//!
//! The plan is a tree; a pump at work is a list, because a batch goes through one operator after the
//! other. Nothing here changes while rows flow; what does is in [`run`](super::run).

use std::collections::VecDeque;

use crate::sql::plan::{
    Aggregate, AggregateFunc, Expr, ExprKind, Program, Pump, Rel, StreamDef, StreamId, TableDef, Window,
};
use crate::sql::pump::Flow;
use crate::sql::pump::aggregate::Accumulator;
use crate::sql::pump::group::Groups;
use crate::sql::pump::keeper::{self, Keeper};
use crate::sql::pump::run::{OpState, Open, PumpState, WindowState};
use crate::sql::value::{Batch, SqlType};
use crate::sql::window::Shape;
use crate::sql::write;

/// A pump, taken apart once.
#[derive(Debug)]
pub struct Compiled {
    /// The streams it reads, and where their rows go.
    pub scans: Vec<Scan>,
    pub target: StreamId,
    /// Inputs before what they feed.
    pub ops: Vec<Op>,
    pub assignments: Vec<Expr>,
    pub not_null: Vec<bool>,
    pub target_names: Vec<String>,
    /// The columns of the query's output.
    pub header: Header,
    /// How long its windows keep a row at most, in milliseconds.
    pub delay: i64,
}

/// A stream that a pump reads.
#[derive(Clone, Copy, Debug)]
pub struct Scan {
    pub stream: StreamId,
    pub to: Port,
}

/// One side of an operator; the operator behind the last is the insert into the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Port {
    pub op: usize,
    pub side: usize,
}

#[derive(Debug)]
pub struct Op {
    pub kind: OpKind,
    /// The columns of its input on each side, for error rows.
    pub headers: Vec<Header>,
    /// Whether its input rows are still the pump's input rows, and not results of groups.
    pub original: bool,
    /// Sides whose rows are the pump's own while those of another side are results: behind this operator they
    /// count as results too.
    pub mixed: Vec<usize>,
    /// Where its rows go.
    pub next: Port,
}

/// The columns of a batch as an error row shows them.
#[derive(Clone, Debug, Default)]
pub struct Header {
    pub names: Vec<String>,
    pub types: Vec<SqlType>,
    /// Columns from here on are hidden ones of a source.
    hidden_from: usize,
}

/// How early a ROWTIME set with `AS ROWTIME` can be: not before this function of the ROWTIME of the first
/// row in the window, or of the bound where there is no window or none is open.
#[derive(Debug)]
pub struct Floor {
    pub expr: Expr,
    /// The operator whose window it is.
    pub window: Option<usize>,
}

#[derive(Debug)]
pub enum OpKind {
    Filter(Expr),
    Project {
        items: Vec<Expr>,
        rowtime: Option<Expr>,
        after_group: bool,
        floor: Option<Floor>,
    },
    Distinct(Windowed),
    Aggregate(Windowed, Vec<Aggregate>),
    /// An operator that keeps rows in a way of its own.
    Keep(Box<dyn Keeper>),
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
        let mut graph = Graph { program, scans: Vec::new(), ops: Vec::new() };
        let made = graph.add(&pump.query);
        let end = Port { op: graph.ops.len(), side: 0 };
        graph.lead(made.from, end);
        let (Graph { scans, ops, .. }, header) = (graph, made.header);
        let length = |it: &Op| match &it.kind {
            OpKind::Distinct(it) | OpKind::Aggregate(it, _) => {
                it.shape.period().map_or(0, |it| it.as_millis())
            }
            OpKind::Keep(keeper) => keeper.delay(),
            _ => 0,
        };
        let delay = ops.iter().map(length).sum();
        let target = program.streams.get(pump.target.0);
        let columns = target.map_or(&[][..], |it| &it.columns);
        Self {
            scans,
            target: pump.target,
            ops,
            assignments: pump.assignments.clone(),
            not_null: columns.iter().map(|it| it.not_null).collect(),
            target_names: columns.iter().map(|it| it.name.clone()).collect(),
            header,
            delay,
        }
    }

    pub fn state(&self, started: bool) -> PumpState {
        let state = |op: &Op| match &op.kind {
            OpKind::Filter(_) | OpKind::Project { rowtime: None, .. } => OpState::Nothing,
            OpKind::Project { .. } => OpState::Last(i64::MIN),
            OpKind::Distinct(it) => OpState::Window(Box::new(it.state(&[]))),
            OpKind::Aggregate(it, calls) => OpState::Window(Box::new(it.state(calls))),
            OpKind::Keep(keeper) => OpState::Kept(Box::new(keeper.fresh())),
        };
        let ops = self.ops.iter().map(state).collect();
        PumpState { started, flow: Flow::default(), closed: VecDeque::new(), ops }
    }

    /// How much older than a row it reads the source's row can be.
    pub fn delay_before(&self, delays: &[i64]) -> i64 {
        let delay = |it: &Scan| delays.get(it.stream.0).copied().unwrap_or(0);
        self.scans.iter().map(delay).max().unwrap_or(0)
    }

    /// The columns of what an operator gives.
    pub fn header_behind(&self, at: usize) -> &Header {
        let next = self.ops.get(at).map(|it| it.next);
        next.and_then(|it| self.ops.get(it.op)?.headers.get(it.side)).unwrap_or(&self.header)
    }

    /// Whether the rows that come out are the rows that went in, one for one.
    pub fn passes_originals(&self) -> bool {
        !self.ops.iter().any(|it| match &it.kind {
            OpKind::Aggregate(..) => true,
            OpKind::Keep(keeper) => !keeper.passes_originals(),
            _ => false,
        })
    }
}

/// A query while its tree becomes a list of operators, each behind what feeds it.
struct Graph<'a> {
    program: &'a Program,
    scans: Vec<Scan>,
    ops: Vec<Op>,
}

/// What a part of a query has become.
struct Made {
    from: From,
    header: Header,
    /// Whether its rows are still rows of a source.
    original: bool,
}

/// Where rows come from: a scan or an operator, by its place.
#[derive(Clone, Copy)]
enum From {
    Scan(usize),
    Op(usize),
}

impl Graph<'_> {
    fn lead(&mut self, from: From, to: Port) {
        match from {
            From::Scan(at) => self.scans[at].to = to,
            From::Op(at) => self.ops[at].next = to,
        }
    }

    fn add(&mut self, rel: &Rel) -> Made {
        if let Rel::Scan { stream } = rel {
            self.scans.push(Scan { stream: *stream, to: Port { op: 0, side: 0 } });
            let header = self.program.streams.get(stream.0).map(Header::of).unwrap_or_default();
            return Made { from: From::Scan(self.scans.len() - 1), header, original: true };
        }
        let inputs: Vec<Made> = rel.inputs().into_iter().map(|it| self.add(it)).collect();
        let op = self.ops.len();
        for (side, input) in inputs.iter().enumerate() {
            self.lead(input.from, Port { op, side });
        }
        let below = match inputs.first().map(|it| it.from) {
            Some(From::Op(below)) => Some(below),
            _ => None,
        };
        let original = inputs.iter().all(|it| it.original);
        let own = (0..inputs.len()).filter(|&side| !original && inputs[side].original);
        let mixed = own.collect();
        let headers: Vec<Header> = inputs.into_iter().map(|it| it.header).collect();
        let kind = self.kind(rel, below, &headers);
        let header = headers.first().cloned().unwrap_or_default();
        let (out, out_original) = match &kind {
            OpKind::Filter(_) => (header, original),
            OpKind::Project { items, .. } => (header.of_items(items), original),
            OpKind::Distinct(it) => (header.of_items(&it.keys), original),
            OpKind::Aggregate(it, calls) => {
                (header.of_items(&it.keys).with(calls.iter().map(|it| it.ty)), false)
            }
            OpKind::Keep(keeper) => (keeper.header(&headers), original && keeper.passes_originals()),
        };
        self.ops.push(Op { kind, headers, original, mixed, next: Port { op: op + 1, side: 0 } });
        Made { from: From::Op(op), header: out, original: out_original }
    }

    /// What an operator does. `below` is the operator that feeds it.
    fn kind(&self, rel: &Rel, below: Option<usize>, headers: &[Header]) -> OpKind {
        match rel {
            Rel::Filter { condition, .. } => OpKind::Filter(condition.clone()),
            Rel::Project { items, rowtime, .. } => {
                let after_group = self.ops.iter().any(|it| it.windowed().is_some());
                let floor = rowtime.as_ref().and_then(|it| Floor::of(it, &self.ops, below));
                OpKind::Project { items: items.clone(), rowtime: rowtime.clone(), after_group, floor }
            }
            Rel::Distinct { items, compared, monotonic, window, .. } => {
                OpKind::Distinct(Windowed::new(items, compared.clone(), *monotonic, *window))
            }
            Rel::Aggregate { keys, monotonic, window, aggregates, .. } => {
                let windowed = Windowed::new(keys, (0..keys.len()).collect(), *monotonic, *window);
                OpKind::Aggregate(windowed, aggregates.clone())
            }
            other => OpKind::Keep(keeper::of(other, headers, self.program)),
        }
    }
}

impl Header {
    /// The columns of a stream.
    pub fn of(stream: &StreamDef) -> Self {
        let (names, types) = stream.columns.iter().map(|it| (it.name.clone(), it.ty)).unzip();
        Self { names, types, hidden_from: stream.visible }
    }

    /// The columns of a reference table.
    pub fn of_table(table: &TableDef) -> Self {
        let (names, types) = table.columns.iter().map(|it| (it.name.clone(), it.ty)).unzip();
        Self { names, types, hidden_from: usize::MAX }
    }

    /// The columns that items over these make.
    pub fn of_items(&self, items: &[Expr]) -> Self {
        let name = |(at, item): (usize, &Expr)| match item.kind {
            ExprKind::Column(column) => self.names.get(column).cloned().unwrap_or_default(),
            ExprKind::RowTime => "ROWTIME".to_owned(),
            _ => format!("EXPR${at}"),
        };
        Self {
            names: items.iter().enumerate().map(name).collect(),
            types: items.iter().map(|it| it.ty).collect(),
            hidden_from: usize::MAX,
        }
    }

    /// These columns and more behind them, which have no names of their own.
    pub fn with(mut self, more: impl Iterator<Item = SqlType>) -> Self {
        for ty in more {
            self.names.push(format!("EXPR${}", self.names.len()));
            self.types.push(ty);
        }
        self.hidden_from = usize::MAX;
        self
    }

    /// Columns that none of a source's are among.
    pub fn plain(names: Vec<String>, types: Vec<SqlType>) -> Self {
        Self { names, types, hidden_from: usize::MAX }
    }

    /// These columns, then those.
    pub fn beside(mut self, other: &Header) -> Self {
        self.names.extend(other.names.iter().cloned());
        self.types.extend(&other.types);
        self.hidden_from = usize::MAX;
        self
    }

    /// A row as a JSON object, for `error_stream`; what a source hides and nobody reads is left out.
    pub fn row(&self, batch: &Batch, row: usize) -> Vec<u8> {
        let mut out = vec![b'{'];
        for (at, column) in batch.columns.iter().enumerate() {
            if self.hidden_from <= at && column.is_null(row) {
                continue;
            }
            if 1 < out.len() {
                out.push(b',');
            }
            write::json_string(self.names.get(at).map_or("", |it| it), &mut out);
            out.push(b':');
            write::json_value(column, row, self.types.get(at).copied().unwrap_or(SqlType::Null), &mut out);
        }
        out.push(b'}');
        out
    }
}

impl Floor {
    /// What is known of `expr AS ROWTIME` over the operators below: the earliest or latest ROWTIME of a
    /// group and the key that grows are not below their window, and neither is a function of the row's own
    /// ROWTIME.
    fn of(expr: &Expr, ops: &[Op], below: Option<usize>) -> Option<Self> {
        // Operators on one line below this one lie next to each other; filters change no row.
        let below =
            below.and_then(|it| ops[..=it].iter().rposition(|it| !matches!(it.kind, OpKind::Filter(_))));
        let grows = |it: &Expr| it.ty == SqlType::Timestamp && !matches!(Shape::of(it), Shape::Unknown);
        let aggregate = below.and_then(|it| match &ops[it].kind {
            OpKind::Aggregate(windowed, calls) => Some((windowed, calls)),
            _ => None,
        });
        let (ExprKind::Column(column), Some((windowed, calls))) = (&expr.kind, aggregate) else {
            return grows(expr).then(|| Self { expr: expr.clone(), window: None });
        };
        let expr = match column.checked_sub(windowed.keys.len()) {
            None => windowed.keys.get(*column).filter(|it| *column == windowed.monotonic && grows(it))?,
            Some(call) => {
                let call = calls.get(call)?;
                let extreme = matches!(call.func, AggregateFunc::Min | AggregateFunc::Max);
                call.args.first().filter(|it| extreme && matches!(it.kind, ExprKind::RowTime))?
            }
        };
        Some(Self { expr: expr.clone(), window: below })
    }
}

impl Windowed {
    pub fn new(keys: &[Expr], mut compared: Vec<usize>, monotonic: usize, window: Window) -> Self {
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
        self.kind.windowed()
    }
}

impl OpKind {
    pub fn windowed(&self) -> Option<&Windowed> {
        match self {
            OpKind::Distinct(it) | OpKind::Aggregate(it, _) => Some(it),
            _ => None,
        }
    }
}
