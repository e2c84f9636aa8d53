package io.euryale.console;

import io.euryale.peer.EdgeSettings;
import io.euryale.peer.PeerSettings;
import io.euryale.peer.group.GroupPeerSettings;
import io.euryale.platform.SettingsBinder;
import io.euryale.platform.SettingsException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Reads the settings files that commands are given.
final class SettingsFiles {

  /// What a settings file can be for.
  enum Kind {
    PEER(PeerSettings.class),
    EDGE(EdgeSettings.class),
    GROUP(GroupPeerSettings.class);

    private final Class<? extends Record> type;

    Kind(Class<? extends Record> type) {
      this.type = type;
    }

    Class<? extends Record> type() {
      return type;
    }

    /// As options have it.
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// The kind that knows most of the keys of a file; a peer's when several know as many.
    static Kind of(Path file) throws SettingsException {
      List<String> keys = SettingsBinder.keys(file);
      Kind best = PEER;
      for (Kind kind : values()) {
        if (kind.known(keys) > best.known(keys)) {
          best = kind;
        }
      }
      return best;
    }

    private long known(List<String> keys) {
      return Arrays.stream(type.getRecordComponents())
          .filter(component -> keys.contains(component.getName()))
          .count();
    }
  }

  private SettingsFiles() {}

  static PeerSettings peer(Path file) throws SettingsException {
    return SettingsBinder.read(file, PeerSettings.class);
  }

  static EdgeSettings edge(Path file) throws SettingsException {
    return SettingsBinder.read(file, EdgeSettings.class);
  }

  static GroupPeerSettings group(Path file) throws SettingsException {
    return SettingsBinder.read(file, GroupPeerSettings.class);
  }
}
