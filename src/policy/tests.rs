//! The verdicts of whole policies.

mod registries;
mod rules;
mod several;
mod verdicts;

use super::*;
use crate::{destination, payload};
use Class::{OffPlatform, OnPlatform, Unknown};

const FILE: &str = r#"
[platform]
name = "Example Live"
domains = ["example.live", "shop.example"]
app_schemes = ["examplelive"]
short_links = ["exl.ink"]
[[platform.payees]]
scheme = "wechat-pay-native"
payee = "1900000109"
[[platform.payees]]
scheme = "upi"
payee = "Shop@ybl"
[[rule]]
id = "hijack"
when = { flag = ["session-hijack"] }
severity = "critical"
action = "cut"
[[rule]]
id = "partner"
when = { host = ["partner.example"] }
class = "on_platform"
severity = "info"
[[rule]]
id = "contact-code"
when = { category = ["contact", "group-invite"], class = ["off_platform"] }
severity = "high"
action = "warn"
[[rule]]
id = "mule"
when = { scheme = ["pix"], payee = ["mule@example.com"] }
severity = "critical"
[default]
severity = "medium"
"#;

const SELLER: &str = r#"
[seller]
domains = ["bags.example"]
payees = [{ scheme = "upi", payee = "bags@ybl" }]
"#;

fn judge(policy: &Policy, text: &str) -> Verdict {
    let payload = payload::parse_str(text);
    policy.judge(&payload, &destination::of(&payload), &Context::default())
}

#[test]
fn the_version_follows_the_file() {
    let policy = Policy::parse(FILE).unwrap();
    let sha256 = policy.sha256().unwrap();
    assert_eq!(sha256, crate::ids::sha256(FILE.as_bytes()));
    assert!(policy.id().ends_with(&format!("@{}", &sha256[..12])));
    assert_eq!(policy.id().len(), "Example Live@".len() + 12);
    let changed = Policy::parse(&FILE.replace("medium", "low")).unwrap();
    assert_ne!(policy.id(), changed.id());
    assert_eq!(
        policy.summary(),
        "2 domains, 1 app scheme, 1 short link, 2 payees, 0 destinations, 4 rules"
    );
}
