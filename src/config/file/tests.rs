use super::*;

const EXAMPLE: &str = include_str!("../../../config.example.toml");

#[test]
fn the_example_shows_every_key_and_its_default() {
    let example = Config::parse(EXAMPLE).unwrap();
    assert_eq!(example.sampling, Sampling::default());
    assert_eq!(example.boost, Boost::default());
    assert_eq!(example.priority, Priority::default());
    assert_eq!(example.ring, Ring::default());
    assert_eq!(example.actions, Actions::default());
    assert_eq!(example.serve, Serve::default());
    assert_eq!(example.accounts, Accounts::default());
    assert_eq!(example.frames, Frames::default());
    assert_eq!(example.incidents, Incidents::default());
    assert_eq!(example.retention, Retention::default());
    assert_eq!(example.sealing, Sealing::default());
    assert_eq!(example.review, Review::default());
    assert_eq!(example.timeouts, Timeouts::default());
    assert_eq!(example.resolve, Resolve::default());
    assert_eq!(Config::parse("").unwrap(), Config::default());
    // What serde says of an unknown key names every key that it knows.
    for (table, inside) in [
        ("", "x"),
        ("[sampling]\n", "x"),
        ("[boost]\n", "x"),
        ("[priority]\n", "x"),
        ("[ring]\n", "x"),
        ("[serve]\n", "x"),
        ("[accounts]\n", "x"),
        ("[oidc]\n", "x"),
        ("[frames]\n", "x"),
        ("[incidents]\n", "x"),
        ("[retention]\n", "x"),
        ("[sealing]\n", "x"),
        ("[review]\n", "x"),
        ("[review.due_minutes]\n", "x"),
        ("[timeouts]\n", "x"),
        ("[resolve]\n", "x"),
        ("[[streams]]\n", "x"),
        ("[[webhooks]]\n", "x"),
        ("[[ingest]]\n", "x"),
    ] {
        let error = Config::parse(&format!("{table}{inside} = 1")).unwrap_err();
        let (_, known) = error.message.split_once("expected").unwrap();
        for key in known.split('`').skip(1).step_by(2) {
            assert!(EXAMPLE.contains(key), "the example does not show `{key}`");
        }
    }
}

#[test]
fn a_mistake_is_named_with_its_place() {
    let cases = [
        (
            "[sampling]\nsampel = 1",
            2,
            "unknown field `sampel`, expected one of `sample`",
        ),
        ("data = 1", 1, "expected"),
        (
            "[sampling]\nsample = \"often\"",
            2,
            "expected auto, keyframes, all",
        ),
        ("[incidents]\n\ngap_ms = 0", 3, "expected 1 to 3600000"),
        (
            "[[streams]]\nid = \"a\"\nurl = \"gopher://x\"",
            3,
            "expected a file",
        ),
        (
            "[[streams]]\nid = \"a\"\nurl = \"-\"\n[[streams]]\nid = \"a\"\nurl = \"-\"",
            5,
            "two streams",
        ),
        (
            "[[streams]]\nid = \"../a\"\nurl = \"-\"",
            2,
            "not a stream id",
        ),
        ("[timeouts\n", 1, "expected"),
        ("[retention]\non_platform = \"60\"", 2, "days or years"),
        ("[retention]\nreserve_mb = -1", 2, "out of range"),
        (
            "[sealing]\ntime_stamp_url = \"rtmp://x/y\"",
            2,
            "http or https",
        ),
        ("[boost]\nshare = 1.5", 2, "expected 0 to 1"),
        ("[boost]\nshare = nan", 2, "expected 0 to 1"),
        ("[boost]\nlooks = 31", 2, "expected 1 to 30"),
        ("[priority]\nhistory = 0", 2, "expected 0.1 to 10"),
        ("[priority]\nlabels = { a = 11 }", 2, "expected 0.1 to 10"),
        ("[ring]\nmax_bytes = 1", 2, "expected 65536"),
        ("[serve]\nlisten = \"8088\"", 2, "socket address"),
        (
            "[accounts]\npublic_url = \"way.example\"",
            2,
            "expected `https://HOST`",
        ),
        ("[accounts]\nidle_minutes = 0", 2, "expected 5 to 10080"),
        (
            "[[streams]]\nid = \"a\"\nurl = \"-\"\npolicy = \"b\"",
            4,
            "no policy `b`",
        ),
        ("[resolve]\nmax_hops = 0", 2, "expected 1 to 20"),
        ("[resolve]\nmax_hops = -1", 2, "expected 1 to 20"),
        ("[resolve]\nmax_bytes = 99999999999", 2, "expected 1024"),
        ("[resolve]\nconcurrency = 257", 2, "expected 1 to 256"),
        ("[resolve]\nports = []", 2, "expected one or more"),
        ("[resolve]\nports = [80, 0]", 2, "expected one or more"),
        ("[resolve]\nports = [65536]", 2, "expected u16"),
        ("[resolve]\nuser_agent = \"a\\nb\"", 2, "printable"),
    ];
    for (text, line, message) in cases {
        let error = Config::parse(text).unwrap_err();
        assert_eq!(error.line, line, "{text}: {error}");
        assert!(error.message.contains(message), "{text}: {error}");
    }
}
