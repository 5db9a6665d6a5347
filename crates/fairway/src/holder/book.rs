//! What the second holder keeps: a secret, and for each day the subjects for which it was asked, with the head of the first question.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use app::draw::{HolderDay, Part, Purpose, Question};
use app::{Clock, Entropy};
use parking_lot::Mutex;
use rules::{Day, DaySeed};
use serde::{Deserialize, Serialize};

/// Subjects of a day: far more than any port draws, and what a day may take of memory.
const SUBJECTS_MAX: usize = 2_000_000;
/// Days kept at hand.
const DAYS_AT_HAND: usize = 3;
const SECRET_FILE: &str = "holder-secret";
/// Days ahead of today for which it commits itself.
const AHEAD_MAX_MS: i64 = 8 * 86_400_000;

/// Why the holder refuses.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The day is not written `YYYY-MM-DD`.
    #[error("days are written YYYY-MM-DD")]
    Day,
    /// A part is given on the day itself, a commitment for today and the days after.
    #[error("{0} is not today by the holder's clock")]
    NotToday(String),
    /// The day is too far ahead, or was never committed to.
    #[error("{0} is no day for which this holder commits itself")]
    NoSuchDay(String),
    /// The subject is empty, too long, or of no known purpose.
    #[error("the subject must be case/… or officers/… with at most 160 bytes")]
    Subject,
    /// Too many subjects in a day.
    #[error("the day is full")]
    Full,
    /// The book cannot be written.
    #[error("the holder's book cannot be written: {0}")]
    Book(String),
}

/// A subject and the head of its first question, as it stands in the file of its day.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Asked {
    /// Purpose and subject.
    pub subject: String,
    /// Size of the head.
    pub head_size: u64,
    /// Its root, hex.
    pub head_root: String,
}

struct DayBook {
    file: File,
    subjects: HashMap<String, (u64, [u8; 32])>,
    cases: u64,
}

/// The holder's book, in a folder of its own.
pub struct Book {
    folder: PathBuf,
    secret: [u8; 32],
    clock: Arc<dyn Clock>,
    utc_offset_minutes: i32,
    /// Whether an answer waits for the disk. Only data that is built anew after an interruption may do without.
    durable: bool,
    days: Mutex<HashMap<String, DayBook>>,
}

impl Book {
    /// Opens the book of a folder; the first opening takes its secret from chance.
    ///
    /// # Errors
    /// When the folder or the secret cannot be read or written.
    pub fn open(folder: &Path, clock: Arc<dyn Clock>, chance: &dyn Entropy, utc_offset_minutes: i32, durable: bool) -> Result<Self> {
        crate::wiring::private_folder(folder)?;
        let path = folder.join(SECRET_FILE);
        if !path.exists() {
            let mut secret = [0; 32];
            chance.fill(&mut secret);
            crate::environment::write_private(&path, hex::encode(secret).as_bytes())?;
        }
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let Some(secret) = hex::decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok()) else {
            bail!("{} does not hold 32 bytes in hex", path.display())
        };
        Ok(Self { folder: folder.to_owned(), secret, clock, utc_offset_minutes, durable, days: Mutex::default() })
    }

    fn today(&self) -> String {
        self.clock.now().day(self.utc_offset_minutes)
    }

    /// The seed of a day: it follows from the secret, so that no day is ever without, and tells nothing of the secret.
    fn seed(&self, day: Day) -> DaySeed {
        DaySeed::new(DaySeed::new(self.secret).part(day, "seed", &[0; 32]).0)
    }

    /// Commitment for a day, and its seed once the day is over.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn day(&self, day: &str) -> Result<HolderDay, Refused> {
        let parsed: Day = day.parse().map_err(|_| Refused::Day)?;
        let ahead = ledger::Timestamp::from_millis(self.clock.now().millis() + AHEAD_MAX_MS).day(self.utc_offset_minutes);
        if day > ahead.as_str() {
            return Err(Refused::NoSuchDay(day.to_owned()));
        }
        let over = day < self.today().as_str();
        let asked = if over && !self.path(day).exists() { 0 } else { self.with(day, |book| Ok(book.cases))? };
        let seed = self.seed(parsed);
        Ok(HolderDay { commitment: seed.commitment(parsed).0, seed: over.then(|| seed.reveal().0), asked })
    }

    /// The part for a subject of today. The head of the first question stays, on disk before the answer.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn part(&self, question: &Question) -> Result<Part, Refused> {
        let day: Day = question.day.parse().map_err(|_| Refused::Day)?;
        if question.day != self.today() {
            return Err(Refused::NotToday(question.day.clone()));
        }
        let known = [Purpose::Case, Purpose::Officers].iter().any(|purpose| {
            question.subject.strip_prefix(purpose.code()).and_then(|rest| rest.strip_prefix('/')).is_some_and(|rest| !rest.is_empty())
        });
        if !known || question.subject.len() > 160 || question.subject.chars().any(char::is_control) {
            return Err(Refused::Subject);
        }
        let (head_size, head_root) = self.with(&question.day, |book| book.first(question, self.durable))?;
        let part = self.seed(day).part(day, &question.subject, &head_root).0;
        Ok(Part { head_size, head_root, part })
    }

    /// Subjects of a day that is over, in the order in which they were asked for; from a number on, at most so many.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn asked(&self, day: &str, from: usize, limit: usize) -> Result<Vec<Asked>, Refused> {
        let _: Day = day.parse().map_err(|_| Refused::Day)?;
        if day >= self.today().as_str() {
            return Err(Refused::NotToday(day.to_owned()));
        }
        if !self.path(day).exists() {
            return Ok(Vec::new());
        }
        let file = File::open(self.path(day)).map_err(|e| Refused::Book(e.to_string()))?;
        let lines = BufReader::new(file).lines().map_while(Result::ok);
        Ok(lines.filter_map(|line| serde_json::from_str(&line).ok()).skip(from).take(limit).collect())
    }

    fn path(&self, day: &str) -> PathBuf {
        self.folder.join(format!("{day}.jsonl"))
    }

    fn with<T>(&self, day: &str, ask: impl FnOnce(&mut DayBook) -> Result<T, Refused>) -> Result<T, Refused> {
        let mut days = self.days.lock();
        if !days.contains_key(day) {
            if days.len() >= DAYS_AT_HAND
                && let Some(oldest) = days.keys().min().cloned()
            {
                days.remove(&oldest);
            }
            let book = DayBook::open(&self.path(day)).map_err(|e| Refused::Book(format!("{e:#}")))?;
            days.insert(day.to_owned(), book);
        }
        days.get_mut(day).map_or_else(|| Err(Refused::NoSuchDay(day.to_owned())), ask)
    }
}

impl DayBook {
    /// Reads the file of a day. A last line that was cut by a crash was never answered: it is taken away.
    fn open(path: &Path) -> Result<Self> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        let (mut subjects, mut cases, mut whole) = (HashMap::new(), 0, 0);
        let mut reader = BufReader::new(&mut file);
        let mut line = String::new();
        while reader.read_line(&mut line)? > 0 {
            if !line.ends_with('\n') {
                break;
            }
            let asked: Asked = serde_json::from_str(&line).with_context(|| format!("{} has a line that cannot be read", path.display()))?;
            let root = hex::decode(&asked.head_root).ok().and_then(|bytes| bytes.try_into().ok()).context("a head that is no hash")?;
            cases += u64::from(is_case(&asked.subject));
            subjects.entry(asked.subject).or_insert((asked.head_size, root));
            whole += line.len() as u64;
            line.clear();
        }
        file.set_len(whole)?;
        file.seek(std::io::SeekFrom::End(0))?;
        Ok(Self { file, subjects, cases })
    }

    /// The head of the first question for a subject.
    fn first(&mut self, question: &Question, durable: bool) -> Result<(u64, [u8; 32]), Refused> {
        let full = self.subjects.len() >= SUBJECTS_MAX;
        match self.subjects.entry(question.subject.clone()) {
            Entry::Occupied(known) => Ok(*known.get()),
            Entry::Vacant(_) if full => Err(Refused::Full),
            Entry::Vacant(place) => {
                let asked =
                    Asked { subject: question.subject.clone(), head_size: question.head_size, head_root: hex::encode(question.head_root) };
                let mut line = serde_json::to_string(&asked).map_err(|e| Refused::Book(e.to_string()))?;
                line.push('\n');
                let before = self.file.metadata().map_err(|e| Refused::Book(e.to_string()))?.len();
                let written = self.file.write_all(line.as_bytes()).and_then(|()| if durable { self.file.sync_data() } else { Ok(()) });
                if let Err(error) = written {
                    // What was half written would make the next line unreadable.
                    let _ = self.file.set_len(before);
                    return Err(Refused::Book(error.to_string()));
                }
                self.cases += u64::from(is_case(&question.subject));
                Ok(*place.insert((question.head_size, question.head_root)))
            }
        }
    }
}

fn is_case(subject: &str) -> bool {
    subject.strip_prefix(Purpose::Case.code()).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use ledger::Timestamp;

    use super::*;
    use crate::environment::SystemEntropy;

    struct Hand(Mutex<Timestamp>);

    impl Clock for Hand {
        fn now(&self) -> Timestamp {
            *self.0.lock()
        }
    }

    fn at(text: &str) -> Arc<Hand> {
        Arc::new(Hand(Mutex::new(text.parse().expect("an instant"))))
    }

    fn question(subject: &str, head: u8) -> Question {
        Question { day: "2026-11-27".into(), subject: subject.into(), head_size: u64::from(head), head_root: [head; 32] }
    }

    #[test]
    fn a_subject_keeps_the_head_of_its_first_question_also_after_a_crash() {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = at("2026-11-27T04:00:00Z");
        let open =
            || Book::open(folder.path(), Arc::clone(&clock) as Arc<dyn Clock>, &SystemEntropy::default(), 480, true).expect("a book");
        let book = open();
        let first = book.part(&question("case/D1", 3)).expect("a part");
        assert_eq!((first.head_size, first.head_root), (3, [3; 32]));
        assert_eq!(book.part(&question("case/D1", 9)).expect("a part"), first, "another moment gives the same part");
        assert_ne!(book.part(&question("case/D2", 3)).expect("a part").part, first.part);
        book.part(&question("officers/I1", 4)).expect("a part");
        drop(book);
        // A line that was being written when the power failed was never answered.
        let path = folder.path().join("2026-11-27.jsonl");
        std::fs::OpenOptions::new()
            .append(true)
            .open(&path)
            .and_then(|mut file| file.write_all(br#"{"subject":"case/D3","he"#))
            .expect("cut");
        let book = open();
        assert_eq!(book.part(&question("case/D1", 12)).expect("a part"), first);
        let third = book.part(&question("case/D3", 12)).expect("a part");
        assert_eq!((third.head_size, book.day("2026-11-27").expect("a day").asked), (12, 3), "cases, not officers");
        drop(book);
        assert_eq!(open().part(&question("case/D3", 13)).expect("a part"), third);
    }

    #[test]
    fn a_seed_is_told_after_its_day_and_fits_what_was_said_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = at("2026-11-27T15:59:59Z");
        let book = Book::open(folder.path(), Arc::clone(&clock) as Arc<dyn Clock>, &SystemEntropy::default(), 480, true).expect("a book");
        let before = book.day("2026-11-27").expect("today");
        assert_eq!(before.seed, None, "it is still the 27th in China");
        assert!(book.asked("2026-11-27", 0, 10).is_err(), "nor the subjects");
        let given = book.part(&question("case/D1", 3)).expect("a part");
        assert!(matches!(book.part(&Question { day: "2026-11-28".into(), ..question("case/D1", 3) }), Err(Refused::NotToday(_))));
        *clock.0.lock() = "2026-11-27T16:00:00Z".parse().expect("an instant");
        let after = book.day("2026-11-27").expect("yesterday");
        let (seed, day) = (DaySeed::new(after.seed.expect("told")), "2026-11-27".parse().expect("a day"));
        assert_eq!(seed.commitment(day).0, before.commitment);
        assert_eq!(seed.part(day, "case/D1", &[3; 32]).0, given.part);
        assert!(matches!(book.part(&question("case/D9", 3)), Err(Refused::NotToday(_))), "no part after the day");
        assert_eq!(book.asked("2026-11-27", 0, 10).expect("subjects").len(), 1);
        assert!(matches!(book.day("2027-11-27"), Err(Refused::NoSuchDay(_))));
        for subject in ["", "case/", "other/D1", &format!("case/{}", "x".repeat(160)), "case/a\nb"] {
            assert!(
                matches!(book.part(&Question { day: "2026-11-28".into(), ..question(subject, 1) }), Err(Refused::Subject)),
                "{subject:?}"
            );
        }
    }
}
