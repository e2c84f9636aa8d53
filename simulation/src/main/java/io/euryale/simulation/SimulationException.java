package io.euryale.simulation;

/// A core broke its contract: it threw, or the run never came to rest. The message names the seed,
/// the virtual time and the process.
public final class SimulationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  SimulationException(String message, Throwable cause) {
    super(message, cause);
  }

  SimulationException(String message) {
    super(message);
  }
}
