package io.euryale.peer.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.group.named.GroupMemberId;
import io.euryale.group.named.GroupName;
import io.euryale.group.named.Right;
import io.euryale.group.named.Rights;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.peer.RefusedException;
import io.euryale.platform.SettingsBinder;
import io.euryale.platform.SettingsException;
import io.euryale.platform.SettingsSchema;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroupSettingsTest {

  private static GroupPeerSettings bind(String yaml) throws SettingsException {
    return SettingsBinder.bind("group.yaml", yaml, GroupPeerSettings.class, _ -> null);
  }

  @Test
  void documentedDefaultsAreTheOnesUsed() throws SettingsException {
    assertThat(bind("name: alpha")).isEqualTo(GroupPeerSettings.named("alpha"));
  }

  @Test
  void rightsAndSessionsAreRead() throws SettingsException {
    GroupPeerSettings settings =
        bind(
            """
            name: alpha
            rights:
              - orders/* * billing* join,send
              - "* alpha * receive"
            sessions:
              socket: /run/euryale/alpha.sock
              count: 8
            """);
    assertThat(settings.sessions().count()).isEqualTo(8);
    Rights rights = StartChecks.rights(settings.rights());
    GroupMemberId member =
        new GroupMemberId(new PeerId(new PeerName("beta"), 1), new PeerName("billing1"));
    assertThat(rights.allows(Right.SEND, new GroupName("orders/eu"), member)).isTrue();
    assertThat(rights.allows(Right.RECEIVE, new GroupName("orders/eu"), member)).isFalse();
    assertThat(SettingsSchema.of(GroupPeerSettings.class)).contains("\"rights\"", "\"socket\"");
  }

  @Test
  void aLineThatIsNoRightIsNamed() {
    for (String line : List.of("", "a b c", "a b c fly", "a*b * * join", "* * * join,")) {
      assertThatThrownBy(() -> StartChecks.rights(List.of(line)))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("'" + line + "'")
          .hasMessageContaining("GROUPS PEERS APPLICATIONS RIGHTS");
    }
  }

  @Test
  void aMemberThatIsDeclaredTwiceIsNamed() {
    List<String> declared =
        List.of("alpha=127.0.0.1:7400", "beta=127.0.0.1:7401", "alpha=127.0.0.1:7402");
    assertThatThrownBy(() -> DeclaredMembers.parse(new PeerName("alpha"), declared))
        .isInstanceOf(RefusedException.class)
        .hasMessage(
            "Member alpha is declared twice: give each member one entry, the same everywhere.");
  }
}
