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

/// A server that speaks TLS on the loopback address, with a certificate for that address made by an authority of its own.
pub struct Secured {
    /// Host, port and database.
    pub place: String,
    /// Certificate of the authority that made the server's.
    pub authority: PathBuf,
    /// Certificate of another authority.
    pub stranger: PathBuf,
}

/// Starts a server with TLS.
pub fn secured() -> Secured {
    static KEEPER: OnceLock<Child> = OnceLock::new();
    let folder = prepared();
    let steps = "for name in authority stranger; do \
         openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj \"/CN=Synthetic $name\" \
           -addext keyUsage=critical,keyCertSign -keyout $name.key -out $name.pem || exit 1; done; \
         openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=database -keyout server.key -out server.csr && \
         printf 'subjectAltName=IP:127.0.0.1\\nbasicConstraints=CA:FALSE\\n' >server.ext && \
         openssl x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 -extfile server.ext -out server.pem && \
         chmod 600 server.key";
    let mut making = Command::new("/bin/sh");
    making.args(["-c", steps]).current_dir(&folder);
    unprivileged(&mut making, &folder);
    let made = making.output().expect("a shell");
    assert!(made.status.success(), "the certificates need openssl: {}", String::from_utf8_lossy(&made.stderr));
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
    let settings =
        format!("-c listen_addresses=127.0.0.1 -c port={port} -c ssl=on -c ssl_cert_file=../server.pem -c ssl_key_file=../server.key");
    keep(&KEEPER, &folder, &settings);
    Secured {
        place: format!("postgres://postgres@127.0.0.1:{port}/postgres"),
        authority: folder.join("authority.pem"),
        stranger: folder.join("stranger.pem"),
    }
}

/// Starts a server that listens on a socket in a temporary folder.
fn start() -> String {
    static KEEPER: OnceLock<Child> = OnceLock::new();
    let folder = prepared();
    keep(&KEEPER, &folder, "-c listen_addresses=");
    format!("host={} user=postgres dbname=postgres", folder.display())
}

/// A temporary folder with an empty cluster in it.
fn prepared() -> PathBuf {
    let folder = tempfile::Builder::new().prefix("fwpg").tempdir().expect("directory").keep();
    let data = folder.join("data");
    let mut init = Command::new(program("initdb"));
    init.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale", "--no-sync", "-D"]).arg(&data).current_dir(&folder);
    unprivileged(&mut init, &folder);
    let made = init.output().expect("initdb");
    assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
    folder
}

/// Runs the cluster of a folder. It ends, and the folder goes, when this process does: its keeper waits on a pipe that only this process
/// holds open.
fn keep(keeper_of: &'static OnceLock<Child>, folder: &Path, settings: &str) {
    let script = "\"$1\" -D \"$2\" -k \"$3\" $4 -c max_connections=400 -c fsync=off >\"$3/log\" 2>&1 & pid=$!; \
                  cat >/dev/null; kill -QUIT $pid; wait $pid; rm -rf \"$3\"";
    let mut keeper = Command::new("/bin/sh");
    keeper.args(["-c", script, "sh"]).arg(program("postgres")).arg(folder.join("data")).arg(folder).arg(settings).current_dir(folder);
    unprivileged(&mut keeper, folder);
    // Never waited for: it ends after this process.
    keeper_of.get_or_init(move || keeper.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("postgres"));
    // Ready when it answers; a server that cannot start says why in its log.
    for _ in 0..600 {
        if std::fs::read_to_string(folder.join("log")).is_ok_and(|log| log.contains("ready to accept")) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("PostgreSQL did not start: {}", std::fs::read_to_string(folder.join("log")).unwrap_or_default());
}
