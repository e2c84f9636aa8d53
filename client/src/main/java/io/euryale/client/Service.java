package io.euryale.client;

/// What is promised about the delivery of one message; each promises what those above it do not.
/// In the order of their codes.
public enum Service {
  /// At most once, perhaps never; at most 700 bytes.
  UNRELIABLE,
  /// Once, in no order.
  RELIABLE,
  /// In the order of its sender.
  FIFO,
  /// After everything its sender had sent or delivered before.
  CAUSAL,
  /// In one order for everybody.
  AGREED,
  /// In one order for everybody, once every peer of the configuration holds it.
  SAFE
}
