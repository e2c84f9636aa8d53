package io.euryale.peer.group;

import static io.euryale.peer.group.Members.SOON;
import static io.euryale.peer.group.Members.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.euryale.group.Service;
import io.euryale.group.named.JoinOptions;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.TrafficClass;
import io.euryale.link.StaticKey;
import io.euryale.peer.RefusedException;
import io.euryale.platform.Loops;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GroupKeysTest {

  private static final PeerName ALPHA = new PeerName("alpha");
  private static final PeerName BETA = new PeerName("beta");

  @TempDir Path directory;

  private Path file(String text) throws Exception {
    Path file = directory.resolve("keys");
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  @Test
  void generatedFilesAreForTheirOwnerAndCanBeLoaded() throws Exception {
    List<Path> files = GroupKeys.generate(directory.resolve("new"), List.of(ALPHA, BETA));
    assertThat(files)
        .extracting(f -> f.getFileName().toString())
        .containsExactly("alpha.keys", "beta.keys");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files.get(0))))
        .isEqualTo("rw-------");
    assertThat(GroupKeys.load(ALPHA, files.get(0)).names()).containsExactly(BETA);
    assertThatThrownBy(() -> GroupKeys.generate(directory.resolve("new"), List.of(ALPHA)))
        .hasMessageContaining("is there already");
    assertThatThrownBy(() -> GroupKeys.load(BETA, files.get(0)))
        .hasMessageContaining("it may be the file of another peer");
  }

  @Test
  void everyMistakeIsOneSentenceWithoutThePrivateKey() throws Exception {
    StaticKey own = GroupKeys.generate();
    String secret = own.secretText();
    assertThatThrownBy(() -> GroupKeys.load(ALPHA, directory.resolve("none")))
        .hasMessageContaining("does not exist");
    for (String text :
        List.of(
            "",
            "private short\n",
            "private " + secret + " more\n",
            "private " + secret + "\npublic no/name " + own.publicKey() + "\n",
            "private " + secret + "\npublic beta nonsense\n",
            "private " + secret + "\nsecret " + secret + "\n",
            "private " + secret + "\npublic beta " + own.publicKey() + "\n",
            ("private " + secret + "\n").repeat(5))) {
      Path file = file(text);
      assertThatThrownBy(() -> GroupKeys.load(ALPHA, file))
          .isInstanceOf(RefusedException.class)
          .satisfies(
              e ->
                  assertThat(e.getMessage())
                      .startsWith("Key file '")
                      .endsWith(".")
                      .doesNotContain("\n")
                      .doesNotContain(secret));
    }
    Path open = file("private " + secret + "\n");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> GroupKeys.load(ALPHA, open)).hasMessageContaining("chmod 600");
    assertThatThrownBy(() -> GroupKeys.load(ALPHA, directory))
        .hasMessageContaining("is a directory");
    assertThatThrownBy(() -> GroupKeys.generate(open, List.of(ALPHA)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("'" + open + "' is no directory");
  }

  @Test
  void withoutKeysAMemberStaysOnThisMachine() {
    try (Loops loops = new Loops()) {
      GroupPeerSettings away =
          GroupPeerSettings.named("alpha")
              .withHost("192.0.2.1")
              .withDataDirectory(directory.toString());
      assertThatThrownBy(() -> GroupPeer.start(away, loops, null, GroupPeerListener.NONE))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("setting keyFile");
      GroupPeerSettings friends =
          GroupPeerSettings.named("alpha")
              .withMembers(List.of("alpha=127.0.0.1:7400", "beta=192.0.2.1:7400"))
              .withDataDirectory(directory.toString());
      assertThatThrownBy(() -> GroupPeer.start(friends, loops, null, GroupPeerListener.NONE))
          .hasMessageContaining("192.0.2.1");
    }
  }

  @Test
  void keysAreReplacedWhileMessagesFlow() throws Exception {
    List<Path> files = GroupKeys.generate(directory.resolve("k"), List.of(ALPHA, BETA));
    try (Members members =
        Members.started(
            directory,
            s -> s.withKeyFile(directory.resolve("k").resolve(s.name() + ".keys").toString()),
            "alpha",
            "beta")) {
      Heard heard = new Heard();
      GroupMembership a = join(members.get("alpha"), new Heard());
      GroupMembership b = join(members.get("beta"), heard);
      eventually(() -> a.view() != null && a.view().members().size() == 2);
      StaticKey fresh = GroupKeys.generate();
      append(files.get(1), "public alpha " + fresh.publicKey() + "\n");
      append(files.get(0), "public alpha " + fresh.publicKey() + "\n");
      members.get("beta").reloadKeys();
      String before = Files.readString(files.get(0));
      Files.writeString(files.get(0), "private " + fresh.secretText() + "\n" + before);
      members.get("alpha").reloadKeys();
      for (int i = 0; i < 500; i++) {
        a.send(Service.AGREED, Heard.bytes("m" + i)).get(20, TimeUnit.SECONDS);
      }
      eventually(() -> heard.messages.size() == 500);
      assertThat(b.view().members()).hasSize(2);
      Files.writeString(files.get(0), "nonsense\n");
      assertThatThrownBy(() -> members.get("alpha").reloadKeys()).hasMessageContaining("line 1");
    }
  }

  private static void append(Path file, String text) throws Exception {
    Files.writeString(file, Files.readString(file) + text);
  }

  private static GroupMembership join(GroupPeer peer, GroupListener listener)
      throws InterruptedException {
    GroupMembership membership =
        peer.join(
            TrafficClass.NORMAL,
            "orders",
            "app-" + peer.self().name(),
            JoinOptions.STATELESS,
            listener);
    membership.awaitView(SOON);
    return membership;
  }
}
