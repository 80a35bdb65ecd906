//! Rows of a window that belong together: a table from key columns to the number of a group.
//!
//! Groups are numbered as they are first seen, which is also the order they come out in. The table is
//! only looked up, never walked.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::sql::value::{Batch, Column};

const FREE: u32 = u32::MAX;

/// The groups of one window.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Groups {
    /// Open addressing over group numbers; its length is a power of two.
    table: Vec<u32>,
    hashes: Vec<u64>,
    /// The first row of each group: its ROWTIME and all its items.
    pub rows: Batch,
}

/// Which group each row of a run went to.
#[derive(Default)]
pub struct Placement {
    /// The group of each row of the run.
    pub groups: Vec<u32>,
    /// The rows of the batch that began a group.
    pub firsts: Vec<u32>,
}

impl Groups {
    pub fn new(rows: Batch) -> Self {
        Self { table: Vec::new(), hashes: Vec::new(), rows }
    }

    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// Finds or makes the group of each row of a range. `hashes` are of the whole batch, over the
    /// `compared` columns.
    pub fn place(
        &mut self,
        rowtimes: &[i64],
        columns: &[Cow<'_, Column>],
        compared: &[usize],
        hashes: &[u64],
        run: std::ops::Range<usize>,
        placed: &mut Placement,
    ) {
        placed.groups.clear();
        placed.firsts.clear();
        let stored = self.len();
        for row in run {
            if self.hashes.len() * 2 >= self.table.len() {
                self.grow();
            }
            let mask = self.table.len() - 1;
            let mut at = hashes[row] as usize & mask;
            let group = loop {
                let group = self.table[at];
                if group == FREE {
                    let group = self.hashes.len() as u32;
                    self.table[at] = group;
                    self.hashes.push(hashes[row]);
                    placed.firsts.push(row as u32);
                    break group;
                }
                let known = group as usize;
                if self.hashes[known] == hashes[row]
                    && compared.iter().all(|&it| match known.checked_sub(stored) {
                        None => columns[it].alike(row, &self.rows.columns[it], known),
                        Some(new) => columns[it].alike(row, &columns[it], placed.firsts[new] as usize),
                    })
                {
                    break group;
                }
                at = (at + 1) & mask;
            };
            placed.groups.push(group);
        }
        self.rows.rowtimes.extend(placed.firsts.iter().map(|&it| rowtimes[it as usize]));
        for (to, from) in self.rows.columns.iter_mut().zip(columns) {
            to.extend_rows(from, &placed.firsts);
        }
    }

    fn grow(&mut self) {
        let size = (self.table.len() * 2).max(16);
        self.table.clear();
        self.table.resize(size, FREE);
        for (group, hash) in self.hashes.iter().enumerate() {
            let mut at = *hash as usize & (size - 1);
            while self.table[at] != FREE {
                at = (at + 1) & (size - 1);
            }
            self.table[at] = group as u32;
        }
    }

    /// Forgets every group and hands out their first rows. The table keeps its size.
    pub fn take(&mut self) -> Batch {
        self.table.fill(FREE);
        self.hashes.clear();
        let empty = Batch {
            rowtimes: Vec::new(),
            columns: self.rows.columns.iter().map(|it| it.pick(&[])).collect(),
        };
        std::mem::replace(&mut self.rows, empty)
    }
}

/// One hash per row over the compared columns.
pub fn hashes(columns: &[Cow<'_, Column>], compared: &[usize], rows: usize) -> Vec<u64> {
    let mut hashes = vec![0; rows];
    compared.iter().for_each(|&it| columns[it].hash_into(&mut hashes));
    hashes
}
