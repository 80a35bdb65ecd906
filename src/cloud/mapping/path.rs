//! Paths into JSON documents: `$.a.b`, `$['a']`, `$.list[0:].x`.

/// Paths of all columns, as a tree of keys.
#[derive(Clone, Debug, Default)]
pub struct Paths {
    pub nodes: Vec<Node>,
    pub columns: usize,
    /// The columns that have a value per element of an array.
    pub spread: Vec<usize>,
}

/// The keys wanted of one object.
#[derive(Clone, Debug, Default)]
pub struct Node {
    pub keys: Vec<(Box<str>, Wanted)>,
}

/// What is wanted of one value.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Columns that take the value itself.
    pub columns: Vec<usize>,
    /// Columns, by place in [`Paths::spread`], that take it of each element.
    pub spread: Vec<usize>,
    /// The node of the keys wanted inside.
    pub inside: Option<usize>,
    /// The node of the keys wanted of each element of an array.
    pub each: Option<usize>,
}

enum Step {
    Key(String),
    Each,
}

impl Paths {
    pub fn new<'a>(row_path: &str, mappings: impl Iterator<Item = &'a str>) -> Self {
        let mut paths = Self { nodes: vec![Node::default()], columns: 0, spread: Vec::new() };
        let row = steps(row_path);
        for (column, mapping) in mappings.enumerate() {
            let mut all = Vec::new();
            all.extend(row.iter().map(|it| match it {
                Step::Key(key) => Step::Key(key.clone()),
                Step::Each => Step::Each,
            }));
            all.extend(steps(mapping));
            paths.add(column, &all);
            paths.columns = column + 1;
        }
        paths
    }

    fn add(&mut self, column: usize, steps: &[Step]) {
        // An array at the very end is taken as its text.
        let steps = if let [before @ .., Step::Each] = steps { before } else { steps };
        let place = if steps.iter().any(|it| matches!(it, Step::Each)) {
            self.spread.push(column);
            Some(self.spread.len() - 1)
        } else {
            None
        };
        let (mut node, mut key) = (0, usize::MAX);
        for step in steps {
            match step {
                Step::Key(name) => {
                    if key != usize::MAX {
                        node = self.below(node, key, false);
                    }
                    key = self.key(node, name);
                }
                Step::Each if key != usize::MAX => {
                    node = self.below(node, key, true);
                    key = usize::MAX;
                }
                // A document that is an array is read row by row anyway.
                Step::Each => {}
            }
        }
        if key != usize::MAX {
            let wanted = &mut self.nodes[node].keys[key].1;
            match place {
                Some(place) => wanted.spread.push(place),
                None => wanted.columns.push(column),
            }
        }
    }

    fn key(&mut self, node: usize, name: &str) -> usize {
        let keys = &mut self.nodes[node].keys;
        keys.iter().position(|it| *it.0 == *name).unwrap_or_else(|| {
            keys.push((name.into(), Wanted::default()));
            keys.len() - 1
        })
    }

    fn below(&mut self, node: usize, key: usize, each: bool) -> usize {
        let next = self.nodes.len();
        let wanted = &mut self.nodes[node].keys[key].1;
        let slot = if each { &mut wanted.each } else { &mut wanted.inside };
        let found = *slot.get_or_insert(next);
        if found == next {
            self.nodes.push(Node::default());
        }
        found
    }
}

/// The steps of a path; what stands before the first is the document, with or without `$`.
fn steps(path: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = path.trim().strip_prefix('$').unwrap_or(path.trim());
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let (inside, behind) = inner.split_once(']').unwrap_or((inner, ""));
            let inside = inside.trim();
            match inside.chars().next() {
                Some(quote @ ('\'' | '"')) => steps.push(Step::Key(inside.trim_matches(quote).to_owned())),
                _ => steps.push(Step::Each),
            }
            rest = behind;
        } else {
            let named = rest.strip_prefix('.').unwrap_or(rest);
            let end = named.find(['.', '[']).unwrap_or(named.len());
            if end > 0 {
                steps.push(Step::Key(named[..end].to_owned()));
            }
            rest = if end == 0 && !named.starts_with('[') {
                named.get(1..).unwrap_or("")
            } else {
                &named[end..]
            };
        }
    }
    steps
}
