//! CloudWatch: metrics by minute and by set of dimensions.
//!
//! A service tells what happened (`record`); what is kept is one statistic set for each minute in which
//! something happened: how many samples, their sum, the least and the largest (cloudwatch.md section
//! 1). A minute without a sample has no point, which is a gap, not a zero. A different set of dimensions
//! is a different metric; nothing is added up over dimensions. Values are whole numbers; only a
//! statistic asked for (an average) is a fraction. Points are there at once: the minute or two that the
//! real service takes to publish is not simulated.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::base::time::{Span, Timestamp};

/// How many minutes a metric keeps: 15 days (cloudwatch.md 1.1). Older points are forgotten.
pub const MINUTES_MAX: i64 = 15 * 24 * 60;

/// Every metric of the account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Watch {
    metrics: Vec<Recorded>,
    by_name: BTreeMap<Metric, Handle>,
}

/// A metric's full name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Metric {
    /// `AWS/Kinesis`.
    pub namespace: String,
    /// `IncomingRecords`.
    pub name: String,
    /// `(StreamName, iot-sensors)`, perhaps `(ShardId, …)`.
    pub dimensions: Vec<(String, String)>,
    /// `Count`, `Bytes`, `Milliseconds`, `Seconds` or `None`.
    pub unit: String,
}

impl Metric {
    pub fn new(namespace: &str, name: &str, dimensions: &[(&str, &str)], unit: &str) -> Self {
        let owned = |&(key, value): &(&str, &str)| (key.to_owned(), value.to_owned());
        Self {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            dimensions: dimensions.iter().map(owned).collect(),
            unit: unit.to_owned(),
        }
    }
}

/// A metric that has been looked up once; recording by it is cheap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handle(u32);

/// What is drawn of the samples of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Statistic {
    Sum,
    Average,
    Minimum,
    Maximum,
    SampleCount,
}

impl Statistic {
    pub const ALL: [Statistic; 5] =
        [Self::Sum, Self::Average, Self::Minimum, Self::Maximum, Self::SampleCount];

    /// Reads `sum`, `Average` …; `None` for another word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name().eq_ignore_ascii_case(text))
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Sum => "Sum",
            Self::Average => "Average",
            Self::Minimum => "Minimum",
            Self::Maximum => "Maximum",
            Self::SampleCount => "SampleCount",
        }
    }
}

/// One point of a graph.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The start of the period.
    pub at: Timestamp,
    pub value: f64,
    /// Whether the period has ended.
    pub complete: bool,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Recorded {
    /// In order of time; only minutes with a sample.
    minutes: VecDeque<Minute>,
}

/// The statistic set of one minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Minute {
    /// Minutes since the epoch.
    at: i64,
    samples: u64,
    sum: i64,
    min: i64,
    max: i64,
}

impl Watch {
    /// Looks a metric up, making it if need be. It is listed only once it has a point.
    pub fn handle(&mut self, metric: &Metric) -> Handle {
        if let Some(&handle) = self.by_name.get(metric) {
            return handle;
        }
        let handle = Handle(self.metrics.len() as u32);
        self.metrics.push(Recorded::default());
        self.by_name.insert(metric.clone(), handle);
        handle
    }

    /// Adds one sample.
    pub fn record(&mut self, now: Timestamp, metric: &Metric, value: i64) {
        let handle = self.handle(metric);
        self.add(now, handle, value);
    }

    /// Adds one sample to a metric looked up before. Moments may not go back behind the newest minute;
    /// if one does, it counts for the newest minute.
    pub fn add(&mut self, now: Timestamp, handle: Handle, value: i64) {
        let at = now.as_millis().div_euclid(60_000);
        let minutes = &mut self.metrics[handle.0 as usize].minutes;
        if let Some(last) = minutes.back_mut()
            && at <= last.at
        {
            last.samples += 1;
            last.sum += value;
            last.min = last.min.min(value);
            last.max = last.max.max(value);
            return;
        }
        minutes.push_back(Minute { at, samples: 1, sum: value, min: value, max: value });
        while minutes.front().is_some_and(|it| it.at <= at - MINUTES_MAX) {
            minutes.pop_front();
        }
    }

    /// Every metric with at least one point, in order of namespace, name and dimensions.
    pub fn names(&self) -> impl Iterator<Item = &Metric> {
        let recorded = |handle: &Handle| !self.metrics[handle.0 as usize].minutes.is_empty();
        self.by_name.iter().filter(move |(_, handle)| recorded(handle)).map(|(metric, _)| metric)
    }

    /// The points of a metric from the period that holds `from` up to `to`, which is usually now: a
    /// period that has not ended by `to` is incomplete. Periods are whole minutes, counted from the
    /// epoch (so 5-minute periods start at :00, :05 …); a period without a sample has no point.
    pub fn series(
        &self,
        metric: &Metric,
        statistic: Statistic,
        period: Span,
        from: Timestamp,
        to: Timestamp,
    ) -> Vec<Point> {
        let Some(handle) = self.by_name.get(metric) else { return Vec::new() };
        let minutes = &self.metrics[handle.0 as usize].minutes;
        let length = (period.as_millis() / 60_000).max(1);
        let first = from.as_millis().div_euclid(60_000 * length) * length;
        let last = to.as_millis().div_euclid(60_000);
        let start = minutes.partition_point(|it| it.at < first);
        let mut points = Vec::new();
        let mut open: Option<Minute> = None;
        for minute in minutes.range(start..).take_while(|it| it.at <= last) {
            let at = minute.at.div_euclid(length) * length;
            match &mut open {
                Some(set) if set.at == at => set.join(minute),
                _ => {
                    points.extend(open.take().map(|it| it.point(statistic, length, to)));
                    open = Some(Minute { at, ..*minute });
                }
            }
        }
        points.extend(open.map(|it| it.point(statistic, length, to)));
        points
    }
}

impl Minute {
    fn join(&mut self, other: &Minute) {
        self.samples += other.samples;
        self.sum += other.sum;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    fn point(&self, statistic: Statistic, length: i64, to: Timestamp) -> Point {
        let value = match statistic {
            Statistic::Sum => self.sum as f64,
            Statistic::Average => self.sum as f64 / self.samples as f64,
            Statistic::Minimum => self.min as f64,
            Statistic::Maximum => self.max as f64,
            Statistic::SampleCount => self.samples as f64,
        };
        let end = Timestamp::from_millis((self.at + length) * 60_000);
        Point { at: Timestamp::from_millis(self.at * 60_000), value, complete: end <= to }
    }
}
