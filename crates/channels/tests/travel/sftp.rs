//! SFTP against a real OpenSSH server on this machine, started for the test with keys of its own.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use app::Role;
use app::inbox::{MessageState, ReceiveMessage};
use app::partners::{DeliverBy, Direction, SftpChannel};

use crate::support::{Site, interchange, names};

/// OpenSSH's server; `scripts/setup.sh test` installs it.
const SSHD: &str = "/usr/sbin/sshd";
/// Where Debian and others keep the SFTP part.
const SFTP_SERVERS: [&str; 3] = ["/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server", "/usr/lib/ssh/sftp-server"];

struct Server {
    child: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn output(command: &mut Command) -> String {
    let output = command.output().expect("the command runs");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}

fn key(path: &Path) -> String {
    output(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(path));
    std::fs::read_to_string(path.with_extension("pub")).expect("the public part")
}

impl Server {
    fn start() -> Self {
        let sftp = SFTP_SERVERS.iter().find(|path| Path::new(path).exists());
        let sftp = sftp.filter(|_| Path::new(SSHD).exists()).expect("openssh-server is there: scripts/setup.sh test");
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        key(&at("host"));
        std::fs::write(at("authorized"), key(&at("agent-blue"))).expect("written");
        for name in ["out", "in"] {
            std::fs::create_dir(at(name)).expect("a folder");
        }
        // Started by root, the server wants its empty folder.
        if output(Command::new("id").arg("-u")) == "0" {
            std::fs::create_dir_all("/run/sshd").expect("the folder of the server");
        }
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port();
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\nStrictModes no\nUsePAM no\n\
             PasswordAuthentication no\nPermitRootLogin prohibit-password\nSubsystem sftp {sftp}\n",
            at("host").display(),
            at("authorized").display(),
        );
        std::fs::write(at("config"), config).expect("written");
        let mut child =
            Command::new(SSHD).arg("-D").arg("-e").arg("-f").arg(at("config")).stderr(Stdio::piped()).spawn().expect("the server starts");
        let mut lines = BufReader::new(child.stderr.take().expect("its log")).lines();
        let mut told = Vec::new();
        loop {
            let line = lines.next().unwrap_or_else(|| panic!("the server ended: {told:?}")).expect("a line");
            if line.contains("Server listening on") {
                break;
            }
            told.push(line);
        }
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, port, folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn channel(&self) -> SftpChannel {
        SftpChannel {
            host: "127.0.0.1".into(),
            port: self.port,
            user: output(Command::new("id").arg("-un")),
            key: "agent-blue".into(),
            fetch_from: Some(self.path("out").display().to_string()),
            deliver_to: Some(self.path("in").display().to_string()),
        }
    }

    /// The platform's folder of keys: the partner's key, and the host as known.
    fn keys(&self) -> PathBuf {
        let keys = self.path("keys");
        std::fs::create_dir(&keys).expect("a folder");
        std::fs::copy(self.path("agent-blue"), keys.join("agent-blue")).expect("the key");
        self.know(&keys, "host.pub");
        keys
    }

    fn know(&self, keys: &Path, host: &str) {
        let host = std::fs::read_to_string(self.path(host)).expect("a host key");
        std::fs::write(keys.join("known_hosts"), format!("[127.0.0.1]:{} {host}", self.port)).expect("written");
    }

    async fn site(&self) -> Site {
        let keys = self.keys();
        let site = Site::open(|settings| {
            settings.keys = Some(keys);
            settings.hosts = vec![format!("127.0.0.1:{}", self.port)];
        })
        .await;
        site.agree("agent-blue", |profile| profile.channels.sftp = Some(self.channel())).await;
        site
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_fetched_kept_and_then_removed_and_a_claim_left_behind_is_taken_up() {
    let server = Server::start();
    let site = server.site().await;
    let exchange = site.exchange();
    let out = server.path("out");
    std::fs::write(out.join("舱单 1.edi"), interchange("AGENTBLUE", "REF1")).expect("a file");
    std::fs::write(out.join("b.edi"), b"no EDIFACT").expect("a file");
    std::fs::write(out.join("c.edi.part"), interchange("AGENTBLUE", "REF3")).expect("a file");
    exchange.fetch_once().await;
    assert_eq!(names(&out).len(), 3, "seen once, they may still grow");
    exchange.fetch_once().await;
    assert_eq!(names(&out), ["c.edi.part"]);
    let messages = site.messages("INVOIC").await;
    assert_eq!(messages.iter().map(|(_, m)| (m.channel.as_str(), m.reference.as_str())).collect::<Vec<_>>(), [("sftp", "REF1")]);
    // As a process leaves it that died before the message was kept, and one that died after.
    let claim = "0123456789abcdef0123456789abcdef";
    let left = out.join(format!("d.edi~{claim}.taken"));
    for _ in 0..2 {
        std::fs::write(&left, interchange("AGENTBLUE", "REF4")).expect("a claim");
        site.exchange().fetch_once().await;
        assert!(!left.exists());
    }
    assert_eq!(site.messages("INVOIC").await.len(), 2, "the same claim is the same message");
    let state = site.app.channel_state("agent-blue", DeliverBy::Sftp, Direction::In).await.expect("store").expect("used");
    assert!(state.failing_since.is_none() && state.last_success_at.is_some(), "{state:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_are_put_whole_under_one_name() {
    let server = Server::start();
    let site = server.site().await;
    site.agree("agent-blue", |profile| profile.channels.deliver_by = DeliverBy::Sftp).await;
    let ctx = site.of("agent-blue", Role::Agent);
    let received =
        site.app.execute(&ctx, &ReceiveMessage { bytes: interchange("AGENTBLUE", "REF1"), channel: "api".into() }).await.expect("kept");
    site.app.process_message(&ctx, &received.outcome).await.expect("processed");
    let answers = site.app.peek::<MessageState>(&received.outcome).await.expect("store").expect("it").answers;
    // As an attempt leaves it whose end was never heard of: the next one comes under the same name.
    std::fs::write(server.path("in").join(format!("{}-CONTRL.edi", answers[0])), b"half").expect("a file");
    assert_eq!(site.exchange().deliver_once().await, 2);
    let mut expected = [format!("{}-CONTRL.edi", answers[0]), format!("{}-APERAK.edi", answers[1])];
    expected.sort();
    assert_eq!(names(&server.path("in")), expected);
    for (id, name) in answers.iter().zip(["CONTRL", "APERAK"]) {
        let state = site.app.peek::<MessageState>(id).await.expect("store").expect("it");
        let (_, kept) = site.app.store().blob(&site.app.port().code, &state.sha256).await.expect("store").expect("bytes");
        assert_eq!(std::fs::read(server.path("in").join(format!("{id}-{name}.edi"))).expect("delivered"), kept);
        assert_eq!((site.status(id).await.as_str(), state.channel.as_str()), ("delivered", "sftp"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_host_or_key_is_refused_and_told() {
    let server = Server::start();
    let site = server.site().await;
    let agent = site.of("agent-blue", Role::Agent);
    assert_eq!(site.app.test_partner(&agent, "agent-blue").await.expect("its own"), [(DeliverBy::Sftp, Ok(()))]);
    // Somebody else answers at the address: another host key than the known one.
    let keys = server.path("keys");
    key(&server.path("other"));
    server.know(&keys, "other.pub");
    let tried = site.app.test_partner(&agent, "agent-blue").await.expect("its own");
    assert!(matches!(&tried[0], (DeliverBy::Sftp, Err(fault)) if fault.contains("Host key verification failed")), "{tried:?}");
    server.know(&keys, "host.pub");
    std::fs::copy(server.path("other"), keys.join("agent-blue")).expect("another key");
    let tried = site.app.test_partner(&agent, "agent-blue").await.expect("its own");
    assert!(matches!(&tried[0], (DeliverBy::Sftp, Err(fault)) if fault.contains("Permission denied")), "{tried:?}");
}
