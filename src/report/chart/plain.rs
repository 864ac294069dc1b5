//! Charts in characters: a bar of blocks behind each name, eighths of a block at its end.

use super::{Chart, Shape, label};

/// Columns of the longest bar.
const BAR: u32 = 30;
/// Columns of the longest name.
const NAMES: usize = 24;

const EIGHTHS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

pub(super) fn draw(chart: &Chart) -> String {
    if chart.shape == Shape::Sparkline {
        return chart.shares().into_iter().map(|share| HEIGHTS[eighths(share, 7)]).collect();
    }
    let mut lines: Vec<String> = chart.title.iter().map(|title| label::line(title)).collect();
    if chart.parts.is_empty() {
        lines.push(chart.empty.clone());
    }
    let names: Vec<String> = chart.parts.iter().map(|part| label::cut(&part.label, NAMES)).collect();
    let name = names.iter().map(|name| label::width(name)).max().unwrap_or(0);
    let number = chart.parts.iter().map(|part| part.shown.len()).max().unwrap_or(0);
    for ((part, share), text) in chart.parts.iter().zip(chart.shares()).zip(names) {
        let line = format!("{}  {:>number$} {}", label::padded(&text, name), part.shown, bar(share));
        lines.push(line.trim_end().to_owned());
    }
    lines.join("\n")
}

fn bar(share: f64) -> String {
    let eighths = eighths(share, BAR * 8);
    // What there is can be seen, however small.
    let eighths = if share > 0.0 { eighths.max(1) } else { 0 };
    let full = "█".repeat(eighths / 8);
    let rest = eighths % 8;
    if rest == 0 { full } else { format!("{full}{}", EIGHTHS[rest - 1]) }
}

/// The share of so many steps.
fn eighths(share: f64, steps: u32) -> usize {
    let reached = (0..=steps).take_while(|step| f64::from(*step) <= share * f64::from(steps) + 1e-9).count();
    reached.saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::chart::Part;

    fn chart(shape: Shape, parts: &[(&str, f64)]) -> Chart {
        let part = |(label, amount): &(&str, f64)| Part {
            label: (*label).to_owned(),
            amount: *amount,
            shown: amount.to_string(),
            rest: false,
        };
        let parts = parts.iter().map(part).collect();
        Chart {
            shape,
            title: Some("By owner".to_owned()),
            parts,
            total: String::new(),
            empty: "nothing".to_owned(),
        }
    }

    #[test]
    fn bars_have_one_scale() {
        let text =
            chart(Shape::Bars, &[("jane", 120.0), ("日本語", 60.0), ("x\ny", 1.0), ("no", 0.0)]).text();
        let full = "█".repeat(30);
        let half = "█".repeat(15);
        assert_eq!(
            text,
            format!("By owner\njane    120 {full}\n日本語   60 {half}\nx y       1 ▎\nno        0")
        );
        assert_eq!(chart(Shape::Donut, &[]).text(), "By owner\nnothing");
    }

    #[test]
    fn sparklines_are_one_line() {
        assert_eq!(chart(Shape::Sparkline, &[("a", 0.0), ("b", 4.0), ("c", 8.0)]).text(), "▁▄█");
        assert_eq!(chart(Shape::Sparkline, &[]).text(), "");
    }
}
