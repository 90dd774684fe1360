//! `BLAKE2b` without a key (RFC 7693). One block is enough, since nothing longer than an address is
//! hashed here.

const BLOCK: usize = 128;

/// The fractions of the square roots of the first eight primes (RFC 7693 section 2.6).
const START: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

/// The order of the message words in each round (section 2.7); the last two are the first two again.
const ORDER: [[usize; 16]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

/// The columns of the state, and its diagonals.
const MIXED: [[usize; 4]; 8] = [
    [0, 4, 8, 12],
    [1, 5, 9, 13],
    [2, 6, 10, 14],
    [3, 7, 11, 15],
    [0, 5, 10, 15],
    [1, 6, 11, 12],
    [2, 7, 8, 13],
    [3, 4, 9, 14],
];

/// The hash of `N` bytes of `data`; `None` where `data` does not fit one block.
pub(super) fn blake2b<const N: usize>(data: &[u8]) -> Option<[u8; N]> {
    let mut block = [0; BLOCK];
    block.get_mut(..data.len())?.copy_from_slice(data);
    let mut words = [0; 16];
    for (word, bytes) in words.iter_mut().zip(block.as_chunks::<8>().0) {
        *word = u64::from_le_bytes(*bytes);
    }
    let mut start = START;
    start[0] ^= 0x0101_0000 ^ N as u64;
    let mut state = [0; 16];
    state[..8].copy_from_slice(&start);
    state[8..].copy_from_slice(&START);
    state[12] ^= data.len() as u64;
    // The first block is the last.
    state[14] = !state[14];
    for order in ORDER.iter().chain(&ORDER[..2]) {
        for (places, pair) in MIXED.iter().zip(order.as_chunks::<2>().0) {
            mix(&mut state, *places, [words[pair[0]], words[pair[1]]]);
        }
    }
    let mut hash = [0; N];
    let folded = (0..8).map(|i| start[i] ^ state[i] ^ state[i + 8]);
    for (byte, value) in hash.iter_mut().zip(folded.flat_map(u64::to_le_bytes)) {
        *byte = value;
    }
    Some(hash)
}

/// The mixing function G (section 3.1).
fn mix(v: &mut [u64; 16], [a, b, c, d]: [usize; 4], words: [u64; 2]) {
    for (word, [first, second]) in words.into_iter().zip([[32, 24], [16, 63]]) {
        v[a] = v[a].wrapping_add(v[b]).wrapping_add(word);
        v[d] = (v[d] ^ v[a]).rotate_right(first);
        v[c] = v[c].wrapping_add(v[d]);
        v[b] = (v[b] ^ v[c]).rotate_right(second);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_hashes() {
        // RFC 7693 appendix A, "abc".
        let hash = blake2b::<64>(b"abc").unwrap();
        assert_eq!(hash[..4], [0xba, 0x80, 0xa5, 0x3f]);
        assert_eq!(hash[60..], [0xd4, 0x00, 0x99, 0x23]);
        let short = blake2b::<5>(b"abc").unwrap();
        assert_eq!(short, [0x44, 0x22, 0x9f, 0xc0, 0xef]);
        assert_eq!(blake2b::<5>(&[0; BLOCK + 1]), None);
    }
}
