package io.euryale.bench.group.pattern;

import java.nio.ByteBuffer;

/// A bundle of messages of one sender, which has one place in the order.
///
/// @param sender who sent it
/// @param sequence counts the bundles of the sender from 1, or all bundles in the order
/// @param time the sender's Lamport time; 0 where there is none
/// @param safe whether it waits until everybody holds it
/// @param body messages, each after its length
record Packet(int sender, long sequence, long time, boolean safe, ByteBuffer body) {}
