use super::*;

/// Ten ticks a second.
const TICK_US: i64 = 100_000;

/// A machine of two cores and some streams: how often each was boosted, and what all of it cost.
struct Machine {
    boosts: Boosts,
    seen: Vec<Seen>,
    /// What a boosted second costs, in µs.
    cost_us: i64,
    now_us: i64,
    spent_us: i64,
    /// Ticks for which each stream was boosted, by reason.
    ticks: BTreeMap<(Arc<str>, Why), u32>,
    most_at_once: usize,
}

impl Machine {
    fn new(share: f64, streams: usize, cost_us: i64) -> Self {
        let settings = Boost {
            share,
            ..Boost::default()
        };
        let seen = (0..streams).map(|n| Seen {
            id: format!("stream-{n}").into(),
            reason: None,
            cpu_us: 0,
            is_live: true,
        });
        Self {
            boosts: Boosts::new(settings, 2),
            seen: seen.collect(),
            cost_us,
            now_us: 0,
            spent_us: 0,
            ticks: BTreeMap::new(),
            most_at_once: 0,
        }
    }

    fn tick(&mut self, busy: bool) -> BTreeMap<Arc<str>, Why> {
        let boosted = self.boosts.tick(self.now_us, &self.seen, busy);
        self.now_us += TICK_US;
        self.most_at_once = self.most_at_once.max(boosted.len());
        for seen in &mut self.seen {
            seen.reason = None;
            if let Some(why) = boosted.get(&seen.id) {
                let cost_us = self.cost_us * TICK_US / 1_000_000;
                seen.cpu_us += cost_us;
                self.spent_us += cost_us;
                *self.ticks.entry((Arc::clone(&seen.id), *why)).or_default() += 1;
            }
        }
        boosted
    }

    fn seconds(&mut self, seconds: i64, mut before: impl FnMut(&mut Self)) {
        for _ in 0..seconds * 1_000_000 / TICK_US {
            before(self);
            self.tick(false);
        }
    }

    fn ticks(&self, stream: usize, why: Why) -> u32 {
        let key = (Arc::clone(&self.seen[stream].id), why);
        self.ticks.get(&key).copied().unwrap_or(0)
    }
}

#[test]
fn every_stream_has_its_turn() {
    let mut machine = Machine::new(0.25, 50, 150_000);
    // Turns have 0.125 cores: 300 ms of it for each of 50 turns are two minutes.
    machine.seconds(130, |_| {});
    for stream in 0..50 {
        assert!(machine.ticks(stream, Why::Turn) >= 20, "{stream}");
    }
}

#[test]
fn turns_come_in_an_order_that_nobody_can_foresee() {
    let order = || {
        let mut machine = Machine::new(0.25, 40, 150_000);
        let mut order = Vec::new();
        machine.seconds(60, |machine| {
            for (id, state) in &machine.boosts.streams {
                if state.running.is_some() && !order.contains(id) {
                    order.push(Arc::clone(id));
                }
            }
        });
        order
    };
    assert_ne!(order(), order());
}

#[test]
fn what_is_spent_stays_within_the_share() {
    for cost_us in [40_000, 150_000, 600_000] {
        let mut machine = Machine::new(0.25, 30, cost_us);
        machine.seconds(600, |machine| {
            for seen in &mut machine.seen {
                seen.reason = Some(Why::OffPlatform);
            }
        });
        // A quarter of two cores, what the buckets held at first, and one boost that was thought cheaper.
        let most = 600 * 500_000 + 5_000_000 + 6 * cost_us;
        assert!(machine.spent_us <= most, "{cost_us}: {}", machine.spent_us);
        assert!(
            machine.spent_us >= 600 * 500_000 * 8 / 10,
            "{cost_us}: {} is far less than there is",
            machine.spent_us
        );
    }
}

#[test]
fn what_weighs_more_comes_first() {
    let mut machine = Machine::new(0.02, 4, 150_000);
    machine.boosts.evidence.left_us = 900_000;
    for (seen, why) in
        machine
            .seen
            .iter_mut()
            .zip([Why::Neighbour, Why::Operator, Why::Unread, Why::OffPlatform])
    {
        seen.reason = Some(why);
    }
    let boosted = machine.tick(false);
    let given: Vec<_> = boosted.values().filter(|why| **why != Why::Turn).collect();
    assert_eq!(given, [&Why::Operator]);
}

#[test]
fn one_that_costs_more_than_there_is_holds_up_nobody() {
    let costs = |machine: &mut Machine, stream: usize| {
        let id = Arc::clone(&machine.seen[stream].id);
        let state = machine.boosts.streams.entry(id).or_default();
        state.cost_us = Some(4_000_000);
    };
    let mut machine = Machine::new(0.25, 2, 150_000);
    machine.boosts.turns = Bucket::new(0);
    costs(&mut machine, 0);
    machine.seen[0].reason = Some(Why::OffPlatform);
    machine.seen[1].reason = Some(Why::Unread);
    let boosted = machine.tick(false);
    assert_eq!(boosted.into_values().collect::<Vec<_>>(), [Why::Unread]);
    // What somebody asked for is what is waited for.
    let mut machine = Machine::new(0.25, 2, 150_000);
    machine.boosts.turns = Bucket::new(0);
    costs(&mut machine, 0);
    machine.seen[0].reason = Some(Why::Operator);
    machine.seen[1].reason = Some(Why::Unread);
    assert!(machine.tick(false).is_empty());
    // Once there is enough it has that, and no debts.
    let mut machine = Machine::new(0.25, 1, 4_000_000);
    machine.boosts.turns = Bucket::new(0);
    costs(&mut machine, 0);
    let mut least_us = 0;
    machine.seconds(120, |machine| {
        machine.seen[0].reason = Some(Why::OffPlatform);
        least_us = machine.boosts.evidence.left_us.min(least_us);
    });
    assert!(machine.ticks(0, Why::OffPlatform) > 60);
    assert!(least_us >= -500_000, "{least_us}");
}

#[test]
fn suspicious_streams_do_not_take_the_turns_of_the_others() {
    let mut machine = Machine::new(0.25, 20, 150_000);
    machine.seconds(120, |machine| {
        for seen in &mut machine.seen[..10] {
            seen.reason = Some(Why::OffPlatform);
        }
    });
    for stream in 10..20 {
        assert!(machine.ticks(stream, Why::Turn) >= 20, "{stream}");
    }
}

#[test]
fn what_cannot_be_read_is_given_up_for_a_while() {
    let mut machine = Machine::new(1.0, 1, 150_000);
    machine.boosts.turns = Bucket::new(0);
    machine.seconds(60, |machine| machine.seen[0].reason = Some(Why::Unread));
    let ticks = machine.ticks(0, Why::Unread);
    // 6 s in each 36.
    assert!((100..=130).contains(&ticks), "{ticks}");
}

#[test]
fn a_busy_machine_boosts_what_was_asked_for_alone() {
    let mut machine = Machine::new(0.25, 3, 150_000);
    machine.seen[0].reason = Some(Why::Operator);
    machine.seen[1].reason = Some(Why::OffPlatform);
    let asked_for = BTreeMap::from([(Arc::clone(&machine.seen[0].id), Why::Operator)]);
    assert_eq!(machine.tick(true), asked_for);
    // The next crowd of keyframes may come at once.
    for _ in 0..CALM_US / TICK_US - 1 {
        assert_eq!(machine.tick(false), asked_for);
    }
    // What gave reason before is not forgotten.
    let boosted = machine.tick(false);
    assert_eq!(boosted.get("stream-1"), Some(&Why::OffPlatform));
}

#[test]
fn a_boost_gives_way_and_goes_on() {
    let mut machine = Machine::new(0.25, 1, 150_000);
    machine.boosts.turns = Bucket::new(0);
    machine.seen[0].reason = Some(Why::OffPlatform);
    assert_eq!(machine.tick(false).len(), 1);
    let left_us = machine.boosts.evidence.left_us;
    assert!(machine.tick(true).is_empty());
    let given_back = machine.boosts.evidence.left_us - left_us;
    assert!(given_back > 800_000, "{given_back}");
    for _ in 0..CALM_US / TICK_US - 1 {
        assert!(machine.tick(false).is_empty());
    }
    assert_eq!(machine.tick(false).get("stream-0"), Some(&Why::OffPlatform));
}

#[test]
fn without_a_share_nothing_is_boosted() {
    let mut machine = Machine::new(0.0, 3, 150_000);
    machine.seconds(10, |machine| machine.seen[0].reason = Some(Why::Operator));
    assert!(machine.ticks.is_empty());
}

#[test]
fn a_stream_that_is_gone_gives_back_what_it_had() {
    let mut machine = Machine::new(0.25, 2, 150_000);
    machine.seen[0].reason = Some(Why::Operator);
    machine.tick(false);
    let left_us = machine.boosts.evidence.left_us;
    let gone = machine.seen.remove(0);
    machine.tick(false);
    assert!(!machine.boosts.streams.contains_key(&gone.id));
    assert!(machine.boosts.evidence.left_us > left_us + 800_000);
    // So does one that nothing comes of any more.
    machine.seen[0].is_live = false;
    assert!(machine.tick(false).is_empty());
}

/// What it has cost is spent: whoever came back under another name would be boosted for nothing.
#[test]
fn what_was_spent_is_not_given_back() {
    let mut machine = Machine::new(0.25, 2, 150_000);
    machine.boosts.turns = Bucket::new(0);
    machine.boosts.evidence.left_us = 900_000;
    machine.seen[0].reason = Some(Why::Operator);
    for _ in 0..31 {
        assert_eq!(machine.tick(false).len(), 1);
    }
    // One with its id takes its place, and counts from zero.
    machine.seen[0].cpu_us = 0;
    assert_eq!(machine.tick(false).len(), 1);
    machine.seen.remove(0);
    machine.tick(false);
    // Half of what it had reserved is given back; the rest came in the 3.2 s.
    let filled_us = machine.boosts.evidence.rate_us * 32 / 10;
    let back_us = machine.boosts.evidence.left_us - filled_us;
    assert!((400_000..500_000).contains(&back_us), "{back_us}");
}

/// A sender that pauses costs nothing, and says nothing of what it costs.
#[test]
fn a_pause_teaches_nothing() {
    let mut machine = Machine::new(0.25, 1, 0);
    machine.seconds(30, |_| {});
    assert!(machine.ticks(0, Why::Turn) > 20);
    machine.cost_us = 150_000;
    machine.boosts.turns = Bucket::new(0);
    machine.seconds(10, |_| {});
    machine.seen[0].reason = Some(Why::OffPlatform);
    machine.seconds(10, |_| {});
    assert!(machine.ticks(0, Why::OffPlatform) >= 59);
}

/// What was learnt of a second in which little came is forgotten where it proves wrong.
#[test]
fn what_proves_wrong_is_forgotten() {
    let mut machine = Machine::new(0.25, 1, 1_000);
    machine.boosts.turns = Bucket::new(0);
    machine.seen[0].reason = Some(Why::OffPlatform);
    machine.seconds(10, |_| {});
    let cheap = machine.ticks(0, Why::OffPlatform);
    machine.cost_us = 400_000;
    for _ in 0..2 {
        machine.seen[0].reason = Some(Why::OffPlatform);
        machine.seconds(10, |_| {});
    }
    let dear = machine.ticks(0, Why::OffPlatform) - cheap;
    assert!(dear >= 30, "{dear}");
}

#[test]
fn a_recording_is_boosted_for_what_it_shows() {
    let mut recorded = Recorded::new(Boost::default());
    assert_eq!(recorded.looks(0, None), None);
    assert_eq!(recorded.looks(1_000, Some(Why::Unread)), Some(5));
    assert_eq!(recorded.looks(6_900, Some(Why::Unread)), Some(5));
    assert_eq!(
        recorded.looks(7_000, Some(Why::Unread)),
        None,
        "it had its time"
    );
    assert_eq!(recorded.looks(20_000, Some(Why::OffPlatform)), Some(5));
    assert_eq!(recorded.looks(26_000, None), None);
    assert_eq!(recorded.looks(37_000, Some(Why::Unread)), Some(5));
    let mut off = Recorded::new(Boost {
        share: 0.0,
        ..Boost::default()
    });
    assert_eq!(off.looks(0, Some(Why::OffPlatform)), None);
}
