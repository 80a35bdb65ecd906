//! HOTSPOTS: regions of the recent rows that are dense.
//!
//! The method is DBSCAN (Ester, Kriegel, Sander, Xu, KDD 1996), which the documentation likens its radius
//! to: a row is a core if enough rows, itself counted, lie within the radius; cores within reach of each
//! other belong together, and so does everything a core reaches. Who is near whom is kept as bits and
//! changes by one row at a time, so that a row costs what one row costs.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// The longest JSON text: the longest VARCHAR a column can be.
pub const LONGEST: usize = 65_534;

/// What the arguments of the function say (SQL reference, HOTSPOTS).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Rows that are looked at: the last ones.
    pub window: usize,
    /// How near a neighbour is, in units of the data.
    pub radius: f64,
    /// How many rows within the radius make it dense.
    pub minimum: usize,
}

/// One dense region.
#[derive(Clone, Debug, PartialEq)]
pub struct Hotspot {
    /// Rows for each unit of its volume.
    pub density: f64,
    pub highs: Vec<f64>,
    pub lows: Vec<f64>,
}

/// The last rows, and who is near whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hotspots {
    settings: Settings,
    columns: usize,
    /// Row beside row; the place of a row is its arrival modulo the window.
    points: Vec<f64>,
    arrivals: u64,
    /// A bit for each pair of places.
    near: Vec<u64>,
    /// How many are near each place, itself counted.
    neighbours: Vec<u32>,
}

impl Hotspots {
    pub fn new(settings: Settings, columns: usize) -> Self {
        Self { settings, columns, points: Vec::new(), arrivals: 0, near: Vec::new(), neighbours: Vec::new() }
    }

    /// Rows in the window.
    pub fn held(&self) -> usize {
        self.neighbours.len()
    }

    /// Bytes of memory it holds.
    pub fn bytes(&self) -> usize {
        (self.points.capacity() + self.near.capacity()) * 8 + self.neighbours.capacity() * 4
    }

    fn words(&self) -> usize {
        self.settings.window.div_ceil(64)
    }

    /// Takes the next row in; the oldest goes when the window is full.
    pub fn push(&mut self, row: &[f64]) {
        assert_eq!(row.len(), self.columns, "a row of the function's columns");
        let place = (self.arrivals % self.settings.window as u64) as usize;
        self.arrivals += 1;
        let words = self.words();
        if place == self.held() {
            self.points.extend_from_slice(row);
            self.near.resize((place + 1) * words, 0);
            self.neighbours.push(0);
        } else {
            self.points[place * self.columns..(place + 1) * self.columns].copy_from_slice(row);
        }
        let (word, bit) = (place / 64, 1u64 << (place % 64));
        let reach = self.settings.radius * self.settings.radius;
        let mut count = 0;
        for other in 0..self.held() {
            let apart: f64 = self.row(other).iter().zip(row).map(|(a, b)| (a - b) * (a - b)).sum();
            // The distance to itself is no number if a value is none; a row is always near itself.
            let near = other == place || apart <= reach;
            let back = &mut self.near[other * words + word];
            let was = *back & bit != 0;
            if near {
                *back |= bit
            } else {
                *back &= !bit
            }
            let (other_word, other_bit) = (other / 64, 1u64 << (other % 64));
            let forth = &mut self.near[place * words + other_word];
            if near {
                *forth |= other_bit
            } else {
                *forth &= !other_bit
            }
            count += u32::from(near);
            if other != place {
                self.neighbours[other] += u32::from(near);
                self.neighbours[other] -= u32::from(was);
            }
        }
        self.neighbours[place] = count;
    }

    fn row(&self, place: usize) -> &[f64] {
        &self.points[place * self.columns..(place + 1) * self.columns]
    }

    /// The dense regions of the window, the densest first.
    pub fn find(&self) -> Vec<Hotspot> {
        let words = self.words();
        let held = self.held();
        let oldest = if held < self.settings.window { 0 } else { (self.arrivals % held as u64) as usize };
        let core = |place: usize| self.settings.minimum <= self.neighbours[place] as usize;
        let mut taken = vec![0u64; words];
        let (mut members, mut open) = (Vec::new(), Vec::new());
        let mut found = Vec::new();
        // From the oldest row on, so that a row between two regions belongs to the older one.
        for start in (oldest..held).chain(0..oldest) {
            if !core(start) || taken[start / 64] & 1 << (start % 64) != 0 {
                continue;
            }
            members.clear();
            open.push(start);
            taken[start / 64] |= 1 << (start % 64);
            while let Some(place) = open.pop() {
                members.push(place);
                if !core(place) {
                    continue;
                }
                let near = &self.near[place * words..(place + 1) * words];
                for (word, (near, taken)) in near.iter().zip(&mut taken).enumerate() {
                    let mut fresh = near & !*taken;
                    *taken |= fresh;
                    while fresh != 0 {
                        open.push(word * 64 + fresh.trailing_zeros() as usize);
                        fresh &= fresh - 1;
                    }
                }
            }
            found.push(self.hotspot(&members));
        }
        found.sort_by(order);
        found
    }

    fn hotspot(&self, members: &[usize]) -> Hotspot {
        let mut lows = vec![f64::INFINITY; self.columns];
        let mut highs = vec![f64::NEG_INFINITY; self.columns];
        for &member in members {
            for (column, &x) in self.row(member).iter().enumerate() {
                lows[column] = lows[column].min(x);
                highs[column] = highs[column].max(x);
            }
        }
        // A region without extent in a column is as wide as the radius there; otherwise its density would
        // be infinite.
        let side = |(low, high): (&f64, &f64)| if low < high { high - low } else { self.settings.radius };
        let volume: f64 = lows.iter().zip(&highs).map(side).product();
        let density = members.len() as f64 / volume;
        Hotspot { density: if density.is_finite() { density } else { f64::MAX }, highs, lows }
    }
}

/// The densest first, then by where they lie.
fn order(one: &Hotspot, other: &Hotspot) -> Ordering {
    let by_place = || {
        let pairs = one.lows.iter().zip(&other.lows).map(|(a, b)| a.total_cmp(b));
        pairs.fold(Ordering::Equal, Ordering::then)
    };
    other.density.total_cmp(&one.density).then_with(by_place)
}

/// The JSON of HOTSPOTS_RESULT. Where it would be longer than a VARCHAR, the least dense are left out.
pub fn result(hotspots: &[Hotspot]) -> String {
    let list = |values: &[f64]| values.iter().map(|&it| number(it)).collect::<Vec<_>>().join(",");
    let mut text = String::from("{\"hotspots\":[");
    for (at, hotspot) in hotspots.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        let one = format!(
            "{comma}{{\"density\":{},\"maxValues\":[{}],\"minValues\":[{}]}}",
            number(hotspot.density),
            list(&hotspot.highs),
            list(&hotspot.lows)
        );
        if LONGEST < text.len() + one.len() + 2 {
            break;
        }
        text.push_str(&one);
    }
    text.push_str("]}");
    text
}

/// The shortest digits that read back as the number, with an exponent where zeros would pile up.
fn number(x: f64) -> String {
    let size = x.abs();
    if size == 0.0 {
        "0".to_owned()
    } else if (1e-6..1e16).contains(&size) {
        x.to_string()
    } else {
        format!("{x:e}")
    }
}
