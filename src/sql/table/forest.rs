//! RANDOM_CUT_FOREST: how unlike the rows before it a row is.
//!
//! A forest is a number of [`Tree`]s, each over an own random [`Sample`] of the rows that came by. A row is
//! scored by every tree, the mean is its score, and then it is offered to every sample. With a shingle of n
//! a point is not one row but the last n together, so that an unusual sequence of usual values is seen.

use serde::{Deserialize, Serialize};

use crate::base::seed::{Chance, Seed};
use crate::sql::table::sample::{Offer, Sample};
use crate::sql::table::tree::Tree;

/// How many numbers the trees of one forest may hold together: trees × sample × columns × shingle. The
/// service names no such limit; here it keeps a forest below about 200 MB.
pub const MOST_NUMBERS: u64 = 4_000_000;

/// No coordinate lies further from zero, so that sums of sides stay finite.
const FARTHEST: f64 = 1e150;

/// What the arguments of the function say (SQL reference, RANDOM_CUT_FOREST).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    pub trees: u32,
    /// Rows in each tree's sample.
    pub sample: u32,
    /// How many rows back the past begins to fade.
    pub decay: u64,
    /// How many rows in a row make a point.
    pub shingle: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { trees: 100, sample: 256, decay: 100_000, shingle: 1 }
    }
}

impl Settings {
    /// The numbers a forest of these settings holds.
    pub fn numbers(self, columns: usize) -> u64 {
        u64::from(self.trees) * u64::from(self.sample) * u64::from(self.shingle) * columns as u64
    }
}

/// The part of a score that one column is answerable for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// Owed to values below what is usual.
    pub below: f64,
    /// Owed to values above.
    pub above: f64,
}

impl Share {
    pub fn score(self) -> f64 {
        self.below + self.above
    }
}

/// The trees, their samples, and the rows of the shingle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Forest {
    settings: Settings,
    columns: usize,
    trees: Vec<(Tree, Sample)>,
    chance: Chance,
    /// The last rows, the oldest first: the point that is scored.
    point: Vec<f64>,
    /// Rows so far.
    rows: u64,
    below: Vec<f64>,
    above: Vec<f64>,
}

impl Forest {
    /// A forest that has seen nothing. Forests of one `owner` draw alike.
    pub fn new(settings: Settings, columns: usize, owner: &str) -> Self {
        let dimensions = columns * settings.shingle as usize;
        let tree = (Tree::new(dimensions), Sample::new(settings.sample as usize, settings.decay));
        Self {
            settings,
            columns,
            trees: vec![tree; settings.trees as usize],
            chance: Seed::default().stream(owner),
            point: vec![0.0; dimensions],
            rows: 0,
            below: vec![0.0; dimensions],
            above: vec![0.0; dimensions],
        }
    }

    /// The score of the next row; then the forest knows the row. 0 until the samples are full, then from 0
    /// to log2 of the sample's size, and about 1 for a row like the others.
    pub fn score(&mut self, row: &[f64]) -> f64 {
        self.shift(row);
        let score = if self.full() {
            let sum: f64 = self.trees.iter().map(|(tree, _)| tree.score(&self.point)).sum();
            sum / self.trees.len() as f64
        } else {
            0.0
        };
        self.learn();
        score
    }

    /// As [`score`](Self::score), and writes to `shares` what each column has to do with it. The shares add
    /// up to the score.
    pub fn explain(&mut self, row: &[f64], shares: &mut Vec<Share>) -> f64 {
        self.shift(row);
        shares.clear();
        shares.resize(self.columns, Share::default());
        if self.full() {
            self.below.fill(0.0);
            self.above.fill(0.0);
            for (tree, _) in &self.trees {
                tree.attribute(&self.point, &mut self.below, &mut self.above);
            }
            let trees = self.trees.len() as f64;
            for (axis, (below, above)) in self.below.iter().zip(&self.above).enumerate() {
                shares[axis % self.columns].below += below / trees;
                shares[axis % self.columns].above += above / trees;
            }
        }
        self.learn();
        shares.iter().map(|it| it.score()).sum()
    }

    /// Points that have come: rows, less those that only began the first shingle.
    fn points(&self) -> u64 {
        self.rows.saturating_sub(u64::from(self.settings.shingle) - 1)
    }

    /// Whether the samples are full, so that there is something to compare the current point with.
    fn full(&self) -> bool {
        u64::from(self.settings.sample) < self.points()
    }

    fn shift(&mut self, row: &[f64]) {
        assert_eq!(row.len(), self.columns, "a row of the forest's columns");
        self.point.copy_within(self.columns.., 0);
        let start = self.point.len() - self.columns;
        for (to, &x) in self.point[start..].iter_mut().zip(row) {
            // Negative zero is zero, and nothing is not a number.
            *to = if x.is_nan() { 0.0 } else { x.clamp(-FARTHEST, FARTHEST) + 0.0 };
        }
        self.rows += 1;
    }

    fn learn(&mut self) {
        let points = self.points();
        if points == 0 {
            return;
        }
        for (tree, sample) in &mut self.trees {
            let key = match sample.offer(points, &mut self.chance) {
                Offer::Refused => continue,
                Offer::Room(key) => key,
                Offer::Instead(key, leaf) => {
                    tree.delete(leaf);
                    key
                }
            };
            sample.put(key, tree.insert(&self.point, &mut self.chance));
        }
    }

    /// How many trees there are.
    pub fn trees(&self) -> usize {
        self.trees.len()
    }

    /// Rows that count: how far the samples are filled.
    pub fn held(&self) -> usize {
        self.points().min(u64::from(self.settings.sample)) as usize
    }

    /// Bytes of memory the trees and samples hold.
    pub fn bytes(&self) -> usize {
        self.trees.iter().map(|(tree, sample)| tree.bytes() + sample.bytes()).sum()
    }

    /// The laws of its trees and samples, for tests.
    pub fn check(&self) {
        for (tree, sample) in &self.trees {
            tree.check();
            assert_eq!(tree.mass() as usize, sample.len(), "a tree holds its sample");
        }
    }
}

/// The JSON of ANOMALY_EXPLANATION: one member for each column, its scores as texts of four decimals.
pub fn explanation(names: &[String], shares: &[Share], directions: bool) -> String {
    let mut text = String::from("{");
    for (at, (name, share)) in names.iter().zip(shares).enumerate() {
        let comma = if at == 0 { "" } else { "," };
        let name = serde_json::Value::from(name.as_str());
        text.push_str(&format!("{comma}{name}:{{\"ATTRIBUTION_SCORE\":\"{:.4}\"", share.score()));
        if directions {
            let direction = if share.above < share.below { "LOW" } else { "HIGH" };
            let strength = (share.above - share.below).abs();
            text.push_str(&format!(",\"DIRECTION\":\"{direction}\",\"STRENGTH\":\"{strength:.4}\""));
        }
        text.push('}');
    }
    text.push('}');
    text
}
