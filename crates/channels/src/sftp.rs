//! An SFTP client: OpenSSH's own `sftp` in batch mode, with one key, known hosts only, and no questions.
//!
//! A remote file is claimed by renaming it to `name~claim.taken`, fetched, kept, and only then removed. A message is put under a hidden name
//! and renamed.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use app::App;
use app::inbox::MESSAGE_BYTES_MAX;
use app::partners::{DeliverBy, SftpChannel};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::Settings;
use crate::folder::{FILES_PER_ROUND_MAX, UNFINISHED};
use crate::intake::{self, Report};

/// Most bytes of a listing that are read.
const LISTING_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Most bytes of the client's complaints that are read.
const COMPLAINT_BYTES_MAX: u64 = 8 * 1024;
/// Between two looks at the size of a file that is being fetched, milliseconds.
const GROWTH_EVERY_MS: u64 = 100;
/// Ending of a claimed file.
const TAKEN: &str = ".taken";
/// Between name and claim.
const BETWEEN: char = '~';
/// A claim seen for so long without change belongs to a process that died, seconds.
const CLAIM_STALE_SECONDS: u64 = 60;

/// A remote file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Remote {
    name: String,
    bytes: u64,
    /// Date as listed.
    date: String,
}

/// What a process remembers of a server between two looks.
#[derive(Default)]
pub(crate) struct Watch {
    seen: HashMap<String, (Remote, Instant)>,
    own: HashSet<String>,
    looked: bool,
}

/// Runs commands on the partner's server; what they print. Whatever takes longer than agreed is ended.
async fn batch(settings: &Settings, channel: &SftpChannel, script: &str) -> Result<String, String> {
    let keys = settings.keys.as_ref().ok_or("no folder of keys is configured")?;
    let (key, known) = (keys.join(&channel.key), keys.join("known_hosts"));
    let mut child = tokio::process::Command::new(&settings.sftp)
        .args(["-b", "-", "-F", "/dev/null", "-P", &channel.port.to_string()])
        .args(["-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o", "GlobalKnownHostsFile=/dev/null"])
        .arg("-o")
        .arg(format!("UserKnownHostsFile=\"{}\"", known.display()))
        .args(["-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "ConnectTimeout=10"])
        .args(["-o", "PreferredAuthentications=publickey", "-o", "ServerAliveInterval=10", "-i"])
        .arg(&key)
        .arg(format!("{}@{}", channel.user, channel.host))
        .env_remove("SSH_AUTH_SOCK")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("{} cannot be started: {error}", settings.sftp.display()))?;
    let (mut input, output, complaint) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let script = script.to_owned();
    let talk = async move {
        let write = async {
            if let Some(input) = input.as_mut() {
                // A client that has ended does not read; why it ended is told on its own channel.
                let _ = input.write_all(script.as_bytes()).await;
            }
            drop(input);
        };
        let (_, output, complaint) = tokio::join!(write, bounded(output, LISTING_BYTES_MAX), bounded(complaint, COMPLAINT_BYTES_MAX));
        (child.wait().await, output, complaint)
    };
    let (status, output, complaint) =
        tokio::time::timeout(settings.timeout(), talk).await.map_err(|_| "the server did not answer in time")?;
    if status.is_ok_and(|status| status.success()) {
        return Ok(output);
    }
    let why = complaint
        .lines()
        .map(str::trim)
        .rfind(|line| !line.is_empty() && !line.starts_with("Connection closed"))
        .unwrap_or("the connection failed");
    Err(why.to_owned())
}

async fn bounded(from: Option<impl tokio::io::AsyncRead + Unpin>, max: u64) -> String {
    let mut bytes = Vec::new();
    if let Some(mut from) = from {
        // What is past the bound is read and dropped, so that the client does not wait for a reader.
        let _ = (&mut from).take(max).read_to_end(&mut bytes).await;
        let _ = tokio::io::copy(&mut from, &mut tokio::io::sink()).await;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A name that the client takes for nothing but a name: no quotes, wildcards or control characters.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(['-', '.'])
        && name.len() <= 180
        && !name.chars().any(|c| c.is_control() || "\"'\\*?[]{}/".contains(c))
}

/// Plain files of `ls -ln`, sorted by name: `-rw-r--r-- 1 1000 1000 123 Nov 26 22:00 name`.
fn listed(output: &str) -> Vec<Remote> {
    let mut found: Vec<Remote> = output.lines().filter(|line| line.starts_with('-')).filter_map(remote).collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

fn remote(line: &str) -> Option<Remote> {
    let mut rest = line;
    let mut columns = Vec::with_capacity(8);
    for _ in 0..8 {
        rest = rest.trim_start();
        let end = rest.find(char::is_whitespace)?;
        columns.push(&rest[..end]);
        rest = &rest[end..];
    }
    let name = rest.strip_prefix(' ')?.trim_end_matches('\r').rsplit('/').next()?;
    Some(Remote { name: name.to_owned(), bytes: columns[4].parse().ok()?, date: columns[5..].join(" ") })
}

fn claim_of(name: &str) -> Option<&str> {
    name.strip_suffix(TAKEN)?.rsplit_once(BETWEEN).map(|(_, claim)| claim)
}

/// One look at a partner's server: fetches what is complete. Returns how many files were dealt with.
pub(crate) async fn round(
    app: &App,
    settings: &Settings,
    partner: &str,
    channel: &SftpChannel,
    watch: &mut Watch,
) -> Result<usize, String> {
    let Some(folder) = &channel.fetch_from else { return Ok(0) };
    let files = listed(&batch(settings, channel, &format!("cd \"{folder}\"\nls -ln\n")).await?);
    let (now, first) = (Instant::now(), !std::mem::replace(&mut watch.looked, true));
    let former = std::mem::take(&mut watch.seen);
    let mut wanted = Vec::new();
    let mut odd = None;
    for file in files {
        let lower = file.name.to_lowercase();
        if UNFINISHED.iter().any(|ending| lower.ends_with(ending)) {
            continue;
        }
        if !is_plain(&file.name) {
            odd = Some(format!("a file has a name that cannot be fetched: {:?}", file.name));
            continue;
        }
        let known = former.get(&file.name).filter(|(seen, _)| *seen == file).map(|(_, since)| *since);
        let since = known.unwrap_or(now);
        let ready = match claim_of(&file.name) {
            Some(claim) => watch.own.contains(claim) || first || since.elapsed().as_secs() >= CLAIM_STALE_SECONDS,
            None => known.is_some() && since.elapsed().as_secs() >= settings.stable_seconds,
        };
        if ready && wanted.len() < FILES_PER_ROUND_MAX {
            wanted.push(file);
        } else {
            watch.seen.insert(file.name.clone(), (file, since));
        }
    }
    let mut done = 0;
    let mut fault = odd;
    for file in wanted {
        match fetch(app, settings, partner, (channel, folder), watch, file).await {
            Ok(()) => done += 1,
            Err(error) => fault = Some(error),
        }
    }
    fault.map_or(Ok(done), Err)
}

async fn fetch(
    app: &App,
    settings: &Settings,
    partner: &str,
    (channel, folder): (&SftpChannel, &str),
    watch: &mut Watch,
    file: Remote,
) -> Result<(), String> {
    let (claim, taken, rename) = match claim_of(&file.name) {
        Some(claim) => (claim.to_owned(), file.name.clone(), String::new()),
        None => {
            let claim = app.new_id(app.now()).simple().to_string();
            let taken = format!("{}{BETWEEN}{claim}{TAKEN}", file.name);
            let rename = format!("rename \"{}\" \"{taken}\"\n", file.name);
            (claim, taken, rename)
        }
    };
    watch.own.insert(claim.clone());
    let report = if file.bytes > MESSAGE_BYTES_MAX as u64 {
        Report::refused(file.bytes, format!("the file has {} bytes, more than {MESSAGE_BYTES_MAX}", file.bytes))
    } else {
        let here = tempfile::tempdir().map_err(|error| format!("no room for a fetched file: {error}"))?;
        let local = here.path().join("file");
        let script = format!("cd \"{folder}\"\n{rename}get \"{taken}\" \"{}\"\n", local.display());
        // The listing bounds nothing: the server may send more. The client is ended with the future that waits for it.
        tokio::select! {
            fetched = batch(settings, channel, &script) => { fetched?; }
            () = outgrown(&local, MESSAGE_BYTES_MAX as u64) => {
                return Err(format!("{} grew past {MESSAGE_BYTES_MAX} bytes while it was fetched", file.name));
            }
        }
        let got = tokio::fs::metadata(&local).await.map_err(|error| format!("the fetched file cannot be read: {error}"))?;
        if got.len() != file.bytes {
            return Err(format!("{} changed while it was fetched", file.name));
        }
        let bytes = tokio::fs::read(&local).await.map_err(|error| format!("the fetched file cannot be read: {error}"))?;
        intake::take(app, partner, DeliverBy::Sftp, &claim, bytes).await?
    };
    if report.message.is_none() {
        // It is not in the store: it stays where it is, out of the way, for the partner to see.
        let from = if file.bytes > MESSAGE_BYTES_MAX as u64 { &file.name } else { &taken };
        batch(settings, channel, &format!("cd \"{folder}\"\nrename \"{from}\" \"{}.refused.tmp\"\n", file.name)).await?;
        tracing::warn!(partner, file = file.name, fault = report.fault, "a fetched file was refused");
    } else {
        batch(settings, channel, &format!("cd \"{folder}\"\nrm \"{taken}\"\n")).await?;
    }
    watch.own.remove(&claim);
    Ok(())
}

/// Ends when a file that is being written has become larger than this.
async fn outgrown(local: &Path, bytes_max: u64) {
    let mut look = tokio::time::interval(std::time::Duration::from_millis(GROWTH_EVERY_MS));
    loop {
        look.tick().await;
        if tokio::fs::metadata(local).await.is_ok_and(|file| file.len() > bytes_max) {
            return;
        }
    }
}

/// Puts a message onto the partner's server: whole under its name, or not at all.
pub(crate) async fn put(settings: &Settings, channel: &SftpChannel, name: &str, bytes: &[u8]) -> Result<(), String> {
    let folder = channel.deliver_to.as_ref().ok_or("no remote folder for deliveries is agreed")?;
    let here = tempfile::tempdir().map_err(|error| format!("no room for a message: {error}"))?;
    let local = here.path().join("message");
    write(&local, bytes).await?;
    let script = format!("cd \"{folder}\"\nput \"{}\" \".{name}.tmp\"\nrename \".{name}.tmp\" \"{name}\"\n", local.display());
    batch(settings, channel, &script).await.map(|_| ())
}

async fn write(local: &Path, bytes: &[u8]) -> Result<(), String> {
    tokio::fs::write(local, bytes).await.map_err(|error| format!("a message cannot be written for sending: {error}"))
}

/// Logs in and enters the folders.
pub(crate) async fn test(settings: &Settings, channel: &SftpChannel) -> Result<(), String> {
    for folder in [&channel.fetch_from, &channel.deliver_to].into_iter().flatten() {
        batch(settings, channel, &format!("cd \"{folder}\"\npwd\n")).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_gives_plain_files_with_their_whole_names() {
        let output = "sftp> ls -ln\n\
            -rw-r--r--    1 1000     1000          123 Nov 26 22:00 coarri 1.edi\n\
            drwxr-xr-x    ? 0        0            4096 Nov 26 22:00 archive\n\
            lrwxrwxrwx    1 0        0               9 Nov 26 22:00 passwd\n\
            -rw-------    ? 0        0        99999999 Jan  1  2026 /out/舱单.edi\n\
            -rw------- broken\n";
        let names: Vec<(String, u64)> = listed(output).into_iter().map(|file| (file.name, file.bytes)).collect();
        assert_eq!(names, [("coarri 1.edi".to_owned(), 123), ("舱单.edi".to_owned(), 99_999_999)]);
    }

    #[test]
    fn names_that_the_client_would_take_for_something_else_are_not_fetched() {
        for plain in ["a.edi", "coarri 1.edi", "舱单.edi", "a~1.edi"] {
            assert!(is_plain(plain), "{plain}");
        }
        for odd in ["", "-rf", ".hidden", "a\"b", "a*", "a?", "[a]", "a\nrm b", "a\\b", "a/b", "a'b"] {
            assert!(!is_plain(odd), "{odd:?}");
        }
        assert_eq!(claim_of("a~b~0123.taken"), Some("0123"));
        assert_eq!(claim_of("a~b.edi"), None);
    }
}
