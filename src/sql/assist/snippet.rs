//! Whole statements to begin with: the console's own templates (sql.md 6.11), and the windows that came
//! later.
//!
//! Each reads the first source of the application and uses names it truly has.

use crate::sql::assist::format::format;
use crate::sql::ast::shown;
use crate::sql::bind::Catalog;
use crate::sql::plan::ColumnDef;
use crate::sql::value::SqlType;

/// A template with its names filled in.
pub struct Snippet {
    pub label: &'static str,
    pub detail: &'static str,
    pub text: String,
}

/// What a template needs to know of the source.
struct Names {
    source: String,
    /// A column of text, and its type.
    key: (String, SqlType),
    /// A column of numbers.
    number: (String, SqlType),
}

/// Every template for this application.
pub fn snippets(catalog: &Catalog) -> Vec<Snippet> {
    let names = names(catalog);
    let Names { source, key: (key, key_ty), number: (number, number_ty) } = &names;
    let pair = |target: &str, columns: &str, query: String| {
        let text = format!(
            "CREATE OR REPLACE STREAM {target} (\n{columns}\n);\n\n\
             CREATE OR REPLACE PUMP {target}_PUMP AS\nINSERT INTO {target}\n{query};\n"
        );
        format(&text).unwrap_or(text)
    };
    let both = format!("    k {key_ty},\n    n {number_ty}");
    let counted = format!("    k {key_ty},\n    n BIGINT");
    let snippet = |label, detail, text| Snippet { label, detail, text };
    vec![
        snippet(
            "stream and pump",
            "a stream, and a pump that fills it",
            pair("OUT_STREAM", &both, format!("SELECT STREAM {key}, {number}\nFROM {source}")),
        ),
        snippet(
            "continuous filter",
            "console template: rows that fit a condition",
            pair(
                "FILTERED",
                &both,
                format!("SELECT STREAM {key}, {number}\nFROM {source}\nWHERE {number} > 0"),
            ),
        ),
        snippet(
            "tumbling aggregate",
            "console template: one row per key and window",
            pair(
                "COUNTED",
                &counted,
                format!(
                    "SELECT STREAM {key}, COUNT(*)\nFROM {source}\nGROUP BY {key}, STEP({source}.ROWTIME BY INTERVAL '10' SECOND)"
                ),
            ),
        ),
        snippet(
            "top-K",
            "console template: the most frequent values of each window",
            pair(
                "TOP_ITEMS",
                "    ITEM       VARCHAR(1024),\n    ITEM_COUNT BIGINT",
                format!(
                    "SELECT STREAM *\nFROM TABLE(TOP_K_ITEMS_TUMBLING(CURSOR(SELECT STREAM * FROM {source}), '{}', 10, 60))",
                    key.trim_matches('"')
                ),
            ),
        ),
        snippet(
            "anomaly detection",
            "console template: a score for each row",
            pair(
                "ANOMALIES",
                "    n     DOUBLE,\n    score DOUBLE",
                format!(
                    "SELECT STREAM {number}, ANOMALY_SCORE\nFROM TABLE(RANDOM_CUT_FOREST(CURSOR(SELECT STREAM {number} FROM {source})))"
                ),
            ),
        ),
        snippet(
            "sliding window",
            "for each row, the rows of the minute before it",
            pair(
                "RECENT",
                &counted,
                format!(
                    "SELECT STREAM {key}, COUNT(*) OVER w\nFROM {source}\nWINDOW w AS (PARTITION BY {key} RANGE INTERVAL '1' MINUTE PRECEDING)"
                ),
            ),
        ),
        snippet(
            "stagger window",
            "a window that opens with the first row of its key",
            pair(
                "STAGGERED",
                &counted,
                format!(
                    "SELECT STREAM {key}, COUNT(*)\nFROM {source}\nWINDOWED BY STAGGER (PARTITION BY {key} RANGE INTERVAL '1' MINUTE)"
                ),
            ),
        ),
        snippet(
            "join in time",
            "rows of two streams that came within a minute",
            pair(
                "JOINED",
                &both,
                format!(
                    "SELECT STREAM a.{key}, b.{number}\nFROM {source} OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS a\nJOIN {source} AS b ON a.{key} = b.{key}"
                ),
            ),
        ),
    ]
}

fn names(catalog: &Catalog) -> Names {
    let source = catalog.sources.first();
    let columns: &[ColumnDef] = source.map_or(&[], |it| &it.columns);
    let find = |fits: fn(SqlType) -> bool, name: &str, ty: SqlType| {
        let found = columns.iter().find(|it| fits(it.ty));
        found.map_or((name.to_owned(), ty), |it| (shown(&it.name), it.ty))
    };
    Names {
        source: source.map_or("\"SOURCE_SQL_STREAM_001\"".to_owned(), |it| shown(&it.name)),
        key: find(SqlType::is_character, "k", SqlType::Varchar(16)),
        number: find(SqlType::is_numeric, "n", SqlType::Integer),
    }
}
