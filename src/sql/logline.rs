//! Parsers of log lines: a line of text becomes a row value, whose fields are read by name (sql.md 5.8).
//!
//! A parser is made from its name and its constant arguments, once, and refuses what can never work. A row
//! value travels as one text that holds the fields, for it stands only between a sub-query and the names
//! that take it apart; [`encode`] and [`field`] know its form.

mod columns;
mod fast;
mod web;

use self::columns::Delimited;
use self::fast::Fast;
use self::web::Web;
use crate::base::time::Timestamp;
use crate::sql::func::regex::Regex;
use crate::sql::value::{SqlType, Value};

/// Columns a parser may give.
const FIELDS_MAX: usize = 1_000;
/// The type of a field that has no other.
pub const FIELD: SqlType = SqlType::Varchar(1024);

/// The type of a row value: longer than any text, so that no column of a stream has it.
pub const ROW: SqlType = SqlType::Varchar(u32::MAX);
/// The names of the calls that make a row value and read a field of it.
pub const ROW_OF_LINE: &str = "ROW OF LINE";
pub const FIELD_OF_ROW: &str = "FIELD OF ROW";

/// A field of a row value.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub name: String,
    /// What the text of the field is cast to.
    pub ty: SqlType,
    /// How a moment is written, where the list of columns says so.
    pub format: Option<String>,
    pub not_null: bool,
}

/// A constant argument that cannot work: its place, counted from the text, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    pub place: usize,
    pub why: String,
}

#[derive(Debug)]
enum Way {
    Delimited(Delimited),
    Places(Vec<(usize, Option<usize>)>),
    Regex(Box<Regex>),
    Fast(Fast),
    Syslog,
    Web(Web),
}

/// A parser, ready for lines.
#[derive(Debug)]
pub struct Parser {
    fields: Vec<Field>,
    way: Way,
}

fn fields_max(count: usize) -> Result<(), String> {
    if (1..=FIELDS_MAX).contains(&count) {
        Ok(())
    } else {
        Err(format!("A parser gives 1 to {FIELDS_MAX} columns."))
    }
}

/// COLUMN1 and so on, all of text.
fn numbered(types: impl IntoIterator<Item = SqlType>) -> Vec<Field> {
    let field = |(at, ty)| Field { name: format!("COLUMN{}", at + 1), ty, format: None, not_null: false };
    types.into_iter().enumerate().map(field).collect()
}

impl Parser {
    /// A parser by its name in upper case, with the arguments behind the text.
    pub fn new(name: &str, args: &[Value]) -> Result<Self, Refusal> {
        let refusal = |place: usize| move |why: String| Refusal { place, why };
        let text = |at: usize, what: &str| match args.get(at) {
            Some(Value::Text(text)) => Ok(&**text),
            Some(_) => Err(Refusal { place: at + 1, why: format!("{what} is a text.") }),
            None => Err(Refusal { place: 0, why: format!("{name} needs {what} behind the text.") }),
        };
        let most = match name {
            "SYS_LOG_PARSE" => 0,
            "VARIABLE_COLUMN_LOG_PARSE" => 4,
            _ => 1,
        };
        if args.len() > most {
            let why = format!("{name} takes {} arguments at most.", most + 1);
            return Err(Refusal { place: most + 1, why });
        }
        let (fields, way) = match name {
            "VARIABLE_COLUMN_LOG_PARSE" => {
                let fields = variable_columns(args.first()).map_err(refusal(1))?;
                let delimiter = text(1, "a delimiter")?;
                let [escape, quotes] =
                    [2, 3].map(|at| if at < args.len() { text(at, "it").map(Some) } else { Ok(None) });
                let (escape, quotes) = (escape?, quotes?);
                (fields, Way::Delimited(delimited(delimiter, escape, quotes)?))
            }
            "FIXED_COLUMN_LOG_PARSE" => fixed_columns(text(0, "a list of columns")?).map_err(refusal(1))?,
            "REGEX_LOG_PARSE" => {
                let regex = Regex::whole(text(0, "a regular expression")?).map_err(refusal(1))?;
                let fields = groups(regex.groups()).map_err(refusal(1))?;
                (fields, Way::Regex(Box::new(regex)))
            }
            "SYS_LOG_PARSE" => (numbered([SqlType::Timestamp, FIELD]), Way::Syslog),
            "W3C_LOG_PARSE" => {
                let web = Web::new(text(0, "a format")?).map_err(refusal(1))?;
                (numbered(web.types()), Way::Web(web))
            }
            _ => {
                let fast = Fast::new(text(0, "a pattern")?).map_err(refusal(1))?;
                (groups(fast.groups()).map_err(refusal(1))?, Way::Fast(fast))
            }
        };
        Ok(Self { fields, way })
    }

    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The texts of the fields of a line. `Ok(None)` drops the row; an error is a sentence.
    pub fn read(&self, line: &str, now: Timestamp) -> Result<Option<Vec<Option<String>>>, String> {
        let texts = match &self.way {
            Way::Delimited(by) => by.cut(line, self.fields.len()),
            Way::Places(places) => columns::at_places(line, places),
            Way::Syslog => web::syslog(line, now),
            Way::Web(web) => web.read(line),
            Way::Fast(fast) => match fast.read(line)? {
                Some(found) => found.into_iter().map(|it| Some(it.to_owned())).collect(),
                None => return Ok(None),
            },
            Way::Regex(regex) => {
                let found = regex.find(line, 0)?;
                let group = |at| found.as_ref().and_then(|it| it.get(at)).map(|it| it.as_str().to_owned());
                (1..=self.fields.len()).map(group).collect()
            }
        };
        let missing = self.fields.iter().zip(&texts).find(|(field, text)| field.not_null && text.is_none());
        match missing {
            Some((field, _)) => Err(format!("The line has no {}, which is NOT NULL.", field.name)),
            None => Ok(Some(texts)),
        }
    }
}

fn groups(count: usize) -> Result<Vec<Field>, String> {
    if count == 0 {
        return Err("The pattern has no group in parentheses, and each group is a column.".to_owned());
    }
    fields_max(count)?;
    Ok(numbered(vec![FIELD; count]))
}

fn variable_columns(columns: Option<&Value>) -> Result<Vec<Field>, String> {
    match columns {
        Some(Value::Int(count)) => {
            let count = usize::try_from(*count).unwrap_or(0);
            fields_max(count)?;
            Ok(numbered(vec![FIELD; count]))
        }
        Some(Value::Text(list)) => match columns::list(list)? {
            listed if listed.iter().any(|it| it.start.is_some() || it.length.is_some()) => {
                Err("START and FOR belong to FIXED_COLUMN_LOG_PARSE.".to_owned())
            }
            listed => Ok(listed.into_iter().map(|it| it.field).collect()),
        },
        _ => Err("The columns are a number, or a list 'name TYPE type, ...'.".to_owned()),
    }
}

fn fixed_columns(list: &str) -> Result<(Vec<Field>, Way), String> {
    let listed = columns::list(list)?;
    let mut places = Vec::with_capacity(listed.len());
    for (at, it) in listed.iter().enumerate() {
        let start = it.start.ok_or_else(|| format!("The column {} has no START.", it.field.name))?;
        let next = listed.get(at + 1).and_then(|it| it.start);
        places.push((start, it.length.or(next.map(|it| it.saturating_sub(start)))));
    }
    Ok((listed.into_iter().map(|it| it.field).collect(), Way::Places(places)))
}

fn delimited(delimiter: &str, escape: Option<&str>, quotes: Option<&str>) -> Result<Delimited, Refusal> {
    if delimiter.is_empty() {
        return Err(Refusal { place: 2, why: "A delimiter has at least one character.".to_owned() });
    }
    let signs = |text: Option<&str>| text.unwrap_or("").chars().collect::<Vec<char>>();
    let (escape, quotes) = (signs(escape), signs(quotes));
    if escape.len() > 1 {
        return Err(Refusal { place: 3, why: "An escape is one character.".to_owned() });
    }
    let quotes = match quotes.as_slice() {
        [] => None,
        [one] => Some((*one, *one)),
        [open, close] => Some((*open, *close)),
        _ => return Err(Refusal { place: 4, why: "Quotes are one character or two.".to_owned() }),
    };
    Ok(Delimited { delimiter: delimiter.to_owned(), escape: escape.first().copied(), quotes })
}

/// A parser's name and constants as one text, which travels in the plan.
pub fn specification(name: &str, args: &[Value]) -> String {
    serde_json::to_string(&(name, args)).unwrap_or_default()
}

/// The parser of a specification.
pub fn parser(specification: &str) -> Option<Parser> {
    let (name, args): (String, Vec<Value>) = serde_json::from_str(specification).ok()?;
    Parser::new(&name, &args).ok()
}

/// Whether the parser of a specification drops rows it cannot read.
pub fn drops(specification: &str) -> bool {
    specification.starts_with("[\"FAST_")
}

/// Fields as one text: each with its length in bytes before it, or `-` for NULL.
pub fn encode(fields: &[Option<String>], out: &mut String) {
    for field in fields {
        match field {
            Some(text) => {
                out.push_str(&text.len().to_string());
                out.push(':');
                out.push_str(text);
            }
            None => out.push_str("-:"),
        }
    }
}

/// The text of a field of an encoded row value.
pub fn field(row: &str, number: usize) -> Option<&str> {
    let mut rest = row;
    for _ in 0..number {
        let (length, behind) = rest.split_once(':')?;
        rest = behind.get(length.parse().unwrap_or(0)..)?;
    }
    let (length, behind) = rest.split_once(':')?;
    behind.get(..length.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_values_travel_as_text() {
        let mut row = String::new();
        encode(&[Some("a:b".to_owned()), None, Some(String::new()), Some("ü".to_owned())], &mut row);
        let told: Vec<_> = (0..5).map(|it| field(&row, it)).collect();
        assert_eq!(told, [Some("a:b"), None, Some(""), Some("ü"), None]);
    }

    #[test]
    fn arguments_that_cannot_work_are_refused() {
        let text = |it: &str| Value::Text(it.into());
        let place = |name: &str, args: &[Value]| Parser::new(name, args).err().map(|it| it.place);
        assert_eq!(place("VARIABLE_COLUMN_LOG_PARSE", &[Value::Int(2), text(",")]), None);
        assert_eq!(place("VARIABLE_COLUMN_LOG_PARSE", &[Value::Int(0), text(",")]), Some(1));
        assert_eq!(place("VARIABLE_COLUMN_LOG_PARSE", &[Value::Int(2), text("")]), Some(2));
        assert_eq!(place("VARIABLE_COLUMN_LOG_PARSE", &[Value::Int(2), text(","), text("ab")]), Some(3));
        assert_eq!(place("FIXED_COLUMN_LOG_PARSE", &[text("a TYPE INTEGER")]), Some(1));
        assert_eq!(place("REGEX_LOG_PARSE", &[text("no group")]), Some(1));
        assert_eq!(place("FAST_REGEX_LOG_PARSE", &[text("(")]), Some(1));
        assert_eq!(place("W3C_LOG_PARSE", &[]), Some(0));
        assert_eq!(place("SYS_LOG_PARSE", &[text("x")]), Some(1));
    }
}
