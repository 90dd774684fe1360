//! Coins that came from Bitcoin and kept the shape of its addresses. The version bytes are those of
//! `chainparams.cpp` of each; where two coins share one, the URI scheme says which is meant.

use super::base58::{BITCOIN, decode};
use super::bech32::Variant::{Bech32, Bech32m};
use super::forms::{Chain, Form, Verdict, base58, bech32, cash, chain, own, segwit};

const COINS: &str = "litecoin-doge-dash-bch";

/// The addresses before `CashAddr`, which are Bitcoin's own.
const LEGACY: Form = base58(&["1"], &[0x00]).in_uri();
const LEGACY_SCRIPT: Form = base58(&["3"], &[0x05]).in_uri();

#[rustfmt::skip]
pub(super) static CHAINS: &[Chain] = &[
    chain(COINS, "LTC", &["litecoin"], &[
        base58(&["L"], &[0x30]).told(), base58(&["M"], &[0x32]).told(), segwit(&["ltc1", "tltc1"]), bech32(&["ltcmweb1"], Bech32),
        base58(&["3"], &[0x05]).in_uri(), base58(&["m", "n"], &[0x6f]).in_uri(), base58(&["Q"], &[0x3a]).in_uri(),
    ]),
    chain(COINS, "DOGE", &["dogecoin", "doge"], &[
        base58(&["D"], &[0x1e]).told(), base58(&["9", "A"], &[0x16]), base58(&["n"], &[0x71]),
    ]),
    chain(COINS, "DASH", &["dash"], &[
        base58(&["X"], &[0x4c]).told(), base58(&["7"], &[0x10]), base58(&["y"], &[0x8c]), base58(&["8", "9"], &[0x13]),
    ]),
    chain(COINS, "BCH", &["bitcoincash", "bitcoin-cash"], &[
        cash(&["q", "p", "z", "r"], "bitcoincash"), LEGACY, LEGACY_SCRIPT,
    ]),
    chain(COINS, "BCH", &["bchtest"], &[cash(&["q", "p", "z", "r"], "bchtest")]),
    chain(COINS, "BCH", &["bchreg"], &[cash(&["q", "p", "z", "r"], "bchreg")]),
    chain(COINS, "XEC", &["ecash"], &[cash(&["q", "p"], "ecash")]),
    chain(COINS, "BSV", &["bitcoinsv", "bsv"], &[LEGACY, LEGACY_SCRIPT]),
    chain(COINS, "BTG", &["bitcoingold"], &[base58(&["G"], &[0x26]), base58(&["A"], &[0x17]), segwit(&["btg1"])]),
    chain(COINS, "DGB", &["digibyte"], &[
        base58(&["D"], &[0x1e]).in_uri(), base58(&["S"], &[0x3f]), segwit(&["dgb1"]),
    ]),
    chain(COINS, "RVN", &["ravencoin", "raven"], &[base58(&["R"], &[0x3c]), base58(&["r"], &[0x7a])]),
    // Base58 with a checksum of Grøstl, which is not computed here.
    chain(COINS, "GRS", &["groestlcoin"], &[
        segwit(&["grs1"]), own(&["F", "3"], (33, 35), &BITCOIN, unchecked).in_uri(),
    ]),
    chain(COINS, "VTC", &["vertcoin"], &[base58(&["V"], &[0x47]), base58(&["3"], &[0x05]).in_uri(), segwit(&["vtc1"])]),
    chain(COINS, "PPC", &["peercoin"], &[base58(&["P"], &[0x37]), base58(&["p"], &[0x75]), segwit(&["pc1"])]),
    chain(COINS, "NMC", &["namecoin"], &[base58(&["M", "N"], &[0x34]), base58(&["6"], &[0x0d]), segwit(&["nc1"])]),
    chain(COINS, "MONA", &["monacoin"], &[
        base58(&["M"], &[0x32]).in_uri(), base58(&["P"], &[0x37]).in_uri(), segwit(&["mona1"]),
    ]),
    chain(COINS, "KMD", &["komodo"], &[base58(&["R"], &[0x3c]).in_uri(), base58(&["b"], &[0x55])]),
    chain(COINS, "PIVX", &["pivx"], &[base58(&["D"], &[0x1e]).in_uri(), base58(&["S"], &[0x3f]).in_uri()]),
    chain(COINS, "SYS", &["syscoin"], &[base58(&["S"], &[0x3f]).in_uri(), segwit(&["sys1"])]),
    chain(COINS, "QTUM", &["qtum"], &[base58(&["Q"], &[0x3a]), base58(&["M"], &[0x32]).in_uri(), segwit(&["qc1"])]),
    chain(COINS, "FIRO", &["firo"], &[base58(&["a", "Z"], &[0x52]), bech32(&["sm1"], Bech32m)]),
];

/// Of an address whose checksum is of an unusual hash: only its shape.
fn unchecked(text: &str) -> Verdict {
    match decode(&BITCOIN, text) {
        Some(bytes) if bytes.len() == 25 => Verdict::Unknown,
        _ => Verdict::Wrong("bad-account"),
    }
}
