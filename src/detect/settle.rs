//! Makes the symbols of a scan out of what was found: each once, in an order that depends on the
//! picture alone.

use super::geometry::overlap;
use super::{Corners, Reader, Symbol, SymbolKind};

/// A code that was found, perhaps not for the first time.
pub(super) struct Found {
    /// The bytes, where it could be decoded.
    pub(super) bytes: Option<Vec<u8>>,
    /// Where it is in the picture.
    pub(super) corners: Corners,
    /// How well the grid fits, to choose between two of the same code.
    pub(super) score: f32,
}

/// The symbols: of those with the same bytes in the same place the best, and one that could not be
/// decoded only where nothing better is. Decoded ones first, then from the top, then from the left.
pub(super) fn settle(mut found: Vec<Found>) -> Vec<Symbol> {
    found.sort_by(|a, b| {
        let decoded = b.bytes.is_some().cmp(&a.bytes.is_some());
        decoded.then(b.score.total_cmp(&a.score))
    });
    let mut kept: Vec<Found> = Vec::new();
    for one in found {
        let known = kept.iter().any(|k| {
            (one.bytes.is_none() || one.bytes == k.bytes) && overlap(&one.corners, &k.corners)
        });
        if !known {
            kept.push(one);
        }
    }
    kept.sort_by(|a, b| {
        let [p, q] = [a, b].map(|f| f.corners[0]);
        let decoded = b.bytes.is_some().cmp(&a.bytes.is_some());
        decoded.then(p.y.total_cmp(&q.y)).then(p.x.total_cmp(&q.x))
    });
    kept.into_iter()
        .map(|found| Symbol {
            kind: SymbolKind::Qr,
            bytes: found.bytes,
            corners: found.corners,
            read_by: Reader::Rqrr,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::Point;
    use super::*;

    fn found(bytes: Option<&[u8]>, x: f32, y: f32, score: f32) -> Found {
        let corners = [(0.0, 0.0), (50.0, 0.0), (50.0, 50.0), (0.0, 50.0)];
        Found {
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
