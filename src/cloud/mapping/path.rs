//! Paths into JSON documents: `$.a.b`, `$['a']`, `$.list[0:].x`, `$[0:]`.

/// Paths of all columns, as a tree of keys.
#[derive(Clone, Debug, Default)]
pub struct Paths {
    pub nodes: Vec<Node>,
    pub columns: usize,
    /// The columns that have a value per element of an array.
    pub spread: Vec<usize>,
    /// The record is an array of documents: `$[0:]`.
    pub list: bool,
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
        let mut paths = Self { nodes: vec![Node::default()], columns: 0, spread: Vec::new(), list: false };
        let row = steps(row_path);
        paths.list = matches!(row[..], [Step::Each, ..]);
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
        let steps = if let [Step::Each, inside @ ..] = steps { inside } else { steps };
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
                // The array around the documents is taken apart before them.
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

/// What is wrong with the paths of a schema, in a sentence: brackets that name no array, or more than one
/// array to spread (sql.md 6.4).
pub fn fault<'a>(row_path: &str, mappings: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut arrays: Vec<String> = Vec::new();
    let mappings: Vec<&str> = mappings.collect();
    for path in std::iter::once(row_path).chain(mappings.iter().copied()) {
        if !path.trim_start().starts_with('$') {
            return Some(format!(
                "path {path} does not begin with $; write $.{}",
                path.trim_start_matches('.')
            ));
        }
        if let Some(bracket) = odd_bracket(path) {
            return Some(format!("path {path} has {bracket} where only [0:] or ['key'] can stand"));
        }
    }
    for mapping in &mappings {
        let mut steps = steps(row_path);
        steps.extend(self::steps(mapping));
        if let [before @ .., Step::Each] = &steps[..] {
            steps.truncate(before.len());
        }
        let mut place = String::new();
        for step in &steps {
            match step {
                Step::Key(key) => place.extend([".", key]),
                Step::Each if place.is_empty() => {}
                Step::Each => {
                    place.push_str("[0:]");
                    if !arrays.contains(&place) {
                        arrays.push(place.clone());
                    }
                }
            }
        }
    }
    match &arrays[..] {
        [one, two, ..] => Some(format!("only one array can be spread over rows, not ${one} and ${two} both")),
        _ => None,
    }
}

/// The first bracket that is neither all elements nor a quoted key.
fn odd_bracket(path: &str) -> Option<String> {
    let mut rest = path;
    while let Some((_, inner)) = rest.split_once('[') {
        let (inside, behind) = bracket(inner);
        if !matches!(inside.trim(), "0:" | "*" | ":") && quoted(inside).is_none() {
            return Some(format!("[{inside}]"));
        }
        rest = behind;
    }
    None
}

/// What stands in a bracket, and what follows it. A quoted key may hold brackets of its own.
fn bracket(inner: &str) -> (&str, &str) {
    let end = match inner.trim_start().chars().next() {
        Some('\'') => inner.find("']").map(|it| it + 1),
        Some('"') => inner.find("\"]").map(|it| it + 1),
        _ => inner.find(']'),
    };
    match end {
        Some(end) => (&inner[..end], &inner[end + 1..]),
        None => (inner, ""),
    }
}

/// The key between quotes.
fn quoted(inside: &str) -> Option<&str> {
    let inside = inside.trim();
    let strip = |quote: char| inside.strip_prefix(quote)?.strip_suffix(quote);
    strip('\'').or_else(|| strip('"'))
}

/// The steps of a path; what stands before the first is the document, with or without `$`.
fn steps(path: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = path.trim().strip_prefix('$').unwrap_or(path.trim());
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let (inside, behind) = bracket(inner);
            steps.push(match quoted(inside) {
                Some(key) => Step::Key(key.to_owned()),
                None => Step::Each,
            });
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
