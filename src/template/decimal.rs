//! The arithmetic of `random.number`, exact.
//!
//! The real page computes `precision * floor(u * (high / precision - min / precision) + min / precision)`
//! in binary fractions. Every bound a person writes is a decimal number, so the same values with the
//! same weights come out of whole numbers: all three are brought to one scale, a whole number of the
//! finest step is drawn, and the step it falls into is printed. Only the strict mode then multiplies in
//! binary, to show the noise the real page shows (`1.2000000000000002`).

use crate::base::seed::Chance;
use crate::template::javascript;

/// The finest step a bound may have: twelve decimals.
const SCALE_MAX: u32 = 12;
/// JavaScript counts exactly up to here; larger bounds would not mean what they say.
const UNITS_MAX: i128 = 1 << 62;

/// A decimal number: `units` of ten to the power of minus `scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    pub units: i128,
    pub scale: u32,
}

impl Decimal {
    pub const fn whole(units: i64) -> Self {
        Self { units: units as i128, scale: 0 }
    }

    /// Reads `-12`, `0.05`, `1e-2`; `None` for anything else, or with more digits than are kept.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (sign, digits) = match mantissa.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let fraction = fraction.trim_end_matches('0');
        if (whole.is_empty() && fraction.is_empty()) || 18 < whole.len() + fraction.len() {
            return None;
        }
        let mut units: i128 = 0;
        for digit in whole.chars().chain(fraction.chars()) {
            units = units * 10 + i128::from(digit.to_digit(10)?);
        }
        let scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        let (units, scale) = if scale < 0 {
            (units.checked_mul(10_i128.checked_pow(scale.unsigned_abs())?)?, 0)
        } else {
            (units, scale.unsigned_abs())
        };
        let fits = units <= UNITS_MAX && scale <= SCALE_MAX;
        fits.then_some(Self { units: sign * units, scale })
    }

    /// The same number in steps of ten to the power of minus `scale`, which is not coarser.
    fn at(self, scale: u32) -> i128 {
        self.units * 10_i128.pow(scale - self.scale)
    }

    /// The nearest binary fraction, for printing what the real page prints.
    fn to_real(self) -> f64 {
        self.units as f64 / 10_f64.powi(self.scale as i32)
    }
}

/// A range of numbers to draw from, every bound already brought to one scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// The lowest draw, in steps.
    low: i64,
    /// How many draws there are; 0 and 1 both mean that nothing is left to chance.
    count: u64,
    /// How many steps make one precision.
    lattice: i64,
    /// The precision, in units of ten to the power of minus `scale`.
    unit: i64,
    scale: u32,
    /// The precision as a binary fraction, where its noise is to be seen.
    noise: Option<f64>,
}

impl Number {
    /// The numbers between two bounds, the upper one included unless it is negative: the real page
    /// widens the range by one precision only `if (max >= 0)`. Reversed bounds are not rejected there.
    /// `None` where the range has more values than can be counted or the precision is not above 0.
    pub fn new(min: Decimal, max: Decimal, precision: Decimal, noisy: bool) -> Option<Self> {
        let scale = min.scale.max(max.scale).max(precision.scale);
        let (low, mut high, mut lattice) = (min.at(scale), max.at(scale), precision.at(scale));
        if lattice <= 0 {
            return None;
        }
        if 0 <= high {
            high += lattice;
        }
        let (mut low, mut count) = (low.min(high), low.abs_diff(high));
        if count == 0 {
            low = min.at(scale);
        }
        let unit = lattice;
        if low % lattice == 0 && count % lattice.unsigned_abs() == 0 {
            low /= lattice;
            count /= lattice.unsigned_abs();
            lattice = 1;
        }
        // The largest value printed must fit as well: it is at most the widened bound.
        let largest = low.unsigned_abs().checked_add(count)?.checked_mul(unit.unsigned_abs())?;
        (largest <= UNITS_MAX.unsigned_abs()).then_some(())?;
        Some(Self {
            low: i64::try_from(low).ok()?,
            count: u64::try_from(count).ok()?,
            lattice: i64::try_from(lattice).ok()?,
            unit: i64::try_from(unit).ok()?,
            scale,
            noise: (noisy && scale != 0).then(|| precision.to_real()),
        })
    }

    /// Lowest value and number of values, where every draw is a whole number printed as it is.
    pub fn as_whole(&self) -> Option<(i64, u64)> {
        (self.lattice == 1 && self.unit == 1 && self.scale == 0).then_some((self.low, self.count))
    }

    /// Appends one drawn number.
    pub fn write(&self, chance: &mut Chance, out: &mut Vec<u8>) {
        let drawn = self.low + chance.below(self.count) as i64;
        let steps = if self.lattice == 1 { drawn } else { drawn.div_euclid(self.lattice) };
        match self.noise {
            Some(precision) => {
                out.extend_from_slice(javascript::number(precision * steps as f64).as_bytes());
            }
            None => write_scaled(steps * self.unit, self.scale, out),
        }
    }
}

/// Appends `units` of ten to the power of minus `scale` without zeros at the end: `12`, `0.5`, `-3.25`.
pub fn write_scaled(units: i64, scale: u32, out: &mut Vec<u8>) {
    let mut buffer = itoa::Buffer::new();
    if scale == 0 {
        out.extend_from_slice(buffer.format(units).as_bytes());
        return;
    }
    let one = 10_u64.pow(scale);
    let (whole, mut fraction) = (units.unsigned_abs() / one, units.unsigned_abs() % one);
    if units < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(buffer.format(whole).as_bytes());
    if fraction == 0 {
        return;
    }
    out.push(b'.');
    let mut place = one / 10;
    while fraction != 0 {
        out.push(b'0' + (fraction / place) as u8);
        fraction %= place;
        place /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read() {
        for (text, units, scale) in [
            ("-40", -40, 0),
            ("0.05", 5, 2),
            ("1e-2", 1, 2),
            ("1.50", 15, 1),
            ("2e3", 2000, 0),
            ("-0.5", -5, 1),
        ] {
            assert_eq!(Decimal::parse(text), Some(Decimal { units, scale }), "{text}");
        }
        for text in ["", ".", "abc", "1e400", "12345678901234567890", "1e-13", "--1"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn scaled_numbers_have_no_zeros_at_the_end() {
        for (units, scale, expected) in
            [(1250, 3, "1.25"), (-5, 1, "-0.5"), (300, 2, "3"), (7, 0, "7"), (1005, 3, "1.005")]
        {
            let mut out = Vec::new();
            write_scaled(units, scale, &mut out);
            assert_eq!(String::from_utf8_lossy(&out), expected);
        }
    }
}
