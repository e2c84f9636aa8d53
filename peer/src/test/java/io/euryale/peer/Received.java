package io.euryale.peer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Remembers what a client was given.
final class Received implements StreamHandler {

  final List<String> texts = new CopyOnWriteArrayList<>();
  final List<Long> sequences = new CopyOnWriteArrayList<>();
  final List<String> gaps = new CopyOnWriteArrayList<>();

  @Override
  public void packet(String stream, long epoch, long sequence, ByteBuffer payload) {
    sequences.add(sequence);
    texts.add(StandardCharsets.UTF_8.decode(payload).toString());
  }

  @Override
  public void gap(String stream, long epoch, long from, long to) {
    gaps.add(from + ".." + to);
  }
}
