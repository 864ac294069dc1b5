//! `date`, `datetime`, `ago`, `age` and `duration`: times of the portal for people, in UTC or another zone, counted from the
//! run's `now`.

use jiff::fmt::strtime;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, Unit, ZonedDateTime, ZonedDateTimeDifference};
use serde_json::Value;

use super::call::{Call, found};
use super::number::counted;
use crate::report::shown::utc_date;
use crate::text;

const DAY_SECONDS: i64 = 86_400;

/// From here on a number of seconds is no time of this world, more likely milliseconds.
const IMPLAUSIBLE_SECONDS: i64 = 100_000_000_000;

/// What `unit=` takes.
pub(super) const UNITS: &[&str] = &["years", "months", "weeks", "days", "hours", "minutes", "seconds"];

/// What a time argument turned out to be.
enum Time {
    /// Null or 0.
    Never,
    /// Epoch seconds.
    At(i64),
    /// A number that is no plausible time, to be shown as it is.
    Implausible(String),
}

/// `{{date createdOn}}`: `2026-11-23`; `format=` takes strftime conversions, `tz=` a zone of the IANA database, `default=` stands
/// for a time that never was.
pub(super) fn date(call: &Call<'_>) -> Result<Value, String> {
    let format = call.text("format")?;
    if format.is_some_and(|format| format.trim().is_empty()) {
        return Err("`format=` is empty, and so would be every date".to_owned());
    }
    if format.is_none() && call.named("tz").is_none() {
        return written(call, |timestamp| Ok(utc_date(timestamp)));
    }
    let zone = zone_of(call)?;
    written(call, |timestamp| {
        let zoned = timestamp.to_zoned_datetime(zone.clone());
        match format {
            None => Ok(zoned.date().to_string()),
            Some(format) => {
                strtime::format(format, &zoned).map_err(|error| format!("`format=` cannot be used: {error}"))
            }
        }
    })
}

/// `{{datetime createdOn}}`: `2026-11-23T09:30:00Z`, with `tz=` `2026-11-23T10:30:00+01:00`.
pub(super) fn datetime(call: &Call<'_>) -> Result<Value, String> {
    let zone = call.text("tz")?.map(zone).transpose()?;
    written(call, |timestamp| {
        Ok(match &zone {
            None => timestamp.to_string(),
            Some(zone) => timestamp.display_with_offset(zone.to_offset(timestamp)).to_string(),
        })
    })
}

/// `{{ago lastUsedOn}}`: `12 days ago`, `today`, `in 3 days`, `never`. Days are whole days of 24 hours, as in `idleDays`.
pub(super) fn ago(call: &Call<'_>) -> Result<Value, String> {
    let seconds = match time(call.param(0))? {
        Time::Never => return Ok(call.fallback(Value::from("never"))),
        Time::Implausible(text) => return Ok(Value::from(text)),
        Time::At(seconds) => seconds,
    };
    let Time::At(now) = time(call.now)? else {
        return Err(format!("`run.now` is no time: {}", found(call.now)));
    };
    let passed = now - seconds;
    let text = match passed.abs() / DAY_SECONDS {
        0 => "today".to_owned(),
        days if passed > 0 => format!("{} ago", counted(days, "day")),
        days => format!("in {}", counted(days, "day")),
    };
    Ok(Value::from(text))
}

/// `{{age createdOn}}`: `1 year 2 months`, `12 days`, `3 hours 5 minutes`: the two greatest units, by the calendar of `tz=`.
/// `unit=` says it in one: `14 months`. A time to come is `in 3 days`, as `ago` says it.
pub(super) fn age(call: &Call<'_>) -> Result<Value, String> {
    let zone = zone_of(call)?;
    let (from, now) = match (time(call.param(0))?, time(call.now)?) {
        (Time::Never, _) => return Ok(call.fallback(Value::from("never"))),
        (Time::Implausible(text), _) => return Ok(Value::from(text)),
        (Time::At(from), Time::At(now)) => (moment(from, &zone)?, moment(now, &zone)?),
        (Time::At(_), _) => return Err(format!("`run.now` is no time: {}", found(call.now))),
    };
    let (first, last, to_come) = if from > now { (now, from, true) } else { (from, now, false) };
    let text = between(&first, &last, call.text("unit")?)?;
    Ok(Value::from(if to_come { format!("in {text}") } else { text }))
}

/// From one time to a later one, in the two greatest units or in the one that is asked for.
fn between(first: &ZonedDateTime, last: &ZonedDateTime, unit: Option<&str>) -> Result<String, String> {
    let Some(name) = unit else {
        // Weeks among months and days say nothing more.
        let parts = parts(first, last, Unit::Year)?.into_iter().filter(|(_, noun)| *noun != "week");
        return Ok(greatest(&parts.collect::<Vec<_>>()));
    };
    let unit = match name {
        "years" => Unit::Year,
        "months" => Unit::Month,
        "weeks" => Unit::Week,
        "days" => Unit::Day,
        "hours" => Unit::Hour,
        "minutes" => Unit::Minute,
        "seconds" => Unit::Second,
        other => {
            return Err(format!("`unit=` takes {}, found `{other}`", text::listed(UNITS.iter().copied())));
        }
    };
    let parts = parts(first, last, unit)?;
    let (count, noun) = parts[UNITS.iter().position(|unit| *unit == name).unwrap_or_default()];
    Ok(counted(count, noun))
}

/// `{{duration run.waitedSeconds}}`: `1 minute 30 seconds`: a number of seconds in its two greatest units, days at most.
pub(super) fn duration(call: &Call<'_>) -> Result<Value, String> {
    let seconds = match call.param(0) {
        Value::Null => return Ok(call.fallback(Value::Null)),
        Value::Number(number) => {
            number.as_i64().filter(|seconds| seconds.unsigned_abs() < IMPLAUSIBLE_SECONDS.unsigned_abs())
        }
        _ => None,
    };
    let seconds = seconds
        .ok_or_else(|| format!("expected a whole number of seconds, found {}", found(call.param(0))))?;
    let (hours, minutes) = (seconds % DAY_SECONDS / 3600, seconds % 3600 / 60);
    let parts =
        [(seconds / DAY_SECONDS, "day"), (hours, "hour"), (minutes, "minute"), (seconds % 60, "second")];
    Ok(Value::from(greatest(&parts)))
}

/// Whether the zone is known.
///
/// # Errors
/// When it is not, with the nearest name.
pub(super) fn zone(name: &str) -> Result<TimeZone, String> {
    let zones = TimeZoneDatabase::bundled();
    zones.get(name).map_err(|_| {
        let names: Vec<String> = zones.available().map(|name| name.to_string()).collect();
        let near = text::nearest(name, names.iter().map(String::as_str));
        let near =
            near.map_or_else(|| "a name such as `Europe/Berlin`".to_owned(), |near| format!("`{near}`"));
        format!("there is no time zone `{}`, perhaps {near}", text::shortened(name, 40))
    })
}

fn zone_of(call: &Call<'_>) -> Result<TimeZone, String> {
    call.text("tz")?.map_or(Ok(TimeZone::UTC), zone)
}

fn moment(seconds: i64, zone: &TimeZone) -> Result<ZonedDateTime, String> {
    let timestamp = Timestamp::from_second(seconds).map_err(|error| error.to_string())?;
    Ok(timestamp.to_zoned_datetime(zone.clone()))
}

/// The time between in units from this one on, in the order of [`UNITS`].
fn parts(
    from: &ZonedDateTime,
    now: &ZonedDateTime,
    largest: Unit,
) -> Result<[(i64, &'static str); 7], String> {
    let span =
        from.until(ZonedDateTimeDifference::new(now).largest(largest)).map_err(|error| error.to_string())?;
    Ok([
        (i64::from(span.get_years()), "year"),
        (i64::from(span.get_months()), "month"),
        (i64::from(span.get_weeks()), "week"),
        (i64::from(span.get_days()), "day"),
        (i64::from(span.get_hours()), "hour"),
        (span.get_minutes(), "minute"),
        (span.get_seconds(), "second"),
    ])
}

/// The greatest part that is not 0, and the one after it.
fn greatest(parts: &[(i64, &str)]) -> String {
    let first = parts.iter().position(|(count, _)| *count != 0).unwrap_or(parts.len() - 1);
    let shown =
        parts[first..].iter().take(2).enumerate().filter(|(index, (count, _))| *index == 0 || *count != 0);
    shown.map(|(_, (count, noun))| counted(*count, noun)).collect::<Vec<_>>().join(" ")
}

fn written(call: &Call<'_>, write: impl Fn(Timestamp) -> Result<String, String>) -> Result<Value, String> {
    match time(call.param(0))? {
        Time::Never => Ok(call.fallback(Value::from("never"))),
        Time::Implausible(text) => Ok(Value::from(text)),
        Time::At(seconds) => {
            let timestamp = Timestamp::from_second(seconds).map_err(|error| error.to_string())?;
            write(timestamp).map(Value::from)
        }
    }
}

/// Reads epoch seconds, or RFC 3339 text as in `run.startedAt`. A whole report is not lost to one odd number of a portal:
/// it is shown as it is, and said to be implausible.
fn time(value: &Value) -> Result<Time, String> {
    match value {
        Value::Null => Ok(Time::Never),
        Value::Number(number) => Ok(match number.as_i64() {
            Some(0) => Time::Never,
            Some(seconds) if seconds.unsigned_abs() < IMPLAUSIBLE_SECONDS.unsigned_abs() => Time::At(seconds),
            _ => Time::Implausible(format!("implausible time {number}")),
        }),
        Value::String(text) => match text.parse::<Timestamp>() {
            Ok(timestamp) => Ok(Time::At(timestamp.as_second())),
            Err(_) => Err(expected(value)),
        },
        other => Err(expected(other)),
    }
}

/// Whether a value that is written out in a template can be a time.
pub(in crate::report) fn is_time(value: &Value) -> bool {
    matches!(time(value), Ok(Time::Never | Time::At(_)))
}

fn expected(value: &Value) -> String {
    format!("expected epoch seconds or RFC 3339 text, found {}", found(value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOON: i64 = 1_795_435_200;

    #[test]
    fn dates_are_utc() {
        let cases = [
            (json!(NOON), json!("2026-11-23")),
            (json!(NOON + 43_199), json!("2026-11-23")),
            (json!(-1), json!("1969-12-31")),
            (json!(null), json!("never")),
            (json!(0), json!("never")),
            (json!("2026-11-23T23:30:00Z"), json!("2026-11-23")),
            (json!(1_795_435_200_000_i64), json!("implausible time 1795435200000")),
            (json!(i64::MIN), json!("implausible time -9223372036854775808")),
            (json!(u64::MAX), json!("implausible time 18446744073709551615")),
            (json!(1.5), json!("implausible time 1.5")),
        ];
        for (value, expected) in cases {
            assert_eq!(date(&Call::of(&[&value], &[])), Ok(expected), "{value}");
        }
        assert_eq!(datetime(&Call::of(&[&json!(NOON)], &[])), Ok(json!("2026-11-23T12:00:00Z")));
    }

    #[test]
    fn dates_take_a_format_and_a_default() {
        let with = |value: Value, name: &str, text: Value| date(&Call::of(&[&value], &[(name, &text)]));
        assert_eq!(with(json!(NOON), "format", json!("%d %b %Y")), Ok(json!("23 Nov 2026")));
        assert_eq!(with(json!(null), "default", json!("-")), Ok(json!("-")));
        assert!(with(json!(NOON), "format", json!("%!")).is_err_and(|why| why.contains("`format=`")));
        assert!(with(json!(NOON), "format", json!(" ")).is_err_and(|why| why.contains("`format=` is empty")));
        assert!(with(json!(NOON), "format", json!(3)).is_err_and(|why| why.contains("takes a text")));
    }

    #[test]
    fn what_is_no_time_is_an_error_that_shows_it() {
        for (value, shown) in [(json!("soon"), "`soon`"), (json!([]), "a list"), (json!(true), "`true`")] {
            let why = date(&Call::of(&[&value], &[])).unwrap_err();
            assert!(why.contains("expected epoch seconds or RFC 3339 text") && why.contains(shown), "{why}");
        }
    }

    #[test]
    fn ages_count_whole_days_from_now() {
        let now = json!(NOON);
        let cases = [
            (json!(NOON), "today"),
            (json!(NOON - DAY_SECONDS + 1), "today"),
            (json!(NOON - DAY_SECONDS), "1 day ago"),
            (json!(NOON - 12 * DAY_SECONDS - 5), "12 days ago"),
            (json!(NOON + 3600), "today"),
            (json!(NOON + 3 * DAY_SECONDS), "in 3 days"),
            (json!(0), "never"),
            (json!(null), "never"),
            (json!(i64::MAX), "implausible time 9223372036854775807"),
        ];
        for (value, expected) in cases {
            assert_eq!(ago(&Call::of(&[&value], &[]).at(&now)), Ok(json!(expected)), "{value}");
        }
        assert!(ago(&Call::of(&[&now], &[])).is_err_and(|why| why.contains("run.now")));
    }

    #[test]
    fn zones_are_those_of_the_iana_database() {
        let with = |run: fn(&Call<'_>) -> Result<Value, String>, seconds: i64, zone: &str| {
            run(&Call::of(&[&json!(seconds)], &[("tz", &json!(zone))]))
        };
        assert_eq!(with(date, NOON + 43_199, "Europe/Berlin"), Ok(json!("2026-11-24")));
        assert_eq!(with(date, NOON, "Pacific/Kiritimati"), Ok(json!("2026-11-24")));
        assert_eq!(with(datetime, NOON, "America/New_York"), Ok(json!("2026-11-23T07:00:00-05:00")));
        assert_eq!(
            with(datetime, NOON - 150 * DAY_SECONDS, "America/New_York"),
            Ok(json!("2026-06-26T08:00:00-04:00"))
        );
        assert_eq!(with(datetime, NOON, "UTC"), Ok(json!("2026-11-23T12:00:00+00:00")));
        let zoned = [("format", &json!("%H:%M %Z")), ("tz", &json!("Europe/Berlin"))];
        assert_eq!(date(&Call::of(&[&json!(NOON)], &zoned)), Ok(json!("13:00 CET")));
        assert!(with(date, NOON, "Europe/Berln").is_err_and(|why| why.ends_with("perhaps `Europe/Berlin`")));
        assert!(with(datetime, NOON, "").is_err_and(|why| why.contains("there is no time zone ``")));
    }

    #[test]
    fn ages_are_counted_by_the_calendar() {
        let now = json!(NOON);
        let of = |seconds: Value, hash: &[(&str, &Value)]| age(&Call::of(&[&seconds], hash).at(&now));
        let cases = [
            (NOON, "0 seconds"),
            (NOON - 59, "59 seconds"),
            (NOON - 3_600 - 300, "1 hour 5 minutes"),
            (NOON - DAY_SECONDS, "1 day"),
            (NOON - 29 * DAY_SECONDS - 3_601, "29 days 1 hour"),
            (NOON - 31 * DAY_SECONDS, "1 month"),
            (NOON - 365 * DAY_SECONDS, "1 year"),
            (NOON - 500 * DAY_SECONDS, "1 year 4 months"),
            (NOON + 90, "in 1 minute 30 seconds"),
            (9_999_999_999, "in 259 years 11 months"),
        ];
        for (seconds, expected) in cases {
            assert_eq!(of(json!(seconds), &[]), Ok(json!(expected)), "{}", NOON - seconds);
        }
        for (unit, expected) in UNITS.iter().zip([
            "1 year",
            "16 months",
            "71 weeks",
            "500 days",
            "12000 hours",
            "720000 minutes",
            "43200000 seconds",
        ]) {
            let found = of(json!(NOON - 500 * DAY_SECONDS), &[("unit", &json!(unit))]);
            assert_eq!(found, Ok(json!(expected)), "{unit}");
        }
        // The clocks went back on 25 October in Berlin: 30 days by its calendar are an hour more.
        let month = json!(NOON - 30 * DAY_SECONDS - 3_600);
        let berlin = json!("Europe/Berlin");
        assert_eq!(of(month.clone(), &[("unit", &json!("days")), ("tz", &berlin)]), Ok(json!("30 days")));
        assert_eq!(of(month, &[("tz", &berlin)]), Ok(json!("30 days")));
        assert_eq!(of(json!(null), &[("default", &json!("-"))]), Ok(json!("-")));
        assert_eq!(of(json!(0), &[]), Ok(json!("never")));
        assert_eq!(of(json!(null), &[]), Ok(json!("never")));
        let tomorrow = json!(NOON + DAY_SECONDS);
        assert_eq!(of(tomorrow, &[("unit", &json!("hours"))]), Ok(json!("in 24 hours")));
        assert!(of(json!(1), &[("unit", &json!("fortnights"))]).is_err_and(|why| why.contains("`years`")));
        assert!(age(&Call::of(&[&json!(1)], &[])).is_err_and(|why| why.contains("run.now")));
    }

    #[test]
    fn durations_have_two_units() {
        let of = |seconds: Value| duration(&Call::of(&[&seconds], &[("default", &json!("?"))]));
        let cases = [
            (0, "0 seconds"),
            (90, "1 minute 30 seconds"),
            (3_600, "1 hour"),
            (3_605, "1 hour"),
            (200_000, "2 days 7 hours"),
        ];
        for (seconds, expected) in cases {
            assert_eq!(of(json!(seconds)), Ok(json!(expected)));
        }
        assert_eq!(of(json!(null)), Ok(json!("?")));
        for odd in [json!("90"), json!(1.5), json!(i64::MIN), json!(u64::MAX), json!([])] {
            assert!(of(odd.clone()).is_err_and(|why| why.contains("a whole number of seconds")), "{odd}");
        }
    }
}
