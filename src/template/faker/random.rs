//! `random` and `helpers`: numbers, choices, identifiers.

use serde_json::Value;

use super::Build::{Plain, With, Words};
use super::Entry;
use crate::template::args::{Args, Fault, decimal, shown};
use crate::template::decimal::{Decimal, Number};
use crate::template::faker::{commerce, lorem, person, system};
use crate::template::javascript;
use crate::template::make::{Draw, Maker, Weights};
use crate::template::words;

#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    Entry::new("random.number", "max, or {min, max, precision}", "A number between two bounds, both included.", r#"{{random.number({"min":-40, "max":60})}}"#, With(number)),
    Entry::new("random.arrayElement", "list", "One element of a list, each equally likely.", r#"{{random.arrayElement(["ok","warm","hot"])}}"#, With(array_element)),
    Entry::new("random.weightedArrayElement", "{weights, data}", "One element of a list, some more often than others.", r#"{{random.weightedArrayElement({"weights":[0.9,0.1],"data":["ok","fail"]})}}"#, With(weighted)),
    Entry::new("random.objectElement", "object", "One value of an object, each equally likely.", r#"{{random.objectElement({"a":"one","b":"two"})}}"#, With(object_element)),
    Entry::new("random.uuid", "", "A random identifier, version 4.", "{{random.uuid}}", Plain(uuid)),
    Entry::new("random.boolean", "", "true or false.", "{{random.boolean}}", Plain(boolean)),
    Entry::new("random.word", "", "A word of any trade.", "{{random.word}}", Plain(word)),
    Entry::new("random.words", "count", "Words of any trade, one to three of them unless told.", "{{random.words(2)}}", With(some_words)),
    Entry::new("random.image", "", "The address of a picture.", "{{random.image}}", Plain(system::any_image)),
    Entry::new("random.locale", "", "The code of a language.", "{{random.locale}}", Words(words::LOCALES)),
    Entry::new("random.alphaNumeric", "length", "A small letter or a digit; several where a length is given.", "{{random.alphaNumeric}}", With(alpha_numeric)),
    Entry::new("helpers.randomize", "list", "One element of a list, as random.arrayElement.", r#"{{helpers.randomize(["a","b"])}}"#, With(array_element)),
    Entry::new("helpers.slugify", "text", "A text made fit for an address: blanks become dashes.", "{{helpers.slugify(pump house)}}", With(slugify)),
    Entry::new("helpers.replaceSymbolWithNumber", "pattern", "A pattern, each # a digit.", "{{helpers.replaceSymbolWithNumber(AB-####)}}", With(digits_for_symbols)),
    Entry::new("helpers.replaceSymbols", "pattern", "A pattern, each # a digit and each ? a capital letter.", "{{helpers.replaceSymbols(??-###)}}", With(symbols)),
    Entry::new("helpers.shuffle", "list", "The elements of a list in any order, commas between them.", r#"{{helpers.shuffle(["a","b","c"])}}"#, With(shuffle)),
    Entry::new("helpers.mustache", "text", "The text itself.", "{{helpers.mustache(text)}}", With(same_text)),
    Entry::new("helpers.createCard", "", "[object Object], as on the real page: a whole object does not fit in a text.", "{{helpers.createCard}}", Plain(object)),
    Entry::new("helpers.contextualCard", "", "[object Object], as on the real page: a whole object does not fit in a text.", "{{helpers.contextualCard}}", Plain(object)),
    Entry::new("helpers.userCard", "", "[object Object], as on the real page: a whole object does not fit in a text.", "{{helpers.userCard}}", Plain(object)),
    Entry::new("helpers.createTransaction", "", "[object Object], as on the real page: a whole object does not fit in a text.", "{{helpers.createTransaction}}", Plain(object)),
];

fn fixed(text: &str) -> Maker {
    Maker::Text(text.into())
}

fn number(args: &Args) -> Result<Maker, Fault> {
    number_with(args, Decimal::whole(1))
}

/// `random.number`, and its later relatives with another precision where none is given.
pub(super) fn number_with(args: &Args, precision: Decimal) -> Result<Maker, Fault> {
    let (mut min, mut max, mut step) = (Decimal::whole(0), Decimal::whole(99_999), precision);
    match args.values.as_slice() {
        [] => {}
        [Value::Object(options)] => {
            let known = ["min", "max", "precision"];
            if let Some(name) = options.keys().find(|it| !args.strict && !known.contains(&it.as_str())) {
                return Err(Fault::new(format!("option \"{name}\" does not exist"))
                    .hint("The options are \"min\", \"max\" and \"precision\"."));
            }
            let read = |name: &str, otherwise| option(args, options.get(name), name, otherwise);
            let (Some(low), Some(high), Some(fine)) =
                (read("min", min)?, read("max", max)?, read("precision", step)?)
            else {
                return Ok(fixed("NaN"));
            };
            (min, max, step) = (low, high, fine);
            if let Some(Value::String(text)) = options.get("max").filter(|_| args.strict) {
                // JavaScript adds the 1 that widens the range as a letter: "3" becomes "31".
                let widened = Decimal::parse(&format!("{text}1")).unwrap_or(max);
                max = Decimal { units: widened.units - 10_i128.pow(widened.scale), scale: widened.scale };
            }
        }
        values if args.strict => match values.first() {
            Some(Value::Number(_)) => max = args.decimal(0, max)?,
            // An array has no bounds, and neither has nothing: the defaults stand.
            Some(Value::Array(_)) => {}
            Some(value) if !javascript::truthy(value) => {}
            _ => return Ok(fixed("NaN")),
        },
        [Value::Null] => {}
        [_] => max = args.decimal(0, max)?,
        [_, _] => (min, max) = (args.decimal(0, min)?, args.decimal(1, max)?),
        [_, _, _, ..] => {
            return Err(Fault::new("random.number takes a largest number, or a smallest and a largest")
                .hint("Write {{random.number({\"min\":0, \"max\":100})}}."));
        }
    }
    range(min, max, step, args.strict)
}

/// One bound; `None` where JavaScript would compute with something that is no number.
fn option(
    args: &Args,
    value: Option<&Value>,
    name: &str,
    otherwise: Decimal,
) -> Result<Option<Decimal>, Fault> {
    match value {
        None => Ok(Some(otherwise)),
        Some(Value::Null) if args.strict => Ok(Some(Decimal::whole(0))),
        Some(value @ (Value::Number(_) | Value::String(_))) => match decimal(value) {
            Some(number) => Ok(Some(number)),
            None if args.strict && value.is_string() => Ok(None),
            None => Err(Fault::new(format!(
                "\"{name}\" is {}, which is not a number that can be used",
                shown(value)
            ))
            .hint("Write a number with at most 18 digits, 12 of them after the point.")),
        },
        Some(_) if args.strict => Ok(None),
        Some(value) => Err(Fault::new(format!("\"{name}\" must be a number, not {}", shown(value)))
            .hint(format!("Write \"{name}\": 10."))),
    }
}

fn range(min: Decimal, max: Decimal, step: Decimal, strict: bool) -> Result<Maker, Fault> {
    if step.units <= 0 {
        if strict && step.units == 0 {
            return Ok(fixed("NaN"));
        }
        return Err(Fault::new("the precision must be above 0")
            .hint("Write 1 for whole numbers, 0.01 for two decimals."));
    }
    let Some(number) = Number::new(min, max, step, strict) else {
        return Err(Fault::new("the range has more values than can be counted")
            .hint("Bring the bounds closer together, or take a coarser precision."));
    };
    Ok(match number.as_whole() {
        Some((low, count)) => Maker::Whole { low, count },
        None => Maker::Number(number),
    })
}

/// A choice as text: as a browser prints it, except that the tolerant mode keeps lists and objects JSON.
fn choice(value: &Value, strict: bool) -> Box<str> {
    match value {
        Value::Array(_) | Value::Object(_) if !strict => value.to_string().into(),
        value => javascript::text(value).into(),
    }
}

pub(super) fn choices(values: &[Value], strict: bool) -> Maker {
    Maker::Choice(values.iter().map(|it| choice(it, strict)).collect())
}

fn array_element(args: &Args) -> Result<Maker, Fault> {
    let values = match args.values.as_slice() {
        [] | [Value::Null] => return Ok(Maker::Word(&["a", "b", "c"])),
        [Value::Array(items)] if items.is_empty() => {
            return if args.strict {
                Ok(fixed("undefined"))
            } else {
                Err(Fault::new("the list is empty").hint("Write at least one element: [\"a\", \"b\"]."))
            };
        }
        [Value::Array(items)] => items.as_slice(),
        [Value::String(text)] if !args.strict && args.plain && text.contains(',') => {
            let words: Vec<Value> = text.split(',').map(|it| Value::String(it.trim().into())).collect();
            return Ok(choices(&words, false));
        }
        [Value::String(text)] if !text.is_empty() => {
            // A text is a list of characters to JavaScript.
            return Ok(Maker::Choice(text.chars().map(|it| it.to_string().into()).collect()));
        }
        [value] if args.strict => {
            return Ok(if javascript::truthy(value) {
                fixed("undefined")
            } else {
                Maker::Word(&["a", "b", "c"])
            });
        }
        [value] => {
            return Err(Fault::new(format!("a list was expected, not {}", shown(value)))
                .hint("Write the choices in square brackets: [\"a\", \"b\"]."));
        }
        several => several,
    };
    Ok(choices(values, args.strict))
}

fn object_element(args: &Args) -> Result<Maker, Fault> {
    match args.first() {
        None | Some(Value::Null) => Ok(Maker::Word(&["bar", "car"])),
        Some(Value::Object(map)) if !map.is_empty() => {
            Ok(choices(&map.values().cloned().collect::<Vec<_>>(), args.strict))
        }
        Some(Value::Array(items)) if !items.is_empty() => Ok(choices(items, args.strict)),
        Some(_) if args.strict => Ok(fixed("undefined")),
        Some(value) => Err(Fault::new(format!("an object with values was expected, not {}", shown(value)))
            .hint("Write names and values in braces: {\"a\": \"one\", \"b\": \"two\"}.")),
    }
}

/// Weights are kept in thousandths of a millionth, the limits on the hundredths the real page rounds to.
const WEIGHT_SCALE: u32 = 9;
const HUNDREDTH: i128 = 10_000_000;

fn weighted(args: &Args) -> Result<Maker, Fault> {
    let form = "Write {\"weights\": [0.9, 0.1], \"data\": [\"ok\", \"fail\"]}.";
    let Some(value) = args.first().filter(|it| !it.is_null()) else {
        return Ok(Maker::Word(&["dog", "cat"]));
    };
    let (weights, data) = match (value.get("weights"), value.get("data")) {
        (Some(Value::Array(weights)), Some(Value::Array(data))) => (weights, data),
        _ => {
            let message = if args.strict {
                "TypeError: cannot read a property of undefined"
            } else {
                "\"weights\" and \"data\" must both be lists"
            };
            return Err(Fault::new(message).hint(form));
        }
    };
    if weights.is_empty() {
        let message = if args.strict {
            "TypeError: Reduce of empty array with no initial value"
        } else {
            "the list of weights is empty"
        };
        return Err(Fault::new(message).hint(form));
    }
    if !args.strict && weights.len() != data.len() {
        return Err(Fault::new(format!(
            "there are {} weights for {} elements of data",
            weights.len(),
            data.len()
        ))
        .hint("Write one weight for each element."));
    }
    let mut whole: i128 = 0;
    let mut sum: i128 = 0;
    let mut limits = Vec::with_capacity(data.len());
    for (index, weight) in weights.iter().enumerate() {
        let Some(weight) = decimal(weight)
            .filter(|it| 0 <= it.units && it.scale <= WEIGHT_SCALE && it.units < 1_000_000_000)
        else {
            return Err(Fault::new(format!("weight {} cannot be used", shown(weight)))
                .hint("Write weights from 0 up, with at most nine decimals."));
        };
        let units = weight.units * 10_i128.pow(WEIGHT_SCALE - weight.scale);
        whole += units;
        // The real page rounds the running sum to two decimals at each step, so a weight below 0.005
        // adds nothing and its element never wins.
        let before = sum;
        sum = (sum + units + HUNDREDTH / 2) / HUNDREDTH * HUNDREDTH;
        // A draw that equals the limit wins; an element that adds nothing to the sum never does.
        if let Some(it) = data.get(index).filter(|_| before < sum) {
            limits.push((sum as u64, choice(it, args.strict)));
        }
    }
    let whole = u64::try_from(whole).ok().filter(|it| 0 < *it);
    let Some(whole) = whole else {
        return Err(Fault::new("the weights add up to nothing").hint("Write at least one weight above 0."));
    };
    let last = limits.last().map(|it| it.1.clone());
    let otherwise = if args.strict { "undefined".into() } else { last.unwrap_or_else(|| "undefined".into()) };
    Ok(Maker::Weighted(Weights { whole, limits: limits.into(), otherwise }))
}

/// Version 4: 122 random bits, six fixed ones.
fn uuid(draw: &mut Draw) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let high = draw.chance.bits() & 0xffff_ffff_ffff_0fff | 0x4000;
    let low = draw.chance.bits() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000;
    let both = u128::from(high) << 64 | u128::from(low);
    let mut text = [b'-'; 36];
    let mut nibble = 32;
    for (at, place) in text.iter_mut().enumerate() {
        if !matches!(at, 8 | 13 | 18 | 23) {
            nibble -= 1;
            *place = DIGITS[(both >> (4 * nibble)) as usize & 15];
        }
    }
    draw.out.extend_from_slice(&text);
}

fn boolean(draw: &mut Draw) {
    draw.word(&["true", "false"]);
}

/// One of many word-like things, as on the real page.
fn word(draw: &mut Draw) {
    const LISTS: &[&[&str]] = &[
        words::DEPARTMENTS,
        words::PRODUCT_ADJECTIVES,
        words::PRODUCT_MATERIALS,
        words::PRODUCTS,
        words::COLORS,
        words::COMPANY_ADJECTIVES,
        words::COMPANY_DESCRIPTORS,
        words::COMPANY_NOUNS,
        words::BS_ADJECTIVES,
        words::BS_VERBS,
        words::BS_NOUNS,
        words::HACKER_VERBS,
        words::HACKER_NOUNS,
        words::HACKER_ADJECTIVES,
        words::HACKER_INGVERBS,
        words::HACKER_ABBREVIATIONS,
        words::JOB_DESCRIPTORS,
        words::JOB_AREAS,
        words::JOB_TYPES,
        words::ACCOUNT_TYPES,
        words::TRANSACTION_TYPES,
        words::COUNTIES,
    ];
    let made: [fn(&mut Draw); 3] = [commerce::product_name, person::job_title, lorem::word];
    let index = draw.chance.below((LISTS.len() + made.len()) as u64) as usize;
    match LISTS.get(index) {
        Some(list) => draw.word(list),
        None => made[index - LISTS.len()](draw),
    }
}

fn some_words(args: &Args) -> Result<Maker, Fault> {
    Ok(Maker::Sized(
        |draw, count| {
            let count = if count == 0 { draw.between(1, 3) } else { count };
            for index in 0..count {
                if 0 < index {
                    draw.out.push(b' ');
                }
                word(draw);
            }
        },
        args.count(0, 0, 1000)?,
    ))
}

fn alpha_numeric(args: &Args) -> Result<Maker, Fault> {
    // The real page ignores the length; faker.js 4.1.0 introduced it.
    let length = if args.strict { 1 } else { args.count(0, 1, 10_000)? };
    Ok(Maker::Sized(|draw, count| draw.letters(b"0123456789abcdefghijklmnopqrstuvwxyz", count), length))
}

fn text_or_nothing(args: &Args) -> String {
    args.text().unwrap_or_default()
}

fn same_text(args: &Args) -> Result<Maker, Fault> {
    Ok(fixed(&text_or_nothing(args)))
}

fn slugify(args: &Args) -> Result<Maker, Fault> {
    let dashed = text_or_nothing(args).replace(' ', "-");
    let kept = |it: &char| it.is_ascii_alphanumeric() || matches!(it, '_' | '.' | '-');
    Ok(fixed(&dashed.chars().filter(kept).collect::<String>()))
}

fn digits_for_symbols(args: &Args) -> Result<Maker, Fault> {
    Ok(Maker::Shaped(|draw, text| draw.pattern(text, false), text_or_nothing(args).into()))
}

fn symbols(args: &Args) -> Result<Maker, Fault> {
    Ok(Maker::Shaped(|draw, text| draw.pattern(text, true), text_or_nothing(args).into()))
}

fn shuffle(args: &Args) -> Result<Maker, Fault> {
    let items: Vec<Box<str>> = match args.values.as_slice() {
        [] | [Value::Null] => ["a", "b", "c"].map(Into::into).to_vec(),
        [Value::Array(items)] if items.is_empty() => {
            return Err(Fault::new("the list is empty")
                .detail("The real page never finishes to shuffle an empty list.")
                .hint("Write at least one element: [\"a\", \"b\"]."));
        }
        [Value::Array(items)] => items.iter().map(|it| choice(it, args.strict)).collect(),
        [value] => {
            return Err(Fault::new(format!("a list was expected, not {}", shown(value)))
                .hint("Write the elements in square brackets: [\"a\", \"b\"]."));
        }
        several => several.iter().map(|it| choice(it, args.strict)).collect(),
    };
    Ok(Maker::Shuffle(items.into()))
}

fn object(draw: &mut Draw) {
    draw.put("[object Object]");
}
