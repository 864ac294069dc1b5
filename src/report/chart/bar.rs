//! Horizontal bars: a line for each part, its name in front and its number behind.

use svg::Node as _;
use svg::node::element::Group;

use super::svg::{COLUMN, WIDTH, drawing, letters, number, rectangle, titled, units};
use super::{Chart, label};

const LINE: f64 = 24.0;
const BAR: f64 = 14.0;
/// Room for the names.
const NAMES: f64 = 140.0;
/// Columns of a name.
const COLUMNS: usize = 17;

pub(super) fn draw(chart: &Chart) -> String {
    let widest = chart.parts.iter().map(|part| label::width(&part.shown)).max().unwrap_or(0);
    let room = (WIDTH - NAMES - 8.0 - units(widest) * COLUMN).max(20.0);
    let height = units(chart.parts.len()) * LINE;
    let mut svg = drawing("bars", WIDTH, height, &chart.spoken());
    for (index, (part, share)) in chart.parts.iter().zip(chart.shares()).enumerate() {
        let top = units(index) * LINE;
        let base = top + LINE / 2.0 + 4.2;
        // What there is can be seen, however small.
        let length = if part.amount > 0.0 && !part.rest { (share * room).max(2.0) } else { 0.0 };
        let gap = if part.rest { 0.0 } else { 6.0 };
        let mut group = Group::new();
        group.append(letters("label", (0.0, base), "start", &label::cut(&part.label, COLUMNS)));
        let bar = rectangle("bar", (NAMES, top + (LINE - BAR) / 2.0), (length, BAR));
        group.append(bar.set("rx", 2).set("fill-opacity", 0.75));
        group.append(letters("value", (number(NAMES + length + gap), base), "start", &part.shown));
        svg.append(titled(group.into(), &part.label, &part.shown));
    }
    svg.to_string()
}
