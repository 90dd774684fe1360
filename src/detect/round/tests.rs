use super::super::finder::finders;
use super::super::ink::{Focus, Ink};
use super::super::{Budget, Reach, Readers, Reason, Scan, SymbolKind, scan};
use super::drawn::{Drawn, SIDE, UPRIGHT};
use super::*;
use crate::frame::Luma;

fn looked_at(bytes: &[u8]) -> Scan {
    looked_at_by(Reach::Whole, bytes)
}

fn looked_at_by(reach: Reach, bytes: &[u8]) -> Scan {
    let budget = Budget {
        candidates: Budget::DEFAULT_CANDIDATES,
        expired: &|| false,
        reach,
    };
    let luma = Luma::new(SIDE, SIDE, SIDE, bytes).unwrap();
    scan(&luma, Readers::default(), &budget)
}

/// A look with sharper edges leaves them to the one at half the size.
#[test]
fn every_look_at_a_stream_sees_a_large_one() {
    let picture = UPRIGHT.picture();
    for turn in 0..4 {
        let scan = looked_at_by(Reach::Part(turn), &picture);
        let kinds: Vec<_> = scan.symbols.iter().map(|s| s.kind).collect();
        assert_eq!(kinds, [SymbolKind::Round], "turn {turn}");
    }
}

#[test]
fn round_codes_are_seen_and_not_read() {
    for drawn in [
        UPRIGHT,
        Drawn {
            rays: 54,
            ..UPRIGHT
        },
        Drawn {
            rays: 72,
            ..UPRIGHT
        },
        Drawn {
            radius: 90.0,
            ..UPRIGHT
        },
        Drawn {
            radius: 110.0,
            rays: 54,
            turned: 0.5,
            ..UPRIGHT
        },
        Drawn {
            turned: 2.0,
            tall: 0.85,
            rays: 54,
            ..UPRIGHT
        },
        Drawn {
            dark: 240,
            light: 30,
            ..UPRIGHT
        },
        Drawn {
            dark: 60,
            light: 150,
            ..UPRIGHT
        },
        // The farthest from square that is found, and one whose eyes are ten px wide.
        Drawn {
            tall: 0.8,
            ..UPRIGHT
        },
        Drawn {
            radius: 60.0,
            ..UPRIGHT
        },
    ] {
        let scan = looked_at(&drawn.picture());
        let what = format!(
            "{} rays, {} px, turned {}",
            drawn.rays, drawn.radius, drawn.turned
        );
        assert_eq!(scan.symbols.len(), 1, "{what}: {:?}", scan.symbols);
        let symbol = &scan.symbols[0];
        assert_eq!(
            (symbol.kind, &symbol.bytes),
            (SymbolKind::Round, &None),
            "{what}"
        );
        assert_eq!(
            symbol.unread.map(|u| u.reason),
            Some(Reason::NotPublic),
            "{what}"
        );
        let middle = symbol
            .corners
            .iter()
            .fold(Point::new(0.0, 0.0), |sum, p| sum.plus(p.times(0.25)));
        let off = middle.minus(Point::new(SIDE as f32 / 2.0, SIDE as f32 / 2.0));
        assert!(off.length() < 3.0, "{what}: {middle:?}");
    }
}

#[test]
fn a_round_code_is_known_again_and_told_from_another() {
    let hash = |drawn: Drawn| looked_at(&drawn.picture()).symbols[0].hash.unwrap();
    let first = hash(UPRIGHT);
    let again = hash(Drawn {
        radius: 120.0,
        turned: 0.4,
        ..UPRIGHT
    });
    let other = hash(Drawn { seed: 2, ..UPRIGHT });
    for again in [
        again,
        hash(Drawn {
            dark: 60,
            light: 150,
            turned: 1.0,
            ..UPRIGHT
        }),
    ] {
        assert!(first.is_same(again), "{}", first.distance(again));
    }
    assert!(!first.is_same(other), "{}", first.distance(other));
}

#[test]
fn eyes_without_rays_are_no_code() {
    // The numbers of rays that no code has, and dashes that are rings.
    for rays in [24, 45, 63, 90] {
        let scan = looked_at(&Drawn { rays, ..UPRIGHT }.picture());
        assert!(scan.symbols.is_empty(), "{rays}: {:?}", scan.symbols);
    }
    let eyes_alone = |i: usize| {
        let (x, y) = (i % SIDE, i / SIDE);
        let at = |v: usize| (v as f32 - SIDE as f32 / 2.0) / 150.0;
        let ink = Drawn::eye(at(x), at(y)).unwrap_or((x / 7 + y / 5) % 3 == 0);
        if ink { 20 } else { 240 }
    };
    let picture: Vec<u8> = (0..SIDE * SIDE).map(eyes_alone).collect();
    let ink = Ink::of(
        Luma::new(SIDE, SIDE, SIDE, &picture).unwrap(),
        Focus::AsItIs,
    );
    let views = [1.0, -1.0].map(|sign| View { ink: &ink, sign });
    assert!(
        finders(&views, &|| false)[0].kept.len() >= 3,
        "the eyes are seen"
    );
    let scan = looked_at(&picture);
    assert!(
        scan.symbols.iter().all(|s| s.kind != SymbolKind::Round),
        "{:?}",
        scan.symbols
    );
}
