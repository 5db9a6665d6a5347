//! What the operator allows: profiles name only what is listed here.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;

/// The part `[channels]` of the configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Root of the watched folders; a profile names a folder below it. No folders when absent.
    pub folders: Option<PathBuf>,
    /// Folder with one private key per name and `known_hosts`. No SFTP when absent.
    pub keys: Option<PathBuf>,
    /// Hosts, with their port where it is not the usual one, to which SFTP and HTTP push may go.
    pub hosts: Vec<String>,
    /// OpenSSH's `sftp`.
    pub sftp: PathBuf,
    /// Seconds between looks into a partner's folder or server.
    pub poll_seconds: u64,
    /// Seconds for which a file must not have changed before it is taken.
    pub stable_seconds: u64,
    /// Longest attempt to fetch or deliver, seconds.
    pub timeout_seconds: u64,
    /// Attempts before a delivery is given up.
    pub attempts_max: u32,
    /// Days for which files in `done/` and `failed/` are kept.
    pub keep_days: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            folders: None,
            keys: None,
            hosts: Vec::new(),
            sftp: "sftp".into(),
            poll_seconds: 10,
            stable_seconds: 2,
            timeout_seconds: 30,
            attempts_max: 12,
            keep_days: 30,
        }
    }
}

impl Settings {
    /// What is named here and whether it can be used, for `fairway doctor`: (what, what is right or wrong with it).
    pub fn doubts(&self) -> Vec<(&'static str, Result<String, String>)> {
        let mut told = Vec::new();
        if let Some(root) = &self.folders {
            let probe = root.join(".fairway-probe.tmp");
            let writable = std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe));
            told.push((
                "folders",
                writable.map(|()| format!("{} can be written", root.display())).map_err(|error| format!("{}: {error}", root.display())),
            ));
        }
        if let Some(keys) = &self.keys {
            told.push(("sftp keys", usable_keys(keys)));
            let started = std::process::Command::new(&self.sftp).arg("-h").stdin(Stdio::null()).output();
            told.push((
                "sftp",
                started
                    .map(|_| format!("{} can be started", self.sftp.display()))
                    .map_err(|error| format!("{}: {error}", self.sftp.display())),
            ));
        }
        told
    }

    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds.clamp(1, 600))
    }

    /// Is the host listed? `authority` is `host` or `host:port`; the usual port may be left out on either side.
    pub(crate) fn allows(&self, authority: &str, usual_port: u16) -> bool {
        let full =
            |text: &str| if text.contains(':') { text.to_ascii_lowercase() } else { format!("{}:{usual_port}", text.to_ascii_lowercase()) };
        let wanted = full(authority);
        self.hosts.iter().any(|listed| full(listed) == wanted)
    }
}

fn usable_keys(keys: &Path) -> Result<String, String> {
    let known = keys.join("known_hosts");
    if !known.is_file() {
        return Err(format!("{} is missing", known.display()));
    }
    let entries = std::fs::read_dir(keys).map_err(|error| format!("{}: {error}", keys.display()))?;
    let mut count = 0;
    for entry in entries.flatten() {
        let Ok(metadata) = entry.metadata() else { continue };
        let is_key = metadata.is_file() && entry.file_name() != "known_hosts" && entry.path().extension().is_none_or(|end| end != "pub");
        if is_key && metadata.permissions().mode() & 0o077 != 0 {
            // OpenSSH would refuse it, too.
            return Err(format!("{} can be read by others", entry.path().display()));
        }
        count += usize::from(is_key);
    }
    Ok(format!("{count} keys in {}", keys.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_hosts_and_ports_may_be_called() {
        let settings = Settings { hosts: vec!["SFTP.example.com".into(), "edi.example.com:8443".into()], ..Settings::default() };
        assert!(settings.allows("sftp.example.com:22", 22));
        assert!(settings.allows("edi.example.com:8443", 443));
        for (authority, port) in [("sftp.example.com:2222", 22), ("edi.example.com", 443), ("example.com:22", 22), ("localhost", 443)] {
            assert!(!settings.allows(authority, port), "{authority}");
        }
    }
}
