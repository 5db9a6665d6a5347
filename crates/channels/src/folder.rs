//! Watched folders: `in/` is taken from, `out/` is put into, `done/` and `failed/` hold what was taken with a report.
//!
//! A file is complete when its size and time stay the same between two looks and it is old enough. It is claimed by renaming it into
//! `in/.taken/`, which one process alone can do. Only when it is in the store it moves on to `done/` or `failed/`.

use std::collections::{HashMap, HashSet};
use std::fs::{File, Metadata};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use app::App;
use app::inbox::MESSAGE_BYTES_MAX;
use app::partners::DeliverBy;

use crate::intake::{self, Report};

/// Most files taken from one folder in one round.
pub const FILES_PER_ROUND_MAX: usize = 200;
/// Most names looked at in one folder.
const NAMES_MAX: usize = 20_000;
/// A claim that was left for so long belongs to a process that died, seconds. Taking it too early does no harm: the claim leads to the same message.
const CLAIM_STALE_SECONDS: u64 = 60;
/// Between claim and name.
const BETWEEN: char = '~';
/// Ending of the report on a file.
const REPORT: &str = ".report.json";
/// Longest name of a file, bytes; with its claim it must still be one.
const NAME_BYTES_MAX: usize = 180;
/// Endings of files that are being written.
pub(crate) const UNFINISHED: [&str; 5] = [".tmp", ".part", ".filepart", ".partial", ".crdownload"];

/// What a file looked like.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Look {
    bytes: u64,
    modified_ns: i128,
    inode: u64,
}

impl Look {
    fn of(metadata: &Metadata) -> Self {
        let modified_ns = i128::from(metadata.mtime()) * 1_000_000_000 + i128::from(metadata.mtime_nsec());
        Self { bytes: metadata.len(), modified_ns, inode: metadata.ino() }
    }
}

/// What a process remembers of a folder between two looks.
#[derive(Clone, Default)]
pub(crate) struct Watch {
    seen: HashMap<String, Look>,
    /// Claims of this process that are to be tried again.
    own: HashSet<String>,
    looked: bool,
    pruned_at: Option<SystemTime>,
    /// Held by every look that goes on, also by one that is no longer waited for.
    looking: Arc<()>,
}

impl Watch {
    /// To be held while somebody looks; `None` while an earlier look hangs.
    pub fn look(&self) -> Option<Arc<()>> {
        (Arc::strong_count(&self.looking) == 1).then(|| Arc::clone(&self.looking))
    }
}

/// A partner's folder below the root.
#[derive(Clone)]
pub(crate) struct Folder {
    path: PathBuf,
}

/// A file that is ours.
struct Claimed {
    claim: String,
    name: String,
    path: PathBuf,
}

fn told(what: &str, path: &Path, error: &std::io::Error) -> String {
    format!("{what} {}: {error}", path.file_name().unwrap_or(path.as_os_str()).to_string_lossy())
}

impl Folder {
    /// The folder of this name, made when it is not there. A link that leads elsewhere is refused.
    pub fn open(root: &Path, name: &str) -> Result<Self, String> {
        let root = root.canonicalize().map_err(|error| told("the root of the folders cannot be used", root, &error))?;
        let path = root.join(name);
        for part in ["in/.taken", "out", "done", "failed"] {
            let part = path.join(part);
            std::fs::create_dir_all(&part).map_err(|error| told("cannot make the folder", &part, &error))?;
            let real = part.canonicalize().map_err(|error| told("cannot open the folder", &part, &error))?;
            if real != part {
                return Err(format!("the folder {name} leads outside the root"));
            }
        }
        Ok(Self { path })
    }

    fn taken(&self) -> PathBuf {
        self.path.join("in/.taken")
    }

    /// Names of claims that this process may work on: its own, and those that another left behind.
    fn left_behind(&self, watch: &Watch, now: SystemTime) -> Result<Vec<Claimed>, String> {
        let mut found = Vec::new();
        for (name, path, metadata) in files(&self.taken())? {
            let Some((claim, rest)) = name.split_once(BETWEEN) else { continue };
            let age = now.duration_since(SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(metadata.ctime()).unwrap_or(0)));
            let stale = age.is_ok_and(|age| age.as_secs() >= CLAIM_STALE_SECONDS);
            if watch.own.contains(claim) || !watch.looked || stale {
                found.push(Claimed { claim: claim.to_owned(), name: rest.to_owned(), path });
            }
        }
        Ok(found)
    }

    /// Claims every file that is complete.
    fn claim(&self, watch: &mut Watch, stable: Duration, now: SystemTime, new_claim: &dyn Fn() -> String) -> Result<Vec<Claimed>, String> {
        let (mut claimed, mut seen) = (Vec::new(), HashMap::new());
        for (name, path, metadata) in files(&self.path.join("in"))? {
            let lower = name.to_lowercase();
            if name.starts_with('.') || UNFINISHED.iter().any(|ending| lower.ends_with(ending)) {
                continue;
            }
            let look = Look::of(&metadata);
            let old = metadata.modified().is_ok_and(|at| now.duration_since(at).map_or(true, |age| age >= stable));
            let settled = old && watch.seen.get(&name) == Some(&look);
            if !settled || claimed.len() >= FILES_PER_ROUND_MAX {
                seen.insert(name, look);
                continue;
            }
            let claim = new_claim();
            let shown = shortened(&name);
            let target = self.taken().join(format!("{claim}{BETWEEN}{shown}"));
            match std::fs::rename(&path, &target) {
                Ok(()) => claimed.push(Claimed { claim, name: shown, path: target }),
                // Another process was first.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(told("cannot claim", &path, &error)),
            }
        }
        watch.seen = seen;
        Ok(claimed)
    }

    /// Moves a file on, its report first.
    fn finish(&self, claimed: &Claimed, report: &Report) -> Result<(), String> {
        let target = self.path.join(if report.failed() { "failed" } else { "done" });
        let name = format!("{}{BETWEEN}{}", claimed.claim, claimed.name);
        let text = serde_json::to_vec_pretty(report).map_err(|error| error.to_string())?;
        place(&target, &format!("{name}{REPORT}"), &text)?;
        match std::fs::rename(&claimed.path, target.join(name)) {
            Ok(()) => Ok(()),
            // Another process finished the same claim.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(told("cannot move", &claimed.path, &error)),
        }
    }

    /// Puts a message into `out/`: whole under its name, or not at all.
    pub fn put(&self, name: &str, bytes: &[u8]) -> Result<(), String> {
        place(&self.path.join("out"), name, bytes)
    }

    /// Can be written to.
    pub fn test(&self) -> Result<(), String> {
        let out = self.path.join("out");
        // A name that nobody can foresee, and only if it is free: a link laid in its way is never followed.
        let probe = tempfile::Builder::new().prefix(".probe-").suffix(".tmp").tempfile_in(&out);
        let probe = probe.map_err(|error| told("cannot write into", &out, &error))?;
        probe.close().map_err(|error| told("cannot remove from", &out, &error))
    }

    /// Removes what is older than is to be kept and in the store. One file that cannot be removed keeps no other; the last fault is told.
    fn prune(&self, keep: Duration, now: SystemTime) -> Result<(), String> {
        let mut result = Ok(());
        for part in ["done", "failed"] {
            let folder = self.path.join(part);
            for (name, path, metadata) in files(&folder)? {
                // Moving a file does not change its time of modification, but its time of change.
                let changed = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(metadata.ctime()).unwrap_or(0));
                let old = now.duration_since(changed).is_ok_and(|age| age > keep);
                if old && may_go(&folder, &name) {
                    match std::fs::remove_file(&path) {
                        Err(error) if error.kind() != std::io::ErrorKind::NotFound => result = Err(told("cannot remove", &path, &error)),
                        Ok(()) | Err(_) => {}
                    }
                }
            }
        }
        result
    }
}

/// May a file of `done/` or `failed/` be removed? Only when its report names the message that holds its bytes: what was never kept in the
/// store is nowhere else. A report goes after the file of which it tells.
fn may_go(folder: &Path, name: &str) -> bool {
    match read(&folder.join(format!("{name}{REPORT}"))) {
        Ok(Bytes::Whole(report)) => {
            serde_json::from_slice::<serde_json::Value>(&report).is_ok_and(|report| report["message"].as_str().is_some())
        }
        // What was left by a process that died while it wrote.
        Ok(Bytes::Gone) if name.starts_with('.') => name.ends_with(".tmp"),
        Ok(Bytes::Gone) => name.strip_suffix(REPORT).is_some_and(|told_of| !folder.join(told_of).exists()),
        Ok(Bytes::TooLarge(_) | Bytes::Changing) | Err(_) => false,
    }
}

/// Plain files of a folder, sorted by name, at most [`NAMES_MAX`]. Links, folders, devices and names that are no text are none.
fn files(folder: &Path) -> Result<Vec<(String, PathBuf, Metadata)>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| told("cannot list", folder, &error))?;
    let mut found = Vec::new();
    for entry in entries.take(NAMES_MAX) {
        let entry = entry.map_err(|error| told("cannot list", folder, &error))?;
        // What is gone meanwhile was taken by another process.
        let Ok(metadata) = std::fs::symlink_metadata(entry.path()) else { continue };
        if let (true, Ok(name)) = (metadata.is_file() && metadata.nlink() == 1, entry.file_name().into_string()) {
            found.push((name, entry.path(), metadata));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}

fn shortened(name: &str) -> String {
    let mut end = name.len().min(NAME_BYTES_MAX);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name[..end].chars().map(|c| if c.is_control() { '_' } else { c }).collect()
}

/// Writes a file whole: under another name first, onto the disk, then renamed.
fn place(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), String> {
    let temporary = folder.join(format!(".{name}.tmp"));
    // What lies there was left by a process that died, or is a link to elsewhere: it is removed, never written through.
    match std::fs::remove_file(&temporary) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(told("cannot remove", &temporary, &error)),
        Ok(()) | Err(_) => {}
    }
    let written = File::create_new(&temporary).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(|error| told("cannot write", &temporary, &error))?;
    std::fs::rename(&temporary, folder.join(name)).map_err(|error| told("cannot rename", &temporary, &error))?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| told("cannot sync", folder, &error))
}

/// What reading a claimed file gave.
enum Bytes {
    Whole(Vec<u8>),
    TooLarge(u64),
    /// Somebody still writes to it.
    Changing,
    Gone,
}

fn read(path: &Path) -> Result<Bytes, String> {
    let failed = |error: std::io::Error| told("cannot read", path, &error);
    let Ok(named) = std::fs::symlink_metadata(path) else { return Ok(Bytes::Gone) };
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Bytes::Gone),
        Err(error) => return Err(failed(error)),
    };
    let before = file.metadata().map_err(failed)?;
    // What was opened is what was looked at, not what a link put in its place.
    if !named.is_file() || (named.ino(), named.dev()) != (before.ino(), before.dev()) {
        return Ok(Bytes::Gone);
    }
    if before.len() > MESSAGE_BYTES_MAX as u64 {
        return Ok(Bytes::TooLarge(before.len()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(before.len()).unwrap_or(0));
    (&mut file).take(MESSAGE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    let after = file.metadata().map_err(failed)?;
    let whole = Look::of(&before) == Look::of(&after) && after.len() == bytes.len() as u64;
    Ok(if whole { Bytes::Whole(bytes) } else { Bytes::Changing })
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, String> + Send + 'static) -> Result<T, String> {
    tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string())?
}

/// How a round is made.
#[derive(Clone, Copy)]
pub(crate) struct Pace {
    pub stable: Duration,
    pub keep: Duration,
}

/// One look into a partner's folder: takes what is complete. Returns how many files were dealt with.
pub(crate) async fn round(app: &App, partner: &str, folder: &Folder, watch: &mut Watch, pace: Pace) -> Result<usize, String> {
    let now = SystemTime::now();
    let claims: Vec<String> = (0..FILES_PER_ROUND_MAX).map(|_| app.new_id(app.now()).simple().to_string()).collect();
    let (own, mut kept) = (folder.clone(), watch.clone());
    let organisation = partner.to_owned();
    let (looked, claimed) = blocking(move || {
        let next = std::cell::RefCell::new(claims.into_iter());
        let new_claim = || next.borrow_mut().next().unwrap_or_default();
        let result = own.left_behind(&kept, now).and_then(|mut claimed| {
            claimed.extend(own.claim(&mut kept, pace.stable, now, &new_claim)?);
            Ok(claimed)
        });
        kept.looked = true;
        if kept.pruned_at.is_none_or(|at| now.duration_since(at).is_ok_and(|age| age.as_secs() > 3_600)) {
            // Whether or not it succeeds: files that cannot be removed keep no message waiting.
            kept.pruned_at = Some(now);
            if let Err(error) = own.prune(pace.keep, now) {
                tracing::warn!(partner = organisation, error, "old files could not be removed from a folder");
            }
        }
        Ok((kept, result))
    })
    .await?;
    *watch = looked;
    let mut done = 0;
    let mut fault = None;
    for one in claimed? {
        watch.own.insert(one.claim.clone());
        // One file that cannot be taken now keeps no other waiting.
        match take(app, partner, folder, one).await {
            Ok(Some(claim)) => {
                watch.own.remove(&claim);
                done += 1;
            }
            Ok(None) => {}
            Err(error) => fault = Some(error),
        }
    }
    fault.map_or(Ok(done), Err)
}

/// Takes one claimed file: its claim when it is finished, `None` when it is not complete yet.
async fn take(app: &App, partner: &str, folder: &Folder, claimed: Claimed) -> Result<Option<String>, String> {
    let path = claimed.path.clone();
    let report = match blocking(move || read(&path)).await? {
        Bytes::Gone => return Ok(Some(claimed.claim)),
        Bytes::Changing => return Ok(None),
        Bytes::TooLarge(bytes) => Report::refused(bytes, format!("the file has {bytes} bytes, more than {MESSAGE_BYTES_MAX}")),
        Bytes::Whole(bytes) => intake::take(app, partner, DeliverBy::Folder, &claimed.claim, bytes).await?,
    };
    let (folder, claim) = (folder.clone(), claimed.claim.clone());
    blocking(move || folder.finish(&claimed, &report)).await?;
    Ok(Some(claim))
}

pub(crate) async fn put(root: PathBuf, folder: String, name: String, bytes: Vec<u8>) -> Result<(), String> {
    blocking(move || Folder::open(&root, &folder)?.put(&name, &bytes)).await
}

pub(crate) async fn test(root: PathBuf, folder: String) -> Result<(), String> {
    blocking(move || Folder::open(&root, &folder)?.test()).await
}
