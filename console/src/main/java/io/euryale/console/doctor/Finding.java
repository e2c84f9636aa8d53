package io.euryale.console.doctor;

/// What a check found.
///
/// @param check what was looked at, in one or two words
/// @param verdict how it is
/// @param text one sentence
/// @param advice what to do, in one sentence; "" when there is nothing to do
public record Finding(String check, Verdict verdict, String text, String advice) {

  /// How something is.
  public enum Verdict {
    OK,
    /// It works, but not as well as it could.
    WARNING,
    /// It does not work, for want of something that this machine has to have.
    PROBLEM,
    /// It does not work, because the settings are wrong.
    MISTAKE
  }

  static Finding ok(String check, String text) {
    return new Finding(check, Verdict.OK, text, "");
  }

  static Finding warning(String check, String text, String advice) {
    return new Finding(check, Verdict.WARNING, text, advice);
  }

  static Finding problem(String check, String text, String advice) {
    return new Finding(check, Verdict.PROBLEM, text, advice);
  }

  static Finding mistake(String check, String text, String advice) {
    return new Finding(check, Verdict.MISTAKE, text, advice);
  }
}
