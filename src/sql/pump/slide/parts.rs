//! The partitions of a window: found by their key, forgotten when they are empty.
//!
//! The table is only looked up, never walked. A place that has become free is taken by the next new key, so
//! that places depend on nothing but the rows.

use serde::{Deserialize, Serialize};

use crate::sql::pump::slide::fold::Fold;
use crate::sql::pump::slide::ring::Ring;
use crate::sql::value::{Column, ColumnData};

const FREE: u32 = u32::MAX;

/// The rows of one key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    hash: u64,
    key: Box<[u8]>,
    /// The number of the oldest row in the window, and of the row to come.
    pub first: u64,
    pub next: u64,
    pub rings: Vec<Ring>,
    pub folds: Vec<Fold>,
}

impl Part {
    /// Rows in the window.
    pub fn rows(&self) -> u64 {
        self.next - self.first
    }

    /// Bytes of memory it takes, about.
    pub fn bytes(&self) -> u64 {
        let own = size_of::<Part>() + self.key.len();
        let rings: u64 = self.rings.iter().map(|it| size_of::<Ring>() as u64 + it.bytes()).sum();
        let folds: u64 = self.folds.iter().map(|it| size_of::<Fold>() as u64 + it.bytes()).sum();
        own as u64 + rings + folds
    }
}

/// All partitions of one window.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Parts {
    /// Open addressing over places; its length is a power of two.
    table: Vec<u32>,
    places: Vec<Part>,
    free: Vec<u32>,
}

impl Parts {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }

    pub fn get_mut(&mut self, place: u32) -> &mut Part {
        &mut self.places[place as usize]
    }

    /// Every place, the free ones too; those have no rows.
    pub fn iter(&self) -> impl Iterator<Item = &Part> {
        self.places.iter()
    }

    /// The place of a key, if it has one.
    pub fn find(&self, hash: u64, key: &[u8]) -> Option<u32> {
        let mask = self.table.len().checked_sub(1)?;
        let mut at = hash as usize & mask;
        loop {
            let place = self.table[at];
            if place == FREE {
                return None;
            }
            let part = &self.places[place as usize];
            if part.hash == hash && *part.key == *key {
                return Some(place);
            }
            at = (at + 1) & mask;
        }
    }

    /// A place for a key that has none.
    pub fn insert(&mut self, hash: u64, key: &[u8], rings: Vec<Ring>, folds: Vec<Fold>) -> u32 {
        let part = Part { hash, key: key.into(), first: 0, next: 0, rings, folds };
        let place = match self.free.pop() {
            Some(place) => {
                self.places[place as usize] = part;
                place
            }
            None => {
                self.places.push(part);
                (self.places.len() - 1) as u32
            }
        };
        if self.len() * 2 > self.table.len() {
            self.grow();
        } else {
            self.enter(place);
        }
        place
    }

    fn enter(&mut self, place: u32) {
        let mask = self.table.len() - 1;
        let mut at = self.places[place as usize].hash as usize & mask;
        while self.table[at] != FREE {
            at = (at + 1) & mask;
        }
        self.table[at] = place;
    }

    fn grow(&mut self) {
        let size = (self.table.len() * 2).max(16);
        self.table.clear();
        self.table.resize(size, FREE);
        for place in 0..self.places.len() as u32 {
            if !self.places[place as usize].folds.is_empty() {
                self.enter(place);
            }
        }
    }

    /// Forgets a partition; those behind it in the table move up, so that none is lost.
    pub fn remove(&mut self, place: u32) {
        let mask = self.table.len() - 1;
        let mut hole = self.places[place as usize].hash as usize & mask;
        while self.table[hole] != place {
            hole = (hole + 1) & mask;
        }
        let mut at = hole;
        loop {
            at = (at + 1) & mask;
            let next = self.table[at];
            if next == FREE {
                break;
            }
            let home = self.places[next as usize].hash as usize & mask;
            // It may move into the hole unless its home lies behind the hole.
            if (at.wrapping_sub(home) & mask) >= (at.wrapping_sub(hole) & mask) {
                self.table[hole] = next;
                hole = at;
            }
        }
        self.table[hole] = FREE;
        self.places[place as usize] = Part::default();
        self.free.push(place);
        if self.len() == 0 {
            *self = Self::default();
        }
    }
}

/// The key of a row as bytes: equal where GROUP BY would see one group; NULLs are alike.
pub fn key(columns: &[&Column], row: usize, out: &mut Vec<u8>) {
    out.clear();
    for column in columns {
        if column.is_null(row) {
            out.push(0);
            continue;
        }
        out.push(1);
        match &column.data {
            ColumnData::Bool(values) => out.push(u8::from(values[row])),
            ColumnData::Int(values) => out.extend_from_slice(&values[row].to_le_bytes()),
            ColumnData::Double(values) => out.extend_from_slice(&(values[row] + 0.0).to_bits().to_le_bytes()),
            ColumnData::Bytes(values) => {
                let value = values.get(row);
                out.extend_from_slice(&(value.len() as u32).to_le_bytes());
                out.extend_from_slice(value);
            }
        }
    }
}
