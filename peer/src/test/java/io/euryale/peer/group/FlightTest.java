package io.euryale.peer.group;

import static io.euryale.peer.group.Members.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.group.Service;
import io.euryale.group.named.JoinOptions;
import io.euryale.kernel.TrafficClass;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FlightTest {

  @TempDir Path directory;

  @Test
  void aRecordingTellsOfConfigurationsSuspicionsAndTraffic() throws Exception {
    try (Recording recording = new Recording()) {
      for (String name : List.of("Configuration", "Suspicion", "Primary", "Traffic")) {
        recording.enable("euryale." + name);
      }
      recording.start();
      try (Members members = Members.started(directory, "alpha", "beta", "gamma")) {
        GroupMembership membership =
            members
                .get("alpha")
                .join(
                    TrafficClass.NORMAL,
                    "orders",
                    "app",
                    JoinOptions.STATELESS,
                    GroupListener.NONE);
        membership.send(Service.AGREED, new byte[10]);
        members.kill("gamma");
        members.awaitTogether();
        eventually(() -> has(recording, "Traffic", "trafficClass", "normal"));
        assertThat(texts(recording, "Suspicion", "suspect")).anyMatch(s -> s.contains("gamma#"));
        assertThat(texts(recording, "Suspicion", "reason")).isNotEmpty();
        assertThat(texts(recording, "Configuration", "phases"))
            .anyMatch(s -> s.contains("recovering"));
        assertThat(texts(recording, "Primary", "peer")).anyMatch(s -> s.contains("alpha#"));
      }
    }
  }

  private boolean has(Recording recording, String name, String field, String text)
      throws Exception {
    return texts(recording, name, field).stream().anyMatch(value -> value.contains(text));
  }

  private List<String> texts(Recording recording, String name, String field) throws Exception {
    Path file = directory.resolve("flight.jfr");
    recording.dump(file);
    try (Stream<RecordedEvent> events = RecordingFile.readAllEvents(file).stream()) {
      return events
          .filter(event -> event.getEventType().getName().equals("euryale." + name))
          .map(event -> event.getString(field))
          .filter(Objects::nonNull)
          .toList();
    }
  }

  @Test
  void aStatusIsOneLineOfJson() throws Exception {
    try (Members members = Members.started(directory, "alpha")) {
      String json = SessionQueries.json(members.get("alpha").status());
      assertThat(json)
          .doesNotContain("\n")
          .contains(
              "\"self\":\"alpha#", "\"isPrimary\":true", "\"phase\":\"resting\"", "\"NORMAL\"");
    }
  }
}
