package io.euryale.overlay;

import io.euryale.kernel.PeerRef;
import io.euryale.kernel.wire.WireReader;
import io.euryale.kernel.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The parts of messages about what can be found, and of event logs.
///
/// | part     | fields                                                                      |
/// |----------|-----------------------------------------------------------------------------|
/// | advert   | resource u8, name text (200), value i64                                     |
/// | offer    | owner ref, age in ms i64, advert* (512)                                     |
/// | query    | resource u8, pattern text (200), least i64, wanted i32                      |
/// | findings | finding* (512), total i32, complete u8 (0, 1; 2: forbidden, and no finding) |
/// | finding  | owner ref, name text (200), value i64, age in ms i64                        |
/// | event    | sequence i64, age in ms i64, name text (64), text (1024)                    |
final class DiscoveryParts {

  private static final int FORBIDDEN = 2;
  private static final int MAX_EVENT_BYTES = 64;
  private static final int MAX_EVENT_TEXT_BYTES = 1_024;

  private DiscoveryParts() {}

  static void offers(WireWriter w, List<Offer> offers) {
    w.u16(offers.size());
    for (Offer offer : offers) {
      w.peerRef(offer.owner()).i64(offer.ageMillis()).u16(offer.adverts().size());
      for (Advert advert : offer.adverts()) {
        w.u8(advert.what().code()).text(advert.name()).i64(advert.value());
      }
    }
  }

  static List<Offer> offers(WireReader r) {
    int count = r.count(Offer.MAX_OFFERS, "offers");
    List<Offer> offers = new ArrayList<>();
    for (int i = 0; i < count && r.failure() == null; i++) {
      PeerRef owner = r.peerRef("owner");
      long age = age(r);
      int most = r.count(Advert.MAX_OF_PEER, "adverts");
      List<Advert> adverts = new ArrayList<>();
      for (int k = 0; k < most && r.failure() == null; k++) {
        Resource what = resource(r);
        String name = name(r, "name");
        long value = r.i64("value");
        if (r.failure() == null) {
          adverts.add(new Advert(what, name, value));
        }
      }
      offers.add(new Offer(owner, age, adverts));
    }
    return offers;
  }

  static WireWriter query(WireWriter w, Query query) {
    return w.u8(query.what().code()).text(query.pattern()).i64(query.least()).i32(query.wanted());
  }

  static @Nullable Query query(WireReader r) {
    Resource what = resource(r);
    String pattern = name(r, "pattern");
    long least = r.i64("least");
    int wanted = r.i32("wanted");
    if (wanted < 1) {
      r.fail("a query wants one or more, not " + wanted);
    }
    return r.failure() == null ? new Query(what, pattern, least, wanted) : null;
  }

  static void findings(WireWriter w, Findings findings) {
    w.u16(findings.found().size());
    for (Findings.Finding each : findings.found()) {
      w.peerRef(each.owner()).text(each.name()).i64(each.value()).i64(each.ageMillis());
    }
    int complete = findings.complete() ? 1 : 0;
    w.i32(findings.total()).u8(findings.forbidden() ? FORBIDDEN : complete);
  }

  static Findings findings(WireReader r) {
    int count = r.count(Findings.MOST, "findings");
    List<Findings.Finding> found = new ArrayList<>();
    for (int i = 0; i < count && r.failure() == null; i++) {
      found.add(new Findings.Finding(r.peerRef("owner"), name(r, "name"), r.i64("value"), age(r)));
    }
    int total = r.i32("total");
    int complete = r.u8("complete");
    if (complete == FORBIDDEN && total == 0 && found.isEmpty()) {
      return Findings.FORBIDDEN;
    }
    if (total < found.size() || complete > 1) {
      r.fail("findings are counted wrong");
    }
    return new Findings(found, total, complete == 1);
  }

  static void events(WireWriter w, LoggedEvents told) {
    w.u8(told.forbidden() ? 1 : 0).u16(told.events().size());
    for (LoggedEvent each : told.events()) {
      w.i64(each.sequence()).i64(each.ageMillis()).text(each.event()).text(each.text());
    }
  }

  static LoggedEvents events(WireReader r) {
    int forbidden = r.u8("forbidden");
    int count = r.count(EventLog.MOST, "events");
    List<LoggedEvent> events = new ArrayList<>();
    for (int i = 0; i < count && r.failure() == null; i++) {
      events.add(
          new LoggedEvent(
              r.i64("sequence"),
              age(r),
              r.text(MAX_EVENT_BYTES, "event"),
              r.text(MAX_EVENT_TEXT_BYTES, "text")));
    }
    if (forbidden > 1 || (forbidden == 1 && !events.isEmpty())) {
      r.fail("events are told or forbidden");
    }
    return new LoggedEvents(events, forbidden == 1);
  }

  private static Resource resource(WireReader r) {
    Resource what = Resource.ofCode(r.u8("resource"));
    if (what == null) {
      r.fail("unknown resource");
      return Resource.PEER;
    }
    return what;
  }

  private static String name(WireReader r, String field) {
    String name = r.text(Advert.MAX_NAME_BYTES, field);
    if (name.isEmpty()) {
      r.fail(field + " is empty");
    }
    return name;
  }

  private static long age(WireReader r) {
    long age = r.i64("age");
    if (age < 0) {
      r.fail("an age is 0 or more, not " + age);
    }
    return age;
  }
}
