package io.euryale.group.primary;

/// A property that does not hold in some reachable situation.
final class Violation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String property;

  Violation(String property, String text) {
    super(property + ": " + text);
    this.property = property;
  }

  String property() {
    return property;
  }
}
