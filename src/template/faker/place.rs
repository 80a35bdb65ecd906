//! `address`: cities, streets, countries and points of the globe.

use serde_json::Value;

use super::Build::{Plain, With, Words};
use super::Entry;
use crate::template::args::{Args, Fault, decimal};
use crate::template::decimal::write_scaled;
use crate::template::make::{Draw, Maker};
use crate::template::words;

#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    Entry::new("address.city", "form", "The name of a town; forms are counted from 0 to 3.", "{{address.city}}", With(city)),
    Entry::new("address.cityPrefix", "", "What may stand before a town's name.", "{{address.cityPrefix}}", Words(words::CITY_PREFIXES)),
    Entry::new("address.citySuffix", "", "What may end a town's name.", "{{address.citySuffix}}", Words(words::CITY_SUFFIXES)),
    Entry::new("address.state", "", "A state of the USA.", "{{address.state}}", Plain(|draw| column(draw, words::STATES, 0))),
    Entry::new("address.stateAbbr", "", "A state of the USA in two letters.", "{{address.stateAbbr}}", Plain(|draw| column(draw, words::STATES, 1))),
    Entry::new("address.country", "", "A country.", "{{address.country}}", Plain(|draw| column(draw, words::COUNTRIES, 0))),
    Entry::new("address.countryCode", "", "A country in two letters.", "{{address.countryCode}}", Plain(|draw| column(draw, words::COUNTRIES, 1))),
    Entry::new("address.county", "", "A county.", "{{address.county}}", Words(words::COUNTIES)),
    Entry::new("address.zipCode", "pattern", "A postal code, with five or nine digits.", "{{address.zipCode}}", With(zip_code)),
    Entry::new("address.streetName", "", "The name of a street.", "{{address.streetName}}", Plain(street_name)),
    Entry::new("address.streetAddress", "true", "House number and street; with true also the flat.", "{{address.streetAddress(true)}}", With(street_address)),
    Entry::new("address.secondaryAddress", "", "The flat alone.", "{{address.secondaryAddress}}", Plain(flat)),
    Entry::new("address.streetSuffix", "", "What ends a street's name.", "{{address.streetSuffix}}", Words(words::STREET_SUFFIXES)),
    Entry::new("address.streetPrefix", "", "a, b or c: the real page has no English words for it.", "{{address.streetPrefix}}", Words(&["a", "b", "c"])),
    Entry::new("address.latitude", "", "Degrees from -90 to 90, four decimals.", "{{address.latitude}}", Plain(|draw| degrees(draw, 90))),
    Entry::new("address.longitude", "", "Degrees from -180 to 180, four decimals.", "{{address.longitude}}", Plain(|draw| degrees(draw, 180))),
    Entry::new("address.nearbyGPSCoordinate", "{coordinate, radius, isMetric}", "A point at a distance from another, in miles or kilometres.", r#"{{address.nearbyGPSCoordinate({"coordinate":[47.6,-122.3],"radius":5,"isMetric":true})}}"#, With(nearby)),
];

fn column(draw: &mut Draw, list: &[&'static str], index: usize) {
    let line = draw.pick(list);
    draw.put(words::column(line, index));
}

fn city(args: &Args) -> Result<Maker, Fault> {
    Ok(Maker::Sized(
        |draw, form| {
            let form = if form < 0 { draw.between(0, 3) } else { form };
            if form < 2 {
                draw.word(words::CITY_PREFIXES);
                draw.put(" ");
            }
            draw.word(if form == 3 { words::LAST_NAMES } else { words::FIRST_NAMES });
            if form != 1 {
                draw.word(words::CITY_SUFFIXES);
            }
        },
        args.count(0, -1, 3)?,
    ))
}

fn zip_code(args: &Args) -> Result<Maker, Fault> {
    Ok(match args.text().filter(|it| !it.is_empty()) {
        Some(pattern) => Maker::Shaped(|draw, text| draw.pattern(text, false), pattern.into()),
        None => Maker::Plain(|draw| {
            let pattern = draw.pick(&["#####", "#####-####"]);
            draw.pattern(pattern, false);
        }),
    })
}

fn street_name(draw: &mut Draw) {
    let list = if draw.chance.below(2) == 0 { words::FIRST_NAMES } else { words::LAST_NAMES };
    draw.words(&[list, words::STREET_SUFFIXES]);
}

fn flat(draw: &mut Draw) {
    let pattern = draw.pick(&["Apt. ###", "Suite ###"]);
    draw.pattern(pattern, false);
}

fn street_address(args: &Args) -> Result<Maker, Fault> {
    let whole = args.first() == Some(&Value::Bool(true));
    Ok(Maker::Sized(
        |draw, whole| {
            let pattern = draw.pick(&["#####", "####", "###"]);
            draw.pattern(pattern, false);
            draw.put(" ");
            street_name(draw);
            if whole == 1 {
                draw.put(" ");
                flat(draw);
            }
        },
        i64::from(whole),
    ))
}

/// Four decimals always, as the real page prints them.
fn degrees(draw: &mut Draw, most: i64) {
    let value = draw.between(-most * 10_000, most * 10_000);
    four_decimals(value, draw.out);
}

fn four_decimals(value: i64, out: &mut Vec<u8>) {
    if value < 0 {
        out.push(b'-');
    }
    write_scaled((value / 10_000).abs(), 0, out);
    out.push(b'.');
    let fraction = value.unsigned_abs() % 10_000;
    out.extend([1000, 100, 10, 1].map(|place| b'0' + (fraction / place % 10) as u8));
}

/// A point exactly at the radius, in any direction, as the real page makes it. Angles need the
/// functions of the circle, which need binary fractions; the result is cut to four decimals.
fn nearby(args: &Args) -> Result<Maker, Fault> {
    let form = "Write {\"coordinate\": [47.6, -122.3], \"radius\": 5, \"isMetric\": true}.";
    let Some(options) = args.first() else {
        let message = if args.strict {
            "TypeError: cannot read a property of undefined"
        } else {
            "the coordinate is missing"
        };
        return Err(Fault::new(message).hint(form));
    };
    let coordinate = options.get("coordinate").and_then(Value::as_array).map(Vec::as_slice);
    let (Some([latitude, longitude]), radius) = (coordinate, options.get("radius")) else {
        return Err(Fault::new("\"coordinate\" must be a latitude and a longitude").hint(form));
    };
    let read = |value: &Value, most: i128| {
        let it = decimal(value)?;
        let millionths = it.units * 1_000_000 / 10_i128.pow(it.scale);
        (millionths.abs() <= most * 1_000_000).then_some(millionths as i64)
    };
    let radius = radius.map_or(Some(10_000_000), |it| read(it, 20_000));
    let (Some(latitude), Some(longitude), Some(radius)) = (read(latitude, 90), read(longitude, 180), radius)
    else {
        return Err(Fault::new("the coordinate or the radius is not on the globe").hint(form));
    };
    let metric = options.get("isMetric").and_then(Value::as_bool) == Some(true);
    let kilometres = if metric { radius } else { (i128::from(radius) * 1_609_344 / 1_000_000) as i64 };
    Ok(Maker::Shaped(at_distance, format!("{latitude} {longitude} {kilometres}").into()))
}

/// Latitude, longitude and distance come as millionths of degrees and kilometres.
fn at_distance(draw: &mut Draw, text: &str) {
    const KILOMETRES_PER_DEGREE: f64 = 40_000.0 / 360.0;
    let mut values = text.split(' ').filter_map(|it| it.parse::<i64>().ok()).map(|it| it as f64 / 1e6);
    let (Some(latitude), Some(longitude), Some(distance)) = (values.next(), values.next(), values.next())
    else {
        return;
    };
    let bearing = draw.chance.unit() * std::f64::consts::TAU;
    let away = distance / KILOMETRES_PER_DEGREE;
    // A degree of longitude is shorter away from the equator; near the poles it is nearly nothing.
    let shrink = latitude.to_radians().cos().max(0.01);
    let north = (latitude + away * bearing.cos()).clamp(-90.0, 90.0);
    let east = (longitude + away * bearing.sin() / shrink + 540.0).rem_euclid(360.0) - 180.0;
    four_decimals((north * 1e4) as i64, draw.out);
    draw.put(",");
    four_decimals((east * 1e4) as i64, draw.out);
}
