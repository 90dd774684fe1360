//! Keccak-256 as Ethereum has it: SHA-3's permutation (FIPS 202) with the padding of the original
//! submission. One block is enough, since nothing longer than an address is hashed here.

const ROUNDS: usize = 24;

/// Bytes that one block takes in: 1600 bits less twice 256.
const RATE: usize = 136;

/// Keccak-256 of `data`; `None` where it does not fit one block.
pub(super) fn keccak_256(data: &[u8]) -> Option<[u8; 32]> {
    let mut block = [0u8; RATE];
    block.get_mut(..data.len())?.copy_from_slice(data);
    *block.get_mut(data.len())? ^= 0x01;
    block[RATE - 1] ^= 0x80;
    let mut state = [0u64; 25];
    for (lane, bytes) in state.iter_mut().zip(block.as_chunks::<8>().0) {
        *lane = u64::from_le_bytes(*bytes);
    }
    permute(&mut state);
    let mut hash = [0; 32];
    for (bytes, lane) in hash.as_chunks_mut::<8>().0.iter_mut().zip(state) {
        *bytes = lane.to_le_bytes();
    }
    Some(hash)
}

/// Keccak-f[1600]; lane (x, y) stands at x + 5y. The names of the steps are those of FIPS 202 section 3.2.
fn permute(state: &mut [u64; 25]) {
    let mut constant = RoundConstants(1);
    for _ in 0..ROUNDS {
        // Theta.
        let column: [u64; 5] =
            std::array::from_fn(|x| (0..5).fold(0, |sum, y| sum ^ state[x + 5 * y]));
        for (i, lane) in state.iter_mut().enumerate() {
            *lane ^= column[(i + 4) % 5] ^ column[(i + 1) % 5].rotate_left(1);
        }
        // Rho and pi: along the walk (x, y) → (y, 2x + 3y) each lane moves on, turned a little more.
        let (mut x, mut y, mut moved) = (1, 0, state[1]);
        for step in 1..=24u32 {
            (x, y) = (y, (2 * x + 3 * y) % 5);
            let turned = moved.rotate_left(step * (step + 1) / 2 % 64);
            moved = std::mem::replace(&mut state[x + 5 * y], turned);
        }
        // Chi.
        for row in state.as_chunks_mut::<5>().0 {
            let before = *row;
            for (x, lane) in row.iter_mut().enumerate() {
                *lane ^= !before[(x + 1) % 5] & before[(x + 2) % 5];
            }
        }
        // Iota.
        state[0] ^= constant.next();
    }
}

/// The register of FIPS 202 algorithm 5, x⁸ + x⁶ + x⁵ + x⁴ + 1, which the round constants come from.
struct RoundConstants(u8);

impl RoundConstants {
    fn next(&mut self) -> u64 {
        (0..7).fold(0, |constant, j| {
            let bit = u64::from(self.0 & 1) << ((1u32 << j) - 1);
            let overflow = self.0 >> 7;
            self.0 = (self.0 << 1) ^ (overflow * 0x71);
            constant | bit
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_hashes() {
        // Of nothing, and of "abc".
        let (nothing, abc) = (keccak_256(b"").unwrap(), keccak_256(b"abc").unwrap());
        assert_eq!(nothing[..4], [0xc5, 0xd2, 0x46, 0x01]);
        assert_eq!(nothing[28..], [0x5d, 0x85, 0xa4, 0x70]);
        assert_eq!(abc[..4], [0x4e, 0x03, 0x65, 0x7a]);
        assert_eq!(keccak_256(&[0; RATE]), None);
    }
}
