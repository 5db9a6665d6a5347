//! What is wrong with a profile: everything at once, each with its place.

use codes::{Finding, Text};

use super::{Channels, DeliverBy, Profile};
use crate::limits::SHORT_TEXT_MAX;

/// Most identifications of one partner.
pub const IDENTIFIERS_MAX: usize = 20;
/// Most message types listed.
pub const ACCEPTED_MAX: usize = 100;
/// Longest expected interval between messages, hours: 31 days.
pub const SILENCE_HOURS_MAX: u32 = 744;
/// Longest time that may be agreed for an answer, minutes: a week.
pub const ANSWER_MINUTES_MAX: u32 = 10_080;
/// Longest identification (0004), characters. Source: ISO 9735-1, an..35.
const IDENTIFIER_MAX: usize = 35;
/// Longest qualifier (0007), characters. Source: ISO 9735-1, an..4.
const QUALIFIER_MAX: usize = 4;
/// Longest remote folder, characters.
const REMOTE_FOLDER_MAX: usize = 200;
/// Longest address, characters.
const URL_MAX: usize = 500;
/// Longest contact text, characters.
const CONTACT_MAX: usize = 100;

fn fault(code: &'static str, pointer: impl Into<String>, zh: impl Into<String>, en: impl Into<String>, hint: (&str, &str)) -> Finding {
    Finding::error(code, pointer, Text::new(zh.into(), en.into()), Text::new(hint.0.to_owned(), hint.1.to_owned()))
}

/// The configuration names no such channel.
pub fn not_configured(pointer: &str) -> Finding {
    fault(
        "partner-channel-not-configured",
        pointer,
        "平台未启用该通道。",
        "The platform has no such channel.",
        ("请运维人员在配置 [channels] 中启用。", "Ask the operator to set it up under [channels] in the configuration."),
    )
}

/// The configuration does not list the host.
pub fn host_not_listed(pointer: &str, host: &str) -> Finding {
    fault(
        "partner-host-not-listed",
        pointer,
        format!("主机“{host}”不在允许名单内。"),
        format!("The host “{host}” is not on the list of allowed hosts."),
        ("请运维人员将其加入配置 [channels] hosts。", "Ask the operator to add it to hosts under [channels] in the configuration."),
    )
}

/// The key's file is not there.
pub fn key_missing(pointer: &str, key: &str) -> Finding {
    fault(
        "partner-key-missing",
        pointer,
        format!("没有名为“{key}”的密钥文件。"),
        format!("There is no key file named “{key}”."),
        ("请运维人员将私钥放入配置的密钥文件夹。", "Ask the operator to put the private key into the configured folder of keys."),
    )
}

/// Everything that is wrong with a profile by itself.
pub(super) fn check(profile: &Profile) -> Vec<Finding> {
    let mut found = Vec::new();
    identifiers(profile, &mut found);
    accepted(profile, &mut found);
    if profile.writing.syntax_version.is_some_and(|version| !(1..=4).contains(&version)) {
        found.push(fault(
            "partner-syntax-version",
            "/writing/syntax_version",
            "语法版本须为 1 至 4。",
            "The syntax version is 1 to 4.",
            ("通常为 3。", "It is usually 3."),
        ));
    }
    if let Some(name) = &profile.record_format
        && !is_name(name)
    {
        found.push(fault("partner-name", "/record_format", "记录格式名称不正确。", "This is no name of a record format.", NAME_HINT));
    }
    if profile.silence_hours.is_some_and(|hours| hours == 0 || hours > SILENCE_HOURS_MAX) {
        found.push(fault(
            "partner-silence-hours",
            "/silence_hours",
            format!("静默告警须为 1 至 {SILENCE_HOURS_MAX} 小时。"),
            format!("The silence alarm is 1 to {SILENCE_HOURS_MAX} hours."),
            ("不需要告警时留空。", "Leave it empty for no alarm."),
        ));
    }
    if profile.answer_minutes.is_some_and(|minutes| minutes == 0 || minutes > ANSWER_MINUTES_MAX) {
        found.push(fault(
            "partner-answer-minutes",
            "/answer_minutes",
            format!("应答时限须为 1 至 {ANSWER_MINUTES_MAX} 分钟。"),
            format!("The time for an answer is 1 to {ANSWER_MINUTES_MAX} minutes."),
            ("不约定应答时留空。", "Leave it empty when no answer is agreed."),
        ));
    }
    contact(profile, &mut found);
    channels(&profile.channels, &mut found);
    found
}

fn identifiers(profile: &Profile, found: &mut Vec<Finding>) {
    if profile.identifiers.len() > IDENTIFIERS_MAX {
        found.push(too_many("/identifiers", IDENTIFIERS_MAX));
    }
    for (n, own) in profile.identifiers.iter().take(IDENTIFIERS_MAX).enumerate() {
        let fits =
            |text: &str, max| !text.is_empty() && text.chars().count() <= max && text.trim() == text && !text.chars().any(char::is_control);
        if !fits(&own.id, IDENTIFIER_MAX) {
            found.push(fault(
                "partner-identifier",
                format!("/identifiers/{n}/id"),
                format!("交换标识须为 1 至 {IDENTIFIER_MAX} 个字符。"),
                format!("An identification has 1 to {IDENTIFIER_MAX} characters."),
                ("按 UNB 中发送方标识填写。", "Write it as UNB names the sender."),
            ));
        }
        if own.qualifier.as_ref().is_some_and(|qualifier| !fits(qualifier, QUALIFIER_MAX)) {
            found.push(fault(
                "partner-identifier",
                format!("/identifiers/{n}/qualifier"),
                format!("标识限定符须为 1 至 {QUALIFIER_MAX} 个字符。"),
                format!("A qualifier has 1 to {QUALIFIER_MAX} characters."),
                ("如 ZZZ；不区分时留空。", "Such as ZZZ; leave it out when any will do."),
            ));
        }
        if profile.identifiers[..n].contains(own) {
            found.push(fault(
                "partner-identifier-repeated",
                format!("/identifiers/{n}"),
                format!("标识“{}”重复。", own.id),
                format!("The identification “{}” is given twice.", own.id),
                ("删除重复项。", "Remove one of them."),
            ));
        }
    }
}

fn too_many(pointer: &str, max: usize) -> Finding {
    fault(
        "too-many-rows",
        pointer,
        format!("最多 {max} 行。"),
        format!("At most {max} rows."),
        ("删减后再保存。", "Remove some and save again."),
    )
}

fn accepted(profile: &Profile, found: &mut Vec<Finding>) {
    if profile.accepts.len() > ACCEPTED_MAX {
        found.push(too_many("/accepts", ACCEPTED_MAX));
    }
    for (n, one) in profile.accepts.iter().take(ACCEPTED_MAX).enumerate() {
        let kind = one.kind.len() == 6 && one.kind.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        let version = one
            .version
            .as_ref()
            .is_none_or(|v| v.len() <= 7 && v.split(':').count() == 2 && v.chars().all(|c| c.is_ascii_alphanumeric() || c == ':'));
        if !kind || !version {
            found.push(fault(
                "partner-message-type",
                format!("/accepts/{n}"),
                "报文类型须为六位大写字母或数字，版本形如 D:95B。",
                "A type is six capitals or digits, a version looks like D:95B.",
                ("如 COARRI、D:95B。", "Such as COARRI and D:95B."),
            ));
        }
    }
}

fn contact(profile: &Profile, found: &mut Vec<Finding>) {
    let contact = &profile.contact;
    for (text, pointer) in [(&contact.name, "/contact/name"), (&contact.phone, "/contact/phone"), (&contact.email, "/contact/email")] {
        if text.chars().count() > CONTACT_MAX || text.chars().any(char::is_control) {
            found.push(fault(
                "field-length",
                pointer,
                format!("最多 {CONTACT_MAX} 个字符。"),
                format!("At most {CONTACT_MAX} characters."),
                ("缩短后再保存。", "Shorten it."),
            ));
        }
    }
}

const NAME_HINT: (&str, &str) = (
    "使用小写字母、数字和连字符，以字母或数字开头，最多 40 位。",
    "Use lower-case letters, digits and hyphens, a letter or digit first, at most 40.",
);

/// A name that cannot leave its folder.
pub(super) fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    (1..=40).contains(&name.len()) && name.bytes().all(|b| plain(b) || b == b'-') && name.bytes().next().is_some_and(plain)
}

fn channels(channels: &Channels, found: &mut Vec<Finding>) {
    if let Some(folder) = &channels.folder
        && !is_name(&folder.name)
    {
        found.push(fault("partner-name", "/channels/folder/name", "文件夹名称不正确。", "This is no name of a folder.", NAME_HINT));
    }
    if let Some(sftp) = &channels.sftp {
        sftp_channel(sftp, found);
    }
    if let Some(push) = &channels.push
        && host_of(&push.url).is_none()
    {
        found.push(fault(
            "partner-url",
            "/channels/push/url",
            "地址须为 https:// 开头的完整网址，不含用户名。",
            "The address is a whole https:// address without a user name.",
            (
                "如 https://edi.example.com/inbox。本机测试可用 http://127.0.0.1。",
                "Such as https://edi.example.com/inbox. For tests on this machine http://127.0.0.1 will do.",
            ),
        ));
    }
    let there = match channels.deliver_by {
        DeliverBy::Mailbox => true,
        DeliverBy::Folder => channels.folder.is_some(),
        DeliverBy::Sftp => channels.sftp.as_ref().is_some_and(|sftp| sftp.deliver_to.is_some()),
        DeliverBy::Push => channels.push.is_some(),
    };
    if !there {
        found.push(fault(
            "partner-channel-missing",
            "/channels/deliver_by",
            "所选投递方式尚未填写。",
            "The chosen way of delivery is not filled in.",
            ("填写该通道，或改用信箱。", "Fill in that channel, or choose the mailbox."),
        ));
    }
}

fn sftp_channel(sftp: &super::SftpChannel, found: &mut Vec<Finding>) {
    let word = |text: &str, more: &str| {
        !text.is_empty()
            && text.len() <= SHORT_TEXT_MAX
            && !text.starts_with('-')
            && text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    if !word(&sftp.host, ".-") || sftp.port == 0 {
        found.push(fault(
            "partner-host",
            "/channels/sftp/host",
            "主机名或端口不正确。",
            "Host or port is not valid.",
            ("如 sftp.example.com 与 22。", "Such as sftp.example.com and 22."),
        ));
    }
    if !word(&sftp.user, "._-") {
        found.push(fault(
            "partner-user",
            "/channels/sftp/user",
            "登录名不正确。",
            "The login name is not valid.",
            ("使用字母、数字、点、下划线、连字符。", "Use letters, digits, dots, underscores, hyphens."),
        ));
    }
    if !is_name(&sftp.key) {
        found.push(fault("partner-name", "/channels/sftp/key", "密钥名称不正确。", "This is no name of a key.", NAME_HINT));
    }
    for (folder, pointer) in [(&sftp.fetch_from, "/channels/sftp/fetch_from"), (&sftp.deliver_to, "/channels/sftp/deliver_to")] {
        if folder.as_ref().is_some_and(|folder| !is_remote_folder(folder)) {
            found.push(fault(
                "partner-remote-folder",
                pointer,
                "远程文件夹不正确。",
                "This is no usable remote folder.",
                ("如 /out；不得含“..”、引号、通配符或控制字符。", "Such as /out; no “..”, quotes, wildcards or control characters."),
            ));
        }
    }
}

fn is_remote_folder(folder: &str) -> bool {
    let odd = |c: char| c.is_control() || "\"'`\\*?[]{}$;|&<>".contains(c);
    !folder.is_empty()
        && folder.chars().count() <= REMOTE_FOLDER_MAX
        && !folder.starts_with('-')
        && folder.trim() == folder
        && !folder.chars().any(odd)
        && folder.split('/').all(|part| part != "..")
}

/// Host and port of a usable address: `https`, or `http` on this machine; no user name, nothing that is not an address.
pub(super) fn host_of(url: &str) -> Option<String> {
    if url.chars().count() > URL_MAX || url.chars().any(|c| c.is_control() || c.is_whitespace() || "\"'<>\\".contains(c)) {
        return None;
    }
    let (rest, plain) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (rest, false),
        (None, Some(rest)) => (rest, true),
        (None, None) => return None,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let host_fits = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-".contains(c));
    let port_fits = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    let here = ["127.0.0.1", "localhost"].contains(&host);
    (host_fits && port_fits && (!plain || here)).then(|| authority.to_ascii_lowercase())
}

impl super::PushChannel {
    /// Host, with its port where one is named; `None` when the address cannot be used.
    pub fn host(&self) -> Option<String> {
        host_of(&self.url)
    }
}

impl super::SftpChannel {
    /// `host:port`.
    pub fn authority(&self) -> String {
        format!("{}:{}", self.host.to_ascii_lowercase(), self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_leaves_its_folder() {
        for good in ["terminal-east", "a", "7", &"x".repeat(40)] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", ".", "..", "a/b", "../a", "/etc", "A", "-a", "a.b", "a\0", "甲", &"x".repeat(41)] {
            assert!(!is_name(bad), "{bad:?}");
        }
        for good in ["/out", "out/cn", "/home/港口/out", "."] {
            assert!(is_remote_folder(good), "{good}");
        }
        for bad in ["", "..", "/a/../b", "-o", "a\"b", "a*", "a\nrm x", " a", &"x".repeat(201)] {
            assert!(!is_remote_folder(bad), "{bad:?}");
        }
    }

    #[test]
    fn messages_are_posted_to_https_or_to_this_machine() {
        assert_eq!(host_of("https://EDI.example.com/in?x=1").as_deref(), Some("edi.example.com"));
        assert_eq!(host_of("https://edi.example.com:8443").as_deref(), Some("edi.example.com:8443"));
        assert_eq!(host_of("http://127.0.0.1:9000/in").as_deref(), Some("127.0.0.1:9000"));
        for bad in [
            "http://edi.example.com/",
            "ftp://x",
            "https://",
            "https://a@b/",
            "https://a:0/",
            "https://a b/",
            "file:///etc/passwd",
            "https://[::1]/",
        ] {
            assert_eq!(host_of(bad), None, "{bad}");
        }
    }
}
