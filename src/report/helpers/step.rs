//! The steps of a histogram: of whole numbers, and of times in months or years.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// The most steps.
const MOST: i128 = 10;
/// The most months that are not put into years.
const MOST_MONTHS: i64 = 18;

/// A step's name and how many are in it.
type Step = (String, u32);

/// How many numbers are in each step, from the smallest number to the largest.
pub(super) fn of_numbers(numbers: &[i64]) -> Vec<Step> {
    counted(numbers, |number| number.to_string())
}

/// How many times are in each month, or each year or so many years.
pub(super) fn of_times(seconds: &[i64]) -> Vec<Step> {
    let dates: Vec<DateTime> = seconds.iter().filter_map(|seconds| date(*seconds)).collect();
    let months = |date: &DateTime| i64::from(date.year()) * 12 + i64::from(date.month()) - 1;
    let (first, last) = (dates.iter().map(months).min(), dates.iter().map(months).max());
    match (first, last) {
        (Some(first), Some(last)) if last - first < MOST_MONTHS => {
            let name = |month: i64| format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1);
            each(&dates.iter().map(months).collect::<Vec<_>>(), (first, last), 1, name)
        }
        _ => {
            let years: Vec<i64> = dates.iter().map(|date| i64::from(date.year())).collect();
            counted(&years, |year| year.to_string())
        }
    }
}

fn date(seconds: i64) -> Option<DateTime> {
    Timestamp::from_second(seconds).ok().map(|time| TimeZone::UTC.to_datetime(time))
}

fn counted(numbers: &[i64], name: impl Fn(i64) -> String) -> Vec<Step> {
    let (Some(first), Some(last)) = (numbers.iter().min(), numbers.iter().max()) else { return Vec::new() };
    let width = width(*first, *last);
    each(numbers, (*first, *last), width, name)
}

/// Steps of one width, whose edges are multiples of it.
fn each(numbers: &[i64], (first, last): (i64, i64), width: i128, name: impl Fn(i64) -> String) -> Vec<Step> {
    let place = |number: i64| i128::from(number).div_euclid(width);
    let (start, end) = (place(first), place(last));
    let mut counts = vec![0_u32; usize::try_from(end - start + 1).unwrap_or(0)];
    for number in numbers {
        let index = usize::try_from(place(*number) - start).unwrap_or(0);
        if let Some(count) = counts.get_mut(index) {
            *count = count.saturating_add(1);
        }
    }
    let clamped = |edge: i128| {
        i64::try_from(edge.clamp(i64::MIN.into(), i64::MAX.into())).expect("it was clamped to what fits")
    };
    let named = |(step, count): (i128, u32)| {
        let (from, to) = (clamped(step * width), clamped((step + 1) * width - 1));
        let label = if width == 1 { name(from) } else { format!("{}–{}", name(from), name(to)) };
        (label, count)
    };
    (start..=end).zip(counts).map(named).collect()
}

/// The smallest of 1, 2, 5, 10, 20, 50 and so on that makes few enough steps.
fn width(first: i64, last: i64) -> i128 {
    let steps = |width: i128| i128::from(last).div_euclid(width) - i128::from(first).div_euclid(width) + 1;
    let mut power = 1_i128;
    loop {
        if let Some(width) =
            [1, 2, 5].map(|digit| digit * power).into_iter().find(|width| steps(*width) <= MOST)
        {
            return width;
        }
        power *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(steps: Vec<Step>) -> String {
        steps.into_iter().map(|(name, count)| format!("{name}:{count}")).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn numbers_are_counted_in_steps() {
        let cases: [(&[i64], &str); 6] = [
            (&[], ""),
            (&[5], "5:1"),
            (&[1, 1, 3], "1:2 2:0 3:1"),
            (&[-3, 0, 40], "-5–-1:1 0–4:1 5–9:0 10–14:0 15–19:0 20–24:0 25–29:0 30–34:0 35–39:0 40–44:1"),
            (&[0, 99], "0–9:1 10–19:0 20–29:0 30–39:0 40–49:0 50–59:0 60–69:0 70–79:0 80–89:0 90–99:1"),
            (
                &[400, 1200],
                "400–499:1 500–599:0 600–699:0 700–799:0 800–899:0 900–999:0 1000–1099:0 1100–1199:0 1200–1299:1",
            ),
        ];
        for (numbers, expected) in cases {
            assert_eq!(shown(of_numbers(numbers)), expected);
        }
        assert!(of_numbers(&[i64::MIN, 0, i64::MAX]).len() <= 10);
    }

    #[test]
    fn times_are_counted_in_months_or_years() {
        assert_eq!(shown(of_times(&[1_700_000_000, 1_702_000_000, 1_702_600_000])), "2023-11:1 2023-12:2");
        assert_eq!(shown(of_times(&[1_500_000_000, 1_600_000_000])), "2017:1 2018:0 2019:0 2020:1");
        assert!(of_times(&[-99_999_999_999, 0, 99_999_999_999]).len() <= 10);
        assert_eq!(of_times(&[i64::MAX]), []);
    }
}
