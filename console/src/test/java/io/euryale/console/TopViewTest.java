package io.euryale.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class TopViewTest {

  private static String view(String json, boolean colour) throws IOException {
    String facts = json.replace('\'', '"');
    return String.join("\n", new TopView(new ObjectMapper().readTree(facts), colour).lines(100));
  }

  @Test
  void what_was_not_measured_is_no_number() throws IOException {
    String view =
        view(
            "{'classes':{'ageMillis':10,'body':[{'class':'alarm','perSecond':0.0,'p50':null,"
                + "'p99':null,'max':null,'totalP999':7,'totalMax':12.34,'jitter':null,"
                + "'missing':0}]}}",
            false);
    assertThat(view).containsPattern("alarm +0 +- +- +- +7.0 +12.3 +- +0").doesNotContain("null");
  }

  @Test
  void what_is_old_says_so() throws IOException {
    String overlay =
        "{'overlay':{'ageMillis':%d,'body':{'cells':[{'id':'0','term':3,'coordinator':'a1',"
            + "'members':[{'name':'a1'},{'name':'a2'}]}]}}}";
    assertThat(view(overlay.formatted(100), false)).contains("2 peers in 1 cells (0.1 s ago)");
    assertThat(view(overlay.formatted(9000), false))
        .contains("STALE 2 peers in 1 cells (9.0 s ago)");
  }

  @Test
  void the_clock_the_processes_and_what_failed_say_how_old_they_are() throws IOException {
    String facts =
        "{'city':{'ageMillis':%1$d,'body':{'name':'Town','date':'2026-01-31','clock':'08:00:00',"
            + "'load':2,'upSeconds':7,'processes':[{'number':1,'state':'running'}]}},"
            + "'overlay':{'ageMillis':%1$d,'body':{'cells':[]}},"
            + "'events':{'ageMillis':60000,'body':[]}}";
    String city = "Town  2026-01-31 08:00:00  load x2  up 7 s";
    String failed = "What failed, and how it was mended";
    assertThat(view(facts.formatted(200), false))
        .startsWith(city + " (0.2 s ago)\nprocesses  1 running")
        .contains("\n" + failed + " (0.2 s ago)")
        .doesNotContain("STALE");
    assertThat(view(facts.formatted(9000), false))
        .startsWith("STALE " + city + " (9.0 s ago)\nprocesses  1 running")
        .contains("\nSTALE " + failed + " (9.0 s ago)");
    assertThat(view("{'events':{'ageMillis':0,'body':[]}}", false))
        .as("no picture says how old it is")
        .contains("\nSTALE " + failed + " (age not known)");
  }

  @Test
  void nothing_from_elsewhere_steers_the_terminal() throws IOException {
    String view =
        view(
            "{'alarms':{'ageMillis':0,'body':{'raised':1,'acknowledged':0,'list':[{'by':null,"
                + "'station':'\\u001b[2J\\u009b2J','text':'\\u202ex'}]}}}",
            false);
    assertThat(view).doesNotContain("\u001b", "\u009b", "\u202e").contains("1 raised, 1 open");
  }

  @Test
  void alarms_of_which_nobody_says_who_acknowledges_them_are_not_counted_as_open()
      throws IOException {
    String view =
        view(
            "{'alarms':{'ageMillis':0,'body':{'raised':3,'acknowledged':null,'list':[{'by':null,"
                + "'raised':'2026-01-31T10:20:30Z','station':'fire/kitchen','text':'smoke'}],"
                + "'trail':'It may not.'}}}",
            false);
    assertThat(view)
        .contains("Alarms: 3 raised (0.0 s ago)", "It may not.", "! 10:20:30Z fire/kitchen: smoke");
  }

  @Test
  void announcements_are_told_with_what_was_played() throws IOException {
    String json =
        "{'announcements':{'ageMillis':0,'body':{'made':2,'packets':228,'played':227,'again':0,"
            + "'missing':1,'p50':1.2,'p99':4.5,'max':null}}}";
    assertThat(view(json, false))
        .contains("Announcements: 2")
        .contains("228 packets, 227 played; ms: p50 1.2, p99 4.5, max -; missing 1, twice 0");
  }

  @Test
  void the_hour_tells_its_worst() throws IOException {
    String json =
        "{'hour':{'ageMillis':0,'body':{'at':[1,2,3,4,5,6,7,8,9,10,11,12],'classes':{'alarm':"
            + "{'longest':[1.5,null,31.25]},'normal':{'longest':[null]}},'faults':[{},{}]}}}";
    assertThat(view(json, false))
        .contains("The last 2 min")
        .contains("  alarm 31.3 normal -; 2 faults");
  }

  @Test
  void a_recovery_tells_who_took_over_and_what_was_late() throws IOException {
    String json =
        "{'events':{'ageMillis':0,'body':[{'at':'2026-01-01T10:00:00Z','what':'a1 died',"
            + "'noticedMillis':12,'tookOverMillis':30,'backMillis':null,'closed':true,"
            + "'elections':[{'from':'a1','to':'a2'}],'moves':[{}],'delays':{'alarm':41.6}}]}}";
    assertThat(view(json, false))
        .contains("taken over    30 ms")
        .contains("a2 coordinates for a1, 1 peer found another parent, alarm late by 42 ms");
  }

  @Test
  void before_anything_is_known_that_is_said() throws IOException {
    assertThat(view("{}", false)).isEqualTo("Nothing of the overlay is known yet.");
  }

  @Test
  void a_cell_of_one_stands_out() throws IOException {
    String json =
        "{'overlay':{'ageMillis':0,'body':{'cells':[{'id':'0','term':1,'coordinator':'a',"
            + "'members':[{'name':'a'}]}]}}}";
    assertThat(view(json, true)).contains("\u001b[31m  0 ");
  }
}
