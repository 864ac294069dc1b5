//! A line as high as the words around it, with a dot at its end.

use svg::Node as _;
use svg::node::element::{Circle, Polyline};

use super::Chart;
use super::svg::{drawing, number, units};

const WIDTH: f64 = 100.0;
const HEIGHT: f64 = 24.0;
/// Room for the width of the line, and the dot.
const EDGE: f64 = 3.0;

pub(super) fn draw(chart: &Chart) -> String {
    let shares = chart.shares();
    let step = (WIDTH - 2.0 * EDGE) / units(shares.len().saturating_sub(1)).max(1.0);
    let at = |(index, share): (usize, f64)| {
        let x = EDGE + units(index) * step;
        (number(x), number(HEIGHT - EDGE - share * (HEIGHT - 2.0 * EDGE)))
    };
    let points: Vec<(f64, f64)> = shares.into_iter().enumerate().map(at).collect();
    let line: Vec<String> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
    let mut svg =
        drawing("sparkline", WIDTH, HEIGHT, &chart.spoken()).set("width", "6em").set("height", "1.4em");
    svg.append(
        Polyline::new()
            .set("class", "line")
            .set("points", line.join(" "))
            .set("fill", "none")
            .set("stroke", "currentColor")
            .set("stroke-width", 1.5)
            .set("stroke-linejoin", "round"),
    );
    if let Some((x, y)) = points.last() {
        svg.append(Circle::new().set("class", "end").set("cx", *x).set("cy", *y).set("r", 2.5));
    }
    svg.to_string()
}
