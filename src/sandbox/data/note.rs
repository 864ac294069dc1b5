//! The notes on tokens: plain ones, and those that break a report which does not escape them.

use super::random::Random;

const PLAIN: &[&str] = &[
    "Terraform state refresh",
    "created for the CMDB sync",
    "Grafana datasource",
    "temporary, remove after migration",
    "CI pipeline",
    "nightly backup of dashboards",
    "rotate yearly",
    "do not delete!",
    "ServiceNow integration",
    "test",
];

const AWKWARD: &[&str] = &[
    "<script>alert(1)</script>",
    "<img src=x onerror=\"alert('note')\">",
    "left | right",
    "first line\nsecond line\r\nthird line",
    "=cmd|' /C calc'!A0",
    "+1",
    "-2+3",
    "@SUM(1)",
    "deploys 🚀 to 🇪🇺",
    "\u{1b}[31mred\u{1b}[0m alert",
    "invoice\u{202e}gpj.exe",
    "one\ttwo\tthree",
    "bell\u{7} and C1 \u{9b}31m",
    "he said \"no\", she said 'yes'",
    r"C:\tokens\new \\share",
    "${x}",
    "{{note}} {{{note}}}",
    "[click](javascript:alert(1)) **bold** `code` # no heading",
    "&lt;already escaped&gt; &amp; more",
    "  spaces around  ",
    "",
];

/// Half a thousand characters, without a place to break in the second half.
fn long() -> String {
    let words = "Why this token exists is a long story. ".repeat(7);
    let mut text: String = words.chars().take(250).collect();
    text.extend(std::iter::repeat_n('x', 250));
    text
}

/// The note of the `index`th token: every fourth takes the next awkward one, the others are plain or absent.
pub(super) fn note(index: usize, random: &mut Random) -> Option<String> {
    if index % 4 == 2 {
        let awkward = AWKWARD.get(index / 4 % (AWKWARD.len() + 1));
        return Some(awkward.map_or_else(long, |text| (*text).to_owned()));
    }
    let plain = *random.pick(PLAIN);
    (random.below(4) != 0).then(|| plain.to_owned())
}
