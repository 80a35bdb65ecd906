//! One random cut tree (Guha, Mishra, Roy, Schrijvers: Robust Random Cut Forest Based Anomaly Detection On
//! Streams, ICML 2016).
//!
//! A tree divides a set of points by cuts until each is alone. A cut runs across one dimension of the
//! points' bounding box, chosen in proportion to the length of its side, at a place drawn evenly from that
//! side. Points are inserted and deleted so that the tree is at every moment distributed as if it had been
//! drawn anew for the points it holds (the paper's theorems 3 and 4); how deep a cut would separate a new
//! point therefore says how unlike the others it is.
//!
//! Branches and leaves lie in vectors and refer to each other by place; freed places are used again, so
//! that a tree of constant size allocates nothing.

use serde::{Deserialize, Serialize};

use crate::base::seed::Chance;
use crate::sql::table::log::log2;

/// A place among the branches, or with the highest bit among the leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Link(u32);

const NOWHERE: Link = Link(u32::MAX);
const LEAF: u32 = 1 << 31;

impl Link {
    fn leaf(at: u32) -> Self {
        Self(at | LEAF)
    }

    fn as_leaf(self) -> Option<usize> {
        (self.0 & LEAF != 0).then_some((self.0 & !LEAF) as usize)
    }

    fn as_branch(self) -> usize {
        self.0 as usize
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Branch {
    parent: Link,
    /// Points whose coordinate on `axis` is at most `cut`.
    low: Link,
    /// The others.
    high: Link,
    axis: u32,
    /// How many points lie below, copies counted.
    mass: u32,
    cut: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Leaf {
    parent: Link,
    /// How many equal points it stands for; 0 for a free place.
    mass: u32,
}

/// A tree over points of one number of dimensions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tree {
    dimensions: usize,
    root: Link,
    branches: Vec<Branch>,
    /// The bounding box of each branch: its lows, then its highs.
    boxes: Vec<f64>,
    free_branches: Vec<u32>,
    leaves: Vec<Leaf>,
    points: Vec<f64>,
    free_leaves: Vec<u32>,
}

impl Tree {
    /// An empty tree.
    pub fn new(dimensions: usize) -> Self {
        Self {
            dimensions,
            root: NOWHERE,
            branches: Vec::new(),
            boxes: Vec::new(),
            free_branches: Vec::new(),
            leaves: Vec::new(),
            points: Vec::new(),
            free_leaves: Vec::new(),
        }
    }

    /// How many points it holds, copies counted.
    pub fn mass(&self) -> u32 {
        if self.root == NOWHERE { 0 } else { self.mass_of(self.root) }
    }

    /// Bytes of memory it holds.
    pub fn bytes(&self) -> usize {
        (self.boxes.capacity() + self.points.capacity()) * size_of::<f64>()
            + self.branches.capacity() * size_of::<Branch>()
            + self.leaves.capacity() * size_of::<Leaf>()
    }

    fn mass_of(&self, link: Link) -> u32 {
        match link.as_leaf() {
            Some(leaf) => self.leaves[leaf].mass,
            None => self.branches[link.as_branch()].mass,
        }
    }

    fn point(&self, leaf: usize) -> &[f64] {
        &self.points[leaf * self.dimensions..(leaf + 1) * self.dimensions]
    }

    /// Lows and highs of the box around the points below; a leaf's box is its point.
    fn bounds(&self, link: Link) -> (&[f64], &[f64]) {
        match link.as_leaf() {
            Some(leaf) => (self.point(leaf), self.point(leaf)),
            None => {
                let start = link.as_branch() * 2 * self.dimensions;
                self.boxes[start..start + 2 * self.dimensions].split_at(self.dimensions)
            }
        }
    }

    /// Adds a point and says which leaf stands for it: the paper's InsertPoint. At every branch a cut is
    /// drawn for the box with the point in it; if it separates the point from everything below, it goes in
    /// above, and otherwise the branch's own cut leads on.
    pub fn insert(&mut self, point: &[f64], chance: &mut Chance) -> u32 {
        debug_assert_eq!(point.len(), self.dimensions, "a point of another tree");
        let mut at = self.root;
        if at == NOWHERE {
            let leaf = self.new_leaf(point, NOWHERE);
            self.root = Link::leaf(leaf);
            return leaf;
        }
        loop {
            if let Some(leaf) = at.as_leaf()
                && self.point(leaf) == point
            {
                self.leaves[leaf].mass += 1;
                return leaf as u32;
            }
            if let Some((axis, cut)) = self.separating_cut(at, point, chance) {
                return self.put_above(at, point, axis, cut);
            }
            let branch = at.as_branch();
            self.widen(branch, point);
            let here = &mut self.branches[branch];
            here.mass += 1;
            at = if point[here.axis as usize] <= here.cut { here.low } else { here.high };
        }
    }

    /// A cut drawn for the box of `at` with the point in it, if it has the point on its one side and the
    /// box on the other.
    fn separating_cut(&self, at: Link, point: &[f64], chance: &mut Chance) -> Option<(usize, f64)> {
        let (lows, highs) = self.bounds(at);
        let mut total = 0.0;
        for ((&low, &high), &x) in lows.iter().zip(highs).zip(point) {
            total += high.max(x) - low.min(x);
        }
        let mut rest = chance.unit() * total;
        let mut drawn = None;
        for (axis, ((&low, &high), &x)) in lows.iter().zip(highs).zip(point).enumerate() {
            let (from, to) = (low.min(x), high.max(x));
            let side = to - from;
            if side <= 0.0 {
                continue;
            }
            // Rounding may carry the sum past the last side, and a cut onto the end of its side.
            let cut = if from + rest < to { from + rest } else { from };
            drawn = Some((axis, cut, low, high, x));
            if rest < side {
                break;
            }
            rest -= side;
        }
        let (axis, cut, low, high, x) = drawn?;
        let apart = x <= cut && cut < low || high <= cut && cut < x;
        apart.then_some((axis, cut))
    }

    /// A new branch in the place of `at`, with `at` on one side and a leaf of the point on the other.
    fn put_above(&mut self, at: Link, point: &[f64], axis: usize, cut: f64) -> u32 {
        let parent = self.parent(at);
        let branch = self.new_branch(at, point);
        let leaf = self.new_leaf(point, Link(branch));
        let (low, high) = if point[axis] <= cut { (Link::leaf(leaf), at) } else { (at, Link::leaf(leaf)) };
        let mass = self.mass_of(at) + 1;
        self.branches[branch as usize] = Branch { parent, low, high, axis: axis as u32, mass, cut };
        self.set_parent(at, Link(branch));
        self.replace_child(parent, at, Link(branch));
        leaf
    }

    /// Takes away one point of a leaf: the paper's ForgetPoint. The last one goes with the cut above it,
    /// and its sibling moves up.
    pub fn delete(&mut self, leaf: u32) {
        let leaf = leaf as usize;
        assert!(0 < self.leaves[leaf].mass, "a leaf that is deleted stands for a point");
        self.leaves[leaf].mass -= 1;
        let mut at = self.leaves[leaf].parent;
        let mut tight = true;
        if self.leaves[leaf].mass == 0 {
            self.free_leaves.push(leaf as u32);
            if at == NOWHERE {
                self.root = NOWHERE;
                return;
            }
            let gone = &self.branches[at.as_branch()];
            let parent = gone.parent;
            let sibling = if gone.low == Link::leaf(leaf as u32) { gone.high } else { gone.low };
            self.set_parent(sibling, parent);
            self.replace_child(parent, at, sibling);
            self.free_branches.push(at.0);
            at = parent;
            tight = false;
        }
        while at != NOWHERE {
            let branch = at.as_branch();
            self.branches[branch].mass -= 1;
            // Above a box that did not shrink none shrinks.
            tight = tight || !self.shrink(branch);
            at = self.branches[branch].parent;
        }
    }

    fn parent(&self, link: Link) -> Link {
        match link.as_leaf() {
            Some(leaf) => self.leaves[leaf].parent,
            None => self.branches[link.as_branch()].parent,
        }
    }

    fn set_parent(&mut self, link: Link, parent: Link) {
        match link.as_leaf() {
            Some(leaf) => self.leaves[leaf].parent = parent,
            None => self.branches[link.as_branch()].parent = parent,
        }
    }

    fn replace_child(&mut self, parent: Link, old: Link, new: Link) {
        if parent == NOWHERE {
            self.root = new;
            return;
        }
        let parent = &mut self.branches[parent.as_branch()];
        if parent.low == old { parent.low = new } else { parent.high = new }
    }

    fn new_leaf(&mut self, point: &[f64], parent: Link) -> u32 {
        let leaf = Leaf { parent, mass: 1 };
        if let Some(at) = self.free_leaves.pop() {
            let start = at as usize * self.dimensions;
            self.points[start..start + self.dimensions].copy_from_slice(point);
            self.leaves[at as usize] = leaf;
            return at;
        }
        self.points.extend_from_slice(point);
        self.leaves.push(leaf);
        self.leaves.len() as u32 - 1
    }

    /// A place for a branch, with the box around `over` and a point; the branch itself is filled in after.
    fn new_branch(&mut self, over: Link, point: &[f64]) -> u32 {
        let size = 2 * self.dimensions;
        let branch = self.free_branches.pop().unwrap_or_else(|| {
            let empty = Branch { parent: NOWHERE, low: NOWHERE, high: NOWHERE, axis: 0, mass: 0, cut: 0.0 };
            self.branches.push(empty);
            self.boxes.resize(self.branches.len() * size, 0.0);
            self.branches.len() as u32 - 1
        });
        let start = branch as usize * size;
        for (axis, &x) in point.iter().enumerate() {
            let (lows, highs) = self.bounds(over);
            let (low, high) = (lows[axis].min(x), highs[axis].max(x));
            self.boxes[start + axis] = low;
            self.boxes[start + self.dimensions + axis] = high;
        }
        branch
    }

    fn widen(&mut self, branch: usize, point: &[f64]) {
        let start = branch * 2 * self.dimensions;
        let (lows, highs) = self.boxes[start..start + 2 * self.dimensions].split_at_mut(self.dimensions);
        for ((low, high), &x) in lows.iter_mut().zip(highs).zip(point) {
            *low = low.min(x);
            *high = high.max(x);
        }
    }

    /// The box of a branch from its children's; `true` if it became another.
    fn shrink(&mut self, branch: usize) -> bool {
        let Branch { low, high, .. } = self.branches[branch];
        let start = branch * 2 * self.dimensions;
        let mut changed = false;
        for axis in 0..self.dimensions {
            let (one, other) = (self.bounds(low), self.bounds(high));
            let (least, most) = (one.0[axis].min(other.0[axis]), one.1[axis].max(other.1[axis]));
            changed |= self.boxes[start + axis] != least;
            changed |= self.boxes[start + self.dimensions + axis] != most;
            self.boxes[start + axis] = least;
            self.boxes[start + self.dimensions + axis] = most;
        }
        changed
    }

    /// How unlike its points a point is, from 0 to the logarithm of the mass to base 2.
    ///
    /// The depth at which cuts would part the point from all others is random; the score is the mean of
    /// 1 / (depth + 1) over the cuts that could be drawn, so that what the first cut would part scores 1.
    /// It is scaled by log2 of the mass, because that is about the depth of an ordinary point, which so
    /// scores about 1. A point that is there already ends in its leaf: the leaf counts as a tree of its
    /// copies, deeper by log2(copies + 1), and the more of the tree the copies are, the less they count,
    /// by half at most.
    pub fn score(&self, point: &[f64]) -> f64 {
        let mut score = 0.0;
        self.walk(point, |weight, _, _| score += weight);
        score * log2(u64::from(self.mass()))
    }

    /// As [`score`](Self::score), but told by dimension: adds to `below` what the point's coordinate owes
    /// to lying below the others', and to `above` the contrary. All added together are the score.
    pub fn attribute(&self, point: &[f64], below: &mut [f64], above: &mut [f64]) {
        let scale = log2(u64::from(self.mass()));
        let share = 1.0 / (2 * self.dimensions) as f64;
        self.walk(point, |weight, total, bounds| {
            let weight = weight * scale;
            let Some((lows, highs)) = bounds else {
                // Inside everything: no dimension makes it special more than another.
                below.iter_mut().chain(above.iter_mut()).for_each(|it| *it += weight * share);
                return;
            };
            for (axis, &x) in point.iter().enumerate() {
                below[axis] += weight * (lows[axis] - x).max(0.0) / total;
                above[axis] += weight * (x - highs[axis]).max(0.0) / total;
            }
        });
    }

    /// Leads a point down. `tell` hears what each box on the way adds to the score, by how much in all the
    /// point lies outside of the box, and the box; no box for a leaf that is equal.
    fn walk(&self, point: &[f64], mut tell: impl FnMut(f64, f64, Option<(&[f64], &[f64])>)) {
        if self.root == NOWHERE {
            return;
        }
        let (mut at, mut depth, mut left) = (self.root, 0.0, 1.0);
        loop {
            let (lows, highs) = self.bounds(at);
            let (mut outside, mut total) = (0.0, 0.0);
            for ((&low, &high), &x) in lows.iter().zip(highs).zip(point) {
                outside += (low - x).max(0.0) + (x - high).max(0.0);
                total += high - low;
            }
            if let Some(leaf) = at.as_leaf() {
                if 0.0 < outside {
                    tell(left / (depth + 1.0), outside, Some((lows, highs)));
                    return;
                }
                let (copies, mass) = (self.leaves[leaf].mass, self.mass());
                let damped = 1.0 - f64::from(copies) / (2.0 * f64::from(mass));
                tell(left * damped / (depth + log2(u64::from(copies) + 1)), 0.0, None);
                return;
            }
            if 0.0 < outside {
                let apart = outside / (total + outside);
                tell(left * apart / (depth + 1.0), outside, Some((lows, highs)));
                left *= 1.0 - apart;
            }
            let branch = &self.branches[at.as_branch()];
            at = if point[branch.axis as usize] <= branch.cut { branch.low } else { branch.high };
            depth += 1.0;
        }
    }

    /// The laws of a tree, for tests: masses add up, boxes are exactly those of the points below, every
    /// cut parts its children, parents and children agree, and nothing is lost or used twice.
    pub fn check(&self) {
        if self.root == NOWHERE {
            assert_eq!(self.free_leaves.len(), self.leaves.len(), "an empty tree has only free leaves");
            assert_eq!(self.free_branches.len(), self.branches.len(), "and only free branches");
            return;
        }
        assert_eq!(self.parent(self.root), NOWHERE, "nothing is above the root");
        let (leaves, branches) = self.check_below(self.root);
        assert_eq!(leaves + self.free_leaves.len(), self.leaves.len(), "every leaf is used or free");
        assert_eq!(branches + self.free_branches.len(), self.branches.len(), "so is every branch");
    }

    fn check_below(&self, at: Link) -> (usize, usize) {
        if let Some(leaf) = at.as_leaf() {
            assert!(0 < self.leaves[leaf].mass, "a leaf stands for a point");
            return (1, 0);
        }
        let branch = &self.branches[at.as_branch()];
        assert_eq!(branch.mass, self.mass_of(branch.low) + self.mass_of(branch.high), "masses add up");
        assert_eq!(
            (self.parent(branch.low), self.parent(branch.high)),
            (at, at),
            "children know their parent"
        );
        let (low, high, own) = (self.bounds(branch.low), self.bounds(branch.high), self.bounds(at));
        for axis in 0..self.dimensions {
            assert_eq!(own.0[axis], low.0[axis].min(high.0[axis]), "the box begins where its points do");
            assert_eq!(own.1[axis], low.1[axis].max(high.1[axis]), "the box ends where its points do");
        }
        let axis = branch.axis as usize;
        assert!(low.1[axis] <= branch.cut && branch.cut < high.0[axis], "a cut parts its children");
        let (below, above) = (self.check_below(branch.low), self.check_below(branch.high));
        (below.0 + above.0, below.1 + above.1 + 1)
    }
}
