//! Patterns of LIKE and SIMILAR TO, matched in time linear in text and pattern.

/// A step of the matching machine.
#[derive(Clone, Debug)]
enum Step {
    One(Set),
    /// Go on at both places.
    Split(usize, usize),
    Jump(usize),
    Done,
}

/// Which characters a step takes.
#[derive(Clone, Debug)]
enum Set {
    Any,
    Char(char),
    Class { ranges: Vec<(char, char)>, negated: bool },
}

impl Set {
    fn takes(&self, it: char) -> bool {
        match self {
            Set::Any => true,
            Set::Char(one) => *one == it,
            Set::Class { ranges, negated } => {
                ranges.iter().any(|(low, high)| (*low..=*high).contains(&it)) != *negated
            }
        }
    }
}

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    steps: Vec<Step>,
}

/// Repetition in braces beyond this would only cost memory.
const REPEAT_MAX: usize = 1000;
/// Steps a pattern may compile to.
const STEPS_MAX: usize = 100_000;

impl Pattern {
    /// A pattern of LIKE: `%`, `_` and the escape character.
    pub fn like(text: &str, escape: Option<char>) -> Result<Self, String> {
        let mut steps = Vec::new();
        let mut chars = text.chars();
        while let Some(one) = chars.next() {
            match one {
                it if Some(it) == escape => {
                    let next = chars.next().ok_or("The pattern ends with its escape character.")?;
                    steps.push(Step::One(Set::Char(next)));
                }
                '%' => any_run(&mut steps),
                '_' => steps.push(Step::One(Set::Any)),
                it => steps.push(Step::One(Set::Char(it))),
            }
        }
        steps.push(Step::Done);
        Ok(Self { steps })
    }

    /// A pattern of SIMILAR TO.
    pub fn similar(text: &str, escape: Option<char>) -> Result<Self, String> {
        let mut reader = Reader { chars: text.chars().collect(), at: 0, escape, depth: 0 };
        let mut steps = reader.choice()?;
        if reader.at < reader.chars.len() {
            return Err(format!("Invalid regular expression: {text}"));
        }
        steps.push(Step::Done);
        Ok(Self { steps })
    }

    /// Whether the whole text fits.
    pub fn matches(&self, text: &str) -> bool {
        let mut here = Places::new(self.steps.len());
        let mut next = Places::new(self.steps.len());
        self.enter(0, &mut here);
        for one in text.chars() {
            next.clear();
            for at in 0..here.list.len() {
                let place = here.list[at];
                if let Step::One(set) = &self.steps[place]
                    && set.takes(one)
                {
                    self.enter(place + 1, &mut next);
                }
            }
            std::mem::swap(&mut here, &mut next);
            if here.list.is_empty() {
                return false;
            }
        }
        here.list.iter().any(|&it| matches!(self.steps[it], Step::Done))
    }

    /// Adds a place and all that can be reached from it without a character.
    fn enter(&self, place: usize, places: &mut Places) {
        let mut open = vec![place];
        while let Some(place) = open.pop() {
            if places.add(place) {
                match self.steps[place] {
                    Step::Split(a, b) => open.extend([b, a]),
                    Step::Jump(to) => open.push(to),
                    Step::One(_) | Step::Done => {}
                }
            }
        }
    }
}

fn any_run(steps: &mut Vec<Step>) {
    let at = steps.len();
    steps.extend([Step::Split(at + 1, at + 3), Step::One(Set::Any), Step::Jump(at)]);
}

/// A set of places in the order they were added.
struct Places {
    list: Vec<usize>,
    present: Vec<bool>,
}

impl Places {
    fn new(size: usize) -> Self {
        Self { list: Vec::new(), present: vec![false; size] }
    }

    fn add(&mut self, place: usize) -> bool {
        let new = !self.present[place];
        if new {
            self.present[place] = true;
            self.list.push(place);
        }
        new
    }

    fn clear(&mut self) {
        self.list.iter().for_each(|&it| self.present[it] = false);
        self.list.clear();
    }
}

/// Reads SIMILAR's syntax; pieces are steps with places counted from their own beginning.
struct Reader {
    chars: Vec<char>,
    at: usize,
    escape: Option<char>,
    depth: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn bad<T>(&self) -> Result<T, String> {
        Err(format!("Invalid regular expression: {}", self.chars.iter().collect::<String>()))
    }

    fn choice(&mut self) -> Result<Vec<Step>, String> {
        let mut left = self.sequence()?;
        while self.peek() == Some('|') {
            self.at += 1;
            let right = self.sequence()?;
            let mut both = vec![Step::Split(1, left.len() + 2)];
            append(&mut both, left);
            both.push(Step::Jump(both.len() + 1 + right.len()));
            append(&mut both, right);
            left = both;
        }
        Ok(left)
    }

    fn sequence(&mut self) -> Result<Vec<Step>, String> {
        let mut steps = Vec::new();
        while let Some(next) = self.peek()
            && !matches!(next, '|' | ')')
        {
            let atom = self.atom()?;
            let repeated = self.repeated(atom)?;
            append(&mut steps, repeated);
            if steps.len() > STEPS_MAX {
                return self.bad();
            }
        }
        Ok(steps)
    }

    fn atom(&mut self) -> Result<Vec<Step>, String> {
        let Some(one) = self.peek() else { return self.bad() };
        self.at += 1;
        if Some(one) == self.escape {
            let Some(next) = self.peek() else { return self.bad() };
            self.at += 1;
            return Ok(vec![Step::One(Set::Char(next))]);
        }
        match one {
            '%' => {
                let mut steps = Vec::new();
                any_run(&mut steps);
                Ok(steps)
            }
            '_' => Ok(vec![Step::One(Set::Any)]),
            '(' => {
                self.depth += 1;
                if self.depth > 100 {
                    return self.bad();
                }
                let inner = self.choice()?;
                self.depth -= 1;
                if self.peek() != Some(')') {
                    return self.bad();
                }
                self.at += 1;
                Ok(inner)
            }
            '[' => self.class(),
            '*' | '+' | '?' | '{' | '}' | ']' => self.bad(),
            it => Ok(vec![Step::One(Set::Char(it))]),
        }
    }

    fn class(&mut self) -> Result<Vec<Step>, String> {
        let negated = self.peek() == Some('^');
        self.at += usize::from(negated);
        let mut ranges = Vec::new();
        loop {
            let Some(mut low) = self.peek() else { return self.bad() };
            self.at += 1;
            if low == ']' {
                break;
            }
            if Some(low) == self.escape {
                let Some(next) = self.peek() else { return self.bad() };
                self.at += 1;
                low = next;
            }
            let mut high = low;
            if self.peek() == Some('-') && self.chars.get(self.at + 1).is_some_and(|it| *it != ']') {
                high = self.chars[self.at + 1];
                self.at += 2;
            }
            if high < low {
                return self.bad();
            }
            ranges.push((low, high));
        }
        if ranges.is_empty() {
            return self.bad();
        }
        Ok(vec![Step::One(Set::Class { ranges, negated })])
    }

    fn repeated(&mut self, atom: Vec<Step>) -> Result<Vec<Step>, String> {
        let (least, most) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => return self.counted(atom),
            _ => return Ok(atom),
        };
        self.at += 1;
        self.repeat(&atom, least, most)
    }

    fn counted(&mut self, atom: Vec<Step>) -> Result<Vec<Step>, String> {
        let Some(end) = self.chars[self.at..].iter().position(|it| *it == '}') else { return self.bad() };
        let inner: String = self.chars[self.at + 1..self.at + end].iter().collect();
        self.at += end + 1;
        let (least, most) = inner.split_once(',').map_or((inner.as_str(), None), |(a, b)| (a, Some(b)));
        let number = |text: &str| text.trim().parse::<usize>().ok().filter(|it| *it <= REPEAT_MAX);
        let Some(low) = number(least) else { return self.bad() };
        match most.map(str::trim) {
            None => self.repeat(&atom, low, Some(low)),
            Some("") => self.repeat(&atom, low, None),
            Some(most) => match number(most) {
                Some(high) if high >= low => self.repeat(&atom, low, Some(high)),
                _ => self.bad(),
            },
        }
    }

    fn repeat(&self, atom: &[Step], least: usize, most: Option<usize>) -> Result<Vec<Step>, String> {
        if atom.len() * (most.unwrap_or(least) + 1) > STEPS_MAX {
            return self.bad();
        }
        let mut steps = Vec::new();
        for _ in 0..least {
            append(&mut steps, atom.to_vec());
        }
        match most {
            None => {
                let at = steps.len();
                steps.push(Step::Split(at + 1, at + atom.len() + 2));
                append(&mut steps, atom.to_vec());
                steps.push(Step::Jump(at));
            }
            Some(most) => {
                for _ in least..most {
                    let at = steps.len();
                    steps.push(Step::Split(at + 1, at + atom.len() + 1));
                    append(&mut steps, atom.to_vec());
                }
            }
        }
        Ok(steps)
    }
}

/// Puts steps behind others, moving the places they name.
fn append(steps: &mut Vec<Step>, more: Vec<Step>) {
    let base = steps.len();
    steps.extend(more.into_iter().map(|step| match step {
        Step::Split(a, b) => Step::Split(a + base, b + base),
        Step::Jump(to) => Step::Jump(to + base),
        other => other,
    }));
}
