//! FROM TABLE(F(CURSOR(query), argument, …)): which function, whose rows, and what its arguments may be
//! (sql.md 1.17, 5.1 and 5.9).

use std::ops::Range;
use std::sync::Arc;

use sqlparser::ast::{
    self, Expr as Written, FunctionArg, FunctionArgExpr, FunctionArguments, Spanned, UnaryOperator,
    Value as Literal,
};

use crate::sql::ast::{bytes, shown};
use crate::sql::bind::query::Output;
use crate::sql::bind::scope::{Origin, Relation, ScopeColumn};
use crate::sql::bind::{Session, literal, unknown};
use crate::sql::diag::{Diagnostic, nearest};
use crate::sql::func::catalog::{self, Kind, Routine};
use crate::sql::plan::{CastRule, Expr, ExprKind, Rel, TableFunc};
use crate::sql::pump::table::{ITEM, adds, columns_of};
use crate::sql::table::{forest, hotspots};
use crate::sql::value::{SqlType, Value};

/// The most columns a forest looks at (SQL reference, RANDOM_CUT_FOREST).
const FOREST_COLUMNS: usize = 30;
/// The longest name of a column.
const NAME: usize = 128;

/// One argument behind the cursor.
struct Parameter {
    name: &'static str,
    takes: Takes,
    default: Option<Given>,
}

/// What an argument may be.
#[derive(Clone, Copy)]
enum Takes {
    /// The name of a column of the cursor, as a text in its exact letters.
    Column,
    /// The name of a new column.
    Name,
    /// 'asc' or 'desc'.
    Order,
    /// A whole number in these bounds.
    Whole(i64, i64),
    /// A number above 0.
    Positive,
    Flag,
}

/// An argument that fits.
#[derive(Clone, Debug, PartialEq)]
enum Given {
    Column(usize),
    Name(String),
    Descending(bool),
    Whole(i64),
    Number(f64),
    Flag(bool),
}

const fn needs(name: &'static str, takes: Takes) -> Parameter {
    Parameter { name, takes, default: None }
}

const fn may(name: &'static str, takes: Takes, default: Given) -> Parameter {
    Parameter { name, takes, default: Some(default) }
}

const TREES: Parameter = may("numberOfTrees", Takes::Whole(1, 1000), Given::Whole(100));
const SAMPLE: Parameter = may("subSampleSize", Takes::Whole(10, 1000), Given::Whole(256));
const DECAY: Parameter = may("timeDecay", Takes::Whole(1, 2_147_483_647), Given::Whole(100_000));
const SHINGLE: Parameter = may("shingleSize", Takes::Whole(1, 30), Given::Whole(1));
const SECONDS: Parameter = needs("windowSize", Takes::Whole(1, 3600));

/// What stands behind the cursor.
fn parameters(function: &str) -> &'static [Parameter] {
    const RANK: &[Parameter] = &[
        needs("rankByColumnName", Takes::Column),
        needs("rankOutColumnName", Takes::Name),
        needs("sortOrder", Takes::Order),
        needs("outputOrder", Takes::Order),
        needs("maxIdle", Takes::Whole(0, i32::MAX as i64)),
        needs("outputMax", Takes::Whole(0, i32::MAX as i64)),
    ];
    const TOP: &[Parameter] =
        &[needs("column", Takes::Column), needs("k", Takes::Whole(1, 100_000)), SECONDS];
    const DISTINCT: &[Parameter] = &[needs("column", Takes::Column), SECONDS];
    const FOREST: &[Parameter] = &[TREES, SAMPLE, DECAY, SHINGLE];
    const EXPLAINED: &[Parameter] =
        &[TREES, SAMPLE, DECAY, SHINGLE, may("withDirectionality", Takes::Flag, Given::Flag(false))];
    const CROWDS: &[Parameter] = &[
        needs("windowSize", Takes::Whole(100, 1000)),
        needs("scanRadius", Takes::Positive),
        needs("minimumNumberOfPointsInAHotspot", Takes::Whole(2, 1000)),
    ];
    match function {
        "GROUP_RANK" => RANK,
        "TOP_K_ITEMS_TUMBLING" => TOP,
        "COUNT_DISTINCT_ITEMS_TUMBLING" => DISTINCT,
        "RANDOM_CUT_FOREST" => FOREST,
        "RANDOM_CUT_FOREST_WITH_EXPLANATION" => EXPLAINED,
        _ => CROWDS,
    }
}

/// The arguments of a call, read one after the other.
struct Arguments {
    given: Vec<Given>,
    /// Where each stands; the whole call for one that was left out.
    spans: Vec<Range<usize>>,
}

impl Arguments {
    fn whole(&self, at: usize) -> i64 {
        if let Some(Given::Whole(it)) = self.given.get(at) { *it } else { 0 }
    }

    fn number(&self, at: usize) -> f64 {
        if let Some(Given::Number(it)) = self.given.get(at) { *it } else { 0.0 }
    }

    fn column(&self, at: usize) -> usize {
        if let Some(Given::Column(it)) = self.given.get(at) { *it } else { 0 }
    }

    fn flag(&self, at: usize) -> bool {
        matches!(self.given.get(at), Some(Given::Descending(true) | Given::Flag(true)))
    }

    fn name(&self, at: usize) -> String {
        if let Some(Given::Name(it)) = self.given.get(at) { it.clone() } else { String::new() }
    }

    fn span(&self, at: usize) -> Range<usize> {
        self.spans.get(at).cloned().unwrap_or_default()
    }
}

impl Session<'_> {
    /// What stands between the parentheses of TABLE.
    pub fn table_function(&mut self, written: &Written) -> Option<Relation> {
        let span = self.places.of(written);
        let Written::Function(call) = written else {
            return self.refuse(
                Diagnostic::error(span, "TABLE takes a call of a table function")
                    .detail("It turns the rows of a cursor into other rows.")
                    .hint("Write TABLE(RANDOM_CUT_FOREST(CURSOR(SELECT STREAM … FROM …)))."),
            );
        };
        let name = call.name.to_string().to_uppercase();
        let Some(routine) = catalog::of_kind(Kind::Table).find(|it| it.name == name) else {
            return self.refuse(no_such(bytes(call.name.span()), &name));
        };
        let list = match &call.args {
            FunctionArguments::List(list) if list.clauses.is_empty() => list.args.as_slice(),
            FunctionArguments::Subquery(query) => {
                let message = format!("the rows of {name} come in a CURSOR");
                let place = bytes(query.span());
                return self.refuse(
                    Diagnostic::error(place, message)
                        .detail("A query by itself cannot be an argument.")
                        .hint("Write CURSOR( before SELECT, and ) behind it."),
                );
            }
            _ => &[],
        };
        let input = self.cursor(routine, list.first(), &span)?;
        let arguments = self.arguments(routine, list.get(1..).unwrap_or(&[]), &input, &span)?;
        let func = self.function(routine, &arguments, &input, span.clone())?;
        self.table_relation(func, input, span)
    }

    /// A table function where a stream's name could stand, without TABLE around it.
    pub fn bare_table_function(&mut self, name: &ast::ObjectName, whole: Range<usize>) -> Option<Relation> {
        let upper = name.to_string().to_uppercase();
        if !catalog::of_kind(Kind::Table).any(|it| it.name == upper) {
            return self.refuse(no_such(bytes(name.span()), &upper));
        }
        self.refuse(
            Diagnostic::error(whole, format!("{upper} stands in TABLE( )"))
                .detail("In FROM a name is a stream; the rows of a function are a TABLE.")
                .hint(format!("Write FROM TABLE({upper}(CURSOR(SELECT STREAM … FROM …), …)).")),
        )
    }

    /// The query of CURSOR, bound.
    fn cursor(
        &mut self,
        routine: &Routine,
        first: Option<&FunctionArg>,
        span: &Range<usize>,
    ) -> Option<Output> {
        if let Some(Written::Function(cursor)) = first.and_then(plain)
            && cursor.name.to_string().eq_ignore_ascii_case("CURSOR")
        {
            let query = match &cursor.args {
                FunctionArguments::Subquery(query) => Some(query),
                FunctionArguments::List(list) => match list.args.as_slice() {
                    [one] => match plain(one) {
                        Some(Written::Subquery(query)) => Some(query),
                        _ => None,
                    },
                    _ => None,
                },
                FunctionArguments::None => None,
            };
            if let Some(query) = query {
                let output = self.query(query, false)?;
                if output.rel.scans().is_empty() {
                    let place = bytes(query.span());
                    return self.refuse(
                        Diagnostic::error(place, "a CURSOR reads a stream")
                            .detail("The rows of a reference table are loaded once and do not flow.")
                            .hint(
                                "Read from a stream, and join the table with it if its columns are needed.",
                            ),
                    );
                }
                return Some(output);
            }
        }
        let place = first.and_then(plain).map_or(span.clone(), |it| self.places.of(it));
        self.refuse(
            Diagnostic::error(place, format!("the first argument of {} is a CURSOR", routine.name))
                .detail("The cursor is a query over a stream; its rows are what the function works on.")
                .hint(format!("Write {}(CURSOR(SELECT STREAM … FROM …), …).", routine.name)),
        )
    }

    fn arguments(
        &mut self,
        routine: &Routine,
        list: &[FunctionArg],
        input: &Output,
        span: &Range<usize>,
    ) -> Option<Arguments> {
        let parameters = parameters(routine.name);
        let least = parameters.iter().filter(|it| it.default.is_none()).count();
        if list.len() < least || parameters.len() < list.len() {
            let expected = match (least, parameters.len()) {
                (least, most) if least == most => format!("{least}"),
                (least, most) => format!("{least} to {most}"),
            };
            let names: Vec<&str> = parameters.iter().map(|it| it.name).collect();
            let message = format!("{} takes {expected} arguments behind its cursor", routine.name);
            return self.refuse(
                Diagnostic::error(span.clone(), message)
                    .detail(format!("They are {}; here are {}.", names.join(", "), list.len()))
                    .hint(format!("Write {}.", routine.signature)),
            );
        }
        let mut arguments = Arguments { given: Vec::new(), spans: Vec::new() };
        let mut sound = true;
        for (at, parameter) in parameters.iter().enumerate() {
            let (given, place) = match (list.get(at), &parameter.default) {
                (Some(argument), _) => {
                    let place = bytes(argument.span());
                    let place = plain(argument).map_or(place, |it| self.places.of(it));
                    let given = self.argument(parameter, argument, place.clone(), input);
                    (given, place)
                }
                (None, default) => (default.clone(), span.clone()),
            };
            sound &= given.is_some();
            arguments.given.push(given.unwrap_or(Given::Whole(0)));
            arguments.spans.push(place);
        }
        sound.then_some(arguments)
    }

    fn argument(
        &mut self,
        parameter: &Parameter,
        argument: &FunctionArg,
        place: Range<usize>,
        input: &Output,
    ) -> Option<Given> {
        let name = parameter.name;
        let Some((value, ty)) = plain(argument).and_then(constant) else {
            return self.refuse(
                Diagnostic::error(place, format!("{name} is a constant"))
                    .detail(
                        "The function is made once, before the first row, so nothing here can be computed.",
                    )
                    .hint(format!("Write {}.", expected(parameter.takes))),
            );
        };
        let given = match (parameter.takes, value) {
            (Takes::Column, Value::Text(text)) => return self.column(name, &text, place, input),
            (Takes::Name, Value::Text(text)) => return self.new_name(name, &text, place, input),
            (Takes::Order, Value::Text(text)) if text.eq_ignore_ascii_case("asc") => {
                Some(Given::Descending(false))
            }
            (Takes::Order, Value::Text(text)) if text.eq_ignore_ascii_case("desc") => {
                Some(Given::Descending(true))
            }
            (Takes::Whole(least, most), Value::Int(it))
                if ty.is_integer() && (least..=most).contains(&it) =>
            {
                Some(Given::Whole(it))
            }
            (Takes::Positive, value) => number(&value, ty).filter(|it| 0.0 < *it).map(Given::Number),
            (Takes::Flag, Value::Bool(it)) => Some(Given::Flag(it)),
            _ => None,
        };
        if given.is_some() {
            return given;
        }
        let here = self.places.text(place.clone());
        let error = Diagnostic::error(place, format!("{name} cannot be {here}"))
            .detail(format!("{name} is {}.", allowed(parameter.takes)));
        self.refuse(match &parameter.default {
            Some(default) => error.hint(format!("Without it the function takes {}.", said(default))),
            None => error.hint(format!("Write {}.", expected(parameter.takes))),
        })
    }

    /// The column of the cursor that a text names.
    fn column(&mut self, name: &str, text: &str, place: Range<usize>, input: &Output) -> Option<Given> {
        let wanted = unquoted(text);
        if let Some(at) = input.columns.iter().position(|it| it.name == wanted) {
            return Some(Given::Column(at));
        }
        let error = Diagnostic::error(place, format!("the cursor has no column called {wanted}"));
        let upper = wanted.to_uppercase();
        if let Some(other) = input.columns.iter().find(|it| it.name.to_uppercase() == upper) {
            return self.refuse(
                error
                    .detail(format!("{name} is a text, and its letters are taken as they are."))
                    .hint(format!("Write '{}'.", other.name)),
            );
        }
        let names = || input.columns.iter().map(|it| it.name.as_str());
        let list: Vec<&str> = names().take(12).collect();
        let error = error.detail(format!("Its columns are {}.", list.join(", ")));
        self.refuse(match nearest(wanted, names()) {
            Some(near) => error.hint(format!("The nearest is '{near}'.")),
            None => error.hint("Select the column in the CURSOR."),
        })
    }

    fn new_name(&mut self, name: &str, text: &str, place: Range<usize>, input: &Output) -> Option<Given> {
        let wanted = unquoted(text);
        if wanted.is_empty() || NAME < wanted.chars().count() {
            return self.refuse(
                Diagnostic::error(place, format!("{name} is a name of 1 to {NAME} characters"))
                    .detail("It is what the new column will be called.")
                    .hint("Write a name in single quotes, for example 'PLACE'."),
            );
        }
        self.new_column(wanted, place, input)?;
        Some(Given::Name(wanted.to_owned()))
    }

    /// Says so if the cursor has a column of that name already.
    fn new_column(&mut self, name: &str, place: Range<usize>, input: &Output) -> Option<()> {
        if !input.columns.iter().any(|it| it.name == name) {
            return Some(());
        }
        let name = shown(name);
        self.refuse(
            Diagnostic::error(place, format!("the cursor has a column {name} already"))
                .detail("The function adds a column of that name, and the two could not be told apart.")
                .hint("Call the column of the cursor something else, with AS."),
        )
    }

    /// The function with its arguments, if they go together.
    fn function(
        &mut self,
        routine: &Routine,
        arguments: &Arguments,
        input: &Output,
        span: Range<usize>,
    ) -> Option<TableFunc> {
        match routine.name {
            "GROUP_RANK" => Some(TableFunc::GroupRank {
                by: arguments.column(0),
                name: arguments.name(1),
                descending: arguments.flag(2),
                backwards: arguments.flag(3),
                max_idle: arguments.whole(4),
                most: arguments.whole(5) as usize,
            }),
            "TOP_K_ITEMS_TUMBLING" => Some(TableFunc::TopK {
                column: arguments.column(0),
                k: arguments.whole(1) as usize,
                seconds: arguments.whole(2) as u32,
            }),
            "COUNT_DISTINCT_ITEMS_TUMBLING" => Some(TableFunc::CountDistinct {
                column: arguments.column(0),
                seconds: arguments.whole(1) as u32,
            }),
            "HOTSPOTS" => self.hotspots(arguments, input, span),
            name => self.forest(name, arguments, input, span),
        }
    }

    fn forest(
        &mut self,
        name: &str,
        arguments: &Arguments,
        input: &Output,
        span: Range<usize>,
    ) -> Option<TableFunc> {
        let columns = self.numeric(name, input, &span)?;
        if FOREST_COLUMNS < columns.len() {
            return self.refuse(
                Diagnostic::error(span, format!("{name} looks at up to {FOREST_COLUMNS} numeric columns"))
                    .detail(format!("The cursor has {}.", columns.len()))
                    .hint("Select fewer of them in the CURSOR."),
            );
        }
        let settings = forest::Settings {
            trees: arguments.whole(0) as u32,
            sample: arguments.whole(1) as u32,
            decay: arguments.whole(2) as u64,
            shingle: arguments.whole(3) as u32,
        };
        if settings.decay <= u64::from(settings.sample) {
            let (decay, sample) = (settings.decay, settings.sample);
            return self.refuse(
                Diagnostic::error(arguments.span(2), "timeDecay is more than subSampleSize")
                    .detail(format!("The past would fade after {decay} rows, and a sample holds {sample}."))
                    .hint("Without it the function takes 100000."),
            );
        }
        let numbers = settings.numbers(columns.len());
        if forest::MOST_NUMBERS < numbers {
            let message = format!("this forest would hold {numbers} numbers");
            return self.refuse(
                Diagnostic::error(span, message)
                    .detail(format!(
                        "Trees, sample, shingle and columns multiply; here a forest holds up to {}.",
                        forest::MOST_NUMBERS
                    ))
                    .hint("Take fewer trees, a smaller sample, a shorter shingle or fewer columns."),
            );
        }
        let explained = (name == "RANDOM_CUT_FOREST_WITH_EXPLANATION").then(|| arguments.flag(4));
        let owner = format!("table.forest.{}", self.pump);
        let names = columns.iter().map(|&it| input.columns[it].name.clone()).collect();
        Some(TableFunc::Forest { columns, names, settings, explained, owner })
    }

    fn hotspots(&mut self, arguments: &Arguments, input: &Output, span: Range<usize>) -> Option<TableFunc> {
        let columns = self.numeric("HOTSPOTS", input, &span)?;
        let (window, minimum) = (arguments.whole(0) as usize, arguments.whole(2) as usize);
        if window < minimum {
            return self.refuse(
                Diagnostic::error(
                    arguments.span(2),
                    format!("minimumNumberOfPointsInAHotspot cannot be {minimum}"),
                )
                .detail(format!("The window has {window} rows, so no hotspot could have as many."))
                .hint(format!("Write a number from 2 to {window}.")),
            );
        }
        let settings = hotspots::Settings { window, radius: arguments.number(1), minimum };
        Some(TableFunc::Hotspots { columns, settings })
    }

    /// The columns of a cursor that are numbers a forest or a map of hotspots works with.
    fn numeric(&mut self, name: &str, input: &Output, span: &Range<usize>) -> Option<Vec<usize>> {
        if let Some(decimal) = input.columns.iter().find(|it| matches!(it.ty, SqlType::Decimal { .. })) {
            let title = shown(&decimal.name);
            let place = if decimal.span.is_empty() { span.clone() } else { decimal.span.clone() };
            return self.refuse(
                Diagnostic::error(place, format!("{name} does not take the type {}", decimal.ty))
                    .detail(format!(
                        "Column {title} is a DECIMAL; the function works with integers, REAL and DOUBLE."
                    ))
                    .hint(format!("Select CAST({title} AS DOUBLE) AS {title} in the CURSOR.")),
            );
        }
        let numeric = |it: &SqlType| it.is_integer() || it.is_approximate();
        let columns: Vec<usize> =
            (0..input.columns.len()).filter(|&at| numeric(&input.columns[at].ty)).collect();
        if columns.is_empty() {
            return self.refuse(
                Diagnostic::error(span.clone(), format!("{name} finds no number in its cursor"))
                    .detail("It works with the columns that are integers, REAL or DOUBLE; others only pass.")
                    .hint("Select a numeric column in the CURSOR, or CAST(x AS DOUBLE)."),
            );
        }
        Some(columns)
    }

    /// The columns that come out.
    fn table_relation(&mut self, func: TableFunc, input: Output, span: Range<usize>) -> Option<Relation> {
        let mut columns: Vec<ScopeColumn> = Vec::new();
        let mut rel = input.rel.clone();
        let mut func = func;
        if adds(&func) {
            for (name, _) in columns_of(&func) {
                self.new_column(&name, span.clone(), &input)?;
            }
            let passed = input.columns.into_iter().map(|it| ScopeColumn {
                of_rowtime: it.of_rowtime,
                ..ScopeColumn::new(it.name, it.ty, true)
            });
            columns.extend(passed);
        } else if let TableFunc::TopK { column, .. } | TableFunc::CountDistinct { column, .. } = &mut func {
            // Items are counted as the texts that come out.
            let inner = Expr { kind: ExprKind::Column(*column), ty: input.columns[*column].ty };
            let item = Expr { kind: ExprKind::Cast(Box::new(inner), CastRule::Explicit), ty: ITEM };
            rel = Rel::Project { input: Arc::new(rel), items: vec![item], rowtime: None };
            *column = 0;
        }
        columns.extend(columns_of(&func).into_iter().map(|(name, ty)| ScopeColumn::new(name, ty, true)));
        let rel = Arc::new(Rel::Table { input: Arc::new(rel), func });
        Some(Relation::new(None, Origin::Query, columns, rel))
    }
}

/// A table function that does not exist.
fn no_such(span: Range<usize>, name: &str) -> Diagnostic {
    let known = || catalog::of_kind(Kind::Table).map(|it| it.name);
    let list: Vec<&str> = known().collect();
    let error = match catalog::routine(name) {
        Some(_) => Diagnostic::error(span, format!("{name} is not a table function")),
        None => Diagnostic::error(span, format!("table function {name} does not exist")),
    };
    let error = error.detail(format!("The table functions are {}.", list.join(", ")));
    match (unknown::instead(name), nearest(name, known())) {
        (Some(instead), _) => error.hint(instead),
        (None, Some(near)) => error.hint(format!("The nearest is {near}.")),
        (None, None) => error,
    }
}

/// An argument that is an expression and has no name.
fn plain(argument: &FunctionArg) -> Option<&Written> {
    match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
        _ => None,
    }
}

/// The value of a literal, with a sign or in parentheses.
fn constant(written: &Written) -> Option<(Value, SqlType)> {
    match written {
        Written::Nested(inner) => constant(inner),
        Written::UnaryOp { op: UnaryOperator::Plus, expr } => constant(expr),
        Written::UnaryOp { op: UnaryOperator::Minus, expr } => match constant(expr)? {
            (Value::Int(it), ty) => Some((Value::Int(it.checked_neg()?), ty)),
            (Value::Double(it), ty) => Some((Value::Double(-it), ty)),
            _ => None,
        },
        Written::Value(value) => match &value.value {
            Literal::Number(digits, _) => literal::number(digits, bytes(value.span)).ok(),
            Literal::SingleQuotedString(text) => {
                Some((Value::Text(text.as_str().into()), SqlType::Varchar(1)))
            }
            Literal::Boolean(it) => Some((Value::Bool(*it), SqlType::Boolean)),
            _ => None,
        },
        _ => None,
    }
}

/// A constant as a DOUBLE.
fn number(value: &Value, ty: SqlType) -> Option<f64> {
    match value {
        Value::Int(digits) => Some(crate::sql::cast::to_double(*digits, ty.scale())),
        Value::Double(it) => Some(*it),
        _ => None,
    }
}

/// A column's name may stand in double quotes inside the single ones, as AWS's pages sometimes have it.
fn unquoted(text: &str) -> &str {
    text.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or(text)
}

fn allowed(takes: Takes) -> String {
    match takes {
        Takes::Column => "the name of a column of the cursor, in single quotes".to_owned(),
        Takes::Name => "the name of the new column, in single quotes".to_owned(),
        Takes::Order => "'asc' or 'desc'".to_owned(),
        Takes::Whole(least, most) => format!("a whole number from {least} to {most}"),
        Takes::Positive => "a number above 0, in units of the data".to_owned(),
        Takes::Flag => "TRUE or FALSE".to_owned(),
    }
}

fn expected(takes: Takes) -> String {
    match takes {
        Takes::Column | Takes::Name => "a name in single quotes".to_owned(),
        other => allowed(other),
    }
}

fn said(given: &Given) -> String {
    match given {
        Given::Whole(it) => it.to_string(),
        Given::Number(it) => it.to_string(),
        Given::Flag(it) => it.to_string().to_uppercase(),
        Given::Descending(it) => if *it { "'desc'" } else { "'asc'" }.to_owned(),
        Given::Column(_) | Given::Name(_) => "none".to_owned(),
    }
}
