//! Makes the symbols of a scan out of what was found: each once, in an order that depends on the
//! picture alone.

use super::geometry::overlap;
use super::soft::Soft;
use super::{Corners, Part, PerceptualHash, Reader, Symbol, SymbolKind, Unread};

/// A code that was found, perhaps not for the first time.
pub(super) struct Found {
    pub(super) kind: SymbolKind,
    /// The bytes, where it could be decoded.
    pub(super) bytes: Option<Vec<u8>>,
    /// Where it is in the picture.
    pub(super) corners: Corners,
    /// How well the grid fits, to choose between two of the same code.
    pub(super) score: f32,
    /// Modules a side; 0 where that is not known.
    pub(super) modules: usize,
    pub(super) read_by: Reader,
    pub(super) part: Option<Part>,
    /// Why it was not read; `None` where it was.
    pub(super) unread: Option<Unread>,
    /// The hash of its modules, where a grid was laid over it.
    pub(super) hash: Option<PerceptualHash>,
    /// What is known of its modules, where they are not enough to read it.
    pub(super) soft: Option<Soft>,
}

/// The symbols: of those with the same bytes in the same place the best, and one that could not be
/// decoded only where nothing better is. Decoded ones first, then from the top, then from the left.
///
/// `found` is in the order of reading. What two readers read alike is one symbol that both have read,
/// where the one says that looks at the grid: its corners are the closer ones.
pub(super) fn settle(mut found: Vec<Found>) -> Vec<Symbol> {
    found.sort_by(|a, b| {
        let decoded = b.bytes.is_some().cmp(&a.bytes.is_some());
        decoded.then(b.score.total_cmp(&a.score))
    });
    let mut kept: Vec<Symbol> = Vec::new();
    for one in found {
        let known = kept.iter_mut().find(|k| {
            (one.bytes.is_none() || one.bytes == k.bytes) && overlap(&one.corners, &k.corners)
        });
        match known {
            Some(known) => {
                if one.bytes.is_some() && one.read_by != known.read_by {
                    known.confirmed_by = Some(one.read_by);
                }
                known.part = known.part.take().or(one.part);
                known.hash = known.hash.or(one.hash);
            }
            None => kept.push(one.symbol()),
        }
    }
    kept.sort_by(|a, b| {
        let [p, q] = [a, b].map(|f| f.corners[0]);
        let decoded = b.bytes.is_some().cmp(&a.bytes.is_some());
        decoded.then(p.y.total_cmp(&q.y)).then(p.x.total_cmp(&q.x))
    });
    kept
}

impl Found {
    fn symbol(self) -> Symbol {
        Symbol {
            kind: self.kind,
            bytes: self.bytes,
            corners: self.corners,
            read_by: self.read_by,
            confirmed_by: None,
            part: self.part,
            unread: self.unread,
            hash: self.hash,
            soft: self.soft,
            joined: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Point;
    use super::*;

    fn found(bytes: Option<&[u8]>, x: f32, y: f32, score: f32) -> Found {
        let corners = [(0.0, 0.0), (50.0, 0.0), (50.0, 50.0), (0.0, 50.0)];
        Found {
            kind: SymbolKind::Qr,
            modules: 21,
            read_by: Reader::Rqrr,
            part: None,
            unread: None,
            hash: None,
            soft: None,
            bytes: bytes.map(<[u8]>::to_vec),
            corners: corners.map(|(dx, dy)| Point::new(x + dx, y + dy)),
            score,
        }
    }

    fn settled(found: Vec<Found>) -> Vec<(Option<Vec<u8>>, f32)> {
        settle(found)
            .into_iter()
            .map(|s| (s.bytes, s.corners[0].x))
            .collect()
    }

    #[test]
    fn one_code_is_one_symbol() {
        let a = Some(b"a".as_slice());
        let b = Some(b"b".as_slice());
        let all = vec![
            found(None, 3.0, 0.0, 0.99),
            found(a, 1.0, 0.0, 0.8),
            found(a, 0.0, 0.0, 0.9),
            found(b, 2.0, 0.0, 0.7),
            found(a, 500.0, 0.0, 0.5),
        ];
        let want = [(a, 0.0), (b, 2.0), (a, 500.0)].map(|(b, x)| (b.map(<[u8]>::to_vec), x));
        assert_eq!(settled(all), want);
    }

    #[test]
    fn two_readers_that_agree_are_told_and_one_that_reads_twice_is_not() {
        let a = Some(b"a".as_slice());
        let by = |read_by, bytes, x, score| Found {
            read_by,
            ..found(bytes, x, 0.0, score)
        };
        let settled = settle(vec![
            by(Reader::Rqrr, a, 0.0, 0.9),
            by(Reader::Zxing, a, 2.0, 0.0),
            by(Reader::Zxing, a, 300.0, 0.0),
            by(Reader::Zxing, a, 301.0, 0.0),
            by(Reader::Rqrr, None, 302.0, 0.9),
            by(Reader::Zxing, Some(b"b"), 600.0, 0.0),
            by(Reader::Rqrr, None, 900.0, 0.9),
        ]);
        let by: Vec<_> = settled
            .iter()
            .map(|s| (s.read_by, s.confirmed_by))
            .collect();
        let alone = (Reader::Zxing, None);
        let located = (Reader::Rqrr, None);
        assert_eq!(
            by,
            [(Reader::Rqrr, Some(Reader::Zxing)), alone, alone, located]
        );
    }

    #[test]
    fn decoded_ones_come_first_then_from_the_top() {
        let a = Some(b"a".as_slice());
        let all = vec![
            found(None, 1.0, 0.0, 0.9),
            found(a, 2.0, 300.0, 0.9),
            found(a, 404.0, 100.0, 0.6),
            found(a, 3.0, 100.0, 0.6),
            found(None, 0.0, 200.0, 0.9),
        ];
        let order: Vec<f32> = settled(all).into_iter().map(|(_, x)| x).collect();
        assert_eq!(order, [3.0, 404.0, 2.0, 1.0, 0.0]);
    }
}
