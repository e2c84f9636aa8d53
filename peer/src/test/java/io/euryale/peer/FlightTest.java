package io.euryale.peer;

import static io.euryale.peer.Overlay.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.euryale.kernel.PeerRef;
import io.euryale.kernel.TrafficClass;
import io.euryale.service.stream.Replication;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class FlightTest {

  private static final List<String> KINDS =
      List.of("Place", "PeerSuspicion", "FailOver", "Reorganisation", "Merge", "StreamTraffic");

  @TempDir Path directory;

  @Test
  void aRecordingTellsOfPlacesFailOversAndTraffic() throws Exception {
    try (Recording recording = new Recording()) {
      KINDS.forEach(kind -> recording.enable("euryale." + kind).withoutThreshold());
      recording.start();
      try (Overlay overlay = Overlay.of("a1", "a2", "b1", "b2")) {
        Client client = overlay.client("desk");
        client.subscribe("line-a", TrafficClass.NORMAL, Replication.ACTIVE, new Received());
        StreamPublisher stream = overlay.sensor("door").open("line-a", TrafficClass.NORMAL);
        assertThat(stream.awaitInterest(PATIENCE)).isTrue();
        assertThat(stream.publish(new byte[100], PATIENCE).isAccepted()).isTrue();
        eventually(recording, "StreamTraffic", "trafficClass", "normal");

        EuryalePeer child = Objects.requireNonNull(overlay.peers.get("b1"));
        PeerRef parent =
            Objects.requireNonNull(child.awaitMember(PATIENCE).parent(), "b1 has a parent");
        Objects.requireNonNull(overlay.peers.get(parent.name().value())).kill();
        eventually(recording, "FailOver", "lost", parent.id().toString());
        eventually(recording, "Reorganisation", "peer", "b1#");
        List<RecordedEvent> all = events(recording);
        assertThat(texts(all, "Place", "change")).contains("MEMBER", "COORDINATOR");
        assertThat(texts(all, "PeerSuspicion", "suspect")).contains(parent.id().toString());
        assertThat(texts(all, "PeerSuspicion", "reason")).noneMatch(String::isBlank);
        assertThat(texts(all, "FailOver", "parent")).allMatch(text -> text.startsWith("a"));
      }
    }
  }

  private void eventually(Recording recording, String kind, String field, String start)
      throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (texts(events(recording), kind, field).stream().noneMatch(t -> t.startsWith(start))) {
      assertThat(System.nanoTime()).as(kind).isLessThan(deadline);
      Thread.sleep(100);
    }
  }

  private List<RecordedEvent> events(Recording recording) throws Exception {
    Path file = directory.resolve("flight.jfr");
    recording.dump(file);
    return RecordingFile.readAllEvents(file);
  }

  private static List<String> texts(List<RecordedEvent> events, String kind, String field) {
    return events.stream()
        .filter(event -> event.getEventType().getName().equals("euryale." + kind))
        .map(event -> event.getString(field))
        .filter(Objects::nonNull)
        .toList();
  }
}
