//! Record templates: what the placeholders mean, what is refused and where, and that records repeat.

use std::collections::BTreeMap;

use proptest::prelude::*;
use pumphouse::base::seed::{Chance, Seed};
use pumphouse::base::time::{Span, Timestamp};
use pumphouse::sql::diag::{Diagnostic, Severity};
use pumphouse::template::batch::Batch;
use pumphouse::template::{Mark, Mode, Template, WORKSHOP, catalogue};

fn chance() -> Chance {
    Seed(7).stream("test")
}

fn compile(text: &str, mode: Mode) -> Template {
    Template::compile(text, mode).unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
}

fn render_all(template: &Template, count: usize) -> Vec<String> {
    let mut chance = chance();
    let record = |_| {
        let mut out = Vec::new();
        template.render(&mut chance, Timestamp::OPENING, &mut out);
        String::from_utf8(out).expect("records are text")
    };
    (0..count).map(record).collect()
}

/// One record of a template at the moment the world opens.
fn record(text: &str, mode: Mode) -> String {
    render_all(&compile(text, mode), 1).remove(0)
}

/// How often each record comes out of many.
fn counts(text: &str, mode: Mode, count: usize) -> BTreeMap<String, usize> {
    let mut seen = BTreeMap::new();
    for record in render_all(&compile(text, mode), count) {
        *seen.entry(record).or_default() += 1;
    }
    seen
}

fn errors(text: &str, mode: Mode) -> Vec<Diagnostic> {
    match Template::compile(text, mode) {
        Ok(_) => panic!("{text} compiles"),
        Err(errors) => errors,
    }
}

fn error(text: &str, mode: Mode) -> Diagnostic {
    errors(text, mode).remove(0)
}

/// The distinct values, as numbers in order.
fn values(text: &str, mode: Mode, count: usize) -> Vec<f64> {
    let mut values: Vec<f64> =
        counts(text, mode, count).into_keys().map(|it| it.parse().expect("a number")).collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The deck's template gives JSON of 114 to 120 bytes with its line end, numbers as numbers. (The fixed
/// text has 111 bytes with the line end, the moment's 25 among them; then come 1 to 3 digits, 1 to 3
/// characters from -40 to 60, and 1 to 3 digits.)
#[test]
fn workshop_records_are_json() {
    for mode in [Mode::Tolerant, Mode::Strict] {
        let template = compile(WORKSHOP, mode);
        for record in render_all(&template, 5000) {
            assert!((113..=119).contains(&record.len()), "{} bytes: {record}", record.len());
            let json: serde_json::Value = serde_json::from_str(&record).expect("valid JSON");
            let sensor =
                json["sensorId"].as_str().and_then(|it| it.strip_prefix("sensor-")).expect("a sensor");
            assert!((0..=100).contains(&sensor.parse::<i64>().expect("a number")));
            assert_eq!(json["eventTimeStamp"], "2016-10-26T19:00:00+00:00");
            assert!((-40..=60).contains(&json["ambientTemp"].as_i64().expect("a whole number")));
            assert!((0..=100).contains(&json["measuredTemp"].as_i64().expect("a whole number")));
            assert!(record.starts_with("{  \"sensorId\""), "indentation stays, line feeds go: {record}");
        }
    }
}

/// Both readings make the same records of a template that both accept.
#[test]
fn readings_agree_on_the_workshop() {
    let records = |mode| render_all(&compile(WORKSHOP, mode), 50);
    assert_eq!(records(Mode::Tolerant), records(Mode::Strict));
}

/// What the real page prints where something exact comes out (generator.md, table 3.1).
#[test]
fn strict_prints_what_the_page_prints() {
    for (text, expected) in [
        ("{{random.number(10,20)}}", "NaN"),
        ("{{random.number(\"5\")}}", "NaN"),
        ("{{random.number(abc)}}", "NaN"),
        ("{{random.number(true)}}", "NaN"),
        ("{{random.number({min:1,max:3})}}", "NaN"),
        ("{{random.number({'min':1,'max':3})}}", "NaN"),
        ("{{random.number(0)}}", "0"),
        ("{{random.number({\"min\":-5,\"max\":-5})}}", "-5"),
        ("{{random.number(\n{\n\"min\": 4,\n \"max\": 4}\n)}}", "4"),
        ("{{random.arrayElement([])}}", "undefined"),
        ("{{finance.amount(10,20)}}", "NaN"),
        ("{{commerce.price(5,10)}}", "NaN"),
        ("{{date.between(\"2015-01-01\",\"2015-01-05\")}}", "Invalid Date"),
        ("{{helpers.createCard}}", "[object Object]"),
        ("{{helpers.userCard}}", "[object Object]"),
        ("{{helpers.contextualCard}}", "[object Object]"),
        ("{{helpers.createTransaction}}", "[object Object]"),
        ("{{system.directoryPath}}", "undefined"),
        ("{{system.filePath}}", "undefined"),
        ("{{date.toString}}", "[object Object]"),
        ("{{random.constructor}}", "[object Object]"),
        ("{{name.firstName", "{{name.firstName"),
        ("name.firstName}}", "name.firstName}}"),
        ("{{random.number(0)}}{{", "0{{"),
        ("{\"a\":{\"b\":{{random.number(0)}}}}", "{\"a\":{\"b\":0}}"),
        (
            "{\"a\":{\"b\":\"{{random.number(0)}}\"} }, \"c\":\"{{random.number(0)}}\"",
            "{\"a\":{\"b\":\"0\"} }, \"c\":\"0\"",
        ),
        ("", "string parameter is required!"),
        (" \n ", "string parameter is required!"),
        ("{{random.arrayElement([\"$$\"])}}", "$"),
        ("{{random.arrayElement([[1,[2,null]]])}}", "1,2,"),
        ("{{random.arrayElement([{\"a\":1}])}}", "[object Object]"),
        ("{{random.arrayElement([32.0])}}", "32"),
        (
            "{{random.weightedArrayElement({\"weights\":[0.001,0.999],\"data\":[\"rare\",\"often\"]})}}",
            "often",
        ),
        ("{{current.timestamp}}", "2016-10-26T19:00:00+00:00"),
    ] {
        assert_eq!(record(text, Mode::Strict), expected, "{text}");
    }
}

/// Where the real page stops, and its words (generator.md, table 3.1).
#[test]
fn strict_stops_where_the_page_stops() {
    for (text, message) in [
        ("{{random.number()}}", "Invalid method: random.number()"),
        ("{{name.firstName()}}", "Invalid method: name.firstName()"),
        ("{{ random.number(5) }}", "Invalid module:  random"),
        ("{{random.number (5)}}", "Invalid method: random.number "),
        ("{{random.number(5) }}", "Invalid method: random.number "),
        ("{{foo.bar}}", "Invalid module: foo"),
        ("{{name.first}}", "Invalid method: name.first"),
        ("{{name}}", "Invalid method: name.undefined"),
        ("{{Name.firstName}}", "Invalid module: Name"),
        ("{{name.firstname}}", "Invalid method: name.firstname"),
        ("{{}}", "Invalid module: "),
        ("{{.}}", "Invalid module: "),
        ("{{{name.firstName}}}", "Invalid module: {name"),
        ("{\"a\":{\"b\":\"{{name.firstName}}\"}}, \"c\":\"{{name.lastName}}\"", "Invalid module: "),
        ("}} {{name.firstName}}", "Invalid module: "),
        ("{{fake.fake}}", "Invalid method: fake.fake"),
        ("{{locale.length}}", "TypeError: fn.call is not a function"),
        ("{{definitions.name}}", "TypeError: fn.call is not a function"),
        ("{{address.nearbyGPSCoordinate}}", "TypeError: cannot read a property of undefined"),
        ("{{current.timestamp}} {{current.timestamp}}", "Invalid module: current"),
        (
            "{{random.weightedArrayElement({\"weights\":[],\"data\":[]})}}",
            "TypeError: Reduce of empty array with no initial value",
        ),
        ("{{random.float}}", "Invalid method: random.float"),
        ("{{datatype.number}}", "Invalid module: datatype"),
    ] {
        assert_eq!(error(text, Mode::Strict).message, message, "{text}");
    }
    for text in [
        "{{random.arrayElement([\"(a)\",\"b\"])}}",
        "{{random.objectElement({\"a\":{\"b\":2}})}}",
        "{{phone.phoneNumber((###)###)}}",
        "{{random.arrayElement([\"$&\"])}}",
    ] {
        errors(text, Mode::Strict);
    }
}

/// What only strict JSON may be is a text to the real page, and a text is a list of characters.
#[test]
fn strict_takes_texts_apart() {
    let letters = counts("{{random.arrayElement(a,b,c)}}", Mode::Strict, 500);
    assert_eq!(letters.keys().collect::<Vec<_>>(), [",", "a", "b", "c"]);
    assert!(letters[","] > letters["a"]);
    let letters = counts("{{random.arrayElement(['a','b'])}}", Mode::Strict, 500);
    assert_eq!(letters.keys().map(String::as_str).collect::<String>(), "',[]ab");
    for text in ["{{random.number(null)}}", "{{random.number([1,5])}}", "{{random.number}}"] {
        assert!(values(text, Mode::Strict, 400).last().is_some_and(|it| *it > 90_000.0), "{text}");
    }
    let phone = record("{{phone.phoneNumber(0##-###)}}", Mode::Strict);
    assert!(phone.len() == 7 && phone.starts_with('0') && phone.as_bytes()[3] == b'-', "{phone}");
}

/// The tolerant reading gives what was meant, and a note where the real page would do otherwise.
#[test]
fn tolerant_gives_what_was_meant() {
    for (text, expected) in [
        ("{{ random.number(0) }}", "0"),
        ("{{random.number (0)}}", "0"),
        ("{{random.number(7,7)}}", "7"),
        ("{{random.number(\"0\")}}", "0"),
        ("{{random.number({min:3,max:3})}}", "3"),
        ("{{random.number({'min':3,'max':3})}}", "3"),
        ("{{random.arrayElement(['x'])}}", "x"),
        ("{{random.arrayElement([\"(a)\"])}}", "(a)"),
        ("{{random.arrayElement([\"a}}b{{\"])}}", "a}}b{{"),
        ("{{random.arrayElement([{\"a\":{\"b\":2}}])}}", "{\"a\":{\"b\":2}}"),
        ("{{random.arrayElement([\"$&\"])}}", "$&"),
        (
            "{\"a\":{\"b\":\"{{random.number(0)}}\"}}, \"c\":\"{{random.number(0)}}\"",
            "{\"a\":{\"b\":\"0\"}}, \"c\":\"0\"",
        ),
        ("}} {{random.number(0)}}", "}} 0"),
        ("{{{random.number(0)}}}", "0"),
        ("{{{random.number(0)}}:1}", "{0:1}"),
        ("{{finance.amount(10,10)}}", "10.00"),
        (
            "{{current.timestamp}} {{current.timestamp}}",
            "2016-10-26T19:00:00+00:00 2016-10-26T19:00:00+00:00",
        ),
        ("{{! a comment }}x", "x"),
        ("{{!-- {{random.numbr}} --}}x", "x"),
        ("\\{{random.number(0)}}", "{{random.number(0)}}"),
        ("C:\\\\{{random.number(0)}}", "C:\\\\0"),
        (" \n a\r\n\tb{{random.number(0)}} \n", "a\r\tb0"),
    ] {
        assert_eq!(record(text, Mode::Tolerant), expected, "{text}");
    }
    for text in
        ["{{random.number()}}", "{{name.firstName()}}", "{{random.number(5) }}", "{{datatype.number}}"]
    {
        let template = compile(text, Mode::Tolerant);
        assert!(
            template.notes()[0].message.starts_with("the real page would stop here: Invalid m"),
            "{text}"
        );
        assert!(template.notes().iter().all(|it| it.severity < Severity::Error));
    }
    let notes = compile("{{random.number(10,20)}}", Mode::Tolerant);
    assert_eq!(notes.notes()[0].message, "the real page would write NaN here");
    let notes = compile("{{random.number({min:1,max:3})}}", Mode::Tolerant);
    assert!(
        notes.notes().iter().any(|it| it.hint.as_deref() == Some(r#"It is read as ({"min":1,"max":3})."#))
    );
    assert!(
        compile(WORKSHOP, Mode::Tolerant)
            .notes()
            .iter()
            .all(|it| it.message.contains("Invalid module: current"))
    );
}

/// Values and weights of random.number (generator.md, 5.1).
#[test]
fn numbers_have_their_weights() {
    for mode in [Mode::Tolerant, Mode::Strict] {
        let all = |text: &str| values(text, mode, 4000);
        assert_eq!(all("{{random.number(3)}}"), [0.0, 1.0, 2.0, 3.0]);
        let ambient = all("{{random.number({\"min\":-40,\"max\":60})}}");
        assert_eq!((ambient.len(), ambient[0], ambient[100]), (101, -40.0, 60.0));
        assert_eq!(all("{{random.number(100)}}").len(), 101);
        assert_eq!(all("{{random.number({\"min\":-3,\"max\":0})}}"), [-3.0, -2.0, -1.0, 0.0]);
        assert_eq!(all("{{random.number({\"min\":-5,\"max\":-1})}}"), [-5.0, -4.0, -3.0, -2.0]);
        assert_eq!(all("{{random.number(-3)}}"), [-3.0, -2.0, -1.0]);
        assert_eq!(all("{{random.number({\"min\":5,\"max\":1})}}"), [2.0, 3.0, 4.0]);
        assert_eq!(
            all("{{random.number({\"min\":0,\"max\":20,\"precision\":5})}}"),
            [0.0, 5.0, 10.0, 15.0, 20.0]
        );
        let share = |text: &str, value: &str| counts(text, mode, 20_000)[value] as f64 / 20_000.0;
        for (text, value, expected) in [
            ("{{random.number({\"min\":0.5,\"max\":1.5})}}", "0", 0.25),
            ("{{random.number({\"min\":0.5,\"max\":1.5})}}", "1", 0.5),
            ("{{random.number({\"max\":2.5})}}", "1", 0.286),
            ("{{random.number({\"max\":2.5})}}", "3", 0.143),
            ("{{random.number({\"min\":3,\"max\":20,\"precision\":5})}}", "0", 0.09),
            ("{{random.boolean}}", "true", 0.5),
            ("{{random.weightedArrayElement({\"weights\":[0.9,0.1],\"data\":[\"a\",\"b\"]})}}", "b", 0.1),
            ("{{random.weightedArrayElement({\"weights\":[3,1],\"data\":[1,2]})}}", "1", 0.75),
        ] {
            let share = share(text, value);
            assert!((share - expected).abs() < 0.015, "{text} {value}: {share}");
        }
    }
}

/// Decimals carry the noise of binary fractions in the strict mode only.
#[test]
fn decimals_are_clean_or_noisy() {
    let text = "{{random.number({\"min\":1,\"max\":2,\"precision\":0.1})}}";
    let clean: Vec<String> = counts(text, Mode::Tolerant, 1000).into_keys().collect();
    assert_eq!(clean, ["1", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "1.9", "2"]);
    let noisy = counts(text, Mode::Strict, 1000);
    assert!(noisy.contains_key("1.2000000000000002") && noisy.contains_key("1.1") && noisy.len() == 11);
    let strings = values("{{random.number({\"min\":\"1\",\"max\":\"3\"})}}", Mode::Strict, 2000);
    assert_eq!((strings.first(), strings.last()), (Some(&1.0), Some(&30.0)));
}

/// The format letters of moment.js at 2016-10-26 14:03:22.041 (generator.md, 6.1), in UTC.
#[test]
fn moments_print_as_moment_js_prints_them() {
    let now = Timestamp::parse("2016-10-26T14:03:22.041Z").expect("a moment");
    let print = |text: &str| {
        let mut out = Vec::new();
        compile(text, Mode::Tolerant).render(&mut chance(), now, &mut out);
        String::from_utf8(out).expect("text")
    };
    for (pattern, expected) in [
        ("YYYY YY Y", "2016 16 2016"),
        ("Q Qo", "4 4th"),
        ("M MM MMM MMMM Mo", "10 10 Oct October 10th"),
        ("D DD Do", "26 26 26th"),
        ("DDD DDDD", "300 300"),
        ("d dd ddd dddd do", "3 We Wed Wednesday 3rd"),
        ("e E", "3 3"),
        ("w ww wo", "44 44 44th"),
        ("W WW Wo", "43 43 43rd"),
        ("gggg GGGG", "2016 2016"),
        ("H HH h hh k kk", "14 14 2 02 14 14"),
        ("m mm s ss", "3 03 22 22"),
        ("S SS SSS SSSS", "0 04 041 0410"),
        ("SSSSSSSSS", "041000000"),
        ("A a", "PM pm"),
        ("Z ZZ", "+00:00 +0000"),
        ("X x", "1477490602 1477490602041"),
        ("L", "10/26/2016"),
        ("l", "10/26/2016"),
        ("LL", "October 26, 2016"),
        ("ll", "Oct 26, 2016"),
        ("LLL", "October 26, 2016 2:03 PM"),
        ("LLLL", "Wednesday, October 26, 2016 2:03 PM"),
        ("LT", "2:03 PM"),
        ("LTS", "2:03:22 PM"),
        ("[at] H [o]", "at 14 o"),
        ("yyyy-MM-dd", "yyyy-10-We"),
        ("iso", "i22o"),
        ("YYYY-MM-DDTkk:mm:ss.SSSSS", "2016-10-26T14:03:22.04100"),
        ("DD/MMM/YYYY:HH:mm:ss ZZ", "26/Oct/2016:14:03:22 +0000"),
        ("dddd, MMMM Do YYYY, h:mm:ss a", "Wednesday, October 26th 2016, 2:03:22 pm"),
        ("YYYY-MM-DD HH:mm:ss.SSS", "2016-10-26 14:03:22.041"),
        ("Hmm hmm Hmmss", "1403 203 140322"),
    ] {
        assert_eq!(print(&format!("{{{{date.now(\"{pattern}\")}}}}")), expected, "{pattern}");
    }
    assert_eq!(print("{{date.now}}"), "2016-10-26T14:03:22+00:00");
    assert_eq!(print("{{date.now(\"\")}}"), "2016-10-26T14:03:22+00:00");
    assert_eq!(print("{{date.utc}}"), "2016-10-26T14:03:22Z");
    assert_eq!(print("{{date.utc(YYYY-MM-DD)}}"), "2016-10-26");
    assert_eq!(print("{{date.utc(YYYY)}}/{{date.utc(MM)}}/{{date.utc(DD)}}"), "2016/10/26");
    assert_eq!(print("{{date.now(\"\\\\Y YYYY\")}}"), "Y 2016");
    let past = print("{{date.past}}");
    assert!(
        past.ends_with(" GMT+0000 (UTC)") && past.len() == "Wed Oct 26 2016 14:03:22 GMT+0000 (UTC)".len(),
        "{past}"
    );
}

/// Weeks at the turn of the year: ISO weeks belong to the year of their Thursday.
#[test]
fn weeks_turn_with_the_year() {
    for (day, expected) in [
        ("2016-01-01", "2016 01 2015 53"),
        ("2017-01-01", "2017 01 2016 52"),
        ("2018-12-31", "2019 01 2019 01"),
        ("2020-12-31", "2021 01 2020 53"),
    ] {
        let mut out = Vec::new();
        let template = compile("{{date.now(\"gggg ww GGGG WW\")}}", Mode::Tolerant);
        template.render(&mut chance(), Timestamp::parse(day).expect("a day"), &mut out);
        assert_eq!(String::from_utf8_lossy(&out), expected, "{day}");
    }
}

/// The same seed gives the same records, at any chunk size; each record has its own virtual moment.
#[test]
fn batches_repeat() {
    let all = |seed: u64, chunk: usize| {
        let template = compile(WORKSHOP, Mode::Tolerant);
        let mut batch = Batch::new(template, Seed(seed), Timestamp::OPENING, 2, 5);
        let (mut text, mut made) = (Vec::new(), 0);
        loop {
            let mut out = Vec::new();
            let count = batch.fill(&mut out, chunk);
            if count == 0 {
                break;
            }
            made += count;
            text.extend(out);
        }
        assert_eq!((made, batch.made()), (5, 5));
        String::from_utf8(text).expect("text")
    };
    assert_eq!(all(1, 1), all(1, 1 << 20));
    assert_ne!(all(1, 1), all(2, 1));
    let text = all(1, 1);
    let seconds: Vec<&str> =
        text.lines().map(|it| &it[it.find("19:00:").expect("a time") + 6..][..2]).collect();
    assert_eq!(seconds, ["00", "00", "01", "01", "02"]);
}

/// A preview knows which bytes of the record each placeholder made, and where it stands in the text.
#[test]
fn marks_join_record_and_text() {
    let text = "a {{random.number(0)}} b {{random.arrayElement([\"xyz\"])}}";
    let template = compile(text, Mode::Tolerant);
    let names: Vec<_> = template.parts().map(|it| (it.name.to_owned(), text[it.span].to_owned())).collect();
    assert_eq!(names[0], ("random.number".to_owned(), "{{random.number(0)}}".to_owned()));
    assert_eq!(names[1].0, "random.arrayElement");
    let (mut out, mut marks) = (b">".to_vec(), Vec::new());
    template.render_marked(&mut chance(), Timestamp::OPENING, &mut out, &mut marks);
    assert_eq!(out, b">a 0 b xyz");
    assert_eq!(marks, [Mark { part: 0, bytes: 3..4 }, Mark { part: 1, bytes: 7..10 }]);
    let (mut plain, mut marked) = (Vec::new(), Vec::new());
    let template = compile(WORKSHOP, Mode::Tolerant);
    template.render(&mut chance(), Timestamp::OPENING, &mut plain);
    template.render_marked(&mut chance(), Timestamp::OPENING, &mut marked, &mut marks);
    assert_eq!(plain, marked);
}

/// Every row of the catalogue has an example that works, and makes text without surprises.
#[test]
fn catalogue_examples_work() {
    let mut names: Vec<&str> = Vec::new();
    for entry in catalogue() {
        assert!(entry.name.matches('.').count() == 1 && !names.contains(&entry.name), "{}", entry.name);
        assert!(entry.doc.ends_with('.') && entry.example.contains(entry.name), "{}", entry.name);
        names.push(entry.name);
        let lines = ["lorem.paragraphs", "lorem.lines", "lorem.text"].contains(&entry.name);
        for record in render_all(&compile(entry.example, Mode::Tolerant), 100) {
            assert!(!record.is_empty() && !record.contains("{{"), "{}: {record}", entry.name);
            assert!(lines || !record.chars().any(char::is_control), "{}: {record:?}", entry.name);
        }
        let bare = format!("{{{{{}}}}}", entry.name);
        if entry.name != "date.between" && entry.name != "address.nearbyGPSCoordinate" {
            Template::compile(&bare, Mode::Tolerant).unwrap_or_else(|it| panic!("{bare}: {it:?}"));
        }
    }
    assert!(names.len() > 150);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Any text compiles or is refused with places inside the text; what compiles renders.
    #[test]
    fn any_text_is_judged(text in prop::collection::vec(prop_oneof![
        Just("{{"), Just("}}"), Just("{"), Just("}"), Just("("), Just(")"), Just("["), Just("]"), Just("\""), Just("'"),
        Just("random.number"), Just("random.arrayElement"), Just("date.now"), Just("lorem.word"), Just("\\"), Just("\n"),
        Just("#if "), Just("#each "), Just("/if"), Just("/each"), Just("else"), Just("this"), Just("random.boolean"), Just("\u{fdd0}"),
        Just("1"), Just(","), Just("-"), Just("é“"), Just(" "), Just("!"), Just("~"), Just("^"), Just("&"), Just(">"), Just("@index"),
        Just("{{random.number(3)}}"), Just("{{#if random.boolean}}"), Just("{{/if}}"), Just("{{else}}"),
        Just("{{#each [1,2]}}"), Just("{{/each}}"), Just("{{this}}"), Just("{\"min\":1,\"max\":"), Just("{{#unless "),
    ], 0..14)) {
        judge(&text.concat());
    }

    #[test]
    fn any_characters_are_judged(text in ".{0,60}") {
        judge(&text);
        judge(&format!("{{{{{text}}}}}"));
        judge(&format!("{{{{random.number({text})}}}}"));
        judge(&format!("{{{{random.arrayElement({text})}}}}"));
        judge(&format!("{{{{date.now({text})}}}}"));
        judge(&format!("{{{{#if {text}}}}}x{{{{/if}}}}"));
    }
}

fn judge(text: &str) {
    for mode in [Mode::Tolerant, Mode::Strict] {
        let diagnostics = match Template::compile(text, mode) {
            Ok(template) => {
                for record in 0..3 {
                    let mut out = Vec::new();
                    let now = Timestamp::OPENING + Span::from_secs(record);
                    template.render(&mut chance(), now, &mut out);
                    assert!(String::from_utf8(out).is_ok(), "{text:?}");
                }
                template.notes().to_vec()
            }
            Err(errors) => {
                assert!(errors.iter().any(Diagnostic::fatal), "{text:?}");
                errors
            }
        };
        for it in diagnostics {
            assert!(text.get(it.span.clone()).is_some(), "{text:?}: {it:?}");
        }
    }
}

/// The forms found in public labs (generator.md, section 9), by their numbers there. Both readings take
/// them all, and they do not need a note.
#[test]
fn public_templates_are_accepted() {
    let weighted = |open: &str, close: &str| {
        format!(
            "{{\n  \"s\": {{{{random.weightedArrayElement({open}{{\n    \"weights\": [0.3, 0.7],\n    \"data\": [32, 34]\n  }}{close})}}}}\n}}"
        )
    };
    let usages: Vec<(u32, String)> = vec![
        (1, "{{name.firstName}},{{name.lastName}},{{random.number(70)}},{{internet.ip}}".into()),
        (2, "{\n    \"sensorId\": {{random.number(50)}},\n    \"currentTemperature\": {{random.number(\n        {\n            \"min\":10,\n            \"max\":150\n        }\n    )}},\n    \"status\": \"{{random.arrayElement(\n        [\"OK\",\"FAIL\",\"WARN\"]\n    )}}\"\n}".into()),
        (3, "{\"a\": {{random.number({\"min\": 10, \"max\": 150})}}, \"b\": \"{{random.arrayElement([\"OK\", \"FAIL\"])}}\"}".into()),
        (4, weighted("", "\n")),
        (5, weighted("\n    ", "\n  ")),
        (6, "{\"age\":{{random.weightedArrayElement({\"weights\":[0.25,0.25,0.25,0.25],\"data\":[32,34,28,40]})}}}".into()),
        (7, "{\"state\":{{random.weightedArrayElement({\"weights\":[0.9,0.1],\"data\":[\"\\\"Running\\\"\",\"\\\"Stopped\\\"\"]})}}}".into()),
        (8, "{\"customer\":{{random.arrayElement([\"\\\"Ann Lee\\\"\",\"\\\"Bo Ray\\\"\"])}}}".into()),
        (9, "{\"a\":\"{{random.uuid}}\",\"b\":\"{{random.uuid}}\"}".into()),
        (10, "{\"t\":\"{{date.now}}\"}".into()),
        (11, "{\"t\":\"{{date.utc(\"YYYY-MM-DD HH:mm:ss.SSS\")}}\",\"u\":\"{{date.utc(\"YYYY/MM/DD HH:mm:ss\")}}\"}".into()),
        (12, "{{internet.ip}} - - [{{date.now(\"DD/MMM/YYYY:HH:mm:ss ZZ\")}}] \"GET /{{random.word}} HTTP/1.1\" 200 {{random.number(5000)}}".into()),
        (13, "{\"t\":\"{{date.now(\"dddd, MMMM Do YYYY, h:mm:ss a\")}}\"}".into()),
        (14, "{\"t\":\"{{date.now(\"YYYY-MM-DDTkk:mm:ss.SSSSS\")}}\",\"x:\"1\"}".into()),
        (15, "{\"t\":\"{{date.now(\"YYYY-MM-DDTHH:mm:ss\")}}Z\"}".into()),
        (16, "{\"t\":{{date.now(\"X\")}}}".into()),
        (17, "{{date.utc(YYYY-MM-DD)}} {{date.utc(YYYY)}} {{date.utc(MM)}} {{date.utc(DD)}}".into()),
        (18, "{{date.now(\"iso\")}}".into()),
        (19, "{\"v\":{{random.number.float(\n{\n\"min\":1,\n\"max\":99,\n\"precision\":0.01\n})}}}".into()),
        (20, "{\"v\":{{random.number({ \"min\": 50, \"max\": 1000, \"precision\": 0.01 })}}}".into()),
        (21, "{\"id\":\"{{random.number(1000000000)}}\"}".into()),
        (22, "sensor-{{random.number(9)}} {{random.word}}-{{random.number({\"min\":1,\"max\":9})}}".into()),
        (23, "{\n  \"a\": {\n    \"b\": {\n      \"c\": \"{{name.firstName}}\"\n    }\n  },\n  \"d\": \"{{name.lastName}}\"\n}".into()),
        (24, "{\"list\":[{\"a\":1,\"b\":{\"c\":{{random.number(5)}}}}]}".into()),
        (25, "{{random.arrayElement([\"\",  \"AL\",\"AK\" , \"AZ\"])}}".into()),
        (26, "{\"p\":\"{{commerce.productName}} {{commerce.color}} {{commerce.department}} {{commerce.product}}\",\"c\":\"{{commerce.price}}\",\"i\":\"{{image.imageUrl}}\",\"f\":\"{{date.past}}\",\"t\":\"{{date.future}}\"}".into()),
        (27, "{\n\t\"ip\": \"{{internet.ip}}\",\n\t\"d\": \"{{internet.domainName}}\",\n\t\"u\": \"{{internet.userAgent}}\",\n\t\"c\": \"{{address.city}}, {{address.state}}\",\n\t\"p\": \"{{random.arrayElement([\"/a\",\"/b\"])}}\"\n}".into()),
        (28, "\"{{random.arrayElement(\n  [\"It is late.\",\n   \"It is early.\"]\n)}}\"".into()),
        (28, "## a comment\n{\"a\":{{random.number(3)}}}".into()),
    ];
    let bad_json = [1, 12, 14, 17, 18, 22, 25, 28];
    for (number, text) in usages {
        for mode in [Mode::Tolerant, Mode::Strict] {
            let template = compile(&text, mode);
            assert!(template.notes().is_empty(), "{number}: {:?}", template.notes());
            for record in render_all(&template, 20) {
                assert!(!record.contains(['\n', '\u{fdd0}']) && !record.contains("{{"), "{number}: {record}");
                let json = serde_json::from_str::<serde_json::Value>(&record);
                assert!(json.is_ok() || bad_json.contains(&number), "{number}: {record}");
            }
        }
    }
}

/// A text, the line and column of its first error, the message and the hint.
#[rustfmt::skip]
const PLACES: &[(&str, usize, usize, &str, &str)] = &[
        (
            "{\n  \"a\": {{random.numbr(5)}}\n}",
            2,
            10,
            "placeholder \"random.numbr\" does not exist",
            "Perhaps you meant {{random.number}}.",
        ),
        (
            "é{{ foo.bar }}",
            1,
            5,
            "placeholder \"foo.bar\" does not exist",
            "For example {{random.number(100)}} or {{name.firstName}}.",
        ),
        (
            "{{name.firstname}}",
            1,
            3,
            "placeholder \"name.firstname\" does not exist",
            "Write {{name.firstName}}.",
        ),
        (
            "{{foo}}",
            1,
            3,
            "placeholder \"foo\" does not exist",
            "For example {{random.number(100)}} or {{name.firstName}}.",
        ),
        ("{{name}}", 1, 3, "placeholder \"name\" does not exist", "One of them is {{name.firstName}}."),
        (
            "{{finance.iban}}",
            1,
            3,
            "placeholder \"finance.iban\" does not exist",
            "The nearest thing here is {{finance.account(16)}}.",
        ),
        (
            "{{vehicle.model}}",
            1,
            3,
            "placeholder \"vehicle.model\" does not exist",
            "The nearest thing here is {{random.arrayElement([\"car\",\"bus\",\"truck\"])}}.",
        ),
        (
            "x\n {{random.number({\"min\":1, \"mx\":3})}}",
            2,
            18,
            "option \"mx\" does not exist",
            "The options are \"min\", \"max\" and \"precision\".",
        ),
        (
            "{{random.arrayElement([“a”,”b”])}}",
            1,
            24,
            "“ is a typographic quote",
            "Write \" instead: [\"a\",\"b\"]",
        ),
        (
            "{{random.arrayElement([])}}",
            1,
            23,
            "the list is empty",
            "Write at least one element: [\"a\", \"b\"].",
        ),
        (
            "a {{random.number(5",
            1,
            3,
            "the {{ is never closed",
            "A placeholder ends with }}, for example {{random.number(100)}}.",
        ),
        (
            "a {{random.number(5}} b",
            1,
            3,
            "the parenthesis, bracket or quote in the placeholder is never closed",
            "A placeholder ends with }}, for example {{random.number(100)}}.",
        ),
        (
            "{{random.number 5}}",
            1,
            17,
            "\"5\" does not belong here",
            "Arguments stand in parentheses right after the name: {{random.number(…)}}.",
        ),
        (
            "{{}}",
            1,
            1,
            "a placeholder needs a name",
            "For example {{random.number(100)}} or {{name.firstName}}.",
        ),
        (
            "{{random.number({\"precision\":0})}}",
            1,
            17,
            "the precision must be above 0",
            "Write 1 for whole numbers, 0.01 for two decimals.",
        ),
        (
            "{{random.number({\"min\":[1]})}}",
            1,
            17,
            "\"min\" must be a number, not [1]",
            "Write \"min\": 10.",
        ),
        (
            "{{random.number({min:1)}}",
            1,
            1,
            "the parenthesis, bracket or quote in the placeholder is never closed",
            "A placeholder ends with }}, for example {{random.number(100)}}.",
        ),
        (
            "{{random.number({min 1})}}",
            1,
            22,
            "the argument is not JSON: a colon was expected after \"min\"",
            "Names and texts stand in double quotes: {\"min\": 1, \"max\": 3}, [\"a\", \"b\"].",
        ),
        ("{{lorem.words(5000)}}", 1, 15, "5000 is out of range", "Write a number from 0 to 1000."),
        ("{{> other}}", 1, 1, "templates inside of templates are not possible", "Write the text in full."),
        ("{{#if random.boolean}}x", 1, 1, "the block {{#if}} is never closed", "Write {{/if}} after it."),
        ("x{{/if}}", 1, 2, "block \"if\" is closed and was never opened", "Write {{#if …}} before it."),
        ("{{#each [1]}}{{/if}}", 1, 14, "block \"each\" is closed by \"if\"", "Write {{/each}}."),
        ("{{#eech [1]}}{{/eech}}", 1, 1, "block \"eech\" does not exist", "Perhaps you meant {{#each}}."),
        ("{{else}}", 1, 1, "an else stands alone", "It belongs between {{#if …}} and {{/if}}, once."),
        (
            "{{#each lorem.words}}x{{/each}}",
            1,
            1,
            "only {{#if}} and {{#unless}} can ask a placeholder",
            "Write a list: {{#each [1,2,3]}}.",
        ),
        (
            "  \n{{#each [1]}}\n  {{thiss}}{{/each}}",
            3,
            3,
            "name \"thiss\" does not exist",
            "Inside {{#each …}} there are {{this}}, {{@index}}, {{@first}} and {{@last}}.",
        ),
        (
            "",
            1,
            1,
            "the template is empty",
            "Write the text of one record, for example {\"value\": {{random.number(100)}}}.",
        ),
];

/// Errors are said with line and column, message and hint, and all of them at once.
#[test]
fn errors_have_their_place() {
    for &(text, line, column, message, hint) in PLACES {
        let error = error(text, Mode::Tolerant);
        assert_eq!((error.message.as_str(), error.place(text)), (message, (line, column)), "{text}");
        assert_eq!(error.hint.as_deref(), Some(hint), "{text}");
    }
    let all = errors("{{a.b}}\n{{random.number({\"mni\":1})}}\n{{name.lastNam}}", Mode::Tolerant);
    assert_eq!(all.len(), 3, "{all:?}");
    let typing = "{\"a\": {{rand\n\"b\": {{random.number(5)}}, \"c\": {{name.firstNam}}}";
    let all: Vec<_> =
        errors(typing, Mode::Tolerant).into_iter().map(|it| (it.place(typing), it.message)).collect();
    assert_eq!(all.len(), 2, "{all:?}");
    assert_eq!(all[0], ((1, 7), "the {{ is never closed".to_owned()));
    assert_eq!(all[1].0, (2, 35));
    let strict = "{\n \"a\": \"{{name.firstName}}\",\n \"b\": {{random.numbr}}\n}";
    let error = error(strict, Mode::Strict);
    assert_eq!((error.place(strict), &strict[error.span.clone()]), ((3, 7), "{{random.numbr}}"));
    assert_eq!(error.hint.as_deref(), Some("Perhaps you meant {{random.number}}."));
    let quotes = "{“a”: {{random.number(1)}}}";
    let template = compile(quotes, Mode::Tolerant);
    let warning = &template.notes()[0];
    assert_eq!((warning.severity, warning.place(quotes)), (Severity::Warning, (1, 2)));
}

/// Blocks, loops and comments are Handlebars'; a question asked of a placeholder is asked anew for each
/// record.
#[test]
fn blocks_work() {
    for (text, expected) in [
        ("{{#each [1,2,3]}}{{this}}{{#unless @last}},{{/unless}}{{/each}}", "1,2,3"),
        ("{{#each [\"a\",\"b\"]}}{{@index}}={{this}}:{{random.number(0)}};{{/each}}", "0=a:0;1=b:0;"),
        ("{{#each [{\"n\":\"x\",\"m\":1},{\"n\":\"y\",\"m\":2}]}}{{n}}{{this.m}}{{/each}}", "x1y2"),
        ("{{#each [1,2] as |item|}}<{{item}}>{{/each}}", "<1><2>"),
        ("{{#if true}}yes{{else}}no{{/if}}", "yes"),
        ("{{#unless false}}yes{{/unless}}", "yes"),
        ("{{#with {\"a\":5}}}{{a}}{{/with}}", "5"),
        ("[\n  {{! one }}\n  {{#each [7]}}\n  {{this}}\n  {{/each}}\n]", "[  7]"),
        ("{\"a\":{ {{#each [1]}}\"b\":{{random.number(0)}}{{/each}}}}", "{\"a\":{ \"b\":0}}"),
    ] {
        assert_eq!(record(text, Mode::Tolerant), expected, "{text}");
    }
    for text in [
        "{{#if random.boolean}}a{{else}}b{{/if}}",
        "{{#if (random.boolean)}}a{{else}}b{{/if}}",
        "{{#unless random.number(1)}}a{{else}}b{{/unless}}",
        "{{#if random.arrayElement([true, false])}}a{{else}}b{{/if}}",
    ] {
        let seen = counts(text, Mode::Tolerant, 1000);
        assert!(seen.len() == 2 && (400..600).contains(&seen["a"]), "{text}: {seen:?}");
    }
    let nested =
        "{{#each [1,2]}}{{#if random.boolean}}{{this}}{{#if random.boolean}}!{{/if}}{{/if}}.{{/each}}";
    let seen = counts(nested, Mode::Tolerant, 1000);
    assert_eq!(seen.len(), 9, "{seen:?}");
    let chain = "{{#if random.boolean}}a{{else if random.boolean}}b{{else}}c{{/if}}";
    let seen = counts(chain, Mode::Tolerant, 4000);
    assert!((900..1100).contains(&seen["b"]) && (900..1100).contains(&seen["c"]), "{seen:?}");
    let large = "{{#each [1,2,3,4,5,6,7,8,9,0]}}".repeat(8) + "x" + &"{{/each}}".repeat(8);
    assert_eq!(error(&large, Mode::Tolerant).message, "the record is longer than the 1 MiB a stream takes");
}

/// Bounds that surprise are noted; texts made to be slow or deep are refused quickly.
#[test]
fn odd_templates_are_answered() {
    let template = compile("{{random.number({\"min\":-5,\"max\":-1})}}", Mode::Tolerant);
    assert_eq!(template.notes()[0].message, "the largest number never comes out");
    let long = "x".repeat(300_000);
    for text in [
        "{{a ".repeat(20_000),
        "{{{a".repeat(20_000),
        "{{random.number(".repeat(15_000),
        format!("{{{{random.arrayElement({}{})}}}}", "[".repeat(9000), "]".repeat(9000)),
        format!("{{{{#if {}true{}}}}}x{{{{/if}}}}", "(".repeat(9000), ")".repeat(9000)),
        format!("{}x{}", "{{#if true}}".repeat(9000), "{{/if}}".repeat(9000)),
        format!("{{{{#if random.boolean}}}}{}{{{{/if}}}}", "{{else if random.boolean}}x".repeat(9000)),
        format!("{{{{{}}}}}", "y".repeat(200_000)),
        long,
    ] {
        assert!(errors(&text, Mode::Tolerant).len() <= 51);
    }
    let ones = "{{random.number(0)}}".repeat(2000);
    assert_eq!(record(&ones, Mode::Tolerant), "0".repeat(2000));
    assert_eq!(record(&ones, Mode::Strict), "0".repeat(2000));
}
