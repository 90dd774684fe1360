use super::*;

fn standing(review: Review) -> Standing<'static> {
    Standing {
        review,
        first_by: None,
        is_cut: false,
        by_person: true,
        by_lead: true,
    }
}

#[test]
fn ids_lead_back_to_what_they_name() {
    for decision in Decision::ALL {
        assert_eq!(Decision::parse(decision.as_str()), Some(decision));
    }
    for review in [
        Review::Record,
        Review::Open,
        Review::Escalated,
        Review::Decided,
    ] {
        assert_eq!(Review::parse(review.as_str()), Some(review));
    }
    assert_eq!(Decision::parse("Confirm"), None);
}

#[test]
fn what_may_follow_what() {
    use Decision::{AllowOnce, AllowPlatform, Confirm, Escalate, Misread};
    let rules = Rules::default();
    for (review, decision, reason, outcome) in [
        (Review::Open, Confirm, None, Ok(Step::Decide)),
        (Review::Open, AllowOnce, None, Ok(Step::Decide)),
        (Review::Record, Misread, None, Ok(Step::Decide)),
        (Review::Escalated, Confirm, None, Ok(Step::Decide)),
        (Review::Decided, Misread, None, Err(Refused::Decided)),
        (Review::Decided, Escalate, Some("x"), Err(Refused::Decided)),
        (Review::Open, Escalate, Some("x"), Ok(Step::Escalate)),
        (
            Review::Escalated,
            Escalate,
            Some("x"),
            Err(Refused::Escalated),
        ),
        (Review::Open, Escalate, None, Err(Refused::NoReason)),
        (
            Review::Open,
            AllowPlatform,
            Some("  "),
            Err(Refused::NoReason),
        ),
        (Review::Open, AllowPlatform, Some("ours"), Ok(Step::Decide)),
    ] {
        let done = decide(&rules, &standing(review), decision, reason, "a");
        assert_eq!(done, outcome, "{review:?} {decision:?} {reason:?}");
    }
}

#[test]
fn two_persons_confirm_a_cut() {
    let two = Rules {
        two_for_cuts: true,
        ..Rules::default()
    };
    let cut = Standing {
        is_cut: true,
        ..standing(Review::Open)
    };
    let again = Standing {
        first_by: Some("a"),
        ..cut
    };
    let confirm = |rules: &Rules, standing: &Standing<'_>, by: &str| {
        decide(rules, standing, Decision::Confirm, None, by)
    };
    assert_eq!(confirm(&two, &cut, "a"), Ok(Step::Propose));
    assert_eq!(confirm(&two, &again, "a"), Err(Refused::SamePerson));
    assert_eq!(confirm(&two, &again, "b"), Ok(Step::Decide));
    // Who stands behind a program nobody knows.
    for program in [cut, again] {
        let program = Standing {
            by_person: false,
            ..program
        };
        assert_eq!(confirm(&two, &program, "b"), Err(Refused::NoPerson));
    }
    let (open, one) = (standing(Review::Open), Rules::default());
    assert_eq!(confirm(&two, &open, "a"), Ok(Step::Decide));
    assert_eq!(confirm(&one, &cut, "a"), Ok(Step::Decide));
    // What takes nothing from anybody takes one person.
    let misread = decide(&two, &cut, Decision::Misread, None, "a");
    assert_eq!(misread, Ok(Step::Decide));
}

#[test]
fn what_was_escalated_is_for_leads() {
    let rules = Rules::default();
    for review in [Review::Record, Review::Open, Review::Escalated] {
        for by_lead in [true, false] {
            let standing = Standing {
                by_lead,
                ..standing(review)
            };
            for decision in [Decision::Confirm, Decision::Misread] {
                let refused = decide(&rules, &standing, decision, None, "a").is_err();
                assert_eq!(refused, review == Review::Escalated && !by_lead);
            }
        }
    }
}

#[test]
fn an_undo_is_for_who_decided_and_for_30_s() {
    let made = Made {
        by: "a",
        at_us: 1_000,
        stands: true,
    };
    let gone = Made {
        stands: false,
        ..made
    };
    for (made, by, now_us, outcome) in [
        (&made, "a", 1_000, Ok(())),
        (&made, "a", 1_000 + UNDO_US, Ok(())),
        (&made, "a", 1_001 + UNDO_US, Err(Refused::TooLate)),
        (&made, "b", 1_000, Err(Refused::NotYours)),
        (&gone, "a", 1_000, Err(Refused::Gone)),
    ] {
        assert_eq!(undo(made, by, now_us), outcome, "{by} {now_us}");
    }
}

#[test]
fn two_persons_are_not_one_who_reverses() {
    use Decision::{AllowOnce, Confirm, Misread};
    let two = Rules {
        two_for_cuts: true,
        ..Rules::default()
    };
    let cut = Standing {
        is_cut: true,
        ..standing(Review::Decided)
    };
    for (rules, standing, into, outcome) in [
        (&two, cut, Some(Confirm), Err(Refused::TwoMust)),
        (&two, cut, Some(AllowOnce), Ok(())),
        (&two, cut, None, Ok(())),
        (&two, standing(Review::Decided), Some(Confirm), Ok(())),
        (&Rules::default(), cut, Some(Confirm), Ok(())),
    ] {
        assert_eq!(
            reverse(rules, &standing, Some(Misread), into),
            outcome,
            "{into:?}"
        );
    }
}

#[test]
fn only_what_was_decided_can_be_reversed() {
    use Decision::{Confirm, Misread};
    for (review, stands, into, outcome) in [
        (Review::Decided, Some(Confirm), Some(Misread), Ok(())),
        (Review::Decided, Some(Confirm), None, Ok(())),
        (
            Review::Decided,
            Some(Confirm),
            Some(Confirm),
            Err(Refused::Same),
        ),
        (Review::Open, None, Some(Misread), Err(Refused::Undecided)),
        (
            Review::Escalated,
            Some(Confirm),
            None,
            Err(Refused::Undecided),
        ),
    ] {
        assert_eq!(
            reverse(&Rules::default(), &standing(review), stands, into),
            outcome,
            "{review:?} {into:?}"
        );
    }
}

#[test]
fn the_queue_begins_with_what_is_escalated_and_worst() {
    let mut places: Vec<_> = [Review::Open, Review::Escalated]
        .into_iter()
        .flat_map(|review| (0..5).map(move |rank| (turn(review, rank).unwrap(), review, rank)))
        .collect();
    places.sort_by_key(|(turn, ..)| *turn);
    let order: Vec<_> = places
        .iter()
        .map(|(_, review, rank)| (*review, *rank))
        .collect();
    let (escalated, open) = order.split_at(5);
    assert_eq!(escalated[0], (Review::Escalated, 4));
    assert_eq!(open[0], (Review::Open, 4));
    assert_eq!(open[4], (Review::Open, 0));
    assert!(
        places[..5]
            .iter()
            .all(|(turn, ..)| i64::from(*turn) < FIRST_OPEN)
    );
    assert_eq!(turn(Review::Decided, 4), None);
    assert_eq!(turn(Review::Record, 4), None);
}

#[test]
fn what_is_worse_is_due_sooner() {
    let sla = Rules::default().sla;
    assert_eq!(sla.due_us(4, 1_000_000), 301_000_000);
    assert_eq!(sla.due_us(3, 0), 900_000_000);
    assert!((1..5).all(|rank| sla.due_us(rank, 0) < sla.due_us(rank - 1, 0)));
    assert_eq!(sla.due_us(0, i64::MAX), i64::MAX);
}

#[test]
fn a_sample_is_the_share_and_always_the_same() {
    let sampled = |share| {
        (0..10_000)
            .filter(|n| is_sampled(&format!("incident-{n}"), share))
            .count()
    };
    assert_eq!((sampled(0.0), sampled(1.0)), (0, 10_000));
    let twentieth = sampled(0.05);
    assert!((420..580).contains(&twentieth), "{twentieth}");
    assert_eq!(twentieth, sampled(0.05));
}

/// Both tables by hand: agreed share less the share by chance, over what chance leaves.
#[test]
fn kappa_is_what_it_is_by_hand() {
    let pairs = |table: &[(char, char, usize)]| {
        let each = table.iter();
        each.flat_map(|(one, other, n)| std::iter::repeat_n((*one, *other), *n))
            .collect::<Vec<_>>()
    };
    // 50 applications, two readers: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no.
    // Agreed 35/50 = 0.7; by chance 0.5 * 0.6 + 0.5 * 0.4 = 0.5; (0.7 - 0.5) / 0.5 = 0.4.
    let two = pairs(&[
        ('y', 'y', 20),
        ('y', 'n', 5),
        ('n', 'y', 10),
        ('n', 'n', 15),
    ]);
    assert!((kappa(&two).unwrap() - 0.4).abs() < 1e-12);
    // 100 of three kinds: rows 50, 30, 20 and columns 45, 35, 20, 40 + 25 + 15 agreed.
    // By chance 0.5 * 0.45 + 0.3 * 0.35 + 0.2 * 0.2 = 0.37; (0.8 - 0.37) / 0.63.
    let three = pairs(&[
        ('a', 'a', 40),
        ('a', 'b', 8),
        ('a', 'c', 2),
        ('b', 'a', 2),
        ('b', 'b', 25),
        ('b', 'c', 3),
        ('c', 'a', 3),
        ('c', 'b', 2),
        ('c', 'c', 15),
    ]);
    assert!((kappa(&three).unwrap() - 0.43 / 0.63).abs() < 1e-12);
    // Worse than chance: agreed 0, by chance 0.5.
    let never = pairs(&[('y', 'n', 1), ('n', 'y', 1)]);
    assert!((kappa(&never).unwrap() + 1.0).abs() < 1e-12);
    assert_eq!(
        kappa(&pairs(&[('y', 'y', 7)])),
        None,
        "chance says the same"
    );
    assert_eq!(kappa::<char>(&[]), None);
}

#[test]
fn percentiles_are_values_that_were_there() {
    let values: Vec<i64> = (1..=20).map(|n| n * 10).collect();
    assert_eq!(percentile(&values, 50), Some(100));
    assert_eq!(percentile(&values, 95), Some(190));
    assert_eq!(percentile(&values, 100), Some(200));
    assert_eq!(percentile(&values, 0), Some(10));
    assert_eq!(percentile(&[7], 95), Some(7));
    assert_eq!(percentile(&[], 50), None);
    assert_eq!((share(1, 4), share(0, 0)), (Some(0.25), None));
}
