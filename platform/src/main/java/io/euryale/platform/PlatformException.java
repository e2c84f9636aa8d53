package io.euryale.platform;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/// This machine, or what the operator asked of it, does not allow something; the message is one
/// sentence that says what to do, fit to be shown as it is.
public final class PlatformException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// Exit code of a process that was used wrongly or has wrong settings.
  public static final int BAD_USAGE = 2;

  /// Exit code of a process whose environment lacks something.
  public static final int ENVIRONMENT = 3;

  private final int exitCode;

  public PlatformException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /// The exit code a command ends with: [#BAD_USAGE] or [#ENVIRONMENT].
  public int exitCode() {
    return exitCode;
  }

  /// What the operating system said about a file, in a few words.
  public static String reason(IOException failure) {
    return switch (failure) {
      case FileAlreadyExistsException _ -> "there is a file of that name";
      case NoSuchFileException _ -> "there is no such file or directory";
      case AccessDeniedException _ -> "permission denied";
      case FileSystemException file when file.getReason() != null ->
          String.valueOf(file.getReason());
      case FileSystemException _ -> failure.getClass().getSimpleName();
      default -> String.valueOf(failure.getMessage());
    };
  }
}
