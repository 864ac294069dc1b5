//! The edge to the library that writes SVG: elements with their classes, and numbers that are not longer than they need to be.

use svg::Node as _;
use svg::node::Blob;
use svg::node::element::{Element, Rectangle, SVG};

use crate::report::template::{Kind, escaped};

/// Width of every chart, in units; a page scales it to the room that it has.
pub(super) const WIDTH: f64 = 360.0;
/// Height of letters.
pub(super) const LETTER: f64 = 12.0;
/// Width of a column of a terminal, in units: that of most letters, and a bit more.
pub(super) const COLUMN: f64 = 7.4;

/// An empty drawing of this height with its description.
pub(super) fn drawing(class: &str, width: f64, height: f64, spoken: &str) -> SVG {
    SVG::new()
        .set("class", class)
        .set("viewBox", format!("0 0 {} {}", number(width), number(height)))
        .set("role", "img")
        .set("aria-label", spoken)
        .set("font-size", number(LETTER))
        .set("fill", "currentColor")
}

/// A caption over a drawing, or over the words that stand for one.
pub(super) fn figure(title: Option<&str>, drawing: Result<&str, &str>) -> String {
    let caption = title.map(|title| format!("<figcaption>{}</figcaption>\n", escaped(title, Kind::Html)));
    let drawing = match drawing {
        Ok(svg) => svg.to_owned(),
        Err(empty) => format!("<p class=\"empty\">{}</p>", escaped(empty, Kind::Html)),
    };
    format!("<figure class=\"chart\">\n{}{drawing}\n</figure>", caption.unwrap_or_default())
}

/// A box.
pub(super) fn rectangle(class: &str, (x, y): (f64, f64), (width, height): (f64, f64)) -> Rectangle {
    Rectangle::new()
        .set("class", class)
        .set("x", number(x))
        .set("y", number(y))
        .set("width", number(width.max(0.0)))
        .set("height", number(height.max(0.0)))
}

/// Letters, on this base line. A value of the attribute `text-anchor` says where `x` is in them.
pub(super) fn letters(class: &str, (x, y): (f64, f64), anchor: &str, text: &str) -> Element {
    let mut letters = worded("text", text);
    letters.assign("class", class);
    letters.assign("x", number(x));
    letters.assign("y", number(y));
    letters.assign("text-anchor", anchor);
    letters
}

/// An element with nothing but text in it, quotes escaped as everywhere else in a page.
fn worded(name: &str, text: &str) -> Element {
    let mut element = Element::new(name);
    element.append(Blob::new(escaped(text, Kind::Html)));
    element
}

/// What a pointer shows of an element.
pub(super) fn titled(mut element: Element, label: &str, shown: &str) -> Element {
    element.append(worded("title", &format!("{}: {shown}", super::label::line(label))));
    element
}

/// At most two digits behind the point.
pub(super) fn number(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// A count as a coordinate.
pub(super) fn units(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}
