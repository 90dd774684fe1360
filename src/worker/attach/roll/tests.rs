use proptest::prelude::*;

use super::*;

fn key(name: &str) -> StreamKey {
    StreamKey::new("live", name)
}

fn from(name: &str, publisher: Option<&str>) -> FromServer {
    FromServer {
        server: "srs".into(),
        key: key(name),
        publisher: publisher.map(str::to_owned),
    }
}

fn roll(publisher: Option<&str>) -> (Roll, Arc<str>) {
    let mut roll = Roll::default();
    roll.attach("srs-live-a".to_owned(), from("a", publisher));
    (roll, "srs".into())
}

/// What comes of a list of `names`, which shows a `?` for whatever is no ASCII, where `known` are known.
fn listed_as(names: &[&str], known: &[&str]) -> Vec<String> {
    let live = |name: &&str| Live {
        key: key(name),
        publisher: Some("7".to_owned()),
    };
    let known: Vec<_> = known.iter().map(|name| key(name)).collect();
    let shown = |key: &StreamKey| {
        let shown = |c: char| if c.is_ascii() { c } else { '?' };
        StreamKey {
            name: key.name.chars().map(shown).collect(),
            ..key.clone()
        }
    };
    let alike: Vec<_> = known.iter().map(shown).collect();
    let meant = meant(names.iter().map(live).collect(), known.iter(), shown);
    for live in &meant {
        // Another one that is shown alike may be the one that is listed.
        let may_be_another = known
            .iter()
            .zip(&alike)
            .any(|(key, shown)| key != shown && (live.key == *key || live.key == *shown));
        let publisher = (!may_be_another).then_some("7");
        assert_eq!(live.publisher.as_deref(), publisher, "{:?}", live.key);
    }
    let mut names: Vec<_> = meant.into_iter().map(|live| live.key.name).collect();
    names.sort_unstable();
    names
}

#[test]
fn a_name_that_a_list_cannot_write_hides_no_other() {
    assert_eq!(listed_as(&["a", "x?"], &[]), ["a", "x?"]);
    assert_eq!(listed_as(&["a", "x?"], &["x?", "b"]), ["a", "x?"]);
    assert_eq!(listed_as(&["x?"], &["xé", "yé"]), ["xé"]);
    assert_eq!(listed_as(&["x?"], &["xé", "xß"]), ["xß", "xé"]);
    // It is called as it is shown, and known under that name: watched, or banned.
    assert_eq!(listed_as(&["x?"], &["xé", "x?"]), ["x?", "xé"]);
    assert_eq!(listed_as(&["x?"], &["x?", "xé", "x?"]), ["x?", "xé"]);
}

#[test]
fn two_lists_without_it_end_a_stream_and_one_does_not() {
    let (mut roll, srs) = roll(None);
    let (none, a) = (HashSet::new(), key("a"));
    let all = HashSet::from([&a]);
    assert!(roll.listed("srs", &none).is_empty());
    assert!(roll.seen(&srs, &a, None, true));
    assert!(roll.listed("srs", &all).is_empty());
    assert!(
        roll.listed("srs", &none).is_empty(),
        "it was there in between"
    );
    assert!(
        roll.listed("other", &none).is_empty(),
        "another server's list"
    );
    assert_eq!(roll.listed("srs", &none), ["srs-live-a"]);
    assert!(roll.get("srs-live-a").is_none());
    assert!(!roll.seen(&srs, &a, None, true));
}

#[test]
fn a_stop_ends_the_stream_of_its_own_publisher() {
    let (mut roll, srs) = roll(Some("1"));
    // It came back before the word of its end did.
    assert!(roll.seen(&srs, &key("a"), Some("2"), true));
    assert_eq!(roll.stopped(&srs, &key("a"), Some("1")), None);
    assert_eq!(
        roll.stopped(&srs, &key("a"), Some("2")).as_deref(),
        Some("srs-live-a")
    );
    assert_eq!(roll.stopped(&srs, &key("a"), Some("2")), None, "twice");
}

/// Two connections with one key: the server asks for both, refuses the second, and tells of the end of each.
#[test]
fn a_publisher_that_was_refused_ends_nobody_elses_stream() {
    for first in [Some("1"), None] {
        let (mut roll, srs) = roll(first);
        for second in ["2", "3"] {
            assert!(roll.seen(&srs, &key("a"), Some(second), false));
            assert_eq!(roll.stopped(&srs, &key("a"), Some(second)), None);
            let publisher = roll.get("srs-live-a").unwrap().publisher.as_deref();
            assert_eq!(publisher, first);
        }
        assert!(roll.stopped(&srs, &key("a"), Some("1")).is_some());
    }
    // However many try.
    let (mut roll, srs) = roll(Some("1"));
    for n in 2..200 {
        roll.seen(&srs, &key("a"), Some(&n.to_string()), false);
    }
    for n in 2..200 {
        let ended = roll.stopped(&srs, &key("a"), Some(&n.to_string()));
        assert_eq!(ended, None, "{n}");
    }
    assert!(roll.stopped(&srs, &key("a"), Some("1")).is_some());
}

/// `OvenMediaEngine` tells of each connection by where it comes from, and its list says of none who it is.
#[test]
fn a_connection_that_was_refused_ends_nothing_where_the_list_names_nobody() {
    let (one, two) = (Some("10.0.0.7:1"), Some("10.0.0.7:2"));
    for first in [one, None] {
        let (mut roll, ome) = roll(first);
        assert!(roll.seen(&ome, &key("a"), None, true), "the list has it");
        assert!(roll.seen(&ome, &key("a"), two, false));
        assert_eq!(roll.stopped(&ome, &key("a"), two), None);
        assert!(roll.stopped(&ome, &key("a"), one).is_some());
    }
}

#[test]
fn who_is_kicked_is_who_publishes_and_not_who_asked_last() {
    let (mut roll, srs) = roll(Some("1"));
    roll.seen(&srs, &key("a"), Some("2"), false);
    roll.seen(&srs, &key("a"), Some("1"), true);
    let publisher = roll.get("srs-live-a").unwrap().publisher.as_deref();
    assert_eq!(publisher, Some("1"));
}

/// A server that asks without saying for whom names the publisher once it publishes.
#[test]
fn whoever_asked_without_a_name_is_the_one_who_publishes() {
    let (mut roll, srs) = roll(None);
    roll.seen(&srs, &key("a"), Some("1"), true);
    assert!(roll.stopped(&srs, &key("a"), Some("1")).is_some());
}

#[test]
fn a_stream_that_nothing_comes_of_ends_where_nobody_tells_of_it() {
    let (mut roll, srs) = roll(None);
    let (nothing, all) = (|_: &str| false, HashSet::new());
    for minute in 1..QUIET {
        assert!(roll.minute(nothing).is_empty(), "{minute}");
    }
    assert!(
        roll.minute(|id| id == "srs-live-a").is_empty(),
        "it is live"
    );
    for _ in 1..QUIET {
        assert!(roll.minute(nothing).is_empty());
    }
    assert!(roll.seen(&srs, &key("a"), None, true), "a hook tells of it");
    for _ in 1..QUIET {
        assert!(roll.minute(nothing).is_empty());
    }
    let a = key("a");
    roll.listed("srs", &HashSet::from([&a]));
    for _ in 1..QUIET {
        assert!(roll.minute(nothing).is_empty());
    }
    roll.listed("another", &all);
    assert_eq!(roll.minute(nothing), ["srs-live-a"]);
    assert!(roll.get("srs-live-a").is_none() && roll.came_from("srs-live-a").is_some());
}

#[test]
fn what_ends_again_is_remembered_from_then_on() {
    let mut roll = Roll::default();
    let ends = |roll: &mut Roll, name: &str| {
        roll.attach(name.to_owned(), from(name, None));
        assert!(roll.stopped(&"srs".into(), &key(name), None).is_some());
    };
    ends(&mut roll, "x");
    for n in 1..REMEMBERED {
        ends(&mut roll, &n.to_string());
    }
    ends(&mut roll, "x");
    ends(&mut roll, "one more");
    assert!(roll.came_from("x").is_some());
    assert!(roll.came_from("1").is_none());
    assert!(roll.ended.len() <= REMEMBERED && roll.ends.len() <= REMEMBERED);
}

#[test]
fn who_publishes_is_what_whoever_knows_says() {
    let (mut roll, srs) = roll(None);
    roll.seen(&srs, &key("a"), Some("1"), true);
    roll.seen(&srs, &key("a"), None, true);
    let publisher = roll.get("srs-live-a").unwrap().publisher.as_deref();
    assert_eq!(publisher, Some("1"));
    assert!(roll.stopped(&srs, &key("a"), None).is_some());
}

#[test]
fn ids_say_what_can_be_said() {
    let ids = |app: &str, name: &str| stream_ids("srs", &StreamKey::new(app, name), false);
    assert_eq!(ids("live", "room-42")[0], "srs-live-room-42");
    assert_eq!(ids("", "cam")[0], "srs-cam");
    for (app, name) in [
        ("", "a-b"),
        ("a-b", "c"),
        ("live", "../x"),
        ("live", "a.b"),
        ("live/room", "key"),
        ("live", "微信"),
        ("live", &*"a".repeat(512)),
    ] {
        let ids = ids(app, name);
        let hashed = ids.last().unwrap();
        assert!(is_stream_id(hashed) && hashed.contains('.'), "{hashed}");
        assert_eq!(ids.len(), 1, "{app} {name}");
    }
    let elsewhere = StreamKey {
        vhost: "other".to_owned(),
        ..StreamKey::new("live", "a")
    };
    assert!(stream_ids("srs", &elsewhere, false)[0].starts_with("srs-other-live-a."));
    let hidden = stream_ids("srs", &StreamKey::new("live", "s3cret"), true);
    assert_eq!(hidden.len(), 1);
    assert!(hidden[0].starts_with("srs-live.") && !hidden[0].contains("s3cret"));
}

proptest! {
    #[test]
    fn every_stream_has_an_id_and_no_other_has_it(
        one in ("[a-z]{1,3}", "[ab-]{0,3}", "[ab.-]{1,4}"),
        other in ("[a-z]{1,3}", "[ab-]{0,3}", "[ab.-]{1,4}"),
    ) {
        let ids = |(server, app, name): &(String, String, String)| {
            stream_ids(server, &StreamKey::new(app, name), false)
        };
        for id in ids(&one) {
            prop_assert!(is_stream_id(&id), "{id}");
            prop_assert!(one == other || !ids(&other).contains(&id), "{id}");
        }
        prop_assert!(!ids(&one).is_empty());
    }

    #[test]
    fn any_name_gives_an_id(name in ".{1,200}", app in ".{0,200}") {
        let ids = stream_ids("a", &StreamKey::new(app, name), false);
        prop_assert!(ids.iter().all(|id| is_stream_id(id)) && !ids.is_empty());
    }
}

/// Reviewers decide when a stream has long ended.
#[test]
fn it_is_known_where_streams_came_from_that_have_ended() {
    let (mut roll, srs) = roll(Some("1"));
    roll.stopped(&srs, &key("a"), None);
    assert_eq!(roll.get("srs-live-a"), None);
    assert_eq!(roll.came_from("srs-live-a"), Some(&from("a", Some("1"))));
    assert_eq!(roll.came_from("srs-live-b"), None);
    // Back under another publisher, and gone again.
    roll.attach("srs-live-a".to_owned(), from("a", Some("2")));
    roll.stopped(&srs, &key("a"), Some("2"));
    assert_eq!(roll.came_from("srs-live-a"), Some(&from("a", Some("2"))));
    for n in 0..REMEMBERED {
        let name = n.to_string();
        roll.attach(name.clone(), from(&name, None));
        roll.stopped(&srs, &key(&name), None);
    }
    assert_eq!(
        roll.came_from("srs-live-a"),
        None,
        "the first to be forgotten"
    );
    assert_eq!(roll.ended.len(), REMEMBERED);
    assert!(roll.came_from("7").is_some());
}
