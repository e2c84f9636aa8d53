package io.euryale.dashboard;

import java.util.List;
import java.util.Map;

/// What may be done from the dashboard. A deployment that is only watched has none.
public interface Controls {

  /// Nothing may be done.
  Controls NONE =
      new Controls() {
        @Override
        public List<Map<String, Object>> offered() {
          return List.of();
        }

        @Override
        public String press(String action, Map<String, String> arguments) throws Refusal {
          throw new Refusal("Nothing can be done from here: this page only watches.");
        }
      };

  /// An action that is not done; the message says why, in one sentence.
  final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param sentence why, and what to do
    public Refusal(String sentence) {
      super(sentence);
    }
  }

  /// The buttons, each with `action`, `label`, `about` and perhaps `arguments`.
  List<Map<String, Object>> offered();

  /// Does it. Called by several threads.
  ///
  /// @param arguments as the button says
  /// @return what was done, one sentence
  /// @throws Refusal when it was not
  String press(String action, Map<String, String> arguments) throws Refusal, InterruptedException;
}
