//! GROUP_RANK: the rows of one ROWTIME, ranked by a column.

use std::cmp::Ordering;

/// The rows of a group in the order in which they leave, each with its rank: the order of `compare`, or
/// `backwards`, and of it the first `most` rows, or all if that is 0. Rows of equal value share a rank, and
/// the next rank counts them all, as RANK in SQL does; among equals the order of arrival holds.
pub fn ranked(
    rows: usize,
    compare: impl Fn(usize, usize) -> Ordering,
    backwards: bool,
    most: usize,
) -> Vec<(u32, i32)> {
    let mut places: Vec<usize> = (0..rows).collect();
    places.sort_by(|&one, &other| compare(one, other));
    let mut ranked: Vec<(u32, i32)> = Vec::with_capacity(rows);
    for (at, &row) in places.iter().enumerate() {
        let tied = 0 < at && compare(places[at - 1], row) == Ordering::Equal;
        let rank = if tied { ranked[at - 1].1 } else { at as i32 + 1 };
        ranked.push((row as u32, rank));
    }
    if backwards {
        // Stable, so that equals keep the order of arrival here too.
        ranked.sort_by_key(|it| std::cmp::Reverse(it.1));
    }
    if 0 < most {
        ranked.truncate(most);
    }
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[i32], descending: bool, backwards: bool, most: usize) -> Vec<(i32, i32)> {
        let compare = |one: usize, other: usize| match descending {
            true => values[other].cmp(&values[one]),
            false => values[one].cmp(&values[other]),
        };
        let ranked = ranked(values.len(), compare, backwards, most);
        ranked.into_iter().map(|(row, rank)| (values[row as usize], rank)).collect()
    }

    /// Equal values share a rank, and the next one counts them.
    #[test]
    fn ties_share_a_rank() {
        assert_eq!(of(&[7, 5, 7, 9], false, false, 0), [(5, 1), (7, 2), (7, 2), (9, 4)]);
        assert_eq!(of(&[7, 5, 7, 9], true, false, 0), [(9, 1), (7, 2), (7, 2), (5, 4)]);
    }

    /// F-46: ranked from the largest, the first two.
    #[test]
    fn the_first_ranks_leave() {
        assert_eq!(of(&[5, 9, 7], true, false, 2), [(9, 1), (7, 2)]);
        assert_eq!(of(&[5, 9, 7], true, true, 0), [(5, 3), (7, 2), (9, 1)]);
    }
}
