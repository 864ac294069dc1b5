//! A page of more than 64 MiB that is made of white space: a few hundred kilobytes of gzip, made once.

use std::sync::OnceLock;

use axum::body::Bytes;
use flate2::{Compress, Compression, Crc, FlushCompress};

const HEAD: &[u8] = br#"{"total":1,"searchId":null,"items":[{"id":1}"#;
const TAIL: &[u8] = b"]}";
const BLOCK: usize = 1024 * 1024;
const BLOCKS: usize = 65;
/// RFC 1952: deflate, no name, no time, an unknown system.
const GZIP_HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// The parts of the gzip body, in order.
pub(super) fn parts() -> Vec<Bytes> {
    static PARTS: OnceLock<Vec<Bytes>> = OnceLock::new();
    PARTS.get_or_init(compressed).clone()
}

/// Each part but the last ends with a full flush, so that the same block can be sent again and again.
fn compressed() -> Vec<Bytes> {
    let space = vec![b' '; BLOCK];
    let block = deflated(&space, FlushCompress::Full);
    let mut crc = checked(HEAD);
    let of_block = checked(&space);
    (0..BLOCKS).for_each(|_| crc.combine(&of_block));
    crc.combine(&checked(TAIL));
    let mut parts = vec![Bytes::from_static(&GZIP_HEADER), deflated(HEAD, FlushCompress::Full)];
    parts.extend(std::iter::repeat_n(block, BLOCKS));
    parts.push(deflated(TAIL, FlushCompress::Finish));
    parts.push([crc.sum().to_le_bytes(), crc.amount().to_le_bytes()].concat().into());
    parts
}

fn checked(bytes: &[u8]) -> Crc {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc
}

fn deflated(bytes: &[u8], flush: FlushCompress) -> Bytes {
    let mut out = Vec::with_capacity(bytes.len() + 64);
    let written = Compress::new(Compression::fast(), false).compress_vec(bytes, &mut out, flush);
    written.expect("the bytes are in memory, and there is room for all");
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Decompress, FlushDecompress};

    #[test]
    fn it_is_small_and_becomes_a_page_with_the_right_checksum() {
        let parts = parts();
        let body: Vec<u8> = parts[1..parts.len() - 1].concat();
        assert!(body.len() < BLOCK, "{}", body.len());
        let mut page = Vec::with_capacity((BLOCKS + 1) * BLOCK);
        let mut reader = Decompress::new(false);
        reader.decompress_vec(&body, &mut page, FlushDecompress::Finish).expect("it is deflate");
        assert_eq!(page.len(), HEAD.len() + BLOCKS * BLOCK + TAIL.len());
        assert!(page.starts_with(HEAD) && page.ends_with(b" ]}"));
        let crc = checked(&page);
        let trailer = [crc.sum().to_le_bytes(), crc.amount().to_le_bytes()].concat();
        assert_eq!(parts[parts.len() - 1], trailer);
    }
}
