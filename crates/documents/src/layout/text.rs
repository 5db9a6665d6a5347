//! Breaking text into lines, for Chinese and Latin script mixed.

/// Marks that never begin a line (避头点): they belong to what stands before.
const NOT_FIRST: &str = "，。、；：？！）》」』】〕％‰,.;:?!)]}%";
/// Marks that never end a line: they belong to what follows.
const NOT_LAST: &str = "（《「『【〔([{";

/// Breaks a text into lines of at most `width`, measured by `advance`. Latin words stay whole where they fit on a line;
/// Chinese breaks between any two characters, with the rules above. A word wider than a line is cut.
pub(crate) fn wrap(text: &str, width: f32, advance: impl Fn(char) -> f32) -> Vec<String> {
    text.split('\n').flat_map(|paragraph| wrap_paragraph(paragraph, width, &advance)).collect()
}

fn wrap_paragraph(paragraph: &str, width: f32, advance: &impl Fn(char) -> f32) -> Vec<String> {
    let letters: Vec<char> = paragraph.chars().map(printable).collect();
    let mut lines = Vec::new();
    let mut start = 0;
    let mut break_at = 0; // last place a line may end, after `start`
    let mut used = 0.0;
    let mut at = 0;
    while at < letters.len() {
        used += advance(letters[at]);
        if used > width && at > start && letters[at] != ' ' {
            let end = if break_at > start { break_at } else { at };
            lines.push(line(&letters[start..end]));
            start = end;
            while start < letters.len() && letters[start] == ' ' {
                start += 1;
            }
            break_at = start;
            used = 0.0;
            at = start;
            continue;
        }
        at += 1;
        if at < letters.len() && may_break(letters[at - 1], letters[at]) {
            break_at = at;
        }
    }
    if start < letters.len() || lines.is_empty() {
        lines.push(line(&letters[start.min(letters.len())..]));
    }
    lines
}

/// Control characters and marks that turn the direction of text would let a field disguise itself: they become spaces.
fn printable(letter: char) -> char {
    match letter {
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => ' ',
        letter if letter.is_control() => ' ',
        letter => letter,
    }
}

fn line(letters: &[char]) -> String {
    letters.iter().collect::<String>().trim_end().to_owned()
}

fn may_break(before: char, after: char) -> bool {
    if NOT_FIRST.contains(after) || NOT_LAST.contains(before) || after == ' ' {
        return false;
    }
    before == ' ' || is_wide(before) || is_wide(after) || matches!(before, '-' | '/' | ',' | ';')
}

/// Chinese characters and full-width marks, between which lines may break.
fn is_wide(letter: char) -> bool {
    matches!(letter, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One unit per letter, two per Chinese character.
    fn check(text: &str, width: f32, expect: &[&str]) {
        let lines = wrap(text, width, |letter| if is_wide(letter) { 2.0 } else { 1.0 });
        assert_eq!(lines, expect, "{text:?} at {width}");
    }

    #[test]
    fn words_stay_whole_and_long_ones_are_cut() {
        check("", 10.0, &[""]);
        check("frozen beef in cartons", 12.0, &["frozen beef", "in cartons"]);
        check("ABCDEFGHIJ", 4.0, &["ABCD", "EFGH", "IJ"]);
        check("one two", 3.0, &["one", "two"]);
        check("a\nb", 9.0, &["a", "b"]);
        check("with-a-hyphen", 8.0, &["with-a-", "hyphen"]);
    }

    #[test]
    fn chinese_breaks_anywhere_but_not_before_its_marks() {
        check("冷冻去骨牛肉", 8.0, &["冷冻去骨", "牛肉"]);
        check("冷冻去骨，牛肉", 8.0, &["冷冻去", "骨，牛肉"]);
        check("见（附件）", 4.0, &["见", "（附", "件）"]);
        check("箱号ABCU1234560已放行", 10.0, &["箱号", "ABCU123456", "0已放行"]);
    }

    #[test]
    fn marks_that_disguise_text_become_spaces() {
        check("a\u{202e}b\tc", 9.0, &["a b c"]);
    }

    #[test]
    fn a_line_is_never_wider_than_asked() {
        for width in 2..30 {
            let lines = wrap(
                "提货单 DELIVERY ORDER，凭（电子）放行提箱；container MSKU1234565/22G1 冷藏。",
                width as f32,
                |letter| {
                    if is_wide(letter) { 2.0 } else { 1.0 }
                },
            );
            for line in &lines {
                let used: u32 = line.chars().map(|letter| if is_wide(letter) { 2 } else { 1 }).sum();
                assert!(used <= width, "{line:?} is {used} wide, {width} allowed");
            }
        }
    }
}
