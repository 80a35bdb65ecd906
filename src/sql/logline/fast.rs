//! The pattern language of FAST_REGEX_LOG_PARSE, matched without ever going back (sql.md 5.8).
//!
//! A pattern is cut into pieces: what stands in parentheses, and what stands between them. From left to
//! right each piece takes as little as it can, as long as the beginning of what follows stands behind it,
//! so far as that beginning has a fixed length. A piece between parentheses that holds no sign for any
//! character takes as much as it can, as the documented figures want it. All of the text must be used.

/// Signs a pattern may have.
const PATTERN_MAX: usize = 1_000;
/// Steps a pattern may compile to.
const STEPS_MAX: usize = 5_000;
/// Steps one line may cost.
const WORK_MAX: usize = 20_000_000;
/// Numbers an interval `<n-m>` may stand for.
const NUMBERS_MAX: u64 = 1_000;

/// Which characters a sign takes.
#[derive(Clone, Debug, PartialEq)]
struct Set {
    ranges: Vec<(char, char)>,
    negated: bool,
}

impl Set {
    fn one(it: char) -> Self {
        Self { ranges: vec![(it, it)], negated: false }
    }

    fn any() -> Self {
        Self { ranges: Vec::new(), negated: true }
    }

    fn takes(&self, it: char) -> bool {
        self.ranges.iter().any(|(low, high)| (*low..=*high).contains(&it)) != self.negated
    }
}

#[derive(Clone, Debug)]
enum Node {
    /// All of these characters sets at once: more than one behind `&`.
    Sets(Vec<Set>),
    Seq(Vec<Node>),
    Or(Vec<Node>),
    Repeat(Box<Node>, usize, Option<usize>),
    /// Nothing fits: `#`.
    Never,
}

impl Node {
    /// How many characters it takes, if always as many.
    fn length(&self) -> Option<usize> {
        match self {
            Node::Sets(_) => Some(1),
            Node::Seq(parts) => parts.iter().map(Node::length).sum(),
            Node::Or(parts) => {
                let first = parts.first()?.length()?;
                if parts.iter().all(|it| it.length() == Some(first)) { Some(first) } else { None }
            }
            Node::Repeat(part, least, most) if Some(*least) == *most => Some(part.length()? * least),
            Node::Repeat(..) | Node::Never => None,
        }
    }

    /// Whether a sign for any character is in it.
    fn loose(&self) -> bool {
        match self {
            Node::Sets(sets) => sets.iter().all(|it| *it == Set::any()),
            Node::Seq(parts) | Node::Or(parts) => parts.iter().any(Node::loose),
            Node::Repeat(part, ..) => part.loose(),
            Node::Never => false,
        }
    }
}

/// A step of the machine of one piece.
#[derive(Clone, Debug)]
enum Step {
    One(Vec<Set>),
    Split(usize, usize),
    Jump(usize),
    Fail,
    Done,
}

/// Steps, compiled.
#[derive(Clone, Debug)]
struct Machine(Vec<Step>);

#[derive(Clone, Debug)]
struct Piece {
    machine: Machine,
    /// The fixed beginning of what follows.
    behind: Machine,
    group: bool,
    greedy: bool,
}

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Fast {
    pieces: Vec<Piece>,
    groups: usize,
}

impl Fast {
    /// Reads a pattern; the error is a sentence.
    pub fn new(pattern: &str) -> Result<Self, String> {
        let chars: Vec<char> = pattern.chars().collect();
        if chars.len() > PATTERN_MAX {
            return Err(format!("A pattern has at most {PATTERN_MAX} characters."));
        }
        let parts = Reader { chars: &chars, at: 0, depth: 0 }.pattern()?;
        let groups = parts.iter().filter(|it| it.0).count();
        let mut pieces = Vec::with_capacity(parts.len());
        let mut size = 0;
        for (at, (group, nodes)) in parts.iter().enumerate() {
            let machine = compile(nodes, &mut size)?;
            let behind = compile(&beginning(&parts[at + 1..]), &mut size)?;
            let greedy = !group && !nodes.iter().any(Node::loose);
            pieces.push(Piece { machine, behind, group: *group, greedy });
        }
        Ok(Self { pieces, groups })
    }

    pub fn groups(&self) -> usize {
        self.groups
    }

    /// The text of each group; `None` where the line does not fit.
    pub fn read<'t>(&self, line: &'t str) -> Result<Option<Vec<&'t str>>, String> {
        let mut work = WORK_MAX;
        let mut found = Vec::with_capacity(self.groups);
        let mut at = 0;
        for (number, piece) in self.pieces.iter().enumerate() {
            let last = number + 1 == self.pieces.len();
            match piece.end(&line[at..], last, &mut work) {
                Ok(Some(length)) => {
                    if piece.group {
                        found.push(&line[at..at + length]);
                    }
                    at += length;
                }
                Ok(None) => return Ok(None),
                Err(()) => return Err("The pattern takes too many steps on this line.".to_owned()),
            }
        }
        Ok(if at == line.len() { Some(found) } else { None })
    }
}

impl Piece {
    /// How many bytes of the text this piece takes.
    fn end(&self, text: &str, last: bool, work: &mut usize) -> Result<Option<usize>, ()> {
        let mut best = None;
        let mut places = self.machine.start();
        let mut chars = text.char_indices();
        loop {
            let next = chars.next();
            let at = next.map_or(text.len(), |(at, _)| at);
            if self.machine.done(&places) && self.fits(&text[at..], last, work)? {
                best = Some(at);
                if !self.greedy {
                    break;
                }
            }
            let Some((_, one)) = next else { break };
            places = self.machine.step(&places, one, work)?;
            if places.is_empty() {
                break;
            }
        }
        Ok(best)
    }

    /// Whether what must follow stands there.
    fn fits(&self, rest: &str, last: bool, work: &mut usize) -> Result<bool, ()> {
        if last {
            return Ok(rest.is_empty());
        }
        let mut places = self.behind.start();
        let mut chars = rest.chars();
        loop {
            if self.behind.done(&places) {
                return Ok(true);
            }
            let Some(one) = chars.next() else { return Ok(false) };
            places = self.behind.step(&places, one, work)?;
            if places.is_empty() {
                return Ok(false);
            }
        }
    }
}

impl Machine {
    fn start(&self) -> Vec<usize> {
        let mut places = Vec::new();
        self.enter(0, &mut places);
        places
    }

    fn step(&self, places: &[usize], one: char, work: &mut usize) -> Result<Vec<usize>, ()> {
        let mut next = Vec::new();
        *work = work.checked_sub(1 + places.len()).ok_or(())?;
        for &place in places {
            if let Step::One(sets) = &self.0[place]
                && sets.iter().all(|it| it.takes(one))
            {
                self.enter(place + 1, &mut next);
            }
        }
        *work = work.checked_sub(next.len() * next.len() / 8).ok_or(())?;
        Ok(next)
    }

    fn enter(&self, place: usize, places: &mut Vec<usize>) {
        let mut open = vec![place];
        let mut seen = Vec::new();
        while let Some(place) = open.pop() {
            match self.0[place] {
                Step::Split(a, b) if !seen.contains(&place) => {
                    seen.push(place);
                    open.extend([b, a]);
                }
                Step::Jump(to) => open.push(to),
                Step::One(_) | Step::Done if !places.contains(&place) => places.push(place),
                _ => {}
            }
        }
    }

    fn done(&self, places: &[usize]) -> bool {
        places.iter().any(|&it| matches!(self.0[it], Step::Done))
    }
}

/// The fixed beginning of the pieces that follow: up to the first part whose length can vary.
fn beginning(parts: &[(bool, Vec<Node>)]) -> Vec<Node> {
    let mut fixed = Vec::new();
    for node in parts.iter().flat_map(|it| &it.1) {
        match node {
            it if it.length().is_some() => fixed.push(it.clone()),
            // At least so many of it are there.
            Node::Repeat(part, least, _) if part.length().is_some() => {
                fixed.push(Node::Repeat(part.clone(), *least, Some(*least)));
                break;
            }
            _ => break,
        }
    }
    fixed
}

fn compile(nodes: &[Node], size: &mut usize) -> Result<Machine, String> {
    let mut steps = Vec::new();
    for node in nodes {
        emit(node, &mut steps, size)?;
    }
    steps.push(Step::Done);
    Ok(Machine(steps))
}

fn emit(node: &Node, steps: &mut Vec<Step>, size: &mut usize) -> Result<(), String> {
    *size += 1;
    if *size > STEPS_MAX {
        return Err("The pattern repeats too much.".to_owned());
    }
    match node {
        Node::Sets(sets) => steps.push(Step::One(sets.clone())),
        Node::Never => steps.push(Step::Fail),
        Node::Seq(parts) => parts.iter().try_for_each(|it| emit(it, steps, size))?,
        Node::Or(parts) => {
            let mut ends = Vec::new();
            for (at, part) in parts.iter().enumerate() {
                let split = steps.len();
                if at + 1 < parts.len() {
                    steps.push(Step::Split(split + 1, 0));
                }
                emit(part, steps, size)?;
                if at + 1 < parts.len() {
                    ends.push(steps.len());
                    steps.push(Step::Jump(0));
                    steps[split] = Step::Split(split + 1, steps.len());
                }
            }
            let end = steps.len();
            ends.into_iter().for_each(|it| steps[it] = Step::Jump(end));
        }
        Node::Repeat(part, least, most) => {
            for _ in 0..*least {
                emit(part, steps, size)?;
            }
            match most {
                None => {
                    let split = steps.len();
                    steps.push(Step::Split(split + 1, 0));
                    emit(part, steps, size)?;
                    steps.push(Step::Jump(split));
                    steps[split] = Step::Split(split + 1, steps.len());
                }
                Some(most) => {
                    let mut splits = Vec::new();
                    for _ in *least..*most {
                        splits.push(steps.len());
                        steps.push(Step::Split(steps.len() + 1, 0));
                        emit(part, steps, size)?;
                    }
                    let end = steps.len();
                    splits.into_iter().for_each(|it| steps[it] = Step::Split(it + 1, end));
                }
            }
        }
    }
    Ok(())
}

struct Reader<'p> {
    chars: &'p [char],
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    /// The pieces of the whole pattern: whether each is a group, and its parts.
    fn pattern(&mut self) -> Result<Vec<(bool, Vec<Node>)>, String> {
        let mut pieces: Vec<(bool, Vec<Node>)> = Vec::new();
        while let Some(next) = self.peek() {
            if next == '(' && self.chars.get(self.at + 1) != Some(&')') {
                self.at += 1;
                let inside = self.choice()?;
                self.expect(')')?;
                if self.peek().is_some_and(|it| matches!(it, '?' | '*' | '+' | '{')) {
                    return Err("A group that is a column cannot be repeated.".to_owned());
                }
                let parts = if let Node::Seq(parts) = inside { parts } else { vec![inside] };
                pieces.push((true, parts));
            } else if matches!(next, '|' | '&') {
                return Err(format!(
                    "{next} stands inside parentheses; outside it would cut a column in two."
                ));
            } else {
                let part = self.repeated()?;
                match pieces.last_mut() {
                    Some((false, parts)) => parts.push(part),
                    _ => pieces.push((false, vec![part])),
                }
            }
        }
        Ok(pieces)
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Result<char, String> {
        let one = self.peek().ok_or_else(|| self.bad())?;
        self.at += 1;
        Ok(one)
    }

    fn bad(&self) -> String {
        format!("Invalid regular expression: {}", self.chars.iter().collect::<String>())
    }

    fn expect(&mut self, wanted: char) -> Result<(), String> {
        if self.next()? == wanted { Ok(()) } else { Err(self.bad()) }
    }

    fn choice(&mut self) -> Result<Node, String> {
        let mut parts = vec![self.intersection()?];
        while self.peek() == Some('|') {
            self.at += 1;
            parts.push(self.intersection()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Node::Or(parts) })
    }

    /// `a & b`, of single characters only.
    fn intersection(&mut self) -> Result<Node, String> {
        let mut node = self.sequence()?;
        while self.peek() == Some('&') {
            self.at += 1;
            node = match (single(node), single(self.sequence()?)) {
                (Some(mut sets), Some(more)) => {
                    sets.extend(more);
                    Node::Sets(sets)
                }
                _ => return Err("& stands between signs for one character here, as [a-z]&[^x].".to_owned()),
            };
        }
        Ok(node)
    }

    fn sequence(&mut self) -> Result<Node, String> {
        let mut parts = Vec::new();
        while let Some(next) = self.peek()
            && !matches!(next, '|' | '&' | ')')
        {
            parts.push(self.repeated()?);
        }
        Ok(Node::Seq(parts))
    }

    fn repeated(&mut self) -> Result<Node, String> {
        let mut node = self.atom()?;
        while let Some(sign) = self.peek() {
            let (least, most) = match sign {
                '?' => (0, Some(1)),
                '*' => (0, None),
                '+' => (1, None),
                '{' => {
                    node = self.counted(node)?;
                    continue;
                }
                _ => break,
            };
            self.at += 1;
            node = Node::Repeat(Box::new(node), least, most);
        }
        Ok(node)
    }

    fn counted(&mut self, node: Node) -> Result<Node, String> {
        self.expect('{')?;
        let mut inside = String::new();
        loop {
            match self.next()? {
                '}' => break,
                it => inside.push(it),
            }
        }
        let number = |it: &str| it.trim().parse::<usize>().ok().filter(|it| *it <= STEPS_MAX);
        let (least, most) = match inside.split_once(',') {
            None => (number(&inside), number(&inside)),
            Some((least, "")) => (number(least), None),
            Some((least, most)) => (number(least), Some(number(most).ok_or_else(|| self.bad())?)),
        };
        match (least, most) {
            (Some(least), most) if most.is_none_or(|it| least <= it) => {
                Ok(Node::Repeat(Box::new(node), least, most))
            }
            _ => Err(self.bad()),
        }
    }

    fn atom(&mut self) -> Result<Node, String> {
        let set = |it: Set| Node::Sets(vec![it]);
        Ok(match self.next()? {
            '.' => set(Set::any()),
            '@' => Node::Repeat(Box::new(set(Set::any())), 0, None),
            '#' => Node::Never,
            '\\' => set(Set::one(self.next()?)),
            '[' => set(self.class()?),
            '"' => {
                let mut parts = Vec::new();
                loop {
                    match self.next()? {
                        '"' => break Node::Seq(parts),
                        it => parts.push(set(Set::one(it))),
                    }
                }
            }
            '<' => self.named()?,
            '(' if self.peek() == Some(')') => {
                self.at += 1;
                Node::Seq(Vec::new())
            }
            '(' => {
                self.depth += 1;
                if self.depth > 50 {
                    return Err(self.bad());
                }
                let inside = self.choice()?;
                self.depth -= 1;
                self.expect(')')?;
                inside
            }
            '*' | '+' | '?' | '{' | '}' | ')' | ']' | '>' => return Err(self.bad()),
            other => set(Set::one(other)),
        })
    }

    fn class(&mut self) -> Result<Set, String> {
        let negated = self.peek() == Some('^');
        self.at += usize::from(negated);
        let mut ranges = Vec::new();
        loop {
            let low = match self.next()? {
                ']' => break,
                '\\' => self.next()?,
                it => it,
            };
            let mut high = low;
            if self.peek() == Some('-') && self.chars.get(self.at + 1).is_some_and(|it| *it != ']') {
                self.at += 1;
                high = match self.next()? {
                    '\\' => self.next()?,
                    it => it,
                };
            }
            if high < low {
                return Err(self.bad());
            }
            ranges.push((low, high));
        }
        if ranges.is_empty() { Err(self.bad()) } else { Ok(Set { ranges, negated }) }
    }

    /// `<Digit>` and its like, and `<n-m>`: any number between the two.
    fn named(&mut self) -> Result<Node, String> {
        let mut name = String::new();
        loop {
            match self.next()? {
                '>' => break,
                it => name.push(it),
            }
        }
        if let Some((low, high)) = name.split_once('-') {
            return self.numbers(low, high);
        }
        let ranges: &[(char, char)] = match name.as_str() {
            "Digit" => &[('0', '9')],
            "Upper" => &[('A', 'Z')],
            "Lower" => &[('a', 'z')],
            "Alpha" => &[('A', 'Z'), ('a', 'z')],
            "Alnum" => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
            "Punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
            "Blank" => &[(' ', ' '), ('\t', '\t')],
            "Space" => &[(' ', ' '), ('\t', '\r')],
            "Cntrl" => &[('\0', '\u{1f}'), ('\u{7f}', '\u{7f}')],
            "XDigit" => &[('0', '9'), ('A', 'F'), ('a', 'f')],
            "ASCII" => &[('\0', '\u{7f}')],
            "Print" => &[(' ', '~')],
            "Graph" => &[('!', '~')],
            _ => return Err(format!("<{name}> names no characters.")),
        };
        Ok(Node::Sets(vec![Set { ranges: ranges.to_vec(), negated: false }]))
    }

    fn numbers(&self, low: &str, high: &str) -> Result<Node, String> {
        let (Ok(first), Ok(last)) = (low.parse::<u64>(), high.parse::<u64>()) else { return Err(self.bad()) };
        if last < first || last - first >= NUMBERS_MAX {
            return Err(format!("<{low}-{high}> stands for 1 to {NUMBERS_MAX} numbers."));
        }
        // With as many digits on both sides, numbers have so many.
        let width = if low.len() == high.len() { low.len() } else { 1 };
        let digits = |it: u64| {
            let text = format!("{it:0width$}");
            Node::Seq(text.chars().map(|it| Node::Sets(vec![Set::one(it)])).collect())
        };
        Ok(Node::Or((first..=last).map(digits).collect()))
    }
}

/// The characters of a part that is one character.
fn single(node: Node) -> Option<Vec<Set>> {
    match node {
        Node::Sets(sets) => Some(sets),
        Node::Seq(mut parts) if parts.len() == 1 => single(parts.remove(0)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pattern: &str, line: &str) -> Option<Vec<String>> {
        let found = Fast::new(pattern).unwrap().read(line).unwrap()?;
        Some(found.into_iter().map(str::to_owned).collect())
    }

    fn some(fields: &[&str]) -> Option<Vec<String>> {
        Some(fields.iter().map(|it| (*it).to_owned()).collect())
    }

    /// The documented figures of sql.md 5.8.
    #[test]
    fn lines_are_read_as_documented() {
        assert_eq!(read("(.*)_+(._.*)", "Ab_cd_e_fgh_ij"), None);
        assert_eq!(read("(.*)_+(.*)", "Ab____cd_ef"), some(&["Ab", "cd_ef"]));
        assert_eq!(read("(.*)_(._.*)_.*", "Ab_cd_e_fgh_ij"), some(&["Ab_cd", "e_fgh"]));
    }

    #[test]
    fn signs_mean_what_they_say() {
        assert_eq!(read("level=([0-9]+)", "level=70"), some(&["70"]));
        assert_eq!(read(".*id=([0-9]+)[^0-9].*", "x id=42, y"), some(&["42"]));
        assert_eq!(read("(<Alpha>+)-(<Digit>{2,3})", "pier-042"), some(&["pier", "042"]));
        assert_eq!(read("(<Alpha>+)-(<Digit>{2,3})", "pier-4"), None);
        assert_eq!(read("([a-z]&[^x])(.)", "ay"), some(&["a", "y"]));
        assert_eq!(read("([a-z]&[^x])(.)", "xy"), None);
        assert_eq!(read("\"a.b\"(@)", "a.b and more"), some(&[" and more"]));
        assert_eq!(read("(yes|no) (<8-12>)", "no 10"), some(&["no", "10"]));
        assert_eq!(read("(yes|no) (<8-12>)", "no 13"), None);
        assert_eq!(read("a\\*b(.?)", "a*b"), some(&[""]));
        assert_eq!(read("(#|a)()b", "ab"), some(&["a"]));
        assert_eq!(read("(.)(.)", "abc"), None);
    }

    #[test]
    fn bad_patterns_are_told() {
        for wrong in ["(", "a|b", "(a", "[z-a]", "a{2", "<Nothing>", "(a)*", "<1-99999>", "\\", "*"] {
            assert!(Fast::new(wrong).is_err(), "{wrong}");
        }
        assert!(Fast::new(&"(((a{9}){9}){9})".repeat(3)).is_err());
        assert!(Fast::new(&format!("({}a{})", "(".repeat(99), ")".repeat(99))).is_err());
    }

    /// No line costs more than its bound.
    #[test]
    fn lines_cannot_run_away() {
        let fast =
            Fast::new("((a|a|aa)*b.{400}){2}(.*)x").unwrap_or_else(|_| Fast::new("((a|aa)*)x").unwrap());
        let line = "a".repeat(60_000);
        assert!(fast.read(&line).map_or(true, |it| it.is_none()));
    }
}
