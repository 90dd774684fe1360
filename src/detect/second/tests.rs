use super::*;
use crate::detect::{Reach, Reason, Unread};

const WIDTH: usize = 1280;
const HEIGHT: usize = 720;

/// A box from its left and top edge on.
fn region(left: usize, top: usize, width: usize, height: usize) -> Region {
    Region {
        left,
        top,
        width,
        height,
    }
}

fn found(region: Region, is_read: bool) -> Found {
    Found {
        kind: SymbolKind::Qr,
        bytes: is_read.then(|| vec![b'a']),
        corners: region.corners(),
        score: 0.9,
        modules: 25,
        read_by: Reader::Rqrr,
        part: None,
        unread: (!is_read).then_some(Unread {
            reason: Reason::Damaged,
            module: 4.0,
        }),
        hash: None,
        soft: None,
    }
}

fn texture(region: Region, module: f32) -> Texture {
    Texture {
        region,
        weave: Weave::Both,
        module,
        likeness: 1.0,
    }
}

/// The boxes that the reader is given of a grey picture where this was found.
fn boxes(found: Vec<Found>, look: impl Fn(&mut Second<'_>)) -> Vec<[f32; 4]> {
    let grey = vec![128; WIDTH * HEIGHT];
    let mut trace = Trace::default();
    let mut second = Second {
        luma: Luma::new(WIDTH, HEIGHT, WIDTH, &grey).unwrap(),
        budget: &Budget {
            candidates: 0,
            expired: &|| false,
            reach: Reach::Part(0),
        },
        found,
        given: 0,
        skipped: 0,
        panics: 0,
        trace: Some(&mut trace),
    };
    look(&mut second);
    let given = trace.steps.iter().filter_map(|step| match step {
        Step::Given {
            corners,
            read: Some(_),
            ..
        } => Some(bounds(corners)),
        _ => None,
    });
    given.collect()
}

fn holds(outer: &[f32; 4], inner: Region) -> bool {
    let inner = bounds(&inner.corners());
    outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3]
}

#[test]
fn each_texture_comes_first_and_each_of_its_windows() {
    for textures in 1..6 {
        let firsts: Vec<_> = (0..textures as u64 * 8)
            .map(|turn| {
                let (order, window) = order(textures, turn);
                let mut sorted = order.clone();
                sorted.sort_unstable();
                assert!(sorted.into_iter().eq(0..textures), "{order:?}");
                (order[0], window)
            })
            .collect();
        for at in 0..textures {
            for window in 0..4 {
                assert!(firsts.contains(&(at, window)), "{at} of {textures}");
            }
        }
    }
    assert!(order(0, 7).0.is_empty());
}

#[test]
fn the_likeliest_texture_leaves_the_others_their_turns() {
    let code = region(900, 400, 112, 112);
    // One that takes all there is, and one that leaves too little.
    for (width, height) in [(480, 480), (128, 128)] {
        let likeliest = region(64, 64, width, height);
        let textures = [texture(likeliest, 4.0), texture(code, 4.0)];
        let seen = |at: Region| {
            let turns = 0..4;
            let given = turns.filter(|turn| {
                let boxes = boxes(Vec::new(), |second| second.textures(&textures, *turn));
                boxes.iter().any(|of| holds(of, at))
            });
            given.count()
        };
        assert_eq!(seen(code), 2, "{width} px");
        if width < 480 {
            assert_eq!(seen(likeliest), 2);
        }
    }
}

#[test]
fn what_is_beside_a_code_that_was_read_is_looked_at() {
    // The tiles around a code are as dense as it is.
    let around = |code: Region| {
        region(
            code.left - 24,
            code.top - 24,
            code.width + 48,
            code.height + 48,
        )
    };
    let code = region(304, 304, 200, 200);
    let looked_at = |texture_at: Region, found: Vec<Found>| {
        let textures = [texture(texture_at, 4.0)];
        boxes(found, |second| second.textures(&textures, 0))
    };
    assert!(looked_at(around(code), vec![found(code, true)]).is_empty());
    assert_eq!(looked_at(around(code), vec![found(code, false)]).len(), 1);
    // A code of another kind below a larger one.
    let other = region(320, 528, 96, 80);
    let both = region(280, 280, 248, 352);
    let twice = || vec![found(code, true), found(region(303, 305, 201, 199), true)];
    let given = looked_at(both, twice());
    assert_eq!(given.len(), 1, "{given:?}");
    assert!(holds(&given[0], other), "{given:?}");
    // Elsewhere it hides nothing.
    let given = looked_at(around(region(800, 304, 80, 80)), twice());
    assert!(holds(&given[0], region(800, 304, 80, 80)), "{given:?}");
}

#[test]
fn what_was_read_leaves_its_turn_to_what_was_not() {
    let grid = |i: usize| region(10 + 70 * (i % 16), 10 + 70 * (i / 16), 50, 50);
    let unread = region(900, 500, 100, 100);
    let given = |mut all: Vec<Found>| {
        all.push(found(unread, false));
        let boxes = boxes(all, |second| {
            second.places();
        });
        (boxes.iter().any(|of| holds(of, unread)), boxes.len())
    };
    // More that were read than are looked at, then one in the middle of what was not.
    let many = (0..20).map(|i| found(grid(i), true)).collect();
    assert_eq!(given(many), (true, MOST_PLACES));
    let inside = vec![found(region(930, 530, 40, 40), true)];
    assert_eq!(given(inside), (true, 2));
    let twice = vec![found(region(897, 502, 101, 99), false)];
    assert_eq!(given(twice), (true, 1), "found at two sizes");
    // And the other way round.
    let many = (0..20).map(|i| found(grid(i), false));
    let all = many
        .chain([found(region(700, 500, 100, 100), true)])
        .collect();
    let boxes = boxes(all, |second| {
        second.places();
    });
    assert!(boxes.iter().any(|of| holds(of, region(700, 500, 100, 100))));
}

#[test]
fn windows_cover_a_region_in_turns() {
    for (width, height) in [(500, 300), (90, 700), (151, 151)] {
        let region = region(7, 11, width, height);
        let mut seen = vec![false; width * height];
        for turn in 0..64 {
            let part = window(&region, 22_500, turn);
            assert!(part.width <= 150 && part.height <= 150);
            for y in part.top - 11..part.top - 11 + part.height {
                seen[y * width + part.left - 7..][..part.width].fill(true);
            }
        }
        assert!(seen.iter().all(|seen| *seen), "{width} x {height}");
    }
}
