//! `date`, `datetime` and `ago`: times of the portal for people. All in UTC, counted from the run's `now`.

use jiff::Timestamp;
use jiff::fmt::strtime;
use serde_json::Value;

use super::call::{Call, found};
use super::number::counted;

const DAY_SECONDS: i64 = 86_400;

/// From here on a number of seconds is no time of this world, more likely milliseconds.
const IMPLAUSIBLE_SECONDS: i64 = 100_000_000_000;

/// What a time argument turned out to be.
enum Time {
    /// Null or 0.
    Never,
    /// Epoch seconds.
    At(i64),
    /// A number that is no plausible time, to be shown as it is.
    Implausible(String),
}

/// `{{date createdOn}}`: `2026-11-23`; `format=` takes strftime conversions, `default=` stands for a time that never was.
pub(super) fn date(call: &Call<'_>) -> Result<Value, String> {
    let format = call.text("format")?.unwrap_or("%Y-%m-%d");
    written(call, |timestamp| {
        strtime::format(format, timestamp).map_err(|error| format!("`format=` cannot be used: {error}"))
    })
}

/// `{{datetime createdOn}}`: `2026-11-23T09:30:00Z`.
pub(super) fn datetime(call: &Call<'_>) -> Result<Value, String> {
    written(call, |timestamp| Ok(timestamp.to_string()))
}

/// `{{ago lastUsedOn}}`: `12 days ago`, `today`, `in 3 days`, `never`. Days are whole days of 24 hours, as in `idleDays`.
pub(super) fn ago(call: &Call<'_>) -> Result<Value, String> {
    let seconds = match time(call.param(0))? {
        Time::Never => return Ok(call.fallback(Value::from("never"))),
        Time::Implausible(text) => return Ok(Value::from(text)),
        Time::At(seconds) => seconds,
    };
    let Time::At(now) = time(call.now())? else {
        return Err(format!("`run.now` is no time: {}", found(call.now())));
    };
    let passed = now - seconds;
    let text = match passed.abs() / DAY_SECONDS {
        0 => "today".to_owned(),
        days if passed > 0 => format!("{} ago", counted(days, "day")),
        days => format!("in {}", counted(days, "day")),
    };
    Ok(Value::from(text))
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

fn expected(value: &Value) -> String {
    format!("expected epoch seconds, found {}", found(value))
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
        assert!(with(json!(NOON), "format", json!(3)).is_err_and(|why| why.contains("takes a text")));
    }

    #[test]
    fn what_is_no_time_is_an_error_that_shows_it() {
        for (value, shown) in [(json!("soon"), "`soon`"), (json!([]), "a list"), (json!(true), "`true`")] {
            let why = date(&Call::of(&[&value], &[])).unwrap_err();
            assert!(why.contains("expected epoch seconds") && why.contains(shown), "{why}");
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
}
