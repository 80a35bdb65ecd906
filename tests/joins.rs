//! Joins against a plain evaluator: every pair of rows is looked at, in the words of sql.md 4.9.
//!
//! Small random streams are joined in every kind and with every sort of window. However the rows are cut into
//! batches and the clock into steps, the same rows come out in the same order, and they are those of the
//! nested loops here.

use std::sync::Arc;

use pumphouse::base::seed::{Chance, Seed};
use pumphouse::base::time::Timestamp;
use pumphouse::sql::bind::{Catalog, SourceDef, compile};
use pumphouse::sql::plan::{ColumnDef, Program, StreamId};
use pumphouse::sql::pump::{Engine, Options, Sink};
use pumphouse::sql::value::{Batch, SqlType, Value};

const OPENING: i64 = 1_477_472_400_000;

/// One row of the source.
#[derive(Clone, Copy, Debug)]
struct Row {
    time: i64,
    /// Of B, not of A.
    right: bool,
    id: Option<i64>,
    x: i64,
}

#[derive(Clone, Copy, Debug)]
enum Window {
    None,
    Range(i64),
    Rows(usize),
}

#[derive(Clone, Copy, Debug)]
struct Query {
    /// INNER, LEFT, RIGHT, FULL.
    kind: usize,
    windows: [Window; 2],
    /// ON has `a.x < b.x` too.
    rest: bool,
}

/// A result: its time, then `x` of each side.
type Result = (i64, Option<i64>, Option<i64>);

impl Query {
    fn draw(chance: &mut Chance) -> Self {
        let mut window = || match chance.below(4) {
            0 => Window::None,
            1 => Window::Rows(1 + chance.below(3) as usize),
            _ => Window::Range(1 + chance.below(6) as i64),
        };
        let mut windows = [window(), window()];
        if let [Window::None, Window::None] = windows {
            windows[0] = Window::Range(3);
        }
        Self { kind: chance.below(4) as usize, windows, rest: chance.happens(1, 3) }
    }

    fn code(&self) -> String {
        let over = |it: Window| match it {
            Window::None => String::new(),
            Window::Range(millis) => format!(" OVER (RANGE INTERVAL '0.{millis:03}' SECOND(1,3) PRECEDING)"),
            Window::Rows(rows) => format!(" OVER (ROWS {rows} PRECEDING)"),
        };
        let kind = ["INNER", "LEFT", "RIGHT", "FULL"][self.kind];
        let rest = if self.rest { " AND a.x < b.x" } else { "" };
        format!(
            "CREATE STREAM A (id INTEGER, x INTEGER); CREATE STREAM B (id INTEGER, x INTEGER);
            CREATE PUMP TO_A AS INSERT INTO A SELECT STREAM id, x FROM S WHERE side = 0;
            CREATE PUMP TO_B AS INSERT INTO B SELECT STREAM id, x FROM S WHERE side = 1;
            CREATE STREAM J (a INTEGER, b INTEGER); CREATE PUMP P AS INSERT INTO J
            SELECT STREAM a.x, b.x FROM A{} AS a {kind} JOIN B{} AS b ON a.id = b.id{rest}",
            over(self.windows[0]),
            over(self.windows[1])
        )
    }

    /// The rows that come out, by nested loops.
    fn expected(&self, rows: &[Row]) -> Vec<Result> {
        let mut order: Vec<Row> = rows.to_vec();
        // Of one moment the right side comes first.
        order.sort_by_key(|it| (it.time, !it.right));
        let mut results: Vec<((i64, u8, usize, usize), Result)> = Vec::new();
        for at in 0..order.len() {
            let row = order[at];
            let window = self.windows[usize::from(row.right)];
            let mut partners = 0;
            for other in 0..order.len() {
                let (first, last) = (at.min(other), at.max(other));
                if order[other].right == row.right || !self.fit(&order, first, last) {
                    continue;
                }
                partners += 1;
                if other < at {
                    let (a, b) = if row.right { (order[other].x, row.x) } else { (row.x, order[other].x) };
                    results.push(((row.time, 0, at, other), (row.time, Some(a), Some(b))));
                }
            }
            let kept = if row.right { 2 <= self.kind } else { self.kind == 1 || self.kind == 3 };
            if !kept || 0 < partners {
                continue;
            }
            let alone = |time| if row.right { (time, None, Some(row.x)) } else { (time, Some(row.x), None) };
            match window {
                Window::None => results.push(((row.time, 1, usize::from(!row.right), at), alone(row.time))),
                Window::Range(length) => {
                    let time = row.time + length;
                    results.push(((time, 1, usize::from(!row.right), at), alone(time)));
                }
                Window::Rows(count) => {
                    let own = |it: &usize| order[*it].right == row.right;
                    let pushes = (at + 1..order.len()).filter(own).nth(count);
                    results.extend(
                        pushes.map(|it| ((order[it].time, 0, it, usize::MAX), alone(order[it].time))),
                    );
                }
            }
        }
        results.sort_by_key(|it| it.0);
        results.into_iter().map(|it| it.1).collect()
    }

    /// Whether a row still waits when a later one of the other side comes, and the condition holds.
    fn fit(&self, order: &[Row], first: usize, last: usize) -> bool {
        let (early, late) = (order[first], order[last]);
        let waits = match self.windows[usize::from(early.right)] {
            Window::None => early.time == late.time,
            Window::Range(length) => late.time - early.time <= length,
            Window::Rows(count) => {
                order[first + 1..last].iter().filter(|it| it.right == early.right).count() <= count
            }
        };
        let (a, b) = if early.right { (late, early) } else { (early, late) };
        waits && a.id.is_some() && a.id == b.id && (!self.rest || a.x < b.x)
    }
}

fn draw_rows(chance: &mut Chance) -> Vec<Row> {
    let count = 2 + chance.below(24);
    let mut time = OPENING;
    let mut row = |x: u64| {
        time += [0, 0, 1, 1, 2, 5][chance.below(6) as usize];
        let id = if chance.happens(1, 10) { None } else { Some(chance.below(3) as i64) };
        Row { time, right: chance.happens(1, 2), id, x: x as i64 }
    };
    (0..count).map(&mut row).collect()
}

struct Seen {
    stream: StreamId,
    rows: Vec<Result>,
}

impl Sink for Seen {
    fn rows(&mut self, stream: StreamId, batch: &Batch) {
        if stream != self.stream {
            return;
        }
        for row in 0..batch.len() {
            let value = |at: usize| match batch.columns[at].value(row, SqlType::Integer) {
                Value::Int(it) => Some(it),
                _ => None,
            };
            self.rows.push((batch.rowtimes[row], value(0), value(1)));
        }
    }
}

/// Runs a query over rows cut into batches at random, with the clock going on between some of them.
fn run(program: &Arc<Program>, rows: &[Row], chance: &mut Chance) -> Vec<Result> {
    let stream = StreamId(program.streams.iter().position(|it| it.name == "J").expect("the code makes J"));
    let source = StreamId(0);
    let mut seen = Seen { stream, rows: Vec::new() };
    let mut engine = Engine::new(program.clone(), Options::default(), Timestamp::from_millis(OPENING));
    let mut from = 0;
    while from < rows.len() {
        let to = (from + 1 + chance.below(5) as usize).min(rows.len());
        let mut batch = Batch::new(program.streams[0].columns.iter().map(|it| it.ty));
        for row in &rows[from..to] {
            batch.rowtimes.push(row.time);
            let id = row.id.map_or(Value::Null, Value::Int);
            let values = [Value::Int(i64::from(row.right)), id, Value::Int(row.x)];
            for (at, column) in batch.columns.iter_mut().enumerate() {
                column.push(values.get(at).unwrap_or(&Value::Null));
            }
        }
        engine.push(source, &batch, &mut seen);
        let last = rows[to - 1].time;
        let next = rows.get(to).map_or(last + 1, |it| it.time);
        if last + 1 < next && chance.happens(1, 2) {
            engine
                .advance(Timestamp::from_millis(last + chance.below((next - last) as u64) as i64), &mut seen);
        }
        if chance.happens(1, 4) {
            let state = postcard::to_allocvec(&engine.state()).expect("a state can be written");
            let state = postcard::from_bytes(&state).expect("a state can be read");
            engine = Engine::restore(program.clone(), Options::default(), state);
        }
        engine.flows().iter().for_each(|it| assert_eq!(it.rows_in, it.accounted(), "{it:?}"));
        from = to;
    }
    engine.advance(Timestamp::from_millis(OPENING + 3_600_000), &mut seen);
    engine.flows().iter().for_each(|it| assert_eq!(it.rows_in, it.accounted(), "{it:?}"));
    seen.rows
}

#[test]
fn joins_are_nested_loops_however_time_is_cut() {
    let mut chance = Seed(9).stream("joins");
    let column = |name: &str| ColumnDef { name: name.to_owned(), ty: SqlType::Integer, not_null: false };
    let columns = ["SIDE", "ID", "X"].map(column).to_vec();
    let catalog = Catalog { sources: vec![SourceDef { name: "S".to_owned(), columns }], tables: Vec::new() };
    for _ in 0..600 {
        let query = Query::draw(&mut chance);
        let code = query.code();
        let program = Arc::new(compile(&code, &catalog).unwrap_or_else(|said| panic!("{code}\n{said:?}")));
        let rows = draw_rows(&mut chance);
        let expected = query.expected(&rows);
        for _ in 0..3 {
            let came = run(&program, &rows, &mut chance);
            assert_eq!(came, expected, "\n{query:?}\n{rows:#?}");
        }
    }
}

/// A window forgets: behind it the join holds only the rows that can still meet others.
#[test]
fn rows_are_forgotten_when_their_wait_is_over() {
    let column = |name: &str| ColumnDef { name: name.to_owned(), ty: SqlType::Integer, not_null: false };
    let columns = ["SIDE", "ID", "X"].map(column).to_vec();
    let catalog = Catalog { sources: vec![SourceDef { name: "S".to_owned(), columns }], tables: Vec::new() };
    let windows = [Window::Range(100), Window::None];
    let query = Query { kind: 0, windows, rest: false };
    let program = Arc::new(compile(&query.code(), &catalog).expect("the code is accepted"));
    let pump = program.pumps.iter().position(|it| it.name == "P").expect("the code makes P");
    let mut engine = Engine::new(program.clone(), Options::default(), Timestamp::from_millis(OPENING));
    let mut seen = Seen { stream: StreamId(usize::MAX), rows: Vec::new() };
    let mut most = 0;
    for step in 0..200 {
        let mut batch = Batch::new(program.streams[0].columns.iter().map(|it| it.ty));
        for row in 0..50 {
            batch.rowtimes.push(OPENING + step * 50 + row);
            let values = [Value::Int(row % 2), Value::Int(row), Value::Int(step)];
            for (at, column) in batch.columns.iter_mut().enumerate() {
                column.push(values.get(at).unwrap_or(&Value::Null));
            }
        }
        engine.push(StreamId(0), &batch, &mut seen);
        let held: Vec<_> = engine.held(pump);
        most = most.max(held[0].rows);
        assert_eq!(held[0].what, "JOIN");
    }
    // Every second millisecond brings a row of A: 51 lie in a window of 100 with both ends.
    assert!(most <= 52, "{most} rows are held");
}
