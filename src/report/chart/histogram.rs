//! Columns side by side, in the order of the data: what is counted in steps.

use svg::Node as _;
use svg::node::element::{Group, Line};

use super::svg::{COLUMN, WIDTH, drawing, letters, number, rectangle, titled, units};
use super::{Chart, label};

/// Room above the highest column, for its number.
const ABOVE: f64 = 20.0;
/// Height of the highest column.
const PLOT: f64 = 128.0;
/// Height of a line of names.
const NAME: f64 = 13.0;
/// The narrowest column that has a name under it.
const NAMED: f64 = 40.0;

pub(super) fn draw(chart: &Chart) -> String {
    let step = WIDTH / units(chart.parts.len());
    // With many columns, every second or third one has a name.
    let every = if step >= NAMED { 1.0 } else { (NAMED / step).ceil() };
    let room = step * every / (COLUMN * 0.86);
    let columns = (1..=40_usize).take_while(|columns| units(*columns) <= room).last().unwrap_or(1);
    let height = ABOVE + PLOT + 2.0 * NAME + 6.0;
    let mut svg = drawing("histogram", WIDTH, height, &chart.spoken());
    let floor = ABOVE + PLOT;
    let mut due = 0.0;
    for (index, (part, share)) in chart.parts.iter().zip(chart.shares()).enumerate() {
        let middle = (units(index) + 0.5) * step;
        let width = (step * 0.78).min(56.0);
        let tall = if part.amount > 0.0 && !part.rest { (share * PLOT).max(2.0) } else { 0.0 };
        let mut group = Group::new();
        let bar = rectangle("bar", (middle - width / 2.0, floor - tall), (width, tall));
        group.append(bar.set("rx", number(width.min(2.0))).set("fill-opacity", 0.75));
        // A number that is wider than its column would run into the next one.
        if units(label::width(&part.shown)) * COLUMN <= step + 2.0 {
            group.append(letters("value", (middle, floor - tall - 6.0), "middle", &part.shown));
        }
        if units(index) >= due {
            due += every;
            for (line, text) in label::broken(&part.label, columns).iter().enumerate() {
                let base = floor + 16.0 + units(line) * NAME;
                let mut letters = letters("label", (middle, base), "middle", text);
                letters.assign("font-size", 11);
                group.append(letters);
            }
        }
        svg.append(titled(group.into(), &part.label, &part.shown));
    }
    svg.append(
        Line::new()
            .set("class", "axis")
            .set("x1", 0)
            .set("x2", WIDTH)
            .set("y1", floor)
            .set("y2", floor)
            .set("stroke", "currentColor")
            .set("stroke-opacity", 0.4),
    );
    svg.to_string()
}
