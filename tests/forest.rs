//! Random cut forests and hotspots on data with a known answer: a spike, a shift, a crowd.

use proptest::prelude::*;
use pumphouse::base::seed::{Chance, Seed};
use pumphouse::sql::table::forest::{Forest, Settings, Share, explanation};
use pumphouse::sql::table::hotspots::{Hotspot, Hotspots, Settings as Region, result};
use pumphouse::sql::table::tree::Tree;

/// Fewer trees than the service's 100, so that the tests are quick.
const SMALL: Settings = Settings { trees: 40, sample: 128, decay: 10_000, shingle: 1 };

fn scores(settings: Settings, rows: &[Vec<f64>]) -> Vec<f64> {
    let mut forest = Forest::new(settings, rows[0].len(), "test");
    let scores = rows.iter().map(|row| forest.score(row)).collect();
    forest.check();
    scores
}

fn noise(chance: &mut Chance) -> f64 {
    (chance.unit() + chance.unit() + chance.unit() + chance.unit() - 2.0) * 0.1
}

/// A sine of 40 rows a turn, with a little noise.
fn sine(rows: usize) -> Vec<Vec<f64>> {
    let mut chance = Seed(5).stream("sine");
    (0..rows).map(|at| vec![(at as f64 * std::f64::consts::TAU / 40.0).sin() + noise(&mut chance)]).collect()
}

fn highest(scores: &[f64]) -> usize {
    (0..scores.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b])).expect("there are scores")
}

/// F-43: with the defaults the rows 1 to 256 score 0, and row 257 does not.
#[test]
fn scores_begin_when_the_samples_are_full() {
    let scores = scores(Settings::default(), &sine(300));
    assert!(scores[..256].iter().all(|&it| it == 0.0));
    assert!(scores[256..].iter().all(|&it| 0.0 < it && it <= 8.0), "{:?}", &scores[256..]);
}

/// A value twice as far out as all others scores higher than any of them.
#[test]
fn a_spike_in_a_sine_scores_highest() {
    let mut rows = sine(800);
    rows[617][0] = 2.6;
    let scores = scores(SMALL, &rows);
    assert_eq!(highest(&scores), 617);
    let rest = scores.iter().enumerate().filter(|it| it.0 != 617).map(|it| *it.1).fold(0.0, f64::max);
    assert!(1.3 * rest < scores[617], "{} and {rest}", scores[617]);
}

/// Ordinary rows score about 1, something utterly else nearly log2 of the sample, and nothing more.
#[test]
fn scores_keep_their_range() {
    let mut chance = Seed(6).stream("range");
    let mut rows: Vec<Vec<f64>> = (0..900).map(|_| vec![noise(&mut chance), noise(&mut chance)]).collect();
    rows.push(vec![1e9, -1e9]);
    let scores = scores(Settings { sample: 256, ..SMALL }, &rows);
    let ordinary = &scores[256..900];
    let mean = ordinary.iter().sum::<f64>() / ordinary.len() as f64;
    assert!((0.7..1.1).contains(&mean), "{mean}");
    assert!((7.9..=8.0).contains(&scores[900]), "{}", scores[900]);
}

/// A stretch of a sine at triple speed holds only usual values; as a sequence it is unusual. One row at a
/// time does not see it, a shingle does.
#[test]
fn a_shingle_sees_the_sequence() {
    let mut rows = sine(800);
    let usual = rows[600..630].to_vec();
    (0..30).for_each(|at| rows[600 + at] = usual[at * 3 % 30].clone());
    let told = |shingle| {
        let scores = scores(Settings { shingle, ..SMALL }, &rows);
        // The first point is complete with the row of the shingle's length; scores begin 128 points later.
        assert_eq!(scores.iter().position(|&it| 0.0 < it), Some(shingle as usize - 1 + 128));
        let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
        mean(&scores[608..630]) / mean(&scores[200..600])
    };
    assert!(told(1) < 1.1, "{}", told(1));
    assert!(1.4 < told(8), "{}", told(8));
}

/// What was new becomes usual when the past fades, and stays new longer when it fades slowly.
#[test]
fn a_new_level_becomes_usual() {
    let mut chance = Seed(8).stream("level");
    let row = |at: usize, chance: &mut Chance| vec![if at < 600 { 0.0 } else { 5.0 } + noise(chance)];
    let rows: Vec<Vec<f64>> = (0..1_200).map(|at| row(at, &mut chance)).collect();
    let after = |decay| {
        let scores = scores(Settings { decay, ..SMALL }, &rows);
        assert!(3.0 < scores[600], "the first row of the new level: {}", scores[600]);
        scores[601..640].iter().sum::<f64>() / 39.0
    };
    assert!(after(150) < 0.8 * after(1_000_000), "{} {}", after(150), after(1_000_000));
}

/// Equal rows are no anomaly, and are told as 0.5: half of what a lone point in its own tree scores.
#[test]
fn equal_rows_are_usual() {
    let scores = scores(SMALL, &vec![vec![7.0]; 400]);
    // Depth 0, 128 copies that are the whole tree: (1 - 1/2) / log2(129) × log2(128).
    let expected = 0.5 * 7.0 / 129f64.log2();
    assert!(scores[128..].iter().all(|it| (it - expected).abs() < 1e-12), "{:?}", &scores[128..132]);
}

/// Two forests of one name score alike, others nearly; a copy goes on like its original.
#[test]
fn equal_seeds_score_equally() {
    let rows = sine(400);
    let run = |owner: &str| {
        let mut forest = Forest::new(SMALL, 1, owner);
        rows.iter().map(|row| forest.score(row)).collect::<Vec<_>>()
    };
    assert_eq!(run("PUMP_A"), run("PUMP_A"));
    let (one, other) = (run("PUMP_A"), run("PUMP_B"));
    assert_ne!(one, other);
    assert!(one.iter().zip(&other).all(|(a, b)| (a - b).abs() < 0.5));

    let mut forest = Forest::new(SMALL, 1, "PUMP_A");
    assert!(0.0 < rows[..300].iter().map(|row| forest.score(row)).sum::<f64>());
    let saved = postcard::to_stdvec(&forest).expect("a forest is plain data");
    let mut resumed: Forest = postcard::from_bytes(&saved).expect("and comes back");
    assert_eq!(resumed, forest);
    assert!(rows[300..].iter().all(|row| resumed.score(row) == forest.score(row)));
}

/// The shares add up to the score, and the column and the direction that are wrong are named.
#[test]
fn shares_name_the_column() {
    let mut chance = Seed(9).stream("shares");
    let mut rows: Vec<Vec<f64>> = (0..400).map(|_| vec![noise(&mut chance), noise(&mut chance)]).collect();
    rows.push(vec![0.0, 3.0]);
    rows.push(vec![-3.0, 0.0]);
    let plain = scores(SMALL, &rows);
    let mut forest = Forest::new(SMALL, 2, "test");
    let mut shares = Vec::new();
    let mut told = Vec::new();
    for (row, score) in rows.iter().zip(&plain) {
        let explained = forest.explain(row, &mut shares);
        assert!((explained - score).abs() < 1e-9, "explained or not, the score is the same");
        told.push(shares.clone());
    }
    let [high, low] = &told[400..] else { panic!("two rows stand out") };
    assert!(5.0 * high[0].score() < high[1].score() && high[1].below < high[1].above, "{high:?}");
    assert!(5.0 * low[1].score() < low[0].score() && low[0].above < low[0].below, "{low:?}");
}

/// The JSON as documented: members by column, numbers as texts of four decimals.
#[test]
fn explanations_are_json() {
    let names = ["PRICE".to_owned(), "odd \"name\"".to_owned()];
    let shares = [Share { below: 0.25, above: 1.034_62 }, Share { below: 0.5, above: 0.0 }];
    assert_eq!(
        explanation(&names, &shares, false),
        r#"{"PRICE":{"ATTRIBUTION_SCORE":"1.2846"},"odd \"name\"":{"ATTRIBUTION_SCORE":"0.5000"}}"#
    );
    assert_eq!(
        explanation(&names, &shares, true),
        r#"{"PRICE":{"ATTRIBUTION_SCORE":"1.2846","DIRECTION":"HIGH","STRENGTH":"0.7846"},"#.to_owned()
            + r#""odd \"name\"":{"ATTRIBUTION_SCORE":"0.5000","DIRECTION":"LOW","STRENGTH":"0.5000"}}"#
    );
}

/// Even noise over 10 × 10 with a crowd in [4, 5] × [6, 7]: one hotspot, and it is there.
#[test]
fn a_crowd_is_a_hotspot() {
    let mut chance = Seed(10).stream("crowd");
    let mut hotspots = Hotspots::new(Region { window: 1000, radius: 0.2, minimum: 14 }, 2);
    let mut pushed = 0;
    let mut push = |hotspots: &mut Hotspots, chance: &mut Chance, crowded: bool| {
        pushed += 1;
        let (left, bottom, side) =
            if crowded && pushed % 5 == 0 { (4.0, 6.0, 1.0) } else { (0.0, 0.0, 10.0) };
        hotspots.push(&[left + side * chance.unit(), bottom + side * chance.unit()]);
    };
    for _ in 0..1500 {
        push(&mut hotspots, &mut chance, false);
    }
    assert_eq!(hotspots.find(), [], "even noise has no crowd");
    for _ in 0..1500 {
        push(&mut hotspots, &mut chance, true);
    }
    let found = hotspots.find();
    let [crowd] = &found[..] else { panic!("one crowd: {found:?}") };
    assert!((3.7..4.1).contains(&crowd.lows[0]) && (5.7..6.1).contains(&crowd.lows[1]), "{crowd:?}");
    assert!((4.9..5.3).contains(&crowd.highs[0]) && (6.9..7.3).contains(&crowd.highs[1]), "{crowd:?}");
    // 200 rows of the crowd and some 8 of the noise, on a little more than one square.
    assert!((120.0..260.0).contains(&crowd.density), "{crowd:?}");
    // When the crowd has left the window, so has the hotspot.
    for _ in 0..1000 {
        push(&mut hotspots, &mut chance, false);
    }
    assert_eq!(hotspots.find(), []);
}

/// By hand: of nine rows on a line, three lie within 1 of each other, and one more within 1 of two of them.
#[test]
fn a_hotspot_by_hand() {
    let mut hotspots = Hotspots::new(Region { window: 100, radius: 1.0, minimum: 3 }, 1);
    for x in [0.0, 10.0, 10.5, 20.0, 11.0, 11.9, 30.0, 12.95, 50.0] {
        hotspots.push(&[x]);
    }
    // Cores: 10.5 and 11 (10 to 11 and 10 to 11.9), 10, and 11.9 with 11 and itself and 12.95 is 1.05 away,
    // so it has two: not a core, but reached. 4 rows over 1.9.
    let density = 4.0 / (11.9 - 10.0);
    assert_eq!(hotspots.find(), [Hotspot { density, highs: vec![11.9], lows: vec![10.0] }]);
}

/// The JSON as documented, without a blank; rows that are all equal have the radius for a side.
#[test]
fn hotspots_are_json() {
    let mut hotspots = Hotspots::new(Region { window: 100, radius: 0.5, minimum: 4 }, 2);
    for _ in 0..4 {
        hotspots.push(&[1.0, -2.5]);
    }
    assert_eq!(
        result(&hotspots.find()),
        r#"{"hotspots":[{"density":16,"maxValues":[1,-2.5],"minValues":[1,-2.5]}]}"#
    );
    assert_eq!(result(&[]), r#"{"hotspots":[]}"#);
}

/// DBSCAN as the paper writes it, slowly.
fn crowds(points: &[Vec<f64>], region: Region) -> Vec<Vec<usize>> {
    let near = |a: usize, b: usize| {
        let squares = points[a].iter().zip(&points[b]).map(|(x, y)| (x - y) * (x - y));
        squares.sum::<f64>() <= region.radius * region.radius
    };
    let all = 0..points.len();
    let core: Vec<bool> =
        all.clone().map(|a| region.minimum <= all.clone().filter(|&b| near(a, b)).count()).collect();
    let mut label = vec![None; points.len()];
    let mut crowds = Vec::new();
    for start in all.clone() {
        if !core[start] || label[start].is_some() {
            continue;
        }
        let mut crowd = vec![start];
        label[start] = Some(crowds.len());
        let mut next = 0;
        while next < crowd.len() {
            let from = crowd[next];
            next += 1;
            for to in all.clone().filter(|&to| core[from] && near(from, to)) {
                if label[to].is_none() {
                    label[to] = Some(crowds.len());
                    crowd.push(to);
                }
            }
        }
        crowds.push(crowd);
    }
    crowds
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is inserted and deleted in whatever order, a tree keeps its laws, and holds what it should.
    #[test]
    fn a_tree_keeps_its_laws(
        seed in any::<u64>(),
        steps in prop::collection::vec((any::<bool>(), any::<u16>(), [0..12u8, 0..12u8, 0..3u8]), 1..160),
    ) {
        let mut chance = Seed(seed).stream("tree");
        let mut tree = Tree::new(3);
        let mut held: Vec<u32> = Vec::new();
        for (insert, which, point) in steps {
            // Coarse values give copies; a fraction that is not exact gives the floats something to round.
            let point = point.map(|it| f64::from(it) * 0.1);
            if insert || held.is_empty() {
                held.push(tree.insert(&point, &mut chance));
            } else {
                tree.delete(held.swap_remove(usize::from(which) % held.len()));
            }
            tree.check();
            prop_assert_eq!(tree.mass() as usize, held.len());
            let score = tree.score(&point);
            prop_assert!((0.0..=8.0).contains(&score), "{}", score);
        }
        held.iter().for_each(|&leaf| tree.delete(leaf));
        tree.check();
        prop_assert_eq!(tree.mass(), 0);
    }

    /// Bits that change by a row at a time find the same regions as starting over.
    #[test]
    fn hotspots_are_those_of_the_paper(
        rows in prop::collection::vec([0..40u8, 0..40u8], 1..260),
        radius in 1..5u8,
        minimum in 2..9usize,
    ) {
        let region = Region { window: 100, radius: f64::from(radius), minimum };
        let mut hotspots = Hotspots::new(region, 2);
        let rows: Vec<Vec<f64>> = rows.iter().map(|it| it.iter().map(|&x| f64::from(x)).collect()).collect();
        rows.iter().for_each(|row| hotspots.push(row));
        let window = &rows[rows.len().saturating_sub(100)..];
        let mut expected: Vec<(Vec<f64>, Vec<f64>)> = crowds(window, region).iter().map(|crowd| {
            let end = |start: f64, pick: fn(f64, f64) -> f64, column: usize| {
                crowd.iter().map(|&at| window[at][column]).fold(start, pick)
            };
            let low = |column| end(f64::INFINITY, f64::min, column);
            let high = |column| end(f64::NEG_INFINITY, f64::max, column);
            (vec![low(0), low(1)], vec![high(0), high(1)])
        }).collect();
        let mut found: Vec<_> = hotspots.find().into_iter().map(|it| (it.lows, it.highs)).collect();
        let by_place = |a: &(Vec<f64>, Vec<f64>), b: &(Vec<f64>, Vec<f64>)| a.partial_cmp(b).expect("numbers");
        expected.sort_by(by_place);
        found.sort_by(by_place);
        prop_assert_eq!(found, expected);
    }
}
