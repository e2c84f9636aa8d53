package io.euryale.console;

import io.euryale.peer.EdgeSettings;
import io.euryale.peer.PeerSettings;
import io.euryale.peer.group.GroupPeerSettings;
import io.euryale.platform.SettingsBinder;
import io.euryale.platform.SettingsException;
import java.nio.file.Path;

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
