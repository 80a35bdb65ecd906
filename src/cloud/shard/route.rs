//! From a partition key to a hash key, and from there to a shard.

/// The hash keys of shard `at` of a new stream with `shards` shards: floor(2^128 / N) wide, the last
/// one up to 2^128 - 1 (streams.md 2.1).
pub fn hash_range(at: u32, shards: u32) -> (u128, u128) {
    if shards <= 1 {
        return (0, u128::MAX);
    }
    let wide = u128::from(shards);
    // 2^128 does not fit; with 2^128 - 1 = q * N + r the quotient is q, or q + 1 when r is N - 1.
    let width = u128::MAX / wide + u128::from(u128::MAX % wide == wide - 1);
    let first = width * u128::from(at);
    let last = if at + 1 == shards { u128::MAX } else { first + (width - 1) };
    (first, last)
}

/// The hash key of a partition key: its MD5 as an unsigned big-endian number.
#[inline]
pub fn hash_key(key: &[u8]) -> u128 {
    // One block holds up to 55 bytes and the padding; going around the buffering of the general
    // interface halves the time of the hottest call of the simulator.
    if key.len() < 56 {
        let mut block = [0u8; 64];
        block[..key.len()].copy_from_slice(key);
        block[key.len()] = 0x80;
        block[56..].copy_from_slice(&(8 * key.len() as u64).to_le_bytes());
        let mut state = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
        md5::block_api::compress(&mut state, &[block]);
        return state.iter().fold(0, |hash, word| hash << 32 | u128::from(word.swap_bytes()));
    }
    use md5::Digest;
    u128::from_be_bytes(md5::Md5::digest(key).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ranges of streams.md 2.1.
    #[test]
    fn ranges_of_new_streams() {
        assert_eq!(hash_range(0, 1), (0, u128::MAX));
        assert_eq!(hash_range(0, 2), (0, 170_141_183_460_469_231_731_687_303_715_884_105_727));
        assert_eq!(hash_range(1, 2), (170_141_183_460_469_231_731_687_303_715_884_105_728, u128::MAX));
        assert_eq!(hash_range(1, 3).0, 113_427_455_640_312_821_154_458_202_477_256_070_485);
        assert_eq!(hash_range(2, 3).0, 226_854_911_280_625_642_308_916_404_954_512_140_970);
        assert_eq!(hash_range(1, 4).0, 85_070_591_730_234_615_865_843_651_857_942_052_864);
        assert_eq!(hash_range(1, 5).0, 68_056_473_384_187_692_692_674_921_486_353_642_291);
        assert_eq!(hash_range(4, 5).1, u128::MAX);
    }

    /// The short way and the library's way agree on keys of every length around a block.
    #[test]
    fn digests_agree() {
        use md5::Digest;
        for length in 0..130usize {
            let key: Vec<u8> = (0..length).map(|it| it as u8).collect();
            assert_eq!(hash_key(&key), u128::from_be_bytes(md5::Md5::digest(&key).into()), "{length}");
        }
    }
}
