//! Logarithms out of the four basic operations.
//!
//! The logarithm of the standard library is the platform's own and may differ in the last bit from one
//! machine to the next. A forest decides by it which rows it remembers, so here it is computed by
//! operations that are the same everywhere.

use std::f64::consts::{LN_2, SQRT_2};

/// The natural logarithm of a normal positive number, to the last bit or two.
pub fn ln(x: f64) -> f64 {
    debug_assert!(x.is_normal() && 0.0 < x, "a logarithm of {x}");
    let bits = x.to_bits();
    let mut exponent = (bits >> 52) as i64 - 1023;
    // The mantissa as a number from 1 to just under 2, then around 1, where the series is short.
    let mut mantissa = f64::from_bits(bits & 0x000f_ffff_ffff_ffff | 0x3ff0_0000_0000_0000);
    if SQRT_2 < mantissa {
        mantissa /= 2.0;
        exponent += 1;
    }
    // ln m = 2 artanh s, and s is at most 0.172: eleven terms reach 53 bits.
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let z = s * s;
    let mut series = 0.0;
    for term in (0..11).rev() {
        series = series * z + TERMS[term];
    }
    exponent as f64 * LN_2 + 2.0 * s * series
}

/// The logarithm to base 2 of a count; 0 for none.
pub fn log2(count: u64) -> f64 {
    if count == 0 {
        return 0.0;
    }
    if count.is_power_of_two() {
        return f64::from(count.trailing_zeros());
    }
    ln(count as f64) / LN_2
}

const TERMS: [f64; 11] = [
    1.0,
    1.0 / 3.0,
    1.0 / 5.0,
    1.0 / 7.0,
    1.0 / 9.0,
    1.0 / 11.0,
    1.0 / 13.0,
    1.0 / 15.0,
    1.0 / 17.0,
    1.0 / 19.0,
    1.0 / 21.0,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Small, large, and close to 1 from both sides.
    #[test]
    fn agrees_with_the_platform() {
        for x in [1e-300, 1e-9, 0.1, 0.5, 0.999_999_999, 1.0, 1.000_000_1, 1.41, 1.42, 2.0, 256.0, 1e300] {
            let (ours, theirs) = (ln(x), f64::ln(x));
            assert!((ours - theirs).abs() <= 4e-16 * theirs.abs().max(1e-300), "ln {x}: {ours} {theirs}");
        }
        assert_eq!(log2(256), 8.0);
        assert!((log2(1000) - 9.965_784_284_662_087).abs() < 1e-14);
    }
}
