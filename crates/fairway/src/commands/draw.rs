//! `fairway draw`: recompute the draws of a day (双随机抽查复算), from the public answer alone or from a store.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use app::draw::{DayDraw, DrawDay, Overrides, Purpose, draws_of};
use ledger::{Aggregate as _, ObjectRef};
use rules::{Day, DaySeed, Hash256};
use serde::Deserialize;
use serde_json::json;

use super::{Outcome, runtime, say};
use crate::config::StoreArgs;
use crate::environment::{SystemClock, SystemEntropy};
use crate::holder::{self, Book};
use crate::wiring;

/// Largest file of draws, bytes.
const FILE_BYTES_MAX: u64 = 64 * 1_024 * 1_024;
/// Draws read from a store at a time.
const DRAWS_AT_ONCE: u32 = 2_000;

#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// Recompute every draw of a day from the revealed seed; says which are not as recorded
    Verify(VerifyArgs),
    /// Serve as the second holder of another office's platform: keeps a seed of its own and gives its part of each draw once
    Holder(HolderArgs),
}

#[derive(clap::Args, Debug)]
struct HolderArgs {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1:8090", value_name = "ADDR")]
    listen: String,
    /// Folder of the holder's secret and of the subjects it was asked for; back it up, and keep it from the platform's people
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// File with the key that the platform shows; made with a new key when it does not exist
    #[arg(long, value_name = "FILE")]
    key_file: PathBuf,
    /// Name of the office in Chinese
    #[arg(long, default_value = "第二持有人", value_name = "TEXT")]
    name_zh: String,
    /// Name of the office in English
    #[arg(long, default_value = "Second holder", value_name = "TEXT")]
    name_en: String,
    /// The port's zone: minutes east of UTC
    #[arg(long, default_value_t = 480, allow_negative_numbers = true, value_name = "MINUTES")]
    utc_offset_minutes: i32,
}

#[derive(clap::Args, Debug)]
struct VerifyArgs {
    /// Day of the port's clock, YYYY-MM-DD
    #[arg(value_name = "DAY")]
    day: String,
    /// Answers of GET /api/v1/public/draws/DAY, saved as files (- reads one from standard input); without it, the store is read
    #[arg(long, value_name = "FILE", num_args = 1..)]
    from: Vec<PathBuf>,
    #[command(flatten)]
    store: StoreArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What is to be recomputed.
struct Told {
    commitment: String,
    seed: Option<String>,
    /// The second holder, where there is one.
    second: Option<Holder>,
    draws: Vec<DayDraw>,
    /// What officers decided in place of the draws.
    overrides: Overrides,
    /// Position of the commitment on the ledger, when the store was read.
    committed_at: Option<u64>,
    faults: Vec<Fault>,
}

/// What is told of the second holder of the day.
#[derive(Clone, PartialEq, Eq, Deserialize)]
struct Holder {
    commitment: String,
    revealed_seed: Option<String>,
    asked: Option<u64>,
}

/// Something that is not as recorded.
struct Fault {
    code: &'static str,
    subject: String,
    zh: String,
    en: String,
}

pub fn run(args: Args) -> Result<Outcome> {
    match args.command {
        Command::Verify(args) => verify(&args),
        Command::Holder(args) => hold(args),
    }
}

/// Serves until the process is told to end.
fn hold(args: HolderArgs) -> Result<Outcome> {
    super::serve::logging();
    if !args.key_file.exists() {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|e| anyhow::anyhow!("no random bytes: {e}"))?;
        crate::environment::write_private(&args.key_file, hex::encode(key).as_bytes())?;
    }
    let key = std::fs::read_to_string(&args.key_file).with_context(|| format!("cannot read {}", args.key_file.display()))?;
    ensure!(key.trim().len() >= 32, "{} must hold a key of at least 32 characters", args.key_file.display());
    let book = Arc::new(Book::open(&args.data, Arc::new(SystemClock), &SystemEntropy::default(), args.utc_offset_minutes, true)?);
    let router = holder::router(book, ledger::Bilingual::new(args.name_zh, args.name_en), key.trim());
    runtime()?.block_on(async move {
        let listener = tokio::net::TcpListener::bind(&args.listen).await.with_context(|| format!("cannot listen on {}", args.listen))?;
        say(format_args!("Fairway draw holder 双随机第二持有人: http://{}", listener.local_addr()?));
        api::serve(listener, router, super::serve::stop()).await.map_err(anyhow::Error::from)
    })?;
    Ok(Outcome::Fine)
}

fn verify(args: &VerifyArgs) -> Result<Outcome> {
    let day: Day = args.day.parse().map_err(|_| anyhow::anyhow!("days are written YYYY-MM-DD, found {:?}", args.day))?;
    let told = if args.from.is_empty() { runtime()?.block_on(stored(&args.store, &args.day))? } else { published(&args.from, &args.day)? };
    let Some(seed) = &told.seed else { bail!("the seed of {day} is not published yet: it is revealed when the day is over") };
    let seed = DaySeed::new(hash(seed).context("the seed is not 32 bytes in hex")?.0);
    // What was declared again stands there again, with the draw that it keeps.
    let subjects =
        |all: bool| told.draws.iter().filter(|draw| all || draw.selected).map(|draw| &draw.subject).collect::<BTreeSet<_>>().len();
    let (count, selected) = (subjects(true), subjects(false));
    let overrides = told.overrides;
    let second = told.second.clone();
    let shared = told.draws.iter().filter(|draw| draw.part.is_some()).map(|draw| &draw.subject).collect::<BTreeSet<_>>().len();
    let faults = recompute(&seed, day, told);
    if args.json {
        say(json!({
            "day": args.day,
            "draws": count,
            "selected": selected,
            "ordered": overrides.ordered,
            "spared": overrides.spared,
            "by_two_holders": shared,
            "second_holder_asked": second.as_ref().and_then(|second| second.asked),
            "faults": faults.iter().map(|f| json!({ "code": f.code, "subject": f.subject, "zh": f.zh, "en": f.en })).collect::<Vec<_>>(),
        }));
    } else {
        for fault in &faults {
            say(format_args!("{} ({}): {} / {}", fault.subject, fault.code, fault.zh, fault.en));
        }
        let verdict = if faults.is_empty() { "all as recorded 全部与记录一致" } else { "NOT as recorded 与记录不符" };
        let Overrides { ordered, spared } = overrides;
        say(format_args!("{}: {count} draws recomputed, {selected} selected: {verdict}", args.day));
        say(format_args!("officers ordered {ordered} more and spared {spared} 人工加查 {ordered} 票，免查 {spared} 票"));
        if let Some(second) = &second {
            let asked = second.asked.map_or_else(|| "not told yet 尚未公布".to_owned(), |asked| asked.to_string());
            say(format_args!(
                "{shared} drawn by two holders, {} by one; the second was asked for: {asked} 两方共抽 {shared} 票，单方 {} 票",
                count - shared,
                count - shared
            ));
        }
    }
    Ok(if faults.is_empty() { Outcome::Fine } else { Outcome::Findings })
}

/// Every fault at once: the seed, each number and outcome, the order on the ledger, a case drawn twice (one that was returned and sent again keeps its draw).
fn recompute(seed: &DaySeed, day: Day, told: Told) -> Vec<Fault> {
    let mut faults = told.faults;
    if seed.commitment(day).to_string() != told.commitment {
        faults.push(Fault {
            code: "draw-commitment",
            subject: day.to_string(),
            zh: "公布的种子与当日承诺值不符".into(),
            en: "the revealed seed does not fit the commitment".into(),
        });
    }
    let other = told.second.as_ref().and_then(|second| second.revealed_seed.as_deref()).and_then(hash).map(|seed| DaySeed::new(seed.0));
    if let (Some(second), Some(other)) = (&told.second, &other)
        && other.commitment(day).to_string() != second.commitment
    {
        faults.push(Fault {
            code: "draw-second-commitment",
            subject: day.to_string(),
            zh: "第二持有人公布的种子与其承诺值不符".into(),
            en: "the second holder's seed does not fit its commitment".into(),
        });
    }
    let mut seen = BTreeMap::new();
    for draw in &told.draws {
        let mut fault = |code, zh: String, en: String| faults.push(Fault { code, subject: draw.subject.clone(), zh, en });
        if *seen.entry(&draw.subject).or_insert(&draw.head_root) != &draw.head_root {
            fault("draw-twice", "同一对象抽取了两次".into(), "drawn more than once".into());
        }
        if told.committed_at.is_some_and(|committed| committed > draw.position) {
            fault("draw-before-commitment", "抽取早于承诺".into(), "drawn before the seed was committed".into());
        }
        let Some(mix) = hash(&draw.head_root) else {
            fault("draw-mix", "账本根不是 32 字节的十六进制".into(), "the mix is not 32 bytes in hex".into());
            continue;
        };
        let Some(both) = keyed(seed, draw.part.as_deref()) else {
            fault("draw-part", "第二持有人分量不是 32 字节的十六进制".into(), "the second holder's part is not 32 bytes in hex".into());
            continue;
        };
        if let (Some(part), Some(other)) = (&draw.part, &other) {
            let subject = format!("{}/{}", Purpose::Case.code(), draw.subject);
            if other.part(day, &subject, &mix.0).to_string() != *part {
                fault("draw-part", "第二持有人分量与其种子不符".into(), "the second holder's part does not follow from its seed".into());
            }
        }
        match rules::draw(&both, day, &draw.subject, &mix.0, draw.rate_bp) {
            Err(error) => fault("draw-input", "记录不可复算".into(), error.to_string()),
            Ok(outcome) if (outcome.number, outcome.selected) != (draw.number, draw.selected) => fault(
                "draw-number",
                format!(
                    "记录为 {}（{}），复算为 {}（{}）",
                    draw.number,
                    drawn_zh(draw.selected),
                    outcome.number,
                    drawn_zh(outcome.selected)
                ),
                format!("recorded {} ({}), computed {} ({})", draw.number, drawn(draw.selected), outcome.number, drawn(outcome.selected)),
            ),
            Ok(_) => {}
        }
    }
    faults
}

/// The key of a draw: the seed, with the second holder's part where it was drawn by two.
fn keyed(seed: &DaySeed, part: Option<&str>) -> Option<DaySeed> {
    Some(match part {
        Some(part) => seed.with_part(&hash(part)?),
        None => seed.clone(),
    })
}

const fn drawn(selected: bool) -> &'static str {
    if selected { "drawn" } else { "not drawn" }
}

const fn drawn_zh(selected: bool) -> &'static str {
    if selected { "抽中" } else { "未抽中" }
}

fn hash(text: &str) -> Option<Hash256> {
    text.parse().ok()
}

/// One saved answer of the public page.
#[derive(Deserialize)]
struct Page {
    day: String,
    commitment: String,
    revealed_seed: Option<String>,
    second: Option<Holder>,
    #[serde(default)]
    ordered: u64,
    #[serde(default)]
    spared: u64,
    draws: Vec<Row>,
    /// Where this page begins; the first page has none.
    from: Option<String>,
    /// Where the next page begins; the last page has none.
    next: Option<String>,
}

#[derive(Deserialize)]
struct Row {
    subject: String,
    mix_size: u64,
    mix_root: String,
    rate_bp: u32,
    number: u32,
    selected: bool,
    part: Option<String>,
}

fn published(files: &[PathBuf], day: &str) -> Result<Told> {
    let mut pages = Vec::with_capacity(files.len());
    for file in files {
        let shown = file.display().to_string();
        let page = serde_json::from_slice(&bytes(file)?).with_context(|| format!("{shown} is not an answer of the page of draws"))?;
        pages.push((shown, page));
    }
    joined(pages, day)
}

/// The pages of a day as one, in whatever order they were named. Each tells after which draw it begins and where the next one does: a page that
/// is missing before, between or after them is a fault, for those draws were not looked at.
fn joined(pages: Vec<(String, Page)>, day: &str) -> Result<Told> {
    let (_, first) = pages.first().context("no file was named")?;
    let mut told = Told {
        commitment: first.commitment.clone(),
        seed: first.revealed_seed.clone(),
        second: first.second.clone(),
        draws: Vec::new(),
        overrides: Overrides { ordered: first.ordered, spared: first.spared },
        committed_at: None,
        faults: Vec::new(),
    };
    let mut by_start: BTreeMap<Start, Page> = BTreeMap::new();
    for (shown, page) in pages {
        ensure!(page.day == day, "{shown} is about {}, not {day}", page.day);
        let same = told.commitment == page.commitment && told.seed == page.revealed_seed && told.second == page.second;
        ensure!(same, "{shown} tells another commitment or seed than the files before it");
        let twice = by_start.insert(start(page.from.as_deref()), page).is_some();
        ensure!(!twice, "{shown} begins where another of the files does: a page was named twice");
    }
    let mut at: Option<String> = None;
    loop {
        let Some(page) = by_start.remove(&start(at.as_deref())) else {
            told.faults.push(missing(day, at.as_deref()));
            // What follows the gap is checked all the same.
            let Some((_, page)) = by_start.pop_first() else { break };
            told.draws.extend(page.draws.into_iter().map(day_draw));
            match page.next {
                Some(next) => at = Some(next),
                None => break,
            }
            continue;
        };
        told.draws.extend(page.draws.into_iter().map(day_draw));
        match page.next {
            Some(next) => at = Some(next),
            None => break,
        }
    }
    ensure!(by_start.is_empty(), "the files are not pages of one walk through the day: some overlap");
    Ok(told)
}

/// Where a page begins, in the order of the day: cursors are numbers, of which the longer one is the larger.
type Start = Option<(usize, String)>;

fn start(cursor: Option<&str>) -> Start {
    cursor.map(|cursor| (cursor.len(), cursor.to_owned()))
}

fn missing(day: &str, from: Option<&str>) -> Fault {
    let query = from.map(|from| format!("?cursor={from}")).unwrap_or_default();
    Fault {
        code: "draw-incomplete",
        subject: day.to_owned(),
        zh: format!("当日抽取未读全：请取 /api/v1/public/draws/{day}{query}，并将各页一并传给 --from"),
        en: format!("draws are missing: fetch /api/v1/public/draws/{day}{query}, and give all pages to --from"),
    }
}

fn day_draw(row: Row) -> DayDraw {
    DayDraw {
        position: 0,
        subject: row.subject,
        head_size: row.mix_size,
        head_root: row.mix_root,
        rate_bp: row.rate_bp,
        number: row.number,
        selected: row.selected,
        part: row.part,
    }
}

fn bytes(file: &Path) -> Result<Vec<u8>> {
    let mut found = Vec::new();
    let source: Box<dyn std::io::Read> = if file == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(file).with_context(|| format!("cannot read {}", file.display()))?)
    };
    source.take(FILE_BYTES_MAX + 1).read_to_end(&mut found).with_context(|| format!("cannot read {}", file.display()))?;
    ensure!(found.len() as u64 <= FILE_BYTES_MAX, "{} is larger than 64 MiB", file.display());
    Ok(found)
}

/// Reads the day from a store, also beside a running server, and looks up each mix among the signed heads.
async fn stored(args: &StoreArgs, day: &str) -> Result<Told> {
    let file = args.file()?;
    let opened = wiring::inspect(args, &file).await?;
    let (store, port) = (opened.store.as_ref(), file.port.code.as_str());
    let object = ObjectRef::new(DrawDay::KIND, day);
    let record = store.object(port, &object).await.context("the store cannot be read")?;
    let record = record.with_context(|| format!("no seed was committed for {day}"))?;
    let state: DrawDay = serde_json::from_slice(&record.state).context("the day cannot be read")?;
    let first = store.events_of(port, &object, None, 1).await.context("the ledger cannot be read")?;
    let mut told = Told {
        commitment: state.commitment,
        seed: state.seed,
        second: state.second.map(|second| Holder { commitment: second.commitment, revealed_seed: second.seed, asked: second.asked }),
        draws: Vec::new(),
        overrides: state.overrides,
        committed_at: first.iter().find(|stored| stored.event.kind == "draw.committed").map(|stored| stored.position),
        faults: Vec::new(),
    };
    let mut after = None;
    loop {
        let page = draws_of(store, port, day, after, DRAWS_AT_ONCE).await.context("the ledger cannot be read")?;
        for draw in &page.items {
            let head = store.heads(port, draw.head_size, 1).await.context("the heads cannot be read")?;
            let signed = head.first().is_some_and(|head| head.size == draw.head_size && head.root.as_str() == draw.head_root);
            // Before the first head was signed there is nothing to mix in but an empty ledger.
            if !signed && draw.head_size > 0 {
                told.faults.push(Fault {
                    code: "draw-mix",
                    subject: draw.subject.clone(),
                    zh: format!("账本没有大小为 {} 的这一签名头", draw.head_size),
                    en: format!("the ledger has no such signed head of size {}", draw.head_size),
                });
            }
        }
        told.draws.extend(page.items);
        match page.next {
            Some(next) => after = Some(next.parse().context("a cursor")?),
            None => break,
        }
    }
    opened.store.close().await;
    Ok(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(subject: &str, from: Option<&str>, next: Option<&str>) -> (String, Page) {
        let seed = DaySeed::new([7; 32]);
        let day: Day = "2026-05-01".parse().expect("day");
        let outcome = rules::draw(&seed, day, subject, &[0; 32], 5_000).expect("drawn");
        let row = json!({
            "subject": subject, "mix_size": 0, "mix_root": "00".repeat(32), "rate_bp": 5_000,
            "number": outcome.number, "selected": outcome.selected,
        });
        let page = json!({
            "day": "2026-05-01", "commitment": seed.commitment(day).to_string(), "revealed_seed": "07".repeat(32),
            "draws": [row], "from": from, "next": next,
        });
        (subject.to_owned(), serde_json::from_value(page).expect("a page"))
    }

    fn codes(pages: Vec<(String, Page)>) -> Vec<&'static str> {
        let told = joined(pages, "2026-05-01").expect("one day");
        recompute(&DaySeed::new([7; 32]), "2026-05-01".parse().expect("day"), told).iter().map(|fault| fault.code).collect()
    }

    #[test]
    fn a_day_is_as_recorded_only_when_every_page_of_it_was_given() {
        let (first, middle, last) = (|| page("a", None, Some("9")), || page("b", Some("9"), Some("17")), || page("c", Some("17"), None));
        assert_eq!(codes(vec![first(), middle(), last()]), [""; 0]);
        assert_eq!(codes(vec![last(), first(), middle()]), [""; 0], "in whatever order");
        for (given, cursor) in [
            (vec![first()], "cursor=9"),
            (vec![first(), middle()], "cursor=17"),
            (vec![first(), last()], "cursor=9"),
            (vec![middle(), last()], "2026-05-01,"),
            (vec![last()], "2026-05-01,"),
        ] {
            let told = joined(given, "2026-05-01").expect("one day");
            let faults: Vec<&str> = told.faults.iter().map(|fault| fault.code).collect();
            assert_eq!(faults, ["draw-incomplete"]);
            assert!(told.faults[0].en.contains(cursor), "{cursor} in {}", told.faults[0].en);
        }
        assert!(joined(vec![first(), first()], "2026-05-01").is_err(), "a page named twice");
        // A forged number behind a gap is found beside the gap.
        let (name, mut forged) = last();
        forged.draws[0].number ^= 1;
        assert_eq!(codes(vec![first(), (name, forged)]).len(), 2);
        let told = joined(vec![first(), middle()], "2026-05-01").expect("one day");
        assert!(told.faults[0].en.contains("cursor=17"), "{}", told.faults[0].en);
    }
}
