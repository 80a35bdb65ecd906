//! Each operator of the plan in words.

use crate::sql::assist::explain::phrase::{aggregate, expr, extent, length, list, span, window_call};
use crate::sql::ast::shown;
use crate::sql::plan::{
    Expr, ExprKind, Extent, Frame, JoinKind, LookupKind, Program, Rel, SortKey, TableFunc, Window, WindowCall,
};
use crate::sql::window;

/// What a tree of operators does.
#[derive(Default)]
pub struct Told {
    pub does: Vec<String>,
    pub remembers: Vec<String>,
    /// When the last operator with a mind of its own speaks; `None` is at once.
    pub speaks: Option<String>,
    /// What the columns that come out are called, or how they are computed.
    pub names: Vec<String>,
    /// The rows are groups.
    grouped: bool,
}

/// When a window's results come.
const AT_END: &str = "When a window ends, by a later row or by the clock; ROWTIME is the end of the window. A window \
                      without rows says nothing.";

pub fn tell(program: &Program, rel: &Rel) -> Told {
    let mut told = match rel.inputs().first() {
        Some(first) => tell(program, first),
        None => Told::default(),
    };
    match rel {
        Rel::Scan { stream } => {
            let stream = &program.streams[stream.0];
            let (visible, hidden) = stream.columns.split_at(stream.visible.min(stream.columns.len()));
            // Hidden columns have reserved words for names, and are written without quotes all the same.
            told.names = visible.iter().map(|it| shown(&it.name)).collect();
            told.names.extend(hidden.iter().map(|it| it.name.clone()));
        }
        Rel::Reference { table } => {
            let table = &program.tables[table.0];
            told.names = table.columns.iter().map(|it| shown(&it.name)).collect();
        }
        Rel::Filter { condition, .. } => {
            let what = if told.grouped { "groups" } else { "rows" };
            told.does.push(format!("Keeps the {what} where {}.", expr(condition, &told.names)));
        }
        Rel::Project { items, rowtime, .. } => told.project(items, rowtime.as_ref()),
        Rel::Distinct { items, compared, monotonic, window, .. } => {
            told.distinct(items, compared, *monotonic, *window);
        }
        Rel::Aggregate { keys, monotonic, window, aggregates, .. } => {
            let calls: Vec<String> = aggregates.iter().map(|it| aggregate(it, &told.names)).collect();
            told.tumble(keys, *monotonic, *window, calls);
        }
        Rel::Slide { frames, calls, .. } => told.slide(frames, calls),
        Rel::Stagger { keys, length, aggregates, .. } => {
            let calls: Vec<String> = aggregates.iter().map(|it| aggregate(it, &told.names)).collect();
            told.stagger(keys, *length, calls);
        }
        Rel::Join { right, kind, windows, keys, condition, .. } => {
            let other = tell(program, right);
            told.join(other, *kind, *windows, keys, condition.as_ref());
        }
        Rel::Lookup { table, kind, keys, condition, .. } => {
            let other = tell(program, table);
            told.lookup(program, table, other, *kind, keys, condition.as_ref());
        }
        Rel::Union { inputs } => {
            let others = inputs.iter().skip(1).map(|it| tell(program, it)).collect();
            told.union(others);
        }
        Rel::Sort { leading, window, keys, .. } => told.sort(leading, *window, keys),
        Rel::TimeSort { by, slack, .. } => told.time_sort(by, *slack),
        Rel::Table { func, .. } => told.table(func),
    }
    told
}

/// Each once: HAVING may count what the select list counts too.
fn once(items: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for item in items {
        if !kept.contains(item) {
            kept.push(item.clone());
        }
    }
    kept
}

/// "window of 10 seconds"
fn windowed(key: &Expr, window: Window) -> String {
    match (window, window::period(key)) {
        (Window::Instant, _) => "millisecond".to_owned(),
        (Window::Rows, _) => "value of the expression that grows".to_owned(),
        (_, Some(period)) => format!("window of {}", span(period)),
        (_, None) => "window".to_owned(),
    }
}

fn closing(window: Window) -> String {
    match window {
        Window::Rows => {
            "When a row brings another value of what grows; the clock ends no window here.".to_owned()
        }
        Window::Instant => "When the millisecond is over; ROWTIME stays.".to_owned(),
        Window::Clock | Window::ClockUp => AT_END.to_owned(),
    }
}

impl Told {
    fn texts(&self, items: &[Expr]) -> Vec<String> {
        items.iter().map(|it| expr(it, &self.names)).collect()
    }

    /// The columns that come out are groups: keys, then calls.
    fn grouped_by(&mut self, keys: Vec<String>, calls: Vec<String>) {
        self.names = keys.into_iter().chain(calls).collect();
        self.grouped = true;
    }

    fn project(&mut self, items: &[Expr], rowtime: Option<&Expr>) {
        let texts = self.texts(items);
        // A side of a join takes its ROWTIME along, which is nothing to tell.
        let along = items.len() == self.names.len() + 1
            && items.iter().zip(0..).take(self.names.len()).all(|(it, at)| it.kind == ExprKind::Column(at))
            && items.last().is_some_and(|it| it.kind == ExprKind::RowTime);
        if along && rowtime.is_none() {
            self.names = texts;
            return;
        }
        let plain = |it: &Expr| matches!(it.kind, ExprKind::Column(_));
        let computed: Vec<String> =
            items.iter().zip(&texts).filter(|(it, _)| !plain(it)).map(|(_, text)| text.clone()).collect();
        // Groups said already what they compute.
        if !self.grouped {
            self.does.push(match computed.is_empty() {
                true => format!("Takes {}.", list(&texts)),
                false => format!("Computes {}.", list(&texts)),
            });
        } else if !computed.is_empty() {
            self.does.push(format!("Computes {} of each group.", list(&computed)));
        }
        if let Some(rowtime) = rowtime {
            self.does.push(format!(
                "Takes {} as the row's ROWTIME; a row whose time goes back is refused.",
                expr(rowtime, &self.names)
            ));
        }
        self.names = texts;
        self.grouped = false;
    }

    fn distinct(&mut self, items: &[Expr], compared: &[usize], monotonic: usize, window: Window) {
        let texts = self.texts(items);
        let long = items.get(monotonic).map_or("window".to_owned(), |it| windowed(it, window));
        let told: Vec<String> = compared.iter().filter_map(|&it| texts.get(it).cloned()).collect();
        self.does.push(format!("Lets each combination of {} through once per {long}.", list(&told)));
        self.remembers.push(format!("the combinations of one {long}, then forgets them"));
        self.speaks = Some(closing(window));
        self.names = texts;
    }

    fn tumble(&mut self, keys: &[Expr], monotonic: usize, window: Window, calls: Vec<String>) {
        let texts = self.texts(keys);
        let long = keys.get(monotonic).map_or("window".to_owned(), |it| windowed(it, window));
        let by: Vec<String> =
            texts.iter().enumerate().filter(|(at, _)| *at != monotonic).map(|(_, it)| it.clone()).collect();
        let groups = match by.is_empty() {
            true => format!("each {long}"),
            false => format!("each {} in each {long}", list(&by)),
        };
        self.does.push(match calls.is_empty() {
            true => format!("Gathers the rows of {groups} into one."),
            false => format!("Computes {} for {groups}.", list(&once(&calls))),
        });
        self.remembers.push(match by.is_empty() {
            true => format!("one group, that of the open {long}"),
            false => format!("one group for each {} of the open {long}", list(&by)),
        });
        self.speaks = Some(closing(window));
        self.grouped_by(texts, calls);
    }

    fn stagger(&mut self, keys: &[Expr], millis: i64, calls: Vec<String>) {
        let (by, long) = (self.texts(keys), length(millis));
        self.does.push(format!(
            "Opens a window of {long} with the first row of each {}, and computes {} for it.",
            list(&by),
            list(&once(&calls))
        ));
        self.remembers
            .push(format!("one group for each {} whose window is open, for {long} at most", list(&by)));
        self.speaks = Some(format!("{long} after the window of a key opened; ROWTIME is that moment."));
        self.grouped_by(by, calls);
    }

    fn union(&mut self, others: Vec<Told>) {
        let count = others.len() + 1;
        for (at, other) in others.into_iter().enumerate() {
            self.does.push(format!("Beside it, query {}:", at + 2));
            self.does.extend(other.does);
            self.remembers.extend(other.remembers);
        }
        self.does.push(format!("Merges the rows of {count} queries in order of ROWTIME."));
        self.remembers.push("the rows of the faster side, until the slower one has come as far".to_owned());
        self.speaks = Some("As soon as no side can bring an earlier row.".to_owned());
    }

    fn sort(&mut self, leading: &Expr, window: Window, keys: &[SortKey]) {
        let way = |it: &SortKey| if it.descending { " downwards" } else { "" };
        let by: Vec<String> =
            keys.iter().map(|it| format!("{}{}", expr(&it.expr, &self.names), way(it))).collect();
        let long = windowed(leading, window);
        self.does.push(match by.is_empty() {
            true => format!("Gathers the rows of each {long}."),
            false => format!("Sorts the rows of each {long} by {}.", list(&by)),
        });
        self.remembers.push(format!("the rows of one {long}"));
        self.speaks = Some(closing(window));
    }

    fn time_sort(&mut self, by: &Expr, slack: i64) {
        let long = length(slack);
        self.does.push(format!(
            "Puts rows in the order of {}, which becomes their ROWTIME; a row may be up to {long} late.",
            expr(by, &self.names)
        ));
        self.remembers.push(format!("the rows of the last {long}"));
        self.speaks = Some(format!("When a row {long} newer has come, or the clock has moved that far."));
    }

    fn slide(&mut self, frames: &[Frame], calls: &[WindowCall]) {
        for (at, frame) in frames.iter().enumerate() {
            let mine = calls.iter().filter(|it| it.frame == at);
            let texts: Vec<String> = mine.map(|it| window_call(it, &self.names)).collect();
            let by = self.texts(&frame.partition);
            let of = if by.is_empty() { String::new() } else { format!(" of the same {}", list(&by)) };
            let far = extent(frame.extent);
            self.does.push(format!("Adds {} over {far}{of} to each row.", list(&texts)));
            let each = if by.is_empty() { String::new() } else { format!(", for each {}", list(&by)) };
            self.remembers.push(match frame.extent {
                Extent::Unbounded => format!("one running value per call{each}"),
                _ => format!("the rows of {far}{each}"),
            });
        }
        let computed: Vec<String> = calls.iter().map(|it| window_call(it, &self.names)).collect();
        self.names.extend(computed);
    }

    fn join(
        &mut self,
        mut other: Told,
        kind: JoinKind,
        windows: [Option<Extent>; 2],
        keys: &[(Expr, Expr)],
        rest: Option<&Expr>,
    ) {
        let both: Vec<String> = self.names.iter().filter(|it| other.names.contains(it)).cloned().collect();
        for (side, names) in [("left", &mut self.names), ("right", &mut other.names)] {
            let shared = names.iter_mut().filter(|it| both.contains(it));
            shared.for_each(|it| *it = format!("{side} {it}"));
        }
        let mut parts: Vec<String> = keys
            .iter()
            .map(|(a, b)| format!("{} = {}", expr(a, &self.names), expr(b, &other.names)))
            .collect();
        self.does.extend(other.does);
        self.remembers.extend(other.remembers);
        self.names.extend(other.names);
        parts.extend(rest.map(|it| expr(it, &self.names)));
        let on = if parts.is_empty() { String::new() } else { format!(" where {}", parts.join(" and ")) };
        let kept = match kind {
            JoinKind::Inner => "",
            JoinKind::Left => "; rows of the left side without a partner stay, with NULLs",
            JoinKind::Right => "; rows of the right side without a partner stay, with NULLs",
            JoinKind::Full => "; rows without a partner stay, with NULLs",
        };
        self.does.push(format!("Pairs rows of both sides{on}{kept}."));
        for (side, window) in ["left", "right"].iter().zip(windows) {
            self.remembers.push(match window {
                Some(it) => format!("of the {side} side {}", extent(it)),
                None => format!("of the {side} side the rows of the current moment only"),
            });
        }
        self.speaks = Some(match kind {
            JoinKind::Inner => "At once when a partner comes; ROWTIME is the later of both.".to_owned(),
            _ => {
                "At once when a partner comes, and for a row without one when its window is over.".to_owned()
            }
        });
    }

    fn lookup(
        &mut self,
        program: &Program,
        table: &Rel,
        other: Told,
        kind: LookupKind,
        keys: &[(Expr, Expr)],
        rest: Option<&Expr>,
    ) {
        let mut parts: Vec<String> = keys
            .iter()
            .map(|(a, b)| format!("{} = {}", expr(a, &self.names), expr(b, &other.names)))
            .collect();
        let both: Vec<String> = self.names.iter().chain(&other.names).cloned().collect();
        parts.extend(rest.map(|it| expr(it, &both)));
        let on = if parts.is_empty() { String::new() } else { format!(" where {}", parts.join(" and ")) };
        let name = reference(program, table);
        self.does.push(match kind {
            LookupKind::Inner => format!("Adds the rows of {name}{on}; a row without one is dropped."),
            LookupKind::Left => format!("Adds the rows of {name}{on}, or NULLs where there is none."),
            LookupKind::Semi => format!("Keeps the rows for which {name} has a row{on}."),
            LookupKind::Anti => format!("Keeps the rows for which {name} has no row{on}."),
        });
        self.remembers.push(format!("the whole of {name}, as it was when the application started"));
        if matches!(kind, LookupKind::Inner | LookupKind::Left) {
            self.names = both;
        }
    }

    fn table(&mut self, func: &TableFunc) {
        let column = |names: &[String], at: usize| names.get(at).cloned().unwrap_or_default();
        match func {
            TableFunc::GroupRank { by, name, most, .. } => {
                let column = column(&self.names, *by);
                let most = match most {
                    0 => String::new(),
                    most => format!(", and lets the first {most} through"),
                };
                self.does.push(format!("Ranks the rows of one ROWTIME by {column}{most}."));
                self.remembers.push("the rows of one ROWTIME".to_owned());
                self.speaks =
                    Some("When a row with another ROWTIME has come, or the idle time is over.".to_owned());
                self.names.push(shown(name));
            }
            TableFunc::TopK { column: at, k, seconds } => {
                let (column, long) = (column(&self.names, *at), length(i64::from(*seconds) * 1000));
                self.does.push(format!(
                    "Counts the values of {column}, and gives the {k} most frequent of each window of {long}."
                ));
                self.remembers.push(format!("counts of the values of one window of {long}"));
                self.speaks = Some(AT_END.to_owned());
                self.names = vec!["ITEM".to_owned(), "ITEM_COUNT".to_owned()];
            }
            TableFunc::CountDistinct { column: at, seconds } => {
                let (column, long) = (column(&self.names, *at), length(i64::from(*seconds) * 1000));
                self.does.push(format!("Counts the different values of {column} in each window of {long}."));
                self.remembers.push(format!("the values of one window of {long}"));
                self.speaks = Some(AT_END.to_owned());
                self.names = vec!["NUMBER_OF_DISTINCT_ITEMS".to_owned()];
            }
            TableFunc::Forest { columns, settings, explained, .. } => {
                let of: Vec<String> = columns.iter().map(|&it| column(&self.names, it)).collect();
                self.does.push(format!("Scores how unusual each row is by {}.", list(&of)));
                self.remembers
                    .push(format!("{} trees of up to {} rows each", settings.trees, settings.sample));
                self.names.push("ANOMALY_SCORE".to_owned());
                self.names.extend(explained.map(|_| "ANOMALY_EXPLANATION".to_owned()));
            }
            TableFunc::Hotspots { columns, settings } => {
                let of: Vec<String> = columns.iter().map(|&it| column(&self.names, it)).collect();
                self.does.push(format!("Looks for crowded places among the values of {}.", list(&of)));
                self.remembers.push(format!("the last {} rows", settings.window));
                self.names.push("HOTSPOTS_RESULT".to_owned());
            }
        }
    }
}

/// The name of the reference table at the bottom of a tree.
fn reference(program: &Program, rel: &Rel) -> String {
    match rel {
        Rel::Reference { table } => shown(&program.tables[table.0].name),
        _ => rel.inputs().first().map_or("the table".to_owned(), |it| reference(program, it)),
    }
}
