package io.euryale.lab.real;

/// The traces of a run need more memory than this JVM may use.
public final class TracesTooLargeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  TracesTooLargeException() {
    super("The traces need more memory than there is");
  }
}
