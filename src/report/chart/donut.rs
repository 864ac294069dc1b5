//! Parts of a ring, the total in its middle and a legend beside it.

use svg::Node as _;
use svg::node::element::{Circle, Group};

use super::svg::{WIDTH, drawing, letters, number, rectangle, titled, units};
use super::{CLASSES, Chart, Part, label};

const RADIUS: f64 = 58.0;
const STROKE: f64 = 22.0;
/// The ring and the room around it.
const RING: f64 = 2.0 * RADIUS + STROKE;
const LINE: f64 = 22.0;
/// Where the legend begins.
const LEGEND: f64 = RING + 22.0;
/// Columns of a name in the legend.
const COLUMNS: usize = 16;
/// The gap between two parts, in hundredths of the ring.
const GAP: f64 = 0.8;

pub(super) fn draw(chart: &Chart) -> String {
    let lines = units(chart.parts.len()) * LINE;
    let height = lines.max(RING);
    let mut svg = drawing("donut", WIDTH, height, &chart.spoken());
    let middle = (RING / 2.0, height / 2.0);
    let percents = percents(&chart.parts);
    let drawn = percents.iter().filter(|percent| **percent > 0.0).count();
    let gap = if drawn > 1 { GAP } else { 0.0 };
    let mut start = 0.0;
    for (index, (part, percent)) in chart.parts.iter().zip(percents).enumerate() {
        let class = format!("s{}", index % CLASSES + 1);
        let opacity = number(1.0 - 0.85 * units(index % CLASSES) / units(CLASSES));
        let mut group = Group::new();
        if percent > 0.0 {
            group.append(arc(&class, middle, (start, percent), gap).set("stroke-opacity", opacity));
        }
        let top = (height - lines) / 2.0 + units(index) * LINE;
        let base = top + LINE / 2.0 + 4.2;
        let swatch = rectangle(&class, (LEGEND, top + LINE / 2.0 - 5.0), (10.0, 10.0));
        group.append(swatch.set("rx", 2).set("fill-opacity", opacity));
        group.append(letters("label", (LEGEND + 18.0, base), "start", &label::cut(&part.label, COLUMNS)));
        group.append(letters("value", (WIDTH, base), "end", &part.shown));
        svg.append(titled(group.into(), &part.label, &format!("{} ({percent:.0}%)", part.shown)));
        start += percent;
    }
    let mut total = letters("total", (middle.0, middle.1 + 7.0), "middle", &chart.total);
    total.assign("font-size", 20);
    svg.append(total);
    svg.to_string()
}

/// A part of the ring, from and for so many hundredths of it, clockwise from the top.
fn arc(class: &str, (x, y): (f64, f64), (start, percent): (f64, f64), gap: f64) -> Circle {
    let long = (percent - gap).max(0.3);
    Circle::new()
        .set("class", class.to_owned())
        .set("cx", number(x))
        .set("cy", number(y))
        .set("r", RADIUS)
        .set("fill", "none")
        .set("stroke", "currentColor")
        .set("stroke-width", STROKE)
        .set("pathLength", 100)
        .set("stroke-dasharray", format!("{} {}", number(long), number(100.0 - long)))
        .set("transform", format!("rotate({} {} {})", number(start * 3.6 - 90.0), number(x), number(y)))
}

/// Each part in hundredths of all.
fn percents(parts: &[Part]) -> Vec<f64> {
    let most = parts.iter().map(|part| part.amount).fold(0.0, f64::max);
    // Divided first: a sum of the largest numbers is no number.
    let scaled = |part: &Part| if most > 0.0 { (part.amount / most).max(0.0) } else { 0.0 };
    let sum: f64 = parts.iter().map(scaled).sum();
    parts.iter().map(|part| if sum > 0.0 { scaled(part) / sum * 100.0 } else { 0.0 }).collect()
}
