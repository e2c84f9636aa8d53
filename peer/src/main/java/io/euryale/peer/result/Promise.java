package io.euryale.peer.result;

/// A stated goal and what became of it. A promise that is not held makes the exit code 1.
///
/// @param text the goal in words, with its numbers
/// @param held whether this run met it
public record Promise(String text, boolean held) {}
