//! Tables for people: columns as wide as their content.

use serde_json::Value;

/// Renders rows with the given columns (title and field name).
pub fn render(rows: &[Value], columns: &[(&str, &str)]) -> String {
    if rows.is_empty() {
        return "(none)\n".to_owned();
    }
    let mut cells: Vec<Vec<String>> = vec![columns.iter().map(|(title, _)| (*title).to_owned()).collect()];
    cells.extend(rows.iter().map(|row| columns.iter().map(|(_, field)| cell(&row[*field])).collect()));
    let widths: Vec<usize> = (0..columns.len())
        .map(|column| cells.iter().map(|row| row[column].chars().count()).max().unwrap_or(0))
        .collect();
    let mut out = String::new();
    for row in cells {
        let mut line = String::new();
        for (text, width) in row.iter().zip(&widths) {
            line.push_str(text);
            line.extend(std::iter::repeat_n(' ', width - text.chars().count() + 2));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// One line, no control characters, at most 80 characters.
fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => return String::new(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match clean.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &clean[..end]),
        None => clean,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn columns_are_as_wide_as_their_content() {
        let rows = [json!({"key": "1", "incident": true}), json!({"key": "1234", "incident": false, "x": 1})];
        let expected = "KEY   STUCK\n1     yes\n1234  no\n";
        assert_eq!(render(&rows, &[("KEY", "key"), ("STUCK", "incident")]), expected);
        assert_eq!(render(&[], &[("KEY", "key")]), "(none)\n");
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        let rows = [json!({"key": "a\u{1b}[31m\nb"})];
        assert_eq!(render(&rows, &[("KEY", "key")]), "KEY\na [31m b\n");
    }
}
