use proptest::prelude::*;

use super::*;

fn cut(frames: u32, certain: bool) -> Facts {
    Facts {
        action: Action::Cut,
        frames,
        certain,
        confirmed: None,
    }
}

fn auto() -> Ladder {
    Ladder::new(Mode::Auto, Limits::default())
}

fn step(ladder: &Ladder, facts: Facts) -> (Step, Reason) {
    let decision = ladder.decide("a", facts, 0);
    (decision.step, decision.reasons[0])
}

#[test]
fn a_stream_is_never_cut_on_a_single_read() {
    let ladder = auto();
    for (frames, certain, expected) in [
        (0, true, (Step::Ask, Reason::SingleRead)),
        (1, true, (Step::Ask, Reason::SingleRead)),
        (2, true, (Step::Do, Reason::Read)),
        (2, false, (Step::Ask, Reason::OneReader)),
        (3, false, (Step::Do, Reason::Read)),
    ] {
        assert_eq!(step(&ladder, cut(frames, certain)), expected, "{frames}");
    }
    // Not by a setting either.
    let limits = Limits {
        frames: 0,
        frames_of_one_reader: 0,
        ..Limits::default()
    };
    let ladder = Ladder::new(Mode::Auto, limits);
    assert_eq!(step(&ladder, cut(1, true)).0, Step::Ask);
    assert_eq!(step(&ladder, cut(2, false)).0, Step::Do);
}

#[test]
fn a_reviewer_decides_where_the_platform_lets_anybody() {
    let confirmed = Facts {
        confirmed: Some(true),
        ..cut(1, false)
    };
    let rejected = Facts {
        confirmed: Some(false),
        ..cut(9, true)
    };
    for (mode, facts, expected) in [
        (Mode::Auto, confirmed, (Step::Do, Reason::Confirmed)),
        (Mode::Ask, confirmed, (Step::Do, Reason::Confirmed)),
        (Mode::Off, confirmed, (Step::Would, Reason::ModeOff)),
        (Mode::Auto, rejected, (Step::Would, Reason::Rejected)),
        (Mode::Ask, cut(9, true), (Step::Ask, Reason::ModeAsk)),
        (Mode::Off, cut(9, true), (Step::Would, Reason::ModeOff)),
    ] {
        let ladder = Ladder::new(mode, Limits::default());
        assert_eq!(step(&ladder, facts), expected, "{mode:?} {facts:?}");
    }
}

#[test]
fn what_is_off_tells_how_far_it_would_go() {
    let mut ladder = Ladder::new(Mode::Off, Limits::default());
    for (facts, by_itself, why) in [
        (cut(1, true), Step::Ask, Reason::SingleRead),
        (cut(2, false), Step::Ask, Reason::OneReader),
        (cut(2, true), Step::Do, Reason::Read),
    ] {
        let decision = ladder.decide("a", facts, 0);
        assert_eq!(
            (decision.step, decision.by_itself),
            (Step::Would, by_itself)
        );
        assert_eq!(decision.reasons, [Reason::ModeOff, why]);
        assert_eq!(decision.awaits_reads(), why != Reason::Read);
    }
    ladder.done("a", Action::Cut, 0);
    let again = ladder.decide("a", cut(2, true), 1);
    assert_eq!(again.by_itself, Step::Would);
    assert_eq!(again.reasons, [Reason::ModeOff, Reason::Lately]);
}

#[test]
fn what_touches_no_stream_is_done_in_every_mode() {
    for mode in [Mode::Off, Mode::Ask, Mode::Auto] {
        let ladder = Ladder::new(mode, Limits::default());
        for action in [Action::Record, Action::Review, Action::Notify] {
            let facts = Facts {
                action,
                ..cut(1, false)
            };
            assert_eq!(step(&ladder, facts), (Step::Do, Reason::Harmless));
        }
    }
}

#[test]
fn a_warning_takes_one_read_and_comes_once_in_a_while() {
    let mut ladder = auto();
    let warn = Facts {
        action: Action::Warn,
        ..cut(1, false)
    };
    assert_eq!(ladder.decide("a", warn, 0).step, Step::Do);
    ladder.done("a", Action::Warn, 0);
    let again = ladder.decide("a", warn, 59_999);
    assert_eq!(
        (again.step, again.reasons[0]),
        (Step::Would, Reason::Lately)
    );
    assert_eq!(ladder.decide("b", warn, 1).step, Step::Do, "another stream");
    assert_eq!(ladder.decide("a", warn, 60_000).step, Step::Do);
    let cut = ladder.decide("a", cut(2, true), 1);
    assert_eq!(cut.step, Step::Do, "a cut is another action");
}

#[test]
fn after_so_many_cuts_a_reviewer_is_asked() {
    let mut ladder = auto();
    for n in 0..10 {
        let stream = n.to_string();
        assert_eq!(ladder.decide(&stream, cut(2, true), n).step, Step::Do);
        ladder.done(&stream, Action::Cut, n);
    }
    let next = ladder.decide("next", cut(2, true), 599_999);
    assert_eq!((next.step, next.reasons[0]), (Step::Ask, Reason::Brake));
    let confirmed = Facts {
        confirmed: Some(true),
        ..cut(2, true)
    };
    assert_eq!(ladder.decide("next", confirmed, 10).step, Step::Do);
    assert_eq!(ladder.decide("next", cut(2, true), 600_000).step, Step::Do);
    // What was long ago takes no room.
    ladder.done("late", Action::Cut, 10_000_000);
    assert_eq!((ladder.cuts.len(), ladder.lately.len()), (1, 1));
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        Just(Action::Record),
        Just(Action::Review),
        Just(Action::Notify),
        Just(Action::Warn),
        Just(Action::Cut),
    ]
}

fn facts() -> impl Strategy<Value = Facts> {
    (action(), 0u32..5, any::<bool>(), any::<Option<bool>>()).prop_map(
        |(action, frames, certain, confirmed)| Facts {
            action,
            frames,
            certain,
            confirmed,
        },
    )
}

proptest! {
    /// Whatever comes in whatever order, and whatever is set.
    #[test]
    fn nothing_is_done_that_must_not_be(
        mode in prop_oneof![Just(Mode::Off), Just(Mode::Ask), Just(Mode::Auto)],
        frames in 0u32..4,
        cuts in 0usize..4,
        incidents in prop::collection::vec((0u8..4, facts(), 0i64..40_000), 1..60),
    ) {
        let limits = Limits { frames, frames_of_one_reader: frames, cuts, ..Limits::default() };
        let mut ladder = Ladder::new(mode, limits);
        let (mut now, mut unasked) = (0, Vec::new());
        for (stream, facts, later) in incidents {
            now += later;
            let stream = stream.to_string();
            let decision = ladder.decide(&stream, facts, now);
            prop_assert_eq!(decision.action, facts.action);
            prop_assert!(!decision.reasons.is_empty());
            if decision.step != Step::Do {
                continue;
            }
            let by_person = facts.confirmed == Some(true);
            if matches!(facts.action, Action::Warn | Action::Cut) {
                prop_assert_ne!(mode, Mode::Off);
                prop_assert_ne!(facts.confirmed, Some(false));
                prop_assert!(by_person || mode == Mode::Auto);
            }
            if facts.action == Action::Cut {
                prop_assert!(by_person || facts.frames >= 2);
                if !by_person {
                    unasked.retain(|at| now - at < limits.brake_ms);
                    prop_assert!(unasked.len() < cuts, "the brake");
                    unasked.push(now);
                }
            }
            ladder.done(&stream, facts.action, now);
        }
    }

    #[test]
    fn more_reads_never_lead_to_less(facts in facts(), more in 0u32..5) {
        let ladder = auto();
        let surer = Facts { frames: facts.frames + more, certain: true, ..facts };
        let step = |facts: Facts| ladder.decide("a", facts, 0).step;
        prop_assert!(step(surer) >= step(facts));
    }

    #[test]
    fn a_notice_has_six_lines_whatever_a_code_says(text in "\\PC{0,400}", control in any::<char>()) {
        let text = format!("{text}{control}\r\n\u{202e}");
        let about = Notice { destination: Some(&text), stream: &text, appeal: &text, ..about() };
        let written = notice(&about);
        prop_assert_eq!(written.lines().count(), 6);
        let turns = '\u{202e}';
        prop_assert!(!written.contains(turns));
        prop_assert!(written.len() < 3_000);
    }
}

fn about() -> Notice<'static> {
    Notice {
        action: Action::Cut,
        stream: "srs-live-room",
        time: "2026-03-01T12:00:00Z",
        category: "payment",
        scheme: "pix",
        destination: Some("pix:+5511999999999"),
        visible_ms: 4_200,
        rule: "foreign-payment",
        policy: "live@3",
        minutes: Some(60),
        appeal: "write to appeals@live.example within 14 days",
        incident: "7d0c",
    }
}

#[test]
fn a_notice_tells_what_why_how_long_and_how_to_object() {
    assert_eq!(
        notice(&about()),
        "Your stream srs-live-room was cut (2026-03-01T12:00:00Z).\n\
         \n\
         What was seen: a code (payment, pix) that leads to pix:+5511999999999, in view for 5 s.\n\
         Rule: foreign-payment of the policy live@3.\n\
         The stream cannot be published again for 60 minutes.\n\
         If you think that this is wrong: write to appeals@live.example within 14 days. Name the incident 7d0c.\n"
    );
    let warning = notice(&Notice {
        action: Action::Warn,
        destination: None,
        ..about()
    });
    assert!(warning.contains("goes on") && warning.contains("is not known"));
}

#[test]
fn a_clock_that_is_set_back_holds_nothing_up() {
    const HOUR_MS: i64 = 3_600_000;
    let limits = Limits {
        cuts: 1,
        ..Limits::default()
    };
    let mut ladder = Ladder::new(Mode::Auto, limits);
    ladder.done("a", Action::Cut, HOUR_MS);
    let at =
        |ladder: &Ladder, stream, now_ms| ladder.decide(stream, cut(3, true), now_ms).reasons[0];
    assert_eq!(at(&ladder, "a", HOUR_MS - 1), Reason::Lately);
    assert_eq!(at(&ladder, "b", HOUR_MS + 1), Reason::Brake);
    for stream in ["a", "b"] {
        assert_eq!(at(&ladder, stream, 0), Reason::Read);
    }
}
