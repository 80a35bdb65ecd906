//! WINDOWED BY STAGGER: a window for each key, opened by the key's first row (sql.md 1.13 and 4.8).
//!
//! All windows of a pump are of one length and rows come in the order of ROWTIME, so the window that opened
//! first ends first: the windows are a queue. A window is a place in the queue; keys, accumulators and counts
//! lie beside each other by that place. A window that ended leaves its place behind until many have, and
//! then all places move up at once; so nothing is allocated or moved for a single row or a single window.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::sql::eval::Faults;
use crate::sql::plan::{Aggregate, Expr};
use crate::sql::pump::Bound;
use crate::sql::pump::aggregate::Accumulator;
use crate::sql::pump::compile::Header;
use crate::sql::pump::group;
use crate::sql::pump::keeper::{Held, Keeper, Kept, Step};
use crate::sql::pump::run::without;
use crate::sql::value::{Batch, Column};

/// A place of the table that was never used.
const FREE: u32 = u32::MAX;

/// Windows that ended leave when there are at least so many of them.
const ENDED_MIN: usize = 64;

/// WINDOWED BY STAGGER.
#[derive(Debug)]
pub struct Stagger {
    keys: Vec<Expr>,
    /// Of every window, in milliseconds.
    length: i64,
    calls: Vec<Aggregate>,
    /// The columns of the results, for error rows.
    header: Header,
}

/// The windows of all keys, in the order they opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Windows {
    /// Open addressing over the places of windows, ended ones included; its length is a power of two.
    table: Vec<u32>,
    hashes: Vec<u64>,
    /// The key of each window; its ROWTIME is the moment the window opened.
    keys: Batch,
    accumulators: Vec<Accumulator>,
    /// The rows counted in each window.
    counts: Vec<u64>,
    /// The windows before this place have ended.
    ended: usize,
}

impl Stagger {
    pub fn new(input: &Header, keys: &[Expr], length: i64, calls: &[Aggregate]) -> Self {
        let header = input.of_items(keys).with(calls.iter().map(|it| it.ty));
        Self { keys: keys.to_vec(), length, calls: calls.to_vec(), header }
    }

    /// Gives the results of the windows that ended from this place on.
    fn give(&self, windows: &mut Windows, from: usize, step: &mut Step<'_>) {
        let ended = from..windows.ended;
        if ended.is_empty() {
            return;
        }
        let rows: u64 = windows.counts[ended.clone()].iter().sum();
        step.moved.waiting -= rows as i64;
        step.moved.grouped += rows;
        let mut results = windows.keys.slice(ended.clone());
        results.rowtimes.iter_mut().for_each(|it| *it = it.saturating_add(self.length));
        let mut faults = Faults::default();
        let calls = windows.accumulators.iter().zip(&self.calls);
        results.columns.extend(calls.map(|(it, call)| it.results(call, ended.clone(), &mut faults)));
        if !faults.is_empty() {
            let faults = faults.into_rows();
            step.lose(&results, &faults, &self.header);
            results = without(&results, &faults);
        }
        step.give(results);
        let left = windows.keys.len() - windows.ended;
        if ENDED_MIN.max(left) <= windows.ended {
            windows.forget();
        }
    }
}

impl Windows {
    /// How many windows there are, ended ones included.
    fn len(&self) -> usize {
        self.hashes.len()
    }

    /// The window of a row's key; a key that has none opens one. `firsts` are the rows of this batch that
    /// opened windows, which stand behind the `stored` ones.
    fn place(
        &mut self,
        batch: &Batch,
        keys: &[Cow<'_, Column>],
        hash: u64,
        row: usize,
        stored: usize,
        firsts: &mut Vec<u32>,
    ) -> u32 {
        if self.table.len() <= self.len() * 2 {
            self.grow();
        }
        let mask = self.table.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let place = self.table[at];
            if place == FREE {
                break;
            }
            let known = place as usize;
            let alike = |it: &Cow<'_, Column>, column: usize| match known.checked_sub(stored) {
                None => it.alike(row, &self.keys.columns[column], known),
                Some(new) => it.alike(row, it, firsts[new] as usize),
            };
            let open = self.ended <= known && self.hashes[known] == hash;
            if open && keys.iter().enumerate().all(|(column, it)| alike(it, column)) {
                return place;
            }
            at = (at + 1) & mask;
        }
        let place = self.len() as u32;
        self.table[at] = place;
        self.hashes.push(hash);
        self.counts.push(0);
        self.keys.rowtimes.push(batch.rowtimes[row]);
        firsts.push(row as u32);
        place
    }

    /// Makes the table anew, with the windows that are open.
    fn grow(&mut self) {
        let open = self.ended..self.len();
        let size = (open.len() * 4).next_power_of_two().max(16).max(self.len() * 2 + 2).next_power_of_two();
        self.table.clear();
        self.table.resize(size, FREE);
        for place in open {
            let mut at = self.hashes[place] as usize & (size - 1);
            while self.table[at] != FREE {
                at = (at + 1) & (size - 1);
            }
            self.table[at] = place as u32;
        }
    }

    /// Ends the windows that last until a moment.
    fn end(&mut self, length: i64, at: i64) {
        let opened = &self.keys.rowtimes[self.ended..];
        self.ended += opened.iter().take_while(|it| it.saturating_add(length) <= at).count();
    }

    /// Lets go of the windows that ended; all others move up.
    fn forget(&mut self) {
        let open = self.ended..self.len();
        self.keys = self.keys.slice(open);
        self.hashes.drain(..self.ended);
        self.counts.drain(..self.ended);
        self.accumulators.iter_mut().for_each(|it| it.forget(self.ended));
        self.ended = 0;
        self.grow();
    }
}

impl Keeper for Stagger {
    fn fresh(&self) -> Kept {
        Kept::Stagger(Windows {
            table: Vec::new(),
            hashes: Vec::new(),
            keys: Batch::new(self.keys.iter().map(|it| it.ty)),
            accumulators: self.calls.iter().map(Accumulator::new).collect(),
            counts: Vec::new(),
            ended: 0,
        })
    }

    fn header(&self, _: &[Header]) -> Header {
        self.header.clone()
    }

    fn passes_originals(&self) -> bool {
        false
    }

    fn rows(&self, kept: &mut Kept, side: usize, batch: Cow<'_, Batch>, step: &mut Step<'_>) {
        let Kept::Stagger(windows) = kept else { return };
        let args = self.calls.iter().flat_map(|it| &it.args);
        let exprs: Vec<Expr> = self.keys.iter().chain(args).cloned().collect();
        let Some((batch, columns)) = step.columns(side, batch, &exprs) else { return };
        let columns: Vec<Cow<'_, Column>> = columns.into_iter().map(Cow::Owned).collect();
        let (keys, args) = columns.split_at(self.keys.len());
        let every: Vec<usize> = (0..keys.len()).collect();
        let hashes = group::hashes(keys, &every, batch.len());
        let (from, stored) = (windows.ended, windows.len());
        let mut placed = Vec::with_capacity(batch.len());
        let mut firsts = Vec::new();
        for (row, &hash) in hashes.iter().enumerate() {
            // A window that ends at a row's own moment ends before the row.
            windows.end(self.length, batch.rowtimes[row]);
            let place = windows.place(&batch, keys, hash, row, stored, &mut firsts);
            windows.counts[place as usize] += 1;
            placed.push(place);
        }
        for (to, from) in windows.keys.columns.iter_mut().zip(keys) {
            to.extend_rows(from, &firsts);
        }
        let count = windows.len();
        let mut args = args.iter();
        for (accumulator, call) in windows.accumulators.iter_mut().zip(&self.calls) {
            let args: Vec<&Column> = args.by_ref().take(call.args.len()).map(|it| it.as_ref()).collect();
            accumulator.add(call, &args, 0, &placed, count);
        }
        step.moved.waiting += batch.len() as i64;
        // A window ends with all its rows in it, so results may wait until the whole batch is placed.
        self.give(windows, from, step);
    }

    fn bound(&self, kept: &mut Kept, _: usize, bound: Bound, step: &mut Step<'_>) -> Bound {
        let Kept::Stagger(windows) = kept else { return bound };
        let from = windows.ended;
        windows.end(self.length, bound.at);
        self.give(windows, from, step);
        // What is open ends behind the bound.
        bound
    }

    fn due(&self, kept: &Kept) -> Option<i64> {
        Some(self.oldest(kept)?.saturating_add(self.length))
    }

    fn oldest(&self, kept: &Kept) -> Option<i64> {
        let Kept::Stagger(windows) = kept else { return None };
        windows.keys.rowtimes.get(windows.ended).copied()
    }

    fn delay(&self) -> i64 {
        self.length
    }

    fn held(&self, kept: &Kept) -> Held {
        let Kept::Stagger(windows) = kept else { return Held::default() };
        let results: u64 = windows.accumulators.iter().map(Accumulator::bytes).sum();
        let table = (windows.table.len() * 4 + windows.hashes.len() * 16) as u64;
        Held {
            what: "WINDOWED BY STAGGER",
            rows: windows.counts[windows.ended..].iter().sum(),
            groups: (windows.len() - windows.ended) as u64,
            bytes: windows.keys.bytes() + results + table,
        }
    }
}
