//! Exact numbers: unscaled digits in 64 bits, 128 bits in between, rounding half away from zero.
//!
//! The rules of precision and scale are those of sql.md 3.3; what does not fit is `None`, which the
//! evaluator turns into an error row.

use crate::sql::value::SqlType;

/// Derived types never have more digits (sql.md 3.1).
pub const DIGITS_MAX: u8 = 18;

const POWERS: [i64; 19] = {
    let mut powers = [1; 19];
    let mut at = 1;
    while at < 19 {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};

/// 10 to the power of `digits`, for 0 to 38.
pub fn power(digits: u8) -> i128 {
    match POWERS.get(digits as usize) {
        Some(&power) => i128::from(power),
        None => i128::from(POWERS[18]) * power(digits.min(38) - 18),
    }
}

/// A quotient rounded half away from zero; the divisor is not 0.
pub fn divide_rounded(number: i128, by: i128) -> i128 {
    let (quotient, rest) = (number / by, number % by);
    if rest.unsigned_abs() >= by.unsigned_abs() - rest.unsigned_abs() {
        return quotient + if (number < 0) == (by < 0) { 1 } else { -1 };
    }
    quotient
}

/// Unscaled digits of another scale; `None` beyond 128 bits.
pub fn rescale(digits: i128, from: u8, to: u8) -> Option<i128> {
    if from <= to {
        digits.checked_mul(power(to - from))
    } else {
        Some(divide_rounded(digits, power(from - to)))
    }
}

/// Whether a number fits an exact type: its bits, or its precision.
pub fn fit(digits: i128, ty: SqlType) -> Option<i64> {
    let limit = match ty {
        SqlType::TinyInt => return i8::try_from(digits).ok().map(i64::from),
        SqlType::SmallInt => return i16::try_from(digits).ok().map(i64::from),
        SqlType::Integer => return i32::try_from(digits).ok().map(i64::from),
        SqlType::Decimal { precision, .. } => power(precision),
        _ => return i64::try_from(digits).ok(),
    };
    if digits.abs() < limit { i64::try_from(digits).ok() } else { None }
}

/// `a / b` at a scale, exact and rounded once: long division, so that no intermediate is too large.
pub fn divide(a: i64, a_scale: u8, b: i64, b_scale: u8, scale: u8) -> Option<i128> {
    let shift = i32::from(scale) + i32::from(b_scale) - i32::from(a_scale);
    let (a, b) = (i128::from(a), i128::from(b));
    if shift < 0 {
        return Some(divide_rounded(a, b * power(shift.unsigned_abs() as u8)));
    }
    let (mut quotient, mut rest) = (a / b, a % b);
    for _ in 0..shift {
        rest *= 10;
        quotient = quotient.checked_mul(10)?.checked_add(rest / b)?;
        rest %= b;
    }
    let up = rest.unsigned_abs() >= b.unsigned_abs() - rest.unsigned_abs();
    let away = if (a < 0) == (b < 0) { 1 } else { -1 };
    Some(if up && rest != 0 { quotient + away } else { quotient })
}

/// The type with so many whole digits and decimals, cut to 18 digits at the cost of decimals.
pub fn capped(whole: u8, scale: u8) -> SqlType {
    if whole + scale <= DIGITS_MAX {
        return SqlType::Decimal { precision: (whole + scale).max(1), scale };
    }
    SqlType::Decimal { precision: DIGITS_MAX, scale: DIGITS_MAX.saturating_sub(whole) }
}

/// The type of `a + b` and `a - b`.
pub fn sum_type((p1, s1): (u8, u8), (p2, s2): (u8, u8)) -> SqlType {
    capped((p1 - s1).max(p2 - s2) + 1, s1.max(s2))
}

pub fn product_type((p1, s1): (u8, u8), (p2, s2): (u8, u8)) -> SqlType {
    capped(p1 + p2 - s1 - s2, s1 + s2)
}

pub fn quotient_type((p1, s1): (u8, u8), (p2, s2): (u8, u8)) -> SqlType {
    capped(p1 - s1 + s2, (s1 + p2 + 1).max(6))
}

/// Reads `-12.5e3` as unscaled digits of a scale, rounded half away from zero, and says whether a digit
/// was lost. `None` if it is no number or too large by far.
pub fn read(text: &[u8], scale: u8) -> Option<(i128, bool)> {
    let (negative, text) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let (mut digits, mut places, mut seen, mut point, mut at) = (0_i128, 0_i32, false, false, 0);
    while at < text.len() {
        match text[at] {
            digit @ b'0'..=b'9' => {
                seen = true;
                digits = digits.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
                places += i32::from(point);
            }
            b'.' if !point => point = true,
            b'e' | b'E' if seen => break,
            _ => return None,
        }
        at += 1;
    }
    if !seen {
        return None;
    }
    if at < text.len() {
        let exponent: i32 = std::str::from_utf8(&text[at + 1..]).ok()?.parse().ok()?;
        places = places.checked_sub(exponent)?;
    }
    let shift = i32::from(scale) - places;
    let (digits, lost) = if digits == 0 {
        (0, false)
    } else if shift >= 0 {
        if shift > 38 {
            return None;
        }
        (digits.checked_mul(power(shift as u8))?, false)
    } else if shift < -38 {
        (0, true)
    } else {
        let by = power(shift.unsigned_abs() as u8);
        (divide_rounded(digits, by), digits % by != 0)
    };
    Some((if negative { -digits } else { digits }, lost))
}

/// Appends a number with its decimals: `21.00`, `-0.50`.
pub fn write(digits: i64, scale: u8, out: &mut Vec<u8>) {
    let mut buffer = itoa::Buffer::new();
    if scale == 0 {
        out.extend_from_slice(buffer.format(digits).as_bytes());
        return;
    }
    if digits < 0 {
        out.push(b'-');
    }
    let text = buffer.format(digits.unsigned_abs()).as_bytes();
    let scale = scale as usize;
    if text.len() <= scale {
        out.extend_from_slice(b"0.");
        out.extend(std::iter::repeat_n(b'0', scale - text.len()));
        out.extend_from_slice(text);
        return;
    }
    let (whole, decimals) = text.split_at(text.len() - scale);
    out.extend_from_slice(whole);
    out.push(b'.');
    out.extend_from_slice(decimals);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(precision: u8, scale: u8) -> SqlType {
        SqlType::Decimal { precision, scale }
    }

    /// The worked types of sql.md 3.3.
    #[test]
    fn types_of_arithmetic() {
        assert_eq!(sum_type((3, 1), (2, 1)), decimal(4, 1));
        assert_eq!(sum_type((4, 2), (2, 1)), decimal(5, 2));
        assert_eq!(sum_type((5, 2), (10, 0)), decimal(13, 2));
        assert_eq!(product_type((4, 2), (2, 1)), decimal(6, 3));
        assert_eq!(quotient_type((3, 1), (2, 1)), decimal(9, 6));
        assert_eq!(quotient_type((2, 1), (2, 1)), decimal(8, 6));
        assert_eq!(quotient_type((4, 1), (5, 4)), decimal(14, 7));
        assert_eq!(quotient_type((2, 1), (10, 0)), decimal(13, 12));
    }

    #[test]
    fn division_is_exact_and_rounds_half_away() {
        assert_eq!(divide(20, 1, 70, 1, 6), Some(285_714));
        assert_eq!(divide(-1, 0, 2, 0, 0), Some(-1));
        assert_eq!(divide(1, 0, 2, 0, 0), Some(1));
        assert_eq!(divide(6, 0, 3, 0, 2), Some(200));
        assert_eq!(divide_rounded(-5, 2), -3);
        assert_eq!(divide_rounded(5, 3), 2);
    }

    #[test]
    fn numbers_are_read_and_written() {
        assert_eq!(read(b"21.005", 2), Some((2101, true)));
        assert_eq!(read(b"-1e2", 0), Some((-100, false)));
        assert_eq!(read(b"12x", 0), None);
        let mut out = Vec::new();
        write(-50, 2, &mut out);
        assert_eq!(out, b"-0.50");
    }
}
