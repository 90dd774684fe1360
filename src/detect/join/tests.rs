use qrcode::{Color, EcLevel, QrCode};

use super::super::{Point, Reader, Reason, Unread};
use super::*;

/// What one look shows of a code that says `text`: the share `shown` of its rows, from the top where it is
/// positive, else from the bottom.
fn look(text: &str, shown: f32, x: f32) -> Symbol {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).unwrap();
    let side = code.width();
    let modules = code.to_colors().into_iter().enumerate().map(|(i, color)| {
        let row = (i / side) as f32 / side as f32;
        let is_shown = if shown > 0.0 {
            row < shown
        } else {
            row >= 1.0 + shown
        };
        match (is_shown, color) {
            (false, _) => 0,
            (true, Color::Dark) => 100,
            (true, Color::Light) => -100,
        }
    });
    let soft = Soft {
        side,
        modules: modules.collect(),
    };
    let corners = [(x, 0.0), (x + 90.0, 0.0), (x + 90.0, 90.0), (x, 90.0)];
    Symbol {
        bytes: soft.read().unwrap(),
        soft: Some(soft),
        ..symbol(None, corners.map(|(x, y)| Point { x, y }))
    }
}

fn symbol(bytes: Option<Vec<u8>>, corners: Corners) -> Symbol {
    Symbol {
        kind: SymbolKind::Qr,
        unread: bytes.is_none().then_some(Unread {
            reason: Reason::Covered,
            module: 3.0,
        }),
        bytes,
        corners,
        read_by: Reader::Rqrr,
        confirmed_by: None,
        part: None,
        hash: None,
        joined: None,
        soft: None,
    }
}

fn part(text: &[u8], index: u32, count: u32, id: u8) -> Symbol {
    Symbol {
        part: Some(Part {
            index,
            count: Some(count),
            id: id.to_string(),
        }),
        ..symbol(Some(text.to_vec()), [Point { x: 0.0, y: 0.0 }; 4])
    }
}

/// What `memory` makes of one look.
fn joined(memory: &mut Memory, symbols: Vec<Symbol>, media_ms: i64) -> Vec<Symbol> {
    let mut scan = Scan {
        symbols,
        ..Scan::default()
    };
    memory.join(&mut scan, media_ms);
    scan.symbols
}

const A: &str = "https://a.example/add-me-and-pay-me-there";
const B: &str = "https://b.example/add-me-and-pay-me-there";

#[test]
fn what_two_looks_show_in_halves_is_read() {
    let mut memory = Memory::default();
    let (top, bottom) = (look(A, 0.6, 0.0), look(A, -0.6, 20.0));
    assert_eq!((&top.bytes, &bottom.bytes), (&None, &None));
    let first = joined(&mut memory, vec![top], 0);
    assert_eq!(first[0].bytes, None);
    let second = joined(&mut memory, vec![bottom], 200);
    assert_eq!(second[0].bytes.as_deref(), Some(A.as_bytes()));
    assert_eq!(second[0].joined, Some(Joined::Looks(2)));
    assert_eq!(second[0].unread, None);
}

/// Time stamps are the sender's, and may stand still.
#[test]
fn looks_are_told_apart_without_time() {
    let mut memory = Memory::default();
    joined(&mut memory, vec![look(A, 0.6, 0.0)], 7);
    let second = joined(&mut memory, vec![look(A, -0.6, 20.0)], 7);
    assert_eq!(second[0].bytes.as_deref(), Some(A.as_bytes()));
}

#[test]
fn halves_of_two_codes_are_no_code() {
    let mut memory = Memory::default();
    // Side by side in one look, and far apart in two.
    let at_once = vec![look(A, 0.6, 0.0), look(A, -0.6, 20.0)];
    let once = joined(&mut memory, at_once, 0);
    assert!(once.iter().all(|symbol| symbol.bytes.is_none()));
    let mut memory = Memory::default();
    joined(&mut memory, vec![look(A, 0.6, 0.0)], 0);
    let far = joined(&mut memory, vec![look(A, -0.6, 300.0)], 200);
    assert_eq!(far[0].bytes, None);
}

#[test]
fn another_code_in_the_same_place_takes_over() {
    let mut memory = Memory::default();
    for ms in 0..20 {
        joined(&mut memory, vec![look(A, 0.6, 0.0)], 200 * ms);
    }
    let mut last = None;
    for ms in 20..60 {
        let shown = if ms % 2 == 0 { 0.6 } else { -0.6 };
        let symbols = joined(&mut memory, vec![look(B, shown, 0.0)], 200 * ms);
        let read = symbols[0].bytes.clone();
        assert!(read.is_none() || read.as_deref() == Some(B.as_bytes()));
        last = read;
    }
    assert_eq!(last.as_deref(), Some(B.as_bytes()));
}

#[test]
fn of_many_codes_each_has_its_turn() {
    let mut memory = Memory::default();
    let row = |shown| (0..10u8).map(move |i| look(A, shown, 200.0 * f32::from(i)));
    joined(&mut memory, row(0.6).collect(), 0);
    let mut read = [false; 10];
    for ms in 1..10 {
        let symbols = joined(&mut memory, row(-0.6).collect(), 200 * ms);
        let now = symbols.iter().map(|symbol| symbol.bytes.is_some());
        assert!(now.clone().filter(|read| *read).count() <= MOST_READ);
        for (read, now) in read.iter_mut().zip(now) {
            *read |= now;
        }
    }
    assert_eq!(read, [true; 10]);
}

#[test]
fn looks_are_forgotten() {
    let mut memory = Memory::default();
    joined(&mut memory, vec![look(A, 0.6, 0.0)], 0);
    let late = joined(&mut memory, vec![look(A, -0.6, 0.0)], KEPT_MS + 1);
    assert_eq!(late[0].bytes, None);
}

#[test]
fn parts_make_a_text_in_any_order() {
    let whole = b"https://a.example/pay?to=jo";
    let parity = whole.iter().fold(0, |parity, byte| parity ^ byte);
    let parts = [&whole[..10], &whole[10..12], &whole[12..]];
    for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
        let mut memory = Memory::default();
        for (at, index) in order.into_iter().enumerate() {
            let one = part(parts[index], index as u32, 3, parity);
            let symbols = joined(&mut memory, vec![one.clone()], at as i64);
            assert_eq!(symbols[0], one);
            let made = symbols.get(1).map(|s| (s.bytes.as_deref(), s.joined));
            let expected = (Some(whole.as_slice()), Some(Joined::Parts(3)));
            assert_eq!(made, (at == 2).then_some(expected));
        }
        // Each part that is seen again shows the whole again, once a look.
        let both = [0, 1].map(|i| part(parts[i], i as u32, 3, parity));
        assert_eq!(joined(&mut memory, both.to_vec(), 9).len(), 3);
    }
}

#[test]
fn parts_that_do_not_belong_together_stay_parts() {
    let parity = b'a' ^ b'b';
    for parts in [
        // The parity is that of another text.
        vec![part(b"a", 0, 2, parity), part(b"c", 1, 2, parity)],
        // Of two texts, of another number of parts, of a place that does not exist.
        vec![part(b"a", 0, 2, parity), part(b"b", 1, 2, 0)],
        vec![part(b"a", 0, 2, parity), part(b"b", 1, 3, parity)],
        vec![part(b"a", 0, 2, parity), part(b"b", 2, 2, parity)],
        vec![part(b"a", 0, 1, b'a')],
        vec![
            part(b"a", 0, u32::MAX, parity),
            part(b"b", 1, u32::MAX, parity),
        ],
    ] {
        let given = parts.len();
        assert_eq!(joined(&mut Memory::default(), parts, 0).len(), given);
    }
    let mut memory = Memory::default();
    joined(&mut memory, vec![part(b"a", 0, 2, parity)], 0);
    let late = joined(&mut memory, vec![part(b"b", 1, 2, parity)], KEPT_MS + 1);
    assert_eq!(late.len(), 1);
}

#[test]
fn whoever_shows_everything_fills_no_memory() {
    let mut memory = Memory::default();
    for i in 0..100 {
        let text = vec![b'x'; 7_000];
        let many = (0..8).map(|index| part(&text, index, 64, i)).collect();
        joined(&mut memory, many, i64::from(i));
        joined(
            &mut memory,
            vec![look(A, 0.6, 200.0 * f32::from(i))],
            i64::from(i),
        );
    }
    assert!(memory.sums.len() <= MOST && memory.texts.len() <= MOST);
    let bytes = memory.texts.iter().flat_map(|text| text.parts.values());
    assert!(bytes.map(Vec::len).sum::<usize>() <= MOST * MOST_BYTES);
}
