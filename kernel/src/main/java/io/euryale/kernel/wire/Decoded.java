package io.euryale.kernel.wire;

/// What a peer's bytes turned into. Bad bytes are a value, not an exception: peers can be wrong or
/// hostile.
public sealed interface Decoded<M> {
  record Ok<M>(M message) implements Decoded<M> {}

  /// A type this version does not know; a newer peer may send it, so it is skipped and counted.
  record Unknown<M>(int type) implements Decoded<M> {}

  /// Bytes that no version would send; the link is closed.
  record Malformed<M>(int offset, String reason) implements Decoded<M> {}
}
