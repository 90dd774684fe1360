//! Joins what single looks at a stream show too little of: a code of which each look shows another part, and a text
//! that is spread over several codes (structured append, ISO/IEC 18004:2015, 8).

use std::collections::BTreeMap;

use super::geometry::overlap;
use super::read::Panicked;
use super::soft::{self, Soft};
use super::{Corners, Joined, Part, PerceptualHash, Scan, Symbol, SymbolKind};

/// For how long something is remembered that is not seen, in ms of media time. Codes that take turns on a screen
/// come back within that.
const KEPT_MS: i64 = 120_000;
/// Codes that are not read, and texts in parts, that are remembered at a time. The one that was not seen for longest
/// goes first.
const MOST: usize = 16;
/// So many codes are read from several looks at a time, others in the next look: hostile ones take ms each.
const MOST_READ: usize = 4;
/// Parts of a text, and bytes of them together: a text of more is not joined. QR codes have at most 16 parts, PDF417
/// more.
const MOST_PARTS: u32 = 64;
const MOST_BYTES: usize = 48 << 10;
/// What a look is worth falls to 7/8 with the next one that shows the module, so that another code in the same place
/// is not mixed with the first one for long.
const KEPT_OF_EIGHT: i32 = 7;

/// What is remembered of the looks at one stream.
#[derive(Debug, Default)]
pub struct Memory {
    /// Counts the looks.
    turn: usize,
    sums: Vec<Sum>,
    texts: Vec<Text>,
}

/// The modules of a code that was not read, over several looks.
#[derive(Debug)]
struct Sum {
    side: usize,
    modules: Vec<i32>,
    looks: u32,
    corners: Corners,
    hash: Option<PerceptualHash>,
    seen_ms: i64,
    /// The number of the look that saw it: time stamps may stand still.
    turn: usize,
}

/// The parts of a text as far as they were seen.
#[derive(Debug)]
struct Text {
    kind: SymbolKind,
    id: String,
    count: u32,
    parts: BTreeMap<u32, Vec<u8>>,
    seen_ms: i64,
}

impl Memory {
    /// Takes in the symbols of a scan at `media_ms` and adds to them what they make known: the bytes of codes that
    /// could not be read, and a symbol for each text whose last part is known, in the place of one of its parts. The
    /// parts stay, since phones that do not join them see nothing else.
    pub fn join(&mut self, scan: &mut Scan, media_ms: i64) {
        let symbols = &mut scan.symbols;
        let old = media_ms.saturating_sub(KEPT_MS);
        self.sums.retain(|sum| sum.seen_ms >= old);
        self.texts.retain(|text| text.seen_ms >= old);
        let unread = symbols
            .iter()
            .filter(|symbol| symbol.soft.is_some())
            .count();
        let first = self.turn.wrapping_mul(MOST_READ);
        self.turn = self.turn.wrapping_add(1);
        let soft = symbols.iter_mut().filter_map(|symbol| {
            let soft = symbol.soft.take()?;
            Some((symbol, soft))
        });
        for (i, (symbol, soft)) in soft.enumerate() {
            let has_turn = first.wrapping_add(i) % unread < MOST_READ;
            scan.panics += u32::from(self.add_look(symbol, &soft, media_ms, has_turn).is_err());
        }
        let mut whole: Vec<Symbol> = Vec::new();
        for symbol in symbols.iter() {
            let joined = self.add_part(symbol, media_ms);
            whole.extend(joined.filter(|j| whole.iter().all(|w| w.bytes != j.bytes)));
        }
        symbols.extend(whole);
    }

    fn add_look(
        &mut self,
        symbol: &mut Symbol,
        soft: &Soft,
        media_ms: i64,
        has_turn: bool,
    ) -> Result<(), Panicked> {
        let same = |sum: &Sum| {
            let alike = || symbol.hash.zip(sum.hash).is_some_and(|(a, b)| a.is_same(b));
            sum.side == soft.side && (overlap(&sum.corners, &symbol.corners) || alike())
        };
        // Two codes in one look are two, however alike.
        let is_before = |sum: &Sum| sum.turn != self.turn;
        let at = self.sums.iter().position(|sum| is_before(sum) && same(sum));
        let mut sum = match at {
            Some(at) => self.sums.remove(at),
            None => Sum::new(soft.side, symbol.corners),
        };
        sum.add(soft);
        sum.corners = symbol.corners;
        sum.hash = symbol.hash;
        (sum.seen_ms, sum.turn) = (media_ms, self.turn);
        let read = if has_turn && sum.looks > 1 {
            soft::read(&sum.modules, sum.side)
        } else {
            Ok(None)
        };
        let looks = sum.looks;
        make_room(&mut self.sums, |sum| sum.seen_ms);
        self.sums.push(sum);
        if let Some(bytes) = read? {
            symbol.bytes = Some(bytes);
            symbol.unread = None;
            symbol.joined = Some(Joined::Looks(looks));
        }
        Ok(())
    }

    /// Takes in a part; the whole text, where all of it is known now.
    fn add_part(&mut self, symbol: &Symbol, media_ms: i64) -> Option<Symbol> {
        let Part { index, count, id } = symbol.part.as_ref()?;
        let count = count.filter(|count| (2..=MOST_PARTS).contains(count) && index < count)?;
        let bytes = symbol.bytes.clone()?;
        let same = |t: &Text| t.kind == symbol.kind && t.count == count && t.id == *id;
        let mut text = match self.texts.iter().position(same) {
            Some(at) => self.texts.remove(at),
            None => Text {
                kind: symbol.kind,
                id: id.clone(),
                count,
                parts: BTreeMap::new(),
                seen_ms: media_ms,
            },
        };
        text.seen_ms = media_ms;
        text.parts.insert(*index, bytes);
        let whole = text.whole();
        make_room(&mut self.texts, |text| text.seen_ms);
        if text.parts.values().map(Vec::len).sum::<usize>() <= MOST_BYTES {
            self.texts.push(text);
        }
        Some(Symbol {
            bytes: Some(whole?),
            part: None,
            joined: Some(Joined::Parts(count)),
            unread: None,
            hash: None,
            ..symbol.clone()
        })
    }
}

impl Sum {
    fn new(side: usize, corners: Corners) -> Self {
        Self {
            side,
            modules: vec![0; side * side],
            looks: 0,
            corners,
            hash: None,
            seen_ms: 0,
            turn: 0,
        }
    }

    fn add(&mut self, soft: &Soft) {
        self.looks = self.looks.saturating_add(1);
        for (sum, one) in self.modules.iter_mut().zip(&soft.modules) {
            if *one != 0 {
                *sum = *sum * KEPT_OF_EIGHT / 8 + i32::from(*one);
            }
        }
    }
}

impl Text {
    /// All parts in their order, where they are there and belong together: those of a QR code have the parity of the
    /// whole text as their id, all its bytes added without carry (ISO/IEC 18004:2015, 8.3).
    fn whole(&self) -> Option<Vec<u8>> {
        if self.parts.len() != self.count as usize {
            return None;
        }
        let whole: Vec<u8> = self.parts.values().flatten().copied().collect();
        let parity = whole.iter().fold(0, |parity, byte| parity ^ byte);
        let holds = self.kind != SymbolKind::Qr || self.id == parity.to_string();
        holds.then_some(whole)
    }
}

fn make_room<T>(kept: &mut Vec<T>, seen_ms: impl Fn(&T) -> i64) {
    while kept.len() >= MOST {
        let oldest = kept.iter().enumerate().min_by_key(|(_, one)| seen_ms(one));
        let at = oldest.map_or(0, |(at, _)| at);
        kept.remove(at);
    }
}

#[cfg(test)]
mod tests;
