//! Charts: data in, inline SVG or plain text out. Nothing here knows of templates; what is drawn is worked out in
//! `report::helpers::chart`.
//!
//! A chart has no colours and no style of its own, so a strict Content-Security-Policy lets it through: it is drawn in the
//! colour of the text around it, and its classes (`bar`, `grid`, `label`, `value`, `s1` to `s8`) are there for a style sheet.

mod bar;
mod donut;
mod histogram;
mod label;
mod plain;
mod spark;
mod svg;

/// The most parts that have a class of their own, `s1` and so on.
pub(super) const CLASSES: usize = 8;

/// How the data are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A horizontal bar for each, under each other.
    Bars,
    /// A column for each, side by side.
    Histogram,
    /// Parts of a ring, with a legend.
    Donut,
    /// A line as high as a word, without labels.
    Sparkline,
}

/// A named amount.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    /// What it is called.
    pub(super) label: String,
    /// How much; drawn as nothing below 0.
    pub(super) amount: f64,
    /// The amount for readers.
    pub(super) shown: String,
    /// Whether it stands for several that are too small to be named.
    pub(super) rest: bool,
}

/// What is drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Chart {
    /// How.
    pub(super) shape: Shape,
    /// Its caption.
    pub(super) title: Option<String>,
    /// In the order in which they are drawn.
    pub(super) parts: Vec<Part>,
    /// The sum of the amounts, for readers.
    pub(super) total: String,
    /// What is said where there is nothing to draw.
    pub(super) empty: String,
}

impl Chart {
    /// The chart as HTML with inline SVG.
    pub(super) fn html(&self) -> String {
        let drawn = match self.shape {
            _ if self.parts.is_empty() => None,
            Shape::Bars => Some(bar::draw(self)),
            Shape::Histogram => Some(histogram::draw(self)),
            Shape::Donut => Some(donut::draw(self)),
            Shape::Sparkline => Some(spark::draw(self)),
        };
        match self.shape {
            Shape::Sparkline => drawn.unwrap_or_default(),
            _ => svg::figure(self.title.as_deref(), drawn.as_deref().ok_or(self.empty.as_str())),
        }
    }

    /// The chart in characters: a line for each part, or one line in all for a sparkline.
    pub(super) fn text(&self) -> String {
        plain::draw(self)
    }

    /// Amount as a share of the largest one, from 0 to 1. What stands for many is no match for one, and has none.
    fn shares(&self) -> Vec<f64> {
        let named = self.parts.iter().filter(|part| !part.rest);
        let most = named.map(|part| part.amount).fold(0.0, f64::max);
        let share =
            |part: &Part| if most > 0.0 && !part.rest { (part.amount / most).clamp(0.0, 1.0) } else { 0.0 };
        self.parts.iter().map(share).collect()
    }

    /// Title and numbers in a sentence, for who does not see the chart.
    fn spoken(&self) -> String {
        let parts: Vec<String> =
            self.parts.iter().map(|part| format!("{} {}", label::line(&part.label), part.shown)).collect();
        let title = self.title.as_deref().map(|title| format!("{title}: ")).unwrap_or_default();
        format!("{title}{}", parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Shape; 4] = [Shape::Bars, Shape::Histogram, Shape::Donut, Shape::Sparkline];

    fn chart(shape: Shape, parts: &[(&str, f64)]) -> Chart {
        let part = |(label, amount): &(&str, f64)| Part {
            label: (*label).to_owned(),
            amount: *amount,
            shown: amount.to_string(),
            rest: false,
        };
        Chart {
            shape,
            title: Some("Tokens <by> \"owner\"".to_owned()),
            parts: parts.iter().map(part).collect(),
            total: "12".to_owned(),
            empty: "nothing".to_owned(),
        }
    }

    #[test]
    fn odd_data_make_charts_with_finite_numbers() {
        let many: Vec<(String, f64)> = (0..1_000).map(|n| (format!("owner {n}"), f64::from(n))).collect();
        let many: Vec<(&str, f64)> = many.iter().map(|(label, amount)| (label.as_str(), *amount)).collect();
        let cases: [&[(&str, f64)]; 8] = [
            &[],
            &[("one", 5.0)],
            &[("none", 0.0), ("either", 0.0)],
            &[("huge", 1e300), ("tiny", 1.0)],
            &[("largest", f64::MAX), ("as large", f64::MAX)],
            &[("below", -5.0), ("above", 3.0)],
            &[("", 1.0), (" \n\t", 2.0), ("日本語の長い名前のユーザーアカウント", 3.0)],
            &many,
        ];
        for shape in ALL {
            for parts in cases {
                let chart = chart(shape, parts);
                let html = chart.html();
                for wrong in ["NaN", "inf", "=\"-", "style="] {
                    assert!(!html.contains(wrong), "{wrong} in {html}");
                }
                let text = chart.text();
                assert!(!text.contains("NaN"), "{text}");
            }
        }
    }

    #[test]
    fn labels_are_text() {
        let hostile = "</title></svg><script>alert(1)</script>\" onload='x' &amp; ]]> <!--";
        for shape in ALL {
            let html = chart(shape, &[(hostile, 1.0), ("b", 2.0)]).html();
            assert!(!html.contains("<script") && !html.contains("<!--") && !html.contains("<by>"), "{html}");
            assert!(html.contains("alert(1)&lt;/script&gt;&quot; onload"), "{html}");
            let plain = chart(shape, &[("a", 1.0), ("b", 2.0)]).html();
            assert_eq!(html.matches('<').count(), plain.matches('<').count(), "{html}");
        }
    }

    /// Addresses of mail were once cut after sixteen characters, beside bars with all the room.
    #[test]
    fn names_of_bars_have_the_room_they_need() {
        let svg = chart(Shape::Bars, &[("maria.garcia@example.com", 7.0), ("joe", 5.0)]).html();
        assert!(svg.contains("\nmaria.garcia@example.com\n</text>"), "{svg}");
        let bar = |name: &str| -> String {
            let svg = chart(Shape::Bars, &[(name, 5.0)]).html();
            svg.split("<rect").nth(1).and_then(|rest| rest.split('>').next()).expect("a bar").to_owned()
        };
        assert_ne!(bar("joe"), bar("maria.garcia@example.com"), "short names leave more to the bars");
    }

    #[test]
    fn the_numbers_are_spoken() {
        for shape in [Shape::Bars, Shape::Histogram, Shape::Donut, Shape::Sparkline] {
            let html = chart(shape, &[("jane", 7.0), ("joe", 5.0)]).html();
            assert!(html.contains("role=\"img\"") && html.contains(": jane 7, joe 5\""), "{html}");
        }
        assert!(chart(Shape::Bars, &[]).html().contains("<p class=\"empty\">nothing</p>"));
    }
}
