package io.euryale.lighttrain.timetable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// A small feed whose files tests replace one by one: trip `t1` of line `l1` runs from `a` by `b`
/// to `c` on all days of 2026, from 8:00 to 8:10.
public record TestFeed(Map<String, byte[]> files) {

  public static TestFeed minimal() {
    return new TestFeed(Map.of())
        .with("agency.txt", "agency_id,agency_timezone\nx,Etc/UTC\n")
        .with("stops.txt", "stop_id,stop_name\na,Alder\nb,Birch\nc,Cedar\n")
        .with("routes.txt", "route_id,route_short_name\nl1,L1\n")
        .with("trips.txt", "route_id,service_id,trip_id\nl1,daily,t1\n")
        .with(
            "stop_times.txt",
            """
            trip_id,arrival_time,departure_time,stop_id,stop_sequence
            t1,8:00:00,8:00:00,a,1
            t1,8:05:00,8:06:00,b,2
            t1,8:10:00,8:10:00,c,3
            """)
        .with(
            "calendar.txt",
            """
            service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
            daily,1,1,1,1,1,1,1,20260101,20261231
            """);
  }

  public TestFeed with(String file, String content) {
    return with(file, content.getBytes(StandardCharsets.UTF_8));
  }

  TestFeed with(String file, byte[] content) {
    Map<String, byte[]> changed = new LinkedHashMap<>(files);
    changed.put(file, content);
    return new TestFeed(changed);
  }

  TestFeed without(String file) {
    Map<String, byte[]> changed = new LinkedHashMap<>(files);
    changed.remove(file);
    return new TestFeed(changed);
  }

  public Path writeTo(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue());
    }
    return folder;
  }

  /// @param prefix folder inside the archive, with a slash at its end; or empty
  Path zipTo(Path zip, String prefix) throws IOException {
    try (OutputStream out = Files.newOutputStream(zip);
        ZipOutputStream entries = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        entries.putNextEntry(new ZipEntry(prefix + file.getKey()));
        entries.write(file.getValue());
        entries.closeEntry();
      }
    }
    return zip;
  }

  public GtfsFeed read(Path folder) throws IOException, TimetableException {
    return GtfsFeed.read(writeTo(folder));
  }

  /// What `reading` refuses. Whatever the fault, the message must be one line that ends with advice
  /// and has no class name in it.
  static TimetableException refusal(ThrowingCallable reading) {
    Throwable thrown = catchThrowable(reading);
    assertThat(thrown).isInstanceOf(TimetableException.class);
    assertThat(thrown.getMessage()).doesNotContain("\n").doesNotContain("Exception").contains("; ");
    return (TimetableException) thrown;
  }
}
