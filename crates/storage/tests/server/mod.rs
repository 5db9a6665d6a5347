//! A PostgreSQL server for the tests of this file: the one named by the environment, or a throw-away one.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

const MISSING: &str =
    "no PostgreSQL found: `make test` installs it; or set FAIRWAY_TEST_POSTGRES=postgres://… to a server that may be written to";

/// Connection text of the server.
pub fn url() -> &'static str {
    static URL: OnceLock<String> = OnceLock::new();
    URL.get_or_init(|| std::env::var("FAIRWAY_TEST_POSTGRES").unwrap_or_else(|_| start()))
}

/// A connection beside the store's.
pub async fn client(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.expect("connect");
    tokio::spawn(connection);
    client
}

/// A connection to the common database.
pub async fn admin() -> tokio_postgres::Client {
    client(url()).await
}

/// An empty database of its own.
pub async fn database(name: &str) -> String {
    let name = format!("{name}_{}", uuid::Uuid::now_v7().simple());
    admin().await.batch_execute(&format!("CREATE DATABASE {name}")).await.expect("create database");
    let config: tokio_postgres::Config = url().parse().expect("url");
    if url().contains("://") {
        let (server, query) = url().split_once('?').unwrap_or((url(), ""));
        let (authority, _) = server.rsplit_once('/').expect("a database in the url");
        return format!("{authority}/{name}?{query}");
    }
    url().replace(&format!("dbname={}", config.get_dbname().expect("dbname")), &format!("dbname={name}"))
}

fn program(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).chain(versions).map(|folder| folder.join(name)).find(|file| file.is_file());
    found.expect(MISSING)
}

/// The server refuses to run as root: then it runs as `postgres` or `nobody`.
fn unprivileged(command: &mut Command, folder: &Path) {
    let root = std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    if !root {
        return;
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let ids = ["postgres:", "nobody:"].iter().find_map(|name| {
        let mut fields = users.lines().find(|line| line.starts_with(name))?.split(':').skip(2);
        Some((fields.next()?.parse::<u32>().ok()?, fields.next()?.parse::<u32>().ok()?))
    });
    let (user, group) = ids.expect("an unprivileged user to run PostgreSQL as");
    std::os::unix::fs::chown(folder, Some(user), Some(group)).expect("chown");
    command.uid(user).gid(group);
}

/// Starts a server that listens on a socket in a temporary folder. It ends, and the folder goes, when this process does: its keeper
/// waits on a pipe that only this process holds open.
fn start() -> String {
    static KEEPER: OnceLock<Child> = OnceLock::new();
    let folder = tempfile::Builder::new().prefix("fwpg").tempdir().expect("directory").keep();
    let data = folder.join("data");
    let mut init = Command::new(program("initdb"));
    init.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale", "--no-sync", "-D"]).arg(&data).current_dir(&folder);
    unprivileged(&mut init, &folder);
    let made = init.output().expect("initdb");
    assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
    let script = "\"$1\" -D \"$2\" -k \"$3\" -c listen_addresses= -c max_connections=400 -c fsync=off >\"$3/log\" 2>&1 & pid=$!; \
                  cat >/dev/null; kill -QUIT $pid; wait $pid; rm -rf \"$3\"";
    let mut keeper = Command::new("/bin/sh");
    keeper.args(["-c", script, "sh"]).arg(program("postgres")).arg(&data).arg(&folder).current_dir(&folder);
    unprivileged(&mut keeper, &folder);
    // Never waited for: it ends after this process.
    KEEPER.get_or_init(move || keeper.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("postgres"));
    let url = format!("host={} user=postgres dbname=postgres", folder.display());
    // Ready when it answers; a server that cannot start says why in its log.
    for _ in 0..600 {
        if std::fs::read_to_string(folder.join("log")).is_ok_and(|log| log.contains("ready to accept")) {
            return url;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("PostgreSQL did not start: {}", std::fs::read_to_string(folder.join("log")).unwrap_or_default());
}
