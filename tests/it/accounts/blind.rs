//! Whoever decides again does not learn how the first decision stands.

use super::*;
use crate::support::{Clip, text, watch};

#[test]
fn an_appeal_is_not_seen_by_who_decides_again() {
    let folder = tempfile::tempdir().unwrap();
    let clip = Clip {
        payload: "https://qr.alipay.com/fkx0abcdefghijklmnop1",
        seconds: 2,
        ..Clip::default()
    };
    let clip = clip.make(folder.path(), "pays.mp4");
    let data = folder.path().join("data");
    let (code, _, log) = watch(&data, &[text(&clip)]);
    assert_eq!(code, 0, "{log}");
    let config = folder.path().join("config.toml");
    fs::write(
        &config,
        "[review]\nsecond_share = 1.0\ngolden_share = 0.0\n",
    )
    .unwrap();
    let (_served, api, ana) = with_admin(&data, &["--config", text(&config)]);
    let user = |name| ana.user(&api, name, "reviewer").script();
    let [ann, bob, eve] = ["ann", "bob", "eve"].map(user);

    let next = |who: &Api| who.ask("POST", "/api/v1/queue/next", "").json()["claim"].clone();
    let claim = next(&ann);
    let incident = format!("/api/v1/incidents/{}", claim["incident"].as_str().unwrap());
    let decide = |who: &Api| {
        let path = format!("{incident}/decision");
        who.post(&path, &json!({"decision": "confirm"}))
    };
    assert_eq!(decide(&ann).status, 200);
    assert_eq!(next(&bob)["incident"], claim["incident"]);
    let appeal = json!({"reason": "it is ours"});
    let appealed = ann.post(&format!("{incident}/appeals"), &appeal);
    assert_eq!(appealed.status, 201, "{appealed:?}");
    assert_eq!(ann.get(&incident).json()["review"], "escalated");
    assert_ne!(bob.get(&incident).json()["review"], "escalated");

    let refused = decide(&eve);
    assert_eq!(refused.status, 403, "it takes a lead: {refused:?}");
    let again = decide(&bob);
    assert_eq!(again.status, 200, "{again:?}");
    assert_eq!(ann.get(&incident).json()["review"], "escalated");
}
