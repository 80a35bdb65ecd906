//! GZIP framing.
//!
//! The content is framed, not squeezed: stored blocks with a correct checksum, which every reader of
//! gzip files accepts. A real delivery stream would compress it to about a fifth (COMPAT.md).

/// The content as a gzip file of stored blocks.
pub(super) fn gzip(content: &[u8]) -> Vec<u8> {
    const BLOCK_MAX: usize = 0xffff;
    let mut out = Vec::with_capacity(content.len() + 5 * (content.len() / BLOCK_MAX + 1) + 18);
    // Magic, deflate, no flags, no time, no hint, unknown system.
    out.extend_from_slice(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
    let mut blocks = content.chunks(BLOCK_MAX).peekable();
    if blocks.peek().is_none() {
        out.extend_from_slice(&[1, 0, 0, 0xff, 0xff]);
    }
    while let Some(block) = blocks.next() {
        out.push(u8::from(blocks.peek().is_none()));
        let length = block.len() as u16;
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&(!length).to_le_bytes());
        out.extend_from_slice(block);
    }
    out.extend_from_slice(&crc32(content).to_le_bytes());
    out.extend_from_slice(&(content.len() as u32).to_le_bytes());
    out
}

/// The checksum of RFC 1952, a byte at a time.
fn crc32(content: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut at = 0;
        while at < 256 {
            let mut rest = at as u32;
            let mut bit = 0;
            while bit < 8 {
                rest = if rest & 1 == 1 { rest >> 1 ^ 0xedb8_8320 } else { rest >> 1 };
                bit += 1;
            }
            table[at] = rest;
            at += 1;
        }
        table
    };
    !content.iter().fold(!0, |crc, byte| crc >> 8 ^ TABLE[((crc ^ u32::from(*byte)) & 0xff) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check value of the checksum's definition, and the frame around a short and an empty text.
    #[test]
    fn frames_are_complete() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        let file = gzip(b"123456789");
        assert_eq!(file[10..15], [1, 9, 0, 0xf6, 0xff]);
        assert_eq!(file[15..24], *b"123456789");
        assert_eq!(file[24..], [0x26, 0x39, 0xf4, 0xcb, 9, 0, 0, 0]);
        assert_eq!(gzip(b"").len(), 23);
        // Two blocks: the first is not the last one.
        let long = gzip(&[7; 0x1_0000]);
        assert_eq!((long[10], long[10 + 5 + 0xffff]), (0, 1));
    }
}
