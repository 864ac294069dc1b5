//! Horizontal bars: a line for each part, its name in front and its number behind.

use svg::Node as _;
use svg::node::element::Group;

use super::svg::{COLUMN, WIDTH, drawing, letters, number, rectangle, titled, units};
use super::{Chart, label};

const LINE: f64 = 24.0;
const BAR: f64 = 14.0;
/// Least room for the names, and what is left free behind them.
const NAMES: f64 = 60.0;
const GAP: f64 = 12.0;
/// Most columns of a name: addresses of mail fit, and there is room left for the bars.
const COLUMNS: usize = 27;

pub(super) fn draw(chart: &Chart) -> String {
    let widest = chart.parts.iter().map(|part| label::width(&part.shown)).max().unwrap_or(0);
    let labels: Vec<String> = chart.parts.iter().map(|part| label::cut(&part.label, COLUMNS)).collect();
    let longest = labels.iter().map(|label| label::width(label)).max().unwrap_or(0);
    let names = (units(longest) * COLUMN + GAP).max(NAMES);
    let room = (WIDTH - names - 8.0 - units(widest) * COLUMN).max(20.0);
    let height = units(chart.parts.len()) * LINE;
    let mut svg = drawing("bars", WIDTH, height, &chart.spoken());
    for (index, (part, share)) in chart.parts.iter().zip(chart.shares()).enumerate() {
        let top = units(index) * LINE;
        let base = top + LINE / 2.0 + 4.2;
        // What there is can be seen, however small.
        let length = if part.amount > 0.0 && !part.rest { (share * room).max(2.0) } else { 0.0 };
        let gap = if part.rest { 0.0 } else { 6.0 };
        let mut group = Group::new();
        group.append(letters("label", (0.0, base), "start", &labels[index]));
        let bar = rectangle("bar", (names, top + (LINE - BAR) / 2.0), (length, BAR));
        group.append(bar.set("rx", 2).set("fill-opacity", 0.75));
        group.append(letters("value", (number(names + length + gap), base), "start", &part.shown));
        svg.append(titled(group.into(), &part.label, &part.shown));
    }
    svg.to_string()
}
