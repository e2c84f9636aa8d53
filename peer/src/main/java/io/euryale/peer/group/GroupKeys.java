package io.euryale.peer.group;

import io.euryale.kernel.PeerName;
import io.euryale.link.Keyring;
import io.euryale.link.PeerKey;
import io.euryale.link.StaticKey;
import io.euryale.peer.RefusedException;
import io.euryale.peer.RefusedException.Reason;
import io.euryale.platform.PlatformException;
import io.euryale.platform.keys.KeyFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Key files: a peer's own private key and the public keys of all members.
///
/// A file is UTF-8 text of at most 1 MiB. Empty lines and lines that begin with `#` say nothing;
/// the others are
///
/// - `private KEY`, once to four times, the preferred key first;
/// - `public NAME KEY`, once to four times for each other peer, the preferred key first. Own ones
///   are allowed, so that all files may have the same list.
///
/// Keys are 32 bytes in Base64. Only the owner of the file may read it. How keys are replaced
/// while the overlay runs stands at [Keyring].
public final class GroupKeys {

  private static final SecureRandom RANDOM = new SecureRandom();

  private GroupKeys() {}

  /// A new key.
  public static StaticKey generate() {
    byte[] random = new byte[32];
    RANDOM.nextBytes(random);
    return StaticKey.of(random);
  }

  /// Makes a key for each peer, and a file `NAME.keys` for each with its private key and the public
  /// ones of all; the files are for their owner only. Existing files are never replaced.
  ///
  /// @param directory made when it is not there
  /// @return the files, in the order of the names
  /// @throws RefusedException when a file is there already or cannot be written
  public static List<Path> generate(Path directory, List<PeerName> names) {
    Map<PeerName, StaticKey> keys = new LinkedHashMap<>();
    names.forEach(name -> keys.put(name, generate()));
    List<Path> files = new ArrayList<>();
    for (PeerName name : keys.keySet()) {
      files.add(directory.resolve(name + ".keys"));
    }
    for (Path file : files) {
      if (Files.exists(file)) {
        throw invalid(file, "is there already; remove it, or choose another directory");
      }
    }
    int place = 0;
    for (Map.Entry<PeerName, StaticKey> entry : keys.entrySet()) {
      write(files.get(place++), text(entry.getKey(), entry.getValue(), keys));
    }
    return List.copyOf(files);
  }

  private static String text(PeerName name, StaticKey own, Map<PeerName, StaticKey> keys) {
    StringBuilder text = new StringBuilder();
    text.append("# Keys of peer ").append(name).append(". Keep this file to its owner.\n");
    text.append("private ").append(own.secretText()).append('\n');
    keys.forEach(
        (peer, key) ->
            text.append("public ").append(peer).append(' ').append(key.publicKey()).append('\n'));
    return text.toString();
  }

  private static void write(Path file, String text) {
    try {
      Path parent = file.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Set<PosixFilePermission> permissions =
          EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
      Files.createFile(file, PosixFilePermissions.asFileAttribute(permissions));
      Files.writeString(file, text, StandardOpenOption.TRUNCATE_EXISTING);
    } catch (FileAlreadyExistsException e) {
      throw invalid(
          file,
          file.toString().equals(e.getFile())
              ? "is there already; remove it, or choose another directory"
              : "cannot be written: '" + e.getFile() + "' is no directory");
    } catch (IOException e) {
      throw unwritten(file, PlatformException.reason(e), e);
    } catch (UnsupportedOperationException e) {
      throw unwritten(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static RefusedException unwritten(Path file, String why, Exception cause) {
    return new RefusedException(
        Reason.ADDRESS,
        "Key file '" + file + "' cannot be written (" + why + "): choose another directory.",
        cause);
  }

  /// Reads a key file.
  ///
  /// @param self whose file it is
  /// @throws RefusedException when it cannot be read, others may read it, or it has a mistake; the
  /// sentence names the line and never shows a private key
  public static Keyring load(PeerName self, Path file) {
    String text = read(file);
    List<StaticKey> own = new ArrayList<>();
    Map<PeerName, List<PeerKey>> others = new LinkedHashMap<>();
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      String stripped = line.strip();
      if (stripped.isEmpty() || stripped.startsWith("#")) {
        continue;
      }
      String[] words = stripped.split("\\s+", -1);
      try {
        if (words[0].equals("private") && words.length == 2) {
          own.add(StaticKey.parse(words[1]));
        } else if (words[0].equals("public") && words.length == 3) {
          if (!PeerName.isValid(words[1])) {
            throw invalid(file, "has a name in line " + number + " that no peer can have");
          }
          others
              .computeIfAbsent(new PeerName(words[1]), _ -> new ArrayList<>())
              .add(PeerKey.parse(words[2]));
        } else {
          throw invalid(
              file,
              "has a mistake in line " + number + ": write 'private KEY' or 'public NAME KEY'");
        }
      } catch (IllegalArgumentException e) {
        throw invalid(file, "has a mistake in line " + number + ": " + e.getMessage());
      }
    }
    if (own.isEmpty()) {
      throw invalid(file, "has no line 'private KEY' with the key of peer " + self);
    }
    List<PeerKey> listed = others.get(self);
    if (listed != null && own.stream().noneMatch(key -> listed.contains(key.publicKey()))) {
      throw invalid(
          file,
          "lists other public keys for peer "
              + self
              + " than those of its private ones; it may be"
              + " the file of another peer");
    }
    try {
      return new Keyring(self, own, others);
    } catch (IllegalArgumentException e) {
      throw invalid(file, "cannot be used: " + e.getMessage());
    }
  }

  private static String read(Path file) {
    if (Files.isDirectory(file)) {
      throw invalid(file, "is a directory; name the file of this peer in it");
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(KeyFiles.readPrivate(file, "euryale group keys"));
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (PlatformException e) {
      throw new RefusedException(Reason.INVALID, String.valueOf(e.getMessage()), e);
    } catch (CharacterCodingException _) {
      throw invalid(file, "is not UTF-8 text");
    }
  }

  private static RefusedException invalid(Path file, String what) {
    return new RefusedException(Reason.INVALID, "Key file '" + file + "' " + what + ".");
  }
}
