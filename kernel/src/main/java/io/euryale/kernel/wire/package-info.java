/// Bytes on links: bounded readers and writers, frames with CRC32C, and the hello that opens every
/// link.
///
/// Decoding never throws on what a peer sent and never allocates more than the bytes that arrived:
/// it returns a [io.euryale.kernel.wire.Decoded]. Type numbers are append-only. Every message has a
/// golden file of its first version in the tests of its module.
@NullMarked
package io.euryale.kernel.wire;

import org.jspecify.annotations.NullMarked;
