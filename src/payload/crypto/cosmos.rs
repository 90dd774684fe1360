//! Chains that write their addresses in Bech32 with a prefix of their own (SLIP-173 and the registries
//! of the chains).

use super::bech32::Variant::{Bech32, Bech32m};
use super::forms::{Chain, bech32, chain};

const OTHER: &str = "other-chains";

#[rustfmt::skip]
pub(super) static CHAINS: &[Chain] = &[
    chain(OTHER, "ATOM", &["cosmos"], &[bech32(&["cosmos1"], Bech32)]),
    chain(OTHER, "OSMO", &["osmosis"], &[bech32(&["osmo1"], Bech32)]),
    chain(OTHER, "INJ", &["injective"], &[bech32(&["inj1"], Bech32)]),
    chain(OTHER, "TIA", &["celestia"], &[bech32(&["celestia1"], Bech32)]),
    chain(OTHER, "LUNA", &["terra"], &[bech32(&["terra1"], Bech32)]),
    chain(OTHER, "JUNO", &["juno"], &[bech32(&["juno1"], Bech32)]),
    chain(OTHER, "STARS", &["stargaze"], &[bech32(&["stars1"], Bech32)]),
    chain(OTHER, "AKT", &["akash"], &[bech32(&["akash1"], Bech32)]),
    chain(OTHER, "KAVA", &["kava"], &[bech32(&["kava1"], Bech32)]),
    chain(OTHER, "SEI", &["sei"], &[bech32(&["sei1"], Bech32)]),
    chain(OTHER, "DYDX", &["dydx"], &[bech32(&["dydx1"], Bech32)]),
    chain(OTHER, "AXL", &["axelar"], &[bech32(&["axelar1"], Bech32)]),
    chain(OTHER, "EVMOS", &["evmos"], &[bech32(&["evmos1"], Bech32)]),
    chain(OTHER, "SCRT", &["secret"], &[bech32(&["secret1"], Bech32)]),
    chain(OTHER, "STRD", &["stride"], &[bech32(&["stride1"], Bech32)]),
    chain(OTHER, "RUNE", &["thorchain"], &[bech32(&["thor1"], Bech32)]),
    chain(OTHER, "CACAO", &["mayachain"], &[bech32(&["maya1"], Bech32)]),
    chain(OTHER, "NTRN", &["neutron"], &[bech32(&["neutron1"], Bech32)]),
    chain(OTHER, "XPRT", &["persistence"], &[bech32(&["persistence1"], Bech32)]),
    chain(OTHER, "CRO", &["cronos"], &[bech32(&["cro1"], Bech32)]),
    chain(OTHER, "BAND", &["bandchain"], &[bech32(&["band1"], Bech32)]),
    chain(OTHER, "FET", &["fetch"], &[bech32(&["fetch1"], Bech32)]),
    chain(OTHER, "DYM", &["dymension"], &[bech32(&["dym1"], Bech32)]),
    chain(OTHER, "", &["noble"], &[bech32(&["noble1"], Bech32)]),
    chain(OTHER, "INIT", &["initia"], &[bech32(&["init1"], Bech32)]),
    chain(OTHER, "BABY", &["babylon"], &[bech32(&["bbn1"], Bech32)]),
    chain(OTHER, "BNB", &[], &[bech32(&["bnb1"], Bech32)]),
    chain(OTHER, "ONE", &["harmony"], &[bech32(&["one1"], Bech32)]),
    chain(OTHER, "ZIL", &["zilliqa"], &[bech32(&["zil1"], Bech32)]),
    chain(OTHER, "EGLD", &["multiversx", "elrond"], &[bech32(&["erd1"], Bech32)]),
    chain(OTHER, "IOTX", &["iotex"], &[bech32(&["io1"], Bech32)]),
    chain(OTHER, "IOTA", &["iota"], &[bech32(&["iota1"], Bech32)]),
    chain(OTHER, "ROSE", &["oasis"], &[bech32(&["oasis1"], Bech32)]),
    chain(OTHER, "HNS", &["handshake"], &[bech32(&["hs1"], Bech32).in_uri()]),
    chain(OTHER, "XCH", &["chia"], &[bech32(&["xch1"], Bech32m)]),
    chain(OTHER, "CKB", &["nervos"], &[bech32(&["ckb1"], Bech32m)]),
    chain(OTHER, "ALEO", &["aleo"], &[bech32(&["aleo1"], Bech32m)]),
];
