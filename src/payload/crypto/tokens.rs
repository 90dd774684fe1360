//! Coins that live on the chain of another: what a contract is called, and how many places it has.

/// The address of the contract, lower case where the chain ignores it; its symbol; decimal places.
/// Those of the issuers' own lists (Tether "Supported protocols", Circle "USDC contract addresses").
const TOKENS: &[(&str, &str, i32)] = &[
    ("0xdac17f958d2ee523a2206206994597c13d831ec7", "USDT", 6),
    ("0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48", "USDC", 6),
    ("0x6b175474e89094c44da98b954eedeac495271d0f", "DAI", 18),
    // BNB Smart Chain.
    ("0x55d398326f99059ff775485246999027b3197955", "USDT", 18),
    ("0x8ac76a51cc950d9822d68b83fe1ad97b32cd580d", "USDC", 18),
    // Polygon.
    ("0xc2132d05d31c914a87c6611c10748aeb04b58e8f", "USDT", 6),
    ("0x3c499c542cef5e3811e1192ce70d8cc03d5c3359", "USDC", 6),
    ("0x2260fac5e5542a773aa44fbcfedf7c193bc2c599", "WBTC", 8),
    ("0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2", "WETH", 18),
    ("0x6c3ea9036406852006290770bedfcaba0e23a0e8", "PYUSD", 6),
    // OP Mainnet, Avalanche.
    ("0x0b2c639c533813f4aa9d7837caf62653d097ff85", "USDC", 6),
    ("0x94b008aa00579c1307b0ef2c499ad98a8ce58e58", "USDT", 6),
    ("0xb97ef9ef8734c71904d8002f8b6bc66dd9c48a6e", "USDC", 6),
    ("0x9702230a8ea53601f5cd2dc00fdbc13d4df4a8c7", "USDT", 6),
    // Base, Arbitrum.
    ("0x833589fcd6edb6e08f4c7c32d4f71b54bda02913", "USDC", 6),
    ("0xaf88d065e77c8cc2239327c5edb3a432268e5831", "USDC", 6),
    ("0xfd086bc7cd5c481dcc9c85ebe478a1c0b69fcbb9", "USDT", 6),
    // Algorand, Tron, Solana, TON.
    ("31566704", "USDC", 6),
    ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "USDT", 6),
    ("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", "USDC", 6),
    ("Es9vMFrzaCERmJfrF4H2FYD4KCoNky11McCe8BenwNYB", "USDT", 6),
    (
        "EQCxE6mUtQJKFnGfaROTKOt1lZbDiiX1kCixRv7Nw2Id_sDs",
        "USDT",
        6,
    ),
];

/// The symbol and the places of the token at `address`.
pub(super) fn known(address: &str) -> Option<(&'static str, i32)> {
    let same =
        |own: &str| own == address || own.starts_with("0x") && own.eq_ignore_ascii_case(address);
    TOKENS
        .iter()
        .find(|(own, ..)| same(own))
        .map(|(_, symbol, places)| (*symbol, *places))
}

/// The symbol that `given` is or stands for: a symbol itself, or the address of a known token.
pub(super) fn symbol(given: &str) -> Option<String> {
    let is_symbol = (2..=12).contains(&given.len())
        && given.starts_with(|c: char| c.is_ascii_alphabetic())
        && given.bytes().all(|b| b.is_ascii_alphanumeric());
    known(given)
        .map(|(symbol, _)| symbol.to_owned())
        .or_else(|| is_symbol.then(|| given.to_ascii_uppercase()))
}
