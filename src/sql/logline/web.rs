//! Lines of web servers and of syslog (sql.md 5.8).

use crate::base::time::Timestamp;
use crate::sql::value::SqlType;

/// The formats that have a name.
const NAMED: [(&str, &str); 5] = [
    ("COMMON", "%h %l %u %t \"%r\" %>s %b"),
    ("COMMON WITH VHOST", "%v %h %l %u %t \"%r\" %>s %b"),
    ("NCSA EXTENDED", "%h %l %u %t \"%r\" %>s %b \"%[Referer]i\" \"%[User-agent]i\""),
    ("REFERER", "%[Referer]i ---> %U"),
    ("AGENT", "%[User-agent]i"),
];

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A format of Apache, taken apart.
#[derive(Clone, Debug)]
pub struct Web {
    /// What stands before the first field.
    head: String,
    /// The letter of each field and the text behind it.
    fields: Vec<(char, String)>,
}

impl Web {
    /// A named format, or one of Apache's. The error is a sentence.
    pub fn new(format: &str) -> Result<Self, String> {
        let wanted = format.trim().to_uppercase();
        if wanted == "IIS" {
            return Err("The format IIS has a name and no published description.".to_owned());
        }
        let format = NAMED.iter().find(|it| it.0 == wanted).map_or(format, |it| it.1);
        let mut web = Web { head: String::new(), fields: Vec::new() };
        let mut chars = format.chars().peekable();
        while let Some(one) = chars.next() {
            let letter = match one {
                '%' if chars.next_if_eq(&'%').is_none() => Some(specifier(&mut chars)?),
                _ => None,
            };
            match (letter, web.fields.last_mut()) {
                (Some(letter), _) => web.fields.push((letter, String::new())),
                (None, Some((_, behind))) => behind.push(one),
                (None, None) => web.head.push(one),
            }
        }
        if web.fields.is_empty() {
            return Err(format!(
                "'{format}' is neither COMMON, COMMON WITH VHOST, NCSA EXTENDED, REFERER nor AGENT, and has no %."
            ));
        }
        Ok(web)
    }

    /// The type of each field: numbers where Apache counts something.
    pub fn types(&self) -> impl Iterator<Item = SqlType> {
        let ty =
            |letter: &char| if "bBDTIO".contains(*letter) { SqlType::BigInt } else { SqlType::Varchar(1024) };
        self.fields.iter().map(move |it| ty(&it.0))
    }

    /// The fields of a line; all NULL where it does not fit.
    pub fn read(&self, line: &str) -> Vec<Option<String>> {
        self.fit(line).unwrap_or_else(|| vec![None; self.fields.len()])
    }

    fn fit(&self, line: &str) -> Option<Vec<Option<String>>> {
        let mut rest = line.strip_prefix(self.head.as_str())?;
        let mut found = Vec::with_capacity(self.fields.len());
        for (number, (letter, behind)) in self.fields.iter().enumerate() {
            let last = number + 1 == self.fields.len();
            let length = match behind.as_str() {
                "" if last => rest.len(),
                "" => rest.find(' ').unwrap_or(rest.len()),
                _ => length(rest, *letter, behind)?,
            };
            let (field, more) = rest.split_at(length);
            let counted = "bBDTIO".contains(*letter);
            found.push(if counted && field == "-" { None } else { Some(field.to_owned()) });
            rest = &more[behind.len()..];
        }
        if rest.is_empty() { Some(found) } else { None }
    }
}

/// How long a field is that ends before this text. A quote in quotes is written \", a time has brackets.
fn length(text: &str, letter: char, behind: &str) -> Option<usize> {
    let mut from = 0;
    if letter == 't' && text.starts_with('[') {
        from = text.find(']')? + 1;
    }
    loop {
        let at = from + text[from..].find(behind)?;
        let hidden = behind.starts_with('"')
            && text[..at].bytes().rev().take_while(|it| *it == b'\\').count() % 2 == 1;
        if !hidden {
            return Some(at);
        }
        from = at + 1;
    }
}

/// The letter of a specifier, what stands between it and the % read over: `%>s`, `%!404{Referer}i`.
fn specifier(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<char, String> {
    while let Some(one) = chars.next() {
        match one {
            '{' | '[' => {
                let close = if one == '{' { '}' } else { ']' };
                if !chars.by_ref().any(|it| it == close) {
                    break;
                }
            }
            '>' | '<' | '!' | ',' | '0'..='9' => {}
            it if it.is_ascii_alphabetic() => return Ok(it),
            _ => break,
        }
    }
    Err("A % of the format has no letter.".to_owned())
}

/// A line of syslog: `Mon dd hh:mm:ss`, then the text. The year is that of `now`.
pub fn syslog(line: &str, now: Timestamp) -> Vec<Option<String>> {
    let read = || {
        let month =
            MONTHS.iter().position(|it| line.get(..3).is_some_and(|head| head.eq_ignore_ascii_case(it)))? + 1;
        let rest = line[3..].strip_prefix(' ')?.trim_start();
        let (day, rest) = rest.split_once(' ')?;
        let day: u32 = day.parse().ok()?;
        let clock = rest.get(..8)?;
        let year = now.civil().year;
        let behind = rest[8..].strip_prefix(' ').unwrap_or(&rest[8..]);
        Some(vec![Some(format!("{year:04}-{month:02}-{day:02} {clock}")), Some(behind.to_owned())])
    };
    read().unwrap_or_else(|| vec![None, None])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: &str, line: &str) -> String {
        let fields = Web::new(format).unwrap().read(line);
        fields.into_iter().map(|it| it.unwrap_or("NULL".to_owned())).collect::<Vec<_>>().join("|")
    }

    /// F-45, and the other formats with a name.
    #[test]
    fn web_servers_lines_are_read() {
        let common = "10.0.0.9 - ann [26/Oct/2016:18:59:58 +0000] \"GET /a\\\"b HTTP/1.1\" 200 512";
        let told = "10.0.0.9|-|ann|[26/Oct/2016:18:59:58 +0000]|GET /a\\\"b HTTP/1.1|200|512";
        assert_eq!(read("COMMON", common), told);
        assert_eq!(
            read("common with vhost", &format!("pier.example {common}")),
            format!("pier.example|{told}")
        );
        let extended = format!("{common} \"http://x/\" \"curl 7\"");
        assert_eq!(read("NCSA EXTENDED", &extended), format!("{told}|http://x/|curl 7"));
        assert_eq!(read("REFERER", "http://x/ ---> /y"), "http://x/|/y");
        assert_eq!(read("AGENT", "curl 7 (any)"), "curl 7 (any)");
        assert_eq!(read("%m %{X}i 100%% %b", "GET a 100% -"), "GET|a|NULL");
        assert_eq!(read("COMMON", "something else"), "NULL|NULL|NULL|NULL|NULL|NULL|NULL");
        assert!(Web::new("IIS").is_err() && Web::new("PLAIN").is_err() && Web::new("%").is_err());
    }

    #[test]
    fn syslog_has_a_moment() {
        let read =
            |line: &str| syslog(line, Timestamp::OPENING).into_iter().flatten().collect::<Vec<_>>().join("|");
        assert_eq!(read("Oct  6 18:59:58 pier pump: stopped"), "2016-10-06 18:59:58|pier pump: stopped");
        assert_eq!(read("no moment"), "");
    }
}
